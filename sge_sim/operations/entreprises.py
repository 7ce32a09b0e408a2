"""Companies that hold contracts: their accounts, the points that they hold."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.machine.late import late
from sge_sim.operations import Says, operation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import entreprises as views
    from sge_sim.entreprises import comptes
    from sge_sim.tables import entreprises as tables
else:
    views = late("sge_sim.api.entreprises")
    comptes = late("sge_sim.entreprises.comptes")
    tables = late("sge_sim.tables.entreprises")

_act = partial(
    operation,
    without="du portail des entreprises rien n'est montré ici : un script ou une commande le joue",
    has_page=False,
)

Siren = Annotated[str, Says("SIREN du compte", "213409998")]
Autres = Annotated[
    list[str] | None, Says("Autre SIREN dont le compte répond, répétable", "200054781")
]
Services = Annotated[
    list[TypeServiceAcces] | None,
    Says("Type de mesures dont le service est ouvert, répétable ; tous par défaut", "ENERGIE"),
]


@_act(
    "Les comptes des entreprises",
    "GET /entreprises",
    "entreprises list",
    key="siren",
)
def list_entreprises(session: "Session") -> "list[views.EntrepriseView]":
    """Return the accounts."""
    return [views.EntrepriseView.of(each) for each in tables.comptes_entreprises(session)]


@_act(
    "Ouvrir le compte d'une entreprise titulaire de contrats",
    "POST /entreprises",
    "entreprises add SIREN",
    status=201,
    done="Le compte {siren} est ouvert.",
)
def add_entreprise(
    session: "Session",
    *,
    siren: Siren,
    nom: Annotated[str, Says("Nom de l'entreprise", "Commune d'essai")],
    autres_sirens: Autres = None,
    services: Services = None,
) -> "views.EntrepriseView":
    """Open an account."""
    made = comptes.create_entreprise(session, siren, nom, autres_sirens or (), services)
    return views.EntrepriseView.of(made)


@_act(
    "Modifier le compte d'une entreprise ; ce qui n'est pas donné reste",
    "POST /entreprises/{siren}",
    "entreprises set SIREN",
    done="Le compte {siren} est modifié.",
)
def set_entreprise(
    session: "Session",
    *,
    siren: Siren,
    nom: Annotated[str | None, Says("Nom de l'entreprise", "Commune d'essai")] = None,
    autres_sirens: Autres = None,
    services: Services = None,
) -> "views.EntrepriseView":
    """Change an account."""
    changed = comptes.change_entreprise(session, siren, nom, autres_sirens, services)
    return views.EntrepriseView.of(changed)


@_act(
    "Fermer le compte d'une entreprise, et ses applications",
    "DELETE /entreprises/{siren}",
    "entreprises remove SIREN",
    done="Le compte {siren} est fermé.",
)
def remove_entreprise(session: "Session", *, siren: Siren) -> None:
    """Close an account."""
    comptes.remove_entreprise(session, siren)


@_act(
    "Les points que l'entreprise tient aujourd'hui",
    "GET /entreprises/{siren}/points",
    "entreprises points SIREN",
    key="prm",
)
def list_points(session: "Session", *, siren: Siren) -> "list[views.PointTenuView]":
    """Return the perimeter of an account."""
    return [views.PointTenuView.of(each) for each in comptes.read_perimetre(session, siren)]
