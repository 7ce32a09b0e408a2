"""Modules that are loaded once something of them is asked for.

A module that a light command reads names there what only its functions need:

    if TYPE_CHECKING:
        from sge_sim.datahub import portail
    else:
        portail = late("sge_sim.datahub.portail")
"""

from importlib import import_module
from typing import Any


class _Late:
    """Stands for a module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def late(name: str) -> Any:
    """Return what stands for a module, which its first attribute loads."""
    return _Late(name)
