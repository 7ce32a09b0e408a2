import re
from pathlib import Path

import pytest
from provenance_page import provenance_page

from sge_sim.services.documentation import COMMON_CODES, codes_page
from sge_sim.services.registry import SERVICES
from sge_sim.services.service import Service

DOCS = Path(__file__).parents[2] / "docs"

services = pytest.mark.parametrize("service", SERVICES, ids=lambda s: f"{s.nom}-{s.version}")


def test_page_of_codes_is_up_to_date() -> None:
    """Renew it by `make pages`."""
    assert (DOCS / "codes.md").read_text(encoding="utf-8") == codes_page()


def test_page_of_provenances_is_up_to_date() -> None:
    """Renew it by `make pages`."""
    assert (DOCS / "provenance.md").read_text(encoding="utf-8") == provenance_page()


@services
def test_each_listed_code_has_a_rule_or_a_reason(service: Service) -> None:
    """Or the transport answers it."""
    ruled = {rule.code for rule in service.controls}
    assert set(service.codes) <= ruled | COMMON_CODES.keys() | service.unreachable.keys()


@services
def test_each_rule_says_what_it_means_and_where_it_comes_from(service: Service) -> None:
    names = [rule.name for rule in service.controls]
    assert len(names) == len(set(names))
    for rule in service.controls:
        assert service.libelle(rule.code)
        assert rule.meaning.endswith("."), rule.name
        assert rule.source
        assert not re.search(r"GUI \d{4}(?! v\d)", rule.source), "which edition?"
        assert rule.remede
