"""The points: which there are, what is known of one, what is set on it and what happens to it."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias, TypeVar

from sge_sim.clock import Duree, legal_date, parse_day, parse_duration
from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, EtatContractuel, Segment, Sens, TypeAcces
from sge_sim.errors import FieldError, UsageError
from sge_sim.machine.late import late
from sge_sim.operations import AfterName, Download, Limit, Says, State, day_typed, operation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import points as views
    from sge_sim.commandes import changements, echeances
    from sge_sim.referentiel import histoire, mesures, reglages, series
    from sge_sim.referentiel import points as referentiel
    from sge_sim.tables import lists
    from sge_sim.tables import mesures as tables
else:
    views = late("sge_sim.api.points")
    changements = late("sge_sim.commandes.changements")
    echeances = late("sge_sim.commandes.echeances")
    histoire = late("sge_sim.referentiel.histoire")
    mesures = late("sge_sim.referentiel.mesures")
    referentiel = late("sge_sim.referentiel.points")
    reglages = late("sge_sim.referentiel.reglages")
    series = late("sge_sim.referentiel.series")
    lists = late("sge_sim.tables.lists")
    tables = late("sge_sim.tables.mesures")

_SERVICES: Final = 1000
_R4X: Final = (5, 10)
_APART: Final = ("state", "prm", "strict")
T = TypeVar("T")
Reprise: TypeAlias = tuple[str, date | None]


def _or_none(read: Callable[[str], T]) -> Callable[[str], T | Literal["aucun"]]:
    return lambda text: "aucun" if text == "aucun" else read(text)


def _takeover(text: str) -> Reprise:
    acteur, _, jour = text.partition("@")
    return acteur, parse_day(jour) if jour else None


Prm = Annotated[str, Says("Numéro du point", "25946599093143", completes="prms")]
Resilie = Annotated[
    date | Literal["aucun"] | None,
    Says(
        "Jour de la résiliation : tous ses services se terminent ; « aucun » annule celle qui est "
        "prévue",
        "2025-09-01",
        reads=_or_none(day_typed),
    ),
]
Titulaire = Annotated[
    date | None,
    Says("Jour de l'arrivée d'un autre client : tous ses services se terminent", reads=day_typed),
]
Fournisseur = Annotated[
    Reprise | None,
    Says(
        "ACTEUR[@JOUR] : fournisseur à qui il passe, ce jour ou aujourd'hui : les services du "
        "sortant se terminent",
        reads=_takeover,
    ),
]
Opposition = Annotated[
    bool | None, Says("Le client s'oppose à sa courbe (C5), ou lève son opposition")
]
Delai = Annotated[
    Duree | None,
    Says("Temps simulé que met l'opposition à atteindre le compteur : 2d", reads=parse_duration),
]
Plages = Annotated[
    str | None,
    Says(
        "Heures creuses à partir du jour que dit « le » : identifiant ou libellé de la liste "
        "officielle"
    ),
]
Basse = Annotated[str | None, Says("Celles d'avril à octobre, si elles sont autres")]
Le = Annotated[
    date | None, Says("Jour où elles prennent effet, aujourd'hui ou après", reads=day_typed)
]


Attributs = dict[str, Any] | None
Strict = Annotated[
    bool, Says("Refuser aussi ce qui n'est que supposé impossible (remarques)", "oui")
]


@operation(
    "Les points que des mots désignent (PRM ou son début, client, commune, raison d'être), par "
    "PRM ; sans mots, ceux qui illustrent une règle ou que le catalogue nomme",
    "GET /points",
    "points list Q...",
    key="prm",
)
def list_points(
    session: "Session",
    *,
    q: Annotated[str, Says("PRM ou son début, client, commune, raison d'être", old="mots")] = "",
    segment: Annotated[Segment | None, Says("Segment du point ; tous sans lui")] = None,
    etat: Annotated[EtatContractuel | None, Says("État contractuel ; tous sans lui")] = None,
    limit: Limit = 100,
    apres: AfterName = None,
) -> "list[views.PointView]":
    """Return the points."""
    found = lists.look_for_points(session, q, segment, etat, after=apres or "", limit=limit)
    return [views.PointView.of(each) for each in found]


@operation(
    f"Tout ce qui est connu d'un point ; des services souscrits, les {_SERVICES} derniers",
    "GET /points/{prm}",
    "points show PRM",
    place="GET /points/{prm}",
)
def show(state: State, *, prm: Prm) -> dict[str, Any]:
    """Return what is known of a point."""
    return _described(state, prm)


def _wrong(state: State, prm: str) -> dict[str, bool]:
    """Return what a point contradicts as it is stored, whatever a transaction changes of it."""
    with state.database.sessions() as session:
        return referentiel.wrong_of_point(session, prm)


def _described(state: State, prm: str) -> dict[str, Any]:
    with state.database.sessions() as session:
        known = referentiel.describe_point(session, prm)
    return known | ({"services": known["services"][-_SERVICES:]} if "services" in known else {})


@operation(
    "Régler les mesures d'un point, ou ce qui lui arrive. Une période s'écrit DEBUT..FIN, la fin "
    "étant exclue",
    "POST /points/{prm}",
    "points set PRM",
    was=("POST /points/{prm}/vie",),
    done="Le point {prm} est réglé.",
    back="/points/{prm}",
)
def set_point(
    state: State,
    *,
    prm: Prm,
    service_acces: Annotated[
        bool | None, Says("Ouvrir ou retirer les services d'accès, pour tous les acteurs")
    ] = None,
    type: Annotated[TypeAcces | Literal["tous"], Says("Ce que couvre le service")] = "tous",
    acces_periode: Annotated[
        str | None,
        Says("JOUR[..JOUR] : jours qu'il couvre ; tout ce qui peut être consulté sans elle"),
    ] = None,
    jours_absents: Annotated[
        str | None,
        Says("JOUR..JOUR : perdre les mesures de ces jours ; « aucun » les retrouve toutes"),
    ] = None,
    points_absents: Annotated[
        str | None,
        Says(
            "INSTANT..INSTANT : perdre les points de courbe de cette période (heure légale) ; "
            "« aucun » les retrouve"
        ),
    ] = None,
    collecte: Annotated[
        str | None,
        Says("JOUR[..JOUR] : collecter la courbe dans cette seule période, ou « aucun »"),
    ] = None,
    teleoperable: Annotated[
        bool | None, Says("Rendre le compteur joignable ou non : une commande attend qu'il réponde")
    ] = None,
    r4x_pas: Annotated[
        int | None,
        Says("Minutes du pas des flux R4x, 5 ou 10, depuis mars 2023 (C1-C4, P1-P3)", ge=5, le=10),
    ] = None,
    rectifie: Annotated[
        str | None,
        Says(
            "JOUR=WH : énergie d'un jour passé, en Wh, que disent ce qui est facturé et les "
            "courbes corrigées ; « aucun » annule toutes les rectifications"
        ),
    ] = None,
    resilie: Resilie = None,
    nouveau_titulaire: Titulaire = None,
    nouveau_fournisseur: Fournisseur = None,
    plages: Plages = None,
    plages_saison_basse: Basse = None,
    le: Le = None,
    opposition: Opposition = None,
    delai: Delai = None,
    strict: Strict = False,
) -> dict[str, Any]:
    """Set what a point is, then have happen to it what is asked for; return what is known of it."""
    asked = {name: value for name, value in locals().items() if name not in _APART}
    asked["type"] = None if type == "tous" else type
    if r4x_pas not in (None, *_R4X):
        raise FieldError("5 ou 10", "r4x_pas", r4x_pas)

    of_life = {each.name for each in fields(changements.Changements)}
    wanted = reglages.Reglages(**{name: asked[name] for name in asked.keys() - of_life})
    lived = {name: asked[name] for name in of_life}
    with echeances.transaction_on(state.database, prm) as (session, now, _):
        life = changements.Changements(**lived | _at(now, delai, nouveau_fournisseur))
        if wanted != reglages.Reglages() or life == changements.Changements():
            reglages.change_point(session, prm, wanted, now)
        if life != changements.Changements():
            changements.change_life(session, referentiel.get_point(session, prm), life, now)
        referentiel.check_point(session, prm, lambda: _wrong(state, prm), strict=strict)
    return _described(state, prm)


@operation(
    "Faire un point comme un autre, à des attributs près",
    "POST /points",
    "points copy COMME",
    status=201,
    done="Point fait comme {comme}.",
    place="POST /points/{comme}/copier",
    files="En `application/x-ndjson` ou `text/csv` : des points à soi (`?essai=true` vérifie "
    "seulement, `?sauf_erreurs=true` importe le reste, `?strict=true` refuse les remarques).",
    back="/points/{comme}",
    then="/points/{fait[prm]}",
)
def copy(
    state: State,
    *,
    comme: Annotated[str, Says("PRM du point à copier", "25946599093143", completes="prms")],
    prm: Annotated[str | None, Says("PRM du nouveau point ; tiré sans lui")] = None,
    point: Annotated[
        Attributs, Says("Attribut changé, comme dans points.yaml, répétable : periodicite=SEMEST")
    ] = None,
    compteur: Annotated[
        Attributs, Says("Attribut changé du compteur, répétable : localisation=CAVE")
    ] = None,
    strict: Strict = False,
) -> dict[str, Any]:
    """Make a point like another one; return what is known of it."""
    with echeances.transaction_on(state.database, comme) as (session, _, _):
        made = referentiel.copy_point(session, comme, prm, point, compteur, strict=strict)
    with state.database.sessions() as session:
        return referentiel.describe_point(session, made)


@operation(
    "Courbe, énergies, index ou puissances maximales d'un point",
    "GET /points/{prm}/mesures",
    "points mesures PRM",
    place="GET /points/{prm}",
    serving="always",
)
def read_mesures(
    state: State,
    *,
    prm: Prm,
    type: Annotated[
        Literal["courbe", "energie", "index", "pmax"], Says("Ce qui est donné")
    ] = "energie",
    debut: Annotated[date, Says("Premier jour", "2025-07-01", reads=day_typed)],
    fin: Annotated[date, Says("Premier jour non donné", "2025-07-03", reads=day_typed)],
    sens: Annotated[Sens | None, Says("Celui du contrat du point sans lui")] = None,
    format: Annotated[Literal["json", "csv"], Says("Colonnes en JSON, ou un fichier")] = "json",
) -> dict[str, Any] | Download:
    """Return what was measured on a point; raises `UsageError` where nothing was."""
    pertes = state.simulator.settings.perd_des_mesures
    with state.database.sessions() as session:
        point = referentiel.get_point(session, prm)
        sens = sens or SENS_OF_SEGMENT[point.segment]
        measured = mesures.point_mesure(
            point, tables.read_mesures_facts(session, prm), sens, pertes=pertes
        )
    if measured is None:
        raise UsageError(f"Rien n'a jamais été mesuré sur le point {prm}.")
    # A day is measured once it is over.
    known = min(fin, state.now().date())
    if debut >= known:
        raise UsageError(
            f"Du {debut:%d/%m/%Y} au {fin:%d/%m/%Y} (exclu), rien n'est encore mesuré à l'heure "
            "simulée, ou la période est vide."
        )
    read = series.read_columns(measured, type, debut, known)
    if format == "csv":
        name = f"{prm}-{type}-{debut}-{fin}.csv"
        return Download(read.as_csv(), name, "text/csv; charset=utf-8")
    return {
        **{"prm": prm, "type": type, "sens": sens, "unite": read.unite},
        **{"debut": debut, "fin": fin, "colonnes": read.columns()},
        "temperatures": series.temperatures_of(measured, debut, known),
        "heures_creuses": series.creuses_of(measured, debut, known) if type == "courbe" else [],
    }


@operation(
    "Ce qui s'est passé derrière le compteur d'un point jusqu'à l'heure simulée, et que rien "
    "d'autre ne dit : occupants, voiture, chauffage, isolation, activité",
    "GET /points/{prm}/histoire",
    "points histoire PRM",
    place="GET /points/{prm}",
)
def read_histoire(state: State, *, prm: Prm) -> list[dict[str, Any]]:
    """Return what happened to a point."""
    with state.database.sessions() as session:
        return histoire.read_histoire(session, prm, legal_date(state.now()))


def _at(now: datetime, delai: Duree | None, reprise: Reprise | None) -> dict[str, Any]:
    """Return what counts from the instant at which it is asked for."""
    jour = None if reprise is None else reprise[1] or legal_date(now)
    return {
        "delai": timedelta() if delai is None else delai.after(now) - now,
        "nouveau_fournisseur": reprise and (reprise[0], jour),
    }
