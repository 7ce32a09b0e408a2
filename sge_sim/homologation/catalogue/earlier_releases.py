"""What a release no longer has, and the last one that had it."""

from collections.abc import Iterator, Sequence

from sge_sim.domaine.ecarts_plateforme import rank_of_release
from sge_sim.homologation.catalogue.release import Release, list_releases, load_release


def last_with_case(release: Release, name: str) -> str | None:
    """Return the last release before `release` that has a case of that id or key."""
    before = _before(release)
    return next((each.nom for each in before if name in _names(each)), None)


def last_with_package(release: Release, package: str) -> str | None:
    """Return the last release before `release` that lists cases for a package."""
    return next((each.nom for each in _before(release) if package in each.packages), None)


def services_gone(release: Release, packages: Sequence[str] = ()) -> dict[str, str]:
    """Return the services that `release` has no case of any more, each with the last that had.

    Those of `packages` alone where any is given.
    """
    own = {case.service for case in release.cas}
    gone: dict[str, str] = {}
    for each in _before(release):
        for case in each.cas:
            if case.service not in own and (not packages or case.package in packages):
                gone.setdefault(case.service, each.nom)
    return gone


def _names(release: Release) -> set[str]:
    return {*release.ids, *(case.cle for case in release.cas)}


def _before(release: Release) -> Iterator[Release]:
    """Yield the releases before one, of its protocol, the newest first."""
    protocole = (release.protocole.nom,)
    rank = (rank_of_release(release.nom), release.nom)
    names = (name for name in list_releases(protocole) if (rank_of_release(name), name) < rank)
    for name in reversed(tuple(names)):
        yield load_release(name, protocole)
