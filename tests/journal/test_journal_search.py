"""Searches of the journal: each criterion, their conjunction, pages, and their time at scale."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from journal_kit import RECORD, codes, open_journal_in

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.journal import Bounds, EchangeRecord, Journal, RechercheJournal
from sge_sim.refus import Rule

MANY = int(os.environ.get("SGE_SIM_JOURNAL_RECORDS", "200000"))
BOUND_MS = 100
SERVICES = tuple(f"Service{number:02d}" for number in range(20))
RULES = tuple(f"regle_{number}" for number in range(40))


def refused(code: str, rule: str, **changes: Any) -> EchangeRecord:
    deciding = Rule(name=rule, code=code, source="GUI", provenance="documented", remede="rien")
    return replace(RECORD, code=code, http_status=500, rule=deciding, **changes)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A call of each sort; the code tells which."""
    journal = open_journal_in(tmp_path_factory.mktemp("journal"))
    plain = EchangeRecord(
        instant=RECORD.instant,
        machine_instant=RECORD.machine_instant,
        duration_ms=1,
        kind="http",
        http_status=200,
    )
    for record in (
        replace(RECORD, code="SGT200", prm="1", service="A"),
        refused("SGT401", "login_inconnu", prm="1", service="A"),
        refused("SGT4F7", "Point_Absent", prm="2", service="A"),
        refused("SGT403", "login_inconnu", prm="1", service="B", acteur_code="FOURN1"),
        replace(plain, service="A", code="wsdl"),
        replace(plain, code="404", http_status=404),
        replace(plain, kind="flux", code=None, prm="1", http_status=None),
        replace(plain, kind="handshake", code="alerte", http_status=None),
    ):
        journal.append(record)
    yield journal
    journal.close()


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"code": "SGT4F7"}, ["SGT4F7"]),
        ({"prm": "1"}, [None, "SGT403", "SGT401", "SGT200"]),
        ({"service": "A", "prm": "1"}, ["SGT401", "SGT200"]),
        ({"code": "SGT403", "prm": "2"}, []),
        ({"code": "SGT999"}, []),
        ({"acteur": "FOURN1"}, ["SGT403"]),
        ({"kinds": frozenset({"flux", "handshake"})}, ["alerte", None]),
        ({"accepted": False, "kinds": frozenset({"soap"})}, ["SGT403", "SGT4F7", "SGT401"]),
        ({"accepted": False, "kinds": frozenset({"http", "handshake"})}, ["alerte", "404", "wsdl"]),
        ({"accepted": True}, [None, "SGT200"]),
        ({"prefixe": "sgt4f"}, ["SGT4F7"]),
        ({"prefixe": "SGT4", "service": "A"}, ["SGT4F7", "SGT401"]),
        ({"prefixe": "point_a"}, ["SGT4F7"]),
        ({"prefixe": "LOGIN"}, ["SGT403", "SGT401"]),
        ({"prefixe": "b"}, ["SGT403"]),
        ({"prefixe": "1"}, [None, "SGT403", "SGT401", "SGT200"]),
        ({"prefixe": "1", "accepted": True}, [None, "SGT200"]),
        ({"prefixe": "login%"}, []),
        ({"prefixe": "l_gin"}, []),
        ({"prefixe": "a", "prm": "1"}, ["SGT401", "SGT200"]),
    ],
)
def test_every_criterion_given_must_hold(
    journal: Journal, criteria: dict[str, Any], expected: list[str | None]
) -> None:
    assert codes(journal, **criteria) == expected


def test_pages_follow_one_another_whatever_is_looked_for(journal: Journal) -> None:
    for recherche in (
        RechercheJournal(),
        RechercheJournal(service="A"),
        RechercheJournal(prm="1"),
        RechercheJournal(prefixe="s"),
        RechercheJournal(prefixe="1"),
    ):
        whole = [echange.id for echange in journal.find_echanges(recherche)]
        paged: list[int] = []
        while page := journal.find_echanges(
            recherche, limit=2, before_id=paged[-1] if paged else None
        ):
            paged += [echange.id for echange in page]
        assert paged == whole == sorted(whole, reverse=True)
        followed: list[int] = []
        while page := journal.find_echanges(
            recherche, limit=2, after_id=followed[-1] if followed else 0
        ):
            followed += [echange.id for echange in page]
        assert followed == whole[::-1]


def fill(journal: Journal, records: int) -> None:
    """Record calls on 3 000 points for four fifths, reads of a WSDL and files for the rest."""
    chance = Random(1)
    prms = [f"{number:014d}" for number in range(25 * 10**12, 25 * 10**12 + 3000)]
    for number in range(records):
        moved: dict[str, Any] = {
            "instant": RECORD.instant + timedelta(seconds=number),
            "prm": chance.choice(prms),
            "service": chance.choice(SERVICES),
            "acteur_code": f"ACTEUR{chance.randrange(10)}",
            "request": None,
            "response": None,
        }
        drawn = chance.random()
        if number == 10:
            record = refused("SGT4ZZ", "rare", **{**moved, "prm": "99999999999999"})
        elif drawn < 0.1:
            record = replace(RECORD, **{**moved, "kind": "http", "code": None})
        elif drawn < 0.2:
            record = replace(RECORD, **{**moved, "kind": "flux", "code": None, "service": None})
        elif drawn < 0.4:
            rule = chance.choice(RULES)
            record = refused(f"SGT4{rule[-1]}", rule, **moved)
        else:
            record = replace(RECORD, **moved)
        journal.append(record)
        if number % 50_000 == 0:
            journal.drain()
    journal.drain()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = open_journal_in(tmp_path_factory.mktemp("large"), Bounds(10**9, 10**13))
    fill(journal, MANY)
    yield journal
    journal.close()


@pytest.mark.large
@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"prm": f"{25 * 10**12 + 7:014d}"},
        {"code": "SGT200"},
        {"code": "SGT4ZZ"},
        {"service": "Service03", "accepted": False},
        {"service": "Service03", "acteur": "ACTEUR3", "code": "SGT41"},
        {"kinds": frozenset({"soap", "handshake"})},
        {"accepted": False},
        {"prefixe": "sgt4"},
        {"prefixe": "sgt4zz"},
        {"prefixe": "service1"},
        {"prefixe": "REGLE_3"},
        {"prefixe": "25"},
        {"prefixe": "9999"},
        {"prefixe": "2500000000001", "accepted": False},
        {"debut": RECORD.instant + timedelta(hours=1), "fin": RECORD.instant + timedelta(hours=2)},
        {"debut": RECORD.instant + timedelta(hours=1), "service": "Service07"},
    ],
    ids=str,
)
def test_a_page_of_a_large_journal_comes_at_once(large: Journal, criteria: dict[str, Any]) -> None:
    """Rules, services and actors are drawn apart: there are far more profiles than in life."""
    for before in (None, MANY // 2):
        times = []
        for _ in range(3):
            started = stopwatch()
            found = large.find_echanges(RechercheJournal(**criteria), limit=50, before_id=before)
            times.append(elapsed_ms(started))
        print(f"{criteria}, {before} : {min(times):.1f} ms, {len(found)}")
        assert found
        assert min(times) <= BOUND_MS
