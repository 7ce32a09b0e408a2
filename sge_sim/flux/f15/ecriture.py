"""F15: what a day's readings are invoiced, a file and its detail for each instance, frequency and
type of client (guide 4.1.3).

A cyclic reading is invoiced, and the last one of a situation; the transport of other events waits
for the next of these. What no grid prices isn't invoiced, and the log says why.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from sge_sim.errors import UsageError
from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.ecriture import TeteFacture, detail_block, general_tree
from sge_sim.facturation.grammaire import write_around, write_block
from sge_sim.facturation.lecture import CYCLIQUE, FINS
from sge_sim.facturation.lignes import BlocFacture, FactureFournisseur, ReleveFacture
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrats import (
    POINTS_PAR_FICHIER,
    BlocEcrit,
    EnvoiContrat,
    grammar_of,
    grouped_by_suite,
    instance_of,
    written_blocks,
)
from sge_sim.flux.envoi import Envoi, Fichier, batches
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.points_du_contrat import PointDuContrat, read_points_of
from sge_sim.flux.releves_contractuels import (
    ReleveContractuel,
    grids_at,
    read_pairs,
    read_registers,
)
from sge_sim.tables.perimetre import prms_to_read

_TYPE: Final = "C"
_DEMATERIALISATION: Final = "D"
_CLIENTS, _FREQUENCES = "019", "BMPAZ"
_log = logging.getLogger(__name__)


class BlocAFacturer(NamedTuple):
    """What is invoiced of a point: its last readings, and those that bound its days."""

    point: PointDuContrat
    releves: list[ReleveContractuel]


def fichiers(
    session: Session, lot: LotContrat, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the invoice of each instance, frequency and type of client."""
    mine = EnvoiContrat(lot, envoi)
    prms = prms_to_read(session, lot.contrat, lot.periode.debut)
    blocs = grouped_by_suite(written_blocks(session, lot, atelier, write_points, prms))
    for suite, each in blocs.items():
        yield _invoice(session, mine, suite, each)


def _invoice(
    session: Session, envoi: EnvoiContrat, suite: str, blocs: Sequence[BlocEcrit]
) -> Fichier:
    instance, type_, frequence, client = suite.split("_")
    sequence, contrat = envoi.next_sequence(session, suite), envoi.lot.contrat
    rank = len(_CLIENTS) * _FREQUENCES.index(frequence) + _CLIENTS.index(client)
    facture = FactureFournisseur(
        f"{rank:02d}{sequence}GF{instance}", envoi.jour, dict(each.plus for each in blocs), type_
    )
    entete = {
        "Identifiant_Flux": "F15",
        "Libelle_Flux": "Donnees de facturation des PRM",
        **envoi.entete,
        "Identifiant_Contrat": contrat.contrat,
        "Instance_GRD": instance,
    }
    rappel = {"Num_Facture": facture.numero, "Date_Facture": facture.jour, "Devise": "EUR"}
    tete = TeteFacture(instance, client, frequence, contrat.nom, contrat.eic, contrat.debut)
    inner = f"{envoi.beginning(suite)}{_DEMATERIALISATION}_{sequence}"
    version = envoi.grammaire
    general = general_tree(facture, tete, entete, version)
    membres = [(f"{inner}_FA.xml", write_around("F15_FA", version, general, ()))]
    parts = list(batches(blocs, POINTS_PAR_FICHIER))
    head = {"En_Tete_Flux": entete, "Rappel_En_Tete": rappel}
    for rang, part in enumerate(parts, start=1):
        content = write_around("F15_FL", version, head, [each.content for each in part])
        membres.append((f"{inner}_FL_{rang:05d}_{len(parts):05d}.xml", content))
    return envoi.archive(f"{inner}_{envoi.envoi.tampon}", membres, [each.prm for each in blocs])


