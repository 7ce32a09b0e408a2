"""What is published and how it is delivered: channels, publications, files.

The keys of a channel stand in the database as they are: whoever reads the database reads them.
They protect simulated data only.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    column_property,
    defer,
    joinedload,
    mapped_column,
    relationship,
)

from sge_sim.domaine.nomenclatures import (
    AlgorithmeFlux,
    CodeFlux,
    EtatFichier,
    KindActeur,
    TypeCanal,
)
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.base import Base, Instant, RowId, matching
from sge_sim.tables.commandes import (
    Abonnement,
    Affaire,
    DemandeHistorique,
    DemandeInfraJ,
    Evenement,
    ServiceSouscrit,
)
from sge_sim.tables.prepared import Driver, Prepared, Query

_PREMIERS = 50
_PRM_ET_ESPACE = 15
_PRMS: Any = literal_column("fichier_flux.prms", Text)


class Canal(Base):
    """Where the files of a contract are delivered, and how they are encrypted.

    `url` is a folder's path, `ftp://…` or `sftp://…` with its user and password. `cle` and `iv`
    are hexadecimal. `cle_hote` is the SSH key that the SFTP server showed at the first delivery.
    """

    __tablename__ = "canal"

    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"), primary_key=True)
    type: Mapped[TypeCanal] = mapped_column(String(7))
    url: Mapped[str | None] = mapped_column(Text)
    chiffrement: Mapped[AlgorithmeFlux] = mapped_column(String(6))
    cle: Mapped[str | None] = mapped_column(String(64))
    iv: Mapped[str | None] = mapped_column(String(32))
    cle_hote: Mapped[str | None] = mapped_column(Text)


class Publication(Base):
    """A publication that was made, or that would have been where no flux is emitted (`emise`).

    Either of a subscription over the legal days [debut, fin), under its `sequence` number, of a
    case (`m023_id` for one of M023), of services that ended, or of the access services of a
    contract: one flux at one `periodicite`, of one nature (`corrigees`), over days of transaction.
    `instant` is when it was due, which its files bear, whenever they were made.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    flux: Mapped[CodeFlux] = mapped_column(String(4))
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"))
    abonnement_numero: Mapped[int | None] = mapped_column(ForeignKey("abonnement.numero"))
    sequence: Mapped[int | None]
    affaire_id: Mapped[str | None] = mapped_column(
        ForeignKey("affaire.affaire_id", ondelete="CASCADE"), unique=True
    )
    m023_id: Mapped[str | None] = mapped_column(String(14))
    periodicite: Mapped[str | None] = mapped_column(String(15))
    corrigees: Mapped[bool | None]
    debut: Mapped[date | None] = mapped_column(Date)
    fin: Mapped[date | None] = mapped_column(Date)
    instant: Mapped[datetime] = mapped_column(Instant)
    emise: Mapped[bool]

    __table_args__ = (UniqueConstraint("abonnement_numero", "flux", "debut"),)


