"""What is shown of a message, whatever was sent: a bounded part, and what is wrong in any case."""

import gc
import time

import pytest
from lxml import html

from sge_sim.admin.message_outline import FIRST, LOOKED_AT, read_outline
from sge_sim.admin.xml_page import show_message

MOST_BYTES = 700_000
SECONDS = 0.6
LEVELS = "".join(f"<n{level}>" for level in range(240))
UP = "".join(f"</n{level}>" for level in reversed(range(240)))


def filled(pattern: str, before: str = "<r>", after: str = "</r>") -> bytes:
    """Return a message of a request's greatest size, the pattern repeated; `{}` is a number."""
    room = LOOKED_AT - len(before) - len(after)
    count = room // len(pattern.format("000000").encode())
    return (before + "".join(map(pattern.format, range(count))) + after).encode()


HOSTILE = {
    "siblings under 240 levels": filled("<a/>", LEVELS, UP),
    "names in turn": filled("<a/><b/>"),
    "names that are all new": filled("<e{0:06}/>"),
    "attributes": filled(' a{0:06}=""', "<r", "/>"),
    "long attributes": filled("<e{0:06} a='" + '"' * 3000 + "'/>"),
    "long names": filled("<" + "é" * 900 + "{0:06}/>"),
    "long texts": filled("<e{0:06}>" + "&amp;" * 900 + "</e{0:06}>"),
    "short texts": filled("<e>&amp;</e>"),
    "texts between elements": filled("t<e/>"),
    "comments": filled('<!--"""-->'),
    "instructions": filled('<?p """?>'),
    "trees in turn": filled(LEVELS[:900] + "".join(f"</n{n}>" for n in reversed(range(173)))),
    "series in series": (
        "<r>" + "<a/><a/><a/><a/><a/><a/><a/><a>" * 240 + "</a>" * 240 + "</r>"
    ).encode(),
    "quotes that aren't XML": b'"' * LOOKED_AT,
    "no characters": b"\xff" * LOOKED_AT,
    "too deep": filled("<a>", "", ""),
    "more than is looked at": b"<r>" + b"<a/>" * LOOKED_AT + b"</r>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_message_is_shown_small_and_soon(kind: str) -> None:
    seconds: list[float] = []
    while len(seconds) < 3 and min(seconds, default=SECONDS) >= SECONDS:  # a machine may be held up
        started = time.process_time()
        shown = show_message(HOSTILE[kind], [{"absent"}, {"a"}])
        seconds.append(time.process_time() - started)
        assert len(shown.encode()) < MOST_BYTES
    assert min(seconds) < SECONDS


@pytest.mark.parametrize("kind", ["names that are all new", "long texts", "long attributes"])
def test_the_first_elements_are_shown_however_large(kind: str) -> None:
    shown = html.fromstring(f"<div>{show_message(HOSTILE[kind])}</div>").text_content()
    count = min(FIRST, HOSTILE[kind].count(b"<e"))
    assert all(f"<e{number:06}" in shown for number in range(count - 1))


def test_what_is_wrong_is_shown_after_ever_so_many_others() -> None:
    for before, after in (("<r>", ""), (LEVELS, UP)):
        end = "</r>" if before == "<r>" else ""
        message = filled("<e/>", before, f"<s><p:wrong>1</p:wrong></s>{after}{end}")
        page = html.fromstring(f"<div>{show_message(message, [{'absent'}, {'wrong'}])}</div>")
        (marked,) = page.xpath("//mark")
        assert marked.text_content() == "<p:wrong>1</p:wrong>"
        assert "autres, dans le fichier à télécharger" in page.text_content()


def test_a_fold_that_holds_what_is_wrong_is_open() -> None:
    message = b"<r>" + b"<e><v/></e>" * 40 + b"<e><wrong/></e></r>"
    page = html.fromstring(f"<div>{show_message(message, [{'wrong'}])}</div>")
    (fold,) = page.xpath("//details")
    assert "open" in fold.attrib
    assert "open" not in html.fromstring(f"<div>{show_message(message)}</div>")[0].attrib


def test_the_first_set_of_names_that_is_present_is_the_one_that_is_marked() -> None:
    shown = show_message(b"<r><a/><b/></r>", [{"c"}, {"a"}, {"b"}])
    assert [each.text_content() for each in html.fromstring(f"<i>{shown}</i>").iter("mark")] == [
        "<a/>"
    ]


def test_elements_are_shown_as_they_were_written() -> None:
    written = '<p:a xmlns:p="u" b="&lt;">\n  1\n  <!-- c -->\n  <?d e?>\n  <p:f/>\n  2\n</p:a>\n'
    page = html.fromstring(f"<div>{show_message(written.encode())}</div>")
    assert page.text_content() == written.replace("&lt;", "<")


def test_a_reading_leaves_nothing_behind() -> None:
    """The parser and who it calls are gone at once, without the collector."""
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(5):
            read_outline(HOSTILE["names that are all new"])
        assert len(gc.get_objects()) - before < 100
    finally:
        gc.enable()
