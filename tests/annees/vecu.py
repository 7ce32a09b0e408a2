"""A folder that lived a week without an accident, and the model of what its clients were told."""

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from in_process import caller_of, sender_of
from made_states import copy_state
from modele import Modele
from recits import Recit
from vecu_clients import lit, ouvre

from sge_sim import clock
from sge_sim.commandes.moving_clock import advance_by
from sge_sim.dataconnect.applications import ensure_default_applications
from sge_sim.dataconnect.consentements import give_consentement
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.journal import Journal
from sge_sim.machine.files import data_path
from sge_sim.operations import State, operation_named
from sge_sim.processes.admin_process import admin_server
from sge_sim.processes.b2b_process import b2b_server
from sge_sim.processes.data_connect_process import data_connect_server
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.messages import envelope
from sge_sim.soap.models import Models
from sge_sim.soap.protocol import FaultStyle, SgeSoap11
from sge_sim.tables.points import find_point
from sge_sim.transport.message import Request

DEBUT = datetime(2026, 3, 2, 8, tzinfo=clock.PARIS)
JOUR = timedelta(days=1)
COURBE, INDEX, MENSUEL, COURT = (
    "25855571545617",
    "24377424002398",
    "25946599093143",
    "25110853825340",
)
GRAND = "98800003605600"
ACCORD = {"accord": True, "personnePhysique": {"civilite": "M", "nom": "ROCHE"}}
"""What orders declare of the client."""


