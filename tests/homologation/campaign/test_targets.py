from dataclasses import replace
from datetime import datetime

import pytest
from campaign_samples import GOOD, answered, case, sample_report

from sge_sim.clock import PARIS, FrozenClock
from sge_sim.domaine.plateformes import checked_url
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.runner import select_cases
from sge_sim.homologation.campaign.targets import (
    check_hours,
    is_local,
    to_rerun,
    was_ordered,
)
from sge_sim.homologation.catalogue.release import load_release

HOMOLOGATION = "https://sge-homologation-ws.enedis.fr"


def at(text: str) -> FrozenClock:
    return FrozenClock(datetime.fromisoformat(text).replace(tzinfo=PARIS))


@pytest.mark.documented("FAQ: working days, 9-12 h and 14-18 h")
@pytest.mark.parametrize("text", ["2026-11-24T12:00", "2026-11-24T08:59", "2026-11-22T10:00"])
def test_the_homologation_platform_is_not_called_outside_its_hours(text: str) -> None:
    with pytest.raises(UsageError, match="fermée"):
        check_hours(HOMOLOGATION, at(text))


def test_the_homologation_platform_is_called_in_its_hours() -> None:
    check_hours(HOMOLOGATION, at("2026-11-24T10:00"))


def test_a_simulator_is_called_at_any_hour() -> None:
    check_hours("https://localhost:8443", at("2026-11-22T03:00"))


@pytest.mark.parametrize(
    "url",
    [
        *("http://a", "a:1", "https://a/RecherchePoint/v2.0", "https://"),
        *("https://a:99999", "https://[::1", "https://a..b", "https://a b"),
    ],
)
def test_a_target_is_a_host_without_a_path(url: str) -> None:
    with pytest.raises(UsageError, match="https://hôte"):
        checked_url(url)


def test_the_target_keeps_its_port() -> None:
    assert checked_url("https://a:1/") == "https://a:1"
    assert is_local("https://127.0.0.1:1")
    assert not is_local(HOMOLOGATION)


def test_an_order_that_was_sent_is_not_to_be_sent_again() -> None:
    order = case("O-R1", service="CommandeCollectePublicationMesures")
    sent = replace(sample_report(), executions=(answered(order, None),))
    assert was_ordered(order, sent)
    unsent = replace(sent, executions=(replace(answered(order, None), requete=""),))
    assert not was_ordered(order, unsent)
    assert not was_ordered(GOOD, replace(sent, executions=(answered(GOOD, None),)))


def test_a_rerun_takes_what_was_not_good_and_nothing_else() -> None:
    assert to_rerun(sample_report()) == ("A-NR1", "B-R1@C5")


def test_the_cases_that_a_chosen_one_builds_on_come_along_before_it() -> None:
    chosen = select_cases(load_release("21.3"), names=("ASS-R1@C5",))
    keys = [each.cle for each in chosen]
    assert keys[-1] == "ASS-R1@C5"
    assert "RS-R1@C5" in keys[:-1]


def test_without_a_choice_every_case_is_run() -> None:
    release = load_release("21.3")
    assert select_cases(release) == release.cas
