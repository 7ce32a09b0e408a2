"""A life: one process on a folder, with its two workers, Data Connect, the back office and the
journal. It is a fork of a parent that has loaded everything, does what it is sent through a pipe,
and tells what clients were told at the moment they were."""

import asyncio
import os
import re
import socket
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from html import unescape
from http import HTTPStatus
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from monde import AUCUN, Defaut, Monde, Sort
from recits import Recit

from sge_sim import clock
from sge_sim.commandes.moving_clock import advance_by, freeze_at, run_on
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.journal import Journal
from sge_sim.processes import admin_process, b2b_process, data_connect_process, simulator
from sge_sim.settings import Settings
from sge_sim.transport.message import Request, Response, Sender

_CORPS = ("jeton", "panne", "campagne", "campagne_fermee")
"""What is told of these is what was answered."""
DEBUT = datetime(2020, 3, 1, 8, tzinfo=clock.PARIS)


@dataclass(frozen=True)
class Ordre:
    """A work that a life is to do: its kind, what is asked, under which name it is told."""

    travail: str
    nom: str = ""
    sorte: str = ""
    demande: Mapping[str, Any] = field(default_factory=dict)
    methode: str = "POST"
    chemin: str = ""
    requete: str = ""
    entetes: Mapping[str, str] = field(default_factory=dict)
    corps: bytes = b""
    par: str = "tiers"
    rang: int = 0


@dataclass(frozen=True)
class Pas:
    """A step: works that are woven, and what befalls meanwhile."""

    numero: int
    ordres: tuple[Ordre, ...]
    sort: Sort | None = None
    defaut: Defaut = AUCUN
    saut: float = 0.0
    """By how many seconds the machine's clock is set ahead (behind if negative) before."""


