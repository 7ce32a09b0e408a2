"""`sge-sim hosts`: all that a client with fixed URLs needs to reach the simulator."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.domaine.plateformes import DATA_CONNECT_HOSTS, OFFICIAL_HOSTS
from sge_sim.errors import UsageError
from sge_sim.processes.serving_note import find_served
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
    if as_json:
        say_json(
            {
                "hosts": {
                    **dict.fromkeys(OFFICIAL_HOSTS, str(address)),
                    **dict.fromkeys(DATA_CONNECT_HOSTS, str(second)),
                },
                "ports": {str(address): port, str(second): second_port}
                if second != address
                else {str(address): port},
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
