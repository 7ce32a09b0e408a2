"""Our own client of the administration follows a list to its end and has a message whole."""

from admin_kit import Room

from sge_sim.api.administration import Administration
from sge_sim.clock import machine_now
from sge_sim.journal import EchangeRecord

LONG = '"' * 600_000


def test_exchanges_come_all_however_many_answers_it_takes(room: Room) -> None:
    journal = room.state.journal
    before = journal.newest_id()
    for number in range(1200):
        journal.append(record(detail=f"{number}{LONG[:3000]}"))
    found = Administration(room.home).exchanges_after(before)
    assert [each.id for each in found] == list(range(before + 1, journal.newest_id() + 1))
    assert len(found) == 1200


def test_a_message_that_the_answer_cuts_is_had_whole(room: Room) -> None:
    room.state.journal.append(record(request=LONG.encode()))
    number = room.state.journal.newest_id()
    assert room.ask("GET", f"/api/journal/{number}").json()["coupe"]
    exchange = Administration(room.home).exchange(number)
    assert (exchange.request, exchange.response, exchange.coupe) == (LONG, None, False)


def record(**texts: object) -> EchangeRecord:
    """Return an exchange of now."""
    now = machine_now()
    return EchangeRecord(
        instant=now,
        machine_instant=now,
        duration_ms=1.0,
        kind="soap",
        **texts,  # type: ignore[arg-type]
    )
