"""The points of a GRD-F contract as its files tell of them on a day: their sheet, their situations,
what is measured on them.

What a sheet says changes with time: what it said on the day of an event is read from its former
values, or from the event itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.perimetre import ContratGrd, EvenementContractuel
from sge_sim.facturation.arbres import enedis
from sge_sim.facturation.lecture import FINS
from sge_sim.facturation.lignes import LINKY, SituationFacturee
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.releves_contractuels import GrilleLue, SituationVecue
from sge_sim.mesures.grilles_nommees import calendrier_nomme
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts_of
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.perimetre import evenements_of, points_in_contract
from sge_sim.tables.points import Point

_ANCIEN: Final = "CEB"
_COLONNES: Final = (
    *("nom_client_final", "categorie_client_final", "siret"),
    *("heures_creuses_libelle", "heures_creuses_saison_basse"),
)
_TRIPHASE: Final = "230/400 V"


@dataclass(frozen=True)
class PointDuContrat:
    """A point on a day, under one of its situations: its sheet, what changed of it, what was
    lived."""

    ligne: Point
    facts: MesuresFacts
    vecue: SituationVecue
    jour: date

    @property
    def prm(self) -> str:
        """Its number."""
        return self.ligne.prm

    @cached_property
    def etat(self) -> dict[str, Any]:
        """Who held it and its off-peak ranges, by column."""
        etats = self.facts.histoire(self.ligne, *_COLONNES)
        held = [values for depuis, values in etats if depuis is None or depuis <= self.jour]
        return dict(zip(_COLONNES, held[-1], strict=True))

    @property
    def evenement(self) -> EvenementContractuel:
        """Its last event."""
        return self.vecue.evenements[-1]

    @property
    def niveau(self) -> str:
        """Its level of services: 0, 1 or 2."""
        return str(self.evenement.apres.niveau or 0)

    @property
    def type_client(self) -> str:
        """0 for a professional, 1 for a residential client (assumed of R15)."""
        return "0" if self.etat["categorie_client_final"] == "PRO" else "1"

    @property
    def type_compteur(self) -> str:
        """CCB for a Linky, CEB for another meter (which it is: assumed)."""
        return LINKY if self.vecue.communicates(self.jour) else _ANCIEN

    @property
    def triphase(self) -> bool:
        """Whether it has three phases."""
        return self.ligne.tension_livraison == _TRIPHASE

    @property
    def matricule(self) -> str | None:
        """The number of its meter."""
        for each in reversed(self.ligne.compteurs):
            if (each.date_pose or date.min) <= self.jour < (each.date_depose or date.max):
                return (each.numero_serie or each.matricule or "")[:20] or None
        return None

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

    def since(self, evenement: EvenementContractuel, nom: str) -> date:
        """Return since when what an event says of `nom`, a path within it, holds."""
        known, start = attrgetter(nom), evenement.jour
        for each in reversed(self.vecue.evenements):
            if each.jour <= evenement.jour:
                if known(each) != known(evenement):
                    break
                start = each.jour
        return start

    def situations_facturees(self) -> list[SituationFacturee]:
        """Return what is invoiced of its situations, oldest first."""
        found: list[SituationFacturee] = []
        for each in self.vecue.evenements:
            situation = SituationFacturee(
                debut=each.jour,
                fta=each.apres.fta,
                puissance=Decimal(each.apres.puissance),
                sequence=each.num_sequence,
                compteur=replace(self, jour=each.jour).type_compteur,
                autoproducteur=self.ligne.contrat_injection,
            )
            same = found and replace(situation, debut=found[-1].debut) == found[-1]
            if not same and each.nature not in FINS:
                found.append(situation)
        return found


def prms_to_read(session: Session, lot: LotContrat) -> Iterator[str]:
    """Return the points of which a reading may be told on a day, in their order."""
    return points_in_contract(session, lot.contrat, lot.periode.debut)


def read_points_of(
    session: Session, contrat: ContratGrd, prms: Sequence[str], jour: date
) -> Iterator[PointDuContrat]:
    """Yield the situations of some hundreds of points under a contract, to a day, that hadn't ended
    before it, by point then in their order."""
    events = evenements_of(session, contrat, prms, jour)
    query = select(Point).where(Point.prm.in_(prms)).options(selectinload(Point.compteurs))
    points = {each.prm: each for each in session.scalars(query)}
    mesures = read_mesures_facts_of(session, list(points))
    for prm, point in sorted(points.items()):
        for _, group in groupby(events.get(prm, ()), attrgetter("ref_situation")):
            evenements = list(group)
            debut, fin = evenements[0].jour, evenements[-1].jour
            ended = evenements[-1].nature in FINS
            if ended and fin < jour:
                continue
            service = (debut, fin) if ended else None
            mesure = point_mesure(point, mesures[prm], "SOUTIRAGE", service)
            if mesure is not None:
                fixe = contrat.jour_fixe or jour_releve(point.plage_releve)
                vecue = SituationVecue(prm, evenements, mesure, fixe)
                yield PointDuContrat(point, mesures[prm], vecue, jour)


def affaire_facts(evenement: EvenementContractuel | None) -> dict[str, Any]:
    """Return which affaire an event is of: its number where the addressee or Enedis made it, the
    reference where the addressee did."""
    affaire = None if evenement is None else evenement.affaire
    if affaire is None or affaire.recue:
        return {}
    return {"affaire": affaire, "reference": affaire.reference}
