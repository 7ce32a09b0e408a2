"""`/usage_point_id_perimeter/v1`: the points that a company holds today, page after page."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sge_sim.dataconnect.exchange import JSON, RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.entreprises.acces import is_described, let_holder_in
from sge_sim.entreprises.rules import CONTRATS, DE_CONTRATS
from sge_sim.refus import Refus
from sge_sim.tables.entreprises import PointTenu, held_points

TITRE: Final = "usage_point_id_perimeter"
PAR_PAGE: Final = 3000
"""Points of a page (description of 2025)."""


class _Demande(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class PuissanceDemandee(_Demande):
    """Bounds of the subscribed power, both included, in the unit of each contract (assumed)."""

    lower_value: float = float("-inf")
    higher_value: float = float("inf")


class DemandePerimetre(_Demande):
    """What is asked: a page, and filters that all hold; of a list, any value (assumed).

    A filter without values filters nothing; what the description doesn't name is passed over.
    """

    page_number: int = Field(ge=1)
    siret_number: list[str] = []
    postal_code_city: list[str] = []
    segment: list[str] = []
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
    demande = _read(exchange)
    held = exchange.vue.read(*map(held_points, sorted(compte.sirens)))
    kept = sorted(point.prm for points in held for point in points if demande.keeps(point))
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


def _read(exchange: RestExchange) -> DemandePerimetre:
    if exchange.call.media_type not in ("", JSON):
        exchange.notes.append(f"type de corps : {exchange.call.media_type}")
        raise Refus(CONTRATS["requete_lisible"])
    try:
        return DemandePerimetre.model_validate_json(exchange.call.body)
    except ValidationError as error:
        first = error.errors()[0]
        exchange.notes.append(f"{'.'.join(map(str, first['loc'])) or 'corps'} : {first['type']}")
        raise Refus(CONTRATS["requete_lisible"]) from None
