"""Which points an application may read, and what is known of them."""

from dataclasses import dataclass
from typing import Final

from sge_sim.dataconnect import sandbox
from sge_sim.dataconnect.exchange import RestExchange
from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.domaine.nomenclatures import MotifFin
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import read_consentements
from sge_sim.tables.point_facts import Dossier

DEPARTS: Final[frozenset[MotifFin]] = frozenset({"changement_titulaire", "resiliation"})
"""Why a consent ended whose giver holds the point no more."""


@dataclass(frozen=True)
class Refusals:
    """The reasons of one interface: the giver has left, no consent holds, SGE knows no point."""

    parti: RestRule
    sans_consentement: RestRule
    inconnu: RestRule


def read_point(exchange: RestExchange, prm: str, refusals: Refusals) -> Dossier:
    """Return what is known of a point that the application may read; raises `Refus`.

    In sandbox mode consent counts as given (FAQ), but for the customer who took it back at once.
    """
    exchange.prm = prm
    application = exchange.client
    if application.en_bac_a_sable:
        fictif = sandbox.POINTS.get(prm)
        if fictif is not None and fictif.retire:
            raise Refus(refusals.sans_consentement)
        dossier = sandbox.dossier_of(prm, exchange.now) or exchange.vue.ask(read_dossier, prm)
        if dossier is None:
            raise Refus(refusals.inconnu)
        return dossier
    given, dossier = exchange.vue.read(
        (read_consentements, application.client_id, prm), (read_dossier, prm)
    )
    now = exchange.now
    if not any(each.court and each.debut <= now < each.fin for each in given):
        left = bool(given) and given[-1].motif_fin in DEPARTS
        raise Refus(refusals.parti if left else refusals.sans_consentement)
    found: Dossier | None = dossier
    assert found is not None, "a foreign key holds it"
    return found
