"""Affaires of a supplier that has a GRD-F contract: opened, refused, carried out, recorded.

Where no supplier that is concerned has such a contract, nothing is recorded.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date, start_of_day
from sge_sim.commandes.admissible import wrong_demands, wrong_events
from sge_sim.domaine.nomenclatures import TypeEvenement
from sge_sim.domaine.perimetre import (
    ACTES,
    CALENDRIERS_DISTRIBUTEUR,
    COLONNES,
    NATURES,
    EtatAffaire,
    NatureEvenement,
    SituationContractuelle,
)
from sge_sim.errors import UsageError
from sge_sim.tables.acteurs import find_acteur, get_acteur
from sge_sim.tables.anciens_etats import DATEES, change_columns
from sge_sim.tables.attentes import events_awaited
from sge_sim.tables.commandes import Evenement
from sge_sim.tables.ecritures import next_numero
from sge_sim.tables.perimetre import (
    AffaireContractuelle,
    ContratGrdF,
    EvenementContractuel,
    JalonContractuel,
    contrat_of,
    situation_of,
)
from sge_sim.tables.points import Compteur, Point

_TYPES: Final[Mapping[NatureEvenement, TypeEvenement]] = {
    **{"PMES": "changement_titulaire", "MES": "changement_titulaire"},
    **{"CFNE": "nouveau_fournisseur", "RES": "resiliation"},
}
_NATURES: Final[Mapping[TypeEvenement, NatureEvenement]] = {
    **{"changement_titulaire": "MES", "nouveau_fournisseur": "CFNE", "resiliation": "RES"},
    **{"programmation_hc": "PHC", "reforme_hc": "PHC"},
}
_EIC: Final = re.compile(r"[A-Z0-9-]{16}")
_JALONS: Final[tuple[EtatAffaire, ...]] = ("DMTR", "DMREC", "INPL")
_TRANSMISSION: Final = timedelta(seconds=7)
_REALISATION: Final = time(7, 27)
"""When an affaire is said admissible and planned after its demand, and done on its day: observed
of a supplier change from afar."""
_TENUES: Final = (
    *("reference", "sequence", "date_mise_en_service", "date_sequence"),
    *("date_alimentation", "puissance_limitation"),
)
"""What no column of a point says of its situation."""
_PLAGE: Final = "HC (22H00-6H00)"


def declare_contrat(
    session: Session,
    code: str,
    contrat_id: str,
    eic: str | None,
    eic_responsable: str | None,
    debut: date,
) -> ContratGrdF:
    """Follow the points of a supplier under a GRD-F contract from a legal day on, or change what
    is said of it; without codes of its own it has one made of the actor's (assumed).

    Raises `UsageError` for who supplies nothing, a contract of another, what isn't an EIC.
    """
    acteur = get_acteur(session, code)
    eic = eic or f"17X{re.sub('[^A-Z0-9]', '-', code.upper())[:12]:->12}0"
    for each in (eic, eic_responsable or eic):
        if not _EIC.fullmatch(each):
            raise UsageError(
                f"« {each} » n'est pas un code EIC : 16 lettres majuscules, chiffres ou tirets."
            )
    if acteur.kind != "fournisseur":
        raise UsageError(f"{code} n'est pas un fournisseur : lui seul a un contrat GRD-F.")
    followed = select(ContratGrdF).where(
        (ContratGrdF.contrat_id == contrat_id) | (ContratGrdF.acteur_code == code)
    )
    contrat = session.scalars(followed).first()
    if contrat is None:
        contrat = ContratGrdF(contrat_id=contrat_id, acteur_code=code)
        session.add(contrat)
    elif (contrat.contrat_id, contrat.acteur_code) != (contrat_id, code):
        raise UsageError(
            f"{contrat.acteur_code} a déjà le contrat {contrat.contrat_id} : en donner un autre à "
            f"{code}, ou reprendre ce numéro."
        )
    contrat.eic, contrat.eic_responsable, contrat.debut = eic, eic_responsable or eic, debut
    session.flush()
    return contrat


def declare(
    session: Session,
    point: Point,
    nature: NatureEvenement,
    now: datetime,
    jour: date | None = None,
    *,
    reference: str | None = None,
    enedis: bool = False,
    **champs: Any,
) -> AffaireContractuelle:
    """Open the affaire that leads to an event of a point on a legal day, today without it.

    `champs` are those of `ACTES`, None of what isn't given. Raises `UsageError` for a supplier
    that has no GRD-F contract, another affaire of the contract, and what isn't admissible.
    """
    given = {name: value for name, value in champs.items() if value is not None}
    valeurs = {COLONNES.get(name, name): value for name, value in given.items()}
    today = legal_date(now)
    jour = jour or today
    enedis = enedis or (nature in ACTES and not ACTES[nature].prestation)
    wrongs = [*wrong_demands(nature, given, jour, today, enedis=enedis)]
    if (code := given.get("fournisseur")) is not None:
        acteur = find_acteur(session, code)
        if acteur is None or acteur.kind != "fournisseur":
            wrongs.append(f"« {code} » n'est pas un fournisseur : voir sge-sim acteurs list")
    if NATURES[nature].type == "CONTRAT" and not enedis:
        wrongs += _others_awaited(session, point)
    wrongs += wrong_events(point, nature, valeurs, jour)
    if wrongs:
        raise UsageError(f"{wrongs[0]}.")
    affaire = open_affaire(session, point, nature, valeurs, jour, now, reference, enedis=enedis)
    if affaire is None:
        raise UsageError(
            f"aucun fournisseur concerné n'a de contrat GRD-F suivi le {jour:%d/%m/%Y} : le "
            "déclarer par sge-sim perimetre contrat."
        )
    plan_affaire(session, point, affaire, max(now, start_of_day(jour)))
    return affaire


def plan_affaire(
    session: Session, point: Point, affaire: AffaireContractuelle, instant: datetime
) -> None:
    """Plan the event of an affaire."""
    event = Evenement(point=point, instant=instant, echeance=instant)
    event.type = _TYPES.get(affaire.nature, "contractuel")
    event.affaire_contractuelle = affaire.numero
    if affaire.nature == "CFNE":
        event.fournisseur_code = affaire.valeurs["fournisseur_titulaire"]
    session.add(event)


def _others_awaited(session: Session, point: Point) -> list[str]:
    numeros = [event.affaire_contractuelle for event in events_awaited(session, point.prm)]
    affaires = (session.get_one(AffaireContractuelle, each) for each in numeros if each)
    return [
        f"l'affaire {each.numero} ({each.nature} du {each.jour:%d/%m/%Y}) est déjà en cours sur le "
        f"point {point.prm} : attendre ce jour, ou l'annuler par sge-sim perimetre cancel "
        f"{each.numero}"
        for each in affaires
        if NATURES[each.nature].type == "CONTRAT" and each.prestation is not None
    ]


def open_affaire(
    session: Session,
    point: Point,
    nature: NatureEvenement,
    valeurs: Mapping[str, Any],
    jour: date,
    now: datetime,
    reference: str | None = None,
    *,
    enedis: bool = False,
) -> AffaireContractuelle | None:
    """Open an affaire at an instant, with its first milestones; None where no supplier that is
    concerned has a GRD-F contract on that legal day."""
    if point.segment != "C5" or not has_contrats(session):
        return None
    holder = point.fournisseur_titulaire
    entering = contrat_of(session, valeurs.get("fournisseur_titulaire", holder), jour)
    leaving = None
    if NATURES[nature].ouvre and point.etat_contractuel != "RESIL":
        leaving = contrat_of(session, holder, jour)
    if entering is None and leaving is None:
        return None
    affaire = AffaireContractuelle(
        numero=f"{next_numero(session, 'perimetre'):08d}",
        prm=point.prm,
        nature=nature,
        prestation=None if enedis else ACTES[nature].prestation,
        initiateur="enedis" if enedis else "fournisseur",
        contrat_id=None if entering is None else entering.contrat_id,
        contrat_receveur=None if leaving is None else leaving.contrat_id,
        reference_demandeur=reference,
        jour=jour,
        valeurs=dict(valeurs),
    )
    session.add(affaire)
    session.flush()
    if not enedis:
        for rang, etat in enumerate(_JALONS):
            _add_jalon(
                session, affaire, rang + 1, etat, now + (_TRANSMISSION if rang else timedelta())
            )
    return affaire


def has_contrats(session: Session) -> bool:
    """Tell whether any supplier has a GRD-F contract that is followed."""
    return session.scalar(select(ContratGrdF.contrat_id).limit(1)) is not None


def _add_jalon(
    session: Session, affaire: AffaireContractuelle, num: int, etat: EtatAffaire, instant: datetime
) -> None:
    """Add a milestone, on the day of the effect at the latest, lest it leave after its event."""
    last = start_of_day(affaire.jour + timedelta(days=1)) - timedelta(seconds=1)
    when = min(instant, last)
    effet = legal_date(when) if etat == "DMTR" else affaire.jour
    session.add(
        JalonContractuel(numero=affaire.numero, num=num, instant=when, effet=effet, etat=etat)
    )
    session.flush()


def close_affaire(
    session: Session, affaire: AffaireContractuelle, etat: EtatAffaire, instant: datetime
) -> None:
    """Close an affaire; Enedis' own have no milestones."""
    if affaire.prestation is not None:
        planned = session.get_one(JalonContractuel, (affaire.numero, len(_JALONS))).instant
        done = datetime.combine(affaire.jour, _REALISATION, PARIS)
        when = max(instant, planned, done) if etat == "CPRE" else max(instant, planned)
        _add_jalon(session, affaire, len(_JALONS) + 1, etat, when)


