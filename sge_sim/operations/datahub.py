"""Datahub: accounts, contracts and their contacts, applications; who gives rights in SGE; tickets.

There is no login: whoever asks says by whom (`par`), and his rights are checked. What Enedis does
itself (open an account or a contract, name the legal representative, activate) has no `par`.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import (
    AlgorithmeFlux,
    ModeApplication,
    RoleDatahub,
    ServiceDatahub,
    TypeCanal,
)
from sge_sim.errors import UsageError
from sge_sim.machine.late import late
from sge_sim.operations import Says, State, operation
from sge_sim.operations.parameters import ClientId

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import datahub as views
    from sge_sim.datahub import contrats, portail, spice
    from sge_sim.facts import stored_clock
    from sge_sim.tables import datahub as tables
else:
    views = late("sge_sim.api.datahub")
    contrats = late("sge_sim.datahub.contrats")
    portail = late("sge_sim.datahub.portail")
    spice = late("sge_sim.datahub.spice")
    stored_clock = late("sge_sim.facts.stored_clock")
    tables = late("sge_sim.tables.datahub")

_act = partial(
    operation,
    without="du vrai portail rien n'est publié que ses règles : un script les joue par REST",
    has_page=False,
)


def _bytes(base64: str) -> bytes:
    try:
        return b64decode(base64, validate=True)
    except (Base64Error, ValueError):
        raise UsageError("le logo s'envoie en base64") from None


Par = Annotated[str, Says("Adresse de qui demande", "anne@tiers.example.fr")]
Email = Annotated[str, Says("Adresse électronique de la personne", "zoe@tiers.example.fr")]
Numero = Annotated[str, Says("Numéro du contrat", "1100256")]
Nom = Annotated[str, Says("Nom", "Zoé Martin")]
Profil = Annotated[str | None, Says("Donnée du profil ; vide, elle est retirée", clears=True)]
Donnee = Annotated[str | None, Says("Donnée du contrat ; elle reste sans lui")]
NomApplication = Annotated[str, Says("Nom de l'application", "Ma conso")]
Retour = Annotated[str, Says("Adresse de retour", "https://a.example.fr/retour")]
Apis = Annotated[list[str] | None, Says("API demandées")]
Logo = Annotated[bytes | None, Says("Image PNG, en base64", reads=_bytes)]
Service = Annotated[ServiceDatahub, Says("Service du contrat ou de l'application")]
Login = Annotated[str, Says("Login dans SGE", "un@tiers.example.fr")]
Habilitateur = Annotated[str, Says("Login de l'habilitateur qui demande", "chef@tiers.example.fr")]


def _now(session: "Session") -> datetime:
    return stored_clock.instant_within(session)


def _contrat(
    state: State, change: "Callable[[Session], tables.ContratDatahub]"
) -> "views.ContratDatahubView":
    """Change a contract; return it."""
    with state.database.transaction() as session:
        return views.ContratDatahubView.of(session, change(session), state.data_dir)


@_act("Les comptes et leurs rôles", "GET /datahub/comptes", key="email")
def list_comptes(session: "Session") -> "list[views.CompteView]":
    """Return the accounts."""
    return [views.CompteView.of(each) for each in tables.comptes_datahub(session)]


@_act("Ouvrir un compte d'une entité", "POST /datahub/comptes", status=201)
def add_compte(
    session: "Session",
    *,
    email: Email,
    nom: Nom,
    acteur: Annotated[str, Says("Code de l'acteur : son entité", "TIERS1")],
) -> "views.CompteView":
    """Open an account, as Enedis does."""
    return views.CompteView.of(portail.create_compte(session, email, nom, acteur))


@_act("Mettre à jour son profil", "POST /datahub/comptes/{email}")
def set_profil(
    session: "Session",
    *,
    par: Par,
    email: Email,
    nom: Annotated[str | None, Says("Nom ; il reste sans lui")] = None,
    adresse: Profil = None,
    code_postal: Profil = None,
    fonction: Profil = None,
    telephone: Profil = None,
) -> "views.CompteView":
    """Update a profile: what isn't given stays, what is empty is taken away."""
    changed = portail.update_compte(
        session,
        par,
        email,
        nom,
        adresse=adresse,
        code_postal=code_postal,
        fonction=fonction,
        telephone=telephone,
    )
    return views.CompteView.of(changed)


