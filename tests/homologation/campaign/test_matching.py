"""Recognising cases in what a client sent, on the real catalogue."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest
from campaign_samples import case as made_up
from campaign_samples import release as made_of
from exchange_samples import envelope, fault, journaled

from sge_sim.clock import PARIS
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.campaign.matching import AppelDuJournal, Observation, recognise
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.homologation.reports.etats import Statut

RELEASES = ("21.3", "22.1", "23.2", "23.4", "26.1")
MakeContext = Callable[[Release, Any], ContexteDeCas]


SUCCESS = envelope("reponse", {})


def seen(release: Release, case: Cas, request: Mapping[str, Any], answer: bytes) -> AppelDuJournal:
    instant = datetime.combine(release.reference, time(10), PARIS)
    return journaled(instant, case.service, case.version, envelope("demande", request), answer)


def expected_answer(case: Cas) -> bytes:
    wanted = case.attendu
    return SUCCESS if wanted.code is None else fault(wanted.code, wanted.libelle or "")


@pytest.fixture
def look(contexte_of: MakeContext) -> Callable[..., Observation]:
    """Sends the request of a case, changed at will, and returns what it was found to be."""

    def send(
        key: str,
        change: Callable[[dict[str, Any]], None] = lambda _: None,
        answer: bytes | None = None,
        release_name: str = "23.2",
        closed: tuple[str, ...] = (),
        defauts: bool = True,
    ) -> Observation:
        release = load_release(release_name)
        (case,) = release.find(key)
        request = materialise(case, contexte_of(release, release.reference))
        change(request)
        reply = expected_answer(case) if answer is None else answer
        return recognise(release, seen(release, case, request, reply), closed, defauts=defauts)

    return send


def test_a_campaign_says_which_planned_fault_struck_a_call(contexte_of: MakeContext) -> None:
    release = load_release("23.2")
    case = next(each for each in release.cas if each.attendu.code is None)
    request = materialise(case, contexte_of(release, release.reference))
    line = "Panne prévue n° 3 : erreur SOAP SGT500, appel 1."
    struck = replace(seen(release, case, request, fault("SGT500", "erreur")), panne=line)
    found = recognise(release, struck, defauts=False)
    assert line in found.explication
    assert found.issue == "perturbé"
    assert found.execution is not None
    assert found.execution.statut is Statut.PERTURBE
    assert line in found.execution.remarque
    assert line in found.execution.suivi["Remarques"]


@pytest.mark.parametrize("name", RELEASES)
def test_the_request_of_each_case_is_recognised_as_it(name: str, contexte_of: MakeContext) -> None:
    release = load_release(name)
    for case in release.cas:
        request = materialise(case, contexte_of(release, release.reference))
        found = recognise(release, seen(release, case, request, expected_answer(case)))
        explained = f"{found.cas} {found.explication}"
        assert case.cle in found.cas or case.cle in explained, f"{case.cle}: {explained}"


def test_a_wrong_consent_is_explained_by_the_name_of_the_contract(
    look: Callable[..., Observation],
) -> None:
    found = look("AHC-R1@C5", lambda request: request.update(autorisationClient=False))
    assert found.issue == "proche"
    assert found.cas == ("AHC-R1@C5",)
    assert found.explication == (
        "Le cas le plus proche est AHC-R1@C5. autorisationClient : attendu true, reçu false."
    )


def test_the_nearest_case_has_the_same_point_even_when_it_is_passed_already(
    look: Callable[..., Observation],
) -> None:
    found = look(
        "AHC-R1@C5",
        lambda request: request.update(autorisationClient=False),
        closed=("AHC-R1@C5",),
    )
    assert found.cas == ("AHC-R1@C5",)  # AHC-NR1@C1-C4 is as near, on another point


@pytest.mark.assumed("what a call was nearest to isn't changed by what was ticked since")
def test_the_nearest_case_is_the_same_before_and_after_a_tick(
    look: Callable[..., Observation],
) -> None:
    def change(request: dict[str, Any]) -> None:
        request.update(pointId="98600000000000")

    before = look("ADP-R1@C5", change)
    assert before.issue == "proche"
    assert look("ADP-R1@C5", change, closed=before.cas) == before


def test_several_differing_elements_are_all_named(look: Callable[..., Observation]) -> None:
    def change(request: dict[str, Any]) -> None:
        request["demande"].update(grandeurPhysique="PRC", pointId="25946599093143")

    found = look("CMD2-R2@C1-C4", change)
    assert {each.nom: each.recu for each in found.champs} == {
        "grandeurPhysique": "PRC",
        "pointId": "25946599093143",
    }


@pytest.mark.documented("catalogue SGE 21.3: login, contract and identity are the tester's own")
def test_what_is_of_the_testers_choice_does_not_count(look: Callable[..., Observation]) -> None:
    def change(request: dict[str, Any]) -> None:
        general = request["demande"]["donneesGenerales"]
        general.update(refExterne="42", initiateurLogin="autre@exemple.fr", contratId="9")
        general.update(refFrn="A", refFrnRegroupement="B", affaireLieeId="C")
        consent = request["demande"]["accesMesures"]["declarationAccordClient"]
        consent["personnePhysique"] = {"civilite": "Mme", "nom": "MICHU", "prenom": "Jeanne"}

    found = look("F300C_O1@C5", change, fault("SGT570"))
    assert (found.issue, found.cas) == ("coché", ("F300C_O1@C5",))


@pytest.mark.observed("clients send rechercheHorsPerimetre=false or leave it out")
def test_false_and_absent_are_the_same(look: Callable[..., Observation]) -> None:
    def change(request: dict[str, Any]) -> None:
        request["criteres"].pop("rechercheHorsPerimetre", None)
        request["criteres"]["categorieClientFinalCode"] = "RES"

    assert look("RP-NR2@C5", change).cas == ("RP-NR2@C5",)


def test_dates_of_ones_own_tick_a_case_if_its_answer_comes(
    look: Callable[..., Observation],
) -> None:
    def change(request: dict[str, Any]) -> None:
        request["demande"].update(dateDebut="2023-09-01", dateFin="2023-09-05")

    ticked = look("CMD2-NR1@C5", change)
    assert (ticked.issue, ticked.cas) == ("coché", ("CMD2-NR1@C5",))
    assert "dates" in ticked.explication
    refused = look("CMD2-NR1@C5", change, fault("SGT4K4"))
    assert refused.issue == "proche"
    assert {each.nom for each in refused.champs} == {"dateDebut", "dateFin"}


def test_the_right_request_with_the_wrong_answer_misses_its_case(
    look: Callable[..., Observation],
) -> None:
    found = look("ADP-NR1", answer=fault("SGT463", "autre"))
    assert (found.issue, found.cas) == ("non conforme", ("ADP-NR1",))
    assert "refus SGT401" in found.explication
    assert found.execution is not None
    assert found.execution.statut is Statut.ECHOUE


@pytest.mark.observed("23.2: SGT400 on the C2-C4")
def test_a_reply_that_is_ignored_is_told_apart_from_the_one_expected(
    look: Callable[..., Observation],
) -> None:
    ticked = look("F300B_O1@C2-C4", answer=fault("SGT400"))
    assert (ticked.issue, ticked.cas) == ("coché", ("F300B_O1@C2-C4",))
    assert ticked.explication == (
        "La réponse n'est pas celle attendue mais elle est admise. Enedis juge la demande seule. "
        "Écart connu : SGT400 (observé en 23.2)."
    )
    nominal = look("F300B_O1@C2-C4", answer=fault("SGT400"), defauts=False)
    assert (nominal.issue, nominal.cas) == ("non conforme", ("F300B_O1@C2-C4",))


@pytest.mark.documented("catalogue SGE 21.3: a good request alone homologates the C2-C4")
def test_a_refusal_of_the_request_misses_a_case_whose_reply_is_ignored(
    look: Callable[..., Observation],
) -> None:
    found = look("F375A-R1@C2-C4", answer=fault("SGT471"))
    assert (found.issue, found.cas) == ("non conforme", ("F375A-R1@C2-C4",))


def test_the_answer_decides_between_two_cases_of_one_request(
    look: Callable[..., Observation],
) -> None:
    refused = look("CMD3-NR2@C5", release_name="26.1")
    assert (refused.issue, refused.cas) == ("coché", ("CMD3-NR2@C5",))
    assert "CMD3-R6@C5" in refused.explication


def test_a_request_and_an_answer_that_fit_two_cases_are_ambiguous(
    look: Callable[..., Observation],
) -> None:
    found = look("CMD3-NR2@C5", release_name="26.1", answer=fault("SGT999"))
    assert found.issue == "ambigu"
    assert set(found.cas) == {"CMD3-R6@C5", "CMD3-NR2@C5"}
    assert found.execution is None


def test_of_two_cases_that_fit_the_open_one_is_taken(look: Callable[..., Observation]) -> None:
    found = look("CMD3-NR2@C5", release_name="26.1", answer=fault("SGT999"), closed=("CMD3-R6@C5",))
    assert found.cas == ("CMD3-NR2@C5",)


def test_a_version_without_a_case_is_out_of_the_catalogue(
    look: Callable[..., Observation],
) -> None:
    release = load_release("26.1")
    instant = datetime.combine(release.reference, time(10), PARIS)
    request = envelope("demande", {})
    old = journaled(instant, "ConsultationMesuresDetaillees", "2.0", request, SUCCESS)
    found = recognise(release, old)
    assert found.issue == "hors catalogue"
    assert "ConsultationMesuresDetaillees v2.0" in found.explication


def test_what_is_no_soap_request_is_out_of_the_catalogue() -> None:
    release = load_release("23.2")
    instant = datetime.combine(release.reference, time(10), PARIS)
    call = journaled(instant, "RecherchePoint", "2.0", b"coucou", SUCCESS)
    found = recognise(release, call)
    assert found.issue == "hors catalogue"


def sent(request: Mapping[str, Any], *cases: Cas, closed: tuple[str, ...] = ()) -> Observation:
    """What a request is found to be among made up cases."""
    release = made_of(*cases)
    return recognise(release, seen(release, cases[0], request, SUCCESS), closed)


@pytest.mark.assumed("consent has to be declared: leaving it out isn't refusing it")
@pytest.mark.parametrize("name", ["accord", "accordClient", "autorisationClient"])
def test_a_consent_left_out_is_not_a_consent_refused(name: str) -> None:
    refused = made_up("A-R1", requete={"pointId": "1", name: False})
    assert sent({"pointId": "1", name: False}, refused).issue == "coché"
    assert [str(each) for each in sent({"pointId": "1"}, refused).champs] == [
        f"{name} : attendu false, reçu absent"
    ]


def test_of_two_cases_as_near_the_first_is_told_whatever_is_ticked() -> None:
    first, second = (made_up(f"A-R{n}", requete={"pointId": "1", "a": f"{n}"}) for n in (1, 2))
    request = {"pointId": "1", "a": "3"}
    assert sent(request, first, second).cas == ("A-R1",)
    assert sent(request, first, second, closed=("A-R1",)).cas == ("A-R1",)
    assert sent(request, first, second, closed=("A-R2",)).cas == ("A-R1",)


@pytest.mark.documented("XML Schema: 1 and 0 are booleans as true and false are")
@pytest.mark.parametrize(("wanted", "written"), [(True, "1"), (False, "0")])
def test_a_boolean_may_be_a_digit(wanted: bool, written: str) -> None:
    boolean = made_up("A-R1", requete={"soutirage": wanted})
    assert sent({"soutirage": written}, boolean).issue == "coché"
    other = "1" if written == "0" else "0"
    assert sent({"soutirage": other}, boolean).issue == "proche"
    text = made_up("A-R1", requete={"soutirage": str(wanted).lower()})
    assert sent({"soutirage": written}, text).issue == "proche"


@pytest.mark.documented("GUI 0466 §2.3: an offset may follow a date")
@pytest.mark.parametrize("offset", ["", "Z", "+02:00"])
def test_the_offset_of_a_date_does_not_count(look: Callable[..., Observation], offset: str) -> None:
    def change(request: dict[str, Any]) -> None:
        for name in ("dateDebut", "dateFin"):
            request["demande"][name] = f"{request['demande'][name]}{offset}"

    found = look("CMD2-NR1@C5", change)
    assert (found.issue, found.cas, found.champs) == ("coché", ("CMD2-NR1@C5",), ())
