"""RecherchePoint through zeep on the real WSDL; each answer is valid against the real schema."""

from typing import Any

import pytest
import zeep
from codes_kit import check_obtained_codes, provenance_of
from lxml import etree
from real_clients import ZeepCaller, real_contracts, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.services.recherche_point.service import SERVICE

PATH = "/RecherchePoint/v2.0"
CUCURON = {"codePostal": "84160", "codeInseeCommune": "84042"}
AIX = {"codePostal": "13100", "codeInseeCommune": "13001"}
ROQUEBRUNE = {"codePostal": "83380", "codeInseeCommune": "83107"}
RUE_DE_LA_MER = {"numeroEtNomVoie": "1 RUE DE LA MER", **CUCURON}
RESILIE = {"numeroEtNomVoie": "133 CHEMIN DE LA COLLINE", **ROQUEBRUNE}
ROMIGUIERES = {"codePostal": "34650", "codeInseeCommune": "34231"}
BEING_TERMINATED = {"numeroEtNomVoie": "119 ROUTE DE LA FORET", **ROMIGUIERES}
PRO, RES = {"categorieClientFinalCode": "PRO"}, {"categorieClientFinalCode": "RES"}
OUTSIDE = {"rechercheHorsPerimetre": True}


@pytest.fixture(scope="module")
def tiers(simulator: RunningSimulator) -> ZeepCaller:
    return ZeepCaller(simulator, PATH)


@pytest.fixture(scope="module")
def fournisseur(simulator: RunningSimulator) -> ZeepCaller:
    return ZeepCaller(simulator, PATH, kind="fournisseur")


def search(caller: ZeepCaller, adresse: dict[str, str] | None = None, **others: Any) -> list[Any]:
    criteres = {**({"adresseInstallation": adresse} if adresse else {}), **others}
    answer = caller(criteres=criteres, loginUtilisateur="homologation@tiers1.example.org")
    points = answer.body.points if hasattr(answer, "body") else answer
    return [] if points is None else list(points.point)


def refused(caller: ZeepCaller, adresse: dict[str, str] | None = None, **others: Any) -> str:
    with pytest.raises(zeep.exceptions.Fault) as refusal:
        search(caller, adresse, **others)
    return refusal_of(refusal.value)[0]


def named(nom: str) -> dict[str, str]:
    return {"nomClientFinalOuDenominationSociale": nom}


@pytest.mark.documented("OFF RP-R1, all releases")
@pytest.mark.parametrize(
    ("commune", "domaine", "categorie"),
    [
        ({"codePostal": "75001", "codeInseeCommune": "75101"}, "HTA", "PRO"),
        ({"codePostal": "40280", "codeInseeCommune": "40281"}, "HTA", "PRO"),
        (ROMIGUIERES, "BTINF", "RES"),
    ],
)
def test_commune_domain_and_category_find_under_200_points(
    tiers: ZeepCaller, commune: dict[str, str], domaine: str, categorie: str
) -> None:
    found = search(
        tiers, commune, domaineTensionAlimentationCode=domaine, categorieClientFinalCode=categorie
    )
    assert 0 < len(found) < 200
    assert [point.id for point in found] == sorted(point.id for point in found)


@pytest.mark.documented("OFF RP-R2; GUI 0427: contains, whatever the case")
@pytest.mark.parametrize("nom", ["TEST", "test", "est"])
def test_outside_the_perimeter_the_only_point_is_found_without_its_client(
    tiers: ZeepCaller, nom: str
) -> None:
    (point,) = search(tiers, RUE_DE_LA_MER, **named(nom), **OUTSIDE)
    assert point.id == "24210000000255"
    assert point.adresseInstallationNormalisee.ligne4 == "1 RUE DE LA MER"
    assert point.adresseInstallationNormalisee.ligne6 == "84160 CUCURON"
    assert point.etatContractuel.code == "SERVC"
    assert point.nomClientFinalOuDenominationSociale is None
    assert len(point.matricule) == 1
    assert not point.numeroSerie


@pytest.mark.documented("GUI 0427: no match is a success without points")
def test_nothing_found_is_an_empty_success(tiers: ZeepCaller) -> None:
    assert search(tiers, {"numeroEtNomVoie": "999 RUE ABSENTE", **CUCURON}) == []


NAME = "UPDATE point SET nom_client_final = ?, recherche_nom = ? WHERE prm = ?"
STATE = "UPDATE point SET etat_contractuel = ? WHERE prm = ?"
TEST, TESSIER = "24210000000255", "24210000005197"


@pytest.mark.assumed("RP-R3 since 22.1, as a client read the catalogue: several PRM")
def test_outside_the_perimeter_a_part_of_a_name_finds_all_who_bear_it(tiers: ZeepCaller) -> None:
    found = search(tiers, RUE_DE_LA_MER, **named("TES"), **OUTSIDE)
    assert [point.id for point in found] == sorted((TEST, TESSIER))
    assert all(point.nomClientFinalOuDenominationSociale is None for point in found)


