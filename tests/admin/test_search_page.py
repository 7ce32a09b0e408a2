"""The field of every page: what has a name or a number here is found, by its kind."""

import pytest
from admin_kit import UNKNOWN, Room

C5 = "25946599093143"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (C5, ("point", f"/points/{C5}")),
        (C5[:9], ("point", f"/points/{C5}")),
        ("sgt4f7", ("code", "/codes?q=SGT4F7")),
        ("criteres_suff", ("règle", "/codes?q=RecherchePoint/criteres_suffisants")),
        ("recherchepo", ("service", "/journal?service=RecherchePoint")),
        ("tiers1", ("acteur", "/acteurs#TIERS1")),
        ("PANN", ("page", "/pannes")),
    ],
)
def test_what_has_a_name_is_found(room: Room, words: str, found: tuple[str, str]) -> None:
    items = room.page(f"/chercher?q={words}").xpath("//ul[@id='trouve']/li")
    kinds = [each.xpath("string(small)").split(" :")[0] for each in items]
    assert found in zip(kinds, [each.xpath("string(a/@href)") for each in items], strict=True)
    assert max(map(kinds.count, kinds)) <= 5


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f" {C5} ", f"/points/{C5}"),
        ("recherchepoint/Criteres_suffisants", "/codes?q=RecherchePoint/criteres_suffisants"),
        (C5[:9], None),
        ("zzz-rien", None),
    ],
)
def test_what_alone_has_the_whole_name_is_gone_to(
    room: Room, words: str, found: str | None
) -> None:
    answer = room.ask(
        "GET", "/chercher", params={"q": words, "aller": "oui"}, allow_redirects=False
    )
    assert answer.headers.get("location") == found
    assert room.page(f"/chercher?q={C5}").xpath("//input[@name='aller'][@value='oui']")


def test_an_exchange_is_found_by_its_number(room: Room) -> None:
    number = room.call_cdc()
    assert room.page(f"/chercher?q={number}").xpath(f"//main//a[@href='/echanges/{number}']")
    assert not room.page(f"/chercher?q={number + 1}").xpath(
        "//main//a[contains(@href, 'echanges')]"
    )


@pytest.mark.parametrize(
    "words", ["", "%20", "zzz-rien", "<script>", "%25zz", "9" * 99, "\N{SUPERSCRIPT TWO}zz"]
)
def test_what_names_nothing_finds_nothing(room: Room, words: str) -> None:
    page = room.page(f"/chercher?q={words}")
    assert not page.xpath("//ul[@id='trouve']")
    assert page.xpath("//main/p[@class='vide']")


def test_a_number_that_is_no_point_says_why(room: Room) -> None:
    assert room.page(f"/chercher?q={UNKNOWN}").xpath("string(//p[@class='vide'])").strip()
