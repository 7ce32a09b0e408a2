"""The time of a call inside the process: from the bytes of the request to those of the answer."""

import asyncio
import gc
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.calls import NOW
from sge_sim.admin.application import build_admin
from sge_sim.admin.routes import AdminState
from sge_sim.clock import elapsed_ms, parse_instant, stopwatch
from sge_sim.commandes.back_office import BackOffice
from sge_sim.commandes.moves import Moves
from sge_sim.journal import Journal, JournalFeed
from sge_sim.processes.b2b_process import b2b_server
from sge_sim.processes.data_connect_process import data_connect_server
from sge_sim.processes.simulator import Simulator, open_simulator
from sge_sim.settings import Settings
from sge_sim.transport.listener import Responder
from sge_sim.transport.message import Request, Response, Sender

_HEADERS = {"host": "localhost:8443", "content-type": "text/xml; charset=utf-8"}


@dataclass(frozen=True)
class Times:
    """Milliseconds of one call: the median, what one in a hundred exceeds, and of the processor."""

    p50: float
    p99: float
    cpu: float

    @classmethod
    def of(cls, times: Sequence[float], cpu_seconds: float) -> "Times":
        """Return them for these times, which took so much of the processor together."""
        cpu = cpu_seconds * 1000 / len(times)
        return cls(median(times), quantiles(times, n=100)[98], cpu)


@dataclass(frozen=True)
class Caller:
    """The application that `sge-sim serve` runs, and who calls it."""

    simulator: Simulator
    application: Responder
    sender: Sender

    def post(self, path: str, message: bytes) -> Response:
        """Send a SOAP message."""
        return self.application(Request("POST", path, "", _HEADERS, message, self.sender))

    def time(self, path: str, messages: Sequence[bytes]) -> Times:
        """Return the times of these calls, each of which must be answered."""
        gc.collect()
        gc.freeze()
        times, cpu = [], process_time()
        for message in messages:
            started = stopwatch()
            answer = self.post(path, message)
            times.append(elapsed_ms(started))
            assert answer.status == 200, (path, answer.content[-600:])
        return Times.of(times, process_time() - cpu)


@contextmanager
def caller(data_dir: Path, now: str = NOW, **settings: Any) -> Iterator[Caller]:
    """Give a simulator at `now` without its sockets, called as its default tiers."""
    simulator = open_simulator(Settings(data_dir=data_dir, now=parse_instant(now), **settings))
    (client,) = [appelant for appelant in simulator.callers if appelant.kind == "tiers"]
    leaf = x509.load_pem_x509_certificates(client.certificate.read_bytes())[0]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        services = b2b_server(simulator, listening)
        sender = Sender(leaf.public_bytes(Encoding.DER), (), "127.0.0.1")
        yield Caller(simulator, services.server.application, sender)
        services.stop()
    simulator.close()


@contextmanager
def data_connect(simulator: Simulator) -> Iterator[Responder]:
    """Give what answers for Data Connect in a simulator, without its sockets."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listener: Any = data_connect_server(simulator, listening)
        yield listener.server.application
        listener.stop()
    listener.backend.counts.close()
    listener.backend.guet.close()
    listener.backend.database.dispose()


@contextmanager
def administration(
    simulator: Simulator,
) -> Iterator[Callable[[str, Mapping[str, str]], httpx.Response]]:
    """Give what posts a form to the administration of a simulator, without its sockets."""
    journal = Journal.beside(simulator.database, simulator.settings.data_dir)
    moves = Moves(simulator.clock, simulator.database, BackOffice(simulator.clock, ()))
    home = "http://127.0.0.1:1"
    state = AdminState(
        simulator.settings,
        simulator.database,
        simulator.clock,
        home,
        home,
        moves,
        journal,
        JournalFeed(journal),
        simulator.marques,
    )
    transport = httpx.ASGITransport(build_admin(state))

    async def send(path: str, fields: Mapping[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=home) as client:
            return await client.post(path, data=fields, headers={"Origin": home})

    yield lambda path, fields: asyncio.run(send(path, fields))
    journal.close()
