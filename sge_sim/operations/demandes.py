"""What actors asked for: demands of M023, services souscrits, the clients' authorisations."""

from typing import TYPE_CHECKING, Annotated, Any

from sge_sim.domaine.nomenclatures import EtatService
from sge_sim.errors import require_found
from sge_sim.flux.registry import CodeDemande
from sge_sim.machine.late import late
from sge_sim.operations import BeforeName, Limit, Says, State, operation
from sge_sim.operations.parameters import AnyActeur, AnyPrm

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import autorisations, points
    from sge_sim.api import flux as views
    from sge_sim.tables import lists, m023
else:
    autorisations = late("sge_sim.api.autorisations")
    views = late("sge_sim.api.flux")
    points = late("sge_sim.api.points")
    lists = late("sge_sim.tables.lists")
    m023 = late("sge_sim.tables.m023")

Affaire = Annotated[str, Says("Numéro de l'affaire", "A00EXV0B")]


@operation(
    "Les demandes M023, de la plus récente à la plus ancienne",
    "GET /demandes",
    "demandes list",
    key="affaire_id",
)
def list_demandes(
    session: "Session",
    *,
    flux: Annotated[CodeDemande | None, Says("Sorte de flux ; toutes sans lui")] = None,
    acteur: AnyActeur = None,
    limit: Limit = 100,
    avant: BeforeName = None,
) -> "list[views.DemandeM023View]":
    """Return the demands."""
    code = acteur and acteur.upper()
    found = m023.demandes_m023(session, limit, flux=flux, acteur_code=code, before=avant)
    return [views.DemandeM023View.of(each) for each in found]


@operation(
    "Une demande M023 et ses fichiers ; flux show en dit plus",
    "GET /demandes/{affaire_id}",
    "demandes show AFFAIRE_ID",
    place="GET /demandes/{affaire_id}",
)
def show(session: "Session", *, affaire_id: Affaire) -> "views.DemandeEntiereView":
    """Return a demand with its files."""
    return views.DemandeEntiereView.with_files(session, demande_of(session, affaire_id))


@operation(
    "Ses fichiers, dans leur ordre : le compte rendu est le dernier",
    "GET /demandes/{affaire_id}/fichiers",
    without="demandes show les donne",
    key="nom",
    place="GET /demandes/{affaire_id}",
)
def list_fichiers(state: State, *, affaire_id: Affaire) -> "list[views.FichierView]":
    """Return the files of a demand."""
    return show(state, affaire_id=affaire_id).fichiers


def demande_of(session: "Session", affaire_id: str) -> "m023.DemandeM023":
    """Return a demand; raises `UnknownError` where there is none of that number."""
    sentence = f"Aucune demande M023 ne porte le numéro {affaire_id}."
    return require_found(m023.find_demande_m023(session, affaire_id), sentence, affaire_id)


@operation(
    "Les services souscrits, du dernier commandé au premier",
    "GET /services",
    "services list",
    key="id",
)
def list_services(
    session: "Session",
    *,
    etat: Annotated[EtatService | None, Says("Leur état ; tous sans lui")] = None,
    prm: AnyPrm = None,
    acteur: AnyActeur = None,
    limit: Limit = 100,
    avant: BeforeName = None,
) -> "list[points.ServiceSouscritView]":
    """Return the subscribed services."""
    code = acteur and acteur.upper()
    found = lists.find_services_souscrits(
        session, etat=etat, prm=prm, acteur_code=code, before=avant, limit=limit
    )
    return [points.ServiceSouscritView.of(each) for each in found]


@operation(
    "Les autorisations déclarées, de la plus ancienne, et ce qu'un audit en dirait (critères de la "
    "FAQ) sans que rien n'en soit jamais refusé ; celles des consultations tant que le journal les "
    "garde",
    "GET /autorisations",
    "autorisations list",
    key="id/echange",
    place="GET /points/{prm}",
)
def list_autorisations(
    state: State, *, acteur: AnyActeur = None, prm: AnyPrm = None
) -> list[dict[str, Any]]:
    """Return the declarations with their audit."""
    found = autorisations.view_autorisations(state.database, state.journal, acteur)
    return [each for each in found if prm in (None, each["prm"])]
