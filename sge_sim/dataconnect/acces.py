"""Which points an application may read, and what is known of them."""

from dataclasses import dataclass
from typing import Final

from sge_sim.dataconnect import bac_a_sable
from sge_sim.dataconnect.echange import EchangeRest
from sge_sim.dataconnect.motifs import RegleRest
from sge_sim.domaine.nomenclatures import MotifFin
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus
from sge_sim.tables.dataconnect import read_consentements
from sge_sim.tables.fiches import Dossier

DEPARTS: Final[frozenset[MotifFin]] = frozenset({"changement_titulaire", "resiliation"})
"""Why a consent ended whose giver holds the point no more."""


@dataclass(frozen=True)
class Refusals:
    """The reasons of one interface: the giver has left, no consent holds, SGE knows no point."""

    parti: RegleRest
    sans_consentement: RegleRest
    inconnu: RegleRest


def read_point(echange: EchangeRest, prm: str, refusals: Refusals) -> Dossier:
    """Return what is known of a point that the application may read; raises `Refus`.

    In sandbox mode consent counts as given (FAQ), but for the customer who took it back at once.
    """
    echange.prm = prm
    application = echange.client
    if application.en_bac_a_sable:
        fictif = bac_a_sable.POINTS.get(prm)
        if fictif is not None and fictif.retire:
            raise Refus(refusals.sans_consentement)
        dossier = bac_a_sable.dossier_of(prm, echange.now) or echange.vue.ask(read_dossier, prm)
        if dossier is None:
            raise Refus(refusals.inconnu)
        return dossier
    given, dossier = echange.vue.read(
        (read_consentements, application.client_id, prm), (read_dossier, prm)
    )
    now = echange.now
    if not any(each.court and each.debut <= now < each.fin for each in given):
        left = bool(given) and given[-1].motif_fin in DEPARTS
        raise Refus(refusals.parti if left else refusals.sans_consentement)
    found: Dossier | None = dossier
    assert found is not None, "a foreign key holds it"
    return found
