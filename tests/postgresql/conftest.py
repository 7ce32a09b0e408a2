from collections.abc import Iterator

import pytest
from postgresql_kit import Cluster, own_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server that the tests may stop; it is running between them."""
    with own_cluster() as made:
        yield made
