"""What the schema refuses is told in one French sentence, whatever breaks it."""

import os
import re
from types import SimpleNamespace

import pytest
from lxml import etree
from soap_calls import post
from spoilt_requests import ENGLISH, SpoiltRequest, spoilt_requests

from sge_sim.soap.contract import Contract
from sge_sim.soap.declarations import Declarations
from sge_sim.soap.messages import Answer
from sge_sim.soap.schema_sentences import RECEIVED_MOST, mistake_of

SEED = int(os.environ.get("SGE_SIM_SPOILT_SEED", "1"))
COUNT = 300
_MOST = 90


def own_words(sentence: str, spoilt: SpoiltRequest) -> str:
    """Return a sentence without the names and the values that it quotes."""
    declared = b"".join(spoilt.contract.schemas.values()).decode()
    quoted = {*re.findall(r'(?:name|value|targetNamespace)="([^"]+)"', declared), *spoilt.names}
    came = re.search(r"reçu(?: \d+ caractères,| l'élément)? (.+)$", sentence)
    if came and not re.fullmatch(r"vide|après|les deux|\d+ fois|des espaces|aucun", came[1]):
        quoted.add(came[1])
    for each in sorted(quoted, key=len, reverse=True):
        if len(each) > 1:
            sentence = sentence.replace(each, "")
    return sentence


def test_each_spoilt_request_is_told_in_one_french_sentence(contracts: dict[str, Contract]) -> None:
    met, ways = set(), set()
    for spoilt in spoilt_requests(contracts, SEED, COUNT):
        posted = post(spoilt.contract, spoilt.message, lambda _: Answer({}))
        sentence = posted.outcome.constat
        why = f"{spoilt.way} : {sentence}\n{spoilt.message.decode()}"
        assert posted.code == "SGT562", why
        assert not ENGLISH.search(sentence), why
        assert sentence.isprintable(), why
        assert re.search(r" : .*attendue?s?\b.*, (?:rien )?reçu|s'écrit .*, reçu ", sentence), why
        assert len(own_words(sentence, spoilt)) <= _MOST, why
        for name in spoilt.names:
            assert name in sentence, why
        met.add(spoilt.contract.path)
        ways.add(spoilt.way)
    assert met == set(contracts)
    assert len(ways) > 15


@pytest.mark.parametrize("kind", [each for each in dir(etree.ErrorTypes) if "SCHEMAV_" in each])
def test_each_kind_of_error_has_its_sentence(recherche_point: Contract, kind: str) -> None:
    """Those that no request of ours leads libxml2 to as well, and wherever it says that it is."""
    root = etree.fromstring(
        f'<b><a:rechercherPoint xmlns:a="{etree.QName(recherche_point.request).namespace}">'
        "<criteres><numSiret>1</numSiret></criteres></a:rechercherPoint></b>"
    )[0]
    for path in (None, "/*", "/a:rechercherPoint/criteres/numSiret", "/x/y[3]/@z"):
        error = SimpleNamespace(type_name=kind, path=path, message="Some words of libxml2.")
        sentence, words = mistake_of(error, root, Declarations(recherche_point.schemas))
        assert re.search(r"^\w+ : .*attendue?s?\b.*, (?:rien )?reçu", sentence), sentence
        assert not re.search("Some|words", sentence)
        assert words == error.message


def test_what_came_is_shortened_in_its_middle_and_what_is_wanted_never(
    contracts: dict[str, Contract],
) -> None:
    for spoilt in spoilt_requests(contracts, SEED, COUNT):
        if spoilt.way == "too_long":
            sentence = post(spoilt.contract, spoilt.message, lambda _: Answer({})).outcome.constat
            before, came = sentence.split(", reçu ")
            assert "…" not in before
            assert came.count("…") == 1
            assert len(came.split(", ")[-1]) == RECEIVED_MOST
