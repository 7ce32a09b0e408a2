"""Calls of the web services of SGE, of both generations: those of the catalogue, on other points
and other days, and those that follow what clients were told."""

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

from catalogue_requests import envelope_of, tree_of
from connu import Connu, Souscrit
from lxml import etree
from vie import Ordre

from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release

RELEASES = ("21.3", "22.1", "23.2", "23.4", "26.1")
PERSONNE = {"personnePhysique": {"civilite": "M", "nom": "ROCHE"}}
COLLECTE = "CommandeCollectePublicationMesures/v3.0"
ARRET = "CommandeArretServiceSouscritMesures/v1.0"
DETAILLEES = "ConsultationMesuresDetaillees/v3.0"
SAD = "CommandeServicesAccesDonnees/v1.0"
ASAD = "CommandeArretServicesAccesDonnees/v1.0"
RSAD = "CommandeRenouvellementServicesAccesDonnees/v1.0"
MOSAD = "CommandeModificationOptionsServicesAccesDonnees/v1.0"
UN_JOUR = timedelta(days=1)
_LONGTEMPS = 30
"""From how many days on orders of daily files may go on for years."""


@cache
def _cases() -> dict[str, list[Cas]]:
    """The cases of all releases, by the path of their service."""
    found: dict[str, list[Cas]] = {}
    for nom in RELEASES:
        for cas in load_release(nom).cas:
            found.setdefault(f"{cas.service}/v{cas.version}", []).append(cas)
    return found


def du_catalogue(connu: Connu, hasard: random.Random) -> Ordre:
    """A call of the catalogue, of any service; often on another point, sometimes spoilt."""
    path = hasard.choice(sorted(_cases()))
    if path == COLLECTE:  # others order it, within the bound on daily files
        path = DETAILLEES
    cas = hasard.choice(_cases()[path])
    login, contrat = connu.acteurs["tiers"]
    tree = deepcopy(tree_of(cas, login, contrat, connu.jour))
    general = tree.get("demande", {}).get("donneesGenerales", tree)
    if hasard.random() < 0.6 and "pointId" in general:
        general["pointId"] = point(connu, hasard)
    full = connu.quotidiens >= connu.quotidiens_max or connu.quotidiens_jours < _LONGTEMPS
    if "P1D" in str(tree) and full:  # what the catalogue orders goes on for years
        return recherche(connu, hasard)
    if hasard.random() < 0.15:
        _spoil(tree, hasard)
    return _ordre(path, tree, connu, hasard)


def _spoil(tree: dict[str, Any], hasard: random.Random) -> None:
    """Take a value away, or put another in its place."""
    while True:
        name = hasard.choice(sorted(tree))
        if not isinstance(tree[name], dict) or not tree[name]:
            break
        tree = tree[name]
    if hasard.random() < 0.5:
        del tree[name]
    else:
        tree[name] = hasard.choice(["", "0", "n'importe quoi", "2020-13-45", "99999999999999"])


def point(connu: Connu, hasard: random.Random, *segments: str) -> str:
    """Draw a point, of given segments if any; seldom one that isn't there."""
    if hasard.random() < 0.01:
        return "99999999999999"
    fit = [prm for prm, segment in connu.prms if not segments or segment in segments]
    return hasard.choice([*fit, *connu.apportes] or [prm for prm, _ in connu.prms])


def _ordre(path: str, tree: dict[str, Any], connu: Connu, hasard: random.Random) -> Ordre:
    """Write the message of a call; seldom of an actor who isn't the one that is named."""
    login, _ = connu.acteurs["tiers"]
    prm = tree.get("demande", {}).get("donneesGenerales", {}).get("pointId")
    return Ordre(
        "soap",
        sorte=path.partition("/")[0],
        demande=tree,
        chemin=f"/{path}",
        corps=etree.tostring(envelope_of(f"/{path}", tree, login, prm)),
        par="fournisseur" if hasard.random() < 0.02 else "tiers",
        rang=hasard.randrange(2),
    )


def _general(connu: Connu, prm: str, objet: str | None = None) -> dict[str, Any]:
    login, contrat = connu.acteurs["tiers"]
    block = {"pointId": prm, "initiateurLogin": login, "contratId": contrat}
    return block if objet is None else {"objetCode": objet, **block}


