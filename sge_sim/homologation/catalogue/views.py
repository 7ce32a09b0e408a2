"""The catalogue as values for JSON: releases, runs, differences."""

from dataclasses import asdict
from typing import Any

from sge_sim.homologation.catalogue.differences import diff
from sge_sim.homologation.catalogue.french_text import run_view
from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
from sge_sim.homologation.catalogue.release import list_releases, load_release


def view_releases() -> list[str]:
    """Return the names of the releases, of every protocol, oldest first."""
    return list(list_releases(PROTOCOLES))


def view_runs(release: str, cas: str | None = None) -> list[dict[str, Any]]:
    """Return the runs of a release, or those of a case (`ADP-R1`, `ADP-R1@C5`).

    Raises `UnknownError` for a release or a case that there isn't.
    """
    found = load_release(release, PROTOCOLES)
    return [run_view(run) for run in (found.cas if cas is None else found.find(cas))]


def view_difference(avant: str, apres: str) -> dict[str, Any]:
    """Return what a release changes of another; raises `UnknownError` for one that there isn't."""
    return asdict(diff(load_release(avant, PROTOCOLES), load_release(apres, PROTOCOLES)))
