"""What a user types to filter a list, brought to the spelling that is stored: any case will do."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sge_sim.errors import require_found
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import contract_files
from sge_sim.tables.dataconnect import APIS

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


def code_typed(typed: str | None) -> str | None:
    """Return a return code as it is written (SGT4F7); None for nothing typed.

    Raises `UnknownError` for a code that there isn't.
    """
    written = typed.strip() if typed else ""
    if not written or written.isdigit():  # a status of HTTP, which the door answers too
        return written or None
    from sge_sim.api.declarations import ALL_CODES  # it loads every service

    return require_found(
        written if written in ALL_CODES else chosen(written, ALL_CODES),
        f"« {written} » n'est pas un code retour : sge-sim codes list les donne, et /codes.",
        written,
    )


def service_typed(typed: str | None) -> str | None:
    """Return the name of a service as the journal keeps it; None for nothing typed."""
    return known_spelling(typed, service_names()) or None if typed else None


def service_names() -> list[str]:
    """Return the names of the services, those of Data Connect among them, sorted."""
    return sorted({*(service for _, service, _ in contract_files(data_path("wsdl"))), *APIS})
