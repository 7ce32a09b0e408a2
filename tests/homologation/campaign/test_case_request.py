"""Requests filled in for a day: valid against the contract, and inside or outside the limits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zeep
from catalogue_samples import SERVICES_SOUSCRITS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from sge_sim.clock import add_months
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.case_request import (
    ContexteDeCas,
    expected_request,
    materialise,
    with_any_value,
)
from sge_sim.homologation.catalogue.answer_paths import as_text, mapped
from sge_sim.homologation.catalogue.cases import Cas, Emprunt, Requete
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release, list_releases, load_release
from sge_sim.homologation.client.messages import request_header
from sge_sim.homologation.client.sge_client import Cible, SgeClient
from sge_sim.machine.files import data_path
from sge_sim.services.registry import BY_PATH
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.contract import Contract, load_contracts

REPERES = reperes_of_sge("a@b.fr", "1")
RELEASES = [load_release(name) for name in list_releases()]
MakeContexte = Callable[[Release, date], ContexteDeCas]
EVERY_DAY = st.dates(date(2018, 1, 1), date(2040, 1, 1))
LEAP_DAY, SPRING, AUTUMN = date(2024, 2, 29), date(2025, 3, 30), date(2025, 10, 26)
# Each example fills in every case of every release; the fixture keeps nothing between examples.
EVERY_CASE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts(data_path("wsdl"))


def element(name: str, value: Any) -> Iterator[etree._Element]:
    """Spell a value as the children of a message, in the order of the mapping."""
    for each in value if isinstance(value, list) else [value]:
        node = etree.Element(name)
        if isinstance(each, dict):
            for child, content in each.items():
                node.extend(element(child, content))
        else:
            node.text = as_text(each)
        yield node


def runs() -> list[Any]:
    return [
        pytest.param(release, case, id=f"{release.nom}-{case.cle}")
        for release in RELEASES
        for case in release.cas
    ]


@pytest.mark.parametrize(("release", "case"), runs())
def test_every_request_is_valid_against_the_contract(
    release: Release, case: Cas, contracts: dict[str, Contract], contexte_of: MakeContexte
) -> None:
    contexte = contexte_of(release, release.reference)
    for demande in (*case.preparation, case):
        contract = contracts[f"/{demande.service}/v{demande.version}"]
        (message,) = element(contract.request, materialise(demande, contexte))
        assert contract.first_mistake(message) is None


@pytest.fixture(scope="module")
def answers(contracts: dict[str, Contract]) -> dict[str, Any]:
    """The types of the response elements, by path, as zeep reads them."""
    found = {}
    for path, contract in contracts.items():
        client = zeep.Client(str(contract.source))
        found[path] = client.get_element(contract.response).type
        client.transport.session.close()
    return found


def names_of(kind: Any) -> dict[str, Any]:
    """Return the types of the children and attributes of a type, by name."""
    if not isinstance(kind, zeep.xsd.ComplexType):
        return {}
    children = {name: child.type for name, child in kind.elements}
    return children | {f"@{name}": attribute.type for name, attribute in kind.attributes}


def borrowed(requete: Requete) -> Iterator[Emprunt]:
    for value in requete.values():
        if isinstance(value, Emprunt):
            yield value
        elif isinstance(value, dict):
            yield from borrowed(value)


def test_every_case_is_written_as_zeep_writes_it(contracts: dict[str, Contract]) -> None:
    """Header included; the same request isn't written again for each release that has it."""
    whose = "moi@exemple.fr", "1"
    cible = Cible("https://localhost", Path("none"), Path("none"), *whose)
    client = SgeClient(cible)
    own = {
        (case.service, case.version, str(case.requete)): (release, case)
        for release in RELEASES
        for case in release.cas
    }
    assert len(own) > 100
    for release, case in own.values():
        contract = contracts[f"/{case.service}/v{case.version}"]
        contexte = ContexteDeCas(LEAP_DAY, reperes_of_sge(*whose), release.decalage(LEAP_DAY))
        demande = materialise(replace(case, requete=with_any_value(case.requete)), contexte)
        of_service = client.service_client(case.service, case.version)
        header = request_header(contract, demande, whose[0])
        assert (header is not None) == BY_PATH[contract.path].needs_header
        envelope = of_service.create_message(
            of_service.service,
            contract.operation,
            **mapped(demande, lambda value: as_text(value) if isinstance(value, bool) else value),
            _soapheaders=None if header is None else [header],
        )
        etree.indent(envelope)
        written = expected_request(release, case, LEAP_DAY, *whose)
        assert written == etree.tostring(envelope, encoding="unicode"), case.cle
        if header is not None:
            assert contract.first_mistake(etree.fromstring(written)[0][0]) is None


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.nom)
def test_every_path_names_elements_of_the_contract(
    release: Release, answers: dict[str, Any]
) -> None:
    def check(path: str, noms: tuple[str, ...], where: str) -> None:
        kind = answers[path]
        if noms == ("texte",):
            assert not isinstance(kind, zeep.xsd.ComplexType), where
            return
        for nom in noms:
            assert nom in names_of(kind), where
            kind = names_of(kind)[nom]

    for case in release.cas:
        for assertion in case.attendu.assertions:
            check(
                f"/{case.service}/v{case.version}",
                assertion.chemin.noms,
                f"{case.cle}: {assertion.chemin.texte}",
            )
        for emprunt in borrowed(case.requete):
            search = "/RechercheServicesSouscritsMesures/v1.0"
            check(search, emprunt.chemin.noms, f"{case.cle}: {emprunt.chemin.texte}")


