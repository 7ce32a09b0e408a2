"""Pannes: what is planned to go wrong with calls and files, and how far each plan is."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import (
    APPELS_MAX,
    DISPERSION_MAX,
    GRAINE_MAX,
    SECONDES_MAX,
    Panne,
    drawn_key,
    last_call,
)
from sge_sim.domaine.prm import prm_typed
from sge_sim.domaine.sortes import SORTES, SortePanne
from sge_sim.errors import UnknownError, UsageError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation
from sge_sim.operations.parameters import AnyActeur, day_typed, instant_typed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import pannes as views
    from sge_sim.facts import stored_clock
    from sge_sim.operations import panne_checks as checks
    from sge_sim.operations import reading
    from sge_sim.referentiel import episodes
    from sge_sim.tables import pannes as tables
else:
    checks = late("sge_sim.operations.panne_checks")
    views = late("sge_sim.api.pannes")
    stored_clock = late("sge_sim.facts.stored_clock")
    reading = late("sge_sim.operations.reading")
    episodes = late("sge_sim.referentiel.episodes")
    tables = late("sge_sim.tables.pannes")

_LIBELLES: Final = {nom: sorte.libelle for nom, sorte in SORTES.items()}
Prm = Annotated[
    str | None, Says("Numéro du point ; tous sans lui", reads=prm_typed, completes="prms")
]
Application = Annotated[str | None, Says("Identifiant de l'application ; toutes sans lui")]


def _key_typed(text: str) -> str:
    """Return a key in small letters; raises `UsageError` for what isn't one."""
    if re.fullmatch("[0-9A-Fa-f]{64}", text) is None:
        raise UsageError("Une clé AES-256 a 64 chiffres hexadécimaux.")
    return text.lower()


@operation("Les pannes prévues et leurs comptes", "GET /pannes", "pannes list", key="numero")
def list_pannes(state: State) -> "list[views.PanneView]":
    """Return the plans with their counts, in the order in which they were made."""
    with state.database.sessions() as session:
        return views.view_pannes(session, state.data_dir)


@operation(
    "Les sortes de pannes, ce que chacune prend et d'où elle est connue",
    "GET /pannes/sortes",
    "pannes sortes",
    key="sorte",
    place="GET /pannes",
)
def list_sortes(_state: State) -> "list[views.SorteView]":
    """Return the sorts, in the order of their table."""
    return [views.SorteView.of_sorte(sorte) for sorte in SORTES.values()]


@operation("Prévoir une panne", "POST /pannes", "pannes add SORTE", status=201)
def plan(
    state: State,
    *,
    sorte: Annotated[
        SortePanne,
        Says("Ce qui arrive à l'appel ou au fichier", "sgt506", libelles=_LIBELLES),
    ],
    service: Annotated[
        str | None, Says("Service, ou flux d'un fichier ; tous sans lui", completes="services")
    ] = None,
    acteur: AnyActeur = None,
    prm: Prm = None,
    du: Annotated[
        int, Says("Premier appel (ou fichier) touché, à partir de 1", ge=1, le=APPELS_MAX)
    ] = 1,
    au: Annotated[
        int | None, Says("Dernier ; sans lui, le premier ou cent appels tirés", ge=1, le=APPELS_MAX)
    ] = None,
    probabilite: Annotated[
        float | None, Says("Part des appels touchés ; tous sans elle", gt=0, le=1)
    ] = None,
    graine: Annotated[int, Says("La même touche les mêmes appels", ge=0, le=GRAINE_MAX)] = 0,
    secondes: Annotated[
        float | None, Says("Durée d'une panne qui dure, ou sa médiane", gt=0, le=SECONDES_MAX)
    ] = None,
    dispersion: Annotated[
        float, Says("Sigma log-normal d'une latence ; 0 : fixe", ge=0, le=DISPERSION_MAX)
    ] = 0.0,
    debut: Annotated[
        datetime | None, Says("Premier instant simulé touché", reads=instant_typed)
    ] = None,
    fin: Annotated[
        datetime | None,
        Says("Instant simulé où elle cesse ; sans fin sans lui", reads=instant_typed),
    ] = None,
    application: Application = None,
    consentement: Annotated[
        int | None, Says("Numéro du partage (autorisation_id)", ge=1, le=LARGEST_NUMBER)
    ] = None,
    contrat: Annotated[str | None, Says("Contrat dont le canal est touché")] = None,
    mesure: Annotated[
        Literal["quotidienne", "courbe", "pmax", "index"] | None,
        Says("Mesure de Data Connect ; toutes sans elle"),
    ] = None,
    sens: Annotated[Sens | None, Says("Sens de la mesure ; les deux sans lui")] = None,
    code: Annotated[str | None, Says("Code retour d'un code_sgt")] = None,
    statut: Annotated[
        int | None, Says("Statut HTTP, parmi ceux de la sorte", ge=100, le=599)
    ] = None,
    nombre: Annotated[
        int | None, Says("Ce que la sorte compte : pannes sortes le dit", ge=0, le=APPELS_MAX)
    ] = None,
    annonce: Annotated[
        datetime | None, Says("Fin qu'une maintenance annonce", reads=instant_typed)
    ] = None,
    cle: Annotated[
        str | None,
        Says("Clé AES-256, 64 chiffres hexadécimaux ; tirée sans elle", reads=_key_typed),
    ] = None,
) -> "views.PanneView":
    """Plan a panne; raises `UsageError` for one that means nothing, or is about nobody.

    The calls (or files) that it is about are counted from 1. One whose window is given, or that
    isn't of one call, strikes all of them unless `au` is given.
    """
    asked = {name: value for name, value in locals().items() if name != "state"}
    with state.database.transaction() as session:
        now = stored_clock.instant_within(session)
        return views.PanneView.of(_planned(session, now, **asked), 0, 0, now)


