"""What several machines share beside the state, in PostgreSQL alone.

With SQLite the folder of the state is what processes share. These tables have a schema of their
own, made at the start where it is missing: they are no part of the state, which is kept aside and
brought back without them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session

from sge_sim.tables.ecritures import ENDING_SILENT
from sge_sim.tables.prepared import Prepared, Query

_SCHEMA: Final = "plateforme"
_metadata = MetaData(schema=_SCHEMA)
_PIECE_BYTES: Final = 1 << 20

# The files of the folder that are the platform's; `empreinte` is the SHA-256 of one in clear.
_piece = Table(
    "piece",
    _metadata,
    Column("nom", String(255), primary_key=True),
    Column("empreinte", String(64), nullable=False),
    Column("secret", Boolean, nullable=False),
    Column("contenu", LargeBinary, nullable=False),
)
# The bytes of published files, by their SHA-256: written once, never changed.
_contenu = Table(
    "contenu",
    _metadata,
    Column("empreinte", String(64), primary_key=True),
    Column("rang", Integer, primary_key=True, autoincrement=False),
    Column("octets", LargeBinary, nullable=False),
)
# How often something was counted in a window of time. A crash of the server forgets it, as one of
# the machine forgets the files that stand in its place with SQLite.
comptage = Table(
    "comptage",
    _metadata,
    Column("cle", String(255), primary_key=True),
    Column("fenetre", BigInteger, nullable=False),
    Column("appels", BigInteger, nullable=False),
    prefixes=["UNLOGGED"],
)
# The only row: how often the right to publish has changed hands.
_exclusivite = Table(
    "exclusivite",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoque", BigInteger, nullable=False),
)


_KEEP = text(
    "INSERT INTO plateforme.contenu (empreinte, rang, octets) "
    "VALUES (:empreinte, :rang, :octets) ON CONFLICT DO NOTHING"
)


class Piece(NamedTuple):
    """A file of the platform: its name in the folder, its SHA-256, whether it is private."""

    nom: str
    empreinte: str
    secret: bool


_PIECES = Prepared(select(_piece.c.nom, _piece.c.empreinte, _piece.c.secret))
read_pieces: Final[Query[tuple[Piece, ...]]] = Query(
    (_PIECES,), (), lambda rows: tuple(Piece(*row) for row in rows)
)
"""The files of the platform."""


def is_shared(engine: Engine | Connection) -> bool:
    """Tell whether a database is one that several machines may share."""
    return engine.dialect.name == "postgresql"


def make_shared_tables(connection: Connection) -> None:
    """Make these tables where they are missing; one process at a time calls."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}"))
    _metadata.create_all(connection)
    # Files are compressed or encrypted already.
    connection.execute(
        text(f"ALTER TABLE {_SCHEMA}.contenu ALTER COLUMN octets SET STORAGE EXTERNAL")
    )
    connection.execute(
        text("INSERT INTO plateforme.exclusivite VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
    )


def read_piece(connection: Connection, nom: str) -> bytes | None:
    """Return what stands in the database of a file of the platform."""
    return connection.scalar(select(_piece.c.contenu).where(_piece.c.nom == nom))


def write_piece(session: Session, piece: Piece, contenu: bytes) -> None:
    """Write a file of the platform, in place of the one of that name."""
    session.execute(delete(_piece).where(_piece.c.nom == piece.nom))
    session.execute(insert(_piece).values(**piece._asdict(), contenu=contenu))


def write_contenu(session: Session, empreinte: str, file: Path) -> None:
    """Keep the bytes of a published file; those that are there already stay, or that another
    thread keeps at the same time."""
    known = select(_contenu.c.rang).where(_contenu.c.empreinte == empreinte).limit(1)
    if session.scalar(known) is not None:
        return
    for rang, octets in enumerate(_read_by_pieces(file)):
        session.execute(_KEEP, {"empreinte": empreinte, "rang": rang, "octets": octets})


def read_contenu(session: Session, empreinte: str) -> bytes:
    """Return the bytes of a published file; raises `FileNotFoundError` where they aren't there."""
    query = select(_contenu.c.octets).where(_contenu.c.empreinte == empreinte)
    pieces = session.scalars(query.order_by(_contenu.c.rang)).all()
    if not pieces:
        raise FileNotFoundError(f"le contenu {empreinte} n'est pas dans la base")
    return b"".join(pieces)


def next_epoque(session: Session) -> int:
    """Have the right to publish change hands, once those who write under it have ended; return
    its number from now on."""
    statement = (
        _exclusivite.update()
        .values(epoque=_exclusivite.c.epoque + 1)
        .returning(_exclusivite.c.epoque)
    )
    epoque: int = session.scalars(statement).one()
    return epoque


def is_epoque(session: Session, epoque: int) -> bool:
    """Tell whether the right to publish bears this number, until the transaction ends."""
    query = select(_exclusivite.c.epoque, ENDING_SILENT).with_for_update(read=True)
    return bool(session.scalar(query) == epoque)


def _read_by_pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield opened.read(_PIECE_BYTES)  # an empty file has a piece too
        while octets := opened.read(_PIECE_BYTES):
            yield octets
