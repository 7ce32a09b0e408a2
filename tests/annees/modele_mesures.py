"""The measures that were told, whoever told them: services, Data Connect, files.

A value is told of a point, a direction, a quantity and a day or a stamp. What is told twice is the
same; a register doesn't fall; the energy of a day is what its registers counted (documented in
`docs/mesures.md`, `docs/data-connect.md`, `docs/r6x.md`).
"""

from array import array
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from modele_vue import PARIS

_PAS: Final = {"PT5M": 5, "PT10M": 10, "PT30M": 30}
_COMPTEES: Final = ("EA", "ERI", "ERC")
_TOUR: Final = 900_000_000
"""By how much a register of nine digits falls at least where it begins again."""
_SOMME: Final = 24
"""By how many Wh the sum of a day's half-hours may differ from its energy (docs/flux.md)."""
_V5: Final = {
    "daily_consumption": ("NRJ", "CONS", "EA"),
    "daily_production": ("NRJ", "PROD", "EA"),
    "consumption_load_curve": ("CDC", "CONS", "PA"),
    "production_load_curve": ("CDC", "PROD", "PA"),
    "daily_consumption_max_power": ("PMX", "CONS", "PMA"),
}


class Mesure(NamedTuple):
    """A value: of which point, which direction, which quantity, told for when.

    `sorte` is IDX (a register, `classe` says which), NRJ or PMX (of a day), CDC (of a step, whose
    length `classe` is). `quand` is a legal day, or a legal stamp without offset.
    """

    sorte: str
    prm: str
    metier: str
    grandeur: str
    classe: str
    quand: str
    valeur: int
    calendrier: str = ""
    """That of a register: another one counts in registers of its own."""


