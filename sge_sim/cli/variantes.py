"""`sge-sim variantes`: a client tried with every form of the answers that contracts allow."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from sge_sim.cli.completion import services
from sge_sim.domaine.variantes import SORTES_VARIATION
from sge_sim.errors import UsageError, system_reason

_SHOWN: Final = 20
_MEANS: Final = {
    **{"SGE_URL": "url", "SGE_CERTIFICAT": "certificat", "SGE_CLE": "cle", "SGE_CA": "ca"},
    **{"SGE_LOGIN": "login", "SGE_CONTRAT": "contrat_id"},
}
"""The variables in which a client finds the simulator, and what of it each holds."""


@click.command(
    context_settings={"allow_interspersed_args": False},
    help="Éprouver un client : COMMANDE est lancée une fois par forme que les contrats permettent "
    f"aux réponses. Elle appelle un simulateur démarré pour l'occasion, par les variables "
    f"{', '.join(_MEANS)}. Au premier échec, la forme est "
    "réduite à ce qui suffit. Code retour : 0 si le client les lit toutes, 1 sinon, 2 pour une "
    "commande fausse.",
)
@click.option("--nombre", type=click.IntRange(1), default=100, show_default=True, help="Formes.")
@click.option("--graine", type=click.IntRange(0), default=0, help="La même tire les mêmes formes.")
@click.option(
    "--service",
    multiple=True,
    shell_complete=services,
    help="Service dont les réponses varient, répétable ; tous sans l'option.",
)
@click.option(
    "--sorte",
    multiple=True,
    help=f"Sorte de variation, répétable ; toutes sans l'option : {', '.join(SORTES_VARIATION)}.",
)
@click.option(
    "--temoin",
    shell_complete=services,
    help="Service que le client n'appelle que s'il a su lire ; sans lui, son code retour le dit.",
)
@click.option(
    "--delai", type=click.IntRange(1), default=60, show_default=True, help="Secondes par essai."
)
@click.argument("commande", nargs=-1, required=True, type=click.UNPROCESSED)
def variantes(
    nombre: int,
    graine: int,
    service: tuple[str, ...],
    sorte: tuple[str, ...],
    temoin: str | None,
    delai: int,
    commande: tuple[str, ...],
) -> None:
    from sge_sim.api.administration import Administration
    from sge_sim.door.variantes import Plan
    from sge_sim.homologation.client.own_simulator import own_simulator
    from sge_sim.homologation.variantes import Essais

    plan = Plan(graine, services=service, sortes=sorte)
    Plan(services=(temoin,) if temoin else ())
    if shutil.which(commande[0]) is None:
        raise UsageError(f"« {commande[0]} » ne peut pas être lancé : donner un programme.")
    with (
        TemporaryDirectory() as folder,
        own_simulator(Path(folder) / "etat", ("--variantes", str(graine))) as simulator,
    ):
        cible = simulator.cible()
        env = os.environ | {name: str(getattr(cible, each)) for name, each in _MEANS.items()}

        def copes() -> bool:
            try:
                done = subprocess.run(commande, env=env, timeout=delai, capture_output=True)  # noqa: S603
            except subprocess.TimeoutExpired:
                return False
            except OSError as error:
                why = f"« {commande[0]} » ne peut pas être lancé : {system_reason(error)}."
                raise UsageError(why) from None
            return done.returncode == 0

        essais = Essais(Administration(str(cible.admin_url)), copes, plan, temoin)
        echec = essais.first_failure(nombre)
    if essais.reponses == 0:
        raise UsageError("Le client n'a reçu aucune réponse : il doit appeler SGE_URL.")
    met, missing = len(essais.rencontres), essais.manquants
    click.echo(f"{essais.reponses} réponses, {met} éléments, valeurs et nombres rencontrés.")
    if missing:
        click.echo(f"Permis, et pas rencontrés ({len(missing)}) :")
        click.echo("\n".join(f"  {each}" for each in missing[:_SHOWN]))
    if echec is not None:
        click.echo(echec.sentence)
        sys.exit(1)
