"""One table, ours beside its anchors on the same machine: all parts in about six minutes.

What it says in seconds is of the wall; `cpu` is of the processor (user and system), which a busy
machine spoils less. Over the wire it is told apart: worker, administration (which stores the
journal), driver.
"""

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from bench.calls import NOW, PATH, check, collect_curves, consultation, demands
from bench.cpu import Spending, spent_by
from bench.endpoints import each_endpoint, orders
from bench.in_process import Caller, Times, caller
from bench.load import CONNECTIONS, Driver, Load, Rounds, http_messages
from bench.memory import footprint
from bench.slow_readers import CLIENTS, MANNERS, others, slow_readers
from bench.start import second_start
from bench.usage import parser_of
from bench.wiremock import wiremock, wiremock_jar
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database
from sge_sim.flux.hdm.ecriture import write_courbe
from sge_sim.homologation.client.own_simulator import OwnSimulator, own_simulator
from sge_sim.journal import Journal
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.settings import Settings

SECONDS = 5.0
_WARM_UP, _MEASURED, _ALONE_CALLS = 500, 2000, 5000
_PUBLISHED = 20_000
_ROUNDS, _SLOW_ROUNDS, _WARMINGS = 3, 2, 4
_OURS, _ALONE = "ours", "nobody slow, 4 clients"
_THEIRS = {"with": 4, "without": 1.2}
"""WireMock with and without its journal, and how many times as fast two of our workers must be."""
_JARS = Path(sys.prefix) / "wiremock"


@dataclass(frozen=True)
class Bench:
    """What the parts share: the driver, a folder, the state of its simulators."""

    driver: Driver
    folder: Path

    @property
    def data_dir(self) -> Path:
        """The state of the simulators that are asked for curves."""
        return self.folder / "state"

    @cached_property
    def points(self) -> list[str]:
        """The points whose curves are asked for; they are collected."""
        with caller(self.data_dir) as client, client.simulator.database.transaction() as session:
            return collect_curves(session)

    @cached_property
    def messages(self) -> list[bytes]:
        """Messages that ask for curves, which no other part sends."""
        return list(islice(demands(self.points), _WARM_UP + _MEASURED, _WARM_UP + 2 * _MEASURED))

    @cached_property
    def answer(self) -> bytes:
        """The answer to one of them."""
        with caller(self.data_dir) as client:
            answer = client.post(PATH, self.messages[0]).content
        check(answer)
        _drain(self.data_dir)
        return answer


def main() -> None:
    """Measure the parts that are asked for, print each row once it is known."""
    parser = parser_of("bench", __doc__)
    told = "; ".join(f"{name}: {(part.__doc__ or '').rstrip('.')}" for name, part in PARTS.items())
    parser.add_argument("parts", nargs="*", metavar="part", help=f"all, unless named. {told}")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Driver(Path(name)), Path(name))
        print(f"{os.cpu_count()} cores, {_python()}, driver in {bench.driver.name}\n")
        _row("", "ours", "cpu", "beside")
        for part in wanted:
            PARTS[part](bench)


def _start(bench: Bench) -> None:
    """a second start, to ready and to its first answer."""
    ready, answered, cpu_ready, cpu = second_start(bench.folder / "start")
    _row("second start: accepts clients", f"{ready:.2f} s", f"{cpu_ready:.2f} s", "")
    _row("second start: first answer", f"{answered:.2f} s", f"{cpu:.2f} s", "")


def _process(bench: Bench) -> None:
    """a curve, energies and a history in the process."""
    points = bench.points
    with caller(bench.data_dir) as client:
        curves = demands(points)
        for message in islice(curves, _WARM_UP):
            client.post(PATH, message)
        times = client.time(PATH, list(islice(curves, _MEASURED)))
        _row(
            "in process: 7-day C5 curve, 100 points",
            *_latency(times),
            f"at most 0.35 ms (p99 {times.p99 / times.p50:.1f} x, at most 4 x)",
        )
        debut, fin = date(2022, 8, 2), date(2025, 8, 1)
        energies = [consultation(prm, "ENERGIE", "EA", debut, fin) for prm in points]
        _row(
            "in process: 36 months of ENERGIE",
            *_latency(client.time(PATH, energies)),
            "at most 3 ms",
        )
        cpu = spent_by(os.getpid())
        histories = [_history(client, prm) for prm in points]
        times = Times.of(histories, spent_by(os.getpid()) - cpu)
        _row("in process: HDM of 24 months", *_latency(times), "at most 15 ms")
    _drain(bench.data_dir)


def _history(client: Caller, prm: str) -> float:
    """Return the milliseconds that the file of a curve of 24 months takes."""
    dossier = client.simulator.database.memoire.lire(prm=prm).dossier
    assert dossier is not None
    started = stopwatch()
    mesure = mesure_of(dossier, "SOUTIRAGE")
    assert mesure is not None
    write_courbe(prm, mesure, date(2023, 8, 1), date(2025, 8, 1))
    return elapsed_ms(started)


