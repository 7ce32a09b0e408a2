"""`sge-sim campaign`: watch an actor's own client do the homologation's cases."""

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sge_sim.cli.completion import acteurs, cases
from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import (
    RegularFile,
    data_dir_option,
    json_option,
    option,
    real_data_option,
    say_json,
)
from sge_sim.cli.state import CommandState, database_of
from sge_sim.errors import UnknownError

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.observed import Campaigns, CampaignState
    from sge_sim.homologation.reports.rapport import Execution, Rapport


class _Certificate(RegularFile):
    """A certificate, by its file or by its fingerprint; what is given is the fingerprint."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        from sge_sim.pki.inspection import fingerprint_of_file

        text = str(value)
        return (
            fingerprint_of_file(super().convert(value, param, ctx)) if Path(text).exists() else text
        )


_acteur_option = click.option(
    "--acteur", help="Code de l'acteur ; le tiers par défaut sinon.", shell_complete=acteurs
)
_number_option = click.option(
    "--campaign",
    "numero",
    type=click.IntRange(1),
    help="Numéro de la campagne, si plusieurs sont ouvertes.",
)

report_option = option(
    "--rapport",
    "report",
    was="--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="Dossier du rapport ; sans l'option, un de reports/, au nom de l'instant.",
)
"""Where a campaign writes its report, whoever runs it."""


def _client(view: Mapping[str, Any]) -> str:
    from sge_sim.homologation.campaign.client_observe import ClientObserve

    client = str(ClientObserve(**view["client"]))
    return ", ".join(filter(None, (view["release"], f"acteur {view['acteur']}", client)))


def _line(view: Mapping[str, Any]) -> str:
    good = sum(each.bon for each in view["cas"].values())
    closed = "en cours" if view["fin"] is None else f"fermée le {view['fin']:%d/%m/%Y}"
    return f"{view['id']:>4}  {_client(view)}  {good} / {len(view['cas'])} cas bons, {closed}"


_NONE = "Aucune campagne : sge-sim campaign start en ouvre une."
campaign = group_of(
    "campaign",
    "Observer un client pendant qu'il passe les cas de l'homologation.",
    {
        "list_campaigns": Shown(_line, _NONE),
        "start": Shown(lambda view: f"Campagne {view['id']} ouverte : {_client(view)}."),
    },
    subject="campaigns",
)
for each in campaign.commands["start"].params:
    if each.name == "certificat":
        each.type = _Certificate()


@campaign.command(
    help="Donner les passages lancés depuis le tableau de bord ; d'un seul par son NOM, les cas."
)
@click.argument("nom", required=False)
@data_dir_option
@json_option
def passages(nom: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.facts.stored_clock import StoredClock
    from sge_sim.homologation.campaign.passages import Passages

    found = Passages(data_dir, StoredClock(database_of(data_dir))).kept()
    chosen = [garde for garde in found if nom in (None, garde.nom)]
    if nom is not None and not chosen:
        raise UnknownError(f"Aucun passage ne s'appelle {nom} : sge-sim campaign passages.", nom)
    views = [
        {
            "nom": garde.nom,
            "release": garde.rapport.release,
            "cas": {each.cle: each.statut for each in garde.rapport.executions},
            "dossier": str(data_dir / "rapports" / garde.nom),
        }
        for garde in chosen
    ]
    if as_json:
        say_json(views)
        return
    for garde in chosen:
        runs = garde.rapport.executions
        good = sum(each.statut.bon for each in runs)
        click.echo(f"{garde.nom}  {garde.rapport.release}  {good} / {len(runs)} exécutions bonnes")
        for execution in runs if nom is not None else ():
            click.echo(f"  {one_line(execution)}")


@campaign.command(help="Dire ce que chaque échange a coché, manqué ou failli cocher.")
@data_dir_option
@_acteur_option
@_number_option
@json_option
def status(data_dir: Path, acteur: str | None, numero: int | None, as_json: bool) -> None:
    state = _chosen(_campaigns(data_dir), acteur, numero)
    if as_json:
        say_json(state.view())
    else:
        _say_status(state)


@campaign.command(help="Fermer la campagne.")
@data_dir_option
@_acteur_option
@_number_option
def stop(data_dir: Path, acteur: str | None, numero: int | None) -> None:
    campaigns = _campaigns(data_dir)
    state = campaigns.stop(_chosen(campaigns, acteur, numero).id)
    click.echo(f"Campagne {state.id} fermée.")


@campaign.command(
    help="Écrire le rapport. Code retour : 0 si chaque package est homologué, ou avec --cas si "
    "chaque cas nommé est bon, 1 sinon. Un cas bon dont une vérification est excusée est bon."
)
@data_dir_option
@_acteur_option
@_number_option
@option(
    "--cas",
    "names",
    was="--case",
    multiple=True,
    shell_complete=cases,
    help="Cas (ADP-R1) ou exécution (ADP-R1@C5) à cocher, à répéter : le rapport ne juge qu'eux, "
    "et ceux que personne n'a appelés sont à passer.",
)
@report_option
@real_data_option
def report(
    data_dir: Path,
    acteur: str | None,
    numero: int | None,
    names: tuple[str, ...],
    report: Path | None,
    donnees_reelles: bool,
) -> None:
    from sge_sim.homologation.reports.writing import write_reports
    from sge_sim.referentiel.apports.anonymat import personal_words

    state = _chosen(_campaigns(data_dir), acteur, numero)
    rapport = state.rapport(names)
    personal = None if donnees_reelles else partial(personal_words, database_of(data_dir))
    written = write_reports(rapport, report or default_folder(rapport.fin), personal)
    click.echo(summary(rapport))
    click.echo(f"\n{written}")
    click.echo(offer(rapport, state.acteur), nl=False)
    sys.exit(0 if rapport.reussi else 1)


def _campaigns(data_dir: Path) -> "Campaigns":
    return CommandState(data_dir).campaigns


def _chosen(campaigns: "Campaigns", acteur: str | None, numero: int | None) -> "CampaignState":
    return campaigns.current(acteur) if numero is None else campaigns.read(numero)


def _named(state: "CampaignState") -> str:
    client = f", {state.client}" if str(state.client) else ""
    return f"{state.release}, acteur {state.acteur}{client}"


def _say_status(state: "CampaignState") -> None:
    closed = "" if state.fin is None else f", fermée le {state.fin:%d/%m/%Y à %H:%M}"
    click.echo(f"Campagne {state.id} : {_named(state)}{closed}.\n")
    for each in state.observations:
        keys = ", ".join(each.cas) or "-"
        click.echo(f"{each.echange_id:>6}  {each.issue:<14} {keys:<20} {each.service}")
        click.echo(f"        {each.explication}")
    click.echo("\nCas")
    for execution in state.executions:
        untried = f"{execution.statut:<13} {execution.cle}"
        click.echo(f"  {one_line(execution) if execution.instant else untried}")
    counts = Counter(each.issue for each in state.observations)
    counted = ", ".join(f"{count} {issue}" for issue, count in counts.items()) or "aucun échange"
    click.echo(f"\n{counted}.")


def one_line(execution: "Execution") -> str:
    """Return a case and how it ended; what was wrong or excused follows, indented."""
    from sge_sim.homologation.reports.executions import said_of, wrong_lines

    took = f"{execution.duree_ms:>6.0f} ms" if execution.instant else " " * 9
    line = f"{execution.statut.value:<13} {execution.cle:<20} {took}  {execution.titre}"
    if execution.perime:
        return f"{line}\n              annoncé en échec, mais réussi"
    found = [] if execution.statut.bon else wrong_lines(execution)
    if execution.excuses:
        found += [said_of(execution), *map(str, execution.excuses)]
    if execution.regle and not execution.statut.bon:
        found.append(f"règle {execution.regle.name} ({execution.regle.source})")
    return "\n".join([line, *(f"              {each}" for each in found)])


def default_folder(instant: datetime) -> Path:
    """Return the folder of a report for which none is given."""
    return Path("reports") / f"{instant:%Y-%m-%d-%H%M%S}"


def offer(rapport: "Rapport", acteur: str) -> str:
    """Return how to let the simulator's production know of what was homologated, if anything."""
    from sge_sim.homologation.reports.etats import Decision

    lines = [
        f"  sge-sim acteurs grant {acteur} {verdict.package}"
        for verdict in rapport.verdicts
        if verdict.decision is Decision.HOMOLOGUE
    ]
    why = "Pour que le simulateur l'admette aussi quand il joue la production :"
    return "\n".join(["", why, *lines]) if lines else ""


def summary(rapport: "Rapport") -> str:
    """Return the counts and the verdict of each package."""
    from sge_sim.homologation.reports.executions import counts_in_words
    from sge_sim.homologation.reports.non_juge import checks_of

    lines = ["", f"{rapport.release} : {counts_in_words(rapport.executions)}", ""]
    lines += [
        f"  {verdict.package:<16} {verdict.decision.value:<15} {verdict.raison}"
        for verdict in rapport.verdicts
    ]
    for remarque in rapport.remarques:
        lines += ["", remarque]
    if checked := checks_of(rapport.executions):
        lines += ["", f"Contrat et guides : {checked}."]
    if rapport.non_verifies:
        lines += ["", "Non vérifié :"]
        lines += [f"  - {each.quoi} : {each.pourquoi}." for each in rapport.non_verifies]
    if rapport.perimes:
        keys = ", ".join(each.cle for each in rapport.perimes)
        lines += ["", f"Annoncés en échec, mais réussis : {keys}. Corriger la liste."]
    return "\n".join(lines)
