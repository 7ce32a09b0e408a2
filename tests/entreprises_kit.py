"""Accounts of companies, and their applications that call without sockets."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

from in_process import InProcess, simulator_in_process

from sge_sim.clock import PARIS
from sge_sim.dataconnect.application import RestApplication
from sge_sim.dataconnect.applications import create_application
from sge_sim.dataconnect.exchange import RestBackend
from sge_sim.dataconnect.tokens import Tokens
from sge_sim.entreprises import comptes
from sge_sim.entreprises.adresses import ROUTES
from sge_sim.facts.guet import Guet
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.chiffrement import chiffrement, decrypt
from sge_sim.flux.declaration import declare_canal
from sge_sim.flux.publication import publish_now
from sge_sim.journal import EchangeRecord
from sge_sim.referentiel.acteurs import add_contrat
from sge_sim.tables.anciens_etats import change_columns
from sge_sim.tables.comptages import QuotaCounts
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import Point
from sge_sim.transport.message import Request

NOW = datetime(2026, 11, 25, 10, 5, tzinfo=PARIS)
SIREN, AUTRE_SIREN, VOISIN = "213409998", "200054781", "999999992"
PETIT, TRIPHASE, GRAND, PRODUCTEUR, AUTOCONSOMMATEUR, FERME, COUPE, ARRIVE, RESILIE, OPPOSE = (
    *("25946599093143", "24210000002494", "98610000000692", "24210000002821", "24210000002506"),
    *("24210000005085", "98610000000704", "25110853825340", "98610000000367", "24210000002057"),
)
TENUS = {
    PETIT: f"{SIREN}00014",
    TRIPHASE: f"{SIREN}00014",
    GRAND: f"{SIREN}00022",
    PRODUCTEUR: f"{AUTRE_SIREN}00015",
    AUTOCONSOMMATEUR: f"{SIREN}00022",
    FERME: f"{SIREN}00014",
    COUPE: f"{SIREN}00014",
    RESILIE: f"{SIREN}00014",
    OPPOSE: f"{SIREN}00014",
    ARRIVE: f"{SIREN}00014",
}
"""The SIRET of who holds each; that of RESILIE holds it no more."""
DEPUIS = date(2026, 10, 22)
"""The day on which the company took ARRIVE over from the neighbour."""
MESURES = "/mesures/v2/metering_data/"
PERIMETRE = "/usage_point_id_perimeter/v1/usage_point_id"


@dataclass
class Caller:
    """An application that calls; what the journal keeps of it is in `kept`."""

    running: InProcess
    credentials: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    kept: list[EchangeRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        simulator = self.running.simulator
        settings = replace(simulator.settings, **{"quotas": False, **self.settings})
        folder = settings.data_dir
        self.backend = RestBackend(
            settings,
            simulator.database,
            Tokens(folder),
            QuotaCounts(folder),
            Guet(folder, simulator.database.engine),
        )
        marques = simulator.marques
        self.application = RestApplication(self.backend, self.kept.append, marques, ROUTES)
        form = urlencode({"grant_type": "client_credentials", **self.credentials}).encode()
        sent = {"content-type": "application/x-www-form-urlencoded"}
        status, told = self.send("POST", "/oauth2/v3/token", form, sent)
        assert status == 200, told
        self.token = told["access_token"]

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        sender = self.running.sender
        response = self.application(Request(method, path, query, headers, body, sender))
        own = "_auto/v" not in path
        type_ = dict(response.headers).get("Content-Type")
        assert not own or type_ == ("application/json" if response.content else None)
        return int(response.status), json.loads(response.content or b"null")

    def get(self, path: str, headers: dict[str, str] | None = None, **asked: str) -> Any:
        query = f"?{urlencode(asked)}" if asked else ""
        sent = {"authorization": f"Bearer {self.token}", **(headers or {})}
        return self.send("GET", path + query, b"", sent)

    def post(self, body: bytes, headers: dict[str, str] | None = None, query: str = "") -> Any:
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return self.send("POST", PERIMETRE + query, body, {**sent, **(headers or {})})

    def order(self, path: str, body: Any, query: str = "") -> Any:
        """Post an order; its status, and what its body holds."""
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return self.send("POST", f"/{path.lstrip('/')}{query}", text, sent)

    def perimetre(self, **asked: Any) -> Any:
        status, body = self.post(json.dumps({"page_number": 1, **asked}).encode())
        assert status == 200, body
        return body

    def mesure(self, nom: str, prm: str, start: str, end: str, **asked: str) -> Any:
        if nom == "daily_consumption_max_power":
            asked = {"measuring_period": "P1D", "grandeurPhysique": "PMA", **asked}
        return self.get(MESURES + nom, usage_point_id=prm, start=start, end=end, **asked)

    def send_as_data_connect(self, nom: str, asked: dict[str, str]) -> Any:
        """Ask Data Connect for a measure; what its answer holds, whatever its type."""
        return self.get(f"/mesure_synchrone_auto/v2/{nom}", **asked)

    def told(self, *args: str, **asked: str) -> Any:
        """What a measure answers, which must be a 200."""
        status, body = self.mesure(*args, **asked)
        assert status == 200, body
        return body["meter_reading"]


def credentials(application: Any) -> dict[str, str]:
    return {"client_id": application.client_id, "client_secret": application.secret}


@contextmanager
def company(folder: Path) -> Iterator[InProcess]:
    """Open a simulator of production whose company holds `TENUS`."""
    with simulator_in_process(folder, population_size=0, environment="production") as found:
        StoredClock(found.simulator.database).freeze(NOW)
        with found.simulator.database.transaction() as session:
            for prm, siret in TENUS.items():
                point = session.get_one(Point, prm)
                point.siret, point.nom_client_final = siret, "COMMUNE D ESSAI"
                point.categorie_client_final = "PRO"
                if point.petit and point.opposition_courbe is False:
                    session.add(Collecte(prm=prm, debut=date(2026, 1, 1)))
            arrived = session.get_one(Point, ARRIVE)
            arrived.siret = f"{VOISIN}00011"
            told = {"siret": TENUS[ARRIVE], "date_mise_en_service": DEPUIS}
            change_columns(session, arrived, DEPUIS, **told)
            comptes.declare_entreprise(session, SIREN, "Commune d'essai", [AUTRE_SIREN])
            comptes.declare_entreprise(session, VOISIN, "Voisin")
        yield found


def made(running: InProcess, siren: str, titres: list[str] | None = None) -> dict[str, str]:
    """The credentials of a new application of an account."""
    with running.simulator.database.transaction() as session:
        application = create_application(
            session, nom="Essai", acteur_code=siren, mode="production", apis=titres
        )
        return credentials(application)


CANAL, CLE = "506000001", "5a" * 32
MESURES_ASYNCHRONES = "publication_mesures/v1/commanderPublicationPonctuelle"


def declare(running: InProcess, siren: str, canal: str, cle: str = CLE) -> None:
    """Declare a channel of an account, as its portal would."""
    with running.simulator.database.transaction() as session:
        add_contrat(session, siren, canal, date(2020, 1, 1))
        session.flush()
        declare_canal(session, canal, type_canal="dossier", algorithme="aes256", cle=cle)


def publication(
    prms: Sequence[str],
    type_: str = "CDC",
    days: tuple[str, str] = ("2026-11-16", "2026-11-23"),
    *,
    canaux: Sequence[str] = (CANAL,),
    **sens: bool,
) -> Any:
    """The body of an order of measures."""
    numbers = [{"canalContactId": canal} for canal in canaux]
    return {
        "donneesGenerales": {
            "canauxContact": {"proprietaireCanal": [{"canauxId": numbers}]},
            "dateDebut": days[0],
            "dateFin": days[1],
            "typeDonnee": type_,
        },
        "listePoints": {
            **({"injection": False, "soutirage": True} | sens),
            "points": [{"pointId": prm} for prm in prms],
        },
    }


def received(
    running: InProcess, dossier: Any, hours: float = 1, canal: str = CANAL, **changed: Any
) -> dict[str, Any]:
    """What comes of a demand in so many hours, deciphered, by the name of the file; settings may
    have `changed`."""
    simulator, clock = running.simulator, StoredClock(running.simulator.database)
    clock.freeze(clock.now() + timedelta(hours=hours))
    publish_now(
        replace(simulator.settings, **changed), simulator.database, lambda _: None, clock.now()
    )
    folder = simulator.settings.data_dir / "publications" / canal
    secret, found = chiffrement("aes256", CLE), {}
    for file in sorted(folder.glob(f"*{dossier}*")):
        plain = decrypt(secret, file.read_bytes())
        if file.suffix == ".zip":
            with ZipFile(BytesIO(plain)) as archive:
                (name,) = archive.namelist()
                assert f"{dossier}" in name
                plain = archive.read(name)
        found[file.name] = json.loads(plain)
    return found