@operation(
    "Les épisodes que l'on peut jouer : ceux du catalogue et ceux du dossier episodes de l'état",
    "GET /pannes/episodes",
    "pannes episodes",
    key="nom",
    place="GET /pannes",
)
def list_episodes(state: State) -> "list[views.EpisodeView]":
    """Return the episodes, by name; raises `UsageError` for a file that isn't one."""
    files = episodes.episode_files(state.data_dir).values()
    return [views.EpisodeView.of_episode(episodes.read_episode(each)) for each in files]


@operation(
    "Prévoir toutes les pannes d'un épisode",
    "POST /pannes/episodes",
    "pannes play NOM",
    status=201,
    done="L'épisode {nom} est prévu.",
)
def play(
    state: State,
    *,
    nom: Annotated[str, Says("Nom de l'épisode : pannes episodes les dit", "ete-2026")],
    jour: Annotated[
        date | None,
        Says("Jour simulé où il commence ; aujourd'hui sans lui", "2026-07-15", reads=day_typed),
    ] = None,
    prm: Prm = None,
    application: Application = None,
) -> "list[views.PanneView]":
    """Plan the pannes of an episode, moved to a day; raises `UsageError`, and plans none then."""
    aims = {"prm": prm, "application": application}
    with state.database.transaction() as session:
        now, made = stored_clock.instant_within(session), []
        episode = episodes.read_episode(episodes.find_episode_file(state.data_dir, nom))
        for row in episode.pannes_from(jour or legal_date(now)):
            sorte = SORTES.get(str(row.get("sorte")))
            aimed = {
                name: aim
                for name, aim in aims.items()
                if aim and sorte and checks.may_aim(sorte, name)
            }
            asked = reading.read(plan, {**row, **aimed}, typed=False)
            made.append(_planned(session, now, **asked))
        return [views.PanneView.of(panne, 0, 0, now) for panne in made]


@operation("Retirer une panne prévue", "DELETE /pannes/{numero}", "pannes remove NUMERO")
def remove(
    session: "Session",
    *,
    numero: Annotated[int, Says("Numéro de la panne", example=1, ge=1, le=LARGEST_NUMBER)],
) -> None:
    """Forget a plan; raises `UnknownError` where there is none."""
    if not tables.remove_panne(session, numero):
        sentence = f"Aucune panne prévue ne porte le numéro {numero}."
        raise UnknownError(sentence, numero)


@operation(
    "Retirer toutes les pannes prévues",
    "DELETE /pannes",
    "pannes remove --tous",
    without="la page les retire une à une",
    has_page=False,
    was=("pannes remove --all",),
)
def remove_all(session: "Session") -> None:
    """Forget every plan."""
    tables.remove_pannes(session)


def _planned(session: "Session", now: datetime, **asked: Any) -> Panne:
    """Keep a plan; raises `UsageError` for one that means nothing, or is about nobody."""
    sorte = SORTES[asked["sorte"]]
    asked["service"] = checks.known_service(sorte, asked["service"])
    asked["code"] = asked["code"] and asked["code"].upper()
    checks.check_parameters(sorte, asked, now)
    checks.check_targets(session, asked, now)
    usual = {"secondes": sorte.duree, "nombre": sorte.nombre.get("defaut"), **sorte.defauts}
    if sorte.contenu == "index" and asked["prm"] is not None:
        del usual["probabilite"]
    if sorte.accord or sorte.contenu == "index":
        usual["debut"] = now
    if "cle" in sorte.admet:
        usual["cle"] = drawn_key(sorte.nom, asked["graine"])
    asked |= {name: value for name, value in usual.items() if asked[name] is None}
    lasts = asked["debut"] is not None or asked["fin"] is not None or not sorte.ponctuelle
    whole = lasts and asked["au"] is None
    asked["au"] = APPELS_MAX if whole else last_call(asked["au"], asked["du"], asked["probabilite"])
    before = tables.pannes_within(session)
    panne = tables.add_panne(session, **asked)
    if asked["code"] is None and whole:
        checks.check_contradictions(panne, before)
    return panne
