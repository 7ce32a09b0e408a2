"""The operations of `sge_sim.operations` as commands.

What a view looks like on a terminal stands with the subject's commands; all else is declared. click
splits what is typed and writes the help; `sge_sim.operations.reading` reads every value, as it does
for the other faces, and says what is wrong with it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, get_origin
from urllib.parse import quote

import click
from click.shell_completion import CompletionItem

from sge_sim.cli import completion
from sge_sim.cli.options import Option, RegularFile, data_dir_option, json_option, say, say_list
from sge_sim.cli.state import CommandState, served_at
from sge_sim.errors import UsageError, system_reason
from sge_sim.machine.files import PRIVATE, writing_atomically
from sge_sim.operations import AnyOperation, Download, Parameter, operations_of
from sge_sim.processes.serving_note import Served, find_served

_UNKNOWN: Final = "sge_sim.unknown"
_NOTHING: Final = (None, (), False)
"""What click gives for what wasn't typed."""
_SORTIE: Final = click.Path(dir_okay=False, path_type=Path)
_SORTIE_HELP: Final = "Fichier à écrire ; la sortie standard sans lui."
_WORDS: Final = {int: "entier", float: "nombre"}


@dataclass(frozen=True)
class Shown:
    """How what an operation returns looks on a terminal: a line for it, or for each of a list.

    `nothing` is said of an empty list; the line is that of the `whole` list where it says so.
    `given_too` says the whole of what was asked for, by what was given too.
    """

    line: Callable[[Any], str] = str
    nothing: str = ""
    whole: bool = False
    given_too: Callable[[Any, Mapping[str, Any]], str] | None = None


