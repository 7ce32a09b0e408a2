"""The demands a second that a guide has its service take, of all actors together."""

from datetime import timedelta
from pathlib import Path

import pytest
from acces_kit import ACCES, C5, Tiers, tiers_in_process

from sge_sim.clock import machine_now
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Journal
from sge_sim.services.registry import SERVICES


@pytest.mark.documented("GUI 0498 v1.1.0, 0497 v1.5.0, 0502 v1.4.0 §2.2")
def test_the_guides_that_give_a_ceiling() -> None:
    given = {f"{one.nom} v{one.version}": one.par_seconde for one in SERVICES if one.par_seconde}
    assert given == {
        "CommanderAccesDonneesMesures v1.0": 10,
        "ConsultationMesuresDetaillees v3.0": 40,
        "CommandeHistoriqueDonneesMesuresFines v1.0": 5,
        "CommandeHistoriqueDonneesMesuresFacturantes v1.0": 5,
        "CommandeInformationsTechniquesEtContractuelles v1.0": 5,
    }


@pytest.mark.assumed("that more are refused is documented (GUI 0498), the code isn't")
@pytest.mark.parametrize("refused", [True, False])
def test_more_demands_in_a_second_than_the_ceiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    second = machine_now()
    at = "sge_sim.door.b2b_application.machine_now"

    def answers(tiers: Tiers, calls: int) -> list[str | None]:
        return [tiers.code(ACCES, **tiers.acces(C5)) for _ in range(calls)]

    with tiers_in_process(tmp_path, plafonds_refused=refused) as tiers:
        monkeypatch.setattr(at, lambda: second)
        assert answers(tiers, 6) == [None, *5 * ["SGT570"]]
        with tiers.acting_as("fournisseur") as another:
            assert answers(another, 6)[3:] == [
                "SGT570",
                *2 * ["SGT506" if refused else "SGT570"],
            ]
        for _ in range(11):  # the search has no ceiling
            assert tiers.services(C5)
        monkeypatch.setattr(at, lambda: second + timedelta(seconds=1))
        assert answers(tiers, 1) == ["SGT570"]
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    found = Journal.beside(database, tmp_path).find_echanges(limit=100)
    database.dispose()
    noted = [one.service for one in found if "10 au plus" in (one.detail or "")]
    assert noted == 2 * ["CommanderAccesDonneesMesures"]
    rules = [one.rule.name for one in found if one.code == "SGT506" and one.rule is not None]
    assert rules == 2 * refused * ["Porte/plafond_du_service"]
