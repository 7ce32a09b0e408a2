"""The page of the checks: what each answer of a campaign is held against, and who says so.

python -m sge_sim.homologation.jugement.documentation > docs/controles.md
"""

import sys

from sge_sim.homologation.jugement.controle import Verification
from sge_sim.homologation.jugement.juge import CONTROLES


def controles_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# What the runner checks",
        "",
        "Made from the checks by `python -m sge_sim.homologation.jugement.documentation`.",
        "Each answer of a campaign is held against these, besides what its case expects. What",
        "is *assumed* warns and never fails; a way that the real platform is known for excuses",
        "what it names, in its releases. `make test-verdict` plays wrong answers before them.",
        "",
        "| what must hold | services | source | provenance | excused by |",
        "|---|---|---|---|---|",
        *map(_row, CONTROLES),
    ]
    return "\n".join(lines) + "\n"


def _row(verification: Verification) -> str:
    paths = sorted(verification.services)
    services = ", ".join(each.strip("/").replace("/v", " v") for each in paths) or "all"
    excused = " ; ".join(sorted(each.value for each in verification.leve_par))
    cells = (
        f"{verification.attendu} (`{verification.nom}`)",
        services,
        verification.source,
        verification.provenance,
        excused,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(controles_page())
