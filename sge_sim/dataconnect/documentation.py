"""The table of refusals of docs/data-connect.md, made from the rules themselves.

python -m sge_sim.dataconnect.documentation
"""

from sge_sim.dataconnect.rest_rules import RULES_BY_PART, SERVICE, RestRule
from sge_sim.domaine.nomenclatures import in_french


def all_rules() -> list[tuple[str, RestRule]]:
    """Return every rule, each with the part that refuses for it."""
    return [(part, rule) for part, rules in RULES_BY_PART.items() for rule in rules.values()]


def rules_table() -> str:
    """Return the table in Markdown, and how many of its rows are assumed."""
    found = [(part, rule, rule.of(SERVICE).name) for part, rule in all_rules()]
    assumed = sum(rule.provenance == "assumed" for _, rule, _ in found)
    lines = [
        f"De ces {len(found)} règles {assumed} sont supposées, dans leur texte au moins.",
        "",
        "| de | HTTP | code | texte | nom au journal | source | provenance |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {part} | {rule.status} | {rule.code} | {rule.text} | `{name}` | "
        f"{rule.source} | {in_french(rule.provenance)} |"
        for part, rule, name in found
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(rules_table())  # noqa: T201 - it is asked for
