"""The operations of `sge_sim.operations` as commands.

What a view looks like on a terminal stands with the subject's commands; all else is declared. click
splits what is typed and writes the help; `sge_sim.operations.reading` reads every value, as it does
for the other faces, and says what is wrong with it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_origin

import click
from click.shell_completion import CompletionItem

from sge_sim.cli import completion
from sge_sim.cli.options import RegularFile, data_dir_option, json_option, say, say_list
from sge_sim.operations import AnyOperation, Parameter, State, operations_of

_UNKNOWN: Final = "sge_sim.unknown"
_WORDS: Final = {int: "entier", float: "nombre"}


@dataclass(frozen=True)
class Shown:
    """How what an operation returns looks on a terminal: a line for it, or for each of a list.

    `nothing` is said of an empty list; the line is that of the `whole` list where it says so.
    """

    line: Callable[[Any], str]
    nothing: str = ""
    whole: bool = False


def group_of(
    name: str, sentence: str, shown: Mapping[str, Shown], *, subject: str = ""
) -> click.Group:
    """Return the commands of a subject that begin with a word, its name if nothing else is said.

    `shown` is by the name of the operation's function.
    """
    group = click.Group(name, help=sentence)
    named: dict[str, dict[str, AnyOperation]] = {}
    for operation in operations_of(subject or name):
        if operation.command.startswith(f"{name} "):
            named.setdefault(operation.command.split()[1], {})[operation.flag] = operation
    for word, chosen in named.items():
        group.add_command(_command(word, chosen, shown))
    return group


def command_of(name: str, shown: Mapping[str, Shown], *, subject: str) -> click.Command:
    """Return the one command of a subject that has this name, which may be of several words."""
    named = [each for each in operations_of(subject) if f"{each.command} ".startswith(f"{name} ")]
    return _command(name.split()[-1], {each.flag: each for each in named}, shown)


class _Declared(click.Command):
    """Leaves to the reader of operations the options that aren't declared."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for each in self.get_params(ctx) for name in each.opts}
        unknown, taken, pending = ctx.meta.setdefault(_UNKNOWN, {}), [], list(args)
        while pending and pending[0] != "--":
            word = pending.pop(0)
            name, given, value = word.partition("=")
            if not word.startswith("--") or name in known:
                taken.append(word)
            else:
                followed = not given and pending and not pending[0].startswith("-")
                unknown[name[2:]] = pending.pop(0) if followed else value
        return super().parse_args(ctx, taken + pending)


def _command(
    name: str, chosen: Mapping[str, AnyOperation], shown: Mapping[str, Shown]
) -> click.Command:
    """Return a command: an operation, or several among which a flag chooses."""

    def run(data_dir: Path = Path(), as_json: bool = False, **typed: Any) -> None:
        from sge_sim.operations.reading import perform

        flag = next((flag for flag, option in options.items() if typed.get(option)), "")
        for option in own:
            del typed[option]
        operation = chosen[flag]
        given = {
            name: " ".join(value) if name in several else value
            for name, value in typed.items()
            if value not in (None, (), False)
        }
        given |= click.get_current_context().meta[_UNKNOWN]
        done = perform(operation, State(data_dir), given, typed=True)
        if operation.has_limit and len(done) > (limit := operation.limit_of(given)):
            done = done[:limit]
            click.echo(f"Les {limit} premiers ; --limit en donne davantage.", err=True)
        look = shown.get(operation.act.__name__)
        if operation.done and look is None:
            look = Shown(lambda view: operation.filled(operation.done, given, view))
        if isinstance(done, list) and look is not None and not look.whole:
            say_list(done, as_json, look.line, look.nothing)
        elif done is not None or operation.done:
            say(done, as_json, "" if look is None else look.line(done))

    several = {
        word.strip(".").lower()
        for operation in chosen.values()
        for word in operation.command.split()
        if word.endswith("...")
    }
    declared = {
        name: _parameter(each, name in operation.arguments, name in several)
        for operation in chosen.values()
        for name, each in operation.parameters.items()
        if not each.says.secret
    }
    options = {flag: _option(flag, declared) for flag in chosen if flag}
    own = set(options.values()) - declared.keys()
    flags = [
        click.Option([flag, options[flag]], is_flag=True, help=f"{operation.sentence}.")
        for flag, operation in chosen.items()
        if flag and options[flag] in own
    ]
    sentences = [
        f"{operation.sentence}."
        for flag, operation in chosen.items()
        if options.get(flag) not in own
    ]
    command = _Declared(
        name, params=[*declared.values(), *flags], callback=run, help=" ".join(sentences)
    )
    if not all(each.is_bare for each in chosen.values()):
        data_dir_option(command)
    if any(each.act.__annotations__["return"] is not None for each in chosen.values()):
        json_option(command)
    return command


def _option(flag: str, declared: Collection[str]) -> str:
    """Return the option that chooses an operation: one of its parameters, or one of its own."""
    name = flag.strip("-").replace("-", "_")
    return name if name in declared else f"chosen_{name}"


def _parameter(parameter: Parameter, placed: bool, many: bool) -> click.Parameter:
    says, name = parameter.says, parameter.name
    kind: click.ParamType[Any] = _File() if says.file else _Word(parameter)
    if placed:
        said = says.sentence + (f" : {', '.join(parameter.values)}" if parameter.values else "")
        return click.Argument(
            [name],
            type=kind,
            nargs=-1 if many else 1,
            required=False,
            metavar=f"[{(says.old or name).upper()}]..." if many else name.upper(),
            help=f"{said}.",
        )
    flag = parameter.default is False
    default = parameter.default
    shown = "" if default is None or flag else f"  [défaut\u00a0: {default}]"
    names = [f"--{each.replace('_', '-')}" for each in (name, says.old) if each]
    sentence = f"{says.sentence}.{shown}"
    if flag:
        return click.Option([*names, name], is_flag=True, help=sentence)
    several = get_origin(parameter.kind) is list
    return click.Option([*names, name], type=kind, multiple=several, help=sentence)


class _File(RegularFile):
    """A file, of which the text is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx).read_text("utf-8", "replace")


class _Word(click.ParamType[str]):
    """A value as it is typed, which nothing is made of here."""

    def __init__(self, parameter: Parameter) -> None:
        self._values = parameter.values
        self._completes = parameter.says.completes
        words = "oui|non" if parameter.kind is bool else "|".join(self._values)
        self.name = f"[{words}]" if words else _WORDS.get(parameter.kind, "texte")

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        if self._completes:
            found: list[CompletionItem] = getattr(completion, self._completes)(
                ctx, param, incomplete
            )
            return found
        return [CompletionItem(each) for each in self._values if each.startswith(incomplete)]
