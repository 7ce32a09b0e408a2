"""F15 and F12: what a day's readings are invoiced; where no grid prices it, the journal says why.

F15 (C5, guide 4.1.3): a file and its detail for each instance, frequency and type of client. A
cyclic reading is invoiced, and the last one of a situation; the transport of other events waits
for the next of these, but not their services. What is put right is annulled and invoiced anew, in
files of type R. F12 (C4, guide 1.14.2): a file, its detail and its summary for each instance; each
reading of R17 is invoiced, as `Num_Sous_Lot` joins both (assumed of those of events).
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from sge_sim.errors import UsageError
from sge_sim.facturation.arbres import enedis, instance_of
from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.ecriture import detail_block
from sge_sim.facturation.lecture import CYCLIQUE, D_AVANCE, DEBUTS, FINS
from sge_sim.facturation.lignes import LINKY, BlocFacture, LigneFacturee, ReleveFacture
from sge_sim.facturation.prix import elements
from sge_sim.flux.contrat_grd.journee import BlocDit, DuPoint, JourDit, revised
from sge_sim.flux.contrat_grd.releves import (
    PointDuContrat,
    ReleveContractuel,
    grids_at,
    read_registers,
)

_CLIENTS, _FREQUENCES, _TYPES = "019", "BMPAZ", "CRIHZ"
_Due = tuple[PointDuContrat, list[ReleveContractuel], list[date]]
"""A point, its readings from that which was invoiced last, the days of other prices in between."""


def number_of(suite: str, jour: date) -> str:
    """Return the number of the invoice of a day: there is but one of a sequence."""
    rank, (instance, *kind) = f"{jour.toordinal() % 10**5:05d}", suite.split("_")
    if not kind:
        return f"12{rank}{instance}"
    place = 0
    for among, each in zip((_TYPES, _FREQUENCES, _CLIENTS), kind, strict=True):
        place = place * len(among) + among.index(each)
    return f"{place:02d}{rank}GF{instance}"


def write_invoices(journee: JourDit) -> Iterator[BlocDit]:
    """Yield the blocks of these points, those that are invoiced that day; what no grid prices has
    no sequence."""
    refused: list[BlocDit] = []
    due = _transport(journee.points, journee.facturation, refused)
    yield from (_dit(journee, point, _ident(point, bloc), bloc) for point, bloc in due.values())
    yield from refused
    yield from _services(journee)
    yield from _put_right(journee)


def _services(journee: JourDit) -> Iterator[BlocDit]:
    """Yield the block of the service that each affaire of the supplier was, told that day (C5)."""
    for point in (each for each in journee.points if not each.grand):
        for event in (each for each in point.vecue.evenements if each.connu == point.jour):
            affaire, ident = event.affaire, elements()["affaires"].get(event.nature)
            whose = event.nature, journee.lot.contrat.contrat_id
            asked = affaire and (affaire.nature, affaire.contrat_id) == whose
            if not (affaire and asked and ident and affaire.prestation):
                continue  # of another, or Enedis' own
            if ident.endswith("-"):
                ident += "E" if event.apres.type_compteur == LINKY else "NE"
            try:
                lignes = (journee.facturation.prestation(ident, event.jour),)
            except UsageError as error:
                yield BlocDit("", point.prm, None, raison=str(error))
                continue
            if (bloc := BlocFacture("EVNT", lignes)).ht:
                yield _dit(journee, point, affaire.numero, bloc, affaire)


def _put_right(journee: JourDit) -> Iterator[BlocDit]:
    """Yield what former readings were invoiced that are told otherwise, annulled then anew; what a
    reading was that is no longer one to invoice waits, annulled, for the next that is.

    F15 repeats the whole block (documented); F12 what is elapsed (documented), and what was billed
    in advance where it changes (assumed). A block of F12 keeps the number of its reading.
    """
    facturation, code = journee.facturation, journee.lot.flux.code
    make = partial(_transport, facturation=facturation, refused=[])
    for motif, former, now in revised(journee, make):
        if former is None:
            if now is not None:
                yield _dit(journee, now[0], _ident(*now), now[1])
            continue
        (point, bloc), ident = former, _ident(*former)
        facture = number_of(_suite(*former), point.jour + timedelta(1))
        about = facture, ident, str(enedis()["rectifications"][code][motif])
        same = now[1].lignes if now and point.grand else ()
        kept = {x for x in bloc.lignes if x in same and x.id_ev[-4:] in D_AVANCE}
        lots = [("A", point, facturation.annulled(_without(kept, bloc), about))]
        if now is not None:
            anew = replace(_without(kept, now[1]), type="RECT", origine=about)
            lots.append(("R", now[0], anew))
        for suffixe, whose, dit in lots:
            if dit.lignes:
                yield _dit(journee, whose, ident + suffixe * (not point.grand), dit)


def _without(kept: Container[LigneFacturee], bloc: BlocFacture) -> BlocFacture:
    return replace(bloc, lignes=tuple(each for each in bloc.lignes if each not in kept))


def _ident(point: PointDuContrat, bloc: BlocFacture) -> str:
    """Return the number of the block of a reading: above 36 kVA, that which R17 gives it."""
    return bloc.releves[-1][-12:] if point.grand else bloc.releves[-1]


def _suite(point: PointDuContrat, bloc: BlocFacture) -> str:
    instance, type_ = instance_of(point.ligne.code_insee), "R" if bloc.origine else "C"
    frequence = "M" if point.vecue.communicates(point.jour) else "B"
    return instance if point.grand else f"{instance}_{type_}_{frequence}_{point.type_client}"


def _dit(
    journee: JourDit, point: PointDuContrat, ident: str, bloc: BlocFacture, affaire: Any = None
) -> BlocDit:
    plan = "Sous_Lot" if point.grand else "Donnees_Valorisation"
    tree = detail_block(plan, ident, bloc, point, journee.grammar, affaire)
    return BlocDit(_suite(point, bloc), point.prm, tree, bloc)


def _transport(
    points: Iterable[PointDuContrat], facturation: Facturation, refused: list[BlocDit]
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
        point = each[0]
        try:
            blocs[each[1][-1].id] = point, _bloc(each, facturation)
        except UsageError as error:
            refused.append(BlocDit("", point.prm, None, raison=str(error)))
    return blocs


def _invoiced(point: PointDuContrat) -> list[ReleveContractuel]:
    """Return the readings that the day's one closes: that which was invoiced last, or the first of
    the situation, and those since; none where the day's isn't invoiced."""
    releves = point.releves
    if (last := releves[-1]).jour != point.jour:
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

    def priced(jour: date, before: date) -> Any:
        fournisseur, distributeur = grids_at(vecue, jour, before)
        return distributeur if distributeur.classes else fournisseur

    first, last = releves[0], releves[-1]
    lus = [ReleveFacture(first.id, first.jour)]
    for before, releve in pairwise(releves):
        lue = priced(releve.jour, before.jour)
        within = [day for day in changes if before.jour < day < releve.jour]
        daily = {day: priced(day, before.jour).index for day in within}
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
