"""`cert check`: what the files of an actor are, whether SGE would accept them, and until when.

The verdict is the door's own: that of its TLS (`tls_refusal`), then of its policy (`Policy.judge`).
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.clock import legal_date
from sge_sim.errors import UsageError
from sge_sim.pki.certificates import (
    extension,
    fingerprint,
    is_authority,
    is_signed_by,
    key_text,
    name_text,
    organisation,
    unique,
)
from sge_sim.pki.chains import Chain
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline, situation_at
from sge_sim.pki.material import Material, read_material
from sge_sim.pki.policy import Policy, Verdict
from sge_sim.pki.trust import TrustStore
from sge_sim.transport.handshake import Cause, cause_of_verification
from sge_sim.transport.tls import refusal_of_chain

# OpenSSL takes no longer Certificate message (SSL_MAX_CERT_LIST_DEFAULT); each certificate in it
# has a length of 3 bytes and, in TLS 1.3, extensions of 2.
_MAX_MESSAGE = 100 * 1024
_FRAME = 5


def tls_refusal(
    trust: TrustStore, leaf: bytes, others: Sequence[bytes], now: datetime
) -> str | None:
    """Return why the door's TLS ends a handshake at `now` (machine time, aware), in French.

    `leaf` and the `others` sent with it are in DER. None for a chain that TLS lets through; the
    key isn't looked at.
    """
    if sum(len(der) + _FRAME for der in (leaf, *others)) > _MAX_MESSAGE:
        return f"{Cause.PROTOCOL.value} : plus de 100 Kio de certificats"
    try:
        found = refusal_of_chain(trust.roots_pem(), leaf, others, now)
    except ValueError:
        return f"{Cause.PROTOCOL.value} : le certificat n'est pas lisible"
    if found is None:
        return None
    code, words = found
    return f"{cause_of_verification(code, alone=not others).value} ({words})"


@dataclass(frozen=True)
class InspectedFile:
    """A file and what it holds, in French."""

    path: Path
    contents: tuple[str, ...]


class UnreadCertificateError(UsageError):
    """The actor's certificate can't be read; `verdicts` refuse it in the words of the door."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        super().__init__("\n".join(verdict.explain() for verdict in verdicts))
        self.verdicts = tuple(verdicts)


@dataclass(frozen=True)
class Inspection:
    """What was found in the files of an actor.

    `key_matches` is `None` when no key was given. `alert` says in French why TLS ends the
    handshake before the policy, whose `verdicts` follow, is asked; None where it doesn't.
    `now` is the instant (UTC, the machine's) of the verdicts. `renewal_deadline` is the legal date
    by which the next production certificate is to be handed in; `renewal_due` tells that it has
    come or gone. `advice` is in French, a sentence each.
    """

    files: tuple[InspectedFile, ...]
    certificate: x509.Certificate
    key_matches: bool | None
    alert: str | None
    verdicts: tuple[Verdict, ...]
    now: datetime
    expiry: datetime
    renewal_deadline: date
    renewal_due: bool
    advice: tuple[str, ...]
    on_day: bool = False

    @property
    def serves_production(self) -> bool:
        """Whether it may be a production certificate, which alone the renewal concerns (FAQ)."""
        authority = self.verdicts[0].authority
        if authority is None:
            return any(verdict.environment == "production" for verdict in self.verdicts)
        return "production" in authority.environments

    @property
    def presentable(self) -> bool:
        """Whether TLS lets the certificate through and the key, if given, is its own."""
        return self.key_matches is not False and self.alert is None

    @property
    def accepted(self) -> bool:
        """Whether it is presentable, and every policy accepts it."""
        return self.presentable and all(verdict.accepted for verdict in self.verdicts)


def inspect_files(
    paths: Sequence[Path],
    policies: Sequence[Policy],
    now: datetime,
    password: str | None = None,
    *,
    on_day: bool = False,
) -> Inspection:
    """Inspect the files of one actor, given in any order.

    `policies` are those whose verdict is wanted, one per environment; they share a trust store.
    `now` is the machine's time, aware; with `on_day`, a day that one imagines. Raises `UsageError`
    for a file that can't be read and when
    it isn't clear which certificate is the actor's; `UnreadCertificateError` for one that the door
    refuses as illegible. An intermediate that isn't in the files and is known is taken as sent.
    """
    materials = [read_material(path, password) for path in paths]
    _refuse_unread(materials, policies, now)
    leaf, presented, keys = _sort_out(materials)
    trust = policies[0].trust
    found = trust.chain_of(leaf, presented)
    chain = found if isinstance(found, Chain) else None
    known = chain.intermediates if chain else ()
    missing = [certificate for certificate in known if certificate not in presented]
    der, *others = (certificate.public_bytes(Encoding.DER) for certificate in (leaf, *presented))
    completed = [*others, *(certificate.public_bytes(Encoding.DER) for certificate in missing)]
    expiry = in_legal_time(leaf.not_valid_after_utc)
    deadline = renewal_deadline(expiry.date())
    return Inspection(
        files=tuple(InspectedFile(m.path, tuple(_contents(m, leaf))) for m in materials),
        certificate=leaf,
        key_matches=_spki(leaf.public_key()) in keys if keys else None,
        alert=tls_refusal(trust, der, completed, now),
        verdicts=tuple(policy.judge(der, now, others) for policy in policies),
        now=now,
        expiry=expiry,
        renewal_deadline=deadline,
        renewal_due=legal_date(now) >= deadline,
        advice=tuple(_advice(leaf, chain, missing, trust, legal_date(now))),
        on_day=on_day,
    )


