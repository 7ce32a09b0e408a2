"""`sge-sim entreprises`: the companies that hold contracts, and their applications."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of

if TYPE_CHECKING:
    from sge_sim.api.entreprises import (
        ApplicationEntrepriseView,
        EntrepriseView,
        PointTenuView,
    )


def _application_lines(view: "ApplicationEntrepriseView") -> str:
    return (
        f"{view.client_id}  {view.nom}\n"
        f"        secret {view.client_secret}\n"
        f"        titres {', '.join(view.titres) or 'aucun'}"
    )


def _entreprise_lines(view: "EntrepriseView") -> str:
    sirens = ", ".join((view.siren, *view.autres_sirens))
    head = f"{sirens}  {view.nom}  services {', '.join(view.services) or 'aucun'}"
    return "\n".join((head, *map(_application_lines, view.applications)))


def _point_line(view: "PointTenuView") -> str:
    return f"{view.prm}  {view.siret}  {view.segment}  {view.commune}"


entreprises = group_of(
    "entreprises",
    "Ouvrir les comptes d'entreprises titulaires de contrats, et leurs applications.",
    {
        "list_entreprises": Shown(_entreprise_lines, "Aucune entreprise n'a de compte."),
        "add_entreprise": Shown(_entreprise_lines),
        "set_entreprise": Shown(_entreprise_lines),
        "list_points": Shown(_point_line, "Ce compte ne tient aucun point."),
        "add_application": Shown(_application_lines),
        "set_titres": Shown(_application_lines),
    },
)
