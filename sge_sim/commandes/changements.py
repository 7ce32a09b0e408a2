"""What a tester makes happen to a point: its end, a new holder or supplier, an opposition."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.evenements import plan_event
from sge_sim.errors import UsageError
from sge_sim.store.acteurs import find_acteur
from sge_sim.store.points import Point


@dataclass(frozen=True)
class Changements:
    """Events of one point; what is None doesn't happen.

    `resilie`, `nouveau_titulaire` and the date of `nouveau_fournisseur`, beside the code of the
    supplier, are legal dates, today or later. `opposition` is asked for (True) or lifted (False)
    now; it takes `delai` of simulated time to reach the meter.
    """

    resilie: date | None = None
    nouveau_titulaire: date | None = None
    nouveau_fournisseur: tuple[str, date] | None = None
    opposition: bool | None = None
    delai: timedelta = timedelta(0)


def change_life(session: Session, point: Point, changements: Changements, now: datetime) -> None:
    """Plan the events of a point, and have what is due on it happen.

    Raises `UsageError` for a date that is past, an actor that supplies nothing, and an opposition
    on another point than a C5.
    """
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
            raise UsageError(
                f"« {code} » n'est pas un fournisseur : sge-sim acteurs list donne les acteurs."
            )
        instant = _instant_of(jour, now)
        plan_event(session, point, "nouveau_fournisseur", instant, fournisseur_code=code)
    if changements.resilie is not None:
        plan_event(session, point, "resiliation", _instant_of(changements.resilie, now))
    run_due(session, now, point.prm)


def _instant_of(day: date, now: datetime) -> datetime:
    if day < legal_date(now):
        raise UsageError(
            f"le {day:%d/%m/%Y} est passé pour l'horloge simulée : donner une date à venir."
        )
    return max(now, start_of_day(day))
