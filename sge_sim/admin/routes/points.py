"""The pages of the points: their list, a point, its buttons, its curve."""

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import read_day
from sge_sim.admin.point_sections import Chronologie, sections_of
from sge_sim.admin.routes import AdminState, following
from sge_sim.admin.routes.listes import Form, read_form
from sge_sim.api.flux import FichierView
from sge_sim.api.points import ServiceEnMots
from sge_sim.api.typed_filters import known_spelling
from sge_sim.api.views import ExchangeView
from sge_sim.clock import Duree, parse_duration, parse_instant
from sge_sim.commandes.changements import AUCUN, Changements, change_life
from sge_sim.commandes.echeances import transaction_on
from sge_sim.domaine.libelles import EVENEMENTS
from sge_sim.domaine.nomenclatures import PETITS, TYPES_ACCES, Segment
from sge_sim.errors import UsageError
from sge_sim.journal import RechercheJournal
from sge_sim.referentiel.points import describe_point, get_point, why_unknown
from sge_sim.referentiel.reglages import Reglages, change_point
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.commandes import services_of_point
from sge_sim.tables.consultation import (
    affaires_of,
    autorisations_of,
    evenements_of,
    look_for_points,
)
from sge_sim.tables.flux import find_fichiers
from sge_sim.tables.points import find_point

if TYPE_CHECKING:
    from sge_sim.admin.routes.listes import Form

