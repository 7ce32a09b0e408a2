"""The report as one HTML file, readable offline: no script, nothing loaded from elsewhere."""

from datetime import datetime

import jinja2

from sge_sim import __version__
from sge_sim.clock import PARIS
from sge_sim.domaine.francais import unbroken
from sge_sim.domaine.provenance import in_french
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.cause import cause_of, causes_of, rerun_label, worst_first
from sge_sim.homologation.reports.comparaison import compare
from sge_sim.homologation.reports.decompte import counts_in_words, decomptes, filtres
from sge_sim.homologation.reports.rapport import Rapport, colour_of


def render_html(rapport: Rapport, before: Rapport | None = None) -> str:
    """Return the report in French: verdicts, then what is to be put right, then the rest.

    What changed since `before`, an earlier report of the same release, is told if it is given.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sge_sim.homologation.reports.writing"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "instant": _instant,
        "xml": indented,
        "colour": colour_of,
        "insecable": unbroken,
    }
    return environment.get_template("rapport.html.j2").render(
        rapport=rapport,
        before=before,
        depuis=None if before is None else compare(before, rapport),
        executions=worst_first(rapport.executions),
        causes=causes_of(rapport.executions),
        rerun_label=rerun_label(rapport),
        a_corriger=sum(each.a_corriger for each in rapport.executions),
        filtres=filtres(rapport.executions),
        parts={each.package: each for each in decomptes(rapport.executions)},
        cause=cause_of,
        comptes=counts_in_words(rapport.executions),
        provenance=in_french,
        version=__version__,
    )


def _instant(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"
