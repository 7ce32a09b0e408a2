"""What a tester reads of a request that breaks its contract: the same sentence on every face."""

import pytest
from admin_kit import Room
from click.testing import CliRunner
from spoilt_requests import ENGLISH, SpoiltRequest, spoilt_requests

from sge_sim.cli import commands
from sge_sim.homologation.campaign.matching import AppelDuJournal, recognise
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts

SPOILT = [
    each
    for each in spoilt_requests(load_contracts(data_path("wsdl")), 7, 38)
    if "pointIds" not in each.names  # M023 has a code of its own for an empty one
]


@pytest.mark.assumed("the platform sends the code and its label: the sentence is a simulator's")
@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda each: f"{each.contract.service} {each.way}")
def test_the_sentence_is_the_same_on_every_face(room: Room, spoilt: SpoiltRequest) -> None:
    answer = room.services.post(spoilt.contract.path, spoilt.message)
    number = room.state.journal.newest_id()
    (listed,) = room.ask("GET", "/api/journal", params={"limit": 1}).json()
    sentence = listed["detail"].splitlines()[0]
    assert (listed["id"], listed["code"]) == (number, "SGT562")
    assert all(name in sentence for name in spoilt.names)
    assert sentence.encode() not in answer.content
    whole = room.ask("GET", f"/api/journal/{number}").json()
    assert whole["detail"] == listed["detail"]
    folder = ("--data-dir", str(room.state.settings.data_dir))
    typed = CliRunner().invoke(commands, ["journal", "list", "--limit", "1", *folder]).output
    shown = CliRunner().invoke(commands, ["journal", "show", str(number), *folder]).output
    release = load_release("23.2")
    seen = room.exchange(number)
    call = AppelDuJournal.of(seen, seen.request or b"", seen.response or b"")
    faces = {
        "journal": room.text("/journal"),
        "first page": room.text("/"),
        "list": " ".join(typed.split()),
        "show": " ".join(shown.split("Demande\n")[0].split()),
        "campaign": recognise(release, call).explication,
    }
    for face, text in faces.items():
        assert " ".join(sentence.split()) in " ".join(text.split()), face
        assert not ENGLISH.search(text.replace("—", "")), face


def test_the_words_of_the_library_are_in_the_detail_of_the_exchange_alone(room: Room) -> None:
    spoilt = next(each for each in SPOILT if each.way == "unknown_attribute")
    room.services.post(spoilt.contract.path, spoilt.message)
    number = room.state.journal.newest_id()
    words = "The attribute 'couleur' is not allowed."
    assert words in room.ask("GET", f"/api/journal/{number}").json()["validateur"]
    folded = room.page(f"/echanges/{number}").xpath("//details[contains(., 'validateur')]")
    assert words in folded[0].text_content()
    assert words not in room.text("/journal")
