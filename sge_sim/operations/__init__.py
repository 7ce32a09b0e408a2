"""What can be seen and done with a simulator: each operation is declared once.

A module a subject. An operation is a function of the state, or of a session that its call opens,
and of keywords: its parameters, each with its type and what is said of it. The declaration says in
which of three faces it is had (page, REST address, command), and why not in the others. The address
with its description, the command with its help and the form with its mistakes are made of it by
`sge_sim.admin.declared` and `sge_sim.cli.declared`; what is given is read by
`sge_sim.operations.reading` alone, so that a mistake has the same words everywhere.

    @operation("Retirer une panne prévue", "DELETE /pannes/{numero}", "pannes remove NUMERO")
    def remove(session: Session, *, numero: Annotated[int, Says("Numéro", ge=1)]) -> None: ...

Addresses and commands have the same words: English verbs, nouns of the domain in French. An option
has the name that REST gives it. The days `du` and `au` both count; `fin`, after `debut`, doesn't.

Help and completion read declarations: at its top, such a module loads neither pydantic nor SQL; its
functions do when they are called. They return views of `sge_sim.api`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from importlib import import_module
from inspect import signature
from pathlib import Path
from pkgutil import iter_modules
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from sge_sim.operations.parameters import LARGEST_NUMBER as LARGEST_NUMBER
from sge_sim.operations.parameters import AfterName as AfterName
from sge_sim.operations.parameters import Before as Before
from sge_sim.operations.parameters import BeforeName as BeforeName
from sge_sim.operations.parameters import Limit as Limit
from sge_sim.operations.parameters import Parameter as Parameter
from sge_sim.operations.parameters import Says as Says
from sge_sim.operations.parameters import day_typed as day_typed

if TYPE_CHECKING:
    from sge_sim.facts.database import Database
    from sge_sim.homologation.campaign.observed import Campaigns
    from sge_sim.journal import Journal


@dataclass(frozen=True)
class State:
    """The state of a simulator, served or not: its folder, and what is opened for whoever asks.

    `simulator` is the one that serves it (the state of its administration's routes); None for who
    works beside it, or where none serves. Asking raises `UsageError` where none was started.
    """

    data_dir: Path
    simulator: Any = None

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

    @cached_property
    def campaigns(self) -> "Campaigns":
        """The observed campaigns, as if no simulator served."""
        from sge_sim.homologation.campaign.observed import Campaigns

        if self.simulator is not None:
            found: Campaigns = self.simulator.campaigns
            return found
        return Campaigns(self.database, self.journal, data_dir=self.data_dir)

    def close(self) -> None:
        """Close what was opened for it."""
        if "journal" in vars(self):
            self.journal.close()
        if "database" in vars(self):
            self.database.dispose()

    def now(self) -> datetime:
        """Return the simulated instant."""
        from sge_sim.facts.stored_clock import StoredClock

        clock = StoredClock(self.database) if self.simulator is None else self.simulator.clock
        now: datetime = clock.now()
        return now


@dataclass(frozen=True)
class Download:
    """What is taken away: bytes, or the pieces of a text.

    A browser keeps it under its name, if it has one, or shows it as a report.
    """

    content: bytes | str | Iterable[bytes | str]
    nom: str = ""
    media_type: str = "application/octet-stream"
    rapport: bool = False


P = ParamSpec("P")
V = TypeVar("V")


@dataclass(frozen=True)
class Operation(Generic[P, V]):
    """One thing that can be seen or done.

    `address` is « METHOD /path »: REST has it under `/api`, a form posts to it (what is deleted, to
    `…/retirer`), and a page of its first word shows what is looked at. `command` is what follows
    `sge-sim`: words, then the flag that chooses it among others of these words, then the
    parameters that are arguments, in capitals, the last with `...` where it is of several words.
    `without` says in French why it lacks a command, a page or both. `done` is the sentence of a
    command and of a page once it is done, with what was given in braces and what came of it as
    `{fait}`; `back` is the page that says it, that of its first word else, and `then` where it is
    another one than says why it isn't done. A page that is `seen` shows what is returned instead.
    A command has it done by the simulator that serves the folder: `serving` says
    "always", "if any" or "never". `files` says of an address what it does with a file of points,
    which a route of its own reads; what is taken away is had at another address `also`, as pages
    name it. `was` are the addresses and the commands that it had in the version before: they do
    the same, and nothing shows them.

    REST gives a list page after page, whose entries `key` tells apart; it is made as a whole, or
    takes a `limit` (`Limit`) and a cursor (`avant` or `apres`). Its page, if it has a template, has
    `per_page` of them; it begins with the last of them where `key` begins with `-`. `place` is the
    page that shows it where that is another one.
    """

    act: Callable[Concatenate[Any, P], V]
    sentence: str
    address: str
    command: str
    without: str = ""
    has_page: bool = True
    status: int = 200
    key: str = ""
    done: str = ""
    back: str = ""
    per_page: int = 100
    place: str = ""
    then: str = ""
    seen: bool = False
    serving: Literal["always", "if any", "never"] = "never"
    files: str = ""
    also: str = ""
    was: tuple[str, ...] = ()
    former: bool = False
    """Whether this is such a command."""

    def __call__(self, state: State, *args: P.args, **asked: P.kwargs) -> V:
        """Do it; raises `UsageError` with why it can't be done.

        A session is that of a transaction, unless it only looks.
        """
        if self.takes != "session":
            return self.act(state, *args, **asked)
        database = state.database
        with database.sessions() if self.method == "GET" else database.transaction() as session:
            return self.act(session, *args, **asked)

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
        returned = get_type_hints(self.act, localns={"Session": None})["return"]
        others = [each for each in get_args(returned) if each is not Download]
        return others[0] if Download in get_args(returned) else returned

    @cached_property
    def takes(self) -> str:
        """What its function works on: `state`, `session`, or `_state` where it needs none."""
        return next(iter(signature(self.act).parameters))

    @property
    def is_bare(self) -> bool:
        """Whether it needs no state."""
        return self.takes == "_state"

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
        return int(str(given.get("limit", "")).strip() or self.parameters["limit"].default)

    @property
    def formerly(self) -> "tuple[Operation[P, V], ...]":
        """Itself, under the commands that it had."""
        return tuple(replace(self, command=old, former=True) for old in self.was if " /" not in old)

    @property
    def former_paths(self) -> tuple[str, ...]:
        """The REST paths that it had, for the same method."""
        return tuple("/api" + old.partition(" ")[2] for old in self.was if " /" in old)

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
        """The page that shows it, or where its form posts; empty where it has none."""
        path = self.address.partition(" ")[2]
        if self.place or not self.has_page:
            return self.place
        if self.method == "GET":
            return f"GET /{path.split('/')[1]}"
        if self.method == "DELETE":
            path = re.sub(r"(/{\w+})+$", "", path) + "/retirer"  # a form has fields for these
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

    @cached_property
    def is_file(self) -> bool:
        """Whether it gives something to take away."""
        return self.act.__annotations__["return"] is Download

    @cached_property
    def may_be_file(self) -> bool:
        """Whether it gives something to take away where that is asked for."""
        return self.is_file or Download in get_args(self.act.__annotations__["return"])


AnyOperation: TypeAlias = Operation[..., Any]


def operation(
    sentence: str, address: str, command: str = "", **more: Any
) -> Callable[[Callable[Concatenate[Any, P], V]], Operation[P, V]]:
    """Return what declares a function as an operation; see `Operation` for `more`."""
    method, first = address.split("/")[:2]
    usual = {"back": f"/{first}", "status": 204 if method == "DELETE " else 200}
    return lambda act: Operation(act, sentence, address, command, **usual | more)


def operations_of(subject: str) -> tuple[AnyOperation, ...]:
    """Return the operations of a module of this room, in their order."""
    found = vars(import_module(f"{__name__}.{subject}")).values()
    return tuple(each for each in found if isinstance(each, Operation))


def all_operations() -> tuple[AnyOperation, ...]:
    """Return every operation, subject after subject."""
    modules = (module.name for module in iter_modules(__path__))
    subjects = [name for name in modules if name not in ("panne_checks", "parameters", "reading")]
    return tuple(each for subject in subjects for each in operations_of(subject))


def operation_named(name: str) -> AnyOperation:
    """Return the operation of a name, `pannes.plan`."""
    subject, _, function = name.partition(".")
    found: AnyOperation = getattr(import_module(f"{__name__}.{subject}"), function)
    return found
