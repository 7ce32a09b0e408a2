"""Sessions of requests that read no answer without an end, as every client of a target uses, and
why one got none, in French."""

from typing import Any, Final

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

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
    """Return why nothing that can be read came of a target, in a French sentence."""
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
