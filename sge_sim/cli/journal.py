"""`sge-sim journal`: read the exchanges that a simulator recorded."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sge_sim.cli.completion import acteurs, prms, services
from sge_sim.cli.console import printable
from sge_sim.cli.options import INSTANT, data_dir_option, json_option, limit_option, say, say_json
from sge_sim.cli.state import administration_of, served_at, state_of
from sge_sim.clock import PARIS, legal_date, start_of_day
from sge_sim.domaine.echanges import nature_of
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import ORIGINES, Origine, in_french
from sge_sim.errors import UsageError
from sge_sim.soap.codes import LIBELLES_CODES

if TYPE_CHECKING:
    from sge_sim.journal import Avarie, CauseAvarie, Echange, Journal, RechercheJournal

_FOLLOW_SECONDS: Final = 0.5
CAUSES: Final[Mapping["CauseAvarie", str]] = {
    "abime": "abîmé",
    "illisible": "illisible",
    "entete": "en-tête abîmé",
    "disparu": "fichier disparu, ou raccourci",
    "inacheve": "inachevé (son processus a fini avant de répondre)",
}
UNCOUNTED: Final[frozenset["CauseAvarie"]] = frozenset({"entete", "disparu", "inacheve"})
"""Those whose missing exchanges can't be counted, or that miss none."""


@click.group(help="Lire le journal des échanges.")
def journal() -> None:
    """The commands on the journal."""


@journal.command("list", help="Donner les derniers échanges, du plus récent au plus ancien.")
@data_dir_option
@click.option("--code", help="Code retour, par exemple SGT4F7.")
@click.option("--regle", help="Règle qui a refusé, par son nom entier.")
@click.option("--prm", help="Numéro du point.", shell_complete=prms)
@click.option(
    "--service", help="Nom du service, par exemple RecherchePoint.", shell_complete=services
)
@click.option("--acteur", help="Code de l'acteur.", shell_complete=acteurs)
@click.option("--origine", type=click.Choice(ORIGINES), help="Qui a appelé.")
@click.option("--issue", type=click.Choice(["accepte", "refuse"]), help="Ce qui a été répondu.")
@click.option("--panne", type=click.IntRange(0), help="Panne prévue ; 0 : n'importe laquelle.")
@click.option("--du", metavar="JOUR", type=INSTANT, help="Premier jour simulé.")
@click.option("--au", metavar="JOUR", type=INSTANT, help="Dernier jour simulé.")
@limit_option()
@click.option("--follow", is_flag=True, help="Continuer avec les échanges qui arrivent (Ctrl+C).")
@json_option
def list_command(
    data_dir: Path,
    code: str | None,
    regle: str | None,
    prm: str | None,
    service: str | None,
    acteur: str | None,
    origine: Origine | None,
    issue: str | None,
    panne: int | None,
    du: datetime | None,
    au: datetime | None,
    limit: int,
    follow: bool,
    as_json: bool,
) -> None:
    from sge_sim.api.typed_filters import service_typed
    from sge_sim.journal import RechercheJournal

    if follow and as_json:
        raise UsageError("--follow écrit des lignes : l'employer sans --json.")
    if code:
        from sge_sim.api.declarations import code_typed  # it loads every service

        code = code_typed(code)
    journal = state_of(data_dir)[1]
    recherche = RechercheJournal(
        code=code,
        regle=regle,
        prm=prm,
        service=service_typed(service),
        acteur=acteur and acteur.upper(),
        origine=origine,
        accepted=None if issue is None else issue == "accepte",
        panne=panne,
        debut=du and start_of_day(legal_date(du)),
        fin=au and start_of_day(legal_date(au) + timedelta(1)),
    )
    newest = journal.newest_id()
    echanges = journal.find_echanges(recherche, limit=limit)
    if follow:
        _say_lines(echanges[::-1])
        _follow(journal, recherche, newest)
    elif as_json:
        from sge_sim.api.views import ExchangeView

        say_json([ExchangeView.of(echange) for echange in echanges])
    elif not echanges:
        click.echo("Aucun échange ne répond à ces critères.", err=True)
    else:
        _say_lines(echanges)


@journal.command(help="Dire tout d'un échange : ce qui l'a décidé, puis ses deux messages.")
@click.argument("numero", type=click.IntRange(1))
@click.option("--curl", "form", flag_value="curl", help="La commande curl qui refait l'appel.")
@click.option("--zeep", "form", flag_value="zeep", help="Le programme Python qui le refait.")
@click.option("--raw", "form", flag_value="raw", help="La demande, telle qu'elle est arrivée.")
@data_dir_option
@json_option
def show(numero: int, form: str | None, data_dir: Path, as_json: bool) -> None:
    if form is not None and as_json:
        raise UsageError(f"--{form} écrit un texte : l'employer sans --json.")
    echange = state_of(data_dir)[1].find_echange(numero)
    if echange is None:
        raise UsageError(f"aucun échange ne porte le numéro {numero} : sge-sim journal list.")
    match form:
        case "raw":
            click.echo(echange.request or b"", nl=False)
        case "curl" | "zeep":
            click.echo(_copy(echange, form, data_dir))
        case _ if as_json:
            from sge_sim.api.views import ExchangeWithBodies

            say_json(ExchangeWithBodies.of(echange))
        case _:
            _say_whole(echange)


