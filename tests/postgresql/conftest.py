from collections.abc import Iterator

import pytest
from postgresql_kit import Cluster, new_database, own_cluster


@pytest.fixture(scope="module")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of a module's own."""
    with new_database(request.module.__name__) as url:
        yield url


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server that the tests may stop; it is running between them."""
    with own_cluster() as made:
        yield made
