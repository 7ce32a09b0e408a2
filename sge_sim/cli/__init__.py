"""The command line: a module per subject, nothing but wiring.

A mistake of the person who types is reported in one sentence, with exit code 2.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from sge_sim import __version__
from sge_sim.cli.french import database_sentence, speak, system_sentence, usage_sentence
from sge_sim.errors import UsageError
from sge_sim.machine.collector import collector_paused
from sge_sim.machine.texts import unfit_in, without_unfit

_MODULES = {
    "acteurs": ("acteurs",),
    "campaign": ("campaign",),
    "catalog": ("catalog",),
    "cert": ("cert",),
    "client_setup": ("doctor", "hosts", "kit"),
    "clock": ("clock",),
    "confronte": ("confronte",),
    "data_connect": ("applications", "consentements"),
    "demandes": ("autorisations", "demandes", "services"),
    "entreprises": ("entreprises",),
    "etat": ("reset", "settings", "snapshot", "token"),
    "factures": ("factures",),
    "flux": ("flux",),
    "health": ("health",),
    "homologate": ("homologate",),
    "journal": ("journal",),
    "lookups": ("aide", "codes", "generations", "prm"),
    "mcp": ("mcp",),
    "pannes": ("pannes",),
    "perimetre": ("perimetre",),
    "points": ("points",),
    "report": ("report",),
    "serve": ("serve",),
    "tickets": ("tickets",),
    "variantes": ("variantes",),
}
_APART = {"flux": "sge_sim.masse.command"}
"""The module of a folder that nothing else imports, whose `command` joins a group."""
_COMMANDS = {command: module for module, commands in _MODULES.items() for command in commands}


TYPED = "sge_sim.typed"
"""Where the context of every command has the whole command line, as typed."""


class _Lazy(click.Group):
    """Imports a command's module when it is called, so that each one starts at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[TYPED] = tuple(args)
        unfit = unfit_in({f"argument {rank}": word for rank, word in enumerate(args, 1)})
        if unfit and not self._names_what_it_reads(ctx, args):
            raise UsageError(f"{unfit}.")
        return super().parse_args(ctx, args)

    def _names_what_it_reads(self, ctx: click.Context, args: Sequence[str]) -> bool:
        """Whether what is typed is the command of an operation: its reader names what is unfit."""
        command: click.Command | None = self
        for word in args:
            if isinstance(command, click.Group):
                command = command.get_command(ctx, word)
        return getattr(command, "is_declared", False)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            # click looks for the nearest among the commands that are loaded: none.
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=_COMMANDS, ctx=ctx
            ) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        with collector_paused():
            module = import_module(f"sge_sim.cli.{_COMMANDS[cmd_name]}")
            command: click.Command = getattr(module, cmd_name)
            if isinstance(command, click.Group) and cmd_name in _APART:
                command.add_command(import_module(_APART[cmd_name]).command)
        return command


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Simulateur des web services SGE d'Enedis.",
)
@click.version_option(__version__, prog_name="sge-sim", help="Afficher la version.")
def commands() -> None:
    """The commands of sge-sim."""


def main() -> None:
    """Run the command line."""
    speak()
    try:
        # click returns the code that a command exits with, instead of exiting.
        sys.exit(commands.main(prog_name="sge-sim", standalone_mode=False) or 0)
    except UsageError as error:
        _refuse(str(error))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        _refuse(usage_sentence(error))
    except OSError as error:
        sentence = system_sentence(error)
        if sentence is None:
            raise
        _refuse(sentence)
    except Exception as error:
        sentence = database_sentence(error)
        if sentence is None:
            raise
        _refuse(sentence)


def _refuse(sentence: str) -> None:
    click.echo(f"sge-sim : {without_unfit(sentence)}", err=True)
    sys.exit(2)
