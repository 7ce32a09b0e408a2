"""`sge-sim generations`: which services the platform served when."""

from dataclasses import asdict
from datetime import date

import click

from sge_sim.cli.options import json_option, say_json


@click.command(
    help="Dire depuis quand et jusqu'à quand la plateforme sert chaque service de commande, et "
    "d'après quelle source ; sge-sim serve --generation auto la suit."
)
@json_option
def generations(as_json: bool) -> None:
    from sge_sim.services.registry import EXISTENCES

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


def _day(day: date | None) -> str:
    return "-" if day is None else f"{day:%d/%m/%Y}"
