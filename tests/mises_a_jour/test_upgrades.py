"""A version after another: the state is opened by the next, or refused with what to do.

The earlier versions are commits of this clone: the oldest whose tables are those of today, and the
newest of another schema. `make test-mises-a-jour` runs this.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from demandes import CDC, fiche
from postgresql_kit import Cluster, own_cluster
from running_simulator import RunningSimulator
from versions import Version, earlier_version, this_version
from waiting import eventually

from sge_sim.schema.data_folder import SCHEMA

pytestmark = pytest.mark.mises_a_jour

C5 = "25946599093143"
DIST = Path(os.environ.get("SGE_SIM_DIST", "dist")).resolve()


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """An earlier version whose state is as today's."""
    return earlier_version(tmp_path_factory.mktemp("same") / "tree", same_schema=True)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """The version before the last change of the schema."""
    return earlier_version(tmp_path_factory.mktemp("other") / "tree", same_schema=False)


def points_known(simulator: RunningSimulator) -> bool:
    answer = simulator.post(CDC, fiche(simulator.login, C5))
    return (answer.status_code, C5 in answer.text) == (200, True)


def import_a_point(version: Version, folder: Path) -> str:
    """Import the two points of the model, as a user does; return the number of the first."""
    model = folder.with_suffix(".csv")
    model.write_text(version.printed("points", "modele"), "utf-8")
    version.printed("points", "import", str(model), "--data-dir", str(folder))
    prm = re.search(r"^\d{14}", model.read_text("utf-8"), re.M)
    assert prm is not None
    return prm[0]


def test_the_next_version_opens_the_state_of_the_same_schema(same: Version, tmp_path: Path) -> None:
    """And the earlier one opens it again: going back costs nothing either."""
    new, folder = this_version(), tmp_path / "state"
    with same.serving(folder) as simulator:
        authority = Path(simulator.ready["ca_file"]).read_bytes()
        certificate = Path(simulator.ready["client_cert"]).read_bytes()
        assert points_known(simulator)
        prm = import_a_point(same, folder)
    for version in (new, same, new):
        with version.serving(folder) as simulator:
            assert Path(simulator.ready["ca_file"]).read_bytes() == authority
            assert Path(simulator.ready["client_cert"]).read_bytes() == certificate
            assert points_known(simulator)
            assert prm in version.printed("points", "export", "--data-dir", str(folder))
    listed = new.printed("journal", "list", "--data-dir", str(folder))
    assert listed.count("SGT200") == 4, "the calls before the upgrade are in the journal"


def test_the_state_of_another_schema_is_refused_by_a_sentence_that_can_be_followed(
    other: Version, tmp_path: Path
) -> None:
    new, old, fresh = this_version(), tmp_path / "old", tmp_path / "fresh"
    with other.serving(old) as simulator:
        prm = import_a_point(other, old)
        assert points_known(simulator)
    before = {path: path.read_bytes() for path in old.rglob("*.pem")}
    refused = new.run("serve", "--data-dir", str(old), "--port", "0", "--admin-port", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    (sentence,) = refused.stderr.splitlines()
    assert f"celle-ci lit le schéma {SCHEMA}" in sentence
    assert "machines" not in sentence, "a folder is of one machine"
    assert {path: path.read_bytes() for path in old.rglob("*.pem")} == before
    with new.serving(fresh) as simulator:
        for number, option in enumerate((("--acteurs",), (), ("--mesures",))):
            file = tmp_path / f"{number}.csv"
            words = ("points", "export", *option, "--data-dir", str(old), "--sortie", str(file))
            other.printed(*words)
            done = new.run("points", "import", str(file), "--data-dir", str(fresh))
            assert done.returncode == 0, (option, done.stderr)
        assert prm in new.printed("points", "export", "--data-dir", str(fresh))
        assert points_known(simulator)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with own_cluster() as made:
        yield made


def wait_for_calls(simulator: RunningSimulator, calls: int) -> None:
    """Wait until the journal, which each machine shows, has as many calls that were answered."""

    def counted() -> bool:
        listed = requests.get(f"{simulator.home}/api/journal?limit=1000", timeout=60).json()
        return sum(echange["code"] == "SGT200" for echange in listed) == calls

    eventually(counted, 30)


def test_machines_of_one_schema_are_replaced_one_by_one(
    same: Version, cluster: Cluster, tmp_path: Path
) -> None:
    """Both serve at every moment but while one is replaced, and one journal has all calls."""
    new, calls = this_version(), 0
    folders = tmp_path / "first", tmp_path / "second"
    shared = ("--database-url", cluster.new_database("replaced"))
    key = ("--cle-plateforme", str(folders[0] / "plateforme.cle"))
    serving = [ExitStack(), ExitStack()]
    with serving[0], serving[1]:
        left = [
            stack.enter_context(same.serving(folder, *shared, *given))
            for stack, folder, given in zip(serving, folders, ((), key), strict=True)
        ]
        for rank in (0, 1):
            serving[rank].close()
            assert points_known(left[1 - rank]), "the other serves meanwhile"
            left[rank] = serving[rank].enter_context(new.serving(folders[rank], *shared))
            assert all(map(points_known, left))
            calls += 3
            for simulator in left:
                wait_for_calls(simulator, calls)


def test_machines_of_another_schema_are_stopped_first_and_the_sentence_says_so(
    other: Version, cluster: Cluster, tmp_path: Path
) -> None:
    shared = ("--database-url", cluster.new_database("refused"))
    with other.serving(tmp_path / "first", *shared) as left:
        asked = ("serve", "--data-dir", str(tmp_path / "second"), "--port", "0")
        key = ("--cle-plateforme", str(tmp_path / "first" / "plateforme.cle"))
        refused = this_version().run(*asked, "--admin-port", "0", *shared, *key)
        assert refused.returncode == 2
        (sentence,) = refused.stderr.splitlines()
        assert f"celle-ci lit le schéma {SCHEMA}" in sentence
        assert "arrêter toutes les machines qui la partagent, en exporter" in sentence
        assert points_known(left), "what serves goes on serving"


@pytest.mark.packaging
def test_an_executable_stands_beside_an_older_one(same: Version, tmp_path: Path) -> None:
    """Two folders, one state: either serves it, and neither changes the other.

    The older one is that of `make executable`, with the modules of the earlier version.
    """
    executable = DIST / "sge-sim"
    assert executable.is_dir(), "make executable first"
    older = tmp_path / "older"
    subprocess.run(["cp", "-a", executable, older], check=True)
    modules = older / "lib" / "python3" / "dist-packages" / "sge_sim"
    data = modules / "_data"
    shutil.rmtree(modules)
    shutil.copytree(same.tree / "sge_sim", modules)
    for name in ("wsdl", "catalog", "certs"):
        shutil.copytree(same.tree / name, data / name)
    files = {path: path.stat().st_mtime_ns for path in executable.rglob("*")}
    versions = [Version((str(folder / "sge-sim"),), tmp_path) for folder in (older, executable)]
    for version in (*versions, *versions):
        with version.serving(tmp_path / "state") as simulator:
            assert points_known(simulator)
    listed = versions[1].printed("journal", "list", "--data-dir", str(tmp_path / "state"))
    assert listed.count("SGT200") == 4
    assert {path: path.stat().st_mtime_ns for path in executable.rglob("*")} == files
