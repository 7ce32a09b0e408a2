"""What the journal records of an exchange: in a spool, and in the tables of its own database.

The tables stand apart from the state's because they change with each call: whoever keeps facts of
the state in memory watches its database for changes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

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

from sge_sim.domaine.nomenclatures import KindEchange, Origine
from sge_sim.machine.once import computed_once
from sge_sim.refus import Rule
from sge_sim.tables.base import RowId, with_postgresql

VERSION: Final = 8
"""The version of these tables, that the database bears."""

metadata = MetaData()

_PRM_TYPE = String(20).with_variant(String(20, collation="C"), "postgresql")

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
# `rejeu_de` the exchange that this one makes again, `panne` the number of the panne that struck it.
echange = Table(
    "echange",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("profil_id", Integer, nullable=False),
    Column("kind", String(9), nullable=False),
    Column("instant", BigInteger, nullable=False),
    Column("machine_instant", BigInteger, nullable=False),
    Column("duration_ms", Double, nullable=False),
    Column("prm", _PRM_TYPE),
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
    _by_name = f"ix_echange_{_name.removesuffix('_de')}"
    with_postgresql(Index(_by_name, echange.c[_name], echange.c.id, sqlite_where=_few), where=_few)

# The bodies, compressed by zlib: apart, so that a search never reads past one.
message = Table(
    "message",
    metadata,
    Column("echange_id", RowId, primary_key=True, autoincrement=False),
    Column("request", LargeBinary),
    Column("response", LargeBinary),
)

# Where the bodies of an exchange are while they aren't packed: at which byte of which page, by the
# name that it has as a file of the spool. Its `size` is that of the row alone meanwhile.
place = Table(
    "place",
    metadata,
    Column("echange_id", RowId, primary_key=True, autoincrement=False),
    Column("spool", String(64), nullable=False),
    Column("debut", BigInteger, nullable=False),
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


DETAIL_MAX: Final = 4000
"""Characters of a detail; those of the other texts stand below."""
BODY_MAX: Final = 16 * 2**20
"""Bytes of a body."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_QUOTED: Final = json.encoder.encode_basestring_ascii
_CUT: Final = "…"
_RECURRING: Final = (8, 20, 64, 300, 64, 100, 10)
_PRM: Final = 20
_CODE: Final = 15
_RULE: Final = (100, 255, 20, 1000)
_NO_RULE: Final = "null,null,null,null"
_USER_AGENT: Final = 200


@dataclass(slots=True, kw_only=True)
class EchangeRecord:
    """An exchange to be recorded.

    `instant` is the simulated time, `machine_instant` the machine's; both are aware. `user_agent`
    is what the client says it is made with (RFC 9110 §10.1.5), as it was sent. `origine` is who
    made the call, None where nobody called; `rejeu_de` is the exchange that it makes again. `rule`
    is the one that refused, by its whole name; of its code, that of the exchange alone is kept.
    """

    instant: datetime
    machine_instant: datetime
    duration_ms: float
    kind: KindEchange
    origine: Origine | None = None
    rejeu_de: int | None = None
    acteur_code: str | None = None
    certificate_fingerprint: str | None = None
    certificate_subject: str | None = None
    remote_address: str | None = None
    user_agent: str | None = None
    service: str | None = None
    version: str | None = None
    prm: str | None = None
    code: str | None = None
    http_status: int | None = None
    rule: Rule | None = None
    detail: str | None = None
    request: bytes | None = None
    response: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Echange(EchangeRecord):
    """A recorded exchange. Identifiers grow in the order of recording.

    `size` is what it takes in the journal, in bytes, its bodies compressed. The bodies are None
    when they weren't asked for.
    """

    id: int
    size: int


def microseconds(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970, UTC."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_of(value: int) -> datetime:
    """Return the aware instant, in UTC, that `microseconds` made a number of."""
    return _EPOCH + value * _MICROSECOND


def encode(record: EchangeRecord) -> bytes:
    """Return the fields of a record but its bodies, each within its bound."""
    rule = record.rule
    who_and_what = _written(
        (
            record.origine,
            record.acteur_code,
            record.certificate_fingerprint,
            record.certificate_subject,
            record.remote_address,
            record.service,
            record.version,
        ),
        _RECURRING,
    )
    decided = (
        _NO_RULE
        if rule is None
        else _written((rule.name, rule.source, rule.provenance, rule.remede), _RULE)
    )
    again = "null" if record.rejeu_de is None else record.rejeu_de
    status = "null" if record.http_status is None else record.http_status
    return (
        f"[{microseconds(record.instant)},{microseconds(record.machine_instant)},"
        f'{record.duration_ms:.3f},"{record.kind}",{status},{who_and_what},'
        f"{_text(record.prm, _PRM)},{_text(record.code, _CODE)},{decided},"
        f"{_text(record.detail, DETAIL_MAX)},{_text(record.user_agent, _USER_AGENT)},{again}]"
    ).encode()


def _text(text: str | None, most: int) -> str:
    """Return a text as JSON, of so many characters at most."""
    if text is None:
        return "null"
    return _QUOTED(text if len(text) <= most else text[: most - 1] + _CUT)


@computed_once(256)
def _written(texts: tuple[str | None, ...], bounds: tuple[int, ...]) -> str:
    """Return texts that come again and again as JSON, a comma between two."""
    return ",".join(map(_text, texts, bounds))


ENCODED: Final = (
    *("instant", "machine_instant", "duration_ms", "kind", "http_status"),
    *("origine", "acteur_code", "certificate_fingerprint", "certificate_subject", "remote_address"),
    *("service", "version", "prm", "code"),
    *("rule_name", "rule_source", "rule_provenance", "rule_remede", "detail"),
    *("user_agent", "rejeu_de"),
)
"""The names of the fields that `encode` writes, in their order."""


def decode(encoded: bytes) -> dict[str, Any]:
    """Return the fields that `encode` wrote, by their names; instants in microseconds.

    What a database can't hold is replaced: half a character (a surrogate alone), a zero.
    """
    values = json.loads(encoded)
    if b"\\u0000" in encoded or b"\\ud" in encoded:
        values = [
            value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
            if isinstance(value, str)
            else value
            for value in values
        ]
    return dict(zip(ENCODED, values, strict=True))
