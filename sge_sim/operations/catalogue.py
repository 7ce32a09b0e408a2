"""The catalogue: the test cases of the homologation, release by release."""

from typing import TYPE_CHECKING, Annotated, Any

from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.machine.late import late
from sge_sim.operations import Says, State, operation

if TYPE_CHECKING:
    from sge_sim.homologation.catalogue import french_text
else:
    french_text = late("sge_sim.homologation.catalogue.french_text")

Release = Annotated[str, Says("Version de SGE", "sge-26.1")]


@operation(
    "Les versions de SGE du catalogue, de la plus ancienne",
    "GET /catalogue",
    "catalog list --releases",
    place="GET /campaigns",
)
def list_releases(_state: State) -> dict[str, list[str]]:
    """Return the names of the releases."""
    return {"versions": french_text.view_releases()}


@operation(
    "Les cas d'une version, package par package",
    "GET /catalogue/{release}",
    "catalog list",
    key="cle",
    place="GET /campaigns",
)
def list_runs(_state: State, *, release: Release = DEFAULT_RELEASE) -> list[dict[str, Any]]:
    """Return the runs of a release."""
    return french_text.view_runs(release)


@operation(
    "Tout d'un cas (ADP-R1) ou d'une exécution (ADP-R1@C5)",
    "GET /catalogue/{release}/cas/{cas}",
    "catalog show CAS",
    key="cle",
    place="GET /campaigns",
)
def show(
    _state: State,
    *,
    cas: Annotated[str, Says("Cas, ou une de ses exécutions", "ADP-R1", completes="cases")],
    release: Release = DEFAULT_RELEASE,
) -> list[dict[str, Any]]:
    """Return the runs of a case."""
    return french_text.view_runs(release, cas)


@operation(
    "Ce qui change d'une version à une autre",
    "GET /catalogue/{avant}/vers/{apres}",
    "catalog diff AVANT APRES",
    place="GET /campaigns",
)
def compare(
    _state: State,
    *,
    avant: Annotated[str, Says("Version d'avant", "sge-23.2")],
    apres: Annotated[str, Says("Version d'après", "sge-26.1")],
) -> dict[str, Any]:
    """Return what a release changes of another."""
    return french_text.view_difference(avant, apres)
