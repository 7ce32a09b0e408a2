"""The folder of a state, which nobody else may write into: it holds keys and secrets."""

import os
import shlex
import stat
from pathlib import Path
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.machine.files import link_sentence

FILE: Final = "sge-sim.toml"
"""The file of settings that may stand in it."""
VARIABLE: Final = "SGE_SIM_DATA_DIR"
"""The variable that names it."""


def default_data_dir() -> Path:
    """Return the folder where a simulator keeps its state when none is named."""
    from platformdirs import user_data_path

    return user_data_path("sge-sim", appauthor=False)


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
            f"{folder} est à l'utilisateur {found.st_uid}, qui y changerait clés et secrets, et "
            f"sge-sim tourne sous {user} : le donner à celui-ci (chown -R {user} {quoted}), "
            f"tourner sous l'autre (--user {found.st_uid} pour un conteneur), ou indiquer un autre "
            "--data-dir."
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
