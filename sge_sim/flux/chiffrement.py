"""The encryption of files: AES in CBC mode, PKCS#7 padding, as Enedis delivers them.

- `aes128`: the older way; a static key and a static IV, both given by Enedis.
- `aes256`: since 2026; only the key is given, the IV is the first 16 bytes of each file.

The IV of `aes256` is drawn from the key and from a seed, for which the name of the file serves:
it differs for each file, and a file made anew is the same bytes. The real platform draws it at
random; no reader can tell.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from sge_sim.domaine.nomenclatures import AlgorithmeFlux
from sge_sim.errors import UsageError

BLOC = 16
"""The bytes of a block of AES."""
_KEY_BYTES = {"aes128": 16, "aes256": 32}


@dataclass(frozen=True)
class Chiffrement:
    """How the files of a contract are encrypted; keys and IV as bytes.

    >>> secret = chiffrement("aes128", cle="00" * 16, iv="11" * 16)
    >>> decrypt(secret, encrypt(secret, b"PK", "R50.zip"))
    b'PK'
    """

    algorithme: AlgorithmeFlux
    cle: bytes = b""
    iv: bytes = b""


AUCUN = Chiffrement("aucun")


def chiffrement(
    algorithme: AlgorithmeFlux, cle: str | None = None, iv: str | None = None
) -> Chiffrement:
    """Check and read an algorithm with its hexadecimal key and IV; raises `UsageError`."""
    if algorithme == "aucun":
        if cle or iv:
            raise UsageError("Sans chiffrement, il n'y a ni clé ni IV : les retirer.")
        return AUCUN
    size = _KEY_BYTES[algorithme]
    if algorithme == "aes256" and iv:
        raise UsageError("En aes256 l'IV est en tête de chaque fichier : ne pas en donner.")
    return Chiffrement(
        algorithme,
        _hexadecimal(cle, size, "La clé", algorithme),
        _hexadecimal(iv, BLOC, "L'IV", algorithme) if algorithme == "aes128" else b"",
    )


def encrypt(secret: Chiffrement, content: bytes, seed: str) -> bytes:
    """Return `content` encrypted; `seed` decides the IV where there isn't a static one."""
    return b"".join(encrypted(secret, (content,), seed))


def encrypted(secret: Chiffrement, pieces: Iterable[bytes], seed: str) -> Iterator[bytes]:
    """Yield a content that comes by pieces as `encrypt` returns it, without holding it."""
    if secret.algorithme == "aucun":
        yield from pieces
        return
    iv = secret.iv or sha256(secret.cle + seed.encode()).digest()[:BLOC]
    if not secret.iv:
        yield iv
    padder = PKCS7(AES.block_size).padder()
    encryptor = Cipher(AES(secret.cle), CBC(iv)).encryptor()
    for piece in pieces:
        yield encryptor.update(padder.update(piece))
    yield encryptor.update(padder.finalize()) + encryptor.finalize()


def decrypt(secret: Chiffrement, content: bytes) -> bytes:
    """Return what `encrypt` encrypted.

    Raises `UsageError` when the content isn't of this key, or was cut.
    """
    if secret.algorithme == "aucun":
        return content
    try:
        if len(content) % BLOC:
            raise ValueError("cut")
        unpadder = PKCS7(AES.block_size).unpadder()
        return unpadder.update(decrypt_blocks(secret, content)) + unpadder.finalize()
    except ValueError:
        raise UsageError(
            f"Ce fichier ne se déchiffre pas en {secret.algorithme} avec cette clé : vérifier la "
            "clé, l'IV et que le fichier est entier."
        ) from None


def decrypt_blocks(secret: Chiffrement, content: bytes) -> bytes:
    """Return what a key makes of the whole blocks of a content, whatever their end is."""
    iv, encrypted = (secret.iv, content) if secret.iv else (content[:BLOC], content[BLOC:])
    if len(iv) < BLOC or secret.algorithme == "aucun":
        return b""
    decryptor = Cipher(AES(secret.cle), CBC(iv)).decryptor()
    return decryptor.update(encrypted[: len(encrypted) // BLOC * BLOC])


def _hexadecimal(text: str | None, size: int, what: str, algorithme: str) -> bytes:
    try:
        value = bytes.fromhex(text or "")
    except ValueError:
        value = b""
    if len(value) != size:
        raise UsageError(f"{what} d'{algorithme} s'écrit en {2 * size} chiffres hexadécimaux.")
    return value