@journal.command(help="Refaire un appel SOAP du journal, au simulateur qui sert ce dossier.")
@click.argument("numero", type=click.IntRange(1))
@data_dir_option
@json_option
def replay(numero: int, data_dir: Path, as_json: bool) -> None:
    made = administration_of(data_dir).post(f"/api/journal/{numero}/rejouer")
    say(made, as_json, f"L'échange {numero} a été refait : échange {made['id']}, {made['code']}.")


@journal.command(
    help=(
        "Montrer ce que le disque a abîmé des échanges en attente : ce qui n'a pas pu être rangé, "
        "écarté dans des fichiers."
    )
)
@data_dir_option
@click.option(
    "--acquitter",
    is_flag=True,
    help="Prendre acte de tout ce qui manque : /health redevient ok. Les fichiers restent.",
)
@json_option
def repair(data_dir: Path, acquitter: bool, as_json: bool) -> None:
    journal = state_of(data_dir)[1]
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
    where = "" if avarie.file is None else f"\n        {avarie.file}"
    seen = " (acquitté)" if avarie.acquitte else ""
    return (
        f"{avarie.instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}  {CAUSES[avarie.cause]}{missing} : "
        f"{counted(avarie.octets, 'octet')} à {avarie.start} de {avarie.spool}{seen}{where}"
    )


def _copy(echange: "Echange", form: str, data_dir: Path) -> str:
    from sge_sim.api.premier_appel import moyens_for
    from sge_sim.homologation.rejeu import as_curl, as_zeep

    moyens = moyens_for(data_dir, echange.certificate_fingerprint)
    write = as_curl if form == "curl" else as_zeep
    try:
        return write(echange, moyens, served_at(data_dir).b2b_url)
    except ValueError as error:
        raise UsageError(f"la demande {echange.id} n'est pas lisible : {error}.") from None


def _say_whole(echange: "Echange") -> None:
    from sge_sim.homologation.client.messages import indented

    click.echo(_line(echange))
    if echange.code:
        click.echo(f"\nCode        {echange.code} {LIBELLES_CODES.get(echange.code, '')}")
    if echange.rule is not None:
        click.echo(f"Règle       {_rule(echange)}\nCe qui passe  {echange.rule.remede}")
    if echange.origine is not None:
        click.echo(f"Origine     {echange.origine}{_again(echange)}")
    if echange.user_agent:
        click.echo(f"Logiciel    {printable(echange.user_agent)}")
    for name, body in (("Demande", echange.request), ("Réponse", echange.response)):
        text = (body or b"").decode("utf-8", "replace")
        click.echo(f"\n{name}\n{indented(text) if text else '(vide)'}")


def _follow(journal: "Journal", recherche: "RechercheJournal", last: int) -> None:
    """Write the exchanges recorded after `last` as they come, until the user has seen enough."""
    while True:
        time.sleep(_FOLLOW_SECONDS)
        newest = journal.newest_id()
        # A state that was brought back has forgotten the last ones.
        last = min(last, newest)
        for echange in journal.find_echanges(recherche, after_id=last, limit=1000):
            _say_lines([echange])
            last = echange.id


def _say_lines(echanges: "Sequence[Echange]") -> None:
    for echange in echanges:
        click.echo(_line(echange))


def _line(echange: "Echange") -> str:
    nature = nature_of(echange.kind, echange.service, echange.version, echange.http_status)
    line = "  ".join(
        (
            f"{echange.id:>6}",
            f"{echange.instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}",
            f"{echange.acteur_code or '-':<8}",
            f"{printable(nature):<48}",
            f"{printable(echange.prm or '-'):<14}",
            f"{echange.code or echange.http_status or _outcome(echange):<7}",
            f"{echange.duration_ms:.1f} ms",
        )
    )
    own = None if echange.origine in (None, "client") else echange.origine
    explanation = " — ".join(part for part in (own, _rule(echange), echange.detail) if part)
    return "\n        ".join((line, *map(printable, explanation.splitlines())))


def _outcome(echange: "Echange") -> str:
    """Return what stands for a status where nothing was answered."""
    return "alerte" if echange.kind == "handshake" else "-"


def _again(echange: "Echange") -> str:
    return "" if echange.rejeu_de is None else f" de l'échange {echange.rejeu_de}"


def _rule(echange: "Echange") -> str | None:
    rule = echange.rule
    if rule is None:
        return None
    return f"{rule.name} [{rule.source}, {in_french(rule.provenance)}]"
