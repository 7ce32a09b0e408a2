"""The paths of the services, by what they have in common for the checks."""

from typing import Final

ADP: Final = "/ConsultationDonneesTechniquesContractuelles/v1.0"
MESURES: Final = "/ConsultationMesures/v1.1"
CMD2: Final = "/ConsultationMesuresDetaillees/v2.0"
CMD3: Final = "/ConsultationMesuresDetaillees/v3.0"
RECHERCHE_POINT: Final = "/RecherchePoint/v2.0"
COLLECTE: Final = "/CommandeCollectePublicationMesures/v3.0"
ARRET: Final = "/CommandeArretServiceSouscritMesures/v1.0"
SOUSCRITS: Final = "/RechercheServicesSouscritsMesures/v1.0"
HISTORIQUE: Final = "/CommandeTransmissionHistoriqueMesures/v1.0"
INFRA_J: Final = "/CommandeTransmissionDonneesInfraJ/v1.0"
ACCES: Final = "/CommanderAccesDonneesMesures/v1.0"
SAD: Final = "/CommandeServicesAccesDonnees/v1.0"
MOSAD: Final = "/CommandeModificationOptionsServicesAccesDonnees/v1.0"
RSAD: Final = "/CommandeRenouvellementServicesAccesDonnees/v1.0"
ASAD: Final = "/CommandeArretServicesAccesDonnees/v1.0"
RSA: Final = "/RechercheServicesAccesDonnees/v1.0"

M023: Final = frozenset(
    {
        "/CommandeHistoriqueDonneesMesuresFines/v1.0",
        "/CommandeHistoriqueDonneesMesuresFacturantes/v1.0",
        "/CommandeInformationsTechniquesEtContractuelles/v1.0",
    }
)
DETAILLEES: Final = frozenset({CMD2, CMD3})
LISTES: Final = frozenset({SOUSCRITS, RSA})
"""What lists services souscrits."""
OUVRENT_UNE_AFFAIRE: Final = M023 | {COLLECTE, HISTORIQUE, INFRA_J, ACCES, SAD, RSAD, ASAD}
OUVRENT_UN_SERVICE: Final = frozenset({COLLECTE, SAD})
"""Each of their answers gives services that are new; that of access may prolong one."""
