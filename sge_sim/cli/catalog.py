"""`sge-sim catalog`: read the homologation test cases, release by release."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sge_sim.cli.declared import Shown, group_of
from sge_sim.domaine.francais import counted
from sge_sim.machine.files import data_path
from sge_sim.machine.late import late

if TYPE_CHECKING:
    from sge_sim.homologation.catalogue import french_text
    from sge_sim.homologation.catalogue.release import Release
else:
    french_text = late("sge_sim.homologation.catalogue.french_text")


def _read(name: str) -> "Release":
    from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
    from sge_sim.homologation.catalogue.release import load_release

    return load_release(name, PROTOCOLES)


def _runs(_views: object, given: Mapping[str, Any]) -> str:
    return french_text.render_list(_read(given["release"]))


def _case(_views: object, given: Mapping[str, Any]) -> str:
    return "\n\n".join(map(french_text.render_show, _read(given["release"]).find(given["cas"])))


def _difference(_view: object, given: Mapping[str, Any]) -> str:
    difference = french_text.diff(_read(given["avant"]), _read(given["apres"]))
    return french_text.render_diff(difference)


catalog = group_of(
    "catalog",
    "Lire le catalogue des cas de test de l'homologation.",
    {
        "list_releases": Shown(lambda view: "\n".join(view["versions"])),
        "list_runs": Shown(given_too=_runs),
        "show": Shown(given_too=_case),
        "compare": Shown(given_too=_difference),
    },
    subject="catalogue",
)


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
    click.echo(f"\nLe passer sur la plateforme d'Enedis : {command} --cible https://…")
