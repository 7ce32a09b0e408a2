"""What the page of the journal may be asked for, and the addresses that ask it."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Final, get_args
from urllib.parse import urlencode

from fastapi import Query

from sge_sim.api.typed_filters import service_typed
from sge_sim.clock import between_days, parse_day
from sge_sim.domaine.nomenclatures import ORIGINES, KindEchange
from sge_sim.errors import UsageError
from sge_sim.journal import RechercheJournal

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
_PANNE_DIGITS: Final = 18
_ISSUES: Final = {"accepte": True, "refuse": False}


@dataclass(frozen=True)
class Filtres:
    """The filters of the page, as typed; `du` and `au` are legal dates of the simulated time.

    `refus` says in French what can't be read.
    """

    genres: frozenset[str]
    acteur: str = ""
    service: str = ""
    origine: str = ""
    issue: str = ""
    regle: str = ""
    panne: str = ""
    du: str = ""
    au: str = ""
    q: str = ""
    prm: str = ""
    refus: str = ""

    def recherche(self) -> RechercheJournal:
        """Return what is looked for in the journal."""
        kinds: set[KindEchange] = {
            genre for genre in get_args(KindEchange) if genre in self.genres and genre != "http"
        }
        wsdl = None
        if self.genres & {"http", "wsdl"}:
            kinds.add("http")
            wsdl = None if {"http", "wsdl"} <= self.genres else "wsdl" in self.genres
        debut, fin = between_days(read_day(self.du), read_day(self.au))
        return RechercheJournal(
            kinds=frozenset(kinds),
            wsdl=wsdl,
            acteur=self.acteur or None,
            service=service_typed(self.service),
            origine=next((known for known in ORIGINES if known == self.origine), None),
            accepted=_ISSUES.get(self.issue),
            debut=debut,
            fin=fin,
            regle=self.regle or None,
            panne=_panne_typed(self.panne),
            prefixe=self.q or None,
            prm=self.prm or None,
        )

    def address(self, path: str = JOURNAL, **more: int) -> str:
        """Return the address of a page under these filters."""
        typed = (each.name for each in fields(self) if each.name not in ("genres", "refus"))
        asked = {name: value for name in typed if (value := getattr(self, name))}
        genres = (
            [] if self.genres == _DEFAULT else [("genre", genre) for genre in sorted(self.genres)]
        )
        query = urlencode([*genres, *asked.items(), *more.items()])
        return f"{path}?{query}" if query else path

    @property
    def given(self) -> bool:
        """Whether anything is asked for beyond what the page shows by itself."""
        return self.address() != JOURNAL


def read_filtres(
    genre: Annotated[list[str] | None, Query()] = None,
    acteur: str = "",
    service: str = "",
    origine: str = "",
    issue: str = "",
    regle: Annotated[str, Query(max_length=100)] = "",
    panne: Annotated[str, Query(max_length=100)] = "",
    du: str = "",
    au: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    prm: Annotated[str, Query(max_length=100)] = "",
) -> Filtres:
    """Return the filters of an address; a dependency of the routes."""
    known = {kind for kind, _ in KINDS}
    refus = ""
    try:
        du, au = (day.isoformat() if (day := read_day(typed)) else "" for typed in (du, au))
        _panne_typed(panne.strip())
    except UsageError as error:
        refus = str(error)
    chosen = [*((each, known) for each in genre or ()), (origine, ORIGINES), (issue, _ISSUES)]
    for word, admitted in chosen:
        if word and word not in admitted:
            refus = f"« {word} » n'existe pas : choisir parmi {', '.join(sorted(admitted))}."
    return Filtres(
        frozenset(genre or ()) & known or _DEFAULT,
        acteur.strip(),
        service.strip(),
        origine,
        issue,
        regle.strip(),
        panne.strip(),
        du.strip(),
        au.strip(),
        q.strip(),
        prm.strip(),
        refus,
    )


def _panne_typed(typed: str) -> int | None:
    """Return the number of a panne, 0 for any; raises `UsageError` for anything else."""
    if typed in ("", STRUCK):
        return 0 if typed else None
    if typed.isascii() and typed.isdigit() and len(typed) <= _PANNE_DIGITS and int(typed):
        return int(typed)
    raise UsageError(
        f"« {typed} » n'est pas le numéro d'une panne : écrire par exemple 3, ou {STRUCK}."
    )


def read_day(typed: str) -> date | None:
    """Return the day that was typed, None for nothing; raises `UsageError` for anything else."""
    return parse_day(typed) if typed else None
