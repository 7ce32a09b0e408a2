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


def mesures_detaillees(
    login: str, prm: str, type: str, grandeur: str, debut: date, fin: date, **changes: Any
) -> dict[str, Any]:
    """The members of a consultation of ConsultationMesuresDetaillees v3.0."""
    return {
        "demande": {
            "initiateurLogin": login,
            "pointId": prm,
            "mesuresTypeCode": type,
            "grandeurPhysique": grandeur,
            "dateDebut": debut,
            "dateFin": fin,
            "mesuresCorrigees": False,
            "sens": "SOUTIRAGE",
            "cadreAcces": "ACCORD_CLIENT",
            **changes,
        }
    }
