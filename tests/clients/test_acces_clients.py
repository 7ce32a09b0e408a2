"""The cases of access of 26.1 through zeep, suds and `lowatt-enedis`, unmodified."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import suds
import zeep
from in_process import served_in_process
from lowatt_lines import command_line
from real_clients import ZeepCaller, lowatt_enedis, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.clock import clock_starting_at, parse_instant
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.services.registry import SERVICES

RELEASE = load_release("26.1")
NOW = f"{RELEASE.reference}T10:00"
PATHS = {(each.nom, each.version): each.path for each in SERVICES}
CASES = [
    case
    for case in RELEASE.cas
    if case.package == "commande" and case.id != "ASS-R1" and not case.non_testable
]

pytestmark = pytest.mark.documented("catalogue 26.1: ACCES, SAD, ASAD, MOSAD, RSAD, RSA")
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.cle)


@dataclass
class Homologation:
    """A simulator at the date of the release, and the runner that prepares its cases."""

    simulator: RunningSimulator
    runner: Runner
    zeep: dict[str, ZeepCaller]
    suds: dict[str, Any]

    def prepared(self, case: Cas) -> tuple[str, dict[str, Any]]:
        """The path of a case, and the content of its request."""
        return PATHS[case.service, case.version], self.runner.prepared(case)


@pytest.fixture(scope="module")
def homologation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homologation]:
    folder = tmp_path_factory.mktemp("acces")
    with served_in_process(folder, "--now", NOW, "--strict", "--population-size", "0") as running:
        client = SgeClient(cible_of(running.ready))
        clock = clock_starting_at(parse_instant(NOW))
        yield Homologation(running, Runner(RELEASE, client, clock), {}, {})


@cases
def test_with_zeep(homologation: Homologation, case: Cas) -> None:
    path, demande = homologation.prepared(case)
    if path not in homologation.zeep:
        homologation.zeep[path] = ZeepCaller(homologation.simulator, path)
    code = None
    try:
        homologation.zeep[path](**demande)
    except zeep.exceptions.Fault as fault:
        code, _ = refusal_of(fault)
    assert code == case.attendu.code


def spelled(value: Any) -> Any:
    """Booleans as the schema spells them, which suds leaves to its user."""
    match value:
        case dict():
            return {name: spelled(each) for name, each in value.items()}
        case list():
            return [spelled(each) for each in value]
        case bool():
            return str(value).lower()
    return value


@cases
def test_with_suds(homologation: Homologation, case: Cas) -> None:
    path, demande = homologation.prepared(case)
    if path not in homologation.suds:
        homologation.suds[path] = suds_client(homologation.simulator, path)
    client = homologation.suds[path]
    (operation,) = [method.name for method in client.wsdl.services[0].ports[0].methods.values()]
    code = None
    try:
        getattr(client.service, operation)(**spelled(demande))
    except suds.WebFault as fault:
        code = fault.fault.detail.erreur.resultat._code
    assert code == case.attendu.code


@cases
def test_with_lowatt_enedis(homologation: Homologation, case: Cas) -> None:
    _, demande = homologation.prepared(case)
    line = command_line(case.service, case.version, demande)
    outcome = lowatt_enedis(homologation.simulator, *line)
    assert outcome.code == case.attendu.code
    assert outcome.exit_code == (0 if case.attendu.code is None else 1)
