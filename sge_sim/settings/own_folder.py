"""The folder of a state, which nobody else may write into, and the file of settings in it.

It holds keys and secrets. `sge-sim.toml` is for those who start the same simulator again and again.
"""

import os
import shlex
import stat
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.machine.files import link_sentence, read_user_file
from sge_sim.machine.texts import fit
from sge_sim.settings import Settings

FILE: Final = "sge-sim.toml"
_MAX_BYTES: Final = 1_000_000
IGNORED: Final = "SGE_SIM_SANS_FICHIER"
"""The variable that has the file ignored: a simulator that is started for a test has its own
settings."""


def settings_beside(data_dir: Path) -> dict[str, Any]:
    """Return the settings of the file of the current folder or, without one, of `data_dir`.

    Raises `UsageError` as `read_settings_file` does.
    """
    return {} if os.environ.get(IGNORED) else read_settings_file([Path(), data_dir])


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


_ROOT = 0


def look_at_own_folder(folder: Path) -> str | None:
    """Return what is to be said of a folder of state, a French sentence; None if all is well.

    A folder that isn't there yet is well. Raises `UsageError` for one that others may write, that
    belongs to another user, or where a symbolic link stands for a file or a folder of the state.
    The file of the settings may be a link: it is read alone. The superuser may use the folder of
    another user, and a group may write; both are said.
    """
    try:
        found = folder.stat()
    except OSError:
        return None  # making or opening it says why
    if not stat.S_ISDIR(found.st_mode):
        return None
    quoted = shlex.quote(str(folder))
    if found.st_mode & stat.S_IWOTH:
        raise UsageError(
            f"{folder} est modifiable par tous les utilisateurs, qui y changeraient clés et "
            f"secrets : chmod go-w {quoted}, ou indiquer un autre --data-dir."
        )
    user = os.geteuid()
    if user not in (found.st_uid, _ROOT):
        raise UsageError(
            f"{folder} appartient à un autre utilisateur (uid {found.st_uid}), qui y changerait "
            "clés et secrets : indiquer un autre --data-dir."
        )
    with os.scandir(folder) as entries:
        links = (entry.name for entry in entries if entry.is_symlink())
        link = next((name for name in links if name != FILE), None)
    if link is not None:
        raise UsageError(link_sentence(folder / link))
    if found.st_uid != user:
        return f"{folder} appartient à un autre utilisateur (uid {found.st_uid})."
    if found.st_mode & stat.S_IWGRP:
        return f"{folder} est modifiable par son groupe : chmod g-w {quoted} s'il est partagé."
    return None
