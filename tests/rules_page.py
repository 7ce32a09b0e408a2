"""The page of the rules that no service of the web has: those of the door, of reports, of Datahub.

python tests/rules_page.py > docs/regles.md
"""

from sge_sim.api.regles import ELSEWHERE
from sge_sim.refus import Rule


def rules_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Rules beside those of the services",
        "",
        "Made from the rules by `make pages`. Those of the services are in",
        "[codes.md](codes.md), those of Data Connect in [data-connect.md](data-connect.md). A rule",
        "has one name, `Service/nom`, which the journal keeps with its source, its provenance and",
        "what would have been accepted. A code of the door is the HTTP status, the return code of",
        "the message, or the word that `sge-sim cert check --json` has for it.",
    ]
    for name, (title, rules) in ELSEWHERE.items():
        lines += ["", f"## {title}", "", "| rule | code | what would pass | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(rule.of(name)) for rule in rules]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.code} | {rule.remede} | {rule.source} | {rule.provenance} |"


if __name__ == "__main__":
    print(rules_page(), end="")
