"""`sge-sim aide`, `codes`, `generations`, `prm`: the help asked, codes and rules, services by date,
keys of points."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import click

from sge_sim.cli.declared import Shown, command_of, group_of
from sge_sim.cli.options import json_option, option, say_json, say_list
from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.domaine.prm import generate_all, is_valid

if TYPE_CHECKING:
    from sge_sim.api.aide import AideView
    from sge_sim.api.declarations import CodeView
    from sge_sim.refus import Rule


def _code_lines(code: "CodeView") -> str:
    rules = (f"           {service} : {rule.name}" for service, rule in code.regles)
    return "\n".join((f"{code.code:<8} {code.libelle}", *rules))


def _rule_lines(rule: "Rule") -> str:
    return (
        f"{rule.name}  {rule.code}\n        {rule.remede}\n"
        f"        {rule.source}, {in_french(rule.provenance)}"
    )


codes = group_of(
    "codes",
    "Voir les codes retour et les règles qui les renvoient.",
    {
        "list_codes": Shown(_code_lines),
        "show": Shown(_code_lines),
        "list_regles": Shown(_rule_lines),
    },
    subject="references",
)


def _answer(found: "AideView") -> str:
    if not found.extraits:
        return "Rien dans l'aide n'a ces mots ; sge-sim --help dit les commandes."
    rows = (
        f"{each.titre}{each.rubrique and ' : '}{each.rubrique}\n"
        f"        {each.ligne}\n        {each.adresse}"
        for each in found.extraits
    )
    return "\n".join((*(() if found.sure else ("Rien de sûr ; le plus proche :",)), *rows))


aide = command_of("aide", {"ask": Shown(_answer)}, subject="aide")


def _table(found: Sequence[Mapping[str, Any]]) -> str:
    rows = (
        f"{each['service']:<50} {each['generation']:<4}  {_day(each['depuis']):<10}  "
        f"{_day(each['jusqu_a']):<10}  {each['source']}"
        for each in found
    )
    head = f"{'service':<50} {'gén.':<4}  {'depuis':<10}  {'arrêté le':<10}  source"
    return "\n".join((head, *rows, _OTHERS))


_OTHERS: Final = (
    "Les autres services sont servis à toute date. Ce que répond un service arrêté est supposé "
    "(--reponse-arret). Sous --generation auto, aucun fichier d'un flux arrêté ne part plus, "
    "de ce jour, et rien ne le remplace (supposé) : commander l'accès et sa publication."
)


def _called(calls: Mapping[str, Any]) -> str:
    return (
        f"{calls['acteur_code']} : {calls['service']} ({counted(calls['nombre'], 'appel')}, le "
        f"dernier le {legal_date(calls['dernier']):%d/%m/%Y}) s'arrête le "
        f"{_day(calls['jusqu_a'])} ; {calls['remplace_par']} le remplace ({calls['source']})."
    )


def _day(day: date | None) -> str:
    return "-" if day is None else f"{day:%d/%m/%Y}"


_NOTHING: Final = "Aucun service qui s'arrête n'a été appelé, d'après ce que le journal garde."
generations = command_of(
    "generations",
    {"list_generations": Shown(_table, whole=True), "list_appels": Shown(_called, _NOTHING)},
    subject="references",
)


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
@option(
    "--nombre",
    "count",
    was="--count",
    default=1,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Combien en fabriquer.",
)
@option(
    "--graine",
    "seed",
    was="--seed",
    default=0,
    show_default=True,
    help="Graine : la même redonne les mêmes.",
)
@json_option
def generate_command(count: int, seed: int, as_json: bool) -> None:
    numeros = list(islice(generate_all(_PREFIX, seed), count))
    say_list(numeros, as_json, str)
