"""The time of a call inside the process: from the bytes of the request to those of the answer."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.calls import NOW, PATH, check, request
from sge_sim.clock import elapsed_ms, parse_instant, stopwatch
from sge_sim.processes.b2b_process import b2b_server
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings
from sge_sim.transport.listener import Application
from sge_sim.transport.message import Request, Sender

WARM_UP, MEASURED = 50, 400


def measure(data_dir: Path) -> tuple[float, bytes]:
    """Return the median time of a call, in milliseconds, and the answer."""
    with _application(data_dir) as (application, certificate):
        times = []
        for _ in range(WARM_UP + MEASURED):
            demand = _demand(certificate)
            started = stopwatch()
            answer = application(demand)
            times.append(elapsed_ms(started))
        check(answer.content)
        return median(times[WARM_UP:]), answer.content


@contextmanager
def _application(data_dir: Path) -> Iterator[tuple[Application, bytes]]:
    """Give the application that `sge-sim serve` runs, and a certificate that it accepts."""
    settings = Settings(data_dir=data_dir, now=parse_instant(NOW), population_size=0)
    simulator = open_simulator(settings)
    (client,) = [one for one in simulator.callers if one.kind == "tiers"]
    leaf = x509.load_pem_x509_certificates(client.certificate.read_bytes())[0]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        services = b2b_server(simulator, listening)
        yield services.server.application, leaf.public_bytes(Encoding.DER)
        services.stop()
    simulator.database.dispose()


def _demand(certificate: bytes) -> Request:
    headers = {"host": "localhost:8443", "content-type": "text/xml; charset=utf-8"}
    return Request("POST", PATH, "", headers, request(), Sender(certificate, (), "127.0.0.1"))
