"""How sure a rule, a label or a recognition is."""

from typing import Final, Literal, get_args

Provenance = Literal["documented", "observed", "assumed"]
"""A document says it; the real platform was seen to do it; neither, but it had to be decided."""

PROVENANCES: Final[tuple[Provenance, ...]] = get_args(Provenance)

_WORDS: Final = {"documented": "documenté", "observed": "observé", "assumed": "supposé"}


def in_french(provenance: str) -> str:
    """Return the French word for a provenance."""
    return _WORDS[provenance]
