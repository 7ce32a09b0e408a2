"""What the journal records of an exchange, and how it is written in a spool."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sge_sim.domaine.nomenclatures import KindEchange, Origine

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
    is what the client says it is made with (RFC 9110 §10.1.5), as it was sent. `origine` is who
    made the call, None where nobody called; `rejeu_de` is the exchange that it makes again.
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
        else _written((rule.name, rule.source, rule.provenance, rule.explanation), _RULE)
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


@lru_cache(maxsize=256)
def _written(texts: tuple[str | None, ...], bounds: tuple[int, ...]) -> str:
    """Return texts that come again and again as JSON, a comma between two."""
    return ",".join(map(_text, texts, bounds))


ENCODED: Final = (
    *("instant", "machine_instant", "duration_ms", "kind", "http_status"),
    *("origine", "acteur_code", "certificate_fingerprint", "certificate_subject", "remote_address"),
    *("service", "version", "prm", "code"),
    *("rule_name", "rule_source", "rule_provenance", "rule_explanation", "detail"),
    *("user_agent", "rejeu_de"),
)
"""The names of the fields that `encode` writes, in their order."""


def decode(encoded: bytes) -> dict[str, Any]:
    """Return the fields that `encode` wrote, by their names; instants in microseconds.

    What a database can't hold is replaced: half a character (a surrogate alone), a zero.
    """
    values = json.loads(encoded)
    if b"\\u0000" in encoded or b"\\ud" in encoded:
        values = [_storable(one) if isinstance(one, str) else one for one in values]
    return dict(zip(ENCODED, values, strict=True))


def _storable(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
