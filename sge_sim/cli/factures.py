"""`sge-sim factures`: the supplier's invoices, recomputed."""

import sys
from pathlib import Path

import click

from sge_sim.cli.flux import files_within, key_options, secret_given
from sge_sim.cli.options import data_dir_option, json_option, say, setting_option
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file


@click.group(help="Vérifier les factures d'acheminement d'un fournisseur.")
def factures() -> None:
    """The commands on invoices."""


@factures.command(
    help="Recalculer chaque ligne des F15 d'un dossier d'après ses C15, R15 et les prix, celles "
    "des F12 d'après ses C12 et R17, et nommer celles qui ne s'expliquent pas. État 0 : toutes "
    "s'expliquent ; 1 : une ne s'explique pas, ou un fichier ne se lit pas ; 2 : rien à vérifier."
)
@click.argument("dossier")
@setting_option("grille")
@key_options
@data_dir_option
@json_option
def verifie(
    dossier: str,
    grille: Path | None,
    contrat: str | None,
    cle: str | None,
    iv: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.facturation.calcul import Facturation
    from sge_sim.facturation.prix import given_grilles
    from sge_sim.facturation.verification import VerificationFactures
    from sge_sim.flux.chiffrement import decrypt
    from sge_sim.flux.ouverture import OCTETS_AU_PLUS, MembreLu, read_members
    from sge_sim.flux.validation import is_clear

    if not Path(dossier).exists():
        raise UsageError(f"Aucun dossier ne s'appelle {dossier} : en vérifier le nom.")
    verification = VerificationFactures(Facturation(*given_grilles(grille)))
    secret = secret_given(contrat, cle, iv, data_dir) if contrat or cle or iv else None
    for path, shown in files_within((dossier,)):
        try:
            content = read_user_file(path, OCTETS_AU_PLUS)
            if secret is not None and not is_clear(content):
                content = decrypt(secret, content)
            for membre in read_members(MembreLu((shown,), content)):
                verification.add("/".join(membre.noms), membre.content)
        except (UsageError, OSError) as error:
            verification.unreadable(shown, str(error).removesuffix("."))
    constats = verification.judge()
    if not verification.blocs and not constats:
        raise UsageError(
            f"{dossier} ne contient aucun F15 ni F12 : y mettre des F15, leurs C15 et R15."
        )
    lignes = sum(len(each.lignes) for each in verification.blocs)
    found = f"{counted(lignes, 'ligne')} de {counted(len(verification.blocs), 'bloc')}"
    said = [*map(str, constats), f"{found}, {counted(len(constats), 'constat')}."]
    if without := verification.sans_c15:
        said.append(
            f"{counted(without, 'bloc')} sans C15 : leur formule et leur puissance sont celles que "
            "disent leurs F15 ; jours, prix, énergies et montants sont vérifiés."
        )
    view = {"blocs": len(verification.blocs), "lignes": lignes, "constats": constats}
    view["sans_c15"] = without
    say(view, as_json, "\n".join(said))
    if constats:
        sys.exit(1)
