"""Whatever is posted, the answer is SGE's: a valid response, or a fault with a code it lists.

A short run belongs to the suite; `make fuzz` goes on for minutes.
"""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from catalogue_requests import CONTRACTS, RELEASE, path_of, request_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import simulator_in_process
from lxml import etree
from mutations import ENDS_OF_THE_CALENDAR, MUTATIONS, Mutation, damaged, date_leaves

from sge_sim.clock import parse_instant
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.services.registry import SERVICES
from sge_sim.soap.contract import ENVELOPE

EXAMPLES = int(os.environ.get("SGE_SIM_FUZZ_EXAMPLES", "150"))
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize="SGE_SIM_FUZZ_EXAMPLES" not in os.environ,  # the suite's run is always the same
)
CODES = {service.path: {*service.codes, "SGT562"} - {"SGT500"} for service in SERVICES}

LOGIN, CONTRAT = "exploitation@tiers1.example.org", "1100256"
Post = Callable[[str, bytes], tuple[int, bytes]]


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """The application that `sge-sim serve` runs, called in the process."""
    with simulator_in_process(
        tmp_path_factory.mktemp("fuzz"),
        now=parse_instant(RELEASE.reference.isoformat()),
        population_size=1200,
        strict=True,
    ) as running:

        def call(path: str, message: bytes) -> tuple[int, bytes]:
            answer = running.post(path, message)
            return answer.status.value, answer.content

        yield call


def judge(path: str, status: int, content: bytes) -> str | None:
    """Assert that an answer is one of SGE's; return its code, if it is a fault."""
    assert status in (200, 500), content
    envelope = etree.fromstring(content)
    (element,) = envelope.find(f"{{{ENVELOPE}}}Body")
    if status == 200:
        assert element.tag == CONTRACTS[path].response
        assert CONTRACTS[path].first_mistake(element) is None
        return None
    code = element.find("detail/*/resultat").get("code")
    assert code in CODES[path], content
    return str(code)


@BOUNDED
@given(case=st.sampled_from(RELEASE.cas), mutations=MUTATIONS)
def test_a_spoilt_request_is_answered_or_refused_with_a_listed_code(
    post: Post, caplog: pytest.LogCaptureFixture, case: Cas, mutations: list[Mutation]
) -> None:
    caplog.clear()
    envelope = request_of(case, LOGIN, CONTRAT)
    for mutate in mutations:
        try:
            mutate(envelope)
        except ValueError:  # what can't be written in XML can't be sent
            return
    path = path_of(case)
    message = etree.tostring(envelope)
    try:
        judge(path, *post(path, message))
    except AssertionError as error:
        raise AssertionError(f"{path}\n{message.decode()}\n{caplog.text}") from error
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR], caplog.text


@BOUNDED
@given(
    case=st.sampled_from(RELEASE.cas),
    cut=st.integers(0, 10_000),
    junk=st.binary(min_size=1, max_size=12) | st.sampled_from((b"<!DOCTYPE a>", b"&x;", b"]]>")),
)
def test_damaged_bytes_are_answered_or_refused_with_a_listed_code(
    post: Post, case: Cas, cut: int, junk: bytes
) -> None:
    path = path_of(case)
    judge(path, *post(path, damaged(etree.tostring(request_of(case, LOGIN, CONTRAT)), cut, junk)))


@BOUNDED
@given(junk=st.binary(max_size=200), path=st.sampled_from(sorted(CONTRACTS)))
def test_anything_else_is_malformed(post: Post, path: str, junk: bytes) -> None:
    assert judge(path, *post(path, junk)) == "SGT562"


@pytest.mark.parametrize("key", sorted(case.cle for case in RELEASE.cas))
def test_a_date_at_an_end_of_the_calendar_is_no_failure(post: Post, key: str) -> None:
    (case,) = RELEASE.find(key)
    path = path_of(case)
    for rank in range(len(date_leaves(request_of(case, LOGIN, CONTRAT)))):
        for day in ENDS_OF_THE_CALENDAR:
            envelope = request_of(case, LOGIN, CONTRAT)
            date_leaves(envelope)[rank].text = day
            judge(path, *post(path, etree.tostring(envelope)))


def test_every_former_service_is_tried() -> None:
    """Those of SGE 26 aren't: their rules have tests of their own."""
    former = {one.path for one in SERVICES if one.is_listed_in("21.3") or one.is_listed_in("23.2")}
    acces = "/CommanderAccesDonneesMesures/v1.0"  # listed since 23.2, of the later generation
    assert {path_of(case) for case in RELEASE.cas} == former - {acces}


def test_every_seed_is_a_good_request(post: Post, tmp_path: Path) -> None:
    for case in RELEASE.cas:
        path = path_of(case)
        code = judge(path, *post(path, etree.tostring(request_of(case, LOGIN, CONTRAT))))
        assert code != "SGT562", case.cle
