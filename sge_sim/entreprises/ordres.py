"""Orders of files: the measures of many points, or their contract data; M023's life is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import AliasPath, Field

from sge_sim.clock import add_months
from sge_sim.commandes.echeances import transaction_on
from sge_sim.dataconnect.exchange import (
    Corps,
    PlannedAnswer,
    RestAnswer,
    RestBackend,
    RestExchange,
    json_answer,
    read_json,
)
from sge_sim.dataconnect.pannes import Vise, strike
from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.dataconnect.rules_mesures import COURBE_MAX, JOURS_DE_PLUS, read_jour
from sge_sim.domaine.nomenclatures import CodeFlux, Sens, TypeServiceAcces
from sge_sim.domaine.prm import PRM
from sge_sim.entreprises.acces import is_described, let_holder_in
from sge_sim.entreprises.rules import D_ORDRES, DE_DEMANDES, DEMANDES, ORDRES
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus, check
from sge_sim.tables.ecritures import write_at
from sge_sim.tables.entreprises import CompteFacts, held_points, read_canaux
from sge_sim.tables.m023 import DemandeM023, is_awaited_m023

POINTS_MAX: Final = 1000
"""Points of a demand (descriptions of 2025)."""
JAMAIS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When the file of a demand comes that a panne has lost."""
TYPES: Final[dict[str, tuple[CodeFlux, TypeServiceAcces, int]]] = {
    "CDC": ("R63", "COURBE", 24),
    "IDX": ("R64", "INDEX", 36),
    "ENERGIE": ("R65", "ENERGIE", 36),
    "PMAX": ("R66", "PMAX", 36),
    "ITC": ("ITCE", "ITC", 0),
}
"""What may be ordered: its file (assumed), its service, how many months ago it may begin."""


def _in(block: str, *names: str, default: Any = "") -> Any:
    return Field(default, validation_alias=AliasPath(block, *names))


class CommandePublication(Corps):
    """An order of measures: the description wants nothing of its body, rules do."""

    canaux: list[dict[str, list[dict[str, str]]]] = _in(
        "donneesGenerales", "canauxContact", "proprietaireCanal", default=[]
    )
    debut: str = _in("donneesGenerales", "dateDebut")
    fin: str = _in("donneesGenerales", "dateFin")
    type: str = _in("donneesGenerales", "typeDonnee")
    injection: bool = _in("listePoints", "injection", default=False)
    soutirage: bool = _in("listePoints", "soutirage", default=False)
    points: list[dict[str, str]] = _in("listePoints", "points", default=[])


class DemandeContrat(Corps):
    """A demand of contract data; of the whole perimeter where no point is named (assumed)."""

    canal_contact_id: str
    unique_point_id: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemandeFichiers:
    """What is ordered, as rules look at it; contract data have no days. `connus` are the channels
    of the account, `que_des_c5` tells of the points that SGE knows."""

    prms: Sequence[str]
    canaux: Sequence[str]
    connus: frozenset[str]
    type: str = "ITC"
    sens: Sequence[Sens] = ("SOUTIRAGE",)
    debut: date | None = None
    fin: date | None = None
    today: date = date.max
    que_des_c5: bool = True


def _has_days(demande: DemandeFichiers) -> bool:
    return bool(demande.debut and demande.fin and demande.debut < demande.fin <= demande.today)


def _is_recent(demande: DemandeFichiers) -> bool:
    oldest = add_months(demande.today, -TYPES[demande.type][2]) - JOURS_DE_PLUS
    return demande.debut is not None and demande.debut >= oldest


_OF_ALL: Final = (
    lambda demande: 1 <= len(demande.prms) <= POINTS_MAX,
    lambda demande: bool(demande.canaux) and demande.connus.issuperset(demande.canaux),
)
CONTROLS: Final = tuple(
    ORDRES[nom].held_by(holds)
    for nom, holds in (
        ("un_seul_sens", lambda demande: len(demande.sens) == 1),
        *zip(("points_en_nombre", "canal_connu"), _OF_ALL, strict=True),
        ("type_de_donnee", lambda demande: demande.type in [*TYPES][:4]),
        ("jours_dans_l_ordre", _has_days),
        ("maxima_de_c5", lambda demande: demande.que_des_c5),
        ("courbe_courte", lambda d: d.type != "CDC" or d.fin - d.debut <= COURBE_MAX),
        ("profondeur_de_l_ordre", _is_recent),
    )
)
"""What an order of measures is checked by, in this order (assumed)."""
CONTROLS_CONTRAT: Final = tuple(
    DEMANDES[nom].held_by(holds)
    for nom, holds in zip(("points_de_la_demande", "canal_de_la_demande"), _OF_ALL, strict=True)
)


