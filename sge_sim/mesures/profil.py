"""What lives behind a meter."""

from enum import StrEnum


class ProfilConsommation(StrEnum):
    """What lives behind the meter (assumed: no document describes consumptions)."""

    RESIDENTIEL = "residentiel"
    PROFESSIONNEL = "professionnel"
    TERTIAIRE = "tertiaire"
    INDUSTRIEL = "industriel"
    PRODUCTION = "production"
    AUCUN = "aucun"
