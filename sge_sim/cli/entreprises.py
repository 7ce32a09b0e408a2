"""`sge-sim entreprises`: the companies that hold contracts."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of

if TYPE_CHECKING:
    from sge_sim.api.entreprises import EntrepriseView, PointTenuView


def _entreprise_line(view: "EntrepriseView") -> str:
    sirens = ", ".join((view.siren, *view.autres_sirens))
    return f"{sirens}  {view.nom}  services {', '.join(view.services) or 'aucun'}"


def _point_line(view: "PointTenuView") -> str:
    return f"{view.prm}  {view.siret}  {view.segment}  {view.commune}"


entreprises = group_of(
    "entreprises",
    "Ouvrir les comptes d'entreprises titulaires de contrats.",
    {
        "list_entreprises": Shown(_entreprise_line, "Aucune entreprise n'a de compte."),
        "add_entreprise": Shown(_entreprise_line),
        "list_points": Shown(_point_line, "Ce compte ne tient aucun point."),
    },
)
