"""`sge-sim cert`: make, check, hand in and revoke client certificates.

A running simulator on the same data directory takes each change up by itself. Dates are the
machine's: the simulated clock counts for nothing here.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import (
    INSTANT,
    data_dir_option,
    environment_option,
    json_option,
    option,
    say,
    say_json,
    setting_option,
)
from sge_sim.cli.state import database_of
from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.nomenclatures import KEY_TYPES, Environment, KeyType, Usages
from sge_sim.operations.certificats import judge
from sge_sim.settings import VerifieEku

if TYPE_CHECKING:
    from sge_sim.pki.trust import Pki

_environment = environment_option("Plateforme visée.", default="homologation", show_default=True)
_le = click.option(
    "--le",
    metavar="JOUR",
    type=INSTANT,
    help="Jour où l'on se place ; aujourd'hui, à l'heure de la machine, sans l'option.",
)
_password = partial(
    option, "--mot-de-passe", "password", was="--password", envvar="SGE_SIM_PASSWORD"
)
_password_of_key = _password(help="Mot de passe de la clé ou du PKCS#12.")


def _pki_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the folder of the certificates and the settings of its authorities."""
    command = setting_option("authorities_dir")(command)
    return data_dir_option(setting_option("authorities_file")(command))


@click.group(help="Fabriquer, vérifier, enregistrer, révoquer des certificats client.")
def cert() -> None:
    """The commands on certificates."""


@cert.command(help="Donner les autorités admises sur une plateforme.")
@_environment
@_le
@setting_option("authorities_file")
@json_option
def authorities(
    environment: Environment, le: datetime | None, authorities_file: Path | None, as_json: bool
) -> None:
    from sge_sim.pki.authorities import load_authorities
    from sge_sim.pki.deadlines import DUREES, renewal_sentence, situation_at
    from sge_sim.pki.rendering import describe_authority

    known = load_authorities(authorities_file).authorities
    jour = legal_date(le or machine_now())
    if as_json:
        say_json([describe_authority(authority, jour) for authority in known])
        return
    for authority in known:
        admitted = "admise" if environment in authority.environments else "refusée"
        click.echo(
            f"{authority.slug:<12} {authority.name:<14} {admitted} en {environment}, "
            f"délivrée par {authority.issued_today_by}"
        )
        signed = situation_at(authority, jour)
        if signed is not None:
            click.echo(f"{'':<12} le {jour:%d/%m/%Y} : {signed.sentence()}")
    for days in dict(DUREES).values():
        click.echo(f"Renouvellement : {renewal_sentence(jour, days)}.")


@cert.command(help="Délivrer un certificat d'une autorité simulée, comme demandé et sans le juger.")
@option(
    "--autorite",
    "authority",
    was="--authority",
    required=True,
    help="Nom court, voir « cert authorities ».",
)
@option("--nom", "name", was="--name", required=True, help="Nom de domaine, aussi nom commun.")
@click.option("--san", "others", multiple=True, help="Autre nom de domaine, répétable.")
@option(
    "--jours",
    "days",
    was="--days",
    default=365,
    show_default=True,
    help="Durée ; négative pour un certificat expiré.",
)
@click.option(
    "--usages",
    type=click.Choice(get_args(Usages)),
    help="Usage étendu de clé ; « aucun » : sans cette extension. Par défaut, celui que "
    "l'autorité accorde.",
)
@option(
    "--type-cle",
    "key_type",
    was="--key-type",
    type=click.Choice(KEY_TYPES),
    default="p256",
    show_default=True,
    help="Type de la clé.",
)
@option(
    "--sortie",
    "out",
    was="--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Dossier des fichiers produits.",
)
@_password(help="Mot de passe du PKCS#12 ; la clé key.pem n'en a pas.")
@_pki_options
def issue(
    authority: str,
    name: str,
    others: tuple[str, ...],
    days: int,
    usages: Usages | None,
    key_type: KeyType,
    out: Path,
    password: str | None,
    **folders: Any,
) -> None:
    from sge_sim.pki.building import BUNDLE_PASSWORD
    from sge_sim.pki.issuing import issue_client_certificate, write_issued_certificate

    issued = issue_client_certificate(
        _open(**folders).simulated(authority),
        [name, *others],
        now=machine_now(),
        days=days,
        key_type=key_type,
        usages=usages,
    )
    password = password or BUNDLE_PASSWORD
    files = write_issued_certificate(out, issued, password)
    click.echo(f"clé          {files.key} (sans mot de passe)")
    click.echo(f"certificat   {files.certificate}")
    click.echo(f"à présenter  {files.chain} (avec son intermédiaire)")
    hint = f" (mot de passe : {password})" if password == BUNDLE_PASSWORD else ""
    click.echo(f"PKCS#12      {files.bundle}{hint}")
    click.echo("À enregistrer : sge-sim cert register, sinon la porte le refuse.")


