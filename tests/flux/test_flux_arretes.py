"""R50, R4x, R151 and R171 end with the services that ordered them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from publication_kit import C4, C5, COURBE_C4, COURBE_C5, INDEX_C4, INDEX_C5, at, new_platform
from sqlalchemy import select

from sge_sim.clock import legal_date
from sge_sim.domaine.plateformes import FLUX_ARRETES, Generation
from sge_sim.tables.flux import Publication

ORDERED, END = date(2026, 11, 27), date(2027, 11, 27)


@pytest.mark.documented("planning d'Enedis du 27/02/2026 p. 14; day and last file are assumed")
@pytest.mark.parametrize(
    ("generation", "last"),
    [("auto", date(2026, 11, 30)), ("toutes", date(2026, 12, 10)), ("2", None)],
)
def test_no_file_leaves_once_its_flux_has_ended(
    tmp_path: Path, generation: Generation, last: date | None
) -> None:
    platform = new_platform(tmp_path, generation=generation)
    for prm, ordered in ((C5, COURBE_C5), (C5, INDEX_C5), (C4, COURBE_C4), (C4, INDEX_C4)):
        fin = END if ordered.date_fin else None
        platform.subscribe(prm, replace(ordered, date_debut=ORDERED, date_fin=fin), at(ORDERED))
    platform.catch_up(at(date(2026, 12, 10)))
    with platform.database.sessions() as session:
        rows = session.execute(select(Publication.flux, Publication.instant))
        left = {flux: legal_date(instant) for flux, instant in sorted(rows, key=lambda row: row[1])}
    assert left == ({} if last is None else dict.fromkeys(FLUX_ARRETES, last))
