"""Publishes what is due: in order, once, whatever happens in between.

A publication bears the instant at which it was due. Its files are made first, in the data
directory; one transaction then records it with them, for `livraison` to deliver. A stop in
between leaves files without a record, which are made again, the same to the byte.

No flux is ever emitted on the homologation platform (FAQ): the publication is recorded all the
same, and the journal says that it would have been made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from sge_sim.clock import elapsed_ms, legal_date, machine_now, start_of_day, stopwatch
from sge_sim.commandes.echeances import catch_up_orders
from sge_sim.domaine.ecarts_fichiers import FIDELES, Defauts
from sge_sim.flux.envoi import Fichier
from sge_sim.flux.fabrication import Atelier, contrat_of, make_files
from sge_sim.flux.lots import Lot, LotAffaire, LotM023, next_lot
from sge_sim.flux.r6x.recurrent import LotDiffusion
from sge_sim.machine.files import PRIVATE, make_private_folder, writing_atomically
from sge_sim.settings import Profile, Settings
from sge_sim.store.commandes import DemandeHistorique
from sge_sim.store.database import Database
from sge_sim.store.diffusions import diffused_sequence
from sge_sim.store.flux import (
    FichierFlux,
    Publication,
    first_waiting,
    is_published,
    last_sequence,
)
from sge_sim.store.journal import EchangeRecord
from sge_sim.store.m023 import find_demande_m023

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

    @classmethod
    def of(
        cls, settings: Settings, database: Database, record: Callable[[EchangeRecord], None]
    ) -> "Publisher":
        """Return the publisher of a simulator."""
        return cls(
            database,
            settings.data_dir,
            record,
            emits=settings.environment == "production",
            late=settings.profile is Profile.FIDELE,
        )

    def catch_up(self, now: datetime) -> int:
        """Bring orders and publications to `now` (aware); return how many were published.

        Both advance together, in the order of their instants: a publication sees the points and
        the services as they were at its own instant, however late it is made.
        """
        published = 0
        while True:
            with self.database.sessions() as session:
                lot = next_lot(session, now)
                stop = _next_stop(session, now if lot is None else lot.instant)
                if stop is None and lot is not None:
                    self._publish(session, lot)
                    published += 1
            if stop is not None:
                catch_up_orders(self.database, stop)
            elif lot is None:
                return published

    def _publish(self, session: Session, lot: Lot) -> None:
        """Make the files of a publication and record it, unless another process just did."""
        started = stopwatch()
        publication = _publication(session, lot, emise=self.emits)
        files: list[_Ecrit] = []
        if self.emits:
            folder = make_private_folder(self.data_dir / READY_FOLDER / publication.contrat_id)
            atelier = Atelier(
                late=self.late, defauts=FIDELES if self.late else Defauts(), folder=folder
            )
            for file in make_files(session, lot, atelier, sequence=publication.sequence or 0):
                files.append(_write(folder, file))
        if not files:
            publication.sequence = None
        elif isinstance(lot, LotDiffusion) and publication.sequence is not None:
            publication.sequence += len(files) - 1
        ready = machine_now()
        with self.database.exclusive_transaction() as writing:
            if is_published(writing, publication):
                return
            writing.add(publication)
            for written in files:
                writing.add(
                    FichierFlux(
                        publication=publication,
                        contrat_id=publication.contrat_id,
                        nom=written.nom,
                        prms=" ".join(written.prms),
                        taille=written.taille,
                        sha256=written.sha256,
                        chemin=f"{READY_FOLDER}/{publication.contrat_id}/{written.nom}",
                        etat="a_livrer",
                        prochain_essai=ready,
                    )
                )
            if isinstance(lot, LotM023):
                _close(writing, lot, done=len(files) != 1)
            told = _told(publication, files)
        self.record(
            EchangeRecord(
                instant=lot.instant,
                machine_instant=ready,
                duration_ms=elapsed_ms(started),
                kind="flux",
                prm=lot.demande.affaire.prm if isinstance(lot, LotAffaire) else None,
                detail=told,
            )
        )


def _next_stop(session: Session, limit: datetime) -> datetime | None:
    """Return until when orders may advance, None when nothing of them is waiting by `limit`.

    What starts may be due for publication before `limit`: an order of files at once, a service
    on the next day at the earliest.
    """
    first, first_files = first_waiting(session)
    if first is None or first > limit:
        return None
    next_day = start_of_day(legal_date(first) + timedelta(days=1))
    return min(limit, next_day, first_files or limit)


@dataclass(frozen=True)
class _Ecrit:
    """A file that stands in the data directory."""

    nom: str
    prms: tuple[str, ...]
    taille: int
    sha256: str


def _write(folder: Path, file: Fichier) -> _Ecrit:
    """Write a file as it comes, whole or not at all."""
    size, digest = 0, sha256()
    with writing_atomically(folder / file.nom, PRIVATE) as out:
        for piece in file.morceaux:
            out.write(piece)
            size += len(piece)
            digest.update(piece)
    return _Ecrit(file.nom, file.prms, size, digest.hexdigest())


def _close(session: Session, lot: LotM023, *, done: bool) -> None:
    """Close a demand with its report: a report alone says that nothing was done (GUI 0502)."""
    demande = find_demande_m023(session, lot.demande.affaire_id)
    assert demande is not None, "it was read from there"
    demande.etat = "realisee" if done else "non_realisee"
    demande.closed_at = lot.instant


def _publication(session: Session, lot: Lot, *, emise: bool) -> Publication:
    if isinstance(lot, LotM023):
        return Publication(
            flux=lot.demande.flux,
            contrat_id=contrat_of(lot),
            m023_id=lot.demande.affaire_id,
            debut=lot.demande.date_debut,
            fin=lot.demande.date_fin,
            instant=lot.instant,
            emise=emise,
        )
    if isinstance(lot, LotDiffusion):
        return Publication(
            flux=lot.diffusion.flux,
            contrat_id=contrat_of(lot),
            periodicite=lot.diffusion.periodicite,
            corrigees=lot.diffusion.corrigees,
            sequence=diffused_sequence(session, lot.diffusion) + 1,
            debut=lot.periode.debut,
            fin=lot.periode.fin,
            instant=lot.instant,
            emise=emise,
        )
    if isinstance(lot, LotAffaire):
        historique = isinstance(lot.demande, DemandeHistorique)
        return Publication(
            flux="HDM" if historique else "IFJ",
            contrat_id=contrat_of(lot),
            affaire_id=lot.demande.affaire_id,
            instant=lot.instant,
            emise=emise,
        )
    numero = lot.abonnement.numero
    return Publication(
        flux=lot.flux,
        contrat_id=contrat_of(lot),
        abonnement_numero=numero,
        sequence=last_sequence(session, numero, lot.flux) + 1,
        debut=lot.periode.debut,
        fin=lot.periode.fin,
        instant=lot.instant,
        emise=emise,
    )


def _told(publication: Publication, files: Sequence[_Ecrit]) -> str:
    """Say in French what was published, or would have been."""
    affaire_id = publication.affaire_id or publication.m023_id
    if affaire_id is not None:
        what = f"Flux {publication.flux} de l'affaire {affaire_id}"
    else:
        last = publication.fin - timedelta(days=1) if publication.fin else publication.debut
        days = f"du {publication.debut:%d/%m/%Y}"
        if last != publication.debut:
            days += f" au {last:%d/%m/%Y}"
        what = f"Flux {publication.flux} {days}"
        if publication.abonnement_numero is not None:
            what += f", abonnement {publication.abonnement_numero:07d}"
        elif publication.periodicite is not None:
            what += f", {publication.periodicite}"
    if not publication.emise:
        return f"{what} : non émis, la plateforme d'homologation n'émet aucun flux (FAQ)."
    if not files:
        return f"{what} : rien à publier, aucun point n'a de mesure."
    return f"{what} : {', '.join(file.nom for file in files)}."
