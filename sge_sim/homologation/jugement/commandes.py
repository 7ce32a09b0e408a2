"""What orders must answer, and what the lists of services souscrits must give.

Of an order: identifiers that are new, its line of the catalogue, nothing else. Of each service
souscrit: its kind, its state, its dates.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from lxml import etree

from sge_sim.clock import add_months
from sge_sim.commandes import prestations
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, MesuresType, Segment, TypeServiceAcces
from sge_sim.homologation.catalogue.answer_paths import Chemin, as_text
from sge_sim.homologation.jugement import paths
from sge_sim.homologation.jugement.controle import KNOWN, Controles, more_than_once
from sge_sim.homologation.jugement.reponse import ReponseJugee, code_of, text_of, texts_of
from sge_sim.services.commande_transmission_donnees_infra_j.service import CONSOMMATEUR, PRODUCTEUR
from sge_sim.services.commande_transmission_historique_mesures.service import COURBE, INDEX

_PRESTATIONS: Final = frozenset(
    {paths.COLLECTE, paths.HISTORIQUE, paths.INFRA_J, paths.ACCES, paths.SAD}
)


def given(reponse: ReponseJugee) -> list[str]:
    """Return the identifiers that an answer gives for the first time, if it is as it should be."""
    found: list[str] = []
    if reponse.contrat.path in paths.OUVRENT_UNE_AFFAIRE:
        found += reponse.affaires
    if reponse.contrat.path in paths.OUVRENT_UN_SERVICE:
        found += texts_of(reponse.corps, ".//serviceSouscritId")
    return found


COMMANDES: Final = Controles()


@COMMANDES.documented(
    "une demande ouvre une affaire qui n'a pas encore servi",
    "GUI 0469 §4, GUI 0453, GUI 0481, GUI 0502 §2, GUI 0531 §1.3",
    services=paths.OUVRENT_UNE_AFFAIRE,
)
def affaire_nouvelle(reponse: ReponseJugee) -> Iterator[str]:
    return _given_before(reponse, reponse.affaires, "l'affaire {} est celle de {}")


@COMMANDES.documented(
    "un service commandé a un identifiant qui n'a pas encore servi",
    "GUI 0469 §4, GUI 0531 §2.3",
    services=paths.OUVRENT_UN_SERVICE,
)
def service_nouveau(reponse: ReponseJugee) -> Iterator[str]:
    found = texts_of(reponse.corps, ".//serviceSouscritId")
    return _given_before(reponse, found, "le service {} est celui de {}")


def _given_before(reponse: ReponseJugee, found: Iterable[str], phrase: str) -> Iterator[str]:
    for each in found:
        known = reponse.retenus.get(("donné", each)) or reponse.retenus.get(
            ("service", each, "pointId")
        )
        if known:
            yield phrase.format(each, known.cas)


@COMMANDES.documented(
    "aucun identifiant ne revient deux fois",
    "GUI 0427 §4, GUI 0475 §4, GUI 0531 §2.3, GUI 0537",
    services={paths.RECHERCHE_POINT, paths.SAD, *paths.LISTES},
)
def identifiants_distincts(reponse: ReponseJugee) -> Iterator[str]:
    corps = reponse.corps
    for name, found in (
        ("le point", [each.get("id", "") for each in corps.iterfind("points/point")]),
        ("le service", texts_of(corps, ".//serviceSouscritId")),
        ("l'affaire", reponse.affaires),
    ):
        for each, times in more_than_once(found):
            yield f"{times} fois {name} {each}"


@COMMANDES.documented(
    "une commande donne une seule prestation, de rang 1",
    "GUI 0469 §4, GUI 0453 §4, GUI 0481 §4, GUI 0498, GUI 0531 §2.3.4",
    services=_PRESTATIONS,
)
def une_prestation(reponse: ReponseJugee) -> Iterator[str]:
    path, blocks = reponse.contrat.path, list(reponse.corps.iter("prestations"))
    if not blocks:
        yield "aucune prestation"
    for block in blocks:
        found = block.findall("prestation")
        if len(found) != 1:
            yield counted(len(found), "prestation")
        for each in found:
            rank = text_of(each, "rang")
            if rank is None or int(rank) != 1:
                yield f"prestation de rang {rank}"
            if each.find("cas") is not None:
                yield "la prestation porte un cas"
            if path in (paths.INFRA_J, paths.ACCES) and each.find("option") is not None:
                yield "la prestation porte une option"


def _prestation_of(
    reponse: ReponseJugee, affaire: etree._Element
) -> tuple[prestations.Prestation, bool]:
    """Return the line of the catalogue that a request is ordered under, and whether it is sure."""
    path = reponse.contrat.path
    segment: Segment = "C5" if reponse.petit else "C4"
    inject = reponse.sens == "INJECTION"
    curve = reponse.demande_une("mesuresTypeCode", "mesureType") == "CDC"
    if path == paths.ACCES:
        return prestations.ACCES, True
    if path == paths.INFRA_J:
        return PRODUCTEUR if inject else CONSOMMATEUR, True
    if path == paths.HISTORIQUE:
        return COURBE if curve else INDEX, True
    if path == paths.COLLECTE:
        recurrent = reponse.accepte("transmissionRecurrente")
        sorte: MesuresType = "CDC" if curve else "IDX"
        collecte = prestations.prestation_collecte
        return collecte(segment, reponse.sens, sorte, recurrente=recurrent), not inject
    kind = text_of(affaire, "serviceSouscritMesures/mesuresTypeCode") or ""
    published = bool(publications_asked(reponse, kind, "periodiciteTransmission"))
    of_kind: TypeServiceAcces = _ACCES_DE.get(kind, "INDEX")
    acces = prestations.prestation_acces(segment, reponse.sens, of_kind, publie=published)
    return acces, False


_ACCES_DE: Final[Mapping[str, TypeServiceAcces]] = {v: k for k, v in DONNEES_ACCES.items()}


def publications_asked(reponse: ReponseJugee, kind: str, name: str) -> list[str]:
    """Return what an order of access services says of the publications of a type of measures."""
    if kind not in _ACCES_DE:
        return []
    service = f"demande/servicesSouscrits/serviceSouscrit[typeDonnees={kind}]"
    found = Chemin(f"{service}/optionsPublication/optionPublication/{name}").values(reponse.demande)
    return list(map(as_text, found))


def _other_prestations(reponse: ReponseJugee, *, sure: bool) -> Iterator[str]:
    ordered = reponse.corps.iter("prestation") if reponse.petit or reponse.grand else ()
    for each in ordered:  # of a step of preparation the segment isn't known
        wanted, certain = _prestation_of(reponse, each.getparent().getparent())
        for name, code in (("fiche", wanted.fiche), ("option", wanted.option or "")):
            found = code_of(each, name)
            if found != code and certain is sure:
                yield f"{name} {found or 'absente'}, attendu {code or 'aucune'}"


@COMMANDES.observed(
    "la prestation est celle de la demande",
    "GUI 0453, GUI 0469 §4, GUI 0481, GUI 0498 ; réponses enregistrées, 2022",
    services=_PRESTATIONS,
)
def prestation_de_la_demande(reponse: ReponseJugee) -> Iterator[str]:
    return _other_prestations(reponse, sure=True)


@COMMANDES.assumed(
    "la prestation d'un service d'accès est celle de la demande",
    "GUI 0503 p. 7 nomme ces formulaires ; les codes ne sont pas publiés",
    services=_PRESTATIONS,
)
def prestation_supposee(reponse: ReponseJugee) -> Iterator[str]:
    return _other_prestations(reponse, sure=False)


@COMMANDES.documented(
    "l'arrêt d'un service ne rend que l'acquittement",
    "GUI 0474 v1.3.0 §4 ; catalogue, ASS-R1",
    services={paths.ARRET},
)
def arret_sans_rien(reponse: ReponseJugee) -> Iterator[str]:
    for each in reponse.corps:
        yield f"{etree.QName(each).localname} est rendu"


@COMMANDES.documented(
    "une commande d'accès donne son service souscrit",
    "GUI 0498 v1.1.0",
    services={paths.ACCES, paths.COLLECTE},
)
def service_donne(reponse: ReponseJugee) -> Iterator[str]:
    if not texts_of(reponse.corps, "serviceSouscritId"):
        yield "aucun serviceSouscritId"


_GUIDES: Final = "GUI 0475 §4, GUI 0537 p. 6-11"
_SERVICES: Final[Mapping[str, Collection[str]]] = KNOWN["services"]
_PAS: Final[Mapping[str, Collection[str]]] = KNOWN["services"]["pas"]


def services_listes(reponse: ReponseJugee) -> Iterator[etree._Element]:
    """Yield the services that an answer lists."""
    for name in ("serviceSouscritMesures", "serviceSouscrit"):
        yield from reponse.corps.iterfind(f"*/{name}")


def type_du_service(service: etree._Element) -> str:
    """Return the kind of a listed service, as either list writes it."""
    if service.find("serviceSouscritType") is None:
        return text_of(service, "serviceSouscritCode") or ""
    return code_of(service, "serviceSouscritType")


def _name(service: etree._Element) -> str:
    return f"service {text_of(service, 'serviceSouscritId')}"


SOUSCRITS_LISTES: Final = Controles(paths.LISTES)


@SOUSCRITS_LISTES.documented("le type et l'état d'un service sont du guide", _GUIDES)
def type_et_etat(reponse: ReponseJugee) -> Iterator[str]:
    """Kinds, states, types of measures, steps and frequencies are of their lists."""
    for each in services_listes(reponse):
        kind, state = type_du_service(each), text_of(each, "etatCode")
        measures, step = text_of(each, "mesuresTypeCode"), text_of(each, "mesuresPas")
        if kind not in _SERVICES["types"]:
            yield f"{_name(each)} : type {kind or 'absent'}"
        if state not in _SERVICES["etats"]:
            yield f"{_name(each)} : état {state}"
        if measures is not None and measures not in _PAS:
            yield f"{_name(each)} : mesures {measures}"
        if step is not None and step not in _PAS.get(measures or "", ()):
            yield f"{_name(each)} : pas {step} pour {measures}"
        for period in each.iter("periodiciteTransmission"):
            if (period.text or "") not in _SERVICES["periodes"]:
                yield f"{_name(each)} : périodicité {period.text}"


@SOUSCRITS_LISTES.documented(
    "le motif de fin va avec l'état TERMINE, et lui seul, avec une date de fin", _GUIDES
)
def motif_de_fin(reponse: ReponseJugee) -> Iterator[str]:
    for each in services_listes(reponse):
        ended = text_of(each, "etatCode") == "TERMINE"
        explained = each.find("motifFinLibelle") is not None
        if ended and not explained:
            yield f"{_name(each)} : terminé sans motif"
        if explained and not ended:
            yield f"{_name(each)} : un motif de fin sans être terminé"
        if ended and each.find("dateFin") is None:
            yield f"{_name(each)} : terminé sans date de fin"


@SOUSCRITS_LISTES.documented("les dates d'un service vont avec son état", _GUIDES)
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


@SOUSCRITS_LISTES.documented(
    "un service finit dans les trois ans", "GUI 0531 §1.3, GUI 0498 : trois ans au plus"
)
def trois_ans_au_plus(reponse: ReponseJugee) -> Iterator[str]:
    last = add_months(reponse.jour, 36).isoformat()
    for each in services_listes(reponse):
        fin = (text_of(each, "dateFin") or "")[:10]
        if fin > last:
            yield f"{_name(each)} : finit le {fin}"


@SOUSCRITS_LISTES.documented(
    "un service est dans un sens et un seul", "GUI 0537 p. 8", services={paths.RSA}
)
def un_sens(reponse: ReponseJugee) -> Iterator[str]:
    for each in services_listes(reponse):
        true = [name for name in ("injection", "soutirage") if text_of(each, name) in ("true", "1")]
        if len(true) != 1:
            yield f"{_name(each)} : {len(true)} sens"


@SOUSCRITS_LISTES.documented(
    "le sens n'est pas transmis", "GUI 0475 §4", services={paths.SOUSCRITS}
)
def sans_sens(reponse: ReponseJugee) -> Iterator[str]:
    for each in services_listes(reponse):
        for name in ("injection", "soutirage"):
            if each.find(name) is not None:
                yield f"{_name(each)} : {name} est rendu"


@SOUSCRITS_LISTES.documented("chaque service dit ce que son type comporte", _GUIDES)
def donnees_du_type(reponse: ReponseJugee) -> Iterator[str]:
    """An opposition has no contract nor measures; a frequency is of what is published."""
    for each in services_listes(reponse):
        kind, measures = type_du_service(each), text_of(each, "mesuresTypeCode")
        if kind == "OPPENR":
            for name in _SERVICES["de_mesures"]:
                if each.find(name) is not None:
                    yield f"{_name(each)} : une opposition avec {name}"
            continue
        if measures is None:
            yield f"{_name(each)} : sans type de mesures"
        if measures in ("CDC", "IDX") and each.find("mesuresPas") is None:
            yield f"{_name(each)} : sans pas"
        parts = map(each.find, ("optionsPublication", "periodiciteTransmission"))
        published = any(part is not None for part in parts)
        if published and kind not in _SERVICES["publies"]:
            yield f"{_name(each)} : une publication sur un {kind}"
        if kind == "TRANSREC" and not published:
            yield f"{_name(each)} : une transmission sans périodicité"
        if measures != "CDC" and any(True for _ in each.iter("mesuresCorrigees")):
            yield f"{_name(each)} : mesuresCorrigees sur {measures}"
