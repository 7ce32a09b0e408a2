"""What was ordered in a campaign against what the lists of services souscrits say of it."""

from collections.abc import Iterator, Mapping
from typing import Final

from sge_sim.homologation.jugement import paths
from sge_sim.homologation.jugement.commandes import (
    given,
    publications_asked,
    services_listes,
    type_du_service,
)
from sge_sim.homologation.jugement.controle import Controles
from sge_sim.homologation.jugement.reponse import Fait, ReponseJugee, text_of, texts_of

_PAS: Final[Mapping[str, tuple[str, str]]] = {"CDC": ("PT5M", "PT30M"), "IDX": ("P1D", "P1D")}
"""The step of what an access service covers, of a large point and of a small one (GUI 0537)."""
_LUS: Final = ("pointId", "contratId", "dateDebut", "mesuresTypeCode", "mesuresPas")
_DE_LA_LISTE: Final = (
    *("contratLibelle", "mesuresCorrigees", "periodiciteTransmission", "serviceSouscritLibelle"),
)
"""What the former list tells in its own way."""
_OPTION: Final = ("periodiciteTransmission", "mesuresCorrigees")
_MOST_LISTED: Final = 200
COMMANDE: Final = "service commandé"
"""A kind of facts that an order and a list may tell otherwise, two lists not."""


def _fait(numero: str, name: str, value: str | None, kind: str = "service") -> Fait:
    return Fait((kind, numero, name), _plain(value or ""))


def _plain(text: str) -> str:
    """Return a day without its offset, and a boolean written in one way."""
    day = text[:10] if text[4:5] == text[7:8] == "-" else text
    return {"1": "true", "0": "false"}.get(day, day)


def _known(reponse: ReponseJugee, numero: str, name: str) -> str | None:
    found = reponse.retenus.get(("service", numero, name))
    return None if found is None else str(found.valeur)


def faits_des_services(reponse: ReponseJugee) -> Iterator[Fait]:
    """Yield what a list says of each service that the order, or another list, says too."""
    recent = reponse.contrat.path == paths.RSA
    for service in services_listes(reponse):
        numero = text_of(service, "serviceSouscritId") or ""
        kind = type_du_service(service)
        yield _fait(numero, "type", kind)
        yield _fait(numero, "dateDebut", text_of(service, "dateDebut"), COMMANDE)
        for name in (*_LUS, *_DE_LA_LISTE):
            own = " (ancienne liste)" if name in _DE_LA_LISTE and not recent else ""
            yield _fait(numero, name + own, text_of(service, name))
        if recent:
            inject = text_of(service, "injection") in ("true", "1")
            yield _fait(numero, "sens", "INJECTION" if inject else "SOUTIRAGE")
        if text_of(service, "etatCode") == "TERMINE" or _known(reponse, numero, "arrêt"):
            continue
        yield _fait(numero, "dateFin", text_of(service, "dateFin"))
        options = service.findall("optionsPublication/optionPublication")
        for name in _OPTION if recent and kind == "ACCES" else ():
            now = (text_of(each, name) for each in options if each.find("dateFin") is None)
            yield _fait(numero, f"publications, {name}", ", ".join(sorted(filter(None, now))))


def apprend(reponse: ReponseJugee) -> Iterator[Fait]:
    """Yield what an order makes of services, whatever was known, and the identifiers it gives."""
    path = reponse.contrat.path
    if path in (paths.COLLECTE, paths.ACCES):
        kind = reponse.demande_une("mesuresTypeCode", "typeDonnees") or ""
        for numero in texts_of(reponse.corps, "serviceSouscritId"):
            yield from _ordered(reponse, numero, kind)
    elif path == paths.SAD:
        for block in reponse.corps.iterfind("affaires/affaire/serviceSouscritMesures"):
            numero, kind = (text_of(block, each) or "" for each in ("serviceSouscritId", _LUS[3]))
            yield from _ordered(reponse, numero, kind)
    elif path == paths.RSAD:
        fin = reponse.demande_une("dateFin")
        yield from (_fait(each, "dateFin", fin) for each in reponse.demandes("serviceSouscritId"))
    elif path in (paths.ASAD, paths.ARRET):
        yield from (_fait(each, "arrêt", "x") for each in reponse.demandes("serviceSouscritId"))
    for numero in given(reponse):
        yield Fait(("donné", numero), numero)


def _ordered(reponse: ReponseJugee, numero: str, kind: str) -> Iterator[Fait]:
    """Yield what an order says of a service; it may prolong one that is known."""
    yield _fait(numero, "dateFin", reponse.demande_une("dateFin"))
    if _known(reponse, numero, "pointId") is not None:
        return
    recurrent = reponse.accepte("transmissionRecurrente")
    access = reponse.contrat.path != paths.COLLECTE
    dits = {name: reponse.demande_une(name) for name in ("pointId", "contratId")}
    dits["type"] = "ACCES" if access else "TRANSREC" if recurrent else "CCDC"
    debut = reponse.demande_une("dateDebut") or reponse.jour.isoformat()
    yield _fait(numero, "dateDebut", debut, COMMANDE)
    dits["mesuresTypeCode"], dits["sens"] = kind, reponse.sens
    if not access:
        dits["mesuresPas"] = reponse.demande_une("mesuresPas")
    elif reponse.petit or reponse.grand:
        dits["mesuresPas"] = _PAS.get(kind, ("", ""))[reponse.petit]
    for name in _OPTION:
        if access:
            asked = map(_plain, publications_asked(reponse, kind, name))
            dits[f"publications, {name}"] = ", ".join(sorted(asked))
        elif recurrent and (kind == "CDC" or name == _OPTION[0]):
            dits[f"{name} (ancienne liste)"] = reponse.demande_une(name)
    for name, value in dits.items():
        if "mesuresCorrigees" not in name or kind == "CDC":
            yield _fait(numero, name, value)


COMPLETES: Final = Controles(paths.LISTES)


@COMPLETES.documented(
    "les services que la campagne connaît sont tous listés",
    "GUI 0475 §1, GUI 0537 §1 : demandés, actifs ou terminés",
)
def services_connus(reponse: ReponseJugee) -> Iterator[str]:
    listed = texts_of(reponse.corps, "*/*/serviceSouscritId")
    for (kind, numero, *name), fait in reponse.retenus.items():
        if kind == "service" and name == ["pointId"] and fait.valeur in reponse.prms:
            same = _known(reponse, numero, "contratId") in reponse.demandes("contratId")
            if same and numero not in listed and len(listed) < _MOST_LISTED:
                yield f"le service {numero} ({fait.cas}) n'est pas listé"
