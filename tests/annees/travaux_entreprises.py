"""What a company that holds points does by REST: it reads its perimeter, its measures and its
contracts, orders files, and is wrong at times."""

import random
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from connu import Connu
from travaux_grd import CANAL, SIREN
from vie import Ordre, as_json

PERIMETRE = "/usage_point_id_perimeter/v1/usage_point_id"
MESURES = {
    "daily_consumption": 36,
    "consumption_load_curve": 24,
    "daily_consumption_max_power": 36,
    "index_consumption": 36,
}
"""What is read, and how many months ago it may begin."""
CONTRATS = ("address", "connection", "contract", "contract_summary")
PUBLICATION = "/publication_mesures/v1/commanderPublicationPonctuelle"
DE_CONTRAT = (
    "/customer_address_asyn/v1/address",
    "/customer_connection_asyn/v1/connection",
    "/customer_contract_asyn/v1/contracts",
    "/customer_contract_summary_asyn/v1/contract_summary",
)
INFRA_J = "/daily_metering_data_request/v2/"
AUTRE = "24210000002494"
"""A point that the company doesn't hold."""


def _ordre(
    connu: Connu, sorte: str, methode: str, chemin: str, said: dict[str, Any], **of: Any
) -> Ordre:
    """Call with a token that is got for it."""
    secret = connu.clients.application
    form = urlencode({"grant_type": "client_credentials", **secret})
    demande = {"chemin": chemin, "client_id": secret["client_id"], **said}
    entetes = {"jeton": form, "content-type": "application/json"}
    return Ordre("entreprise", "", sorte, demande, methode, chemin, of.get("requete", ""), entetes,
                 of.get("corps", b""))  # fmt: skip


def titulaire(connu: Connu, hasard: random.Random) -> Ordre:
    """Read something of a point that is held; be refused something at times."""
    if not (connu.clients.application and connu.clients.points):
        return Ordre("administration", "", "page", {"chemin": "/acteurs"}, "GET", "/acteurs")
    draw, (prm, _) = hasard.random(), hasard.choice(connu.clients.points)
    if draw < 0.1:
        return _lu(connu, "POST", PERIMETRE, corps=as_json({"page_number": 1}))
    if draw < 0.25:
        return _lu(connu, "GET", f"/{hasard.choice(CONTRATS)}/v1/{prm}", prm=prm)
    nom = hasard.choice([*MESURES])
    fin = connu.jour - timedelta(hasard.choice([0, 1, 40]))
    if hasard.random() < 0.5:  # a day of reading is among them
        fin = fin.replace(day=8)
        fin = fin if fin < connu.jour else (fin - timedelta(10)).replace(day=8)
    debut = fin - timedelta(hasard.choice([1, 3, 7]))
    if draw < 0.4:
        return _refuse(connu, hasard, nom, prm, debut)
    return _mesure(connu, nom, prm, debut, fin)


def _lu(connu: Connu, methode: str, chemin: str, **of: Any) -> Ordre:
    said = {nom: of.pop(nom) for nom in ("prm", "attendu", "parametres") if nom in of}
    return _ordre(connu, "entreprise", methode, chemin, said, **of)


def _mesure(connu: Connu, nom: str, prm: str, debut: date, fin: date, **of: Any) -> Ordre:
    given = {"usage_point_id": prm, "start": str(debut), "end": str(fin)}
    if nom == "daily_consumption_max_power":
        given |= {"measuring_period": "P1D", "grandeurPhysique": "PMA"}
    given |= of.pop("plus", {})
    chemin = f"/mesures/v2/metering_data/{nom}"
    of |= {"prm": prm, "parametres": given, "requete": urlencode(given)}
    return _lu(connu, "GET", chemin, **of)


