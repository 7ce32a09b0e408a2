"""`sge-sim prm`: check keys of points, make valid ones."""

from itertools import islice

import click

from sge_sim.cli.options import json_option, say_json
from sge_sim.domaine.prm import generate_all, is_valid

# The first three digits, which the key doesn't cover: those of many real C5 points.
_PREFIX = "256"


@click.group(help="Vérifier ou fabriquer des numéros de point (PRM).")
def prm() -> None:
    """The commands on numbers of points."""


@prm.command(help="Dire si la clé de chaque PRM est bonne ; code retour 1 si l'une ne l'est pas.")
@click.argument("numeros", nargs=-1, required=True)
@json_option
@click.pass_context
def check(ctx: click.Context, numeros: tuple[str, ...], as_json: bool) -> None:
    verdicts = {numero: is_valid(numero) for numero in numeros}
    if as_json:
        say_json(verdicts)
    else:
        for numero, valid in verdicts.items():
            click.echo(f"{numero}  {'clé valide' if valid else 'clé invalide'}")
    ctx.exit(0 if all(verdicts.values()) else 1)


@prm.command("generate", help="Fabriquer des PRM à la clé valide.")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=0, show_default=True, help="Graine : la même redonne les mêmes.")
@json_option
def generate_command(count: int, seed: int, as_json: bool) -> None:
    numeros = list(islice(generate_all(_PREFIX, seed), count))
    if as_json:
        say_json(numeros)
    else:
        click.echo("\n".join(numeros))
