"""What a campaign keeps of the calls that it watches, however many and however long."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import pytest
from catalogue_requests import RELEASE, path_of, request_of
from in_process import InProcess, simulator_in_process
from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.homologation.campaign.observed import Campaigns, CampaignState
from sge_sim.journal import Journal
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
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


def test_a_campaign_sees_nothing_of_what_a_reset_is_to_forget(
    services: InProcess, campaigns: Campaigns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither who looks meanwhile sees it, nor do other calls ever get its numbers."""
    place = services.simulator.settings.data_dir
    state = services.simulator.database, campaigns.journal, place
    opened = campaigns.start("23.2")
    pass_case(services)
    campaigns.read(opened.id)
    take_snapshot(*state)
    pass_case(services)
    forget, seen = Journal.forget_after_mark, list[CampaignState | Future[CampaignState]]()

    def look_before(journal: Journal, nom: str) -> None:
        seen.append(campaigns.read(opened.id, batches=1))
        seen.append(pool.submit(campaigns.read, opened.id))
        forget(journal, nom)

    monkeypatch.setattr(Journal, "forget_after_mark", look_before)
    with ThreadPoolExecutor() as pool:
        restore_snapshot(*state)
    meanwhile, after = seen
    assert isinstance(meanwhile, CampaignState)
    assert isinstance(after, Future)
    assert (len(meanwhile.observations), meanwhile.a_jour) == (1, False)
    assert (len(after.result().observations), after.result().a_jour) == (1, True)
    (kept,) = after.result().observations
    assert kept.execution is not None
    search(services, "")
    _, new = campaigns.read(opened.id).observations
    assert new.echange_id == kept.echange_id + 2


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
