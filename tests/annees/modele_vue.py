"""A folder as it is read while its life is quiet: its databases by SQL, its files."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from sge_sim.domaine.jours_ouvres import is_working_day

PARIS: Final = ZoneInfo("Europe/Paris")
_ENTIERES: Final = ("point", "panne_prevue", "defaut_seme")
"""The tables whose points say nothing of whose rows they are."""
_AUTRES: Final = {"journal": "journal.db", "quotas": "data-connect-quotas.db"}
_STORED: Final = "%Y-%m-%d %H:%M:%S.%f"
_RELUS: Final = 2**16
"""How many instants and days are kept as they were read: tables are read again and again."""


def instant_of(stored: str) -> datetime:
    """Return the aware instant, in UTC, of what a table holds."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def stored(instant: datetime) -> str:
    """Return an aware instant as tables hold it."""
    return instant.astimezone(UTC).strftime(_STORED)


@lru_cache(_RELUS)
def minuit(jour: str | None) -> str | None:
    """Return the start of a legal day (ISO), as tables hold instants."""
    if jour is None:
        return None
    return stored(datetime.combine(date.fromisoformat(jour), datetime.min.time(), PARIS))


@lru_cache(_RELUS)
def jour(instant: str | None) -> str | None:
    """Return the legal day (ISO) of an instant that a table holds."""
    return None if instant is None else legal(instant).date().isoformat()


@lru_cache(_RELUS)
def heure(instant: str | None) -> str | None:
    """Return the legal time of an instant that a table holds."""
    return None if instant is None else legal(instant).time().isoformat()


def legal(instant: str) -> datetime:
    """Return, in legal time, an instant that a table holds."""
    return instant_of(instant).astimezone(PARIS)


def jour_ouvre(apres: date, rang: int) -> date:
    """Return the working day of that rank from a day on, which counts if it is one."""
    day = apres
    while rang := rang - is_working_day(day):
        day += timedelta(1)
    return day


class Vue:
    """Reads a folder, of a life that is quiet but there (`vivant`); else a copy of it: who opens
    one that nobody has opened recovers it.

    With `prms`, tables that have a point show these points alone; with `depuis`, publications and
    files only those from that number on.
    """

    def __init__(
        self,
        dossier: Path,
        *,
        vivant: bool = False,
        prms: Collection[str] | None = None,
        depuis: Mapping[str, int] | None = None,
    ) -> None:
        self.dossier, self._vivant, self._prms, self._depuis = dossier, vivant, prms, depuis
        self.params: dict[str, Any] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="vue"))
        self._opened: dict[str, sqlite3.Connection] = {}
        self._stats: dict[str, os.stat_result | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._opened.values():
            each.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def base(self) -> sqlite3.Connection:
        """The state."""
        base = self._open("sge-sim.db")
        base.execute("CREATE TEMP TABLE touche (prm TEXT PRIMARY KEY)")
        if self._prms is not None:
            base.executemany("INSERT INTO touche VALUES (?)", [(prm,) for prm in self._prms])
        for table, has_prm in self.tables.items():
            wanted = ""
            if self._prms is not None and has_prm and table not in _ENTIERES:
                wanted = "prm IN (SELECT prm FROM touche)"
            if self._depuis is not None and table in self._depuis:
                wanted = f"id > {self._depuis[table]}"
            if wanted:
                view = f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE "
                base.execute(view + wanted)
        return base

    @cached_property
    def tables(self) -> dict[str, bool]:
        """The tables of the state, and whether their rows have a point."""
        asked = "SELECT m.name, max(c.name = 'prm') FROM main.sqlite_master m JOIN "
        asked += "pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY 1"
        found = self._open("sge-sim.db").execute(asked)
        return {name: has_prm for name, has_prm in found if not name.startswith("sqlite_")}

    def rows(self, query: str, base: str = "base") -> list[tuple[Any, ...]]:
        """Return what a query finds in the state or in another base; it may name `params`."""
        opened = self.base if base == "base" else self._open(_AUTRES[base])
        return opened.execute(query, self.params).fetchall()

    def _open(self, name: str) -> sqlite3.Connection:
        opened = self._opened
        if name not in opened:
            live = self.dossier / name
            if self._vivant and live.with_name(f"{name}-wal").exists():
                uri = f"{live.absolute().as_uri()}?mode=ro"
                opened[name] = sqlite3.connect(uri, uri=True)
            else:
                for suffix in ("", "-wal", "-journal"):
                    with suppress(FileNotFoundError):
                        shutil.copyfile(f"{live}{suffix}", self._folder / (name + suffix))
                opened[name] = sqlite3.connect(self._folder / name)
            for function in (minuit, jour, heure):
                opened[name].create_function(function.__name__, 1, function, deterministic=True)
        return opened[name]

    def path_of(self, contrat: str, nom: str) -> str | None:
        """Return where a file of a contract is delivered; None where that is no folder of ours."""
        kind, url = self._canaux.get(contrat, ("dossier", None))
        if kind == "ftp":
            return f"{self.dossier.parent}/serveur/{nom}"
        if kind != "dossier":
            return None
        return f"{url or f'{self.dossier}/flux/{contrat}'}/{nom}"

    def stat(self, path: str) -> os.stat_result | None:
        """Return what is known of a file, read once; None where it isn't there."""
        if path not in self._stats:
            self._stats[path] = None
            with suppress(FileNotFoundError):
                self._stats[path] = os.lstat(path)
        return self._stats[path]

    @cached_property
    def _canaux(self) -> dict[str, tuple[str, str | None]]:
        found = self.rows("SELECT contrat_id, type, url FROM canal")
        return {contrat: (kind, url) for contrat, kind, url in found}

    @cached_property
    def cles(self) -> dict[str, tuple[str, bytes, bytes]]:
        """How the files of each contract are encrypted: the algorithm, the key, the vector."""
        asked = "SELECT contrat_id, chiffrement, coalesce(cle, ''), coalesce(iv, '') FROM canal"
        return {
            contrat: (how, bytes.fromhex(cle), bytes.fromhex(iv))
            for contrat, how, cle, iv in self.rows(asked)
        }

    def delivered(self) -> Iterator[str]:
        """Yield the names of the files that stand in the default folders of contracts."""
        for _, _, names in os.walk(self.dossier / "flux"):
            yield from names
