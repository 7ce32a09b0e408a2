"""Options that several commands share, and those made from the settings."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import click

from sge_sim.cli import TYPED
from sge_sim.clock import Duree, parse_duration, parse_instant
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.domaine.nomenclatures import ENVIRONMENTS
from sge_sim.errors import UsageError
from sge_sim.machine.own_folder import default_data_dir, look_at_own_folder
from sge_sim.settings import Settings, variable_of
from sge_sim.settings.own_folder import settings_beside

Command = Callable[..., Any]
T = TypeVar("T")

_PEM_MAX: Final = 2**20
_FOUND: Final = "sge_sim.settings_file"
_KINDS: Final = get_type_hints(Settings)


class Typed(click.ParamType[T]):
    """A value of one of `kinds` as it is typed: `parse` reads it, or raises `UsageError`."""

    def __init__(self, name: str, parse: Callable[[str], T], *kinds: type[T]) -> None:
        self.name, self._parse, self._kinds = name, parse, kinds

    def convert(self, value: Any, param: Any, ctx: Any) -> T:
        if isinstance(value, self._kinds):
            return value
        try:
            return self._parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


INSTANT: Final = Typed("ISO", parse_instant, datetime)
"""An ISO date or date-time, in legal time where it says nothing."""
DURATION: Final = Typed("durée", parse_duration, Duree)
"""A duration of simulated time: `10d`, `36h`, `30min`."""
DELAI: Final = Typed("délai", Delai.parse, Delai)
"""A delay of simulated time: `3jo`, `10d`, `36h`, `30min`."""


class RegularFile(click.Path):
    """A file of a certificate or a key, that libraries open by its name, more than once: neither a
    pipe nor a device."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.is_file():
            self.fail(f"{str(path)!r} n'est pas un fichier ordinaire, en donner un", param, ctx)
        if path.stat().st_size > _PEM_MAX:
            self.fail(f"{str(path)!r} dépasse 1 Mio, donner un fichier PEM", param, ctx)
        return path


class SettingOption(click.Option):
    """The option of a setting: what isn't typed nor in its variable may be in `sge-sim.toml`."""

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:
        found = _file_settings(ctx).get(self.name or "")
        if found is None:
            return super().get_default(ctx, call)
        taken = isinstance(found, bool | datetime) or (self.multiple and isinstance(found, list))
        return found if taken else str(found)  # as it would be typed


class Option(click.Option):
    """An option; `was` is the name that it had in the version before: nothing shows it."""

    def __init__(self, *args: Any, was: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.was = was

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Have both names taken."""
        shown = self.opts
        self.opts = [*shown, *filter(None, [self.was])]
        super().add_to_parser(parser, ctx)
        self.opts = shown


option = partial(click.option, cls=Option)
"""What gives a command such an option."""


def _file_settings(ctx: click.Context) -> dict[str, Any]:
    """Return what the file gives; it may stand in the folder of the state that is typed."""
    if _FOUND not in ctx.meta:
        typed = _typed_folder(ctx.meta.get(TYPED, ()))
        folder = typed or os.environ.get(variable_of("data_dir")) or default_data_dir()
        ctx.meta[_FOUND] = settings_beside(Path(folder))
    found: dict[str, Any] = ctx.meta[_FOUND]
    return found


def _typed_folder(args: Sequence[str]) -> str | None:
    """Return the folder that the command line names, before it is parsed."""
    for word, following in pairwise((*args, "")):
        name, separator, value = word.partition("=")
        if name == "--data-dir":
            return value if separator else following
    return None


def settings_options(command: Command) -> Command:
    """Give `command` one option per setting; it receives them as keyword arguments."""
    for setting in reversed(fields(Settings)):
        command = setting_option(setting.name)(command)
    return command


def setting_option(name: str) -> Callable[[Command], Command]:
    """Give a command the option of one setting, with its variable and its help."""
    (setting,) = (setting for setting in fields(Settings) if setting.name == name)
    kind = _KINDS[name]
    flag = kind is bool
    option = f"--{name.replace('_', '-')}"
    return click.option(
        f"{option}/--no-{option[2:]}" if flag else option,
        cls=SettingOption,
        type=None if flag else _click_type(kind),
        is_flag=flag,
        multiple=get_origin(kind) is tuple,
        default=default_data_dir if name == "data_dir" else _click_default(setting.default),
        envvar=variable_of(name),
        show_default=name != "data_dir",
        help=setting.metadata["why"],
    )


def data_dir_option(command: Command) -> Command:
    """Give `command` the option that names the folder of a simulator's state."""
    return click.option(
        "--data-dir",
        cls=SettingOption,
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data_dir,
        envvar=variable_of("data_dir"),
        callback=_own_folder,
        help="Dossier de l'état du simulateur.",
    )(command)


def _own_folder(_ctx: click.Context, _param: click.Parameter, folder: Path) -> Path:
    """Refuse a folder that others can write."""
    look_at_own_folder(folder)
    return folder


def environment_option(sentence: str, **more: Any) -> Callable[[Command], Command]:
    """Return what gives a command the option that names a platform."""
    name, was, kinds = "environment", "--environment", click.Choice(ENVIRONMENTS)
    return option("--environnement", name, was=was, type=kinds, help=sentence, **more)


def json_option(command: Command) -> Command:
    """Give `command` the option that writes JSON (`say_json`) instead of words."""
    return click.option("--json", "as_json", is_flag=True, help="Écrire du JSON.")(command)


def real_data_option(command: Command) -> Command:
    """Give `command`, which writes a report, the option that hides nothing of own points."""
    return click.option(
        "--donnees-reelles",
        is_flag=True,
        help="Laisser dans le rapport les PRM, noms et adresses des points importés, comme les "
        "veut le classeur qui part à Enedis ; ils y sont masqués sinon.",
    )(command)


def say_json(value: Any) -> None:
    """Write a value as JSON: an array for a list, an object for one thing, dates as ISO text."""
    from pydantic_core import to_jsonable_python

    click.echo(json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=2))


def say(value: Any, as_json: bool, words: str) -> None:
    """Write a value as JSON, or the words that say it."""
    if as_json:
        say_json(value)
    else:
        click.echo(words)


def say_list(
    views: Sequence[T], as_json: bool, line: Callable[[T], str], nothing: str = ""
) -> None:
    """Write a list as JSON, or as a line for each of its entries.

    `nothing` is said on stderr instead of the lines of an empty one.
    """
    if as_json:
        say_json(views)
        return
    if not views and nothing:
        click.echo(nothing, err=True)
    for view in views:
        click.echo(line(view))


def _click_default(value: Any) -> Any:
    """Return a default as it is typed: click shows the names of an enumeration, not its values."""
    return value.value if isinstance(value, Enum) else value


def _click_type(kind: Any) -> Any:
    if get_origin(kind) is Literal:
        return click.Choice(get_args(kind), case_sensitive=False)
    choices = [choice for choice in get_args(kind) if choice is not type(None)] or [kind]
    (choice, *_) = choices
    if choice is Path:
        return click.Path(path_type=Path)
    if choice is datetime:
        return INSTANT
    if choice is Delai:
        return DELAI
    if hasattr(choice, "__members__"):
        return click.Choice(list(choice), case_sensitive=False)
    return choice
