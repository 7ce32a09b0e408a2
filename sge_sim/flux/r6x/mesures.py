"""R63 to R66: what a point measured, written as JSON (GUI 0503 §2.3 to §2.6).

Values, stamps and natures are those of ConsultationMesuresDetaillees v3.0, which reads them; a
point without value has no text at all. Curves come month by month, so that a point of two years
costs what a month does.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sge_sim.domaine.ecarts_fichiers import Defauts
from sge_sim.domaine.nomenclatures import Sens, TypeAcces
from sge_sim.mesures import PointMesure
from sge_sim.services.consultation_mesures_detaillees.demande import Cadre, Demande
from sge_sim.services.consultation_mesures_detaillees.releves import (
    CalendrierReleve,
    GrandeurRelevee,
    Registre,
    read_contextes,
)
from sge_sim.services.consultation_mesures_detaillees.series import (
    BRUT,
    ENERGIES,
    ESTIME,
    INTERPOLATION,
    TOUT,
    UNITES,
    Troncon,
    read_series,
)
from sge_sim.soap.writer import Ligne, Stamp, write_rows, write_stamps

Pieces = Iterator[bytes]
Etendue = tuple[date, date]

_COURBES_DES_GRANDS: Final = ("PA", "PRI", "PRC", "E")
_DAY: Final = Ligne(',{"v":"{v}","d":"{d}"}', Stamp.JOUR)
_INSTANT: Final = Ligne(',{"v":"{v}","d":"{d}"}', Stamp.NAIF)


@dataclass(frozen=True)
class PointDecrit:
    """A point of a file in one direction: what was measured on the legal days of `etendues`
    (ascending), under the `periode` that the file tells. `corrigees`: the corrected curve."""

    prm: str
    mesure: PointMesure
    sens: Sens
    periode: Mapping[str, str]
    etendues: tuple[Etendue, ...]
    corrigees: bool = False

    @property
    def metier(self) -> str:
        return "CONS" if self.sens == "SOUTIRAGE" else "PROD"

    @property
    def best(self) -> bool:
        """Whether the curve is the corrected one: never that of C5 and P4 (GUI 0502)."""
        return self.corrigees and not self.mesure.petit

    def asked(self, type_: TypeAcces, grandeur: str, etendue: Etendue) -> Demande:
        """Return the demand of v3.0 that reads the same."""
        return Demande(
            prm=self.prm,
            type=type_,
            grandeur=grandeur,
            sens=(self.sens,),
            debut=etendue[0],
            fin=etendue[1],
            pas="P1D",
            corrigees=self.corrigees and type_ == "COURBE",
            cadre=Cadre.ACCORD_CLIENT,
        )


PointWriter = Callable[[PointDecrit, Defauts], Pieces]


def dumps(tree: Any) -> bytes:
    """Return JSON as the files write it: compact, accents as they are, no BOM."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def write_curves(point: PointDecrit, _defauts: Defauts) -> Pieces:
    """Yield a point of R63: BRUT, or BEST of active power alone (GUI 0503 §2.3)."""
    petit = point.mesure.petit
    head = {
        "idPrm": point.prm,
        "etapeMetier": "BEST" if point.best else "BRUT",
        "periode": point.periode,
        "modeCalcul": "MESURE",
    }
    grandeurs = ("PA",) if petit or point.best else _COURBES_DES_GRANDS
    rows = (
        (
            grandeur,
            (
                write_rows(_curve_row(each.pas, each.nature, petit, point.best), *_columns(each))
                for month in _months(point.etendues)
                for serie in read_series(point.mesure, point.asked("COURBE", grandeur, month))
                for each in serie.troncons
            ),
        )
        for grandeur in grandeurs
    )
    return _with_points(point, head, rows)


def write_energies(point: PointDecrit, _defauts: Defauts) -> Pieces:
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
    rows = (
        (grandeur, _series_rows(point, "ENERGIE", grandeur, _DAY))
        for grandeur in (("EA",) if petit else ENERGIES)
    )
    return _with_points(point, head, rows)


def write_maxima(point: PointDecrit, _defauts: Defauts) -> Pieces:
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
        for serie in read_series(point.mesure, point.asked("PMAX", TOUT, etendue)):
            found = by_grandeur.setdefault(serie.grandeur, [])
            found += (write_rows(_INSTANT, *_columns(each)) for each in serie.troncons)
    return _with_points(point, head, ((g, iter(rows)) for g, rows in by_grandeur.items()))


