"""`sge-sim kit`, `doctor`, `hosts`: what the developers of a client need to call a simulator."""

import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.console import progress_if_long
from sge_sim.cli.options import (
    RegularFile,
    SettingOption,
    Typed,
    data_dir_option,
    environment_option,
    json_option,
    option,
    say,
    say_json,
)
from sge_sim.cli.state import administration_of, database_of
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.domaine.plateformes import DATA_CONNECT_HOSTS, OFFICIAL_HOSTS, checked_url
from sge_sim.errors import UsageError
from sge_sim.homologation.doctor import Diagnostic
from sge_sim.machine.collector import collector_paused
from sge_sim.processes.serving_note import find_served
from sge_sim.settings import Settings, variable_of


@click.command(
    help="Écrire le kit d'un acteur, un dossier ou un .zip : WSDL, catalogue, certificat et clé, "
    "guide des premiers pas."
)
@click.argument("out", type=click.Path(path_type=Path))
@data_dir_option
@click.option(
    "--url",
    help="Adresse servie ; par défaut celle du simulateur qui tourne sur ce dossier, sinon "
    f"https://localhost:{Settings.port}.",
)
@click.option(
    "--acteur", help="Code de l'acteur ; le tiers par défaut sinon.", shell_complete=acteurs
)
@environment_option(
    "Environnement où le certificat est enregistré ; par défaut celui que joue ce simulateur, "
    "sinon l'homologation."
)
@collector_paused()
def kit(
    out: Path, data_dir: Path, url: str | None, acteur: str | None, environment: Environment | None
) -> None:
    from sge_sim.homologation.kit import write_kit

    if out.exists():
        raise UsageError(f"{out} existe déjà : donner un autre nom.")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent} n'est pas un dossier : le créer d'abord.")
    served = find_served(data_dir)
    url = url or (served.b2b_url if served else f"https://localhost:{Settings.port}")
    environment = environment or (served.environment if served else "homologation")
    settings: Any = served.read("/api/settings") if served else {"generation": "toutes"}
    generation = settings["generation"] if settings else administration_of(data_dir).generation()
    with progress_if_long("Écriture du kit"):
        holder = write_kit(
            out,
            database_of(data_dir),
            data_dir,
            url=checked_url(url),
            acteur=acteur,
            environnement=environment,
            now=machine_now(),
            generation=generation,
        )
    click.echo(f"{out} : kit de {holder.nom}, login {holder.login}, contrat {holder.contrat_id}.")
    click.echo(f"Adresse {url} ; certificat enregistré en {environment}.")
    click.echo(f"ATTENTION : {out} contient une CLÉ PRIVÉE ; vous seul pouvez le lire.", err=True)


_PEM = RegularFile()


@click.command(help="Dire ce qui empêche un client d'appeler SGE. Code retour : 0 si rien.")
@option(
    "--certificat",
    "cert",
    was="--cert",
    type=_PEM,
    required=True,
    help="Certificat et ses intermédiaires (PEM).",
)
@option("--cle", "key", was="--key", type=_PEM, required=True, help="Clé privée (PEM).")
@click.option("--url", help="Adresse appelée ; une connexion est essayée.")
@click.option("--ca", type=_PEM, help="Autorité du serveur ; les autorités publiques sinon.")
@click.option("--login", help="Login SGE.")
@click.option("--contrat", help="Numéro du contrat.")
@click.option(
    "--data-dir",
    cls=SettingOption,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar=variable_of("data_dir"),
    help="Dossier du simulateur appelé, dont les autorités et les acteurs sont alors connus.",
)
@environment_option(
    "Plateforme visée ; par défaut celle que joue le simulateur qui tourne sur ce dossier, "
    "sinon l'homologation."
)
@json_option
def doctor(
    data_dir: Path | None, environment: Environment | None, as_json: bool, **options: Any
) -> None:
    from sge_sim.homologation.doctor.examination import Setup, examine

    served = None if data_dir is None else find_served(data_dir)
    environment = environment or (served.environment if served else "homologation")
    setup = Setup(
        data_dir=data_dir,
        admin_url=served.admin_url if served else None,
        environment=environment,
        **options,
    )
    found = examine(setup, machine_now())
    say(found, as_json, "\n".join(map(_sentence, found)) or "Rien à signaler.")
    sys.exit(1 if any(each.gravite == "erreur" for each in found) else 0)


def _sentence(found: Diagnostic) -> str:
    return f"{found.gravite.capitalize()} [{found.code}] {found.constat}\n  → {found.remede}"


Address = IPv4Address | IPv6Address


def _address(text: str) -> Address:
    """Read an IP address: what /etc/hosts and iptables take."""
    try:
        return ip_address(text)
    except ValueError:
        raise UsageError(
            f"« {text} » n'est pas une adresse IP : écrire par exemple 127.0.0.1"
        ) from None


@click.command(help="Donner ce qu'il faut à un client dont les adresses ne se règlent pas.")
@data_dir_option
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port du simulateur ; par défaut celui du simulateur qui tourne sur ce dossier, sinon "
    f"{Settings.port}.",
)
@option(
    "--adresse",
    "address",
    was="--address",
    type=Typed("adresse", _address, IPv4Address, IPv6Address),
    default="127.0.0.1",
    show_default=True,
    help="Adresse du simulateur.",
)
@json_option
def hosts(data_dir: Path, port: int | None, address: Address, as_json: bool) -> None:
    authority = data_dir / "pki" / "server" / "authority.pem"
    if not authority.exists():
        raise UsageError(
            f"{authority} n'existe pas encore : démarrer une fois sge-sim serve avec ce --data-dir."
        )
    served = find_served(data_dir)
    if port is None:
        port = (served and urlsplit(served.b2b_url).port) or Settings.port
    # Both are called on port 443: to be told apart, they need an address each.
    second = address + 1 if address.is_loopback and address.version == 4 else address
    second_port = urlsplit((served and served.data_connect_url) or "").port
    second_port = second_port or Settings.data_connect_port
    of_second = {str(second): second_port} if second != address else {}
    if as_json:
        say_json(
            {
                "hosts": {
                    **dict.fromkeys(OFFICIAL_HOSTS, str(address)),
                    **dict.fromkeys(DATA_CONNECT_HOSTS, str(second)),
                },
                "ports": {str(address): port} | of_second,
                "autorite": str(authority.resolve()),
            }
        )
        return
    click.echo("# À ajouter à /etc/hosts :")
    for host in OFFICIAL_HOSTS:
        click.echo(f"{address}  {host}")
    click.echo("# Et pour Data Connect (sge-sim serve --data-connect), à une adresse à lui :")
    for host in DATA_CONNECT_HOSTS:
        click.echo(f"{second}  {host}")
    iptables = "iptables" if address.version == 4 else "ip6tables"
    click.echo(
        f"""
# Les clients appellent le port 443. Soit le simulateur l'écoute lui-même :
#   sge-sim serve --port 443            (droits d'administrateur)
# soit le système y redirige le sien :
#   {iptables} -t nat -A OUTPUT -d {address} -p tcp --dport 443 -j REDIRECT --to-ports {port}
#   {iptables} -t nat -A OUTPUT -d {second} -p tcp --dport 443 -j REDIRECT --to-ports {second_port}

# Autorité à laquelle le client doit faire confiance (et elle seule, pour ses essais) :
#   {authority.resolve()}
#   curl --cacert … | REQUESTS_CA_BUNDLE=… | SSL_CERT_FILE=… | keytool -importcert …"""
    )
