"""Orders of files: the measures of many points, or their contract data; M023's life is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from pydantic import AliasPath, Field

from sge_sim.clock import add_months
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_dossier
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
from sge_sim.entreprises.acces import let_holder_in
from sge_sim.entreprises.rules import D_ORDRES, DE_DEMANDES, DEMANDES, ORDRES
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus, check
from sge_sim.tables.entreprises import CompteFacts, held_points, read_canaux

POINTS_MAX: Final = 1000
"""Points of a demand (descriptions of 2025)."""
JAMAIS: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When the file of a demand comes that a panne has lost."""


@dataclass(frozen=True)
class TypeDonnee:
    """What may be ordered: its file, its service, how many months ago it may begin."""

    flux: CodeFlux
    service: TypeServiceAcces
    mois: int = 36


TYPES: Final = {
    "CDC": TypeDonnee("R63", "COURBE", 24),
    "IDX": TypeDonnee("R64", "INDEX"),
    "ENERGIE": TypeDonnee("R65", "ENERGIE"),
    "PMAX": TypeDonnee("R66", "PMAX"),
}
"""By what the description calls them; the file of each is assumed."""
_ITC: Final = TypeDonnee("ITC", "ITC")


class CommandePublication(Corps):
    """An order of measures: the description wants nothing of its body, rules do."""

    canaux: list[dict[str, list[dict[str, str]]]] = Field(
        [],
        validation_alias=AliasPath("donneesGenerales", "canauxContact", "proprietaireCanal"),
    )
    debut: str = Field("", validation_alias=AliasPath("donneesGenerales", "dateDebut"))
    fin: str = Field("", validation_alias=AliasPath("donneesGenerales", "dateFin"))
    type: str = Field("", validation_alias=AliasPath("donneesGenerales", "typeDonnee"))
    injection: bool = Field(False, validation_alias=AliasPath("listePoints", "injection"))
    soutirage: bool = Field(False, validation_alias=AliasPath("listePoints", "soutirage"))
    points: list[dict[str, str]] = Field([], validation_alias=AliasPath("listePoints", "points"))


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
    type: TypeDonnee | None = None
    sens: Sequence[Sens] = ("SOUTIRAGE",)
    debut: date | None = None
    fin: date | None = None
    today: date = date.max
    que_des_c5: bool = True

    @property
    def oldest(self) -> date:
        """The first day that may be ordered."""
        mois = self.type.mois if self.type else 0
        return add_months(self.today, -mois) - JOURS_DE_PLUS


_OF_ALL: Final = (
    lambda demande: 1 <= len(demande.prms) <= POINTS_MAX,
    lambda demande: bool(demande.canaux) and demande.connus.issuperset(demande.canaux),
)
CONTROLS: Final = tuple(
    ORDRES[nom].held_by(holds)
    for nom, holds in (
        ("un_seul_sens", lambda demande: len(demande.sens) == 1),
        *zip(("points_en_nombre", "canal_connu"), _OF_ALL, strict=True),
        ("type_de_donnee", lambda demande: demande.type is not None),
        (
            "jours_dans_l_ordre",
            lambda demande: (
                (demande.debut or date.max) < (demande.fin or date.max) <= demande.today
            ),
        ),
        ("maxima_de_c5", lambda demande: demande.que_des_c5 or demande.type.flux != "R66"),
        (
            "courbe_courte",
            lambda demande: demande.type.flux != "R63" or demande.fin - demande.debut <= COURBE_MAX,
        ),
        ("profondeur_de_l_ordre", lambda demande: demande.debut >= demande.oldest),
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
    asked_sens: tuple[tuple[Sens, bool], ...] = (
        ("SOUTIRAGE", asked.soutirage),
        ("INJECTION", asked.injection),
    )
    of_pmax = prms[:POINTS_MAX] if asked.type == "PMAX" else ()
    dossiers = exchange.vue.read(*((read_dossier, prm) for prm in of_pmax if PRM.fullmatch(prm)))
    demande = DemandeFichiers(
        prms,
        [each.get("canalContactId", "") for each in named],
        exchange.vue.ask(read_canaux, compte.siren),
        TYPES.get(asked.type),
        [sens for sens, said in asked_sens if said],
        _day(asked.debut),
        _day(asked.fin),
        exchange.now.date(),
        all(dossier is None or dossier.point.segment == "C5" for dossier in dossiers),
    )
    check(CONTROLS, demande)
    numero = _order(backend, exchange, titre, compte, demande, ORDRES["demande_en_cours"])
    return json_answer({"dossierId": numero})


def answer_demande(backend: RestBackend, exchange: RestExchange, titre: str) -> RestAnswer:
    """Take a demand of contract data; raises `Refus`."""
    compte = let_holder_in(backend, exchange, titre, DE_DEMANDES)
    asked = read_json(exchange, DemandeContrat, DEMANDES["requete_de_demande"])
    prms: Sequence[str] = asked.unique_point_id
    if not prms and "auto" not in titre:
        held = exchange.vue.read(*map(held_points, sorted(compte.sirens)))
        prms = [point.prm for points in held for point in points]
    connus = exchange.vue.ask(read_canaux, compte.siren)
    demande = DemandeFichiers(prms, [asked.canal_contact_id], connus, _ITC)
    check(CONTROLS_CONTRAT, demande)
    numero = _order(backend, exchange, titre, compte, demande, DEMANDES["demande_deja_faite"])
    return json_answer({"dossierId": str(numero)}, 201)


def _day(text: str) -> date | None:
    try:
        return read_jour(text, ORDRES["jours_dans_l_ordre"])
    except Refus:
        return None


def _order(
    backend: RestBackend,
    exchange: RestExchange,
    titre: str,
    compte: CompteFacts,
    demande: DemandeFichiers,
    identique: RestRule,
) -> int:
    """Open the demand and return its number; raises `Refus` where the same waits for its file.

    Whose point it is, is looked at once the file is made; without the service of these measures
    none is the account's to read.
    """
    prms = sorted({prm for prm in demande.prms if PRM.fullmatch(prm)})
    exchange.prm = prms[0] if prms else None
    panne = strike(backend, exchange, "ordre", Vise(titre, exchange.prm, points=len(demande.prms)))
    if panne is not None and panne.declared.statuts:
        body = panne.declared.corps.encode()
        raise PlannedAnswer(RestAnswer(panne.declared.statuts[0], body))
    assert demande.type is not None, "a rule wants it"
    auto, service = "auto" in titre, demande.type.service
    mine = not auto and service in (*compte.services, "ITC")
    canaux = sorted({*demande.canaux})
    asked = MesuresDemandees(
        demande.type.flux,
        "JSON" if backend.settings.dossiers_en_json else "ZIP",
        prms,
        demande.sens[0],
        "SERVICE_ACCES" if auto else "EST_TITULAIRE",
        demande.debut,
        demande.fin,
        sirens=" ".join(sorted(compte.sirens)) if mine else "",
    )
    login, reference = exchange.client.client_id, " ".join((titre, *canaux))
    emetteurs = [Emetteur(compte.siren, canal, login, reference) for canal in canaux]
    with transaction_on(backend.database, None) as (session, now, faits):
        due_at = JAMAIS if panne else backend.settings.delai_dossiers.after(now)
        numero = order_dossier(session, faits.numeros, emetteurs, asked, now, due_at)
    if numero is None:
        raise Refus(identique)
    exchange.notes.append(f"dossier {numero} : sge-sim demandes show {numero}")
    return numero
