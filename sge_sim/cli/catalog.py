"""`sge-sim catalog`: read the homologation test cases, release by release."""

import shlex
import sys
from pathlib import Path

import click

from sge_sim.cli.completion import cases
from sge_sim.cli.options import json_option, say
from sge_sim.domaine.francais import counted
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.machine.files import data_path

_release_option = click.option(
    "--release", default=DEFAULT_RELEASE, show_default=True, help="Version de SGE."
)


@click.group(help="Lire le catalogue des cas de test de l'homologation.")
def catalog() -> None:
    """The commands on the catalogue."""


@catalog.command("list", help="Donner les cas d'une version, package par package.")
@_release_option
@click.option("--releases", is_flag=True, help="Donner plutôt les versions connues.")
@json_option
def list_command(release: str, releases: bool, as_json: bool) -> None:
    from sge_sim.homologation.catalogue.french_text import render_list, run_view
    from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
    from sge_sim.homologation.catalogue.release import list_releases, load_release

    if releases:
        known = list_releases(PROTOCOLES)
        say(known, as_json, "\n".join(known))
        return
    found = load_release(release, PROTOCOLES)
    say([run_view(run) for run in found.cas], as_json, render_list(found))


@catalog.command(help="Dire tout d'un cas (ADP-R1) ou d'une exécution (ADP-R1@C5).")
@click.argument("cas", shell_complete=cases)
@_release_option
@json_option
def show(cas: str, release: str, as_json: bool) -> None:
    from sge_sim.homologation.catalogue.french_text import render_show, run_view
    from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
    from sge_sim.homologation.catalogue.release import load_release

    runs = load_release(release, PROTOCOLES).find(cas)
    say([run_view(run) for run in runs], as_json, "\n\n".join(map(render_show, runs)))


@catalog.command("validate", help="Dire tout ce qui est faux dans un catalogue ; le nôtre sinon.")
@click.argument(
    "dossier", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def validate_command(dossier: Path | None) -> None:
    from sge_sim.homologation.catalogue.release import validate

    mistakes = validate(dossier or data_path("catalog"))
    click.echo("\n".join(mistakes) or "Aucune erreur.")
    sys.exit(1 if mistakes else 0)


@catalog.command(
    "import",
    help="Faire du classeur de suivi qu'Enedis a envoyé (FICHIER.xlsx) une version du catalogue : "
    "ses PRM, ses périodes et ses cas, à passer sur sa plateforme. Dire ce qui diffère de la nôtre "
    "et ce qui n'a pas été compris. Aucune formule n'est calculée.",
)
@click.argument("fichier", metavar="FICHIER.xlsx", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--release", help="Version à reprendre ; celle qui a le plus de ses cas sinon.")
@click.option("--nom", help="Nom, à la suite de celui de la version ; celui du fichier sinon.")
@click.option(
    "--dossier",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("catalogue"),
    show_default=True,
    help="Où écrire la version, dans un dossier à son nom.",
)
def import_command(fichier: Path, release: str | None, nom: str | None, dossier: Path) -> None:
    from sge_sim.homologation.catalogue.french_text import diff, render_diff
    from sge_sim.homologation.catalogue.release import load_release
    from sge_sim.homologation.suivi.classeur import read_classeur
    from sge_sim.homologation.suivi.importation import (
        left_out,
        read_importation,
        release_name,
        write_release,
    )

    base = None if release is None else load_release(release)
    importation = read_importation(read_classeur(fichier), base)
    written = write_release(importation, dossier, release_name(nom, importation))
    place = dossier / written.nom
    runs = counted(len(importation.cas), "exécution reprise", "exécutions reprises")
    click.echo(f"{place} : {runs} de {importation.base.nom}.")
    click.echo(f"\n{render_diff(diff(importation.base, written))}")
    for title, lines in (
        ("Dans notre catalogue, pas dans le classeur", left_out(importation)),
        ("Pas compris", importation.refus),
    ):
        if lines:
            click.echo("\n".join(["", title, *(f"  - {each}" for each in lines)]))
    command = shlex.join(["sge-sim", "homologate", "--catalogue", str(place)])
    click.echo(f"\nLe passer sur la plateforme d'Enedis : {command} --target https://…")


@catalog.command("diff", help="Dire ce qui change d'une version à une autre.")
@click.argument("avant", metavar="RELEASE")
@click.argument("apres", metavar="RELEASE")
@json_option
def diff_command(avant: str, apres: str, as_json: bool) -> None:
    from sge_sim.homologation.catalogue.french_text import diff, render_diff
    from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
    from sge_sim.homologation.catalogue.release import load_release

    difference = diff(load_release(avant, PROTOCOLES), load_release(apres, PROTOCOLES))
    say(difference, as_json, render_diff(difference))
