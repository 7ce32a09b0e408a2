"""The suite knows which rules refused nothing in a run of it."""

from pathlib import Path

import pytest
import refused_rules
from refused_rules import never_refused

from sge_sim.clock import machine_now
from sge_sim.flux.r6x.recevabilite import POINT_CONNU
from sge_sim.journal.records import EchangeRecord
from sge_sim.refus import Refus
from sge_sim.services.registry import SERVICES


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where this process notes what is refused, for a test."""
    for kind in (EchangeRecord, Refus):
        monkeypatch.setattr(kind, "__init__", kind.__init__)
    monkeypatch.setenv(refused_rules.FOLDER, str(tmp_path))
    refused_rules.watch()
    return tmp_path


def test_a_rule_of_a_service_is_noted_by_what_is_kept_of_the_exchange(watched: Path) -> None:
    whole = SERVICES[0].controls[0].of(SERVICES[0].nom)
    assert whole.name in never_refused(watched)
    Refus(SERVICES[0].controls[0])
    assert whole.name in never_refused(watched), "another service may have refused by it"
    now = machine_now()
    EchangeRecord(instant=now, machine_instant=now, duration_ms=1, kind="soap", rule=whole)
    assert whole.name not in never_refused(watched)


def test_a_rule_of_which_no_exchange_is_kept_is_noted_as_it_refuses(watched: Path) -> None:
    assert "CR.M023/point_connu" in never_refused(watched)
    Refus(POINT_CONNU)
    assert "CR.M023/point_connu" not in never_refused(watched)
