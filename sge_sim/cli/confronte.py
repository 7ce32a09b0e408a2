"""`sge-sim confronte`: hold what the real platform answered against the simulator."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import click

from sge_sim.cli.options import Typed
from sge_sim.clock import PARIS, machine_now, parse_day
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import KindActeur
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, write_atomically

if TYPE_CHECKING:
    from sge_sim.confronte.paires import Paire
    from sge_sim.confronte.temoignage import TemoignageSigne

_BEFORE: Final = timedelta(hours=1)
_PATH: Final = click.Path(exists=True, path_type=Path)
_WRITTEN: Final = click.Path(dir_okay=False, path_type=Path)


def _parse_month(text: str) -> str:
    return f"{parse_day(f'{text}-01'):%Y-%m}"


_MONTH: Final = Typed("mois", _parse_month, str)


def _say(temoignage: "TemoignageSigne") -> None:
    from sge_sim.confronte.phrases import shown_lines

    for line in shown_lines(temoignage):
        click.echo(line)


def _read(sources: Sequence[Path]) -> "list[Paire]":
    from sge_sim.confronte.paires import Ecartes
    from sge_sim.confronte.sources import read_sources

    bilan = Ecartes()
    found = read_sources(sources, bilan)
    for why, count in bilan.ecartes.items():
        click.echo(f"{counted(count, 'échange écarté', 'échanges écartés')} : {why}.", err=True)
    return found


@click.group(
    help="Confronter ce que la vraie plateforme a répondu à ce que répond le simulateur : les "
    "différences, sans aucune valeur."
)
def confronte() -> None:
    """The commands on what a real platform answered."""


_sources = click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=_PATH)


@confronte.command(
    help="Rejouer des échanges sur un simulateur démarré pour l'occasion, et écrire ce qui diffère "
    "dans un témoignage. SOURCE : un dossier de fichiers « …-requete.xml » et « …-reponse.xml » "
    "(« …-entetes.txt » facultatif), un fichier HAR, un journal exporté en JSON, un dossier d'état "
    "de sge-sim, ou un fichier de confronte mask."
)
@_sources
@click.option("--sortie", type=_WRITTEN, help="Fichier du témoignage ; aucun sans l'option.")
@click.option("--cle", type=_PATH, help="Clé qui signe le témoignage (confronte key).")
@click.option("--mois", type=_MONTH, help="Mois des échanges, 2026-11, si la source ne le dit pas.")
@click.option(
    "--acteur",
    type=click.Choice(get_args(KindActeur)),
    default="tiers",
    help="Ce qu'est l'acteur qui appelait.",
    show_default=True,
)
def replay(
    sources: tuple[Path, ...], sortie: Path | None, cle: Path | None, mois: str | None, acteur: str
) -> None:
    from sge_sim.confronte.jeu import confront
    from sge_sim.confronte.paires import Ecartes
    from sge_sim.confronte.sources import read_sources
    from sge_sim.confronte.temoignage import bytes_of, made_of, signed
    from sge_sim.homologation.client.own_simulator import own_simulator

    bilan = Ecartes()
    paires = read_sources(sources, bilan)
    first = min((each.instant for each in paires if each.instant), default=machine_now())
    begins = (first - _BEFORE).astimezone(PARIS).replace(tzinfo=None)
    options = ("--now", begins.isoformat(timespec="seconds"), "--population-size", "0")
    with (
        monde.temporary_folder() as folder,
        own_simulator(Path(folder) / "etat", options) as simulator,
    ):
        found = confront(paires, simulator.cible(acteur), bilan)
    temoignage = signed(made_of(found, mois), cle)
    _say(temoignage)
    if sortie is not None:
        write_atomically(sortie, bytes_of(temoignage))
        click.echo(f"Témoignage : {sortie}")


@confronte.command(
    help="Écrire les échanges sans rien de personnel : PRM, noms, adresses, numéros et dates en "
    "deviennent d'autres, par une clé que rien ne garde."
)
@_sources
@click.option("--sortie", type=_WRITTEN, required=True, help="Fichier des échanges masqués.")
def mask(sources: tuple[Path, ...], sortie: Path) -> None:
    from sge_sim.confronte.masque import MasqueEchanges
    from sge_sim.confronte.sources import line_of

    masque = MasqueEchanges()
    lines = [line_of(masque.paire(paire)) for paire in _read(sources)]
    write_atomically(sortie, "".join(lines).encode(), PRIVATE)
    click.echo(f"{counted(len(lines), 'échange masqué', 'échanges masqués')} : {sortie}")


@confronte.command(help="Écrire une clé neuve, qui signe des témoignages ; la garder pour soi.")
@click.argument("fichier", type=_WRITTEN)
def key(fichier: Path) -> None:
    from sge_sim.confronte.temoignage import write_key

    write_key(fichier)
    click.echo(f"Clé écrite, pour son propriétaire seul : {fichier}")


@confronte.command(help="Montrer tout ce que dit un témoignage, avant de l'envoyer.")
@click.argument("fichier", type=_PATH)
def show(fichier: Path) -> None:
    from sge_sim.confronte.temoignage import read_temoignage

    _say(read_temoignage(fichier))


_files = click.argument("fichiers", metavar="FICHIER...", nargs=-1, required=True, type=_PATH)


@confronte.command(
    help="Vérifier des témoignages : forme, mots connus seulement, signature, aucun octet changé."
)
@_files
def verify(fichiers: tuple[Path, ...]) -> None:
    from sge_sim.confronte.temoignage import read_temoignage

    for fichier in fichiers:
        signer = read_temoignage(fichier).rassemble.signataire
        click.echo(f"{fichier} : {f'signé par {signer}' if signer else 'intact, non signé'}")


@confronte.command(
    help="Rassembler des témoignages vérifiés dans un fichier, une ligne chacun, sans double : "
    "règle par règle, combien la confirment ou la contredisent, et depuis quel mois."
)
@_files
@click.option("--dans", type=_WRITTEN, required=True, help="Fichier de ceux déjà rassemblés.")
def gather(fichiers: tuple[Path, ...], dans: Path) -> None:
    from sge_sim.confronte.temoignage import gathered, read_temoignage
    from sge_sim.domaine.temoignages import observed_among, read_rassembles, seen_of_rules

    try:
        known = read_rassembles(dans)
    except (ValueError, TypeError):
        raise UsageError(f"{dans} n'est pas un fichier de témoignages rassemblés.") from None
    together = gathered(known, [read_temoignage(fichier) for fichier in fichiers])
    lines = [json.dumps(each._asdict(), ensure_ascii=False) + "\n" for each in together]
    write_atomically(dans, "".join(lines).encode())
    observed = set(observed_among(together))
    for name, seen in seen_of_rules(together).items():
        click.echo(
            f"{name} : {seen.confirment} confirment, {seen.contredisent} contredisent, "
            f"{seen.non_signes} non signés, depuis {seen.depuis or 'un mois non dit'}"
            f"{', observée' if name in observed else ''}"
        )
    new = len(together) - len(known)
    click.echo(
        f"{counted(len(together), 'témoignage')}, dont {counted(new, 'nouveau', 'nouveaux')}."
    )
