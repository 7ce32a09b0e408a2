import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flux_kit import JOUR
from publication_kit import C5, COURBE_C5, JOUR_1, Platform, at, new_platform, open_platform


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A production platform of one test, without orders."""
    made = new_platform(tmp_path / "etat")
    yield made
    made.close()


@pytest.fixture(scope="session")
def four_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a platform whose first four files are ready."""
    platform = new_platform(tmp_path_factory.mktemp("published"))
    platform.subscribe(C5, COURBE_C5)
    platform.catch_up(at(JOUR_1 + 5 * JOUR))
    assert len(platform.ready()) == 4
    platform.close()
    return platform.data_dir


@pytest.fixture
def published(four_files: Path, tmp_path: Path) -> Iterator[Platform]:
    """A platform of one test, whose first four files are ready."""
    platform = open_platform(shutil.copytree(four_files, tmp_path / "etat"))
    yield platform
    platform.close()
