"""`sge-sim flux`: the files that subscriptions and orders produced, and what is in them."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import data_dir_option, json_option, say
from sge_sim.cli.state import database_of
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file, write_atomically
from sge_sim.settings.own_folder import named_setting

if TYPE_CHECKING:
    from sge_sim.api.flux import DefautSemeView, FichierView

_WIDEST = 40


_ETATS = {"a_livrer": "à livrer", "livre": "livré", "echec": "échec"}

_AES128_DIGITS = 32
_INVOICE = "_F15_"
_XSD = click.Path(exists=True, dir_okay=False, path_type=Path)


def _line(view: "FichierView") -> str:
    return (
        f"{view.publication:%d/%m/%Y %H:%M:%S}  {view.flux:<4}  {view.contrat_id:<8}  "
        f"{_ETATS[view.etat]:<8}  {view.nom}"
    )


def _defaut_line(view: "DefautSemeView") -> str:
    about = " ".join(filter(None, (view.prm, view.registre, view.horodate)))
    was = (
        "" if view.champ == "fichier" else f" : {view.champ} {view.vrai}, écrit {view.ecrit or '-'}"
    )
    return f"{view.classe:<22}{view.fichier}  {about}{was}"


flux = group_of(
    "flux",
    "Voir, publier et déchiffrer les fichiers de flux.",
    {
        "list_fichiers": Shown(_line, "Aucun fichier ne répond à ces critères."),
        "list_defauts": Shown(_defaut_line, "Aucune panne n'a rien mis dans ces fichiers."),
    },
)


@flux.command(
    help="Dire tout d'un fichier et de sa livraison, et d'un F15, fût-il d'un autre, d'où vient "
    "chaque ligne ; par --tableau ou --csv, ce qu'il contient (R63 à R67, C68, CR.M023)."
)
@click.argument("nom")
@click.option("--tableau", is_flag=True, help="Montrer le contenu en tableau.")
@click.option("--csv", "as_csv", is_flag=True, help="L'écrire dans le CSV du portail.")
@data_dir_option
@json_option
def show(nom: str, tableau: bool, as_csv: bool, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.flux import FichierView
    from sge_sim.flux.ouverture import read_documents
    from sge_sim.tables.flux import find_fichier
    from sge_sim.tables.plateforme import is_shared

    if tableau or as_csv:
        _show_rows(read_documents(Path(nom).name, _content_of(nom, data_dir)), as_csv=as_csv)
        return
    why = []
    if Path(nom).exists() or (_INVOICE in nom and not as_json):
        why = _explained(Path(nom).name, _content_of(nom, data_dir), data_dir)
    if Path(nom).exists() and why:
        say(why, as_json, "\n".join(why))
        return
    with database_of(data_dir).sessions() as session:
        fichier = find_fichier(session, nom)
        if fichier is None:
            raise UsageError(f"Aucun fichier ne s'appelle {nom} : sge-sim flux list les donne.")
        view, prms = FichierView.of(fichier), fichier.prms
        place = "dans la base" if is_shared(session.get_bind()) else data_dir / fichier.chemin
    lines = [_line(view)]
    if view.abonnement is not None:
        lines.append(
            f"abonnement  {view.abonnement:07d}, envoi {view.sequence}, "
            f"du {view.debut:%d/%m/%Y} au {view.fin:%d/%m/%Y} exclu"
        )
    for name, value in (
        ("affaire", view.affaire_id),
        ("points", prms),
        ("fichier", place),
        ("sha256", f"{view.sha256}, {view.taille} octets"),
        ("tentatives", str(view.tentatives)),
        ("erreur", view.erreur),
    ):
        if value:
            lines.append(f"{name:<12}{value}")
    say(view, as_json, "\n".join([*lines, *why]))


def _explained(nom: str, content: bytes, data_dir: Path) -> list[str]:
    from sge_sim.facturation.calcul import Facturation
    from sge_sim.facturation.explication import explained
    from sge_sim.facturation.prix import given_grilles
    from sge_sim.facturation.verification import VerificationFactures
    from sge_sim.flux.ouverture import MembreLu, read_members

    grille = named_setting("grille", data_dir)
    verification = VerificationFactures(Facturation(*given_grilles(grille)))
    for membre in read_members(MembreLu((nom,), content)):
        verification.add("/".join(membre.noms), membre.content)
    return [*explained(verification)] if verification.blocs or verification.generales else []


def key_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say by which keys a file is encrypted."""
    for option in (
        click.option("--iv", help="IV hexadécimal d'AES-128."),
        click.option("--cle", help="Clé hexadécimale : 32 chiffres pour AES-128, 64 pour AES-256."),
        click.option("--contrat", help="Contrat dont le canal donne les clés."),
    ):
        command = option(command)
    return command


