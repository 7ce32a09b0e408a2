"""What the client reads of a server is bounded, and what goes wrong is told in French."""

import threading
import time
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from sge_sim.homologation.client.sender import AnswerTooLongError, failure_in_french
from sge_sim.homologation.client.sge_client import Cible, SgeClient, open_https_session


class _Flood(BaseHTTPRequestHandler):
    """Answers without an end, or sends the client on to such an answer; hangs, or stops early."""

    def do_GET(self) -> None:
        if self.path == "/cut":
            self.close_connection = True
            return
        if self.path == "/slow":
            time.sleep(2)
            return
        if self.path in ("/interrupted", "/compressed"):
            self.send_response(200)
            self.send_header("Content-Length", "2" if self.path == "/compressed" else "9")
            self.send_header(
                "Content-Encoding", "gzip" if self.path == "/compressed" else "identity"
            )
            self.end_headers()
            self.wfile.write(b"ok")
            self.close_connection = True
            return
        if self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
            return
        self.send_response(302 if self.path == "/redirected" else 200)
        self.send_header("Location", "/flood")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 2**20)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def flooding() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Flood)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_floods_is_left_after_32_mib(flooding: str) -> None:
    cible = Cible(flooding, Path("none"), Path("none"), "moi@exemple.fr", "1")
    with open_https_session(cible) as session:
        session.cert = None
        assert session.get(f"{flooding}/short", timeout=10).text == "ok"
        tracemalloc.start()
        for path in ("/flood", "/redirected"):
            with pytest.raises(AnswerTooLongError, match="32 Mio"):
                session.get(flooding + path, timeout=10)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 100 * 2**20


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("{home}/cut", "La cible ne répond pas : la connexion est coupée avant la réponse."),
        ("{home}/slow", "La cible ne répond pas : rien n'est venu en 60 secondes."),
        ("{home}/interrupted", "La cible ne répond pas : sa réponse est interrompue."),
        ("{home}/compressed", "La cible ne répond pas : sa réponse est mal compressée."),
        ("{home}/flood", "La cible répond trop longuement : plus de 32 Mio de réponse, "),
        ("http://127.0.0.1:1/", "La cible ne répond pas : la connexion est refusée."),
        ("http://hote.invalid/", "La cible ne répond pas : son nom n'a pas d'adresse."),
        ("https{tls}/", "La cible ne répond pas : la connexion TLS échoue, un certificat n'étant"),
        ("nulle://part/", "La cible ne répond pas comme un serveur HTTP."),
    ],
)
def test_what_goes_wrong_is_a_sentence_without_a_word_of_python(
    flooding: str, address: str, sentence: str
) -> None:
    cible = Cible(flooding, Path("none"), Path("none"), "moi@exemple.fr", "1")
    with open_https_session(cible) as session:
        session.cert = None
        asked = address.format(home=flooding, tls=flooding.removeprefix("http"))
        with pytest.raises(requests.RequestException) as failed:
            session.get(asked, timeout=0.5)
    assert failure_in_french(failed.value).startswith(sentence)


@pytest.mark.parametrize(
    ("demande", "where"),
    [
        ({"loginUtilisateur": "a"}, " : élément pointId"),
        ({"pointId": "1", "autre": "2"}, " : élément autre"),
    ],
)
def test_a_demand_that_the_contract_has_not_is_told_by_its_element(
    demande: dict[str, str], where: str
) -> None:
    cible = Cible("https://nulle-part.invalid", Path("none"), Path("none"), "moi@exemple.fr", "1")
    call = SgeClient(cible).call("ConsultationDonneesTechniquesContractuelles", "1.0", demande)
    assert call.erreur == (
        f"La demande n'est pas celle du contrat, et ne peut pas être écrite{where}."
    )
