"""A supplier and a company in the month that `vecu` lives: four points, which both have."""

import json
from typing import Any
from urllib.parse import urlencode

from travaux_entreprises import AUTRE, PERIMETRE, PUBLICATION
from travaux_grd import CANAL, CLE, FOURNISSEURS, SIREN

from sge_sim.dataconnect.applications import create_application
from sge_sim.entreprises.comptes import declare_entreprise
from sge_sim.flux.declaration import declare_canal
from sge_sim.referentiel.acteurs import add_contrat, create_acteur
from sge_sim.tables.points import find_point
from sge_sim.transport.message import Request

MENAGE, PARTANT, SIMPLE, ATELIER = (
    *("24210000002382", "25478147557460", "24210000001481"),
    "98800000000246",
)
GRD = "GRD-F901"


def ouvre(semaine: Any) -> None:
    """Declare their contracts and their account, and ask what will happen to the points."""
    debut = semaine.jour
    with semaine.simulator.database.transaction() as session:
        for code, (contrat, _) in FOURNISSEURS.items():
            create_acteur(session, code, f"Acteur {code}", "fournisseur")
            add_contrat(session, code, contrat, debut)
        declare_entreprise(session, SIREN, "Commune d'essai")
        add_contrat(session, SIREN, CANAL, debut)
        session.flush()
        declare_canal(session, CANAL, type_canal="dossier", algorithme="aes256", cle=CLE)
        for prm in (MENAGE, PARTANT, SIMPLE, ATELIER):
            point = find_point(session, prm)
            assert point is not None
            point.fournisseur_titulaire, point.siret = "GRDF1", f"{SIREN}00014"
        made = create_application(session, nom="Suivi", acteur_code=SIREN, mode="production")
        semaine.titulaire = {"client_id": made.client_id, "client_secret": made.secret}
    for code, (contrat, eic) in FOURNISSEURS.items():
        asked = {"fournisseur": code, "contrat": contrat, "eic": eic}
        semaine.operate("perimetre.contrat", debut=debut, **asked)
        semaine.tell("contrat_grd", asked)
    wrong = {"jour": debut.replace(day=6), "le": debut.replace(day=11), "ecart": 100}
    semaine.operate("perimetre.corrige", prm=SIMPLE, **wrong)
    for prm, nature, day, said in (
        (MENAGE, "MES", 12, {"titulaire": "Ada LOVELACE"}),
        (PARTANT, "CFNE", 20, {"fournisseur": "GRDF2"}),
        (SIMPLE, "MCT", 15, {"puissance": 9}),
        (ATELIER, "MCT", 15, {"puissance": 96}),
    ):
        asked = {"prm": prm, "nature": nature, "jour": debut.replace(day=day)}
        found = semaine.operate("perimetre.declare", **asked, **said, reference="ref-1")
        semaine.tell("evenement", asked, {"corps": found})


def lit(semaine: Any) -> None:
    """Have the company read its points, be refused one, and order a file."""
    form = urlencode({"grant_type": "client_credentials", **semaine.titulaire}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    token = _ask(semaine, "POST", "/oauth2/v3/token", headers, form)["access_token"]
    days = {"start": "2026-03-03", "end": "2026-03-06"}
    mesures = "/mesures/v2/metering_data/"
    for prm, nom in ((SIMPLE, "daily_consumption"), (SIMPLE, "index_consumption")):
        query = urlencode({"usage_point_id": prm, **days})
        _call(semaine, token, "entreprise", "GET", f"{mesures}{nom}", query, prm=prm)
    query = urlencode({"usage_point_id": AUTRE, **days})
    _call(semaine, token, "entreprise", "GET", f"{mesures}daily_consumption", query, attendu=[403])
    page = json.dumps({"page_number": 1}).encode()
    _call(semaine, token, "entreprise", "POST", PERIMETRE, "", page)
    numbers = [{"canauxId": [{"canalContactId": CANAL}]}]
    asked = {
        "donneesGenerales": {
            "canauxContact": {"proprietaireCanal": numbers},
            **{"dateDebut": days["start"], "dateFin": days["end"], "typeDonnee": "ENERGIE"},
        },
        "listePoints": {"injection": False, "soutirage": True, "points": [{"pointId": SIMPLE}]},
    }
    of = {"prms": [SIMPLE], "contrat": CANAL}
    _call(semaine, token, "dossier", "POST", PUBLICATION, "", json.dumps(asked).encode(), **of)


def _call(
    semaine: Any, token: str, sorte: str, methode: str, chemin: str, query: str,
    body: bytes = b"", **said: Any,
) -> None:  # fmt: skip
    nom, demande = f"semaine/{len(semaine.modele.appels)}", {"chemin": chemin, **said}
    semaine.note(sorte, nom=nom, demande=demande)
    headers = {"authorization": f"Bearer {token}", "user-agent": nom}
    request = Request(methode, chemin, query, headers, body, semaine.sender)
    answer = semaine.rest.server.application(request)
    reponse = {"statut": int(answer.status), "corps": json.loads(answer.content)}
    code = None if answer.status < 400 else str(int(answer.status))
    semaine.note(sorte, nom=nom, demande=demande, reponse=reponse, refus=code)


def _ask(semaine: Any, methode: str, chemin: str, headers: dict[str, str], body: bytes) -> Any:
    answer = semaine.rest.server.application(
        Request(methode, chemin, "", headers, body, semaine.sender)
    )
    return json.loads(answer.content)
