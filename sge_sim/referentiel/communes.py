"""The communes of the whole country, as `catalog/communes` has them."""

import lzma
from collections.abc import Mapping
from functools import cache

from sge_sim.machine.files import data_path


@cache
def communes_de_france() -> Mapping[tuple[str, str], str]:
    """Return the name of each pair of a postal code and an INSEE code; 0.1 s, then kept."""
    content = (data_path("catalog") / "communes" / "communes.txt.xz").read_bytes()
    rows = (line.split(";") for line in lzma.decompress(content).decode().splitlines())
    return {(postal, insee): nom for postal, insee, nom in rows}
