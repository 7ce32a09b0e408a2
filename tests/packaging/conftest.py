"""What `make executable` and its neighbours left in dist/, laid into roots of their own."""

import os
import subprocess
from pathlib import Path

import pytest
from bare_root import BareRoot, make_bare_root
from dist_files import built


@pytest.fixture(scope="session")
def debian() -> Path:
    """The root of bookworm in which the executable was built."""
    return Path(os.environ["ROOTS"]) / "bookworm"


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory, debian: Path) -> BareRoot:
    """A root of glibc alone, with the executable of its archive."""
    folder = make_bare_root(tmp_path_factory.mktemp("bare"), debian)
    (folder / "opt").mkdir()
    archive = built("sge-sim-*-linux-x86_64.tar.gz")
    subprocess.run(["tar", "-C", folder / "opt", "-xf", archive], check=True)
    return BareRoot(folder, ("/opt/sge-sim/sge-sim",))
