"""The points of a GRD-F contract as its files tell of them on a day: their sheet, their situations,
what is measured on them.

What a sheet says changes with time: what it said on the day of an event is read from its former
values, or from the event itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sge_sim.clock import PARIS
from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.perimetre import ContratGrd, EvenementContractuel, SituationContractuelle
from sge_sim.facturation.lecture import FINS
from sge_sim.facturation.lignes import LINKY, SituationFacturee
from sge_sim.flux.releves_contractuels import GrilleLue, SituationVecue
from sge_sim.mesures.grilles_nommees import calendrier_nomme
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts_of
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.perimetre import evenements_of
from sge_sim.tables.points import Point

_ANCIEN: Final = "CEB"
_DATEES: Final = ("nom_client_final", "categorie_client_final", "siret")
_PLAGES: Final = ("heures_creuses_libelle", "heures_creuses_saison_basse")
_STRUCTURES: Final = {"BASE": ("1", "Base"), "HP": ("2", "HPHC"), "BUHC": ("6", "6 cadrans")}
"""What a supplier's grid is called where there is no Linky, by one of its classes."""


@dataclass(frozen=True)
class PointDuContrat:
    """A point under one of its situations: its sheet, what changed of it, what was lived."""

    ligne: Point
    facts: MesuresFacts
    vecue: SituationVecue

    def etat_au(self, jour: date) -> dict[str, Any]:
        """Return who held the point on a day, and its off-peak ranges, by column."""
        names = (*_DATEES, *_PLAGES)
        etats = self.facts.histoire(self.ligne, *names)
        held = [values for depuis, values in etats if depuis is None or depuis <= jour]
        return dict(zip(names, held[-1], strict=True))

    def evenement_au(self, jour: date) -> EvenementContractuel:
        """Return the last event to a day; the first one before it."""
        known = [each for each in self.vecue.evenements if each.jour <= jour]
        return known[-1] if known else self.vecue.evenements[0]

    def situation_au(self, jour: date) -> SituationContractuelle:
        """Return what was contracted after the events of a day."""
        return self.evenement_au(jour).apres

    def eve(self, jour: date) -> date:
        """Return the day before another."""
        return jour - timedelta(1)

    def stamp(self, jour: date, *, minute: bool = False, second: bool = False) -> datetime:
        """Return the start of a legal day, or the first minute or the second of it, which stamp
        what is done on that day and what follows (observed)."""
        return datetime.combine(jour, time(0, minute + second), PARIS)

    def type_client(self, jour: date) -> str:
        """Return 0 for a professional, 1 for a residential client (assumed of R15)."""
        return "0" if self.etat_au(jour)["categorie_client_final"] == "PRO" else "1"

    def type_compteur(self, jour: date) -> str:
        """Return CCB for a Linky, CEB for another meter (which it is: assumed)."""
        return LINKY if self.vecue.communicates(jour) else _ANCIEN

    def matricule(self, jour: date) -> str | None:
        """Return the number of the meter of a day."""
        held = [
            each
            for each in self.ligne.compteurs
            if (each.date_pose or date.min) <= jour < (each.date_depose or date.max)
        ]
        return (held[-1].numero_serie or held[-1].matricule) if held else None

    def off_peak_ranges(self, jour: date) -> tuple[str | None, str | None]:
        """Return the labels of the off-peak ranges of a day: high season, low season."""
        etat = self.etat_au(jour)
        return etat["heures_creuses_libelle"], etat["heures_creuses_saison_basse"]

    def calendars(self, jour: date, grids: Mapping[str, GrilleLue]) -> dict[str, Any]:
        """Return how its grids are called: the supplier's by its structure where there is no
        Linky."""
        tree: dict[str, Any] = {}
        for cote, lue in grids.items():
            if not lue.classes:
                continue
            nomme = calendrier_nomme(lue.grille)
            code, libelle, nom = nomme.code, nomme.libelle, "Calendrier"
            if not cote and not self.vecue.communicates(jour):
                codes = {each.code for each in lue.classes}
                code, libelle = next(v for k, v in _STRUCTURES.items() if k in codes)
                nom = "Structure_Horosaisonniere"
            suffixe = f"_{cote}" if cote else ""
            tree |= {f"Id_{nom}{suffixe}": code, f"Libelle_{nom}{suffixe}": libelle}
        return tree

    def start_of_sequence(self, evenement: EvenementContractuel) -> date:
        """Return since when the number of a situation holds."""
        mine = self.vecue.evenements
        return next(each.jour for each in mine if each.num_sequence == evenement.num_sequence)

    def start_of_supply(self, evenement: EvenementContractuel) -> date:
        """Return since when its supply has been as after an event."""
        start = evenement.jour
        for each in reversed(self.vecue.evenements):
            if each.jour <= evenement.jour:
                if each.apres.alimentation != evenement.apres.alimentation:
                    break
                start = each.jour
        return start

    def situations_facturees(self, jour: date) -> list[SituationFacturee]:
        """Return what is invoiced of its situations to a day, oldest first."""
        found: list[SituationFacturee] = []
        for each in self.vecue.evenements:
            if each.jour > jour or each.nature in FINS:
                continue
            situation = SituationFacturee(
                debut=each.jour,
                fta=each.apres.fta,
                puissance=Decimal(each.apres.puissance),
                sequence=each.num_sequence,
                compteur=self.type_compteur(each.jour),
                autoproducteur=self.ligne.contrat_injection,
            )
            if not found or _without_day(found[-1]) != _without_day(situation):
                found.append(situation)
        return found


def _without_day(situation: SituationFacturee) -> tuple[Any, ...]:
    return tuple(value for name, value in vars(situation).items() if name != "debut")


def read_points_of(
    session: Session, contrat: ContratGrd, prms: Sequence[str], jour: date
) -> Iterator[PointDuContrat]:
    """Yield the situations of some hundreds of points under a contract, to a day, that hadn't ended
    before it, by point then in their order."""
    events = evenements_of(session, contrat, prms, jour)
    query = select(Point).where(Point.prm.in_(prms)).options(selectinload(Point.compteurs))
    points = {each.prm: each for each in session.scalars(query)}
    mesures = read_mesures_facts_of(session, list(points))
    for prm in sorted(points):
        point, facts = points[prm], mesures[prm]
        mine = events.get(prm, [])
        for _, group in groupby(mine, attrgetter("ref_situation")):
            evenements = list(group)
            fin = evenements[-1].jour if evenements[-1].nature in FINS else None
            if fin is not None and fin < jour:
                continue
            service = None if fin is None else (evenements[0].jour, fin)
            mesure = point_mesure(point, facts, "SOUTIRAGE", service)
            if mesure is not None:
                fixe = contrat.jour_fixe or jour_releve(point.plage_releve)
                yield PointDuContrat(point, facts, SituationVecue(prm, evenements, mesure, fixe))
    session.expunge_all()


def affaire_tree(evenement: EvenementContractuel) -> dict[str, Any]:
    """Return which affaire an event is of: its number where the addressee or Enedis made it, the
    references where the addressee did."""
    affaire = evenement.affaire
    if affaire is None or affaire.recue:
        return {}
    reference = affaire.reference if affaire.initiee else None
    return {"Id_Affaire": affaire.id} | ({"Ref_Demandeur": reference} if reference else {})
