"""Write the folder of a new flux: python -m scaffold.flux NOM [--depuis 2030-01-01].

What is written is published to who subscribes to the curves of C5 points, from its first day on,
and is tested: CONTRIBUTING.md tells how to go on.
"""

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from typing import Final

from scaffold.rendering import render
from sge_sim.errors import UsageError
from sge_sim.flux.registry import BY_CODE

ROOT = Path(__file__).parents[1]
NOM: Final = re.compile(r"[A-Z][A-Za-z0-9]{1,3}")
"""As long as the column that keeps it."""


def main(arguments: list[str] | None = None) -> None:
    """Write a flux; what is wrong with the arguments is told in one sentence."""
    parser = argparse.ArgumentParser(prog="make flux", description=__doc__)
    parser.add_argument("nom", help="as its files name it: R50")
    parser.add_argument("--depuis", type=date.fromisoformat, default=date(2030, 1, 1))
    given = parser.parse_args(arguments)
    try:
        written = write_flux(given.nom, given.depuis)
    except UsageError as error:
        sys.exit(str(error))
    print("\n".join(str(file.relative_to(ROOT)) for file in written))  # noqa: T201


def write_flux(nom: str, depuis: date) -> list[Path]:
    """Write the folder and the test of a flux that begins on a day; return the files.

    Raises `UsageError` for a name that is no flux's or is taken.
    """
    if NOM.fullmatch(nom) is None:
        raise UsageError(f"« {nom} » n'est pas un nom de flux tel que R50 : 4 caractères au plus.")
    folder = ROOT / "sge_sim" / "flux" / nom.lower()
    if nom.upper() in {code.upper() for code in BY_CODE} or folder.exists():
        raise UsageError(f"{nom} existe déjà : ce flux est commencé.")
    facts = {"nom": nom, "dossier": folder.name, "depuis": depuis}
    return render("flux", facts, folder, ROOT / "tests" / "flux")


if __name__ == "__main__":
    main()
