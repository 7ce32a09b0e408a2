"""R63 to R66: what a point measured, written as JSON (GUI 0503 §2.3 to §2.6).

Values, stamps and natures are those of ConsultationMesuresDetaillees v3.0, read the same way; a
point without value has no text at all. Curves come month by month, so that a point of two years
costs what a month does.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, groupby, islice
from types import MappingProxyType
from typing import Any, Final

from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.domaine.nomenclatures import METIERS, CodeFlux, Sens, TypeAcces
from sge_sim.flux.points_lus import read_by_day
from sge_sim.flux.r6x.archives import PointEcrit
from sge_sim.machine.once import computed_once
from sge_sim.mesures import Grandeur, PointMesure
from sge_sim.mesures.horodates import Stamp
from sge_sim.mesures.interventions import DEPOSE, POSE
from sge_sim.mesures.lecture import ENERGIES, TOUT, UNITES, Lecture
from sge_sim.mesures.releves import Contexte, read_contextes_of
from sge_sim.mesures.series import (
    BRUT,
    TRAITEMENTS,
    Serie,
    has_corrected,
    read_curves,
    read_curves_of_day,
    read_series,
)
from sge_sim.soap.arbre_releves import DISTRIBUTEUR, ArbreReleves, dated_values
from sge_sim.soap.rows import ModeleLigne, write_rows

Jours = tuple[date, date]

MOTIFS_DE_POSE: Final = MappingProxyType({POSE: "Pose fournisseur", DEPOSE: "Dépose fournisseur"})
"""How R64 calls the reasons of a reading on the spot (GUI 0503 §2.4)."""
_COURBES_DES_GRANDS: Final = ("PA", "PRI", "PRC", "E")
_POINT_DAYS_TOGETHER: Final = 1500
"""Days of points whose indexes are held at once; one point may have more."""
dumps: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON as the files write it, in UTF-8 without BOM: compact, accents as they are."""
INSTANT: Final = "%Y-%m-%d %H:%M:%S"
"""How blocks have an instant."""
_UN_MOIS: Final = 31
"""Days of a curve that are read with those of other points."""
_DAY: Final = ModeleLigne(',{"v":"{v}","d":"{d}"}', Stamp.JOUR)
_INSTANT: Final = ModeleLigne(',{"v":"{v}","d":"{d}"}', Stamp.NAIF)


@dataclass(frozen=True)
class PointDecrit:
    """A point of a file in one direction: what was measured on the legal days of `etendues`
    (ascending), under the `periode` that the file tells. `corrigees`: the corrected curve.
    `courbe`: the rows of that of these days, where they were written with others'."""

    prm: str
    mesure: PointMesure
    sens: Sens
    periode: Mapping[str, str]
    etendues: tuple[Jours, ...]
    corrigees: bool = False
    courbe: Sequence[bytes] | None = None

    @property
    def jours(self) -> int:
        """How many days it is about."""
        return sum([(fin - debut).days for debut, fin in self.etendues])

    @property
    def best(self) -> bool:
        """Whether the curve is the corrected one: never that of C5 and P4 (GUI 0502)."""
        return self.corrigees and has_corrected(Grandeur.PA, petit=self.mesure.petit)

    def series(self, type_: TypeAcces, grandeur: str, etendue: Jours) -> tuple[Serie, ...]:
        """Read series of the days of `etendue`."""
        lecture = Lecture(type_, grandeur, *etendue, corrigees=self.corrigees)
        return read_series(self.mesure, lecture)


PointWriter = Callable[[PointDecrit, Defauts], Iterator[bytes]]
PointsWriter = Callable[[Sequence[PointDecrit], Defauts], Iterator[PointEcrit]]


def written(
    points: Iterable[PointDecrit], defauts: Defauts, write: PointWriter
) -> Iterator[PointEcrit]:
    """Yield the points of which something is written."""
    for point in points:
        pieces = write(point, defauts)
        first = next(pieces, None)
        if first is not None:
            yield PointEcrit(point.prm, chain((first,), pieces))


def periode(debut: date | datetime, fin: date | datetime) -> dict[str, str]:
    """Return a block `periode`: instants and days, as their midnights, without offset."""
    return {"dateDebut": f"{debut:{INSTANT}}", "dateFin": f"{fin:{INSTANT}}"}


def write_curves(points: Sequence[PointDecrit], defauts: Defauts) -> Iterator[PointEcrit]:
    """Yield the points of R63; those of C5 and P4 of which it has a month at most are read, then
    written together."""
    jours = max([1, *[point.jours for point in points if point.jours <= _UN_MOIS]])
    for some in _cut(points, jours):
        yield from written(_read_together(some), defauts, _curves_of)