@flux.command(help="Déchiffrer un fichier, par les clés d'un contrat ou par celles données.")
@click.argument("file", metavar="FICHIER")
@key_options
@click.option(
    "--sortie",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier à écrire ; la sortie standard à défaut.",
)
@data_dir_option
def decrypt(
    file: str,
    contrat: str | None,
    cle: str | None,
    iv: str | None,
    sortie: Path | None,
    data_dir: Path,
) -> None:
    from sge_sim.flux import chiffrement
    from sge_sim.flux.ouverture import OCTETS_AU_PLUS

    secret = secret_given(contrat, cle, iv, data_dir)
    clear = chiffrement.decrypt(secret, read_user_file(file, OCTETS_AU_PLUS))
    if sortie is None:
        sys.stdout.buffer.write(clear)
    else:
        write_atomically(sortie, clear)


def secret_given(contrat: str | None, cle: str | None, iv: str | None, data_dir: Path) -> Any:
    """Return the keys of a contract, or those that were typed."""
    from sge_sim.flux import chiffrement
    from sge_sim.flux.declaration import secret_of

    if (contrat is None) is (cle is None):
        raise UsageError("Donner soit --contrat, soit --cle (et --iv pour AES-128).")
    if contrat is None:
        short = len(cle or "") == _AES128_DIGITS
        return chiffrement.chiffrement("aes128" if iv or short else "aes256", cle, iv)
    with database_of(data_dir).sessions() as session:
        secret = secret_of(session, contrat)
    if secret.algorithme == "aucun":
        raise UsageError(f"Le canal de {contrat} ne chiffre rien : le fichier est en clair.")
    return secret


@flux.command(
    help="Juger des fichiers de flux, ou tous ceux d'un dossier : leur forme, ce qu'ils disent, et "
    "s'ils vont ensemble. État 2 : l'un n'a pas sa forme ; 1 : remarques ; 0 : rien à redire."
)
@click.argument("fichiers", metavar="FICHIER…", nargs=-1, required=True)
@click.option("--forme", is_flag=True, help="La forme seule.")
@click.option("--xsd", multiple=True, type=_XSD, help="Schéma à soi, qui juge à la place.")
@key_options
@data_dir_option
def validate(
    fichiers: tuple[str, ...],
    forme: bool,
    xsd: tuple[Path, ...],
    contrat: str | None,
    cle: str | None,
    iv: str | None,
    data_dir: Path,
) -> None:
    from sge_sim.flux.chiffrement import decrypt
    from sge_sim.flux.ouverture import read_schemas
    from sge_sim.flux.validation import Validation, VerdictFlux, is_clear

    gc.disable()  # what is read goes by itself, and is much to look through
    secret = secret_given(contrat, cle, iv, data_dir) if contrat or cle else None
    validation, said = Validation(not forme, read_schemas(xsd)), list[VerdictFlux]()
    folders = {nom: sorted(map(str, Path(nom).iterdir())) for nom in fichiers if Path(nom).is_dir()}
    named = [each for nom in fichiers for each in folders.get(nom, [nom])]
    for nom in named:
        try:
            content = _content_of(nom, data_dir)
            if secret is not None and not is_clear(content):
                content = decrypt(secret, content)
            verdicts = list(validation.judge(Path(nom).name, content))
        except UsageError as error:
            if len(named) == 1:
                raise
            verdicts = [VerdictFlux(Path(nom).name, "", [str(error)], [])]
        for verdict in verdicts:
            well = "non conforme" if verdict.ecarts or verdict.remarques else "conforme"
            click.echo(
                f"{verdict.nom} : {f'{verdict.forme} {well}' if verdict.forme else 'illisible'}"
            )
            for line in (*verdict.ecarts, *verdict.remarques):
                click.echo(f"  {line}")
        said += verdicts
    together = validation.together()
    for line in together:
        click.echo(line)
    unread = sum(not verdict.forme for verdict in said)
    if wrong := sum(len(verdict.ecarts) for verdict in said) - unread:
        raise UsageError(f"{counted(wrong, 'écart')} au schéma.")
    if unread:
        raise UsageError(f"{counted(unread, 'fichier illisible', 'fichiers illisibles')}.")
    if together or any(verdict.remarques for verdict in said):
        sys.exit(1)


