"""`sge-sim report`: the reports of campaigns, once they are written."""

import sys
from pathlib import Path

import click

from sge_sim.homologation.reports.evidence import evidence_sha256, verify


@click.group(help="Vérifier les rapports de campagne.")
def report() -> None:
    """The commands on reports."""


@report.command("verify", help="Dire si un zip de preuves est intact. Code retour : 0 ou 1.")
@click.argument("preuves", metavar="ZIP", type=click.Path(dir_okay=False, path_type=Path))
def verify_command(preuves: Path) -> None:
    wrong = verify(preuves)
    for sentence in wrong:
        click.echo(sentence)
    if not wrong:
        click.echo(
            f"Intact. Empreinte, à comparer à celle gardée ailleurs : {evidence_sha256(preuves)}"
        )
    sys.exit(1 if wrong else 0)
