"""The first page: what matters now, and nothing that has nothing to say."""

from datetime import timedelta
from pathlib import Path

import pytest
from admin_kit import UNKNOWN, Room, control_room

from sge_sim.clock import machine_now, parse_instant
from sge_sim.operations.pannes import plan

C5 = "25946599093143"
MOST_BLOCKS = 9


def blocks(room: Room) -> list[str]:
    return [str(each) for each in room.page("/").xpath("//main//section/@aria-labelledby")]


def rows(room: Room, block: str) -> list[str]:
    lines = room.page("/").xpath(f"//section[@aria-labelledby='{block}']//ul[1]/li")
    return [" ".join(line.text_content().split()) for line in lines]


def test_a_new_simulator_gives_the_first_call_to_copy(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        assert blocks(room) == ["premier"]
        curl, zeep = (each.text_content() for each in room.page("/").xpath("//pre"))
        certificate = tmp_path / "pki/clients/tiers/chain.pem"
        for text in (curl, zeep):
            assert str(certificate) in text
            assert room.login in text
        assert "--noproxy '*'" in curl
        assert "session.trust_env = False" in zeep
        compile(zeep, "zeep.py", "exec")
        room.call_cdc(C5)
        assert "premier" not in blocks(room)


def test_a_password_that_is_due_is_chosen_before(tmp_path: Path) -> None:
    with control_room(tmp_path, basic_auth=True) as room:
        password, curl, zeep = (each.text_content() for each in room.page("/").xpath("//pre"))
    command = f"sge-sim acteurs mot-de-passe {room.login} --data-dir {tmp_path}"
    assert password == command
    assert f"-u {room.login}" in curl
    assert "getpass" in zeep


def test_each_block_is_there_once_it_has_something_to_say(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant("2025-03-10T10:00")) as room:
        number = room.call_cdc()
        assert blocks(room) == ["heure", "refus", "clients"]
        (refusal,) = rows(room, "refus")
        assert refusal.startswith(f"{number} 10/03 10:00 SGT401 Consultation")
        assert "point_connu : il fallait " in refusal
        (called,) = rows(room, "clients")
        assert called == "ConsultationDonneesTechniquesContractuelles : SGT401"
        room.call_cdc(C5)
        (called,) = rows(room, "clients")
        assert called == "ConsultationDonneesTechniquesContractuelles : SGT200, SGT401"
        assert "services jamais appelés" in room.text("/")
        plan(room.state.state, sorte="http502")
        assert rows(room, "pannes") == ["panne 1 HTTP 502 : 0 touché sur 0 appel"]
        room.ask("POST", "/api/campaigns", json={})
        assert rows(room, "campagnes")[0].startswith("Campagne 1 : TIERS1, sge-")
        room.press("/points/" + C5, nouveau_titulaire="2025-03-20")
        assert rows(room, "attendus") == [f"20/03/2025 00:00 changement de titulaire, {C5}"]
        called = {"service": "RecherchePoint", "version": "2.0"}
        room.record(code="SGT500", http_status=500, detail="KeyError: 'x'", **called)
        (wrong,) = rows(room, "ennuis")
        assert "SGT500" in wrong
        assert "KeyError" in wrong
        assert len(blocks(room)) <= MOST_BLOCKS


def test_the_hour_is_that_of_the_machine_by_minute_and_outcome(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        now = machine_now()
        for minutes, fields in (
            (0, {"code": "SGT401"}),
            (0, {"code": "SGT200", "http_status": 200}),
            (59, {"code": "SGT401", "detail": "Panne prévue n° 1 : HTTP 502, appel 1."}),
            (61, {"code": "SGT401"}),
        ):
            room.record(machine_instant=now - timedelta(minutes=minutes), **fields)
        room.record("flux")
        page = room.page("/")
        counts = page.xpath("//section[@aria-labelledby='heure']//a/text()")
        assert counts == ["acceptés 1", "refusés 1", "pannes 1"]
        bars = page.xpath("//*[local-name()='svg'][@class='minutes']/*")
        assert [(bar.get("class"), bar.get("x"), bar.get("y")) for bar in bars] == [
            ("ecart", "0.1", "1"),
            ("bon", "59.1", "1"),
            ("mauvais", "59.1", "0"),
        ]


def test_what_it_shows_is_few_whatever_is_kept(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant("2025-03-10T10:00")) as room:
        now = room.state.clock.now()
        for rank in range(40):
            room.record(
                instant=now + timedelta(seconds=rank), origine="client", code="SGT401",
                acteur_code=f"TIERS{rank % 7}", service=f"Service{rank // 2}", version="1.0",
                http_status=500,
            )  # fmt: skip
        assert len(rows(room, "refus")) == 5
        for _ in range(3):
            last = room.call_cdc()
        refusal, *others = rows(room, "refus")
        assert refusal.startswith(f"{last} ")
        assert "3 fois" in refusal
        assert "fois" not in "".join(others)
        page = room.page("/")
        assert len(page.xpath("//dl[@class='appels']")) == 2


@pytest.mark.parametrize("path", ["/", "/journal"])
def test_what_was_said_of_an_act_is_said_once_and_to_who_did_it(room: Room, path: str) -> None:
    page = room.press("/clock", action="1h", retour=path)
    assert page.xpath("//section[@id='clock']/p[contains(@class, 'message')]")
    assert not room.page(path).xpath("//p[contains(@class, 'message')]")


def test_the_point_of_the_first_call_is_known(room: Room) -> None:
    assert room.ask("GET", f"/api/points/{C5}").status_code == 200
    assert UNKNOWN not in room.text("/")
