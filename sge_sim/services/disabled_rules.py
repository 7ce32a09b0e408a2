"""Rules that a user has services pass over, to try a test harness: `--disabled-rules`.

A rule is given by its whole name, `Service/nom`: it is passed over by that service, in all of its
versions.
"""

from collections.abc import Iterable, Mapping, Sequence

from sge_sim.errors import UsageError
from sge_sim.services.service import Service


def disabled_by_path(
    names: Iterable[str], services: Sequence[Service]
) -> Mapping[str, frozenset[str]]:
    """Return what each service passes over, by its path: rules as its table calls them.

    Raises `UsageError` for a name that no rule has, and for a rule without which its service has
    nothing to answer.
    """
    disabled: dict[str, set[str]] = {service.path: set() for service in services}
    for name in names:
        found = [
            (service, rule)
            for service in services
            for rule in service.controls
            if rule.of(service.nom).name == name
        ]
        if not found:
            raise UsageError(
                f"« {name} » n'est la règle d'aucun service : {_nearest(name, services)}."
            )
        for service, rule in found:
            if rule.indispensable:
                raise UsageError(
                    f"« {name} » ne se désactive pas : sans cette règle, {service.nom} n'a rien à "
                    "répondre."
                )
            disabled[service.path].add(rule.name)
    return {path: frozenset(found) for path, found in disabled.items()}


def _nearest(name: str, services: Sequence[Service]) -> str:
    """Return the whole names that end like `name`, in French; where to read all, if none does."""
    wanted = name.rpartition("/")[2]
    found = sorted(
        {
            rule.of(service.nom).name
            for service in services
            for rule in service.controls
            if rule.name == wanted
        }
    )
    return f"donner {' ou '.join(found)}" if found else "docs/codes.md les nomme toutes"
