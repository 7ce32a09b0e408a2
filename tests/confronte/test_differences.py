"""What differs between two answers is classed by what was changed, and nothing else is told."""

from collections import Counter
from dataclasses import replace

from abime import drawn, echanges

from sge_sim.confronte.differences import CLASSES, differences_of, may_name, may_tell

WANTED, SEED = 196, 2026


def test_two_hundred_differences_are_classed_right() -> None:
    right: Counter[str] = Counter()
    for paire, spoilt, classe in drawn(200, SEED):
        found = {each.classe for each in differences_of(spoilt, paire)}
        right[classe] += found == {classe}
    assert set(right) == set(CLASSES)
    assert right.total() >= WANTED


def test_an_unspoilt_answer_has_no_difference() -> None:
    assert [found for each in echanges() for found in differences_of(each, each)] == []


def test_only_known_words_are_told() -> None:
    for paire, spoilt, _ in drawn(120, 5):
        for found in differences_of(spoilt, paire):
            assert may_name(found.element), found
            assert may_tell(found.attendu), found
            assert may_tell(found.vu), found
    assert not may_tell("DUPONT")
    assert not may_name("point/DUPONT")


def test_a_value_that_differs_is_no_difference() -> None:
    (paire,) = [each for each in echanges() if b"<v>2</v>" in each.reponse][:1]
    other = replace(paire, reponse=paire.reponse.replace(b"<v>2</v>", b"<v>94000</v>"))
    assert differences_of(other, paire) == []


def test_readings_that_come_the_other_way_round_are_out_of_order() -> None:
    from lxml import etree

    (paire,) = [each for each in echanges() if b"<v>2</v>" in each.reponse][:1]
    root = etree.fromstring(paire.reponse)
    above = next(root.iter("v")).getparent().getparent()
    readings = [each for each in above if each.find("v") is not None]
    days = [each.findtext("d") for each in readings]
    for each, day in zip(readings, reversed(days), strict=True):
        each.find("d").text = day
    turned = replace(paire, reponse=etree.tostring(root))
    assert {each.classe for each in differences_of(turned, paire)} == {"ordre"}


def test_a_page_in_place_of_an_answer_is_another_form() -> None:
    paire = echanges()[0]
    (found,) = differences_of(replace(paire, reponse=b"<html/>"), paire)
    assert (found.classe, found.vu) == ("forme", "autre chose que SOAP")
