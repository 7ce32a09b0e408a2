"""What the tests of the store put in a database."""

from collections.abc import Callable

ROMIGUIERES = {"code_postal": "34650", "code_insee": "34231"}

A_POINT = {
    **ROMIGUIERES,
    "commune": "ROMIGUIERES",
    "segment": "C5",
    "etat_contractuel": "SERVC",
    "etat_alimentation": "ALIM",
    "domaine_tension": "BTINF",
    "teleoperable": True,
    "contrat_soutirage": True,
    "contrat_injection": False,
    "provisoire": False,
    "groupement_turpe": False,
    "opposition_courbe": False,
    "graine": 1,
}

AddPoint = Callable[..., str]
"""Inserts a C5 point in service, changed by its arguments, and returns its PRM."""
