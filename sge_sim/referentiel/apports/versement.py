"""Brings points and actors in: every line checked, written in slices, all seen at once or none."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import elapsed_ms, legal_date, stopwatch
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.apports.acteurs import ActeursApportes, read_acteur
from sge_sim.referentiel.apports.anonymat import Anonymat
from sge_sim.referentiel.apports.contradictions import fautes_of, sentence_of
from sge_sim.referentiel.apports.lecture import Bilan as Bilan
from sge_sim.referentiel.apports.lecture import Faute, Source, read_lignes
from sge_sim.referentiel.apports.lecture import sentence_of_import as sentence_of_import
from sge_sim.referentiel.apports.lignes import add_to, cells_of, ligne_of, read_ligne
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.apports.regles import LignePoint
from sge_sim.referentiel.apports.retrait import (
    SMALLEST,
    alone_with_points,
    discard_hidden,
    resized,
)
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.tables.apports import (
    Sessions,
    Tranche,
    described_points,
    insert_tranche,
    known_among,
    known_communes,
    open_apport,
    points_of_meters,
    publish_apport,
    scratch_sessions,
    suppliers,
)
from sge_sim.tables.mesures import Jour, insert_days

if TYPE_CHECKING:
    from sge_sim.referentiel.apports.jours import LignesJours


Declare = Callable[[Session, Mapping[str, Any]], object]
_LARGEST: Final = 2000
_FIRST_SETTLED, _TIMES_SETTLED = 10_000, 4
"""After how many points the database takes note of them, and by how much that grows each time."""
_WORDS: Final = tuple(MOTS.values())
_SCRATCH: Final = 0
"""The number of what is brought into a scratch."""


def import_points(
    database: Database,
    sources: Iterable[Source],
    *,
    report: Callable[[Faute], None],
    remark: Callable[[Faute], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
    strict: bool = False,
    sauf_erreurs: bool = False,
    essai: bool = False,
    anonymise: bool = False,
    wait: bool = False,
    declare: Declare | None = None,
) -> Bilan:
    """Bring in the points of these files; each fault goes to `report` as it is found, each remark
    to `remark`. When `strict`, what would be remarked is a fault.

    The new points are seen at once, at the end, if there was no fault or with `sauf_erreurs`;
    nothing is left of them otherwise, nor after an exception. A point that is there as given
    counts as unchanged, and so does a day of measures. `progress` gets the number of lines read,
    after each slice.

    An `essai` writes nothing here, and holds nobody up. Of imports, one at a time: `BusyError`
    where another one goes on, unless it is to `wait`.

    `anonymise` brings in other people's points in their place (`anonymat`), new ones each time.

    `declare` opens the affaire of a line of an event, which is refused without it.

    Raises `UsageError` for a file that can't be read as one of points.
    """
    anonymat = Anonymat() if anonymise else None
    reports = (report, None if strict else remark)
    if essai:
        with scratch_sessions() as scratch:
            versement = _Versement(database, reports, progress, anonymat, scratch)
            versement.read(sources)
            versement.finish(declare, sauf_erreurs=True)
            return versement.bilan
    with alone_with_points(database, wait=wait):
        discard_hidden(database)
        versement = _Versement(database, reports, progress, anonymat)
        try:
            versement.read(sources)
            versement.finish(declare, sauf_erreurs=sauf_erreurs)
        finally:
            discard_hidden(database)
            database.settle_bulk_writes()
        return versement.bilan


class _Versement:
    """One import under way: the slice that is filled, and what is known of the others.

    What is only tried is written to a `scratch`, and nothing to the database.
    """

    def __init__(
        self,
        database: Database,
        reports: tuple[Callable[[Faute], None], Callable[[Faute], None] | None],
        progress: Callable[[int], None],
        anonymat: Anonymat | None,
        scratch: Sessions | None = None,
    ) -> None:
        self.bilan = Bilan()
        self._anonymat = anonymat
        self._scratch = scratch
        self._staging: Sessions = scratch or database.transaction
        with database.sessions() if scratch else database.transaction() as session:
            self.apport_id = _SCRATCH if scratch else open_apport(session)
            self._communes = known_communes(session)
            self._suppliers = set(suppliers(session))
            self._jour = legal_date(instant_within(session))
        self._acteurs = ActeursApportes(self.apport_id)
        self._database = database
        (self._report, self._remark), self._progress = reports, progress
        self._size = SMALLEST
        self._slice: list[tuple[str, int, LignePoint, bool]] = []
        self._lines: LignesJours | None = None
        self._events: list[tuple[str, int, Mapping[str, Any]]] = []
        self._worked_ms, self._since = 0.0, stopwatch()
        self._settled = _FIRST_SETTLED

    def read(self, sources: Iterable[Source]) -> None:
        """Check every line, and write those that hold."""
        for source in sources:
            for number, sorte, cells in read_lignes(source, partial(self._add_faute, source.nom)):
                self.bilan.lues += 1
                if self._anonymat is not None:
                    cells = self._anonymat.other(cells)
                if sorte == "jours":
                    self._add_day(source.nom, number, cells)
                    continue
                if sorte == "evenements":
                    self._events.append((source.nom, number, cells))
                    continue
                if sorte == "acteurs":
                    self._add_acteur(source.nom, number, cells)
                    continue
                self._slice.append((source.nom, number, *self._checked(source.nom, number, cells)))
                if len(self._slice) >= self._size:
                    self._write()
            self._end_days(source.nom)
        self._write()

    def finish(self, declare: Declare | None, *, sauf_erreurs: bool) -> None:
        """Make all that was brought in seen, and open what events ask for, or nothing: where there
        are faults, and of what is only tried."""
        beyond = self.bilan.fautes and not sauf_erreurs
        if beyond or (self._scratch and not self._events):
            return
        with self._database.transaction() as session:
            if self._scratch is None:
                self._acteurs.publish(session)
                publish_apport(session, self.apport_id)
            prms = [str(cells.get("prm")) for *_, cells in self._events]
            with self._scratch() if self._scratch else nullcontext(session) as staged:
                tried = known_among(staged, prms) if self._scratch else {}
            for source, number, cells in self._events:
                if cells.get("prm") in tried:
                    continue  # its point isn't there to be looked at
                try:
                    if declare is None:
                        raise UsageError("un événement s'importe par sge-sim points import")
                    declare(session, cells)
                    self.bilan.evenements += 1
                except UsageError as error:
                    self._add_faute(source, number, "", str(error).removesuffix("."))
            self.bilan.importe = not self._scratch and (sauf_erreurs or not self.bilan.fautes)
            if not self.bilan.importe:
                session.rollback()

    def _add_acteur(self, source: str, number: int, cells: Mapping[str, Any]) -> None:
        """Check an actor, and write it for the points that follow."""
        report = partial(self._add_faute, source, number)
        before = self.bilan.fautes
        entry = read_acteur(cells, report)
        if entry is None:
            return
        with self._database.sessions() if self._scratch else self._staging() as session:
            new = self._acteurs.stage(session, entry, report)
        if new:
            self.bilan.acteurs += 1
            if entry.kind == "fournisseur":
                self._suppliers.add(entry.code)
        elif self.bilan.fautes == before:
            self.bilan.inchanges += 1

    def _add_day(self, source: str, number: int, cells: Mapping[str, Any]) -> None:
        prm = str(cells.get("prm", ""))
        if self._lines is None or self._lines.prm != prm:
            self._end_days(source)
            from sge_sim.referentiel.apports.jours import LignesJours

            self._lines = LignesJours(prm)
        self._lines.lignes.append((number, cells))

    def _end_days(self, source: str) -> None:
        """Check the days of the point that has just ended in the file, and write the right ones."""
        lines, self._lines = self._lines, None
        if lines is None:
            return
        self._write()
        with self._database.sessions() as there, self._staged(there) as sessions:
            days, unchanged = lines.checked(
                sessions, self.apport_id, partial(self._add_faute, source)
            )
        self.bilan.inchanges += unchanged
        self.bilan.jours += len(days)
        remaining = iter(days)
        while part := list(islice(remaining, _LARGEST)):
            self._write_in_turn(partial(insert_days, rows=self._rows(lines.prm, part)))

    @contextmanager
    def _staged(self, there: Session) -> Iterator[tuple[Session, ...]]:
        """Give the sessions that may know a point: that of a trial, then that of the state."""
        if self._scratch is None:
            yield (there,)
        else:
            with self._scratch() as staged:
                yield staged, there

    def _rows(self, prm: str, days: Sequence[Jour]) -> list[dict[str, Any]]:
        own = {"prm": prm, "apport_id": self.apport_id}
        columns = "jour", "courbe", "registres"
        return [own | dict(zip(columns, day, strict=True)) for day in days]

    def _add_faute(
        self, source: str, number: int, mot: str, phrase: str, remarque: bool = False
    ) -> bool:
        """Report what is wrong, or remark it; return whether it is a fault."""
        if remarque and self._remark is not None:
            self.bilan.remarques += 1
            self._remark(Faute(source, number, mot, phrase, remarque))
            return False
        self.bilan.fautes += 1
        self._report(Faute(source, number, mot, phrase))
        return True

    def _checked(
        self, source: str, number: int, cells: Mapping[str, Any]
    ) -> tuple[LignePoint, bool]:
        """Return what a line says, and whether it holds by itself."""
        before, unread = self.bilan.fautes, list[str]()

        def report(mot: str, phrase: str) -> None:
            unread.append(mot)
            self._add_faute(source, number, mot, phrase)

        ligne = read_ligne(cells, report)
        if ligne.point["commune"] is None:
            ligne = self._named(ligne)
        for wrong in (*fautes_of(ligne, self._jour, unread), *self._foreign(ligne)):
            self._add_faute(source, number, *wrong)
        return ligne, self.bilan.fautes == before

    def _named(self, ligne: LignePoint) -> LignePoint:
        """Give a point the name of its commune, where it is known."""
        pair = ligne.point["code_postal"], ligne.point["code_insee"]
        name = self._communes.get(pair) or communes_de_france().get(pair)
        return replace(ligne, point={**ligne.point, "commune": name})

    def _foreign(self, ligne: LignePoint) -> Iterator[tuple[str, str, bool]]:
        """Yield what contradicts the actors and the communes that are there."""
        point, avant = ligne.point, ligne.mesures.get("avant", ())
        for each in (point, *(valeurs for _, valeurs in avant)):
            supplier = each.get("fournisseur_titulaire")
            if supplier is not None and supplier not in self._suppliers:
                yield sentence_of("fournisseur_inconnu", vu=supplier)
        known = self._communes.get((point["code_postal"], point["code_insee"]))
        if None not in (known, point["commune"]) and known != point["commune"]:
            yield sentence_of("commune_d_un_autre_nom", vu=known)

    def _write(self) -> None:
        """Write the slice, after a pause for those who waited since the one before."""
        if self._slice:
            self._write_in_turn(lambda session: insert_tranche(session, self._new_among(session)))
            self._slice = []
            self._size = resized(self._size, self._worked_ms)
            if self.bilan.nouveaux >= self._settled and not self._scratch:
                self._database.settle_bulk_writes()
                self._settled *= _TIMES_SETTLED

    def _write_in_turn(self, write: Callable[[Session], None]) -> None:
        if not self._scratch:
            self._database.let_others_write(self._worked_ms - elapsed_ms(self._since))
        started = stopwatch()
        with self._staging() as session:
            write(session)
        self._worked_ms, self._since = elapsed_ms(started), stopwatch()
        self._progress(self.bilan.lues)

    def _new_among(self, session: Session) -> Tranche:
        """Return the rows of the points of the slice that aren't there yet; what doesn't hold by
        itself is held against the others too, so that all that is wrong is told at once."""
        lignes = [ligne for _, _, ligne, _ in self._slice]
        prms = [ligne.point["prm"] for ligne in lignes]
        serials = {serial for each in lignes if (serial := each.compteur.get("numero_serie"))}
        known, meters = known_among(session, prms), points_of_meters(session, serials)
        with self._database.sessions() if self._scratch else nullcontext(session) as present:
            if self._scratch:
                known = known_among(present, prms) | known
                meters = points_of_meters(present, serials) | meters
            there = {
                point.prm: cells_of(ligne_of(point, mesures), _WORDS)
                for point, mesures in described_points(
                    present, [prm for prm, apport in known.items() if apport != self.apport_id]
                )
            }
        tranche = Tranche()
        for source, number, ligne, holds in self._slice:
            prm = ligne.point["prm"]
            if prm in there:
                before = zip(_WORDS, there[prm], cells_of(ligne, _WORDS), strict=True)
                different = next((mot.nom for mot, was, given in before if was != given), None)
                if different:
                    own = known[prm] is not None
                    wrong = sentence_of("point_deja_la" if own else "point_du_jeu_deja_la")
                    self._add_faute(source, number, different, *wrong[1:])
                elif holds:
                    self.bilan.inchanges += 1
            elif prm in known:
                self._add_faute(source, number, *sentence_of("point_donne_deux_fois", prm=prm))
            elif self._has_its_meter(source, number, ligne, meters) and holds:
                known[prm] = self.apport_id
                self._add(tranche, ligne)
        return tranche

    def _has_its_meter(
        self, source: str, number: int, ligne: LignePoint, meters: dict[str, str]
    ) -> bool:
        """Tell whether a line may be taken: its meter may be another point's, by a remark."""
        prm, serial = ligne.point["prm"], ligne.compteur.get("numero_serie")
        if not (serial and prm) or (other := meters.setdefault(serial, prm)) == prm:
            return True
        wrong = sentence_of("numero_de_serie_partage", numero_serie=serial, vu=other)
        return not self._add_faute(source, number, *wrong)

    def _add(self, tranche: Tranche, ligne: LignePoint) -> None:
        point = ligne.point
        pair = point["code_postal"], point["code_insee"]
        if pair not in self._communes:
            self._communes[pair] = point["commune"]
            own = {"libelle": point["commune"], "apport_id": self.apport_id}
            tranche.communes.append({"code_postal": pair[0], "code_insee": pair[1], **own})
        add_to(tranche, ligne, self.apport_id)
        self.bilan.nouveaux += 1
