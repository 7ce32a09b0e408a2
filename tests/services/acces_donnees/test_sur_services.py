"""Renewing, changing and stopping services, and what the search tells of them."""

from datetime import timedelta
from typing import Any

import pytest
from acces_kit import (
    ASAD,
    C4,
    C5,
    END,
    MOSAD,
    PERSONNE,
    RSA,
    RSAD,
    TODAY,
    UNKNOWN,
    Tiers,
    options_block,
)
from demandes import courbe_quotidienne
from sqlalchemy import update

from sge_sim.tables.commandes import ServiceSouscrit

ADDED, REMOVED = "ajouterOptionsPublication", "supprimerOptionsPublication"
MODIFICATION = pytest.mark.documented("GUI 0531 v1.1.0 §3.3.2")


def published(tiers: Tiers, prm: str) -> list[tuple[Any, ...]]:
    """What the only service of a point publishes, ended publications included."""
    (service,) = tiers.services(prm)
    block = service["optionsPublication"]
    return [
        (
            each["periodiciteTransmission"],
            each["mesuresCorrigees"],
            each["dateDebut"],
            each["dateFin"],
        )
        for each in (block["optionPublication"] if block else ())
    ]


# --- MOSAD ---------------------------------------------------------------------------------------


@MODIFICATION
def test_an_option_is_added_then_taken_away(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "IDX")
    # lowatt-enedis sends the flag of the curve with an index: it is ignored.
    added = {"serviceSouscritId": numero, ADDED: options_block(("P1D", True))}
    answer = tiers.call(MOSAD, **tiers.modification(C5, added))
    ((changed,),) = (answer["body"]["servicesModifies"]["serviceSouscritId"],)
    assert changed == {"serviceSouscritId": numero}
    assert published(tiers, C5) == [("P1D", None, TODAY, None)]
    tiers.advance("2d")
    removed = {"serviceSouscritId": numero, REMOVED: options_block("P1D")}
    assert tiers.code(MOSAD, **tiers.modification(C5, removed)) is None
    assert published(tiers, C5) == [("P1D", None, TODAY, TODAY + timedelta(days=2))]
    assert tiers.services(C5)[0]["etatCode"] == "ACTIF"


@MODIFICATION
@pytest.mark.parametrize(
    ("prm", "ordered", "modification", "code"),
    [
        (C5, "IDX", {}, "SGT562"),
        (C5, ("IDX", "P1D"), {ADDED: options_block("P1D")}, "SGT570"),
        (C5, ("IDX", "P1D"), {ADDED: options_block("P1M")}, "SGT4H5"),
        (C5, ("IDX", "P1D"), {REMOVED: options_block("P1M")}, "SGT4O3"),
        (C5, ("IDX", "P1D"), {REMOVED: options_block("P1D"), ADDED: options_block("P1M")}, None),
        (C5, "IDX", {ADDED: options_block("P7D")}, "SGT4H5"),
        (C5, "ENERGIE", {ADDED: options_block("P1D")}, "SGT4H5"),
        (C5, "CDC", {ADDED: options_block(("P1D", True))}, "SGT4H2"),
        (C5, "CDC", {ADDED: options_block("P1D")}, "SGT562"),
        (C4, "CDC", {ADDED: options_block(("P1D", True))}, "SGT564"),
        (C4, ("CDC", ("P1D", False)), {ADDED: options_block(("P1M", True))}, None),
        (C4, ("CDC", ("P1D", False)), {ADDED: options_block(("P1M", False))}, "SGT4H5"),
        (C4, ("CDC", ("P1D", False)), {REMOVED: options_block(("P1D", True))}, "SGT4O3"),
        (C4, ("CDC", ("P1D", False)), {REMOVED: options_block("P1D")}, "SGT562"),
    ],
)
def test_what_may_be_changed(
    tiers: Tiers, prm: str, ordered: Any, modification: dict[str, Any], code: str | None
) -> None:
    (numero,) = tiers.order(prm, ordered)
    before = published(tiers, prm)
    members = tiers.modification(prm, {"serviceSouscritId": numero, **modification})
    assert tiers.code(MOSAD, **members) == code
    assert (published(tiers, prm) == before) == (code is not None)


@pytest.mark.assumed("the code of a type that isn't offered")
def test_maximum_powers_are_published_no_more_once_the_point_is_large(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "PMAX")
    added = {"serviceSouscritId": numero, ADDED: options_block("P1D")}
    with tiers.having(C5, segment="C4"):
        assert tiers.code(MOSAD, **tiers.modification(C5, added)) == "SGT4H8"


@MODIFICATION
def test_one_refused_change_refuses_all(tiers: Tiers) -> None:
    first, second = tiers.order(C5, "IDX", "ENERGIE")
    members = tiers.modification(
        C5,
        {"serviceSouscritId": first, ADDED: options_block("P1D")},
        {"serviceSouscritId": second, ADDED: options_block("P1D")},
    )
    assert tiers.code(MOSAD, **members) == "SGT4H5"
    assert not any(service["optionsPublication"] for service in tiers.services(C5))


# --- RSAD ----------------------------------------------------------------------------------------


