"""What a tester changes of a point: access services, gaps, collection of the curve, its meter,
what is put right of its measures.

Periods are written `DEBUT..FIN`, their end excluded as in SGE's own demands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from sqlalchemy.orm import Session

from sge_sim.clock import FIRST_YEAR, add_months, as_iso, legal_date, parse_instant, start_of_day
from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, TYPES_ACCES, Sens, TypeAcces
from sge_sim.errors import UsageError
from sge_sim.referentiel.points import get_point
from sge_sim.tables.acces import acces_services, remove_acces
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.mesures import (
    add_trou,
    read_mesures_facts,
    rectify,
    remove_rectifications,
    remove_trous,
    replace_collectes,
)
from sge_sim.tables.points import Point

AUCUN = "aucun"
_CHIFFRES = 12
"""Of an energy, Wh, at most."""
MOIS_CONSULTABLES = 36
"""Months of measures that may be consulted at most (GUI 0497)."""

T = TypeVar("T", date, datetime)


@dataclass(frozen=True)
class Reglages:
    """Changes of one point; what is None stays as it is.

    `service_acces` opens or takes away the access services to `type`, all types without one: for
    every actor, in each direction that the client has a contract for, over `acces_periode`, by
    default all that may be consulted today and from now on. `jours_absents` and `points_absents`
    add a gap, `collecte` replaces the periods of collection; « aucun » empties either.
    `teleoperable` tells whether the meter answers. `r4x_pas`: minutes of the step of R4x, 10 or 5
    (C1-C4 and P1-P3). `rectifie` puts a day right, `JOUR=WH`; « aucun » gives up all of them.
    """

    service_acces: bool | None = None
    type: TypeAcces | None = None
    acces_periode: str | None = None
    jours_absents: str | None = None
    points_absents: str | None = None
    collecte: str | None = None
    teleoperable: bool | None = None
    r4x_pas: Literal[5, 10] | None = None
    rectifie: str | None = None


def change_point(session: Session, prm: str, reglages: Reglages, now: datetime) -> None:
    """Apply `reglages` to a point, at `now`.

    Raises `UsageError` for a point that doesn't exist, settings that change nothing, a period that
    can't be read, or a day that can't be put right.
    """
    point, today = get_point(session, prm), legal_date(now)
    if reglages == Reglages():
        raise UsageError(f"rien à régler sur le point {prm} : donner au moins un réglage.")
    if reglages.acces_periode is not None and not reglages.service_acces:
        raise UsageError("une période d'accès ne vaut qu'avec --service-acces oui.")
    if reglages.type is not None and reglages.service_acces is None:
        raise UsageError("un type d'accès ne vaut qu'avec --service-acces oui ou non.")
    if reglages.teleoperable is not None:
        point.teleoperable = reglages.teleoperable
    if reglages.r4x_pas is not None:
        if point.petit:
            raise UsageError(f"le point {prm} est un {point.segment} : il n'a pas de flux R4x.")
        point.r4x_pas = reglages.r4x_pas
    if reglages.service_acces is not None:
        types = TYPES_ACCES if reglages.type is None else (reglages.type,)
        remove_acces(session, prm, types)
        if reglages.service_acces:
            _grant(session, point, types, reglages.acces_periode, today)
    if AUCUN in (reglages.jours_absents, reglages.points_absents):
        remove_trous(session, prm)
    if reglages.jours_absents not in (None, AUCUN):
        jours = _period(reglages.jours_absents, date.fromisoformat)
        add_trou(session, prm, *map(start_of_day, jours))
    if reglages.points_absents not in (None, AUCUN):
        add_trou(session, prm, *_period(reglages.points_absents, parse_instant))
    if reglages.collecte is not None:
        replace_collectes(session, prm, *_collectes(reglages.collecte))
    if reglages.rectifie == AUCUN:
        remove_rectifications(session, prm)
    elif reglages.rectifie is not None:
        _rectify(session, point, reglages.rectifie, now)


def _rectify(session: Session, point: Point, texte: str, now: datetime) -> None:
    """Give a day the energy that it had, where the meter counted some: classes share it so."""
    # Loads the measures, which the other settings do without.
    from sge_sim.mesures import energies_quotidiennes
    from sge_sim.referentiel.mesures import point_mesure

    ecrit, _, wh = texte.partition("=")
    jour = _read(ecrit, date.fromisoformat)
    if not (wh.isascii() and wh.isdigit()) or len(wh) > _CHIFFRES:
        raise UsageError(
            f"« {texte} » ne dit pas l'énergie d'un jour : écrire par exemple 2025-03-01=12400, en "
            "Wh entiers."
        )
    sens = SENS_OF_SEGMENT[point.segment]
    mesure = point_mesure(point, read_mesures_facts(session, point.prm), sens)
    lendemain = jour + timedelta(days=1)
    if (
        mesure is None
        or lendemain > legal_date(now)
        or not energies_quotidiennes(mesure, jour, lendemain).valeurs.sum()
    ):
        raise UsageError(
            f"rien n'a été compté le {jour:%d/%m/%Y} sur le point {point.prm} : rectifier un jour "
            "passé où son compteur a compté."
        )
    rectify(session, point.prm, jour, int(wh), now)


def _grant(
    session: Session, point: Point, types: Sequence[TypeAcces], periode: str | None, today: date
) -> None:
    """Open the access services of these types; an actor without contract that runs has none."""
    debut, fin = add_months(today, -MOIS_CONSULTABLES), None
    if periode is not None:
        debut, fin = _open_period(periode)
    held: tuple[tuple[Sens, bool], ...] = (
        ("SOUTIRAGE", point.contrat_soutirage),
        ("INJECTION", point.contrat_injection),
    )
    granted = [(type, sens) for type in types for sens, has_contrat in held if has_contrat]
    running = (
        next((each for each in acteur.contrats if each.is_active(today)), None)
        for acteur in all_acteurs(session)
    )
    contrats = [contrat for contrat in running if contrat is not None]
    begins = start_of_day(debut)
    session.add_all(acces_services(session, point.prm, granted, contrats, begins, fin))


def _collectes(texte: str) -> tuple[tuple[date, date | None], ...]:
    return () if texte == AUCUN else (_open_period(texte),)


def _open_period(texte: str) -> tuple[date, date | None]:
    """Read a period that may have no end, `DEBUT` or `DEBUT..FIN`."""
    if ".." not in texte:
        return _read(texte, date.fromisoformat), None
    return _period(texte, date.fromisoformat)


def _period(texte: str | None, read: Callable[[str], T]) -> tuple[T, T]:
    debut, _, fin = (texte or "").partition("..")
    periode = _read(debut, read), _read(fin, read)
    if periode[0] >= periode[1]:
        raise UsageError(f"« {texte} » : la fin, exclue, doit être après le début.")
    return periode


def _read(texte: str, read: Callable[[str], T]) -> T:
    try:
        found = read(as_iso(texte))
    except ValueError:
        raise UsageError(
            f"« {texte} » n'est pas une date ISO : écrire par exemple 2025-03-01, ou "
            "2025-03-01..2025-03-04 pour une période (fin exclue)."
        ) from None
    if found.year < FIRST_YEAR:
        raise UsageError(f"« {texte} » : il n'y a pas de mesures avant {FIRST_YEAR}.")
    return found
