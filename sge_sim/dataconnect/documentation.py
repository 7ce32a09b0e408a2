"""The table of refusals of docs/data-connect.md, made from the rules themselves.

python -m sge_sim.dataconnect.documentation
"""

from typing import Final

from sge_sim.dataconnect import rest_rules, rules_2026, rules_page, rules_v5
from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.domaine.nomenclatures import in_french

PARTS: Final = (
    ("passerelle", rest_rules),
    ("2026", rules_2026),
    ("v5", rules_v5),
    ("page de consentement", rules_page),
)


def all_rules() -> list[tuple[str, RestRule]]:
    """Return every rule, each with the part that refuses for it."""
    return [
        (part, found)
        for part, module in PARTS
        for found in vars(module).values()
        if isinstance(found, RestRule)
    ]


def rules_table() -> str:
    """Return the table in Markdown, and how many of its rows are assumed."""
    found = [(part, rule, rule.of(rest_rules.SERVICE).name) for part, rule in all_rules()]
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
