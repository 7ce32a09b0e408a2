"""Holding answers against what the catalogue expects."""

import pytest
from catalogue_samples import SERVICES_SOUSCRITS

from sge_sim.homologation.catalogue.answer_paths import Chemin
from sge_sim.homologation.catalogue.cases import Assertion, Attendu
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.jugement.evaluation import evaluate, known_deviation, same_libelle
from sge_sim.homologation.reports.rapport import Constat

ANSWER = {"affaireId": "M02SXITK", "unite": ["W", "W"], "mesure": [{"v": 1}, {"v": 2}], "non": None}


@pytest.mark.parametrize(
    ("assertion", "good", "found"),
    [
        (Assertion(Chemin("affaireId"), "present"), True, ""),
        (Assertion(Chemin("non"), "present"), False, "rien"),
        (Assertion(Chemin("non"), "absent"), True, ""),
        (Assertion(Chemin("mesure"), "absent"), False, "2 trouvés"),
        (Assertion(Chemin("affaireId"), "absent"), False, "1 trouvé"),
        (Assertion(Chemin("unite"), "egal", ("W",)), True, ""),
        (Assertion(Chemin("mesure/v"), "egal", ("1",)), False, "2"),
        (Assertion(Chemin("non"), "egal", ("1",)), False, "rien"),
        (Assertion(Chemin("mesure/v"), "parmi", ("1", "2", "3")), True, ""),
        (Assertion(Chemin("mesure/v"), "parmi", ("1",)), False, "2"),
        (Assertion(Chemin("non"), "parmi", ("1",)), True, ""),
        (Assertion(Chemin("mesure"), "compte", (), 2, 2), True, ""),
        (Assertion(Chemin("mesure"), "compte", (), 1, None), True, ""),
        (Assertion(Chemin("mesure"), "compte", (), 3, None), False, "2 trouvés"),
        (Assertion(Chemin("mesure"), "compte", (), 0, 1), False, "2 trouvés"),
    ],
    ids=str,
)
def test_each_operation_judges_the_values_at_its_path(
    assertion: Assertion, good: bool, found: str
) -> None:
    succes, constat = evaluate(Attendu(None, assertions=(assertion,)), ANSWER)
    assert succes == Constat("succès", True)
    assert constat == Constat(str(assertion), good, found)


def test_a_long_list_of_wrong_values_is_cut() -> None:
    answer = {"v": [str(value) for value in range(1000)]}
    wanted = Attendu(None, assertions=(Assertion(Chemin("v"), "egal", ("x",)),))
    assert len(evaluate(wanted, answer)[1].trouve) == 80


def test_a_success_where_a_refusal_was_expected_fails() -> None:
    (constat,) = evaluate(Attendu("SGT566", "Ce service nécessite l'accord du client."), ANSWER)
    assert constat == Constat("refus SGT566", False, "la demande a été acceptée")


def test_a_refusal_where_a_success_was_expected_fails() -> None:
    (constat,) = evaluate(
        Attendu(None), RefusRecu("SGT400", "Une erreur fonctionnelle est survenue.")
    )
    refusal = "refus SGT400 « Une erreur fonctionnelle est survenue. »"
    assert constat == Constat("succès", False, refusal)


@pytest.mark.documented("catalogue 21.3: SGT570 is a good end of an order")
def test_an_accepted_refusal_is_as_good_as_a_success() -> None:
    (constat,) = evaluate(Attendu(None, acceptes=("SGT570",)), RefusRecu("SGT570", "Déjà actif."))
    assert constat.reussi


@pytest.mark.observed("2022: live labels mix apostrophes and final dots")
@pytest.mark.parametrize(
    "libelle", ["L’accord du client", "L'accord  du client.", "L'accord du client ."]
)
def test_libelles_are_the_same_but_for_apostrophes_spaces_and_the_final_dot(libelle: str) -> None:
    assert same_libelle("L'accord du client", libelle)


def test_labels_that_differ_by_a_word_are_not_the_same() -> None:
    assert not same_libelle("Ce service nécessite l'accord", "Ce service nécessite un accord")


def test_code_and_label_of_a_refusal_are_told_apart() -> None:
    wanted = Attendu("SGT566", "Ce service nécessite l'accord du client.")
    verdicts = {
        RefusRecu("SGT566", "Ce service nécessite l’accord du client"): [True, True],
        RefusRecu("SGT566", "Non."): [True, False],
        RefusRecu("SGT500", "Une erreur technique est survenue"): [False, False],
        RefusRecu(None): [False, False],
    }
    for refus, expected in verdicts.items():
        assert [constat.reussi for constat in evaluate(wanted, refus)] == expected


@pytest.mark.assumed("no official label is known for SGT211")
def test_a_label_that_is_only_supposed_is_not_compared() -> None:
    (case,) = load_release("26.1").find("CMD3-NR2")
    (constat,) = evaluate(case.attendu, RefusRecu("SGT211", "Un autre libellé"))
    assert constat.reussi


@pytest.mark.observed("23.2: RecherchePoint answers nothing, the access service is not told apart")
def test_what_the_real_platform_was_seen_to_answer_is_recognised() -> None:
    release = load_release("23.2")
    (search,), (index,) = release.find("RP-R2"), release.find("CMD3-R6@C5")
    empty = known_deviation(search, {"points": None})
    assert empty is not None
    assert empty.source == "observé en 23.2"
    assert known_deviation(search, {"points": {"point": [{"id": "1"}]}}) is None
    assert known_deviation(index, RefusRecu("SGT4G3")) is not None
    assert known_deviation(index, RefusRecu("SGT500")) is None
    assert known_deviation(index, RefusRecu(None)) is None


@pytest.mark.documented("catalogue 21.3 and GUI 0475: own services on the point, or nothing")
def test_a_search_of_services_is_good_empty_or_with_services_of_the_point() -> None:
    (case,) = load_release("21.3").find("RS-R1@C5")

    def is_good(answer: dict[str, object]) -> bool:
        return all(each.reussi for each in evaluate(case.attendu, answer))

    elsewhere = {"pointId": "25946599093143", "etatCode": "ACTIF"}
    assert is_good({})
    assert is_good(SERVICES_SOUSCRITS)
    assert not is_good({"servicesSouscritsMesures": {"serviceSouscritMesures": [elsewhere]}})


@pytest.mark.documented("ICS filtering rules v1.0.0")
def test_the_authorised_and_the_filtered_view_of_a_point_are_told_apart() -> None:
    full = {
        "point": {
            "id": "25946599093143",
            "donneesGenerales": {"etatContractuel": {"code": "SERVC"}, "segment": {"code": "C5"}},
            "situationContractuelle": {"structureTarifaire": {"calendrierFrn": None}},
        }
    }
    filtered = {
        "point": {
            "id": "25946599093143",
            "donneesGenerales": {"etatContractuel": {"code": "SERVC"}, "segment": None},
            "situationContractuelle": None,
        }
    }
    release = load_release("21.3")
    for name, answer, good in [
        ("ADP-R1@C5", full, True),
        ("ADP-R1@C5", filtered, False),
        ("ADP-R2@C5", filtered, True),
        ("ADP-R2@C5", full, False),
    ]:
        (case,) = release.find(name)
        assert all(each.reussi for each in evaluate(case.attendu, answer)) == good, name
