"""A crowd at a process that has answered nobody: what is kept is computed once for all of them.

The cases of the catalogue that succeed are run; the first of each service is sent by five
threads at once, to a process that has forgotten all that it keeps.
"""

import functools
import inspect
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType
from typing import Any

import pytest
from catalogue_requests import CONTRACTS, RELEASE, envelope_of, path_of
from in_process import InProcess, simulator_in_process
from lxml import etree

from bench.endpoints import CatalogueSender
from sge_sim.clock import parse_instant
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.homologation.client.messages import AppelFait, read_answer
from sge_sim.mesures import communs, tableaux

THREADS = 5

Computed = Counter[tuple[str, tuple[Any, ...]]]
"""How often each function that is kept was computed for its arguments."""


def kept() -> list[Any]:
    """The functions of the package whose results are kept."""
    named = {
        id(each): each
        for name, module in [*sys.modules.items()]
        if name.startswith("sge_sim.")
        for each in vars(module).values()
        if isinstance(each, functools._lru_cache_wrapper)
        and str(each.__module__).startswith("sge_sim.")
        and each.__module__ != "sge_sim.clock"
    }
    return [*named.values()]


def codes_of(functions: list[Any]) -> dict[CodeType, str]:
    return {inspect.unwrap(each).__code__: each.__qualname__ for each in functions}


class Counting:
    """Counts what is computed by threads that run under it; others come meanwhile."""

    def __init__(self, codes: Mapping[CodeType, str]) -> None:
        self._codes = codes
        self.computed: Computed = Counter()
        self._lock = threading.Lock()

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code in self._codes:
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            arguments = tuple(frame.f_locals[name] for name in names)
            with self._lock:
                self.computed[self._codes[code], arguments] += 1
            time.sleep(0.0005)

    @property
    def again(self) -> list[str]:
        return sorted({name for (name, _), times in self.computed.items() if times > 1})


def crowd(counting: Counting, work: Any) -> list[Any]:
    """Do `work` in threads that begin together."""
    together, found = threading.Barrier(THREADS), []

    def begin() -> None:
        together.wait(10)
        sys.setprofile(counting)
        try:
            found.append(work())
        finally:
            sys.setprofile(None)

    threads = [threading.Thread(target=begin) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == THREADS
    return found


class CrowdSender(CatalogueSender):
    """Sends the first demand of each service in a crowd, until one of the crowd is served."""

    def __init__(self, client: InProcess) -> None:
        super().__init__(client)  # type: ignore[arg-type]
        self._post = client.post
        self.crowds: dict[str, Counting] = {}

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        path = f"/{service}/v{version}"
        if path in self.crowds:
            return super().call(service, version, demande)
        message = etree.tostring(envelope_of(path, demande, self._login, ""))
        functions = [each for each in kept() if each.__module__ not in TABLES]
        for each in functions:
            each.cache_clear()
        counting = Counting(codes_of(functions))
        answers = crowd(counting, lambda: self._post(path, message))
        served = [answer for answer in answers if answer.status == 200]
        if served:
            self.crowds[path] = counting
        answer = (served or answers)[0]
        return AppelFait(read_answer(answer.content), message, answer.content, answer.status)


TABLES = {
    f"sge_sim.mesures.{name}" for name in ("calendrier", "climat", "formes", "hasard", "metiers")
}
"""They hold what a process makes before it serves: forgotten once, below."""


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Counting]]:
    communs.make_common_tables()
    now = parse_instant(f"{RELEASE.reference}T10:00")
    with simulator_in_process(tmp_path_factory.mktemp("cold"), now=now) as client:
        sender, clock = CrowdSender(client), StoredClock(client.simulator.database)
        for release in (load_release(list_releases()[-1]), RELEASE):
            runner = Runner(release, sender, clock)
            for case in release.cas:
                if case.attendu.code is None and path_of(case) not in sender.crowds:
                    runner.run_case(case)
        yield sender.crowds


@pytest.mark.parametrize("path", sorted(CONTRACTS))
def test_a_crowd_computes_each_thing_once(path: str, crowds: Mapping[str, Counting]) -> None:
    assert crowds[path].computed, "nothing was forgotten"
    assert crowds[path].again == []


def test_a_crowd_makes_the_tables_that_no_point_decides_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tableaux, "mapped_tables", dict)
    monkeypatch.setattr(communs, "write_mapped", lambda *_: None)
    functions = [each for each in kept() if each.__module__ in TABLES]
    for each in functions:
        each.cache_clear()
    counting = Counting(codes_of(functions))
    crowd(counting, communs.make_common_tables)
    names = {name for name, _ in counting.computed}
    assert names >= {"calendrier", "climat", "bruits", "banque", "gigues"}
    assert counting.again == []
