"""A journal of one test, and records to put in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Bounds, Echange, EchangeRecord, Journal, RechercheJournal

RECORD = EchangeRecord(
    instant=datetime(2021, 6, 21, 10, 0, tzinfo=UTC),
    machine_instant=datetime(2026, 1, 5, 8, 0, tzinfo=UTC),
    duration_ms=1.25,
    kind="soap",
    acteur_code="TIERS1",
    certificate_fingerprint="ab" * 32,
    certificate_subject="CN=tiers1.example.org",
    remote_address="127.0.0.1",
    user_agent="Zeep/4.3.2 (www.python-zeep.org)",
    service="ConsultationMesures",
    version="1.1",
    prm="25946599093143",
    code="SGT200",
    http_status=200,
    detail="rien",
    request=b"<question/>",
    response=b"<reponse/>",
)
PLENTY = Bounds(max_records=10_000, max_bytes=10**9)


def open_journal_in(folder: Path, bounds: Bounds = PLENTY, **options: Any) -> Journal:
    """Open the journal of the state in `folder`, as a process of its own would."""
    state = Database(sqlite_url(folder / "sge-sim.db"))
    journal = Journal.beside(state, folder, **options)
    journal.prepare(bounds)
    return journal


def waiting(folder: Path) -> list[Path]:
    return sorted((folder / "journal-en-attente").glob("*.spool"))


def codes(journal: Journal, limit: int = 100_000, **criteria: Any) -> Sequence[str | None]:
    found = journal.find_echanges(RechercheJournal(**criteria), limit=limit)
    return [echange.code for echange in found]


def only(journal: Journal) -> Echange:
    (listed,) = journal.find_echanges()
    whole = journal.find_echange(listed.id)
    assert whole is not None
    return whole