class FichierFlux(Base):
    """A file that is ready, in the data directory, and how its delivery goes.

    `nom` is unique in a contract. `prms` are separated by spaces. `chemin` is relative to the data
    directory, `sha256` that of the file as delivered. `prochain_essai`, of the machine's time, is
    empty once it is `livre` or given up (`echec`). `panne` is the panne that struck it.
    """

    __tablename__ = "fichier_flux"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    publication_id: Mapped[int] = mapped_column(
        ForeignKey("publication.id", ondelete="CASCADE"), index=True
    )
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"))
    nom: Mapped[str]
    prms: Mapped[str] = mapped_column(Text)
    taille: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    chemin: Mapped[str] = mapped_column(Text)
    etat: Mapped[EtatFichier] = mapped_column(String(8))
    tentatives: Mapped[int] = mapped_column(default=0)
    prochain_essai: Mapped[datetime | None] = mapped_column(Instant)
    livre_at: Mapped[datetime | None] = mapped_column(Instant)
    erreur: Mapped[str | None] = mapped_column(Text)
    panne: Mapped[int | None] = mapped_column(RowId)

    publication: Mapped[Publication] = relationship()
    contrat: Mapped[Contrat] = relationship()

    # What is shown of the points of a file, which may be thousands.
    premiers_prms: Mapped[str] = column_property(
        func.substr(_PRMS, 1, _PREMIERS * _PRM_ET_ESPACE - 1)
    )
    nombre_prms: Mapped[int] = column_property((func.length(_PRMS) + 1) // _PRM_ET_ESPACE)

    __table_args__ = (
        UniqueConstraint("contrat_id", "nom"),
        Index("ix_fichier_flux_etat", "etat", "contrat_id", "id"),
    )


_APART = (
    ("affaire_id",),
    ("m023_id",),
    ("periodicite", "contrat_id", "flux", "corrigees", "debut"),
    ("abonnement_numero", "flux", "debut"),
)
"""What tells the publications of a kind apart; the first column is empty in all other kinds."""


def find_canal(session: Session, contrat_id: str) -> Canal | None:
    """Return the channel of a contract, nothing when it has kept the default folder."""
    return session.get(Canal, contrat_id)


_RECEIVER: Final = Prepared(
    select(Acteur.code, Acteur.kind, Canal.chiffrement, Canal.cle, Canal.iv)
    .select_from(Contrat)
    .join(Acteur)
    .outerjoin(Canal, Canal.contrat_id == Contrat.contrat_id)
    .where(Contrat.contrat_id == bindparam("contrat"))
)


def find_receiver(session: Session, contrat_id: str) -> tuple[str, KindActeur, tuple[Any, ...]]:
    """Return the actor of a contract, its kind, and how its channel encrypts: nothing of one that
    has kept the default folder."""
    code, kind, *secret = _RECEIVER.rows(Driver.under(session), contrat=contrat_id)[0]
    return code, kind, tuple(secret) if secret[0] else ()


def remember_host_key(session: Session, contrat_id: str, key: str) -> None:
    """Keep the key that an SFTP server showed, unless one is known."""
    session.execute(
        update(Canal)
        .where(Canal.contrat_id == contrat_id, Canal.cle_hote.is_(None))
        .values(cle_hote=key)
    )


read_published_until: Final = Query(
    (
        Prepared(
            select(Publication.abonnement_numero, Publication.flux, func.max(Publication.fin))
            .where(Publication.abonnement_numero.is_not(None))
            .group_by(Publication.abonnement_numero, Publication.flux)
        ),
    ),
    (),
    lambda rows: {(numero, flux): fin for numero, flux, fin in rows if numero and fin},
)
"""The day (excluded) to which each subscription was published, by number and flux."""
_FIRSTS: Final = [select(func.min(kind.echeance)) for kind in (Affaire, ServiceSouscrit, Evenement)]
read_first_waiting: Final = Query(
    (Prepared(select(*(first.scalar_subquery() for first in _FIRSTS))),),
    (),
    lambda rows: (min((each for each in rows[0] if each is not None), default=None), rows[0][0]),
)
"""The first instant that anything waits for, and that of the orders of files."""
_ABONNEMENTS: Final = select(Abonnement).order_by(Abonnement.numero)
_LAST_SEQUENCE: Final = Prepared(
    select(func.max(Publication.sequence)).where(
        Publication.abonnement_numero == bindparam("numero"), Publication.flux == bindparam("flux")
    )
)


def abonnements(session: Session) -> Sequence[Abonnement]:
    """Return every subscription, by number."""
    return session.scalars(_ABONNEMENTS).all()


def last_sequence(session: Session, numero: int, flux: CodeFlux) -> int:
    """Return the sequence number of the last publication of a subscription, 0 without one."""
    return _LAST_SEQUENCE.rows(Driver.under(session), numero=numero, flux=flux)[0][0] or 0


_Demande = TypeVar("_Demande", bound=DemandeHistorique | DemandeInfraJ)


def _unpublished(kind: Any, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(kind)
        .join(Affaire)
        .outerjoin(Publication, Publication.affaire_id == Affaire.affaire_id)
        .where(Affaire.etat == "realisee", Publication.id.is_(None))
    )


read_unpublished: Final = {
    kind: Query((Prepared(_unpublished(kind, kind.affaire_id).limit(1)),), (), bool)
    for kind in (DemandeHistorique, DemandeInfraJ)
}
"""Whether there are `unpublished` orders of a kind."""


def unpublished(session: Session, kind: type[_Demande]) -> Sequence[_Demande]:
    """Return the orders of a kind that were carried out and have no file yet."""
    query = _unpublished(kind, kind).options(joinedload(kind.affaire))
    return session.scalars(query).all()


def is_published(session: Session, publication: Publication) -> bool:
    """Tell whether the same publication is there already."""
    columns = next(each for each in _APART if getattr(publication, each[0]) is not None)
    same = (getattr(Publication, name) == getattr(publication, name) for name in columns)
    return session.scalar(select(Publication.id).where(*same)) is not None


def pending_files(session: Session, contrat_id: str, now: datetime) -> Sequence[FichierFlux]:
    """Return the files of a contract that are still to be delivered, in their order.

    One that a panne holds back beyond `now` isn't among them: it holds back no other.
    """
    return session.scalars(
        select(FichierFlux)
        .where(
            FichierFlux.etat == "a_livrer",
            FichierFlux.contrat_id == contrat_id,
            or_(FichierFlux.panne.is_(None), FichierFlux.prochain_essai <= now),
        )
        .options(joinedload(FichierFlux.publication), joinedload(FichierFlux.contrat))
        .order_by(FichierFlux.id)
    ).all()


def contracts_with_pending_files(session: Session) -> Sequence[str]:
    """Return the contracts that have files to be delivered."""
    return session.scalars(
        select(FichierFlux.contrat_id)
        .where(FichierFlux.etat == "a_livrer")
        .distinct()
        .order_by(FichierFlux.contrat_id)
    ).all()


_CLAIM: Final = Prepared(
    update(FichierFlux)
    .where(
        FichierFlux.id == bindparam("fichier"),
        FichierFlux.etat == "a_livrer",
        FichierFlux.prochain_essai <= bindparam("now", type_=Instant),
    )
    .values(prochain_essai=bindparam("until", type_=Instant), tentatives=FichierFlux.tentatives + 1)
    .returning(FichierFlux.id)
)


def claim_file(session: Session, fichier_id: int, now: datetime, until: datetime) -> bool:
    """Reserve a file until `until`, and return True; False where another process has it.

    That of a process that died is free once `until` has come.
    """
    driver = Driver.under(session)
    return bool(_CLAIM.rows(driver, fichier=fichier_id, now=now, until=until))


def release_claims(session: Session, now: datetime) -> None:
    """Leave the files that others have taken, or that wait for another attempt, to be tried at
    `now`; a panne that holds one back still does."""
    session.execute(
        update(FichierFlux)
        .where(
            FichierFlux.etat == "a_livrer",
            FichierFlux.prochain_essai > now,
            FichierFlux.panne.is_(None),
        )
        .values(prochain_essai=now)
    )


def find_named(session: Session, beginning: str, limit: int) -> Sequence[FichierFlux]:
    """Return at most `limit` files whose name begins so, the newest first."""
    named = FichierFlux.nom.startswith(beginning, autoescape=True)
    newest = select(FichierFlux).where(named).order_by(FichierFlux.id.desc()).limit(limit)
    return session.scalars(newest.options(defer(FichierFlux.prms))).all()


def find_fichiers(
    session: Session,
    *,
    contrat_id: str | None = None,
    flux: CodeFlux | None = None,
    prm: str | None = None,
    etat: EtatFichier | None = None,
    debut: datetime | None = None,
    fin: datetime | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> Sequence[FichierFlux]:
    """Return at most `limit` files that agree with every criterion given, the newest first.

    `debut` (included) and `fin` (excluded) are aware instants of their publication; `before_id`
    begins the next page.
    """
    wanted = matching(
        (FichierFlux.contrat_id, contrat_id), (Publication.flux, flux), (FichierFlux.etat, etat)
    )
    query = (
        select(FichierFlux)
        .join(FichierFlux.publication)
        .where(*wanted)
        .options(joinedload(FichierFlux.publication), defer(FichierFlux.prms))
        .order_by(FichierFlux.id.desc())
        .limit(limit)
    )
    if prm is not None:
        query = query.where(FichierFlux.prms.contains(prm, autoescape=True))
    if debut is not None:
        query = query.where(Publication.instant >= debut.astimezone(UTC))
    if fin is not None:
        query = query.where(Publication.instant < fin.astimezone(UTC))
    if before_id is not None:
        query = query.where(FichierFlux.id < before_id)
    return session.scalars(query).all()


def count_fichiers(session: Session) -> Sequence[tuple[CodeFlux, EtatFichier, int]]:
    """Return how many files there are of each flux, in each state."""
    rows = session.execute(
        select(Publication.flux, FichierFlux.etat, func.count())
        .join(FichierFlux.publication)
        .group_by(Publication.flux, FichierFlux.etat)
        .order_by(Publication.flux, FichierFlux.etat)
    )
    return [(flux, etat, count) for flux, etat, count in rows]


def count_undelivered(session: Session) -> tuple[int, str | None]:
    """Return how many files failed to arrive and haven't since, and why one of them did."""
    count, erreur = session.execute(
        select(func.count(), func.max(FichierFlux.erreur)).where(
            FichierFlux.etat != "livre", FichierFlux.erreur.is_not(None)
        )
    ).one()
    return count, erreur


def find_fichier(session: Session, nom: str) -> FichierFlux | None:
    """Return the file of that name, the newest if several contracts have one."""
    return session.scalars(
        select(FichierFlux).where(FichierFlux.nom == nom).order_by(FichierFlux.id.desc()).limit(1)
    ).first()


def requeue_undelivered(session: Session, now: datetime) -> None:
    """Set every file that has not arrived to be tried at `now`, also those given up."""
    session.execute(
        update(FichierFlux)
        .where(FichierFlux.etat != "livre")
        .values(etat="a_livrer", prochain_essai=now)
    )
