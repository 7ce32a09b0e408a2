"""The folder itself: what is kept aside, who may read it, what is left in it, what it takes."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from modele import Modele
from modele_vue import Vue

_SECRETS: Final = (
    ".key.pem",
    "key.pem",
    ".p12",
    "identity.pem",
    ".db",
    ".db-wal",
    ".spool",
    ".page",
)
_VERROUS: Final = (".lock", ".waiting")
_OCTETS: Final = 128 * 2**20
_FICHIERS: Final = 64
_ENTETE: Final = 100
"""How long the header of a database is: it counts changes."""
_HORS_ETAT: Final = ("clock", "ecriture")
"""The tables that a state that comes back doesn't bring back as they were."""
_GARDE: Final = {
    "campaign": "id, acteur_code, release, debut, fin",
    "campaign_observation": "campaign_id, echange_id",
}
"""Of others, the columns that it does."""


def instantanes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A state that was kept aside is a whole database."""
    for path in sorted((vue.dossier / "instantane").glob("*.db")):
        if path.name.startswith("."):
            continue
        try:
            with closing(_alone(path)) as kept:
                if kept.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    yield path.name
        except sqlite3.Error as error:
            yield f"{path.name} : {error}"


def retours(vue: Vue, modele: Modele) -> Iterator[str]:
    """A state that has just come back is the one that was kept, but for the clock's number, and for
    calls that a campaign has looked at since: not those that the journal has forgotten."""
    if modele.revenu is None:
        return
    nom = f"{modele.revenu}.etat.db" if modele.revenu else "sge-sim.db"
    with closing(_alone(vue.dossier / "instantane" / nom)) as kept:
        for table in vue.tables:
            asked = f"SELECT {_GARDE.get(table, '*')} FROM main.{table}"
            before, rows = kept.execute(asked).fetchall(), vue.rows(asked)
            if table == "campaign_observation":
                there = {number for (number,) in vue.rows("SELECT id FROM echange", "journal")}
                rows = [row for row in rows if row in before or row[1] not in there]
            if table not in _HORS_ETAT and sorted(map(repr, before)) != sorted(map(repr, rows)):
                yield table


def rouvert(vue: Vue, modele: Modele) -> Iterator[str]:
    """A folder that was opened again holds what the end left; ends and openings are told apart."""
    if modele.mort:
        modele.laisse = vue.base.serialize()
    elif modele.ouvert and modele.laisse is not None:
        before, modele.laisse = modele.laisse, None
        after = vue.base.serialize()
        if after[_ENTETE:] != before[_ENTETE:] and _held(after) != _held(before):
            yield modele.couture


def _held(image: bytes) -> list[list[str]]:
    """Return what the tables of a database hold, whatever its pages."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(image[:18] + b"\1\1" + image[20:])  # no WAL in memory
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [sorted(map(repr, base.execute(f"SELECT * FROM {name}"))) for (name,) in [*names]]


def base_entiere(vue: Vue, modele: Modele) -> Iterator[str]:
    """Neither a page nor a reference is broken."""
    for (found,) in vue.rows("PRAGMA main.quick_check(1)"):
        if found != "ok":
            yield found
    for table, row, parent, _ in vue.rows("PRAGMA main.foreign_key_check"):
        yield f"{table} {row} : {parent}"


def modes(vue: Vue, modele: Modele) -> Iterator[str]:
    """Folders are 0700, and 0600 whatever holds a key, a message or the state."""
    for path, folder in _all(vue.dossier, livres=False):
        if folder or path.endswith(_SECRETS):
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            if mode != (0o700 if folder else 0o600):
                yield f"{os.path.relpath(path, vue.dossier)} : {mode:o}"


def provisoires(vue: Vue, modele: Modele) -> Iterator[str]:
    """Once what was due is done, no file stays under a name of its writing, but for a state that
    was being kept as its process ended: it goes with the next that is."""
    if modele.mort or modele.ouvert or modele.defauts:
        return
    asked = "SELECT nom FROM main.fichier_flux WHERE etat = 'a_livrer'"
    waiting = {f".{nom}.new" for (nom,) in vue.rows(asked)}  # an end left it: it is written anew
    cut = {path.name for path in (vue.dossier / "instantane").glob(".*.db*")}
    if modele.fins and len({nom[:18] for nom in cut}) == 1:
        waiting |= cut
    for path, _ in _all(vue.dossier):
        nom = path.rpartition("/")[2]
        hidden = nom.startswith(".") and not nom.endswith(_VERROUS)
        if nom not in waiting and (hidden or nom.endswith((".part", ".tmp"))):
            yield os.path.relpath(path, vue.dossier)


def memoire(vue: Vue, modele: Modele) -> Iterator[str]:
    """The memory of a life doesn't grow beyond what it first took and some more."""
    if modele.ressources:
        first, last = modele.ressources[0], modele.ressources[-1]
        if last["octets"] > first["octets"] + _OCTETS:
            yield f"{first['octets']} octets d'abord, puis {last['octets']}"


def ouverts_bornes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A life doesn't keep more and more files open."""
    if modele.ressources:
        first, last = modele.ressources[0], modele.ressources[-1]
        if last["fichiers"] > first["fichiers"] + _FICHIERS:
            yield f"{first['fichiers']} fichiers ouverts d'abord, puis {last['fichiers']}"


def _all(dossier: Path, *, livres: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield what stands in a folder: its path, whether it is a folder; not the files that are
    ready, which are many, nor those that contracts were delivered unless `livres`."""
    for folder, folders, names in os.walk(dossier):
        yield from ((f"{folder}/{name}", True) for name in folders)
        yield from ((f"{folder}/{name}", False) for name in names)
        if folder == str(dossier):
            folders[:] = [name for name in folders if name != "publications"]
        elif folder == f"{dossier}/flux" and not livres:
            folders.clear()


def _alone(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes: nothing is made beside it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
