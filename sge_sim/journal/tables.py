"""The tables of the journal, in a database of their own.

They stand apart from the state's because they change with each call: whoever keeps facts of the
state in memory watches its database for changes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from sge_sim.tables.base import RowId

VERSION: Final = 6
"""The version of these tables, that the database bears."""

metadata = MetaData()

_PRM = String(20).with_variant(String(20, collation="C"), "postgresql")

# Numbers by name: the version of the tables, the bounds in force, the mark of the snapshot.
reglage = Table(
    "reglage",
    metadata,
    Column("nom", String(20), primary_key=True),
    Column("valeur", BigInteger, nullable=False),
)

# What many exchanges have in common, a few hundred rows whatever the journal holds: a search by
# any of these picks profiles first, then the newest exchanges of each, from the index.
profil = Table(
    "profil",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(9), nullable=False),
    Column("origine", String(8)),
    Column("acteur_code", String(20)),
    Column("http_status", Integer),
    Column("service", String(100)),
    Column("version", String(10)),
    Column("code", String(15)),
    Column("rule_name", String(100)),
    Column("rule_source", String(255)),
    Column("rule_provenance", String(20)),
    Column("rule_remede", String(1000)),
    Column("accepted", Boolean, nullable=False),
)

# Instants are microseconds since 1970, UTC. `size` is what the row, its bodies compressed, takes;
# `rejeu_de` the exchange that this one makes again, `panne` the planned fault that struck it.
echange = Table(
    "echange",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("profil_id", Integer, nullable=False),
    Column("kind", String(9), nullable=False),
    Column("instant", BigInteger, nullable=False),
    Column("machine_instant", BigInteger, nullable=False),
    Column("duration_ms", Double, nullable=False),
    Column("prm", _PRM),
    Column("size", Integer, nullable=False),
    Column("certificate_fingerprint", String(64)),
    Column("certificate_subject", String(300)),
    Column("remote_address", String(64)),
    Column("detail", Text),
    Column("user_agent", String(200)),
    Column("rejeu_de", RowId),
    Column("panne", RowId),
    Index("ix_echange_profil", "profil_id", "id"),
    Index("ix_echange_prm", "prm", "profil_id", "id"),
    Index("ix_echange_instant", "instant", "id"),
    Index("ix_echange_kind", "kind", "id", "size"),
)

# Few exchanges make another one again, or are struck.
for _name in ("rejeu_de", "panne"):
    _few = echange.c[_name].is_not(None)
    Index(
        f"ix_echange_{_name.removesuffix('_de')}",
        *(echange.c[_name], echange.c.id),
        sqlite_where=_few,
        postgresql_where=_few,
    )

# The bodies, compressed by zlib: apart, so that a search never reads past one.
message = Table(
    "message",
    metadata,
    Column("echange_id", RowId, primary_key=True, autoincrement=False),
    Column("request", LargeBinary),
    Column("response", LargeBinary),
)

# What is kept of each kind, so that nobody counts.
bilan = Table(
    "bilan",
    metadata,
    Column("kind", String(9), primary_key=True),
    Column("records", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

# How far each file of a spool is stored: written with what is stored, so that it is stored once.
# `numero` is the number of the record expected there, `lieu` whose folder the file is in: machines
# that share a PostgreSQL have one each. A file that is stored for good is `FINISHED` until it is
# removed.
FINISHED: Final = -1
spool = Table(
    "spool",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("drained", BigInteger, nullable=False),
    Column("numero", BigInteger, nullable=False, server_default="0"),
    Column("lieu", String(300)),
)

# What of a file of a spool couldn't be stored, at its place there: bytes and records. `instant` is
# the machine's when it was found (microseconds since 1970, UTC).
avarie = Table(
    "avarie",
    metadata,
    Column("spool", String(64), primary_key=True),
    Column("debut", BigInteger, primary_key=True, autoincrement=False),
    Column("cause", String(10), primary_key=True),
    Column("octets", BigInteger, nullable=False),
    Column("echanges", Integer, nullable=False),
    Column("instant", BigInteger, nullable=False),
    Column("acquitte", Boolean, nullable=False),
)
