"""The console of `sge-sim serve`: in a terminal, a line for each call."""

import os
import sys
from collections.abc import Callable
from typing import Final

import click

from sge_sim.clock import PARIS
from sge_sim.domaine.echanges import Issue, issue_of, nature_of
from sge_sim.journal import Echange

_COLOURS: Final[dict[Issue, str]] = {
    "accepté": "green",
    "refusé": "red",
    "alerte TLS": "yellow",
    "fichier": "blue",
}


def console() -> Callable[[Echange], None] | None:
    """Return what writes a line for a call; None where stdout is no terminal.

    The line has colours, but with `NO_COLOR` (no-color.org) or in a terminal without any.
    """
    if not sys.stdout.isatty():
        return None
    coloured = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def tell(echange: Echange) -> None:
        click.echo(call_line(echange), color=coloured)

    return tell


def call_line(echange: Echange) -> str:
    """Return the line of a call: when (simulated), how it ended, what was asked, by whom, why."""
    rule = echange.rule
    issue = issue_of(
        echange.kind,
        by_a_rule=rule is not None,
        code=echange.code,
        http_status=echange.http_status,
    )
    answered = echange.code or (f"HTTP {echange.http_status}" if echange.http_status else "")
    nature = nature_of(echange.kind, echange.service, echange.version, echange.http_status)
    parts = [
        click.style(f"{echange.instant.astimezone(PARIS):%d/%m %H:%M:%S}", dim=True),
        click.style(f"{issue:<7}", fg=_COLOURS[issue]),
        *(printable(one) for one in (answered, nature, echange.prm, echange.acteur_code) if one),
        f"{echange.duration_ms:.1f} ms".replace(".", ","),
        click.style(f"échange {echange.id}", dim=True),
    ]
    if rule is not None:
        parts.append(f"{printable(rule.name)} : aurait été accepté : {printable(rule.remede)}")
    elif issue != "accepté" and echange.detail:
        parts.append(printable(echange.detail.splitlines()[0]))
    return "  ".join(parts)


def printable(text: str) -> str:
    """Return `text` on one line, without what a terminal would obey: a client wrote it."""
    return "".join(one if one.isprintable() else " " for one in text)
