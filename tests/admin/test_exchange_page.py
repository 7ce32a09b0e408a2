"""The page of an exchange: the rule first, what is wrong marked, copies, downloads, neighbours."""

import ast

import pytest
from admin_kit import UNKNOWN, Room
from lxml import html

from sge_sim.admin.xml_page import MAX_SHOWN, show_message, suspects_of

SCRIPT = "<script>alert(1)</script>"


def plain(body: bytes | None) -> str:
    return html.fromstring(f"<div>{show_message(body)}</div>").text_content()


def test_a_refusal_tells_its_rule_before_its_messages(room: Room) -> None:
    number = room.call_cdc()
    page = room.page(f"/echanges/{number}")
    headings = [one.text_content() for one in page.xpath("//h2")]
    assert (
        headings[0]
        == "Règle qui a décidé : ConsultationDonneesTechniquesContractuelles/point_connu"
    )
    words = " ".join(page.text_content().split())
    for told in ("SGT401", "Ce qui passe", "Document", "documenté", "point inexistant"):
        assert told in words
    (marked,) = page.xpath("//mark")
    assert marked.text_content() == f"<pointId>{UNKNOWN}</pointId>"


def test_what_the_contract_refuses_is_marked_by_its_name(room: Room) -> None:
    echange = room.exchange(room.call_cdc("12"))
    assert echange.code == "SGT562"
    assert any("pointId" in names for names in suspects_of(echange))
    (marked,) = room.page(f"/echanges/{echange.id}").xpath("//mark")
    assert marked.text_content() == "<pointId>12</pointId>"


def test_nothing_is_wrong_in_what_was_accepted(room: Room) -> None:
    page = room.page(f"/echanges/{room.call_cdc('25946599093143')}")
    assert not page.xpath("//mark")
    assert page.xpath("//a[@href='/points/25946599093143']")


def test_a_call_is_copied_for_curl_and_for_zeep(room: Room) -> None:
    page = room.page(f"/echanges/{room.call_cdc()}")
    curl, zeep = (page.get_element_by_id(f"copie-{name}").text for name in ("curl", "zeep"))
    assert f"<pointId>{UNKNOWN}</pointId>" in curl
    assert "clients/tiers/chain.pem" in curl
    assert "/ConsultationDonneesTechniquesContractuelles/v1.0" in curl
    assert ast.parse(zeep)
    assert "client.service.consulterDonneesTechniquesContractuelles(**demande)" in zeep
    assert f"'pointId': '{UNKNOWN}'" in zeep


def test_the_bytes_are_downloaded_as_they_came(room: Room) -> None:
    number = room.call_cdc()
    echange = room.exchange(number)
    for part, body in (("requete", echange.request), ("reponse", echange.response)):
        answer = room.ask("GET", f"/echanges/{number}/{part}.xml")
        assert answer.content == body
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert room.ask("GET", f"/echanges/{number}/autre.xml").status_code == 422


def test_an_exchange_leads_to_its_neighbours(room: Room) -> None:
    first, second = room.call_cdc(), room.call_cdc()
    for number, way, other in ((first, "next", second), (second, "prev", first)):
        found = room.page(f"/echanges/{number}").xpath(f"//a[@rel='{way}']/@href")
        assert found == [f"/echanges/{other}"]
    assert room.ask("GET", "/echanges/999999999").status_code == 404


def test_what_is_no_call_is_not_played_again(room: Room) -> None:
    number = room.record("handshake")
    assert not room.page(f"/echanges/{number}").xpath("//form[contains(@action, 'rejouer')]")
    (refused,) = room.press(f"/echanges/{number}/rejouer").xpath("//p[@role='alert']")
    assert "n'est pas un appel SOAP" in refused.text_content()


def test_xml_is_indented_and_entities_are_not_expanded() -> None:
    assert plain(b"<a><b>1</b></a>") == "<a>\n  <b>1</b>\n</a>\n"
    assert plain(b'<p:a xmlns:p="u" p:x="1"/>') == '<p:a xmlns:p="u" p:x="1"/>\n'
    bomb = b'<!DOCTYPE a [<!ENTITY e "boum">]><a>&e;</a>'
    assert plain(bomb) == bomb.decode()
    deep = b"<a>" * 257 + b"</a>" * 257
    assert plain(deep) == deep.decode()
    unknown = b'<?xml version="1.0" encoding="x"?><a/>'
    assert plain(unknown) == unknown.decode()
    assert plain(b"pas du XML \xe9") == "pas du XML \ufffd"
    assert plain(None) == "(vide)"


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"x" * (MAX_SHOWN + 1), "100\u202f001"),
        (b"<a>" + b"<v>1</v>" * 17520 + b"</a>", "140\u202f167"),
    ],
)
def test_what_is_long_is_cut(body: bytes, size: str) -> None:
    shown = plain(body)
    assert len(shown) < MAX_SHOWN + 100
    assert shown.endswith(f"\n… (coupé : {size} octets en tout, dans le fichier à télécharger)")


def test_a_long_text_leaves_room_for_what_follows() -> None:
    shown = plain(b'<a><b c="1" d="' + b"x" * 9999 + b'">' + b"y" * 99999 + b"</b><c/></a>")
    assert shown == f'<a>\n  <b c="1" …>{"y" * 1999}…</b>\n  <c/>\n</a>\n'


@pytest.mark.parametrize(
    "body",
    [SCRIPT.encode(), b"<a>]]>" + SCRIPT.encode(), b"\xff\xfe\x00<", b"<a>&lt;script>b></a>"],
)
def test_what_a_client_writes_stays_text(body: bytes) -> None:
    assert "<script" not in show_message(body)
