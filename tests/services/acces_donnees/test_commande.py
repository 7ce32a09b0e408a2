"""CommandeServicesAccesDonnees: what it gives, and each reason to refuse."""

from datetime import date, timedelta
from typing import Any

import pytest
from acces_kit import (
    ACCES,
    C4,
    C5,
    C5_BIS,
    END,
    NOT_TELEOPERABLE,
    P1,
    P4,
    PERSONNE,
    SAD,
    TODAY,
    UNKNOWN,
    Refused,
    Tiers,
)

F305 = "Transmission récurrente des index quotidiens et puissances maximales quotidiennes"
GUIDE = pytest.mark.documented("GUI 0531 v1.1.0 §3.1 and §4")


@GUIDE
def test_an_order_opens_a_case_per_service(tiers: Tiers) -> None:
    answer = tiers.call(SAD, **tiers.sad(C5, "ENERGIE", ("IDX", "P1D")))
    first, second = answer["body"]["affaires"]["affaire"]
    assert first["affaireId"] != second["affaireId"]
    assert [
        (each["serviceSouscritMesures"]["mesuresTypeCode"], each["prestations"]["prestation"])
        for each in (first, second)
    ] == [
        (
            "ENERGIE",
            {
                "rang": 1,
                "fiche": {"code": "ACCES", "libelle": "Accès aux données de mesures"},
                "option": {"code": "ACCESO1", "libelle": "Sans publication récurrente"},
            },
        ),
        (
            "IDX",
            {
                "rang": 1,
                "fiche": {"code": "F305", "libelle": F305},
                "option": {"code": "F305O1", "libelle": "Transmission récurrente"},
            },
        ),
    ]


@pytest.mark.assumed("the fiches of the family aren't published: those of the services replaced")
@pytest.mark.parametrize(
    ("prm", "sens", "asked", "fiche", "option"),
    [
        (C5, "SOUTIRAGE", ("CDC", ("P1D", False)), "F300C", "F300CO1"),
        (C5, "SOUTIRAGE", ("PMAX", "P1M"), "F305", "F305O1"),
        (P4, "INJECTION", ("CDC", ("P1D", False)), "P300C", "P300CO1"),
        (P4, "INJECTION", ("IDX", "P1D"), "P305", "P305O1"),
        (C4, "SOUTIRAGE", ("CDC", ("P7D", True)), "F300B", "F300BO1"),
        (C4, "SOUTIRAGE", ("IDX", "P1D"), "F305A", "F305AO1"),
        (P1, "INJECTION", ("CDC", ("P1D", False)), "P300B", "P300BO1"),
        (P1, "INJECTION", ("IDX", "P1D"), "P305A", "P305AO1"),
    ],
)
def test_the_fiche_of_what_is_published(
    tiers: Tiers, prm: str, sens: str, asked: Any, fiche: str, option: str
) -> None:
    answer = tiers.call(SAD, **tiers.sad(prm, asked, sens=sens))
    prestation = answer["body"]["affaires"]["affaire"][0]["prestations"]["prestation"]
    assert prestation["fiche"]["code"] == fiche
    assert prestation["option"]["code"] == option


@pytest.mark.documented("GUI 0531 v1.1.0 §2.3.4.2: the option of a prestation is obligatory")
@pytest.mark.parametrize(
    ("prm", "sens", "types"),
    [
        (C5, "SOUTIRAGE", ("ENERGIE", "CDC", "PMAX", "IDX")),
        (P4, "INJECTION", ("ENERGIE", "CDC", "PMAX", "IDX")),
        (C4, "SOUTIRAGE", ("ENERGIE", "CDC", "IDX")),
        (P1, "INJECTION", ("ENERGIE", "CDC", "IDX")),
    ],
)
def test_every_prestation_has_an_option(
    tiers: Tiers, prm: str, sens: str, types: tuple[str, ...]
) -> None:
    answer = tiers.call(SAD, **tiers.sad(prm, *types, sens=sens))
    options = [
        each["prestations"]["prestation"]["option"]
        for each in answer["body"]["affaires"]["affaire"]
    ]
    assert len(options) == len(types)
    assert all(option["code"] and option["libelle"] for option in options)


@pytest.mark.assumed("the header of a success, by likeness with the first generation")
@pytest.mark.parametrize("header", [False, True])
def test_both_shapes_of_header_are_served(tiers: Tiers, header: bool) -> None:
    answer = tiers.call(SAD, header=header, **tiers.sad(C5, "ENERGIE"))
    acquittement = answer["header"]["acquittement"]
    assert acquittement["resultat"]["code"] == "SGT200"
    assert acquittement["infoFonctionnelles"]["pointId"] == C5
    assert acquittement["infoDemandeur"]["loginDemandeur"] == tiers.login


@pytest.mark.documented("GUI 0531 v1.1.0 p. 41: the faultstring is the label, SGT570")
def test_a_fault_says_its_label_alone(tiers: Tiers) -> None:
    tiers.order(C5, "ENERGIE")
    with pytest.raises(Refused) as refused:
        tiers.call(SAD, **tiers.sad(C5, "ENERGIE"))
    label = "Le service demandé est déjà actif sur la période demandée."
    assert (refused.value.code, refused.value.label) == ("SGT570", label)
    assert refused.value.faultstring == label
    assert refused.value.faultcode == "soap:Server"


@pytest.mark.assumed("a later end is refused too: renewing is another service's")
def test_the_same_service_again_is_refused_whatever_its_end(tiers: Tiers) -> None:
    tiers.order(C5, "ENERGIE")
    later = tiers.sad(C5, "ENERGIE", dateFin=END + timedelta(days=30))
    assert tiers.code(SAD, **later) == "SGT570"
    # Once stopped, it may be ordered anew.
    tiers.change(C5, nouveau_titulaire=TODAY)
    assert tiers.code(SAD, **later) is None


