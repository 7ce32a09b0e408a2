"""The application that `sge-sim serve` runs, called in the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before a simulator is: what it takes out of the collector's sight, hypothesis would miss.
import hypothesis  # noqa: F401
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from made_states import copy_state

from sge_sim.door.certificats import DefaultCaller
from sge_sim.homologation.campaign.evaluation import RefusRecu
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.client.messages import read_answer
from sge_sim.machine.files import data_path
from sge_sim.processes.b2b_process import b2b_server
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
        contract = load_contracts(data_path("wsdl"))[path]
        models = Models(contract.schemas)
        protocol = SgeSoap11(contract, models, FaultStyle())
        body = ElementWriter(models, protocol.to_unicode).parts(contract.request, demande)
        return read_answer(self.post(path, envelope([], body)).content)

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
        (caller,) = [one for one in self.simulator.callers if one.kind == "tiers"]
        return caller


@contextmanager
def simulator_in_process(data_dir: Path, **settings: Any) -> Iterator[InProcess]:
    """Open a simulator in `data_dir`."""
    copy_state(data_dir, settings)
    simulator = open_simulator(Settings(data_dir=data_dir, **settings))
    (caller,) = [one for one in simulator.callers if one.kind == "tiers"]
    leaf = x509.load_pem_x509_certificates(caller.certificate.read_bytes())[0]
    with bind_loopback("127.0.0.1", 0) as listening:
        services = b2b_server(simulator, listening)
        sender = Sender(leaf.public_bytes(Encoding.DER), (), "127.0.0.1")
        try:
            yield InProcess(simulator, services.server.application, sender)
        finally:
            services.stop()
            simulator.close()
