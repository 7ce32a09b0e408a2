"""The judge before wrong answers that the contracts and the catalogue make: `make test-verdict`
plays them all, the suite two of each family."""

import os

import pytest
from campagne_rejouee import Campagne, Rejeu
from constats import known_constats, said
from contredites import FAMILLES_CONTREDITES
from epreuve import (
    CONTRATS_D_AVANT,
    Bilan,
    Tries,
    concerned,
    eprouve_tout,
    essais_of,
    few_a_family,
)
from falsifications import FAMILLES, Libre
from formes_du_contrat import WSDL, formes

SEED = int(os.environ.get("SGE_SIM_VERDICT_SEED", "1"))
LEAST_SEEN = {**dict.fromkeys(FAMILLES, 0.98), **dict.fromkeys(FAMILLES_CONTREDITES, 0.92)}
LEAST_SEEN_ADMINISTERED = 0.97
MOST_LEFT_OUT = 1 / 10


@pytest.fixture(scope="module")
def tries(campagnes: dict[str, Campagne], rejeux: dict[str, list[Rejeu]]) -> Tries:
    return [
        (run, essais_of(run, campagnes[name], SEED))
        for name, runs in rejeux.items()
        for run in runs
        if concerned(name, run.cas)
    ]


def test_two_wrong_answers_of_each_family_are_seen(tries: Tries) -> None:
    assert [each for each in few_a_family(tries, SEED, 2) if not each.raison] == []


def test_what_is_said_of_wrong_answers_is_this(tries: Tries) -> None:
    asked = known_constats()
    assert said(tries, asked) == asked


def test_at_most_a_tenth_of_each_family_is_left_out(tries: Tries) -> None:
    bilan = Bilan()
    for _, essais in tries:
        for each in essais:
            if isinstance(each, Libre):
                bilan.leave(each)
            else:
                bilan.joues[each.famille] += 1
    shares = {name: bilan.part_libre(name) for name in FAMILLES}
    assert {name: share for name, share in shares.items() if share > MOST_LEFT_OUT} == {}
    assert all(bilan.joues[name] for name in (*FAMILLES, *FAMILLES_CONTREDITES))
    called = {f"{run.cas.service}-v{run.cas.version}" for run, _ in tries}
    assert called == {file.stem for file in WSDL.glob("*.wsdl")}


def test_the_shapes_are_read_from_every_contract() -> None:
    for file in WSDL.glob("*.wsdl"):
        service, _, version = file.stem.rpartition("-v")
        found = formes(f"/{service}/v{version}")
        assert len(found) >= 3, file
    assert len(CONTRATS_D_AVANT) == 4


@pytest.mark.verdict
def test_the_judge_sees_the_wrong_answers_of_each_family(campagnes: dict[str, Campagne]) -> None:
    bilan, administre = eprouve_tout(campagnes, SEED, processes=2)
    print(f"\ngraine {SEED}\n{bilan}\navec l'administration\n{administre}")
    seen = {name: bilan.part_vue(name) for name in LEAST_SEEN}
    assert {name: share for name, share in seen.items() if share < LEAST_SEEN[name]} == {}
    known = {name: administre.part_vue(name) for name in FAMILLES_CONTREDITES}
    assert {n: share for n, share in known.items() if share < LEAST_SEEN_ADMINISTERED} == {}
    assert max(bilan.part_libre(name) for name in FAMILLES) <= MOST_LEFT_OUT
    survivants = (*bilan.survivants, *administre.survivants)
    assert [each for each in survivants if not each.raison] == []
