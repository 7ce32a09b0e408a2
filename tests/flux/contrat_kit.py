"""A supplier with a GRD-F contract, and the contractual lives of its points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import publication_kit
from made_states import filled_database
from publication_kit import Platform, new_point
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.perimetre import (
    AffaireContractuelle,
    ContratGrdF,
    EvenementContractuel,
    ReleveErrone,
    SituationContractuelle,
    contractual_situation,
)
from sge_sim.tables.points import Commune, Point

GRD, AUTRE = "GRD-F139", "GRD-F140"
EIC = {GRD: "17X000000000001F", AUTRE: "17X000000000002D"}
FOURNISSEURS = {GRD: "17X100A100A0001A", AUTRE: "17X200B200B0002B"}
COMMUNES = (
    ("34650", "34231", "ROMIGUIERES"),
    ("44000", "44109", "NANTES"),
    ("75001", "75056", "PARIS"),
)
DEBUT = date(2026, 5, 1)
_NATURES_FERMANTES, _OUVRANTES = ("RES", "CFNS"), ("PMES", "MES", "CFNE")
_PRESTATIONS = {
    **{"MES": "F120B", "CFNE": "F130", "CFNS": "F130", "RES": "F140B"},
    **{"MCT": "F180", "CMAT": "F185B", "MDACT": "M007"},
}


@dataclass(frozen=True)
class Etape:
    """An event of a life: its nature, its day, what it changes of the situation, whose contract."""

    nature: Any
    jour: date
    change: dict[str, Any]
    contrat: str = GRD
    initiateur: Any = "fournisseur"
    connu: date | None = None
    """When it is recorded, where that is late."""


def etape(nature: str, jour: date, contrat: str = GRD, **change: Any) -> Etape:
    return Etape(nature, jour, change, contrat)


def fill(
    session: Session,
    lives: dict[str, Sequence[Etape]],
    anciens: Sequence[str] = (),
    errones: Sequence[tuple[str, date, date, int]] = (),
    followed: date = DEBUT,
) -> None:
    """Declare two suppliers, their contracts from `followed` on, and points with these lives: in
    the contract before where they don't begin by entering it; `anciens` have no Linky, `errones`
    are wrong readings."""
    publication_kit._fill(session)
    for code_postal, code_insee, libelle in COMMUNES[1:]:
        session.add(Commune(code_postal=code_postal, code_insee=code_insee, libelle=libelle))
    for contrat, code in FOURNISSEURS.items():
        session.add(Acteur(code=code, nom=f"Fournisseur {contrat}", kind="fournisseur"))
        session.flush()
        session.add(
            Contrat(contrat_id=contrat, acteur_code=code, type="GRD-F", date_debut=followed)
        )
        grd = ContratGrdF(
            contrat_id=contrat,
            acteur_code=code,
            eic=EIC[contrat],
            eic_responsable=EIC[contrat],
            debut=followed,
        )
        session.add(grd)
    session.flush()
    numero = 37_000_000
    for rank, (prm, steps) in enumerate(sorted(lives.items())):
        point = made_point(prm, rank, ancien=prm in anciens)
        session.add(point)
        if not steps or steps[0].nature not in _OUVRANTES:
            point.fournisseur_titulaire = FOURNISSEURS[GRD]
        session.flush()
        situation = contractual_situation(point)
        by_contrat: dict[str, SituationContractuelle] = {}
        affaires: dict[date, AffaireContractuelle] = {}
        for n, step in enumerate(steps, start=1):
            before = by_contrat.get(step.contrat, situation)
            after = _after(before, step, f"5{rank:05d}{n:03d}")
            by_contrat[step.contrat] = after
            if not (affaire := affaires.get(step.jour) if step.nature[:3] == "CFN" else None):
                numero += 1
                affaire = affaires[step.jour] = _affaire(prm, step, f"{numero}")
                session.add(affaire)
            if step.nature == "CFNS":
                affaire.contrat_receveur = step.contrat
            elif step.initiateur == "fournisseur":
                affaire.contrat_id = step.contrat
            session.flush()
            session.add(_evenement(prm, step, before, after, affaire.numero))
        _end_as(point, by_contrat)
    for prm, jour, corrige, ecart in errones:
        session.add(
            ReleveErrone(prm=prm, jour=jour, corrige=corrige, ecart=ecart, motif="CORR_IDX")
        )


def made_point(prm: str, rank: int, *, ancien: bool) -> Point:
    point = new_point(prm, "C5", 1000 + rank)
    point.type_comptage, point.plage_releve = "LINKY", f"TD{rank % 28:02d}"
    point.heures_creuses_libelle = "HC (22H56-6H56)"
    point.numero_et_nom_voie = "12 BIS RUE DES LILAS"
    point.code_postal, point.code_insee, point.commune = COMMUNES[rank % 3]
    point.categorie_client_final = ("RES", "PRO")[rank % 2]
    point.fournisseur_titulaire = None
    if ancien:
        point.fta, point.type_comptage = "BTINFCUST", "EMC"
        point.niveau_ouverture_services, point.compteurs[0].tic_activable = 0, None
    return point


def _after(before: SituationContractuelle, step: Etape, reference: str) -> SituationContractuelle:
    if step.nature in _OUVRANTES:
        opened = replace(
            before,
            reference=reference,
            sequence=1,
            date_mise_en_service=step.jour,
            date_sequence=step.jour,
            etat="SERVC",
            date_resiliation=None,
        )
        return replace(opened, **step.change)
    if step.nature in _NATURES_FERMANTES:
        return replace(before, etat="RESIL", date_resiliation=step.jour)
    if step.nature == "MCT":
        sequence = before.sequence + 1
        return replace(before, sequence=sequence, date_sequence=step.jour, **step.change)
    return replace(before, **step.change)


def _affaire(prm: str, step: Etape, numero: str) -> AffaireContractuelle:
    own = step.initiateur == "enedis"
    return AffaireContractuelle(
        numero=numero,
        prm=prm,
        nature=step.nature,
        prestation=None if own else _PRESTATIONS.get(step.nature, "F185B"),
        initiateur=step.initiateur,
        reference_demandeur=None if own else f"ref-{numero}",
        jour=step.jour,
        valeurs={},
        ouverte_at=datetime.combine(step.jour - timedelta(2), time(16, 27, 20), PARIS),
        close_at=datetime.combine(step.jour, time(7, 27, 2), PARIS),
        realisee=True,
    )


def _evenement(
    prm: str,
    step: Etape,
    before: SituationContractuelle,
    after: SituationContractuelle,
    numero: str,
) -> EvenementContractuel:
    return EvenementContractuel(
        prm=prm,
        contrat_id=step.contrat,
        nature=step.nature,
        jour=step.jour,
        connu=step.connu or step.jour,
        instant=datetime.combine(step.connu or step.jour, time(0, 1), PARIS),
        affaire_numero=numero,
        reference=after.reference,
        sequence=after.sequence,
        avant=before,
        apres=after,
    )


def _end_as(point: Point, by_contrat: dict[str, SituationContractuelle]) -> None:
    """Have the sheet of a point say what its life came to."""
    if by_contrat:
        point.fournisseur_titulaire = None
    for contrat, situation in by_contrat.items():
        if situation.etat == "SERVC":
            point.fournisseur_titulaire = FOURNISSEURS[contrat]
            point.puissance_souscrite = situation.puissance


def contract_platform(
    folder: Path,
    lives: dict[str, Sequence[Etape]],
    *apart: Sequence[Any],
    followed: date = DEBUT,
    **options: Any,
) -> Platform:
    folder.mkdir(parents=True, exist_ok=True)
    database = filled_database(
        folder / "sge-sim.db", lambda session: fill(session, lives, *apart, followed=followed)
    )
    return Platform(database, folder, **options)
