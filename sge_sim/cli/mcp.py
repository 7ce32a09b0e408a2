"""`sge-sim mcp`: an assistant asks a simulator, over its standard input and output.

The tools read, unless `--agir` lets them move the clock and run cases; nothing listens.
"""

from pathlib import Path

import click

from sge_sim.cli.options import data_dir_option
from sge_sim.errors import UsageError


@click.command(
    help="Servir un assistant (MCP, sur l'entrée et la sortie standard) : lire le journal, "
    "expliquer un refus, écrire une demande valide. Veut l'extra sge-sim[mcp]."
)
@data_dir_option
@click.option("--agir", is_flag=True, help="Laisser aussi avancer l'horloge et jouer un cas.")
def mcp(data_dir: Path, agir: bool) -> None:
    from sge_sim.cli.outils_mcp import Outils

    try:
        from mcp.server import MCPServer
    except ModuleNotFoundError:
        raise UsageError("Le paquet mcp manque : pip install 'sge-sim[mcp]'.") from None
    server = MCPServer("sge-sim")
    outils = Outils(data_dir)
    for outil in (*outils.lectures, *(outils.actions if agir else ())):
        server.tool()(outil)
    server.run()
