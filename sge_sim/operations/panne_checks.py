"""What a planned panne must be: of what its sort takes, about who exists, against no older plan."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.api import typed_filters
from sge_sim.dataconnect import mocks_2026, sandbox
from sge_sim.domaine.pannes import APPELS_MAX, Panne
from sge_sim.domaine.sortes import SorteDePanne
from sge_sim.errors import FieldError, require_found
from sge_sim.flux import registry
from sge_sim.operations.reading import choose_among
from sge_sim.services import registry as services
from sge_sim.soap import codes
from sge_sim.tables import acteurs, dataconnect, entreprises, points

_ALWAYS: Final = ("SGT500", "SGT506")
"""The codes that any service may answer."""
_OWN: Final = ("code", "statut", "nombre", "annonce", "mesure", "sens", "cle")
"""The parameters that some sorts alone take."""
_AIMED: Final = {
    "prm": "Aucun point n'a le PRM {} : sge-sim points list.",
    "application": "Aucune application n'a l'identifiant « {} » : sge-sim applications list.",
    "consentement": "Aucun partage ne porte le numéro {} : sge-sim consentements list.",
    "contrat": "Aucun contrat ne porte le numéro {} : sge-sim acteurs list.",
}
"""The targets that some sorts alone have, and what is said of one that doesn't exist."""


def known_service(sorte: SorteDePanne, service: str | None) -> str | None:
    """Return a service or a flux as it is written; raises `FieldError` for one that the sort never
    strikes."""
    if service is None:
        return None
    known = sorte.services or (registry.CODES if sorte.of_files else typed_filters.service_names())
    service = typed_filters.known_spelling(service, known)
    of_rest = (*dataconnect.APIS, *entreprises.TITRES)
    in_rest, touched = service in of_rest, [api for api in of_rest if _may_touch(sorte, api)]
    if not {"soap", "rest", "mesures", "fichier"}.intersection(sorte.ou):
        sentence = f"« {sorte.nom} » n'a pas de service : l'omettre."
    elif service not in known:
        sentence = f"« {service} » est inconnu : choisir parmi {', '.join(known)}."
    elif in_rest and not sorte.in_rest:
        sentence = f"« {sorte.nom} » n'arrive qu'en SOAP : {service} est une API REST."
    elif not (in_rest or sorte.of_files or "soap" in sorte.ou):
        sentence = f"« {sorte.nom} » n'arrive que dans Data Connect : {service} est en SOAP."
    elif in_rest and service not in touched:
        sentence = f"« {sorte.nom} » ne touche pas {service} : choisir parmi {', '.join(touched)}."
    else:
        return service
    raise FieldError(sentence, "service", service)


def _may_touch(sorte: SorteDePanne, api: str) -> bool:
    """Tell whether a sort strikes calls of an API."""
    measures = api.startswith(("mesure_", "metering_"))
    of_measures = bool(sorte.sur == "mesures" or sorte.jours or sorte.defauts)
    if sorte.sur == "contrats" and (measures or api == "subscribed_services"):
        return False
    if of_measures and not measures:
        return False
    return sorte.generation in ("", dataconnect.APIS.get(api))


def may_aim(sorte: SorteDePanne, name: str) -> bool:
    """Tell whether a sort takes a target."""
    if name == "contrat":
        return sorte.of_files
    if name == "prm":
        return not {"jeton"}.issuperset(sorte.ou)
    return sorte.in_rest


def check_parameters(sorte: SorteDePanne, asked: dict[str, Any], now: datetime) -> None:
    """Raise `FieldError` for what the sort doesn't take, or lacks, and for a window that is over,
    or ends before it begins."""
    for name, sentence in _mistakes(sorte, asked, now):
        raise FieldError(sentence, name, asked[name])


