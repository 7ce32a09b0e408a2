"""The application that `sge-sim serve` runs, called or served in the process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before a simulator is: what it takes out of the collector's sight, hypothesis would miss.
import hypothesis  # noqa: F401
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from made_states import copy_state, settings_of
from running_simulator import START_SECONDS, RunningSimulator

from sge_sim.cli import serve
from sge_sim.door.certificats import DefaultCaller
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.machine.files import data_path
from sge_sim.processes.admin_process import admin_server
from sge_sim.processes.b2b_process import b2b_server
from sge_sim.processes.data_connect_process import data_connect_server
from sge_sim.processes.serving_note import Served, serving
from sge_sim.processes.simulator import Simulator, open_simulator
from sge_sim.settings import Settings
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.messages import envelope
from sge_sim.soap.models import Models
from sge_sim.soap.protocol import FaultStyle, SgeSoap11, Tree
from sge_sim.transport.listener import Responder, bind_loopback
from sge_sim.transport.message import Request, Response, Sender

_HEADERS = {"content-type": "text/xml; charset=utf-8"}


@dataclass(frozen=True)
class InProcess:
    """A simulator without its sockets, and the certificate of its default tiers."""

    simulator: Simulator
    application: Responder
    sender: Sender

    def post(self, path: str, message: bytes, **headers: str) -> Response:
        """Send a SOAP message as the default tiers."""
        sent = _HEADERS | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.application(Request("POST", path, "", sent, message, self.sender))

    def call(self, path: str, demande: Tree) -> AnswerTree | RefusRecu:
        """Send a demand, without a header, as the default tiers."""
        return read_answer(self.ask(path, demande).content)

    def ask(self, path: str, demande: Tree) -> Response:
        """The same; return the answer as it came."""
        contract = load_contracts(data_path("wsdl"))[path]
        models = Models(contract.schemas)
        protocol = SgeSoap11(contract, models, FaultStyle())
        body = ElementWriter(models, protocol.to_unicode).parts(contract.request, demande)
        return self.post(path, envelope([], body))

    @property
    def login(self) -> str:
        """The login of the default tiers."""
        return self._caller.login

    @property
    def contrat_id(self) -> str:
        """Its contract."""
        return self._caller.contrat_id

    @property
    def _caller(self) -> DefaultCaller:
        return caller_of(self.simulator, "tiers")


def caller_of(simulator: Simulator, kind: str) -> DefaultCaller:
    """Return a default actor of a simulator."""
    (caller,) = [each for each in simulator.callers if each.kind == kind]
    return caller


def sender_of(caller: DefaultCaller) -> Sender:
    """Return what a listener knows of a default actor that calls."""
    leaf = x509.load_pem_x509_certificates(caller.certificate.read_bytes())[0]
    return Sender(leaf.public_bytes(Encoding.DER), (), "127.0.0.1")


@contextmanager
def simulator_in_process(data_dir: Path, **settings: Any) -> Iterator[InProcess]:
    """Open a simulator in `data_dir`."""
    copy_state(data_dir, settings)
    simulator = open_simulator(Settings(data_dir=data_dir, **settings))
    sender = sender_of(caller_of(simulator, "tiers"))
    with bind_loopback("127.0.0.1", 0) as listening:
        services = b2b_server(simulator, listening)
        try:
            yield InProcess(simulator, services.server.application, sender)
        finally:
            services.stop()
            simulator.close()


@contextmanager
def served_in_process(data_dir: Path, *options: str) -> Iterator[RunningSimulator]:
    """Serve in threads what `start_simulator` starts processes for: there at once, for those who
    call or type commands and look at what is answered."""
    data_dir.mkdir(parents=True, exist_ok=True)
    copy_state(data_dir, settings_of(options))
    typed = ["--data-dir", str(data_dir), "--port", "0", "--admin-port", "0", "--strict", *options]
    given = serve.serve.make_context("serve", typed).params
    settings = Settings(**{name: value for name, value in given.items() if name != "show_settings"})
    doors = serve._open_doors(settings)
    simulator = open_simulator(settings)
    b2b_url = f"https://localhost:{doors.b2b.getsockname()[1]}"
    admin_url = f"http://localhost:{doors.admin.getsockname()[1]}"
    ready = serve._readiness(simulator, b2b_url=b2b_url, admin_url=admin_url)
    works = [b2b_server(simulator, doors.b2b), admin_server(simulator, doors.admin, b2b_url)]
    if doors.data_connect is not None:
        ready["data_connect"] = serve._data_connect(simulator)
        ready["data_connect_url"] = f"https://localhost:{doors.data_connect.getsockname()[1]}"
        works.append(data_connect_server(simulator, doors.data_connect))
    accepting = threading.Semaphore(0)
    threads = [threading.Thread(target=work.serve, args=(accepting.release,)) for work in works]
    with serving(data_dir) as note:
        note.announce(Served(admin_url, b2b_url, settings.environment))
        for thread in threads:
            thread.start()
        try:
            assert all(accepting.acquire(timeout=START_SECONDS) for _ in works)
            yield RunningSimulator(ready, data_dir)
        finally:
            for work in works:
                work.stop()
            for thread in threads:
                thread.join()
            simulator.close()
