"""`sge-sim report`: the reports of campaigns, once they are written."""

import sys
from hashlib import sha256
from pathlib import Path

import click

from sge_sim.homologation.reports.evidence import read_evidence, verify


@click.group(help="Vérifier les rapports de campagne.")
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
