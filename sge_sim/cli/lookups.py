"""`sge-sim codes`, `generations`, `prm`: codes and rules, services by date, keys of points."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json, say_list
from sge_sim.cli.state import state_of
from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.domaine.prm import generate_all, is_valid


@click.group("codes", help="Voir les codes retour et les règles qui les renvoient.")
def codes() -> None:
    """The commands on codes and rules."""


@codes.command("list", help="Donner les codes où ces mots se trouvent ; tous sans mots.")
@click.argument("mots", nargs=-1)
@json_option
def list_codes(mots: tuple[str, ...], as_json: bool) -> None:
    from sge_sim.api.declarations import view_codes

    found = view_codes(" ".join(mots))
    if as_json:
        say_json(found)
        return
    for code in found:
        click.echo(f"{code.code:<8} {code.libelle}")
        for service, rule in code.regles:
            click.echo(f"           {service} : {rule.name}")


@codes.command("regles", help="Donner les règles où ces mots se trouvent ; toutes sans mots.")
@click.argument("mots", nargs=-1)
@click.option("--code", help="Code retour, par exemple SGT4F7.")
@json_option
def list_rules(mots: tuple[str, ...], code: str | None, as_json: bool) -> None:
    from sge_sim.api.declarations import search_rules
    from sge_sim.domaine.nomenclatures import in_french

    found = search_rules(" ".join(mots), code)
    say_list(
        found,
        as_json,
        lambda rule: (
            f"{rule.name}  {rule.code}\n        {rule.remede}\n"
            f"        {rule.source}, {in_french(rule.provenance)}"
        ),
    )


@click.command(
    help="Dire depuis quand et jusqu'à quand la plateforme sert chaque service de commande, et "
    "émet les fichiers qui s'arrêtent avec eux, d'après quelle source ; sge-sim serve --generation "
    "auto la suit."
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
    from sge_sim.api.declarations import view_calls, view_existences

    if of_journal:
        _say_called(view_calls(state_of(data_dir)[1]), as_json)
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
        "(--reponse-arret). Sous --generation auto, aucun fichier d'un flux arrêté ne part plus, "
        "de ce jour, et rien ne le remplace (supposé) : commander l'accès et sa publication."
    )


def _say_called(called: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Say which of the services that end each actor called, and what replaces each."""
    say_list(
        called,
        as_json,
        lambda calls: (
            f"{calls['acteur_code']} : {calls['service']} ({counted(calls['nombre'], 'appel')}, le "
            f"dernier le {legal_date(calls['dernier']):%d/%m/%Y}) s'arrête le "
            f"{_day(calls['jusqu_a'])} ; {calls['remplace_par']} le remplace ({calls['source']})."
        ),
    )
    if not called and not as_json:
        click.echo("Aucun service qui s'arrête n'a été appelé, d'après ce que le journal garde.")


def _day(day: date | None) -> str:
    return "-" if day is None else f"{day:%d/%m/%Y}"


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
@click.option(
    "--count",
    default=1,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Combien en fabriquer.",
)
@click.option("--seed", default=0, show_default=True, help="Graine : la même redonne les mêmes.")
@json_option
def generate_command(count: int, seed: int, as_json: bool) -> None:
    numeros = list(islice(generate_all(_PREFIX, seed), count))
    say_list(numeros, as_json, str)
