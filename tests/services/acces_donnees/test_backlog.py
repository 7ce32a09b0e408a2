"""A call makes happen what is due on its own point, whatever becomes of it, and nothing else."""

from pathlib import Path

from acces_kit import C5, C5_BIS, END, SAD, Tiers, tiers_in_process
from sqlalchemy import select

from sge_sim.clock import parse_duration
from sge_sim.commandes.moving_clock import advance_clock
from sge_sim.store.commandes import ServiceSouscrit


def etats(tiers: Tiers) -> dict[str, str]:
    """The state of the only service of each point, as it is kept."""
    with tiers.running.simulator.database.sessions() as session:
        return dict(
            session.execute(
                select(ServiceSouscrit.prm, ServiceSouscrit.etat).where(
                    ServiceSouscrit.prm.in_((C5, C5_BIS)), ServiceSouscrit.type == "ACCES"
                )
            ).all()
        )


def overdue(tiers: Tiers) -> None:
    """Order on two points, and let both ends go by without anybody to make them happen."""
    for prm in (C5, C5_BIS):
        tiers.order(prm, "ENERGIE")
    advance_clock(tiers.clock, parse_duration("400d"))
    assert tiers.today > END
    assert etats(tiers) == {C5: "ACTIF", C5_BIS: "ACTIF"}


def test_a_refused_order_leaves_its_point_up_to_date_and_the_others_alone(tmp_path: Path) -> None:
    with tiers_in_process(tmp_path) as tiers:
        overdue(tiers)
        ahead = parse_duration("10d").after(tiers.clock.now()).date()
        assert tiers.code(SAD, **tiers.sad(C5, "INVENTEE", dateFin=ahead)) is not None
        assert etats(tiers) == {C5: "TERMINE", C5_BIS: "ACTIF"}


def test_a_search_lists_its_point_as_it_is_by_now(tmp_path: Path) -> None:
    with tiers_in_process(tmp_path) as tiers:
        overdue(tiers)
        (found,) = tiers.services(C5_BIS)
        assert found["etatCode"] == "TERMINE"
        assert etats(tiers) == {C5: "ACTIF", C5_BIS: "TERMINE"}
