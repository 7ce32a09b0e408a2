"""The PRM, the number of a point: fourteen digits, the last two being a check key.

A PRM is three digits of prefix, nine of body and the key, which is computed on the body alone.
The FAQ gives the computation but doesn't name the prefix: that it stands outside the key was
verified on the PRMs of the homologation catalogue.

The key is for whoever makes or types a PRM. The services never judge it: a PRM with a wrong key
is, for them, a point that doesn't exist (the catalogue's own unknown point has a wrong one).

>>> generate("259", 465990931)
'25946599093143'
>>> is_valid("99999999999999")
False
"""

import re
from collections.abc import Iterator
from typing import Final

from sge_sim.errors import UsageError

PRM: Final = re.compile(r"[0-9]{14}")
"""How a PRM is written, be its key right or wrong."""
_PREFIX = re.compile(r"[0-9]{3}")
_BODY_SIZE = 1_000_000_000

# The FAQ computes on ten digits: the body followed by a constant 2.
_CONSTANT = 2
_WEIGHTS = range(10, 1, -1)


def prm_typed(text: str) -> str:
    """Return a PRM as it is typed, be its key right or wrong; raises `UsageError` for no PRM."""
    if not PRM.fullmatch(text):
        raise UsageError("quatorze chiffres sont attendus")
    return text


def key(body: str) -> str:
    """Return the two check digits of a nine-digit body (FAQ).

    Raises `ValueError` when `body` isn't nine digits.
    """
    if len(body) != 9 or not (body.isascii() and body.isdigit()):
        raise ValueError(f"a PRM body is nine digits, not {body!r}")
    digits = [int(digit) for digit in body]
    first = (sum(digits) + _CONSTANT) % 11
    second = (
        sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) + _CONSTANT
    ) % 11
    match first, second:
        case 10, 10:
            return "99"
        case 10, 0:
            return "98"
        case 10, _:
            return f"0{second}"
        case 0, 10:
            return "89"
        case _, 10:
            return f"{first}0"
        case _:
            return f"{first}{second}"


def is_valid(prm: str) -> bool:
    """Tell whether `prm` is fourteen digits ending with the key of its body."""
    return PRM.fullmatch(prm) is not None and prm[12:] == key(prm[3:12])


def generate(prefix: str, body: int) -> str:
    """Return the PRM of a three-digit prefix and a body below 10⁹, with its key.

    Raises `ValueError` when either doesn't fit.
    """
    if _PREFIX.fullmatch(prefix) is None:
        raise ValueError(f"a PRM prefix is three digits, not {prefix!r}")
    if not 0 <= body < _BODY_SIZE:
        raise ValueError(f"a PRM body is below 10⁹, not {body}")
    digits = f"{body:09d}"
    return f"{prefix}{digits}{key(digits)}"


def generate_all(prefix: str, seed: int) -> Iterator[str]:
    """Yield the 10⁹ PRMs of a prefix, each once, in a scattered order that `seed` decides."""
    # 387 420 489 is 9⁹: odd and no multiple of 5, so that its multiples run through every body.
    step, start = 387_420_489, seed % _BODY_SIZE
    for rank in range(_BODY_SIZE):
        yield generate(prefix, (start + rank * step) % _BODY_SIZE)
