"""The breaks that lived years must see can be planted: `make annees-fautes` plays them."""

from pathlib import Path

import pytest
import yaml
from fautes_textes import Defait, Faute, changes_of, read_fautes
from monde import COUTURES

FAUTES = read_fautes()
OF_THE_LIFE = {
    "rien n'échoue",
    "rien ne s'écrit à côté des coutures",
    "le dossier s'ouvre",
    "le dossier se rouvre",
    "le processus vit",
}
NEVER_PASSED = {"processus"}
"""The kind of seam that no life passes: one process publishes."""


@pytest.mark.parametrize("faute", FAUTES, ids=lambda faute: faute.nom)
def test_what_a_break_changes_is_there_once(faute: Faute) -> None:
    for function, changed in changes_of(faute):
        assert function.__code__ != changed.__code__


def test_a_break_of_a_text_that_is_gone_is_refused() -> None:
    gone = Defait("sge_sim.flux.lots:Lot.claim", "what nobody wrote", "")
    with pytest.raises(ValueError, match="what nobody wrote"):
        list(changes_of(Faute("perdue", (gone,), ())))


def test_ten_past_defects_and_each_kind_of_seam_have_a_break() -> None:
    assert len({faute.commit for faute in FAUTES if faute.commit}) >= 10
    assert {faute.couture for faute in FAUTES} - {""} == {*COUTURES} - NEVER_PASSED


def test_breaks_name_invariants() -> None:
    known = {
        each["nom"]
        for each in yaml.safe_load(Path(__file__).with_name("invariants.yaml").read_text())
    }
    assert {nom for faute in FAUTES for nom in faute.voit} <= known | OF_THE_LIFE
