"""Rules: the controls of a service, as named functions in the order of its control table.

A rule is a sentence about a demand: its name says what must hold, its documentation says it in
full, and it returns True where it holds. It knows nothing of XML or HTTP; what it says to the
client is its code, what it says to the journal is its source and what would have passed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sge_sim.domaine.provenance import Provenance

S = TypeVar("S")
Judged = TypeVar("Judged", contravariant=True)


@dataclass(frozen=True)
class Rule(Generic[Judged]):
    """One control: refuses with `code` where `holds` returns False.

    `source` names the document or the observation, `provenance` how sure it is; `remede` is what
    would have passed, in French, for the journal. `indispensable` tells a rule that can't be
    disabled: without it the service has nothing to answer.
    """

    code: str
    source: str
    provenance: Provenance
    remede: str
    holds: Callable[[Judged], bool]
    indispensable: bool = False

    @property
    def name(self) -> str:
        return self.holds.__name__

    @property
    def meaning(self) -> str:
        """The first paragraph of the function's documentation."""
        return " ".join((self.holds.__doc__ or "").strip().partition("\n\n")[0].split())


class Refus(Exception):  # noqa: N818 - the field's word
    """A demand that a rule refuses."""

    def __init__(self, rule: Rule[Any]) -> None:
        super().__init__(f"{rule.code} {rule.name}")
        self.rule = rule


def rule(
    code: str,
    *,
    source: str,
    provenance: Provenance,
    remede: str,
    indispensable: bool = False,
) -> Callable[[Callable[[S], bool]], Rule[S]]:
    """Make a `Rule` of a function that returns True where the rule holds.

    >>> @rule("SGT401", source="OFF ADP-NR1", provenance="documented", remede="un PRM existant")
    ... def point_connu(prm: str) -> bool:
    ...     '''The point exists.'''
    ...     return prm != "99999999999999"
    >>> check((point_connu,), "99999999999999")
    Traceback (most recent call last):
        ...
    sge_sim.services.rule.Refus: SGT401 point_connu
    """

    def decorate(holds: Callable[[S], bool]) -> Rule[S]:
        return Rule(code, source, provenance, remede, holds, indispensable)

    return decorate


def check(rules: Sequence[Rule[S]], situation: S, disabled: Collection[str] = ()) -> None:
    """Check `situation` by the rules in their order; raises `Refus` for the first that
    doesn't hold.

    `disabled` names rules to pass over: tests of a harness break the simulator on purpose.
    """
    if disabled:
        rules = [one for one in rules if one.name not in disabled]
    for one in rules:
        if not one.holds(situation):
            raise Refus(one)