def write_points(session: Session, lot: LotContrat, prms: Sequence[str]) -> list[BlocEcrit]:
    """Return the blocks of these points, those that are invoiced that day."""
    jour, facturation = lot.periode.debut, Facturation()
    due = [
        found
        for point in read_points_of(session, lot.contrat, prms, jour)
        if (found := _due(point, jour)) is not None
    ]
    # Where a price changes between two readings, what the meter showed on that day.
    changes = {
        (n, day)
        for n, each in enumerate(due)
        for day in facturation.grilles.changes(each.releves[0].jour, jour)
        if each.point.vecue.communicates(day)
    }
    read_registers(
        (
            each.point.vecue,
            [*(releve.jour for releve in each.releves), *(day for m, day in changes if m == n)],
        )
        for n, each in enumerate(due)
    )
    made = []
    for n, each in enumerate(due):
        try:
            bloc = _bloc(each, facturation, [day for m, day in sorted(changes) if m == n])
        except UsageError as error:
            _log.info("F15, point %s : pas de facture. %s", each.point.vecue.prm, error)
            continue
        made.append(_written(each.point, each.releves[-1], bloc, grammar_of(lot)))
    return made


def _due(point: PointDuContrat, jour: date) -> BlocAFacturer | None:
    """Return the readings that a day's one closes: that which was invoiced last, or the first of
    the situation, and those since; None where the day's isn't invoiced."""
    releves = point.vecue.releves(jour)
    if len(releves) < 2 or releves[-1].jour != jour:
        return None
    if releves[-1].motif not in (CYCLIQUE, *FINS):
        return None
    start = len(releves) - 2
    while start and releves[start].motif != CYCLIQUE:
        start -= 1
    return BlocAFacturer(point, releves[start:])


def _bloc(due: BlocAFacturer, facturation: Facturation, changes: Sequence[date]) -> BlocFacture:
    point, releves = due
    first, last = releves[0], releves[-1]
    situations, vecue = point.situations_facturees(last.jour), point.vecue
    lus = []
    for releve, before in read_pairs(releves):
        if before is None:
            lus.append(ReleveFacture(releve.id, releve.jour))
            continue
        lue = _priced(grids_at(vecue, releve.jour, before.jour))
        lus.append(
            ReleveFacture(
                releve.id,
                releve.jour,
                lue.index,
                lue.energies,
                {
                    day: _priced(grids_at(vecue, day, before.jour)).index
                    for day in changes
                    if before.jour < day < releve.jour
                },
            )
        )
    avance = []
    if first.motif == CYCLIQUE:
        known = [each for each in situations if each.debut <= first.jour]
        avance = facturation.avance(known, first.jour, vecue.prochain(first.jour))
    prochain = vecue.prochain(last.jour) if last.motif == CYCLIQUE else None
    return facturation.bloc(PeriodeAFacturer(situations, lus, avance, prochain))


def _priced(grids: Any) -> Any:
    """Return the grid whose classes are priced: the distributor's, where there is one."""
    return grids["Distributeur"] if grids["Distributeur"].classes else grids[""]


def _written(
    point: PointDuContrat, releve: ReleveContractuel, bloc: BlocFacture, version: str
) -> BlocEcrit:
    ligne, jour = point.ligne, releve.jour
    frequence = "M" if point.vecue.communicates(jour) else "B"
    instance = instance_of(ligne.code_insee)
    suite = f"{instance}_{_TYPE}_{frequence}_{point.type_client(jour)}"
    donnees = {
        "Id_PRM": ligne.prm,
        "Code_Commune": ligne.code_insee,
        "Code_Departement": ligne.code_insee[:2],
        "Ref_Situation_Contractuelle": releve.reference,
        "Type_Compteur": point.type_compteur(jour),
        "Date_Dernier_Releve_Reel": jour,
    }
    facture = FactureFournisseur("", jour, {releve.id: bloc})
    tree = detail_block(facture, releve.id, donnees, version)
    content = write_block("F15_FL", version, "Donnees_Valorisation", tree)
    return BlocEcrit(suite, ligne.prm, content, (releve.id, bloc))
