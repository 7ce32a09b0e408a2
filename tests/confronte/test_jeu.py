"""What was asked of one simulator is played again on another one, which answers the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from catalogue_requests import RELEASE, path_of, request_of
from in_process import InProcess, served_in_process, simulator_in_process
from lxml import etree
from played_in_process import start_of
from running_simulator import RunningSimulator

from sge_sim.clock import PARIS
from sge_sim.confronte.jeu import CLOSED, MASKED_NAME, UNKNOWN_POINT, Confrontation, confront
from sge_sim.confronte.masque import MasqueEchanges
from sge_sim.confronte.paires import Ecartes, Paire
from sge_sim.confronte.temoignage import made_of
from sge_sim.homologation.client.own_simulator import cible_of

NOW = start_of(RELEASE)
CASES = (
    *("ADP-R1@C5", "ADP-R1@C1-C4", "ADP-NR1@N/A", "AHC-R1@C5", "AHC-NR1@C1-C4", "CMD2-R1@C5"),
    *("CMD2-NR2@C5", "CMD3-R1@C5", "CMD3-R5@C5", "RP-R3@C5", "RP-NR2@C5", "F305@C5"),
    *("F305-NR@C5", "RS-R1@C5", "F375A-R1@C2-C4", "F380-R1@C5"),
)
ORDER, STOP = "F305@C5", "ASS-R1@C5"


def asked(running: InProcess, name: str, minutes: int, number: str = "") -> Paire:
    """What a simulator answers to a case; `number` is that of the service that it names."""
    cas_id, _, segment = name.partition("@")
    (case,) = [each for each in RELEASE.cas if (each.id, each.segment) == (cas_id, segment)]
    envelope = request_of(case, running.login, running.contrat_id)
    for element in envelope.iter("serviceSouscritId"):
        element.text = number or element.text
    sent = etree.tostring(envelope)
    answer = running.post(path_of(case), sent)
    headers = {name.lower(): text for name, text in answer.headers}
    return Paire(
        path_of(case),
        sent,
        answer.content,
        NOW + timedelta(minutes=minutes),
        answer.status,
        headers,
    )


@pytest.fixture(scope="module")
def paires(tmp_path_factory: pytest.TempPathFactory) -> list[Paire]:
    """What a platform answered: one case of each service, refusals, an order and its end."""
    with simulator_in_process(tmp_path_factory.mktemp("plateforme"), now=NOW) as running:
        found = [asked(running, name, minutes) for minutes, name in enumerate(CASES)]
        (order,) = [paire for name, paire in zip(CASES, found, strict=True) if name == ORDER]
        number = next(etree.fromstring(order.reponse).iter("serviceSouscritId")).text
        return [*found, asked(running, STOP, len(CASES), number)]


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    begins = (NOW - timedelta(weeks=30)).astimezone(PARIS).replace(tzinfo=None)
    folder = tmp_path_factory.mktemp("simulateur")
    with served_in_process(folder, "--now", begins.isoformat(), "--population-size", "0") as found:
        yield found


def confronted(simulator: RunningSimulator, paires: list[Paire]) -> Confrontation:
    return confront(paires, cible_of(simulator.ready), Ecartes())


def test_a_masked_platform_differs_in_nothing_either(
    simulator: RunningSimulator, paires: list[Paire]
) -> None:
    """Its points are made of the answers, since nobody has their PRM."""
    masque = MasqueEchanges()
    masque._moved = timedelta(weeks=-2)  # no change of step or of season between the two
    found = confronted(simulator, [masque.paire(each) for each in paires])
    assert list(found.differences) == []
    assert found.mois == set()
    assert found.compares >= len(paires) - 5
    assert set(found.bilan.ecartes) <= {UNKNOWN_POINT, MASKED_NAME}


def test_an_unspoilt_platform_differs_in_nothing(
    simulator: RunningSimulator, paires: list[Paire]
) -> None:
    found = confronted(simulator, paires)
    assert list(found.differences) == []
    assert found.compares == len(paires)
    assert found.mois == {f"{NOW:%Y-%m}"}
    assert found.confirmees["ConsultationDonneesTechniquesContractuelles/point_connu"] == 1
    assert not found.contredites
    assert made_of(found).differences == []


def test_a_spoilt_platform_is_told_by_rule(
    simulator: RunningSimulator, paires: list[Paire]
) -> None:
    refused, accepted = paires[CASES.index("ADP-NR1@N/A")], paires[CASES.index("ADP-R1@C5")]
    other = replace(refused, reponse=refused.reponse.replace(b'"SGT401"', b'"SGT402"'))
    closed = replace(accepted, reponse=b"<html>fermee</html>", statut=503)
    headed = replace(accepted, entetes={"content-type": "application/soap+xml"})
    found = confronted(simulator, [other, closed, headed])
    found_by_class = {each.classe: each for each in found.differences}
    rule = "ConsultationDonneesTechniquesContractuelles/point_connu"
    assert set(found_by_class) == {"code", "entete"}
    assert (found_by_class["code"].attendu, found_by_class["code"].vu) == ("SGT401", "SGT402")
    assert (found_by_class["code"].regle, found_by_class["code"].provenance) == (rule, "documented")
    assert found.contredites == {rule: 1}
    assert found.bilan.ecartes == {CLOSED: 1}


def test_what_depends_on_an_unknown_point_is_not_compared(
    simulator: RunningSimulator, paires: list[Paire]
) -> None:
    """Refused there for a reason of the point, accepted here where it isn't known: nothing said."""
    paire = paires[CASES.index("AHC-NR1@C1-C4")]
    strange = replace(paire, requete=paire.requete.replace(b"98800005782026", b"98800000000358"))
    found = confronted(simulator, [strange])
    assert (found.compares, found.bilan.ecartes) == (0, {UNKNOWN_POINT: 1})
