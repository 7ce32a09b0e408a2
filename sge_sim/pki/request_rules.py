"""The checks of the certificate policy that are made again on each request.

They depend on the instant, on what was revoked and on what is registered; of the certificate they
need little, so that little is kept of it between two requests (`Kept`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sge_sim.domaine.nomenclatures import Environment, KindActeur
from sge_sim.pki.authorities import Authority
from sge_sim.pki.deadlines import in_legal_time
from sge_sim.pki.simulated import RevocationList
from sge_sim.refus import Control, Refus, rule


@dataclass(frozen=True)
class Registered:
    """A registered certificate: its actor, and the kind of that actor.

    `intermediates` are the DER certificates handed in with it; they complete the chain of a
    certificate that arrives alone, and are trusted for nothing.
    """

    acteur: str
    intermediates: tuple[bytes, ...] = ()
    kind: KindActeur | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a certificate once its bytes are dropped.

    `subject` is its holder's name, `authority` the one of the list that issued it. Instants are in
    UTC; the last of each pair is still good. `chain_dates` are those within which everything above
    the certificate is valid, None without a chain. `refusals` are what the checks of the
    certificate alone refuse, `revocation` is the list of its issuer where that is simulated.
    """

    subject: str
    serial_number: int
    dates: tuple[datetime, datetime]
    authority: Authority | None
    chain_dates: tuple[datetime, datetime] | None
    refusals: tuple[Refus, ...]
    revocation: RevocationList | None


class CertificateSituation(NamedTuple):
    """A certificate at the instant of a request (`now`: machine time, aware)."""

    kept: Kept
    now: datetime
    registered: Registered | None
    registered_elsewhere: Environment | None


@rule(
    "expire",
    remede="un certificat renouvelé, déposé en production 15 jours ouvrés avant la fin de l'ancien",
    source="RFC 5280 §4.1.2.5",
    provenance="assumed",
)
def certificat_non_expire(situation: CertificateSituation) -> bool | str:
    """The certificate hasn't expired; its last second is still good."""
    _, end = situation.kept.dates
    return f"expiré depuis le {_french(end)}" if situation.now > end else True


@rule(
    "pas_encore_valide",
    remede="un certificat qui a commencé, ou une machine à l'heure",
    source="RFC 5280 §4.1.2.5",
    provenance="assumed",
)
def certificat_deja_valide(situation: CertificateSituation) -> bool | str:
    """The certificate has begun."""
    start, _ = situation.kept.dates
    return f"valide seulement à partir du {_french(start)}" if situation.now < start else True


@rule(
    "chaine_hors_dates",
    remede="un certificat délivré par l'intermédiaire actuel de son autorité",
    source="RFC 5280 §6.1.3",
    provenance="assumed",
)
def chaine_dans_ses_dates(situation: CertificateSituation) -> bool | str:
    """Intermediates and root are in their dates as well."""
    if situation.kept.chain_dates is None:
        return True
    start, end = situation.kept.chain_dates
    if start <= situation.now <= end:
        return True
    return (
        "un certificat d'autorité de la chaîne est hors de ses dates, du "
        f"{_french(start)} au {_french(end)}"
    )


@rule("revoque", remede="un nouveau certificat", source="RFC 5280 §6.3", provenance="assumed")
def certificat_non_revoque(situation: CertificateSituation) -> bool | str:
    """The simulated authority hasn't revoked it; an unreadable list refuses (fails closed)."""
    revocation = situation.kept.revocation
    if revocation is None:
        return True
    try:
        since = revocation.revoked_on(situation.kept.serial_number)
    except (OSError, ValueError):
        return f"la liste de révocation {revocation.path} est illisible"
    return True if since is None else f"révoqué le {_french(since)}"


@rule(
    "non_enregistre",
    remede="un certificat enregistré pour un acteur de cet environnement (sge-sim cert register)",
    source="FAQ",
    provenance="documented",
)
def certificat_enregistre(situation: CertificateSituation) -> bool | str:
    """An actor handed this certificate in for this environment."""
    if situation.registered is not None:
        return True
    if situation.registered_elsewhere is not None:
        return f"enregistré en {situation.registered_elsewhere} seulement"
    return "enregistré pour aucun acteur"


REQUEST_CHECKS: tuple[Control[CertificateSituation], ...] = (
    certificat_non_expire,
    certificat_deja_valide,
    chaine_dans_ses_dates,
    certificat_non_revoque,
    certificat_enregistre,
)


def _french(instant: datetime) -> str:
    return f"{in_legal_time(instant):%d/%m/%Y à %H:%M}"
