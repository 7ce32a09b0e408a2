"""Makes the communes of `catalog/communes` of the data of @etalab/decoupage-administratif.

    npm pack @etalab/decoupage-administratif && tar xf etalab-decoupage-administratif-*.tgz
    python -m scaffold.communes package/data/communes.json

A line is « postal code;INSEE code;name », a pair once, in the capitals of the AFNOR address lines.
"""

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sge_sim.domaine.francais import normalise

_LONGEST = 32
_PLACES = ("commune-actuelle", "arrondissement-municipal")


def lines(communes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the pairs of a postal and an INSEE code, each with a name."""
    pairs = {
        (postal, commune["code"]): _name(commune["nom"])
        for commune in communes
        if commune["type"] in _PLACES
        for postal in commune.get("codesPostaux", ())
    }
    for (postal, insee), name in sorted(pairs.items()):
        yield f"{postal};{insee};{name}\n"


def _name(name: str) -> str:
    capitals = normalise(name)
    if len(capitals) > _LONGEST:
        short = {"SAINT": "ST", "SAINTE": "STE"}
        capitals = " ".join(short.get(word, word) for word in capitals.split())
    return capitals[:_LONGEST].rstrip()


if __name__ == "__main__":
    written = "".join(lines(json.loads(Path(sys.argv[1]).read_text())))
    target = Path(__file__).parent.parent / "catalog" / "communes" / "communes.txt.xz"
    target.write_bytes(lzma.compress(written.encode(), preset=9 | lzma.PRESET_EXTREME))
