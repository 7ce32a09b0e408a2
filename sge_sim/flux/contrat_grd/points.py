"""The points of a GRD-F contract as its files tell of them on a day: their sheet, their situations,
what is measured on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.domaine.perimetre import SituationContractuelle
from sge_sim.facturation.arbres import enedis
from sge_sim.facturation.lignes import SituationFacturee
from sge_sim.flux.contrat_grd.releves import GrilleLue, SituationVecue
from sge_sim.flux.lots import LotContrat
from sge_sim.mesures.grilles_nommees import calendrier_nomme
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts_of
from sge_sim.tables.perimetre import (
    ContratGrdF,
    EvenementContractuel,
    life_of,
    periodes_of,
)
from sge_sim.tables.points import Point


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
    def type_client(self) -> str:
        """0 for a professional, 1 for a residential client (assumed of R15)."""
        return "0" if self.situation.categorie == "PRO" else "1"

    @property
    def niveau(self) -> str:
        """Its level of services: 0, 1 or 2."""
        return str(self.situation.niveau)

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

    def situations_facturees(self) -> list[SituationFacturee]:
        """Return what is invoiced of its situations, oldest first."""
        found: list[SituationFacturee] = []
        for periode in self.vecue.periodes:
            situation = SituationFacturee(
                debut=periode.debut,
                fta=periode.situation.fta or "",
                puissance=Decimal(periode.situation.puissance or 0),
                sequence=periode.situation.sequence,
                compteur=periode.situation.type_compteur,
                autoproducteur=self.ligne.contrat_injection,
            )
            if not found or replace(situation, debut=found[-1].debut) != found[-1]:
                found.append(situation)
        return found


def read_points_of(
    session: Session, contrat: ContratGrdF, prms: Sequence[str], jour: date
) -> Iterator[PointDuContrat]:
    """Yield the situations of some hundreds of points under a contract, to a day, that hadn't ended
    before it, by point then in their order."""
    lives = life_of(session, prms, contrat.contrat_id)
    points = session.scalars(select(Point).where(Point.prm.in_(prms)).order_by(Point.prm)).all()
    mesures = read_mesures_facts_of(session, [each.prm for each in points])
    for point in points:
        known = lives.get(point.prm, [])
        events = [each for each in known if each.jour <= jour]
        # Before its first event, a point was as that event found it.
        periodes = periodes_of(point, events or known, contrat)
        references = dict.fromkeys(each.situation.reference for each in periodes)
        for reference in references:
            mine = [each for each in periodes if each.situation.reference == reference]
            if mine[0].debut > jour:
                continue
            of_it = [each for each in events if each.reference == reference]
            fin = of_it[-1].jour if of_it and of_it[-1].sorte.ferme else None
            if fin is not None and fin < jour:
                continue
            debut = mine[0].situation.date_mise_en_service
            service = None if fin is None else (debut, fin)
            mesure = point_mesure(point, mesures[point.prm], "SOUTIRAGE", service)
            if mesure is not None:
                vecue = SituationVecue(point.prm, mine, of_it, mesure)
                yield PointDuContrat(point, vecue, jour)


def affaire_facts(lot: LotContrat, evenement: EvenementContractuel | None) -> dict[str, Any]:
    """Return which affaire an event is of: its number where the addressee or Enedis made it, the
    reference where the addressee did."""
    affaire = None if evenement is None else evenement.affaire
    if affaire is None:
        return {}
    mine = affaire.contrat_id == lot.contrat.contrat_id
    if not mine and affaire.initiateur != "enedis":
        return {}
    return {"affaire": affaire, "reference": affaire.reference_demandeur if mine else None}
