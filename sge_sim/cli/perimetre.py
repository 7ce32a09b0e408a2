"""`sge-sim perimetre`: the contractual life of points, on a terminal."""

from sge_sim.cli.declared import Shown, group_of

perimetre = group_of(
    "perimetre",
    "Suivre les points d'un fournisseur : contrat GRD-F, affaires, événements contractuels.",
    {"list_contrats": Shown("{0[contrat_id]}  {0[acteur_code]}".format, "Aucun contrat suivi.")},
)
