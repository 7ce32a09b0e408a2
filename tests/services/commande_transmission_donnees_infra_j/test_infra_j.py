"""CommandeTransmissionDonneesInfraJ through zeep on the real WSDL."""

from typing import Any

import pytest
from codes_kit import check_obtained_codes, provenance_of
from orders_kit import C4, C5, P1, UNKNOWN, Orders

from sge_sim.services.commande_transmission_donnees_infra_j.service import SERVICE

INJECTION = {"soutirage": False, "injection": True}
FOR_INJECTION = {"declarations": [INJECTION]}


@pytest.mark.documented("OFF F375A-R1; GUI 0481 §4")
@pytest.mark.parametrize(
    ("prm", "asked", "fiche"),
    [
        ("98800004847471", {}, "F375A"),
        ("98610000000479", {"idx": True, "ptd": True}, "F375A"),
        (P1, {**INJECTION, **FOR_INJECTION}, "P375A"),
    ],
)
def test_a_demand_is_accepted(tiers: Orders, prm: str, asked: dict[str, Any], fiche: str) -> None:
    answer = tiers.infra_j(prm, **asked)
    (prestation,) = answer["body"]["prestations"]["prestation"]
    assert (prestation["rang"], prestation["fiche"]["code"]) == (1, fiche)
    assert (prestation["option"], prestation["cas"]) == (None, None)
    assert len(answer["body"]["demandeId"]) == 8
    acknowledged = answer["header"]["acquittement"]["infoFonctionnelles"]
    assert acknowledged == {"pointId": prm, "affaireId": None}


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("SGT402", C4, {"general": {"initiateurLogin": "personne@exemple.fr"}}),
    ("SGT402", C4, {"general": {"initiateurLogin": "contact@tiers2.example.org"}}),
    ("SGT402", C4, {"general": {"initiateurLogin": "sans.droit@tiers1.example.org"}}),
    ("SGT471", C4, {"general": {"contratId": "9999999"}}),
    ("SGT472", C4, {"general": {"contratId": "1100391"}}),
    ("SGT473", C4, {"general": {"contratId": "1100017"}}),
    ("SGT402", C4, {"general": {"objetCode": "HDM"}}),
    ("SGT402", C4, {"cdc": False}),
    ("SGT402", UNKNOWN, {}),
    ("SGT585", C4, {"soutirage": False}),
    ("SGT566", C4, {"declarations": [{"accordClient": False}]}),
    ("SGT566", C4, {"declarations": [INJECTION]}),
    ("SGT566", C4, {"injection": True}),
    ("SGT4N8", C5, {}),
    ("SGT4M7", "98610000001044", {}),
    ("SGT4M6", "98610000000367", {}),
    ("SGT4M6", "98610000000580", {}),
    ("SGT466", P1, {}),
    ("SGT445", "98610000000692", {}),
    ("SGT4B2", "98610000000704", {}),
    ("SGT476", "98610000000255", {}),
    ("SGT476", P1, {**INJECTION, **FOR_INJECTION, "ptd": True}),
    ("SGT476", C4, {**INJECTION, **FOR_INJECTION}),
    ("SGT4O1", "98610000000143", {}),
]


@pytest.mark.parametrize(
    ("code", "prm", "asked"),
    [pytest.param(*refused, marks=provenance_of(SERVICE.rules, refused[0])) for refused in REFUSED],
)
def test_a_demand_is_refused(tiers: Orders, code: str, prm: str, asked: dict[str, Any]) -> None:
    assert tiers.infra_j(prm, **asked) == code


@pytest.mark.documented("V26.2: P1-P3 terminated or unproductive tolerated; other states: assumed")
@pytest.mark.parametrize(
    ("etat", "expected"),
    [("RESIL", None), ("IMPRO", None), ("ECRAC", "SGT4M6"), ("INACCE", "SGT4M6")],
)
def test_states_of_a_large_producer(tiers: Orders, etat: str, expected: str | None) -> None:
    producer = "98610000001819"
    tiers.simulator.change_point(producer, etat_contractuel=etat, media_releve="IP")
    # Two demands that are accepted must differ: an identical one is SGT584.
    data = {"idx": etat == "RESIL"}
    answer = tiers.infra_j(producer, **INJECTION, **FOR_INJECTION, **data)
    assert answer == expected if expected else answer["body"]["demandeId"]


@pytest.mark.documented("GUI 0481: two declarations where the holders differ")
def test_each_direction_may_have_its_own_declaration(tiers: Orders) -> None:
    both = [{}, {**INJECTION, "accordClient": False}]
    assert tiers.infra_j(C4, declarations=both, injection=True) == "SGT566"
    done = tiers.infra_j("98800001144455", declarations=[{}, INJECTION])
    assert done["body"]["demandeId"]


@pytest.mark.documented("AX.0466: strictly identical, less than 30 minutes old")
def test_sgt584_for_thirty_minutes_and_not_one_more(tiers: Orders) -> None:
    tiers.clock("freeze")
    first = tiers.infra_j(C4)["body"]["demandeId"]
    assert tiers.infra_j(C4) == "SGT584"
    assert tiers.infra_j(C4, idx=True)["body"]["demandeId"] > first
    tiers.clock("advance", "29min")
    assert tiers.infra_j(C4) == "SGT584"
    assert Orders(tiers.simulator, "fournisseur").infra_j(C4)["body"]["demandeId"]
    tiers.clock("advance", "1min")
    assert tiers.infra_j(C4)["body"]["demandeId"]


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
