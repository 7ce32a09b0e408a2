"""IFJ: infra-daily data, in the simulator's own format."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flux_kit import envoi, grand
from publication_kit import members, new_platform, new_point

from sge_sim.clock import PARIS
from sge_sim.flux.infra_j import ecriture as infra_j
from sge_sim.tables.commandes import DemandeInfraJ

PRM = "50086562641348"
MIDI = datetime(2024, 7, 1, 12, 3, tzinfo=PARIS)
APRES_LE_CHANGEMENT = datetime(2024, 10, 27, 12, 3, tzinfo=PARIS)


def asked(creation: datetime = MIDI, **quoi: bool) -> dict[str, Any]:
    data = {"cdc": False, "idx": False, "ptd": False, **quoi}
    points = (grand(), grand(segment="P3"))
    demande = DemandeInfraJ(affaire_id="M02SXITK", **data)
    return json.loads(infra_j.write(demande, PRM, points, envoi(creation=creation)))


@pytest.mark.documented("GUI 0481: the name holds the number of the demand")
def test_the_file_says_in_its_name_and_in_itself_that_its_format_is_the_simulator_s() -> None:
    demande = DemandeInfraJ(affaire_id="M02SXITK", cdc=True, idx=True, ptd=True)
    archive = infra_j.archive(demande, PRM, (grand(),), envoi(creation=MIDI))
    assert archive.nom == "SGE-SIM_IFJ_M02SXITK_50086562641348_20240701120300.zip"
    ((name, content),) = archive.membres
    assert name == archive.nom.replace(".zip", ".json")
    read = json.loads(content)
    assert read["format"] == "sge-sim-ifj-1"
    assert read["avertissement"].startswith("Format propre à sge-sim : celui du flux IFJ d'Enedis")


@pytest.mark.documented("GUI 0481")
@pytest.mark.parametrize(
    ("quoi", "cle"), [("cdc", "courbes"), ("idx", "index"), ("ptd", "parametresTarifaires")]
)
def test_it_holds_what_was_asked_for_and_nothing_else(quoi: str, cle: str) -> None:
    data = {"courbes", "index", "parametresTarifaires"}
    assert data & set(asked(**{quoi: True})) == {cle}


@pytest.mark.documented("GUI 0481: what a producer injects, where that is asked for")
def test_a_producer_has_what_it_injects(tmp_path: Path) -> None:
    platform = new_platform(tmp_path)
    with platform.database.transaction() as session:
        session.add(new_point("98600000000333", "P3", 7))
    platform.infra_j("98600000000333", MIDI, produced=True)
    platform.catch_up(MIDI)
    ((_, archive),) = platform.ready().items()
    (content,) = members(archive).values()
    assert {one["grandeurMetier"] for one in json.loads(content)["courbes"]} == {"PROD"}


@pytest.mark.documented("V26.2: curves of the last 24 hours")
@pytest.mark.parametrize("creation", [MIDI, APRES_LE_CHANGEMENT])
def test_curves_are_the_steps_that_ended_in_the_last_24_hours(creation: datetime) -> None:
    courbes = asked(creation, cdc=True)["courbes"]
    assert [(one["grandeurMetier"], one["grandeurPhysique"]) for one in courbes] == [
        (metier, physique) for metier in ("CONS", "PROD") for physique in ("PA", "PRI", "PRC", "E")
    ]
    for one in courbes:
        stamps = [datetime.fromisoformat(point["d"]) for point in one["points"]]
        assert len(stamps) == 24 * 12
        assert stamps[-1].isoformat() == creation.replace(hour=11, minute=55).isoformat()


@pytest.mark.documented("GUI 0481: the index of the current period")
def test_the_index_is_the_last_reading_before_the_demand() -> None:
    for one in asked(idx=True)["index"]:
        assert "2024-07-01T00:00" < one["dateLecture"] < "2024-07-01T12:03"
        assert len(one["classes"]) == 4
    of_the_day_before = asked(datetime(2024, 7, 1, 0, 1, tzinfo=PARIS), idx=True)["index"][0]
    assert of_the_day_before["dateLecture"].startswith("2024-06-30")


@pytest.mark.documented("GUI 0481: tariff parameters exist for consumption only")
def test_tariff_parameters_are_those_of_the_consumption() -> None:
    (parametres,) = asked(ptd=True)["parametresTarifaires"]
    assert parametres == {
        "puissanceSouscriteKw": 120,
        "calendrierDistributeur": "D",
        "heuresCreuses": None,
    }
