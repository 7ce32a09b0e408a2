"""The pages of the points: their list, a point, its buttons, its curve."""

from datetime import date, timedelta
from typing import Any, Final, get_args
from urllib.parse import urlencode

from fastapi import HTTPException, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.pages import begun
from sge_sim.admin.point_life import draw_life, marks_of, moments_of
from sge_sim.admin.point_sections import sections_of
from sge_sim.admin.routes import Admin, Routes
from sge_sim.api.flux import FichierView
from sge_sim.api.points import ServiceSouscritView
from sge_sim.api.views import ExchangeView
from sge_sim.clock import parse_day, start_of_day
from sge_sim.domaine.nomenclatures import PETITS, SENS_OF_SEGMENT, TYPES_ACCES, Segment, Sens
from sge_sim.domaine.perimetre import ACTES, NATURES
from sge_sim.errors import UsageError
from sge_sim.flux.apercu import invoices_of
from sge_sim.journal import RechercheJournal
from sge_sim.referentiel.histoire import read_histoire
from sge_sim.referentiel.points import describe_point, why_unknown
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.commandes import services_of_point
from sge_sim.tables.flux import find_fichiers
from sge_sim.tables.lists import affaires_of, autorisations_of, evenements_of
from sge_sim.tables.mesures import read_mesures_facts
from sge_sim.tables.perimetre import life_of
from sge_sim.tables.points import find_point

_SHOWN: Final = 100
_OF_EACH: Final = 20
_TYPES: Final = (
    ("courbe", "courbe de charge"),
    ("energie", "énergie quotidienne"),
    ("index", "index quotidiens"),
    ("pmax", "puissance maximale"),
)
_FIRST_DAYS: Final = timedelta(31)


routes = Routes(include_in_schema=False)


@routes.get("/points/{prm}")
def show_point(
    state: Admin,
    request: Request,
    prm: str,
    type: str = "courbe",
    debut: str = "",
    fin: str = "",
    sens: str = "",
) -> Response:
    today = state.clock.now().date()
    with state.database.sessions() as session:
        point = find_point(session, prm)
        if point is None:
            raise HTTPException(404, begun(why_unknown(prm)))
        every = services_of_point(session, prm)
        services = [ServiceSouscritView.of(each) for each in every[-_SHOWN:]]
        context: dict[str, Any] = {
            "point": point,
            "petit": point.segment in PETITS,
            "point_sections": sections_of(describe_point(session, prm)),
            "services": services,
            "tous": len(every),
            "natures": {name: NATURES[name] for name in ACTES},
            "evenements": evenements_of(session, prm, _OF_EACH),
            "fichiers": [
                FichierView.of(fichier)
                for fichier in find_fichiers(session, prm=prm, limit=_OF_EACH)
            ],
            "fournisseurs": [
                acteur.code for acteur in all_acteurs(session) if acteur.kind == "fournisseur"
            ],
        }
        moments = moments_of(
            point,
            read_mesures_facts(session, prm),
            services,
            affaires_of(session, prm, _OF_EACH),
            autorisations_of(session, prm, _OF_EACH),
            context["evenements"],
            read_histoire(session, prm, today),
            life_of(session, [prm]).get(prm, ()),
            invoices_of(session, state.settings.data_dir, prm),
        )
        last = min(today, (point.date_resiliation or today) + timedelta(1))
        trace = _trace(prm, point.segment, (type, debut, fin, sens), last)
        calls = state.journal.find_echanges(RechercheJournal(prm=prm), limit=_OF_EACH)
        return pages.render(
            request,
            "point.html",
            **context,
            echanges=[ExchangeView.of(call) for call in calls],
            moments=moments,
            chronologie=draw_life(moments, state.clock.now()),
            types=_TYPES,
            types_acces=TYPES_ACCES,
            changement=last_changement(today),
            trace=trace,
            faits=marks_of(moments, trace["debut"], trace["fin"]),
        )


def last_changement(today: date) -> dict[str, date]:
    """Return the last change of legal time before `today`, and the days around it.

    They are the Sundays that end March and October (directive 2000/84/CE).
    """
    ends = [date(today.year - years, month, 31) for years in (0, 1) for month in (10, 3)]
    days = (end - timedelta(end.isoweekday() % 7) for end in ends)
    jour = next(day for day in days if day < today)
    return {"jour": jour, "debut": jour - timedelta(1), "fin": jour + timedelta(2)}


def _trace(
    prm: str, segment: Segment, asked: tuple[str, str, str, str], today: date
) -> dict[str, Any]:
    """Return what the plot is to show: the asked period, or the last month of the point."""
    type_, debut, fin, sens = asked
    try:
        end = parse_day(fin) if fin else today
        start = parse_day(debut) if debut else end - _FIRST_DAYS
    except (UsageError, OverflowError):
        end, start = today, today - _FIRST_DAYS
    if type_ not in dict(_TYPES):
        type_ = "courbe"
    sens = sens if sens in get_args(Sens) else SENS_OF_SEGMENT[segment]
    query = urlencode({"type": type_, "debut": start, "fin": end, "sens": sens})
    address = f"/api/points/{prm}/mesures?{query}"
    return {
        "type": type_,
        "debut": start,
        "fin": end,
        "bornes": (start_of_day(start), start_of_day(end)),
        "sens": sens,
        "adresse": address,
        "csv": f"{address}&format=csv",
    }