_SHOWN: Final = 100
_OF_EACH: Final = 20
_DIGITS: Final = 14
_SEGMENTS: Final = get_args(Segment)
_TYPES: Final = (
    ("courbe", "courbe de charge"),
    ("energie", "énergie quotidienne"),
    ("index", "index quotidiens"),
    ("pmax", "puissance maximale"),
)
_FIRST_DAYS: Final = timedelta(31)
_PLOT: Final = {"dygraph-combined.js": "text/javascript"}


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of the points, and the library that draws their curves."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/points")
    def show_points(
        request: Request,
        q: Annotated[str, Query(max_length=100)] = "",
        segment: str = "",
        apres: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        typed = known_spelling(segment, _SEGMENTS)
        chosen = next((segment for segment in _SEGMENTS if segment == typed), None)
        with state.database.sessions() as session:
            found = look_for_points(session, q.strip(), chosen, after=apres, limit=_SHOWN + 1)
            shown = found[:_SHOWN]
            return pages.render(
                state,
                request,
                "points.html",
                points=shown,
                suite=following(request, apres=shown[-1].prm) if len(found) > _SHOWN else None,
                apres=apres,
                segments=_SEGMENTS,
                q=q,
                segment=chosen,
                pourquoi="" if shown or not _is_number(q.strip()) else _why_unknown(q.strip()),
            )

    @routes.get("/points/{prm}")
    def show_point(
        request: Request,
        prm: str,
        type: str = "courbe",
        debut: str = "",
        fin: str = "",
        sens: str = "",
    ) -> Response:
        return _page(request, prm, (type, debut, fin, sens))

    @routes.post("/points/{prm}")
    def press(request: Request, prm: str, form: Annotated[Form, Depends(read_form)]) -> Response:
        try:
            with transaction_on(state.database, prm) as (session, now, _):
                fait, refus = apply_button(session, prm, form, now), ""
        except UsageError as error:
            fait, refus = "", str(error)
        return _page(request, prm, ("courbe", "", "", ""), fait=fait, refus=refus)

    @routes.get("/trace/{name}")
    def read_plot_library(name: str) -> Response:
        if name not in _PLOT:
            raise HTTPException(404, "Rien n'est servi à cette adresse.")
        return FileResponse(pages.plot_library() / name, media_type=_PLOT[name])

    def _page(
        request: Request,
        prm: str,
        asked: tuple[str, str, str, str],
        fait: str = "",
        refus: str = "",
    ) -> Response:
        today = state.clock.now().date()
        with state.database.sessions() as session:
            point = find_point(session, prm)
            if point is None:
                raise HTTPException(404, _why_unknown(prm))
            every = services_of_point(session, prm)
            services = [ServiceEnMots.of(each) for each in every[-_SHOWN:]]
            context: dict[str, Any] = {
                "point": point,
                "petit": point.segment in PETITS,
                "point_sections": sections_of(describe_point(session, prm)),
                "services": services,
                "tous": len(every),
                "affaires": affaires_of(session, prm, _OF_EACH),
                "autorisations": autorisations_of(session, prm, _OF_EACH),
                "evenements": evenements_of(session, prm, _OF_EACH),
                "fichiers": [
                    (fichier.id, FichierView.of(fichier))
                    for fichier in find_fichiers(session, prm=prm, limit=_OF_EACH)
                ],
                "fournisseurs": [
                    acteur.code for acteur in all_acteurs(session) if acteur.kind == "fournisseur"
                ],
            }
            calls = state.journal.find_echanges(RechercheJournal(prm=prm), limit=_OF_EACH)
            return pages.render(
                state,
                request,
                "point.html",
                **context,
                echanges=[ExchangeView.of(call) for call in calls],
                chronologie=Chronologie.of(services, today),
                libelles_evenements=EVENEMENTS,
                types=_TYPES,
                types_acces=TYPES_ACCES,
                trace=_trace(prm, point.segment, asked, today, services),
                fait=fait,
                refus=refus,
            )

    return routes


def _is_number(words: str) -> bool:
    """Tell whether somebody means the whole number of a point."""
    return len(words) >= _DIGITS and words.isascii() and words.isdigit()


def _why_unknown(prm: str) -> str:
    sentence = why_unknown(prm)
    return sentence[0].upper() + sentence[1:]


def _trace(
    prm: str, segment: str, asked: tuple[str, str, str, str], today: date, services: Any
) -> dict[str, Any]:
    """Return what the plot is to show: the asked period, or the last month."""
    type_, debut, fin, sens = asked
    try:
        end = read_day(fin) or today
        start = read_day(debut) or end - _FIRST_DAYS
    except UsageError:
        end, start = today, today - _FIRST_DAYS
    if type_ not in dict(_TYPES):
        type_ = "courbe"
    natural = "INJECTION" if segment[0] == "P" else "SOUTIRAGE"
    sens = sens if sens in ("SOUTIRAGE", "INJECTION") else natural
    query = urlencode({"type": type_, "debut": start, "fin": end, "sens": sens})
    address = f"/api/points/{prm}/mesures?{query}"
    return {
        "type": type_,
        "debut": start.isoformat(),
        "fin": end.isoformat(),
        "sens": sens,
        "adresse": address,
        "csv": f"{address}&format=csv",
        "bandes": json.dumps(
            [
                {
                    "nom": f"{service.type} {service.objet}".strip(),
                    "debut": service.debut.isoformat(),
                    "fin": (service.fin or end).isoformat(),
                }
                for service in services
            ]
        ),
    }


def apply_button(session: Session, prm: str, form: "Form", now: datetime) -> str:
    """Do what the pressed button of a point's page asks at `now`; return what was done, in French.

    Raises `UsageError` for what can't be done.
    """
    action = form.get("action")
    oui = form.get("valeur") == "oui"
    reglages, changements = Reglages(), Changements()
    match action:
        case "acces":
            kind = next(
                (type_acces for type_acces in TYPES_ACCES if type_acces == form.get("type")), None
            )
            reglages = Reglages(service_acces=oui, type=kind)
            phrase = f"Services d'accès {'ouverts' if oui else 'retirés'}."
        case "jours":
            reglages = Reglages(jours_absents=_period(form))
            phrase = "Mesures perdues sur ces jours."
        case "points":
            reglages = Reglages(points_absents=_period(form))
            phrase = "Points de courbe perdus sur cette période."
        case "retrouver":
            reglages = Reglages(jours_absents="aucun")
            phrase = "Toutes les mesures sont retrouvées."
        case "collecte":
            reglages = Reglages(collecte=_period(form, open_end=True))
            phrase = "La courbe est collectée dans cette seule période."
        case "teleoperable":
            reglages = Reglages(teleoperable=oui)
            phrase = f"Compteur {'joignable' if oui else 'injoignable'}."
        case "r4x":
            reglages = Reglages(r4x_pas=5 if form.get("valeur") == "5" else 10)
            phrase = f"Pas de R4x : {reglages.r4x_pas} minutes."
        case "resilie":
            given_up = form.get("valeur") == AUCUN
            changements = Changements(resilie=AUCUN if given_up else _day(form))
            phrase = "Résiliation annulée." if given_up else "Résiliation enregistrée."
        case "titulaire":
            changements = Changements(nouveau_titulaire=_day(form))
            phrase = "Changement de titulaire enregistré."
        case "fournisseur":
            changements = Changements(nouveau_fournisseur=(form.get("acteur"), _day(form)))
            phrase = "Changement de fournisseur enregistré."
        case "plages":
            basse = form.get("plages_saison_basse") or None
            changements = Changements(
                plages=form.get("plages"), plages_saison_basse=basse, le=_day(form)
            )
            phrase = "Changement d'heures creuses enregistré."
        case "opposition":
            delay = parse_duration(form.get("delai")) if form.get("delai") else Duree()
            changements = Changements(opposition=oui, delai=delay.after(now) - now)
            phrase = "Opposition demandée." if oui else "Levée d'opposition demandée."
        case _:
            raise UsageError("Ce bouton n'existe pas.")
    change_point(session, prm, reglages, now)
    change_life(session, get_point(session, prm), changements, now)
    return phrase


def _period(form: "Form", *, open_end: bool = False) -> str:
    debut, fin = form.get("debut"), form.get("fin")
    if not debut and not fin and open_end:
        return "aucun"
    return debut if open_end and not fin else f"{debut}..{fin}"


def _day(form: "Form") -> date:
    return parse_instant(form.get("jour")).date()
