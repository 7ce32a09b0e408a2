"""The check of the obtained codes holds alone, and where a process was given a part of a module."""

from dataclasses import replace
from pathlib import Path

import codes_kit
import pytest
from codes_kit import check_obtained_codes
from real_clients import OBTAINED

from sge_sim.services.recherche_point.service import SERVICE

SERVED = replace(SERVICE, nom="Jouet", codes=("SGT200", "SGT401"))


def module(folder: Path, outcome: bool) -> str:
    """A module whose only test needs the variable of a whole run, and passes or fails."""
    file = folder / "test_clients.py"
    file.write_text(
        "import os\n\ndef test_a_client() -> None:\n"
        f"    assert os.environ[{codes_kit._WHOLE!r}] and {outcome}\n"
    )
    return str(file)


@pytest.fixture(autouse=True)
def nothing_obtained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(codes_kit._WHOLE, raising=False)
    monkeypatch.setitem(OBTAINED, SERVED.path, set())


def test_clients_that_did_not_run_here_are_run(tmp_path: Path) -> None:
    check_obtained_codes(module(tmp_path, True), SERVED)


def test_their_failure_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="1 failed"):
        check_obtained_codes(module(tmp_path, False), SERVED)


def test_in_a_whole_run_what_is_missing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(codes_kit._WHOLE, "1")
    with pytest.raises(AssertionError, match=r"no client obtained it: \{'SGT401'\}"):
        check_obtained_codes("nowhere.py", SERVED)
    OBTAINED[SERVED.path].add("SGT401")
    check_obtained_codes("nowhere.py", SERVED)


def test_what_is_not_listed_is_told_whatever_ran(tmp_path: Path) -> None:
    OBTAINED[SERVED.path].add("SGT999")
    with pytest.raises(AssertionError, match="not listed"):
        check_obtained_codes(module(tmp_path, True), SERVED)