@_act("Tous les contrats, comme Enedis les voit", "GET /datahub/contrats", key="numero")
def list_contrats(state: State) -> "list[views.ContratDatahubView]":
    """Return the contracts."""
    with state.database.sessions() as session:
        return [
            views.ContratDatahubView.of(session, each, state.data_dir)
            for each in tables.contrats_datahub(session)
        ]


@_act("Ouvrir un contrat", "POST /datahub/contrats", status=201)
def add_contrat(
    state: State,
    *,
    numero: Numero,
    contractuel: Annotated[
        str, Says("Adresse du premier interlocuteur contractuel", "anne@tiers.example.fr")
    ],
    service: Service = "fds",
) -> "views.ContratDatahubView":
    """Open a contract, as Enedis does."""
    return _contrat(
        state,
        lambda session: contrats.draft_contrat(
            session, numero, contractuel, legal_date(_now(session)), service
        ),
    )


@_act("Consulter un contrat", "GET /datahub/contrats/{numero}")
def show_contrat(state: State, *, numero: Numero, par: Par) -> "views.ContratDatahubView":
    """Return a contract to who may look at it."""
    return _contrat(state, lambda session: contrats.consult_contrat(session, par, numero))


@_act("Mettre à jour les données d'un contrat", "POST /datahub/contrats/{numero}")
def set_contrat(
    state: State, *, par: Par, numero: Numero, raison_sociale: Donnee = None, siret: Donnee = None
) -> "views.ContratDatahubView":
    """Update the data of a contract."""
    return _contrat(
        state,
        lambda session: contrats.update_contrat(
            session, par, numero, raison_sociale=raison_sociale, siret=siret
        ),
    )


@_act("Remplir l'annexe SI", "POST /datahub/contrats/{numero}/annexe-si")
def set_annexe(
    state: State,
    *,
    par: Par,
    numero: Numero,
    type_canal: Annotated[TypeCanal, Says("Canal où les fichiers sont livrés", "dossier")],
    url: Annotated[str | None, Says("Adresse du canal")] = None,
    algorithme: Annotated[AlgorithmeFlux, Says("Chiffrement des fichiers")] = "aucun",
    cle: Annotated[str | None, Says("Clé, en hexadécimal")] = None,
    iv: Annotated[str | None, Says("Vecteur d'initialisation, en hexadécimal")] = None,
) -> "views.ContratDatahubView":
    """Fill the SI annex: the channel of delivery, and how files are encrypted."""
    annexe = tables.AnnexeSi(type_canal, url, algorithme, cle, iv)
    return _contrat(state, lambda session: contrats.fill_annexe(session, par, numero, annexe))


@_act("Désigner le représentant légal", "POST /datahub/contrats/{numero}/representant")
def set_representant(state: State, *, numero: Numero, email: Email) -> "views.ContratDatahubView":
    """Name the legal representative, as Enedis does."""
    return _contrat(state, lambda session: contrats.name_representant(session, numero, email))


Role = Annotated[RoleDatahub, Says("Rôle de l'interlocuteur", "technique")]


@_act("Ajouter un interlocuteur", "POST /datahub/contrats/{numero}/interlocuteurs")
def add_role(
    state: State, *, par: Par, numero: Numero, email: Email, role: Role
) -> "views.ContratDatahubView":
    """Give somebody a role on a contract."""
    return _contrat(
        state, lambda session: contrats.add_interlocuteur(session, par, numero, email, role)
    )


@_act("Retirer un interlocuteur", "DELETE /datahub/contrats/{numero}/interlocuteurs/{email}/{role}")
def remove_role(session: "Session", *, par: Par, numero: Numero, email: Email, role: Role) -> None:
    """Take a role on a contract from somebody."""
    contrats.remove_interlocuteur(session, par, numero, email, role)


@_act(
    "Envoyer un contrat en signature",
    "POST /datahub/contrats/{numero}/send",
    was=("POST /datahub/contrats/{numero}/envoyer",),
)
def send(state: State, *, par: Par, numero: Numero) -> "views.ContratDatahubView":
    """Send a contract to its legal representative."""
    return _contrat(
        state, lambda session: contrats.send_for_signature(session, par, numero, _now(session))
    )