class Vie:
    """A process that has opened the folder."""

    def __init__(self, monde: Monde, settings: Settings, dit: Callable[[Any], None]) -> None:
        self.monde, self._dit, self.pas = monde, dit, 0
        self.instant = DEBUT
        self.simulator = simulator.open_simulator(settings)
        self.simulator.phase.enter("pret")
        self.clock = self.simulator.clock
        self.senders = {each.kind: _sender(each.certificate) for each in self.simulator.callers}
        self.sockets = [socket.socket() for _ in range(4)]  # never bound
        application = b2b_process.b2b_application(self.simulator)
        self.serveurs = [
            b2b_process.b2b_server(self.simulator, each, application) for each in self.sockets[:2]
        ]
        self.workers = [each.server.application for each in self.serveurs]
        dc: Any = data_connect_process.data_connect_server(self.simulator, self.sockets[2])
        self.data_connect = dc.server.application
        admin: Any = admin_process.admin_server(self.simulator, self.sockets[3], "")
        self.back_office, self.moves = admin.back_office, admin.moves
        self.journal = Journal.beside(self.simulator.database, settings.data_dir)
        self._rest_process = dc
        self.load = next(
            cell.cell_contents
            for cell in admin.load_server.__closure__
            if getattr(cell.cell_contents, "__name__", "") == "load"
        )

    def ferme(self) -> None:
        """Give back what it has opened: of one that doesn't end."""
        for worker in self.serveurs:
            worker.stop()
        rest = self._rest_process
        rest.journal.close()
        rest.backend.counts.close()
        rest.backend.guet.close()
        rest.backend.database.dispose()
        self.journal.close()
        self.simulator.close()

    def tell(self, recit: Recit) -> None:
        """Tell the parent; it knows even if the process ends at once."""
        self._dit(recit)

    def livre(self, path: Path) -> None:
        """Tell that a file has its name where a contract is delivered."""
        if "flux" in path.parts and not path.name.startswith("."):
            rendu = {"nom": path.name, "contrat": path.parent.name}
            rendu["sha256"] = sha256(path.read_bytes()).hexdigest()
            self._dit(self._recit("livraison", reponse=rendu))

    def now(self) -> datetime:
        self.instant = self.clock.now()
        return self.instant

    def joue(self, pas: Pas) -> None:
        """Do the works of a step."""
        self.pas = pas.numero
        self.monde.comptes.machine += timedelta(seconds=pas.saut)
        works = [(each.travail, self._work(each)) for each in pas.ordres]
        self.monde.sort = pas.sort or self.monde.sort
        self.monde.frappe = self._frappe
        with self.monde.eveille(pas.defaut):
            rendus = self.monde.tresse(works)
        if self.monde.frappes:
            self._dit(self._recit("defaut", demande={"sorte": pas.defaut.sorte}))
        if pas.saut < 0:
            self._dit(self._recit("defaut", demande={"sorte": "recul"}))
        threads = [Ordre("horloge")] * (len(rendus) - len(pas.ordres))  # that moves started
        for ordre, came in zip((*pas.ordres, *threads), rendus, strict=True):
            if isinstance(came, BaseException):
                rendu = {"travail": ordre.travail, "defaut": self.monde.frappes}
                trace = "".join(traceback.format_exception(came))
                self._dit(self._recit("casse", demande={"trace": trace, **rendu}))
        if pas.numero % 20 == 0:
            self._dit(self._recit("ressources", reponse=_resources()))
        self._dit(("fait", self.now()))

    def _frappe(self, sorte: str) -> None:
        """Tell at once that the world refuses something: clients may be told so."""
        self._dit(Recit(self.pas, self.instant, "defaut", demande={"sorte": sorte}))

    def _recit(self, sorte: str, **of: Any) -> Recit:
        return Recit(self.pas, self.now(), sorte, **of)

    def _work(self, ordre: Ordre) -> Callable[[], None]:
        return lambda: getattr(self, f"_{ordre.travail}")(ordre)

    def _soap(self, ordre: Ordre) -> None:
        self.tell(self._recit(ordre.sorte, nom=ordre.nom, demande=ordre.demande))
        headers = {"content-type": "text/xml", "user-agent": ordre.nom}
        asked = Request(
            *(ordre.methode, ordre.chemin, "", headers, ordre.corps, self.senders[ordre.par])
        )
        response = self.workers[ordre.rang % 2](asked)
        found, code = _read_soap(response)
        self.tell(Recit(self.pas, self.now(), ordre.sorte, ordre.nom, ordre.demande, found, code))

    def _rest(self, ordre: Ordre) -> None:
        if ordre.sorte == "consentement":
            self._consentement(ordre)
            return
        headers = {"user-agent": ordre.nom, **ordre.entetes}
        body = ordre.corps
        if ordre.methode == "GET" and body:
            headers["authorization"] = f"Bearer {self._jeton(ordre)}"
            body = b""
        elif form := headers.pop("jeton", ""):
            asked = replace(ordre, sorte="entreprise", corps=form.encode())
            headers["authorization"] = f"Bearer {self._jeton(asked)}"
        self.tell(self._recit(ordre.sorte, nom=ordre.nom, demande=ordre.demande))
        response = self.data_connect(
            Request(
                *(ordre.methode, ordre.chemin, ordre.requete, headers, body),
                Sender(b"", (), "127.0.0.1"),
            )
        )
        self._answered(ordre, response.status, response.content)

    def _jeton(self, ordre: Ordre) -> str:
        """Get a token for a call."""
        asked = {"client_id": ordre.demande["client_id"]}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        sender = Sender(b"", (), "127.0.0.1")
        found = self.data_connect(
            Request("POST", "/oauth2/v3/token", "", headers, ordre.corps, sender)
        )
        if found.status >= 400:
            return ""
        rendu = loads(found.content)
        sorte = "jeton_entreprise" if ordre.sorte == "entreprise" else "jeton"
        self.tell(self._recit(sorte, demande=asked, reponse=rendu))
        return str(rendu["access_token"])

    def _consent(self, autorisation_id: int, prm: str) -> dict[str, Any]:
        """Return what the administration says of the last consent of a point; nothing of none."""
        asked = Ordre("", methode="GET", chemin="/api/consentements", requete=f"prm={prm}")
        _, content = asyncio.run(_ask(self.load(), asked))
        found: list[dict[str, Any]] = [
            each
            for each in loads(content)
            if (each["autorisation_id"], each["prm"]) == (autorisation_id, prm)
        ]
        return max(found, key=lambda each: int(each["id"]), default={})

    def _administration(self, ordre: Ordre) -> None:
        self._dit(self._recit("depart", demande={"sorte": ordre.sorte, "demande": ordre.demande}))
        status, content = asyncio.run(_ask(self.load(), ordre))
        self._answered(replace(ordre, nom=""), status, content)

    _contrat, _entreprise = _administration, _rest

    def _answered(self, ordre: Ordre, status: int, content: bytes) -> None:
        corps: Any = None
        with suppress(ValueError):
            corps = loads(content)
        found: Any = {"statut": int(status), "corps": corps}
        code = None if status < 400 else str(int(status))
        if ordre.sorte in _CORPS and code is None:
            found = corps
        self.tell(Recit(self.pas, self.now(), ordre.sorte, ordre.nom, ordre.demande, found, code))

    def _consentement(self, ordre: Ordre) -> None:
        """Find the customer on the page, choose a point, accept: three requests."""
        headers = {"user-agent": ordre.nom, **ordre.entetes}

        def ask(method: str, query: str, body: bytes = b"") -> Response:
            sender = Sender(b"", (), "127.0.0.1")
            return self.data_connect(
                Request(method, ordre.chemin, query, headers if body else {}, body, sender)
            )

        prm, holders = ordre.demande["prms"][0], [""]
        login = ask("GET", f"{ordre.requete}&recherche={prm}").content.decode()
        if links := re.findall(r'<a href="\?([^"]*)"', login):
            shown = ask("GET", unescape(links[0])).content.decode()
            holders = re.findall(r'name="titulaire" value="([^"]*)"', shown) or holders
        form = {"titulaire": unescape(holders[0]), "prm": prm, "decision": "accepter"}
        self.tell(self._recit(ordre.sorte, nom=ordre.nom, demande=ordre.demande))
        answer = ask("POST", ordre.requete, urlencode(form).encode())
        status, headers_of = int(answer.status), dict(answer.headers)
        query = parse_qs(urlsplit(headers_of.get("Location", "")).query)
        found: dict[str, Any] = {name: values[0] for name, values in query.items()}
        demande, code = ordre.demande, None if "autorisation_id" in found else str(status)
        if code is None:
            numero = int(found["autorisation_id"])
            given = self._consent(numero, prm)
            found |= {"autorisation_id": numero, "id": given.get("id", 0)}
            if "au" in given:  # the clock may have moved since it was asked
                demande = {**demande, "fin": date.fromisoformat(given["au"][:10])}
        self.tell(Recit(self.pas, self.now(), ordre.sorte, ordre.nom, demande, found, code))

    def _publication(self, _ordre: Ordre) -> None:
        until = self.now()
        if self.back_office.catch_up():
            self._dit(self._recit("rattrapage", reponse={"instant": until}))

    def _rangement(self, _ordre: Ordre) -> None:
        self.journal.drain()
        self._dit(self._recit("rangement"))

    def _horloge(self, ordre: Ordre) -> None:
        asked = ordre.demande
        change = {
            "avance": lambda: advance_by(clock.Duree(temps=timedelta(minutes=asked["minutes"]))),
            "arrete": freeze_at,
            "reprend": lambda: run_on,
        }[asked["geste"]]()
        reglage = self.moves.make(change).reglage
        rendu = {"numero": reglage.numero, "instant": reglage.fin}
        self._dit(self._recit("horloge", demande=asked, reponse=rendu))


