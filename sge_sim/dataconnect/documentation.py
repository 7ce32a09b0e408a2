"""The table of refusals of docs/data-connect.md, made from the reasons themselves.

python -m sge_sim.dataconnect.documentation
"""

from typing import Final

from sge_sim.dataconnect import motifs, motifs_2026, motifs_page, motifs_v5
from sge_sim.dataconnect.motifs import Motif

PARTS: Final = (
    ("gateway", motifs),
    ("2026", motifs_2026),
    ("v5", motifs_v5),
    ("consent page", motifs_page),
)


def all_motifs() -> list[tuple[str, Motif]]:
    """Return every reason, each with the part that refuses for it."""
    return [
        (part, found)
        for part, module in PARTS
        for found in vars(module).values()
        if isinstance(found, Motif)
    ]


def motifs_table() -> str:
    """Return the table in Markdown, and how many of its rows are assumed."""
    found = all_motifs()
    assumed = sum(motif.provenance == "assumed" for _, motif in found)
    lines = [
        f"Of these {len(found)} reasons {assumed} are assumed, in their text at least.",
        "",
        "| from | HTTP | code | text | name in the journal | source | provenance |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {part} | {motif.statut} | {motif.code} | {motif.texte} | `{motif.nom}` | "
        f"{motif.source} | {motif.provenance} |"
        for part, motif in found
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(motifs_table())  # noqa: T201 - it is asked for
