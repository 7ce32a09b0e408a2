"""The page of troubles says what the tables say."""

import re

from troubles_page import DOCS, TROUBLES, troubles_page

from sge_sim.domaine.sortes import SORTES

CODES = [each["code"] for each in TROUBLES]
NOT_PLAYED = {"T05", "T19", "T22", "T33", "T67"}


def test_the_page_is_that_of_the_tables() -> None:
    assert (DOCS / "troubles.md").read_text("utf-8") == troubles_page()


def test_each_trouble_is_played_or_says_why_not() -> None:
    played = {code for sorte in SORTES.values() for code in sorte.troubles}
    assert played <= {*CODES}
    assert [each["code"] for each in TROUBLES if each["code"] not in played] == [
        each["code"] for each in TROUBLES if each.get("pourquoi") and each["code"] not in played
    ]
    assert NOT_PLAYED.isdisjoint(played)
    assert len(CODES) == len({*CODES}) == 59


def test_each_sort_can_be_read() -> None:
    for nom, sorte in SORTES.items():
        assert re.fullmatch("[a-z0-9_]{2,30}", nom)
        assert sorte.libelle
        assert sorte.source
        assert sorte.voit or sorte.statuts or sorte.code or sorte.message, nom
        assert sorte.surete in ("relevé", "en partie", "supposé")
        assert not (sorte.d_abord and sorte.d_abord not in SORTES)
