"""The files of the flux, and the channels by which contracts have them."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import between_days
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, EtatFichier, Flux, TypeCanal
from sge_sim.errors import require_found
from sge_sim.operations import Before, Limit, Says, State, day_typed, operation

if TYPE_CHECKING:
    from sge_sim.api.flux import CanalView, FichierView

Contrat = Annotated[str, Says("Numéro du contrat", "1100256")]


@operation(
    "Les fichiers publiés, du plus récent au plus ancien",
    "GET /flux",
    "flux list",
    key="numero",
    place="GET /fichiers",
)
def list_fichiers(
    state: State,
    *,
    contrat: Annotated[str | None, Says("Numéro du contrat ; tous sans lui")] = None,
    flux: Annotated[Flux | None, Says("Sorte de flux ; toutes sans lui")] = None,
    prm: Annotated[str | None, Says("Numéro du point ; tous sans lui", completes="prms")] = None,
    etat: Annotated[EtatFichier | None, Says("État de la livraison ; tous sans lui")] = None,
    du: Annotated[date | None, Says("Premier jour de publication", reads=day_typed)] = None,
    au: Annotated[date | None, Says("Dernier jour de publication", reads=day_typed)] = None,
    limit: Limit = 100,
    avant: Before = None,
) -> "list[FichierView]":
    """Return the files."""
    from sge_sim.api.flux import FichierView
    from sge_sim.tables.flux import find_fichiers

    debut, fin = between_days(du, au)
    with state.database.sessions() as session:
        found = find_fichiers(
            session,
            contrat_id=contrat,
            flux=flux,
            prm=prm,
            etat=etat,
            debut=debut,
            fin=fin,
            before_id=avant,
            limit=limit,
        )
        return [FichierView.of(each) for each in found]


@operation(
    "Un fichier et sa livraison",
    "GET /flux/{nom}",
    without="flux show le donne, et ce qu'il contient",
    place="GET /fichiers/{numero}",
)
def show(state: State, *, nom: Annotated[str, Says("Nom du fichier")]) -> "FichierView":
    """Return a file."""
    from sge_sim.api.flux import FichierView
    from sge_sim.tables.flux import find_fichier

    with state.database.sessions() as session:
        sentence = f"Aucun fichier ne s'appelle {nom}."
        return FichierView.of(require_found(find_fichier(session, nom), sentence, nom))


@operation(
    "Où et comment chaque contrat est livré",
    "GET /canaux",
    without="acteurs canal dit celui d'un contrat",
    key="contrat_id",
    per_page=200,
)
def list_canaux(state: State) -> "list[CanalView]":
    """Return the channel of each contract."""
    from sge_sim.api.flux import CanalView
    from sge_sim.tables.acteurs import all_acteurs

    with state.database.sessions() as session:
        return [
            CanalView.of(session, contrat.contrat_id, state.data_dir)
            for acteur in all_acteurs(session)
            for contrat in acteur.contrats
        ]


@operation(
    "Où et comment un contrat est livré",
    "GET /canaux/{contrat}",
    "acteurs canal CONTRAT",
)
def show_canal(state: State, *, contrat: Contrat) -> "CanalView":
    """Return the channel of a contract."""
    from sge_sim.api.flux import CanalView

    with state.database.sessions() as session:
        return CanalView.of(session, contrat, state.data_dir)


@operation(
    "Déclarer où et comment un contrat est livré ; sans canal, dans le dossier de l'état. Les clés "
    "sont gardées telles quelles dans la base",
    "PUT /canaux/{contrat}",
    "acteurs canal --type CONTRAT",
    done="Le canal du contrat {contrat} est déclaré.",
    place="POST /canaux",
)
def declare_canal(
    state: State,
    *,
    contrat: Contrat,
    type: Annotated[TypeCanal, Says("Sorte du canal, quand on le déclare", "dossier")],
    url: Annotated[
        str | None,
        Says(
            "Dossier, ou ftp://utilisateur:motdepasse@hôte/dossier (de même sftp://) ; {famille} y "
            "tient la place d'un dossier par famille de flux"
        ),
    ] = None,
    chiffrement: Annotated[AlgorithmeFlux, Says("Chiffrement des fichiers")] = "aucun",
    cle: Annotated[
        str | None, Says("Clé hexadécimale : 32 chiffres pour aes128, 64 pour aes256")
    ] = None,
    iv: Annotated[str | None, Says("IV hexadécimal d'aes128 : 32 chiffres")] = None,
) -> "CanalView":
    """Declare the channel of a contract."""
    from sge_sim.flux.declaration import declare_canal as declare

    with state.database.transaction() as session:
        declare(session, contrat, type_canal=type, url=url, algorithme=chiffrement, cle=cle, iv=iv)
    return show_canal(state, contrat=contrat)
