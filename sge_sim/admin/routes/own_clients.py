"""What sge-sim's own clients ask: marks for their calls, which words of a report are personal."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from sge_sim.admin.routes import Admin, Body, Routes
from sge_sim.api.views import Sent
from sge_sim.referentiel.apports.anonymat import personal_words

_MOST: Final = 100


class Mots(Sent):
    """Words of a report."""

    mots: list[str]


class MarquesDemandees(Body):
    """The marks that are asked for."""

    origine: Literal["passage", "doctor"] = "passage"
    nombre: Annotated[int, Field(ge=1, le=_MOST)] = 1


class MarquesView(BaseModel):
    """Marks, each good for one call."""

    marques: list[str]


routes = Routes(prefix="/api")


@routes.post("/points/personnels", include_in_schema=False)
def read_personal(state: Admin, mots: Mots) -> list[str]:
    return sorted(personal_words(state.database, mots.mots))


@routes.post(
    "/marques",
    tags=["journal"],
    summary="Des marques pour les appels de sge-sim",
    description="Chacune vaut pour un appel, dans l'en-tête `Sge-Sim-Marque` : il n'est pas "
    "compté comme celui du client.",
    status_code=201,
)
def make(state: Admin, asked: MarquesDemandees) -> MarquesView:
    return MarquesView(marques=[state.marques.make(asked.origine) for _ in range(asked.nombre)])
