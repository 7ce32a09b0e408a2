"""Pannes: what is planned to go wrong with calls and files, and how far each plan is."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import (
    APPELS_MAX,
    DISPERSION_MAX,
    GRAINE_MAX,
    SECONDES_MAX,
    Panne,
    last_call,
)
from sge_sim.domaine.prm import prm_typed
from sge_sim.domaine.sortes import LIBELLES_PANNES, SORTES, SorteDePanne, SortePanne
from sge_sim.errors import FieldError, UnknownError, require_found
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation
from sge_sim.operations.parameters import AnyActeur, day_typed, instant_typed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import pannes as views
    from sge_sim.api import typed_filters
    from sge_sim.dataconnect import applications, mocks_2026, sandbox
    from sge_sim.facts import stored_clock
    from sge_sim.flux import incidents, registry
    from sge_sim.operations import reading
    from sge_sim.referentiel import episodes
    from sge_sim.services import registry as services
    from sge_sim.soap import codes
    from sge_sim.tables import acteurs, dataconnect, points
    from sge_sim.tables import pannes as tables
else:
    views = late("sge_sim.api.pannes")
    typed_filters = late("sge_sim.api.typed_filters")
    applications = late("sge_sim.dataconnect.applications")
    mocks_2026 = late("sge_sim.dataconnect.mocks_2026")
    sandbox = late("sge_sim.dataconnect.sandbox")
    stored_clock = late("sge_sim.facts.stored_clock")
    incidents = late("sge_sim.flux.incidents")
    registry = late("sge_sim.flux.registry")
    reading = late("sge_sim.operations.reading")
    episodes = late("sge_sim.referentiel.episodes")
    services = late("sge_sim.services.registry")
    codes = late("sge_sim.soap.codes")
    acteurs = late("sge_sim.tables.acteurs")
    dataconnect = late("sge_sim.tables.dataconnect")
    points = late("sge_sim.tables.points")
    tables = late("sge_sim.tables.pannes")

_ALWAYS: Final = ("SGT500", "SGT506")
"""The codes that any service may answer."""
_OWN: Final = ("code", "statut", "nombre", "annonce", "mesure", "sens", "cle")
"""The parameters that some sorts alone take."""

Prm = Annotated[
    str | None, Says("Numéro du point ; tous sans lui", reads=prm_typed, completes="prms")
]
Application = Annotated[str | None, Says("Identifiant de l'application ; toutes sans lui")]


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
        Says("Ce qui arrive à l'appel ou au fichier", "sgt506", libelles=LIBELLES_PANNES),
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
        str | None, Says("Clé AES-256, 64 chiffres hexadécimaux ; tirée sans elle", longest=64)
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
    return [views.EpisodeView.of_episode(each) for each in episodes.read_episodes(state.data_dir)]


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
    episode = episodes.read_episode(state.data_dir, nom)
    narrowed = {"prm": prm, "application": application}
    with state.database.transaction() as session:
        now = stored_clock.instant_within(session)
        made = []
        for row in episode.pannes_from(jour or episodes.legal_date(now)):
            sorte = SORTES[str(row["sorte"])] if row.get("sorte") in SORTES else None
            aimed = {
                name: value
                for name, value in narrowed.items()
                if value is not None and sorte is not None and _may_aim(sorte, name)
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
    asked["service"] = _known_service(sorte, asked["service"])
    _check_parameters(sorte, asked)
    _check_window(sorte, asked, now)
    _check_targets(session, asked, now)
    code = asked["code"] = asked["code"] and _known_code(asked["code"].upper(), asked["service"])
    if "cle" in sorte.admet:
        asked["cle"] = _known_key(sorte, asked)
    if (sorte.accord or sorte.contenu == "index") and asked["debut"] is None:
        asked["debut"] = now
    for name, usual in sorte.defauts.items():
        if name != "probabilite" or asked["prm"] is None or sorte.contenu != "index":
            asked[name] = asked[name] or usual
    if sorte.nombre and asked["nombre"] is None:
        asked["nombre"] = sorte.nombre["defaut"]
    if asked["secondes"] is None:
        asked["secondes"] = sorte.duree
    lasts = asked["debut"] is not None or asked["fin"] is not None or not sorte.ponctuelle
    whole = lasts and asked["au"] is None
    asked["au"] = APPELS_MAX if whole else last_call(asked["au"], asked["du"], asked["probabilite"])
    before = tables.pannes_within(session)
    panne = tables.add_panne(session, **asked)
    if code is None and whole:
        _check_contradictions(panne, before)
    return panne


def _known_service(sorte: SorteDePanne, service: str | None) -> str | None:
    if service is None:
        return None
    if not {"soap", "rest", "mesures", "fichier"}.intersection(sorte.ou):
        sentence = f"« {sorte.nom} » n'a pas de service : l'omettre."
        raise FieldError(sentence, "service", service)
    known = sorte.services or (registry.CODES if sorte.of_files else typed_filters.service_names())
    service = typed_filters.known_spelling(service, known)
    if service not in known:
        sentence = f"« {service} » est inconnu : choisir parmi {', '.join(known)}."
        raise FieldError(sentence, "service", service)
    in_rest = service in dataconnect.APIS
    if in_rest and sorte.of_soap_alone:
        sentence = f"« {sorte.nom} » n'arrive qu'en SOAP : {service} est une API REST."
        raise FieldError(sentence, "service", service)
    if not (in_rest or sorte.of_files or "soap" in sorte.ou):
        sentence = f"« {sorte.nom} » n'arrive que dans Data Connect : {service} est en SOAP."
        raise FieldError(sentence, "service", service)
    touched = [api for api in dataconnect.APIS if _may_touch(sorte, api)]
    if in_rest and service not in touched:
        sentence = f"« {sorte.nom} » ne touche pas {service} : choisir parmi {', '.join(touched)}."
        raise FieldError(sentence, "service", service)
    return service


def _may_touch(sorte: SorteDePanne, api: str) -> bool:
    """Tell whether a sort strikes calls of an API."""
    measures = api.startswith(("mesure_", "metering_"))
    of_measures = bool(sorte.sur == "mesures" or sorte.jours or sorte.defauts)
    if sorte.sur == "contrats" and (measures or api == "subscribed_services"):
        return False
    if of_measures and not measures:
        return False
    return sorte.generation in ("", dataconnect.APIS[api])


def _may_aim(sorte: SorteDePanne, name: str) -> bool:
    """Tell whether a sort takes a target."""
    if name == "contrat":
        return sorte.of_files
    if name == "prm":
        return not {"jeton"}.issuperset(sorte.ou)
    return sorte.in_rest


def _check_parameters(sorte: SorteDePanne, asked: dict[str, Any]) -> None:
    """Raise `FieldError` for what the sort doesn't take, or lacks."""
    admitted = {*sorte.admet, *(("nombre",) if sorte.nombre else ())}
    for name in _OWN:
        if asked[name] is not None and name not in admitted:
            sentence = f"« {sorte.nom} » n'a pas de {name} : l'omettre."
            raise FieldError(sentence, name, asked[name])
    for name in ("prm", "application", "consentement", "contrat"):
        if asked[name] is not None and not _may_aim(sorte, name):
            sentence = f"« {sorte.nom} » ne vise pas de {name} : l'omettre."
            raise FieldError(sentence, name, asked[name])
    for name in sorte.veut:
        if asked[name] is None:
            raise FieldError(f"« {sorte.nom} » veut un {name} : le donner.", name, None)
    if asked["statut"] not in (None, *sorte.statuts):
        known = ", ".join(map(str, sorte.statuts))
        sentence = f"« {sorte.nom} » n'a pas ce statut : choisir parmi {known}."
        raise FieldError(sentence, "statut", asked["statut"])
    if asked["mesure"] == "index" and sorte.jours:
        sentence = f"« {sorte.nom} » ne touche pas les index : choisir une autre mesure."
        raise FieldError(sentence, "mesure", "index")
    nombre = asked["nombre"]
    if nombre is not None and not sorte.nombre["min"] <= nombre <= sorte.nombre["max"]:
        sentence = (
            f"{sorte.nombre['unite'].capitalize()} : de {sorte.nombre['min']} à "
            f"{sorte.nombre['max']}."
        )
        raise FieldError(sentence, "nombre", nombre)


