"""What a user types to filter a list, brought to the spelling that is stored: any case will do."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sge_sim.machine.files import data_path
from sge_sim.soap.contract import contract_files
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.entreprises import TITRES

S = TypeVar("S", bound=str)


def known_spelling(typed: str, known: Iterable[str]) -> str:
    """Return the one of `known` that differs from `typed` by its case alone; `typed` if none does.

    >>> known_spelling("r4X", ("R50", "R4x"))
    'R4x'
    """
    lowered = typed.strip().lower()
    return next((word for word in known if word.lower() == lowered), typed.strip())


def chosen(typed: str, known: Sequence[S]) -> S | None:
    """Return the one of `known` that is typed, None for anything else."""
    spelt = known_spelling(typed, known)
    return next((word for word in known if word == spelt), None)


def service_typed(typed: str | None) -> str | None:
    """Return the name of a service as the journal keeps it; None for nothing typed."""
    return known_spelling(typed, service_names()) or None if typed else None


def service_names() -> list[str]:
    """Return the names of the services, those of Data Connect among them, sorted."""
    soap = (service for _, service, _ in contract_files(data_path("wsdl")))
    return sorted({*soap, *APIS, *TITRES})
