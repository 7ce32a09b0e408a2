"""Tells what is personal among words, for those who hide it."""

from collections.abc import Collection
from functools import partial

from sge_sim.facts.database import Database
from sge_sim.tables.apports import personal_among


def personal_words(database: Database, words: Collection[str]) -> set[str]:
    """Return what is personal of the own points that these words name."""
    with database.sessions() as session:
        return personal_among(session, words)


def personal_of(database: Database) -> "partial[set[str]]":
    """Return what tells it of the points of a database."""
    return partial(personal_words, database)