def _services(bench: Bench) -> None:
    """the other services in the process."""
    for path, times in each_endpoint(bench.folder / "endpoints"):
        _row(f"in process: {path}", *_latency(times), "")


def _memory(bench: Bench) -> None:
    """the memory of all the processes, started and after 100 000 calls."""
    options = ["--now", NOW, "--workers", "1"]
    seen = footprint(bench.driver, bench.data_dir, PATH, bench.messages, options)
    _row("memory, 1 worker, started (PSS)", f"{seen.started:.0f} MB", "", "at most 130 MB")
    _row("memory after a first call", f"{seen.first_call:.0f} MB", "", "")
    _row(f"memory after {seen.calls} calls", f"{seen.loaded:.0f} MB", "", "at most 160 MB")


def _wire(bench: Bench) -> None:
    """the curve over mutual TLS, on one connection and on sixteen, beside ready bytes."""
    with _simulator(bench.data_dir, 1) as simulator:
        target = dict(simulator.ready)
        requests_ = http_messages(target, PATH, bench.messages)
        bench.driver.run(target, requests_, SECONDS, how="once")
        many = [requests_[n % len(requests_)] for n in range(_ALONE_CALLS)]
        spending = Spending(simulator.process.pid, 1)
        single = bench.driver.run(target, many, SECONDS, connections=1, how="once")
        _row("over mTLS, 1 connection", _rate(single), *_by_role(spending, single))
        spending = Spending(simulator.process.pid, 1)
        alone = bench.driver.run(target, requests_, SECONDS)
        by_role = _by_role(spending, alone)
        spending = Spending(simulator.process.pid, 1)
        anew = bench.driver.run(target, requests_, SECONDS, how="new")
        anew_by_role = _by_role(spending, anew)
    with _fixed_server(bench.data_dir, len(bench.answer), target) as (fixed, pid):
        before = spent_by(pid)
        ready_bytes = bench.driver.run(fixed, requests_, SECONDS)
        cpu = (spent_by(pid) - before) * 1000 / ready_bytes.calls
    cost, told = by_role
    share = f"{told}; {alone.rate / ready_bytes.rate:.0%} of ready bytes: {_rate(ready_bytes)}"
    _row(f"over mTLS, {CONNECTIONS} connections, 1 worker", _rate(alone), cost, share)
    _row("ready bytes", _rate(ready_bytes), f"{cpu:.2f} ms", "")
    _row("a new connection for each call, 1 worker", _rate(anew), *anew_by_role)


def _wiremock(bench: Bench) -> None:
    """two workers and both manners of WireMock in turn, while the others wait."""
    jar = wiremock_jar(_JARS)
    with ExitStack() as opened:
        simulator = opened.enter_context(_simulator(bench.data_dir, 2))
        targets = {_OURS: simulator.ready}
        if jar is not None:
            for what in _THEIRS:
                folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
                journal = what == "with"
                mock = wiremock(jar, folder, targets[_OURS], PATH, bench.answer, journal=journal)
                targets[what] = opened.enter_context(mock)
        asked = {
            what: http_messages(target, PATH, bench.messages) for what, target in targets.items()
        }
        for what, target in targets.items():
            _warm(bench.driver, target, asked[what])
        loads: defaultdict[str, list[Load]] = defaultdict(list)
        for _ in range(_ROUNDS):
            for what, target in targets.items():
                spending = Spending(simulator.process.pid, 2)
                loads[what].append(bench.driver.run(target, asked[what], SECONDS))
                if what == _OURS:
                    by_role = _by_role(spending, loads[what][-1])
                    _drain(bench.data_dir)
    both, *others_ = (Rounds(loads[what]) for what in targets)
    name = f"over mTLS, {CONNECTIONS} connections, 2 workers"
    cost, told = by_role
    _row(name, str(both), cost, f"{told}; p50 {both.p50:.1f}, p99 {both.p99:.1f} ms")
    for (what, least), theirs in zip(_THEIRS.items(), others_, strict=False):
        share = f"ours, 2 workers: {both.rate / theirs.rate:.1f} x, at least {least} x"
        _row(f"WireMock {what} its journal", str(theirs), "", share)
    if not others_:
        _row("WireMock", "not measured", "", "it needs Java, and npm or WIREMOCK_JAR")


def _warm(driver: Driver, target: Mapping[str, Any], messages: Sequence[bytes]) -> None:
    """Load a target until it gets no faster: Java makes its machine code meanwhile."""
    before = 0.0
    for _ in range(_WARMINGS):
        rate = driver.run(target, messages, SECONDS).rate
        if rate < before * 1.1:
            return
        before = rate


