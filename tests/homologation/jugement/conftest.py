"""The campaigns that the judge is tried on: between them they call each of the 19 contracts."""

import pytest
from campagne_rejouee import Campagne, Rejeu, enregistre, rejoue
from made_once import made_once


@pytest.fixture(scope="session")
def campagnes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Campagne]:
    """By release: the last one, and the one that has the former orders and the v2 of measures."""
    folder = tmp_path_factory.mktemp("campagnes")
    names = ("23.2", "26.1")
    return made_once("campagnes", lambda: {name: enregistre(name, folder / name) for name in names})


@pytest.fixture(scope="session")
def rejeux(campagnes: dict[str, Campagne]) -> dict[str, list[Rejeu]]:
    """The runs of each campaign, which tests answer as they like."""
    return {name: list(rejoue(campagne)) for name, campagne in campagnes.items()}


@pytest.fixture(scope="session")
def derniers(rejeux: dict[str, list[Rejeu]]) -> dict[str, Rejeu]:
    """The runs of the last release, by key."""
    return {each.cas.cle: each for each in rejeux["26.1"]}
