"""The files of the flux, and the channels by which contracts have them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final

from sge_sim.clock import between_days
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, Environment, EtatFichier, TypeCanal
from sge_sim.domaine.sortes import SortePanne
from sge_sim.errors import FieldError, UnknownError, UsageError, require_found
from sge_sim.flux.registry import CodeConnu
from sge_sim.machine.late import late
from sge_sim.operations import Before, Download, Limit, Says, State, day_typed, operation
from sge_sim.operations.parameters import AnyPrm
from sge_sim.settings import Profile, Settings
from sge_sim.settings.own_folder import named_setting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import flux as views
    from sge_sim.flux import contenus, declaration, publication
    from sge_sim.flux.r6x import documents, tableau
    from sge_sim.tables import acteurs, defauts, m023
    from sge_sim.tables import flux as tables
else:
    views = late("sge_sim.api.flux")
    contenus = late("sge_sim.flux.contenus")
    declaration = late("sge_sim.flux.declaration")
    publication = late("sge_sim.flux.publication")
    documents = late("sge_sim.flux.r6x.documents")
    tableau = late("sge_sim.flux.r6x.tableau")
    acteurs = late("sge_sim.tables.acteurs")
    defauts = late("sge_sim.tables.defauts")
    tables = late("sge_sim.tables.flux")
    m023 = late("sge_sim.tables.m023")

GONE: Final = "n'est plus là où le simulateur l'avait mis."
_NO_FILE: Final = "Aucun fichier ne s'appelle {}."
_PIECE: Final = 1 << 16
Nom = Annotated[str, Says("Nom du fichier")]

Contrat = Annotated[str, Says("Numéro du contrat", "1100256")]


@operation(
    "Les fichiers publiés, du plus récent au plus ancien",
    "GET /flux",
    "flux list",
    key="numero",
    place="GET /fichiers",
)
def list_fichiers(
    session: "Session",
    *,
    contrat: Annotated[str | None, Says("Numéro du contrat ; tous sans lui")] = None,
    flux: Annotated[CodeConnu | None, Says("Sorte de flux ; toutes sans lui")] = None,
    prm: AnyPrm = None,
    etat: Annotated[EtatFichier | None, Says("État de la livraison ; tous sans lui")] = None,
    du: Annotated[date | None, Says("Premier jour de publication", reads=day_typed)] = None,
    au: Annotated[date | None, Says("Dernier jour de publication", reads=day_typed)] = None,
    limit: Limit = 100,
    avant: Before = None,
) -> "list[views.FichierView]":
    """Return the files."""
    debut, fin = between_days(du, au)
    found = tables.find_fichiers(
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
    return [views.FichierView.of(each) for each in found]


@operation(
    "Ce que des pannes ont mis de faux dans les fichiers, et ce qui était vrai",
    "GET /defauts",
    "flux defauts",
    key="numero",
    place="GET /fichiers",
)
def list_defauts(
    session: "Session",
    *,
    contrat: Annotated[str | None, Says("Numéro du contrat ; tous sans lui")] = None,
    prm: AnyPrm = None,
    classe: Annotated[SortePanne | None, Says("Sorte de la panne ; toutes sans elle")] = None,
    fichier: Annotated[str | None, Says("Nom du fichier ; tous sans lui")] = None,
    limit: Limit = 100,
    avant: Before = None,
) -> "list[views.DefautSemeView]":
    """Return the defects, the newest first."""
    found = defauts.find_defauts(
        session,
        contrat_id=contrat,
        prm=prm,
        classe=classe,
        nom=fichier,
        before_id=avant,
        limit=limit,
    )
    return [views.DefautSemeView.of(each) for each in found]


@operation(
    "Un fichier et sa livraison",
    "GET /flux/{nom}",
    without="flux show le donne, et ce qu'il contient",
    place="GET /fichiers/{numero}",
)
def show(session: "Session", *, nom: Nom) -> "views.FichierView":
    """Return a file."""
    fichier = require_found(tables.find_fichier(session, nom), _NO_FILE.format(nom), nom)
    return views.FichierView.of(fichier)


@operation(
    "Où et comment chaque contrat est livré",
    "GET /canaux",
    without="acteurs canal dit celui d'un contrat",
    key="contrat_id",
    per_page=200,
)
def list_canaux(state: State) -> "list[views.CanalView]":
    """Return the channel of each contract."""
    with state.database.sessions() as session:
        return [
            views.CanalView.of(session, contrat.contrat_id, state.data_dir)
            for acteur in acteurs.all_acteurs(session)
            for contrat in acteur.contrats
        ]


@operation("Où et comment un contrat est livré", "GET /canaux/{contrat}", "acteurs canal CONTRAT")
def show_canal(state: State, *, contrat: Contrat) -> "views.CanalView":
    """Return the channel of a contract."""
    with state.database.sessions() as session:
        return views.CanalView.of(session, contrat, state.data_dir)


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
) -> "views.CanalView":
    """Declare the channel of a contract."""
    with state.database.transaction() as session:
        declaration.declare_canal(
            session, contrat, type_canal=type, url=url, algorithme=chiffrement, cle=cle, iv=iv
        )
    return show_canal(state, contrat=contrat)


@operation(
    "Publier ce qui est dû à l'heure simulée et livrer tout ce qui ne l'est pas",
    "POST /flux/publish",
    "flux publish",
    done="{fait}",
    place="POST /fichiers/publier",
    back="/fichiers",
    serving="if any",
)
def publish(
    state: State,
    *,
    environnement: Annotated[
        Environment | None,
        Says(
            "Plateforme jouée : l'homologation n'émet aucun flux ; celle du simulateur qui sert, "
            "si c'est lui qui publie",
            "production",
            old="environment",
        ),
    ] = None,
    profil: Annotated[
        Profile | None, Says("fidele : quelques journées de C5 arrivent en retard", old="profile")
    ] = None,
) -> "views.PublicationView":
    """Publish what is due, and deliver what isn't, also what was given up."""
    if state.simulator is not None:
        settings = state.simulator.settings
    elif environnement is None:
        raise FieldError("à donner", "environnement", None)
    else:
        settings = Settings(data_dir=state.data_dir, environment=environnement)
        if grille := named_setting("grille", state.data_dir):
            settings = replace(settings, grille=Path(grille))
    changed: dict[str, Any] = {"environment": environnement, "profile": profil}
    settings = replace(settings, **{name: each for name, each in changed.items() if each})
    made = publication.publish_now(settings, state.database, state.journal.append, state.now())
    return views.PublicationView.of(*made)


