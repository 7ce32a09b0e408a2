"""F15 and F12: what a day's readings are invoiced.

F15 (C5, guide 4.1.3): a file and its detail for each instance, frequency and type of client. A
cyclic reading is invoiced, and the last one of a situation; the transport of other events waits
for the next of these, but not their services. What is put right is annulled and invoiced anew, in
files of type R. F12 (C4, guide 1.14.2): a file, its detail and its summary for each instance; each
reading of R17 is invoiced, as `Num_Sous_Lot` joins both (assumed of those of events).

What no grid prices isn't invoiced, and the journal says why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.facturation.arbres import enedis
from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.ecriture import detail_block, general_tree, general_trees_f12
from sge_sim.facturation.grammaire import write_around, write_block
from sge_sim.facturation.lecture import CYCLIQUE, DEBUTS, FINS
from sge_sim.facturation.lignes import LINKY, BlocFacture, FactureFournisseur, ReleveFacture
from sge_sim.facturation.prix import elements, given_grilles
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
    DuPoint,
    GrilleLue,
    PointDuContrat,
    ReleveContractuel,
    SituationVecue,
    grids_at,
    read_points_of,
    read_registers,
    revised,
)
from sge_sim.flux.envoi import Envoi, Fichier, batches
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.contrats_publies import prms_to_read

_CLIENTS, _FREQUENCES, _TYPES = "019", "BMPAZ", "CRIHZ"
_Due = tuple[PointDuContrat, list[ReleveContractuel], list[date]]
"""What is invoiced: a point, its readings from that which was invoiced last, the days in between on
which a price changes and its meter tells what it shows."""


def fichiers(
    session: Session, lot: LotContrat, _envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the invoice of each instance, frequency and type of client; then what is put right."""
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
        nom, blocks = numbered(session, lot, suite, "D_"), dict(each.plus for each in blocs)
        facture = FactureFournisseur(_numero(suite, jour), jour, blocks, type_)
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
    nom, version = f"{numbered(session, lot, instance)}_D_30", grammar_of(lot)
    made, jour = dict(each.plus for each in blocs), legal_date(lot.instant)
    facture = FactureFournisseur(f"12{_rank_of(jour)}{instance}", jour, made)
    facts = {**head_of(lot), "instance": instance, "facture": facture}
    facts["nom"] = get_acteur(session, lot.contrat.acteur_code).nom[:40]
    facts["parts"] = [[*part] for part in batches(made.values(), POINTS_PAR_FICHIER)]
    whole = [
        (f"{nom}_{part}.xml", write_around(f"F12_{part}", version, tree, ()))
        for part, tree in general_trees_f12(facture, facts).items()
    ]
    return archive_of(lot, nom, f"{nom}_FL", blocs, ("F12_FL", facts), *whole)


def _numero(suite: str, jour: date) -> str:
    """Return the number of the invoice of a day: there is but one of a sequence."""
    instance, type_, frequence, client = suite.split("_")
    rank = len(_FREQUENCES) * _TYPES.index(type_) + _FREQUENCES.index(frequence)
    rank = len(_CLIENTS) * rank + _CLIENTS.index(client)
    return f"{rank:02d}{_rank_of(jour)}GF{instance}"


def _rank_of(jour: date) -> str:
    return f"{jour.toordinal() % 10**5:05d}"


def write_points(
    session: Session, lot: LotContrat, prms: Sequence[str], facturation: Facturation
) -> list[BlocDuFichier]:
    """Return the blocks of these points, those that are invoiced that day; what no grid prices is
    of no sequence, with why."""
    points = [*read_points_of(session, lot.contrat, prms, lot.periode.debut)]
    blocs: list[BlocDuFichier] = []
    transport = _transport(points, facturation, blocs).items()
    blocs += [_written(lot, point, ident, bloc) for ident, (point, bloc) in transport]
    if lot.flux.code == "F15":
        blocs += _services(lot, points, facturation)
        blocs += _put_right(session, lot, prms, facturation)
    return blocs


