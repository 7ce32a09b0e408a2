"""The days measured before a stop or a new holder: sent after it, or never."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flux_kit import JOUR, texts, tree
from publication_kit import C5, COURBE_C5, INDEX_C5, JOUR_1, Platform, at, new_platform, of
from r6x_kit import add_kinds, archives_of, documents, publish, series_of

from sge_sim.clock import start_of_day
from sge_sim.commandes.evenements import plan_event
from sge_sim.settings import Settings
from sge_sim.tables.points import find_point

FIN = JOUR_1 + 4 * JOUR
APRES = at(FIN + 4 * JOUR)
SUBSCRIPTIONS = {"R50": (C5, COURBE_C5), "R151": (C5, INDEX_C5)}
NUMBERS = {"R50": ("V",), "R151": ("Valeur",)}
Made = Callable[..., Platform]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    platforms = []

    def make(**options: bool) -> Platform:
        platform = new_platform(tmp_path / str(len(platforms)), **options)
        platforms.append(platform)
        return platform

    yield make
    for one in platforms:
        one.close()


@pytest.fixture(scope="module")
def unended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """The numbers of each flux, where nothing ends."""
    platform = new_platform(tmp_path_factory.mktemp("etat"))
    for subscription in SUBSCRIPTIONS.values():
        platform.subscribe(*subscription)
    platform.catch_up(APRES)
    found = {flux: curves(platform, flux) for flux in SUBSCRIPTIONS}
    platform.close()
    return found


def stop(platform: Platform, prm: str, souscription: Any) -> None:
    """Subscribe, and stop the service at noon of the day `FIN`."""
    numero = platform.subscribe(prm, souscription)
    platform.catch_up(at(FIN))
    platform.stop(numero, at(FIN))


def change_holder(platform: Platform, prm: str, souscription: Any) -> None:
    """Subscribe, and have another client come at noon of the day `FIN`."""
    platform.subscribe(prm, souscription)
    with platform.database.transaction() as session:
        plan_event(session, find_point(session, prm), "changement_titulaire", at(FIN))


def curves(platform: Platform, flux: str) -> list[list[str]]:
    """The numbers of each file, oldest first: values of a curve, or indexes and powers."""
    return [
        [text for tag in NUMBERS[flux] for text in texts(tree(one).iter(tag))]
        for one in of(platform, flux)
    ]


@pytest.mark.assumed("nothing says what becomes of the days before a stop or a new holder")
@pytest.mark.parametrize("flux", SUBSCRIPTIONS)
@pytest.mark.parametrize("end", [stop, change_holder])
def test_the_last_days_are_published_where_it_is_asked(
    made: Made, unended: dict[str, list[list[str]]], end: Any, flux: str
) -> None:
    usual, asked = made(), made(publie_avant_arret=True)
    for platform in (usual, asked):
        end(platform, *SUBSCRIPTIONS[flux])
        platform.catch_up(APRES)
    # From the day of the order to the eve of the end, as if nothing had ended.
    days = (FIN - JOUR_1).days
    assert curves(asked, flux) == unended[flux][:days]
    assert all(curves(asked, flux))
    assert len(curves(usual, flux)) < days


@pytest.mark.assumed("an option that ends publishes the days before; not those before a new holder")
@pytest.mark.parametrize("asked", [False, True])
def test_the_files_of_access_services_too(made: Made, asked: bool) -> None:
    platform = made(publie_avant_arret=asked)
    add_kinds(platform)
    publish(platform, C5, "PMAX", "P1D", JOUR_1)
    with platform.database.transaction() as session:
        plan_event(session, find_point(session, C5), "changement_titulaire", start_of_day(FIN))
    platform.catch_up(APRES)
    days = [
        date.fromisoformat(d[:10])
        for nom, content in archives_of(platform, "ENEDIS_R66B_").items()
        for _, tree_ in documents(content, nom)
        for d, _ in series_of(tree_, C5, "PMA")
    ]
    last = FIN - JOUR if asked else FIN - 2 * JOUR
    assert days == [JOUR_1 + n * JOUR for n in range((last - JOUR_1).days + 1)]


@pytest.mark.assumed("they aren't, unless it is asked")
def test_it_is_a_setting() -> None:
    assert Settings().publie_avant_arret is False
