"""The gate before every service: the package of the service, obtained whole by the actor."""

from collections.abc import Iterator

import pytest
from catalogue_requests import path_of, request_of
from in_process import InProcess, simulator_in_process
from lxml import etree

from sge_sim.clock import parse_instant
from sge_sim.domaine.nomenclatures import PACKAGES
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.messages import RefusRecu, read_answer
from sge_sim.referentiel.acteurs import habiliter
from sge_sim.services.registry import BY_PATH, SERVICES
from sge_sim.services.service import Service

RELEASES = [load_release(each) for each in ("26.1", "23.2")]
TODAY = RELEASES[0].reference
NOW = parse_instant(TODAY.isoformat())

services = pytest.mark.parametrize("service", SERVICES, ids=lambda s: f"{s.nom}-{s.version}")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    with simulator_in_process(
        tmp_path_factory.mktemp("production"), environment="production", now=NOW
    ) as running:
        yield running


def code_of(running: InProcess, service: Service) -> str | None:
    """Send a demand that the contract admits; return the code of its refusal."""
    case = next(
        each
        for release in RELEASES
        for each in release.cas
        if isinstance(each, Cas) and path_of(each) == service.path
    )
    envelope = request_of(case, running.login, running.contrat_id, TODAY)
    answer = read_answer(running.post(service.path, etree.tostring(envelope)).content)
    return answer.code if isinstance(answer, RefusRecu) else None


def withdraw(running: InProcess, package: str, *, retirer: bool) -> None:
    with running.simulator.database.transaction() as session:
        habiliter(session, "TIERS1", package, "production", retirer=retirer)


@services
@pytest.mark.documented("FAQ: a package is homologated for all its services at once")
def test_every_service_of_a_package_that_was_withdrawn_refuses(
    production: InProcess, service: Service
) -> None:
    code = service.habilitation.code
    before = code_of(production, service)
    assert before not in (code, "SGT562")
    withdraw(production, service.package, retirer=True)
    try:
        assert code_of(production, service) == code
    finally:
        withdraw(production, service.package, retirer=False)
    assert code_of(production, service) not in (code, "SGT562")


@services
@pytest.mark.documented("FAQ: packages are homologated one by one")
def test_a_service_asks_for_its_own_package_alone(production: InProcess, service: Service) -> None:
    others = [each for each in PACKAGES if each != service.package]
    for package in others:
        withdraw(production, package, retirer=True)
    try:
        assert code_of(production, service) not in (service.habilitation.code, "SGT562")
    finally:
        for package in others:
            withdraw(production, package, retirer=False)


@pytest.mark.documented("FAQ: homologation is where packages are obtained")
def test_homologation_asks_for_no_package(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("homologation")
    service = BY_PATH["/ConsultationMesures/v1.1"]
    with simulator_in_process(folder, now=NOW) as running:
        withdraw(running, service.package, retirer=True)
        assert code_of(running, service) is None


@services
def test_the_code_of_the_gate_is_the_one_that_the_service_lists(service: Service) -> None:
    gate = service.habilitation
    assert gate.name == "package_obtenu"
    assert (gate.provenance == "documented") <= (gate.code in service.codes)