@pytest.mark.documented("GUI 0531 v1.1.0 §3.3; slides V26.2 p. 39: the same identifier")
def test_a_renewal_keeps_the_number_and_the_options(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, ("IDX", "P1D"))
    answer = tiers.call(RSAD, **tiers.renewal(C5, [numero]))
    (renewed,) = answer["body"]["servicesRenouveles"]["serviceRenouvele"]
    assert renewed["serviceSouscritId"] == numero
    assert renewed["affaireId"]
    (service,) = tiers.services(C5)
    assert service["dateFin"] == END + timedelta(days=1)
    assert published(tiers, C5) == [("P1D", None, TODAY, None)]


@pytest.mark.documented("catalogue 26.1: RSAD-NR1; GUI 0531 §3.3")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dateFin": END}, "SGT569"),
        ({"dateFin": END - timedelta(days=1)}, "SGT569"),
        ({"dateFin": None}, "SGT5O9"),
        ({"dateFin": TODAY + timedelta(days=1097)}, "SGT5O9"),
        ({"dateFin": TODAY - timedelta(days=1)}, "SGT568"),
        ({"sens": "INJECTION"}, "SGT4O3"),
        ({"declarationAccordClient": {"accord": False, **PERSONNE}}, "SGT566"),
        # lowatt-enedis sends both: the consent is looked at first.
        ({"sens": "INJECTION", "declarationAccordClient": {"accord": False, **PERSONNE}}, "SGT566"),
        ({"declarationAccordClient": None}, "SGT566"),
        ({"declarationAccordClient": {"accord": True}}, "SGT566"),
    ],
)
def test_refused_renewals(tiers: Tiers, changes: dict[str, Any], code: str) -> None:
    (numero,) = tiers.order(C5, "ENERGIE")
    assert tiers.code(RSAD, **tiers.renewal(C5, [numero], **changes)) == code
    assert tiers.services(C5)[0]["dateFin"] == END


def test_a_large_point_s_service_may_lose_its_end_and_then_is_not_renewed(tiers: Tiers) -> None:
    (numero,) = tiers.order(C4, "ENERGIE")
    assert tiers.code(RSAD, **tiers.renewal(C4, [numero], dateFin=None)) is None
    assert tiers.services(C4)[0]["dateFin"] is None
    assert tiers.code(RSAD, **tiers.renewal(C4, [numero])) == "SGT569"


def test_one_refused_renewal_refuses_all(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "ENERGIE")
    assert tiers.code(RSAD, **tiers.renewal(C5, [numero, "999"])) == "SGT4O3"
    assert tiers.services(C5)[0]["dateFin"] == END


# --- ASAD ----------------------------------------------------------------------------------------


@pytest.mark.documented("GUI 0531 v1.1.0 §3.4: a case per service, options end with it")
def test_services_are_stopped_with_what_they_publish(tiers: Tiers) -> None:
    numeros = tiers.order(C5, ("IDX", "P1D"), "ENERGIE")
    tiers.advance("1d")
    answer = tiers.call(ASAD, **tiers.numbered(C5, numeros))
    stopped = answer["body"]["servicesResilies"]["serviceResilie"]
    assert [each["serviceSouscritId"] for each in stopped] == numeros
    assert len({each["affaireId"] for each in stopped}) == 2
    for service in tiers.services(C5):
        assert service["etatCode"] == "TERMINE"
        assert service["dateFin"] == TODAY + timedelta(days=1)
        assert service["motifFinLibelle"] == "Arrêt demandé par le bénéficiaire"
    index = next(each for each in tiers.services(C5) if each["mesuresTypeCode"] == "IDX")
    (option,) = index["optionsPublication"]["optionPublication"]
    assert option["dateFin"] == TODAY + timedelta(days=1)


@pytest.mark.assumed("the annex names the code, and says nothing of when it comes")
def test_what_an_opposition_is_stopping_is_left_to_it(tiers: Tiers) -> None:
    """Until its meter is reached the service is active, and its end decided."""
    (numero,) = tiers.order(C5, "IDX")
    for motif, code in (("opposition", "SGT4O6"), ("beneficiaire", "SGT4O5")):
        with tiers.running.simulator.database.transaction() as session:
            session.execute(update(ServiceSouscrit).values(motif_fin=motif))
        assert codes(tiers, C5, numero) == {ASAD: code, RSAD: code, MOSAD: code}


def codes(tiers: Tiers, prm: str, numero: str) -> dict[str, str | None]:
    """What is answered to a stop, a renewal and a change of a service."""
    added = {"serviceSouscritId": numero, ADDED: options_block("P1D")}
    return {
        ASAD: tiers.code(ASAD, **tiers.numbered(prm, [numero])),
        RSAD: tiers.code(RSAD, **tiers.renewal(prm, [numero])),
        MOSAD: tiers.code(MOSAD, **tiers.modification(prm, added)),
    }