def _mistakes(
    sorte: SorteDePanne, asked: dict[str, Any], now: datetime
) -> Iterator[tuple[str, str]]:
    nom, given = f"« {sorte.nom} »", {name for name in asked if asked[name] is not None}
    admitted = {*sorte.admet, *(["nombre"] if sorte.nombre else [])}
    for name in _OWN:
        if name in given - admitted:
            yield name, f"{nom} n'a pas de {name} : l'omettre."
    for name in _AIMED:
        if name in given and not may_aim(sorte, name):
            yield name, f"{nom} ne vise pas de {name} : l'omettre."
    for name in sorte.veut:
        if name not in given:
            yield name, f"{nom} veut un {name} : le donner."
    if asked["statut"] not in (None, *sorte.statuts):
        statuts = ", ".join(map(str, sorte.statuts))
        yield "statut", f"{nom} n'a pas ce statut : choisir parmi {statuts}."
    if asked["mesure"] == "index" and sorte.jours:
        yield "mesure", f"{nom} ne touche pas les index : choisir une autre mesure."
    if "nombre" in given and not sorte.nombre["min"] <= asked["nombre"] <= sorte.nombre["max"]:
        yield "nombre", "{unite} : de {min} à {max}.".format(**sorte.nombre).capitalize()
    if "code" in given and asked["code"] not in (known := _codes_of(asked["service"])):
        whose = f"{asked['service']} ne rend pas" if asked["service"] else "Aucun service ne rend"
        yield "code", f"{whose} « {asked['code']} » : {choose_among(known, asked['code'])}."
    if {"debut", "fin"} <= given and asked["fin"] <= asked["debut"]:
        yield "fin", "La fenêtre finit avant de commencer : donner une fin après."
    if "fin" in given and asked["fin"] <= now and not (sorte.jours or sorte.sans_retour):
        yield "fin", "La fenêtre est passée, à l'heure du simulateur : donner une fin à venir."


def _codes_of(service: str | None) -> list[str]:
    """Return the return codes that refuse in a service, or in any."""
    listed = {*_ALWAYS}
    for each in services.SERVICES:
        listed.update(each.codes if service in (None, each.nom) else ())
    return sorted(listed & codes.LIBELLES_CODES.keys() - {"SGT200"})


def check_targets(session: Session, asked: dict[str, Any], now: datetime) -> None:
    """Raise `UsageError` for a target that doesn't exist."""
    if asked["acteur"] is not None:
        acteurs.get_acteur(session, asked["acteur"])
    find: dict[str, Callable[[Any], object]] = {
        "prm": lambda prm: (
            points.find_point(session, prm)
            or sandbox.dossier_of(prm, now)
            or mocks_2026.contrat("situation_contrat_auto", prm)
        ),
        "application": partial(session.get, dataconnect.Application),
        "consentement": partial(session.get, dataconnect.Partage),
        "contrat": partial(acteurs.find_contrat, session),
    }
    for name, sentence in _AIMED.items():
        if (target := asked[name]) is not None:
            require_found(find[name](target), sentence.format(target), target)


def check_contradictions(panne: Panne, before: tuple[Panne, ...]) -> None:
    """Raise `FieldError` for a plan that an older one would never let strike."""
    sorte = panne.declared
    if not sorte.replaces or panne.probabilite is not None or panne.du != 1:
        return
    for other in before:
        if (panne.sorte, panne.statut, panne.nombre) == (other.sorte, other.statut, other.nombre):
            continue
        always = other.declared.replaces and other.probabilite is None
        whole = always and (other.du, other.au) == (1, APPELS_MAX)
        together = other.declared.covers(sorte) and {*sorte.ou} & {*other.declared.ou}
        if whole and together and other.covers(panne):
            sentence = (
                f"« {sorte.libelle} » contredit « {other.declared.libelle} », déjà prévue "
                "pour les mêmes appels au même moment : décaler la fenêtre, viser un autre point "
                "ou un autre service, donner une probabilité, ou retirer l'autre (pannes remove)."
            )
            raise FieldError(sentence, "sorte", panne.sorte)
