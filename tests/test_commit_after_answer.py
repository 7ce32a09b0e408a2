"""An order stands if, and only if, its client was told that it succeeded."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from catalogue_requests import RELEASE, path_of, request_of
from in_process import InProcess, simulator_in_process
from lxml import etree
from sqlalchemy import func, select, text

from sge_sim.clock import parse_instant
from sge_sim.services import dispatch
from sge_sim.services.service import Appel
from sge_sim.soap.messages import Answer
from sge_sim.tables.commandes import Affaire, ServiceSouscrit

ORDER = next(case for case in RELEASE.cas if case.service == "CommandeCollectePublicationMesures")

Spoil = Callable[[Appel, Answer], Answer]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., InProcess]]:
    """Start a simulator; the answer of the order's service may be spoilt."""
    now = parse_instant(RELEASE.reference.isoformat())
    settings = {"now": now, "population_size": 1200, "strict": True}
    with ExitStack() as started:

        def start(spoil: Spoil = lambda appel, answer: answer) -> InProcess:
            ordered = dispatch.BY_PATH[path_of(ORDER)]

            def spoilt(appel: Appel) -> Answer:
                return spoil(appel, ordered.handle(appel))

            served = {**dispatch.BY_PATH, ordered.path: replace(ordered, handle=spoilt)}
            monkeypatch.setattr(dispatch, "BY_PATH", served)
            return started.enter_context(simulator_in_process(tmp_path, **settings))

        yield start


def order(running: InProcess) -> str | None:
    """Send the order; return the code of its fault, None for a success."""
    envelope = request_of(ORDER, running.login, running.contrat_id)
    answer = running.post(path_of(ORDER), etree.tostring(envelope))
    result = etree.fromstring(answer.content).find(".//detail/*/resultat")
    assert (answer.status == 200) is (result is None)
    return None if result is None else result.get("code")


def standing(running: InProcess) -> tuple[int | None, int | None]:
    """Count the affaires and the services souscrits."""
    with running.simulator.database.sessions() as session:
        affaires = session.scalar(select(func.count()).select_from(Affaire))
        services = session.scalar(select(func.count()).select_from(ServiceSouscrit))
    return affaires, services


def test_an_order_that_succeeds_stands(start: Callable[..., InProcess]) -> None:
    running = start()
    before = standing(running)
    assert order(running) is None
    assert standing(running) != before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _, answer: answer._replace(body=b"<invente/>"),
        lambda _, answer: answer._replace(body={"invente": 1}),
        lambda _, answer: answer._replace(affaire_id=object()),
        lambda _, answer: None,
    ],
    ids=["breaks the contract", "can't be written", "acquittement can't be written", "no answer"],
)
def test_an_order_whose_answer_fails_does_not_stand(
    start: Callable[..., InProcess], spoil: Spoil
) -> None:
    running = start(spoil)
    before = standing(running)
    assert order(running) == "SGT500"
    assert standing(running) == before


def test_an_order_that_can_not_be_committed_is_refused_and_does_not_stand(
    start: Callable[..., InProcess],
) -> None:
    orphans: list[str] = []

    def handle(appel: Appel, answer: Answer) -> Answer:
        while orphans:
            appel.session.execute(text(f"INSERT INTO spoilt VALUES ('{orphans.pop()}')"))
        return answer

    running = start(handle)
    with running.simulator.database.transaction() as session:
        session.execute(
            text("CREATE TABLE spoilt (prm REFERENCES point (prm) DEFERRABLE INITIALLY DEFERRED)")
        )
    before = standing(running)
    orphans.append("nulle part")
    assert order(running) == "SGT500"
    assert standing(running) == before
    assert order(running) is None


def test_an_order_whose_journal_fails_stands_and_is_told_so(
    start: Callable[..., InProcess], caplog: pytest.LogCaptureFixture
) -> None:
    running = start()
    before = standing(running)
    waiting = running.simulator.settings.data_dir / "journal-en-attente"
    waiting.write_bytes(b"")  # no folder: nothing can be appended
    assert order(running) is None
    assert standing(running) != before
    assert order(running) == "SGT570"  # it is known
    records = [record for record in caplog.records if "journal" in record.getMessage()]
    assert len(records) == 1, "one line for the incident, not one a call"
    assert records[0].exc_info is None
