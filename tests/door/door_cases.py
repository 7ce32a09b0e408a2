"""The certificates of `docs/certificats-matrice.yaml`: one for each of its rows."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from certificate_forge import CLIENT, SERVER, Forged, authority, forge, name
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509 import (
    DNSName,
    NameConstraints,
    ObjectIdentifier,
    PrecertPoison,
    UnrecognizedExtension,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.pki.building import read_key
from sge_sim.pki.issuing import issue_client_certificate
from sge_sim.pki.trust import Pki

CODE = (ExtendedKeyUsageOID.CODE_SIGNING,)
BOTH: Mapping[Environment, str] = {"homologation": "TIERS1", "production": "TIERS1"}
PEM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
Register = Mapping[Environment, str]


@dataclass(frozen=True)
class Presented:
    """What a client presents: its certificate, what it sends with it, and its key (PEM).

    `registered` names the actor for which each environment knows the certificate.
    """

    chain: tuple[x509.Certificate, ...]
    key: bytes
    registered: Register

    @property
    def leaf_der(self) -> bytes:
        return self.chain[0].public_bytes(Encoding.DER)

    def write(self, path: Path) -> Path:
        """Write key and chain as the one PEM file that clients load."""
        path.write_bytes(
            self.key + b"".join(each.public_bytes(Encoding.PEM) for each in self.chain)
        )
        path.chmod(0o600)
        return path


class Maker:
    """Makes the certificates of one matrix, from the simulated authorities of `pki`.

    `extra` is the folder of extra authorities that the simulators are to be started with.
    """

    def __init__(self, pki: Pki, extra: Path) -> None:
        now = machine_now()
        self.pki, self.now = pki, now
        self.life = {"start": now - timedelta(days=10), "end": now + timedelta(days=100)}
        long = {"start": now - timedelta(days=400), "end": now + timedelta(days=400)}
        self.gandi = self._intermediate("gandi")
        self.letsencrypt = self._intermediate("letsencrypt")
        simulated = pki.simulated("gandi")
        self.gandi_root = Forged(simulated.root, read_key(simulated.folder / "root.key.pem"))
        self.certinomis = authority("Certinomis - Root CA", "Certinomis", **long)
        self.private = authority("Racine privée", "ACME", **long)
        self.unknown = authority("Racine inconnue", "ACME", **long)
        extra.mkdir(exist_ok=True)
        (extra / "en-plus.pem").write_bytes(self.certinomis.pem + self.private.pem)

    def _intermediate(self, slug: str) -> Forged:
        simulated = self.pki.simulated(slug)
        return Forged(simulated.intermediate, simulated.signing_key())

    def leaf(self, issuer: Forged | None = None, **shape: Any) -> Forged:
        """A certificate as the table takes it for granted, but for `shape`."""
        return forge(issuer=issuer or self.gandi, **{**self.life, **shape})

    def sent(self, leaf: Forged, *above: Forged, registered: Register = BOTH) -> Presented:
        """`leaf` with the certificates above it: its simulated intermediate unless told."""
        others = above or (self.gandi,)
        chain = (leaf.certificate, *(each.certificate for each in others))
        return Presented(chain, leaf.key.private_bytes(*PEM), registered)

    def gandi_leaf(self, registered: Register = BOTH, **shape: Any) -> Presented:
        return self.sent(self.leaf(**shape), registered=registered)

    # The rows that take more than a shape.

    def from_authority(self, slug: str) -> Presented:
        issued = issue_client_certificate(
            self.pki.simulated(slug), [f"{slug}.example.fr"], now=self.now
        )
        return Presented(issued.chain, issued.key.private_bytes(*PEM), BOTH)

    def from_letsencrypt(self, extended: Any) -> Presented:
        return self.sent(self.leaf(self.letsencrypt, extended=extended), self.letsencrypt)

    def expired_intermediate(self) -> Presented:
        old = authority(
            "Intermédiaire d'hier",
            issuer=self.gandi_root,
            start=self.now - timedelta(days=300),
            end=self.now - timedelta(days=1),
        )
        return self.sent(self.leaf(old), old)

    def under_unknown_root(self, *, root_sent: bool, organisation: str = "ACME") -> Presented:
        below = authority("Intermédiaire inconnu", organisation, self.unknown, **self.life)
        above = (below, self.unknown) if root_sent else (below,)
        return self.sent(self.leaf(below), *above)

    def signed_by_an_actor(self) -> Presented:
        actor = self.leaf(subject="acteur.example.fr")
        return self.sent(self.leaf(actor), actor, self.gandi)

    def too_long(self) -> Presented:
        below = authority("Sous-intermédiaire", issuer=self.gandi, **self.life)
        return self.sent(self.leaf(below), below, self.gandi)

    def outside_of_name_constraints(self) -> Presented:
        constraints = NameConstraints([DNSName("autre.fr")], None)
        below = authority("Limité", issuer=self.gandi_root, more=[constraints], **self.life)
        return self.sent(self.leaf(below, names=["sge.example.fr"]), below)

    def forged_issuer(self) -> Presented:
        impostor = authority("peu importe", **self.life)
        return self.sent(self.leaf(impostor, issuer_name=self.gandi.certificate.subject))

    def forged_root(self) -> Presented:
        impostor = authority("peu importe", **self.life)
        below = authority(
            "Intermédiaire usurpé",
            issuer=impostor,
            issuer_name=self.gandi_root.certificate.subject,
            **self.life,
        )
        return self.sent(self.leaf(below), below)

    def sha1(self, folder: Path) -> Presented:
        """Signed by openssl: the library refuses to sign with SHA-1."""
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(name("sha1.example.fr"))
        simulated = self.pki.simulated("gandi")
        (folder / "sha1.csr").write_bytes(
            request.sign(key, self.gandi.certificate.signature_hash_algorithm).public_bytes(
                Encoding.PEM
            )
        )
        (folder / "sha1.ext").write_text("keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n")
        subprocess.run(
            [
                *("openssl", "x509", "-req", "-sha1", "-days", "30", "-set_serial", "4242"),
                *("-in", folder / "sha1.csr", "-extfile", folder / "sha1.ext"),
                *("-CA", simulated.folder / "intermediate.pem"),
                *("-CAkey", simulated.folder / "intermediate.key.pem"),
                *("-out", folder / "sha1.pem"),
            ],
            check=True,
            capture_output=True,
        )
        leaf = x509.load_pem_x509_certificate((folder / "sha1.pem").read_bytes())
        return self.sent(Forged(leaf, key))

    def mismatched_key(self) -> Presented:
        """A key file whose public half is the certificate's and whose private half isn't.

        OpenSSL refuses to load a plain mismatch, so no honest client presents one.
        """
        leaf, other = self.leaf(), ec.generate_private_key(ec.SECP256R1())
        own, foreign = (
            key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            for key in (other, leaf.key)
        )
        der = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        assert own in der
        pem = subprocess.run(
            ["openssl", "pkey", "-inform", "DER"],
            input=der.replace(own, foreign),
            check=True,
            capture_output=True,
        ).stdout
        return Presented((leaf.certificate, self.gandi.certificate), pem, BOTH)

    def revoked(self) -> Presented:
        presented = self.gandi_leaf()
        self.pki.revoke(presented.chain[0], self.now)
        return presented

    def every_fault(self) -> Presented:
        leaf = self.leaf(
            self.private,
            subject="*.example.fr",
            names=["*.example.fr", "b.example.fr"],
            extended=SERVER,
        )
        return Presented((leaf.certificate,), leaf.key.private_bytes(*PEM), {})


def all_cases(pki: Pki, folder: Path) -> dict[str, Presented]:
    """Make the certificate of each row; `folder` also gets the `authorities` folder to use.

    What is revoked is revoked in `pki`: its CRL files change.
    """
    make = Maker(pki, folder / "authorities")
    return {case: build() for case, build in _builders(make, folder)}


def _builders(make: Maker, folder: Path) -> Iterator[tuple[str, Callable[[], Presented]]]:
    for each in make.pki.trust.authorities.authorities:
        yield f"autorite-{each.slug}", lambda slug=each.slug: make.from_authority(slug)
    yield "letsencrypt-d-avant-2026", lambda: make.from_letsencrypt(CLIENT)
    yield "letsencrypt-pour-signer-du-code", lambda: make.from_letsencrypt(CODE)
    yield (
        "racine-en-plus-certinomis",
        lambda: make.sent(make.leaf(make.certinomis), make.certinomis),
    )
    yield "racine-en-plus-hors-liste", lambda: make.sent(make.leaf(make.private), make.private)

    shapes: dict[str, dict[str, Any]] = {
        "generique-nom-commun": {"subject": "*.example.fr"},
        "generique-nom-alternatif": {
            "subject": "a.example.fr",
            "names": ["a.example.fr", "*.example.fr"],
        },
        "deux-noms": {"subject": "a.example.fr", "names": ["a.example.fr", "b.example.fr"]},
        "nom-commun-autre-que-l-alternatif": {"subject": "a.example.fr", "names": ["b.example.fr"]},
        "paire-www": {"subject": "example.fr", "names": ["example.fr", "www.example.fr"]},
        "nom-commun-raison-sociale": {"subject": "ACME SA", "names": ["a.example.fr"]},
        "sans-nom-alternatif": {"subject": "seul.example.fr"},
        "aucun-nom-de-domaine": {"subject": "ACME SA"},
        "nom-commun-de-deux-domaines": {"subject": "a.fr;b.fr"},
        "nom-alternatif-avec-nul": {"subject": "ACME", "names": ["evil.fr\0.exemple.fr"]},
        "meme-nom-autre-casse": {"subject": "A.Example.fr", "names": ["a.example.fr"]},
        "expire": {"end": make.now - timedelta(days=1)},
        "pas-encore-valide": {"start": make.now + timedelta(days=1)},
        "sans-fin": {"end": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)},
        "drapeau-autorite": {"ca": True},
        "usage-serveur": {"extended": SERVER},
        "usage-signature-de-code": {"extended": CODE},
        "usage-client-et-serveur": {"extended": (*CLIENT, *SERVER)},
        "sans-usage-etendu": {"extended": None},
        "sans-signature-numerique": {"digital_signature": False},
        "extension-critique-inconnue": {
            "more": [UnrecognizedExtension(ObjectIdentifier("1.2.3"), b"\5\0")]
        },
        "pre-certificat": {"more": [PrecertPoison()]},
        "cle-p384": {"key": ec.generate_private_key(ec.SECP384R1())},
        "cle-ed25519": {"key": ed25519.Ed25519PrivateKey.generate()},
    }
    for case, shape in shapes.items():
        yield case, lambda shape=shape: make.gandi_leaf(**shape)
    for bits in (1024, 2048, 3072, 4096):
        yield f"cle-rsa-{bits}", lambda bits=bits: make.gandi_leaf(key=rsa_key(bits))

    yield "intermediaire-expire", make.expired_intermediate
    yield "auto-signe", lambda: make.sent(forge(**make.life), make.gandi)
    yield "racine-inconnue", lambda: make.under_unknown_root(root_sent=False)
    yield "racine-inconnue-envoyee", lambda: make.under_unknown_root(root_sent=True)
    yield (
        "nom-de-letsencrypt-sous-une-racine-inconnue",
        lambda: make.under_unknown_root(root_sent=False, organisation="Let's Encrypt"),
    )
    yield "emetteur-inconnu", lambda: alone(make.sent(make.leaf(make.unknown)))
    yield "intermediaire-non-envoye", lambda: alone(make.gandi_leaf())
    yield (
        "racine-envoyee-aussi",
        lambda: make.sent(make.leaf(), make.gandi, make.gandi_root),
    )
    yield "chaine-en-desordre", lambda: make.sent(make.leaf(), make.gandi_root, make.gandi)
    yield (
        "certificat-etranger-envoye-aussi",
        lambda: make.sent(make.leaf(), make.unknown, make.gandi),
    )
    yield "emetteur-usurpe", make.forged_issuer
    yield "racine-usurpee", make.forged_root
    yield "contraintes-de-nom", make.outside_of_name_constraints
    yield (
        "neuf-certificats-inutiles",
        lambda: make.sent(make.leaf(), *(forge(**make.life) for _ in range(9)), make.gandi),
    )
    yield "signe-par-un-certificat-d-acteur", make.signed_by_an_actor
    yield "chaine-trop-longue", make.too_long
    yield "signature-sha1", lambda: make.sha1(folder)
    yield "cle-d-un-autre-certificat", make.mismatched_key
    yield "aucun-certificat", lambda: Presented((), b"", {})
    yield "revoque", make.revoked
    yield "non-enregistre", lambda: make.gandi_leaf(registered={})
    for case, register in _REGISTERS.items():
        yield case, lambda register=register: make.gandi_leaf(registered=register)
    yield "toutes-les-fautes", make.every_fault


_REGISTERS: dict[str, Register] = {
    "enregistre-pour-un-autre-acteur": dict.fromkeys(BOTH, "TIERS2"),
    "enregistre-pour-un-fournisseur": dict.fromkeys(BOTH, "FOURN1"),
    "enregistre-en-homologation": {"homologation": "TIERS1"},
    "enregistre-en-production": {"production": "TIERS1"},
}


def alone(presented: Presented) -> Presented:
    """The certificate without what stands above it."""
    return Presented(presented.chain[:1], presented.key, presented.registered)


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