@_act(
    "Signer, en représentant légal",
    "POST /datahub/contrats/{numero}/sign",
    was=("POST /datahub/contrats/{numero}/signer",),
)
def sign(state: State, *, par: Par, numero: Numero) -> "views.ContratDatahubView":
    """Sign a contract."""
    return _contrat(
        state, lambda session: contrats.sign_contrat(session, par, numero, _now(session))
    )


@_act(
    "Rendre actif, comme Enedis",
    "POST /datahub/contrats/{numero}/activate",
    was=("POST /datahub/contrats/{numero}/activer",),
)
def activate(state: State, *, numero: Numero) -> "views.ContratDatahubView":
    """Make a signed contract active: SGE knows it."""
    return _contrat(
        state, lambda session: contrats.activate_contrat(session, numero, _now(session))
    )


@_act(
    "Résilier un contrat",
    "POST /datahub/contrats/{numero}/terminate",
    was=("POST /datahub/contrats/{numero}/resilier",),
)
def terminate(state: State, *, par: Par, numero: Numero) -> "views.ContratDatahubView":
    """Terminate a contract today."""
    return _contrat(
        state, lambda session: contrats.terminate_contrat(session, par, numero, _now(session))
    )


@_act("Créer une application", "POST /datahub/applications", status=201)
def add_application(
    session: "Session",
    *,
    par: Par,
    nom: NomApplication,
    redirect_uri: Retour,
    mode: Annotated[ModeApplication, Says("Bac à sable ou production", "bac_a_sable")],
    apis: Apis = None,
    logo: Logo = None,
    service: Service = "fds",
) -> "views.ApplicationDatahubView":
    """Make an application of Data Connect, as the form of the portal does."""
    made = portail.request_application(
        session,
        par,
        nom=nom,
        redirect_uri=redirect_uri,
        mode=mode,
        apis=apis,
        logo=logo,
        service=service,
    )
    return views.ApplicationDatahubView.of_datahub(made)


@_act("Modifier une application", "POST /datahub/applications/{client_id}")
def set_application(
    session: "Session",
    *,
    par: Par,
    client_id: ClientId,
    nom: Annotated[str | None, Says("Nom de l'application ; il reste sans lui")] = None,
    redirect_uri: Annotated[str | None, Says("Adresse de retour ; elle reste sans elle")] = None,
    apis: Apis = None,
    logo: Logo = None,
) -> "views.ApplicationDatahubView":
    """Change an application."""
    changed = portail.update_application(
        session, par, client_id, nom=nom, redirect_uri=redirect_uri, apis=apis, logo=logo
    )
    return views.ApplicationDatahubView.of_datahub(changed)


@_act("Supprimer une application", "DELETE /datahub/applications/{client_id}")
def remove_application(session: "Session", *, par: Par, client_id: ClientId) -> None:
    """Delete an application, and its consents."""
    portail.remove_application(session, par, client_id)


@_act(
    "Désigner un habilitateur ; le principal quand c'est Enedis", "POST /habilitateurs", status=201
)
def add_habilitateur(
    session: "Session",
    *,
    login: Login,
    par: Annotated[str | None, Says("Login de l'habilitateur qui demande ; sans lui, Enedis")] = (
        None
    ),
) -> "views.HabilitateurView":
    """Name who gives rights in SGE."""
    if par is None:
        named = spice.name_main_habilitateur(session, login)
    else:
        named = spice.name_habilitateur(session, par, login)
    return views.HabilitateurView(login=named.login, principal=named.principal)


@_act("Donner des droits dans SGE", "POST /habilitateurs/droits")
def set_droits(
    session: "Session",
    *,
    par: Habilitateur,
    login: Login,
    services: Annotated[list[str] | None, Says("Services permis ; tous sans elle")] = None,
) -> "views.DroitsView":
    """Say what a user may call."""
    user = spice.give_rights(session, par, login, services)
    return views.DroitsView(login=user.login, services=user.services, actif=user.actif)


@_act("Retirer des droits dans SGE", "DELETE /habilitateurs/droits/{login}")
def remove_droits(session: "Session", *, par: Habilitateur, login: Login) -> None:
    """Shut a user out of SGE."""
    spice.remove_rights(session, par, login)
