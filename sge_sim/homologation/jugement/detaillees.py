"""What ConsultationMesuresDetaillees must answer of curves, energies and maximum powers."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Final, NamedTuple

from lxml import etree

from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.francais import counted
from sge_sim.homologation.jugement.controle import Controles, more_than_once
from sge_sim.homologation.jugement.index_releves import DAILY, registres
from sge_sim.homologation.jugement.instants import (
    aware_instant,
    day_of,
    is_in_order,
    legal_time,
    minutes_of,
    month_of,
    months_of,
    naive_instant,
    steps_of,
)
from sge_sim.homologation.jugement.paths import CMD2, DETAILLEES
from sge_sim.homologation.jugement.reponse import (
    ReponseJugee,
    days_of,
    points_lus,
    read_once,
    text_of,
)

_GUIDES: Final = "GUI 0488 §5.2, GUI 0497 §3.2"
_OBSERVE: Final = "réponses enregistrées en production, 2022 et 2023 ; GUI 0497 p. 15"
_LARGE_STEPS: Final = (5, 10)
FACTICES: Final = frozenset({"30001610071843", "25478147557460"})
"""The points whose measures the homologation platform made up (observed 2022 and 2023)."""
_LOST: Final = 0.25
"""From this share on, points that aren't there are more than what a meter loses."""


class PointLu(NamedTuple):
    """A point: its date as it is written, and read, its step, its value if it's a number."""

    d: str
    stamp: datetime | None
    p: str | None
    v: int | None


@dataclass(frozen=True)
class GrandeurLue:
    """The points of one quantity, and what the request wants of them.

    `instants` are those of the points, None for one that can't be read; `attendus` all that the
    period has; `metier` is the direction (CONS, PROD).
    """

    metier: str
    grandeur: str
    points: tuple[PointLu, ...]
    instants: tuple[datetime | date | None, ...]
    attendus: tuple[datetime | date, ...]
    ends: bool

    @property
    def lus(self) -> list[datetime | date]:
        """The instants that can be read."""
        return [each for each in self.instants if each is not None]

    @property
    def manquants(self) -> int:
        """How many of the expected instants aren't there."""
        return (Counter(self.attendus) - Counter(self.lus)).total()

    def day(self, instant: datetime | date) -> date:
        """Return the legal day of the step of an instant."""
        return day_of(instant, ends=self.ends) if isinstance(instant, datetime) else instant


@read_once
def lectures(reponse: ReponseJugee) -> Iterator[GrandeurLue]:
    """Yield the points of each quantity beside what is expected of them."""
    jours, kind, ends = reponse.jours, reponse.mesures, reponse.petit
    if jours is None:
        return
    for registre in registres(reponse) if kind == "INDEX" else ():
        if registre.relevee in DAILY.values():
            points = tuple(PointLu(each.d, each.instant, None, each.v) for each in registre.releves)
            days = tuple(each and each.date() for each in registre.instants)
            every = tuple(days_of(*jours))
            yield GrandeurLue(registre.grandeur_lue, registre.nom, points, days, every, ends=False)
    v2 = reponse.contrat.path == CMD2
    read = aware_instant if v2 else naive_instant
    for block in reponse.blocs if kind != "INDEX" else ():
        points = tuple(_point(each, read) for each in points_lus(block))
        of_days = [each.stamp and day_of(each.stamp, ends=False) for each in points]
        found: Sequence[datetime | date | None] = of_days
        wanted: Sequence[datetime | date] = days_of(*jours)
        if kind == "COURBE":
            found = [each.stamp for each in points]
            wanted = list(_steps_expected(points, jours, ends=ends, naive=not v2))
        elif reponse.mensuel:
            months = [each and each.replace(day=1) for each in of_days]
            found = months if v2 else [month_of(each.d) for each in points]
            wanted = months_of(*jours)
        metier, name = text_of(block, "grandeurMetier"), text_of(block, "grandeurPhysique")
        yield GrandeurLue(metier or "", name or "", points, tuple(found), tuple(wanted), ends)


def _point(row: etree._Element, read: Callable[[str], datetime | None]) -> PointLu:
    d, p, v = (text_of(row, name) or "" for name in ("d", "p", "v"))
    return PointLu(d, read(d), p or None, int(v) if v.isdecimal() else None)


def _steps_expected(
    points: Sequence[PointLu], jours: tuple[date, date], *, ends: bool, naive: bool
) -> Iterator[datetime]:
    """Yield the stamps of each day at the step of its points (it may change with the meter's)."""
    by_day: dict[date, int] = {}
    for point in points:
        minutes = minutes_of(point.p)
        if point.stamp is not None and minutes is not None:
            by_day.setdefault(day_of(point.stamp, ends=ends), minutes)
    minutes = next(iter(by_day.values()), 30 if ends else _LARGE_STEPS[-1])
    for day in days_of(*jours):
        minutes = by_day.get(day, minutes)
        following = date.fromordinal(day.toordinal() + 1)
        yield from steps_of(day, following, minutes, ends=ends, naive=naive)


def losses_known(reponse: ReponseJugee) -> bool:
    """Whether the administration of a simulator tells what was lost: not of what is made up."""
    played = Usage.MESURES_FACTICES in reponse.usages
    made_up = played and not reponse.prms.isdisjoint(FACTICES)
    return reponse.administre is not None and not made_up


DETAILLEES_POINTS: Final = Controles(DETAILLEES)


