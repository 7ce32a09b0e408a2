"""Which account calls, for which SIREN, and the points that it holds."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Final

from sge_sim.dataconnect.exchange import (
    PlannedAnswer,
    RestAnswer,
    RestBackend,
    RestExchange,
    json_answer,
    refusal_answer,
)
from sge_sim.dataconnect.gateway import let_in
from sge_sim.dataconnect.readings import Resource
from sge_sim.dataconnect.rest_rules import API_NON_SOUSCRITE, QUOTA_HEURE, QUOTA_SECONDE
from sge_sim.domaine.prm import PRM
from sge_sim.entreprises.rules import DE_MESURES, GATEWAY, MESURES, Famille
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus
from sge_sim.settings import Settings
from sge_sim.tables.entreprises import CompteFacts, read_compte
from sge_sim.tables.point_facts import Dossier

_KIT: Final = date(2023, 3, 22), "kit de portage du 22/03/2023 : en production"
DEPUIS: Final = {
    "usage_point_id_perimeter": _KIT,
    "mesure_synchrone": (date(2025, 1, 1), "description de 2025, jour supposé ; v1 avant elle"),
    "customer_adress": _KIT,
    "customer_connection": _KIT,
    "customer_contract": _KIT,
    "customer_contract_summary": _KIT,
}
"""The legal day from which the platform has each interface, and how it is known."""
_DECRITE: Final = date(2025, 1, 1), "descriptions de 2025, jour supposé"
JUSQU_A: Final = {"mesure_synchrone_auto": date(2026, 9, 28)}
"""The legal day from which there is another version; no other has ended (use of 23/07/2026)."""

_PORT: Final = re.compile(r":\d+$")


def is_described(settings: Settings) -> bool:
    """Tell whether answers have the form of the descriptions."""
    return settings.forme_entreprises == "decrite"


def let_holder_in(
    backend: RestBackend,
    exchange: RestExchange,
    titre: str,
    famille: Famille,
    resource: Resource | None = None,
) -> CompteFacts:
    """Return the account that calls, with the SIREN that it asks for; raises `Refus`.

    A `siren` is taken in the address and in the header; both where there are both (assumed).
    """
    settings, call = backend.settings, exchange.call
    (depuis, source), fin = DEPUIS.get(titre, _DECRITE), JUSQU_A.get(titre, date.max)
    if settings.generation == "auto" and not depuis <= exchange.now.date() < fin:
        until = "" if fin == date.max else f", et qu'avant le {fin:%d/%m/%Y}"
        exchange.notes.append(
            f"{titre} n'existe qu'à partir du {depuis:%d/%m/%Y} ({source}){until}"
        )
        raise Refus(GATEWAY["interface_du_jour"])
    if settings.hote_sans_port and _PORT.search(call.headers.get("host", "")):
        raise Refus(GATEWAY["hote_sans_port"])
    try:
        let_in(backend, exchange, titre, resource)
    except Refus as refus:
        beyond = refus.rule in (QUOTA_HEURE, QUOTA_SECONDE)
        if beyond and famille is DE_MESURES and is_described(settings):
            raise Refus(MESURES["quota_decrit"]) from None
        raise
    except PlannedAnswer as planned:
        raise PlannedAnswer(_of_family(planned.answer, famille)) from None
    compte = exchange.vue.ask(read_compte, exchange.client.acteur_code)
    if compte is None:  # of Data Connect, or closed in between
        raise Refus(API_NON_SOUSCRITE)
    given = (call.parameters.get("siren"), call.headers.get("siren"))
    asked = frozenset(siren for siren in given if siren is not None)
    if asked - compte.sirens:
        exchange.notes.append(f"siren demandé : {', '.join(sorted(asked - compte.sirens))}")
        raise Refus(famille.siren)
    return replace(compte, sirens=asked or compte.sirens)


def _of_family(answer: RestAnswer, famille: Famille) -> RestAnswer:
    """Return a planned answer with the body of a family: a 500 has its own, a code of business its
    names (assumed); what the gateway says stays."""
    if answer.status == famille.panne.status:
        return refusal_answer(Refus(famille.panne))
    if not answer.body.startswith(b'{"error":"ADAM'):
        return answer
    said = zip(famille.texte.body, json.loads(answer.body).values(), strict=True)
    return json_answer(dict(said), answer.status)


def read_held(
    exchange: RestExchange, prm: str, compte: CompteFacts, famille: Famille, **said: str
) -> Dossier:
    """Return what is known of a point that the account holds today; raises `Refus`.

    `said` is what the body says of a point that SGE doesn't know.
    """
    dossier = None
    if PRM.fullmatch(prm):
        exchange.prm = prm
        dossier = exchange.vue.ask(read_dossier, prm)
    if dossier is None:
        raise Refus(famille.inconnu, **said)
    point = dossier.point
    if not point.en_service or (point.siret or "")[:9] not in compte.sirens:
        raise Refus(famille.titulaire)
    return dossier
