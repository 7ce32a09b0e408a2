"""What the lists of services souscrits must tell of each: its kind, its state, its dates."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lxml import etree

from sge_sim.clock import add_months
from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, text_of
from sge_sim.homologation.jugement.services import LISTES, RSA, SOUSCRITS

_GUIDES: Final = "GUI 0475 §4, GUI 0537 p. 6-11"
_TYPES: Final[Mapping[str, Collection[str]]] = {
    SOUSCRITS: {"CCDC", "TRANSREC", "OPPENR", "ACCES"},
    RSA: {"CCDC", "TRANSREC", "OPPENR", "ACCES"},
}
_ETATS: Final = frozenset({"DEMANDE", "ACTIF", "TERMINE"})
_MESURES: Final = frozenset({"CDC", "IDX", "ENERGIE", "PMAX"})
_PAS: Final[Mapping[str, Collection[str]]] = {
    "CDC": {"PT5M", "PT10M", "PT30M"},
    "IDX": {"P1D"},
    "ENERGIE": (),
    "PMAX": (),
}
_PERIODES: Final = frozenset({"P1D", "P7D", "P1M"})
_DE_MESURES: Final = (
    *("contratId", "contratLibelle", "mesuresTypeCode", "mesuresPas", "mesuresCorrigees"),
    *("periodiciteTransmission", "optionsPublication"),
)
_PUBLIES: Final = frozenset({"TRANSREC", "ACCES"})


def services_listes(reponse: ReponseJugee) -> Iterator[etree._Element]:
    """Yield the services that an answer lists."""
    for name in ("serviceSouscritMesures", "serviceSouscrit"):
        yield from reponse.corps.iterfind(f"*/{name}")


def _kind(service: etree._Element) -> str:
    typed = service.find("serviceSouscritType")
    return (
        typed.get("code", "")
        if typed is not None
        else text_of(service, "serviceSouscritCode") or ""
    )


def _name(service: etree._Element) -> str:
    return f"service {text_of(service, 'serviceSouscritId')}"


@controle("le type et l'état d'un service sont du guide", source=_GUIDES, services=LISTES)
def type_et_etat(reponse: ReponseJugee) -> Iterator[str]:
    """Kinds, states, types of measures, steps and frequencies are of their lists."""
    for each in services_listes(reponse):
        kind, state = _kind(each), text_of(each, "etatCode")
        measures, step = text_of(each, "mesuresTypeCode"), text_of(each, "mesuresPas")
        if kind not in _TYPES[reponse.contrat.path]:
            yield f"{_name(each)} : type {kind or 'absent'}"
        if state not in _ETATS:
            yield f"{_name(each)} : état {state}"
        if measures is not None and measures not in _MESURES:
            yield f"{_name(each)} : mesures {measures}"
        if step is not None and step not in _PAS.get(measures or "", ()):
            yield f"{_name(each)} : pas {step} pour {measures}"
        for period in each.iter("periodiciteTransmission"):
            if (period.text or "") not in _PERIODES:
                yield f"{_name(each)} : périodicité {period.text}"


@controle(
    "le motif de fin va avec l'état TERMINE, et lui seul, avec une date de fin",
    source=_GUIDES,
    services=LISTES,
)
def motif_de_fin(reponse: ReponseJugee) -> Iterator[str]:
    """The reason of an end is told if and only if the service has ended."""
    for each in services_listes(reponse):
        ended = text_of(each, "etatCode") == "TERMINE"
        explained = each.find("motifFinLibelle") is not None
        if ended and not explained:
            yield f"{_name(each)} : terminé sans motif"
        if explained and not ended:
            yield f"{_name(each)} : un motif de fin sans être terminé"
        if ended and each.find("dateFin") is None:
            yield f"{_name(each)} : terminé sans date de fin"


@controle("les dates d'un service vont avec son état", source=_GUIDES, services=LISTES)
def dates_du_service(reponse: ReponseJugee) -> Iterator[str]:
    """A service begins before it ends; an active one has begun, an ended one has ended."""
    today = reponse.jour.isoformat()
    for each in services_listes(reponse):
        state = text_of(each, "etatCode")
        debut, fin = ((text_of(each, name) or "")[:10] for name in ("dateDebut", "dateFin"))
        if fin and debut > fin:
            yield f"{_name(each)} : du {debut} au {fin}"
        if state in ("ACTIF", "TERMINE") and debut > today:
            yield f"{_name(each)} : {state} et commence le {debut}"
        if state == "ACTIF" and fin and fin < today:
            yield f"{_name(each)} : actif et fini le {fin}"
        if state == "TERMINE" and fin > today:
            yield f"{_name(each)} : terminé et finit le {fin}"


@controle(
    "un service finit dans les trois ans",
    source="GUI 0531 §1.3, GUI 0498 : trois ans au plus",
    services=LISTES,
)
def trois_ans_au_plus(reponse: ReponseJugee) -> Iterator[str]:
    """No service ends more than three years after the day of the call."""
    last = add_months(reponse.jour, 36).isoformat()
    for each in services_listes(reponse):
        fin = (text_of(each, "dateFin") or "")[:10]
        if fin > last:
            yield f"{_name(each)} : finit le {fin}"


@controle(
    "un service est dans un sens et un seul",
    source="GUI 0537 p. 8",
    services={RSA},
)
def un_sens(reponse: ReponseJugee) -> Iterator[str]:
    """Exactly one of the two directions is true."""
    for each in services_listes(reponse):
        true = [name for name in ("injection", "soutirage") if text_of(each, name) in ("true", "1")]
        if len(true) != 1:
            yield f"{_name(each)} : {len(true)} sens"


@controle("le sens n'est pas transmis", source="GUI 0475 §4", services={SOUSCRITS})
def sans_sens(reponse: ReponseJugee) -> Iterator[str]:
    """The former list doesn't tell the direction."""
    for each in services_listes(reponse):
        for name in ("injection", "soutirage"):
            if each.find(name) is not None:
                yield f"{_name(each)} : {name} est rendu"


@controle("chaque service dit ce que son type comporte", source=_GUIDES, services=LISTES)
def donnees_du_type(reponse: ReponseJugee) -> Iterator[str]:
    """An opposition has no contract nor measures; a frequency is of what is published."""
    for each in services_listes(reponse):
        kind, measures = _kind(each), text_of(each, "mesuresTypeCode")
        if kind == "OPPENR":
            for name in _DE_MESURES:
                if each.find(name) is not None:
                    yield f"{_name(each)} : une opposition avec {name}"
            continue
        if measures is None:
            yield f"{_name(each)} : sans type de mesures"
        if measures in ("CDC", "IDX") and each.find("mesuresPas") is None:
            yield f"{_name(each)} : sans pas"
        published = each.find("optionsPublication") is not None or (
            each.find("periodiciteTransmission") is not None
        )
        if published and kind not in _PUBLIES:
            yield f"{_name(each)} : une publication sur un {kind}"
        if kind == "TRANSREC" and not published:
            yield f"{_name(each)} : une transmission sans périodicité"
        if measures != "CDC" and any(True for _ in each.iter("mesuresCorrigees")):
            yield f"{_name(each)} : mesuresCorrigees sur {measures}"


SOUSCRITS_LISTES: Final[tuple[Verification, ...]] = (
    type_et_etat,
    motif_de_fin,
    dates_du_service,
    trois_ans_au_plus,
    un_sens,
    sans_sens,
    donnees_du_type,
)