def test_refused_stops(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "ENERGIE")
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero, "1"])) == "SGT4O3"
    assert tiers.code(ASAD, **tiers.numbered(C4, [numero])) == "SGT4O3"
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero], sens="INJECTION")) == "SGT4O3"
    assert tiers.code(ASAD, **tiers.numbered(UNKNOWN, [numero])) == "SGT401"
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero])) is None
    assert codes(tiers, C5, numero) == {ASAD: "SGT4O4", RSAD: "SGT4O4", MOSAD: "SGT4O4"}


@pytest.mark.assumed("what the platform does of a number that comes twice is unknown")
def test_a_number_that_comes_twice_counts_once(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "ENERGIE")
    answer = tiers.call(ASAD, **tiers.numbered(C5, [numero, numero]))
    (stopped,) = answer["body"]["servicesResilies"]["serviceResilie"]
    assert stopped["serviceSouscritId"] == numero


@pytest.mark.assumed("GUI 0531 v1.1.0 §5.3.1.4 names access services and the opposition alone")
def test_a_recurrent_transmission_is_stopped_too(tiers: Tiers) -> None:
    demande = {
        "donneesGenerales": {
            "objetCode": "AME",
            "pointId": C5,
            "initiateurLogin": tiers.login,
            "contratId": tiers.contrat_id,
        },
        "accesMesures": {
            **courbe_quotidienne(TODAY, TODAY + timedelta(days=300)),
            "declarationAccordClient": {"accord": True, **PERSONNE},
        },
    }
    ordered = tiers.call("/CommandeCollectePublicationMesures/v3.0", demande=demande)
    numero = ordered["body"]["serviceSouscritId"]
    (service,) = tiers.services(C5)
    assert (service["serviceSouscritCode"], service["etatCode"]) == ("TRANSREC", "ACTIF")
    with tiers.having(C5, teleoperable=False):
        assert codes(tiers, C5, numero) == {ASAD: "SGT589", RSAD: "SGT4O3", MOSAD: "SGT4O3"}
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero])) is None
    (service,) = tiers.services(C5)
    assert (service["serviceSouscritId"], service["etatCode"]) == (numero, "TERMINE")


def test_another_actor_s_service(tiers: Tiers) -> None:
    (numero,) = tiers.order(C5, "ENERGIE")
    with tiers.acting_as("fournisseur") as supplier:
        assert codes(supplier, C5, numero) == {ASAD: "SGT4O2", RSAD: "SGT4O2", MOSAD: "SGT4O2"}
        assert supplier.services(C5) == []
        # Each has its own.
        assert supplier.order(C5, "ENERGIE")
    assert len(tiers.services(C5)) == 1


@pytest.mark.documented("GUI 0531 v1.1.0 §5.2: the opposition of a C5 is lifted")
def test_an_opposition_is_seen_by_all_and_lifted_by_the_incumbent_supplier(tiers: Tiers) -> None:
    tiers.change(C5, opposition=True)
    (opposition,) = tiers.services(C5)
    assert opposition["serviceSouscritCode"] == "OPPENR"
    for absent in ("contratId", "contratLibelle", "mesuresTypeCode", "mesuresPas"):
        assert opposition[absent] is None
    numero = opposition["serviceSouscritId"]
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero])) == "SGT4O2"
    with (
        tiers.acting_as("fournisseur") as supplier,
        tiers.having(C5, fournisseur_titulaire=supplier.acteur),
    ):
        assert supplier.code(ASAD, **supplier.numbered(C5, [numero])) is None
    assert tiers.services(C5)[-1]["motifFinLibelle"] == "Levée de l'opposition"


# --- RSA -----------------------------------------------------------------------------------------


@pytest.mark.documented("GUI 0537 v1.0.2 p. 6-11")
def test_what_the_search_tells(tiers: Tiers) -> None:
    tiers.order(C4, ("CDC", ("P1D", False), ("P1M", True)), "ENERGIE", "IDX")
    found = {service["mesuresTypeCode"]: service for service in tiers.services(C4)}
    assert {service["serviceSouscritCode"] for service in found.values()} == {"ACCES"}
    assert {code: service["mesuresPas"] for code, service in found.items()} == {
        "CDC": "PT5M",
        "ENERGIE": None,
        "IDX": "P1D",
    }
    courbe = found["CDC"]
    assert (courbe["soutirage"], courbe["injection"]) == (True, False)
    assert courbe["contratId"] == tiers.contrat_id
    assert courbe["contratLibelle"] == "Contrat Enedis-Tiers"
    assert courbe["motifFinLibelle"] is None
    assert [
        (option["periodiciteTransmission"], option["mesuresCorrigees"])
        for option in courbe["optionsPublication"]["optionPublication"]
    ] == [("P1D", False), ("P1M", True)]
    assert found["IDX"]["optionsPublication"] is None


@pytest.mark.documented("GUI 0537 v1.0.2 §4: nothing found is an empty message")
def test_nothing_is_found_without_a_block(tiers: Tiers) -> None:
    for prm in (C4, UNKNOWN):
        assert tiers.services(prm) == []


def test_the_search_of_another_s_contract_is_refused(tiers: Tiers) -> None:
    members = {"criteres": {"pointId": C5, "contratId": "999"}, "loginUtilisateur": tiers.login}
    assert tiers.code(RSA, **members) == "SGT471"