def _curves_of(point: PointDecrit, _defauts: Defauts) -> Iterator[bytes]:
    """Yield a point of R63: BRUT, or BEST of active power alone (GUI 0503 §2.3)."""
    head = {
        "idPrm": point.prm,
        "etapeMetier": "BEST" if point.best else "BRUT",
        "periode": point.periode,
        "modeCalcul": "MESURE",
    }
    grandeurs = ("PA",) if point.mesure.petit or point.best else _COURBES_DES_GRANDS
    if point.courbe is not None:
        return _with_points(point, head, iter([("PA", iter(point.courbe))]))
    rows = ((each, _rows(point, "COURBE", each, _months(point.etendues))) for each in grandeurs)
    return _with_points(point, head, rows)


def write_energies(point: PointDecrit, _defauts: Defauts) -> Iterator[bytes]:
    """Yield a point of R65: daily energies, Wh and VArh (GUI 0503 §2.5)."""
    petit = point.mesure.petit
    head = {
        "idPrm": point.prm,
        "etapeMetier": "BRUT",
        "periode": point.periode,
        "typeValeur": "GLOBALE",
        "modeCalcul": "DIFF.INDEX" if petit else "INTEG.COURBE",
        "pas": "P1D",
    }
    grandeurs = ("EA",) if petit else ENERGIES
    rows = ((each, _rows(point, "ENERGIE", each, point.etendues, _DAY)) for each in grandeurs)
    return _with_points(point, head, rows)


def write_maxima(point: PointDecrit, _defauts: Defauts) -> Iterator[bytes]:
    """Yield a point of R66: daily maximum powers, VA, of C5 and P4 alone (GUI 0503 §2.6)."""
    if not point.mesure.petit:
        return iter(())
    head = {
        "idPrm": point.prm,
        "etapeMetier": "BRUT",
        "periode": point.periode,
        "modeCalcul": "MESURE",
        "pas": "P1D",
    }
    by_grandeur: dict[str, list[bytes]] = {}
    for etendue in point.etendues:
        for serie in point.series("PMAX", TOUT, etendue):
            found = by_grandeur.setdefault(serie.grandeur, [])
            found += (write_rows(_INSTANT, *each[:3]) for each in serie.troncons)
    return _with_points(point, head, ((g, iter(rows)) for g, rows in by_grandeur.items()))


def write_indexes(points: Sequence[PointDecrit], defauts: Defauts) -> Iterator[PointEcrit]:
    """Yield the points of R64: indexes by calendar and class (GUI 0503 §2.4).

    Some are read, then written together.

    The distributor's calendars come before the supplier's, and `iv` is 0 of active energy on C5
    and P4, null elsewhere (observed 2026; the guide for large points). A total has the name of its
    register (schema 0511): a P4 has no ER, for which a Linky has none that is known.
    """
    for (sens, petit), alike in groupby(points, lambda point: (point.sens, point.mesure.petit)):
        same = list(alike)
        for some in _cut(same, max(point.jours for point in same)):
            asked = [
                (point.mesure, Lecture("INDEX", TOUT, *etendue))
                for point in some
                for etendue in point.etendues
            ]
            read = iter(read_contextes_of(asked))
            lus = [[*chain.from_iterable(islice(read, len(each.etendues)))] for each in some]
            trees = iter(_arbre(sens, petit).write(_published(chain.from_iterable(lus), defauts)))
            for point, of_point in zip(some, lus, strict=True):
                contextes = list(islice(trees, len(of_point)))
                if contextes:
                    tree = {"idPrm": point.prm, "periode": point.periode, "contexte": contextes}
                    yield PointEcrit(point.prm, (dumps(tree).encode(),))


WRITERS: Final[Mapping[str, PointsWriter]] = MappingProxyType(
    {
        "R63": write_curves,
        "R64": write_indexes,
        "R65": partial(written, write=write_energies),
        "R66": partial(written, write=write_maxima),
    }
)


def write_points(
    flux: CodeFlux, points: Sequence[PointDecrit], defauts: Defauts
) -> Iterator[PointEcrit]:
    """Yield the points that have something to publish in a file of measures."""
    return WRITERS[flux[:3]](points, defauts)


@computed_once()
def _arbre(sens: Sens, petit: bool) -> ArbreReleves:
    valeurs = dated_values({"EA": 0} if petit else {})
    return ArbreReleves(METIERS[sens], valeurs=valeurs, grilles=True, motifs=MOTIFS_DE_POSE)


