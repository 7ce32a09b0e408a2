"""CommandeTransmissionHistoriqueMesures through zeep on the real WSDL."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from codes_kit import check_obtained_codes, provenance_of
from orders_kit import C5, P1, TODAY, UNKNOWN, Orders, orders_simulator

from sge_sim.services.commande_transmission_historique_mesures.service import SERVICE
from sge_sim.soap.contract import ENVELOPE

C4 = "98800005144497"
COMMISSIONED_AGAIN, COMMISSIONED = "24210000001481", date(2025, 2, 3)
DAY = timedelta(days=1)
INDEX = {"mesureType": "IDX", "pasCdc": None}
OF_C4 = {"pasCdc": {"valeur": 10, "unite": "min"}, "client": {}}


@pytest.mark.observed("recorded orders, 2022")
@pytest.mark.parametrize(
    ("prm", "asked", "fiche", "option"),
    [
        (C5, {}, "F380", None),
        (C4, OF_C4, "F380", None),
        (C5, INDEX, "F385B", "F385BO2"),
        (C5, {"dateDebut": date(2023, 8, 1)}, "F380", None),
        (C5, {**INDEX, "dateDebut": date(2022, 8, 1)}, "F385B", "F385BO2"),
        (C4, {**OF_C4, "mesureCorrigee": True}, "F380", None),
    ],
)
def test_a_history_is_ordered(
    tiers: Orders, prm: str, asked: dict[str, Any], fiche: str, option: str | None
) -> None:
    answer = tiers.historique(prm, **asked)
    (prestation,) = answer["body"]["prestations"]["prestation"]
    assert (prestation["rang"], prestation["fiche"]["code"]) == (1, fiche)
    assert (prestation["option"] or {}).get("code") == option
    assert prestation["cas"] is None
    assert answer["body"]["affaireId"].startswith("A0")
    header = answer["header"]["acquittement"]
    assert header["resultat"]["code"] == "SGT200"
    assert header["infoFonctionnelles"] == {"pointId": prm, "affaireId": None}
    assert header["infoDemandeur"]["loginDemandeur"] == tiers.login


@pytest.mark.documented("GUI 0453 §1: meters that record a curve; V26.2: a SAPHIR is one")
def test_the_curve_of_a_saphir_is_ordered(tiers: Orders) -> None:
    assert tiers.historique("98800000000246", **OF_C4)["body"]["affaireId"]


@pytest.mark.documented("GUI 0453 §2: the sectors of a company")
@pytest.mark.parametrize("secteur", ["COLOC", "TERT", "INDUS", "AGRI"])
def test_a_company_of_each_sector_may_be_the_client(tiers: Orders, secteur: str) -> None:
    company = {"denominationSociale": "COGIP", "secteurActiviteCode": secteur}
    assert tiers.historique(C5, client={"personneMorale": company})["body"]["affaireId"]


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("SGT4L3", C5, {"general": {"initiateurLogin": "personne@exemple.fr"}}),
    ("SGT4L3", C5, {"general": {"initiateurLogin": "contact@tiers2.example.org"}}),
    ("SGT402", C5, {"general": {"initiateurLogin": "sans.droit@tiers1.example.org"}}),
    ("SGT471", C5, {"general": {"contratId": "9999999"}}),
    ("SGT472", C5, {"general": {"contratId": "1100391"}}),
    ("SGT473", C5, {"general": {"contratId": "1100017"}}),
    ("SGT402", UNKNOWN, {}),
    ("SGT4L4", C5, {"general": {"objetCode": "AME"}}),
    ("SGT4L4", C5, {"mesureType": "COURBE"}),
    ("SGT4L4", P1, OF_C4),
    ("SGT4K2", C5, {"accord": False}),
    ("SGT4K4", C5, {"dateDebut": TODAY}),
    ("SGT4K1", C5, {"dateFin": TODAY + DAY}),
    ("SGT4L8", C5, {"dateDebut": date(2023, 7, 31)}),
    ("SGT4L8", C5, {**INDEX, "dateDebut": date(2022, 7, 31)}),
    ("SGT4M2", "24210000000692", {}),
    ("SGT4M3", "24210000000918", {}),
    ("SGT4M1", "24210000000479", {}),
    ("SGT4M6", "24210000000704", {}),
    ("SGT4M7", "98610000001044", OF_C4),
    ("SGT4L1", "24210000001370", {}),
    ("SGT4N1", COMMISSIONED_AGAIN, {"dateFin": COMMISSIONED}),
    ("SGT4N1", COMMISSIONED_AGAIN, {**INDEX, "dateFin": COMMISSIONED}),
    ("SGT4M9", C4, {**INDEX, "client": {}}),
    ("SGT4M9", "24210000001920", INDEX),
    ("SGT4M8", "24210000001920", {}),
    ("SGT4M8", "98610000000255", OF_C4),
    ("SGT402", C5, {"mesureCorrigee": True}),
    ("SGT402", C5, {"client": {}}),
    ("SGT402", C5, {"client": {"personnePhysique": {"civilite": "Dr", "nom": "ROCHE"}}}),
    (
        "SGT402",
        C5,
        {"client": {"personneMorale": {"denominationSociale": "X", "secteurActiviteCode": "Z"}}},
    ),
    ("SGT402", C5, {"pasCdc": {"valeur": 10, "unite": "min"}}),
    ("SGT402", C5, {"pasCdc": {"valeur": 30, "unite": "h"}}),
    ("SGT402", C5, {"pasCdc": None}),
    ("SGT402", C4, {**OF_C4, "pasCdc": {"valeur": 30, "unite": "min"}}),
    ("SGT402", C5, {"mesureType": "IDX"}),
]


@pytest.mark.parametrize(
    ("code", "prm", "asked"),
    [pytest.param(*refused, marks=provenance_of(SERVICE.rules, refused[0])) for refused in REFUSED],
)
def test_an_order_of_history_is_refused(
    tiers: Orders, code: str, prm: str, asked: dict[str, Any]
) -> None:
    assert tiers.historique(prm, **asked) == code


@pytest.mark.observed("four clients insist on the header; the code is assumed")
def test_an_order_without_its_header_is_malformed(tiers: Orders) -> None:
    assert tiers.historique(C5, entete=False) == "SGT562"
    rule = tiers.simulator.admin("/api/journal", limit=1, service=SERVICE.nom)[0]["rule"]
    assert rule["name"] == "CommandeTransmissionHistoriqueMesures/entete_present"
    assert "enteteP" in rule["remede"]
    assert "il n'est pas sûr que la plateforme réelle l'exige" in rule["remede"]


@pytest.mark.assumed("a header in another namespace is none")
def test_a_header_in_another_namespace_is_told_beside_the_one_that_is_expected(
    tiers: Orders,
) -> None:
    path = "/CommandeTransmissionHistoriqueMesures/v1.0"
    body = (
        f'<Envelope xmlns="{ENVELOPE}"><Header><c:enteteP xmlns:c="urn:autre"/></Header><Body>'
        '<h:commanderTransmissionHistoriqueMesures xmlns="" xmlns:h="http://www.enedis.fr/sge/b2b/'
        'commandertransmissionhistoriquemesures/v1.0"><demande><donneesGenerales>'
        f"<objetCode>HDM</objetCode><contratId>{tiers.contrat_id}</contratId><pointId>{C5}</pointId>"
        f"<initiateurLogin>{tiers.login}</initiateurLogin></donneesGenerales><historiqueMesures>"
        "<dateDebut>2024-08-01</dateDebut><dateFin>2025-08-01</dateFin><declarationAccordClient>"
        "<accordClient>true</accordClient><personneMorale><denominationSociale>COGIP"
        "</denominationSociale></personneMorale></declarationAccordClient>"
        "<mesureType>IDX</mesureType><mesureCorrigee>false</mesureCorrigee></historiqueMesures>"
        "</demande></h:commanderTransmissionHistoriqueMesures></Body></Envelope>"
    )
    url = tiers.simulator.url + path
    tiers.simulator.session.post(url, body, headers={"Content-Type": "text/xml"}, timeout=10)
    exchange = tiers.simulator.admin("/api/journal", limit=1, service=SERVICE.nom)[0]
    assert exchange["rule"]["name"] == "CommandeTransmissionHistoriqueMesures/entete_present"
    assert "En-tête reçu, et ignoré : {urn:autre}enteteP." in exchange["detail"]
    assert "{http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc}enteteP" in exchange["detail"]


@pytest.mark.observed("four clients insist on the header; the code is assumed")
def test_the_real_platform_wants_the_header_whatever_the_setting(tmp_path: Path) -> None:
    options = ("--no-entete-historique-required", "--profile", "fidele")
    with orders_simulator(tmp_path, *options) as orders:
        assert orders.historique(C5, entete=False) == "SGT562"


@pytest.mark.assumed("a tiers orders under a contract Enedis-Tiers")
def test_sgt4m5_contract_of_the_wrong_type(tiers: Orders) -> None:
    tiers.simulator.execute(
        "INSERT INTO contrat (contrat_id, acteur_code, type, date_debut) VALUES (?, ?, ?, ?)",
        *("1199999", "TIERS1", "GRD-F", "2015-01-01"),
    )
    assert tiers.historique(C5, {"contratId": "1199999"}) == "SGT4M5"


@pytest.mark.documented("GUI 0453: the person is ignored on C1-C4")
def test_a_c4_needs_no_person_and_looks_at_none(tiers: Orders) -> None:
    odd = {"personnePhysique": {"civilite": "Dr", "nom": "ROCHE"}}
    assert tiers.historique(C4, **{**OF_C4, "client": odd})["body"]["affaireId"]


@pytest.mark.observed("2022: cut at the last commissioning, without error")
def test_a_period_before_the_last_commissioning_is_accepted(tiers: Orders) -> None:
    assert tiers.historique(COMMISSIONED_AGAIN)["body"]["affaireId"]
    day_one = {"dateFin": COMMISSIONED + DAY}
    assert tiers.historique(COMMISSIONED_AGAIN, **day_one)["body"]["affaireId"]


@pytest.mark.documented("GUI 0453 §2, AX.0466, GUI 0466 §2.4: where settings ask for it")
def test_what_is_cut_or_empty_is_refused_and_the_header_left_out_on_demand(tmp_path: Path) -> None:
    options = ("--historique-refused", "--no-entete-historique-required")
    with orders_simulator(tmp_path, *options) as orders:
        assert orders.historique(C4, **OF_C4, entete=False)["body"]["affaireId"]
        assert orders.historique(COMMISSIONED_AGAIN) == "SGT4N1"
        since = {"dateDebut": COMMISSIONED}
        assert orders.historique(COMMISSIONED_AGAIN, **since)["body"]["affaireId"]

        assert orders.historique(C5) == "SGT4L9"
        assert orders.historique(C5, **INDEX)["body"]["affaireId"]
        assert orders.historique(C4, **OF_C4)["body"]["affaireId"]
        june, july = date(2025, 6, 1), date(2025, 7, 1)
        orders.simulator.command("points", "set", C5, "--collecte", f"{june}..{july}")
        assert orders.historique(C5, dateFin=june) == "SGT4L9"
        assert orders.historique(C5, dateDebut=july) == "SGT4L9"
        assert orders.historique(C5, dateFin=june + DAY)["body"]["affaireId"]
        assert orders.historique(C5, dateDebut=july - DAY)["body"]["affaireId"]


@pytest.mark.assumed("in production a package has to be homologated")
def test_sgt402_in_production_without_homologation(tmp_path: Path) -> None:
    with orders_simulator(tmp_path, "--environment", "production") as orders:
        assert orders.historique(C5)["body"]["affaireId"]
        orders.simulator.execute(
            "DELETE FROM habilitation WHERE package = 'historique' AND acteur_code = 'TIERS1'"
        )
        assert orders.historique(C5) == "SGT402"


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
