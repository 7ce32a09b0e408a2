import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from door_cases import all_cases
from door_kit import Doors, database_of, register
from running_simulator import RunningSimulator, start_simulator

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import ENVIRONMENTS
from sge_sim.pki.trust import Pki, open_pki


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    pki = open_pki(folder / "homologation", now=machine_now(), public_roots=False)
    cases = all_cases(pki, folder)
    shutil.copytree(folder / "homologation" / "pki", folder / "production" / "pki")
    with ExitStack() as stack:
        simulators = {}
        for environnement in ENVIRONMENTS:
            simulators[environnement] = stack.enter_context(
                start_simulator(
                    folder / environnement,
                    *("--environment", environnement, "--population-size", "0"),
                    *("--authorities-dir", str(folder / "authorities")),
                )
            )
            database = database_of(folder / environnement)
            for presented in cases.values():
                for known, acteur in presented.registered.items():
                    register(database, known, presented, acteur)
            database.dispose()
        files = {
            case: presented.write(folder / f"{case}.pem") if presented.chain else None
            for case, presented in cases.items()
        }
        yield Doors(simulators, cases, files, folder / "authorities")


@pytest.fixture(scope="session")
def homologation(doors: Doors) -> RunningSimulator:
    return doors.simulators["homologation"]


@pytest.fixture(scope="session")
def pki_of_homologation(homologation: RunningSimulator) -> Pki:
    return open_pki(homologation.data_dir, now=machine_now(), public_roots=False)
