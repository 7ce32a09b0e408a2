"""Who held a point when: what EST_TITULAIRE publishes over a change of supplier or of client."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from publication_kit import C5, TIERS, Platform, at, new_platform
from r6x_kit import add_kinds, billed_of, data_and_report, demand

from sge_sim.commandes.changements import Changements, change_life
from sge_sim.facts.lecture import read_dossier
from sge_sim.tables.acteurs import Acteur
from sge_sim.tables.points import Point, find_point
from sge_sim.tables.prepared import Driver

ARRIVEE = date(2024, 5, 14)
"""The day of the change: the clock stands half a year later."""
NOW = at(date(2024, 11, 20))
AVANT = (date(2023, 7, 1), date(2024, 5, 1))
APRES = (date(2024, 6, 1), date(2024, 11, 1))
A_CHEVAL = (date(2024, 3, 1), date(2024, 11, 1))
NON_TITULAIRE = "le demandeur n'est pas le titulaire du contrat unique de ce PRM"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Who demands, in the kit, is a supplier here; another one holds the point."""
    platform = new_platform(tmp_path)
    add_kinds(platform)
    with platform.database.transaction() as session:
        session.get_one(Acteur, TIERS).kind = "fournisseur"
        session.add(Acteur(code="SORTANT", nom="SORTANT", kind="fournisseur"))
        session.flush()
        _point(session).fournisseur_titulaire = "SORTANT"
    yield platform
    platform.close()


def _point(session: Any) -> Point:
    return find_point(session, C5)


def change(platform: Platform, **changements: Any) -> None:
    """Have it happen on `ARRIVEE`."""
    with platform.database.transaction() as session:
        change_life(session, _point(session), Changements(**changements), at(ARRIVEE))


def published(platform: Platform, flux: str, days: tuple[Any, Any]) -> tuple[str, str | None]:
    """What the report says of the point to who demands it as its holder."""
    affaire = demand(platform, flux, [C5], *days, NOW, cadre="EST_TITULAIRE")
    _, report = data_and_report(platform, affaire)
    (told,) = report["prmDemandes"]
    return told["publication"], told.get("motif")


@pytest.mark.documented("GUI 0502 §4: holder over the whole period")
def test_who_took_a_point_over_is_published_what_it_held(platform: Platform) -> None:
    assert published(platform, "R67", APRES) == ("NON_PUBLIE", NON_TITULAIRE)
    change(platform, nouveau_fournisseur=(TIERS, ARRIVEE))
    assert published(platform, "R67", AVANT) == ("NON_PUBLIE", NON_TITULAIRE)
    assert published(platform, "R67", APRES) == ("PUBLIE", None)
    assert published(platform, "R67", A_CHEVAL) == ("NON_PUBLIE", NON_TITULAIRE)


@pytest.mark.assumed("GUI 0502 §4, to the letter: who held the point then may demand it now")
def test_who_left_a_point_is_published_what_it_held(platform: Platform) -> None:
    with platform.database.transaction() as session:
        _point(session).fournisseur_titulaire = TIERS
    change(platform, nouveau_fournisseur=("SORTANT", ARRIVEE))
    assert published(platform, "R67", AVANT) == ("PUBLIE", None)
    assert published(platform, "R67", APRES) == ("NON_PUBLIE", NON_TITULAIRE)
    assert published(platform, "R67", A_CHEVAL) == ("NON_PUBLIE", NON_TITULAIRE)


@pytest.mark.assumed("a new client is another contract; that of before was its holder's")
@pytest.mark.parametrize("suivant", [TIERS, "SORTANT"])
@pytest.mark.parametrize("flux", ["R64", "R65", "R67"])
def test_who_held_a_point_before_a_new_client_is_published_what_it_held(
    platform: Platform, flux: str, suivant: str
) -> None:
    with platform.database.transaction() as session:
        _point(session).fournisseur_titulaire = TIERS
    change(platform, nouveau_titulaire=ARRIVEE, nouveau_fournisseur=(suivant, ARRIVEE))
    with platform.database.transaction() as session:
        _point(session).niveau_ouverture_services = 2
    assert published(platform, flux, AVANT) == ("PUBLIE", None)
    assert published(platform, flux, APRES)[0] == ("PUBLIE" if suivant == TIERS else "NON_PUBLIE")
    assert published(platform, flux, A_CHEVAL) == ("NON_PUBLIE", NON_TITULAIRE)


@pytest.mark.assumed("the last reading of a contract is made as it ends, whoever is next")
@pytest.mark.parametrize("end", ["nouveau_titulaire", "resilie"])
def test_what_is_billed_to_a_client_ends_with_its_contract(platform: Platform, end: str) -> None:
    with platform.database.transaction() as session:
        _point(session).fournisseur_titulaire = TIERS
    change(platform, **{end: ARRIVEE})
    days = (date(2019, 1, 1), ARRIVEE)
    affaire = demand(platform, "R67", [C5], *days, NOW, cadre="EST_TITULAIRE")
    ((tree,), _) = data_and_report(platform, affaire)
    (mesure,) = tree["mesures"]
    billed = [(one["dbtMesure"], one["finMesure"]) for *_, one in billed_of(tree)]
    assert min(billed)[0] == "2019-05-01"
    assert max(fin for _, fin in billed) == f"{ARRIVEE}"
    assert mesure["periode"]["dateDebut"] == "2019-05-01 00:00:00"


@pytest.mark.documented("GUI 0504 §3.1: the situation is today's, and so is its holder")
def test_c68_is_shown_whole_to_the_holder_of_today(platform: Platform) -> None:
    assert published(platform, "C68", (None, None)) == ("NON_PUBLIE", NON_TITULAIRE)
    change(platform, nouveau_fournisseur=(TIERS, ARRIVEE))
    assert published(platform, "C68", (None, None)) == ("PUBLIE", None)


def test_what_a_point_was_is_kept(platform: Platform) -> None:
    """As of each day, and over periods; the columns say what holds."""
    change(platform, nouveau_fournisseur=(TIERS, ARRIVEE), nouveau_titulaire=ARRIVEE)
    with platform.database.sessions() as session:
        dossier = read_dossier(Driver.under(session), C5)
    veille = ARRIVEE - timedelta(days=1)
    told = [
        (one.fournisseur_titulaire, one.date_mise_en_service)
        for one in (dossier.au(veille), dossier.au(ARRIVEE), dossier.point)
    ]
    assert told == [("SORTANT", date(2019, 5, 1)), (TIERS, ARRIVEE), (TIERS, ARRIVEE)]
    assert [len(dossier.sur(*days)) for days in (AVANT, APRES, A_CHEVAL)] == [1, 1, 2]
    assert dossier.is_held_by("SORTANT", *AVANT)
    assert not dossier.is_held_by(TIERS, *A_CHEVAL)
