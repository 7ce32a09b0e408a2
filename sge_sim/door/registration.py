"""A certificate that an actor hands in as a file, on the command line."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import register_certificate
from sge_sim.pki.certificates import name_text
from sge_sim.pki.deadlines import in_legal_time
from sge_sim.pki.inspection import read_acteur_certificate
from sge_sim.referentiel.acteurs import get_acteur


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
