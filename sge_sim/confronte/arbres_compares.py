"""What is asked of elements that are compared: their children, their words, their days."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from lxml import etree

from sge_sim.soap.declarations import local_name

DAYS: Final = ("d", "dateDebut", "dateFin")
"""The names of what dates a reading."""


def by_tag(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Return the children of an element by their names, in the order of the first of each."""
    found: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren("*"):
        found.setdefault(str(child.tag), []).append(child)
    return found


def nearest_tag(tag: str, missing: Sequence[str]) -> int:
    """Return which of the missing elements another one stands for: that of the same local name,
    else the first."""
    local = tag.rpartition("}")[2]
    return next((i for i, each in enumerate(missing) if each.rpartition("}")[2] == local), 0)


def alike(element: etree._Element, others: Sequence[etree._Element]) -> etree._Element:
    """Return the first of the others that has as many of its children, and no more."""
    names = Counter(str(each.tag) for each in element.iterchildren("*"))

    def far(other: etree._Element) -> int:
        theirs = Counter(str(each.tag) for each in other.iterchildren("*"))
        return sum(((names - theirs) + (theirs - names)).values())

    return min(others, key=far)


def way_of_days(elements: Sequence[etree._Element]) -> str:
    """Return which way the days of readings go, nothing where they are all the same."""
    found = (each.findtext(name) for each in elements for name in DAYS[:2])
    days = [day for day in found if day and day[4:5] == "-"]
    if len(set(days)) < 2:
        return ""
    if days == sorted(days):
        return "avant"
    return "arrière" if days == sorted(days, reverse=True) else "mêlé"


def owner_of(element: etree._Element, name: str) -> str:
    """Return whose word a text is: the element's own, or for a `libelle` that of what it is in."""
    above = element.getparent()
    if name == "libelle" and local_name(element) == "libelle" and above is not None:
        return local_name(above)
    return local_name(element)


def code_beside(element: etree._Element) -> str | None:
    """Return the code that a label goes with."""
    above = element.getparent()
    found = element.get("code")
    if found is None and above is not None:
        found = above.get("code")
    return None if found is None else str(found)


def constant_words(elements: Sequence[etree._Element], admis: frozenset[str]) -> dict[str, str]:
    """Return the words that every one of the elements has, by the name of what holds them."""
    found: list[set[tuple[str, str]]] = []
    for element in elements:
        leaves = (each for each in element.iterchildren("*") if len(each) == 0)
        words = {(local_name(each), each.text or "") for each in leaves}
        codes = {(local_name(each), each.get("code", "")) for each in element.iterchildren("*")}
        found.append({pair for pair in words | codes if pair[0] in admis and pair[1]})
    return dict(set.intersection(*found)) if found else {}