@pytest.mark.documented("GUI 0427 §3.2: a point is returned if it is unique")
def test_outside_the_perimeter_a_whole_name_of_two_clients_gives_nothing(
    simulator: RunningSimulator, tiers: ZeepCaller
) -> None:
    simulator.execute(NAME, "TEST", "TEST", TESSIER)
    try:
        assert search(tiers, RUE_DE_LA_MER, **OUTSIDE, **named("TEST")) == []
    finally:
        simulator.execute(NAME, "TESSIER", "TESSIER", TESSIER)


@pytest.mark.documented("GUI 0427 v1.2.0 p.12: outside the perimeter, a point in service")
@pytest.mark.parametrize("etat", ["RESIL", "IMPRO", "INACCE", "ECRAC"])
def test_outside_the_perimeter_only_points_in_service_are_found(
    simulator: RunningSimulator, tiers: ZeepCaller, etat: str
) -> None:
    simulator.execute(STATE, etat, TEST)
    try:
        assert search(tiers, RUE_DE_LA_MER, **OUTSIDE, **named("TEST")) == []
    finally:
        simulator.execute(STATE, "SERVC", TEST)


@pytest.mark.documented("GUI 0427 §3.2, case A")
def test_tiers_sees_only_points_out_of_service_and_their_client(tiers: ZeepCaller) -> None:
    (point,) = search(tiers, RESILIE, **named("leroux"))
    assert point.etatContractuel.code == "RESIL"
    assert point.nomClientFinalOuDenominationSociale == "LEROUX AGATHE"
    assert search(tiers, RUE_DE_LA_MER, **named("TEST")) == []


@pytest.mark.documented("GUI 0427 §3.2, case A")
def test_siret_alone_is_allowed_and_hides_points_in_service(
    tiers: ZeepCaller, fournisseur: ZeepCaller
) -> None:
    own_siret = "00055176218885"  # a point in service of the default supplier
    assert search(tiers, numSiret=own_siret) == []
    (point,) = search(fournisseur, numSiret=own_siret)
    assert point.id == "24210000002494"
    assert point.nomClientFinalOuDenominationSociale == "IMPRIMERIE GIRARD"
    foreign_siret = "00002565036007"  # a point in service of another supplier
    assert search(fournisseur, numSiret=foreign_siret) == []


@pytest.mark.documented("GUI 0427 §3.2, case B, and §4")
def test_without_client_data_all_points_show_and_names_only_where_allowed(
    tiers: ZeepCaller, fournisseur: ZeepCaller
) -> None:
    for caller in (tiers, fournisseur):
        found = search(caller, CUCURON, domaineTensionAlimentationCode="HTA")
        assert {point.etatContractuel.code for point in found} >= {"SERVC"}
        for point in found:
            if point.etatContractuel.code in ("SERVC", "ECRES") and caller is tiers:
                assert point.nomClientFinalOuDenominationSociale is None
            assert not point.matricule
            assert point.numeroSerie
    (own,) = search(fournisseur, {"numeroEtNomVoie": "3 IMPASSE DU VERGER", **CUCURON})
    assert own.nomClientFinalOuDenominationSociale == "IMPRIMERIE GIRARD"


@pytest.mark.documented("GUI 0427 §4: in service, the name shows to the incumbent supplier alone")
def test_a_supplier_sees_no_name_on_the_point_of_another(fournisseur: ZeepCaller) -> None:
    point, _neighbour = search(fournisseur, RUE_DE_LA_MER)
    assert (point.id, point.etatContractuel.code) == ("24210000000255", "SERVC")
    assert point.nomClientFinalOuDenominationSociale is None


@pytest.mark.documented("GUI 0427 §4: being terminated is in service, and the name is hidden")
def test_tiers_sees_no_name_on_a_point_being_terminated(tiers: ZeepCaller) -> None:
    (point,) = search(tiers, BEING_TERMINATED)
    assert (point.id, point.etatContractuel.code) == ("24210000000580", "ECRES")
    assert point.nomClientFinalOuDenominationSociale is None


@pytest.mark.assumed("the meters that were taken away aren't told")
def test_a_point_whose_meter_was_replaced_shows_one_number(
    simulator: RunningSimulator, tiers: ZeepCaller
) -> None:
    replaced, removed = "24210000003060", "prm = ? AND date_depose IS NOT NULL"
    simulator.execute(f"UPDATE compteur SET matricule = '1' WHERE {removed}", replaced)
    try:
        found = search(tiers, {"numeroEtNomVoie": "149 CHEMIN DU PUITS", **AIX})
    finally:
        simulator.execute(f"UPDATE compteur SET matricule = NULL WHERE {removed}", replaced)
    (point,) = (point for point in found if point.id == replaced)
    assert point.matricule == ["578232860290"]


