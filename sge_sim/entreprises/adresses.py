"""Which path of the listener leads to which interface of companies."""

import re
from functools import partial
from typing import Final

from sge_sim.dataconnect.application import Handler, Route
from sge_sim.entreprises import contrats, infra_j, mesures, ordres, perimetre
from sge_sim.entreprises.rules import (
    D_INFRA_J,
    D_ORDRES,
    DE_CONTRATS,
    DE_DEMANDES,
    DE_MESURES,
    Famille,
)
from sge_sim.tables.entreprises import DE_CONTRAT, TITRES


def _route(
    titre: str, handler: Handler, famille: Famille, path: str = "", version: str = "1"
) -> Route:
    """Return the route of a title; without a `path`, its own takes what is posted."""
    known = re.compile(path or f"/{TITRES[titre]}")
    method = "GET" if path else "POST"
    return Route(
        known, (method,), titre, version, handler, texte=famille.texte, panne=famille.panne
    )


_MESURES: Final = "metering_data/([a-z_]+)"
ROUTES: Final = (
    _route(mesures.TITRE, mesures.answer_ressource, DE_MESURES, f"/mesures/v2/{_MESURES}", "2"),
    _route(
        mesures.TITRE_AUTORISE,
        partial(mesures.answer_ressource, titre=mesures.TITRE_AUTORISE),
        DE_MESURES,
        f"/{mesures.TITRE_AUTORISE}/v1/{_MESURES}",
    ),
    *(
        _route(each[0], contrats.answer_contexte, DE_CONTRATS, f"/({nom})/v1/([^/]+)")
        for nom, each in contrats.CONTEXTES.items()
    ),
    _route(perimetre.TITRE, perimetre.answer_perimetre, DE_CONTRATS),
    *(_route(each, partial(ordres.answer_demande, titre=each), DE_DEMANDES) for each in DE_CONTRAT),
    *(
        _route(each, partial(ordres.answer_publication, titre=each), D_ORDRES)
        for each in ("mesure_asynchrone", "mesure_asynchrone_autorisee")
    ),
    _route(infra_j.TITRE, infra_j.answer_infra_j, D_INFRA_J, version="2"),
)
"""The routes of companies, beside those of Data Connect."""