def _slow(bench: Bench) -> None:
    """good clients alone and beside slow ones in turn."""
    seen: defaultdict[str, list[tuple[Load, Load]]] = defaultdict(list)
    with _simulator(bench.data_dir, 2) as simulator:
        target, driver = simulator.ready, bench.driver
        requests_ = http_messages(target, PATH, bench.messages)
        driver.run(target, requests_, 1)
        for _ in range(_SLOW_ROUNDS):
            for manner in MANNERS:
                seen[_ALONE].append(others(driver, target, requests_, 2))
                with slow_readers(target, PATH, manner):
                    seen[manner].append(others(driver, target, requests_, 2))
        seen[_ALONE].append(others(driver, target, requests_, 2))
    for who, loads in seen.items():
        kept_and_new = zip(("kept", "new"), _both(loads), _both(seen[_ALONE]), strict=True)
        for how, here, alone in kept_and_new:
            beside = f"p99 {here.p99:.1f} ms"
            if who != _ALONE:
                beside += f", {here.p99 / alone.p99:.1f} x, at most 2 x"
            what = f"beside {CLIENTS} slow readers ({who})" if who != _ALONE else who
            _row(f"{what}, {how} connections", str(here), "", beside)


def _both(loads: Sequence[tuple[Load, Load]]) -> tuple[Rounds, Rounds]:
    kept, new = zip(*loads, strict=True)
    return Rounds(kept), Rounds(new)


def _orders(bench: Bench) -> None:
    """orders over mutual TLS, by one worker and by two."""
    for workers in (1, 2):
        taken = orders(bench.driver, bench.folder / f"orders-{workers}", workers)
        budget = "at least 250/s, " if workers == 1 else ""
        _row(f"orders, {workers} workers", _rate(taken), "", f"{budget}p50 {taken.p50:.1f} ms")


def _publication(_: Bench) -> None:
    """R50 and R151 of one day."""
    command = [sys.executable, "-m", "bench.publication", str(_PUBLISHED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    points, measured = done.stdout.strip().split(": ", 1)
    budget = f"at most {60 * _PUBLISHED / 100_000:.0f} s"
    cpu = measured.rpartition(", ")[2]
    _row(f"publication of one day, {points}", measured.removesuffix(f", {cpu}"), cpu, budget)


PARTS: dict[str, Callable[[Bench], None]] = {
    "start": _start,
    "process": _process,
    "services": _services,
    "memory": _memory,
    "wire": _wire,
    "wiremock": _wiremock,
    "slow": _slow,
    "orders": _orders,
    "publication": _publication,
}
"""What is measured, in this order; each says what in its first line."""


@contextmanager
def _simulator(data_dir: Path, workers: int) -> Iterator[OwnSimulator]:
    options = ["--now", NOW, "--workers", str(workers), "--journal-max-bytes", str(2**31)]
    with own_simulator(data_dir, options) as simulator:
        yield simulator
    _drain(data_dir)


def _drain(data_dir: Path) -> None:
    """Store what waits for the journal, or whoever is measured next would share the cores."""
    database = Database(Settings(data_dir=data_dir).database)
    Journal.beside(database, data_dir).drain()
    database.dispose()


@contextmanager
def _fixed_server(
    data_dir: Path, size: int, target: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], int]]:
    command = [sys.executable, "-m", "bench.fixed_server", str(data_dir), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield {**target, "b2b_url": process.stdout.readline().strip()}, process.pid
        finally:
            process.terminate()


def _row(what: str, ours: str, cpu: str, beside: str) -> None:
    print(f"{what:<60} {ours:>24} {cpu:>10}  {beside}", flush=True)


def _python() -> str:
    """Return the interpreter's version, and whether it was built with optimisation.

    pyenv's isn't, unless asked; Debian's, and those that uv brings, are.
    """
    built = " ".join(map(str, map(sysconfig.get_config_var, ("CONFIG_ARGS", "PY_CFLAGS"))))
    optimised = "--enable-optimizations" in built or "-fprofile-use" in built
    how = "with" if optimised else "without"
    return f"Python {platform.python_version()} built {how} optimisation"


def _latency(times: Times) -> tuple[str, str]:
    return f"{times.p50:.2f} ms (p99 {times.p99:.2f})", f"{times.cpu:.2f} ms"


def _rate(load: Load) -> str:
    return f"{load.rate:.0f}/s" + (f", {load.errors} errors" if load.errors else "")


def _by_role(spending: Spending, load: Load) -> tuple[str, str]:
    """Return what the worker spent on a call, then the others."""
    spent = spending.by_call(load.calls)
    worker = spent.pop("worker")
    return f"{worker:.2f} ms", ", ".join(f"{role} {cpu:.2f} ms" for role, cpu in spent.items())


if __name__ == "__main__":
    main()
