"""A campaign in which much goes wrong: its answers are falsified on their way, by a table.

A real server stands between `sge-sim homologate` and a simulator that plays the real platform; the
rank is that of the call of a service, preparations counted.
"""

import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from homologating import against, homologate
from running_simulator import RunningSimulator, run_command, start_simulator


@dataclass(frozen=True)
class Reponse:
    """An answer of HTTP; None for its bytes where the connection is cut instead."""

    statut: int
    type_contenu: str
    octets: bytes | None


Falsification = Callable[[Reponse], Reponse]


def _changed(pattern: str, by: str, count: int = 0) -> Falsification:
    def falsify(reponse: Reponse) -> Reponse:
        text = (reponse.octets or b"").decode()
        changed, times = re.subn(pattern, by, text, count=count, flags=re.DOTALL)
        assert times, pattern
        return replace(reponse, octets=changed.encode())

    return falsify


def _page(_: Reponse) -> Reponse:
    return Reponse(502, "text/html", b"<html><body><h1>Bad Gateway</h1></body></html>")


def _cut(reponse: Reponse) -> Reponse:
    return replace(reponse, octets=None)


TECHNIQUES = "ConsultationDonneesTechniquesContractuelles"
DETAILLEES = "ConsultationMesuresDetaillees"
UNKNOWN_POINT = "99999999999999"

FALSIFIED: dict[tuple[str, int], Falsification] = {
    (TECHNIQUES, 1): _changed("<unite>[^<]*</unite>", "<unite>MW</unite>"),
    (TECHNIQUES, 2): _changed("25946599093143", "25884515170669"),
    (TECHNIQUES, 5): lambda reponse: replace(reponse, statut=200),
    (f"{DETAILLEES}V3", 1): _changed("CONS", "PROD"),
    (f"{DETAILLEES}V3", 2): _changed("(<points>.*?</points>)<points>.*?</points>", r"\1"),
    (DETAILLEES, 1): _page,
    ("ConsultationMesures", 2): _cut,
    ("RecherchePoint", 1): _changed(
        "(<point id=[^>]*>)(.*?)(</point>)",
        r"\1\2<nomClientFinalOuDenominationSociale>DURAND"
        r"</nomClientFinalOuDenominationSociale>\3",
        1,
    ),
    ("RecherchePoint", 5): _changed("SGT[0-9A-Z]+", "SGT500"),
}
"""What is done to which answer of sge-sim's 23.2."""
REFUSED = (f"{DETAILLEES}V3", 4)
"""The call whose demand is falsified instead: the simulator refuses it, and says by which rule."""
STRUCK = "CommandeTransmissionHistoriqueMesures"
"""The service that a planned fault strikes."""
ANNOUNCED = "RP-NR1@C5"
"""The case whose failure was announced, and doesn't come."""


@contextmanager
def _falsifying(simulator: RunningSimulator) -> Iterator[str]:
    """Give the address of a server that answers as `simulator`, but for what is falsified."""
    calls: Counter[str] = Counter()

    class Between(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = simulator.session.get(f"{simulator.url}{self.path}", timeout=30)
            self._answer(Reponse(answer.status_code, "text/xml", answer.content))

        def do_POST(self) -> None:
            demande = self.rfile.read(int(self.headers["Content-Length"]))
            _, service, version = self.path.split("/")
            name = f"{service}V3" if (service, version) == (DETAILLEES, "v3.0") else service
            calls[name] += 1
            place = (name, calls[name])
            if place == REFUSED:
                demande = re.sub(rb"<pointId>\d+<", f"<pointId>{UNKNOWN_POINT}<".encode(), demande)
            kept = ("Content-Type", "User-Agent", "SOAPAction")
            headers = {k: v for k, v in self.headers.items() if k in kept or k.startswith("X-")}
            answer = simulator.session.post(
                f"{simulator.url}{self.path}", demande, headers=headers, timeout=30
            )
            reponse = Reponse(answer.status_code, answer.headers["Content-Type"], answer.content)
            self._answer(FALSIFIED.get(place, lambda same: same)(reponse))

        def _answer(self, reponse: Reponse) -> None:
            self.close_connection = True
            if reponse.octets is None:
                return
            self.send_response(reponse.statut)
            self.send_header("Content-Type", reponse.type_contenu)
            self.send_header("Content-Length", str(len(reponse.octets)))
            self.end_headers()
            self.wfile.write(reponse.octets)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(simulator.data_dir / "pki" / "server" / "identity.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_failing_report(folder: Path) -> Path:
    """Run the campaign, and return the folder of its report."""
    options = ("--profile", "fidele", "--now", "2023-10-24T10:00")
    with start_simulator(folder / "d", *options) as simulator, _falsifying(simulator) as target:
        fault = {"sorte": "latence", "secondes": 0.001, "service": STRUCK, "au": 100}
        simulator.ask("POST", "/api/pannes", json=fault).raise_for_status()
        announced = folder / "attendus.txt"
        announced.write_text(f"{ANNOUNCED}\n")
        named = (*against(simulator), "--cible", target, "--echecs-attendus", str(announced))
        done = homologate(folder / "rapport", *named, run=run_command)
    assert done.code == 1, done.stdout + done.stderr
    return done.folder
