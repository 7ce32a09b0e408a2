"""`/api/points/{prm}/mesures`: what was measured on a point, whoever may consult it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.listes import JourEcrit
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.errors import UsageError
from sge_sim.referentiel.points import get_point
from sge_sim.tables.mesures import read_mesures_facts

if TYPE_CHECKING:
    from sge_sim.admin.series import Series


def router(state: AdminState) -> APIRouter:
    """Return the route of the measures."""
    routes = APIRouter(prefix="/api/points/{prm}", tags=["points"])

    @routes.get("/mesures", summary="Courbe, énergies, index ou puissances maximales d'un point")
    def read_mesures(
        prm: str,
        type: Literal["courbe", "energie", "index", "pmax"],
        debut: JourEcrit,
        fin: Annotated[JourEcrit, Query(description="Premier jour que la réponse ne couvre pas")],
        sens: Annotated[Sens | None, Query(description="Celui du contrat du point sinon")] = None,
        format: Literal["json", "csv"] = "json",
    ) -> Any:
        direction, series, temperatures = _read(state, prm, type, debut, fin, sens)
        if format == "csv":
            name = f"{prm}-{type}-{debut}-{fin}.csv"
            return Response(
                series.as_csv(),
                media_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
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


def _read(
    state: AdminState, prm: str, type_: Any, debut: date, fin: date, sens: Sens | None
) -> tuple[Sens, "Series", dict[str, Any]]:
    # The curves are loaded by whoever looks at one.
    from sge_sim.admin.series import read_columns, temperatures_of
    from sge_sim.referentiel.mesures import point_mesure

    with state.database.sessions() as session:
        point = get_point(session, prm)
        natural: Sens = "INJECTION" if point.segment[0] == "P" else "SOUTIRAGE"
        direction = sens or natural
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
