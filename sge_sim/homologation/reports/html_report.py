"""The report as one HTML file, readable offline: no script, nothing loaded from elsewhere."""

from collections import Counter
from datetime import datetime
from itertools import groupby

import jinja2

from sge_sim import __version__
from sge_sim.clock import PARIS
from sge_sim.domaine.provenance import in_french
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.rapport import Decision, Rapport, Statut

_COLOURS = {
    Statut.REUSSI: "bon",
    Statut.ADMIS: "bon",
    Statut.ECART: "ecart",
    Statut.ECHOUE: "mauvais",
    Statut.NON_EXECUTE: "neutre",
    Decision.HOMOLOGUE: "bon",
    Decision.NON_HOMOLOGUE: "mauvais",
    Decision.SANS_OBJET: "neutre",
    Decision.NON_JUGE: "neutre",
}


def render_html(rapport: Rapport) -> str:
    """Return the report in French: verdicts, then each case with all that it rests on."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sge_sim.homologation.reports.writing"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"instant": _instant, "xml": indented, "colour": _COLOURS.__getitem__}
    return environment.get_template("rapport.html.j2").render(
        rapport=rapport,
        packages=[
            (package, list(executions))
            for package, executions in groupby(rapport.executions, key=lambda each: each.package)
        ],
        counts=Counter(each.statut for each in rapport.executions),
        provenance=in_french,
        version=__version__,
    )


def _instant(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"
