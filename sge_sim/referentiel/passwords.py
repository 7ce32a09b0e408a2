"""Passwords of HTTP Basic: kept as scrypt digests, never as text.

Apart from the actors that have them: the door checks one, and loads nothing to change an actor.
"""

import hashlib
import hmac

from sge_sim.machine import monde

_SALT_BYTES = 16
_SEPARATOR = ":"


def password_digest(password: str, salt: bytes | None = None) -> str:
    """Return what is kept of a password: its salt and its digest, in hexadecimal."""
    salt = monde.urandom(_SALT_BYTES) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    return f"{salt.hex()}{_SEPARATOR}{digest.hex()}"


def password_matches(password: str, kept: str) -> bool:
    """Tell whether `kept`, made by `password_digest`, is the digest of `password`."""
    salt, _, _ = kept.partition(_SEPARATOR)
    return hmac.compare_digest(password_digest(password, bytes.fromhex(salt)), kept)