def _refuse(connu: Connu, hasard: random.Random, nom: str, prm: str, debut: date) -> Ordre:
    """A call that is refused, and by which statuses."""
    fin, cas = debut + timedelta(1), hasard.randrange(7)
    if cas == 0:
        return _mesure(connu, nom, prm, fin, debut, attendu=[400])
    if cas == 1:
        return _mesure(connu, nom, AUTRE, debut, fin, attendu=[403])
    if cas == 2:
        return _mesure(connu, nom, "99999999999999", debut, fin, attendu=[404])
    if cas == 3:
        return _mesure(connu, nom, prm, debut, fin, plus={"siren": "999999992"}, attendu=[403])
    if cas == 4:
        return _lu(connu, "POST", PERIMETRE, corps=b'{"page_number": 0}', attendu=[400])
    if cas == 5:
        return _mesure(connu, "rien", prm, debut, fin, attendu=[404])
    return _lu(connu, "GET", f"/contract/v1/{AUTRE}", attendu=[403])


def commander(connu: Connu, hasard: random.Random) -> Ordre:
    """Order a file, of measures, contract data or the day; be refused at times."""
    if not (connu.clients.application and connu.clients.points):
        return Ordre("administration", "", "page", {"chemin": "/acteurs"}, "GET", "/acteurs")
    known, draw = connu.clients.points, hasard.random()
    if draw < 0.08:
        chemin = f"/api/entreprises/{SIREN}/dossiers"
        return Ordre("administration", "", "oubli", {}, "DELETE", chemin)
    if draw < 0.15:
        return _perdu(connu)
    large = [prm for prm, segment in known if segment == "C4"]
    if draw < 0.3 and large:
        return _du_jour(connu, hasard, large[0])
    prms = [prm for prm, _ in hasard.sample(known, hasard.randint(1, min(3, len(known))))]
    wrong = hasard.random() < 0.25
    if draw < 0.5:
        canal = "1" if wrong else CANAL
        corps = {"canal_contact_id": canal, "unique_point_id": prms}
        return _commande(connu, hasard.choice(DE_CONTRAT), prms, corps, wrong)
    type_ = hasard.choice(["CDC", "IDX", "ENERGIE"])
    fin = connu.jour - timedelta(hasard.choice([0, 2, 30]))
    debut = fin - timedelta(hasard.choice([1, 7]))
    sens = {"soutirage": True, "injection": False}
    canal = CANAL
    if wrong:
        match hasard.randrange(4):
            case 0:
                sens["injection"] = True
            case 1:
                canal = "1"
            case 2:
                type_ = "ITC"
            case _:
                debut, fin = fin, debut
    numbers = [{"canauxId": [{"canalContactId": canal}]}]
    corps = {
        "donneesGenerales": {
            "canauxContact": {"proprietaireCanal": numbers},
            **{"dateDebut": str(debut), "dateFin": str(fin), "typeDonnee": type_},
        },
        "listePoints": {**sens, "points": [{"pointId": prm} for prm in prms]},
    }
    return _commande(connu, PUBLICATION, prms, corps, wrong)


def _commande(connu: Connu, chemin: str, prms: list[str], corps: Any, wrong: bool) -> Ordre:
    said = {"prms": prms, "contrat": CANAL, **({"attendu": [400]} if wrong else {})}
    return _ordre(connu, "dossier", "POST", chemin, said, corps=as_json(corps))


def _du_jour(connu: Connu, hasard: random.Random, prm: str) -> Ordre:
    wrong = hasard.random() < 0.3
    asked = {
        "usage_point_Id": prm,
        "contact_canal_id": CANAL,
        **{"production": "false", "consumption": "true", "load_curve": "true"},
        **{"index": hasard.choice(["true", "false"]), "dynamic_tarification_parameters": "false"},
        "holder_agreement_declaration": [
            {
                "holder_name": "COMMUNE",
                "consumption_agreement": "false" if wrong else "true",
                "production_agreement": "false",
            }
        ],
    }
    return _commande(connu, INFRA_J, [prm], asked, wrong)


def _perdu(connu: Connu) -> Ordre:
    """Plan that demands are taken and never answered, for a few days."""
    asked = {
        "sorte": "dossier_sans_fichier",
        "debut": connu.instant.isoformat(),
        "fin": (connu.instant + timedelta(5)).isoformat(),
    }
    return Ordre("administration", "", "panne", asked, "POST", "/api/pannes", corps=as_json(asked))
