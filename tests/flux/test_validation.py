"""`flux validate` notices what is spoilt, and says nothing of what is published."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files as files_of
from itertools import islice
from pathlib import Path
from random import Random

import pytest
import yaml
from everything_kit import order_all, segments_of, subscribe_all
from flux_cases import clean_files
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, open_platform
from spoiling import Files, Spoilt, spoilt_folders
from sqlalchemy import select
from strangers import STRANGE

from sge_sim.errors import UsageError
from sge_sim.flux.flux import ParContrat
from sge_sim.flux.publication import Publisher
from sge_sim.flux.registry import FLUX, codes_of
from sge_sim.flux.validation import Validation
from sge_sim.tables.commandes import ServiceSouscrit

DEBUT = date(2024, 10, 25)
"""Two days before the hour changes."""


class Losing(Platform):
    """A platform that loses some measures, and whose days come late."""

    @property
    def publisher(self) -> Publisher:
        return replace(super().publisher, pertes=self.late)


def published(folder: Path, debut: date, days: int, *, late: bool) -> Files:
    """All that some days publish of a point of each segment."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_state(folder, {})
    opened = open_platform(folder)
    platform = Losing(opened.database, folder, late=late)
    segments = segments_of(platform)
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
    return published(tmp_path_factory.mktemp("flux"), DEBUT, 5, late=False)


@pytest.mark.assumed("a simulator's own files have nothing to be said of")
def test_nothing_is_said_of_what_is_published(files: Files) -> None:
    assert list(remarks(files)) == []
    validation = Validation()
    seen = {verdict.forme for nom in files for verdict in validation.judge(nom, files[nom])}
    told = {flux.code.removesuffix("A").removesuffix("B") for flux in FLUX if flux.depuis is None}
    assert told - seen <= {"R67", "ITCE", *codes_of(ParContrat)}


@pytest.mark.assumed("real gaps, late days and two encodings are no mistakes of a file")
def test_nothing_is_said_of_a_platform_that_loses_and_is_late(tmp_path: Path) -> None:
    made = published(tmp_path, date(2025, 3, 24), 8, late=True)
    assert list(islice(remarks(made), 20)) == []


def light_of(files: Files) -> Files:
    """Those that are read soon."""
    return {nom: content for nom, content in files.items() if len(content) < 60_000}


@pytest.fixture(scope="module")
def light(files: Files) -> Files:
    return light_of(files)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Those of a few points: the whole folder is read again for what is spoilt."""
    return light_of(clean_files(tmp_path_factory))


@pytest.fixture(scope="module")
def usual(light: Files) -> set[str]:
    """What is said of them as they are: reports tell of files that were left out."""
    return set(remarks(light))


@pytest.fixture(scope="module")
def usual_of_few(few: Files) -> set[str]:
    return set(remarks(few))


def noticed(nom: str, folder: Files, usual: set[str]) -> bool:
    """Whether something is said of a spoilt file, alone or with those beside it, that isn't said of
    them as they were."""
    if nom in folder and any(True for _ in remarks({nom: folder[nom]})):
        return True
    return any(remark not in usual for remark in remarks(folder))


@pytest.mark.assumed("what is spoilt contradicts something")
@pytest.mark.parametrize(
    ("seed", "count"), [(1, 40), *(pytest.param(n, 300, marks=pytest.mark.masse) for n in (2, 101))]
)
def test_spoilt_files_are_noticed(light: Files, usual: set[str], seed: int, count: int) -> None:
    drawn = islice(spoilt_folders(Random(seed), light), count)
    missed = [(how, nom) for how, nom, folder in drawn if not noticed(nom, folder, usual)]
    print(f"{count - len(missed)} of {count} noticed; missed: {Counter(missed)}")
    assert len(missed) <= count * 0.03, missed


@pytest.mark.assumed("what is spoilt contradicts something")
@pytest.mark.parametrize("way", STRANGE)
def test_what_a_stranger_spoils_is_noticed(few: Files, usual_of_few: set[str], way: str) -> None:
    pattern, spoil = STRANGE[way]
    for nom in sorted(nom for nom in few if re.search(pattern, nom)):
        spoilt = Spoilt.of(Random(1), nom, few[nom])
        text = spoil(spoilt.text)
        if text != spoilt.text:
            folder = {**few, nom: spoilt.bytes_with(text.encode())}
            assert noticed(nom, folder, usual_of_few), nom
            return
    pytest.fail("there is nothing to spoil so")


def test_every_rule_is_said_by_a_check() -> None:
    flux = files_of("sge_sim.flux")
    rules = yaml.safe_load(flux.joinpath("phrases.yaml").read_text())["contenu"]
    names = {name for rule in rules for name in rule["phrases"]}
    modules = ("controles", "instants", "lecteur", "validation", "r6x/controles")
    texts = "".join(flux.joinpath(f"{module}.py").read_text() for module in modules)
    assert {name for name in names if f'"{name}"' not in texts} == set()
