"""Publishes what is due: in order, once, whatever happens in between.

A publication bears the instant at which it was due. Its files are made first, in the data
directory; one transaction then records it with them, for `livraison` to deliver. A stop in
between leaves files without a record, which are made again, the same to the byte.

No flux is ever emitted on the homologation platform (FAQ): the publication is recorded all the
same, and the journal says that it would have been made.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from sge_sim.clock import elapsed_ms, machine_now, stopwatch
from sge_sim.commandes.echeances import catch_up_orders
from sge_sim.domaine.ecarts_plateforme import FIDELES, Defauts
from sge_sim.domaine.plateformes import end_of_files
from sge_sim.domaine.retombees import Avancement
from sge_sim.facts.database import Database
from sge_sim.facts.editions import Edition
from sge_sim.facts.guet import Guet
from sge_sim.facts.locks import ExclusiviteLostError
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contenus import keep_content
from sge_sim.flux.due_lots import next_departure, read_due
from sge_sim.flux.incidents import Incidents
from sge_sim.flux.livraison import Tally, deliver_pending, retry_now
from sge_sim.flux.lots import Lot
from sge_sim.flux.parallele import Equipe
from sge_sim.journal import EchangeRecord
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, make_private_folder, writing_atomically
from sge_sim.settings import Profile, Settings
from sge_sim.tables.defauts import Planted, add_defauts
from sge_sim.tables.flux import FichierFlux, Publication
from sge_sim.tables.plateforme import is_shared

if TYPE_CHECKING:
    from sge_sim.flux.fabrication import Make
    from sge_sim.flux.salissures import Salissage

_LOOK_SECONDS: Final = 0.5
"""Between two looks at what another machine publishes."""
_log = logging.getLogger(__name__)

READY_FOLDER = "publications"
"""Where files stand in the data directory once they are made, one folder per contract."""


@dataclass(frozen=True)
class Publisher:
    """What publishing works on: `record` keeps an exchange, `emits` is false where no flux is."""

    database: Database
    data_dir: Path
    record: Callable[[EchangeRecord], None]
    emits: bool
    late: bool = False
    publie_avant_arret: bool = False
    arret: datetime | None = None
    pertes: bool = False
    salit: bool = False
    workers: int | None = None
    grille: Path | None = None
    nom_dossiers: str = Settings.nom_dossiers
    avancement: Avancement = field(default_factory=Avancement)
    _found: list[tuple[Edition, datetime, datetime]] = field(
        default_factory=list, repr=False, compare=False
    )
    """That nothing is due from an instant to another, as long as nobody commits anything: the back
    office asks every second, and to look costs as much as there are services."""
    _raisons: list[str] = field(default_factory=list, repr=False, compare=False)
    """Why something isn't told in the files that are made."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        database: Database,
        record: Callable[[EchangeRecord], None],
        avancement: Avancement | None = None,
    ) -> "Publisher":
        """Return the publisher of a simulator."""
        return cls(
            database,
            settings.data_dir,
            record,
            emits=settings.environment == "production",
            late=settings.profile is Profile.FIDELE,
            publie_avant_arret=settings.publie_avant_arret,
            arret=end_of_files(settings.generation),
            pertes=settings.perd_des_mesures,
            salit=settings.profile is Profile.FIDELE,
            workers=settings.publication_workers,
            grille=settings.grille,
            nom_dossiers=settings.nom_dossiers,
            avancement=avancement or Avancement(),
        )

    @cached_property
    def _salissage(self) -> "Salissage":
        from sge_sim.flux.salissures import Salissage

        guet = Guet(self.data_dir, self.database.engine)
        return Salissage(self.database, guet, fidele=self.salit)

    @cached_property
    def _shared(self) -> bool:
        return is_shared(self.database.engine)

    def catch_up(self, now: datetime, carry_on: Callable[[], bool] = lambda: True) -> int:
        """Bring orders and publications to `now` (aware); return how many were published.

        `carry_on` is asked between two of them: what is left where it says no is still due.

        Both advance together, in the order of their instants: a publication sees the points and
        the services as they were at its own instant, however late it is made.
        """
        edition = self.database.memoire.look().edition
        if any(same == edition and since <= now < before for same, since, before in self._found):
            return 0
        with Equipe(self.workers) as equipe:
            return self._catch_up(now, edition, equipe, carry_on)

    def _catch_up(
        self, now: datetime, edition: Edition, equipe: Equipe, carry_on: Callable[[], bool]
    ) -> int:
        published = 0
        while carry_on():
            with self.database.sessions(at_length=True) as session:
                due = read_due(
                    session,
                    now,
                    publie_avant_arret=self.publie_avant_arret,
                    arret=self.arret,
                )
                may = due.stop is None and bool(due.lots) and self.database.exclusivite.take()
                if may:
                    published += self._published(session, due.lots, equipe, carry_on)
            if due.stop is not None:
                catch_up_orders(self.database, due.stop, carry_on=carry_on)
            elif not due.lots:
                self._found[:] = [(edition, now, min([next_departure(now), *due.awaited]))]
                break
            elif not may:
                monde.sleep(_LOOK_SECONDS)  # another machine publishes it, or goes
            edition = self.database.memoire.look().edition
        return published

    def _published(
        self, session: Session, lots: Sequence[Lot], equipe: Equipe, carry_on: Callable[[], bool]
    ) -> int:
        """Publish in order, until another machine takes the right to; return how many were."""
        published = 0
        for lot, make in zip(lots, self._makers(session, lots, equipe), strict=True):
            if published and not carry_on():
                break
            try:
                self._publish(session, lot, make)
            except ExclusiviteLostError:
                _log.warning("%s : un autre simulateur publie à la place de celui-ci.", lot)
                break
            published += 1
        return published

    def _publish(self, session: Session, lot: Lot, make: "Make | None") -> None:
        """Make the files of a publication and record it, unless another process just did."""
        started = stopwatch()
        publication = lot.publication(session, emise=self.emits)
        semes: Planted = []
        files = [] if make is None else self._made(lot, make, publication, semes)
        ready = machine_now()
        with self.database.exclusive_transaction() as writing:
            self.database.exclusivite.check(writing)
            first = publication.sequence
            publication.sequence = lot.last_sequence(first, len(files)) if files else None
            if not lot.claim(writing, publication, len(files)):
                return
            writing.add(publication)
            for file in files:
                file.prochain_essai = ready
                writing.add(file)
            if semes:
                add_defauts(writing, semes)
            detail = _in_french(lot, files, self._raisons, emise=publication.emise)
        self.record(
            EchangeRecord(
                instant=lot.instant,
                machine_instant=ready,
                duration_ms=elapsed_ms(started),
                kind="flux",
                prm=lot.prm,
                detail=detail,
            )
        )

    def _made(
        self, lot: Lot, make: "Make", publication: Publication, semes: Planted
    ) -> list[FichierFlux]:
        """Write the files of a publication as they come to the folder of those that are ready, each
        whole or not at all; return their rows. `semes` takes what pannes put into them."""
        files: list[FichierFlux] = []
        folder = self.data_dir / READY_FOLDER / publication.contrat_id
        if not folder.is_dir():
            make_private_folder(folder)
        self.avancement.fichiers, self.avancement.quoi = 0, lot
        self._raisons.clear()
        dirty = self._salissage.of(lot, publication.contrat_id)
        try:
            for fichier in make(publication.sequence or 0):
                fichier, planted = dirty(fichier)
                size, digest = 0, sha256()
                with writing_atomically(folder / fichier.nom, PRIVATE) as out:
                    for piece in fichier.morceaux:
                        size += out.write(piece)
                        digest.update(piece)
                file = FichierFlux(
                    publication=publication,
                    contrat_id=publication.contrat_id,
                    nom=fichier.nom,
                    prms=" ".join(fichier.prms),
                    taille=size,
                    sha256=digest.hexdigest(),
                    chemin=f"{READY_FOLDER}/{publication.contrat_id}/{fichier.nom}",
                    etat="a_livrer",
                )
                files.append(file)
                semes += [(file, vars(each)) for each in planted]
                if self._shared:
                    keep_content(self.database, folder / fichier.nom, file.sha256)
                self.avancement.fichiers += 1
        finally:
            self.avancement.quoi = None
        return files

    def _makers(
        self, session: Session, lots: Sequence[Lot], equipe: Equipe
    ) -> Iterator["Make | None"]:
        """Yield what makes the files of each, one after the other, without keeping their bytes;
        None where none is emitted."""
        if not self.emits:
            yield from repeat(None, len(lots))
            return
        # Loads the measures, which a simulator that publishes nothing can do without.
        from sge_sim.flux.fabrication import makers

        folder = self.data_dir / READY_FOLDER
        defauts = replace(FIDELES if self.late else Defauts(), pertes=self.pertes)
        atelier = Atelier(late=self.late, defauts=defauts, folder=folder, equipe=equipe)
        atelier = replace(atelier, grille=self.grille, raisons=self._raisons)
        yield from makers(session, lots, replace(atelier, nom_dossiers=self.nom_dossiers))


def publish_now(
    settings: Settings, database: Database, record: Callable[[EchangeRecord], None], now: datetime
) -> tuple[int, Tally]:
    """Publish what is due at `now` (aware) and deliver what isn't, what was given up too.

    Returns how many were published, and what became of the deliveries.
    """
    made = Publisher.of(settings, database, record).catch_up(now)
    retry_now(database)
    guet = Guet(settings.data_dir, database.engine)
    incidents = Incidents(database.memoire, guet, record)
    return made, deliver_pending(database, settings.data_dir, incidents)


def _in_french(
    lot: Lot, files: Sequence[FichierFlux], raisons: Sequence[str], *, emise: bool
) -> str:
    """Say in French what was published, or would have been."""
    if not emise:
        return f"{lot} : non émis, la plateforme d'homologation n'émet aucun flux (FAQ)."
    said = ", ".join(file.nom for file in files) or "rien à publier"
    if not files and not raisons:
        said = f"{said}, aucun point n'a de mesure"
    return f"{lot} : {' ; '.join([said, *raisons]).removesuffix('.')}."
