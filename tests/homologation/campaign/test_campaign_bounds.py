"""What a campaign keeps of the calls that it watches, however many and however long."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from catalogue_requests import RELEASE, path_of, request_of
from in_process import InProcess, simulator_in_process
from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.homologation.campaign.observed import Campaigns
from sge_sim.journal import Journal
from sge_sim.soap.contract import ENVELOPE
from sge_sim.tables.campaigns import Campaign

CASE = RELEASE.find("ADP-R1")[0]
SERVICE = "/RecherchePoint/v2.0"
ROOT = "http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0"


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    start = datetime.combine(RELEASE.reference, datetime.min.time(), PARIS).replace(hour=10)
    folder = tmp_path_factory.mktemp("campaign")
    with simulator_in_process(folder, now=start, environment="production") as opened:
        yield opened


@pytest.fixture
def campaigns(services: InProcess) -> Iterator[Campaigns]:
    database, settings = services.simulator.database, services.simulator.settings
    journal = Journal.beside(database, settings.data_dir)
    yield Campaigns(database, journal)
    journal.close()


def pass_case(services: InProcess) -> None:
    request = request_of(CASE, services.login, services.contrat_id)
    services.post(path_of(CASE), etree.tostring(request))


def search(services: InProcess, content: str) -> None:
    services.post(
        SERVICE,
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><r:rechercherPoint xmlns:r="{ROOT}">'
        f"{content}</r:rechercherPoint></s:Body></s:Envelope>".encode(),
    )


def test_a_case_that_is_passed_again_keeps_the_messages_of_the_last_time(
    services: InProcess, campaigns: Campaigns
) -> None:
    opened = campaigns.start("23.2")
    for _ in range(3):
        pass_case(services)
        state = campaigns.read(opened.id)
    assert [each.issue for each in state.observations] == ["coché"] * 3
    assert [each.execution is not None for each in state.observations] == [False, False, True]
    (run,) = (each for each in state.executions if each.cle == CASE.cle)
    assert run == state.observations[-1].execution
    assert run.statut.bon


def test_a_reading_may_look_at_a_part_and_says_so(
    services: InProcess, campaigns: Campaigns
) -> None:
    opened = campaigns.start("23.2")
    for _ in range(150):
        search(services, "")
    state = campaigns.read(opened.id, batches=1)
    assert (len(state.observations), state.a_jour) == (100, False)
    state = campaigns.read(opened.id, batches=1)
    assert (len(state.observations), state.a_jour) == (150, True)
    view = state.view(most=20)
    assert view["observees"] == 150
    assert [each["echange_id"] for each in view["observations"]] == [
        each.echange_id for each in state.observations[-20:]
    ]
    assert len(state.view()["observations"]) == 150


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"<e{number}>{'x' * 50}</e{number}>" for number in range(400)),
        f"<criteres><numSiret>{'9' * 20_000}</numSiret></criteres>",
        "<a/>" * 200_000,
    ],
    ids=["many elements", "a long value", "a long request"],
)
def test_what_is_kept_of_a_call_is_short(
    services: InProcess, campaigns: Campaigns, content: str
) -> None:
    opened = campaigns.start("23.2")
    search(services, content)
    (observation,) = campaigns.read(opened.id).observations
    assert len(observation.explication) < 5_000
    with services.simulator.database.sessions() as session:
        row = session.get(Campaign, opened.id)
        assert row is not None
        assert len(str(row.observations[0].contenu)) < 10_000
    assert observation.issue in ("proche", "hors catalogue")
