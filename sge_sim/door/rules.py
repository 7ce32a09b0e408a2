"""The rules of the door, but for those of certificates (`sge_sim.pki`).

Their codes are the HTTP statuses that they refuse with, or the return code where a message of SOAP
is answered.
"""

from typing import Final

from sge_sim.refus import Rule

SERVICE: Final = "Porte"
"""What completes the names of these rules, and of those of certificates."""

PLATEFORME_OUVERTE: Final = Rule(
    "plateforme_ouverte",
    "503",
    "FAQ : heures des séances d'homologation ; ce que répond une plateforme fermée est supposé",
    "assumed",
    "un appel pendant les heures d'ouverture",
)
UTILISATEUR_AUTHENTIFIE: Final = Rule(
    "utilisateur_authentifie",
    "401",
    "RFC 7617 ; ce que la plateforme en vérifie n'est pas publié",
    "assumed",
    "le login d'un utilisateur de l'acteur et le mot de passe donné par « sge-sim acteurs "
    "mot-de-passe »",
)
CHEMIN_SERVI: Final = Rule(
    "chemin_servi",
    "404",
    "RFC 9110 §15.5.5",
    "assumed",
    "le chemin d'un service qui est servi ce jour-là",
)
METHODE_ADMISE: Final = Rule(
    "methode_admise",
    "405",
    "SOAP 1.1 §6 ; RFC 9110 §15.5.6",
    "assumed",
    "une demande par POST, ou GET …?wsdl pour le contrat",
)
CONTENU_ADMIS: Final = Rule(
    "contenu_admis",
    "415",
    "SOAP 1.1 §6 ; RFC 9110 §15.5.16",
    "assumed",
    "Content-Type text/xml ou application/soap+xml",
)
UN_APPEL_PAR_SECONDE: Final = Rule(
    "un_appel_par_seconde",
    "429",
    "les clients s'en tiennent à un appel ; ce que SGE répond au-delà n'est pas publié",
    "assumed",
    "un appel par seconde et par service",
)
PLAFOND_DU_SERVICE: Final = Rule(
    "plafond_du_service",
    "SGT506",
    "le guide du service donne le plafond ; code supposé",
    "assumed",
    "une demande dans une autre seconde",
)
SERVICE_SERVI: Final = Rule(
    "service_servi",
    "SGT506",
    "planning d'Enedis des générations ; code supposé",
    "assumed",
    "un service qui est servi ce jour-là",
)
