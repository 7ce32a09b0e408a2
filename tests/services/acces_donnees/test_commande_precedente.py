"""CommanderAccesDonneesMesures: the order of one access service, before SGE 26."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from acces_kit import ACCES, C4, C5, END, P4, SAD, TODAY, UNKNOWN, Refused, Tiers, tiers_in_process

from sge_sim.settings import Profile

SURPLUS = "24210000002506"

GUIDE = pytest.mark.documented("GUI 0498 v1.1.0")


@GUIDE
@pytest.mark.parametrize("type_donnees", ["ENERGIE", "CDC", "PMAX", "IDX"])
def test_an_order_opens_a_service(tiers: Tiers, type_donnees: str) -> None:
    body = tiers.call(ACCES, **tiers.acces(C5, typeDonnees=type_donnees))["body"]
    assert body["prestations"]["prestation"]["fiche"]["code"] == "ACCES"
    (service,) = tiers.services(C5)
    assert service["serviceSouscritId"] == body["serviceSouscritId"]
    assert (service["mesuresTypeCode"], service["dateFin"]) == (type_donnees, END)


@pytest.mark.documented("homologation slides V26.2 p. 39: a later end keeps the identifier")
def test_a_later_end_prolongs_the_service(tiers: Tiers) -> None:
    first = tiers.call(ACCES, **tiers.acces(C5))["body"]
    assert tiers.code(ACCES, **tiers.acces(C5)) == "SGT570"
    assert tiers.code(ACCES, **tiers.acces(C5, dateFin=END - timedelta(days=1))) == "SGT570"
    second = tiers.call(ACCES, **tiers.acces(C5, dateFin=END + timedelta(days=1)))["body"]
    assert second["serviceSouscritId"] == first["serviceSouscritId"]
    assert second["affaireId"] != first["affaireId"]
    (service,) = tiers.services(C5)
    assert service["dateFin"] == END + timedelta(days=1)


@GUIDE
@pytest.mark.parametrize("prm", [C5, C4])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"typeDonnees": "COURBE"}, "SGT4Q1"),
        ({"typeDonnees": "INDEX"}, "SGT4Q1"),
        ({"soutirage": None, "injection": None}, "SGT583"),
        ({"injection": True}, "SGT583"),
        ({"injection": None}, None),
        ({"accord": False}, "SGT566"),
        ({"client": {}}, "SGT566"),
        ({"dateDebut": TODAY + timedelta(days=1)}, "SGT4H1"),
        ({"dateDebut": TODAY - timedelta(days=1)}, "SGT4H1"),
        ({"dateFin": date(2050, 4, 21)}, "SGT5O9"),
        ({"dateFin": TODAY - timedelta(days=1)}, "SGT568"),
        ({"dateFin": TODAY + timedelta(days=1096)}, None),
    ],
)
def test_field_rules(tiers: Tiers, prm: str, changes: dict[str, Any], code: str | None) -> None:
    assert tiers.code(ACCES, **tiers.acces(prm, **changes)) == code


@GUIDE
def test_segments_and_general_block(tiers: Tiers) -> None:
    assert tiers.code(ACCES, **tiers.acces(C4, typeDonnees="PMAX")) == "SGT4H8"
    assert tiers.code(ACCES, **tiers.acces(C5, dateFin=None)) == "SGT5O9"
    assert tiers.code(ACCES, **tiers.acces(C4, dateFin=None)) is None
    assert tiers.code(ACCES, **tiers.acces(UNKNOWN)) == "SGT401"
    assert tiers.code(ACCES, **tiers.acces(C5, {"objetCode": "ASS"})) == "SGT463"
    assert tiers.code(ACCES, **tiers.acces(C5, {"contrat": {}})) == "SGT471"


@pytest.mark.documented("GUI 0498 v1.1.0 §1: maximum powers of a C5, not of a P4")
def test_maximum_powers_are_those_of_what_is_drawn(tiers: Tiers) -> None:
    injected = {"soutirage": False, "injection": True}
    assert tiers.code(ACCES, **tiers.acces(P4, typeDonnees="PMAX", **injected)) == "SGT4H8"
    assert tiers.code(ACCES, **tiers.acces(P4, typeDonnees="ENERGIE", **injected)) is None
    # With a surplus, what is drawn is the C5 side of the point.
    for prm in (SURPLUS, P4):
        tiers.set(prm, contrat_soutirage=True, contrat_injection=True)
        assert tiers.code(ACCES, **tiers.acces(prm, typeDonnees="PMAX", **injected)) == "SGT4H8"
        assert tiers.code(ACCES, **tiers.acces(prm, typeDonnees="PMAX")) is None
    # The service that came after it gives them in injection too (GUI 0531 v1.1.0 §2.1).
    assert tiers.code(SAD, **tiers.sad(P4, "PMAX", sens="INJECTION")) is None


@pytest.mark.documented("GUI 0498 v1.1.0; the code of a type that it doesn't list is assumed")
@pytest.mark.parametrize(
    ("type_", "code"), [("GRD-F", None), ("GRD-T", None), ("CARD-S", "SGT463")]
)
def test_the_types_of_contract_are_those_of_the_guide(
    tiers: Tiers, type_: str, code: str | None
) -> None:
    contrat = {"contratId": tiers.contrat_id, "contratType": type_}
    assert tiers.code(ACCES, **tiers.acces(C5, {"contrat": contrat})) == code


@pytest.mark.documented("GUI 0498 v1.1.0 §6: the faultstring of the family of measures")
def test_its_faults_have_one_faultstring(tiers: Tiers) -> None:
    with pytest.raises(Refused) as refused:
        tiers.call(ACCES, **tiers.acces(C5, injection=True))
    assert refused.value.faultstring == "Erreur Technique Mesures"
    assert refused.value.code == "SGT583"


@pytest.mark.observed("homologation 23.2: SGT400 on the C2-C4, SGT4B8 on the C5 of the cases")
def test_what_the_platform_of_23_2_answered(tmp_path: Path) -> None:
    settings = {"now": "2023-10-24T10:00", "profile": Profile.FIDELE}
    with tiers_in_process(tmp_path, **settings) as tiers:
        end = {"dateFin": tiers.today + timedelta(days=1096)}
        assert tiers.code(ACCES, **tiers.acces("24380318190106", **end)) == "SGT4B8"
        assert tiers.code(ACCES, **tiers.acces(C4, **end)) == "SGT400"
        assert tiers.code(ACCES, **tiers.acces(C4, accord=False, **end)) == "SGT566"
        assert tiers.code(ACCES, **tiers.acces(C5, **end)) is None