def cancel(session: Session, numero: str, now: datetime) -> AffaireContractuelle:
    """Give up an affaire whose event is awaited; raises `UsageError` where there is none."""
    waiting = select(Evenement).where(
        Evenement.affaire_contractuelle == numero, Evenement.echeance.is_not(None)
    )
    event = session.scalars(waiting).first()
    if event is None:
        raise UsageError(
            f"aucune affaire en cours n'a le numéro {numero} : sge-sim perimetre show donne celles "
            "d'un point."
        )
    give_up(session, event, now)
    return session.get_one(AffaireContractuelle, numero)


def give_up(session: Session, event: Evenement, now: datetime) -> None:
    """Forget an event that is awaited, and close what leads to it."""
    event.echeance = None  # whoever goes through what is due passes it over
    session.delete(event)
    if event.affaire_contractuelle is not None:
        affaire = session.get_one(AffaireContractuelle, event.affaire_contractuelle)
        close_affaire(session, affaire, "CPNR", now)


def follow(session: Session, event: Evenement, now: datetime) -> None:
    """Open the affaire of an event that was planned otherwise, where a contract is concerned."""
    nature = _NATURES.get(event.type)
    if nature is None or event.affaire_contractuelle is not None:
        return
    code, jour = event.fournisseur_code, legal_date(event.instant)
    valeurs = {} if code is None else {"fournisseur_titulaire": code}
    affaire = open_affaire(session, event.point, nature, valeurs, jour, now, enedis=nature == "PHC")
    if affaire is not None:
        event.affaire_contractuelle = affaire.numero


