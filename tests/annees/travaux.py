"""What is done in a step: calls, what the administration is asked, the back office, the clock."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from canal import URL
from connu import Connu
from points_kit import json_lines, made_points
from travaux_entreprises import commander, titulaire
from travaux_grd import contractuel, suite
from travaux_sge import APPELS, point
from vie import Ordre, as_json

FORMULAIRE = {"content-type": "application/x-www-form-urlencoded"}
MESURES = (
    *("consommation_quotidienne", "courbe_de_charge_consommation"),
    *("puissance_conso_max_quotidienne", "index_consommation"),
)
V5 = ("/metering_data_dc/v5/daily_consumption", "/metering_data_clc/v5/consumption_load_curve")
PANNES = ("sgt500", "sgt506", "sans_code", "http503", "xml_tronque", "erreur_technique", "double")
PAGES = (
    *("/", "/journal", "/demandes", "/services", "/fichiers", "/pannes", "/campaigns", "/points"),
    *(
        "/consentements",
        "/simulateur",
        "/acteurs",
        "/certificats",
        "/api/journal",
        "/health",
        "/metrics",
    ),
    *("/api/demandes", "/api/flux", "/api/clock", "/api/avaries", "/api/variantes", "/api/defauts"),
)


def page(_connu: Connu, hasard: random.Random) -> Ordre:
    """Look at a page of the dashboard, or at what REST says."""
    return voir(hasard.choice(PAGES))


def voir(chemin: str) -> Ordre:
    """Look at an address of the administration."""
    return _admin("page", {"chemin": chemin}, "GET", chemin)


def _admin(
    sorte: str, demande: dict[str, Any], methode: str, chemin: str, corps: Any = None
) -> Ordre:
    body = b"" if corps is None else as_json(corps)
    return Ordre("administration", "", sorte, demande, methode, chemin, corps=body)


def livre_par_ftp(connu: Connu) -> Ordre:
    """Have the files of a contract be sent to its own server."""
    _, contrat = connu.acteurs["tiers"]
    asked = {"type": "ftp", "url": URL}
    return _admin("canal", {"contrat": contrat}, "PUT", f"/api/canaux/{contrat}", asked)


def application(_connu: Connu, _hasard: random.Random) -> Ordre:
    """Register an application of Data Connect."""
    asked = {"nom": "Ma conso", "redirect_uri": "https://a.example.fr/retour"}
    return _admin("application", asked, "POST", "/api/applications", asked)


def jeton(connu: Connu, hasard: random.Random) -> Ordre:
    """Get a token; revoke one from time to time."""
    if not connu.application:
        return application(connu, hasard)
    given = {name: connu.application[name] for name in ("client_id", "client_secret")}
    secret = {"client_id": given["client_id"], "client_secret": given["client_secret"]}
    if connu.jetons and hasard.random() < 0.2:
        token = hasard.choice(connu.jetons)
        rendu = {"access_token": token, "client_id": given["client_id"]}
        form, chemin, sorte = {**secret, "token": token}, "/oauth2/v3/revoke", "jeton_revoque"
    else:
        rendu = {"client_id": given["client_id"]}
        form = {"grant_type": "client_credentials", **secret}
        chemin, sorte = "/oauth2/v3/token", "jeton"
    body = urlencode(form).encode()
    return Ordre("rest", "", sorte, rendu, "POST", chemin, "", FORMULAIRE, body)


def consentir(connu: Connu, hasard: random.Random) -> Ordre:
    """Have a customer share a point, on the page; take a consent back from time to time."""
    if not connu.application:
        return application(connu, hasard)
    if connu.consentements and hasard.random() < 0.2:
        autorisation, numero, _ = hasard.choice(connu.consentements)
        asked = {"autorisation_id": autorisation, "consentement": numero}
        return _admin("revocation", asked, "DELETE", f"/api/consentements/{numero}")
    prm = point(connu, hasard, "C5")
    duree = hasard.choice([30, 365, 1000])
    asked = {"client_id": connu.application["client_id"], "prms": [prm]}
    asked["fin"] = connu.jour + timedelta(duree)
    chemin = "/dataconnect/v2/oauth2/authorize"
    query = {"response_type": "code", "state": "e", "duration": f"P{duree}D"}
    query["client_id"] = asked["client_id"]
    return Ordre("rest", "", "consentement", asked, "POST", chemin, urlencode(query), FORMULAIRE)


def lire(connu: Connu, hasard: random.Random) -> Ordre:
    """Read measures by Data Connect, of a point that is shared most of the time; by either
    generation of its interfaces, with a token that is got for it."""
    if not connu.application:
        return application(connu, hasard)
    prm = point(connu, hasard, "C5")
    if connu.consentements and hasard.random() < 0.9:
        *_, prm = hasard.choice(connu.consentements)
    fin = connu.jour - timedelta(hasard.choice([0, 1, 40]))
    debut = fin - timedelta(hasard.choice([1, 3, 7, 9]))
    if hasard.random() < 0.3:
        chemin = hasard.choice(V5)
        given = {"usage_point_id": prm, "start": str(debut), "end": str(fin)}
    else:
        chemin = f"/mesure_synchrone_auto/v2/{hasard.choice(MESURES)}"
        given = {"pointId": prm, "dateDebut": str(debut), "dateFin": str(fin)}
    asked: dict[str, Any] = {"chemin": chemin, "parametres": given}
    asked["client_id"] = connu.application["client_id"]
    query = urlencode(given)
    if connu.jetons and hasard.random() < 0.3:  # one of before, which may have expired
        headers = {"authorization": f"Bearer {hasard.choice([*connu.jetons, 'faux'])}"}
        return Ordre("rest", "", "data_connect", asked, "GET", chemin, query, headers)
    secret = {name: connu.application[name] for name in ("client_id", "client_secret")}
    body = urlencode({"grant_type": "client_credentials", **secret}).encode()
    return Ordre("rest", "", "data_connect", asked, "GET", chemin, query, corps=body)


def panne(connu: Connu, hasard: random.Random) -> Ordre:
    """Plan a panne for a few days, or take one back."""
    if connu.pannes and hasard.random() < 0.4:
        numero = hasard.choice(connu.pannes)
        return _admin("panne_retiree", {"numero": numero}, "DELETE", f"/api/pannes/{numero}")
    asked: dict[str, Any] = {
        "sorte": hasard.choice(PANNES),
        "debut": (connu.instant + timedelta(hours=hasard.randrange(48))).isoformat(),
    }
    asked["fin"] = (connu.instant + timedelta(hours=hasard.randint(49, 120))).isoformat()
    return _admin("panne", asked, "POST", "/api/pannes", asked)


def campagne(connu: Connu, hasard: random.Random) -> Ordre:
    """Open a campaign, look at it, or close it."""
    if connu.campagnes and hasard.random() < 0.8:
        numero = hasard.choice(connu.campagnes[-3:])
        if hasard.random() < 0.3:
            asked = {"id": numero}
            chemin = f"/api/campaigns/{numero}/stop"
            return _admin("campagne_fermee", asked, "POST", chemin)
        chemin = f"/api/campaigns/{numero}"
        return _admin("page", {"chemin": chemin}, "GET", chemin)
    asked = {"release": hasard.choice(["sge-21.3", "sge-23.4", "sge-26.1"])}
    return _admin("campagne", asked, "POST", "/api/campaigns", asked)


def points(connu: Connu, hasard: random.Random) -> Ordre:
    """Bring a point of one's own, remove one, or have something happen to a point."""
    draw = hasard.random()
    if connu.apportes and draw < 0.25:
        prm = hasard.choice(connu.apportes)
        return _admin("points_retires", {"prms": [prm]}, "DELETE", f"/api/points/{prm}")
    if draw < 0.5:
        (made,) = made_points(1, first=hasard.randrange(10**5))
        body = b"".join(json_lines(iter([made])))
        ordre = _admin("points_apportes", {"prms": [made["prm"]]}, "POST", "/api/points")
        return replace(ordre, corps=body, entetes={"content-type": "application/x-ndjson"})
    prm = point(connu, hasard, "C5", "C4")
    asked = hasard.choice([{"teleoperable": True}, {"teleoperable": False}, {"resilie": True}])
    if "resilie" in asked:
        asked = {"nouveau_titulaire": hasard.choice(["DURAND", "PETIT"])}
    return _admin("point_change", {"prm": prm, **asked}, "POST", f"/api/points/{prm}", asked)


