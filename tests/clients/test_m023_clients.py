"""MFI-GK, MFA-GK and ITC-GK of 26.1 by suds and lowatt-enedis, on the real contracts.

suds takes a root of a simple type for a wrapper and gives none of its text: the number of the case
is in the answer that it hands over as XML (`retxml`), as `lowatt-enedis` prints it by itself.
zeep, which gives the text, runs these cases with the other orders (`test_order_catalogue`).
"""

import re

import pytest
import suds
from lowatt_lines import command_line
from real_clients import run_lowatt_enedis, suds_client
from running_simulator import RunningSimulator

from sge_sim.clock import machine_now
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.homologation.jugement.evaluation import evaluate

pytestmark = pytest.mark.documented("catalogue 26.1, MFI-GK, MFA-GK and ITC-GK")

RELEASE = load_release("26.1")
CASES = [case for case in RELEASE.cas if case.package == "historique"]
ON_LARGE_POINTS = ("MFI-GK-R1@C2-C4", "MFA-GK-R1@C2-C4", "ITC-GK-R1@C2-C4")
NUMBER = re.compile(r"M0[0-9A-Z]{6}")


def hold(case: Cas, answer: AnswerTree | RefusRecu) -> None:
    """Assert that an answer is the one that the catalogue expects."""
    assert [each for each in evaluate(case.attendu, answer) if not each.reussi] == []
    if not isinstance(answer, RefusRecu):
        assert NUMBER.fullmatch(str(answer["texte"]))


def contexte_of(simulator: RunningSimulator) -> ContexteDeCas:
    today = machine_now().date()
    contrat = simulator.ready["contrat_id"]
    return ContexteDeCas(today, reperes_of_sge(simulator.login, contrat), RELEASE.decalage(today))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.cle)
def test_with_suds(simulator: RunningSimulator, case: Cas) -> None:
    asked = materialise(case, contexte_of(simulator))
    client = suds_client(simulator, f"/{case.service}/v{case.version}")
    client.set_options(retxml=True)
    (operation,) = [method.name for method in client.wsdl.services[0].ports[0].methods.values()]
    try:
        received = getattr(client.service, operation)(asked["donneesGenerales"], asked["demande"])
    except suds.WebFault as fault:
        received = fault.document.str().encode()
    hold(case, read_answer(received))


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.segment == "C5" or case.cle in ON_LARGE_POINTS],
    ids=lambda case: case.cle,
)
def test_with_lowatt_enedis(simulator: RunningSimulator, case: Cas) -> None:
    asked = materialise(case, contexte_of(simulator))
    line = command_line(case.service, case.version, asked)
    done = run_lowatt_enedis(simulator, *line)
    assert done.returncode == (1 if case.attendu.code else 0)
    hold(case, read_answer(done.stdout.encode()))
