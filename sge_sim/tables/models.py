"""Every table, so that whoever needs the whole schema imports one module."""

from sqlalchemy.orm import configure_mappers

from sge_sim.tables import (
    acces,
    acteurs,
    anciens_etats,
    campaigns,
    clock,
    commandes,
    dataconnect,
    datahub,
    defauts,
    ecritures,
    flux,
    m023,
    mesures,
    pannes,
    perimetre,
    points,
)
from sge_sim.tables.base import Base as Base


def connect_tables() -> None:
    """Connect each table to those that it names, before a thread does it on its first query.

    SQLAlchemy gives up for good where it meets the name of one that another thread still loads.
    """
    configure_mappers()
