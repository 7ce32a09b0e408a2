"""Sessions of requests that read no answer without an end, as every client of a target uses."""

from typing import Any, Final

import requests

TIMEOUT_SECONDS: Final = 60
MAX_ANSWER_BYTES: Final = 32 * 2**20
"""What is read of an answer; the longest that SGE gives, a year of curve, is under 10 MB."""

_PIECE: Final = 64 * 1024


class AnswerTooLongError(requests.RequestException):
    """A server answers without an end; what has come is dropped."""


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
