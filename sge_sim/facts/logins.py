"""The users, as the door reads them when HTTP Basic is asked for."""

from typing import Final, NamedTuple

from sqlalchemy import bindparam, select

from sge_sim.facts.database import Database
from sge_sim.tables.acteurs import Utilisateur
from sge_sim.tables.prepared import Prepared, Query

_LOGIN = Prepared(
    select(Utilisateur.acteur_code, Utilisateur.actif, Utilisateur.mot_de_passe).where(
        Utilisateur.login == bindparam("login")
    )
)


class Login(NamedTuple):
    """A user's actor, whether the account is open, and the digest of its password."""

    acteur_code: str
    actif: bool
    mot_de_passe: str | None


_READ: Final = Query((_LOGIN,), ("login",), lambda rows: Login(*rows[0]) if rows else None)


def read_login(database: Database, login: str) -> Login | None:
    """Return the user of that e-mail, whatever its capitals."""
    return database.memoire.look().ask(_READ, login.lower())
