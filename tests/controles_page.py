"""The page of what a campaign checks in each answer, and of what excuses it.

python tests/controles_page.py > docs/controles.md
"""

from sge_sim.domaine.ecarts_plateforme import Temoignage, temoignages
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.jugement.controle import Verification
from sge_sim.homologation.jugement.juge import CONTROLES


def controles_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Ce que vérifie une campagne",
        "",
        "Fait des contrôles par `make pages`. Chaque réponse d'une campagne est tenue à ceux-ci,",
        "outre ce que son cas attend, et à ce que les réponses d'avant, ou l'administration d'un",
        "simulateur qui répond (`--admin`), disent du même point, quelle que soit la cible. Ce qui",
        "est *supposé* avertit et n'échoue jamais. Une façon de la vraie plateforme excuse ce",
        "qu'elle nomme tant que son observation vaut : le rapport compte les vérifications faites,",
        "et dit lesquelles sont excusées, par quelle observation. Un simulateur nominal n'a pas",
        "d'excuse. `make test-verdict` leur joue de mauvaises réponses.",
        "",
        "| façon de la plateforme | observation | première version | dernière | ne vaut plus en |",
        "|---|---|---|---|---|",
        *(_observation_row(each) for each in temoignages() if each.derniere),
        "",
        "| ce qui doit tenir | services | source | provenance | excusé par |",
        "|---|---|---|---|---|",
        *map(_row, CONTROLES),
    ]
    return "\n".join(lines) + "\n"


def _observation_row(seen: Temoignage) -> str:
    cells = (seen.usage.value, seen.source, seen.premiere, seen.derniere, seen.fin)
    return f"| {' | '.join(cells)} |"


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
    print(controles_page(), end="")
