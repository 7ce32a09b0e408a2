"""`sge-sim applications`, `consentements`: who uses Data Connect, and what is shared there."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of

if TYPE_CHECKING:
    from sge_sim.api.data_connect import ApplicationView, ConsentementView


def _application_lines(view: "ApplicationView") -> str:
    return (
        f"{view.client_id}  {view.mode}  {view.acteur}  {view.nom}\n"
        f"        secret {view.client_secret}\n"
        f"        retour {view.redirect_uri}\n"
        f"        API    {', '.join(view.apis)}"
    )


def _consent_line(view: "ConsentementView") -> str:
    state = "en vigueur" if view.en_vigueur else view.motif_fin
    return (
        f"{view.id:>6}  {view.prm}  {view.client} → {view.application} ({view.acteur})  "
        f"du {view.du:%d/%m/%Y} au {view.au:%d/%m/%Y}  {state}"
    )


_NONE = "Aucune application : sge-sim serve --data-connect en fait deux."
applications = group_of(
    "applications",
    "Voir et enregistrer les applications de Data Connect.",
    {
        "list_applications": Shown(_application_lines, _NONE),
        "add_application": Shown(_application_lines),
        "set_application": Shown(_application_lines),
    },
    subject="data_connect",
)
consentements = group_of(
    "consentements",
    "Voir et retirer les consentements donnés dans Data Connect.",
    {"list_consentements": Shown(_consent_line, "Aucun consentement.")},
    subject="data_connect",
)