@operation(
    "Les octets d'un fichier, déchiffrés ou non",
    "GET /flux/{nom}/contenu",
    without="flux decrypt déchiffre un fichier où qu'il soit",
    place="GET /fichiers/{numero}",
)
def take_content(
    state: State, *, nom: Nom, clair: Annotated[bool, Says("Déchiffrés")] = False
) -> Download:
    """Return the bytes of a file."""
    with state.database.sessions() as session:
        fichier = require_found(tables.find_fichier(session, nom), _NO_FILE.format(nom), nom)
        read = declaration.clear_content if clair else contenus.content_of
        try:
            return Download(read(session, state.data_dir, fichier), nom)
        except FileNotFoundError:
            raise UnknownError(f"{nom} {GONE}", nom) from None


@operation(
    "Un fichier d'une demande M023, dans le CSV du portail",
    "GET /flux/{nom}/csv",
    without="flux show --csv l'écrit, de fichiers d'ailleurs aussi",
    place="GET /demandes/{affaire_id}",
)
def take_csv(state: State, *, nom: Nom) -> Download:
    """Return a file as the portal gives it in CSV: an archive.

    Raises `UsageError` where the portal gives none: of too many points.
    """
    from io import BytesIO

    with state.database.sessions() as session:
        fichier = tables.find_fichier(session, nom)
        m023_id = fichier and fichier.publication.m023_id
        found = m023_id and m023.find_demande_m023(session, m023_id)
        demande = require_found(found or None, f"Aucun fichier de M023 n'est {nom}.", nom)
        most = documents.points_in_csv(demande.flux, demande.prms)
    if most is not None:
        raise UsageError(
            f"Le portail ne donne pas de {demande.flux} en CSV au-delà de {most} points : "
            "prendre le JSON, ou demander moins de points."
        )
    content = take_content(state, nom=nom, clair=True).content
    assert isinstance(content, bytes)
    return Download(_pieces(tableau.portal_archive(BytesIO(content))), nom, "application/zip")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, _PIECE), b"")
