"""What a tester makes happen to a point: its end, a new holder or supplier, an opposition."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.evenements import give_up_programming, plan_event
from sge_sim.commandes.perimetre import follow, give_up
from sge_sim.domaine.plages import VISIBLES_DEPUIS, plage_officielle
from sge_sim.errors import UnknownError, UsageError
from sge_sim.referentiel.apports.contradictions import sentence_of
from sge_sim.referentiel.reforme_hc import instant_de
from sge_sim.tables.acteurs import find_acteur
from sge_sim.tables.attentes import events_awaited
from sge_sim.tables.points import Point

AUCUN: Final = "aucun"
_DEUX_SAISONS: Final = "deux_saisons_avant_la_reforme"


@dataclass(frozen=True)
class Changements:
    """Events of one point; what is None doesn't happen.

    `resilie` is `AUCUN` where the termination that is awaited is given up. It,
    `nouveau_titulaire` and the date of `nouveau_fournisseur`, beside the code of the
    supplier, are legal dates, today or later. `opposition` is asked for (True) or lifted (False)
    now; it takes `delai` of simulated time to reach the meter. `plages` are the off-peak ranges
    from `le` on, as an identifier or a label of the official list; without `plages_saison_basse`
    the same all year.
    """

    resilie: date | Literal["aucun"] | None = None
    nouveau_titulaire: date | None = None
    nouveau_fournisseur: tuple[str, date] | None = None
    opposition: bool | None = None
    delai: timedelta = timedelta(0)
    plages: str | None = None
    plages_saison_basse: str | None = None
    le: date | None = None


def change_life(session: Session, point: Point, changements: Changements, now: datetime) -> None:
    """Plan the events of a point, and have what is due on it happen, older ones first.

    Raises `UsageError` for nothing to happen, a delay of something else, a date that is past,
    ranges that aren't official, an actor that supplies nothing, an opposition on another point than
    a C5, a termination beside another, and none to give up.
    """
    if changements == Changements():
        raise UsageError(f"rien n'arrive au point {point.prm} : donner au moins un changement.")
    if changements.delai and not changements.opposition:
        raise UsageError("un délai ne vaut qu'avec --opposition oui.")
    run_due(session, now, point.prm)
    if changements.opposition is not None:
        if point.segment != "C5":
            raise UsageError(
                f"{point.prm} est un {point.segment} : seul le client d'un C5 peut s'opposer."
            )
        if changements.opposition:
            plan_event(session, point, "opposition", now, changements.delai)
        else:
            plan_event(session, point, "levee_opposition", now)
    if changements.nouveau_titulaire is not None:
        instant = _instant_of(changements.nouveau_titulaire, now)
        plan_event(session, point, "changement_titulaire", instant)
    if changements.nouveau_fournisseur is not None:
        code, jour = changements.nouveau_fournisseur
        acteur = find_acteur(session, code)
        if acteur is None or acteur.kind != "fournisseur":
            raise UnknownError(
                f"« {code} » n'est pas un fournisseur : sge-sim acteurs list donne les acteurs.",
                code,
            )
        instant = _instant_of(jour, now)
        plan_event(session, point, "nouveau_fournisseur", instant, fournisseur_code=code)
    if (changements.plages, changements.plages_saison_basse, changements.le) != (None,) * 3:
        _plan_heures_creuses(session, point, changements, now)
    if changements.resilie is not None:
        _set_termination(session, point, changements.resilie, now)
    for event in events_awaited(session, point.prm):
        follow(session, event, now, asked=True)
    run_due(session, now, point.prm)


def _plan_heures_creuses(
    session: Session, point: Point, changements: Changements, now: datetime
) -> None:
    """Plan other off-peak ranges, in place of those that were planned; they are told at once."""
    plages, jour = changements.plages, changements.le
    if plages is None or jour is None:
        raise UsageError(
            "un changement d'heures creuses demande des plages et un jour : donner --plages et "
            "--le."
        )
    haute = plage_officielle(plages)
    basse = changements.plages_saison_basse and plage_officielle(changements.plages_saison_basse)
    instant = max(_instant_of(jour, now), instant_de(jour))
    if basse and basse.libelle != haute.libelle and jour < VISIBLES_DEPUIS:
        said = {"heures_creuses_saison_basse": basse.libelle, "aujourd_hui": jour}
        wrong = sentence_of(_DEUX_SAISONS, heures_creuses_libelle=haute.libelle, **said)
        raise UsageError(f"{wrong[1]}.")
    if point.type_comptage != "LINKY":
        raise UsageError(
            f"le compteur du point {point.prm} ne se programme pas à distance : choisir un C5 à "
            "compteur communicant (Linky)."
        )
    give_up_programming(session, point)
    point.futures_heures_creuses_id, point.futures_heures_creuses_libelle = haute
    point.futures_heures_creuses_saison_basse = basse.libelle if basse else None
    plan_event(session, point, "programmation_hc", instant)


def _set_termination(
    session: Session, point: Point, resilie: date | Literal["aucun"], now: datetime
) -> None:
    """Plan the termination of a point, or give up the one that it awaits."""
    instant = None if resilie == AUCUN else _instant_of(resilie, now)
    terminations = (
        event for event in events_awaited(session, point.prm) if event.type == "resiliation"
    )
    awaited = next(terminations, None)
    if awaited is not None and instant is None:
        give_up(session, awaited, now)
    elif awaited is not None:
        raise UsageError(
            f"la résiliation du point {point.prm} est déjà prévue pour le "
            f"{legal_date(awaited.instant):%d/%m/%Y} : l'annuler d'abord (--resilie aucun, ou "
            "« Annuler » sur sa page)."
        )
    elif point.etat_contractuel == "RESIL":
        day = point.date_resiliation
        since = "" if day is None else f" depuis le {day:%d/%m/%Y}"
        raise UsageError(f"le point {point.prm} est déjà résilié{since}.")
    elif instant is None:
        raise UsageError(f"le point {point.prm} n'a pas de résiliation à annuler.")
    else:
        plan_event(session, point, "resiliation", instant)


def _instant_of(day: date, now: datetime) -> datetime:
    if day < legal_date(now):
        raise UsageError(
            f"le {day:%d/%m/%Y} est passé pour l'horloge simulée : donner une date à venir."
        )
    return max(now, start_of_day(day))
