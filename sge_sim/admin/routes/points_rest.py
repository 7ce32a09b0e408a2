"""The points: `/api/points`, what is known of one and was measured on it, what is set, what
happens, a point like another one."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body, attachment
from sge_sim.admin.routes.apports import FILE_KINDS
from sge_sim.admin.routes.listes import (
    WrittenDay,
)
from sge_sim.api.views import Sent
from sge_sim.commandes.echeances import transaction_on
from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, Sens
from sge_sim.errors import UsageError
from sge_sim.referentiel.apports.anonymat import personal_words
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.points import copy_point, describe_point, get_point
from sge_sim.tables.mesures import read_mesures_facts

if TYPE_CHECKING:
    from sge_sim.admin.series import Series


class Mots(Sent):
    """Words of a report."""

    mots: list[str]


class Copie(Body):
    """A point to make."""

    comme: str = Field(description="PRM du point à copier")
    prm: str | None = Field(None, description="PRM du nouveau point ; tiré sinon")
    point: dict[str, Any] = Field({}, description="Attributs changés, comme dans points.yaml")
    compteur: dict[str, Any] = Field({}, description="Attributs changés du compteur")


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the points."""
    routes = APIRouter(prefix="/api/points", tags=["points"])

    @routes.post("/personnels", include_in_schema=False)
    def read_personal(mots: Mots) -> list[str]:
        return sorted(personal_words(state.database, mots.mots))

    @routes.delete(
        "/{prm}", status_code=204, summary="Retirer un point à soi, et ce qui lui appartient"
    )
    def remove_point(prm: str) -> None:
        with state.database.sessions() as session:
            get_point(session, prm)
        remove_own_points(state.database, [prm])

    @routes.post(
        "",
        status_code=201,
        summary="Faire un point comme un autre, ou importer des points",
        openapi_extra={
            "requestBody": {
                "content": {kind: {"schema": {"type": "string"}} for kind in FILE_KINDS}
            }
        },
        description="En `application/x-ndjson` ou `text/csv` : des points à soi "
        "(`?essai=true` vérifie seulement, `?sauf_erreurs=true` importe le reste).",
    )
    def make_point(copie: Copie) -> dict[str, Any]:
        with transaction_on(state.database, copie.comme) as (session, _, _):
            prm = copy_point(session, copie.comme, copie.prm, copie.point, copie.compteur)
        with state.database.sessions() as session:
            return describe_point(session, prm)

    @routes.get(
        "/{prm}/mesures", summary="Courbe, énergies, index ou puissances maximales d'un point"
    )
    def read_mesures(
        prm: str,
        type: Literal["courbe", "energie", "index", "pmax"],
        debut: WrittenDay,
        fin: Annotated[WrittenDay, Query(description="Premier jour que la réponse ne couvre pas")],
        sens: Annotated[Sens | None, Query(description="Celui du contrat du point sinon")] = None,
        format: Literal["json", "csv"] = "json",
    ) -> Any:
        direction, series, temperatures = _read_mesures(state, prm, type, debut, fin, sens)
        if format == "csv":
            name = f"{prm}-{type}-{debut}-{fin}.csv"
            return Response(
                series.as_csv(),
                media_type="text/csv; charset=utf-8",
                headers=attachment(name),
            )
        return {
            "prm": prm,
            "type": type,
            "sens": direction,
            "unite": series.unite,
            "debut": debut,
            "fin": fin,
            "colonnes": series.columns(),
            "temperatures": temperatures,
        }

    return routes


def _read_mesures(
    state: AdminState, prm: str, type_: Any, debut: date, fin: date, sens: Sens | None
) -> tuple[Sens, "Series", dict[str, Any]]:
    # The curves are loaded by whoever looks at one.
    from sge_sim.admin.series import read_columns, temperatures_of
    from sge_sim.referentiel.mesures import point_mesure

    with state.database.sessions() as session:
        point = get_point(session, prm)
        direction = sens or SENS_OF_SEGMENT[point.segment]
        measured = point_mesure(
            point,
            read_mesures_facts(session, prm),
            direction,
            pertes=state.settings.perd_des_mesures,
        )
    if measured is None:
        raise UsageError(f"Rien n'a jamais été mesuré sur le point {prm}.")
    # A day is measured once it is over.
    known = min(fin, state.clock.now().date())
    if debut >= known:
        raise UsageError(
            f"Du {debut:%d/%m/%Y} au {fin:%d/%m/%Y} (exclu), rien n'est encore mesuré à l'heure "
            "simulée, ou la période est vide."
        )
    series = read_columns(measured, type_, debut, known)
    return direction, series, temperatures_of(measured, debut, known)
