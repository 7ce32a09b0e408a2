"""Makes a CSV of N points that all differ: `python tests/points_kit.py N > points.csv`."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sge_sim.clock import PARIS
from sge_sim.domaine.prm import generate
from sge_sim.referentiel.apports.export import template
from sge_sim.referentiel.apports.lecture import Source, read_lignes
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.identites import communes_de_france

_COMMUNES = tuple(communes_de_france().items())[::88]


def examples() -> list[dict[str, str]]:
    """Return the cells of the points of the template."""
    source = Source("modèle", [template("csv").encode()])
    return [dict(line.cells) for line in read_lignes(source, lambda *_: None)]


def siret(number: int) -> str:
    """Return a SIRET of its own for a number, with its key."""
    body = f"{number % 10**13:013d}"
    total = sum((2 * d - 9 * (d > 4)) if i % 2 == 0 else d for i, d in enumerate(map(int, body)))
    return f"{body}{-total % 10}"


def made_points(count: int, first: int = 0) -> Iterator[dict[str, str]]:
    """Yield the cells of so many points, by PRM; one in twenty is a company's."""
    household, company = examples()
    for number in range(first, first + count):
        (postal, insee), commune = _COMMUNES[number % len(_COMMUNES)]
        large = number % 20 == 0
        own = {
            "prm": generate("301", number * 97),
            "codePostal": postal,
            "codeInseeCommune": insee,
            "commune": commune,
            "numeroEtNomVoie": f"{number % 199 + 1} RUE DU {number % 4999 + 1} MAI",
            "nomClientFinalOuDenominationSociale": f"Client {number}",
        }
        meter = {"numeroSerie": f"0{number:011d}"} if large else {"matricule": f"{number:012d}"}
        if large:
            own["numSiret"] = siret(number)
        yield {**(company if large else household), **own, **meter}


def csv_lines(points: Iterator[dict[str, str]]) -> Iterator[bytes]:
    """Yield the lines of a CSV of these points, its header first."""
    yield (";".join(MOTS) + "\n").encode()
    for cells in points:
        texts = (cells.get(word, "") for word in MOTS)
        line = ";".join(
            f'"{each.replace(chr(34), chr(34) * 2)}"' if '"' in each else each for each in texts
        )
        yield f"{line}\n".encode()


def json_lines(points: Iterator[dict[str, str]]) -> Iterator[bytes]:
    """Yield the same points as JSON lines."""
    for cells in points:
        yield (json.dumps(cells, ensure_ascii=False) + "\n").encode()


def day_lines(prm: str, days: Mapping[date, tuple[Sequence[int | None], Any]]) -> Iterator[bytes]:
    """Yield JSON lines of the curve and the index of each day of a point."""
    for jour, (courbe, index) in days.items():
        cells = {"prm": prm, "jour": jour.isoformat(), "courbe": list(courbe), "index": index}
        yield (json.dumps(cells) + "\n").encode()


def recorded(debut: date, fin: date, total: int) -> dict[date, tuple[list[int], dict[str, int]]]:
    """Return days as a household's meter records them: W of each half-hour, and the index that
    starts the day. The watts are arithmetic, no model of a home."""
    days = {}
    for ordinal in range(debut.toordinal(), fin.toordinal()):
        jour = date.fromordinal(ordinal)
        following = datetime.combine(date.fromordinal(ordinal + 1), time(), PARIS)
        steps = (
            int((following - datetime.combine(jour, time(), PARIS).astimezone(UTC)).total_seconds())
            // 1800
        )
        watts = [2 * ((ordinal * 7919 + step * 104729) % 1201) for step in range(steps)]
        days[jour] = watts, dict.fromkeys(("total", "F1", "D1"), total)
        total += sum(watts) // 2
    return days


if __name__ == "__main__":
    sys.stdout.buffer.writelines(csv_lines(made_points(int(sys.argv[1]))))
