"""Why something is refused: the rules of every way in, and how they are checked.

A rule is a sentence about what is asked: its name says what must hold, its documentation says it in
full, and it returns True where it holds. It knows nothing of XML or HTTP. The door, the services,
the reports of M023, Data Connect and Datahub declare theirs, and write each its own answer to
a refusal; the journal keeps the rule.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.domaine.temoignages import provenance_of
from sge_sim.errors import UsageError

S = TypeVar("S")
Judged = TypeVar("Judged", contravariant=True)


@dataclass(frozen=True)
class Rule:
    """One rule: what is asked is refused with `code` where it doesn't hold.

    `source` names the document or the observation, `provenance` how sure it is; `remede` is what
    would have been accepted, in French, as a noun.

    `name` is what its table calls it; « Service/nom », which `of` makes of it, is its only name in
    the journal, the documentation and the options.
    """

    name: str
    code: str
    source: str
    provenance: Provenance
    remede: str

    def of(self, service: str) -> "Rule":
        """Return the rule as a service has it, by its whole name.

        >>> Rule("point_connu", "SGT401", "OFF ADP-NR1", "documented", "un PRM").of("Essai").name
        'Essai/point_connu'
        """
        name = f"{service}/{self.name}"
        provenance = provenance_of(name, self.provenance)
        return Rule(name, self.code, self.source, provenance, self.remede)


@dataclass(frozen=True)
class Control(Rule, Generic[Judged]):
    """A rule that is checked apart from the reading of what is asked.

    `holds` returns True where the rule holds, else False or a sentence in French, without a full
    stop, that says what is wrong. `indispensable` marks a rule that can't be disabled: without it
    the service has nothing to answer.
    """

    holds: Callable[[Judged], bool | str]
    indispensable: bool = field(default=False, kw_only=True)

    def as_in(
        self, source: str, provenance: Provenance, code: str | None = None
    ) -> "Control[Judged]":
        """Return the rule as another source has it, with its own code where it has one."""
        return replace(self, source=source, provenance=provenance, code=code or self.code)

    @property
    def meaning(self) -> str:
        """The first paragraph of the function's documentation."""
        return " ".join((self.holds.__doc__ or "").strip().partition("\n\n")[0].split())


class Refus(UsageError):  # noqa: N818 - the field's word
    """What a rule refuses; its text is the code, what is wrong and what would pass.

    `constat` says in French what is wrong, without a full stop, and may be empty: the label of the
    code says it then. `champs` are what the answer says besides, by the names that it has there.
    """

    def __init__(self, rule: Rule, constat: str = "", **champs: Any) -> None:
        super().__init__()
        self.rule = rule
        self.constat = constat
        self.champs = champs

    def __str__(self) -> str:
        return f"{self.rule.code} : {self.explain()}"

    def explain(self) -> str:
        """Return what is wrong and what would pass, in French."""
        return f"{self.constat}. Il faudrait {self.rule.remede}.".removeprefix(". ")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refus) and (self.rule, self.constat) == (other.rule, other.constat)

    def __hash__(self) -> int:
        return hash((self.rule, self.constat))


def rule(
    code: str,
    *,
    source: str,
    provenance: Provenance,
    remede: str,
    indispensable: bool = False,
) -> Callable[[Callable[[S], bool | str]], Control[S]]:
    """Make a `Control` of a function, which gives it its name.

    >>> @rule("SGT401", source="OFF ADP-NR1", provenance="documented", remede="un PRM existant")
    ... def point_connu(prm: str) -> bool:
    ...     '''The point exists.'''
    ...     return prm != "99999999999999"
    >>> check((point_connu,), "99999999999999")
    Traceback (most recent call last):
        ...
    sge_sim.refus.Refus: SGT401 : Il faudrait un PRM existant.
    """

    def decorate(holds: Callable[[S], bool | str]) -> Control[S]:
        name = holds.__name__
        return Control(name, code, source, provenance, remede, holds, indispensable=indispensable)

    return decorate


def check(rules: Sequence[Control[S]], situation: S, disabled: Collection[str] = ()) -> None:
    """Check `situation` by the rules in their order; raises `Refus` for the first that
    doesn't hold.

    `disabled` names rules to pass over: tests of a harness break the simulator on purpose.
    """
    if disabled:
        rules = [rule for rule in rules if rule.name not in disabled]
    for each in rules:
        found = each.holds(situation)
        if found is not True:
            raise Refus(each, found or "")


def check_each(rules: Sequence[Control[S]], situations: Sequence[S]) -> list[Refus | None]:
    """Return what `check` would raise for each of the situations, None where it wouldn't."""
    return [
        next((Refus(r, said or "") for r in rules if (said := r.holds(each)) is not True), None)
        for each in situations
    ]


def hold(rules: Sequence[Control[S]], situation: S) -> bool:
    """Tell whether `situation` breaks none of the rules."""
    for each in rules:  # noqa: SIM110 - a generator would cost as much as the rules
        if each.holds(situation) is not True:
            return False
    return True


def refusals(rules: Sequence[Control[S]], situation: S) -> tuple[Refus, ...]:
    """Return a refusal for each rule that `situation` breaks, in the order of the rules."""
    found = [(each, each.holds(situation)) for each in rules]
    return tuple([Refus(each, said or "") for each, said in found if said is not True])
