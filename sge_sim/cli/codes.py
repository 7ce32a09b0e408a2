"""`sge-sim codes`: the return codes, and the rules by which something is refused."""

import click

from sge_sim.cli.options import json_option, say_json


@click.group("codes", help="Voir les codes retour et les règles qui les renvoient.")
def group() -> None:
    """The commands on codes and rules."""


@group.command("list", help="Donner les codes où ces mots se trouvent ; tous sans mots.")
@click.argument("mots", nargs=-1)
@json_option
def list_command(mots: tuple[str, ...], as_json: bool) -> None:
    from sge_sim.api.regles import view_codes

    found = view_codes(" ".join(mots))
    if as_json:
        say_json(found)
        return
    for code in found:
        click.echo(f"{code.code:<8} {code.libelle}")
        for service, rule in code.regles:
            click.echo(f"           {service} : {rule.name}")


@group.command("regles", help="Donner les règles où ces mots se trouvent ; toutes sans mots.")
@click.argument("mots", nargs=-1)
@click.option("--code", help="Code retour, par exemple SGT4F7.")
@json_option
def rules_command(mots: tuple[str, ...], code: str | None, as_json: bool) -> None:
    from sge_sim.api.regles import search_rules
    from sge_sim.domaine.nomenclatures import in_french

    found = search_rules(" ".join(mots), code)
    if as_json:
        say_json(found)
        return
    for rule in found:
        click.echo(f"{rule.name}  {rule.code}\n        {rule.remede}")
        click.echo(f"        {rule.source}, {in_french(rule.provenance)}")
