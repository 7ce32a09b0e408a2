"""The readings that a supplier is told of a point, and what the meter showed at each.

A contractual situation begins and ends by a reading; in between its events have theirs, and the
point is read on its fixed day: each month where its meter communicates, else every six months
(documented). All of it is of the point's life and of its measures alone, so that a file is the
same whenever it is made. Days are legal days, and a reading shows the start of its day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.domaine.perimetre import EvenementContractuel
from sge_sim.facturation.arbres import enedis
from sge_sim.facturation.lecture import CYCLIQUE, FINS
from sge_sim.mesures import CADRANS_FOURNISSEUR, Grille, PointMesure, en_vigueur
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.consommations import MOIS_ENTRE_RELEVES_A_PIED
from sge_sim.mesures.grilles_nommees import ClasseNommee, calendrier_nomme
from sge_sim.mesures.index import registres_de_depose, registres_lus
from sge_sim.mesures.tableaux import Entiers

_WH: Final = 1000
_ID: Final = 10**16


@dataclass(frozen=True)
class ReleveContractuel:
    """A reading of a situation (`reference`): its day, its motive, the event that it is of."""

    prm: str
    reference: str
    jour: date
    motif: str
    evenement: EvenementContractuel | None = None

    @property
    def id(self) -> str:
        """Its number of sixteen digits (how real ones are given is unknown)."""
        said = f"{self.prm}/{self.reference}/{self.jour}/{self.motif}"
        return f"{int.from_bytes(sha256(said.encode()).digest()[:8]) % _ID:016d}"

    @property
    def instant(self) -> datetime:
        """Its stamp: the start of the day, or its first minute where something is done then
        (observed)."""
        return datetime.combine(self.jour, time(0, int(self.evenement is not None)), PARIS)


@dataclass(frozen=True)
class SituationVecue:
    """What is known of a point under one reference, to a day: its events, oldest first, what is
    measured on it, and its fixed day of reading."""

    prm: str
    evenements: Sequence[EvenementContractuel]
    mesure: PointMesure
    jour_fixe: int
    registres: dict[int, Entiers] = field(default_factory=dict, repr=False, compare=False)

    @property
    def reference(self) -> str:
        """The number of the situation."""
        return self.evenements[0].ref_situation

    @property
    def fin(self) -> date | None:
        """The day on which it ends."""
        return next((each.jour for each in self.evenements if each.nature in FINS), None)

    def communicates(self, jour: date) -> bool:
        """Tell whether its meter of a day does."""
        return any(
            each.communicant
            for each in self.mesure.compteurs
            if each.pose <= jour < (each.depose or date.max)
        )

    def cycliques(self, depuis: date) -> Iterator[date]:
        """Yield its days of cyclic reading after a day, without end."""
        month = depuis.year * 12 + depuis.month - 1
        while True:
            jour = date(month // 12, month % 12 + 1, self.jour_fixe)
            due = self.communicates(jour) or self._is_read_on_the_spot(jour)
            if jour > depuis and due:
                yield jour
            month += 1

    def prochain(self, jour: date) -> date:
        """Return the day of the next cyclic reading, as it is foreseen at one."""
        found = self.cycliques(jour)
        if self.communicates(jour):
            return next(found)
        return next(each for each in found if self._is_read_on_the_spot(each))

    def _is_read_on_the_spot(self, jour: date) -> bool:
        return (jour.month + self.mesure.graine) % MOIS_ENTRE_RELEVES_A_PIED == 0

    def releves(self, jusqu_a: date) -> list[ReleveContractuel]:
        """Return its readings to a day, that day included, oldest first.

        An event on the fixed day stands for the cyclic reading (assumed); of two events of a day
        the first one has it.
        """
        by_day: dict[date, ReleveContractuel] = {}
        for each in self.evenements:
            motif = enedis()["natures"].get(each.nature, {}).get("motif")
            if motif is not None and each.jour <= jusqu_a:
                here = by_day.get(each.jour)
                if here is None or each.nature in FINS:
                    found = ReleveContractuel(self.prm, self.reference, each.jour, motif, each)
                    by_day[each.jour] = found
        if not by_day:
            return []
        last = min(jusqu_a, self.fin or date.max)
        for jour in self.cycliques(min(by_day)):
            if jour > last:
                break
            cyclic = ReleveContractuel(self.prm, self.reference, jour, CYCLIQUE)
            by_day.setdefault(jour, cyclic)
        return [by_day[jour] for jour in sorted(by_day)]

    def shown(self, jour: date, *, ferme: bool) -> Entiers:
        """Return what the registers show on a day; `ferme`: those of the meter that goes on it."""
        gone = next((each for each in self.mesure.compteurs if each.depose == jour), None)
        if ferme and gone is not None:
            return registres_de_depose(self.mesure, gone)
        return self.registres[numero(jour)]


def read_registers(vecues: Iterable[tuple[SituationVecue, Iterable[date]]]) -> None:
    """Read what the meters show on days of each situation, together."""
    asked = [(vecue, n) for vecue, jours in vecues for n in {*map(numero, jours)}]
    lus = registres_lus([(vecue.mesure, n, n + 1) for vecue, n in asked]) if asked else []
    for (vecue, n), lu in zip(asked, lus, strict=True):
        vecue.registres[n] = lu[:, 0]


@dataclass(frozen=True)
class GrilleLue:
    """What a grid shows at a reading, by class, kWh: its index, that of the reading before it."""

    grille: Grille | None
    classes: Sequence[ClasseNommee]
    index: Mapping[str, int]
    precedents: Mapping[str, int]

    @property
    def energies(self) -> dict[str, int]:
        """What each class counted since."""
        return {each: self.index[each] - before for each, before in self.precedents.items()}


def grids_at(
    vecue: SituationVecue, jour: date, precedent: date | None, *, before: bool = True
) -> tuple[GrilleLue, GrilleLue]:
    """Return the supplier's grid and the distributor's at a reading that follows another, as they
    were `before` what was done on its day; the supplier's is the other's where it has none."""
    held = (precedent or jour - timedelta(1)) if before else jour
    found = []
    for premier, grilles in (
        (0, vecue.mesure.grille_fournisseur),
        (CADRANS_FOURNISSEUR, vecue.mesure.grille_distributeur),
    ):
        grille = en_vigueur(grilles, held)
        classes = calendrier_nomme(grille).classes
        shown = [vecue.shown(jour, ferme=before)]
        if precedent is not None:
            shown.append(vecue.shown(precedent, ferme=False))
        index, *precedents = (
            {each.code: int(lu[premier + each.cadran - 1]) // _WH for each in classes}
            for lu in shown
        )
        found.append(GrilleLue(grille, classes, index, *precedents or [{}]))
    fournisseur, distributeur = found
    return (fournisseur if fournisseur.classes else distributeur), distributeur


def read_pairs(
    releves: Sequence[ReleveContractuel],
) -> list[tuple[ReleveContractuel, ReleveContractuel | None]]:
    """Return each reading with the one before it, None of the first."""
    pairs: list[Any] = [(after, before) for before, after in pairwise(releves)]
    return [(releves[0], None), *pairs] if releves else []