@dataclass
class Mesures:
    """What was told, each thing once, and by whom."""

    dites: dict[tuple[str, ...], tuple[int | bytes, str]] = field(default_factory=dict)
    registres: dict[tuple[str, ...], list[tuple[str, int]]] = field(default_factory=dict)
    fautes: list[tuple[str, str]] = field(default_factory=list)
    prms: set[str] = field(default_factory=set)
    """The points of which something was told."""
    consultees: list[tuple[str, str, str]] = field(default_factory=list)
    """What was consulted since files were last read: a point, its first day and its last."""
    neufs: set[str] = field(default_factory=set)
    """The points that may have had another meter, which counts from 0."""

    def copied(self) -> "Mesures":
        """Return what stays as it is while this one changes."""
        shown = {key: [*each] for key, each in self.registres.items()}
        lists = [*self.fautes], {*self.prms}, [*self.consultees], {*self.neufs}
        return Mesures({**self.dites}, shown, *lists)

    def consult(self, demande: Any, reponse: Any, qui: str) -> None:
        """Keep what ConsultationMesuresDetaillees answered; corrected curves aren't compared."""
        if isinstance(reponse, Mapping) and reponse.get("mesuresCorrigees", "BRUT") == "BRUT":
            dits = [*of_tree(reponse)]
            self.tell(dits, f"service {qui}")
            if dits:
                days = [each.quand[:10] for each in dits]
                self.consultees.append((dits[0].prm, min(days), max(days)))

    def data_connect(self, asked: Mapping[str, Any], corps: Any, qui: str) -> None:
        """Keep what an API of Data Connect answered."""
        found = of_v5(asked["chemin"], corps) if "meter_reading" in corps else of_tree(corps)
        self.tell(found, f"Data Connect {qui}")

    def entreprise(self, chemin: str, corps: Any, qui: str) -> None:
        """Keep what a company was answered of a point that it holds."""
        self.tell(of_company(chemin, corps), f"entreprise {qui}")

    def tell(self, mesures: Iterable[Mesure], qui: str) -> None:
        """Keep measures, and note what they contradict."""
        days: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for each in mesures:
            if each.sorte == "CDC":
                days[(*each[:5], day_of(each))].append(each.valeur)
                continue
            key = (*each[:5], each.quand)
            if self._same(key, each.valeur, qui) and each.sorte == "IDX":
                self._register(each, qui)
            if each.sorte != "PMX":
                self._balance(each, qui)
        for key, values in days.items():
            jour = key[-1]
            if len(values) == steps_of(jour, key[4]):
                if self._same(key, array("q", values).tobytes(), qui) and key[4] == "PT30M":
                    energy = self.dites.get(("NRJ", *key[1:3], "EA", "", jour))
                    if energy and abs(sum(values) / 2 - energy[0]) > _SOMME:
                        self.wrong("l'énergie d'un jour est celle de sa courbe", f"{qui} : {key}")
            elif len(values) > steps_of(jour, key[4]):
                self.wrong("un jour a ses pas", f"{qui} : {key}, {len(values)}")
            if key[4] == "PT30M" and any(value % 2 for value in values):
                self.wrong("une demi-heure compte des Wh", f"{qui} : {key}")

    def forget(self, prms: Iterable[str]) -> None:
        """Forget points: they went, or count anew."""
        gone = {*prms}
        self.prms -= gone
        self.dites = {key: each for key, each in self.dites.items() if key[1] not in gone}
        self.registres = {key: each for key, each in self.registres.items() if key[0] not in gone}

    def concerns(self, mesure: Mesure) -> bool:
        """Tell whether somebody told that already."""
        quand = day_of(mesure) if mesure.sorte == "CDC" else mesure.quand
        return (*mesure[:5], quand) in self.dites

    def wrong(self, nom: str, detail: str) -> None:
        """Note what contradicts the rest."""
        self.fautes.append((nom, detail))

    def _same(self, key: tuple[str, ...], value: int | bytes, qui: str) -> bool:
        """Tell whether that is new; note where it isn't the same."""
        self.prms.add(key[1])
        known = self.dites.setdefault(key, (value, qui))
        if known[0] != value:
            dits = known[1].split(" ")[0], qui.split(" ")[0]
            self.wrong(_NOMS[frozenset(dits)], f"{key} : {known[1]}, puis {qui}")
        return known[1] is qui

    def _register(self, mesure: Mesure, qui: str) -> None:
        if mesure.grandeur not in _COMPTEES or not mesure.calendrier or mesure.prm in self.neufs:
            return
        shown = self.registres.setdefault((*mesure[1:5], mesure.calendrier), [])
        insort(shown, (mesure.quand, mesure.valeur))
        place = bisect_left(shown, (mesure.quand, mesure.valeur))
        around = shown[max(place - 1, 0) : place + 2]
        fell = any(after < before <= after + _TOUR for (_, before), (_, after) in pairwise(around))
        if fell:  # one that has gone round begins again
            self.wrong("un registre ne recule pas", f"{qui} : {mesure[1:5]}, {around}")

    def _balance(self, mesure: Mesure, qui: str) -> None:
        """Hold the energy of the days around to what the totaliser counted."""
        _, prm, metier, grandeur, classe, quand, *_ = mesure
        if mesure.sorte == "IDX" and (classe != "AQ T" or quand[11:] != "00:00:00"):
            return
        if prm in self.neufs:
            return
        jour = date.fromisoformat(quand[:10])
        for day in (jour, jour - timedelta(1)) if mesure.sorte == "IDX" else (jour,):
            shown = [
                self.dites.get(("IDX", prm, metier, grandeur, "AQ T", f"{each} 00:00:00"))
                for each in (day, day + timedelta(1))
            ]
            energy = self.dites.get(("NRJ", prm, metier, grandeur, "", day.isoformat()))
            if energy and shown[0] and shown[1] and energy[0] != shown[1][0] - shown[0][0]:
                self.wrong("l'énergie d'un jour est celle de ses index", f"{qui} : {prm} {day}")


_NOMS: Final = {
    **dict.fromkeys(map(frozenset, (["service"], ["Data"])), "une mesure redite est la même"),
    frozenset({"fichier"}): "rien n'est publié deux fois autrement",
    **{
        frozenset({"entreprise", each}): "une entreprise lit ce que disent les autres"
        for each in ("entreprise", "service", "Data", "fichier")
    },
    frozenset({"service", "Data"}): "Data Connect dit ce que disent les services",
    frozenset({"service", "fichier"}): "les fichiers disent ce que disent les services",
    frozenset({"Data", "fichier"}): "les fichiers disent ce que dit Data Connect",
}


def day_of(mesure: Mesure) -> str:
    """Return the legal day of a step: the last one of a C5 ends at the midnight that follows."""
    stamp = mesure.quand
    if mesure.classe == "PT30M" and stamp[11:] == "00:00:00":
        return (date.fromisoformat(stamp[:10]) - timedelta(1)).isoformat()
    return stamp[:10]


