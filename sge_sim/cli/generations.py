"""`sge-sim generations`: which services the platform served when."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted


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
    from sge_sim.api.generations import view_calls, view_existences
    from sge_sim.schema.data_folder import open_database, open_journal

    if of_journal:
        _say_called(view_calls(open_journal(open_database(data_dir), data_dir)), as_json)
        return
    found = view_existences()
    if as_json:
        say_json(found)
        return
    click.echo(f"{'service':<50} {'gén.':<4}  {'depuis':<10}  {'arrêté le':<10}  source")
    for each in found:
        click.echo(
            f"{each['service']:<50} {each['generation']:<4}  {_day(each['depuis']):<10}  "
            f"{_day(each['jusqu_a']):<10}  {each['source']}"
        )
    click.echo(
        "Les autres services sont servis à toute date. Ce que répond un service arrêté est supposé "
        "(--reponse-arret)."
    )


def _say_called(called: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Say which of the services that end each actor called, and what replaces each."""
    if as_json:
        say_json(called)
        return
    for calls in called:
        click.echo(
            f"{calls['acteur_code']} : {calls['service']} ({counted(calls['nombre'], 'appel')}, le "
            f"dernier le {legal_date(calls['dernier']):%d/%m/%Y}) s'arrête le "
            f"{_day(calls['jusqu_a'])} ; {calls['remplace_par']} le remplace ({calls['source']})."
        )
    if not called:
        click.echo("Aucun service qui s'arrête n'a été appelé, d'après ce que le journal garde.")


def _day(day: date | None) -> str:
    return "-" if day is None else f"{day:%d/%m/%Y}"
