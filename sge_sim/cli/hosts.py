"""`sge-sim hosts`: all that a client with fixed URLs needs to reach the simulator."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from sge_sim.cli.options import data_dir_option
from sge_sim.errors import UsageError
from sge_sim.hosts import OFFICIAL_HOSTS
from sge_sim.serving import find_served
from sge_sim.settings import Settings

Address = IPv4Address | IPv6Address


class _Address(click.ParamType[Address]):
    """An IP address: what /etc/hosts and iptables take."""

    name = "adresse"

    def convert(self, value: Any, param: Any, ctx: Any) -> Address:
        try:
            return ip_address(value)
        except ValueError:
            self.fail(f"« {value} » n'est pas une adresse IP : écrire par exemple 127.0.0.1", param)


@click.command(help="Donner ce qu'il faut à un client dont les adresses ne se règlent pas.")
@data_dir_option
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port du simulateur ; par défaut celui du simulateur qui tourne sur ce dossier, sinon "
    f"{Settings.port}.",
)
@click.option(
    "--address",
    type=_Address(),
    default="127.0.0.1",
    show_default=True,
    help="Adresse du simulateur.",
)
def hosts(data_dir: Path, port: int | None, address: Address) -> None:
    authority = data_dir / "pki" / "server" / "authority.pem"
    if not authority.exists():
        raise UsageError(
            f"{authority} n'existe pas encore : démarrer une fois sge-sim serve avec ce --data-dir."
        )
    if port is None:
        served = find_served(data_dir)
        port = (served and urlsplit(served.b2b_url).port) or Settings.port
    click.echo("# À ajouter à /etc/hosts :")
    for host in OFFICIAL_HOSTS:
        click.echo(f"{address}  {host}")
    iptables = "iptables" if address.version == 4 else "ip6tables"
    click.echo(
        f"""
# Les clients appellent le port 443. Soit le simulateur l'écoute lui-même :
#   sge-sim serve --port 443            (droits d'administrateur)
# soit le système y redirige le sien :
#   {iptables} -t nat -A OUTPUT -d {address} -p tcp --dport 443 -j REDIRECT --to-ports {port}

# Autorité à laquelle le client doit faire confiance (et elle seule, pour ses essais) :
#   {authority.resolve()}
#   curl --cacert … | REQUESTS_CA_BUNDLE=… | SSL_CERT_FILE=… | keytool -importcert …"""
    )