class Semaine:
    """A simulator in this process, and its clients: what they are told is noted."""

    def __init__(self, dossier: Path) -> None:
        self.dossier, self.modele, self.pas = dossier, Modele(), 0
        chosen: dict[str, Any] = {"environment": "production", "population_size": 0, "now": DEBUT}
        copy_state(dossier, chosen)
        settings = Settings(data_dir=dossier, publication_workers=1, **chosen)
        self.simulator = open_simulator(settings)
        self.simulator.clock.freeze(DEBUT)
        self.tiers = caller_of(self.simulator, "tiers")
        self.closed = ExitStack()
        doors = [self.closed.enter_context(socket.socket()) for _ in range(3)]
        self.services = b2b_server(self.simulator, doors[0])
        self.admin: Any = admin_server(self.simulator, doors[1], "")
        self.rest: Any = data_connect_server(self.simulator, doors[2])
        self.journal = Journal.beside(self.simulator.database, dossier)
        self.state = State(dossier)
        self.sender = sender_of(self.tiers)
        with self.simulator.database.transaction() as session:
            found = ensure_default_applications(session)["production"]
            self.application = found.client_id, found.secret
        self.modele.commence(dossier)

    def close(self) -> None:
        """Leave the folder as a process that stops does."""
        self.services.stop()
        self.rest.stop()
        self.rest.journal.close()
        self.rest.backend.counts.close()
        self.rest.backend.guet.close()
        self.rest.backend.database.dispose()
        self.state.close()
        self.journal.close()
        self.simulator.close()
        self.closed.close()

    def note(self, sorte: str, **reponse: Any) -> None:
        """Have the model note what is told."""
        instant = self.simulator.clock.now().astimezone(UTC)
        self.modele.note(Recit(self.pas, instant, sorte, **reponse))

    def call(self, path: str, contenu: Mapping[str, Any], *, heard: bool = True) -> Any:
        """Call a service as the default tiers; without hearing the answer if asked."""
        contract = load_contracts(data_path("wsdl"))[path]
        models = Models(contract.schemas)
        writer = ElementWriter(models, SgeSoap11(contract, models, FaultStyle()).to_unicode)
        header: list[bytes] = []
        if "Historique" in path and contract.request_header:
            who = {"loginDemandeur": self.tiers.login}
            reponse = {"version": "1.0", "infoDemandeur": who}
            reponse["infoFonctionnelles"] = {
                "pointId": contenu["demande"]["donneesGenerales"]["pointId"]
            }
            header = [*writer.parts(contract.request_header, reponse)]
        body = envelope(header, writer.parts(contract.request, contenu))
        sorte, nom = path.split("/")[1], f"semaine/{len(self.modele.appels)}"
        headers = {"content-type": "text/xml", "user-agent": nom}
        self.note(sorte, nom=nom, demande=contenu)
        asked = Request("POST", path, "", headers, body, self.sender)
        response = self.services.server.application(asked)
        answer = read_answer(response.content)
        if not heard:
            return answer
        if isinstance(answer, RefusRecu):
            self.note(sorte, nom=nom, demande=contenu, refus=answer.code)
        else:
            self.note(sorte, nom=nom, demande=contenu, reponse=answer)
        return answer

    def order(self, prm: str, mesures: str, days: int, periodicite: str, **changes: Any) -> Any:
        """Order the measures of a point, sent as often as that."""
        grand = prm.startswith("98")
        acces = {
            **{"dateDebut": self.jour, "dateFin": self.jour + days * JOUR, "soutirage": True},
            **{"injection": False, "declarationAccordClient": ACCORD, "mesuresCorrigees": False},
            **{"mesuresTypeCode": mesures, "transmissionRecurrente": True},
            "mesuresPas": "P1D" if mesures == "IDX" else "PT10M" if grand else "PT30M",
            "periodiciteTransmission": periodicite,
        }
        asked = {"donneesGenerales": self.general("AME", prm), "accesMesures": acces | changes}
        return self.call("/CommandeCollectePublicationMesures/v3.0", {"demande": asked})

    def general(self, objet: str | None, prm: str, **more: Any) -> dict[str, Any]:
        """The general block of a demand."""
        block = {"objetCode": objet, "pointId": prm, "initiateurLogin": self.tiers.login}
        block |= {"contratId": self.tiers.contrat_id, **more}
        return {name: value for name, value in block.items() if value is not None}

    def consult(self, prm: str, type: str, grandeur: str, days: int = 7, **changes: Any) -> Any:
        """Consult the last days of a point."""
        asked = {
            **{"initiateurLogin": self.tiers.login, "pointId": prm, "sens": "SOUTIRAGE"},
            **{"mesuresTypeCode": type, "grandeurPhysique": grandeur, "mesuresCorrigees": False},
            **{"dateDebut": self.jour - days * JOUR, "dateFin": self.jour},
            **{"cadreAcces": "ACCORD_CLIENT", **changes},
        }
        return self.call("/ConsultationMesuresDetaillees/v3.0", {"demande": asked})

    def rest_call(self, method: str, chemin: str, **asked: Any) -> Any:
        """Call Data Connect with a token; return the status and the JSON."""
        nom, query = f"semaine/{len(self.modele.appels)}", urlencode(asked)
        given = {"chemin": chemin, "parametres": asked, "client_id": self.application[0]}
        given |= {"acteur": "TIERS1", "jeton": self.token}
        self.note("data_connect", nom=nom, demande=given)
        headers = {"authorization": f"Bearer {self.token}", "user-agent": nom}
        request = Request(method, chemin, query, headers, b"", self.sender)
        answer = self.rest.server.application(request)
        reponse = {"statut": int(answer.status), "corps": json.loads(answer.content)}
        self.note("data_connect", nom=nom, demande=given, reponse=reponse)
        return reponse

    def connect(self) -> None:
        """Get a token of Data Connect."""
        asked = dict(zip(("client_id", "client_secret"), self.application, strict=True))
        body = urlencode({"grant_type": "client_credentials", **asked}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        request = Request("POST", "/oauth2/v3/token", "", headers, body, self.sender)
        reponse = json.loads(self.rest.server.application(request).content)
        self.token = reponse["access_token"]
        self.note("jeton", demande={"client_id": self.application[0]}, reponse=reponse)

    def consent(self, prm: str, days: int) -> int:
        """Give the consent of a point."""
        with self.simulator.database.transaction() as session:
            application = ensure_default_applications(session)["production"]
            point = find_point(session, prm)
            assert point is not None
            now, fin = self.simulator.clock.now(), self.jour + days * JOUR
            given = give_consentement(session, application, f"titulaire {prm}", point, now, fin)
        asked = {"client_id": self.application[0], "prms": [prm], "fin": fin}
        reponse = {"autorisation_id": given.autorisation_id, "id": given.id}
        asked["titulaire"] = f"titulaire {prm}"
        self.note("consentement", demande=asked, reponse=reponse)
        return given.id

    def operate(self, operation: str, **asked: Any) -> Any:
        """Do what the administration does."""
        return operation_named(operation)(self.state, **asked)

    @property
    def jour(self) -> date:
        """The legal day of the clock."""
        return clock.legal_date(self.simulator.clock.now())

    def advance(self, hours: int) -> None:
        """Move the clock on, and have done what is due."""
        self.pas += 1
        self.simulator.clock.change(advance_by(clock.Duree(temps=timedelta(hours=hours))))
        now = self.simulator.clock.now().astimezone(UTC)
        numero, _ = self.simulator.clock.numbered()
        self.note("horloge", reponse={"numero": numero, "instant": now})
        self.admin.back_office.catch_up()
        self.note("rattrapage", reponse={"instant": now})

    def drain(self) -> None:
        """Have the journal hold what was recorded."""
        self.journal.drain()
        self.note("rangement")

    def acces(self, verbe: str, prm: str, *, services: Any, **general: Any) -> Any:
        """Order, renew, change or stop access services; `services` as the contract has them."""
        block = self.general(None, prm, sens="SOUTIRAGE", **general)
        asked = {"donneesGenerales": block, "servicesSouscrits": services}
        return self.call(f"/Commande{verbe}ServicesAccesDonnees/v1.0", {"demande": asked})

    def demand(self, nom: str, prms: list[str], **asked: Any) -> Any:
        """Ask for the files of M023."""
        general = {"initiateurLogin": self.tiers.login, "contratId": self.tiers.contrat_id}
        wanted = {"format": "JSON", "pointIds": {"pointId": prms}, "sens": "SOUTIRAGE"}
        wanted |= {"cadreAcces": "ACCORD_CLIENT", **asked}
        return self.call(f"/{nom}/v1.0", {"donneesGenerales": general, "demande": wanted})

    def tell(self, sorte: str, demande: dict[str, Any], reponse: Any = None) -> None:
        """Note what an operation was asked for and came to."""
        self.note(sorte, demande=demande, reponse={} if reponse is None else reponse)


def lived(dossier: Path) -> Modele:
    """Live a week in a folder, with something of each kind; return what was told."""
    semaine = Semaine(dossier)
    _orders(semaine)
    _administration(semaine)
    ouvre(semaine)
    for _ in range(4):
        semaine.advance(24)
    semaine.acces("Arret", COURT, services={"serviceSouscritId": [semaine.stopped]})
    _consultations(semaine)
    lit(semaine)
    semaine.operate("campaigns.stop", campaign_id=1)
    semaine.tell("campagne_fermee", {}, {"id": 1})
    for _ in range(11):
        semaine.advance(72)
    semaine.consult(COURBE, "ENERGIE", "EA", 3)
    semaine.drain()
    semaine.note("ressources", reponse={"octets": 2**27, "fichiers": 40, "processus": 1})
    semaine.close()
    return semaine.modele


def _orders(semaine: Semaine) -> None:
    for prm, mesures, days, periodicite in (
        (COURBE, "CDC", 6, "P1D"),
        (INDEX, "IDX", 6, "P1D"),
        (MENSUEL, "IDX", 300, "P1M"),
        (COURT, "CDC", 2, "P1D"),
        (GRAND, "CDC", 6, "P1D"),
        (GRAND, "IDX", 6, "P1D"),
    ):
        semaine.order(prm, mesures, days, periodicite)
    semaine.order(COURBE, "CDC", 30, "P1D", dateDebut=semaine.jour - JOUR)
    semaine.order(MENSUEL, "CDC", 300, "P1M")
    options = [{"periodiciteTransmission": "P1M"}]
    typed = [
        {"typeDonnees": "IDX", "optionsPublication": {"optionPublication": options}},
        {"typeDonnees": "ENERGIE"},
    ]
    until = {"dateFin": semaine.jour + 300 * JOUR, "declarationAccordClient": ACCORD}
    found = semaine.acces("", COURT, services={"serviceSouscrit": typed}, **until)
    numbers = [
        each["serviceSouscritMesures"]["serviceSouscritId"] for each in found["affaires"]["affaire"]
    ]
    semaine.stopped = numbers[1]
    later = {**until, "dateFin": semaine.jour + 301 * JOUR}
    semaine.acces("Renouvellement", COURT, services={"serviceSouscritId": numbers[:1]}, **later)
    declaration = {"accordClient": True, "injection": False, "soutirage": True}
    declaration |= {"personneMorale": {"denominationSociale": "COGIP"}}
    what = {"injection": False, "soutirage": True, "cdc": True, "idx": False, "ptd": False}
    donnees = {"declarationAccordClient": [declaration], **what}
    infra = {"donneesGenerales": semaine.general("AME", GRAND), "accesDonnees": donnees}
    semaine.call("/CommandeTransmissionDonneesInfraJ/v1.0", {"demande": infra})
    historique = {
        "dateDebut": semaine.jour - 60 * JOUR,
        "dateFin": semaine.jour - 30 * JOUR,
        "declarationAccordClient": {**ACCORD, "accordClient": True},
        "mesureType": "IDX",
        "mesureCorrigee": False,
    }
    del historique["declarationAccordClient"]["accord"]
    asked = {"donneesGenerales": semaine.general("HDM", INDEX), "historiqueMesures": historique}
    semaine.call("/CommandeTransmissionHistoriqueMesures/v1.0", {"demande": asked})
    days = {"dateDebut": semaine.jour - 20 * JOUR, "dateFin": semaine.jour - 10 * JOUR}
    fines = {"mesuresTypeCode": "INDEX", **days}
    semaine.demand(
        "CommandeHistoriqueDonneesMesuresFines", [INDEX, COURBE, "99999999999999"], **fines
    )
    semaine.demand("CommandeInformationsTechniquesEtContractuelles", [INDEX])


def _consultations(semaine: Semaine) -> None:
    semaine.connect()
    for prm in (INDEX, COURBE, GRAND):
        for type, grandeur in (("INDEX", "EA"), ("ENERGIE", "EA"), ("COURBE", "PA")):
            semaine.consult(prm, type, grandeur, 4)
    semaine.consult(INDEX, "PMAX", "PMA", 4, mesuresPas="P1D")
    days = {"dateDebut": "2026-02-20", "dateFin": "2026-03-05"}
    chemin = "/mesure_synchrone_auto/v2/consommation_quotidienne"
    semaine.rest_call("GET", chemin, pointId=INDEX, **days)
    since = {"usage_point_id": INDEX, "start": "2026-02-20", "end": "2026-03-05"}
    semaine.rest_call("GET", "/metering_data_dc/v5/daily_consumption", **since)
    criteres = {"pointId": COURT, "contratId": semaine.tiers.contrat_id}
    asked = {"criteres": criteres, "loginUtilisateur": semaine.tiers.login}
    semaine.call("/RechercheServicesSouscritsMesures/v1.0", asked)


def _administration(semaine: Semaine) -> None:
    semaine.consent(INDEX, 300)
    revoked = semaine.consent(COURBE, 300)
    semaine.operate("data_connect.remove_consentement", consentement_id=revoked)
    semaine.tell("revocation", {"consentement": revoked})
    made = semaine.operate("points.copy", comme=COURBE)
    semaine.tell("points_apportes", {"prms": [made["prm"]]})
    fin = semaine.simulator.clock.now() + 60 * JOUR
    plan = {"service": "RecherchePoint", "fin": fin, "au": 1}
    semaine.operate("pannes.plan", sorte="sgt500", **plan)
    semaine.tell("panne", plan, {"numero": 1})
    semaine.operate("campaigns.start", acteur="TIERS1", release=None)
    semaine.tell("campagne", {"acteur": "TIERS1"}, {"id": 1})
    criteres = {"criteres": {"numSiret": "00040477212266"}, "loginUtilisateur": semaine.tiers.login}
    semaine.call("/RecherchePoint/v2.0", criteres)
    semaine.call("/RecherchePoint/v2.0", criteres)
    semaine.operate("etat.keep", nom="debut")
    semaine.tell("instantane", {"nom": "debut"})