@DETAILLEES_POINTS.documented(
    "chaque point est daté comme le service le fait",
    f"{_GUIDES} ; {_OBSERVE}",
    leve_par=(Usage.HEURE_REPETEE,),
)
def dates_lisibles(reponse: ReponseJugee) -> Iterator[str]:
    for lecture in lectures(reponse):
        for point, instant in zip(lecture.points, lecture.instants, strict=True):
            if instant is None:
                yield f"« {point.d} » n'est pas une date du service, en heure légale"


@DETAILLEES_POINTS.documented(
    "les points sont ceux de la période demandée, datés à la fin du pas en C5 et à son début en "
    "C1-C4",
    f"{_GUIDES} ; {_OBSERVE}",
    leve_par=(Usage.HEURE_REPETEE,),
)
def points_attendus(reponse: ReponseJugee) -> Iterator[str]:
    """Each point is one of those that the period has, once; most of them are there."""
    for lecture in lectures(reponse):
        extra, expected = Counter(lecture.lus) - Counter(lecture.attendus), set(lecture.attendus)
        outside = [each for each in extra if each not in expected]
        twice = [each for each in extra if each in expected]
        if outside:
            beyond = f"hors période ou hors pas, le {_in_french(outside[0])}"
            yield f"{lecture.grandeur} : {counted(len(outside), 'point')} {beyond}"
        if twice:
            yield f"{lecture.grandeur} : deux fois le point du {_in_french(twice[0])}"
        yield from _missing(reponse, lecture, many=True)


@DETAILLEES_POINTS.assumed(
    "aucun point ne manque sans être annoncé", "nul ne dit comment un point perdu se montre"
)
def points_perdus(reponse: ReponseJugee) -> Iterator[str]:
    """A few points that aren't there may be lost, or before the last commissioning."""
    for lecture in lectures(reponse):
        yield from _missing(reponse, lecture, many=False)


def _missing(reponse: ReponseJugee, lecture: GrandeurLue, *, many: bool) -> Iterator[str]:
    total, missing = len(lecture.attendus), lecture.manquants
    beyond = missing >= _LOST * total and not _begins_late(lecture)
    if missing and beyond is many and not losses_known(reponse):
        yield f"{lecture.grandeur} : il manque {counted(missing, 'point')} sur {total}"


def _begins_late(lecture: GrandeurLue) -> bool:
    """Whether all that lacks is the beginning, in whole days: the commissioning cuts the period."""
    found = lecture.lus
    begun = len(lecture.attendus) - len(found)
    if not found or begun <= 0:
        return False
    before, first = lecture.day(lecture.attendus[begun - 1]), lecture.day(found[0])
    return tuple(found) == lecture.attendus[begun:] and before < first


def _in_french(instant: datetime | date) -> str:
    if not isinstance(instant, datetime):
        return f"{instant:%d/%m/%Y}"
    return f"{legal_time(instant):%d/%m/%Y à %H:%M}"


@DETAILLEES_POINTS.observed(
    "les points vont du plus ancien au plus récent", _OBSERVE, leve_par=(Usage.HEURE_REPETEE,)
)
def points_dans_l_ordre(reponse: ReponseJugee) -> Iterator[str]:
    for lecture in lectures(reponse):
        expected = Counter(lecture.attendus)
        found = [each for each in lecture.lus if each in expected]
        if Counter(found) <= expected and not is_in_order(found, lecture.attendus):
            yield f"{lecture.grandeur} : les points ne sont pas dans l'ordre"


@DETAILLEES_POINTS.observed(
    "une énergie ou une puissance mensuelle est datée du début de son jour ou de son mois", _OBSERVE
)
def debut_du_jour(reponse: ReponseJugee) -> Iterator[str]:
    """Daily energies bear midnight, a monthly maximum of v2 the first day of its month."""
    monthly = reponse.mensuel and reponse.contrat.path == CMD2
    for lecture in lectures(reponse) if monthly or reponse.mesures == "ENERGIE" else ():
        for point in lecture.points:
            legal = point.stamp and legal_time(point.stamp)
            if legal and (legal.time() != time() or (monthly and legal.day != 1)):
                yield f"{lecture.grandeur} : « {point.d} »"


@DETAILLEES_POINTS.observed(
    "le pas est de 30 minutes en C5, de 5 ou 10 minutes en C1-C4, et ne change qu'une fois",
    _OBSERVE,
)
def pas_de_la_courbe(reponse: ReponseJugee) -> Iterator[str]:
    """A curve tells the step of each point, others tell none."""
    curve = reponse.mesures == "COURBE"
    allowed = (30,) if reponse.petit else _LARGE_STEPS if reponse.grand else (30, *_LARGE_STEPS)
    for lecture in lectures(reponse):
        steps = [step for step, _ in groupby(each.p for each in lecture.points)]
        for step in dict.fromkeys(steps):
            if not curve and step is not None:
                yield f"{lecture.grandeur} : un pas {step} hors d'une courbe"
            elif curve and minutes_of(step) not in allowed:
                yield f"{lecture.grandeur} : pas {step or 'absent'}"
        by_day = {
            (lecture.day(x), each.p)
            for each, x in zip(lecture.points, lecture.instants, strict=True)
            if x is not None
        }
        for day, times in more_than_once(day for day, _ in by_day):
            yield f"{lecture.grandeur} : {times} pas le {day:%d/%m/%Y}"
        if len(steps) > 2:
            yield f"{lecture.grandeur} : le pas change {len(steps) - 1} fois"
