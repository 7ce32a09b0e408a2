"""The register of client certificates, as the door reads it on each request."""

from sqlalchemy import bindparam, select

from sge_sim.store.acteurs import Acteur, Certificat
from sge_sim.store.codes import Environnement, KindActeur
from sge_sim.store.database import Database

_REGISTRATION = select(Certificat.acteur_code, Certificat.pem).where(
    Certificat.fingerprint == bindparam("fingerprint"),
    Certificat.environnement == bindparam("environnement"),
)
_KIND = select(Acteur.kind).where(Acteur.code == bindparam("code"))


def read_registration(
    database: Database, fingerprint: str, environnement: Environnement
) -> tuple[str, str] | None:
    """Return the actor's code and the PEM handed in for a certificate, if it is registered.

    `fingerprint` is its SHA-256 in small hexadecimal digits.
    """
    with database.reading() as connection:
        row = connection.execute(
            _REGISTRATION, {"fingerprint": fingerprint, "environnement": environnement}
        ).one_or_none()
    return None if row is None else (row.acteur_code, row.pem)


def kind_of_acteur(database: Database, code: str) -> KindActeur:
    """Return the kind of a registered actor."""
    with database.reading() as connection:
        kind: KindActeur = connection.execute(_KIND, {"code": code}).scalar_one()
    return kind
