"""A call makes happen what is due on its own point, whatever becomes of it, and nothing else."""

from pathlib import Path

from acces_kit import C4, C5, C5_BIS, END, SAD, Tiers, tiers_in_process
from sqlalchemy import select

from sge_sim.clock import parse_duration
from sge_sim.commandes.moving_clock import advance_by
from sge_sim.tables.commandes import ServiceSouscrit


def etats(tiers: Tiers) -> dict[str, str]:
    """The state of the only service of each point, as it is kept."""
    with tiers.running.simulator.database.sessions() as session:
        return dict(
            session.execute(
                select(ServiceSouscrit.prm, ServiceSouscrit.etat).where(
                    ServiceSouscrit.type == "ACCES"
                )
            ).all()
        )


def test_a_search_or_a_refused_order_brings_its_point_up_to_date_and_no_other(
    tmp_path: Path,
) -> None:
    """Services on three points reach their end without anybody to make it happen."""
    with tiers_in_process(tmp_path) as tiers:
        for prm in (C5, C5_BIS, C4):
            tiers.order(prm, "ENERGIE")
        tiers.clock.change(advance_by(parse_duration("400d")))
        assert tiers.today > END
        assert etats(tiers) == dict.fromkeys((C5, C5_BIS, C4), "ACTIF")
        (found,) = tiers.services(C5_BIS)
        assert found["etatCode"] == "TERMINE"
        assert etats(tiers) == {C5: "ACTIF", C5_BIS: "TERMINE", C4: "ACTIF"}
        ahead = parse_duration("10d").after(tiers.clock.now()).date()
        assert tiers.code(SAD, **tiers.sad(C5, "INVENTEE", dateFin=ahead)) is not None
        assert etats(tiers) == {C5: "TERMINE", C5_BIS: "TERMINE", C4: "ACTIF"}
