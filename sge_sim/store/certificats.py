"""The register of client certificates, as the door reads it on each request."""

from sqlalchemy import bindparam, select

from sge_sim.store.acteurs import Acteur, Certificat
from sge_sim.store.codes import Environnement, KindActeur
from sge_sim.store.database import Database

_REGISTRATION = (
    select(Certificat.acteur_code, Acteur.kind, Certificat.pem)
    .join(Acteur, Acteur.code == Certificat.acteur_code)
    .where(
        Certificat.fingerprint == bindparam("fingerprint"),
        Certificat.environnement == bindparam("environnement"),
    )
)


def read_registration(
    database: Database, fingerprint: str, environnement: Environnement
) -> tuple[str, KindActeur, str] | None:
    """Return the actor's code, its kind and the PEM handed in for a certificate, if registered.

    `fingerprint` is its SHA-256 in small hexadecimal digits.
    """
    with database.reading() as connection:
        row = connection.execute(
            _REGISTRATION, {"fingerprint": fingerprint, "environnement": environnement}
        ).one_or_none()
    return None if row is None else (row.acteur_code, row.kind, row.pem)
