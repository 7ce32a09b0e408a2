"""Which services the platform served when, and who called those that end."""

from dataclasses import asdict
from typing import Any

from sge_sim.journal import Journal
from sge_sim.services.registry import EXISTENCES


def view_existences() -> list[dict[str, Any]]:
    """Return when each service was served."""
    return [{"service": name} | asdict(existence) for name, existence in EXISTENCES.items()]


def view_calls(journal: Journal) -> list[dict[str, Any]]:
    """Return what each actor has called of the services that end, and what replaces each."""
    ending = {
        name: existence for name, existence in EXISTENCES.items() if existence.jusqu_a is not None
    }
    return [
        calls._asdict()
        | {
            "jusqu_a": ending[calls.service].jusqu_a,
            "remplace_par": ending[calls.service].remplace_par,
            "source": ending[calls.service].source,
        }
        for calls in journal.count_calls(ending)
    ]
