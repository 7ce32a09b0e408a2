"""Affaires of a supplier that has a GRD-F contract: opened, refused, carried out, recorded.

Where no supplier that is concerned has such a contract, nothing is recorded.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date, start_of_day
from sge_sim.commandes.admissible import wrong_demands, wrong_events
from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.nomenclatures import TypeEvenement
from sge_sim.domaine.perimetre import (
    ACTES,
    CALENDRIERS_DISTRIBUTEUR,
    CLASSES_C4,
    COLONNES,
    NATURES,
    SEGMENTS_SUIVIS,
    prestation_of,
)
from sge_sim.domaine.perimetre import NatureEvenement as Nature
from sge_sim.domaine.perimetre import SituationContractuelle as Situee
from sge_sim.errors import UsageError
from sge_sim.tables import perimetre as tables
from sge_sim.tables.acteurs import find_acteur, get_acteur
from sge_sim.tables.anciens_etats import DATEES, change_columns
from sge_sim.tables.attentes import events_awaited
from sge_sim.tables.commandes import Evenement
from sge_sim.tables.ecritures import next_numero
from sge_sim.tables.points import Compteur, Point

_TYPES: Final[Mapping[Nature, TypeEvenement]] = {
    **{"PMES": "changement_titulaire", "MES": "changement_titulaire"},
    **{"CFNE": "nouveau_fournisseur", "RES": "resiliation"},
}
_NATURES: Final[Mapping[TypeEvenement, Nature]] = {
    **{"changement_titulaire": "MES", "nouveau_fournisseur": "CFNE", "resiliation": "RES"},
    **{"programmation_hc": "PHC", "reforme_hc": "PHC"},
}
_EIC: Final = re.compile(r"[A-Z0-9-]{16}")
_REALISATION: Final = time(7, 27)
"""When an affaire is said done on its day: observed of a supplier change from afar."""
_QUATRE_SEMAINES: Final = 28
_TENUES: Final = (
    *("reference", "sequence", "date_mise_en_service", "date_sequence"),
    *("date_alimentation", "puissance_limitation"),
)
"""What no column of a point says of its situation."""
_SEQUENCE: Final = ("fta", "puissance", "puissances")
"""What begins another sequence."""
_PLAGE: Final = "HC (22H00-6H00)"
Suivi: TypeAlias = tuple[tables.AffaireContractuelle, Situee]


def declare_contrat(
    session: Session, code: str, contrat_id: str, eic: str, responsable: str, debut: date
) -> tables.ContratGrdF:
    """Follow the points of a supplier under a GRD-F contract from a legal day on, or change what
    is said of it; `responsable` is the EIC of who is responsible for its balance.

    Raises `UsageError` for who supplies nothing, a contract of another, what isn't an EIC.
    """
    if get_acteur(session, code).kind != "fournisseur":
        raise UsageError(f"{code} n'est pas un fournisseur : lui seul a un contrat GRD-F.")
    for each in (eic, responsable):
        if not _EIC.fullmatch(each):
            raise UsageError(f"« {each} » n'est pas un code EIC : 16 majuscules, chiffres, tirets.")
    for other in tables.contrats_grd_f(session):
        if (other.contrat_id == contrat_id) != (other.acteur_code == code):
            raise UsageError(f"{other.acteur_code} a déjà le contrat {other.contrat_id}.")
    said = {"eic": eic, "eic_responsable": responsable, "debut": debut}
    return session.merge(tables.ContratGrdF(contrat_id=contrat_id, acteur_code=code, **said))


def declare(
    session: Session,
    point: Point,
    nature: Nature,
    now: datetime,
    jour: date,
    *,
    enedis: bool = False,
    reference: str | None = None,
    **champs: Any,
) -> tables.AffaireContractuelle:
    """Open the affaire that leads to an event of a point on a legal day.

    `champs` are those of `ACTES`, None of what isn't given. Raises `UsageError` for a supplier
    that has no GRD-F contract, another affaire of the contract, and what isn't admissible.
    """
    given = {name: value for name, value in champs.items() if value is not None}
    valeurs = {COLONNES.get(name, name): value for name, value in given.items()}
    if point.segment == "C4" and given.keys() & {"puissance", "puissances"}:
        powers = tables.contractual_situation(point).par_classe
        if "puissance" in given:
            powers = dict.fromkeys(CLASSES_C4, given["puissance"])
        powers |= given.get("puissances", {})
        valeurs |= {"denivele_puissances": powers, "puissance_souscrite": max(powers.values())}
    enedis = enedis or (nature in ACTES and not ACTES[nature].prestation)
    _refuse(wrong_demands(nature, given, jour, legal_date(now), enedis=enedis))
    if (code := given.get("fournisseur")) is not None:
        acteur = find_acteur(session, code)
        if acteur is None or acteur.kind != "fournisseur":
            raise UsageError(f"« {code} » n'est pas un fournisseur : voir sge-sim acteurs list.")
    if NATURES[nature].type == "CONTRAT" and not enedis:
        _refuse(_others_awaited(session, point, now))
    _refuse(wrong_events(point, nature, valeurs, jour))
    if jour < legal_date(now):
        _refuse(_corrections_since(session, point, jour))
    affaire = open_contractuelle(session, point, nature, valeurs, jour, now, enedis=enedis)
    if affaire is None:
        raise UsageError(
            f"aucun fournisseur concerné n'a de contrat GRD-F suivi le {jour:%d/%m/%Y} : le "
            "déclarer par sge-sim perimetre contrat."
        )
    affaire.reference_demandeur = None if enedis else reference
    plan_affaire(session, point, affaire, max(now, start_of_day(jour)))
    return affaire


def _refuse(wrongs: Iterator[str]) -> None:
    for wrong in wrongs:
        raise UsageError(f"{wrong}.")


def _others_awaited(session: Session, point: Point, now: datetime) -> Iterator[str]:
    for event in events_awaited(session, point.prm):
        affaire = _affaire_of(session, event)
        if affaire is None or affaire.ouverte_at > now:
            continue
        if NATURES[affaire.nature].type == "CONTRAT" and affaire.prestation is not None:
            yield (
                f"l'affaire {affaire.numero} ({affaire.nature} du {affaire.jour:%d/%m/%Y}) est "
                f"déjà en cours sur le point {point.prm} : en demander une après ce jour"
            )


def declare_errone(
    session: Session, errone: tables.ReleveErrone, point: Point, today: date
) -> None:
    """Have a cyclic reading to come told wrong, and corrected within four weeks.

    Raises `UsageError` for a point that no contract follows, days that don't fit.
    """
    jour, fixe = errone.jour, jour_releve(point.plage_releve)
    holder = point.fournisseur_titulaire if point.segment in SEGMENTS_SUIVIS else None
    fits = jour.day == fixe and today <= jour < errone.corrige < jour + timedelta(_QUATRE_SEMAINES)
    if not fits or tables.contrat_of(session, holder, jour) is None:
        raise UsageError(
            f"Donner un {fixe} à venir, jour de relevé du point {point.prm} dans un contrat GRD-F, "
            "et une correction dans les quatre semaines."
        )
    _refuse(_corrections_since(session, point, jour))
    session.add(errone)


def _corrections_since(session: Session, point: Point, jour: date) -> Iterator[str]:
    """Yield why nothing of a day can be put right: something since was, or has happened."""
    known = (each.connu for each in tables.life_of(session, [point.prm]).get(point.prm, []))
    wrong = select(tables.ReleveErrone.corrige).where(tables.ReleveErrone.prm == point.prm)
    last = max([*known, *session.scalars(wrong)], default=date.min)
    if last >= jour:
        yield f"{point.prm} a un événement ou une correction le {last:%d/%m/%Y} : dater d'après"


def _affaire_of(session: Session, event: Evenement) -> tables.AffaireContractuelle | None:
    numero = event.affaire_contractuelle
    return None if numero is None else session.get_one(tables.AffaireContractuelle, numero)


def open_contractuelle(
    session: Session,
    point: Point,
    nature: Nature,
    valeurs: Mapping[str, Any],
    jour: date,
    now: datetime,
    *,
    enedis: bool = False,
) -> tables.AffaireContractuelle | None:
    """Open an affaire at an instant; None where no supplier that is concerned has a GRD-F contract
    on that legal day."""
    if point.segment not in SEGMENTS_SUIVIS or not tables.contrats_grd_f(session):
        return None
    holder = point.fournisseur_titulaire
    entering = tables.contrat_of(session, valeurs.get("fournisseur_titulaire", holder), jour)
    leaves = nature in ("MES", "CFNE") and point.etat_contractuel != "RESIL"
    leaving = tables.contrat_of(session, holder, jour) if leaves else None
    if entering is None and leaving is None:
        return None
    affaire = tables.AffaireContractuelle(
        **{"numero": f"{next_numero(session, 'perimetre'):08d}", "prm": point.prm},
        **{"nature": nature, "jour": jour, "valeurs": dict(valeurs), "ouverte_at": now},
        prestation=None if enedis else prestation_of(nature, point.segment, valeurs),
        initiateur="enedis" if enedis else "fournisseur",
        contrat_id=None if entering is None else entering.contrat_id,
        contrat_receveur=None if leaving is None else leaving.contrat_id,
    )
    session.add(affaire)
    session.flush()
    return affaire


def plan_affaire(
    session: Session, point: Point, affaire: tables.AffaireContractuelle, instant: datetime
) -> None:
    """Plan the event of an affaire."""
    event = Evenement(point=point, instant=instant, echeance=instant)
    event.type = _TYPES.get(affaire.nature, "contractuel")
    event.affaire_contractuelle = affaire.numero
    if affaire.nature == "CFNE":
        event.fournisseur_code = affaire.valeurs["fournisseur_titulaire"]
    session.add(event)


def give_up(session: Session, event: Evenement, now: datetime) -> None:
    """Forget an event that is awaited, and close what leads to it."""
    event.echeance = None  # whoever goes through what is due passes it over
    session.delete(event)
    if (affaire := _affaire_of(session, event)) is not None:
        affaire.close(now, realisee=False)


def follow(session: Session, event: Evenement, now: datetime, *, asked: bool = False) -> None:
    """Open the affaire of an event that was planned otherwise, where a contract is concerned.

    Raises `UsageError` where a tester has `asked` for what the point doesn't admit.
    """
    nature, point, code = _NATURES.get(event.type), event.point, event.fournisseur_code
    if nature is None or event.affaire_contractuelle is not None:
        return
    valeurs = {} if code is None else {"fournisseur_titulaire": code}
    said = (nature, valeurs, legal_date(event.instant))
    others = [*_others_awaited(session, point, now)] if asked else []
    affaire = open_contractuelle(session, point, *said, now, enedis=nature == "PHC")
    if affaire is not None:
        event.affaire_contractuelle = affaire.numero
        if asked and nature != "PHC":
            _refuse(iter([*others, *wrong_events(point, *said)]))


def begin(session: Session, event: Evenement, instant: datetime) -> Suivi | None:
    """Return the affaire of an event that is due and the situation of its point until then; None
    where no contract is concerned.

    Raises `UsageError`, the affaire being closed, where the point doesn't admit it any more.
    """
    follow(session, event, instant)
    point, affaire = event.point, _affaire_of(session, event)
    if affaire is None:
        return None
    if affaire.nature != "PHC":
        said = affaire.nature, affaire.valeurs, affaire.jour
        for wrong in (*_lost(session, point, affaire), *wrong_events(point, *said)):
            affaire.close(instant, realisee=False)
            raise UsageError(wrong)
    query = select(tables.EvenementContractuel).order_by(tables.EvenementContractuel.id.desc())
    last = session.scalars(query.where(tables.EvenementContractuel.prm == point.prm)).first()
    situation = tables.contractual_situation(point)
    return affaire, situation if last is None else _held(situation, last.apres)


def _lost(session: Session, point: Point, affaire: tables.AffaireContractuelle) -> Iterator[str]:
    """Yield that the supplier who asked has lost the point since, but for who comes to a point."""
    if affaire.prestation is None or NATURES[affaire.nature].ouvre or affaire.contrat_id is None:
        return
    asking = session.get_one(tables.ContratGrdF, affaire.contrat_id).acteur_code
    if asking != point.fournisseur_titulaire:
        yield f"le point {point.prm} n'est plus au fournisseur {asking}"


def _held(situation: Situee, former: Situee) -> Situee:
    return replace(situation, **{name: getattr(former, name) for name in _TENUES})


def record(
    session: Session,
    point: Point,
    affaire: tables.AffaireContractuelle,
    avant: Situee,
    instant: datetime,
) -> None:
    """Give a point what an affaire makes of it, and record it as each contract concerned sees it.

    `avant` is its situation before its event.
    """
    nature, jour, known = affaire.nature, affaire.jour, legal_date(instant)
    _apply(session, point, affaire, known)
    apres = _held(tables.contractual_situation(point), avant)
    if nature == "PHC" and (apres == avant or avant.resiliee):
        return  # the meter hasn't answered, or nobody has a contract
    affaire.close(max(instant, datetime.combine(known, _REALISATION, PARIS)), realisee=True)
    if apres.alimentation != avant.alimentation:
        apres = replace(apres, date_alimentation=jour, puissance_limitation=None)
    if "limite" in affaire.valeurs:
        apres = replace(apres, puissance_limitation=affaire.valeurs["limite"])
    if any(getattr(apres, name) != getattr(avant, name) for name in _SEQUENCE):
        apres = replace(apres, sequence=avant.sequence + 1, date_sequence=jour)

    def add(nature: Nature, apres: Situee) -> None:
        holder = avant.fournisseur if NATURES[nature].ferme else apres.fournisseur
        contrat = tables.contrat_of(session, holder, jour)
        if contrat is not None:
            event = tables.EvenementContractuel(
                **{"prm": point.prm, "contrat_id": contrat.contrat_id, "nature": nature},
                **{"jour": jour, "instant": instant, "affaire_numero": affaire.numero},
                connu=known,
                **{"reference": apres.reference, "sequence": apres.sequence},
                **{"avant": avant, "apres": apres},
            )
            session.add(event)
            session.flush()

    if NATURES[nature].ouvre:
        if not avant.resiliee and nature != "PMES":
            left = replace(avant, etat="RESIL", date_resiliation=jour)
            add("CFNS" if nature == "CFNE" else "RES", left)
        apres = replace(apres, reference=f"{next_numero(session, 'reference'):09d}", sequence=1)
        apres = replace(apres, date_mise_en_service=jour, date_sequence=jour)
    elif nature == "MDPRM" and avant.niveau == 0 < apres.niveau:
        add("CMAT", activated := replace(apres, niveau=0))  # the distributor's grid comes first
        avant = activated
    add(nature, apres)


def _apply(
    session: Session, point: Point, affaire: tables.AffaireContractuelle, connu: date
) -> None:
    """Give a point what an affaire makes of it from a legal day on, beside what its event does
    already."""
    jour = affaire.jour
    valeurs = {name: value for name, value in affaire.valeurs.items() if name in DATEES}
    puissance, former = valeurs.get("puissance_souscrite"), point.puissance_souscrite or 0
    if (powers := affaire.valeurs.get("denivele_puissances")) is not None:
        puissance, former = (
            sum(powers.values()),
            sum(tables.contractual_situation(point).par_classe.values()),
        )
        point.denivele_puissances = powers
    if puissance not in (None, former):
        grown = "augmentation" if puissance > former else "diminution"
        setattr(point, f"date_{grown}_puissance", jour)
        valeurs["puissance_souscrite_unite"] = "kVA"
    if (fta := valeurs.get("fta")) not in (None, point.fta):
        point.date_modification_fta = jour
        posts = CALENDRIERS_DISTRIBUTEUR.get(str(fta)) != "DI000001"
        if posts and point.heures_creuses_libelle is None and point.type_comptage == "LINKY":
            valeurs["heures_creuses_libelle"] = _PLAGE
    change_columns(session, point, connu, **valeurs)
    match affaire.nature:
        case "MES" | "PMES":
            point.etat_contractuel, point.etat_alimentation = "SERVC", "ALIM"
            point.date_resiliation, point.contrat_soutirage = None, True
        case "COU":
            point.etat_alimentation = "LIMI" if "limite" in affaire.valeurs else "COUP"
        case "RET":
            point.etat_alimentation = "ALIM"
        case "CMAT":
            for meter in point.compteurs:
                meter.date_depose = meter.date_depose or jour
            said = dict.fromkeys(("matricule", "numero_serie"), affaire.valeurs["matricule"])
            tic = point.compteurs[-1].tic_activable if point.compteurs else None  # a Linky has it
            posed = Compteur(prm=point.prm, date_pose=jour, tic_activable=tic, **said)
            point.compteurs.append(posed)
