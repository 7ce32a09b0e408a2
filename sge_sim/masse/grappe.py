"""Work that a Dask cluster shares: its workers read the database by themselves.

Wants distributed, which nothing else does. A worker that is lost is Dask's to replace: what it did
is done again by another, and comes to the same.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Final, Self, TypeVar

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from sge_sim import __version__
from sge_sim.errors import UsageError
from sge_sim.flux.parallele import Job, in_order, run_at, url_of
from sge_sim.tables.points import first_small_points

T = TypeVar("T")

_ADDRESS: Final = re.compile(r"(?:(?:tcp|tls)://)?[^\s/:]+:\d+|(?:tcp|tls)://\[[^\s\]]+\]:\d+")
_PATIENCE_SECONDS: Final = 5
_RETRIES: Final = 3
"""How often a job is done again that raised: a database may stop for a while."""
_JOBS_PER_THREAD: Final = 2
_POINTS_COMPARED: Final = 1000


class Grappe:
    """The workers of a Dask cluster, by the address of its scheduler.

    `partitions` jobs are given to them at once, or two for each of their threads; `packages` they
    need beside ours. The `with` begins by a look at each of them: it raises `UsageError` where one
    can't do the work, or would do it otherwise than this process.
    """

    def __init__(
        self,
        address: str,
        session: Session,
        partitions: int | None = None,
        packages: Sequence[str] = (),
    ) -> None:
        self._address = address
        self._session = session
        self._partitions = partitions
        self._packages = packages

    def __enter__(self) -> Self:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise UsageError(
                "Le paquet distributed manque : pip install 'sge-sim[dask]'."
            ) from None
        if _ADDRESS.fullmatch(self._address) is None:
            raise self._refusal(
                "ce n'est pas l'adresse d'un ordonnanceur, comme tcp://machine:8786"
            )
        try:
            self._client = Client(self._address, timeout=_PATIENCE_SECONDS, set_as_default=False)
        except OSError as error:
            raise self._refusal(
                f"aucun ordonnanceur Dask n'y répond ({_line(error)}) ; en lancer un par dask "
                "scheduler, ou donner l'adresse du sien"
            ) from None
        try:
            self._partitions = self._partitions or self._checked_threads() * _JOBS_PER_THREAD
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def share(self, session: Session, work: Callable[..., T], jobs: Iterable[Job]) -> Iterator[T]:
        """Share work out as `Equipe.share` does; raises `UsageError` where the cluster is lost
        before the end."""
        from distributed import CancelledError, KilledWorker

        assert self._partitions is not None, "the `with` has begun"
        url = url_of(session)
        try:
            yield from in_order(
                lambda job: self._client.submit(
                    run_at, url, work, job, pure=False, retries=_RETRIES
                ),
                jobs,
                self._partitions,
            )
        except (CancelledError, KilledWorker, OSError) as error:
            raise self._refusal(f"la grappe s'est perdue en route ({_line(error)})") from error

    def _checked_threads(self) -> int:
        """Look at each worker; return how many threads they have."""
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise self._refusal("la grappe n'a aucun travailleur ; en lancer par dask worker")
        url = url_of(self._session)
        ours = _means(url, self._packages)
        theirs = self._client.run(_means, url, self._packages, on_error="return")
        for worker, found in theirs.items():
            if isinstance(found, Exception):
                raise self._refusal(f"le travailleur {worker} ne peut rien faire : {_line(found)}")
            for what, mine in ours.items():
                if mine != found[what]:
                    raise self._refusal(
                        f"le travailleur {worker} n'a pas le même {what} que cette machine : "
                        f"{found[what]}, et {mine} ici"
                    )
        return sum(worker["nthreads"] for worker in workers.values())

    def _refusal(self, why: str) -> UsageError:
        return UsageError(f"--dask {self._address} : {why}.")


def _means(url: str, packages: Sequence[str]) -> dict[str, str]:
    """Return the versions and the state on which files depend; raises where one is missing."""
    path = make_url(url)
    if path.get_backend_name() == "sqlite" and not Path(path.database or "").is_file():
        raise UsageError(f"{path.database} n'est pas sur sa machine, où PostgreSQL se lirait")
    return {
        "état": run_at(url, _first_points, ()),
        "sge-sim": __version__,
        "Python": python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{package: version(package) for package in ("numpy", *packages)},
    }


def _first_points(session: Session) -> str:
    """Describe a database by its first points, which tells it from another at little cost."""
    prms = first_small_points(session, _POINTS_COMPARED)
    return f"{len(prms)} points de {prms[0]} à {prms[-1]}" if prms else "aucun point"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