def write_indexes(point: PointDecrit, defauts: Defauts) -> Pieces:
    """Yield a point of R64: indexes by calendar and class (GUI 0503 §2.4).

    The distributor's calendars come before the supplier's, and `iv` is 0 of active energy on C5
    and P4, null elsewhere (observed 2026; the guide for large points). A total has the name of its
    register (schema 0511): a P4 has no ER, for which a Linky has none that is known.
    """
    contextes = [
        {
            "etapeMetier": "BRUT",
            "contexteReleve": contexte.contexte,
            "typeReleve": contexte.type,
            "grandeur": [
                _index_tree(point, relevee, defauts)
                for relevee in contexte.grandeurs
                if relevee.total is None or relevee.total.cadran is not None
            ],
        }
        for etendue in point.etendues
        for contexte in read_contextes(point.mesure, point.asked("INDEX", TOUT, etendue))
    ]
    if contextes:
        yield dumps({"idPrm": point.prm, "periode": point.periode, "contexte": contextes})


WRITERS: Final[Mapping[str, PointWriter]] = MappingProxyType(
    {"R63": write_curves, "R64": write_indexes, "R65": write_energies, "R66": write_maxima}
)


def _with_points(
    point: PointDecrit, head: Mapping[str, Any], rows: Iterator[tuple[str, Iterator[bytes]]]
) -> Pieces:
    """Yield a point whose quantities have `points`; each of `rows` begins with a comma."""
    opened = False
    for grandeur, of_grandeur in rows:
        begun = False
        for each in of_grandeur:
            if begun:
                yield each
                continue
            about = {
                "grandeurMetier": point.metier,
                "grandeurPhysique": grandeur,
                "unite": UNITES[grandeur],
            }
            before = b"," if opened else dumps(head)[:-1] + b',"grandeur":['
            yield before + dumps(about)[:-1] + b',"points":[' + each[1:]
            opened = begun = True
        if begun:
            yield b"]}"
    if opened:
        yield b"]}"


def _series_rows(
    point: PointDecrit, type_: TypeAcces, grandeur: str, ligne: Ligne
) -> Iterator[bytes]:
    for etendue in point.etendues:
        for serie in read_series(point.mesure, point.asked(type_, grandeur, etendue)):
            for each in serie.troncons:
                yield write_rows(ligne, *_columns(each))


def _columns(troncon: Troncon) -> tuple[Any, Any, Any]:
    return troncon.horodates, troncon.decalages, troncon.valeurs


@cache
def _curve_row(pas: int | None, nature: str | None, petit: bool, best: bool) -> Ligne:
    """Return a row: `tc` only of what was corrected, quality only of C5 and P4."""
    quality = '"iv":0,"ec":0' if petit and nature == BRUT else '"iv":null,"ec":null'
    made = f'"tc":"{INTERPOLATION}",' if best and nature == ESTIME else ""
    return Ligne(
        f',{{"v":"{{v}}","d":"{{d}}","p":"PT{pas}M","n":"{nature}",{made}{quality}}}',
        Stamp.NAIF,
    )


def _months(etendues: Sequence[Etendue]) -> Iterator[Etendue]:
    """Cut stretches of days at the first days of months."""
    for debut, fin in etendues:
        while debut < fin:
            following = (debut.replace(day=1) + timedelta(days=31)).replace(day=1)
            yield debut, min(following, fin)
            debut = min(following, fin)


def _index_tree(point: PointDecrit, relevee: GrandeurRelevee, defauts: Defauts) -> dict[str, Any]:
    iv = 0 if point.mesure.petit and relevee.grandeur == "EA" else None
    calendriers = sorted(relevee.calendriers, key=lambda one: not is_distributor_code(one.code))
    tree: dict[str, Any] = {
        "grandeurMetier": point.metier,
        "grandeurPhysique": relevee.grandeur,
        "unite": relevee.unite or UNITES[relevee.grandeur],
        "calendrier": [_calendar_tree(one, iv, defauts) for one in calendriers],
    }
    if relevee.total is not None:
        tree["cadranTotalisateur"] = _register_tree(relevee.total, iv)
    return tree


def is_distributor_code(code: str) -> bool:
    """Tell whether a calendar is the distributor's: DI000003, or D where it has no code."""
    return code.startswith("D")


def _calendar_tree(one: CalendrierReleve, iv: int | None, defauts: Defauts) -> dict[str, Any]:
    return {
        "idCalendrier": one.code,
        "libelleCalendrier": defauts.libelle(one.code, one.libelle),
        "libelleGrille": "Distributeur" if is_distributor_code(one.code) else "Fournisseur",
        "classeTemporelle": [
            {
                "idClasseTemporelle": registre.classe,
                "libelleClasseTemporelle": registre.libelle,
                **_register_tree(registre, iv),
            }
            for registre in one.registres
        ],
    }


def _register_tree(registre: Registre, iv: int | None) -> dict[str, Any]:
    tree: dict[str, Any] = {} if registre.cadran is None else {"codeCadran": registre.cadran}
    stamps = write_stamps(Stamp.NAIF, registre.horodates, registre.decalages)
    tree["valeur"] = [
        {"d": d, "v": v, "iv": iv} for d, v in zip(stamps, registre.valeurs.tolist(), strict=True)
    ]
    return tree
