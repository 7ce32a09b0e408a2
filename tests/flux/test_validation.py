"""`flux validate` notices what is spoilt, and says nothing of what is published."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from everything_kit import order_all, segments_of, subscribe_all
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, open_platform
from spoiling import Files, spoilt_folders
from sqlalchemy import select

from sge_sim.errors import UsageError
from sge_sim.flux.publication import Publisher
from sge_sim.flux.registry import FLUX
from sge_sim.flux.validation import Validation
from sge_sim.tables.commandes import ServiceSouscrit

DEBUT = date(2024, 10, 25)
"""Two days before the hour changes."""


class Losing(Platform):
    """A platform that loses some measures, and whose days come late."""

    @property
    def publisher(self) -> Publisher:
        return replace(super().publisher, pertes=self.late)


def published(folder: Path, debut: date, days: int, points: int, *, late: bool) -> Files:
    """All that is published of so many points of each segment, in some days."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_state(folder, {})
    opened = open_platform(folder)
    platform = Losing(opened.database, folder, late=late)
    segments = segments_of(platform, points)
    subscribe_all(platform, segments, daily=days < 60, debut=debut)
    fin = debut + days * JOUR
    platform.catch_up(at(fin))
    with platform.database.sessions() as session:
        services = session.scalars(select(ServiceSouscrit.service_souscrit_id).limit(30)).all()
    for service in services[::3]:
        platform.stop(service, at(fin))
    order_all(platform, segments, debut, fin, unknown="99999999999999")
    files = platform.ready()
    platform.close()
    return files


def remarks(files: Files) -> Iterator[str]:
    """What is said of files that stand together: sentences."""
    validation = Validation()
    for nom, content in files.items():
        try:
            for verdict in validation.judge(nom, content):
                yield from (f"{nom} : {each}" for each in (*verdict.ecarts, *verdict.remarques))
        except UsageError as error:
            yield f"{nom} : {error}"
    yield from validation.together()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return published(tmp_path_factory.mktemp("flux"), DEBUT, 5, 1, late=False)


@pytest.mark.assumed("a simulator's own files have nothing to be said of")
def test_nothing_is_said_of_what_is_published(files: Files) -> None:
    assert list(remarks(files)) == []
    validation = Validation()
    seen = {verdict.forme for nom in files for verdict in validation.judge(nom, files[nom])}
    told = {flux.code.removesuffix("A").removesuffix("B") for flux in FLUX if flux.depuis is None}
    assert told - seen <= {"R67"}


@pytest.mark.assumed("real gaps, late days and two encodings are no mistakes of a file")
def test_nothing_is_said_of_a_platform_that_loses_and_is_late(tmp_path: Path) -> None:
    made = published(tmp_path, date(2025, 3, 24), 9, 1, late=True)
    assert list(islice(remarks(made), 20)) == []


def noticed(nom: str, folder: Files, usual: set[str]) -> bool:
    """Whether something is said of a spoilt file, alone or with those beside it, that isn't said of
    them as they were."""
    if nom in folder and any(True for _ in remarks({nom: folder[nom]})):
        return True
    return any(remark not in usual for remark in remarks(folder))


@pytest.mark.assumed("what is spoilt contradicts something")
@pytest.mark.parametrize(
    ("seed", "count"), [(1, 40), pytest.param(2, 300, marks=pytest.mark.masse)]
)
def test_spoilt_files_are_noticed(files: Files, seed: int, count: int) -> None:
    light = {nom: content for nom, content in files.items() if len(content) < 60_000}
    usual = set(remarks(light))  # reports tell of files that were left out
    drawn = islice(spoilt_folders(Random(seed), light), count)
    missed = [(how, nom) for how, nom, folder in drawn if not noticed(nom, folder, usual)]
    print(f"{count - len(missed)} of {count} noticed; missed: {Counter(missed)}")
    assert len(missed) <= count * 0.03, missed
