"""Actors: who may call, in the name of whom, and for what."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import machine_now, parse_day
from sge_sim.domaine.nomenclatures import Environment, KindActeur
from sge_sim.operations import Says, State, operation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api.acteurs import ActeurView

Code = Annotated[str, Says("Code de l'acteur", "TIERS1", completes="acteurs")]
Package = Annotated[str, Says("Package de services", "consultation")]
Platform = Annotated[
    Environment, Says("Plateforme pour laquelle il est habilité", "production", old="environment")
]


@operation(
    "Les acteurs, leurs logins, contrats et certificats",
    "GET /acteurs",
    "acteurs list",
    key="code",
    per_page=15,
)
def list_acteurs(state: State) -> "list[ActeurView]":
    """Return every actor."""
    from sge_sim.api.acteurs import view_acteurs

    with state.database.sessions() as session:
        return view_acteurs(session, machine_now())


@operation("Un acteur et ce qui lui appartient", "GET /acteurs/{code}", "acteurs show CODE")
def show(state: State, *, code: Code) -> "ActeurView":
    """Return an actor."""
    with state.database.sessions() as session:
        return _view(session, code)


@operation(
    "Créer un acteur",
    "POST /acteurs",
    "acteurs add CODE",
    was=("acteurs create CODE",),
    done="L'acteur {code} est créé : lui donner un login, un contrat, un certificat.",
    status=201,
)
def create(
    state: State,
    *,
    code: Annotated[str, Says("Lettres et chiffres, 20 au plus", "EXEMPLE")],
    nom: Annotated[str, Says("Raison sociale", "Exemple")],
    kind: Annotated[KindActeur, Says("Sorte, qui décide du type de ses contrats")] = "tiers",
) -> "ActeurView":
    """Create an actor without login, contract nor homologation."""
    from sge_sim.referentiel.acteurs import create_acteur

    with state.database.transaction() as session:
        create_acteur(session, code, nom, kind)
        return _view(session, code)


@operation(
    "Ajouter un utilisateur, ou changer les services permis",
    "POST /acteurs/{code}/logins",
    "acteurs login CODE LOGIN",
    done="{login} appelle pour {code}.",
    back="/acteurs#{code}",
)
def put_login(
    state: State,
    *,
    code: Code,
    login: Annotated[str, Says("Adresse électronique", "un@tiers.example.fr")],
    services: Annotated[
        list[str] | None, Says("Service permis, répétable ; tous sans lui", old="service")
    ] = None,
    mot_de_passe: Annotated[
        str | None, Says("Celui de HTTP Basic, gardé haché ; il reste sans lui", secret=True)
    ] = None,
) -> "ActeurView":
    """Add a user to an actor, or change what it may call."""
    from sge_sim.referentiel.acteurs import add_login, set_password

    with state.database.transaction() as session:
        add_login(session, code, login, services)
        if mot_de_passe is not None:
            set_password(session, login, mot_de_passe)
        return _view(session, code)


@operation(
    "Ajouter un contrat, ou changer ses dates",
    "POST /acteurs/{code}/contrats",
    "acteurs contrat CODE CONTRAT_ID",
    done="Le contrat {contrat_id} de {code} est enregistré.",
    back="/acteurs#{code}",
)
def put_contrat(
    state: State,
    *,
    code: Code,
    contrat_id: Annotated[str, Says("Numéro du contrat", "1100257")],
    date_debut: Annotated[date, Says("Premier jour", "2024-01-01", reads=parse_day, old="debut")],
    date_fin: Annotated[
        date | None, Says("Dernier jour ; sans fin sans lui", reads=parse_day, old="fin")
    ] = None,
) -> "ActeurView":
    """Add a contract to an actor, or change its dates."""
    from sge_sim.referentiel.acteurs import add_contrat

    with state.database.transaction() as session:
        add_contrat(session, code, contrat_id, date_debut, date_fin)
        return _view(session, code)


@operation(
    "Habiliter un acteur pour un package de services",
    "POST /acteurs/{code}/habilitations",
    "acteurs grant CODE PACKAGE",
    was=("acteurs habiliter CODE PACKAGE",),
    done="{code} est habilité pour {package} en {environnement}.",
    back="/acteurs#{code}",
)
def habiliter(
    state: State, *, code: Code, package: Package, environnement: Platform = "production"
) -> "ActeurView":
    """Record that an actor is homologated for a package."""
    from sge_sim.referentiel.acteurs import habiliter as change

    with state.database.transaction() as session:
        change(session, code, package, environnement)
        return _view(session, code)


@operation(
    "Retirer l'habilitation d'un acteur pour un package",
    "DELETE /acteurs/{code}/habilitations/{environnement}/{package}",
    "acteurs revoke CODE PACKAGE",
    was=("acteurs habiliter --retirer CODE PACKAGE",),
    done="{code} n'est plus habilité pour {package} en {environnement}.",
    back="/acteurs#{code}",
)
def remove_habilitation(
    state: State, *, code: Code, package: Package, environnement: Platform = "production"
) -> None:
    """Record that an actor is no longer homologated for a package."""
    from sge_sim.referentiel.acteurs import habiliter as change

    with state.database.transaction() as session:
        change(session, code, package, environnement, retirer=True)


def _view(session: "Session", code: str) -> "ActeurView":
    from sge_sim.api.acteurs import view_acteurs
    from sge_sim.tables.acteurs import get_acteur

    session.expire_all()
    acteur = get_acteur(session, code)
    return next(view for view in view_acteurs(session, machine_now()) if view.code == acteur.code)
