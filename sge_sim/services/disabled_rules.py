"""Rules that a user has services pass over, to try a test harness: `--disabled-rules`.

A rule is given by its name where that means one rule, else as `Service/nom`: then it is passed over
by that service alone, in all of its versions.
"""

from collections.abc import Iterable, Mapping, Sequence

from sge_sim.errors import UsageError
from sge_sim.services.service import Service


def disabled_by_path(
    names: Iterable[str], services: Sequence[Service]
) -> Mapping[str, frozenset[str]]:
    """Return the names of the rules that each service passes over, by its path.

    Raises `UsageError` for a name that no rule has or that means several, for a service that
    doesn't exist, and for a rule without which its service has nothing to answer.
    """
    disabled: dict[str, set[str]] = {service.path: set() for service in services}
    for given in names:
        nom, _, rule_name = given.rpartition("/")
        for service in _services_that_have(given, nom, rule_name, services):
            disabled[service.path].add(rule_name)
    return {path: frozenset(found) for path, found in disabled.items()}


def _services_that_have(
    given: str, nom: str, rule_name: str, services: Sequence[Service]
) -> list[Service]:
    """Return the services of the name `nom`, all where it is empty, that have the rule."""
    if nom and nom not in {service.nom for service in services}:
        raise UsageError(f"« {given} » : aucun service ne s'appelle « {nom} ».")
    found = [
        (service, rule)
        for service in services
        if nom in ("", service.nom)
        for rule in service.controls
        if rule.name == rule_name
    ]
    rules = {rule for _, rule in found}
    if not rules:
        whose = f"de {nom}" if nom else "d'aucun service"
        raise UsageError(
            f"« {rule_name} » n'est la règle {whose} : docs/codes.md les nomme toutes."
        )
    if all(rule.indispensable for rule in rules):
        raise UsageError(
            f"« {given} » ne se désactive pas : sans cette règle, un service n'a rien à répondre."
        )
    if len(rules) > 1:
        *choices, last = sorted({f"{service.nom}/{rule_name}" for service, _ in found})
        raise UsageError(
            f"« {given} » nomme plusieurs règles : donner {', '.join(choices)} ou {last}."
        )
    return [service for service, _ in found]