@pytest.mark.assumed("each type once in an order")
def test_a_type_is_asked_for_once(tiers: Tiers) -> None:
    assert tiers.code(SAD, **tiers.sad(C5, "IDX", ("IDX", "P1D"))) == "SGT570"


@pytest.mark.documented("catalogue 26.1: SAD-NR1, SAD-NR2; GUI 0531 §3.1")
@pytest.mark.parametrize("prm", [C5, C4])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"declarationAccordClient": {"accord": False, **PERSONNE}}, "SGT566"),
        ({"declarationAccordClient": None}, "SGT566"),
        ({"declarationAccordClient": {"accord": True}}, "SGT566"),
        ({"dateFin": TODAY + timedelta(days=1200)}, "SGT5O9"),
        ({"dateFin": TODAY + timedelta(days=1097)}, "SGT5O9"),
        ({"dateFin": TODAY + timedelta(days=1096)}, None),
        ({"dateFin": TODAY - timedelta(days=1)}, "SGT568"),
        ({"dateFin": TODAY}, None),
    ],
)
def test_field_rules(tiers: Tiers, prm: str, changes: dict[str, Any], code: str | None) -> None:
    assert tiers.code(SAD, **tiers.sad(prm, "ENERGIE", **changes)) == code


@GUIDE
def test_an_end_is_due_on_c5_alone(tiers: Tiers) -> None:
    assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", dateFin=None)) == "SGT5O9"
    (numero,) = tiers.order(C4, "ENERGIE", dateFin=None)
    (service,) = tiers.services(C4)
    assert (service["serviceSouscritId"], service["dateFin"]) == (numero, None)


@pytest.mark.assumed("the schema of a fault has no place for an NNI")
def test_who_asks_by_its_nni_is_not_named(tiers: Tiers) -> None:
    # The answer is held against the real schema, which wants an address.
    assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", initiateurLogin="ABCDEF")) == "SGT504"


@pytest.mark.documented("homologation slides V26.2, states of the point and obstacles")
@pytest.mark.parametrize(
    ("prm", "attributs", "code"),
    [
        (C5, {"etat_contractuel": "ECRES"}, "SGT4M6"),
        (C4, {"etat_contractuel": "ECRES"}, None),
        (C5, {"etat_contractuel": "RESIL"}, "SGT4M6"),
        (C4, {"etat_contractuel": "RESIL"}, "SGT4M6"),
        (C5, {"etat_contractuel": "IMPRO"}, "SGT4M6"),
        (C4, {"etat_contractuel": "IMPRO"}, "SGT4M6"),
        (C5, {"etat_alimentation": "LIMI"}, None),
        (C4, {"provisoire": True}, "SGT445"),
        (C4, {"groupement_turpe": True}, "SGT4M7"),
        (C5, {"operation_en_cours": "CFN"}, "SGT450"),
        (C5, {"teleoperable": False}, "SGT589"),
        (C4, {"teleoperable": False}, None),
        (C5, {"contrat_soutirage": False}, "SGT587"),
        (C5, {"niveau_ouverture_services": 1}, "SGT4H9"),
        (C4, {"niveau_ouverture_services": 1}, None),
    ],
)
def test_the_state_of_the_point(
    tiers: Tiers, prm: str, attributs: dict[str, Any], code: str | None
) -> None:
    with tiers.having(prm, **attributs):
        assert tiers.code(SAD, **tiers.sad(prm, "ENERGIE")) == code
        assert tiers.code(ACCES, **tiers.acces(prm, typeDonnees="IDX")) == code


def test_an_unproductive_producer_is_admitted(tiers: Tiers) -> None:
    with tiers.having(P1, etat_contractuel="IMPRO"):
        assert tiers.code(SAD, **tiers.sad(P1, "ENERGIE", sens="INJECTION")) is None


def test_a_point_that_cannot_be_served(tiers: Tiers) -> None:
    assert tiers.code(SAD, **tiers.sad(UNKNOWN, "ENERGIE")) == "SGT401"
    assert tiers.code(SAD, **tiers.sad(NOT_TELEOPERABLE, "IDX")) == "SGT589"
    assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", sens="INJECTION")) == "SGT588"
    assert tiers.code(SAD, **tiers.sad(P1, "ENERGIE", sens="SOUTIRAGE")) == "SGT587"
    injected = tiers.acces(C5, soutirage=False, injection=True)
    assert tiers.code(ACCES, **injected) == "SGT588"
    for changes in ({"pointId": "123"}, {"sens": "DEUX"}):
        assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", **changes)) == "SGT562"


@pytest.mark.documented("AX.0466 SGT4H7: an opposition refuses the curve, not the rest")
def test_an_opposition_refuses_access_to_the_curve(tiers: Tiers) -> None:
    tiers.change(C5_BIS, opposition=True)
    try:
        assert tiers.code(SAD, **tiers.sad(C5_BIS, "CDC")) == "SGT4H7"
        assert tiers.code(ACCES, **tiers.acces(C5_BIS, typeDonnees="CDC")) == "SGT4H7"
        assert tiers.code(SAD, **tiers.sad(C5_BIS, "ENERGIE", "IDX", "PMAX")) is None
    finally:
        tiers.change(C5_BIS, opposition=False)


def test_a_service_is_of_today(tiers: Tiers) -> None:
    tiers.order(C5, "ENERGIE")
    (service,) = tiers.services(C5)
    assert (service["dateDebut"], service["dateFin"]) == (TODAY, END)
    assert service["etatCode"] == "ACTIF"
    assert isinstance(service["dateDebut"], date)
