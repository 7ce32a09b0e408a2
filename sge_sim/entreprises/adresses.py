"""Which path of the listener leads to which interface of companies."""

import re
from functools import partial
from typing import Final

from sge_sim.dataconnect.application import Route
from sge_sim.entreprises import contrats, infra_j, mesures, perimetre
from sge_sim.entreprises.ordres import answer_demande, answer_publication
from sge_sim.entreprises.rules import CONTRATS, DEMANDES, INFRA_J, MESURES, ORDRES
from sge_sim.tables.entreprises import DE_CONTRAT, TITRES

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
    Route(
        re.compile("/mesure_synchrone_auto/v1/metering_data/([a-z_]+)"),
        ("GET",),
        mesures.TITRE_AUTORISE,
        "1",
        partial(mesures.answer_ressource, titre=mesures.TITRE_AUTORISE),
        texte=MESURES["texte_lisible"],
        panne=MESURES["probleme_technique"],
    ),
    *(
        Route(
            re.compile(f"/{TITRES[titre]}"),
            ("POST",),
            titre,
            "1",
            partial(answer_demande if titre in DE_CONTRAT else answer_publication, titre=titre),
            texte=DEMANDES["requete_de_demande"] if titre in DE_CONTRAT else ORDRES["requete_json"],
            panne=DEMANDES["erreur_de_demande"] if titre in DE_CONTRAT else ORDRES["panne_muette"],
        )
        for titre in (*DE_CONTRAT, "mesure_asynchrone", "mesure_asynchrone_autorisee")
    ),
    Route(
        re.compile(f"/{TITRES[infra_j.TITRE]}?"),
        ("POST",),
        infra_j.TITRE,
        "2",
        infra_j.answer_infra_j,
        texte=INFRA_J["requete_conforme"],
        panne=INFRA_J["erreur_du_jour"],
    ),
)
"""The routes of companies, beside those of Data Connect."""
