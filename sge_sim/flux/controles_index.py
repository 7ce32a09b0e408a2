"""What must hold in the registers of a point, and in what is billed of it: the checks."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sge_sim.flux.controles import JOUR, WATTS_PETIT, ControlesFlux, EcartFlux
from sge_sim.flux.instants import as_legal, legal_midnight, read_stamp
from sge_sim.flux.lecteur import PointDuFlux, SerieDuFlux, ValeurDuFlux
from sge_sim.mesures.point import Structure
from sge_sim.referentiel.mesures import STRUCTURES

INDEX: Final = ControlesFlux[PointDuFlux]()
_STRUCTURES: Final = [frozenset(code for code, _ in each.classes) for each in Structure]
_REGISTRE_OUBLIE: Final = 10_000
"""Wh that a register has at least which a calendar leaves, so that a grid has less than the other
(assumed)."""
MENSUELLES: Final = ("DD", "DE", "DQ", "PMA", "TF")
"""Quantities that start again from zero each month."""
_CADRANS: Final = {code for each in Structure for code, _ in each.classes}


@INDEX.controle("un calendrier a toutes ses classes, chacune une fois")
def classes(point: PointDuFlux) -> Iterator[EcartFlux]:
    found: dict[tuple[Any, ...], list[SerieDuFlux]] = {}
    for serie in point.series:
        if "complet" in serie.dit and serie.dit.get("classe"):
            noms = ("contexte", "type", "motif", "physique", "metier", "cote", "calendrier")
            key = (*(serie.dit.get(nom) for nom in noms), serie.dit.get("debut"))
            found.setdefault(key, []).append(serie)
    sides: dict[tuple[Any, ...], set[frozenset[str]]] = {}
    for key, series in found.items():
        code, here = key[6], Counter(str(serie.dit["classe"]) for serie in series)
        wanted = STRUCTURES.get(str(code))
        allowed = [frozenset(c for c, _ in wanted.classes)] if wanted else _STRUCTURES
        usual = wanted or {*here} <= _CADRANS
        if max(here.values()) > 1 or (usual and frozenset(here) not in allowed):
            names = ", ".join(sorted(here.elements()))
            yield series[0].lieu, f"{names} ne sont pas les classes de {code or 'ce calendrier'}"
        sides.setdefault((*key[:3], *key[4:]), set()).add(frozenset(here))
        stamps = {tuple(v.instant for v in serie.valeurs) for serie in series}
        if len(stamps) > 1:
            yield series[0].lieu, "les classes n'ont pas les mêmes relevés"
    for key, sets in sides.items():
        if len(sets) > 1:
            yield point.lieu, f"les grandeurs n'ont pas les mêmes classes du côté {key[4]}"


class ReleveDuFlux(NamedTuple):
    """What the registers of a quantity show at an instant, each with its place."""

    instant: int
    registres: dict[str, tuple[int, str]]


def registre(serie: SerieDuFlux) -> str:
    """Return what a register is called, whoever tells it: D1, F2, T; its class without rank."""
    cadran = re.search(r"([DFT]?)([0-9]*)$", str(serie.dit.get("cadran") or ""))
    cote = str(serie.dit.get("cote", ""))
    if cote == "T":
        return "T"
    rang = cadran[2] if cadran else ""
    return f"{cote}{rang or serie.dit.get('classe', '')}"


def releves(series: Sequence[SerieDuFlux]) -> dict[tuple[Any, ...], list[ReleveDuFlux]]:
    """Return the readings of each quantity, ascending."""
    found: dict[tuple[Any, ...], dict[int, dict[str, tuple[int, str]]]] = {}
    for serie in series:
        noms = ("metier", "physique", "contexte", "type", "motif")
        key = (*(serie.dit.get(nom) for nom in noms), serie.petit)
        by_instant = found.setdefault(key, {})
        nom = registre(serie)
        for v in serie.valeurs:
            if v.valeur is not None:
                by_instant.setdefault(v.instant, {})[nom] = (v.valeur, v.lieu)
    return {key: [ReleveDuFlux(t, by[t]) for t in sorted(by)] for key, by in found.items()}


@INDEX.controle("les registres montent, et chaque grille compte le même total")
def index(point: PointDuFlux) -> Iterator[EcartFlux]:
    for key, lus in releves(point.of("index")).items():
        yield from judge_readings(key, lus)


def judge_readings(key: tuple[Any, ...], lus: Sequence[ReleveDuFlux]) -> Iterator[EcartFlux]:
    """Yield what is wrong with readings of one quantity, ascending; key as of `releves`."""
    physique, petit = key[1], key[5]
    monthly = physique in MENSUELLES
    for lu in lus:
        d, f, t, lieu = _sums(lu.registres)
        full = {"D1", "D2", "D3", "D4"} <= {*lu.registres}
        if petit and t is not None and (max(d or 0, f or 0) > t or (full and d != t)):
            yield lieu, f"le total {t} n'est pas celui des classes ({d} et {f})"
        elif petit and full and f is not None and d is not None and f > d:
            yield lieu, f"les classes du fournisseur ({f}) dépassent celles du distributeur ({d})"
        small = {abs(x - y) for x in (d, f, t) for y in (d, f, t) if None not in (x, y)} - {0}
        if petit and small and min(small) < _REGISTRE_OUBLIE:
            yield lieu, f"les totaux {d}, {f} et {t} s'écartent de trop peu pour un registre oublié"
        if physique == "DD" and any(v % 60 for v, _ in lu.registres.values()):
            yield lieu, "une durée de dépassement compte des minutes"
        if physique == "TF" and d is not None and d > 32 * 86400:
            yield lieu, f"{d} secondes ne tiennent pas dans un mois"
    fell: dict[str, int] = {}
    for a, b in pairwise(lus):
        shared = [nom for nom in b.registres if nom in a.registres]
        moved = {nom: b.registres[nom][0] - a.registres[nom][0] for nom in shared}
        down = [nom for nom in shared if moved[nom] < 0]
        lieu = b.registres[(down or [*b.registres])[0]][1]
        if monthly:
            again = [nom for nom in down if b.instant - fell.get(nom, 0) < 20 * 86400]
            fell |= dict.fromkeys(down, b.instant)
            if again and key[3] == "RC":
                yield lieu, f"le registre {again[0]} redescend"
            continue
        if down:
            # A new meter starts all of them anew.
            if any(moved[nom] > 0 for nom in shared) or b.registres[down[0]][0] > 10**9:
                yield lieu, f"le registre {down[0]} descend de {-moved[down[0]]}"
            continue
        same = set(a.registres) == set(b.registres)
        pairs = zip(_sums(a.registres)[:3], _sums(b.registres)[:3], strict=True)
        gains = [after - before for before, after in pairs if None not in (before, after)]
        slack = 0 if petit else 1000 * len(b.registres)
        if same and gains and max(gains) - min(gains) > slack:
            yield lieu, f"les grilles ne comptent pas la même énergie ({gains})"
        elif petit and gains and max(gains) * 3600 > WATTS_PETIT * max(b.instant - a.instant, 60):
            yield lieu, f"le total monte de {max(gains)}, plus que ne peut un point de 36 kVA"


def _sums(registres: dict[str, tuple[int, str]]) -> tuple[Any, Any, Any, str]:
    def side(cote: str) -> int | None:
        found = [valeur for nom, (valeur, _) in registres.items() if nom[0] == cote]
        return sum(found) if found else None

    return side("D"), side("F"), side("T"), next(iter(registres.values()))[1]


@INDEX.controle("les registres d'un relevé sont lus ensemble")
def registres_ensemble(point: PointDuFlux) -> Iterator[EcartFlux]:
    for lus in releves(point.of("index")).values():
        for a, b in pairwise(lus):
            gone = {nom[0] for nom in a.registres} - {nom[0] for nom in b.registres}
            if gone:
                lieu = next(iter(b.registres.values()))[1]
                yield lieu, f"il manque le relevé des registres {', '.join(sorted(gone))}"


@INDEX.controle("des quantités facturées se suivent, et leurs natures vont avec leurs motifs")
def quantites(point: PointDuFlux) -> Iterator[EcartFlux]:
    counted: dict[tuple[int, int], dict[str, tuple[int, int, str]]] = {}
    found: dict[tuple[Any, ...], list[tuple[ValeurDuFlux, SerieDuFlux]]] = {}
    for serie in point.of("quantite"):
        key = tuple(serie.dit.get(nom) for nom in ("physique", "cote", "classe", "metier"))
        found.setdefault(key, []).extend((valeur, serie) for valeur in serie.valeurs)
    for rows in found.values():
        rows.sort(key=lambda row: (row[0].instant, str(row[0].plus.get("fin_mesure"))))
        previous = None
        for valeur, serie in rows:
            plus = valeur.plus
            fin, creation = (read_stamp(str(plus.get(n))) for n in ("fin_mesure", "creation"))
            faute = fin.faute or creation.faute
            regularise = "C" in (plus.get("nature"), str(plus.get("libelle_nature"))[:1])
            if faute:
                yield valeur.lieu, faute
                continue
            if fin.instants[0] <= valeur.instant:
                yield valeur.lieu, f"elle finit le {plus['fin_mesure']}, avant de commencer"
            now, days = point.fichier.creation, (creation.legale - fin.legale).days
            rectifiee = "R" in (plus.get("statut"), str(plus.get("libelle_statut"))[:1])
            if days < 1 or (days > 1 and not rectifiee) or (now and creation.legale > now):
                yield (
                    valeur.lieu,
                    f"elle est créée le {plus['creation']}, non le lendemain de sa fin",
                )
            if previous is not None and valeur.instant < previous:
                yield valeur.lieu, f"elle commence le {valeur.texte}, dans la précédente"
            if (serie.dit.get("motif") == "AUTRE") < regularise:
                yield valeur.lieu, "une régularisation n'a pas ce motif de relève"
            if serie.dit.get("unite") == "Wh" and (valeur.valeur or 0) % 1000:
                yield valeur.lieu, f"{valeur.valeur} Wh ne sont pas des kWh entiers"
            previous = fin.instants[0]
            cote, key = str(serie.dit.get("cote")), (valeur.instant, fin.instants[0])
            if serie.dit.get("physique") == "EA":
                sums = counted.setdefault(key, {})
                total, count, _ = sums.get(cote, (0, 0, ""))
                sums[cote] = total + (valeur.valeur or 0), count + 1, valeur.lieu
    for sums in counted.values():
        if len(sums) == 2:
            (a, n, lieu), (b, m, _) = sums.values()
            if abs(a - b) > 1000 * (n + m):
                yield lieu, f"les deux grilles ne font pas la même énergie ({a} et {b} Wh)"


@INDEX.controle("la puissance maximale d'un jour n'est pas sous sa puissance moyenne")
def maximum_et_energie(point: PointDuFlux) -> Iterator[EcartFlux]:
    maxima = {
        as_legal(v.instant).date(): v
        for serie in point.of("maximum")
        if serie.dit.get("physique") == "PMA"
        for v in serie.valeurs
        if v.valeur is not None
    }
    for key, lus in releves(point.of("index")).items():
        for a, b in pairwise(lus):
            day = as_legal(a.instant).date()
            totals = [
                (before, after)
                for before, after in zip(_sums(a.registres), _sums(b.registres), strict=True)
                if isinstance(before, int) and isinstance(after, int)
            ]
            if key[1] != "EA" or not key[5] or day not in maxima or not totals:
                continue
            if b.instant == legal_midnight(day + JOUR):
                gain = totals[0][1] - totals[0][0]
                if gain * 3600 > (maxima[day].valeur or 0) * (b.instant - a.instant):
                    yield (
                        maxima[day].lieu,
                        f"{maxima[day].valeur} VA pour {gain} Wh dans la journée",
                    )