def _check_window(sorte: SorteDePanne, asked: dict[str, Any], now: datetime) -> None:
    debut, fin = asked["debut"], asked["fin"]
    if debut is not None and fin is not None and fin <= debut:
        raise FieldError("La fenêtre finit avant de commencer : donner une fin après.", "fin", fin)
    of_what_was = sorte.jours or sorte.sans_retour
    if fin is not None and fin <= now and not of_what_was:
        sentence = "La fenêtre est passée, à l'heure du simulateur : donner une fin à venir."
        raise FieldError(sentence, "fin", fin)


def _check_targets(session: "Session", asked: dict[str, Any], now: datetime) -> None:
    """Raise `UsageError` for a target that doesn't exist."""
    if asked["acteur"] is not None:
        acteurs.get_acteur(session, asked["acteur"])
    if asked["application"] is not None:
        applications.get_application(session, asked["application"])
    if (prm := asked["prm"]) is not None and not (
        points.find_point(session, prm)
        or sandbox.dossier_of(prm, now)
        or mocks_2026.contrat("situation_contrat_auto", prm)
    ):
        raise UnknownError(f"Aucun point n'a le PRM {prm} : sge-sim points list.", prm)
    if (numero := asked["consentement"]) is not None:
        require_found(
            session.get(dataconnect.Partage, numero),
            f"Aucun partage ne porte le numéro {numero} : sge-sim consentements list.",
            numero,
        )
    if (contrat := asked["contrat"]) is not None:
        require_found(
            acteurs.find_contrat(session, contrat),
            f"Aucun contrat ne porte le numéro {contrat} : sge-sim acteurs list.",
            contrat,
        )