def _periode(connu: Connu, hasard: random.Random) -> tuple[str, date]:
    """Draw how often files are sent, and until when: daily ones within their bounds."""
    if connu.quotidiens < connu.quotidiens_max and hasard.random() < 0.5:
        return "P1D", connu.jour + hasard.randint(2, connu.quotidiens_jours) * UN_JOUR
    return "P1M", connu.jour + hasard.randint(20, 365) * UN_JOUR


def collecter(connu: Connu, hasard: random.Random, *, breve: bool = False) -> Ordre:
    """Order a curve or indexes of a point, sent regularly; one in ten isn't of the day. `breve`: a
    curve of tomorrow alone, of a service that starts and ends where the clock leaps over both."""
    mesures = hasard.choice(["CDC", "CDC" if breve else "IDX"])
    segment = hasard.choice(["C5", "C5", "C5", "C4", "C2"])
    periodicite, fin = _periode(connu, hasard)
    if breve:
        fin = connu.jour + 2 * UN_JOUR
    acces = {
        "dateDebut": connu.jour + (breve or hasard.random() < 0.1) * UN_JOUR,
        "dateFin": fin,
        "declarationAccordClient": {"accord": hasard.random() < 0.95, **PERSONNE},
        "mesuresTypeCode": mesures,
        "soutirage": True,
        "injection": False,
        "mesuresPas": "P1D" if mesures == "IDX" else "PT30M" if segment == "C5" else "PT10M",
        "mesuresCorrigees": False,
        "transmissionRecurrente": True,
        "periodiciteTransmission": periodicite,
    }
    general = _general(connu, point(connu, hasard, segment), "AME")
    return _ordre(
        COLLECTE, {"demande": {"donneesGenerales": general, "accesMesures": acces}}, connu, hasard
    )


def ouvrir_acces(connu: Connu, hasard: random.Random) -> Ordre:
    """Order access services of the second generation, with or without files."""
    periodicite, fin = _periode(connu, hasard)
    services = []
    for type_ in hasard.sample(["ENERGIE", "CDC", "IDX", "PMAX"], hasard.choice([1, 1, 2])):
        service: dict[str, Any] = {"typeDonnees": type_}
        if hasard.random() < 0.5:
            option = {"mesuresCorrigees": False, "periodiciteTransmission": periodicite}
            service["optionsPublication"] = {"optionPublication": [option]}
        services.append(service)
    agreed = {"accord": hasard.random() < 0.95, "personnePhysique": {"nom": "DUPONT"}}
    general = _general(connu, point(connu, hasard, "C5", "C5", "C4"))
    general |= {"dateFin": fin, "sens": "SOUTIRAGE", "declarationAccordClient": agreed}
    tree = {"donneesGenerales": general, "servicesSouscrits": {"serviceSouscrit": services}}
    return _ordre(SAD, {"demande": tree}, connu, hasard)


def changer(connu: Connu, hasard: random.Random) -> Ordre:
    """Stop, renew or change a service that an order opened; recent ones the most."""
    if not connu.souscrits:
        return ouvrir_acces(connu, hasard)
    numero = hasard.choice(sorted(connu.souscrits)[-30:])
    found = connu.souscrits[numero]
    if not found.acces:
        asked = {
            "donneesGenerales": _general(connu, found.prm, "ASS"),
            "arretServiceSouscrit": {"serviceSouscritId": numero},
        }
        return _ordre(ARRET, {"demande": asked}, connu, hasard)
    return _changed(connu, hasard, numero, found)


