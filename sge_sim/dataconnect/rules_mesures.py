"""What both generations check before they tell measures, in this order (assumed)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sge_sim.dataconnect.readings import COURBE_MAX, Mesure, oldest
from sge_sim.dataconnect.rest_rules import RestControl, RestRule
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.refus import check
from sge_sim.tables.point_facts import Dossier


@dataclass(frozen=True)
class PeriodeDemandee:
    """The legal days [debut, fin) that are asked for."""

    debut: date
    fin: date

    @property
    def duree(self) -> timedelta:
        """How long it is."""
        return self.fin - self.debut


@dataclass(frozen=True)
class DemandePeriode:
    """Days of a measure that are asked for on a legal day."""

    mesure: Mesure
    periode: PeriodeDemandee
    today: date


@dataclass(frozen=True)
class DemandePoint:
    """Days of a measure that are asked of a point, in one direction."""

    mesure: Mesure
    periode: PeriodeDemandee
    dossier: Dossier
    sens: Sens


def periode_ecoulee(demande: DemandePeriode) -> bool:
    """The period doesn't end after today; its end is excluded."""
    return demande.periode.fin <= demande.today


def courbe_de_sept_jours(demande: DemandePeriode) -> bool:
    """A curve is asked for seven days at most."""
    return demande.mesure != "courbe" or demande.periode.duree <= COURBE_MAX


def profondeur_de_la_mesure(demande: DemandePeriode) -> bool:
    """The period begins no earlier than what is kept of the measure."""
    return demande.periode.debut >= oldest(demande.mesure, demande.today)


def sens_du_contrat(demande: DemandePoint) -> bool:
    """The point has a contract in this direction, where it has any."""
    point = demande.dossier.point
    contracts = {"SOUTIRAGE": point.contrat_soutirage, "INJECTION": point.contrat_injection}
    return bool(contracts[demande.sens]) or not any(contracts.values())


def courbe_enregistree(demande: DemandePoint) -> bool:
    """The customer doesn't object to the recording of the curve that is asked for."""
    return demande.mesure != "courbe" or not demande.dossier.point.opposition_courbe


def point_mis_en_service(demande: DemandePoint) -> bool:
    """The point was commissioned."""
    return demande.dossier.point.date_mise_en_service is not None


def periode_apres_mise_en_service(demande: DemandePoint) -> bool:
    """The period begins with the last commissioning, or after it."""
    since = demande.dossier.point.date_mise_en_service
    return since is None or demande.periode.debut >= since


@dataclass(frozen=True)
class Reasons:
    """The rules of one generation."""

    fin_future: RestRule
    sept_jours: RestRule
    sens: RestRule
    opposition: RestRule
    profondeur: RestRule
    mise_en_service: RestRule
    sans_mesure: RestRule

    @cached_property
    def of_periode(self) -> Sequence[RestControl[DemandePeriode]]:
        """Those about what is asked alone."""
        return (
            self.fin_future.held_by(periode_ecoulee),
            self.sept_jours.held_by(courbe_de_sept_jours),
            self.profondeur.held_by(profondeur_de_la_mesure),
        )

    @cached_property
    def of_point(self) -> Sequence[RestControl[DemandePoint]]:
        """Those about the point."""
        return (
            self.sens.held_by(sens_du_contrat),
            self.opposition.held_by(courbe_enregistree),
            self.sans_mesure.held_by(point_mis_en_service),
            self.mise_en_service.held_by(periode_apres_mise_en_service),
        )


def check_periode(
    mesure: Mesure, periode: PeriodeDemandee, now: datetime, reasons: Reasons
) -> None:
    """Check what is asked alone; raises `Refus`."""
    check(reasons.of_periode, DemandePeriode(mesure, periode, now.date()))


def check_point(
    mesure: Mesure, dossier: Dossier, sens: Sens, periode: PeriodeDemandee, reasons: Reasons
) -> None:
    """Check what is asked of this point; raises `Refus`."""
    check(reasons.of_point, DemandePoint(mesure, periode, dossier, sens))
