"""Actors: who may call, in the name of whom, and for what."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import machine_now, parse_day
from sge_sim.domaine.nomenclatures import Environment, KindActeur
from sge_sim.machine.late import late
from sge_sim.operations import Says, operation
from sge_sim.operations.parameters import CodeActeur

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import acteurs as views
    from sge_sim.referentiel import acteurs as referentiel
    from sge_sim.tables import acteurs as tables
else:
    views = late("sge_sim.api.acteurs")
    referentiel = late("sge_sim.referentiel.acteurs")
    tables = late("sge_sim.tables.acteurs")

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
def list_acteurs(session: "Session") -> "list[views.ActeurView]":
    """Return every actor."""
    return views.view_acteurs(session, machine_now())


@operation("Un acteur et ce qui lui appartient", "GET /acteurs/{code}", "acteurs show CODE")
def show(session: "Session", *, code: CodeActeur) -> "views.ActeurView":
    """Return an actor."""
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
    session: "Session",
    *,
    code: Annotated[str, Says("Lettres et chiffres, 20 au plus", "EXEMPLE")],
    nom: Annotated[str, Says("Raison sociale", "Exemple")],
    kind: Annotated[KindActeur, Says("Sorte, qui décide du type de ses contrats")] = "tiers",
) -> "views.ActeurView":
    """Create an actor without login, contract nor homologation."""
    referentiel.create_acteur(session, code, nom, kind)
    return _view(session, code)


@operation(
    "Ajouter un utilisateur, ou changer les services permis",
    "POST /acteurs/{code}/logins",
    "acteurs login CODE LOGIN",
    done="{login} appelle pour {code}.",
    back="/acteurs#{code}",
)
def put_login(
    session: "Session",
    *,
    code: CodeActeur,
    login: Annotated[str, Says("Adresse électronique", "un@tiers.example.fr")],
    services: Annotated[
        list[str] | None, Says("Service permis, répétable ; tous sans lui", old="service")
    ] = None,
    mot_de_passe: Annotated[
        str | None, Says("Celui de HTTP Basic, gardé haché ; il reste sans lui", secret=True)
    ] = None,
) -> "views.ActeurView":
    """Add a user to an actor, or change what it may call."""
    referentiel.add_login(session, code, login, services)
    if mot_de_passe is not None:
        referentiel.set_password(session, login, mot_de_passe)
    return _view(session, code)


@operation(
    "Ajouter un contrat, ou changer ses dates",
    "POST /acteurs/{code}/contrats",
    "acteurs contrat CODE CONTRAT_ID",
    done="Le contrat {contrat_id} de {code} est enregistré.",
    back="/acteurs#{code}",
)
def put_contrat(
    session: "Session",
    *,
    code: CodeActeur,
    contrat_id: Annotated[str, Says("Numéro du contrat", "1100257")],
    date_debut: Annotated[date, Says("Premier jour", "2024-01-01", reads=parse_day, old="debut")],
    date_fin: Annotated[
        date | None, Says("Dernier jour ; sans fin sans lui", reads=parse_day, old="fin")
    ] = None,
) -> "views.ActeurView":
    """Add a contract to an actor, or change its dates."""
    referentiel.add_contrat(session, code, contrat_id, date_debut, date_fin)
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
    session: "Session",
    *,
    code: CodeActeur,
    package: Package,
    environnement: Platform = "production",
) -> "views.ActeurView":
    """Record that an actor is homologated for a package."""
    referentiel.habiliter(session, code, package, environnement)
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
    session: "Session",
    *,
    code: CodeActeur,
    package: Package,
    environnement: Platform = "production",
) -> None:
    """Record that an actor is no longer homologated for a package."""
    referentiel.habiliter(session, code, package, environnement, retirer=True)


def _view(session: "Session", code: str) -> "views.ActeurView":
    session.expire_all()
    acteur = tables.get_acteur(session, code)
    return next(
        view for view in views.view_acteurs(session, machine_now()) if view.code == acteur.code
    )