def _refuse_unread(
    materials: Sequence[Material], policies: Sequence[Policy], now: datetime
) -> None:
    """Raise `UnreadCertificateError` if what must be the actor's certificate can't be read.

    It is taken to be that one where no readable certificate can be: none has the key, or without a
    key all are authorities. Else what can't be read is passed over, as at the door.
    """
    unread = [der for material in materials for der in material.unread]
    if not unread:
        return
    certificates = [certificate for material in materials for certificate in material.certificates]
    keys = {_spki(key.public_key()) for material in materials for key in material.keys}
    if keys and any(_spki(certificate.public_key()) in keys for certificate in certificates):
        return
    if not keys and any(not is_authority(certificate) for certificate in certificates):
        return
    raise UnreadCertificateError([policy.judge(unread[0], now) for policy in policies])


def read_acteur_certificate(
    paths: Sequence[Path], password: str | None = None
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return the certificate of the actor whose files these are, and the others of the files.

    Raises `UsageError` as `inspect_files` does.
    """
    leaf, others, _ = _sort_out([read_material(path, password) for path in paths])
    return leaf, others


def fingerprint_of_file(path: Path) -> str:
    """Return the fingerprint of the actor's certificate that a file holds.

    Raises `UsageError` as `inspect_files` does.
    """
    leaf, _ = read_acteur_certificate([path])
    return fingerprint(leaf.public_bytes(Encoding.DER))


def organisation_of_file(path: Path) -> str:
    """Return the organisation of the actor's certificate that a file holds, empty without one.

    Raises `UsageError` as `inspect_files` does.
    """
    leaf, _ = read_acteur_certificate([path])
    return organisation(leaf)


def _sort_out(
    materials: Sequence[Material],
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...], Set[bytes]]:
    """Return the actor's certificate, the others, and the public keys of the private ones."""
    certificates = unique(
        certificate for material in materials for certificate in material.certificates
    )
    keys = {_spki(key.public_key()) for material in materials for key in material.keys}
    if len(keys) > 1:
        raise UsageError("Les fichiers contiennent plusieurs clés privées : en donner une seule.")
    leaf = _leaf(certificates, keys)
    return leaf, tuple(certificate for certificate in certificates if certificate != leaf), keys


def _leaf(certificates: Sequence[x509.Certificate], keys: Set[bytes]) -> x509.Certificate:
    """Return the actor's certificate: that of the key, else the one that issued no other."""
    if not certificates:
        raise UsageError("Aucun certificat dans les fichiers : ajouter celui de l'acteur.")
    own = [certificate for certificate in certificates if _spki(certificate.public_key()) in keys]
    issued_none = [
        certificate
        for certificate in certificates
        if not any(
            other != certificate and is_signed_by(other, certificate) for other in certificates
        )
    ]
    ends = [certificate for certificate in issued_none if not is_authority(certificate)]
    for candidates in (own, ends, issued_none):
        if len(candidates) == 1:
            return candidates[0]
    subjects = [name_text(certificate.subject) for certificate in own or ends or issued_none]
    raise UsageError(
        f"Les fichiers contiennent plusieurs certificats d'acteur ({', '.join(subjects)}) : "
        "en donner un seul."
    )


def _contents(material: Material, leaf: x509.Certificate) -> Iterator[str]:
    for _ in material.keys:
        yield "clé privée"
    for certificate in material.certificates:
        if certificate == leaf:
            role = "certificat de l'acteur"
        elif certificate.subject == certificate.issuer:
            role = "certificat racine"
        elif is_authority(certificate):
            role = "certificat intermédiaire"
        else:
            role = "autre certificat"
        yield f"{role} « {name_text(certificate.subject)} » ({key_text(certificate)})"
    if material.requests:
        yield "demande de certificat (CSR), sans usage ici"


def _advice(
    leaf: x509.Certificate,
    chain: Chain | None,
    missing: Sequence[x509.Certificate],
    trust: TrustStore,
    jour: date,
) -> Iterator[str]:
    """Yield the advice; `missing` are the intermediates of the chain that aren't in the files."""
    for certificate in missing:
        yield (
            f"L'intermédiaire « {name_text(certificate.subject)} » n'est pas dans les fichiers : "
            "sans lui, TLS refuse par une alerte. Le client doit le présenter à la suite du "
            "certificat."
        )
    if chain and trust.simulated_authority_of(chain) is None:
        yield "La révocation n'est pas vérifiée : aucune autorité réelle n'est interrogée."
    authority = trust.authority_of(chain) if chain else None
    if authority and not authority.grants_client_authentication and not _for_clients(leaf):
        yield (
            f"{authority.name} ne délivre plus clientAuth : ce certificat passe ici, mais un "
            "serveur configuré par défaut le refuse."
        )
    yield "Le même certificat peut servir au VPN SSL (accès au portail), à homologuer aussi."
    signed = situation_at(authority, jour) if authority else None
    if authority and signed is not None:
        yield f"{authority.name}, le {jour:%d/%m/%Y} : {signed.sentence()}"


def _for_clients(leaf: x509.Certificate) -> bool:
    extended = extension(leaf, x509.ExtendedKeyUsage)
    return extended is None or ExtendedKeyUsageOID.CLIENT_AUTH in extended


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
