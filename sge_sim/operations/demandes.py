"""What actors asked for: demands of M023, services souscrits, the clients' authorisations."""

from typing import TYPE_CHECKING, Annotated, Any

from sge_sim.domaine.nomenclatures import EtatService
from sge_sim.errors import require_found
from sge_sim.flux.registry import CodeDemande
from sge_sim.operations import BeforeName, Limit, Says, State, operation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api.flux import DemandeEntiereView, DemandeM023View, FichierView
    from sge_sim.api.points import ServiceSouscritView
    from sge_sim.tables.m023 import DemandeM023

Acteur = Annotated[str | None, Says("Code de l'acteur ; tous sans lui", completes="acteurs")]
Prm = Annotated[str | None, Says("Numéro du point ; tous sans lui", completes="prms")]
Affaire = Annotated[str, Says("Numéro de l'affaire", "A00EXV0B")]


@operation(
    "Les demandes M023, de la plus récente à la plus ancienne",
    "GET /demandes",
    "demandes list",
    key="affaire_id",
)
def list_demandes(
    state: State,
    *,
    flux: Annotated[CodeDemande | None, Says("Sorte de flux ; toutes sans lui")] = None,
    acteur: Acteur = None,
    limit: Limit = 100,
    avant: BeforeName = None,
) -> "list[DemandeM023View]":
    """Return the demands."""
    from sge_sim.api.flux import DemandeM023View
    from sge_sim.tables.m023 import demandes_m023

    code = acteur and acteur.upper()
    with state.database.sessions() as session:
        found = demandes_m023(session, limit, flux=flux, acteur_code=code, before=avant)
        return [DemandeM023View.of(each) for each in found]


@operation(
    "Une demande M023 et ses fichiers ; flux show en dit plus",
    "GET /demandes/{affaire_id}",
    "demandes show AFFAIRE_ID",
    place="GET /demandes/{affaire_id}",
)
def show(state: State, *, affaire_id: Affaire) -> "DemandeEntiereView":
    """Return a demand with its files."""
    from sge_sim.api.flux import DemandeEntiereView

    with state.database.sessions() as session:
        return DemandeEntiereView.with_files(session, demande_of(session, affaire_id))


@operation(
    "Ses fichiers, dans leur ordre : le compte rendu est le dernier",
    "GET /demandes/{affaire_id}/fichiers",
    without="demandes show les donne",
    key="nom",
    place="GET /demandes/{affaire_id}",
)
def list_fichiers(state: State, *, affaire_id: Affaire) -> "list[FichierView]":
    """Return the files of a demand."""
    return show(state, affaire_id=affaire_id).fichiers


def demande_of(session: "Session", affaire_id: str) -> "DemandeM023":
    """Return a demand; raises `UnknownError` where there is none of that number."""
    from sge_sim.tables.m023 import find_demande_m023

    sentence = f"Aucune demande M023 ne porte le numéro {affaire_id}."
    return require_found(find_demande_m023(session, affaire_id), sentence, affaire_id)


@operation(
    "Les services souscrits, du dernier commandé au premier",
    "GET /services",
    "services list",
    key="id",
)
def list_services(
    state: State,
    *,
    etat: Annotated[EtatService | None, Says("Leur état ; tous sans lui")] = None,
    prm: Prm = None,
    acteur: Acteur = None,
    limit: Limit = 100,
    avant: BeforeName = None,
) -> "list[ServiceSouscritView]":
    """Return the subscribed services."""
    from sge_sim.api.points import ServiceSouscritView
    from sge_sim.tables.lists import find_services_souscrits

    code = acteur and acteur.upper()
    with state.database.sessions() as session:
        found = find_services_souscrits(
            session, etat=etat, prm=prm, acteur_code=code, before=avant, limit=limit
        )
        return [ServiceSouscritView.of(each) for each in found]


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
    state: State, *, acteur: Acteur = None, prm: Prm = None
) -> list[dict[str, Any]]:
    """Return the declarations with their audit."""
    from sge_sim.api.autorisations import view_autorisations

    found = view_autorisations(state.database, state.journal, acteur)
    return [each for each in found if prm in (None, each["prm"])]
