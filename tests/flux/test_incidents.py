"""Planned faults of the deliveries: late, missing, twice, damaged; everything else arrives."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from publication_kit import AUTRE_CONTRAT, C4, C5, CONTRAT, JOUR_1, MIDI, TIERS, Platform

from sge_sim.clock import parse_instant
from sge_sim.domaine.pannes import Panne
from sge_sim.errors import UsageError
from sge_sim.facts.guet import Guet
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.chiffrement import Chiffrement, decrypt, encrypt
from sge_sim.flux.incidents import Incidents, spoilt
from sge_sim.flux.livraison import Tally, deliver_pending, retry_now
from sge_sim.journal import RechercheJournal
from sge_sim.operations import State
from sge_sim.operations.pannes import plan as plan_panne
from sge_sim.operations.pannes import play as play_episode

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
    plan(published, sorte="manquant", prm=C4)
    plan(published, sorte="http502", au=100)
    assert deliver(published) == Tally(delivered=4)
    assert told(published) == []


CLE = "ab" * 32


@pytest.mark.observed("lowatt 77, electricore ADR-0037: in one night, each flux by itself")
def test_a_flux_passes_to_another_key_and_the_others_keep_theirs(published: Platform) -> None:
    plan(published, sorte="cle_nouvelle", service="R50", cle=CLE)
    made = published.ready()
    deliver(published)
    found = arrived(published)
    of_r50 = {nom for nom in made if "_R50_" in nom}
    assert of_r50
    secret = Chiffrement("aes256", bytes.fromhex(CLE))
    for nom, content in made.items():
        assert (decrypt(secret, found[nom]) if nom in of_r50 else found[nom]) == content


@pytest.mark.observed("electricore ADR-0037, 692")
@pytest.mark.parametrize("sorte", ["mauvaise_cle", "octet_perdu", "bloc_ajoute", "iv_nul"])
def test_a_file_that_its_key_does_not_open(sorte: str) -> None:
    clear = b"PK\x03\x04" + bytes(range(60))
    for secret in (
        Chiffrement("aes128", b"k" * 16, b"i" * 16),
        Chiffrement("aes256", b"k" * 32),
    ):
        panne = Panne(numero=1, sorte=sorte, au=1)
        whole = encrypt(secret, clear, "R50.zip")
        found = spoilt(panne, secret, "R50.zip", whole)
        assert found != whole
        if sorte == "iv_nul":
            read = decrypt(secret, found)
            assert (read == clear) is (secret.algorithme == "aes256")
            assert read[16:] == clear[16:]
            continue
        try:
            read = decrypt(secret, found)
        except UsageError:
            continue
        assert read != clear, "it passes by chance, and isn't the file"


def test_a_file_is_sent_again_under_another_name(published: Platform) -> None:
    plan(published, sorte="renvoi")
    made = published.ready()
    first, *_ = made
    deliver(published)
    found = arrived(published)
    (other,) = found.keys() - made.keys()
    assert (found[other], len(other)) == (made[first], len(first))


def test_a_companion_comes_beside_each_file(published: Platform) -> None:
    plan(published, sorte="fichier_svc")
    made = published.ready()
    deliver(published)
    assert {nom.removesuffix("_svc.xml") for nom in arrived(published).keys() - made.keys()} == {
        nom.rpartition(".")[0] for nom in made
    }


@pytest.mark.documented("guide of R17: after an outage, a file for each day")
def test_files_are_held_until_the_end_of_the_window_and_come_at_once(published: Platform) -> None:
    plan(published, sorte="reprise", fin=parse_instant("2199-01-01"))
    made = published.ready()
    for minutes in (0, 1, 2):
        assert deliver(published, LATER + timedelta(minutes=minutes)) == Tally()
    assert not (published.data_dir / "flux" / CONTRAT).exists()
    assert len(told(published)) == len(made)
    StoredClock(published.database).freeze(parse_instant("2199-01-02"))
    assert deliver(published, LATER + timedelta(minutes=3)) == Tally(delivered=len(made))
    assert arrived(published) == made


def test_a_plan_about_another_channel_strikes_none(published: Platform) -> None:
    plan(published, sorte="manquant", contrat=AUTRE_CONTRAT, au=9)
    assert deliver(published) == Tally(delivered=4)


@pytest.mark.observed("the night of 8 June 2026: lowatt 77, electricore ADR-0040")
def test_the_night_of_the_key(published: Platform) -> None:
    StoredClock(published.database).freeze(MIDI)
    state = State(published.data_dir, published.database)
    views = play_episode(state, nom="nuit-de-la-cle-aes-256", jour=JOUR_1)
    assert [view.sorte for view in views] == ["mauvaise_cle"] + ["cle_nouvelle"] * 3
    made = published.ready()
    deliver(published)
    found = arrived(published)
    secret = Chiffrement("aes256", bytes.fromhex(views[1].cle or ""))
    switched = {nom for nom, content in made.items() if found[nom] != content}
    late = {nom for nom in made if "_R50_" in nom and published.row(nom).panne == views[1].numero}
    assert switched == late != set()
    assert all(decrypt(secret, found[nom]) == made[nom] for nom in switched)
