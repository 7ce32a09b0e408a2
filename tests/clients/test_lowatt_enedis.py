"""The cases of 26.1 through an unmodified client of a market actor."""

import pytest
from real_clients import lowatt_enedis
from running_simulator import RunningSimulator

pytestmark = pytest.mark.documented("catalogue 26.1, packages as lowatt-enedis runs them")


@pytest.mark.parametrize("prm", ["98800004847471", "25946599093143"])
def test_adp_r1_and_r2(simulator: RunningSimulator, prm: str) -> None:
    authorised = lowatt_enedis(simulator, "technical", prm, "--autorisation")
    assert authorised.exit_code == 0
    assert "structureTarifaire" in authorised.answer["situationContractuelle"]
    filtered = lowatt_enedis(simulator, "technical", prm)
    assert filtered.exit_code == 0
    assert "situationContractuelle" not in filtered.answer
    assert "segment" not in filtered.answer["donneesGenerales"]


def test_adp_nr1(simulator: RunningSimulator) -> None:
    refused = lowatt_enedis(simulator, "technical", "99999999999999")
    assert (refused.exit_code, refused.code) == (1, "SGT401")
    assert refused.answer["errmsg"] == "Demande non recevable : point inexistant"


def test_rp_r1(simulator: RunningSimulator) -> None:
    found = lowatt_enedis(
        simulator,
        "search",
        *("--cp", "34650", "--insee", "34231", "--tension", "BTINF", "--categorie", "RES"),
    )
    assert found.exit_code == 0
    assert 0 < len(found.answer["point"]) < 200


@pytest.mark.parametrize(("name", "clients"), [("TEST", 1), ("TES", 2)])
def test_rp_r2_and_r3(simulator: RunningSimulator, name: str, clients: int) -> None:
    found = lowatt_enedis(
        simulator,
        "search",
        *("--cp", "84160", "--insee", "84042", "--voie", "1 RUE DE LA MER"),
        *("--nom", name, "--hp"),
    )
    assert found.exit_code == 0
    assert len(found.answer["point"]) == clients


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (("--cp", "84160", "--insee", "84042", "--categorie", "RES"), "SGT4F8"),
        (("--insee", "34231", "--voie", "1 RUE DE LA MER"), "SGT4F7"),
    ],
    ids=["RP-NR1", "RP-NR2"],
)
def test_rp_nr(simulator: RunningSimulator, criteria: tuple[str, ...], code: str) -> None:
    refused = lowatt_enedis(simulator, "search", *criteria)
    assert (refused.exit_code, refused.code) == (1, code)
