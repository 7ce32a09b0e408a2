"""Demands that tests of several rooms send."""

from datetime import date
from typing import Any


def courbe_quotidienne(debut: date, fin: date, nom: str = "ROCHE") -> dict[str, Any]:
    """The `accesMesures` of a curve of a C5 transmitted daily, its customer having agreed."""
    return {
        "dateDebut": debut,
        "dateFin": fin,
        "declarationAccordClient": {
            "accord": True,
            "personnePhysique": {"civilite": "M", "nom": nom},
        },
        "mesuresTypeCode": "CDC",
        "soutirage": True,
        "injection": False,
        "mesuresPas": "PT30M",
        "mesuresCorrigees": False,
        "transmissionRecurrente": True,
        "periodiciteTransmission": "P1D",
    }
