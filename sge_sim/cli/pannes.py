"""`sge-sim pannes`: what is planned to go wrong with calls and files, on a terminal."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of
from sge_sim.domaine.pannes import APPELS_MAX

if TYPE_CHECKING:
    from sge_sim.api.pannes import PanneView, SorteView


def _line(view: "PanneView") -> str:
    about = view.vise or "tous les appels"
    drawn = "" if view.probabilite is None else f", probabilité {view.probabilite:g}"
    drawn += f", graine {view.graine}" if view.probabilite is not None or view.dispersion else ""
    lasts = "" if view.secondes is None else f", {view.secondes:g} s"
    window = f", {view.fenetre}" if view.fenetre else ""
    calls = "" if view.au == APPELS_MAX else f", {view.du} à {view.au}"
    state = "épuisée" if view.epuisee else "en attente" if not view.appels else "en cours"
    return (
        f"{view.numero:>4}  {view.libelle}{lasts}  ({about}{calls}{window}{drawn})  "
        f"{state} : {view.touches} / {view.appels}"
    )


def _sort_line(view: "SorteView") -> str:
    takes = f" [{', '.join(view.parametres)}]" if view.parametres else ""
    return f"{view.sorte:<26}{view.famille} : {view.libelle}{takes}, {view.surete}"


pannes = group_of(
    "pannes",
    "Prévoir des pannes : erreurs, lenteurs, coupures, fichiers manquants.",
    {
        "list_pannes": Shown(_line, "Aucune panne prévue."),
        "plan": Shown(_line),
        "list_sortes": Shown(_sort_line),
        "list_episodes": Shown(lambda view: f"{view.nom}  {view.titre}"),
        "play": Shown(_line),
    },
)