def etat(connu: Connu, hasard: random.Random) -> Ordre:
    """Put the state aside, or bring it back."""
    recent = connu.instantane and connu.instant - connu.instantane < timedelta(4)
    if recent and hasard.random() < 0.6:
        return _admin("retour", {"nom": ""}, "POST", "/api/reset", {})
    return _admin("instantane", {"nom": ""}, "POST", "/api/snapshot", {})


AUTRES: dict[str, tuple[int, Callable[[Connu, random.Random], Ordre]]] = {
    "page": (3, page),
    "jeton": (2, jeton),
    "consentement": (3, consentir),
    "data_connect": (10, lire),
    "panne": (1, panne),
    "campagne": (1, campagne),
    "points": (2, points),
    "etat": (1, etat),
    "contractuel": (2, contractuel),
    "titulaire": (3, titulaire),
    "dossier": (1, commander),
}
"""What others do, and how often beside the calls of SGE."""

CLIENTS = frozenset({"contractuel", "titulaire", "dossier"})
"""What suppliers and a company do, who are declared unless all of it is left out."""
SORTES = {**APPELS, **AUTRES}


def tire(
    connu: Connu,
    hasard: random.Random,
    nombre: int,
    sans: frozenset[str],
    absents: frozenset[str] = frozenset(),
) -> list[Ordre]:
    """Draw calls, of all kinds but some; each has a name of its own. Others are drawn in place of
    what is absent; not of what is left out, or they wouldn't be the same."""
    names = [nom for nom in SORTES if nom not in absents]
    drawn = hasard.choices(names, [SORTES[nom][0] for nom in names], k=nombre)
    found = []
    for nom in drawn:
        ordre = SORTES[nom][1](connu, hasard)
        if nom not in sans:
            connu.numero += 1
            found.append(replace(ordre, nom=f"annees/{connu.numero}"))
    return [*(suite(connu, hasard) if CLIENTS - sans - absents else ()), *found]


def horloge(hasard: random.Random, minutes: float) -> Ordre:
    """Move the clock by `minutes` on average; seldom stop it, or have it run."""
    if hasard.random() < 0.03:
        return Ordre("horloge", demande={"geste": hasard.choice(["arrete", "reprend", "reprend"])})
    scale = hasard.choice([0.05, 0.4, 1.0, 1.0, 2.6])
    asked = {"geste": "avance", "minutes": max(1, int(minutes * scale))}
    return Ordre("horloge", demande=asked)
