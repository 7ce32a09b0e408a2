"""The points of a GRD-F contract on a day: what was lived of their contractual situations, their
readings, and what the meter showed at each.

A situation begins and ends by a reading; in between its events have theirs, and the point is read
on its fixed day: each month where its meter communicates, else every six (documented). A file is
the same whenever it is made. Days are legal days, and a reading shows the start of its day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from itertools import takewhile
from typing import Any, Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sge_sim.clock import PARIS
from sge_sim.domaine.perimetre import PeriodeContractuelle, SituationContractuelle
from sge_sim.facturation.arbres import enedis
from sge_sim.facturation.lecture import CYCLIQUE
from sge_sim.facturation.lignes import SituationFacturee
from sge_sim.mesures import CADRANS_FOURNISSEUR, Grille, PointMesure, en_vigueur
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.consommations import (
    MOIS_ENTRE_RELEVES_A_PIED,
    Consommation,
    Consommations,
    SerieConsommations,
    minute_du_releve,
)
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.mesures.grilles_nommees import ClasseNommee, calendrier_nomme
from sge_sim.mesures.index import registres_de_depose, registres_lus
from sge_sim.mesures.installations import keep_cles
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts_of
from sge_sim.tables.perimetre import (
    ContratGrdF,
    EvenementContractuel,
    ecarts_of,
    life_of,
    periodes_of,
)
from sge_sim.tables.points import Point

JOUR: Final = timedelta(1)
_WH: Final = 1000
_LOOK_BACK: Final = timedelta(400)
"""Longer than from a cyclic reading to the one that is invoiced next."""


@dataclass(frozen=True)
class ReleveContractuel:
    """A reading of a situation (`reference`): its day, its motive, the event that it is of,
    the reading before it."""

    prm: str
    reference: str
    jour: date
    motif: str
    evenement: EvenementContractuel | None = None
    precedent: "ReleveContractuel | None" = None

    @cached_property
    def id(self) -> str:
        """Its number of sixteen digits (how real ones are given is unknown)."""
        said = f"{self.prm}/{self.reference}/{self.jour}/{self.motif}"
        return f"{int.from_bytes(sha256(said.encode()).digest()[:8]) % 10**16:016d}"

    @property
    def instant(self) -> datetime:
        """Its stamp: the start of the day, or its first minute where something is done then
        (observed)."""
        return datetime.combine(self.jour, time(0, int(self.evenement is not None)), PARIS)


@dataclass(frozen=True)
class SituationVecue:
    """What is known of a point under one reference, to a day: its periods and its events, oldest
    first, and what is measured on it."""

    prm: str
    periodes: Sequence[PeriodeContractuelle]
    evenements: Sequence[EvenementContractuel]
    mesure: PointMesure
    ecarts: Mapping[date, int] = field(default_factory=dict)
    """How many kWh too many its readings of a day are told, in the first class of each grid."""
    registres: dict[int, list[int]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def derniere(self) -> SituationContractuelle:
        """Its last situation, that which ended it too."""
        return self.evenements[-1].apres if self.evenements else self.periodes[-1].situation

    @property
    def fin(self) -> date | None:
        """The day on which it ended."""
        return next((each.jour for each in self.evenements if each.sorte.ferme), None)

    def communicates(self, jour: date) -> bool:
        """Tell whether its meter of a day does."""
        for each in self.mesure.compteurs:
            if each.pose <= jour and (each.depose is None or jour < each.depose):
                return each.communicant
        return False

    def cycliques(self, depuis: date, mensuels: bool | None = None) -> Iterator[date]:
        """Yield its days of cyclic reading after a day, without end; `mensuels`: as if its meters
        always communicated, or never."""
        month, fixe = depuis.year * 12 + depuis.month - 1, self.derniere.jour_fixe
        while True:
            jour = date(month // 12, month % 12 + 1, fixe)
            due = (jour.month + self.mesure.graine) % MOIS_ENTRE_RELEVES_A_PIED == 0
            monthly = self.communicates(jour) if mensuels is None else mensuels
            if jour > depuis and (due or monthly):
                yield jour
            month += 1

    def prochain(self, jour: date) -> date:
        """Return the day of the next cyclic reading, as it is foreseen at one."""
        return next(self.cycliques(jour, self.communicates(jour)))

    def shown(self, jour: date, *, before: bool) -> list[int]:
        """Return what the registers show on a day; `before`: those of the meter that goes on it."""
        gone = next((each for each in self.mesure.compteurs if each.depose == jour), None)
        if before and gone is not None:
            return [*map(int, registres_de_depose(self.mesure, gone))]
        return self.registres[numero(jour)]


def read_registers(vecues: Iterable[tuple[SituationVecue, Iterable[date]]]) -> None:
    """Read what the meters show on days of each situation, together: at midnight, a large one at
    the minute of its monthly reading. A meter is counted from its former day."""
    asked = [
        (vecue, jour)
        for vecue, jours in vecues
        for jour in sorted({*jours})
        if numero(jour) not in vecue.registres
    ]
    minutes = [minute_du_releve(vecue.mesure, jour) for vecue, jour in asked]
    days = [(vecue.mesure, numero(jour), numero(jour) + 1) for vecue, jour in asked]
    keep_cles(point.graine for point, *_ in days)
    at = [np.array([minute]) for minute in minutes] if any(minutes) else None
    for (vecue, jour), lu in zip(asked, registres_lus(days, at) if asked else (), strict=True):
        registres = vecue.registres[numero(jour)] = lu[:, 0].tolist()
        for premier in (0, CADRANS_FOURNISSEUR):
            registres[premier] += _WH * vecue.ecarts.get(jour, 0)


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
    found, shown = [], [vecue.shown(jour, before=before)]
    if precedent is not None:
        shown.append(vecue.shown(precedent, before=False))
    for premier, grilles in (
        (0, vecue.mesure.grille_fournisseur),
        (CADRANS_FOURNISSEUR, vecue.mesure.grille_distributeur),
    ):
        grille = en_vigueur(grilles, held)
        classes = calendrier_nomme(grille).classes
        index, *precedents = (
            {each.code: lu[premier + each.cadran - 1] // _WH for each in classes} for lu in shown
        )
        found.append(GrilleLue(grille, classes, index, *precedents or [{}]))
    fournisseur, distributeur = found
    return (fournisseur if fournisseur.classes else distributeur), distributeur


@dataclass(frozen=True)
class PointDuContrat:
    """A point on a day, under one of its situations: its sheet, and what was lived."""

    ligne: Point
    vecue: SituationVecue
    jour: date

    @property
    def prm(self) -> str:
        """Its number."""
        return self.ligne.prm

    @property
    def situation(self) -> SituationContractuelle:
        """What is contracted."""
        return self.vecue.derniere

    @property
    def grand(self) -> bool:
        """Whether it is above 36 kVA."""
        return self.ligne.segment == "C4"

    @property
    def type_client(self) -> str:
        """0 for a professional, 1 for a residential client (assumed of R15)."""
        return "0" if self.situation.categorie == "PRO" else "1"

    @property
    def niveau(self) -> str:
        """Its level of services: 0, 1 or 2."""
        return str(self.situation.niveau)

    @property
    def puissances(self) -> list[dict[str, Any]]:
        """A C4's powers, by class."""
        powers = self.situation.par_classe.items()
        return [{"classe": classe, "puissance": power} for classe, power in powers]

    @cached_property
    def releves(self) -> list[ReleveContractuel]:
        """Its readings to its day, that day included, oldest first: of a year at least.

        An event on the fixed day stands for the cyclic reading (assumed); of several events of a
        day the one that ends has it, else the first; MES begins what no event tells of.
        """
        vecue, last = self.vecue, min(self.jour, self.vecue.fin or date.max)
        debut = self.situation.date_mise_en_service
        by_day: dict[date, tuple[str, EvenementContractuel | None]] = {debut: ("MES", None)}
        dits = [each for each in vecue.evenements if each.sorte.motif and each.jour <= self.jour]
        for each in sorted(dits, key=lambda each: each.sorte.ferme):
            if each.sorte.ferme or by_day.get(each.jour, ("", None))[1] is None:
                by_day[each.jour] = each.sorte.motif, each
        cycliques = vecue.cycliques(max(debut, last - _LOOK_BACK))
        by_day = dict.fromkeys(takewhile(last.__ge__, cycliques), (CYCLIQUE, None)) | by_day
        found: list[Any] = [None]
        for jour in sorted(by_day):
            about = self.prm, self.situation.reference, jour, *by_day[jour]
            found.append(ReleveContractuel(*about, found[-1]))
        return found[1:]

    @property
    def matricule(self) -> str | None:
        """The number of its meter."""
        return (self.situation.numero_serie or self.situation.matricule or "")[:20] or None

    def calendars(self, fournisseur: GrilleLue, distributeur: GrilleLue) -> dict[str, Any]:
        """Return how its grids are called: the supplier's by its structure where there is no
        Linky."""
        found: dict[str, Any] = {}
        if distributeur.classes:
            found["distributeur"] = calendrier_nomme(distributeur.grille)
        if self.vecue.communicates(self.jour):
            found["fournisseur"] = calendrier_nomme(fournisseur.grille)
        else:
            codes = {each.code for each in fournisseur.classes}
            structures = enedis()["structures"].items()
            found["structure"] = next((named for each, named in structures if each in codes), None)
        return found

    def heures_depassees(self, debut: date, fin: date) -> dict[str, int]:
        """Return the hours beyond its power that a C4 is billed between two readings, by class."""
        row = (Consommation(debut, fin, 0, "REEL", "EVENEMENT"),)
        grilles = {each.structure: each for each in self.vecue.mesure.grille_distributeur}
        series = [
            SerieConsommations(each.calendrier, classe, row)
            for each in grilles.values()
            for classe, _ in each.structure.classes
        ]
        hours = heures_depassees(self.vecue.mesure, Consommations(tuple(series), ()))
        return {each.classe: each.consommations[0].valeur for each in hours}

    def situations_facturees(self) -> list[SituationFacturee]:
        """Return what is invoiced of its situations, oldest first."""
        found: list[SituationFacturee] = []
        for periode in self.vecue.periodes:
            situation = SituationFacturee(
                debut=periode.debut,
                fta=periode.situation.fta or "",
                puissance=Decimal(periode.situation.puissance or 0),
                puissances=tuple(
                    (each, Decimal(power)) for each, power in periode.situation.par_classe.items()
                )
                if self.grand
                else (),
                sequence=periode.situation.sequence,
                compteur=periode.situation.type_compteur,
                autoproducteur=self.ligne.contrat_injection,
            )
            if not found or replace(situation, debut=found[-1].debut) != found[-1]:
                found.append(situation)
        return found


