"""A rule is disabled by its whole name, unless its service can't do without it."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from catalogue_requests import path_of, request_of
from in_process import InProcess, simulator_in_process
from lxml import etree

from sge_sim.clock import parse_instant
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.services.acces import CONTRACT_RULES
from sge_sim.services.dispatch import disabled_by_path
from sge_sim.services.registry import SERVICES

SHORT = sorted({rule.name for service in SERVICES for rule in service.controls})
OTHERS = sorted(
    {
        f"{service.nom}/{rule.name}"
        for service in SERVICES
        for rule in service.rules
        if not rule.indispensable
    }
)
"""All that can be disabled."""

CASES = [
    next(cases)
    for _, cases in groupby(
        sorted(
            (case for number in ("23.2", "26.1") for case in load_release(number).cas), key=path_of
        ),
        key=path_of,
    )
]
"""A case of each service."""

UNKNOWN = {
    "pointId": "99999999999999",
    "contratId": "9999999",
    "serviceSouscritId": "99999999",
    "loginUtilisateur": "personne@exemple.fr",
    "initiateurLogin": "personne@exemple.fr",
    "loginDemandeur": "personne@exemple.fr",
    "typeDonnees": "INCONNU",
    "mesureType": "INCONNU",
    "soutirage": "false",
}


def services_of(disabled: str) -> set[str]:
    """The services that pass over a rule, each once."""
    found = disabled_by_path([disabled], SERVICES)
    return {service.nom for service in SERVICES if found[service.path]}


def refused(disabled: str) -> str:
    with pytest.raises(UsageError) as refusal:
        disabled_by_path([disabled], SERVICES)
    return str(refusal.value)


def test_a_rule_that_several_services_have_is_disabled_in_the_one_that_is_named() -> None:
    assert services_of("CommandeTransmissionDonneesInfraJ/contrat_actif") == {
        "CommandeTransmissionDonneesInfraJ"
    }


def test_a_service_passes_a_rule_over_in_all_its_versions() -> None:
    found = disabled_by_path(["ConsultationMesuresDetaillees/periode_ecoulee"], SERVICES)
    assert {path for path, names in found.items() if names} == {
        "/ConsultationMesuresDetaillees/v2.0",
        "/ConsultationMesuresDetaillees/v3.0",
    }


def test_the_names_that_the_services_disable_are_these() -> None:
    names = ["contrat_connu", "contrat_de_l_acteur", "contrat_actif"]
    assert [rule.name for rule in CONTRACT_RULES] == names


@pytest.mark.parametrize("name", SHORT)
def test_half_a_name_is_refused_with_the_whole_ones(name: str) -> None:
    whole = {
        f"{service.nom}/{name}"
        for service in SERVICES
        if name in {each.name for each in service.controls}
    }
    assert refused(name) == (
        f"« {name} » n'est la règle d'aucun service : donner {' ou '.join(sorted(whole))}."
    )


@pytest.mark.parametrize("nom", sorted({service.nom for service in SERVICES}))
def test_a_name_means_one_rule_within_a_service(nom: str) -> None:
    rules = [rule for service in SERVICES if service.nom == nom for rule in service.controls]
    for name in {rule.name for rule in rules}:
        assert len({rule for rule in rules if rule.name == name}) == 1, name


@pytest.mark.parametrize(
    "name",
    [
        f"{service.nom}/{rule.name}"
        for service in SERVICES
        for rule in service.controls
        if rule.indispensable
    ],
)
def test_a_rule_that_its_service_cannot_do_without_is_refused(name: str) -> None:
    assert f"« {name} » ne se désactive pas" in refused(name)


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A simulator without any of the rules that it can do without."""
    folder = tmp_path_factory.mktemp("lenient")
    now = parse_instant("2026-01-15T10:00")
    options = {"population_size": 0, "now": now, "disabled_rules": tuple(OTHERS)}
    with simulator_in_process(folder, **options) as running:
        yield running


@pytest.mark.parametrize("case", [pytest.param(case, id=path_of(case)) for case in CASES])
def test_what_does_not_exist_is_no_technical_error_whatever_is_disabled(
    lenient: InProcess, case: Cas
) -> None:
    envelope = request_of(case, lenient.login, lenient.contrat_id)
    for name, unknown in UNKNOWN.items():
        asked = etree.fromstring(etree.tostring(envelope))
        found = asked.findall(f".//{name}")
        for element in found:
            element.text = unknown
        if found:
            answer = read_answer(lenient.post(path_of(case), etree.tostring(asked)).content)
            assert not isinstance(answer, RefusRecu) or answer.code != "SGT500", name