def _services(
    lot: LotContrat, points: Iterable[PointDuContrat], facturation: Facturation
) -> Iterator[BlocDuFichier]:
    """Yield the block of the service that each affaire of the supplier was, told that day."""
    contrat_id = lot.contrat.contrat_id
    for point in points:
        for event in (each for each in point.vecue.evenements if each.connu == point.jour):
            affaire, ident = event.affaire, elements()["affaires"].get(event.nature)
            asked = affaire and (affaire.nature, affaire.contrat_id) == (event.nature, contrat_id)
            if not (affaire and asked and ident and affaire.prestation):
                continue  # of another, or Enedis' own
            if ident.endswith("-"):
                ident += "E" if event.apres.type_compteur == LINKY else "NE"
            try:
                bloc = BlocFacture("EVNT", (facturation.prestation(ident, event.jour),))
            except UsageError as error:
                yield BlocDuFichier("", point.prm, b"", str(error))
                continue
            if bloc.ht:
                yield _written(lot, point, affaire.numero, bloc, affaire)


def _put_right(
    session: Session, lot: LotContrat, prms: Sequence[str], facturation: Facturation
) -> Iterator[BlocDuFichier]:
    """Yield what former readings were invoiced that are told otherwise, annulled then anew; what a
    reading was that is no longer one to invoice waits, annulled, for the next that is."""
    make = partial(_transport, facturation=facturation, refused=[])
    for motif, former, now in revised(session, lot, prms, make):
        if former is None:
            continue
        (point, bloc), ident = former, former[1].releves[-1]
        facture = _numero(_written(lot, point, ident, bloc).suite, point.jour + timedelta(1))
        about = (facture, ident, enedis()["rectifications"][motif])
        yield _written(lot, point, f"{ident}A", facturation.annulled(bloc, about))
        if now is not None:
            bloc = replace(now[1], type="RECT", origine=about)
            yield _written(lot, now[0], f"{ident}R", bloc)


def _written(
    lot: LotContrat, point: PointDuContrat, ident: str, bloc: BlocFacture, affaire: Any = None
) -> BlocDuFichier:
    version, suite, plan = grammar_of(lot), instance_of(point.ligne.code_insee), "Sous_Lot"
    if not point.grand:
        frequence = "M" if point.vecue.communicates(point.jour) else "B"
        type_ = "C" if bloc.origine is None else "R"
        suite, plan = f"{suite}_{type_}_{frequence}_{point.type_client}", "Donnees_Valorisation"
    tree = detail_block(ident, bloc, point, version, affaire, plan)
    content = write_block(f"{lot.flux.code}_FL", version, plan, tree)
    return BlocDuFichier(suite, point.prm, content, (ident, bloc))


def _transport(
    points: Iterable[PointDuContrat], facturation: Facturation, refused: list[BlocDuFichier]
) -> dict[str, DuPoint]:
    """Return the blocks of the readings of their day of points, by the number of the reading; add
    to `refused` those that no grid prices."""
    due, blocs = list[_Due](), dict[str, DuPoint]()
    for point in points:
        if releves := _invoiced(point):
            changes = facturation.grilles.changes(releves[0].jour, point.jour)
            dits = [day for day in sorted(changes) if point.vecue.communicates(day)]
            due.append((point, releves, dits))
    read_registers(
        (point.vecue, [*(each.jour for each in releves), *changes])
        for point, releves, changes in due
    )
    for each in due:
        point, last = each[0], each[1][-1]
        try:
            ident = last.sous_lot if point.grand else last.id
            blocs[ident] = point, _bloc(each, facturation)
        except UsageError as error:
            refused.append(BlocDuFichier("", point.prm, b"", str(error)))
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


def _bloc(due: _Due, facturation: Facturation) -> BlocFacture:
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
    bloc = facturation.bloc(PeriodeAFacturer(situations, lus, avance, prochain, event))
    return replace(bloc, lignes=tuple(each for each in bloc.lignes if each.quantite))


def _priced(vecue: SituationVecue, jour: date, before: date) -> GrilleLue:
    """Return the grid whose classes are priced: the distributor's, where there is one."""
    fournisseur, distributeur = grids_at(vecue, jour, before)
    return distributeur if distributeur.classes else fournisseur
