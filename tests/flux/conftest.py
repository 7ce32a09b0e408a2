import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from publication_kit import Platform, new_platform


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A production platform of one test, without orders."""
    made = new_platform(tmp_path / "etat")
    yield made
    made.database.dispose()
