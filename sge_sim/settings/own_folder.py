"""The file of settings: `sge-sim.toml`, for those who start the same simulator again and again."""

import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file
from sge_sim.machine.own_folder import FILE
from sge_sim.machine.texts import fit
from sge_sim.settings import Settings, variable_of

_MAX_BYTES: Final = 1_000_000
IGNORED: Final = "SGE_SIM_SANS_FICHIER"
"""The variable that has the file ignored: a simulator that is started for a test has its own
settings."""


def settings_beside(data_dir: Path) -> dict[str, Any]:
    """Return the settings of the file of the current folder or, without one, of `data_dir`.

    Raises `UsageError` as `read_settings_file` does.
    """
    return {} if os.environ.get(IGNORED) else read_settings_file([Path(), data_dir])


def named_setting(name: str, data_dir: Path) -> str | None:
    """Return what the variable of a setting says, else the file beside a folder; None without."""
    said = os.environ.get(variable_of(name))
    return settings_beside(data_dir).get(name) if said is None else said


def read_settings_file(folders: Sequence[Path]) -> dict[str, Any]:
    """Return the settings of the first `sge-sim.toml` of `folders`; none where there is none.

    Raises `UsageError` for a file that can't be read, and for a name that no setting has.
    """
    file = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    if file is None:
        return {}
    import tomllib

    try:
        found = fit(tomllib.loads(read_user_file(file, _MAX_BYTES).decode("utf-8")))
    except ValueError as error:
        raise UsageError(f"{file} n'est pas du TOML qui convienne : {error}.") from None
    except RecursionError:
        raise UsageError(f"{file} n'est pas du TOML : trop de niveaux.") from None
    unknown = sorted(found.keys() - {entry.name for entry in fields(Settings)})
    if unknown:
        raise UsageError(f"{file} : {', '.join(unknown)} n'est le nom d'aucun réglage.")
    return found
