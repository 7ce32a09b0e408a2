"""Clean files of every kind that a platform publishes, made once."""

import re
from datetime import date
from pathlib import Path

import pytest
from everything_kit import FEW, order_all, segments_of, subscribe_all
from flux_kit import JOUR
from made_once import made_once
from made_states import copy_state
from publication_kit import at, open_platform
from r6x_kit import order

DEBUT, JOURS = date(2024, 10, 25), 3


def clean_files(folders: pytest.TempPathFactory) -> dict[str, bytes]:
    """All of some days, and the quantities of some months."""
    return made_once("clean_files", lambda: _published(folders.mktemp("propre")))


def a_file_of_each_kind(folders: pytest.TempPathFactory) -> dict[str, bytes]:
    """The fullest of each kind."""
    made = clean_files(folders)
    by_kind = {_kind(nom): nom for nom in sorted(made, key=lambda nom: len(made[nom]))}
    return {nom: made[nom] for nom in by_kind.values()}


def _kind(nom: str) -> str:
    found = re.search(r"R4[QHM]|R\d+[AB]?|HDM|IFJ|C68", nom)
    return found[0] + ("CR" if "_CR_" in nom else "") if found else nom[:12]


def _published(folder: Path) -> dict[str, bytes]:
    copy_state(folder, {})
    platform = open_platform(folder)
    points = segments_of(platform, parts=FEW)
    subscribe_all(platform, points, daily=True, debut=DEBUT)
    platform.catch_up(at(DEBUT + JOURS * JOUR))
    order_all(platform, points, DEBUT, DEBUT + JOURS * JOUR)
    consumers = [prm for prm, segment in points.items() if segment.startswith("C")]
    order(platform, "R67", consumers, DEBUT - 300 * JOUR, DEBUT, at(DEBUT + 4 * JOUR))
    platform.catch_up(at(DEBUT + 6 * JOUR))
    made = platform.ready()
    platform.close()
    return made
