"""What orders must answer: identifiers that are new, one line of the catalogue, nothing else."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, text_of, texts_of
from sge_sim.homologation.jugement.services import (
    ACCES,
    ARRET,
    COLLECTE,
    HISTORIQUE,
    INFRA_J,
    LISTES,
    OUVRENT_UN_SERVICE,
    OUVRENT_UNE_AFFAIRE,
    RECHERCHE_POINT,
    SAD,
)

_AFFAIRES: Final = ("affaireId", "demandeId")
_PRESTATIONS: Final = frozenset({COLLECTE, HISTORIQUE, INFRA_J, ACCES, SAD})
_WITHOUT_OPTION: Final = frozenset({INFRA_J, ACCES})
_CASE: Final = re.compile(r"[FP]\d{3}[A-Z]?|ACCES")


def given(reponse: ReponseJugee) -> list[str]:
    """Return the identifiers that an answer gives for the first time, if it is as it should be."""
    if reponse.fautive:
        return []
    found = []
    if reponse.contrat.path in OUVRENT_UNE_AFFAIRE:
        found += affaires(reponse)
    if reponse.contrat.path in OUVRENT_UN_SERVICE:
        found += texts_of(reponse.corps, ".//serviceSouscritId")
    return found


def affaires(reponse: ReponseJugee) -> list[str]:
    """Return the affaires of the body, whose only element may be one."""
    corps = reponse.corps
    found = [text for name in _AFFAIRES for text in texts_of(corps, f".//{name}")]
    if etree.QName(corps).localname in _AFFAIRES:
        found.append((corps.text or "").strip())
    return found


@controle(
    "une demande ouvre une affaire qui n'a pas encore servi",
    source="GUI 0469 §4, GUI 0453, GUI 0481, GUI 0502 §2, GUI 0531 §1.3",
    services=OUVRENT_UNE_AFFAIRE,
)
def affaire_nouvelle(reponse: ReponseJugee) -> Iterator[str]:
    """No affaire is one that an earlier answer of the campaign gave."""
    for each in affaires(reponse):
        if each in reponse.donnes:
            yield f"l'affaire {each} est celle de {reponse.donnes[each]}"


@controle(
    "un service commandé a un identifiant qui n'a pas encore servi",
    source="GUI 0469 §4, GUI 0531 §2.3",
    services=OUVRENT_UN_SERVICE,
)
def service_nouveau(reponse: ReponseJugee) -> Iterator[str]:
    """No new service is one that an earlier answer gave."""
    for each in texts_of(reponse.corps, ".//serviceSouscritId"):
        if each in reponse.donnes:
            yield f"le service {each} est celui de {reponse.donnes[each]}"


@controle(
    "aucun identifiant ne revient deux fois",
    source="GUI 0427 §4, GUI 0475 §4, GUI 0531 §2.3, GUI 0537",
    services={RECHERCHE_POINT, SAD, *LISTES},
)
def identifiants_distincts(reponse: ReponseJugee) -> Iterator[str]:
    """A point, a service and an affaire are told once each in an answer."""
    corps = reponse.corps
    points = Counter(each.get("id", "") for each in corps.iterfind("points/point"))
    services = Counter(texts_of(corps, ".//serviceSouscritId"))
    for name, counted in (
        ("le point", points),
        ("le service", services),
        ("l'affaire", Counter(affaires(reponse))),
    ):
        for each, times in counted.items():
            if times > 1:
                yield f"{times} fois {name} {each}"


@controle(
    "une commande donne une seule prestation, de rang 1",
    source="GUI 0469 §4, GUI 0453 §4, GUI 0481 §4, GUI 0498, GUI 0531 §2.3.4",
    services=_PRESTATIONS,
)
def une_prestation(reponse: ReponseJugee) -> Iterator[str]:
    """There is one prestation (of each affaire), of rank 1, without a case."""
    for block in reponse.corps.iter("prestations"):
        found = block.findall("prestation")
        if len(found) != 1:
            yield f"{len(found)} prestations"
        for each in found:
            rank = text_of(each, "rang")
            if rank is None or int(rank) != 1:
                yield f"prestation de rang {rank}"
            if each.find("cas") is not None:
                yield "la prestation porte un cas"
            if reponse.contrat.path in _WITHOUT_OPTION and each.find("option") is not None:
                yield "la prestation porte une option"


def _fiches(reponse: ReponseJugee) -> list[tuple[str, str]]:
    """Return the codes of fiche and option of each prestation, empty where there is none."""
    found = []
    for each in reponse.corps.iter("prestation"):
        codes = [each.find(name) for name in ("fiche", "option")]
        fiche, option = ("" if one is None else one.get("code", "") for one in codes)
        found.append((fiche, option))
    return found


@controle("la prestation d'un accès est la fiche ACCES", source="GUI 0498 v1.1.0", services={ACCES})
def fiche_d_acces(reponse: ReponseJugee) -> Iterator[str]:
    """The line of the former order of access is always the same."""
    for fiche, _ in _fiches(reponse):
        if fiche != "ACCES":
            yield f"fiche {fiche}"


@controle(
    "la fiche est de la demande : ACCES sans publication, F300 pour une courbe, F305 sinon",
    source="GUI 0503 p. 7 nomme ces formulaires ; les codes ne sont pas publiés",
    provenance="assumed",
    services={SAD},
)
def fiche_du_service(reponse: ReponseJugee) -> Iterator[str]:
    """The line of an access service goes with its type and its publication."""
    published = "optionPublication" in str(reponse.demande)
    for affaire in reponse.corps.iterfind("affaires/affaire"):
        kind = text_of(affaire, "serviceSouscritMesures/mesuresTypeCode")
        fiche = affaire.find("prestations/prestation/fiche")
        code = "" if fiche is None else fiche.get("code", "")
        wanted = "ACCES" if not published else "300" if kind == "CDC" else "305"
        if wanted not in code and code != "ACCES":
            yield f"fiche {code} pour {kind}"
        elif not published and code != "ACCES":
            yield f"fiche {code} sans publication"


@controle(
    "l'option est de la fiche",
    source="réponses enregistrées : F300C et F300CO1, F385B et F385BO2",
    provenance="assumed",
    services=_PRESTATIONS,
)
def option_de_la_fiche(reponse: ReponseJugee) -> Iterator[str]:
    """The code of an option begins with that of its line."""
    for fiche, option in _fiches(reponse):
        if option and not option.startswith(f"{fiche}O"):
            yield f"option {option} de la fiche {fiche}"


@controle(
    "la fiche a la forme d'un code du catalogue",
    source="catalogue des prestations",
    services=_PRESTATIONS,
)
def forme_de_la_fiche(reponse: ReponseJugee) -> Iterator[str]:
    """A line of the catalogue is named by a letter, three digits, maybe a letter; or is ACCES."""
    for fiche, _ in _fiches(reponse):
        if _CASE.fullmatch(fiche) is None:
            yield f"fiche « {fiche} »"


@controle(
    "l'arrêt d'un service ne rend que l'acquittement",
    source="GUI 0474 v1.3.0 §4 ; catalogue, ASS-R1",
    services={ARRET},
)
def arret_sans_rien(reponse: ReponseJugee) -> Iterator[str]:
    """Stopping a service answers neither an affaire nor a prestation."""
    for each in reponse.corps:
        yield f"{etree.QName(each).localname} est rendu"


@controle(
    "une commande d'accès donne son service souscrit",
    source="GUI 0498 v1.1.0",
    services={ACCES, COLLECTE},
)
def service_donne(reponse: ReponseJugee) -> Iterator[str]:
    """An order of access or collection tells the service that it opened."""
    if not texts_of(reponse.corps, "serviceSouscritId"):
        yield "aucun serviceSouscritId"


COMMANDES: Final[tuple[Verification, ...]] = (
    affaire_nouvelle,
    service_nouveau,
    identifiants_distincts,
    une_prestation,
    fiche_d_acces,
    fiche_du_service,
    option_de_la_fiche,
    forme_de_la_fiche,
    arret_sans_rien,
    service_donne,
)