def follow_asked(session: Session, event: Evenement, now: datetime) -> None:
    """Follow an event that a tester asks for; raises `UsageError` where, a contract being
    concerned, the point doesn't admit it."""
    others = _others_awaited(session, event.point)
    follow(session, event, now)
    if event.affaire_contractuelle is not None and event.type != "programmation_hc":
        affaire = session.get_one(AffaireContractuelle, event.affaire_contractuelle)
        wrongs = wrong_events(event.point, affaire.nature, affaire.valeurs, affaire.jour)
        for wrong in (*others, *wrongs):
            raise UsageError(f"{wrong}.")


def begin(
    session: Session, event: Evenement, instant: datetime
) -> tuple[AffaireContractuelle, SituationContractuelle] | None:
    """Return the affaire of an event that is due and the situation of its point until then; None
    where no contract is concerned.

    Raises `UsageError`, the affaire being closed, where the point doesn't admit it any more.
    """
    follow(session, event, instant)
    if event.affaire_contractuelle is None:
        return None
    point, affaire = event.point, session.get_one(AffaireContractuelle, event.affaire_contractuelle)
    if affaire.nature != "PHC":
        for wrong in wrong_events(point, affaire.nature, affaire.valeurs, affaire.jour):
            close_affaire(session, affaire, "CPNR", instant)
            raise UsageError(wrong)
    return affaire, situation_now(session, point)


