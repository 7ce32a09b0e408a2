"""The points: `/api/points`, what is known of one and was measured on it, what is set, what
happens, a point like another one."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body, attachment, read_by
from sge_sim.admin.routes.apports import FILE_KINDS
from sge_sim.admin.routes.listes import (
    PAR_PAGES,
    ApresNom,
    Limite,
    SegmentTyped,
    WrittenDay,
    page_of,
)
from sge_sim.api.points import PointView
from sge_sim.api.views import Sent
from sge_sim.clock import Duree, legal_date, parse_duration
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.echeances import transaction_on
from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, Sens, TypeAcces
from sge_sim.errors import UsageError
from sge_sim.referentiel.apports.anonymat import personal_words
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.points import copy_point, describe_point, get_point
from sge_sim.referentiel.reglages import Reglages, change_point
from sge_sim.tables.lists import look_for_points
from sge_sim.tables.mesures import read_mesures_facts

if TYPE_CHECKING:
    from sge_sim.admin.series import Series

_SERVICES: Final = 1000


class ReglagesPoint(Body):
    """Changes of a point; what isn't sent stays as it is."""

    service_acces: bool | None = Field(
        None, description="Ouvrir ou retirer les services d'accès, pour tous les acteurs"
    )
    acces_periode: str | None = Field(
        None,
        description="Jours qu'ils couvrent ; tout ce qui peut être consulté sans elle",
        examples=["2025-03-01", "2025-03-01..2028-03-01"],
    )
    type: TypeAcces | None = Field(None, description="Ce que couvre le service ; tout sans lui")
    jours_absents: str | None = Field(None, examples=["2025-03-01..2025-03-04", "aucun"])
    points_absents: str | None = Field(None, examples=["2025-03-01T08:00..2025-03-01T10:00"])
    teleoperable: bool | None = Field(None, description="Rendre le compteur joignable ou non")
    r4x_pas: Literal[5, 10] | None = Field(
        None, description="Pas en minutes du flux R4x, depuis mars 2023 (C1-C4, P1-P3)"
    )
    collecte: str | None = Field(None, examples=["2025-03-01", "2025-03-01..2025-06-01", "aucun"])
    rectifie: str | None = Field(
        None,
        description="Jour passé et son énergie en Wh, ou « aucun » pour annuler les rectifications",
        examples=["2025-03-01=12400", "aucun"],
    )


class Mots(Sent):
    """Words of a report."""

    mots: list[str]


class NouveauFournisseur(Body):
    """A supplier that takes the point over."""

    acteur: str = Field(description="Code du fournisseur")
    le: date | None = Field(None, description="Jour, aujourd'hui ou après ; aujourd'hui si null")


class ViePoint(Body):
    """What happens to a point; what isn't sent doesn't happen."""

    resilie: date | Literal["aucun"] | None = Field(
        None,
        description="Jour de la résiliation, aujourd'hui ou après ; « aucun » annule celle qui est "
        "prévue",
    )
    nouveau_titulaire: date | None = Field(None, description="Jour de l'arrivée d'un autre client")
    nouveau_fournisseur: NouveauFournisseur | None = None
    plages: str | None = Field(
        None,
        description="Heures creuses à partir du jour `le` : identifiant ou libellé de la liste "
        "officielle",
        examples=["1499", "HC (1H24-7H24;13H24-15H24)"],
    )
    plages_saison_basse: str | None = Field(
        None, description="Celles d'avril à octobre, si elles sont autres", examples=["1170"]
    )
    le: date | None = Field(None, description="Jour où elles prennent effet, aujourd'hui ou après")
    opposition: bool | None = Field(
        None, description="Le client s'oppose à sa courbe, ou lève son opposition"
    )
    delai: Annotated[str, read_by(parse_duration)] | None = Field(
        None,
        description="Temps simulé que met l'opposition à atteindre le compteur",
        examples=["2d"],
    )

    def changements(self, now: datetime) -> Changements:
        """Return the events, as they are asked for at `now`."""
        reprise = self.nouveau_fournisseur
        delai = parse_duration(self.delai) if self.delai else Duree()
        return Changements(
            **self.model_dump(exclude={"nouveau_fournisseur", "delai"}),
            nouveau_fournisseur=None
            if reprise is None
            else (reprise.acteur, reprise.le or legal_date(now)),
            delai=delai.after(now) - now,
        )


class Copie(Body):
    """A point to make."""

    comme: str = Field(description="PRM du point à copier")
    prm: str | None = Field(None, description="PRM du nouveau point ; tiré sinon")
    point: dict[str, Any] = Field({}, description="Attributs changés, comme dans points.yaml")
    compteur: dict[str, Any] = Field({}, description="Attributs changés du compteur")


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the points."""
    routes = APIRouter(prefix="/api/points", tags=["points"])

    @routes.get(
        "",
        summary="Les points que des mots désignent, par PRM",
        description="Sans mots, ceux qui illustrent une règle ou que le catalogue nomme. "
        + PAR_PAGES,
        response_model=list[PointView],
    )
    def read_points(
        request: Request,
        q: Annotated[
            str,
            Query(max_length=100, description="PRM ou son début, client, commune, raison d'être"),
        ] = "",
        segment: SegmentTyped | None = None,
        limit: Limite = 100,
        apres: ApresNom = None,
    ) -> Response:
        with state.database.sessions() as session:
            found = look_for_points(session, q.strip(), segment, after=apres or "", limit=limit + 1)
            return page_of(request, found, limit, PointView.of, apres=lambda each: each.prm)

    @routes.get(
        "/{prm}",
        summary="Tout ce qui est connu d'un point",
        description=f"Des services souscrits, les {_SERVICES} derniers.",
    )
    def read_point(prm: str) -> dict[str, Any]:
        with state.database.sessions() as session:
            known = describe_point(session, prm)
        if len(known.get("services", ())) > _SERVICES:
            known["services"] = known["services"][-_SERVICES:]
        return known

    @routes.post("/personnels", include_in_schema=False)
    def read_personal(mots: Mots) -> list[str]:
        return sorted(personal_words(state.database, mots.mots))

    @routes.post("/{prm}", summary="Régler les mesures d'un point et ses services d'accès")
    def set_point(prm: str, reglages: ReglagesPoint) -> dict[str, Any]:
        with transaction_on(state.database, prm) as (session, now, _):
            change_point(session, prm, Reglages(**reglages.model_dump()), now)
            return describe_point(session, prm)

    @routes.post("/{prm}/vie", summary="Faire arriver quelque chose à un point")
    def change_point_life(prm: str, vie: ViePoint) -> dict[str, Any]:
        with transaction_on(state.database, prm) as (session, now, _):
            change_life(session, get_point(session, prm), vie.changements(now), now)
            return describe_point(session, prm)

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
