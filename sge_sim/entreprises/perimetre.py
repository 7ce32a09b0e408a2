"""`/usage_point_id_perimeter/v1`: the points that a company holds today, page after page."""

from typing import Any, Final

from pydantic import Field

from sge_sim.dataconnect.exchange import (
    Corps,
    RestAnswer,
    RestBackend,
    RestExchange,
    json_answer,
    read_json,
)
from sge_sim.dataconnect.pannes import Vise, strike
from sge_sim.entreprises.acces import is_described, let_holder_in
from sge_sim.entreprises.rules import CONTRATS, DE_CONTRATS
from sge_sim.tables.entreprises import PointTenu, held_points

TITRE: Final = "usage_point_id_perimeter"
PAR_PAGE: Final = 3000
"""Points of a page (description of 2025)."""


class PuissanceDemandee(Corps):
    """Bounds of the subscribed power, both included, in the unit of each contract (assumed)."""

    lower_value: float = float("-inf")
    higher_value: float = float("inf")


class DemandePerimetre(Corps):
    """What is asked: a page, and filters that all hold; of a list, any value (assumed).

    A filter without values filters nothing; what the description doesn't name is passed over.
    """

    page_number: int = Field(ge=1)
    siret_number: tuple[str, ...] = ()
    postal_code_city: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    subscribed_power: PuissanceDemandee | None = None

    def keeps(self, point: PointTenu) -> bool:
        """Tell whether a point is among those that are asked for.

        A `postal_code_city` is a postal code, or the line of an address (assumed).
        """
        power, bounds = point.puissance, self.subscribed_power
        places = (point.code_postal, f"{point.code_postal} {point.commune}")
        return (
            (not self.siret_number or point.siret in self.siret_number)
            and (not self.postal_code_city or not {*places}.isdisjoint(self.postal_code_city))
            and (not self.segment or not {*point.segments}.isdisjoint(self.segment))
            and (
                bounds is None
                or (power is not None and bounds.lower_value <= power <= bounds.higher_value)
            )
        )


def answer_perimetre(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """List a page of the points; raises `Refus`. A page beyond the last is empty (assumed)."""
    compte = let_holder_in(backend, exchange, TITRE, DE_CONTRATS)
    demande = read_json(exchange, DemandePerimetre, CONTRATS["requete_lisible"])
    held = exchange.vue.read(*map(held_points, sorted(compte.sirens)))
    kept = sorted(point.prm for points in held for point in points if demande.keeps(point))
    panne = strike(backend, exchange, "perimetre", Vise(TITRE)) if exchange.pannes else None
    if panne is not None:  # these are of the perimeter at other hours
        hour = f"{exchange.now:%Y-%m-%d %H}"
        kept = [prm for prm in kept if not panne.takes(f"{prm}/{hour}")]
    page = demande.page_number
    prms = kept[(page - 1) * PAR_PAGE : page * PAR_PAGE]
    parameters: dict[str, Any] = {
        "usage_point_id_total_count": len(kept),
        "page_total_count": -(-len(kept) // PAR_PAGE),
        "actual_page_number": page,
    }
    if is_described(backend.settings):
        return json_answer({"query_parameters": {**parameters, "usage_point_id": prms}})
    # Beside them, in every real answer that a client was seen to read.
    return json_answer({"query_parameters": parameters, "usage_point_id": prms})
