"""`sge-sim journal`: read the exchanges that a simulator recorded."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sge_sim.cli.console import printable
from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import Option, data_dir_option, json_option, say_json
from sge_sim.clock import PARIS
from sge_sim.domaine.echanges import nature_of
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.operations import State
from sge_sim.operations.journal import list_echanges
from sge_sim.soap.codes import LIBELLES_CODES

if TYPE_CHECKING:
    from sge_sim.api.views import ExchangeView, ExchangeWithBodies
    from sge_sim.journal import Avarie, CauseAvarie

_FOLLOW_SECONDS: Final = 0.5
CAUSES: Final[Mapping["CauseAvarie", str]] = {
    "abime": "abîmé",
    "illisible": "illisible",
    "entete": "en-tête abîmé",
    "disparu": "fichier disparu, ou raccourci",
}
UNCOUNTED: Final[frozenset["CauseAvarie"]] = frozenset({"entete", "disparu"})
"""Those whose missing exchanges can't be counted."""


def _line(view: "ExchangeView") -> str:
    line = "  ".join(
        (
            f"{view.id:>6}",
            f"{view.instant:%d/%m/%Y %H:%M:%S}",
            f"{view.acteur or '-':<8}",
            f"{printable(nature_of(view.kind, view.service, view.version, view.http_status)):<48}",
            f"{printable(view.prm or '-'):<14}",
            f"{view.code or view.http_status or _outcome(view):<7}",
            f"{view.duration_ms:.1f} ms",
        )
    )
    own = None if view.origine in (None, "client") else view.origine
    explanation = " — ".join(part for part in (own, _rule(view), view.detail) if part)
    return "\n        ".join((line, *map(printable, explanation.splitlines())))


def _outcome(view: "ExchangeView") -> str:
    """Return what stands for a status where nothing was answered."""
    return "alerte" if view.kind == "handshake" else "-"


def _rule(view: "ExchangeView") -> str | None:
    rule = view.rule
    if rule is None:
        return None
    return f"{rule.name} [{rule.source}, {in_french(rule.provenance)}]"


def _whole(view: "ExchangeWithBodies") -> str:
    from sge_sim.homologation.client.messages import indented

    lines = [_line(view)]
    if view.code:
        lines.append(f"\nCode        {view.code} {LIBELLES_CODES.get(view.code, '')}")
    if view.rule is not None:
        lines.append(f"Règle       {_rule(view)}\nCe qui passe  {view.rule.remede}")
    if view.origine is not None:
        again = "" if view.rejeu_de is None else f" de l'échange {view.rejeu_de}"
        lines.append(f"Origine     {view.origine}{again}")
    if view.user_agent:
        lines.append(f"Logiciel    {printable(view.user_agent)}")
    for name, text in (("Demande", view.request), ("Réponse", view.response)):
        lines.append(f"\n{name}\n{indented(text) if text else '(vide)'}")
    return "\n".join(lines)


journal = group_of(
    "journal",
    "Lire le journal des échanges.",
    {
        "list_echanges": Shown(_line, "Aucun échange ne répond à ces critères."),
        "show": Shown(_whole),
    },
)


def _followed(listed: click.Command) -> None:
    """Give the command that lists the option `--suivre`."""
    run = listed.callback
    assert run is not None

    def follow_or_run(follow: bool, **typed: Any) -> None:
        if not follow:
            run(**typed)
        elif typed.pop("as_json"):
            raise UsageError("--suivre écrit des lignes : l'employer sans --json.")
        else:
            _follow(State(typed.pop("data_dir")), {k: v for k, v in typed.items() if v})

    listed.callback = follow_or_run
    why = "Continuer avec les échanges qui arrivent (Ctrl+C)."
    listed.params.append(Option(["--suivre", "follow"], was="--follow", is_flag=True, help=why))


_followed(journal.commands["list"])


def _follow(state: State, given: Mapping[str, object]) -> None:
    """Write the last exchanges, then those that come, until the user has seen enough."""
    from sge_sim.operations.reading import perform

    last = state.journal.newest_id()
    found = perform(list_echanges, state, given, typed=True)[: list_echanges.limit_of(given)][::-1]
    while True:
        for view in found:
            click.echo(_line(view))
            last = max(last, view.id)
        monde.sleep(_FOLLOW_SECONDS)
        news = {**given, "apres": str(last), "limit": "1000"}
        found = perform(list_echanges, state, news, typed=True)[:1000]


@journal.command(
    help="Montrer ce que le disque a abîmé des échanges en attente : ce qui n'a pas pu être rangé."
)
@data_dir_option
@click.option(
    "--acquitter", is_flag=True, help="Prendre acte de tout ce qui manque : /health redevient ok."
)
@json_option
def repair(data_dir: Path, acquitter: bool, as_json: bool) -> None:
    journal = State(data_dir).journal
    avaries = journal.avaries()
    state = journal.state()
    if state.failure is not None:
        raise UsageError(
            f"les échanges en attente ne se rangent pas : {state.failure} ; y remédier d'abord."
        )
    if acquitter:
        journal.acknowledge()
    if as_json:
        say_json(avaries)
        return
    for avarie in avaries:
        click.echo(_avarie(avarie))
    click.echo(f"{counted(state.missing, 'échange manque', 'échanges manquent')} au journal.")
    if acquitter:
        click.echo("Il en est pris acte.")
    elif not state.acknowledged:
        click.echo("Pour en prendre acte : sge-sim journal repair --acquitter")


def _avarie(avarie: "Avarie") -> str:
    missing = "" if avarie.cause in UNCOUNTED else f", {counted(avarie.echanges, 'échange')}"
    seen = " (acquitté)" if avarie.acquitte else ""
    return (
        f"{avarie.instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}  {CAUSES[avarie.cause]}{missing} : "
        f"{counted(avarie.octets, 'octet')} à {avarie.start} de {avarie.spool}{seen}"
    )
