"""What a large meter has kept of its curve for whoever has it collected, over SOAP."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from acces_kit import C4, Tiers, tiers_in_process
from demandes import mesures_detaillees

from sge_sim.tables.mesures import replace_collectes

CMD = "/ConsultationMesuresDetaillees/v3.0"
C2 = "98800003605936"
COLLECTE = date(2026, 2, 2)
JOUR = timedelta(days=1)


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    """Two meters that are processed by index, on 2 March 2026; collected for a month."""
    with tiers_in_process(tmp_path_factory.mktemp("memoire")) as tiers:
        for prm in (C4, C2):
            tiers.set(prm, mode_traitement="INDEX")
            with tiers.running.simulator.database.transaction() as session:
                replace_collectes(session, prm, (COLLECTE, None))
        yield tiers


def steps(tiers: Tiers, prm: str, debut: date) -> dict[date, int]:
    """How many steps each day of a week from `debut` on has in the curve."""
    week = debut, debut + 7 * JOUR
    answer = tiers.call(CMD, **mesures_detaillees(tiers.login, prm, "COURBE", "PA", *week))
    rows = [row for block in answer["body"]["grandeur"] for row in block["points"]]
    return dict(Counter(date.fromisoformat(row["d"][:10]) for row in rows))


@pytest.mark.documented("FAQ: 42 days at most in a PME-PMI, 21 if it counts injection too")
@pytest.mark.assumed("the same of each meter that can be collected, where it is processed by index")
@pytest.mark.parametrize("prm", [C4, C2], ids=["C4", "C2"])
@pytest.mark.parametrize(("injection", "days"), [(False, 42), (True, 21)])
def test_a_large_meter_gives_the_days_that_it_kept_before_it_is_collected(
    tiers: Tiers, prm: str, injection: bool, days: int
) -> None:
    tiers.set(prm, contrat_injection=injection)
    kept = COLLECTE - days * JOUR
    assert steps(tiers, prm, kept - 7 * JOUR) == {}
    for debut in (kept - 3 * JOUR, COLLECTE - 3 * JOUR):
        week = (debut + rank * JOUR for rank in range(7))
        assert steps(tiers, prm, debut) == {day: 24 * 12 for day in week if day >= kept}
