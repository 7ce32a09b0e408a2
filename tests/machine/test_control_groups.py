"""How many processes share long work, by what the control group leaves to this one."""

import os
from pathlib import Path

import pytest

from sge_sim.machine import control_groups

MIB = 2**20


@pytest.mark.parametrize(
    ("groups", "files", "processes"),
    [
        ("", {}, 4),
        ("0::/\n", {"cpu.max": "max 100000", "memory.max": "max"}, 4),
        ("0::/\n", {"cpu.max": "200000 100000"}, 2),
        ("0::/mine\n", {"mine/cpu.max": "25000 100000"}, 1),
        ("0::/mine\n", {"mine/memory.max": str(700 * MIB)}, 2),
        ("0::/elsewhere\n", {"memory.max": str(256 * MIB)}, 1),
        ("4:memory:/\n1:cpu,cpuacct:/a\n", {"memory/memory.limit_in_bytes": str(2**63 - 4096)}, 4),
        (
            "4:memory:/\n1:cpu,cpuacct:/a\n",
            {"cpu/a/cpu.cfs_quota_us": "300000", "cpu/a/cpu.cfs_period_us": "100000"},
            3,
        ),
        ("1:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_as_many_processes_as_have_a_core_and_memory(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    groups: str,
    files: dict[str, str],
    processes: int,
) -> None:
    for name, content in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (tmp_path / "cgroup").write_text(groups)
    monkeypatch.setattr(control_groups, "_GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(control_groups, "_TOP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(4)))
    assert control_groups.processes_at_most() == processes
