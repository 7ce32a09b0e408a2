"""What operations are given: a parameter, its type and what is said of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from inspect import Signature
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Self, Union, get_args, get_origin

from sge_sim.clock import FIRST_YEAR, parse_day, parse_instant
from sge_sim.errors import UsageError

_EMPTY: Final = Signature.empty
LARGEST_NUMBER: Final = 2**63 - 1
"""The largest number of a row that a database can hold."""


@dataclass(frozen=True, kw_only=True)
class Says:
    """What is said of a parameter: a French sentence without a full stop, an example, its bounds.

    `longest` is how many characters it has at most. `reads` returns what a text means, or raises
    `UsageError`. An empty field of a form gives nothing, unless it `clears`; `libelles` are what it
    shows of its values. A command doesn't take what is `secret`, and takes the name of a `file`
    that holds the text; `old` is another name of its option, or what stands for its words, `flags`
    are options that stand for values, and `completes` names what a shell proposes (a function of
    `sge_sim.cli.completion`). A text is taken `exact`, whatever its characters and the spaces
    around it, or is checked.
    """

    sentence: str = field(kw_only=False)
    example: object = field(default=None, kw_only=False)
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    longest: int | None = None
    reads: Callable[[str], object] | None = None
    clears: bool = False
    libelles: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False
    file: bool = False
    old: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    completes: str = ""
    exact: bool = False

    @property
    def bounds(self) -> dict[str, float]:
        """Those that it has, by their names; `gt` and `lt` are excluded."""
        found = {name: getattr(self, name) for name in ("ge", "gt", "le", "lt")}
        return {name: bound for name, bound in found.items() if bound is not None}

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Have the bounds checked with the type, or the text read."""
        import annotated_types
        from pydantic_core import core_schema

        if self.reads is None:
            bounds = [getattr(annotated_types, name.title()) for name in self.bounds]
            checked = [of(bound) for of, bound in zip(bounds, self.bounds.values(), strict=True)]
            checked += [annotated_types.MaxLen(self.longest)] if self.longest else []
            return handler(Annotated[(source, *checked)] if checked else source)
        text = core_schema.no_info_after_validator_function(self._meaning, core_schema.str_schema())
        return core_schema.nullable_schema(text) if NoneType in get_args(source) else text

    def _meaning(self, text: str) -> object:
        assert self.reads is not None
        try:
            return self.reads(text)
        except UsageError as error:
            raise ValueError(str(error)) from None

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Have the sentence and the example in OpenAPI."""
        described: dict[str, Any] = handler(schema)
        described["description"] = self.sentence
        if self.example is not None:
            described["examples"] = [self.example]
        return described


def day_typed(text: str) -> date:
    """Read a day of legal time; raises `UsageError` for one before there was any."""
    day = parse_day(text)
    if day.year < FIRST_YEAR:
        raise UsageError(f"« {text} » : un jour s'écrit AAAA-MM-JJ, depuis {FIRST_YEAR}.")
    return day


def instant_typed(text: str) -> datetime:
    """Read an instant, legal time where it has no offset; raises `UsageError` for one before there
    was any, or whose year no clock has."""
    instant = parse_instant(text)
    if not FIRST_YEAR <= instant.year <= 9000:
        raise UsageError(f"« {text} » : un instant s'écrit AAAA-MM-JJTHH:MM, depuis {FIRST_YEAR}.")
    return instant


Limit = Annotated[int, Says("Combien, au plus", 50, ge=1, le=10_000)]
"""How many a list gives, which others may follow: it returns one more then."""
Before = Annotated[
    int | None, Says("Page suivante : ce qui vient avant ce numéro", ge=1, le=LARGEST_NUMBER)
]
BeforeName = Annotated[str | None, Says("Page suivante : ce qui vient avant lui")]
AfterName = Annotated[str | None, Says("Page suivante : ce qui vient après lui")]

CodeActeur = Annotated[str, Says("Code de l'acteur", "TIERS1", completes="acteurs")]
AnyActeur = Annotated[str | None, Says("Code de l'acteur ; tous sans lui", completes="acteurs")]
ActeurOrTiers = Annotated[
    str | None, Says("Code de l'acteur ; le tiers par défaut sans lui", completes="acteurs")
]
AnyPrm = Annotated[str | None, Says("Numéro du point ; tous sans lui", completes="prms")]
Pem = Annotated[
    str, Says("Le certificat en PEM, puis ses intermédiaires", "-----BEGIN…", file=True)
]
ClientId = Annotated[str, Says("Identifiant de l'application")]


@dataclass(frozen=True)
class Parameter:
    """A parameter as a face draws it; `kind` is its type, without `None` and what is said of it."""

    name: str
    kind: Any
    says: Says
    required: bool
    default: Any

    hint: Any
    """Its type as it is declared, with what is said of it."""

    @classmethod
    def of(cls, name: str, hint: Any, default: Any) -> Self:
        """Return a parameter as a function declares it."""
        kind, says = get_args(hint)
        others = [each for each in get_args(kind) if each is not NoneType]
        if NoneType in get_args(kind) and len(others) == 1:
            (kind,) = others
        required = default is _EMPTY
        return cls(name, kind, says, required, None if required else default, hint)

    @property
    def values(self) -> tuple[str, ...]:
        """The only values that it takes; none where it takes others."""
        if isinstance(self.kind, type) and issubclass(self.kind, Enum):
            return tuple(str(each.value) for each in self.kind)
        several = get_origin(self.kind) in (Union, UnionType)
        kinds = get_args(self.kind) if several else (self.kind,)
        literals = [each for each in kinds if each is not NoneType]
        if not all(get_origin(each) is Literal for each in literals):
            return ()
        return tuple(word for each in literals for word in get_args(each))
