"""A folder of state where others may put what they like is refused, or said."""

import os
from pathlib import Path

import pytest

from sge_sim.errors import UsageError
from sge_sim.machine.files import locked, make_private_file, open_private
from sge_sim.machine.own_folder import look_at_own_folder
from sge_sim.processes.serving_note import ReadyFile, serving
from sge_sim.tables.comptages import Counters, QuotaCounts

OTHER = 12345


def test_a_folder_of_its_own_is_well(tmp_path: Path) -> None:
    assert look_at_own_folder(tmp_path) is None
    assert look_at_own_folder(tmp_path / "not-yet") is None


def test_a_folder_that_all_may_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with pytest.raises(UsageError, match="chmod go-w"):
        look_at_own_folder(tmp_path)


def test_a_folder_that_a_group_may_write_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o770)
    assert "modifiable par son groupe" in (look_at_own_folder(tmp_path) or "")


def test_the_folder_of_another_user_is_refused_and_said_to_the_superuser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, OTHER, OTHER)
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(UsageError) as refused:
        look_at_own_folder(tmp_path)
    for said in (
        f"est à l'utilisateur {owner}, ",
        f"sge-sim tourne sous {owner + 1} : ",
        f"chown -R {owner + 1} {tmp_path}",
        f"--user {owner} ",
    ):
        assert said in str(refused.value), "whose it is, who runs, and both cures"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "appartient à un autre utilisateur" in (look_at_own_folder(tmp_path) or "")


def test_a_link_in_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sge-sim.db").symlink_to(tmp_path.parent / "elsewhere")
    with pytest.raises(UsageError, match="lien symbolique"):
        look_at_own_folder(tmp_path)


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_through_a_link(tmp_path: Path, there: bool) -> None:
    outside = tmp_path / "outside"
    if there:
        outside.write_bytes(b"kept")
    for name in ("file", ".lock", "en-service.json", "data-connect-quotas.db", "compteurs"):
        (tmp_path / name).symlink_to(outside)
    with pytest.raises(UsageError, match="lien symbolique"):
        open_private(tmp_path / "file")
    with pytest.raises(UsageError, match="lien symbolique"):
        make_private_file(tmp_path / "file")
    with pytest.raises(UsageError, match="lien symbolique"), locked(tmp_path):
        pass
    with pytest.raises(UsageError, match="lien symbolique"), serving(tmp_path):
        pass
    with pytest.raises(UsageError, match="lien symbolique"):
        QuotaCounts(tmp_path)
    with pytest.raises(UsageError, match="lien symbolique"):
        Counters(tmp_path / "compteurs").forget()
    ready = ReadyFile(tmp_path / "file")
    ready.clear()
    ready.write({"secret": "s"})
    assert outside.exists() == there
    if there:
        assert outside.read_bytes() == b"kept"


def test_the_ready_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds the secrets of the default applications."""
    ready = ReadyFile(tmp_path / "ready.json")
    ready.clear()
    ready.write({"data_connect": {"client_secret": "s"}})
    assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600