def _cut(points: Sequence[PointDecrit], jours: int) -> Iterator[Sequence[PointDecrit]]:
    """Cut points of so many days into lists of as many days as are held at once."""
    size = max(1, _POINT_DAYS_TOGETHER // max(1, jours))
    return (points[first : first + size] for first in range(0, len(points), size))


def _read_together(points: Sequence[PointDecrit]) -> list[PointDecrit]:
    """Give C5 and P4 points the curve of the days that a file has of them, a month at most; that
    of an only day is computed with those of others."""
    rangs = [
        rang for rang, point in enumerate(points) if point.mesure.petit and point.jours <= _UN_MOIS
    ]
    courts = [points[rang] for rang in rangs]
    jours = [point.etendues[0][0] if point.jours == 1 else None for point in courts]
    du_jour = read_by_day([point.mesure for point in courts], jours, read_curves_of_day)
    read = iter(
        read_curves(
            [
                (point.mesure, Lecture("COURBE", Grandeur.PA, *etendue))
                for point, courbe in zip(courts, du_jour, strict=True)
                if courbe is None
                for etendue in point.etendues
            ]
        )
    )
    found = [*points]
    for rang, point, courbe in zip(rangs, courts, du_jour, strict=True):
        series = islice(read, len(point.etendues)) if courbe is None else [(courbe,)]
        rows = [
            write_rows(_curve_row(each.pas, each.nature, True, False), *each[:3])
            for serie in chain.from_iterable(series)
            for each in serie.troncons
        ]
        found[rang] = replace(point, courbe=rows)
    return found


def _with_points(
    point: PointDecrit, head: Mapping[str, Any], rows: Iterator[tuple[str, Iterator[bytes]]]
) -> Iterator[bytes]:
    """Yield a point whose quantities have `points`; each of `rows` begins with a comma."""
    opened = False
    for grandeur, of_grandeur in rows:
        begun = False
        for each in of_grandeur:
            if begun:
                yield each
                continue
            about = {
                "grandeurMetier": METIERS[point.sens],
                "grandeurPhysique": grandeur,
                "unite": UNITES[grandeur],
            }
            before = b"," if opened else dumps(head)[:-1].encode() + b',"grandeur":['
            yield before + dumps(about)[:-1].encode() + b',"points":[' + each[1:]
            opened = begun = True
        if begun:
            yield b"]}"
    if opened:
        yield b"]}"


def _rows(
    point: PointDecrit,
    type_: TypeAcces,
    grandeur: str,
    etendues: Iterable[Jours],
    ligne: ModeleLigne | None = None,
) -> Iterator[bytes]:
    petit, best = point.mesure.petit, point.best
    for etendue in etendues:
        for serie in point.series(type_, grandeur, etendue):
            for each in serie.troncons:
                yield write_rows(ligne or _curve_row(each.pas, each.nature, petit, best), *each[:3])


@computed_once()
def _curve_row(pas: int | None, nature: str | None, petit: bool, best: bool) -> ModeleLigne:
    """Return a row: `tc` only of what was corrected, quality only of C5 and P4."""
    quality = '"iv":0,"ec":0' if petit and nature == BRUT else '"iv":null,"ec":null'
    traitement = TRAITEMENTS.get(nature) if best else None
    made = "" if traitement is None else f'"tc":"{traitement}",'
    return ModeleLigne(
        f',{{"v":"{{v}}","d":"{{d}}","p":"PT{pas}M","n":"{nature}",{made}{quality}}}',
        Stamp.NAIF,
    )


def _months(etendues: Sequence[Jours]) -> Iterator[Jours]:
    """Cut stretches of days at the first days of months."""
    for debut, fin in etendues:
        while debut < fin:
            following = (debut.replace(day=1) + timedelta(days=31)).replace(day=1)
            yield debut, min(following, fin)
            debut = min(following, fin)


def _published(contextes: Iterable[Contexte], defauts: Defauts) -> list[Contexte]:
    """Return what is told of contexts: the distributor's calendars first, no total without
    register."""
    return [
        replace(
            contexte,
            grandeurs=tuple(
                replace(
                    relevee,
                    calendriers=tuple(
                        replace(each, libelle=defauts.libelle(each.code, each.libelle))
                        for each in sorted(
                            relevee.calendriers,
                            key=lambda each: not each.code.startswith(DISTRIBUTEUR),
                        )
                    ),
                )
                for relevee in contexte.grandeurs
                if relevee.total is None or relevee.total.cadran is not None
            ),
        )
        for contexte in contextes
    ]
