"""Counters that processes share: nothing is counted twice, nothing is lost."""

from pathlib import Path

from many_processes import PROCESSES

from sge_sim.tables.comptages import Counters

CALLS = 500


def count(file: Path, ranks: Path) -> None:
    counters = Counters(file)
    seen = [counters.count(3, 10**6, lambda _: True) for _ in range(CALLS)]
    ranks.write_text(" ".join(map(str, seen)))


def test_four_processes_count_every_call_once(tmp_path: Path) -> None:
    file = tmp_path / "compteurs"
    outputs = [tmp_path / f"{n}" for n in range(4)]
    processes = [PROCESSES.Process(target=count, args=(file, one)) for one in outputs]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    ranks = [int(rank) for one in outputs for rank in one.read_text().split()]
    assert sorted(ranks) == list(range(1, 4 * CALLS + 1))
    assert Counters(file).read(3) == (4 * CALLS, 4 * CALLS)


def test_nothing_is_counted_beyond_the_last_and_forgetting_begins_again(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "compteurs")
    ranks = [counters.count(70_000, 3, lambda rank: rank == 2) for _ in range(5)]
    assert ranks == [None, 2, None, None, None]
    assert counters.read(70_000) == (3, 1)
    assert counters.read(1) == (0, 0)
    counters.forget()
    assert counters.read(70_000) == (0, 0)
    assert counters.count(70_000, 3, lambda _: True) == 1
