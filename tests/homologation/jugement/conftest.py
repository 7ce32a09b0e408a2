"""The campaigns that the judge is tried on: between them they call each of the 19 contracts."""

import pytest
from campagne_rejouee import Campagne, Message, enregistre, rejoue

from sge_sim.homologation.reports.rapport import Execution


@pytest.fixture(scope="session")
def campagnes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Campagne]:
    """By release: the last one, and the one that has the former orders and the v2 of measures."""
    folder = tmp_path_factory.mktemp("campagnes")
    return {name: enregistre(name, folder / name) for name in ("23.2", "26.1")}


class Juges:
    """Runs of recorded campaigns whose answer is another one."""

    def __init__(self, campagnes: dict[str, Campagne]) -> None:
        self._runs = {
            (release, each.cas.cle): each
            for release, campagne in campagnes.items()
            for each in rejoue(campagne)
        }

    def message(self, release: str, cle: str) -> Message:
        return self._runs[release, cle].message

    def execute(self, release: str, cle: str, message: Message) -> Execution:
        return self._runs[release, cle].execute(message)


@pytest.fixture(scope="session")
def juges(campagnes: dict[str, Campagne]) -> Juges:
    return Juges(campagnes)