def _known_key(sorte: SorteDePanne, asked: dict[str, Any]) -> str:
    """Return a key as it was given, or as the seed has it; raises `FieldError` for another."""
    key: str = asked["cle"] or incidents.drawn_key(sorte.nom, asked["graine"])
    if re.fullmatch("[0-9A-Fa-f]{64}", key) is None:
        raise FieldError("Une clé AES-256 a 64 chiffres hexadécimaux.", "cle", key)
    return key.lower()


def _known_code(code: str, service: str | None) -> str:
    """Return a return code; raises `FieldError` for one that the service doesn't have."""
    listed = {
        each
        for of_service in services.SERVICES
        if service in (None, of_service.nom)
        for each in of_service.codes
    }
    known = sorted({*_ALWAYS, *listed} & codes.LIBELLES_CODES.keys() - {"SGT200"})
    if code not in known:
        whose = service or "aucun service"
        sentence = f"{whose} ne rend pas « {code} » : choisir parmi {', '.join(known)}."
        raise FieldError(sentence, "code", code)
    return code


def _check_contradictions(panne: Panne, before: "tuple[Panne, ...]") -> None:
    """Raise `FieldError` for a plan that an older one would never let strike."""
    for other in before:
        if (panne.sorte, panne.statut, panne.nombre) == (other.sorte, other.statut, other.nombre):
            continue
        both = panne.declared.replaces and other.declared.replaces
        both = both and other.declared.covers(panne.declared)
        certain = panne.probabilite is None and other.probabilite is None
        whole = (other.du, other.au, panne.du) == (1, APPELS_MAX, 1)
        together = set(panne.declared.ou).intersection(other.declared.ou)
        if both and certain and whole and together and other.covers(panne):
            sentence = (
                f"« {panne.declared.libelle} » contredit « {other.declared.libelle} », déjà prévue "
                "pour les mêmes appels au même moment : décaler la fenêtre, viser un autre point "
                "ou un autre service, donner une probabilité, ou retirer l'autre (pannes remove)."
            )
            raise FieldError(sentence, "sorte", panne.sorte)
