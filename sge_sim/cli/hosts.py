"""`sge-sim hosts`: all that a client with fixed URLs needs to reach the simulator."""

from pathlib import Path

import click

from sge_sim.cli.options import data_dir_option
from sge_sim.errors import UsageError
from sge_sim.pki.server_identity import OFFICIAL_HOSTS


@click.command(help="Donner ce qu'il faut à un client dont les adresses ne se règlent pas.")
@data_dir_option
@click.option("--port", default=8443, show_default=True, help="Port du simulateur.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Adresse du simulateur.")
def hosts(data_dir: Path, port: int, address: str) -> None:
    authority = data_dir / "pki" / "server" / "authority.pem"
    if not authority.exists():
        raise UsageError(
            f"{authority} n'existe pas encore : démarrer une fois sge-sim serve avec ce --data-dir."
        )
    click.echo("# À ajouter à /etc/hosts :")
    for host in OFFICIAL_HOSTS:
        click.echo(f"{address}  {host}")
    click.echo(
        f"""
# Les clients appellent le port 443. Soit le simulateur l'écoute lui-même :
#   sge-sim serve --port 443            (droits d'administrateur)
# soit le système y redirige le sien :
#   iptables -t nat -A OUTPUT -d {address} -p tcp --dport 443 -j REDIRECT --to-ports {port}

# Autorité à laquelle le client doit faire confiance (et elle seule, pour ses essais) :
#   {authority.resolve()}
#   curl --cacert … | REQUESTS_CA_BUNDLE=… | SSL_CERT_FILE=… | keytool -importcert …"""
    )
