"""How every list of the REST interface is read, page after page.

A page of a list has `limit` things at most and takes 1.5 MB at most; the header `Link` gives the
address of the next one while there is one (RFC 8288).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic_core import to_json

from sge_sim.errors import UnknownError

_MOST: Final = 1_500_000
PAR_PAGES: Final = (
    "Une page tient en 1,5 Mo : elle peut en donner moins que `limit`. L'en-tête `Link` donne "
    "l'adresse de la suivante tant qu'il y en a une."
)
"""What the description of a list says of its pages."""


Limite = Annotated[int, Query(ge=1, le=1000, description="Combien, au plus")]
ApresNom = Annotated[
    str | None, Query(max_length=100, description="Page suivante : ce qui vient après lui")
]
Entry = TypeVar("Entry")


def page_of(
    request: Request, rows: Sequence[Entry], limit: int, cursor: str, key: Callable[[Entry], object]
) -> Response:
    """Return the page of `rows`, of which there is one more than `limit` where others follow.

    The parameter `cursor` asks for the next page, by the `key` of the last row of this one: the
    first row at least, as many as go into 1.5 MB at most.
    """
    written: list[bytes] = []
    size = 0
    for row in rows[:limit]:
        item = to_json(row)
        size += len(item) + 1
        if written and size > _MOST:
            break
        written.append(item)
    response = Response(b"[" + b",".join(written) + b"]", media_type="application/json")
    if len(written) < len(rows):
        following = request.url.include_query_params(**{cursor: key(rows[len(written) - 1])})
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


class ListPage:
    """The part of a whole list that a demand asks for."""

    def __init__(self, request: Request, limit: Limite = 100, apres: ApresNom = None) -> None:
        self._request = request
        self._limit = limit
        self._apres = apres

    def of(self, views: Iterable[Entry], key: Callable[[Entry], object]) -> Response:
        """Return the page of `views`, which `key` tells apart.

        Raises `UnknownError` where the page before ended with something that is no longer there.
        """
        rows = list(views)
        if self._apres is not None:
            keys = [str(key(row)) for row in rows]
            if self._apres not in keys:
                raise UnknownError(
                    f"« {self._apres} » n'est plus dans cette liste : la relire du début.",
                    self._apres,
                )
            rows = rows[keys.index(self._apres) + 1 :]
        return page_of(self._request, rows, self._limit, "apres", key)


AskedPage = Annotated[ListPage, Depends()]
