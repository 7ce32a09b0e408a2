"""Every table, so that whoever needs the whole schema imports one module."""

from sge_sim.store.acces import OptionPublication
from sge_sim.store.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.store.base import Base
from sge_sim.store.campagnes import Campagne, ObservationCampagne
from sge_sim.store.commandes import (
    Abonnement,
    Affaire,
    AutorisationClient,
    DemandeHistorique,
    DemandeInfraJ,
    Evenement,
    ServiceSouscrit,
)
from sge_sim.store.ecritures import Ecriture
from sge_sim.store.flux import Canal, FichierFlux, Publication
from sge_sim.store.horloge import Horloge
from sge_sim.store.mesures import CalendrierDate, Collecte, Trou
from sge_sim.store.numeros import Numero
from sge_sim.store.points import Commune, Compteur, Point

__all__ = [
    "Abonnement",
    "Acteur",
    "Affaire",
    "AutorisationClient",
    "Base",
    "CalendrierDate",
    "Campagne",
    "Canal",
    "Certificat",
    "Collecte",
    "Commune",
    "Compteur",
    "Contrat",
    "DemandeHistorique",
    "DemandeInfraJ",
    "Ecriture",
    "Evenement",
    "FichierFlux",
    "Habilitation",
    "Horloge",
    "Numero",
    "ObservationCampagne",
    "OptionPublication",
    "Point",
    "Publication",
    "ServiceSouscrit",
    "Trou",
    "Utilisateur",
]
