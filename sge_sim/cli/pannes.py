"""`sge-sim pannes`: what is planned to go wrong with calls and files, on a terminal."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of

if TYPE_CHECKING:
    from sge_sim.api.pannes import PanneView


def _line(view: "PanneView") -> str:
    about = " ".join(filter(None, (view.service, view.acteur, view.prm))) or "tous les appels"
    drawn = "" if view.probabilite is None else f", probabilité {view.probabilite:g}"
    drawn += f", graine {view.graine}" if view.probabilite is not None or view.dispersion else ""
    lasts = "" if view.secondes is None else f", {view.secondes:g} s"
    state = "épuisée" if view.epuisee else "en attente" if not view.appels else "en cours"
    return (
        f"{view.numero:>4}  {view.libelle}{lasts}  ({about}, {view.du} à {view.au}{drawn})  "
        f"{state} : {view.touches} / {view.appels}"
    )


pannes = group_of(
    "pannes",
    "Prévoir des pannes : erreurs, lenteurs, coupures, fichiers manquants.",
    {"list_pannes": Shown(_line, "Aucune panne prévue."), "plan": Shown(_line)},
)
