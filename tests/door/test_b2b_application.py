"""What the door answers before a service does, and where one can't answer."""

from collections.abc import Mapping
from typing import Any

import pytest
from demandes import fiche
from in_process import InProcess, simulator_in_process
from running_simulator import kept_open

from sge_sim.journal import Echange, Journal, RechercheJournal
from sge_sim.transport.handshake import Cause, HandshakeFailure
from sge_sim.transport.message import Request, Response, Sender

PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
XML = {"content-type": "text/xml"}

whole = kept_open(simulator_in_process, population_size=0)


def ask(
    whole: InProcess,
    method: str,
    path: str = PATH,
    headers: Mapping[str, str] = XML,
    sender: Sender | None = None,
) -> Response:
    body = fiche(whole.login, "25946599093143") if method == "POST" else b""
    return whole.application(Request(method, path, "", headers, body, sender or whole.sender))


def last(whole: InProcess) -> Echange:
    journal = Journal.beside(whole.simulator.database, whole.simulator.settings.data_dir)
    (newest,) = journal.find_echanges(RechercheJournal(), limit=1)
    return newest


@pytest.mark.assumed("HTTP: what is no call of a service has the status that says so")
@pytest.mark.parametrize(
    ("method", "changes", "status", "rule", "header", "constat"),
    [
        ("POST", {"path": "/rien"}, 404, "chemin_servi", None, "« /rien » n'est le chemin d'aucun"),
        ("PUT", {}, 405, "methode_admise", ("Allow", "GET, POST"), "ne répond pas à PUT"),
        ("GET", {}, 405, "methode_admise", ("Allow", "GET, POST"), "ne répond pas à GET"),
        (
            "POST",
            {"headers": {"content-type": "text/plain"}},
            415,
            "contenu_admis",
            None,
            "Content-Type « text/plain »",
        ),
        (
            "POST",
            {"headers": XML | {"content-encoding": "gzip"}},
            415,
            "corps_sans_codage",
            ("Accept-Encoding", "identity"),
            "Content-Encoding « gzip » : le corps n'est pas décodé",
        ),
    ],
)
def test_what_is_no_call_is_refused(
    whole: InProcess, method: str, changes: Any, status: int, rule: str, header: Any, constat: str
) -> None:
    answer = ask(whole, method, **changes)
    assert (answer.status, constat in answer.content.decode()) == (status, True), answer.content
    assert header is None or header in answer.headers
    refused = last(whole).rule
    assert refused is not None
    assert refused.name == f"Porte/{rule}"


def test_a_certificate_that_can_not_be_read_is_refused(whole: InProcess) -> None:
    answer = ask(whole, "POST", sender=Sender(b"rien", (), "127.0.0.1"))
    assert answer.status == 403
    assert "le certificat présenté ne peut pas être lu" in answer.content.decode()
    assert (last(whole).detail or "").endswith(answer.content.decode().rstrip("\n"))


@pytest.mark.parametrize(
    ("cause", "comes", "reason"),
    [
        (
            Cause.ISSUER_NOT_FOUND,
            True,
            "le certificat intermédiaire n'a pas été envoyé",
        ),
        (Cause.ISSUER_NOT_FOUND, False, "l'émetteur du certificat présenté est inconnu : autorité"),
        (Cause.TOO_SLOW, False, "la négociation TLS n'a pas abouti dans le délai (OpenSSL)"),
    ],
)
def test_a_handshake_that_fails_is_told_in_the_journal(
    whole: InProcess, cause: Cause, comes: bool, reason: str
) -> None:
    chain = (whole.sender.certificate,) if comes else ()
    application: Any = whole.application
    application.refuse_handshake(HandshakeFailure("127.0.0.1", cause, "OpenSSL", chain))
    newest = last(whole)
    assert (newest.detail or "").startswith(f"Alerte TLS : {reason}")
    assert (newest.acteur_code, newest.kind) == ("TIERS1" if comes else None, "handshake")


def test_what_can_not_be_described_to_the_journal_is_answered_and_logged(
    whole: InProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr("sge_sim.door.b2b_application.EchangeRecord")
    assert ask(whole, "POST").status == 200
    sentence = caplog.messages[-1].partition(" :")[0]
    assert sentence == "Un échange n'a pas pu être décrit au journal"


def test_a_call_that_fails_around_its_service_is_told(
    whole: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("cassé")

    monkeypatch.setattr("sge_sim.facts.memoire.Memoire.look", broken)
    answer = ask(whole, "POST")
    assert (answer.status, b'code="SGT500"' in answer.content) == (500, True)
    for method, path in (("GET", PATH), ("POST", "/rien")):
        answer = ask(whole, method, path=path)
        assert (answer.status, ("Retry-After", "5") in answer.headers) == (503, True)
