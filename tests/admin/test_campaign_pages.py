"""Campaigns in the browser: what an exchange nearly was, and the request that was expected."""

from http import HTTPStatus

import pytest
from admin_kit import Room
from campaign_samples import sample_report
from lxml import etree, html

from sge_sim.homologation.reports.etats import FiltreDeCas
from sge_sim.homologation.reports.writing import write_reports


def test_a_case_leads_to_the_exchange_that_nearly_ticked_it(room: Room) -> None:
    page = room.press("/campaigns", release="sge-26.1", acteur="TIERS1")
    assert "0 cas réussi sur" in page.text_content()
    number = room.call_cdc("98600000000000")
    page = room.page("/campaigns/1")
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
    linked = room.page(f"/echanges/{number}").xpath("//a[@href='/campaigns/1']")
    assert linked


def test_an_open_campaign_waits_for_calls_without_reloading(room: Room) -> None:
    if room.ask("GET", "/campaigns/1").status_code != HTTPStatus.OK:
        room.press("/campaigns", release="sge-26.1", acteur="TIERS1")
    page = room.page("/campaigns/1")
    assert not page.xpath("//meta[@http-equiv]")
    (address,) = page.xpath("//*[@id='etat']/@data-direct")
    assert "acteur=TIERS1" in address
    room.press("/campaigns/1/fermer")
    assert not room.page("/campaigns/1").xpath("//*[@id='etat']/@data-direct")
    assert room.ask("GET", "/campaigns/1/cas/ZZZ").status_code == 404


def test_a_refusal_is_a_page_for_a_browser(room: Room) -> None:
    page = room.press("/passages", release="sge-23.2", cas="INCONNU")
    (refused,) = page.xpath("//p[@role='alert']")
    assert "de cas « INCONNU »" in refused.text_content()
    answer = room.ask("GET", "/campaigns/99", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"]
    assert room.ask("GET", "/passages/20250101-000000").status_code == 404
    assert room.ask("GET", "/passages/..%2F..%2F/rapport").status_code == 404


@pytest.mark.parametrize("name", ["../x", "20250101-000000", "x"])
def test_a_report_is_read_by_its_name_alone(room: Room, name: str) -> None:
    assert room.ask("GET", f"/passages/{name}/fichiers/rapport.json").status_code == 404


def _bars(page: html.HtmlElement) -> list[str]:
    return page.xpath("//*[local-name()='svg'][@class='barre']/@aria-label")


def test_a_kept_passage_shows_failures_first_filters_and_a_bar_a_package(room: Room) -> None:
    write_reports(sample_report(), room.state.settings.data_dir / "rapports" / "20250304-103000")
    page = room.page("/passages/20250304-103000")
    rows = page.xpath("//table[@id='cas']/tbody/tr")
    assert [row.xpath("string(td[1])").strip() for row in rows] == ["A-NR1", "B-R1@C5", "A-R1"]
    assert [row.get("class") for row in rows] == ["cas echoue", "cas echoue", "cas reussi"]
    filters = page.xpath("//fieldset[@class='filtres']/label")
    assert [" ".join(each.text_content().split()) for each in filters] == [
        *("tous (3)", "échoués (2)", "perturbés (0)", "à passer (0)", "pas commencés (0)"),
        *("réussis (1)", "non jugés (0)"),
    ]
    assert _bars(page) == ["consultation : 1 réussi, 1 échoué", "commande : 1 écart connu"]
    colours = page.xpath("//*[local-name()='svg'][@class='barre'][1]/*/@class")
    assert colours[:2] == ["bon", "mauvais"]
    # What the line says when a campaign ends is there after a reload.
    assert page.get_element_by_id("fin").text_content() == "Terminée : 1 bon sur 3."


def test_an_observed_campaign_has_filters_and_bars_that_follow_the_calls(room: Room) -> None:
    if room.ask("GET", "/campaigns/1").status_code != HTTPStatus.OK:
        room.press("/campaigns", release="sge-26.1", acteur="TIERS1")
    page = room.page("/campaigns/1")
    assert len(_bars(page)) == len(page.xpath("//dl[@data-morceau='verdicts']/dt"))
    assert page.xpath("//*[@data-morceau='barres']//*[local-name()='svg']")
    rows = page.xpath("//table/tbody/tr[@data-morceau]")
    assert {row.get("class").split()[-1] for row in rows} <= {*FiltreDeCas}
    assert page.xpath("//span[@data-morceau='n-pas-commence']")[0].text_content() == str(
        sum("pas-commence" in row.get("class") for row in rows)
    )