@flux.command(
    help="Examiner des fichiers, ou tous ceux d'un dossier : quelle clé les ouvre, ce qu'ils ont, "
    "s'ils se suivent, ce qui est venu deux fois. Une ligne chacun, avec quoi faire. Les clés "
    "essayées sont celles données, sinon celles de tous les canaux. État 1 : quelque chose à dire."
)
@click.argument("fichiers", metavar="FICHIER…", nargs=-1, required=True)
@key_options
@data_dir_option
def doctor(
    fichiers: tuple[str, ...],
    contrat: str | None,
    cle: str | None,
    iv: str | None,
    data_dir: Path,
) -> None:
    from sge_sim.flux.docteur import ConstatFichier, Docteur
    from sge_sim.flux.ouverture import OCTETS_AU_PLUS

    gc.disable()  # as validate does
    given = contrat is not None or cle is not None
    secrets = (
        [("la clé donnée", secret_given(contrat, cle, iv, data_dir))]
        if given
        else _known_keys(data_dir)
    )
    docteur, sick = Docteur(secrets), False
    for nom in fichiers:
        if not Path(nom).exists():
            raise UsageError(f"Aucun fichier ni dossier ne s'appelle {nom} : en vérifier le nom.")
    for path, shown in files_within(fichiers):
        try:
            found = docteur.examine(path.name, read_user_file(path, OCTETS_AU_PLUS))
        except UsageError as error:
            genre = "trop gros" if "dépasse" in str(error) else "illisible"
            found = [ConstatFichier(path.name, genre, str(error).removesuffix("."))]
        except OSError as error:
            found = [ConstatFichier(path.name, "illisible", str(error.strerror or error))]
        for constat in found:
            click.echo(str(replace(constat, nom=shown) if constat.nom == path.name else constat))
        sick |= any(constat.genre for constat in found)
    for constat in docteur.together():
        click.echo(str(constat))
        sick = True
    if sick:
        sys.exit(1)


def files_within(noms: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield the files of these names, and those of folders, in their order, each with its name in
    its folder."""
    for nom in noms:
        path = Path(nom)
        if not path.is_dir():
            yield path, path.name
            continue
        for each in sorted(each for each in path.rglob("*") if not each.is_dir()):
            yield each, str(each.relative_to(path))


def _known_keys(data_dir: Path) -> list[tuple[str, Any]]:
    """Return the keys of all channels, and those that pannes gave files; none without a state."""
    from sge_sim.flux.declaration import known_secrets

    try:
        with database_of(data_dir).sessions() as session:
            return known_secrets(session)
    except UsageError:
        return []


@flux.command(
    "score",
    help="Noter ce qu'un lecteur a compris des fichiers publiés : trouvé, manqué, inventé, faux, "
    "par sorte de défaut. État 1 : tout n'est pas trouvé ; 2 : rien n'a pu être lu.",
)
@click.option(
    "--lu",
    required=True,
    metavar="FICHIER",
    help="CSV ou NDJSON : flux, point, registre, horodate, valeur, defaut, fichier ; - : l'entrée.",
)
@click.option("--contrat", help="Contrat dont les fichiers furent lus ; tous sans lui.")
@data_dir_option
@json_option
def show_score(lu: str, contrat: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.flux.ouverture import OCTETS_AU_PLUS
    from sge_sim.flux.score import ISSUES, score, verite_of

    try:
        text = read_user_file(lu, OCTETS_AU_PLUS).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{lu} n'est pas de l'UTF-8 (octet {error.start}).") from None
    except OSError as error:
        raise UsageError(f"{lu} ne se lit pas : en vérifier le nom et les droits.") from error
    with database_of(data_dir).sessions() as session:
        made = score(verite_of(session, data_dir, contrat), io.StringIO(text, ""))
    lines = [*made.lignes, f"{'':<24}{'  '.join(f'{issue:>9}' for issue in ISSUES)}"]
    for classe, counts in sorted(made.issues.items()):
        lines.append(f"{classe:<24}{'  '.join(f'{counts[issue]:>9}' for issue in ISSUES)}")
    say({"classes": made.issues, "lignes": made.lignes}, as_json, "\n".join(lines))
    if not made.perfect:
        sys.exit(1)


def _show_rows(documents: Iterator[tuple[str, Any]], *, as_csv: bool) -> None:
    """Print files as tables, or as the portal's CSV; raises `UsageError` for another form."""
    from sge_sim.flux.r6x.tableau import rows_of, write_csv

    for nom, tree in documents:
        if as_csv:
            write_csv([tree], sys.stdout)
        else:
            click.echo(nom)
            _show_table([[_text(cell) for cell in row] for row in rows_of(tree)])


def _show_table(rows: list[list[str]]) -> None:
    used = [n for n in range(len(rows[0])) if any(row[n] for row in rows[1:])]
    widths = [min(_WIDEST, max(len(row[n]) for row in rows)) for n in used]
    for row in rows:
        cells = (row[n][:width].ljust(width) for n, width in zip(used, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _content_of(nom: str, data_dir: Path) -> bytes:
    """Return the bytes of a file: of that path (`-`, the standard input), or that was published
    under that name."""
    from sge_sim.flux.declaration import clear_content
    from sge_sim.flux.ouverture import OCTETS_AU_PLUS
    from sge_sim.tables.flux import find_fichier

    if nom == "-" or Path(nom).exists():
        return read_user_file(nom, OCTETS_AU_PLUS)
    with database_of(data_dir).sessions() as session:
        fichier = find_fichier(session, nom)
        if fichier is None:
            raise UsageError(
                f"Aucun fichier ne s'appelle {nom}, ni ici ni parmi ceux de sge-sim flux list."
            )
        return clear_content(session, data_dir, fichier)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