def read_points_of(
    session: Session, contrat: ContratGrdF, prms: Sequence[str], jour: date, connu: date = date.min
) -> Iterator[PointDuContrat]:
    """Yield the situations of some hundreds of points under a contract, to a day, that hadn't ended
    before it, by point then in their order: as they are known that day, or later, `connu`."""
    connu, lives = max(jour, connu), life_of(session, prms, contrat.contrat_id)
    wrong = ecarts_of(session, prms, connu)
    wanted = select(Point).where(Point.prm.in_(prms)).order_by(Point.prm)
    points = session.scalars(wanted.options(selectinload(Point.compteurs))).all()
    mesures = read_mesures_facts_of(session, [each.prm for each in points])
    for point in points:
        known = lives.get(point.prm, [])
        events = [each for each in known if each.jour <= jour and each.connu <= connu]
        # Before its first event, a point was as that event found it.
        periodes = periodes_of(point, events or known, contrat)[: None if events else 1]
        for reference in dict.fromkeys(each.situation.reference for each in periodes):
            mine = [each for each in periodes if each.situation.reference == reference]
            if mine[0].debut > jour:
                continue
            of_it = [each for each in events if each.reference == reference]
            fin = of_it[-1].jour if of_it and of_it[-1].sorte.ferme else None
            if fin is not None and fin < jour:
                continue
            # Told late: another client may have come since.
            service = mine[0].situation.date_mise_en_service, fin or point.date_mise_en_service
            mesure = point_mesure(point, mesures[point.prm], "SOUTIRAGE", service)
            if mesure is not None:
                days = {each.jour for each in of_it}
                found = wrong.get(point.prm, {}).items()
                ecarts = {day: ecart for day, ecart in found if day not in days}
                vecue = SituationVecue(point.prm, mine, of_it, mesure, ecarts)
                yield PointDuContrat(point, vecue, jour)
