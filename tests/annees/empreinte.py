"""The hash of a folder: what two runs of a seed must have to the same byte."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from canal import serveur

HORS_DOMAINE = {"certificat", "schema_sge_sim"}
"""The tables that a first start draws by OpenSSL, or that say nothing of the domain."""
SECRETS = {("application", "secret"), ("canal", "cle"), ("canal", "iv")}
"""The columns of secrets."""


@contextmanager
def copie(dossier: Path) -> Iterator[Path]:
    """Give a copy of the database: to read one that was left would recover it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in dossier.glob("sge-sim.db*"):
            if not path.name.endswith("-shm"):
                shutil.copyfile(path, Path(folder, path.name))
        yield Path(folder, "sge-sim.db")


def empreinte(dossier: Path) -> str:
    """Return the hash of the domain's tables, and of the files that were delivered."""
    digest = sha256()
    with copie(dossier) as path, closing(sqlite3.connect(path)) as base:
        tables = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in tables.fetchall():
            if table not in HORS_DOMAINE:
                digest.update("\n".join((table, *_rows(base, table))).encode())
    for path in sorted(delivered(dossier)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def delivered(dossier: Path) -> list[Path]:
    """Return the files that arrived, in a folder or at a server."""
    folders = (dossier / "flux", serveur(dossier))
    return [path for each in folders for path in each.rglob("[!.]*.*") if path.is_file()]


def _rows(base: sqlite3.Connection, table: str) -> list[str]:
    names = [row[1] for row in base.execute(f'PRAGMA table_info("{table}")')]
    kept = ", ".join(f'"{nom}"' for nom in names if (table, nom) not in SECRETS)
    return sorted(map(repr, base.execute(f'SELECT {kept} FROM "{table}"')))
