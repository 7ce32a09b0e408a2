"""The interface of what sends the cases of a protocol, and what every sender is made of.

That is sessions of requests that read no endless answer, and the marks of sge-sim's own calls.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sge_sim.api.administration import Administration
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.door.origine import MARQUE, agent_of
from sge_sim.errors import UsageError
from sge_sim.homologation.client.messages import AppelFait


class CaseSender(Protocol):
    """Sends the cases of one protocol to one target."""

    @property
    def reperes(self) -> Mapping[str, str]:
        """What stands for the marks of the protocol (`Protocole.reperes`)."""

    @property
    def admin_url(self) -> str | None:
        """The administration of a simulator, None for any other target."""

    @property
    def logiciel(self) -> str:
        """What the client says that it is made with, in each call (User-Agent)."""

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Send what a case asks for; never raises for the answer.

        Raises `UsageError` for what can't be sent to this target: the case isn't run.
        """


TIMEOUT_SECONDS: Final = 60
MAX_ANSWER_BYTES: Final = 32 * 2**20
"""What is read of an answer; the longest that SGE gives, a year of curve, is under 10 MB."""

_PIECE: Final = 64 * 1024

_FAILURES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (NameResolutionError, "son nom n'a pas d'adresse"),
    (NewConnectionError, "la connexion est refusée"),
    (
        requests.exceptions.SSLError,
        "la connexion TLS échoue, un certificat n'étant pas admis d'un côté ou de l'autre",
    ),
    (requests.Timeout, f"rien n'est venu en {TIMEOUT_SECONDS} secondes"),
    (requests.exceptions.ChunkedEncodingError, "sa réponse est interrompue"),
    (requests.exceptions.ContentDecodingError, "sa réponse est mal compressée"),
    (requests.ConnectionError, "la connexion est coupée avant la réponse"),
)


class AnswerTooLongError(requests.RequestException):
    """A server answers without an end; what has come is dropped."""


def failure_in_french(failure: requests.RequestException) -> str:
    """Return in a French sentence why no readable answer came from a target."""
    if isinstance(failure, AnswerTooLongError):
        return f"La cible répond trop longuement : {failure}."
    wrapped = failure.args[0] if failure.args else None
    found = (failure, wrapped, getattr(wrapped, "reason", None))
    for kind, why in _FAILURES:
        if any(isinstance(each, kind) for each in found):
            return f"La cible ne répond pas : {why}."
    return "La cible ne répond pas comme un serveur HTTP."


class BoundedSession(requests.Session):
    """A session that reads no more than `MAX_ANSWER_BYTES` of an answer and follows no redirection.

    No service of SGE redirects, and what is redirected would be read without a bound.
    """

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = super().send(request, **(options | {"stream": True}))
        received = bytearray()
        for piece in response.iter_content(_PIECE):
            received += piece
            if len(received) > MAX_ANSWER_BYTES:
                response.close()
                raise AnswerTooLongError(
                    f"plus de {MAX_ANSWER_BYTES // 2**20} Mio de réponse, la suite n'est pas lue",
                    request=request,
                )
        response._content = bytes(received)  # where requests keeps what it has read
        return response

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None: requests reads the whole of an answer before it looks where it leads."""
        return None


def open_session(ca: Path | None) -> BoundedSession:
    """Return a session that trusts an authority, the public ones for None."""
    session = BoundedSession()
    session.trust_env = False  # a proxy or a bundle of the machine must not change a campaign
    session.verify = True if ca is None else str(ca)
    return session


_AT_ONCE = 20


class Marqueur:
    """Gives the headers of the calls of one origin, each with a mark of its own.

    Marks are asked of the administration at `admin_url`, some at a time; without one, or where it
    gives none, the product says whose the calls are.
    """

    def __init__(self, origine: Origine, admin_url: str | None) -> None:
        self.logiciel = agent_of(origine)
        self._origine = origine
        self._admin = None if admin_url is None else Administration(admin_url)
        self._marques: list[str] = []

    def headers(self) -> dict[str, str]:
        """Return what the next call says of itself."""
        if self._admin is not None and not self._marques:
            try:
                self._marques = self._admin.marques(self._origine, _AT_ONCE)
            except UsageError:
                self._admin = None  # it isn't there, or is of another version
        mark = {} if self._admin is None else {MARQUE: self._marques.pop()}
        return {"User-Agent": self.logiciel, **mark}


def product_of(session: requests.Session, marqueur: Marqueur | None) -> str:
    """Return what a client says that it is made with, in each call (User-Agent)."""
    return str(session.headers["User-Agent"]) if marqueur is None else marqueur.logiciel
