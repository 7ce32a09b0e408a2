"""Points of one's own, which files brought in: taken out as files, removed."""

from typing import TYPE_CHECKING, Annotated, Literal

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.late import late
from sge_sim.operations import Download, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.referentiel import points
    from sge_sim.referentiel.apports import export, retrait
else:
    export = late("sge_sim.referentiel.apports.export")
    retrait = late("sge_sim.referentiel.apports.retrait")
    points = late("sge_sim.referentiel.points")


@operation(
    "Retirer un point à soi, et ce qui lui appartient",
    "DELETE /points/{prm}",
    "points remove PRM...",
    done="{fait}",
    place="POST /points/{prm}/retirer",
    back="/points/{prm}",
    then="/points",
)
def remove(
    state: State,
    *,
    prm: Annotated[str, Says("Numéro du point, ou plusieurs, séparés par des espaces")],
) -> str:
    """Remove points of one's own; return how many, in a sentence."""
    prms = sorted({*prm.split()})
    with state.database.sessions() as session:
        for each in prms:
            points.get_point(session, each)
    return _removed(retrait.remove_own_points(state.database, prms))


@operation(
    "Retirer tous les points importés",
    "DELETE /apports",
    "points remove --tous",
    done="{fait}",
    place="POST /points/retirer",
    back="/points",
)
def remove_all(state: State) -> str:
    """Remove every point of one's own; return how many, in a sentence."""
    return _removed(retrait.remove_own_points(state.database, None))


def _removed(count: int) -> str:
    return f"{counted(count, 'point retiré', 'points retirés')}."


Format = Annotated[Literal["csv", "jsonl"], Says("CSV avec en-tête, ou un objet JSON par ligne")]
Mesures = Annotated[bool, Says("Les mesures par jour (courbes et index), au lieu des points")]
Acteurs = Annotated[bool, Says("Les acteurs, leurs logins et contrats, au lieu des points")]


@operation(
    "Un modèle : toutes les colonnes, deux points (ou jours de mesures) qui s'importent",
    "GET /apports/modele",
    "points modele",
    place="GET /points",
)
def show_modele(
    _state: State, *, format: Format = "csv", mesures: Mesures = False, acteurs: Acteurs = False
) -> Download:
    """Return the template of a file to import."""
    from sge_sim.referentiel.apports import export

    sorte = "acteurs" if _one_of(mesures, acteurs) else "jours" if mesures else "points"
    return Download(export.template(format, sorte), media_type="text/plain; charset=utf-8")


@operation(
    "Les points importés, dans la forme où ils s'importent",
    "GET /apports",
    "points export",
    place="GET /points",
)
def export_points(
    state: State,
    *,
    format: Format = "csv",
    tous: Annotated[bool, Says("Ceux du jeu de données aussi")] = False,
    mesures: Mesures = False,
    acteurs: Acteurs = False,
) -> Download:
    """Return the points of one's own, as a file."""
    from sge_sim.referentiel.apports import export

    if _one_of(mesures, acteurs):
        pieces = export.export_acteurs(state.database, format)
    elif mesures:
        pieces = export.export_mesures(state.database, format)
    else:
        pieces = export.export_points(state.database, format, own=not tous)
    return Download(pieces, f"points.{format}", "text/plain; charset=utf-8")


def _one_of(mesures: bool, acteurs: bool) -> bool:
    """Return whether the actors are meant; raises `UsageError` where the measures are too."""
    if mesures and acteurs:
        raise UsageError("Choisir mesures ou acteurs : ce sont deux fichiers.")
    return acteurs
