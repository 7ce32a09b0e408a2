"""A certificate that an actor hands in as a file, on the command line."""

from pathlib import Path

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import register_certificate
from sge_sim.pki.certificates import name_text
from sge_sim.pki.inspection import read_actor_certificate
from sge_sim.referentiel.acteurs import get_acteur


def register_file(
    session: Session,
    acteur_code: str,
    path: Path,
    environnement: Environment,
    password: str | None = None,
) -> str:
    """Register the certificate found in `path` (PEM, DER, PKCS#12), with its intermediates.

    Returns its subject. It isn't judged: a certificate that the door refuses may be registered.
    Raises `UsageError` for an unknown actor, or a file where no actor's certificate is found.
    """
    acteur = get_acteur(session, acteur_code)
    leaf, intermediates = read_actor_certificate([path], password)
    register_certificate(session, acteur, [leaf, *intermediates], environnement)
    return name_text(leaf.subject)
