"""Which path of the listener leads to which interface of companies."""

import re
from typing import Final

from sge_sim.dataconnect.application import Route
from sge_sim.entreprises import contrats, mesures, perimetre
from sge_sim.entreprises.rules import CONTRATS, MESURES

ROUTES: Final = (
    Route(
        re.compile("/usage_point_id_perimeter/v1/usage_point_id"),
        ("POST",),
        perimetre.TITRE,
        "1",
        perimetre.answer_perimetre,
        texte=CONTRATS["requete_lisible"],
        panne=CONTRATS["erreur_technique"],
    ),
    Route(
        re.compile("/mesures/v2/metering_data/([a-z_]+)"),
        ("GET",),
        mesures.TITRE,
        "2",
        mesures.answer_ressource,
        texte=MESURES["texte_lisible"],
        panne=MESURES["probleme_technique"],
    ),
    *(
        Route(
            re.compile(f"/({nom})/v1/([^/]+)"),
            ("GET",),
            contexte.titre,
            "1",
            contrats.answer_contexte,
            texte=CONTRATS["requete_lisible"],
            panne=CONTRATS["erreur_technique"],
        )
        for nom, contexte in contrats.CONTEXTES.items()
    ),
)
"""The routes of companies, beside those of Data Connect."""
