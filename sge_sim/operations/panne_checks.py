"""What a planned panne must be: of what its sort takes, about who exists, against no older plan."""

import re
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.api import typed_filters
from sge_sim.dataconnect import applications, mocks_2026, sandbox
from sge_sim.domaine.pannes import APPELS_MAX, Panne
from sge_sim.domaine.sortes import SorteDePanne
from sge_sim.errors import FieldError, UnknownError, require_found
from sge_sim.flux import incidents, registry
from sge_sim.services import registry as services
from sge_sim.soap import codes
from sge_sim.tables import acteurs, dataconnect, points

_ALWAYS: Final = ("SGT500", "SGT506")
"""The codes that any service may answer."""
_OWN: Final = ("code", "statut", "nombre", "annonce", "mesure", "sens", "cle")
"""The parameters that some sorts alone take."""


def known_service(sorte: SorteDePanne, service: str | None) -> str | None:
    """Return a service or a flux as it is written; raises `FieldError` for one that the sort never
    strikes."""
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


def may_aim(sorte: SorteDePanne, name: str) -> bool:
    """Tell whether a sort takes a target."""
    if name == "contrat":
        return sorte.of_files
    if name == "prm":
        return not {"jeton"}.issuperset(sorte.ou)
    return sorte.in_rest


def check_parameters(sorte: SorteDePanne, asked: dict[str, Any]) -> None:
    """Raise `FieldError` for what the sort doesn't take, or lacks."""
    admitted = {*sorte.admet, *(("nombre",) if sorte.nombre else ())}
    for name in _OWN:
        if asked[name] is not None and name not in admitted:
            sentence = f"« {sorte.nom} » n'a pas de {name} : l'omettre."
            raise FieldError(sentence, name, asked[name])
    for name in ("prm", "application", "consentement", "contrat"):
        if asked[name] is not None and not may_aim(sorte, name):
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


def check_window(sorte: SorteDePanne, asked: dict[str, Any], now: datetime) -> None:
    """Raise `FieldError` for a window that is over, or ends before it begins."""
    debut, fin = asked["debut"], asked["fin"]
    if debut is not None and fin is not None and fin <= debut:
        raise FieldError("La fenêtre finit avant de commencer : donner une fin après.", "fin", fin)
    of_what_was = sorte.jours or sorte.sans_retour
    if fin is not None and fin <= now and not of_what_was:
        sentence = "La fenêtre est passée, à l'heure du simulateur : donner une fin à venir."
        raise FieldError(sentence, "fin", fin)


def check_targets(session: Session, asked: dict[str, Any], now: datetime) -> None:
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


def known_key(sorte: SorteDePanne, asked: dict[str, Any]) -> str:
    """Return a key as it was given, or as the seed has it; raises `FieldError` for another."""
    key: str = asked["cle"] or incidents.drawn_key(sorte.nom, asked["graine"])
    if re.fullmatch("[0-9A-Fa-f]{64}", key) is None:
        raise FieldError("Une clé AES-256 a 64 chiffres hexadécimaux.", "cle", key)
    return key.lower()


def known_code(code: str, service: str | None) -> str:
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


def check_contradictions(panne: Panne, before: tuple[Panne, ...]) -> None:
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
