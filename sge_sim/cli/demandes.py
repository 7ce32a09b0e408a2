"""`sge-sim demandes`, `services`, `autorisations`: what actors asked for, on a terminal."""

from typing import TYPE_CHECKING, Any

from sge_sim.cli.declared import Shown, group_of
from sge_sim.domaine.francais import counted

if TYPE_CHECKING:
    from sge_sim.api.flux import DemandeEntiereView, DemandeM023View
    from sge_sim.api.points import ServiceSouscritView


def _demande_line(view: "DemandeM023View") -> str:
    return (
        f"{view.affaire_id}  {view.demandee:%d/%m/%Y %H:%M}  {view.acteur:<8}  {view.flux} "
        f"{view.format}, {counted(view.points, 'point')}  {view.etat}"
    )


def _demande_lines(view: "DemandeEntiereView") -> str:
    files = (f"        {each.nom}  {each.taille} octets" for each in view.fichiers)
    return "\n".join((_demande_line(view), *files))


def _service_line(view: "ServiceSouscritView") -> str:
    end = "" if view.fin is None else f" au {view.fin:%d/%m/%Y} exclu"
    return (
        f"{view.id:>9}  {view.prm}  {view.acteur or '-':<8}  {view.etat_en_mots:<8}  "
        f"{' '.join(filter(None, (view.libelle, view.objet)))}, du {view.debut:%d/%m/%Y}{end}"
    )


def _autorisation_lines(autorisation: dict[str, Any]) -> str:
    head = "  ".join(str(autorisation[name]) for name in ("declaree_le", "acteur", "prm", "portee"))
    checks = [
        f"        {'oui' if check['respecte'] else 'NON'}  {check['critere']} : {check['constat']}"
        for check in autorisation["audit"]
    ]
    return "\n".join([head, *checks])


_SHOWN = {
    "list_demandes": Shown(_demande_line, "Aucune demande ne répond à ces critères."),
    "show": Shown(_demande_lines),
    "list_services": Shown(_service_line, "Aucun service ne répond à ces critères."),
    "list_autorisations": Shown(_autorisation_lines),
}

demandes = group_of("demandes", "Voir les demandes M023 et leurs fichiers.", _SHOWN)
services = group_of("services", "Voir les services souscrits.", _SHOWN, subject="demandes")
autorisations = group_of(
    "autorisations",
    "Voir les autorisations que les acteurs ont déclarées.",
    _SHOWN,
    subject="demandes",
)
