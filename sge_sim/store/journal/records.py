"""What the journal records of an exchange, and how it is written in a spool."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final

from sge_sim.domaine.nomenclatures import KindEchange

DETAIL_MAX: Final = 4000
"""Characters of a detail; `_RECURRING` and `_OTHERS` have those of all the texts."""
BODY_MAX: Final = 16 * 2**20
"""Bytes of a body."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_WRITE: Final = json.JSONEncoder(check_circular=False).encode
_CUT: Final = "…"
_RECURRING: Final = (20, 64, 300, 64, 100, 10)
_OTHERS: Final = (20, 15, 100, 255, 20, 1000, DETAIL_MAX, 200)
_NO_RULE: Final = (None,) * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingRule:
    """The rule that decided a refusal; its code is the exchange's."""

    name: str
    source: str
    provenance: str
    explanation: str
    """What would have passed, in French."""


@dataclass(slots=True, kw_only=True)
class EchangeRecord:
    """An exchange to be recorded.

    `instant` is the simulated time, `machine_instant` the machine's; both are aware. `user_agent`
    is what the client says it is made with (RFC 9110 §10.1.5), as it was sent.
    """

    instant: datetime
    machine_instant: datetime
    duration_ms: float
    kind: KindEchange
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
    rule: DecidingRule | None = None
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
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(value: int) -> datetime:
    """Return the aware instant, in UTC, that `microseconds` made a number of."""
    return _EPOCH + value * _MICROSECOND


def encode(record: EchangeRecord) -> bytes:
    """Return the fields of a record but its bodies, each within its bound."""
    rule = record.rule
    texts = (
        record.prm,
        record.code,
        *(
            _NO_RULE
            if rule is None
            else (rule.name, rule.source, rule.provenance, rule.explanation)
        ),
        record.detail,
        record.user_agent,
    )
    who_and_what = _written(
        (
            record.acteur_code,
            record.certificate_fingerprint,
            record.certificate_subject,
            record.remote_address,
            record.service,
            record.version,
        ),
        _RECURRING,
    )
    numbers = (
        (record.instant - _EPOCH) // _MICROSECOND,
        (record.machine_instant - _EPOCH) // _MICROSECOND,
        record.duration_ms,
        record.kind,
        record.http_status,
    )
    return f"[{_WRITE(numbers)[1:-1]},{who_and_what},{_write(texts, _OTHERS)}]".encode()


def _write(texts: tuple[str | None, ...], bounds: tuple[int, ...]) -> str:
    """Return texts as JSON, each within its bound, a comma between two."""
    return ",".join(
        [
            "null"
            if text is None
            else _WRITE(text if len(text) <= most else text[: most - 1] + _CUT)
            for text, most in zip(texts, bounds, strict=True)
        ]
    )


_written = lru_cache(maxsize=256)(_write)
"""`_write`, which keeps what comes again and again."""

ENCODED: Final = (
    *("instant", "machine_instant", "duration_ms", "kind", "http_status"),
    *("acteur_code", "certificate_fingerprint", "certificate_subject", "remote_address"),
    *("service", "version", "prm", "code"),
    *("rule_name", "rule_source", "rule_provenance", "rule_explanation", "detail"),
    "user_agent",
)
"""The names of the fields that `encode` writes, in their order; an added one comes last."""


def decode(encoded: bytes) -> dict[str, Any]:
    """Return the fields that `encode` wrote, by their names; instants in microseconds.

    What a database can't hold is replaced: half a character (a surrogate alone), a zero. A spool
    that an older version left lacks the last fields: they are None.
    """
    values = json.loads(encoded)
    if b"\\u0000" in encoded or b"\\ud" in encoded:
        values = [_storable(one) if isinstance(one, str) else one for one in values]
    return dict(zip_longest(ENCODED, values))


def _storable(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