def group_of(
    name: str, sentence: str, shown: Mapping[str, Shown], *, subject: str = ""
) -> click.Group:
    """Return the commands of a subject that begin with a word, its name if nothing else is said.

    `subject` is another one, or several, separated by spaces; `shown` is by the name of the
    operation's function.
    """
    group = click.Group(name, help=sentence)
    named: dict[str, dict[str, AnyOperation]] = {}
    for declared in chain.from_iterable(map(operations_of, (subject or name).split())):
        for operation in (declared, *declared.formerly):
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

    is_declared = True
    words: Mapping[str, str] = {}
    """What stands for an option and its value, as `Says.flags` has it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {
            name for each in self.get_params(ctx) for name in (*each.opts, getattr(each, "was", ""))
        }
        flags = {
            name: each.name
            for each in self.params
            if isinstance(each, click.Option) and each.is_flag
            for name in each.opts
        }
        args = [self.words.get(word, word) for word in args]
        unknown, taken, pending = ctx.meta.setdefault(_UNKNOWN, {}), [], list(args)
        while pending and pending[0] != "--":
            word = pending.pop(0)
            name, given, value = word.partition("=")
            if given and name in flags:
                unknown[flags[name]] = value  # a truth that is written out
            elif not word.startswith("--") or name in known:
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
        chosen_by = (flag for flag, option in options.items() if typed[option] not in _NOTHING)
        operation = chosen[next(chosen_by, "")]
        for option in own:
            del typed[option]
        sortie = typed.pop("sortie", None)
        given = {
            name: " ".join(value) if name in several else value
            for name, value in typed.items()
            if value not in _NOTHING
        }
        given |= click.get_current_context().meta[_UNKNOWN]
        if sortie is not None and not operation.is_file:
            given["sortie"] = str(sortie)  # unknown there
        with closing(CommandState(data_dir)) as state:
            done = _done(operation, state, given)
            if isinstance(done, Download):
                _take(done, sortie, as_json)
            else:
                _say(operation, done, given, shown.get(operation.act.__name__), as_json)

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
        click.Option(
            [flag, options[flag]],
            is_flag=True,
            help=f"{operation.sentence}.",
            hidden=operation.former,
        )
        for flag, operation in chosen.items()
        if flag and options[flag] in own
    ]
    sentences = [
        f"{operation.sentence}."
        for flag, operation in chosen.items()
        if options.get(flag) not in own
    ]
    command = _Declared(
        name,
        params=[*declared.values(), *flags],
        callback=run,
        help=" ".join(sentences),
        hidden=all(each.former for each in chosen.values()),
    )
    command.words = {
        flag: f"--{name.replace('_', '-')}={value}"
        for operation in chosen.values()
        for name, each in operation.parameters.items()
        for flag, value in each.says.flags.items()
    }
    if any(each.is_file for each in chosen.values()) and "sortie" not in declared:
        command.params.append(click.Option(["--sortie"], type=_SORTIE, help=_SORTIE_HELP))
    if not all(each.is_bare for each in chosen.values()):
        data_dir_option(command)
    if any(each.act.__annotations__["return"] not in (None, Download) for each in chosen.values()):
        json_option(command)
    return command


def _done(operation: AnyOperation, state: CommandState, given: Mapping[str, object]) -> Any:
    """Return what comes of an operation, on a folder or by the simulator that serves it."""
    from sge_sim.operations.reading import perform

    served = None if operation.serving == "never" else find_served(state.data_dir)
    if served is not None or operation.serving == "always":
        return _asked(operation, served or served_at(state.data_dir), given)
    return perform(operation, state, given, typed=True)


def _say(
    operation: AnyOperation,
    done: Any,
    given: Mapping[str, object],
    look: Shown | None,
    as_json: bool,
) -> None:
    """Write what came of an operation, as it looks on a terminal or as JSON."""
    from sge_sim.operations.reading import read

    if isinstance(done, list) and operation.has_limit:
        limit = operation.limit_of(given)
        if len(done) > limit:
            done = done[:limit]
            click.echo(f"D'autres suivent : --limit en donne plus de {limit}.", err=True)
    if look is not None and (say_both := look.given_too) is not None:
        asked = read(operation, given, typed=True)
        look = Shown(lambda view: say_both(view, asked), whole=True)
    if operation.done and look is None:
        look = Shown(lambda view: operation.filled(operation.done, given, view))
    if isinstance(done, list) and look is not None and not look.whole:
        say_list(done, as_json, look.line, look.nothing)
    elif done is not None or operation.done:
        say(done, as_json, "" if look is None else look.line(done))


def _asked(operation: AnyOperation, served: Served, given: Mapping[str, object]) -> Any:
    """Have the simulator that serves do it; raises `UsageError` with why it doesn't."""
    from pydantic import TypeAdapter
    from pydantic_core import to_jsonable_python

    from sge_sim.api.administration import Administration
    from sge_sim.operations.reading import ErreurDeForme, FormError, read

    read_values = read(operation, given, typed=True)
    sent = {
        name: given[name] if operation.parameters[name].says.reads else value
        for name, value in to_jsonable_python(read_values, fallback=str).items()
        if name in given
    }
    path = operation.path
    for name in operation.in_path:
        path = path.replace(f"{{{name}}}", quote(str(sent.pop(name)), safe=""))
    way = "params" if operation.method in ("GET", "DELETE") else "json"
    answer = Administration(served.admin_url).done(operation.method, path, **{way: sent})
    as_json = "json" in answer.headers.get("Content-Type", "")
    if not answer.ok:
        problem: dict[str, Any] = answer.json() if as_json else {"detail": answer.text}
        if erreurs := problem.get("erreurs"):
            raise FormError([ErreurDeForme(**each) for each in erreurs])
        raise UsageError(problem["detail"])
    if answer.content and not as_json:
        return Download(answer.content)
    return TypeAdapter(operation.view).validate_json(answer.content) if answer.content else None


def _take(fichier: Download, sortie: Path | None, as_json: bool) -> None:
    """Write what is taken away into a file, or on the standard output."""
    if as_json:
        raise UsageError("C'est un fichier : le demander sans --json.")
    content = fichier.content
    pieces: Iterable[bytes | str] = [content] if isinstance(content, bytes | str) else content
    written = (each.encode() if isinstance(each, str) else each for each in pieces)
    if sortie is None:
        for piece in written:
            click.echo(piece, nl=False)
        return
    try:
        with writing_atomically(sortie, PRIVATE) as file:
            file.writelines(written)
    except OSError as error:
        raise UsageError(f"{sortie} ne peut pas être écrit : {system_reason(error)}.") from error


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
    shown = "" if default in (None, "") or flag else f"  [défaut\u00a0: {default}]"
    stands_for = f" ({', '.join(says.flags)})" if says.flags else ""
    option = f"--{name.replace('_', '-')}"
    was = says.old and f"--{says.old}"
    sentence = f"{says.sentence}{stands_for}.{'' if stands_for else shown}"
    if flag:
        return Option([option, name], was=was, is_flag=True, help=sentence)
    several = get_origin(parameter.kind) in (list, dict)
    word = kind.name if parameter.values else None
    return Option([option, name], was=was, type=kind, multiple=several, help=sentence, metavar=word)


class _File(RegularFile):
    """A file, of which the text is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx).read_text("utf-8", "replace")


class _Word(click.ParamType[str]):
    """A value as it is typed: the reader of operations converts it."""

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
