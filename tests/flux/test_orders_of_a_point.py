"""The orders of one point: in one block, and in a file for each direction."""

import io
from dataclasses import replace
from datetime import date
from types import ModuleType
from zipfile import ZipFile

import flux_schemas
import pytest
from flux_kit import JOUR, ORDINAIRE, envoi, linky, publie, texts, tree
from publication_kit import C4, C5, COURBE_C4, COURBE_C5, INDEX_C4, INDEX_C5, JOUR_1, Platform, at

from sge_sim.commandes.souscription import Souscription
from sge_sim.flux.r50 import ecriture as r50
from sge_sim.flux.r151 import ecriture as r151

SCHEMAS = {r50: flux_schemas.R50, r151: flux_schemas.R151}
flux = pytest.mark.parametrize("flux", [r50, r151], ids=["R50", "R151"])


def xml_of(archive: bytes) -> bytes:
    """The only member of a zip."""
    with ZipFile(io.BytesIO(archive)) as zipped:
        (member,) = zipped.namelist()
        return zipped.read(member)


@pytest.mark.documented("XSD R50 v1.1.0 and R151 v1.2.0: the case stands below the point")
@flux
def test_the_orders_of_a_point_share_its_block_in_date_order(flux: ModuleType) -> None:
    point, ancien = linky(), ORDINAIRE - 9 * JOUR
    content = flux.write(
        envoi(),
        [
            publie(point, ORDINAIRE, ORDINAIRE + 2 * JOUR, affaire_id="M0SECOND"),
            publie(point, ORDINAIRE - JOUR, affaire_id="M0FIRST", rattrapes=(ancien,)),
            publie(linky(8), prm="09111642617348"),
        ],
    )
    flux_schemas.check(SCHEMAS[flux], content)
    premier, second = tree(content).findall("PRM")
    assert texts(tree(content).iter("Id_PRM")) == ["09111642617347", "09111642617348"]
    assert [
        (releve.findtext("Date_Releve"), releve.findtext("Id_Affaire"))
        for releve in premier.iter("Donnees_Releve")
    ] == [
        ("2024-06-22", "M0FIRST"),
        ("2024-06-30", "M0FIRST"),
        ("2024-07-01", "M0SECOND"),
        ("2024-07-02", "M0SECOND"),
    ]
    assert len(second.findall("Donnees_Releve")) == 1


@pytest.mark.documented("GUI 0469 §5.3: renewed without break, under a new service")
@pytest.mark.parametrize("souscription", [COURBE_C5, INDEX_C5], ids=["R50", "R151"])
def test_a_service_renewed_within_the_month_has_one_block(
    platform: Platform, souscription: Souscription
) -> None:
    monthly, renewal = replace(souscription, periodicite="P1M"), at(JOUR_1 + 5 * JOUR)
    platform.subscribe(C5, monthly)
    platform.catch_up(renewal)
    later = replace(monthly, date_debut=renewal.date(), date_fin=date(2025, 10, 9))
    platform.subscribe(C5, later, renewal)
    platform.catch_up(at(date(2024, 11, 6)))
    announced, (nom, archive) = platform.ready().items()
    assert "_NASS_" in announced[0]  # the first service ended, prolonged by the second
    (point,) = tree(xml_of(archive)).findall("PRM")
    releves = list(point.iter("Donnees_Releve"))
    assert [one.findtext("Date_Releve") for one in releves] == [
        str(JOUR_1 + rang * JOUR) for rang in range(10)
    ]
    affaires = [one.findtext("Id_Affaire") for one in releves]
    assert len(set(affaires[:5])) == len(set(affaires[5:])) == 1
    assert affaires[0] != affaires[-1]
    assert platform.row(nom).prms == C5


@pytest.mark.documented("guide R171: both directions are two orders and two files")
@pytest.mark.parametrize(
    ("prm", "souscription", "once"),
    [
        (C5, COURBE_C5, "<Donnees_Releve>"),
        (C5, INDEX_C5, "<Donnees_Releve>"),
        (C4, COURBE_C4, "<Identifiant_PRM>"),
        (C4, INDEX_C4, "<serieMesuresDateesListe>"),
    ],
    ids=["R50", "R151", "R4Q", "R171"],
)
def test_each_direction_of_a_point_has_its_own_file(
    platform: Platform, prm: str, souscription: Souscription, once: str
) -> None:
    platform.subscribe(prm, souscription)
    platform.subscribe(prm, replace(souscription, sens="INJECTION"))
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    texts = [xml_of(archive).decode() for archive in platform.ready().values()]
    assert len(texts) == len(platform.told()) in (2, 4)
    assert [text.count(once) for text in texts] == [1] * len(texts)
    assert not [text for text in texts if "CONS" in text and "PROD" in text]
