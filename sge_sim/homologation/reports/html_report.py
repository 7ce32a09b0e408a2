"""The report as one HTML file, readable offline: no script, nothing loaded from elsewhere."""

from collections.abc import Sequence
from typing import Final

import jinja2

from sge_sim import __version__
from sge_sim.domaine.francais import counted, unbroken
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.comparaison import compare
from sge_sim.homologation.reports.couverture import couverture, mots, said_at
from sge_sim.homologation.reports.etats import STYLE, mots_des_rapports
from sge_sim.homologation.reports.executions import (
    CauseDeCas,
    cause_of,
    causes_of,
    counts_in_words,
    decomptes,
    filtres,
    rerun_title,
    said_of,
    what_is_left,
    worst_first,
)
from sge_sim.homologation.reports.non_juge import TITRE, NonJuge, checks_of, non_juges
from sge_sim.homologation.reports.rapport import Rapport
from sge_sim.machine.once import computed_once

_PRINTED_LINES: Final = 170
"""What is filled of four A4 pages of 57 lines, with a margin for how a browser breaks lines."""
_COVER_LINES: Final = 24
"""Those of the cover and of the words, and what the break before what wasn't judged leaves."""
_CAUSE_LINE: Final = 70
_KEYS_OF_A_REASON: Final = 6
_KEYS_LINE: Final = 20
_REASON_LINE: Final = 34
"""How many letters a line of each column holds at least."""


def render_html(rapport: Rapport, before: Rapport | None = None) -> str:
    """Return the report in French: verdicts, then what is to be put right, then the rest.

    What changed since `before`, an earlier report of its history, is shown if it is given.
    """
    causes, unjudged = causes_of(rapport.executions), non_juges(rapport)
    return _page().render(
        rapport=rapport,
        before=before,
        depuis=None if before is None else compare(before, rapport),
        causes=causes,
        imprimees=_printed(rapport, causes, unjudged),
        non_juges=unjudged,
        parts={each.package: each for each in decomptes(rapport.executions)},
    )


@computed_once()
def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sge_sim.homologation.reports.writing"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "instant": said_at,
        "xml": indented,
        "insecable": unbroken,
        "compte": counted,
    }
    environment.globals["origines"] = mots_des_rapports()["origines"]
    for function in (
        *(cause_of, checks_of, counts_in_words, couverture, filtres, in_french, mots),
        *(rerun_title, said_of, what_is_left, worst_first),
    ):
        environment.globals[function.__name__] = function
    environment.globals |= {"STYLE": STYLE, "TITRE": TITRE, "version": __version__}
    return environment.get_template("rapport.html.j2")


def _printed(rapport: Rapport, causes: Sequence[CauseDeCas], unjudged: Sequence[NonJuge]) -> int:
    """Return how many causes have room on the pages that are printed without the annex."""
    reasons = (each.raison for each in rapport.verdicts)
    used = sum(3 + len(each) / _REASON_LINE for each in (*reasons, *rapport.remarques))
    used += _COVER_LINES + sum(3 + len(each.cles) / _KEYS_OF_A_REASON for each in unjudged)
    for rank, cause in enumerate(causes):
        keys = sum(len(each) + 2 for each in cause.cles)
        words = len(cause.phrase) + len(cause.que_faire)
        used += 1.5 + max(words / _CAUSE_LINE, keys / _KEYS_LINE)
        if used > _PRINTED_LINES:
            return rank
    return len(causes)
