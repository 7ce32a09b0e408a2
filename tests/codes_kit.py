"""The return codes that the tests of a module expect, and how sure their rules are."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

import pytest

from sge_sim.services.rule import Rule
from sge_sim.services.service import Service

_CODE = re.compile("SGT[0-9A-Z]{3,4}")
_ELSEWHERE = {"SGT200", "SGT500", "SGT506", "SGT562"}
"""Success, and what depends on no service: other tests obtain them."""


def hold_every_code(module: Mapping[str, Any], *versions: Service) -> None:
    """Assert that tests of a module expect every listed code, but for those told unreachable.

    A test counts if it takes a fixture, without which it can't call a service: by its parameters
    and by what its body compares, not by the text of the module.
    """
    expected = {
        code
        for name, test in module.items()
        if name.startswith("test_") and isinstance(test, FunctionType)
        if inspect.signature(test).parameters
        for code in _codes_of(test)
    }
    for service in versions:
        missing = set(service.codes) - service.unreachable.keys() - _ELSEWHERE - expected
        assert not missing, f"listed, and no test expects it: {missing}"
    unreachable = set.intersection(*(set(service.unreachable) for service in versions))
    assert not expected & unreachable, f"told unreachable: {expected & unreachable}"


def provenance_of(rules: Sequence[Rule[Any]], code: str) -> pytest.MarkDecorator:
    """The marker of a refusal: how sure its rule is, the least sure of those of that code."""
    surest_last = ("assumed", "observed", "documented")
    found = [rule for rule in rules if rule.code == code]
    rule = min(found, key=lambda one: surest_last.index(one.provenance))
    mark: pytest.MarkDecorator = getattr(pytest.mark, rule.provenance)(rule.source)
    return mark


def _codes_of(test: FunctionType) -> Iterator[str]:
    parametrised = [mark.args[1] for mark in getattr(test, "pytestmark", ()) if mark.args[1:]]
    for text in _texts([parametrised, test.__code__]):
        if _CODE.fullmatch(text):
            yield text


def _texts(value: Any) -> Iterator[str]:
    """The texts in nested values and in the constants of a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, CodeType):
        yield from _texts(value.co_consts)
    elif isinstance(value, Mapping):
        yield from _texts([*value.values()])
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from _texts(one)
