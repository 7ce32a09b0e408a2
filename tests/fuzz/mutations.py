"""Requests of the catalogue, spoilt in every way that a client or a proxy may think of."""

import re
from collections.abc import Callable
from datetime import date

from catalogue_requests import RELEASE
from hypothesis import strategies as st
from lxml import etree

from sge_sim.soap.contract import ENVELOPE

Mutation = Callable[[etree._Element], None]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_PRMS = tuple(sorted({case.prm for case in RELEASE.cas if case.prm}))
ENDS_OF_THE_CALENDAR = tuple(
    f"{day}{offset}"
    for day in ("0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31")
    for offset in ("", "Z", "+14:00", "-14:00", "+00:01")
)
_DATES = st.dates(date(1899, 12, 30), date(2101, 1, 1)).map(date.isoformat) | st.sampled_from(
    (
        *ENDS_OF_THE_CALENDAR,
        *("0000-00-00", "2023-02-29", "2024-02-29", "2023-03-26", "2023-10-29"),
        *("-0001-01-01", "12023-01-01", "2023-01-01Z", "2023-01-01+14:00"),
        *("2023-01-01-14:00", "2023-10-24", "2023-10-25", " 2023-01-01 ", "2023-1-1", "01/01/2023"),
    )
)
_WORDS = st.sampled_from(
    (
        *("true", "false", "1", "0", "TRUE", "", " ", "0.0", "-1", "1E400", "NaN", "INF"),
        *("CDC", "IDX", "COURBE", "ENERGIE", "PMAX", "INDEX", "PA", "PRI", "PRC", "E", "EA"),
        *("TOUT", "PMA", "DD", "TF", "ER", "P1D", "P1M", "PT10M", "PT30M", "PT1H"),
        *("SOUTIRAGE", "INJECTION"),
        *("ACCORD_CLIENT", "SERVICE_ACCES", "EST_TITULAIRE", "AME", "ASS", "HDM", "RES", "PRO"),
        *("BTINF", "BTSUP", "HTA", "HTB", "M", "Mme", "min", "10", "30", "x" * 300, "9" * 40),
        *("' OR 1=1 --", "%", "_", "\\", "É", "\u00a0", "\u2028", "\ufffd", "🔌", "İ", "ß"),
    )
)
VALUES = (
    _DATES
    | _WORDS
    | st.sampled_from(_PRMS)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)
)


def _picked(root: etree._Element, rank: int, *, leaves: bool = False) -> etree._Element:
    """Return an element under the Body; with `leaves`, one that has no child."""
    body = root.find(f"{{{ENVELOPE}}}Body")
    found = [e for e in body.iter(etree.Element) if e is not body and not (leaves and len(e))]
    return found[rank % len(found)] if found else root


def _set_text(rank: int, value: str) -> Mutation:
    def mutate(root: etree._Element) -> None:
        _picked(root, rank, leaves=True).text = value

    return mutate


def date_leaves(root: etree._Element) -> list[etree._Element]:
    """Return the elements under the Body that hold a date."""
    body = root.find(f"{{{ENVELOPE}}}Body")
    return [each for each in body.iter(etree.Element) if _DATE.fullmatch(each.text or "")]


def _set_date(rank: int, value: str) -> Mutation:
    def mutate(root: etree._Element) -> None:
        found = date_leaves(root)
        if found:
            found[rank % len(found)].text = value

    return mutate


def _on_element(rank: int, change: Callable[[etree._Element], None]) -> Mutation:
    def mutate(root: etree._Element) -> None:
        element = _picked(root, rank)
        if element.getparent() is not None:
            change(element)

    return mutate


def _remove(element: etree._Element) -> None:
    element.getparent().remove(element)


def _duplicate(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element)))


def _move_first(element: etree._Element) -> None:
    element.getparent().insert(0, element)


def _nil(element: etree._Element) -> None:
    element.set(f"{_XSI}nil", "true")


def _typed(element: etree._Element) -> None:
    element.set(f"{_XSI}type", "autre")


def _renamed(element: etree._Element) -> None:
    element.tag = "autre"


def _qualified(element: etree._Element) -> None:
    element.tag = f"{{urn:autre}}{etree.QName(element).localname}"


def _commented(element: etree._Element) -> None:
    element.insert(0, etree.Comment("un commentaire"))


def _instructed(element: etree._Element) -> None:
    element.insert(0, etree.ProcessingInstruction("pret", "x"))


_CHANGES = (
    *(_remove, _duplicate, _move_first, _nil, _typed, _renamed, _qualified, _commented),
    _instructed,
)
RANKS = st.integers(0, 60)
MUTATIONS = st.lists(
    st.builds(_set_text, RANKS, VALUES)
    | st.builds(_set_date, RANKS, _DATES)
    | st.builds(_on_element, RANKS, st.sampled_from(_CHANGES)),
    min_size=1,
    max_size=3,
)
"""One to three changes; most are values, which pass the schema and reach the rules."""


def damaged(message: bytes, cut: int, junk: bytes) -> bytes:
    """Return the message with `junk` in place of as many of its bytes."""
    at = cut % (len(message) + 1)
    return message[:at] + junk + message[at + len(junk) :]
