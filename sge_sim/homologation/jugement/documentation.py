"""The page of the checks: what each answer of a campaign is held against, and who says so.

python -m sge_sim.homologation.jugement.documentation > docs/controles.md
"""

import sys

from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.jugement.controle import Verification
from sge_sim.homologation.jugement.juge import CONTROLES


def controles_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Ce que vérifie une campagne",
        "",
        "Fait des contrôles par `make pages`. Chaque réponse d'une campagne est tenue à ceux-ci,",
        "outre ce que son cas attend. Ce qui est *supposé* avertit et n'échoue jamais ; une façon",
        "connue de la vraie plateforme excuse ce qu'elle nomme, dans ses versions.",
        "`make test-verdict` leur joue de mauvaises réponses.",
        "",
        "| ce qui doit tenir | services | source | provenance | excusé par |",
        "|---|---|---|---|---|",
        *map(_row, CONTROLES),
    ]
    return "\n".join(lines) + "\n"


def _row(verification: Verification) -> str:
    paths = sorted(verification.services)
    services = ", ".join(each.strip("/").replace("/v", " v") for each in paths) or "tous"
    excused = " ; ".join(sorted(each.value for each in verification.leve_par))
    cells = (
        f"{verification.attendu} (`{verification.nom}`)",
        services,
        verification.source,
        in_french(verification.provenance),
        excused,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(controles_page())
