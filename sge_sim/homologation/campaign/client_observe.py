"""Which of an actor's clients an observed campaign is about."""

from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.door.origine import is_own_agent
from sge_sim.errors import UnknownError, UsageError
from sge_sim.journal import Echange
from sge_sim.machine.documents import read_tree
from sge_sim.soap.exchange import LOGINS
from sge_sim.tables.acteurs import (
    default_acteur,
    find_utilisateur,
    get_acteur,
    registered_certificats,
)

LONGEST: Final = 2**15
"""Bytes of a request that is read; the largest of a case takes a tenth of that."""


@dataclass(frozen=True)
class ClientObserve:
    """What distinguishes a client from the others of its actor; what is None is no criterion.

    `certificat` is the fingerprint of its certificate, `login` what its requests bear (in small
    letters), `logiciel` the beginning of its User-Agent, whatever its capitals.
    """

    certificat: str | None = None
    login: str | None = None
    logiciel: str | None = None

    def made(self, echange: Echange) -> bool:
        """Whether this client made an exchange."""
        product, agent = (self.logiciel or "").lower(), (echange.user_agent or "").lower()
        return (
            self.certificat in (None, echange.certificate_fingerprint)
            and agent.startswith(product)
            and (self.login is None or self.login == login_of(echange.request or b""))
        )

    def __str__(self) -> str:
        words = {
            "certificat": f"certificat {(self.certificat or '')[:16]}…",
            "login": f"login {self.login}",
            "logiciel": f"User-Agent « {self.logiciel} »",
        }
        bound = [each.name for each in fields(self) if getattr(self, each.name) is not None]
        return ", ".join(words[name] for name in bound)

    def acteur_code(self, session: Session, acteur: str | None) -> str:
        """Return the code of the client's actor: `acteur`, if that is given.

        Else the owner of the certificate or of the login, else the default tiers. Raises
        `UsageError` for what is unknown, is of two actors, or never counts as a client.
        """
        codes = {} if acteur is None else {f"l'acteur demandé est {acteur}": acteur}
        if acteur is not None:
            get_acteur(session, acteur)
        if self.certificat is not None:
            found = self._of_certificat(session, self.certificat)
            codes[f"le certificat est de {found}"] = found
        if self.login is not None:
            found = self._of_login(session, self.login)
            codes[f"le login est de {found}"] = found
        if self.logiciel is not None and is_own_agent(self.logiciel):
            raise UsageError(
                f"Les appels de « {self.logiciel} » sont ceux de sge-sim, qu'aucune campagne ne "
                "compte : donner le User-Agent du client."
            )
        if len(set(codes.values())) > 1:
            raise UsageError(f"{' et '.join(codes).capitalize()} : observer un seul acteur.")
        return next(iter(codes.values()), None) or default_acteur(session, "tiers").code

    @staticmethod
    def _of_certificat(session: Session, empreinte: str) -> str:
        for certificat in registered_certificats(session):
            if certificat.fingerprint == empreinte:
                return certificat.acteur_code
        raise UnknownError(
            f"Le certificat d'empreinte {empreinte[:16]}… n'est enregistré pour aucun acteur : "
            "l'enregistrer par sge-sim cert register.",
            empreinte,
        )

    @staticmethod
    def _of_login(session: Session, login: str) -> str:
        found = find_utilisateur(session, login)
        if found is None:
            raise UnknownError(
                f"Le login « {login} » est inconnu : sge-sim acteurs list donne les logins.", login
            )
        return found.acteur_code


def login_of(request: bytes) -> str | None:
    """Return the login that a request bears, in small letters, wherever its contract puts it."""
    if len(request) > LONGEST:
        return None
    try:
        tree = read_tree(request)
    except ValueError:
        return None
    found = {element.tag.rpartition("}")[2]: element.text for element in tree.iter()}
    logins = (found.get(name) for name in LOGINS)
    return next((login.strip().lower() for login in logins if login), None)
