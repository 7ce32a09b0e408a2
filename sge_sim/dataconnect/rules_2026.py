"""Why the interfaces of 2026 refuse."""

from typing import Final

from sge_sim.dataconnect.rest_rules import adam, rest, swagger

HORS_SWAGGER: Final = rest(
    "demande_hors_swagger",
    500,
    {"code": "500", "message": "Problème technique dans l'interrogation du SI coeur"},
    "500 mesuré en production, octobre 2026 ; corps non relevé",
    "assumed",
    "les paramètres du swagger, tous ceux qui sont obligatoires",
)
AVANT_MISE_EN_SERVICE: Final = adam(
    "avant_mise_en_service",
    "ADAM-ERR0123",
    "La demande ne peut pas aboutir, la période demandée est antérieure à la date de dernière "
    "mise en service du point.",
    "production, octobre 2026",
    "observed",
    "une période qui commence à la dernière mise en service du point, ou après",
)
PROFONDEUR: Final = adam(
    "trop_ancien",
    "ADAM-ERR0125",
    "La demande ne peut pas aboutir, la date de début est antérieure à la profondeur d'historique.",
    "code de la v5, texte non vu",
    "assumed",
    "36 mois et 15 jours au plus, 24 mois et 15 jours pour une courbe",
)
SEPT_JOURS: Final = adam(
    "plus_de_sept_jours",
    "ADAM-ERR0126",
    "La demande ne peut pas aboutir, la période demandée dépasse 7 jours pour une courbe de "
    "charge.",
    "code de la v5, texte non vu",
    "assumed",
    "sept jours de courbe au plus par appel",
)
FIN_FUTURE: Final = adam(
    "fin_apres_aujourd_hui",
    "Invalid_request",
    "La date de fin doit être antérieure ou égale à la date du jour.",
    "règle de la v5, texte non vu",
    "assumed",
    "une date de fin, exclue, au plus tard aujourd'hui",
)
SENS: Final = adam(
    "sens_de_la_mesure",
    "ADAM-ERR0069",
    "Le sens de la mesure ne correspond pas pour le PRM demandé",
    "constaté en v5, repris",
    "assumed",
    "la consommation d'un point qui soutire, la production d'un point qui injecte",
)
OPPOSITION: Final = adam(
    "client_oppose",
    "ADAM-ERR0075",
    "Le client s'est opposé à l'enregistrement de la courbe de charge.",
    "code de la v5, texte non vu",
    "assumed",
    "un point dont le client ne s'oppose pas à l'enregistrement de sa courbe",
)
NON_TITULAIRE: Final = swagger(
    "client_non_titulaire",
    403,
    "Le client n'est pas titulaire du point demandé",
    "un consentement en vigueur du titulaire actuel pour ce point",
)
NON_AUTORISE: Final = swagger(
    "client_non_autorise",
    403,
    "Le client n'est pas autorisé pour le point demandé",
    "un consentement en vigueur du titulaire actuel pour ce point",
)
SANS_MESURE: Final = swagger(
    "sans_mesure",
    404,
    "Pas de mesure trouvée pour ce point",
    "des jours mesurés, d'une courbe collectée ; ceux d'hier arrivent à 8 h",
)
PRM_INCONNU: Final = swagger("prm_inconnu", 404, "PRM non existant", "un PRM que SGE connaît")
SANS_SERVICE: Final = adam(
    "sans_service_souscrit",
    "Bad request",
    "Pas de services souscrits, le flux est stoppé.",
    "bac à sable de 2026 ; statut 400 supposé",
    "observed",
    "un PRM en service, ou 99999999999999 et 11111111111111",
)
