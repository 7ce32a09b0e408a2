"""`sge-sim journal`: read the exchanges that a simulator recorded."""

from pathlib import Path

import click

from sge_sim.admin.typed_filters import code_typed, service_typed
from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.domaine.provenance import in_french
from sge_sim.store.data_folder import open_database, open_journal
from sge_sim.store.journal import Echange, RechercheJournal

_KINDS: dict[KindEchange, str] = {"handshake": "négociation TLS", "http": "HTTP"}


@click.group(help="Lire le journal des échanges.")
def journal() -> None:
    """Hold the commands together."""


@journal.command("list", help="Donner les derniers échanges, du plus récent au plus ancien.")
@data_dir_option
@click.option("--code", help="Code retour, par exemple SGT4F7.")
@click.option("--prm", help="Numéro du point.")
@click.option("--service", help="Nom du service, par exemple RecherchePoint.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
def list_command(
    data_dir: Path,
    code: str | None,
    prm: str | None,
    service: str | None,
    limit: int,
    as_json: bool,
) -> None:
    journal = open_journal(open_database(data_dir), data_dir)
    recherche = RechercheJournal(code=code_typed(code), prm=prm, service=service_typed(service))
    echanges = journal.find_echanges(recherche, limit=limit)
    if as_json:
        from sge_sim.admin.views import ExchangeView

        say_json([ExchangeView.of(echange) for echange in echanges])
    elif not echanges:
        click.echo("Aucun échange ne répond à ces critères.", err=True)
    else:
        for echange in echanges:
            click.echo(_line(echange))


def _line(echange: Echange) -> str:
    what = echange.service and f"{echange.service} v{echange.version}"
    kind = _KINDS.get(echange.kind, echange.kind)
    line = "  ".join(
        (
            f"{echange.id:>6}",
            f"{echange.instant.astimezone(PARIS):%Y-%m-%d %H:%M:%S}",
            f"{echange.acteur_code or '-':<8}",
            f"{what or kind:<48}",
            f"{echange.prm or '-':<14}",
            f"{echange.code or echange.http_status or _outcome(echange):<7}",
            f"{echange.duration_ms:.1f} ms",
        )
    )
    told = " — ".join(part for part in (_rule(echange), echange.detail) if part)
    return "\n        ".join((line, *told.splitlines()))


def _outcome(echange: Echange) -> str:
    """Return what stands for a status where nothing was answered."""
    return "alerte" if echange.kind == "handshake" else "-"


def _rule(echange: Echange) -> str | None:
    rule = echange.rule
    if rule is None:
        return None
    return f"{rule.name} [{rule.source}, {in_french(rule.provenance)}]"
