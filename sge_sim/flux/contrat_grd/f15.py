"""F15 and F12: what a day's readings are invoiced.

F15 (C5, guide 4.1.3): a file and its detail for each instance, frequency and type of client. A
cyclic reading is invoiced, and the last one of a situation; the transport of other events waits
for the next of these. F12 (C4, guide 1.14.2): a file, its detail and its summary for each instance;
each reading of R17 is invoiced, as `Num_Sous_Lot` joins both (assumed of those of events).

What no grid prices isn't invoiced, and the journal says why.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.ecriture import detail_block, general_tree, general_trees_f12
from sge_sim.facturation.grammaire import write_around, write_block
from sge_sim.facturation.lecture import CYCLIQUE, DEBUTS, FINS
from sge_sim.facturation.lignes import BlocFacture, FactureFournisseur, ReleveFacture
from sge_sim.facturation.prix import given_grilles
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrat_grd.fichiers import (
    POINTS_PAR_FICHIER,
    BlocDuFichier,
    archive_of,
    blocks_by_suite,
    grammar_of,
    head_of,
    instance_of,
    numbered,
)
from sge_sim.flux.contrat_grd.releves import (
    GrilleLue,
    PointDuContrat,
    ReleveContractuel,
    SituationVecue,
    grids_at,
    read_points_of,
    read_registers,
)
from sge_sim.flux.envoi import Envoi, Fichier, batches
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.contrats_publies import prms_to_read

_CLIENTS, _FREQUENCES = "019", "BMPAZ"


class _AFacturer(NamedTuple):
    """What is invoiced: a point, its readings from that which was invoiced last, the days in
    between on which a price changes and its meter tells what it shows."""

    point: PointDuContrat
    releves: list[ReleveContractuel]
    changes: list[date]


def fichiers(
    session: Session, lot: LotContrat, _envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the invoice of each instance, frequency and type of client."""
    jour, version = legal_date(lot.instant), grammar_of(lot)
    write = partial(write_points, facturation=Facturation(*given_grilles(atelier.grille)))
    for suite, blocs in blocks_by_suite(session, lot, atelier, prms_to_read, write):
        if not suite:
            whose = f"{counted(len(blocs), 'point')} ({blocs[0].prm}…)"
            atelier.raisons.append(f"pas de facture de {whose}. {blocs[0].plus}")
            continue
        if lot.flux.code == "F12":
            yield _grands(session, lot, suite, blocs)
            continue
        instance, type_, frequence, client = suite.split("_")
        sequence, nom = numbered(session, lot, suite, "D_")
        rank = len(_CLIENTS) * _FREQUENCES.index(frequence) + _CLIENTS.index(client)
        numero = f"{rank:02d}{sequence}GF{instance}"
        facture = FactureFournisseur(numero, jour, dict(each.plus for each in blocs), type_)
        facts = {**head_of(lot), "instance": instance, "facture": facture}
        facts["nom"] = get_acteur(session, lot.contrat.acteur_code).nom
        general = general_tree(facture, facts, frequence, client, version)
        whole = write_around("F15_FA", version, general, ())
        first, head = (f"{nom}_FA.xml", whole), ("F15_FL", facts)
        yield archive_of(lot, nom, f"{nom}_FL", blocs, head, first)


def _grands(
    session: Session, lot: LotContrat, instance: str, blocs: list[BlocDuFichier]
) -> Fichier:
    """Return the F12 of an instance; the delay of payment ends its name."""
    sequence, begins = numbered(session, lot, instance)
    nom, version = f"{begins}_D_30", grammar_of(lot)
    made = dict(each.plus for each in blocs)
    facture = FactureFournisseur(f"12{sequence}{instance}", legal_date(lot.instant), made)
    facts = {**head_of(lot), "instance": instance, "facture": facture}
    facts["nom"] = get_acteur(session, lot.contrat.acteur_code).nom[:40]
    facts["parts"] = [[*part] for part in batches(made.values(), POINTS_PAR_FICHIER)]
    whole = [
        (f"{nom}_{part}.xml", write_around(f"F12_{part}", version, tree, ()))
        for part, tree in general_trees_f12(facture, facts).items()
    ]
    return archive_of(lot, nom, f"{nom}_FL", blocs, ("F12_FL", facts), *whole)


