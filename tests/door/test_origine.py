"""Whose call it is: a client's, or one that sge-sim itself made."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from in_process import simulator_in_process

from sge_sim import __version__
from sge_sim.door.origine import CLIENT, AuteurDAppel, Marques, agent_of, auteur_of, is_own_agent
from sge_sim.journal import EchangeRecord, Journal, RechercheJournal

OWN = f"sge-sim/{__version__}"
CDC = "/ConsultationDonneesTechniquesContractuelles/v1.0"


def auteur(marques: Marques, **headers: str) -> AuteurDAppel:
    return auteur_of({name.replace("_", "-"): text for name, text in headers.items()}, marques)


def test_a_mark_counts_once() -> None:
    with closing(Marques()) as marques:
        mark = marques.make("passage")
        assert auteur(marques, sge_sim_marque=mark) == AuteurDAppel("passage")
        assert auteur(marques, sge_sim_marque=mark) == CLIENT, "a call that is copied is a client's"


def test_a_mark_prevails_over_the_product_and_names_what_it_makes_again() -> None:
    with closing(Marques()) as marques:
        mark = marques.make("rejeu", 12)
        found = auteur(marques, sge_sim_marque=mark, user_agent="curl/8.0")
        assert found == AuteurDAppel("rejeu", 12)


@pytest.mark.parametrize("mark", ["", "zz", "00", "00" * 16, "ff" * 16, "00" * 400, "é"])
def test_a_mark_that_nobody_gave_out_is_none(mark: str) -> None:
    with closing(Marques()) as marques:
        marques.make("passage")
        assert auteur(marques, sge_sim_marque=mark) == CLIENT


def test_the_last_4096_marks_are_good() -> None:
    with closing(Marques()) as marques:
        marks = [marques.make("doctor") for _ in range(4097)]
        assert marques.take(marks[0]) is None
        assert all(marques.take(mark) == AuteurDAppel("doctor") for mark in marks[1:])


@pytest.mark.parametrize(
    ("agent", "origine"),
    [
        (OWN, "passage"),
        ("sge-sim/99.0 (doctor)", "doctor"),
        (agent_of("rejeu"), "rejeu"),
        (f"{OWN} (client)", "passage"),
        ("python-requests/2.32", "client"),
        ("mon-client (sge-sim/1.0)", "client"),
    ],
)
def test_without_a_mark_the_product_tells_whose_a_call_is(agent: str, origine: str) -> None:
    with closing(Marques()) as marques:
        assert auteur(marques, user_agent=agent).origine == origine
        assert is_own_agent(agent) is (origine != "client")


def test_an_exchange_keeps_its_origin_from_the_door_to_the_journal(tmp_path: Path) -> None:
    with simulator_in_process(tmp_path) as services:
        mark = services.simulator.marques.make("rejeu", 7)
        services.post(CDC, b"<a/>")
        services.post(CDC, b"<a/>", sge_sim_marque=mark)
        services.post(CDC, b"<a/>", sge_sim_marque=mark)
        services.post(CDC, b"<a/>", user_agent=OWN)
        journal = Journal.beside(services.simulator.database, tmp_path)
        with closing(journal):
            found = journal.find_echanges()[::-1]
            assert [(each.origine, each.rejeu_de) for each in found] == [
                ("client", None),
                ("rejeu", 7),
                ("client", None),
                ("passage", None),
            ]
            clients = journal.find_echanges(RechercheJournal(origine="client"))
            assert [each.id for each in clients] == [found[2].id, found[0].id]
            assert journal.find_replays(7) == [found[1].id]


def test_a_file_has_no_origin(tmp_path: Path) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    with simulator_in_process(tmp_path) as services:
        journal = Journal.beside(services.simulator.database, tmp_path)
        with closing(journal):
            record = EchangeRecord(instant=now, machine_instant=now, duration_ms=1.0, kind="flux")
            journal.append(record)
            assert journal.find_echanges()[0].origine is None
            assert not journal.find_echanges(RechercheJournal(origine="client"))
