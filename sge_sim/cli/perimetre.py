"""`sge-sim perimetre`: the contractual life of points, on a terminal."""

from typing import Any

from sge_sim.cli.declared import Shown, group_of


def _line(contrat: dict[str, Any]) -> str:
    return (
        f"{contrat['contrat_id']:<12}{contrat['fournisseur']}  {contrat['eic']}  depuis le "
        + str(contrat["debut"])
    )


perimetre = group_of(
    "perimetre",
    "Suivre les points d'un fournisseur : contrat GRD-F, affaires, événements contractuels.",
    {"list_contrats": Shown(_line, "Aucun contrat GRD-F n'est suivi.")},
)
