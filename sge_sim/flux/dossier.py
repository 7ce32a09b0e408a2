"""What must hold between files that stand together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sge_sim.flux.controles import MENSUELLES, Releves, judge_readings, releves
from sge_sim.flux.lecteur import EcartFlux, FichierLu, PointDuFlux, SerieDuFlux

_PUISSANCES: Final = {"EA": "PA", "ERI": "PRI", "ERC": "PRC"}


@dataclass
class DossierFlux:
    """The files that stand together, and what they say of points: what two of them say must agree.

    By kind of fact, point, direction and quantity: `faits` by day (whole days of a curve by their
    step too), `index` by instant and register; each with its file and its place there.
    """

    fichiers: list[FichierLu] = field(default_factory=list)
    faits: dict[tuple[Any, ...], dict[Any, tuple[Any, str]]] = field(default_factory=dict)
    index: dict[Any, Releves] = field(default_factory=dict)
    ecarts: list[EcartFlux] = field(default_factory=list)

    def note(self, fichier: FichierLu, point: PointDuFlux) -> None:
        """Keep what a file says of a point."""
        nom = fichier.membre.noms[0]
        for serie in point.of("courbe", "energie", "maximum"):
            corrected = serie.dit.get("etape") in ("BEST", "Comptage Corrigé")
            if corrected or fichier.fact("nature") == "Corrigée":
                continue
            for key, day, said, lieu in _facts(serie):
                self._agree(self.faits.setdefault((point.prm, *key), {}), day, said, nom, lieu)
        for key, lus in releves(point.of("index")).items():
            metier, physique, contexte, type_, _, petit = key
            if physique in MENSUELLES or contexte not in (None, "COL", "FMR") or type_ == "RM":
                continue
            by = self.index.setdefault((point.prm, metier or "CONS", physique, petit), {})
            for instant, lu in lus.items():
                for registre, (valeur, lieu) in lu.items():
                    self._agree(by.setdefault(instant, {}), registre, valeur, nom, lieu)

    def _agree(self, kept: Any, where: Any, value: Any, nom: str, lieu: str) -> None:
        before = kept.setdefault(where, (value, f"{nom}, {lieu}"))
        if before[0] != value:
            self.ecarts.append((f"{nom}, {lieu}", "accord", before[1], where))

    def judge(self) -> Iterator[EcartFlux]:
        """Yield what is wrong between them."""
        yield from self.ecarts
        for (_, _, physique, petit), lus in self.index.items():
            if len({lieu.split(",")[0] for lu in lus.values() for _, lieu in lu.values()}) > 1:
                yield from judge_readings(physique, petit, lus)
        yield from _sequences(self.fichiers)


def _facts(serie: SerieDuFlux) -> Iterator[tuple[Any, ...]]:
    """Yield what a series tells of a day: under which key, the day, what, its place.

    What came late, or in several files, isn't a whole day of each curve.
    """
    physique, times = serie.dit.get("physique"), 1000 if serie.dit["unite"][:1] == "k" else 1
    about = (serie.sorte, serie.dit.get("metier", "CONS"), _PUISSANCES.get(physique, physique))
    for day, mine in serie.jours.items():
        if serie.sorte != "courbe":
            yield from ((about, day, v.valeur, v.lieu) for v in mine if v.valeur is not None)
            continue
        known = {v.instant: v.valeur * times for v in mine if v.valeur is not None}
        step = int(min(np.diff(sorted(known)), default=0))
        if step and known.keys() == {*serie.stamps_of(day, step)}:
            yield (*about, serie.petit, step), day, hash(tuple(known.values())), mine[0].lieu


def _sequences(fichiers: Sequence[FichierLu]) -> Iterator[EcartFlux]:
    lots: dict[tuple[Any, ...], dict[int, list[FichierLu]]] = {}
    for fichier in fichiers:
        names = fichier.forme.declaree.get("suite" if fichier.recurrent else "lot")
        if names and (sequence := fichier.fact("sequence")):
            key = (fichier.forme.nom, *map(fichier.fact, names))
            lots.setdefault(key, {}).setdefault(int(sequence), []).append(fichier)
    for by_rank in lots.values():
        last = by_rank[max(by_rank)][0]
        first = 1 if last.fact("frequence") == "P" else min(by_rank)
        for rank in sorted({*range(first, max(by_rank))} - by_rank.keys())[:1]:
            yield last.membre.noms[0], "sequence", f"{rank:05d}"
        for rank, files in by_rank.items():
            outer = sorted({each.membre.noms[0] for each in files})
            parts, whole = {each.fact("rang") for each in files}, files[0].fact("nombre")
            if len(outer) > len(parts):
                yield outer[0], "sequence_prise", f"{rank:05d}"
            elif len(parts) < int(whole or 1):
                yield outer[0], "lot", f"{rank:05d}", whole
