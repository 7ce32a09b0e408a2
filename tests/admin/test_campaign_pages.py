"""Campaigns in the browser: what an exchange nearly was, and the request that was expected."""

from http import HTTPStatus

import pytest
from admin_kit import Room
from lxml import etree


def test_a_case_leads_to_the_exchange_that_nearly_ticked_it(room: Room) -> None:
    page = room.press("/campagnes", release="sge-26.1", acteur="TIERS1")
    assert "0 cas réussis sur" in page.text_content()
    number = room.call_cdc("98600000000000")
    page = room.page("/campagnes/1")
    row = page.xpath(f"//tr[@data-morceau][.//a[@href='/echanges/{number}']]")[0]
    assert "proche" in row.text_content()
    case = room.page(row.xpath("./td[1]/a/@href")[0])
    words = " ".join(case.text_content().split())
    assert "pointId" in words
    assert "98600000000000" in words
    expected = case.get_element_by_id("demande").text
    assert etree.fromstring(expected).tag.endswith("Envelope")
    assert "consulterDonneesTechniquesContractuelles" in expected
    assert [one.text_content() for one in case.xpath("//div[@class='xml']//mark")] == [
        "<pointId>98600000000000</pointId>"
    ]
    linked = room.page(f"/echanges/{number}").xpath("//a[@href='/campagnes/1']")
    assert linked


def test_an_open_campaign_waits_for_calls_without_reloading(room: Room) -> None:
    if room.ask("GET", "/campagnes/1").status_code != HTTPStatus.OK:
        room.press("/campagnes", release="sge-26.1", acteur="TIERS1")
    page = room.page("/campagnes/1")
    assert not page.xpath("//meta[@http-equiv]")
    (address,) = page.xpath("//*[@id='etat']/@data-direct")
    assert "acteur=TIERS1" in address
    room.press("/campagnes/1/fermer")
    assert not room.page("/campagnes/1").xpath("//*[@id='etat']/@data-direct")
    assert room.ask("GET", "/campagnes/1/cas/ZZZ").status_code == 404


def test_a_refusal_is_a_page_for_a_browser(room: Room) -> None:
    answer = room.ask(
        "POST",
        "/passages",
        data={"release": "sge-23.2", "cas": "INCONNU"},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 400
    assert "de cas « INCONNU »" in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert room.ask("GET", "/passages/20250101-000000").status_code == 404
    assert room.ask("GET", "/passages/..%2F..%2F/rapport").status_code == 404


@pytest.mark.parametrize("name", ["../x", "20250101-000000", "x"])
def test_a_report_is_read_by_its_name_alone(room: Room, name: str) -> None:
    assert room.ask("GET", f"/passages/{name}/fichiers/rapport.json").status_code == 404
