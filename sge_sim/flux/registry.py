"""Every flux, found by its folder: nothing lists them."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union

import sge_sim.flux
from sge_sim.errors import UsageError
from sge_sim.flux.flux import CauseFlux, Flux, ParDemande, ParServiceAcces

C = TypeVar("C", bound=CauseFlux)


def find_flux(package: ModuleType = sge_sim.flux) -> tuple[Flux[Any], ...]:
    """Return the flux that the folders of `package` declare, in their order.

    Raises `UsageError` for a folder that declares none, and for two flux of one code.
    """
    found: dict[str, Flux[Any]] = {}
    for folder in iter_modules(package.__path__, f"{package.__name__}."):
        if folder.ispkg:
            for flux in _declared(folder.name):
                if flux.code in found:
                    raise UsageError(f"Deux flux s'appelleraient {flux.code}.")
                found[flux.code] = flux
    return tuple(sorted(found.values(), key=lambda flux: (flux.rang, flux.code)))


def _declared(folder: str) -> list[Flux[Any]]:
    place = f"{folder.replace('.', '/')}/flux.py"
    if "flux" not in {found.name for found in iter_modules(import_module(folder).__path__)}:
        raise UsageError(f"{place} manque : il déclare les flux du dossier.")
    module = import_module(f"{folder}.flux")
    declared = [member for member in vars(module).values() if isinstance(member, Flux)]
    if not declared:
        raise UsageError(f"{place} ne déclare aucun flux.")
    return declared


FLUX: Final = find_flux()
BY_CODE: Final = {flux.code: flux for flux in FLUX}


def flux_of(kind: type[C]) -> tuple[Flux[C], ...]:
    """Return the flux that causes of a kind bring about."""
    return tuple(flux for flux in FLUX if isinstance(flux.cause, kind))


def codes_of(*kinds: type[CauseFlux]) -> tuple[str, ...]:
    """Return the codes of the flux that causes of these kinds bring about."""
    return tuple(flux.code for flux in FLUX if isinstance(flux.cause, kinds))


_DEMANDES: Final = codes_of(ParDemande)
_DIFFUSES: Final = codes_of(ParServiceAcces)
_ANCIENS: Final = tuple(flux.code for flux in FLUX if flux.code not in {*_DEMANDES, *_DIFFUSES})
CODES: Final = (*_ANCIENS, *_DEMANDES, *_DIFFUSES)
"""The code of every flux, those of the former orders first."""

if TYPE_CHECKING:
    CodeConnu = str
    CodeDemande = str
else:
    CodeDemande = Literal[_DEMANDES]
    CodeConnu = Union[Literal[_ANCIENS], CodeDemande, Literal[_DIFFUSES]]  # noqa: UP007
"""The codes as a type that lists them: of every flux, and of those that a demand names."""
