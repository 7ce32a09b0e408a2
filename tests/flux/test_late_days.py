"""Which files the faithful profile makes late, and who is named in those of a supplier."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flux_kit import JOUR, canonical, texts, tree
from publication_kit import (
    C4,
    C5,
    CONTRAT,
    COURBE_C4,
    COURBE_C5,
    INDEX_C4,
    INDEX_C5,
    JOUR_1,
    TIERS,
    Platform,
    at,
    members,
    new_platform,
    of,
)

from sge_sim.commandes.souscription import Souscription
from sge_sim.flux import abonnements, retards
from sge_sim.tables.acteurs import Acteur

LATE_BY = 5
MONTHLY = {"periodicite": "P1M"}


@pytest.fixture
def every_day_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the data of every day of every point come five days later."""
    for module in (abonnements, retards):
        monkeypatch.setattr(module, "retard", lambda *_: LATE_BY)


def files_of(
    folder: Path, prm: str, souscription: Souscription, *, late: bool
) -> dict[str, list[bytes]]:
    """What a subscription is sent in a week, or in sixty if it is sent once a month: trees."""
    platform = new_platform(folder, late=late)
    platform.subscribe(prm, souscription)
    platform.catch_up(at(JOUR_1 + (60 if souscription.periodicite == "P1M" else 7) * JOUR))
    made = {
        nom: [canonical(xml) for xml in members(content).values()]
        for nom, content in platform.ready().items()
    }
    platform.close()
    return made


@pytest.mark.documented("guides R50 and R151: daily files of C5 points alone come late")
@pytest.mark.parametrize(
    ("prm", "souscription", "touched"),
    [
        pytest.param(C5, COURBE_C5, True, id="R50"),
        pytest.param(C5, INDEX_C5, True, id="R151"),
        pytest.param(C5, replace(COURBE_C5, **MONTHLY), False, id="monthly R50"),
        pytest.param(C5, replace(INDEX_C5, **MONTHLY), False, id="monthly R151"),
        pytest.param(C4, COURBE_C4, False, id="R4x"),
        pytest.param(C4, INDEX_C4, False, id="R171"),
    ],
)
@pytest.mark.usefixtures("every_day_is_late")
def test_daily_files_of_small_points_alone_come_late(
    tmp_path: Path, prm: str, souscription: Souscription, touched: bool
) -> None:
    punctual, late = (
        files_of(tmp_path / str(each), prm, souscription, late=each) for each in (False, True)
    )
    assert punctual.keys() == late.keys()
    assert punctual
    assert (punctual != late) is touched


@pytest.mark.documented("guides R50 and R151: what comes late comes while the subscription runs")
@pytest.mark.usefixtures("every_day_is_late")
def test_nothing_from_before_the_service_is_sent_late(tmp_path: Path) -> None:
    platform = new_platform(tmp_path / "etat", late=True)
    platform.subscribe(C5, COURBE_C5)
    platform.catch_up(at(JOUR_1 + 8 * JOUR))
    sent = [texts(tree(one).iter("Date_Releve")) for one in of(platform, "R50")]
    assert sent == [
        [str(JOUR_1 + timedelta(day)) for day in (rang - LATE_BY, rang) if day >= 0]
        for rang in range(7)
    ]
    platform.close()


@pytest.mark.assumed("the code of a supplier stands for its EIC code, by which it is named")
@pytest.mark.parametrize(("kind", "named"), [("fournisseur", TIERS), ("tiers", CONTRAT)])
def test_files_name_a_supplier_by_its_code_and_a_tiers_by_its_contract(
    platform: Platform, kind: str, named: str
) -> None:
    with platform.database.transaction() as session:
        session.get_one(Acteur, TIERS).kind = kind  # type: ignore[assignment]
    platform.subscribe(C5, COURBE_C5)
    platform.subscribe(C4, COURBE_C4)
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    names = list(platform.ready())
    assert any(one.startswith(f"ERDF_R50_{named}_{CONTRAT}_") for one in names)
    assert any(one.startswith(f"ENEDIS_{named}_R4Q_CDC_") for one in names)
    for flux in ("R50", "R4Q"):
        assert {
            tree(one).findtext(".//Identifiant_Destinataire") for one in of(platform, flux)
        } == {named}
