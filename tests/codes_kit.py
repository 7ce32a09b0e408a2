"""The return codes that clients obtained of a service, and how sure its rules are."""

from collections.abc import Sequence
from typing import Any

import pytest
from real_clients import OBTAINED

from sge_sim.services.rule import Rule
from sge_sim.services.service import Service

_ELSEWHERE = {"SGT200", "SGT500", "SGT506", "SGT562"}
"""Success, and what depends on no service: other tests obtain them."""


def check_obtained_codes(*versions: Service) -> None:
    """Check that a client obtained every code that a service lists, but for those told unreachable.

    The last test of a module, whose other tests are the clients: it is run with them.
    """
    obtained = set().union(*(OBTAINED[service.path] for service in versions))
    assert obtained, "run the whole module: its tests obtain the codes"
    for service in versions:
        missing = set(service.codes) - service.unreachable.keys() - _ELSEWHERE - obtained
        assert not missing, f"listed, and no client obtained it: {missing}"
        unlisted = OBTAINED[service.path] - set(service.codes) - _ELSEWHERE
        assert not unlisted, f"obtained, and not listed: {unlisted}"
        unreachable = service.unreachable.keys() & OBTAINED[service.path]
        assert not unreachable, f"told unreachable, and obtained: {unreachable}"


def provenance_of(rules: Sequence[Rule[Any]], code: str) -> pytest.MarkDecorator:
    """The marker of a refusal: how sure its rule is, the least sure of those of that code."""
    surest_last = ("assumed", "observed", "documented")
    found = [rule for rule in rules if rule.code == code]
    rule = min(found, key=lambda one: surest_last.index(one.provenance))
    mark: pytest.MarkDecorator = getattr(pytest.mark, rule.provenance)(rule.source)
    return mark
