"""The page of the flux, with the table of what each declares.

python tests/flux_page.py > docs/flux.md
"""

import re
from pathlib import Path

from sge_sim.flux.registry import FLUX

PAGE = Path(__file__).parents[1] / "docs" / "flux.md"


def flux_page() -> str:
    """Return the page in Markdown: what is written by hand stands around the table."""
    rows = "".join(f"| {' | '.join(flux.ligne)} |\n" for flux in FLUX if flux.ligne)
    table = re.compile(r"(\A.*?\n\|---.*?\n)(?:\|.*?\n)+", re.DOTALL)
    return table.sub(lambda head: head[1] + rows, PAGE.read_text(encoding="utf-8"), count=1)


if __name__ == "__main__":
    print(flux_page(), end="")
