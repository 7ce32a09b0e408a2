"""`sge-sim.toml`: settings in a file, for those who start the same simulator again and again."""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import click

from sge_sim.errors import UsageError
from sge_sim.settings import Settings, default_data_dir, variable_of

FILE: Final = "sge-sim.toml"


def read_settings_file(folders: Sequence[Path]) -> dict[str, Any]:
    """Return the settings of the first `sge-sim.toml` of `folders`; none where there is none.

    Raises `UsageError` for a file that can't be read, and for a name that no setting has.
    """
    file = next((one / FILE for one in folders if (one / FILE).is_file()), None)
    if file is None:
        return {}
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} n'est pas du TOML : {error}.") from None
    unknown = sorted(found.keys() - {one.name for one in fields(Settings)})
    if unknown:
        raise UsageError(f"{file} : {', '.join(unknown)} n'est le nom d'aucun réglage.")
    return found


class WithSettingsFile(click.Command):
    """A command whose options may also come from the file, after the variables."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        data_dir = _typed(args) or os.environ.get(variable_of("data_dir")) or default_data_dir()
        ctx.default_map = read_settings_file([Path(), Path(data_dir)])
        return super().parse_args(ctx, args)


def _typed(args: Sequence[str]) -> str | None:
    """Return the folder that the command line names, before it is parsed."""
    for one, following in zip(args, [*args[1:], ""], strict=True):
        name, separator, value = one.partition("=")
        if name == "--data-dir":
            return value if separator else following
    return None
