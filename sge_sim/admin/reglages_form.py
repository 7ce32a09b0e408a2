"""The buttons of a point's page: what `sge-sim points set` does, one thing at a time."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from sge_sim.clock import Duree, parse_duration, parse_instant
from sge_sim.commandes.changements import AUCUN, Changements, change_life
from sge_sim.domaine.nomenclatures import TYPES_ACCES
from sge_sim.errors import UsageError
from sge_sim.referentiel.points import get_point
from sge_sim.referentiel.reglages import Reglages, change_point

if TYPE_CHECKING:
    from sge_sim.admin.routes.forms import Form


def apply_button(session: Session, prm: str, form: "Form", now: datetime) -> str:
    """Do what the pressed button of a point's page asks at `now`; return what was done, in French.

    Raises `UsageError` for what can't be done.
    """
    action = form.get("action")
    oui = form.get("valeur") == "oui"
    reglages, changements = Reglages(), Changements()
    match action:
        case "acces":
            kind = next((one for one in TYPES_ACCES if one == form.get("type")), None)
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