@cert.command(help="Dire si un certificat serait accepté ; code retour 1 s'il ne le serait pas.")
@click.argument(
    "files", metavar="FICHIER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@_environment
@_password_of_key
@_le
@setting_option("verifie_eku")
@setting_option("www_counts_as_same")
@json_option
@_pki_options
def check(
    files: tuple[Path, ...],
    environment: Environment,
    password: str | None,
    le: datetime | None,
    verifie_eku: VerifieEku,
    www_counts_as_same: bool,
    as_json: bool,
    **folders: Any,
) -> None:
    from sge_sim.door.certificats import CertificateRegister
    from sge_sim.pki.policy import Policy

    policy = Policy(
        environment,
        _open(**folders).trust,
        CertificateRegister(database_of(folders["data_dir"])),
        www_counts_as_same=www_counts_as_same,
        verifie_eku=verifie_eku,
    )
    found = judge(files, policy, le or machine_now(), password, on_day=le is not None)
    text = found.pop("texte")
    say(found, as_json, text)
    sys.exit(0 if found["accepte"] else 1)


@cert.command(help="Enregistrer le certificat d'un acteur, avec les intermédiaires du fichier.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@_environment
@click.option(
    "--acteur", help="Code de l'acteur ; le tiers par défaut sans l'option.", shell_complete=acteurs
)
@_password_of_key
@data_dir_option
def register(
    file: Path, environment: Environment, acteur: str | None, password: str | None, data_dir: Path
) -> None:
    from sge_sim.door.certificats import register_file
    from sge_sim.tables.acteurs import default_acteur

    with database_of(data_dir).transaction() as session:
        code = acteur or default_acteur(session, "tiers").code
        sentence = register_file(session, code, file, environment, machine_now(), password)
    click.echo(sentence)


@cert.command(help="Révoquer un certificat délivré par une autorité simulée.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@_password_of_key
@_pki_options
def revoke(file: Path, password: str | None, **folders: Any) -> None:
    from sge_sim.pki.inspection import read_acteur_certificate
    from sge_sim.schema.pieces import changing_pieces

    certificate, _ = read_acteur_certificate([file], password)
    with changing_pieces(folders["data_dir"]):
        _open(**folders).revoke(certificate, machine_now())
    click.echo(f"Certificat n° {certificate.serial_number:x} révoqué.")


@cert.command(
    "renew-server",
    help="Renouveler le certificat du simulateur ; s'il tourne, il le prend dans la seconde.",
)
@data_dir_option
def renew_server(data_dir: Path) -> None:
    from sge_sim.pki.server_identity import renew_server_identity
    from sge_sim.schema.data_folder import require

    require(data_dir / "pki")
    renewed = renew_server_identity(data_dir / "pki" / "server", now=machine_now())
    click.echo(f"{renewed.identity} renouvelé jusqu'au {renewed.valid_until:%d/%m/%Y}.")
    click.echo("L'autorité est la même : les clients n'ont rien à changer.")


def _open(data_dir: Path, authorities_file: Path | None, authorities_dir: Path | None) -> "Pki":
    from sge_sim.pki.trust import open_pki
    from sge_sim.schema.data_folder import require

    require(data_dir / "pki")
    return open_pki(
        data_dir,
        now=machine_now(),
        authorities_file=authorities_file,
        authorities_dir=authorities_dir,
    )
