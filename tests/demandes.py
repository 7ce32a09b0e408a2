"""Demands that tests of several rooms send."""

from datetime import date
from typing import Any

CDC = "/ConsultationDonneesTechniquesContractuelles/v1.0"
COLLECTE = "/CommandeCollectePublicationMesures/v3.0"
NAMESPACE = "http://www.enedis.fr/sge/b2b/services/consulterdonneestechniquescontractuelles/v1.0"


def fiche(login: str, prm: str, *, accord: bool = True) -> bytes:
    """The message that asks for the data sheet of a point."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\n'
        f'<c:consulterDonneesTechniquesContractuelles xmlns:c="{NAMESPACE}">\n'
        f"<pointId>{prm}</pointId><loginUtilisateur>{login}</loginUtilisateur>"
        f"<autorisationClient>{str(accord).lower()}</autorisationClient>"
        "</c:consulterDonneesTechniquesContractuelles></s:Body></s:Envelope>"
    ).encode()


def recherche(login: str, siret: str = "00040477212266") -> str:
    """The message that searches the point of a company."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<r:rechercherPoint xmlns:r="http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0">'
        f"<criteres><numSiret>{siret}</numSiret></criteres>"
        f"<loginUtilisateur>{login}</loginUtilisateur>"
        "</r:rechercherPoint></s:Body></s:Envelope>"
    )


def collecte_quotidienne(
    prm: str, login: str, contrat: str, debut: date, fin: date, nom: str = "ROCHE"
) -> dict[str, Any]:
    """The order of a curve that is transmitted daily."""
    general = {
        "objetCode": "AME",
        "pointId": prm,
        "initiateurLogin": login,
        "contratId": contrat,
    }
    acces = courbe_quotidienne(debut, fin, nom)
    return {"demande": {"donneesGenerales": general, "accesMesures": acces}}


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
