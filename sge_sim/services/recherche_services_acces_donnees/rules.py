"""The control table of RechercheServicesAccesDonnees (GUI 0537; codes of the former search)."""

from sge_sim.services.acces import (
    contrat_connu,
    contrat_de_l_acteur,
    utilisateur_connu,
    utilisateur_de_l_acteur,
)
from sge_sim.services.recherche_services_acces_donnees.demande import Recherche
from sge_sim.services.rule import Rule

RULES: tuple[Rule[Recherche], ...] = (
    utilisateur_connu,
    utilisateur_de_l_acteur,
    contrat_connu,
    contrat_de_l_acteur,
)
