"""Certificates made for a test and thrown away with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """A certificate, its key, and the authority that issued it (None: itself)."""

    certificate: x509.Certificate
    key: Key
    issuer: "Pair | None" = None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def chain_to_root(self) -> list["Pair"]:
        return [self, *(self.issuer.chain_to_root() if self.issuer else [])]


def issue(
    name: str,
    issuer: Pair | None = None,
    *,
    authority: bool = False,
    valid_days: tuple[int, int] = (-1, 30),
    use: x509.ObjectIdentifier = CLIENT,
    key: Key | None = None,
) -> Pair:
    """Issue a certificate; `valid_days` counts from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=valid_days[0]))
        .not_valid_after(now + timedelta(days=valid_days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not authority:
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(builder.sign(signer, hashes.SHA256()), key, issuer)


class ThrowawayPki:
    """A trusted root and intermediate, a server, a client, and files of certificates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = issue("Racine", authority=True)
        self.intermediate = issue("Intermédiaire", self.root, authority=True)
        self.server = issue("localhost", self.intermediate, use=SERVER)
        self.client = issue("client", self.intermediate)
        self.server_files = self.write("server", self.server)
        self.client_files = self.write("client", self.client)

    def write(self, name: str, pair: Pair, *, send_issuers: bool = True) -> tuple[Path, Path]:
        """Write the certificate (and its intermediates) and the key of `pair`."""
        chain = [each for each in pair.chain_to_root() if each.issuer] or [pair]
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_text("".join(each.pem for each in (chain if send_issuers else chain[:1])))
        key.write_text(pair.key_pem)
        return certificate, key
