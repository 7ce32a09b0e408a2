"""Delivers the files that are ready, in the order of their publication, until they have arrived.

At least once each: a file is noted as delivered after it is. A server that is down holds back the
later files of its contract; it is tried again after a delay that doubles each time. All of it
goes by the machine's time, since networks know no other. A panne strikes a file at its
first attempt, once.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import TypeCanal
from sge_sim.facts.database import Database
from sge_sim.facts.locks import ExclusiviteLostError
from sge_sim.flux.canaux import (
    Channel,
    DeliveryError,
    FolderChannel,
    KeptChannel,
    Server,
    ftp_channel,
    url_of_flux,
)
from sge_sim.flux.chiffrement import AUCUN, chiffrement
from sge_sim.flux.contenus import content_of, default_folder
from sge_sim.flux.incidents import Aboutissement, Incidents, deliver_whole
from sge_sim.tables.flux import (
    FichierFlux,
    claim_file,
    contracts_with_pending_files,
    find_canal,
    pending_files,
    remember_host_key,
    requeue_undelivered,
)

FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = 40
"""Attempts after which a file is given up: a day and a half of a server that is down."""

_LEASE = timedelta(minutes=10)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tally:
    """What a round of deliveries did: files delivered, files that failed."""

    delivered: int = 0
    failed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.delivered + other.delivered, self.failed + other.failed)


def delay_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that failed.

    >>> [str(delay_after(n)) for n in (1, 2, 20)]
    ['0:00:30', '0:01:00', '1:00:00']
    """
    doublings = min(attempts - 1, 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def deliver_pending(
    database: Database,
    data_dir: Path,
    incidents: Incidents | None = None,
    *,
    now: Callable[[], datetime] = machine_now,
) -> Tally:
    """Deliver what can be, contract after contract; several processes may call at once.

    Where several machines share the database, the one that publishes delivers. `incidents` are the
    pannes of the deliveries; without them there is none.
    """
    if not database.exclusivite.take():
        return Tally()
    with database.sessions() as session:
        contracts = contracts_with_pending_files(session)
    return sum(
        (_deliver_contract(database, data_dir, contrat, incidents, now) for contrat in contracts),
        Tally(),
    )


def retry_now(database: Database, *, now: Callable[[], datetime] = machine_now) -> None:
    """Let the next round try every file that has not arrived, also those given up."""
    with database.transaction() as session:
        requeue_undelivered(session, now())


def _deliver_contract(
    database: Database,
    data_dir: Path,
    contrat_id: str,
    incidents: Incidents | None,
    now: Callable[[], datetime],
) -> Tally:
    with database.sessions() as session:
        ready = pending_files(session, contrat_id, now())
        canal = find_canal(session, contrat_id)
        kind: TypeCanal = canal.type if canal else "dossier"
        url, host_key = (canal.url, canal.cle_hote) if canal else (None, None)
        secret = chiffrement(canal.chiffrement, canal.cle, canal.iv) if canal else AUCUN
    claimed = _claim(database, ready[0].id, now) if ready else False
    if not claimed:
        return Tally()

    def learn(key: str) -> None:
        nonlocal host_key
        host_key = key
        with database.transaction() as session:
            remember_host_key(session, contrat_id, key)

    delivered = 0
    current = ready[0].id
    try:
        with ExitStack() as opened:
            channel, place = None, None
            for fichier in ready:
                if fichier.id != current and not _claim(database, fichier.id, now):
                    break
                current = fichier.id
                wanted = url_of_flux(url, fichier.publication.flux)
                if channel is None or wanted != place:
                    opened.close()
                    place, folder = wanted, default_folder(database.engine, data_dir, contrat_id)
                    opening = open_channel(kind, place, folder, host_key, learn)
                    channel = opened.enter_context(opening)
                content = _content(database, data_dir, fichier)
                deliver = deliver_whole if incidents is None else incidents.deliver
                ending = deliver(channel, fichier, content, secret)
                _note(database, fichier.id, ending, now)
                delivered += ending.arrived
    except DeliveryError as error:
        _note_failure(database, current, str(error), now)
        return Tally(delivered, 1)
    except ExclusiviteLostError:
        pass  # the machine that has the right now delivers them
    return Tally(delivered)


def _content(database: Database, data_dir: Path, fichier: FichierFlux) -> bytes:
    try:
        with database.sessions() as session:
            return content_of(session, data_dir, fichier)
    except OSError as error:
        path = data_dir / fichier.chemin
        raise DeliveryError(f"le fichier prêt {path} ne peut pas être lu") from error


def _claim(database: Database, fichier_id: int, now: Callable[[], datetime]) -> bool:
    with database.transaction() as session:
        database.exclusivite.check(session)
        return claim_file(session, fichier_id, now(), now() + _LEASE)


def _note(
    database: Database, fichier_id: int, ending: Aboutissement, now: Callable[[], datetime]
) -> None:
    with database.transaction() as session:
        database.exclusivite.check(session)
        fichier = session.get_one(FichierFlux, fichier_id)
        fichier.etat, fichier.erreur = ending.etat, ending.line
        fichier.prochain_essai = None
        if ending.panne is not None:
            fichier.panne = ending.panne
        if ending.arrived:
            fichier.livre_at = now()
        if ending.again_after is not None:
            fichier.prochain_essai = now() + ending.again_after


def _note_failure(
    database: Database, fichier_id: int, reason: str, now: Callable[[], datetime]
) -> None:
    with database.transaction() as session:
        fichier = session.get_one(FichierFlux, fichier_id)
        fichier.erreur = reason
        if fichier.tentatives >= GIVE_UP_AFTER:
            fichier.etat, fichier.prochain_essai = "echec", None
        else:
            fichier.prochain_essai = now() + delay_after(fichier.tentatives)
        _log.warning("%s n'est pas livré : %s.", fichier.nom, reason)


@contextmanager
def open_channel(
    kind: TypeCanal,
    url: str | None,
    default_folder: Path | None,
    host_key: str | None = None,
    learn: Callable[[str], None] = lambda _key: None,
) -> Iterator[Channel]:
    """Give a channel that is ready to deliver, and close it.

    Without a URL and a `default_folder`, the files stay in the database.

    `host_key` is the SSH key that the server must show; `learn` receives the one it shows when
    none is known yet. Raises `DeliveryError` when the server can't be reached.
    """
    if kind == "dossier":
        folder = Path(url) if url else default_folder
        yield KeptChannel() if folder is None else FolderChannel(folder)
    elif kind == "ftp":
        with ftp_channel(Server.parse(kind, url)) as channel:
            yield channel
    else:
        from sge_sim.flux.canal_sftp import sftp_channel

        with sftp_channel(Server.parse(kind, url), host_key, learn) as channel:
            yield channel
