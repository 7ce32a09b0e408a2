"""The catalogue through the unmodified `lowatt-enedis` command line, watched by a campaign."""

from collections.abc import Iterator

import pytest
from in_process import served_in_process
from lowatt_lines import command_line
from real_clients import lowatt_enedis
from running_simulator import RunningSimulator

from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release, load_release

WITHOUT_CONSENT = {
    "sge-23.2": ("25957452924301", "AHC-R1@C5"),
    "sge-26.1": ("98800000396971", "AHC-R1@C1-C4"),
}
"""A point of AHC-R1 that no case asks for without consent, and that case."""

ORDERS = ("AME", "RS", "HDM")
"""Those of the first nine services; access has a page of its own."""


@pytest.fixture(scope="module", params=("23.2", "26.1"))
def release(request: pytest.FixtureRequest) -> Release:
    """The last release that lists all nine services, and the latest."""
    return load_release(request.param)


@pytest.fixture(scope="module")
def simulator(
    release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSimulator]:
    data_dir = tmp_path_factory.mktemp(release.nom)
    with served_in_process(data_dir, "--now", release.reference.isoformat()) as simulator:
        simulator.printed("campaign", "start", "--release", release.nom)
        yield simulator


def contexte_of(release: Release, simulator: RunningSimulator) -> ContexteDeCas:
    reperes = reperes_of_sge(simulator.login, simulator.ready["contrat_id"])
    return ContexteDeCas(release.reference, reperes)


def hold(cas: Cas, contexte: ContexteDeCas, simulator: RunningSimulator) -> None:
    """Assert that a case gets its expected outcome: the code of its refusal, or an answer."""
    line = command_line(cas.service, cas.version, materialise(cas, contexte))
    outcome = lowatt_enedis(simulator, *line)
    assert outcome.code == cas.attendu.code or outcome.code in cas.attendu.acceptes
    if cas.attendu.code is None and outcome.code is None and cas.objet != "RS":
        assert outcome.answer


@pytest.mark.documented("catalogue 23.2 and 26.1, original dates")
def test_an_observed_campaign_ticks_every_case_of_consultation(
    release: Release, simulator: RunningSimulator, subtests: pytest.Subtests
) -> None:
    consultation = [cas for cas in release.cas if cas.package == "consultation"]
    for cas in consultation:
        with subtests.test(cas.cle):
            if granted := {"CMD3-R6": "oui", "CMD3-NR2": "non"}.get(cas.id):
                simulator.printed("points", "set", cas.prm, "--service-acces", granted)
            hold(cas, contexte_of(release, simulator), simulator)

    status = simulator.command("campaign", "status").stdout
    (campaign,) = simulator.admin("/api/campaigns")
    report = simulator.admin(f"/api/campaigns/{campaign['id']}/report")
    for cas in consultation:
        assert campaign["cas"][cas.cle] == "réussi"
        assert f"réussi        {cas.cle} " in status
    decisions = {each["package"]: each["decision"] for each in report["verdicts"]}
    assert decisions["consultation"] == "homologué"
    assert "homologué" not in {decisions[each] for each in decisions if each != "consultation"}


@pytest.mark.documented("catalogue, AHC-R1: the client has agreed")
def test_a_campaign_explains_a_consent_that_should_be_true(
    release: Release, simulator: RunningSimulator
) -> None:
    prm, nearest = WITHOUT_CONSENT[release.nom]
    refused = lowatt_enedis(simulator, "measures", prm, "--contrat", simulator.ready["contrat_id"])
    assert refused.code == "SGT4G2"
    (campaign,) = simulator.admin("/api/campaigns")
    *_, last = campaign["observations"]
    assert (last["issue"], last["cas"]) == ("proche", [nearest])
    assert last["explication"] == (
        f"Le cas le plus proche est {nearest}. autorisationClient : attendu true, reçu false."
    )


@pytest.mark.documented("catalogue 23.2 and 26.1")
def test_every_order_gets_its_expected_outcome(
    release: Release, simulator: RunningSimulator, subtests: pytest.Subtests
) -> None:
    for cas in release.cas:
        if cas.objet in ORDERS and not cas.preparation:
            with subtests.test(cas.cle):
                hold(cas, contexte_of(release, simulator), simulator)


@pytest.mark.documented("catalogue 23.2, ASS-R1: the id that the search gives is stopped")
def test_a_service_that_was_ordered_is_found_and_stopped(
    release: Release, simulator: RunningSimulator
) -> None:
    prm, contrat = "25884515170669", ("--contrat", simulator.ready["contrat_id"])
    day = release.reference
    end = day.replace(month=day.month - 1, year=day.year + 1)
    lowatt_enedis(
        simulator,
        *("subscribe", prm, *contrat, "--cdc", "--linky", "--nom", "HOMOLOGATION"),
        *("--from", day.isoformat(), "--to", end.isoformat()),
    )
    found = lowatt_enedis(simulator, "subscriptions", prm, *contrat)
    active = [
        service["serviceSouscritId"]
        for service in found.answer["serviceSouscritMesures"]
        if service["etatCode"] == "ACTIF"
    ]
    assert active
    stopped = lowatt_enedis(simulator, "unsubscribe", prm, "--id", active[0], *contrat)
    assert stopped.code is None
    again = lowatt_enedis(simulator, "unsubscribe", prm, "--id", active[0], *contrat)
    assert again.code == "SGT4O4"
