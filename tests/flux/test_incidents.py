"""Planned faults of the deliveries: late, missing, twice, damaged; everything else arrives."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from publication_kit import C5, CONTRAT, TIERS, Platform

from sge_sim.facts.guet import Guet
from sge_sim.flux.incidents import Incidents
from sge_sim.flux.livraison import Tally, deliver_pending, retry_now
from sge_sim.journal import RechercheJournal
from sge_sim.operations import State
from sge_sim.operations.pannes import plan as plan_panne

LATER = datetime(2090, 1, 1, tzinfo=UTC)


def deliver(platform: Platform, now: datetime = LATER) -> Tally:
    incidents = Incidents(
        platform.database.memoire, Guet(platform.data_dir), platform.journal.append
    )
    return deliver_pending(platform.database, platform.data_dir, incidents, now=lambda: now)


def plan(platform: Platform, **asked: Any) -> None:
    plan_panne(State(platform.data_dir, platform.database), **asked)


def arrived(platform: Platform) -> dict[str, bytes]:
    folder: Path = platform.data_dir / "flux" / CONTRAT
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def told(platform: Platform) -> list[str]:
    found = platform.journal.find_echanges(RechercheJournal(), limit=100)
    return [one.detail or "" for one in found if "Panne prévue" in (one.detail or "")]


def test_a_late_file_comes_later_and_holds_back_no_other(published: Platform) -> None:
    plan(published, sorte="retard", service="r50", du=2, secondes=3600)
    _, second, *_ = published.ready()
    assert deliver(published) == Tally(delivered=3)
    assert second not in arrived(published)
    assert deliver(published, LATER + timedelta(minutes=59)) == Tally()
    assert deliver(published, LATER + timedelta(minutes=61)) == Tally(delivered=1)
    assert arrived(published) == published.ready()
    assert (published.row(second).etat, published.row(second).panne) == ("livre", 1)
    (line,) = told(published)
    assert line == f"Panne prévue n° 1 : fichier en retard (3600 s), appel 2.\n{second}"


def test_a_missing_file_comes_only_when_it_is_asked_for_again(published: Platform) -> None:
    plan(published, sorte="manquant", prm=C5, acteur=TIERS)
    first, *others = published.ready()
    assert deliver(published) == Tally(delivered=3)
    assert sorted(arrived(published)) == sorted(others)
    assert deliver(published, LATER + timedelta(days=9)) == Tally()
    assert published.row(first).etat == "echec"
    retry_now(published.database, now=lambda: LATER)
    assert deliver(published) == Tally(delivered=1)
    assert arrived(published) == published.ready()


def test_a_file_is_delivered_twice(published: Platform) -> None:
    plan(published, sorte="double", secondes=60)
    first, *_ = published.ready()
    assert deliver(published) == Tally(delivered=4)
    (published.data_dir / "flux" / CONTRAT / first).unlink()  # its reader has taken it
    assert deliver(published, LATER + timedelta(seconds=61)) == Tally(delivered=1)
    assert arrived(published) == published.ready()
    assert deliver(published, LATER + timedelta(days=1)) == Tally()


def test_a_damaged_file_is_cut_short(published: Platform) -> None:
    plan(published, sorte="abime")
    first, *others = published.ready()
    assert deliver(published) == Tally(delivered=4)
    found, made = arrived(published), published.ready()
    assert found[first] == made[first][: len(made[first]) // 2]
    assert {name: found[name] for name in others} == {name: made[name] for name in others}


def test_a_plan_about_others_counts_nothing(published: Platform) -> None:
    plan(published, sorte="manquant", service="R151")
    plan(published, sorte="manquant", prm="98600000000000")
    plan(published, sorte="http502", au=100)
    assert deliver(published) == Tally(delivered=4)
    assert told(published) == []
