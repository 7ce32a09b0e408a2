"""What the services declare, without what they work with: kept beside the program."""

from collections.abc import Mapping
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Final

from sge_sim.domaine.plateformes import Existence
from sge_sim.machine.mapped import digest_of, read_mapped, write_mapped
from sge_sim.machine.once import computed_once
from sge_sim.services.declaration import DeclaredService
from sge_sim.soap.codes import LIBELLES_CODES

DECLARED_FILE: Final = Path(__file__).with_name("__pycache__") / "services.declared"
"""Where they are kept, as bytecode is: read from the services again when the program changes."""
_ROOMS: Final = ("services", "services/[!_]*", "commandes", "domaine", "soap")


@computed_once()
def declared_services() -> Mapping[str, DeclaredService]:
    """Return what every service declares, by its path, in the order of the registry."""
    # A package that is distributed has bytecode alone, where the sources were.
    files = (Path(__file__).parents[1].glob(f"{room}/*.py*") for room in _ROOMS)
    key = digest_of(chain.from_iterable(files))
    found: Mapping[str, DeclaredService] | None = read_mapped(DECLARED_FILE, key)
    if found is None:
        from sge_sim.services.registry import BY_PATH

        names = [each.name for each in fields(DeclaredService)]
        found = {
            path: DeclaredService(**{name: getattr(service, name) for name in names})
            for path, service in BY_PATH.items()
        }
        write_mapped(DECLARED_FILE, key, found)
    return found


def existences() -> Mapping[str, Existence]:
    """Return when the services were served that weren't always, by their names."""
    return {each.nom: each.existence for each in declared_services().values() if each.existence}


@computed_once()
def return_codes() -> Mapping[str, str]:
    """Return every return code and its label, those of the annex before those of services."""
    own = (each.libelles.items() for each in declared_services().values())
    return {**LIBELLES_CODES, **dict(chain.from_iterable(own))}