def _resources() -> dict[str, int]:
    """Return what this process has of the machine."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    opened = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return {"octets": pages * os.sysconf("SC_PAGE_SIZE"), "fichiers": opened, "processus": 1}


def _sender(certificate: Path) -> Sender:
    leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    return Sender(leaf.public_bytes(Encoding.DER), (), "127.0.0.1")


def _read_soap(response: Response) -> tuple[Any, str | None]:
    """Return what was answered, and the code of a refusal: the status of one that isn't SOAP."""
    try:
        found = read_answer(response.content)
    except ValueError:
        return {"texte": response.content[:400].decode(errors="replace")}, str(int(response.status))
    if isinstance(found, RefusRecu):
        return {"libelle": found.libelle}, found.code or ""
    return {} if found is None else found, None


async def _ask(application: Any, ordre: Ordre) -> tuple[int, bytes]:
    """Ask an ASGI application; return the status and the content of its answer."""
    sent: list[bytes] = []
    status = [int(HTTPStatus.INTERNAL_SERVER_ERROR)]
    asked = iter(({"type": "http.request", "body": ordre.corps, "more_body": False},))

    async def receive() -> Any:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
        sent.append(message.get("body", b""))

    headers = {"host": "localhost", "user-agent": ordre.nom, **ordre.entetes}
    if ordre.corps:
        headers.setdefault("content-type", "application/json")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": ordre.methode,
        "scheme": "http",
        "path": ordre.chemin,
        "raw_path": ordre.chemin.encode(),
        "query_string": ordre.requete.encode(),
        "root_path": "",
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 8080),
    }
    await application(scope, receive, send)
    return status[0], b"".join(sent)


def as_json(content: Any) -> bytes:
    """Return the body of a request."""
    return dumps(content, default=str).encode()
