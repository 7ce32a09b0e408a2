"""The simulator's own HTTPS server, answering ready bytes: what is left without a simulation."""

import signal
import sys
from http import HTTPStatus
from pathlib import Path

from bench.usage import parser_of
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings
from sge_sim.transport.listener import Limits, bind
from sge_sim.transport.message import Response
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context


def serve(data_dir: Path, size: int) -> None:
    """Serve `size` bytes whatever is asked; print the address once clients are accepted."""
    simulator = open_simulator(Settings(data_dir=data_dir, population_size=0))
    simulator.database.dispose()
    response = Response(HTTPStatus.OK, b"x" * size, (("Content-Type", "text/xml"),))

    identity, roots = simulator.pki.server.identity, simulator.pki.trust.roots_pem()
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = HttpsServer(
        lambda request: response,
        listening,
        lambda: build_server_context(identity, identity, roots),
        Limits(),
        lambda failure: None,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve(lambda: print(f"https://localhost:{port}", flush=True))


if __name__ == "__main__":
    parser = parser_of("bench.fixed_server", __doc__)
    parser.add_argument("data_dir", type=Path, help="the state that `sge-sim serve` made")
    parser.add_argument("size", type=int, help="of the answer, in bytes")
    given = parser.parse_args()
    serve(given.data_dir, given.size)
