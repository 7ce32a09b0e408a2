"""The page of the rules that no service of the web has: those of the door, of reports, of Datahub.

python tests/rules_page.py > docs/regles.md
"""

from sge_sim.api.declarations import ELSEWHERE
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.referentiel.apports.contradictions import contradictions
from sge_sim.refus import Rule


def rules_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Les règles hors des services",
        "",
        "Fait des règles par `make pages`. Celles des services sont dans [les codes](codes.md),",
        "celles de Data Connect dans [Data Connect](data-connect.md). Une règle a un nom,",
        "`Service/nom`, que le journal garde avec sa source, sa provenance et ce qui aurait passé.",
        "Un code de la porte est le statut HTTP, le code retour du message, ou le mot qu'en dit",
        "`sge-sim cert check --json`.",
    ]
    for name, (title, rules) in ELSEWHERE.items():
        lines += ["", f"## {title}", "", "| règle | code | ce qui passe | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(rule.of(name)) for rule in rules]
    lines += ["", "## Ce qu'un point ne peut pas être", *_CONTRADICTIONS]
    for name, each in contradictions().items():
        outcome, sure = "refusé" if each.refused else "remarque", in_french(each.provenance)
        said = "ce qui est trouvé" if each.phrase == "{vu}" else each.phrase
        said = said.replace("{{", "{").replace("}}", "}")
        lines.append(
            f"| `{name}` | {', '.join(each.mots)} | {said} | {outcome} | {each.source} | {sure} |"
        )
    return "\n".join(lines) + "\n"


_CONTRADICTIONS = (
    "",
    "Ce que vérifient les points à soi, leurs copies, leurs réglages et leurs mesures, et le",
    "jeu de données (`catalog/points/contradictions.yaml`). Une remarque est refusée avec",
    "`--strict`. `{…}` est une valeur du point, `{vu}` ce qui est trouvé, ou admis.",
    "",
    "| nom | champs | ce qui est dit | issue | source | provenance |",
    "|---|---|---|---|---|---|",
)


def _row(rule: Rule) -> str:
    sure = in_french(rule.provenance)
    return f"| `{rule.name}` | {rule.code} | {rule.remede} | {rule.source} | {sure} |"


if __name__ == "__main__":
    print(rules_page(), end="")
