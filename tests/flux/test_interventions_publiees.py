"""What is done to a meter, as R64, R64A and R64B tell it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from publication_kit import C4, C5, Platform, at, new_platform
from r6x_kit import add_kinds, data_and_report, demand, documents, publish, replace_compteur

J = date(2024, 9, 18)
JOUR = timedelta(days=1)
NOW = at(J + 4 * JOUR)
_POSE, _DEPOSE = "Pose fournisseur", "Dépose fournisseur"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The meters are replaced on J; the indexes of the large point are asked for that day."""
    folder: Path = tmp_path_factory.mktemp("interventions")
    platform = new_platform(folder)
    add_kinds(platform)
    with platform.database.transaction() as session:
        for prm in (C4, C5):
            replace_compteur(session, prm, J)
    platform.infra_j(C4, at(J, 15))
    for prm in (C4, C5):
        publish(platform, prm, "INDEX", "P1D", J - JOUR)
    for rank in range(3):
        platform.catch_up(at(J + rank * JOUR))
    yield platform
    platform.close()


def kinds(tree: Any, prm: str) -> set[tuple[str, str, str | None]]:
    """The context, type and reason of each of the readings of a point."""
    return {
        (contexte["contexteReleve"], contexte["typeReleve"], contexte.get("motifReleve"))
        for mesure in tree["mesures"]
        if mesure["idPrm"] == prm
        for contexte in mesure["contexte"]
    }


@pytest.mark.documented("GUI 0503 §2.4: contexts, types and reasons of R64")
@pytest.mark.assumed("which readings have the reasons, and that CRD reports a demand of the day")
def test_r64_tells_the_meters_that_come_and_go_and_the_readings_asked_for(
    platform: Platform,
) -> None:
    affaire = demand(platform, "R64", [C4, C5], J - 3 * JOUR, J + 3 * JOUR, NOW)
    ((tree,), _) = data_and_report(platform, affaire)
    assert kinds(tree, C5) == {("COL", "AQ", None), ("CRI", "AS", _DEPOSE), ("CRI", "AS", _POSE)}
    assert kinds(tree, C4) == {
        ("FMR", "RC", None),
        ("CRI", "LC", _DEPOSE),
        ("CRI", "LC", _POSE),
        ("CRD", "RC", None),
    }
    affaire = demand(platform, "R64", [C4, C5], J + JOUR, J + 3 * JOUR, NOW)
    ((tree,), _) = data_and_report(platform, affaire)
    assert (kinds(tree, C4), kinds(tree, C5)) == ({("FMR", "RC", None)}, {("COL", "AQ", None)})


@pytest.mark.assumed("recurrent files tell them with the day that they tell of")
def test_a_recurrent_file_tells_them_once(platform: Platform) -> None:
    told = [
        (prm, kind)
        for nom, content in platform.ready().items()
        if "_R64" in nom and "_CR_" not in nom and "_M023_" not in nom
        for _, tree in documents(content, nom)
        if tree["header"].get("modePublication") == "Q"
        for prm in (C4, C5)
        for kind in kinds(tree, prm)
        if kind[0] in ("CRI", "CRD")
    ]
    assert sorted(told, key=repr) == sorted(
        [
            (C4, ("CRD", "RC", None)),
            *((C4, ("CRI", "LC", motif)) for motif in (_DEPOSE, _POSE)),
            *((C5, ("CRI", "AS", motif)) for motif in (_DEPOSE, _POSE)),
        ],
        key=repr,
    )
