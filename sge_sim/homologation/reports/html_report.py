"""The report as one HTML file, readable offline: no script, nothing loaded from elsewhere."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import jinja2

from sge_sim import __version__
from sge_sim.clock import PARIS
from sge_sim.domaine.provenance import in_french
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.cause import cause_of
from sge_sim.homologation.reports.comparaison import compare
from sge_sim.homologation.reports.rapport import Execution, Rapport, Statut, colour_of


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
    environment.filters |= {"instant": _instant, "xml": indented, "colour": colour_of}
    return environment.get_template("rapport.html.j2").render(
        rapport=rapport,
        before=before,
        depuis=None if before is None else compare(before, rapport),
        packages=_good_ones(rapport),
        a_corriger=_bad_ones(rapport),
        parts={
            package: _part(list(executions))
            for package, executions in groupby(rapport.executions, key=lambda each: each.package)
        },
        cause=cause_of,
        counts=Counter(each.statut for each in rapport.executions),
        provenance=in_french,
        version=__version__,
    )


def _bad_ones(rapport: Rapport) -> list[Execution]:
    """Return what is to be put right, what was called before what wasn't."""
    bad = [each for each in rapport.executions if not each.statut.bon or each.perime]
    return sorted(bad, key=lambda each: each.statut is Statut.NON_EXECUTE)


def _good_ones(rapport: Rapport) -> list[tuple[str, list[Execution]]]:
    good = [each for each in rapport.executions if each.statut.bon and not each.perime]
    return [(package, list(runs)) for package, runs in groupby(good, key=lambda one: one.package)]


def _part(executions: Sequence[Execution]) -> dict[str, object]:
    """Return how the runs of a package ended: their counts, and the bands of a bar."""
    counts = Counter(each.statut for each in executions)
    bands, start = [], 0
    for statut in Statut:
        if counts[statut]:
            bands.append((colour_of(statut), start, counts[statut]))
            start += counts[statut]
    return {
        "bons": sum(each.statut.bon for each in executions),
        "total": len(executions),
        "bandes": bands,
        "dit": ", ".join(f"{counts[one]} {one.value}" for one in Statut if counts[one]),
    }


def _instant(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"
