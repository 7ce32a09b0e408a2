"""Companies that hold contracts: their accounts, the points that they hold."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.machine.late import late
from sge_sim.operations import Says, operation
from sge_sim.operations.parameters import ClientId

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import entreprises as views
    from sge_sim.entreprises import comptes
    from sge_sim.facts import stored_clock
    from sge_sim.tables import entreprises as tables
    from sge_sim.tables import m023
else:
    views = late("sge_sim.api.entreprises")
    comptes = late("sge_sim.entreprises.comptes")
    stored_clock = late("sge_sim.facts.stored_clock")
tables = late("sge_sim.tables.entreprises")
m023 = late("sge_sim.tables.m023")

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
    "Ouvrir le compte d'une entreprise, ou le changer : ce qui n'est pas donné est d'ordinaire",
    "PUT /entreprises/{siren}",
    "entreprises add SIREN",
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
    """Open an account, or change it."""
    made = comptes.declare_entreprise(session, siren, nom, autres_sirens or (), services)
    return views.EntrepriseView.of(made)


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


@_act(
    "Autoriser, au nom d'une entreprise, une application à lire ses points",
    "POST /entreprises/{siren}/autorisations",
    "entreprises autorise SIREN CLIENT_ID",
    status=201,
    done="L'application {client_id} est autorisée.",
)
def autorise(
    session: "Session",
    *,
    siren: Siren,
    client_id: ClientId,
    prm: Annotated[
        list[str] | None, Says("Point, répétable ; tous sans lui", "25946599093143")
    ] = None,
) -> None:
    """Let an application read points of an account, as their holder would."""
    now = stored_clock.instant_within(session)
    comptes.autorise(session, siren, client_id, prm, now)


@_act(
    "Oublier les demandes de fichiers d'une entreprise qui n'ont pas eu le leur",
    "DELETE /entreprises/{siren}/dossiers",
    "entreprises oublie SIREN",
    done="Les demandes de {siren} sans fichier sont closes.",
)
def oublie(session: "Session", *, siren: Siren) -> None:
    """Close the demands that wait for a file: the same may be made again."""
    account = comptes.get_entreprise(session, siren)
    m023.end_awaited_m023(session, account.siren, stored_clock.instant_within(session))