def _changed(connu: Connu, hasard: random.Random, numero: str, found: Souscrit) -> Ordre:
    general = _general(connu, found.prm) | {"sens": "SOUTIRAGE"}
    services: dict[str, Any] = {"serviceSouscritId": [numero]}
    path = hasard.choice([ASAD, ASAD, ASAD if found.quotidien else RSAD, MOSAD])
    if path == RSAD:
        agreed = {"accord": True, "personnePhysique": {"nom": "DUPONT"}}
        later = found.fin + hasard.randint(1, 30) * UN_JOUR
        general |= {"declarationAccordClient": agreed, "dateFin": later}
    if path == MOSAD:
        gesture = hasard.choice(["ajouterOptionsPublication", "arreterOptionsPublication"])
        option = {"mesuresCorrigees": False, "periodiciteTransmission": "P1M"}
        services = {
            "serviceSouscrit": [
                {"serviceSouscritId": numero, gesture: {"optionPublication": [option]}}
            ]
        }
    asked = {"donneesGenerales": general, "servicesSouscrits": services}
    return _ordre(path, {"demande": asked}, connu, hasard)


def consulter(connu: Connu, hasard: random.Random) -> Ordre:
    """Read what was measured on a point: the last days, or others."""
    type_, grandeur = hasard.choice(
        [("INDEX", "EA"), ("INDEX", "EA"), ("ENERGIE", "EA"), ("COURBE", "PA"), ("PMAX", "PMA")]
    )
    fin = connu.jour - hasard.choice([0, 0, 0, 1, 30, 300]) * UN_JOUR
    prm = point(connu, hasard, "C5", "C4")
    if connu.souscrits and hasard.random() < 0.5:
        prm = hasard.choice(sorted({each.prm for each in connu.souscrits.values()}))
    asked = {
        "initiateurLogin": connu.acteurs["tiers"][0],
        "pointId": prm,
        "mesuresTypeCode": type_,
        "grandeurPhysique": grandeur,
        "dateDebut": fin - hasard.choice([1, 3, 7, 7, 8]) * UN_JOUR,
        "dateFin": fin,
        "mesuresCorrigees": False,
        "sens": "SOUTIRAGE",
        "cadreAcces": hasard.choice(["ACCORD_CLIENT"] * 5 + ["SERVICE_ACCES"]),
    }
    return _ordre(DETAILLEES, {"demande": asked}, connu, hasard)


def recherche(connu: Connu, hasard: random.Random) -> Ordre:
    """List the services of a point, by either generation."""
    login, contrat = connu.acteurs["tiers"]
    path = hasard.choice(
        ["RechercheServicesSouscritsMesures/v1.0", "RechercheServicesAccesDonnees/v1.0"]
    )
    known = sorted({each.prm for each in connu.souscrits.values()})
    prm = hasard.choice(known) if known else point(connu, hasard)
    criteria = {"pointId": prm, "contratId": contrat}
    return _ordre(path, {"criteres": criteria, "loginUtilisateur": login}, connu, hasard)


def demander(connu: Connu, hasard: random.Random) -> Ordre:
    """Order files on demand (M023) of a few points."""
    path = hasard.choice(["Fines", "Facturantes", ""])
    _, contrat = connu.acteurs["tiers"]
    debut = connu.jour - hasard.choice([2, 8, 31]) * UN_JOUR
    asked: dict[str, Any] = {
        "format": hasard.choice(["JSON", "JSON", "CSV"]),
        "pointIds": {"pointId": [point(connu, hasard, "C5", "C4") for _ in range(3)]},
    }
    if path == "Fines":
        asked["mesuresTypeCode"] = hasard.choice(["ENERGIE", "COURBES", "PMAX", "INDEX"])
    if path:
        asked |= {"dateDebut": debut, "dateFin": connu.jour}
    asked |= {"sens": "SOUTIRAGE", "cadreAcces": "ACCORD_CLIENT"}
    general = {"initiateurLogin": connu.acteurs["tiers"][0], "contratId": contrat}
    nom = f"CommandeHistoriqueDonneesMesures{path}" if path else _ITC
    return _ordre(f"{nom}/v1.0", {"donneesGenerales": general, "demande": asked}, connu, hasard)


_ITC = "CommandeInformationsTechniquesEtContractuelles"
APPELS: dict[str, tuple[int, Callable[[Connu, random.Random], Ordre]]] = {
    "catalogue": (22, du_catalogue),
    "collecte": (9, collecter),
    "acces": (7, ouvrir_acces),
    "changement": (8, changer),
    "consultation": (24, consulter),
    "recherche": (8, recherche),
    "m023": (3, demander),
}
"""What clients of SGE do, and how often beside one another."""
