"""The day on which many points of a contract are read: its R15 and F15, their time and memory."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from contrat_kit import FOURNISSEURS, GRD, contract_platform, made_point
from flux_kit import JOUR
from publication_kit import at, members

from sge_sim.domaine.prm import generate
from sge_sim.tables.base import values_of
from sge_sim.tables.points import insert_points

FIXE = date(2026, 6, 12)
MOST_BYTES, MOST_PER_POINT = 250 << 20, 0.005
"""Of a process, whatever the number of points; seconds of a busy processor for each."""
RELEVE = re.compile(rb"<(?:Id_Releve)>(\d{16})</Id_Releve>")
MONTANTS = [
    re.compile(rb"<%s>(-?[\d.]+)<" % nom) for nom in (b"Total_Valorise_HT", b"Montant_Total_HT")
]
PUBLISH = """
import json, resource, sys, time
from datetime import datetime
from pathlib import Path
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.flux.publication import Publisher

folder, began = Path(sys.argv[1]), time.monotonic()
database = Database(sqlite_url(folder / "sge-sim.db"))
publisher = Publisher(database, folder, lambda _: None, emits=True, workers=2)
publisher.catch_up(datetime.fromisoformat(sys.argv[2]))
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "secondes": round(time.monotonic() - began),
    "processeur": round(sum(each.ru_utime + each.ru_stime for each in used)),
    "octets": max(each.ru_maxrss << 10 for each in used),
}))
"""


def rows_of(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield points of one fixed day, with their meters, that differ by what they draw."""
    for rank in range(count):
        point = made_point(generate("259", rank), rank, ancien=False)
        point.fournisseur_titulaire = FOURNISSEURS[GRD]
        point.plage_releve = f"TD{FIXE.day - 1:02d}"
        yield values_of(point), values_of(point.compteurs[0], "id")


@pytest.mark.annee
def test_a_day_of_many_points_takes_little(tmp_path: Path) -> None:
    """Of `SGE_SIM_JOUR_POINTS` points, 20 000 by default."""
    count = int(os.environ.get("SGE_SIM_JOUR_POINTS", "20000"))
    made = contract_platform(tmp_path, {}, followed=FIXE)
    with made.database.transaction() as session:
        insert_points(session, rows_of(count))
    made.close()
    command = [sys.executable, "-c", PUBLISH, str(tmp_path), at(FIXE + 2 * JOUR).isoformat()]
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"{count} points : {said}")
    documents = [
        member for content in made.ready().values() for member in members(content).values()
    ]
    made.close()
    readings = Counter(found for each in documents for found in RELEVE.findall(each))
    blocs, invoices = map(sum, zip(*map(amounts_of, documents), strict=True))
    told = Counter(readings.values())
    assert told == {2: count, 1: count}, "in R15 and F15, and the one before in F15"
    assert blocs == invoices > 0
    assert said["octets"] <= MOST_BYTES
    assert said["processeur"] <= 10 + count * MOST_PER_POINT


def amounts_of(document: bytes) -> list[Decimal]:
    """What the blocks of a document come to, and what its invoice does."""
    found = (map(bytes.decode, each.findall(document)) for each in MONTANTS)
    return [sum(map(Decimal, each), Decimal(0)) for each in found]
