"""What both generations look at before they tell measures, in this order (assumed)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sge_sim.dataconnect.echange import RefusRest
from sge_sim.dataconnect.lecture import COURBE_MAX, Mesure, oldest
from sge_sim.dataconnect.motifs import Motif
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.tables.fiches import Dossier


@dataclass(frozen=True)
class Reasons:
    """The reasons of one generation."""

    fin_future: Motif
    sept_jours: Motif
    sens: Motif
    opposition: Motif
    profondeur: Motif
    mise_en_service: Motif
    sans_mesure: Motif


@dataclass(frozen=True)
class PeriodeDemandee:
    """The legal days [debut, fin) that are asked for."""

    debut: date
    fin: date

    @property
    def duree(self) -> timedelta:
        """How long it is."""
        return self.fin - self.debut


def check_periode(
    mesure: Mesure, periode: PeriodeDemandee, now: datetime, reasons: Reasons
) -> None:
    """Look at what is asked alone; raises `RefusRest`."""
    today = now.date()
    if periode.fin > today:
        raise RefusRest(reasons.fin_future)
    if mesure == "courbe" and periode.duree > COURBE_MAX:
        raise RefusRest(reasons.sept_jours)
    if periode.debut < oldest(mesure, today):
        raise RefusRest(reasons.profondeur)


def check_point(
    mesure: Mesure, dossier: Dossier, sens: Sens, periode: PeriodeDemandee, reasons: Reasons
) -> None:
    """Look at what is asked of this point; raises `RefusRest`."""
    point = dossier.point
    contracts = {"SOUTIRAGE": point.contrat_soutirage, "INJECTION": point.contrat_injection}
    if any(contracts.values()) and not contracts[sens]:
        raise RefusRest(reasons.sens)
    if mesure == "courbe" and point.opposition_courbe:
        raise RefusRest(reasons.opposition)
    if point.date_mise_en_service is None:
        raise RefusRest(reasons.sans_mesure)
    if periode.debut < point.date_mise_en_service:
        raise RefusRest(reasons.mise_en_service)