def situation_now(session: Session, point: Point) -> SituationContractuelle:
    """Return the situation of a point: what its columns say, and the reference that stands."""
    query = select(EvenementContractuel).where(EvenementContractuel.prm == point.prm)
    last = session.scalars(query.order_by(EvenementContractuel.id.desc()).limit(1)).first()
    return situation_of(point) if last is None else _held(situation_of(point), last.apres)


def _held(
    situation: SituationContractuelle, former: SituationContractuelle
) -> SituationContractuelle:
    return replace(situation, **{name: getattr(former, name) for name in _TENUES})


def _apply(session: Session, point: Point, affaire: AffaireContractuelle) -> None:
    """Give a point what an affaire makes of it, beside what its event does already."""
    jour = affaire.jour
    valeurs = {name: value for name, value in affaire.valeurs.items() if name in DATEES}
    puissance, former = valeurs.get("puissance_souscrite"), point.puissance_souscrite or 0
    if puissance is not None and puissance != former:
        grown = "augmentation" if puissance > former else "diminution"
        setattr(point, f"date_{grown}_puissance", jour)
        valeurs["puissance_souscrite_unite"] = "kVA"
    if (fta := valeurs.get("fta")) not in (None, point.fta):
        point.date_modification_fta = jour
        posts = CALENDRIERS_DISTRIBUTEUR[str(fta)] != "DI000001"
        if posts and point.heures_creuses_libelle is None and point.type_comptage == "LINKY":
            valeurs["heures_creuses_libelle"] = _PLAGE
    change_columns(session, point, jour, **valeurs)
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
            point.compteurs.append(Compteur(prm=point.prm, date_pose=jour, **said))


def record(
    session: Session,
    point: Point,
    affaire: AffaireContractuelle,
    avant: SituationContractuelle,
    instant: datetime,
) -> None:
    """Give a point what an affaire makes of it, and record it as each contract concerned sees it.

    `avant` is its situation before its event.
    """
    _apply(session, point, affaire)
    nature, jour = affaire.nature, legal_date(instant)
    apres = _held(situation_of(point), avant)
    if nature == "PHC" and apres == avant:
        return  # the meter hasn't answered
    close_affaire(session, affaire, "CPRE", instant)
    if apres.alimentation != avant.alimentation:
        apres = replace(apres, date_alimentation=jour, puissance_limitation=None)
    if "limite" in affaire.valeurs:
        apres = replace(apres, puissance_limitation=affaire.valeurs["limite"])
    if (apres.fta, apres.puissance) != (avant.fta, avant.puissance):
        apres = replace(apres, sequence=avant.sequence + 1, date_sequence=jour)

    def add(nature: NatureEvenement, apres: SituationContractuelle, holder: str | None) -> None:
        contrat = contrat_of(session, holder, jour)
        if contrat is not None:
            event = EvenementContractuel(
                **{"prm": point.prm, "contrat_id": contrat.contrat_id, "nature": nature},
                **{"jour": jour, "instant": instant, "affaire_numero": affaire.numero},
                **{"reference": apres.reference, "sequence": apres.sequence},
                **{"avant": avant, "apres": apres},
            )
            session.add(event)
            session.flush()

    if NATURES[nature].ouvre:
        if not avant.resiliee and nature != "PMES":
            left = replace(avant, etat="RESIL", date_resiliation=jour)
            add("CFNS" if nature == "CFNE" else "RES", left, avant.fournisseur)
        apres = replace(
            apres,
            reference=f"{next_numero(session, 'reference'):09d}",
            **{"sequence": 1, "date_mise_en_service": jour, "date_sequence": jour},
        )
    elif nature == "MDPRM" and avant.niveau == 0 < apres.niveau:
        activated = replace(apres, niveau=0)
        add("CMAT", activated, avant.fournisseur)  # the distributor's grid is activated first
        avant = activated
    add(nature, apres, apres.fournisseur)
