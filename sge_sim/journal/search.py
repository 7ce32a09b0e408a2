"""Finds exchanges again: any criteria, the newest first, a page in milliseconds in a million.

The criteria of a profile pick profiles, then the newest exchanges of each are taken from the index
and put together: what is asked often and what is asked rarely cost the same.
"""

import heapq
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sge_sim.domaine.nomenclatures import KindEchange, Origine
from sge_sim.journal.pages import ReadBodies
from sge_sim.journal.records import (
    Echange,
    echange,
    instant_of,
    message,
    microseconds,
    place,
    profil,
)
from sge_sim.refus import Rule

_Columns = ReadOnlyColumnCollection[str, ColumnElement[Any]]

_WINDOW: Final = 5_000
_PROFILES: Final = 200
_MANY: Final = 50_000
_MINUTE: Final = 60_000_000
_LAST: Final = 2**63 - 1
_AFTER_ALL: Final = "\N{REPLACEMENT CHARACTER}"
_BY_PREFIX: Final = ("code", "service", "rule_name")

# Compiled once: a search runs it for each profile.
_IDS_OF_PROFILE = (
    select(echange.c.id)
    .where(
        echange.c.profil_id == bindparam("of_profile"),
        echange.c.id > bindparam("low"),
        echange.c.id < bindparam("high"),
    )
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RechercheJournal:
    """The criteria of a search; None asks nothing. Every criterion given must hold.

    `accepted` tells refusals (HTTP status from 400, an SGT code of refusal, a handshake) from the
    rest. `debut` (included) and `fin` (excluded) are aware instants of the simulated time.
    `regle` is a rule by its whole name or its last word, in any case. `panne` is the number of the
    panne that struck, 0 for any. `prefixe` is the beginning, in any case, of a code, a PRM, a
    service or the name of a rule.
    `wsdl` tells readings of a contract, the one thing of kind http that is answered, from refusals
    of that kind: only the former (True) or the latter (False) are found beside the other kinds.
    """

    code: str | None = None
    prm: str | None = None
    service: str | None = None
    acteur: str | None = None
    origine: Origine | None = None
    kinds: frozenset[KindEchange] | None = None
    accepted: bool | None = None
    wsdl: bool | None = None
    debut: datetime | None = None
    fin: datetime | None = None
    regle: str | None = None
    panne: int | None = None
    prefixe: str | None = None


@dataclass(frozen=True, slots=True)
class _SearchPage:
    """The identifiers between `low` and `high`, both excluded; `most` of them, from one end."""

    low: int
    high: int
    most: int
    oldest_first: bool

    def of(self, query: Select[Any], where: ColumnElement[bool] | None = None) -> Select[Any]:
        """Return `query` on exchanges, kept to the page: by its identifiers, or as `where` is."""
        number: ColumnElement[int] = echange.c.id
        if where is not None:
            # SQLite would go through the identifiers, to find them in order: few agree.
            number = number + 0
            query = query.where(where)
        query = query.where(number > self.low, number < self.high)
        return query.order_by(number if self.oldest_first else number.desc()).limit(self.most)

    def merged(self, lists: Iterable[Sequence[int]]) -> list[int]:
        """Return the first identifiers of several lists that are in the order of the page."""
        merged: list[int] = []
        for identifier in heapq.merge(*lists, reverse=not self.oldest_first):
            if len(merged) == self.most:
                break
            if not merged or merged[-1] != identifier:
                merged.append(identifier)
        return merged


def find(
    connection: Connection,
    recherche: RechercheJournal,
    *,
    limit: int,
    before_id: int | None = None,
    after_id: int | None = None,
    bodies: ReadBodies | None = None,
) -> list[Echange]:
    """Return at most `limit` exchanges: see `Journal.find_echanges`. Without `bodies` none are
    read."""
    page = _SearchPage(
        -1 if after_id is None else after_id,
        _LAST if before_id is None else before_id,
        limit,
        oldest_first=after_id is not None,
    )
    identifiers = _find_ids(connection, recherche, page)
    rows = connection.execute(_rows(bodies).where(echange.c.id.in_(identifiers))).all()
    found = sorted((_echange(row, bodies) for row in rows), key=lambda exchange: exchange.id)
    return found if page.oldest_first else found[::-1]


def find_one(connection: Connection, echange_id: int, bodies: ReadBodies) -> Echange | None:
    """Return one exchange with its bodies."""
    query = _rows(bodies).where(echange.c.id == echange_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _echange(row, bodies)


def find_replays(connection: Connection, echange_id: int, limit: int) -> list[int]:
    """Return the numbers of the last exchanges that make this one again, the newest first."""
    number = echange.c.id
    query = select(number).where(echange.c.rejeu_de == echange_id).order_by(number.desc())
    return list(connection.scalars(query.limit(limit)))


def count_minutes(
    connection: Connection, recherche: RechercheJournal, since: int | None = None
) -> dict[tuple[int, str], int]:
    """Count what is found among the last 50 000 exchanges, by simulated minute (since 1970, UTC),
    or by that of the machine from `since` on, and by outcome: `accepte`, `refuse`, or `panne` where
    one struck."""
    instant = echange.c.instant if since is None else echange.c.machine_instant
    outcome = case(
        (echange.c.panne.is_not(None), "panne"), (profil.c.accepted, "accepte"), else_="refuse"
    )
    newest = select(func.max(echange.c.id)).scalar_subquery()
    where = [echange.c.id > newest - _MANY, _of_row(recherche, None, echange.c)]
    where += [] if since is None else [instant >= since * _MINUTE]
    where += [] if (facets := _facets(recherche)) is None else [facets]
    if prefixe := recherche.prefixe:
        where.append(
            or_(_profile_begins(prefixe), echange.c.prm.startswith(prefixe, autoescape=True))
        )
    query = (
        select((instant // _MINUTE).label("minute"), outcome.label("outcome"), func.count())
        .join(profil, echange.c.profil_id == profil.c.id)
        .where(*where)
        .group_by("minute", "outcome")  # by name: PostgreSQL takes each parameter for another
    )
    return {(at, how): count for at, how, count in connection.execute(query)}


def _find_ids(connection: Connection, recherche: RechercheJournal, page: _SearchPage) -> list[int]:
    within = _within(recherche, echange.c)
    if recherche.debut is not None or recherche.fin is not None:
        page = _of_period(connection, recherche, within, page)
    facets = _facets(recherche)
    if recherche.prefixe is not None:
        return _by_prefix(connection, recherche, facets, page)
    if not _is_narrow(recherche) and facets is not None:
        return _of_profiles(connection, facets, recherche, page)
    if not _is_narrow(recherche):
        return list(connection.scalars(page.of(select(echange.c.id).where(within))))
    where = _of_row(recherche, facets, echange.c)
    return list(connection.scalars(page.of(select(echange.c.id), where)))


def _is_narrow(recherche: RechercheJournal) -> bool:
    """Tell whether an index of few exchanges finds what is looked for."""
    return recherche.prm is not None or recherche.panne is not None


def _within(recherche: RechercheJournal, columns: _Columns) -> ColumnElement[bool]:
    """Return the condition of the period."""
    where: ColumnElement[bool] = true()
    if recherche.debut is not None:
        where = and_(where, columns.instant >= microseconds(recherche.debut))
    if recherche.fin is not None:
        where = and_(where, columns.instant < microseconds(recherche.fin))
    return where


def _of_period(
    connection: Connection,
    recherche: RechercheJournal,
    within: ColumnElement[bool],
    page: _SearchPage,
) -> _SearchPage:
    """Return the page without the identifiers before and after all those of the period."""
    if recherche.fin is None and not page.oldest_first:
        some = select(echange.c.id).where(within).limit(_MANY).subquery()
        if connection.scalar(select(func.count()).select_from(some)) == _MANY:
            return page  # the first of the page are in the period, unless the clock was moved back
    first, last = connection.execute(
        select(func.min(echange.c.id), func.max(echange.c.id)).where(within)
    ).one()
    if first is None:
        return _SearchPage(0, 0, page.most, page.oldest_first)
    return _SearchPage(
        max(page.low, first - 1), min(page.high, last + 1), page.most, page.oldest_first
    )


def _of_row(
    recherche: RechercheJournal, facets: ColumnElement[bool] | None, columns: _Columns
) -> ColumnElement[bool]:
    """Return every condition but the prefix, on the columns of an exchange."""
    where = _within(recherche, columns)
    if recherche.prm is not None:
        where = and_(where, columns.prm == recherche.prm)
    if recherche.panne is not None:
        struck = columns.panne
        where = and_(where, struck == recherche.panne if recherche.panne else struck.is_not(None))
    if facets is not None:
        profile: ColumnElement[int] = columns.profil_id
        if _is_narrow(recherche) or recherche.prefixe is not None:
            profile = profile + 0  # or SQLite would look through them rather than at the point
        where = and_(where, profile.in_(select(profil.c.id).where(facets)))
    return where


def _facets(recherche: RechercheJournal) -> ColumnElement[bool] | None:
    """Return the condition on profiles, None for any."""
    wanted = {
        "code": recherche.code and recherche.code[:15],
        "service": recherche.service,
        "acteur_code": recherche.acteur,
        "origine": recherche.origine,
        "accepted": recherche.accepted,
    }
    conditions: list[ColumnElement[bool]] = [
        profil.c[name] == value for name, value in wanted.items() if value is not None
    ]
    if recherche.kinds is not None:
        conditions.append(profil.c.kind.in_(sorted(recherche.kinds)))
    if recherche.regle is not None:
        name, regle = func.lower(profil.c.rule_name), recherche.regle.lower()
        conditions.append(or_(name == regle, name.endswith(f"/{regle}", autoescape=True)))
    if recherche.wsdl is not None:
        conditions.append(or_(profil.c.kind != "http", profil.c.accepted == recherche.wsdl))
    return and_(*conditions) if conditions else None


def _of_profiles(
    connection: Connection,
    facets: ColumnElement[bool],
    recherche: RechercheJournal,
    page: _SearchPage,
) -> list[int]:
    """Return exchanges of the profiles that `facets` picks."""
    profiles = connection.scalars(select(profil.c.id).where(facets)).all()
    if len(profiles) > _PROFILES:
        bare = replace(recherche, prefixe=None)
        return _nearest(connection, partial(_of_row, bare, facets), page)
    where = _of_row(recherche, None, echange.c)
    order = echange.c.id if page.oldest_first else echange.c.id.desc()
    query = _IDS_OF_PROFILE.where(where).order_by(order)
    bounds = {"low": page.low, "high": page.high, "most": page.most}
    return page.merged(
        list(connection.scalars(query, {"of_profile": profile, **bounds})) for profile in profiles
    )


def _by_prefix(
    connection: Connection,
    recherche: RechercheJournal,
    facets: ColumnElement[bool] | None,
    page: _SearchPage,
) -> list[int]:
    """Return exchanges whose profile or point begins by the prefix."""
    prefixe = recherche.prefixe or ""
    begins = _profile_begins(prefixe)
    if facets is not None:
        begins = and_(begins, facets)

    def of_point(columns: _Columns) -> ColumnElement[bool]:
        begins = and_(columns.prm >= prefixe, columns.prm < prefixe + _AFTER_ALL)
        return and_(_of_row(recherche, facets, columns), begins)

    return page.merged(
        (_of_profiles(connection, begins, recherche, page), _nearest(connection, of_point, page))
    )


def _profile_begins(prefixe: str) -> ColumnElement[bool]:
    return or_(
        *(
            *(
                func.lower(profil.c[name]).startswith(prefixe.lower(), autoescape=True)
                for name in _BY_PREFIX
            ),
            # A rule is known by its service too: « Service/nom ».
            func.lower(profil.c.rule_name).contains(f"/{prefixe.lower()}", autoescape=True),
        )
    )


def _nearest(
    connection: Connection, where: Callable[[_Columns], ColumnElement[bool]], page: _SearchPage
) -> list[int]:
    """Look among the first rows of the page, then in the indexes.

    What isn't among the first rows is rare as a rule, and an index costs as much as it finds.
    """
    window = _SearchPage(page.low, page.high, _WINDOW, page.oldest_first)
    first = window.of(
        select(*(echange.c[name] for name in ("id", "prm", "profil_id", "instant", "panne")))
    ).subquery()
    order = first.c.id if page.oldest_first else first.c.id.desc()
    near = select(first.c.id).where(where(first.c)).order_by(order).limit(page.most)
    found = list(connection.scalars(near))
    if len(found) < page.most:
        found = list(connection.scalars(page.of(select(echange.c.id), where(echange.c))))
    return found


_OF_ROW: Final = (
    *("id", "size", "duration_ms", "kind", "rejeu_de", "prm", "detail", "remote_address"),
    *("certificate_fingerprint", "certificate_subject", "user_agent"),
)
_OF_PROFILE: Final = ("origine", "acteur_code", "service", "version", "code", "http_status")
"""The columns that an exchange has as they are."""


def _rows(bodies: ReadBodies | None) -> Select[Any]:
    query = select(echange, profil).join(profil, profil.c.id == echange.c.profil_id)
    if bodies is not None:
        query = query.add_columns(
            message.c.request, message.c.response, place.c.spool, place.c.debut
        )
        for table in (message, place):
            query = query.outerjoin(table, table.c.echange_id == echange.c.id)
    return query


def _echange(row: Row[Any], bodies: ReadBodies | None) -> Echange:
    value = row._mapping
    request, response = _whole(value.get(message.c.request)), _whole(value.get(message.c.response))
    if bodies is not None and value[place.c.spool] is not None:
        request, response = bodies(value[place.c.spool], value[place.c.debut])
    rule = None
    if value[profil.c.rule_name] is not None:
        rule = Rule(
            name=value[profil.c.rule_name],
            code=value[profil.c.code] or "",
            source=value[profil.c.rule_source] or "",
            provenance=value[profil.c.rule_provenance],
            remede=value[profil.c.rule_remede] or "",
        )
    return Echange(
        **{name: value[echange.c[name]] for name in _OF_ROW},
        **{name: value[profil.c[name]] for name in _OF_PROFILE},
        instant=instant_of(value[echange.c.instant]),
        machine_instant=instant_of(value[echange.c.machine_instant]),
        rule=rule,
        request=request,
        response=response,
    )


def _whole(body: bytes | None) -> bytes | None:
    return None if body is None else zlib.decompress(body)
