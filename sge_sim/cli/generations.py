"""`sge-sim generations`: which services the platform served when."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.domaine.generations import Existence
from sge_sim.journal import Journal
from sge_sim.schema.data_folder import open_database, open_journal


@click.command(
    help="Dire depuis quand et jusqu'à quand la plateforme sert chaque service de commande, et "
    "d'après quelle source ; sge-sim serve --generation auto la suit."
)
@click.option(
    "--journal",
    "of_journal",
    is_flag=True,
    help="Dire seulement ce que le journal montre : les services que chaque acteur a appelés et "
    "qui s'arrêtent, quand, et ce qui les remplace.",
)
@data_dir_option
@json_option
def generations(of_journal: bool, data_dir: Path, as_json: bool) -> None:
    from sge_sim.services.registry import EXISTENCES

    if of_journal:
        ending = {
            name: existence
            for name, existence in EXISTENCES.items()
            if existence.jusqu_a is not None
        }
        _say_called(ending, open_journal(open_database(data_dir), data_dir), as_json)
        return
    if as_json:
        say_json([{"service": name} | asdict(one) for name, one in EXISTENCES.items()])
        return
    click.echo(f"{'service':<50} {'gén.':<4}  {'depuis':<10}  {'arrêté le':<10}  source")
    for name, one in EXISTENCES.items():
        click.echo(
            f"{name:<50} {one.generation:<4}  {_day(one.depuis):<10}  "
            f"{_day(one.jusqu_a):<10}  {one.source}"
        )
    click.echo(
        "Les autres services sont servis à toute date. Ce que répond un service arrêté est supposé "
        "(--reponse-arret)."
    )


def _say_called(ending: Mapping[str, Existence], journal: Journal, as_json: bool) -> None:
    """Say which of the services that end each actor called, and what replaces each."""
    called = journal.count_calls(ending)
    if as_json:
        say_json(
            [
                calls._asdict()
                | {"jusqu_a": ending[calls.service].jusqu_a}
                | {"remplace_par": ending[calls.service].remplace_par}
                for calls in called
            ]
        )
        return
    for calls in called:
        end = ending[calls.service]
        click.echo(
            f"{calls.acteur_code} : {calls.service} ({counted(calls.nombre, 'appel')}, le "
            f"dernier le {legal_date(calls.dernier):%d/%m/%Y}) s'arrête le {_day(end.jusqu_a)} ; "
            f"{end.remplace_par} le remplace ({end.source})."
        )
    if not called:
        click.echo("Aucun service qui s'arrête n'a été appelé, d'après ce que le journal garde.")


def _day(day: date | None) -> str:
    return "-" if day is None else f"{day:%d/%m/%Y}"