def steps_of(jour: str, pas: str) -> int:
    """Return how many steps a legal day has: 46, 48 or 50 half-hours."""
    first = datetime.fromisoformat(jour)
    ends = [each.replace(tzinfo=PARIS).timestamp() for each in (first, first + timedelta(1))]
    return int(ends[1] - ends[0]) // 60 // _PAS.get(pas, 60)


def of_tree(tree: Any) -> Iterator[Mesure]:
    """Yield the measures of an answer, or of a part of a file: they have the same shape."""
    prm = tree.get("pointId") or tree.get("idPrm")
    if prm is None:
        return
    for grandeur in listed(tree.get("grandeur")):
        metier, physique = grandeur["grandeurMetier"], grandeur["grandeurPhysique"]
        for point in listed(grandeur.get("points")):
            stamp, value = point["d"], int(point["v"])
            if point.get("n", "B") not in ("B", "R"):
                continue
            if physique.startswith("PMA"):
                if len(stamp) > 7:
                    yield Mesure("PMX", prm, metier, physique, "", stamp[:10], value)
            elif len(stamp) == 10:
                yield Mesure("NRJ", prm, metier, physique, "", stamp, value)
            elif point.get("p") in _PAS:
                yield Mesure("CDC", prm, metier, physique, point["p"], stamp, value)
    for contexte in listed(tree.get("contexte")):
        yield from _registers(prm, contexte)


def _registers(prm: str, contexte: Mapping[str, Any]) -> Iterator[Mesure]:
    if contexte["contexteReleve"] not in ("COL", "FMR"):
        return
    for grandeur in listed(contexte.get("grandeur")):
        what = prm, grandeur["grandeurMetier"], grandeur["grandeurPhysique"]
        cadrans = [("T", "T", each) for each in listed(grandeur.get("cadranTotalisateur"))]
        for calendrier in listed(grandeur.get("calendrier")):
            for classe in listed(calendrier.get("classeTemporelle")):
                number = str(calendrier.get("idCalendrier"))
                side = "D" if number.startswith("DI") else "F"  # distributor's, supplier's
                name = f"{side} {classe['idClasseTemporelle']}"
                cadrans.append((name, number, classe))
        for name, number, cadran in cadrans:
            for each in listed(cadran.get("valeur")):
                classe = f"{contexte['typeReleve']} {name}"
                yield Mesure("IDX", *what, classe, each["d"], int(each["v"]), number)


def of_v5(chemin: str, corps: Mapping[str, Any]) -> Iterator[Mesure]:
    """Yield the measures of an answer of Data Connect v5."""
    read, known = corps["meter_reading"], _V5.get(chemin.rstrip("/").split("/")[-1])
    if known is None:
        return
    what, prm = known[1:], read["usage_point_id"]
    for each in read["interval_reading"]:
        stamp, pas, value = each["date"], each.get("interval_length", ""), int(each["value"])
        if known[0] != "CDC":
            yield Mesure(known[0], prm, *what, "", stamp[:10], value)
        elif pas in _PAS:
            yield Mesure("CDC", prm, *what, pas, stamp, value)


def of_company(chemin: str, corps: Mapping[str, Any]) -> Iterator[Mesure]:
    """Yield the measures of an answer to a company: the steps of a large point are stamped at their
    end, its registers are those of the first context."""
    read = corps["meter_reading"]
    for each in of_v5(chemin, corps) if "interval_reading" in read else ():
        if each.classe in ("PT5M", "PT10M"):
            start = datetime.fromisoformat(each.quand) - timedelta(minutes=_PAS[each.classe])
            yield each._replace(quand=f"{start:%Y-%m-%d %H:%M:%S}")
        else:
            yield each
    if read.get("reading", [{}])[0].get("context") not in ("COL", "FMR"):
        return
    what = read["usage_point_id"], "CONS", "EA"
    cadrans = [("T", "T", each) for each in read.get("temporal_class_totalizer", ())]
    for calendar in read["calendar"]:
        number = str(calendar["id_calendar"])
        side = "D" if number.startswith("DI") else "F"
        for each in calendar["temporal_class"]:
            cadrans.append((f"{side} {each['id_temporal_class']}", number, each))
    for name, number, cadran in cadrans:
        for each in cadran["values"]:
            yield Mesure("IDX", *what, f"AQ {name}", each["date"], int(each["value"]), number)


def listed(tree: Any) -> list[Any]:
    """Return what may come once, several times or not at all."""
    return [] if tree in (None, "") else tree if isinstance(tree, list) else [tree]
