"""Every simulated service, found by its folder: nothing lists them.

What others ask about a service (its codes, its package, the releases that serve it) it declares in
its `service.py`; the page of codes, the kit, the catalogue and the packages are read from here.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

import sge_sim.services
from sge_sim.errors import UsageError
from sge_sim.services.service import Service

FILES = ("demande", "rules", "service")
"""The modules that every folder of services has; it may have more."""


def find_services(package: ModuleType = sge_sim.services) -> tuple[Service, ...]:
    """Return the services that the folders of `package` define, by path.

    Raises `UsageError` for a folder that lacks a file or defines no service, and for two services
    on one path.
    """
    found: dict[str, Service] = {}
    for folder in iter_modules(package.__path__, f"{package.__name__}."):
        if folder.ispkg:
            for service in _defined(folder.name):
                if service.path in found:
                    raise UsageError(f"Deux services répondraient sur {service.path}.")
                found[service.path] = service
    return tuple(found[path] for path in sorted(found))


def _defined(folder: str) -> list[Service]:
    modules = {found.name for found in iter_modules(import_module(folder).__path__)}
    if missing := [name for name in FILES if name not in modules]:
        raise UsageError(
            f"Le dossier {folder.replace('.', '/')} n'a pas {', '.join(missing)} : tout service "
            f"a {', '.join(FILES)}."
        )
    module = import_module(f"{folder}.service")
    services = [member for member in vars(module).values() if isinstance(member, Service)]
    if not services:
        raise UsageError(f"{folder.replace('.', '/')}/service.py ne définit aucun service.")
    return services


SERVICES: Final = find_services()
BY_PATH: Final[Mapping[str, Service]] = {service.path: service for service in SERVICES}