@pytest.mark.assumed("a P4 is of the size of a C5: its meter has a matricule")
def test_p4_answers_its_matricule(tiers: ZeepCaller) -> None:
    (point,) = search(tiers, {"numeroEtNomVoie": "172 CHEMIN DU PUITS", **CUCURON})
    assert point.id == "24210000002821"
    assert len(point.matricule) == 1
    assert not point.numeroSerie


OF_CUCURON, AT_THE_SEA = {"codeInseeCommune": "84042"}, {"numeroEtNomVoie": "1 RUE DE LA MER"}
SIRET = {"numSiret": "00040477212266"}
REFUSED: list[tuple[str, dict[str, str] | None, dict[str, Any]]] = [
    # Above 200 the whole search fails.
    ("SGT4F8", {"codePostal": "40280", "codeInseeCommune": "40281"}, PRO),
    ("SGT4F8", AIX, PRO),
    ("SGT4F8", CUCURON, RES),
    ("SGT4F8", ROMIGUIERES, RES),
    ("SGT4F7", CUCURON, {}),
    ("SGT4F7", {**OF_CUCURON, **AT_THE_SEA}, {}),
    ("SGT4F7", {"codePostal": "84160", **AT_THE_SEA}, {}),
    ("SGT4F7", OF_CUCURON, SIRET),
    ("SGT4F7", AT_THE_SEA, SIRET),
    ("SGT4F7", {**CUCURON, "batiment": "B", "lieuDit": "LES PINS"}, {}),
    ("SGT4F7", None, {"matriculeOuNumeroSerie": "551468422669"}),
    ("SGT4F7", None, named("TEST")),
    ("SGT4F7", RUE_DE_LA_MER, OUTSIDE),
    ("SGT4F7", CUCURON, {**OUTSIDE, **named("TEST")}),
    # Three characters, as searches compare them: accents and punctuation gone.
    ("SGT4F10", RUE_DE_LA_MER, {**OUTSIDE, **named("TE")}),
    ("SGT4F10", RUE_DE_LA_MER, {**OUTSIDE, **named(".T.")}),
    ("SGT432", {"codePostal": "99999", **OF_CUCURON, **AT_THE_SEA}, {}),
    ("SGT4F6", {"codePostal": "84160", "codeInseeCommune": "13001", **AT_THE_SEA}, {}),
]


@pytest.mark.parametrize(
    ("code", "adresse", "others"),
    [pytest.param(*each, marks=provenance_of(SERVICE.rules, each[0])) for each in REFUSED],
)
def test_a_search_is_refused(
    tiers: ZeepCaller, code: str, adresse: dict[str, str] | None, others: dict[str, Any]
) -> None:
    assert refused(tiers, adresse, **others) == code


@pytest.mark.assumed("a name counts as searches compare it")
def test_a_name_of_two_initials_is_long_enough(tiers: ZeepCaller) -> None:
    assert search(tiers, RUE_DE_LA_MER, **named("T.E"), **OUTSIDE) == []


@pytest.mark.documented("GUI 0427 §2: a SIRET alone, or with other criteria")
def test_a_siret_may_come_with_a_whole_address(tiers: ZeepCaller) -> None:
    assert search(tiers, AIX, **SIRET) == []
    (point,) = search(tiers, CUCURON, **SIRET)
    assert point.id == "98610000000367"


def test_journal_tells_the_rule_and_what_would_have_passed(
    simulator: RunningSimulator, tiers: ZeepCaller
) -> None:
    assert refused(tiers, CUCURON) == "SGT4F7"
    exchange = simulator.admin("/api/journal", code="SGT4F7", limit=1)[0]
    assert exchange["service"] == "RecherchePoint"
    assert exchange["acteur"] == "TIERS1"
    assert exchange["rule"]["name"] == "RecherchePoint/criteres_suffisants"
    assert exchange["rule"]["source"].startswith("GUI 0427")
    assert exchange["rule"]["provenance"] == "documented"
    assert "SIRET" in exchange["rule"]["remede"]


def test_suds_reads_the_typed_answer(simulator: RunningSimulator) -> None:
    client = suds_client(simulator, PATH)
    namespace = etree.QName(real_contracts()[PATH].request).namespace
    criteres = client.factory.create(f"{{{namespace}}}CriteresType")
    # suds makes empty optional elements, which the schema refuses: its users take them away.
    for name in [name for name, _ in criteres]:
        delattr(criteres, name)
    criteres.numSiret = "00040477212266"
    answer = client.service.rechercherPoint(criteres, simulator.login)
    (point,) = answer.point
    assert point._id == "98610000000367"
    assert point.etatContractuel._code == "RESIL"


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