def write_points(
    session: Session, lot: LotContrat, prms: Sequence[str], facturation: Facturation
) -> list[BlocDuFichier]:
    """Return the blocks of these points, those that are invoiced that day; of no sequence where no
    grid prices one, with why."""
    version = grammar_of(lot)
    due = []
    for point in read_points_of(session, lot.contrat, prms, lot.periode.debut):
        if releves := _invoiced(point):
            changes = facturation.grilles.changes(releves[0].jour, point.jour)
            dits = [day for day in sorted(changes) if point.vecue.communicates(day)]
            due.append(_AFacturer(point, releves, dits))
    read_registers(
        (point.vecue, [*(each.jour for each in releves), *changes])
        for point, releves, changes in due
    )
    blocs = []
    for each in due:
        point, last = each.point, each.releves[-1]
        ident = last.sous_lot if point.grand else last.id
        try:
            bloc = _bloc(each, facturation)
        except UsageError as error:
            blocs.append(BlocDuFichier("", point.prm, b"", str(error)))
            continue
        frequence = "M" if point.vecue.communicates(point.jour) else "B"
        suite = instance_of(point.ligne.code_insee)
        suite += "" if point.grand else f"_C_{frequence}_{point.type_client}"
        nom = "Sous_Lot" if point.grand else "Donnees_Valorisation"
        tree = detail_block(ident, bloc, point, version, nom)
        content = write_block(f"{lot.flux.code}_FL", version, nom, tree)
        blocs.append(BlocDuFichier(suite, point.prm, content, (ident, bloc)))
    return blocs


def _invoiced(point: PointDuContrat) -> list[ReleveContractuel]:
    """Return the readings that the day's one closes: that which was invoiced last, or the first of
    the situation, and those since; none where the day's isn't invoiced."""
    releves = point.vecue.releves(point.jour)
    last = releves[-1] if releves else None
    if last is None or last.jour != point.jour:
        return []
    if point.grand:
        return releves[-2:] if last.precedent else []
    if last.motif not in (CYCLIQUE, *FINS):
        return []
    starts = [n for n, each in enumerate(releves[:-1]) if n == 0 or each.motif == CYCLIQUE]
    return releves[starts[-1] :] if starts else []


def _bloc(due: _AFacturer, facturation: Facturation) -> BlocFacture:
    point, releves, changes = due
    vecue, situations = point.vecue, point.situations_facturees()
    first, last = releves[0], releves[-1]
    lus = [ReleveFacture(first.id, first.jour)]
    for before, releve in pairwise(releves):
        lue = _priced(vecue, releve.jour, before.jour)
        within = [day for day in changes if before.jour < day < releve.jour]
        daily = {day: _priced(vecue, day, before.jour).index for day in within}
        hours = point.heures_depassees(before.jour, releve.jour) if point.grand else {}
        lu = ReleveFacture(releve.id, releve.jour, lue.index, lue.energies, daily, hours)
        lus.append(lu)
    avance = []
    if first.motif not in DEBUTS:
        avance = facturation.avance(situations, first.jour, vecue.prochain(first.jour))
    prochain = None if last.motif in FINS else vecue.prochain(last.jour)
    event = last.motif != CYCLIQUE
    return facturation.bloc(PeriodeAFacturer(situations, lus, avance, prochain, event))


def _priced(vecue: SituationVecue, jour: date, before: date) -> GrilleLue:
    """Return the grid whose classes are priced: the distributor's, where there is one."""
    fournisseur, distributeur = grids_at(vecue, jour, before)
    return distributeur if distributeur.classes else fournisseur