@pytest.mark.documented("AX.0466 v1.5.0")
def test_expected_labels_are_those_of_the_annex_of_codes() -> None:
    for release in RELEASES:
        for case in release.cas:
            if case.attendu.code and case.attendu.libelle_certain:
                assert case.attendu.libelle == LIBELLES_CODES[case.attendu.code], case.cle


def window(demande: dict[str, Any]) -> tuple[str, date, date] | None:
    """Return the kind, start and excluded end of the measures that a request asks for."""
    body = demande.get("demande", {})
    history = body.get("historiqueMesures", {})
    if "dateDebut" in body:
        return body.get("mesuresTypeCode", ""), body["dateDebut"], body["dateFin"]
    if history:
        return history["mesureType"], history["dateDebut"], history["dateFin"]
    return None


def is_served(demande: dict[str, Any], today: date) -> bool:
    """Tell whether the window obeys the limits of the services (GUI 0488, GUI 0453, GUI 0502)."""
    found = window(demande)
    if found is None:
        return True
    kind, start, end = found
    depth = 24 if kind in ("COURBE", "COURBES", "CDC") else 36
    short = kind != "COURBE" or (end - start).days <= 7
    return short and start < end <= today and start >= add_months(today, -depth)


@pytest.mark.documented("GUI 0488, GUI 0453, GUI 0502: 7 days, 24 and 36 months")
@EVERY_CASE
@given(today=EVERY_DAY)
@example(today=LEAP_DAY)
@example(today=SPRING)
@example(today=AUTUMN)
@example(today=date(2021, 6, 21))
@example(today=date(2022, 1, 1))
@example(today=date(2022, 3, 1))
@example(today=date(2024, 4, 1))
@example(today=date(2027, 3, 15))
def test_on_any_day_windows_break_a_limit_where_the_case_is_about_it_and_nowhere_else(
    today: date, contexte_of: MakeContexte
) -> None:
    wrong = {"CMD2-NR1", "CMD3-NR1", "F380-NR1", "F385B-NR1"}
    wrong |= {"MFI-GK-NR1", "MFI-GK-NR2", "MFA-GK-NR1"}
    for release in RELEASES:
        contexte = contexte_of(release, today)
        for case in release.cas:
            demande = materialise(case, contexte)
            assert is_served(demande, today) == (case.id not in wrong), (release.nom, case.cle)


@pytest.mark.documented("GUI 0469: on C5 from today, one year at most")
@EVERY_CASE
@given(today=EVERY_DAY)
@example(today=LEAP_DAY)
@example(today=SPRING)
@example(today=AUTUMN)
def test_on_any_day_orders_start_and_end_as_their_case_wants(
    today: date, contexte_of: MakeContexte
) -> None:
    ends = {}
    for case in RELEASES[0].cas:
        order = materialise(case, contexte_of(RELEASES[0], today)).get("demande", {})
        if "accesMesures" in order:
            start, end = (order["accesMesures"][name] for name in ("dateDebut", "dateFin"))
            ends[case.id] = end
            assert (start == today) == (case.id != "F300B_O2-NR")
            assert start >= today
            assert (end > add_months(today, 12)) == (case.id == "F300C_O1-NR")
    assert ends["F305C"] > ends["F305"]


@EVERY_CASE
@given(today=EVERY_DAY)
@example(today=LEAP_DAY)
@example(today=SPRING)
@example(today=AUTUMN)
def test_shifted_windows_keep_their_length_and_their_distance_to_today(today: date) -> None:
    for release in RELEASES:
        if today in release.dates_originales:
            continue
        shift = release.decalage(today)
        listed = ContexteDeCas(release.reference, REPERES)
        shifted = ContexteDeCas(today, REPERES, shift)
        for case in release.cas:
            if case.service != "ConsultationMesuresDetaillees":
                continue
            before, after = (window(materialise(case, each)) for each in (listed, shifted))
            assert before is not None
            assert after is not None
            for old, new in zip(before[1:], after[1:], strict=True):
                assert new - today == old - release.reference
            assert after[2] - after[1] == before[2] - before[1]


