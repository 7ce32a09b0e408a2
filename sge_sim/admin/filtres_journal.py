"""What the page of the journal may be asked for, and the addresses that ask it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import Request

from sge_sim.admin.problems import check_names
from sge_sim.clock import PARIS, parse_instant, start_of_day
from sge_sim.errors import UsageError
from sge_sim.journal import RechercheJournal
from sge_sim.operations.journal import FILTRES, list_echanges, recherche_of
from sge_sim.operations.reading import FormError, read

KINDS: Final = (
    ("soap", "appels SOAP"),
    ("rest", "appels Data Connect"),
    ("handshake", "négociations TLS refusées"),
    ("http", "refus HTTP"),
    ("wsdl", "lectures de WSDL"),
    ("flux", "fichiers"),
)
"""The kinds of exchanges as the page tells them apart, and their names."""
_HIDDEN: Final = frozenset({"wsdl", "flux"})
_DEFAULT: Final = frozenset(kind for kind, _ in KINDS) - _HIDDEN
JOURNAL: Final = "/journal"
"""The address of the page."""
STRUCK: Final = "toutes"
"""Stands for any panne."""
_BARS: Final = 48
_MINUTES: Final = (1, 5, 15, 60)


class Barre(NamedTuple):
    """How many exchanges a period has, by outcome, in the order of a bar from below; its instants
    are in legal time, the second excluded."""

    debut: datetime
    fin: datetime
    comptes: Mapping[str, int]


def bars_of(
    counts: Mapping[tuple[int, str], int], edges: Sequence[int] | None = None
) -> list[Barre]:
    """Return what was counted by minute (since 1970, UTC) and outcome as bars between `edges`: by
    default, as many minutes, hours or legal days each as make 48 bars at most of all of them."""
    edges = _edges([minute for minute, _ in counts]) if edges is None else edges
    found = [dict.fromkeys(("accepte", "refuse", "panne"), 0) for _ in edges]
    for (minute, outcome), count in counts.items():
        found[bisect_right(edges, minute) - 1][outcome] += count
    instants = [datetime.fromtimestamp(60 * each, PARIS) for each in edges]
    return [Barre(*each) for each in zip(instants[:-1], instants[1:], found[:-1], strict=True)]


def _edges(minutes: Sequence[int]) -> Sequence[int]:
    first, last = min(minutes, default=0), max(minutes, default=0)
    for step in _MINUTES:
        if last // step - first // step < _BARS:
            return range(first - first % step, last + step + 1, step)
    day, end = (datetime.fromtimestamp(60 * each, PARIS).date() for each in (first, last))
    count = (end - day).days + 1
    starts = (day + timedelta(each) for each in (*range(0, count, -(-count // _BARS)), count))
    return [int(start_of_day(each).timestamp()) // 60 for each in starts]


@dataclass(frozen=True)
class Filtres:
    """The filters of the page: what was `typed` (by name, as in a template), and what it means.

    `asked` are the parameters of `list_echanges`; `refus` says in French what can't be read.
    """

    typed: Mapping[str, str]
    genres: frozenset[str]
    asked: Mapping[str, Any]
    refus: str = ""

    def __getitem__(self, name: str) -> str:
        """Return what was typed for a filter, nothing for none."""
        return self.typed.get(name, "")

    def recherche(self) -> RechercheJournal:
        """Return what is looked for in the journal: the page tells readings of WSDL apart."""
        kinds, wsdl = {*self.genres}, None
        if kinds & {"http", "wsdl"}:
            wsdl = None if {"http", "wsdl"} <= kinds else "wsdl" in kinds
            kinds = kinds - {"wsdl"} | {"http"}
        found = recherche_of(**{name: self.asked[name] for name in FILTRES} | {"genre": [*kinds]})
        if self["periode"]:
            debut, _, fin = self["periode"].partition("/")
            found = replace(found, debut=parse_instant(debut), fin=parse_instant(fin))
        return replace(found, wsdl=wsdl)

    def address(self, path: str = JOURNAL, **more: int | str) -> str:
        """Return the address of a page under these filters."""
        genres = (
            [] if self.genres == _DEFAULT else [("genre", genre) for genre in sorted(self.genres)]
        )
        query = urlencode([*genres, *{**self.typed, **more}.items()])
        return f"{path}?{query}" if query else path

    @property
    def given(self) -> bool:
        """Whether anything is asked for beyond what the page shows by itself."""
        return self.address() != JOURNAL


def read_filtres(request: Request) -> Filtres:
    """Return the filters of an address; a dependency of the routes.

    Raises `FormError` for a parameter that the page doesn't have.
    """
    query = request.query_params
    genres = frozenset(query.getlist("genre"))
    given: dict[str, Any] = {
        name: text.strip() for name, text in query.items() if text.strip() and name != "genre"
    }
    typed = {name: given[name] for name in (*FILTRES, "periode") if name in given}
    given.pop("periode", None)
    if given.get("panne") == STRUCK:
        given["panne"] = "0"
    refus, asked = "", read(list_echanges, {}, typed=True)
    try:
        asked = read(list_echanges, given | {"genre": sorted(genres - {"wsdl"})}, typed=True)
    except FormError as error:
        check_names(error, given, list_echanges)
        refus = str(error)
    typed |= {name: asked[name].isoformat() for name in ("du", "au") if asked[name]}
    known = genres & {kind for kind, _ in KINDS}
    filtres = Filtres(typed, known or _DEFAULT, asked, refus)
    try:
        filtres.recherche()
    except UsageError as error:
        return replace(filtres, refus=str(error))
    return filtres
