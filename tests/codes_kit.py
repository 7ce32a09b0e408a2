"""The return codes that clients obtained of a service, and how sure its rules are."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any, Final

import pytest
from real_clients import OBTAINED

from sge_sim.refus import Control
from sge_sim.services.service import Service

_ELSEWHERE = {"SGT200", "SGT500", "SGT506", "SGT562"}
"""Success, and what depends on no service: other tests obtain them."""

_WHOLE: Final = "SUITE_WHOLE_MODULE"
"""The variable that tells a process that it runs all the tests of a module."""


def check_obtained_codes(module: str, *versions: Service) -> None:
    """Check that a client obtained every code that a service lists and doesn't call unreachable.

    The clients are the other tests of `module`. Where this process was given a part of them, all
    are run in a process of their own.
    """
    for service in versions:
        unlisted = OBTAINED[service.path] - set(service.codes) - _ELSEWHERE
        assert not unlisted, f"obtained, and not listed: {unlisted}"
        unreachable = service.unreachable.keys() & OBTAINED[service.path]
        assert not unreachable, f"told unreachable, and obtained: {unreachable}"
    obtained = set().union(*(OBTAINED[service.path] for service in versions))
    missing = {
        code
        for service in versions
        for code in set(service.codes) - service.unreachable.keys() - _ELSEWHERE - obtained
    }
    if missing and _WHOLE not in os.environ:
        _run_whole(module)
    else:
        assert not missing, f"listed, and no client obtained it: {missing}"


def _run_whole(module: str) -> None:
    """Run all the tests of `module` in a process of its own; they pass."""
    of_its_own = {name: text for name, text in os.environ.items() if "XDIST" not in name}
    # A folder of its own: pytest clears away those of the runs before, this one's too.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
                *("--basetemp", f"{folder}/tests", module),
            ],
            env=of_its_own | {_WHOLE: "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout


def provenance_of(rules: Sequence[Control[Any]], code: str) -> pytest.MarkDecorator:
    """The marker of a refusal: how sure its rule is, the least sure of those of that code."""
    surest_last = ("assumed", "observed", "documented")
    found = [rule for rule in rules if rule.code == code]
    rule = min(found, key=lambda control: surest_last.index(control.provenance))
    return getattr(pytest.mark, rule.provenance)(rule.source)