@pytest.mark.documented("GUI 0488: 24 months back for a curve, 36 for the rest")
@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.nom)
def test_the_last_day_of_original_dates_is_the_last_one_that_serves_them(release: Release) -> None:
    def starts_inside(today: date) -> bool:
        contexte = ContexteDeCas(today, REPERES)
        windows = (
            window(materialise(case, contexte))
            for case in release.cas
            if case.service == "ConsultationMesuresDetaillees"
        )
        return all(
            found is not None
            and found[1] >= add_months(today, -24 if found[0] == "COURBE" else -36)
            for found in windows
        )

    last = release.dates_originales.au
    assert starts_inside(last)
    assert not starts_inside(last + timedelta(days=1))


def test_a_request_carries_the_login_the_contract_and_the_point() -> None:
    (case,) = load_release("21.3").find("AHC-R1@C5")
    reperes = reperes_of_sge("moi@exemple.fr", "1234567")
    assert materialise(case, ContexteDeCas(date(2021, 6, 21), reperes)) == {
        "pointId": "25110853825340",
        "loginDemandeur": "moi@exemple.fr",
        "contratId": "1234567",
        "autorisationClient": True,
    }


def test_a_segment_fills_in_its_own_part_of_the_request() -> None:
    small, big = load_release("21.3").find("F380-R1")
    contexte = ContexteDeCas(date(2021, 6, 21), REPERES)
    asked = [materialise(case, contexte)["demande"]["historiqueMesures"] for case in (big, small)]
    assert [each["pasCdc"] for each in asked] == [
        {"valeur": 10, "unite": "min"},
        {"valeur": 30, "unite": "min"},
    ]
    named = ["personnePhysique" in each["declarationAccordClient"] for each in asked]
    assert named == [False, True]


def stopped_service(case: Cas, contexte: ContexteDeCas) -> str:
    return materialise(case, contexte)["demande"]["arretServiceSouscrit"]["serviceSouscritId"]


@pytest.mark.documented("catalogue 21.3: ASS-R1 stops a service found by RS-R1")
def test_a_borrowed_value_comes_from_the_case_on_the_same_segment() -> None:
    release = load_release("21.3")
    (search,), (stop,) = release.find("RS-R1@C5"), release.find("ASS-R1@C5")
    contexte = ContexteDeCas(date(2021, 6, 21), REPERES)
    with pytest.raises(UsageError, match="reprend une valeur de RS-R1@C5 : l'exécuter d'abord"):
        stopped_service(stop, contexte)
    assert stopped_service(stop, contexte.with_result(search, SERVICES_SOUSCRITS)) == "64697749"


@pytest.mark.documented("GUI 0474: only an opposition is not the caller's own service")
def test_neither_an_ended_service_nor_an_opposition_is_stopped() -> None:
    release = load_release("21.3")
    (search,), (stop,) = release.find("RS-R1@C5"), release.find("ASS-R1@C5")

    def found(*services: tuple[str, str, str]) -> dict[str, Any]:
        listed = [
            {"serviceSouscritId": name, "etatCode": etat, "serviceSouscritType": {"code": kind}}
            for name, etat, kind in services
        ]
        return {"servicesSouscritsMesures": {"serviceSouscritMesures": listed}}

    contexte = ContexteDeCas(date(2021, 6, 21), REPERES)
    useless = [("1", "TERMINE", "TRANSREC"), ("2", "ACTIF", "OPPENR")]
    with pytest.raises(UsageError, match=r"La réponse de RS-R1@C5 ne contient pas « serviceS"):
        stopped_service(stop, contexte.with_result(search, found(*useless)))
    useful = [("3", "DEMANDE", "CCDC"), ("4", "ACTIF", "TRANSREC")]
    assert stopped_service(stop, contexte.with_result(search, found(*useless, *useful))) == "4"


@pytest.mark.assumed("26.1 lists ASS-R1 without RS-R1")
def test_in_26_1_the_stopped_service_comes_from_the_preparation() -> None:
    (stop,) = load_release("26.1").find("ASS-R1@C5")
    order, search = stop.preparation
    assert (order.nom, order.acceptes) == ("commande", ("SGT570",))
    contexte = ContexteDeCas(date(2025, 8, 1), REPERES)
    with pytest.raises(UsageError, match="de la préparation « recherche » : l'exécuter d'abord"):
        stopped_service(stop, contexte)
    contexte = contexte.with_preparation(search, SERVICES_SOUSCRITS)
    assert stopped_service(stop, contexte) == "64697749"


def test_the_preparation_of_a_case_is_over_with_it() -> None:
    (stop,) = load_release("26.1").find("ASS-R1@C5")
    contexte = ContexteDeCas(date(2025, 8, 1), REPERES)
    contexte = contexte.with_preparation(stop.preparation[1], SERVICES_SOUSCRITS)
    assert contexte.with_result(stop, {}).preparations == {}
