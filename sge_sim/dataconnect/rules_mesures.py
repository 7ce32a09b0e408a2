"""What both generations check before they give measures, in this order (assumed)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sge_sim.clock import add_months
from sge_sim.dataconnect.readings import Mesure
from sge_sim.dataconnect.rest_rules import RestControl, RestRule
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.refus import Refus
from sge_sim.tables.point_facts import PointFacts

_MOIS: Final[dict[Mesure, int]] = {"courbe": 24}
JOURS_DE_PLUS: Final = timedelta(15)
_JOUR: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
COURBE_MAX: Final = timedelta(7)
"""Days of a curve in one call."""


@dataclass(frozen=True)
class PeriodeDemandee:
    """The legal days [debut, fin) that are asked for."""

    debut: date
    fin: date

    @property
    def duree(self) -> timedelta:
        """How long it is."""
        return self.fin - self.debut


def read_jour(text: str, forme: RestRule) -> date:
    """Return a day written AAAA-MM-JJ; raises `Refus` by the rule of its form."""
    try:
        if _JOUR.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refus(forme)


@dataclass(frozen=True)
class DemandeMesure:
    """Days of a measure that are asked of a point, in one direction, on a legal day."""

    mesure: Mesure
    periode: PeriodeDemandee
    point: PointFacts
    sens: Sens
    today: date


def periode_ecoulee(demande: DemandeMesure) -> bool:
    """The period doesn't end after today; its end is excluded."""
    return demande.periode.fin <= demande.today


def courbe_de_sept_jours(demande: DemandeMesure) -> bool:
    """A curve is asked for seven days at most."""
    return demande.mesure != "courbe" or demande.periode.duree <= COURBE_MAX


def profondeur_de_la_mesure(demande: DemandeMesure) -> bool:
    """The period begins no earlier than what is kept: 36 months and 15 days, 24 of a curve."""
    oldest = add_months(demande.today, -_MOIS.get(demande.mesure, 36)) - JOURS_DE_PLUS
    return demande.periode.debut >= oldest


def sens_du_contrat(demande: DemandeMesure) -> bool:
    """The point has a contract in this direction, where it has any."""
    point = demande.point
    contracts = {"SOUTIRAGE": point.contrat_soutirage, "INJECTION": point.contrat_injection}
    return bool(contracts[demande.sens]) or not any(contracts.values())


def courbe_enregistree(demande: DemandeMesure) -> bool:
    """The customer doesn't object to the recording of the curve that is asked for."""
    return demande.mesure != "courbe" or not demande.point.opposition_courbe


def point_mis_en_service(demande: DemandeMesure) -> bool:
    """The point was commissioned."""
    return demande.point.date_mise_en_service is not None


def periode_apres_mise_en_service(demande: DemandeMesure) -> bool:
    """The period begins with the last commissioning, or after it."""
    since = demande.point.date_mise_en_service
    return since is None or demande.periode.debut >= since


def controls_of(
    *,
    fin_future: RestRule,
    sept_jours: RestRule,
    profondeur: RestRule,
    sens: RestRule,
    opposition: RestRule,
    sans_mesure: RestRule,
    mise_en_service: RestRule,
) -> Sequence[RestControl[DemandeMesure]]:
    """Return the rules of one generation as they are checked, in their order: about what is asked
    alone, then of the point."""
    return (
        fin_future.held_by(periode_ecoulee),
        sept_jours.held_by(courbe_de_sept_jours),
        profondeur.held_by(profondeur_de_la_mesure),
        sens.held_by(sens_du_contrat),
        opposition.held_by(courbe_enregistree),
        sans_mesure.held_by(point_mis_en_service),
        mise_en_service.held_by(periode_apres_mise_en_service),
    )
