"""What must hold in the registers of a point: the checks."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sge_sim.flux.controles import POINTS, EcartFlux
from sge_sim.flux.lecteur import PointDuFlux, SerieDuFlux
from sge_sim.mesures.point import Structure
from sge_sim.referentiel.mesures import STRUCTURES

_STRUCTURES: Final = [frozenset(code for code, _ in each.classes) for each in Structure]
MENSUELLES: Final = ("DD", "DE", "DQ", "PMA", "TF")
"""Quantities that start again from zero each month."""
_CADRANS: Final = frozenset().union(*_STRUCTURES)


@POINTS.controle("un calendrier a toutes ses classes, chacune une fois")
def classes(point: PointDuFlux) -> Iterator[EcartFlux]:
    found: dict[tuple[Any, ...], list[SerieDuFlux]] = {}
    noms = ("contexte", "type", "motif", "physique", "metier", "cote", "debut", "calendrier")
    for serie in point.series:
        if "complet" in serie.dit and serie.dit.get("classe"):
            found.setdefault(tuple(map(serie.dit.get, noms)), []).append(serie)
    for (*_, code), series in found.items():
        here = Counter(str(serie.dit["classe"]) for serie in series)
        wanted = STRUCTURES.get(str(code))
        allowed = [frozenset(c for c, _ in wanted.classes)] if wanted else _STRUCTURES
        usual = wanted or {*here} <= _CADRANS
        if max(here.values()) > 1 or (usual and frozenset(here) not in allowed):
            names = ", ".join(sorted(here.elements()))
            yield series[0].lieu, f"{names} ne sont pas les classes de {code or 'ce calendrier'}"
        if len({tuple(v.instant for v in serie.valeurs) for serie in series}) > 1:
            yield series[0].lieu, "les classes n'ont pas les mêmes relevés"


class ReleveDuFlux(NamedTuple):
    """What the registers of a quantity show at an instant, each with its place."""

    instant: int
    registres: dict[str, tuple[int, str]]

    def total(self, cote: str) -> int | None:
        """Return the sum of the registers of a side (D, F, T), None without any."""
        found = [valeur for nom, (valeur, _) in self.registres.items() if nom[0] == cote]
        return sum(found) if found else None


def registre(serie: SerieDuFlux) -> str:
    """Return what a register is called, whoever tells it: D1, F2, T; its class without rank."""
    cote = str(serie.dit.get("cote") or "?")
    rang = re.search(r"[0-9]*$", str(serie.dit.get("cadran") or ""))
    return cote if cote == "T" else f"{cote}{(rang and rang[0]) or serie.dit.get('classe', '')}"


def releves(series: Sequence[SerieDuFlux]) -> dict[tuple[Any, ...], list[ReleveDuFlux]]:
    """Return the readings of each quantity, ascending."""
    found: dict[tuple[Any, ...], dict[int, dict[str, tuple[int, str]]]] = {}
    for serie in series:
        noms = ("metier", "physique", "contexte", "type", "motif")
        by_instant = found.setdefault((*map(serie.dit.get, noms), serie.petit), {})
        nom = registre(serie)
        for v in serie.valeurs:
            if v.valeur is not None:
                by_instant.setdefault(v.instant, {})[nom] = (v.valeur, v.lieu)
    return {key: [ReleveDuFlux(t, by[t]) for t in sorted(by)] for key, by in found.items()}


@POINTS.controle("les registres montent, et chaque grille compte le même total")
def index(point: PointDuFlux) -> Iterator[EcartFlux]:
    for key, lus in releves(point.of("index")).items():
        yield from judge_readings(key, lus)


def judge_readings(key: tuple[Any, ...], lus: Sequence[ReleveDuFlux]) -> Iterator[EcartFlux]:
    """Yield what is wrong with readings of one quantity, ascending; key as of `releves`.

    All registers of a meter start anew with it, and those of the supplier where the offer changes.
    """
    if key[1] in MENSUELLES:
        return
    petit = key[5]
    for lu in lus:
        d, f, t = map(lu.total, "DFT")
        if petit and t is not None and max(d or 0, f or 0) > t:
            lieu = next(iter(lu.registres.values()))[1]
            yield lieu, f"le total {t} n'est pas celui des classes ({d} et {f})"
    for a, b in pairwise(lus):
        gains = []
        for cote in "DFT":
            noms = [n for n in b.registres if n[0] == cote and a.registres.get(n, (0,))[0]]
            down = [n for n in noms if b.registres[n][0] < a.registres[n][0]]
            before, after = a.total(cote), b.total(cote)
            if down and len(down) < len(noms):
                fall = a.registres[down[0]][0] - b.registres[down[0]][0]
                yield b.registres[down[0]][1], f"le registre {down[0]} descend de {fall}"
            elif before is not None and after is not None and after >= before:
                gains.append(after - before)
        slack = 0 if petit else 1000 * len(b.registres)  # those of a large meter count kWh
        if {*a.registres} == {*b.registres} and gains and max(gains) - min(gains) > slack:
            lieu = next(iter(b.registres.values()))[1]
            yield lieu, f"les grilles ne comptent pas la même énergie ({gains})"
