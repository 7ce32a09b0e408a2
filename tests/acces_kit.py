"""Access services through zeep on the real WSDLs, in the process; answers are held against them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests
import zeep
from in_process import InProcess, caller_of, sender_of, simulator_in_process
from real_clients import ZeepClient, dictionaries
from zeep.transports import Transport

from sge_sim.clock import parse_duration, parse_instant
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.echeances import catch_up_orders
from sge_sim.commandes.moving_clock import advance_by
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables.acteurs import find_contrat
from sge_sim.tables.points import find_point

NOW = "2026-03-02T10:00"
TODAY = date(2026, 3, 2)
END = date(2027, 3, 2)
C5, C5_BIS = "25855571545617", "24377424002398"
C4 = "98800003605600"
P1 = "98610000001605"
P4 = "24210000002821"
NOT_TELEOPERABLE = "25128509404458"
UNKNOWN = "99999999999999"
PERSONNE = {"personnePhysique": {"nom": "DUPONT"}}
ACCORD = {"accord": True, **PERSONNE}
SAD = "/CommandeServicesAccesDonnees/v1.0"
MOSAD = "/CommandeModificationOptionsServicesAccesDonnees/v1.0"
RSAD = "/CommandeRenouvellementServicesAccesDonnees/v1.0"
ASAD = "/CommandeArretServicesAccesDonnees/v1.0"
RSA = "/RechercheServicesAccesDonnees/v1.0"
ACCES = "/CommanderAccesDonneesMesures/v1.0"


class _InProcessTransport(Transport):  # type: ignore[misc]
    """Sends what zeep wrote to an application of this process."""

    def __init__(self, application: InProcess, path: str) -> None:
        super().__init__(session=requests.Session(), cache=None)
        self._application = application
        self._path = path

    def post(self, address: str, message: Any, headers: Any) -> Any:
        answered = self._application.post(self._path, message)
        response = requests.Response()
        response.status_code = answered.status.value
        response.headers.update(dict(answered.headers))
        response._content = answered.content
        return response


class Refused(Exception):  # noqa: N818 - what a client sees
    """A fault: its code, its label, its faultstring and faultcode."""

    def __init__(self, fault: zeep.exceptions.Fault) -> None:
        result = fault.detail.find("*/resultat")
        self.code: str = result.get("code")
        self.label: str = result.text
        self.faultstring = fault.message
        self.faultcode = fault.code
        super().__init__(f"{self.code} {self.label}")


class Tiers:
    """The default tiers of a simulator in this process."""

    def __init__(self, running: InProcess, kind: str = "tiers") -> None:
        self.running = running
        self.caller = caller_of(running.simulator, kind)
        self.login, self.contrat_id = self.caller.login, self.caller.contrat_id
        self._clients: dict[str, ZeepClient] = {}

    def call(self, path: str, *, header: bool = False, **members: Any) -> Any:
        """Call with zeep; return the answer as dictionaries, or raise `Refused`."""
        if path not in self._clients:
            transport = _InProcessTransport(self.running, path)
            self._clients[path] = ZeepClient(path, transport, "https://localhost")
        client = self._clients[path]
        if header:
            demandeur = {"loginDemandeur": self.login}
            members["_soapheaders"] = [client.header_of(version="1.0", infoDemandeur=demandeur)]
        try:
            return dictionaries(client(**members))
        except zeep.exceptions.Fault as fault:
            raise Refused(fault) from None

    def code(self, path: str, **members: Any) -> str | None:
        """Return the code of the refusal, None for a success."""
        try:
            self.call(path, **members)
        except Refused as refused:
            return refused.code
        return None

    def general(self, prm: str, **changes: Any) -> dict[str, Any]:
        """The general block; None takes a member away."""
        block = {
            "pointId": prm,
            "initiateurLogin": self.login,
            "contratId": self.contrat_id,
            "sens": "SOUTIRAGE",
            **changes,
        }
        return {name: value for name, value in block.items() if value is not None}

    def sad(self, prm: str, *services: Any, **general: Any) -> dict[str, Any]:
        """The members of an order; a service is a type, or a type and its options."""
        agreed = {"dateFin": END, "declarationAccordClient": ACCORD, **general}
        return self._demand(prm, agreed, serviceSouscrit=[_service(each) for each in services])

    def order(self, prm: str, *services: Any, **general: Any) -> list[str]:
        """Order and return the numbers of the services."""
        answer = self.call(SAD, **self.sad(prm, *services, **general))
        return [
            affaire["serviceSouscritMesures"]["serviceSouscritId"]
            for affaire in answer["body"]["affaires"]["affaire"]
        ]

    def numbered(self, prm: str, numeros: list[str], **general: Any) -> dict[str, Any]:
        """The members of a demand about services, by their numbers."""
        return self._demand(prm, general, serviceSouscritId=numeros)

    def renewal(self, prm: str, numeros: list[str], **general: Any) -> dict[str, Any]:
        """The members of a renewal."""
        later = {"dateFin": END + timedelta(days=1), "declarationAccordClient": ACCORD, **general}
        return self.numbered(prm, numeros, **later)

    def modification(self, prm: str, *services: dict[str, Any], **general: Any) -> dict[str, Any]:
        return self._demand(prm, general, serviceSouscrit=list(services))

    def _demand(self, prm: str, general: dict[str, Any], **services: Any) -> dict[str, Any]:
        """The members of a demand: the general block, and its services."""
        block = self.general(prm, **general)
        return {"demande": {"donneesGenerales": block, "servicesSouscrits": services}}

    def acces(self, prm: str, general: dict[str, Any] | None = None, **asked: Any) -> Any:
        """The members of an order by the former service."""
        declaration = {"accord": asked.pop("accord", True), **asked.pop("client", PERSONNE)}
        block = {
            "dateDebut": self.today,
            "dateFin": END,
            "declarationAccordClient": declaration,
            "typeDonnees": "ENERGIE",
            "soutirage": True,
            "injection": False,
            **asked,
        }
        return {
            "demande": {
                "donneesGenerales": {
                    "objetCode": "AME",
                    "pointId": prm,
                    "initiateurLogin": self.login,
                    "contrat": {"contratId": self.contrat_id},
                    **(general or {}),
                },
                "accesDonnees": {name: value for name, value in block.items() if value is not None},
            }
        }

    def services(self, prm: str) -> list[dict[str, Any]]:
        """What the search lists."""
        body = self.call(
            RSA,
            criteres={"pointId": prm, "contratId": self.contrat_id},
            loginUtilisateur=self.login,
        )["body"]
        found = body["servicesSouscrits"] if body else None
        return found["serviceSouscrit"] if found else []

    @property
    def clock(self) -> StoredClock:
        return StoredClock(self.running.simulator.database)

    @property
    def today(self) -> date:
        return self.clock.now().date()

    def advance(self, duration: str) -> None:
        """Move the clock, and have what is due happen."""
        self.clock.change(advance_by(parse_duration(duration)))
        catch_up_orders(self.running.simulator.database, self.clock.now())

    def change(self, prm: str, **changements: Any) -> None:
        """Have something happen to a point."""
        with self.running.simulator.database.transaction() as session:
            point = find_point(session, prm)
            change_life(session, point, Changements(**changements), self.clock.now())

    def attributs(self, prm: str, *names: str) -> dict[str, Any]:
        """Return columns of a point."""
        with self.running.simulator.database.sessions() as session:
            point = find_point(session, prm)
            return {name: getattr(point, name) for name in names}

    @property
    def acteur(self) -> str:
        """The code of the actor."""
        with self.running.simulator.database.sessions() as session:
            return find_contrat(session, self.contrat_id).acteur_code

    @contextmanager
    def acting_as(self, kind: str) -> Iterator["Tiers"]:
        """Give another default actor of the same simulator."""
        sender = sender_of(caller_of(self.running.simulator, kind))
        yield Tiers(replace(self.running, sender=sender), kind)

    @contextmanager
    def having(self, prm: str, **attributs: Any) -> Iterator[None]:
        """Change a point for the time of the block."""
        before = self.attributs(prm, *attributs)
        self.set(prm, **attributs)
        try:
            yield
        finally:
            self.set(prm, **before)

    def set(self, prm: str, **attributs: Any) -> None:
        """Set columns of a point."""
        with self.running.simulator.database.transaction() as session:
            point = find_point(session, prm)
            for name, value in attributs.items():
                setattr(point, name, value)


def _service(asked: Any) -> dict[str, Any]:
    if isinstance(asked, str):
        return {"typeDonnees": asked}
    type_donnees, *options = asked
    return {"typeDonnees": type_donnees, "optionsPublication": options_block(*options)}


def options_block(*options: Any) -> dict[str, Any]:
    """Options as the messages write them: a frequency, or a frequency and whether corrected."""
    written = []
    for each in options:
        periodicite, corrigees = (each, None) if isinstance(each, str) else each
        option = {"periodiciteTransmission": periodicite}
        written.append(option if corrigees is None else {"mesuresCorrigees": corrigees, **option})
    return {"optionPublication": written}


@contextmanager
def tiers_in_process(data_dir: Path, *, now: str = NOW, **settings: Any) -> Iterator[Tiers]:
    """Open a simulator whose clock stands at `now`, and give its default tiers."""
    asked = {"population_size": 0, "strict": True, **settings}
    with simulator_in_process(data_dir, **asked) as running:
        StoredClock(running.simulator.database).freeze(parse_instant(now))
        yield Tiers(running)
