"""`sge-sim report`: the reports of campaigns, once they are written."""

import sys
from hashlib import sha256
from pathlib import Path

import click

from sge_sim.cli.options import json_option, say
from sge_sim.machine.files import write_atomically

_FILE = click.Path(path_type=Path, allow_dash=True)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(help="Lire les rapports de campagne, en faire d'autres documents.")
def report() -> None:
    """The commands on reports."""


@report.command("verify", help="Dire si un zip de preuves est intact. Code retour : 0 ou 1.")
@click.argument("preuves", metavar="ZIP", type=click.Path(path_type=Path, allow_dash=True))
@json_option
def verify_command(preuves: Path, as_json: bool) -> None:
    from sge_sim.homologation.reports.writing import read_evidence, verify

    evidence = read_evidence(preuves)
    wrong = verify(evidence, preuves)
    digest = sha256(evidence).hexdigest()
    say(
        {"intact": not wrong, "ecarts": wrong, "empreinte": digest},
        as_json,
        "\n".join(wrong) or f"Intact. Empreinte, à comparer à celle gardée ailleurs : {digest}",
    )
    sys.exit(1 if wrong else 0)


@report.command(
    "pdf",
    help="En faire un PDF à envoyer : quatre pages A4 au plus ; l'annexe, chaque cas avec ses "
    "messages, si elle est demandée.",
)
@click.argument("rapport", metavar="RAPPORT", type=_FILE)
@click.option("--annexe", is_flag=True, help="Ajouter chaque cas, avec ses messages.")
@click.option("--sortie", type=_OUT, help="Où l'écrire ; rapport.pdf, à côté du rapport, sinon.")
def pdf_command(rapport: Path, annexe: bool, sortie: Path | None) -> None:
    from sge_sim.homologation.reports.pdf_report import render_pdf
    from sge_sim.homologation.reports.rapport import read_rapport

    content = render_pdf(read_rapport(rapport), annexe)
    beside = Path() if str(rapport) == "-" else rapport if rapport.is_dir() else rapport.parent
    path = sortie or beside / "rapport.pdf"
    write_atomically(path, content)
    click.echo(str(path))


@report.command(
    "compare",
    help="Dire ce qui change d'un rapport à un autre, des cas que les deux ont passés : réparé, "
    "cassé, inchangé ; puis ceux qu'un seul a passés. Code retour : 1 si un cas est cassé.",
)
@click.argument("avant", type=_FILE)
@click.argument("apres", type=_FILE)
def compare_command(avant: Path, apres: Path) -> None:
    from sge_sim.homologation.reports.comparaison import compare
    from sge_sim.homologation.reports.rapport import read_rapport

    before, after = read_rapport(avant), read_rapport(apres)
    comparaison = compare(before, after)
    click.echo(
        f"De {before.release} ({before.fin:%d/%m/%Y %H:%M}) à {after.release} "
        f"({after.fin:%d/%m/%Y %H:%M}) : {comparaison}."
    )
    for name, keys in (*comparaison.changes, *comparaison.autres):
        click.echo("\n".join(["", name, *(f"  - {each}" for each in keys)]))
    sys.exit(1 if comparaison.casses else 0)


@report.command(
    "suivi",
    help="Remplir une copie du classeur de suivi qu'Enedis a envoyé : PRM, chaîne, date et heure, "
    "remarques. Le reste du classeur n'est pas touché.",
)
@click.argument("rapport", metavar="RAPPORT", type=_FILE)
@click.option("--modele", required=True, type=_FILE, help="Le classeur d'Enedis (.xlsx).")
@click.option(
    "--sortie", type=_OUT, help="Où écrire la copie ; à côté du modèle, « …-rempli.xlsx », sinon."
)
def suivi_command(rapport: Path, modele: Path, sortie: Path | None) -> None:
    from sge_sim.homologation.reports.rapport import read_rapport
    from sge_sim.homologation.suivi.classeur import read_classeur
    from sge_sim.homologation.suivi.remplissage import fill

    classeur = read_classeur(modele)
    filled = fill(classeur, read_rapport(rapport))
    copy = sortie or (
        Path("suivi-rempli.xlsx")
        if str(modele) == "-"
        else modele.with_name(f"{modele.stem}-rempli.xlsx")
    )
    write_atomically(copy, filled.octets)
    lignes = "1 ligne remplie" if filled.lignes == 1 else f"{filled.lignes} lignes remplies"
    click.echo(f"{copy} : {lignes}.")
    for reste in filled.restes:
        click.echo(f"  - {reste}")
