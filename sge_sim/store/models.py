"""Every table, so that whoever needs the whole schema imports one module."""

from sge_sim.store.acces import OptionPublication
from sge_sim.store.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.store.base import Base
from sge_sim.store.campagnes import Campagne, ObservationCampagne
from sge_sim.store.clock_row import ClockRow
from sge_sim.store.commandes import (
    Abonnement,
    Affaire,
    AutorisationClient,
    DemandeHistorique,
    DemandeInfraJ,
    Evenement,
    ServiceSouscrit,
)
from sge_sim.store.dataconnect import Application, ConsentementDonne, Partage
from sge_sim.store.datahub import (
    ApplicationDatahub,
    CompteDatahub,
    ContratDatahub,
    Habilitateur,
    Interlocuteur,
    TicketSpice,
)
from sge_sim.store.ecritures import Ecriture
from sge_sim.store.flux import Canal, FichierFlux, Publication
from sge_sim.store.jetons import JetonRevoque
from sge_sim.store.m023 import DemandeM023
from sge_sim.store.mesures import CalendrierDate, Collecte, Trou
from sge_sim.store.numeros import Numero
from sge_sim.store.pannes import PannePrevue
from sge_sim.store.points import Commune, Compteur, Point

__all__ = [
    "Abonnement",
    "Acteur",
    "Affaire",
    "Application",
    "ApplicationDatahub",
    "AutorisationClient",
    "Base",
    "CalendrierDate",
    "Campagne",
    "Canal",
    "Certificat",
    "ClockRow",
    "Collecte",
    "Commune",
    "CompteDatahub",
    "Compteur",
    "ConsentementDonne",
    "Contrat",
    "ContratDatahub",
    "DemandeHistorique",
    "DemandeInfraJ",
    "DemandeM023",
    "Ecriture",
    "Evenement",
    "FichierFlux",
    "Habilitateur",
    "Habilitation",
    "Interlocuteur",
    "JetonRevoque",
    "Numero",
    "ObservationCampagne",
    "OptionPublication",
    "PannePrevue",
    "Partage",
    "Point",
    "Publication",
    "ServiceSouscrit",
    "TicketSpice",
    "Trou",
    "Utilisateur",
]
