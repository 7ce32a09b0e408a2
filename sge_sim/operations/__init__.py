"""What can be seen and done with a simulator: each operation is declared once.

A module a subject. An operation is a function of the state and of keywords: its parameters, each
with its type and what is said of it. The declaration says in which of three faces it is had (page,
REST address, command), and why not in the others. The address with its description, the command
with its help and the form with its mistakes are made of it by `sge_sim.admin.declared` and
`sge_sim.cli.declared`; what is given is read by `sge_sim.operations.reading` alone, so that a
mistake has the same words everywhere.

    @operation("Retirer une panne prévue", "DELETE /pannes/{numero}", "pannes remove NUMERO")
    def remove(state: State, *, numero: Annotated[int, Says("Numéro", ge=1)]) -> None: ...

Help and completion read declarations: at its top, such a module loads neither pydantic nor SQL; its
functions do when they are called. They return views of `sge_sim.api`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from inspect import Signature, signature
from pathlib import Path
from pkgutil import iter_modules
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Concatenate,
    Final,
    Generic,
    Literal,
    ParamSpec,
    Self,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from sge_sim.clock import parse_day
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.facts.database import Database
    from sge_sim.journal import Journal


_EMPTY: Final = Signature.empty
_FIRST_YEAR: Final = 1900
LARGEST_NUMBER: Final = 2**63 - 1
"""The largest number of a row that a database can hold."""


@dataclass(frozen=True)
class State:
    """The state of a simulator, served or not: its folder, and what is opened for whoever asks.

    Asking raises `UsageError` where no simulator was started.
    """

    data_dir: Path

    @cached_property
    def database(self) -> "Database":
        """Its database."""
        from sge_sim.schema.data_folder import open_database

        return open_database(self.data_dir)

    @cached_property
    def journal(self) -> "Journal":
        """Its journal."""
        from sge_sim.schema.data_folder import open_journal

        return open_journal(self.database, self.data_dir)


P = ParamSpec("P")
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Says:
    """What is said of a parameter: a French sentence without a full stop, an example, its bounds.

    `reads` returns what a text means, or raises `UsageError`. An empty field of a form gives
    nothing, unless it `clears`; `libelles` are what it shows of its values. A command doesn't take
    what is `secret`, and takes the name of a `file` that holds the text; `old` is another name of
    its option, or what stands for its words, and `completes` names what a shell proposes (a
    function of `sge_sim.cli.completion`).
    """

    sentence: str = field(kw_only=False)
    example: object = field(default=None, kw_only=False)
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    reads: Callable[[str], object] | None = None
    clears: bool = False
    libelles: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False
    file: bool = False
    old: str = ""
    completes: str = ""

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
            checked = (of(bound) for of, bound in zip(bounds, self.bounds.values(), strict=True))
            return handler(Annotated[(source, *checked)] if bounds else source)
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
    if day.year < _FIRST_YEAR:
        raise UsageError(f"« {text} » : un jour s'écrit AAAA-MM-JJ, depuis {_FIRST_YEAR}.")
    return day


Limit = Annotated[int, Says("Combien, au plus", 50, ge=1, le=10_000)]
"""How many a list gives, which others may follow: it returns one more then."""
Before = Annotated[
    int | None, Says("Page suivante : ce qui vient avant ce numéro", ge=1, le=LARGEST_NUMBER)
]
BeforeName = Annotated[str | None, Says("Page suivante : ce qui vient avant lui")]
AfterName = Annotated[str | None, Says("Page suivante : ce qui vient après lui")]


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
        several = get_origin(self.kind) in (Union, UnionType)
        kinds = get_args(self.kind) if several else (self.kind,)
        literals = [each for each in kinds if each is not NoneType]
        if not all(get_origin(each) is Literal for each in literals):
            return ()
        return tuple(word for each in literals for word in get_args(each))


@dataclass(frozen=True)
class Operation(Generic[P, V]):
    """One thing that can be seen or done.

    `address` is « METHOD /path »: REST has it under `/api`, a form posts to it (what is deleted, to
    `…/retirer`), and a page of its first word shows what is looked at. `command` is what follows
    `sge-sim`: words, then the flag that chooses it among others of these words, then the
    parameters that are arguments, in capitals, the last with `...` where it is of several words.
    `without` says in French why it lacks a command. `done` is the sentence of a command and of a
    page once it is done, with what was given in braces and what came of it as `{fait}`; `back` is
    the page that says it, that of its first word else.

    REST gives a list page after page, whose entries `key` tells apart; it is made as a whole, or
    takes a `limit` (`Limit`) and a cursor (`avant` or `apres`). Its page, if it has a template, has
    `per_page` of them; it begins with the last of them where `key` begins with `-`. `place` is the
    page that shows it where that is another one.
    """

    act: Callable[Concatenate[State, P], V]
    sentence: str
    address: str
    command: str
    without: str
    status: int
    key: str
    done: str
    back: str
    per_page: int
    place: str

    def __call__(self, state: State, *args: P.args, **asked: P.kwargs) -> V:
        """Do it; raises `UsageError` with why it can't be done."""
        return self.act(state, *args, **asked)

    @property
    def name(self) -> str:
        """Its subject and its function."""
        return f"{self.act.__module__.rpartition('.')[2]}.{self.act.__name__}"

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """What it is given, by name, in the order of the function."""
        return {
            name: Parameter.of(name, declared.annotation, declared.default)
            for name, declared in signature(self.act).parameters.items()
            if declared.kind is declared.KEYWORD_ONLY
        }

    def is_list(self, name: str) -> bool:
        """Whether a parameter takes several values."""
        return name in self.parameters and get_origin(self.parameters[name].kind) is list

    @cached_property
    def view(self) -> Any:
        """The type of what it returns, which is loaded: a view of `sge_sim.api`."""
        known: dict[str, Any] = {}
        for name in ("views", "points", "flux", "datahub", self.name.partition(".")[0]):
            if find_spec(f"sge_sim.api.{name}"):
                known |= vars(import_module(f"sge_sim.api.{name}"))
        return get_type_hints(self.act, localns=known)["return"]

    @property
    def is_bare(self) -> bool:
        """Whether it needs no state: its function calls it `_state`."""
        return next(iter(signature(self.act).parameters)).startswith("_")

    @property
    def has_limit(self) -> bool:
        """Whether it is a list that takes a limit and a cursor."""
        return "limit" in self.parameters

    def cursor_of(self, given: Mapping[str, object]) -> str:
        """Return the parameter that asks for the page after, of a list with a limit."""
        return "avant" if "avant" in self.parameters and "apres" not in given else "apres"

    def key_of(self, entry: Any) -> object:
        """Return what tells an entry of a list apart."""
        names = self.key.removeprefix("-").split("/")
        found = [
            entry[name] if isinstance(entry, Mapping) else getattr(entry, name) for name in names
        ]
        return found[0] if len(found) == 1 else "/".join(map(str, found))

    def limit_of(self, given: Mapping[str, object]) -> int:
        """Return how many a list with a limit was asked for."""
        return int(str(given.get("limit", self.parameters["limit"].default)))

    @property
    def method(self) -> str:
        """Of its REST address."""
        return self.address.partition(" ")[0]

    @property
    def path(self) -> str:
        """Of its REST address."""
        return "/api" + self.address.partition(" ")[2]

    @property
    def page(self) -> str:
        """The page that shows it, or where its form posts."""
        path = self.address.partition(" ")[2]
        if self.place:
            return self.place
        if self.method == "GET":
            return f"GET /{path.split('/')[1]}"
        if self.method == "DELETE":
            whole = re.sub(r"(/{\w+})+$", "", path)  # a form has fields for these
            path = f"{whole}/retirer" if whole != path else f"{path}/tous/retirer"
        return f"POST {path}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The parameters that its command takes as arguments, in their order."""
        return tuple(word.strip(".").lower() for word in self.command.split() if word.isupper())

    @property
    def words(self) -> str:
        """The words of its command."""
        return " ".join(word for word in self.command.split() if word.strip("-").islower())

    @property
    def flag(self) -> str:
        """The flag that chooses it, if any."""
        return next((word for word in self.command.split() if word.startswith("--")), "")

    def filled(self, sentence: str, given: Mapping[str, object], view: object = None) -> str:
        """Return a sentence or an address with what was given, and what came of it."""
        known = {name: each.default or "" for name, each in self.parameters.items()}
        return sentence.format_map(defaultdict(str, {**known, **given, "fait": view}))

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that its REST address holds."""
        return tuple(re.findall(r"{(\w+)}", self.address))


AnyOperation: TypeAlias = Operation[..., Any]


def operation(
    sentence: str,
    address: str,
    command: str = "",
    *,
    without: str = "",
    status: int = 200,
    key: str = "",
    done: str = "",
    back: str = "",
    per_page: int = 100,
    place: str = "",
) -> Callable[[Callable[Concatenate[State, P], V]], Operation[P, V]]:
    """Return what declares a function as an operation; see `Operation`."""

    def declared(act: Callable[Concatenate[State, P], V]) -> Operation[P, V]:
        kept = 204 if address.startswith("DELETE") else status
        page = back or "/" + address.split("/")[1]
        return Operation(
            act, sentence, address, command, without, kept, key, done, page, per_page, place
        )

    return declared


def operations_of(subject: str) -> tuple[AnyOperation, ...]:
    """Return the operations of a module of this room, in their order."""
    found = vars(import_module(f"{__name__}.{subject}")).values()
    return tuple(each for each in found if isinstance(each, Operation))


def all_operations() -> tuple[AnyOperation, ...]:
    """Return every operation, subject after subject."""
    subjects = [module.name for module in iter_modules(__path__) if module.name != "reading"]
    return tuple(each for subject in subjects for each in operations_of(subject))


def operation_named(name: str) -> AnyOperation:
    """Return the operation of a name, `pannes.plan`."""
    subject, _, function = name.partition(".")
    found: AnyOperation = getattr(import_module(f"{__name__}.{subject}"), function)
    return found
