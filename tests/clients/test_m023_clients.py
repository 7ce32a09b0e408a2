"""MFI-GK, MFA-GK and ITC-GK of 26.1 by zeep, suds and lowatt-enedis, on the real contracts."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zeep
from real_clients import ZeepCaller, lowatt_enedis, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.clock import machine_now

pytestmark = pytest.mark.documented("catalogue 26.1, MFI-GK, MFA-GK and ITC-GK")

C5 = ["25150217034354", "25825036170379", "25999131613803", "50086054270348", "25262662681289"]
C2_C4 = [
    *("98800004935121", "98800001544168", "98800004938924", "98800006694381"),
    "98800001220186",
]
MFI = "/CommandeHistoriqueDonneesMesuresFines/v1.0"
MFA = "/CommandeHistoriqueDonneesMesuresFacturantes/v1.0"
ITC = "/CommandeInformationsTechniquesEtContractuelles/v1.0"
CASE = re.compile(r"M0[0-9A-Z]{6}")


def message(simulator: RunningSimulator, prms: list[str], **asked: Any) -> dict[str, Any]:
    """A demand of all its points, over a month that ended a while ago where days are asked."""
    today = machine_now().date()
    days = {"dateDebut": today - timedelta(60), "dateFin": today - timedelta(30)}
    # suds sends members in the order in which they are given.
    about = days if asked.pop("days", True) else {}
    return {
        "donneesGenerales": {
            "initiateurLogin": simulator.login,
            "contratId": simulator.ready["contrat_id"],
        },
        "demande": {
            "format": "JSON",
            "pointIds": {"pointId": prms},
            **{
                name: asked[name]
                for name in ("mesuresTypeCode", "mesuresCorrigees")
                if name in asked
            },
            **{name: asked.get(name, day) for name, day in about.items()},
            "sens": "SOUTIRAGE",
            "cadreAcces": "ACCORD_CLIENT",
        },
    }


@pytest.mark.parametrize("prms", [C5, C2_C4], ids=["C5", "C2-C4"])
def test_zeep(simulator: RunningSimulator, prms: list[str]) -> None:
    mfi = ZeepCaller(simulator, MFI)
    for type_ in ("ENERGIE", "COURBES", "PMAX", "INDEX"):
        asked = message(simulator, prms, mesuresTypeCode=type_, mesuresCorrigees=False)
        assert CASE.fullmatch(mfi(**asked))
    assert CASE.fullmatch(ZeepCaller(simulator, MFA)(**message(simulator, prms)))
    assert CASE.fullmatch(ZeepCaller(simulator, ITC)(**message(simulator, prms, days=False)))
    with pytest.raises(zeep.exceptions.Fault) as refused:
        mfi(**message(simulator, prms, mesuresTypeCode="COURBES", dateDebut="2020-01-01"))
    assert refusal_of(refused.value)[0] == "SGT4L8"
    assert refused.value.message == "Erreur Technique MFI"


def test_suds(simulator: RunningSimulator) -> None:
    asked = message(simulator, C5, mesuresTypeCode="INDEX")
    client = suds_client(simulator, MFI)
    answer = client.service.commandeHistoriqueDonneesMesuresFines(
        asked["donneesGenerales"], asked["demande"]
    )
    # suds takes a root of a simple type for a wrapper, and gives none of its text.
    assert answer is None
    assert CASE.search(client.last_received().str())


@pytest.mark.parametrize("prms", [C5, C2_C4], ids=["C5", "C2-C4"])
@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("cmdHistoFine", ("ENERGIE",)),
        ("cmdHistoFine", ("INDEX",)),
        ("cmdHistoFact", ()),
        ("cmdTechnical", ()),
    ],
)
def test_lowatt_enedis_is_answered(
    simulator: RunningSimulator,
    tmp_path: Path,
    prms: list[str],
    command: str,
    arguments: tuple[str, ...],
) -> None:
    done = lowatt_enedis(simulator, tmp_path, command, ",".join(prms), *arguments)
    assert done.exit_code == 0
    assert done.answer is None  # as in `test_suds`


@pytest.mark.parametrize(
    ("command", "arguments", "code"),
    [
        ("cmdHistoFine", ("COURBES", "--from", "2020-01-01"), "SGT4L8"),
        ("cmdHistoFine", ("INDEX", "--from", "2020-01-01"), "SGT4L8"),
        ("cmdHistoFact", ("--from", "2025-10-01", "--to", "2025-08-01"), "SGT4K4"),
    ],
    ids=["MFI-GK-NR1", "MFI-GK-NR2", "MFA-GK-NR1"],
)
def test_lowatt_enedis_is_refused(
    simulator: RunningSimulator,
    tmp_path: Path,
    command: str,
    arguments: tuple[str, ...],
    code: str,
) -> None:
    done = lowatt_enedis(simulator, tmp_path, command, ",".join(C5), *arguments)
    assert (done.exit_code, done.code) == (1, code)
