"""`python -m bench`: one table, ours beside its anchors on the same machine; about six minutes."""

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from bench.calls import NOW, PATH, check, collect_curves, consultation, demands
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
_WARM_UP, _MEASURED = 500, 2000
_PUBLISHED = 20_000
_ROUNDS, _SLOW_ROUNDS, _WARMINGS = 3, 2, 4
_OURS, _ALONE = "ours", "nobody slow, 4 clients"
_THEIRS = {"with": 4, "without": 1.2}
"""WireMock with and without its journal, and how many times as fast two of our workers must be."""
_JARS = Path(sys.prefix) / "wiremock"


def main() -> None:
    """Measure, print each row once it is known."""
    parser_of("bench", __doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = Driver(folder)
        print(f"{os.cpu_count()} cores, {_python()}, driver in {driver.name}\n")
        _row("", "ours", "beside")
        ready, answered = second_start(folder / "start")
        _row("second start: accepts clients", f"{ready:.2f} s", f"first answer {answered:.2f} s")
        data_dir = folder / "state"
        messages, answer = _in_process(data_dir)
        for path, times in each_endpoint(folder / "endpoints"):
            _row(f"in process: {path}", _latency(times), "")
        _memory(driver, data_dir, messages)
        _served(driver, data_dir, messages, answer)
        for workers in (1, 2):
            taken = orders(driver, folder / f"orders-{workers}", workers)
            budget = "at least 250/s, " if workers == 1 else ""
            _row(f"orders, {workers} workers", _rate(taken), f"{budget}p50 {taken.p50:.1f} ms")
        _publication()


def _in_process(data_dir: Path) -> tuple[list[bytes], bytes]:
    """Time calls in the process; return messages that ask for curves, and the answer to one."""
    with caller(data_dir) as client:
        with client.simulator.database.transaction() as session:
            points = collect_curves(session)
        curves = demands(points)
        for message in islice(curves, _WARM_UP):
            client.post(PATH, message)
        times = client.time(PATH, list(islice(curves, _MEASURED)))
        _row(
            "in process: 7-day C5 curve, 100 points",
            _latency(times),
            f"at most 0.35 ms (p99 {times.p99 / times.p50:.1f} x, at most 4 x)",
        )
        debut, fin = date(2022, 8, 2), date(2025, 8, 1)
        energies = [consultation(prm, "ENERGIE", "EA", debut, fin) for prm in points]
        _row(
            "in process: 36 months of ENERGIE",
            _latency(client.time(PATH, energies)),
            "at most 3 ms",
        )
        histories = Times.of([_history(client, prm) for prm in points])
        _row("in process: HDM of 24 months", _latency(histories), "at most 15 ms")
        messages = list(islice(curves, _MEASURED))
        answer = client.post(PATH, messages[0]).content
        check(answer)
    _drain(data_dir)
    return messages, answer


def _history(client: Caller, prm: str) -> float:
    """Return the milliseconds that the file of a curve of 24 months takes."""
    dossier = client.simulator.database.memoire.lire(prm=prm).dossier
    assert dossier is not None
    started = stopwatch()
    mesure = mesure_of(dossier, "SOUTIRAGE")
    assert mesure is not None
    write_courbe(prm, mesure, date(2023, 8, 1), date(2025, 8, 1))
    return elapsed_ms(started)


def _memory(driver: Driver, data_dir: Path, messages: list[bytes]) -> None:
    seen = footprint(driver, data_dir, PATH, messages, ["--now", NOW, "--workers", "1"])
    _row("memory, 1 worker, started (PSS)", f"{seen.started:.0f} MB", "at most 200 MB")
    _row("memory after a first call", f"{seen.first_call:.0f} MB", "")
    beside = f"{seen.growth:.2f} x, at most 1.2 x"
    _row(f"memory after {seen.calls} calls", f"{seen.loaded:.0f} MB", beside)


def _served(driver: Driver, data_dir: Path, messages: list[bytes], answer: bytes) -> None:
    """Measure what goes over mutual TLS, and its anchors in the same minutes."""
    with _simulator(data_dir, 1) as simulator:
        target = dict(simulator.ready)
        requests_ = http_messages(target, PATH, messages)
        driver.run(target, requests_[:1], SECONDS, connections=1, how="once")
        alone = driver.run(target, requests_, SECONDS)
        anew = driver.run(target, requests_, SECONDS, how="new")
    with _fixed_server(data_dir, len(answer), target) as fixed:
        ready_bytes = driver.run(fixed, requests_, SECONDS)
    over = f"over mTLS, {CONNECTIONS} connections"
    share = f"{alone.rate / ready_bytes.rate:.0%} of ready bytes: {_rate(ready_bytes)}"
    _row(f"{over}, 1 worker", _rate(alone), share)
    _row("a new connection for each call, 1 worker", _rate(anew), f"p50 {anew.p50:.1f} ms")
    _wiremock(driver, data_dir, messages, answer)
    with _simulator(data_dir, 2) as two:
        _slow_readers(driver, two, messages)


def _wiremock(driver: Driver, data_dir: Path, messages: list[bytes], answer: bytes) -> None:
    """Load two workers and both manners of WireMock in turn, while the others wait."""
    jar = wiremock_jar(_JARS)
    with ExitStack() as opened:
        ours = opened.enter_context(_simulator(data_dir, 2)).ready
        targets = {_OURS: ours}
        if jar is not None:
            for what in _THEIRS:
                folder = opened.enter_context(tempfile.TemporaryDirectory())
                mock = wiremock(jar, Path(folder), ours, PATH, answer, journal=what == "with")
                targets[what] = opened.enter_context(mock)
        asked = {what: http_messages(target, PATH, messages) for what, target in targets.items()}
        for what, target in targets.items():
            _warm(driver, target, asked[what])
        loads: defaultdict[str, list[Load]] = defaultdict(list)
        for _ in range(_ROUNDS):
            for what, target in targets.items():
                loads[what].append(driver.run(target, asked[what], SECONDS))
                if what == _OURS:
                    _drain(data_dir)
    both, *others = (Rounds(loads[what]) for what in targets)
    name = f"over mTLS, {CONNECTIONS} connections, 2 workers"
    _row(name, str(both), f"p50 {both.p50:.1f}, p99 {both.p99:.1f} ms")
    for (what, least), theirs in zip(_THEIRS.items(), others, strict=False):
        share = f"ours, 2 workers: {both.rate / theirs.rate:.1f} x, at least {least} x"
        _row(f"WireMock {what} its journal", str(theirs), share)
    if not others:
        _row("WireMock", "not measured", "it needs Java, and npm or WIREMOCK_JAR")


def _warm(driver: Driver, target: Mapping[str, Any], messages: Sequence[bytes]) -> None:
    """Load a target until it gets no faster: Java makes its machine code meanwhile."""
    before = 0.0
    for _ in range(_WARMINGS):
        rate = driver.run(target, messages, SECONDS).rate
        if rate < before * 1.1:
            return
        before = rate


def _slow_readers(driver: Driver, simulator: OwnSimulator, messages: list[bytes]) -> None:
    """Measure good clients alone and beside slow ones in turn."""
    requests_ = http_messages(simulator.ready, PATH, messages)
    seen: defaultdict[str, list[tuple[Load, Load]]] = defaultdict(list)
    driver.run(simulator.ready, requests_, 1)
    for _ in range(_SLOW_ROUNDS):
        for manner in MANNERS:
            seen[_ALONE].append(others(driver, simulator.ready, requests_, 2))
            with slow_readers(simulator.ready, PATH, manner):
                seen[manner].append(others(driver, simulator.ready, requests_, 2))
    seen[_ALONE].append(others(driver, simulator.ready, requests_, 2))
    for who, loads in seen.items():
        kept_and_new = zip(("kept", "new"), _both(loads), _both(seen[_ALONE]), strict=True)
        for how, here, alone in kept_and_new:
            beside = f"p99 {here.p99:.1f} ms"
            if who != _ALONE:
                beside += f", {here.p99 / alone.p99:.1f} x, at most 2 x"
            what = f"beside {CLIENTS} slow readers ({who})" if who != _ALONE else who
            _row(f"{what}, {how} connections", str(here), beside)


def _both(loads: Sequence[tuple[Load, Load]]) -> tuple[Rounds, Rounds]:
    kept, new = zip(*loads, strict=True)
    return Rounds(kept), Rounds(new)


def _publication() -> None:
    command = [sys.executable, "-m", "bench.publication", str(_PUBLISHED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    points, measured = done.stdout.strip().split(": ", 1)
    _row(
        f"publication of one day, {points}", measured, f"at most {60 * _PUBLISHED / 100_000:.0f} s"
    )


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
) -> Iterator[Mapping[str, Any]]:
    command = [sys.executable, "-m", "bench.fixed_server", str(data_dir), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield {**target, "b2b_url": process.stdout.readline().strip()}
        finally:
            process.terminate()


def _row(what: str, ours: str, beside: str) -> None:
    print(f"{what:<69} {ours:>24}  {beside}", flush=True)


def _python() -> str:
    """Return the interpreter's version, and whether it was built with optimisation.

    pyenv's isn't, unless asked; Debian's, and those that uv brings, are.
    """
    built = " ".join(map(str, map(sysconfig.get_config_var, ("CONFIG_ARGS", "PY_CFLAGS"))))
    optimised = "--enable-optimizations" in built or "-fprofile-use" in built
    how = "with" if optimised else "without"
    return f"Python {platform.python_version()} built {how} optimisation"


def _latency(times: Times) -> str:
    return f"{times.p50:.2f} ms (p99 {times.p99:.2f})"


def _rate(load: Load) -> str:
    return f"{load.rate:.0f}/s" + (f", {load.errors} errors" if load.errors else "")


if __name__ == "__main__":
    main()
