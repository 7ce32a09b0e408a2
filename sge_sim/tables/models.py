"""Every table, so that whoever needs the whole schema imports one module."""

from sqlalchemy.orm import configure_mappers

from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.tables.anciens_etats import AncienEtat
from sge_sim.tables.base import Base
from sge_sim.tables.campaigns import Campaign, CampaignObservation
from sge_sim.tables.clock import ClockRow
from sge_sim.tables.commandes import (
    Abonnement,
    Affaire,
    AutorisationClient,
    DemandeHistorique,
    DemandeInfraJ,
    Evenement,
    ServiceSouscrit,
)
from sge_sim.tables.dataconnect import Application, ConsentementDonne, Partage, RevokedToken
from sge_sim.tables.datahub import (
    ApplicationDatahub,
    CompteDatahub,
    ContratDatahub,
    Habilitateur,
    Interlocuteur,
    TicketSpice,
)
from sge_sim.tables.ecritures import Ecriture, Numero, Schema
from sge_sim.tables.flux import Canal, FichierFlux, Publication
from sge_sim.tables.m023 import DemandeM023
from sge_sim.tables.mesures import (
    CalendrierDate,
    Collecte,
    MesureDonnee,
    Rectification,
    RelevePonctuel,
    Trou,
)
from sge_sim.tables.pannes import PannePrevue
from sge_sim.tables.points import Apport, Commune, Compteur, Point

__all__ = [
    "Abonnement",
    "Acteur",
    "Affaire",
    "AncienEtat",
    "Application",
    "ApplicationDatahub",
    "Apport",
    "AutorisationClient",
    "Base",
    "CalendrierDate",
    "Campaign",
    "CampaignObservation",
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
    "MesureDonnee",
    "Numero",
    "OptionPublication",
    "PannePrevue",
    "Partage",
    "Point",
    "Publication",
    "Rectification",
    "RelevePonctuel",
    "RevokedToken",
    "Schema",
    "ServiceSouscrit",
    "TicketSpice",
    "Trou",
    "Utilisateur",
    "connect_tables",
]


def connect_tables() -> None:
    """Connect each table to those that it names, before a thread does it on its first query.

    SQLAlchemy gives up for good where it meets the name of one that another thread still loads.
    """
    configure_mappers()
