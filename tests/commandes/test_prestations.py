"""The lines of the catalogue under which orders are worked out."""

import pytest

from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.nomenclatures import MesuresType, Segment, Sens


@pytest.mark.observed("recorded orders, 2022; producers and option 2: assumed")
@pytest.mark.parametrize(
    ("segment", "sens", "mesures", "recurrente", "fiche", "option"),
    [
        ("C5", "SOUTIRAGE", "CDC", True, "F300C", "F300CO1"),
        ("C5", "SOUTIRAGE", "CDC", False, "F300C", "F300CO2"),
        ("C5", "SOUTIRAGE", "IDX", True, "F305", None),
        ("P4", "INJECTION", "CDC", False, "P300C", "P300CO2"),
        ("C4", "SOUTIRAGE", "CDC", True, "F300B", "F300BO1"),
        ("C2", "SOUTIRAGE", "CDC", False, "F300B", "F300BO2"),
        ("C3", "SOUTIRAGE", "IDX", True, "F305A", "F305AO1"),
        ("P1", "INJECTION", "CDC", True, "P300B", "P300BO1"),
        ("C4", "INJECTION", "IDX", True, "P305A", "P305AO1"),
    ],
)
def test_an_order_of_collection_has_the_line_of_its_segment(
    segment: Segment,
    sens: Sens,
    mesures: MesuresType,
    recurrente: bool,
    fiche: str,
    option: str | None,
) -> None:
    prestation = prestation_collecte(segment, sens, mesures, recurrente=recurrente)
    assert (prestation.fiche, prestation.option) == (fiche, option)
