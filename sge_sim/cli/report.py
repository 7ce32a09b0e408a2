"""`sge-sim report`: the reports of campaigns, once they are written."""

import sys
from hashlib import sha256
from pathlib import Path

import click

from sge_sim.homologation.reports.evidence import read_evidence, verify
from sge_sim.homologation.reports.rapport import read_rapport
from sge_sim.machine.files import write_atomically

_FILE = click.Path(path_type=Path, allow_dash=True)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(help="Lire les rapports de campagne, en faire d'autres documents.")
def report() -> None:
    """The commands on reports."""


@report.command("verify", help="Dire si un zip de preuves est intact. Code retour : 0 ou 1.")
@click.argument("preuves", metavar="ZIP", type=click.Path(path_type=Path, allow_dash=True))
def verify_command(preuves: Path) -> None:
    evidence = read_evidence(preuves)
    wrong = verify(evidence, preuves)
    for sentence in wrong:
        click.echo(sentence)
    if not wrong:
        digest = sha256(evidence).hexdigest()
        click.echo(f"Intact. Empreinte, à comparer à celle gardée ailleurs : {digest}")
    sys.exit(1 if wrong else 0)


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
