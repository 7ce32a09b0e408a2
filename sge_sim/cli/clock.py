"""`sge-sim clock`: read and move the simulated clock of a simulator, running or not."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.attente import told_if_long
from sge_sim.cli.options import Duration, InstantType, data_dir_option, json_option, say_json
from sge_sim.clock import Duree, legal_date
from sge_sim.commandes.echeances import catch_up_orders
from sge_sim.commandes.moving_clock import advance_clock, follow_machine, freeze_clock, set_clock
from sge_sim.domaine.generations import switch_days, switches_between
from sge_sim.domaine.retombees import in_a_sentence
from sge_sim.processes.serving_note import find_served
from sge_sim.store.data_folder import open_database
from sge_sim.store.database import Database
from sge_sim.store.retombees import retombees_between
from sge_sim.store.stored_clock import StoredClock

if TYPE_CHECKING:
    from sge_sim.client.administration import ServedClock

_KINDS = {
    "real": "celle de la machine",
    "shifted": "décalée de celle de la machine",
    "frozen": "arrêtée",
}


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
    clock = StoredClock(open_database(data_dir))
    if as_json:
        say_json({"now": clock.now(), "kind": clock.kind()})
    else:
        _say(clock)


@clock.command("set", help="Régler l'horloge à un instant ISO à venir (heure légale).")
@click.argument("instant", type=InstantType())
@data_dir_option
def set_command(instant: datetime, data_dir: Path) -> None:
    _move(data_dir, lambda clock: set_clock(clock, instant), lambda served: served.set(instant))


@clock.command(help="Arrêter l'horloge, ici ou à un instant ISO à venir.")
@click.argument("instant", type=InstantType(), required=False)
@data_dir_option
def freeze(instant: datetime | None, data_dir: Path) -> None:
    _move(
        data_dir,
        lambda clock: freeze_clock(clock, instant),
        lambda served: served.freeze(instant),
    )


@clock.command(
    help="Avancer d'une durée : 10d (dix jours, à la même heure légale), 36h, 30min.",
    cls=_Advance,
)
@click.argument("duree", type=Duration())
@data_dir_option
def advance(duree: Duree, data_dir: Path) -> None:
    _move(data_dir, lambda clock: advance_clock(clock, duree), lambda served: served.advance(duree))


@clock.command(help="Revenir à l'heure de la machine, si l'horloge n'est pas en avance sur elle.")
@data_dir_option
def real(data_dir: Path) -> None:
    _move(data_dir, follow_machine, lambda served: served.follow_machine())


def _move(
    data_dir: Path,
    change: Callable[[StoredClock], None],
    ask: Callable[["ServedClock"], None],
) -> None:
    """Ask the simulator that serves the folder, which alone publishes; without one, do it here."""
    database: Database = open_database(data_dir)
    clock = StoredClock(database)
    served = find_served(data_dir)
    before, generation = clock.now(), None
    with told_if_long("Exécution de ce qui est dû"):
        if served is None:
            change(clock)
            catch_up_orders(database, clock.now())
            with database.sessions() as session:
                retombees = retombees_between(session, before, clock.now())
        else:
            from sge_sim.client.administration import Administration, ServedClock

            administration = Administration(served.admin_url)
            generation = administration.get("/api/settings")["generation"]
            moved = ServedClock(administration)
            ask(moved)
            assert moved.retombees is not None
            retombees = moved.retombees
    _say(clock)
    click.echo(in_a_sentence(retombees))
    if generation == "auto":  # the others serve the same at every date
        for sentence in _switches(legal_date(before), legal_date(clock.now())):
            click.echo(sentence)


def _switches(before: date, after: date) -> Sequence[str]:
    if not switch_days(before, after):
        return ()
    from sge_sim.services.registry import EXISTENCES

    return switches_between(EXISTENCES, before, after)


def _say(clock: StoredClock) -> None:
    click.echo(f"{clock.now().isoformat(timespec='seconds')} ({_KINDS[clock.kind()]})")
