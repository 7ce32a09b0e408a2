"""What IFJ is."""

from typing import Final

from sge_sim.flux.flux import Flux, ParAffaire

IFJ: Final = Flux(
    "IFJ",
    ParAffaire("infra_j"),
    ecriture="sge_sim.flux.infra_j.ecriture",
    rang=6,
    ligne=(
        "CommandeTransmissionDonneesInfraJ",
        "C1-C4, P1-P3",
        "IFJ, **dans un format à nous**",
        "quand la commande est traitée",
    ),
)
