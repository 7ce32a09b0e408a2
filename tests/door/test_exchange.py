import pytest

from sge_sim.clock import machine_now
from sge_sim.soap.exchange import Exchange
from sge_sim.transport.message import Request, Sender


@pytest.mark.parametrize(
    ("demande", "prm"),
    [
        ({"pointId": "1"}, "1"),
        ({"demande": {"pointIds": {"pointId": ["1"]}}}, "1"),
        ({"demande": {"pointIds": {"pointId": ["1", "2"]}}}, None),
        ({"demande": {}}, None),
    ],
)
def test_the_point_of_a_demand_is_the_only_one_that_it_names(
    demande: dict[str, object], prm: str | None
) -> None:
    request = Request("POST", "/", "", {}, b"", Sender(b"", (), "127.0.0.1"))
    exchange = Exchange(request, machine_now(), machine_now())
    exchange.demande = demande
    assert exchange.prm == prm
