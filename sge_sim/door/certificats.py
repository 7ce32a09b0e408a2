"""The actors' client certificates: those made at the first start, and the register of all."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment, KindActeur
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.lecture import read_certificat
from sge_sim.machine.files import make_folder_once
from sge_sim.machine.once import computed_once
from sge_sim.pki.certificates import fingerprint, name_text
from sge_sim.pki.deadlines import in_legal_time
from sge_sim.pki.inspection import read_acteur_certificate
from sge_sim.pki.issuing import issue_client_certificate, write_issued_certificate
from sge_sim.pki.request_rules import Registered
from sge_sim.pki.trust import Pki
from sge_sim.tables.acteurs import Acteur, Certificat, default_acteur, get_acteur
from sge_sim.tables.prepared import Query

_KINDS: tuple[KindActeur, ...] = ("tiers", "fournisseur")
# Any authority of the FAQ's list would do but Let's Encrypt, which production refuses.
CLIENT_AUTHORITY = "globalsign"


@dataclass(frozen=True)
class DefaultCaller:
    """What it takes to call as one of the default actors."""

    kind: KindActeur
    certificate: Path
    key: Path
    login: str
    contrat_id: str


def ensure_default_callers(
    data_dir: Path, database: Database, pki: Pki, *, now: datetime
) -> tuple[DefaultCaller, ...]:
    """Return the default actors as callers; their certificates are made and registered if need be.

    `now` is the machine's time. The PEM file holds the leaf and its intermediate, and is
    registered for both environments.
    """
    return tuple(_ensure_caller(data_dir, database, pki, kind, now) for kind in _KINDS)


def _ensure_caller(
    data_dir: Path, database: Database, pki: Pki, kind: KindActeur, now: datetime
) -> DefaultCaller:
    def make(new: Path) -> None:
        name = f"{kind}.sge-sim.example"
        issued = issue_client_certificate(pki.simulated(CLIENT_AUTHORITY), [name], now=now)
        write_issued_certificate(new, issued)

    folder = make_folder_once(data_dir / "pki" / "clients" / kind, make)
    certificate = folder / "chain.pem"
    chain = x509.load_pem_x509_certificates(certificate.read_bytes())
    with database.transaction() as session:
        acteur = default_acteur(session, kind)
        for environnement in ENVIRONMENTS:
            register_certificate(session, acteur, chain, environnement)
        login, contrat_id = login_and_contrat(acteur)
    return DefaultCaller(kind, certificate, folder / "key.pem", login, contrat_id)


def login_and_contrat(acteur: Acteur) -> tuple[str, str]:
    """Return a login with every right and a contract without an end.

    Raises `UsageError` for an actor that lacks either.
    """
    logins = [each.login for each in acteur.utilisateurs if each.actif and each.services is None]
    contrats = [each.contrat_id for each in acteur.contrats if each.date_fin is None]
    if not logins or not contrats:
        raise UsageError(
            f"L'acteur {acteur.code} n'a pas de login à tous droits ou pas de contrat sans fin : "
            "les ajouter par sge-sim acteurs."
        )
    return logins[0], contrats[0]


def register_certificate(
    session: Session, acteur: Acteur, chain: list[x509.Certificate], environnement: Environment
) -> None:
    """Register a certificate of `acteur` for `environnement`; its leaf comes first in `chain`.

    A certificate belongs to one actor: registering it again hands it over.
    """
    leaf = chain[0]
    session.merge(
        Certificat(
            fingerprint=fingerprint(leaf.public_bytes(Encoding.DER)),
            environnement=environnement,
            acteur_code=acteur.code,
            subject=name_text(leaf.subject),
            not_after=leaf.not_valid_after_utc,
            pem="".join(
                certificate.public_bytes(Encoding.PEM).decode("ascii") for certificate in chain
            ),
        )
    )


class CertificateRegister:
    """The register as the policy asks it, of the state as it is now: a
    `sge_sim.pki.policy.Registration`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, fingerprint: str, environment: Environment) -> Registered | None:
        """Return what is registered under `fingerprint` for `environment`."""
        return self._database.memoire.look().ask(read_registered, fingerprint, environment)


@computed_once(1024)
def _intermediates(pem: str) -> tuple[bytes, ...]:
    """Return the certificates of a chain but its first, as DER."""
    _, *others = x509.load_pem_x509_certificates(pem.encode("ascii"))
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in others)


read_registered: Final[Query[Registered | None]] = Query(
    read_certificat.statements,
    read_certificat.names,
    lambda rows: (
        None
        if (certificat := read_certificat.make(rows)) is None
        else Registered(certificat.acteur_code, _intermediates(certificat.pem), certificat.kind)
    ),
)
"""What the policy is given of a certificate: the same value for as long as nothing changes."""


def register_file(
    session: Session,
    acteur_code: str,
    path: Path,
    environnement: Environment,
    now: datetime,
    password: str | None = None,
) -> str:
    """Register the certificate found in `path` (PEM, DER, PKCS#12), with its intermediates.

    Returns what to say of it, in French. It isn't judged: a certificate that the door refuses may
    be registered, but one that `now` (aware, the machine's) is out of doesn't go without a word.
    Raises `UsageError` for an unknown actor, or a file where no actor's certificate is found.
    """
    acteur = get_acteur(session, acteur_code)
    leaf, intermediates = read_acteur_certificate([path], password)
    register_certificate(session, acteur, [leaf, *intermediates], environnement)
    subject = name_text(leaf.subject)
    sentence = f"Certificat « {subject} » enregistré pour {acteur_code} en {environnement}."
    return " ".join(filter(None, (sentence, _out_of_its_days(leaf, now))))


def _out_of_its_days(certificate: x509.Certificate, now: datetime) -> str:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if end < now:
        return f"Attention : il a expiré le {in_legal_time(end):%d/%m/%Y}, la porte le refuse."
    if start > now:
        day = f"{in_legal_time(start):%d/%m/%Y}"
        return f"Attention : il n'est valable qu'à partir du {day}, la porte le refuse jusque-là."
    return ""
