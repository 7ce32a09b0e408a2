"""`sge-sim clock`: read and move the simulated clock of a simulator, running or not."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sge_sim.cli.console import progress_if_long
from sge_sim.cli.options import DURATION, INSTANT, data_dir_option, json_option, say
from sge_sim.cli.state import database_of
from sge_sim.clock import PARIS, Duree, legal_date
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.domaine.plateformes import switches_between
from sge_sim.domaine.retombees import Retombees, Travail, in_a_sentence, progress_sentence
from sge_sim.errors import UsageError
from sge_sim.machine.collector import collector_paused
from sge_sim.processes.serving_note import find_served

if TYPE_CHECKING:
    from sge_sim.api.administration import ServedClock
    from sge_sim.facts.database import Database
    from sge_sim.facts.stored_clock import Change

_KINDS = {
    "real": "celle de la machine",
    "shifted": "décalée de celle de la machine",
    "frozen": "arrêtée",
}

_WORK: Final = "Exécution de ce qui est dû"


class _Advance(click.Command):
    """Takes `-1d` for a duration, which is refused as one: no option begins with a digit."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        negative = [each for each in args if re.match(r"-\d", each)]
        others = [each for each in args if each not in negative]
        return super().parse_args(ctx, [*others, "--", *negative] if negative else args)


@click.group(
    help="Lire et déplacer l'horloge simulée ; elle ne recule pas. Ce qui est dû est fait quand la "
    "commande rend la main : services et flux si le simulateur tourne ; sinon les services, et les "
    "flux à son démarrage."
)
def clock() -> None:
    """The commands on the simulated clock."""


@clock.command(help="Dire l'heure simulée.")
@data_dir_option
@json_option
def show(data_dir: Path, as_json: bool) -> None:
    served = find_served(data_dir)
    shown: Any = None if served is None else served.read("/api/clock")
    if shown is None:
        with collector_paused():
            from sge_sim.facts.stored_clock import StoredClock, kind_of

        numero, clock = StoredClock(database_of(data_dir)).numbered()
        shown = {"now": clock.now().isoformat(), "kind": kind_of(clock), "numero": numero}
    say(shown, as_json, _said(datetime.fromisoformat(shown["now"]), shown["kind"]))


@clock.command("set", help="Régler l'horloge à un instant ISO à venir (heure légale).")
@click.argument("instant", type=INSTANT)
@data_dir_option
def set_command(instant: datetime, data_dir: Path) -> None:
    from sge_sim.commandes.moving_clock import set_to

    _move(data_dir, set_to(instant), lambda served: served.set(instant))


@clock.command(help="Arrêter l'horloge, ici ou à un instant ISO à venir.")
@click.argument("instant", type=INSTANT, required=False)
@data_dir_option
def freeze(instant: datetime | None, data_dir: Path) -> None:
    from sge_sim.commandes.moving_clock import freeze_at

    _move(data_dir, freeze_at(instant), lambda served: served.freeze(instant))


@clock.command(
    help="Avancer d'une durée : 10d (dix jours, à la même heure légale), 36h, 30min.", cls=_Advance
)
@click.argument("duree", type=DURATION)
@data_dir_option
def advance(duree: Duree, data_dir: Path) -> None:
    from sge_sim.commandes.moving_clock import advance_by

    _move(data_dir, advance_by(duree), lambda served: served.advance(duree))


@clock.command(help="Revenir à l'heure de la machine, si l'horloge n'est pas en avance sur elle.")
@data_dir_option
def real(data_dir: Path) -> None:
    from sge_sim.commandes.moving_clock import follow_machine

    _move(data_dir, follow_machine, lambda served: served.follow_machine())


def _move(data_dir: Path, change: "Change", ask: Callable[["ServedClock"], None]) -> None:
    """Ask the simulator that serves the folder, which alone publishes; without one, do it here."""
    from sge_sim.facts.stored_clock import StoredClock, kind_of
    from sge_sim.services.declared import existences

    database: Database = database_of(data_dir)
    clock = StoredClock(database)
    served = find_served(data_dir)
    before = clock.now()
    if served is None:
        retombees, generation = _here(database, change), None
    else:
        retombees, generation = _there(served.admin_url, ask)
    _, after = clock.numbered()
    click.echo(_said(after.now(), kind_of(after)))
    click.echo(in_a_sentence(retombees))
    if generation == "auto":  # the others serve the same at every date
        for sentence in switches_between(existences, legal_date(before), legal_date(after.now())):
            click.echo(sentence)


def _there(admin_url: str, ask: Callable[["ServedClock"], None]) -> tuple[Retombees, str]:
    """Return what happened, and the generation that the simulator serves."""
    from sge_sim.api.administration import Administration, ServedClock

    administration = Administration(admin_url)
    moved = ServedClock(administration)
    with progress_if_long(_WORK, lambda: moved.progress):
        ask(moved)
    assert moved.retombees is not None
    return moved.retombees, administration.get("/api/settings")["generation"]


def _here(database: "Database", change: "Change") -> Retombees:
    """Make the change and what is due; what isn't done is said as it is: the clock has moved."""
    from sge_sim.commandes.echeances import catch_up_orders
    from sge_sim.facts.outage import DATABASE_ERRORS, unreachable_sentence
    from sge_sim.facts.stored_clock import StoredClock
    from sge_sim.tables.retombees import measured, retombees_between

    clock = StoredClock(database)
    numero, _ = clock.numbered()
    reglage = clock.change(change, since=numero)
    travail = Travail(
        reglage.numero, "en_cours", reglage.debut, Retombees(reglage.debut, reglage.fin)
    )

    def progress() -> str:
        with suppress(*DATABASE_ERRORS), database.sessions() as session:
            return progress_sentence(measured(session, travail))
        return ""

    try:
        with progress_if_long(_WORK, progress):
            catch_up_orders(database, reglage.fin, awaited=True)
        with database.sessions() as session:
            return retombees_between(session, reglage.debut, reglage.fin)
    except DATABASE_ERRORS as error:
        raison = f"{unreachable_sentence(error)}, le reste se fera à la prochaine avance"
        with suppress(*DATABASE_ERRORS), database.sessions() as session:
            travail = measured(session, travail)
        raise UsageError(progress_sentence(replace(travail, raison=raison))) from error


def _said(now: datetime, kind: KindClock) -> str:
    return f"{now.astimezone(PARIS).isoformat(timespec='seconds')} ({_KINDS[kind]})"
