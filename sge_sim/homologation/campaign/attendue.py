"""The request that a case waits for, as a message to be copied, and which exchange came nearest."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.campaign.matching import Observation, with_any_value
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release

if TYPE_CHECKING:
    from sge_sim.homologation.client.sge_client import SgeClient


def expected_request(client: "SgeClient", release: Release, case: Cas, today: date) -> str:
    """Return the SOAP message of a case on `today` (simulated legal date), as `client` writes it.

    A value that the case takes from another answer stands as `{libre}`. Raises `UsageError` for
    what zeep can't write.
    """
    contexte = ContexteDeCas(today, client.reperes, release.decalage(today))
    admitted = replace(case, requete=with_any_value(case.requete))
    return client.written(case.service, case.version, materialise(admitted, contexte))


def nearest(observations: tuple[Observation, ...], cle: str) -> Observation | None:
    """Return the last exchange that ticked a case, else the one that missed it by least."""
    about = [each for each in observations if cle in each.cas]
    ticked = [each for each in about if each.issue == "coché"]
    if ticked:
        return ticked[-1]
    judged = [each for each in about if each.issue in ("non conforme", "perturbé")]
    if judged:
        return judged[-1]
    # The last of those that differ least.
    return min(reversed(about), key=lambda each: len(each.champs), default=None)
