"""Issuing an actor's certificate from a simulated authority, and writing it for its client.

Issuing doesn't judge: wildcards, several names or a date in the past are issued as asked, since
they are what a tester wants to see refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sge_sim.domaine.nomenclatures import KeyType, Usages
from sge_sim.errors import UsageError
from sge_sim.machine.files import PRIVATE, make_private_folder, write_atomically
from sge_sim.pki.building import (
    AUTHORITY_LIFE,
    BUNDLE_PASSWORD,
    CLOCK_MARGIN,
    DIGEST,
    PrivateKey,
    certificate_builder,
    generate_key,
    key_pem,
)
from sge_sim.pki.simulated import SimulatedAuthority

# How long an expired certificate had lived.
EXPIRED_LIFE = timedelta(days=90)


_USAGES: Final[Mapping[Usages, Sequence[x509.ObjectIdentifier]]] = {
    "clientauth": [ExtendedKeyUsageOID.CLIENT_AUTH],
    "serverauth": [ExtendedKeyUsageOID.SERVER_AUTH],
    "any": [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE],
    "aucun": [],
}


@dataclass(frozen=True)
class IssuedCertificate:
    """An actor's key and certificate, with the intermediate that its client is to present."""

    key: PrivateKey
    leaf: x509.Certificate
    intermediate: x509.Certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What a client presents: leaf first; the root stays with those who trust it."""
        return (self.leaf, self.intermediate)

    def bundle(self, password: str = BUNDLE_PASSWORD, *, former: bool = False) -> bytes:
        """Return key and certificates as a PKCS#12 that Java, OpenSSL and Windows read.

        With `former` algorithms Mono reads it too; the password then protects it from nobody.
        """
        encryption: KeySerializationEncryption = BestAvailableEncryption(password.encode())
        if former:
            builder = PrivateFormat.PKCS12.encryption_builder().hmac_hash(SHA1())  # noqa: S303
            builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            encryption = builder.build(password.encode())
        return pkcs12.serialize_key_and_certificates(
            b"sge-sim", self.key, self.leaf, [self.intermediate], encryption
        )


def issue_client_certificate(
    authority: SimulatedAuthority,
    names: Sequence[str],
    *,
    now: datetime,
    days: int = 365,
    valid_from: datetime | None = None,
    key_type: KeyType = "p256",
    usages: Usages | None = None,
) -> IssuedCertificate:
    """Issue a client certificate for the domain `names`; the first is also the common name.

    `now` is the machine's time, aware. The certificate ends `days` after `valid_from`, or after
    `now` when that isn't given (it then begins a day before `now`). Whatever `valid_from`, a
    negative `days` gives one that expired that many days before `now`. Its extended key use is
    `usages`, else what the real authority grants today: clientAuth, or serverAuth alone for Let's
    Encrypt.

    Raises `UsageError` for names or dates that no certificate of this authority can bear.
    """
    start, end = _life(authority, now, days, valid_from)
    key = generate_key(key_type)
    uses = [authority.authority.granted_use] if usages is None else _USAGES[usages]
    signing_key = authority.signing_key()
    alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in _checked(names)])
    builder = certificate_builder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]),
        authority.intermediate.subject,
        key,
        signing_key,
        now=now,
        valid_from=start,
        valid_until=end,
    ).add_extension(alternative, critical=False)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return IssuedCertificate(key, builder.sign(signing_key, DIGEST), authority.intermediate)


@dataclass(frozen=True)
class IssuedFiles:
    """Where an issued certificate was written."""

    key: Path
    certificate: Path
    chain: Path
    bundle: Path


def write_issued_certificate(
    folder: Path, issued: IssuedCertificate, password: str = BUNDLE_PASSWORD
) -> IssuedFiles:
    """Write `key.pem`, `cert.pem` (leaf), `chain.pem` (leaf and intermediate) and `bundle.p12`.

    `password` is the bundle's; the key is open, and both are readable by their owner alone. Raises
    `UsageError` rather than overwrite a key.
    """
    make_private_folder(folder)
    files = IssuedFiles(
        folder / "key.pem", folder / "cert.pem", folder / "chain.pem", folder / "bundle.p12"
    )
    if files.key.exists():
        raise UsageError(f"{files.key} existe déjà : choisir un autre dossier ou déplacer la clé.")
    write_atomically(files.bundle, issued.bundle(password), PRIVATE)
    write_atomically(files.certificate, issued.leaf.public_bytes(Encoding.PEM))
    write_atomically(files.chain, b"".join(c.public_bytes(Encoding.PEM) for c in issued.chain))
    write_atomically(files.key, key_pem(issued.key), PRIVATE)
    return files


def _life(
    authority: SimulatedAuthority, now: datetime, days: int, valid_from: datetime | None
) -> tuple[datetime, datetime]:
    if not 0 < abs(days) <= AUTHORITY_LIFE.days:
        raise UsageError(
            f"Un certificat ne dure pas {days} jours : en donner de 1 à {AUTHORITY_LIFE.days}, "
            "ou un nombre négatif pour un certificat expiré."
        )
    life = timedelta(days=days)
    if days < 0:
        start, end = now + life - EXPIRED_LIFE, now + life
    elif valid_from is not None:
        start, end = valid_from, valid_from + life
    else:
        start, end = now - CLOCK_MARGIN, now + life
    ca = authority.intermediate
    if start < ca.not_valid_before_utc or end > ca.not_valid_after_utc:
        raise UsageError(
            "Le certificat sortirait de la validité de l'autorité simulée, du "
            f"{ca.not_valid_before_utc:%d/%m/%Y} au {ca.not_valid_after_utc:%d/%m/%Y} : "
            "changer le nombre de jours."
        )
    return start, end


def _checked(names: Sequence[str]) -> Sequence[str]:
    if not names:
        raise UsageError("Un certificat porte au moins un nom de domaine : en donner un.")
    for name in names:
        if not name.isascii() or not name.strip() or len(name) > 253:
            raise UsageError(
                f"« {name} » n'est pas un nom de domaine : l'écrire en ASCII (xn--… si accents)."
            )
    if len(names[0]) > 64:
        raise UsageError(f"« {names[0]} » dépasse 64 caractères : raccourcir le premier nom.")
    return names
