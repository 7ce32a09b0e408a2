"""Every table, so that whoever needs the whole schema imports one module."""

from sge_sim.store.acteurs import Acteur, Certificat, Contrat, Habilitation, Utilisateur
from sge_sim.store.base import Base
from sge_sim.store.horloge import Horloge
from sge_sim.store.journal import Echange
from sge_sim.store.points import Commune, Compteur, Point

__all__ = [
    "Acteur",
    "Base",
    "Certificat",
    "Commune",
    "Compteur",
    "Contrat",
    "Echange",
    "Habilitation",
    "Horloge",
    "Point",
    "Utilisateur",
]
