"""The table of what the real platform answered: whole, and in step with the catalogue."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sge_sim.domaine.ecarts_plateforme import (
    Plateforme,
    Usage,
    ecarts_of_case,
    plateforme_at,
    plateformes,
)
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.services.registry import SERVICES
from sge_sim.settings import Profile, Settings

DAY = timedelta(days=1)
KNOWN = {(service.nom, service.version) for service in SERVICES}


def test_the_releases_are_of_the_catalogue_in_its_order() -> None:
    releases = [f"sge-{plateforme.release}" for plateforme in plateformes()]
    assert releases == [name for name in list_releases() if name in releases]


def test_a_release_of_which_nothing_was_told_is_as_the_one_before() -> None:
    cle = "AHC-R1@C1-C4"
    assert ecarts_of_case("sge-23.3", cle) == ecarts_of_case("sge-23.2", cle) != ()
    assert ecarts_of_case("sge-20.1", cle) == ()


@pytest.mark.parametrize("plateforme", plateformes(), ids=lambda plateforme: plateforme.release)
def test_every_deviation_is_that_of_a_case_on_the_service_called(plateforme: Plateforme) -> None:
    cases = {case.cle: case for case in load_release(plateforme.release).cas}
    for ecart in plateforme.ecarts:
        assert (ecart.service, ecart.version) in KNOWN
        assert ecart.cas
        for cle in ecart.cas & cases.keys():
            assert (cases[cle].service, cases[cle].version) == (ecart.service, ecart.version)


@pytest.mark.parametrize("name", list_releases())
def test_the_day_of_a_release_plays_what_the_catalogue_tells_of_it(name: str) -> None:
    release = load_release(name)
    played = plateforme_at(release.reference)
    for case in release.cas:
        same = tuple(
            each for each in played.ecarts if case.cle in each.cas and each.provenance == "observed"
        )
        assert same == case.ecart_connu == ecarts_of_case(name, case.cle)


def test_the_ways_of_the_platform_stand_in_the_table_by_release() -> None:
    said = {
        usage: [each.release for each in plateformes() if usage in each.usages] for usage in Usage
    }
    every = [plateforme.release for plateforme in plateformes()]
    assert said == {
        Usage.ENTETE_HISTORIQUE: every,
        Usage.HEURE_REPETEE: every[:-1],
        Usage.MESURES_FACTICES: every[1:-1],
        Usage.GRILLE_FOURNISSEUR: every[1:-1],
        Usage.LIBELLE_PROPRE: ["23.2", "23.4"],
        Usage.REFUS_SANS_DONNEE: ["23.2", "23.4", "26.1"],
        Usage.FAUTE_SANS_CODE: ["23.4"],
    }


def test_the_nominal_profile_and_production_have_none_of_them() -> None:
    jour = date(2023, 12, 1)
    assert Settings(profile=Profile.FIDELE).plateforme(jour) is plateforme_at(jour)
    for settings in (Settings(), Settings(profile=Profile.FIDELE, environment="production")):
        played = settings.plateforme(jour)
        assert (*played.usages, *played.ecarts, *played.libelles) == ()


def test_a_release_is_in_force_until_the_next() -> None:
    for before, after in pairwise(plateformes()):
        assert plateforme_at(after.depuis) is after
        assert plateforme_at(after.depuis - DAY) is before
    assert plateforme_at(date(2019, 1, 1)) is plateformes()[0]
    assert plateforme_at(date(2044, 1, 1)) is plateformes()[-1]
