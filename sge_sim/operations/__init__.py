"""What can be seen and done with a simulator: each operation is declared once.

A module a subject. An operation is a function of the state and of a frozen dataclass of parameters;
its declaration says in which of three faces it is had (page, REST address, command), and why not in
the others. The address with its description, the command with its help and the form with its
mistakes are made of it by `sge_sim.admin.declared` and `sge_sim.cli.declared`; what is given is
read by `sge_sim.operations.reading` alone, so that a mistake has the same words everywhere.

    @dataclass(frozen=True, kw_only=True)
    class Numbered(Parameters):
        numero: Annotated[int, Says("Numéro de la panne", ge=1)]

    @operation("Retirer une panne prévue", rest="DELETE /api/pannes/{numero}",
               page="POST /pannes/{numero}/retirer", command="pannes remove")
    def remove(state: State, asked: Numbered) -> None: ...

Help and completion read declarations: at its top, such a module loads neither pydantic nor SQL; its
functions do when they are called. They return views, those of `sge_sim.api` in the module of the
same name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import NoneType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.facts.database import Database


LARGEST_NUMBER: Final = 2**63 - 1
"""The largest number of a row that a database can hold."""


@dataclass(frozen=True)
class State:
    """The state of a simulator, served or not: its folder and its database."""

    data_dir: Path
    database: "Database"


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What an operation is given, and nothing else.

    What doesn't go with what is refused in `__post_init__`, by `FieldError`.
    """

    __pydantic_config__: ClassVar[Mapping[str, object]] = {
        "extra": "forbid",
        "allow_inf_nan": False,
    }


P = TypeVar("P", bound=Parameters)
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Says:
    """What is said of a parameter: a French sentence without a full stop, an example, its bounds.

    `reads` returns what a text means, or raises `UsageError`. A command takes the parameter as an
    argument where it is `positional`, as it takes what the address holds; `completes` names what a
    shell proposes for it (a function of `sge_sim.cli.completion`).
    """

    sentence: str = field(kw_only=False)
    example: object = None
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    reads: Callable[[str], object] | None = None
    positional: bool = False
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


@dataclass(frozen=True)
class Parameter:
    """A parameter as a face draws it; `kind` is its type, without `None` and what is said of it."""

    name: str
    kind: Any
    says: Says
    required: bool
    default: Any

    @property
    def values(self) -> tuple[str, ...]:
        """The only values that it takes; none where it takes others."""
        return get_args(self.kind) if get_origin(self.kind) is Literal else ()


def parameters_of(declared: type[Parameters]) -> tuple[Parameter, ...]:
    """Return the parameters of an operation one by one, in their order."""
    hints = get_type_hints(declared, include_extras=True)
    return tuple(_parameter(each, hints[each.name]) for each in fields(declared))


def _parameter(declared: Any, hint: Any) -> Parameter:
    kind, says = get_args(hint)
    others = [each for each in get_args(kind) if each is not NoneType]
    if NoneType in get_args(kind) and len(others) == 1:
        (kind,) = others
    required = declared.default is MISSING
    return Parameter(declared.name, kind, says, required, None if required else declared.default)


@dataclass(frozen=True)
class Operation(Generic[P, V]):
    """One thing that can be seen or done.

    `rest` and `page` are « METHOD /address », `command` what follows `sge-sim`, with the flag that
    chooses it among others of the same name. `without` says in French why it lacks a face. REST
    gives a list page after page, whose entries `key` tells apart.
    """

    act: Callable[[State, P], V]
    sentence: str
    rest: str
    page: str
    command: str
    without: str
    status: int
    key: str

    def __call__(self, state: State, asked: P) -> V:
        """Do it; raises `UsageError` with why it can't be done."""
        return self.act(state, asked)

    @property
    def name(self) -> str:
        """Its subject and its function."""
        return f"{self.act.__module__.rpartition('.')[2]}.{self.act.__name__}"

    @property
    def parameters(self) -> type[P]:
        """What it is given."""
        found: type[P] = self.act.__annotations__["asked"]
        return found

    @cached_property
    def view(self) -> Any:
        """The type of what it returns, which is loaded."""
        views = import_module(f"sge_sim.api.{self.name.partition('.')[0]}")
        return get_type_hints(self.act, localns=vars(views))["return"]

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that its REST address holds."""
        return tuple(re.findall(r"{(\w+)}", self.rest))


def operation(
    sentence: str,
    *,
    rest: str = "",
    page: str = "",
    command: str = "",
    without: str = "",
    status: int = 200,
    key: str = "",
) -> Callable[[Callable[[State, P], V]], Operation[P, V]]:
    """Return what declares a function as an operation; see `Operation`."""

    def declared(act: Callable[[State, P], V]) -> Operation[P, V]:
        return Operation(act, sentence, rest, page, command, without, status, key)

    return declared


def operations_of(subject: str) -> tuple[Operation[Any, Any], ...]:
    """Return the operations of a module of this room, in their order."""
    found = vars(import_module(f"{__name__}.{subject}")).values()
    return tuple(each for each in found if isinstance(each, Operation))


def all_operations() -> tuple[Operation[Any, Any], ...]:
    """Return every operation, subject after subject."""
    subjects = [module.name for module in iter_modules(__path__)]
    return tuple(each for subject in subjects for each in operations_of(subject))