def answer_publication(backend: RestBackend, exchange: RestExchange, titre: str) -> RestAnswer:
    """Take an order of measures; raises `Refus`. Points without right or data are left out."""
    compte = let_holder_in(backend, exchange, titre, D_ORDRES)
    asked = read_json(exchange, CommandePublication, ORDRES["requete_json"])
    prms = [point.get("pointId", "") for point in asked.points]
    named = [each for owner in asked.canaux for each in owner.get("canauxId", ())]
    sens: list[Sens] = ["SOUTIRAGE"] if asked.soutirage else []
    sens += ["INJECTION"] if asked.injection else []
    of_pmax = prms[:POINTS_MAX] if asked.type == "PMAX" else ()
    dossiers = exchange.vue.read(*((read_dossier, prm) for prm in of_pmax if PRM.fullmatch(prm)))
    demande = DemandeFichiers(
        prms,
        [each.get("canalContactId", "") for each in named],
        exchange.vue.ask(read_canaux, compte.siren),
        asked.type,
        sens,
        _day(asked.debut),
        _day(asked.fin),
        exchange.now.date(),
        all(dossier is None or dossier.point.segment == "C5" for dossier in dossiers),
    )
    check(CONTROLS, demande)
    numero = _order(backend, exchange, titre, compte, demande, ORDRES["demande_en_cours"])
    return json_answer({"dossierId": numero})


def _day(text: str) -> date | None:
    try:
        return read_jour(text, ORDRES["jours_dans_l_ordre"])
    except Refus:
        return None


def answer_demande(backend: RestBackend, exchange: RestExchange, titre: str) -> RestAnswer:
    """Take a demand of contract data; raises `Refus`."""
    compte = let_holder_in(backend, exchange, titre, DE_DEMANDES)
    asked = read_json(exchange, DemandeContrat, DEMANDES["requete_de_demande"])
    prms: Sequence[str] = asked.unique_point_id
    if not prms and "auto" not in titre:
        held = exchange.vue.read(*map(held_points, sorted(compte.sirens)))
        prms = [point.prm for points in held for point in points]
    connus = exchange.vue.ask(read_canaux, compte.siren)
    demande = DemandeFichiers(prms, [asked.canal_contact_id], connus)
    check(CONTROLS_CONTRAT, demande)
    numero = _order(backend, exchange, titre, compte, demande, DEMANDES["demande_deja_faite"])
    return json_answer({"dossierId": str(numero)}, 201)


def _order(
    backend: RestBackend,
    exchange: RestExchange,
    titre: str,
    compte: CompteFacts,
    demande: DemandeFichiers,
    identique: RestRule,
) -> int:
    """Open the demand, a row for each channel, and return its number; raises `Refus` where the
    same waits for its file.

    Whose point it is, is looked at once the file is made; without the service of these measures
    none is the account's to read.
    """
    prms = sorted({prm for prm in demande.prms if PRM.fullmatch(prm)})
    exchange.prm = prms[0] if prms else None
    vise = Vise(titre, exchange.prm, points=len(demande.prms))
    panne = strike(backend, exchange, "ordre", vise)
    if panne is not None and panne.declared.statuts:
        raise PlannedAnswer(RestAnswer(panne.declared.statuts[0], panne.declared.corps.encode()))
    (flux, service, _), auto, settings = TYPES[demande.type], "auto" in titre, backend.settings
    mine = not auto and service in (*compte.services, "ITC")
    canaux = sorted({*demande.canaux})
    columns: dict[str, Any] = {
        "acteur_code": compte.siren,
        "login": exchange.client.client_id,
        "reference": " ".join((titre, *canaux)),
        "flux": flux,
        "format": "JSON" if is_described(settings) else "ZIP",
        "prms": " ".join(prms),
        "sens": demande.sens[0],
        "cadre": "SERVICE_ACCES" if auto else "EST_TITULAIRE",
        "corrigees": False,
        "date_debut": demande.debut,
        "date_fin": demande.fin,
        "etat": "transmise",
        "sirens": " ".join(sorted(compte.sirens)) if mine else "",
    }
    with transaction_on(backend.database, None) as (session, now, faits):
        numero = faits.numeros["affaire"] + 1
        due_at = settings.delai_dossiers.after(now) if panne is None else JAMAIS
        columns |= {"opened_at": now, "due_at": due_at}
        ids = [(f"{numero}-{rang}" if rang else f"{numero}", c) for rang, c in enumerate(canaux)]
        rows = [DemandeM023(affaire_id=each, contrat_id=canal, **columns) for each, canal in ids]
        if is_awaited_m023(session, rows[0]):
            raise Refus(identique)
        write_at(session, now, rows, {"affaire": numero})
    exchange.notes.append(f"dossier {numero} : sge-sim demandes show {numero}")
    return numero
