"""How many calls Data Connect has counted, in a file of its own beside the state.

All the processes that serve a data folder count there. A count matters for an hour at most: the
file is no part of the state, isn't synced to the disk and may be deleted.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sge_sim.machine.files import make_private_file

_PATIENCE_SECONDS = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS compte "
    "(cle TEXT PRIMARY KEY, fenetre INTEGER NOT NULL, appels INTEGER NOT NULL) WITHOUT ROWID"
)
_READ = "SELECT appels FROM compte WHERE cle = ? AND fenetre = ?"
_COUNT = (
    "INSERT INTO compte VALUES (?, ?, 1) ON CONFLICT (cle) DO UPDATE SET appels = "
    "CASE fenetre WHEN excluded.fenetre THEN appels + 1 ELSE 1 END, fenetre = excluded.fenetre"
)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `appels` calls counted under `cle` in a window of time, of which `fenetre` is the
    number."""

    cle: str
    fenetre: int
    appels: int


class QuotaCounts:
    """The counts of a data folder; one per process, shared by its threads."""

    def __init__(self, data_dir: Path) -> None:
        file = data_dir / "data-connect-quotas.db"
        make_private_file(file)
        self._lock = Lock()
        self._connection = sqlite3.connect(
            file, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        for statement in ("PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF", _TABLE):
            self._connection.execute(statement)

    def take(self, quotas: Sequence[Quota]) -> Quota | None:
        """Count one call under all of `quotas`; return the first that is exhausted, if one is.

        A call that is refused counts under none (assumed).
        """
        with self._lock:
            run = self._connection.execute
            run("BEGIN IMMEDIATE")
            try:
                for quota in quotas:
                    row = run(_READ, (quota.cle, quota.fenetre)).fetchone()
                    if row is not None and row[0] >= quota.appels:
                        return quota
                for quota in quotas:
                    run(_COUNT, (quota.cle, quota.fenetre))
                return None
            finally:
                run("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
