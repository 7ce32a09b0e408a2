"""Our schemas are no laxer than the official ones, nor ask for more members, on every element."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from publication_kit import P4, Platform, at
from r6x_kit import add_kinds, data_and_report, demand, schema_mistakes
from r6x_trees import Member, read_tree, strict_mistakes

from sge_sim.flux.r6x.documents import schema_text

NOW = at(date(2024, 11, 20))
DAYS = (date(2024, 10, 8), date(2024, 10, 11))


def differing(
    member: Member, schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str
) -> Iterator[str]:
    """Yield where a schema requires or allows other members than the tree."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if member.type == "list":
        schema = schema["items"]
        while "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
    if not member.members:
        return
    required = {name for name, below in member.members.items() if below.required}
    asked = set(schema["required"])
    if path == "$.header":  # which of the two comes the mode says
        required -= {"idCanalContact", "idPublication"}
    if asked != required:
        yield f"{path}: {sorted(asked ^ required)}"
    assert schema["additionalProperties"] is False
    for name, below in member.members.items():
        yield from differing(below, schema["properties"][name], definitions, f"{path}.{name}")


@pytest.mark.documented("schemas 0510 to 0515 and 0532 to 0534: the members that are required")
@pytest.mark.parametrize(
    "code", ["R63", "R64", "R65", "R66", "R67", "R63A", "R63B", "R64A", "R64B", "R66B"]
)
def test_what_is_required_is_what_the_official_schemas_require(code: str) -> None:
    schema = json.loads(schema_text(code[:3]))
    assert list(differing(read_tree(code), schema, schema["$defs"], "$")) == []


@pytest.fixture
def indexes(platform: Platform) -> Any:
    """An R64 of a P4."""
    add_kinds(platform)
    (tree,), _ = data_and_report(
        platform, demand(platform, "R64", [P4], *DAYS, NOW, sens="INJECTION")
    )
    return tree


@pytest.mark.documented("schema 0511: a totalizer names its register")
def test_an_element_that_is_not_the_first_is_checked_too(indexes: Any) -> None:
    assert schema_mistakes(indexes) == strict_mistakes(indexes) == []
    spoilt = deepcopy(indexes)
    *_, last = spoilt["mesures"][0]["contexte"][0]["grandeur"]
    del last["cadranTotalisateur"]["codeCadran"]
    assert len(strict_mistakes(spoilt)) == 1
    (mistake,) = schema_mistakes(spoilt)
    assert mistake.endswith("cadranTotalisateur : il manque codeCadran")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda tree: tree["header"].update(autre=1), "$.header : autre n'y a pas sa place"),
        (lambda tree: tree["mesures"].clear(), "$.mesures : 0 élément, hors de la limite de 1"),
        (
            lambda tree: tree["header"].update(siDemandeur=3),
            "$.header.siDemandeur : 3 n'est pas du type string",
        ),
        (
            lambda tree: tree["header"].update(format="XML"),
            '$.header.format : "XML" n\'est pas une des valeurs "JSON"',
        ),
        (
            lambda tree: tree["mesures"][0].update(idPrm="12"),
            '$.mesures[0].idPrm : "12" n\'a pas la forme ^[0-9]{14}$',
        ),
    ],
)
def test_a_mistake_is_told_in_french(spoil: Callable[[Any], None], told: str, indexes: Any) -> None:
    spoilt = deepcopy(indexes)
    spoil(spoilt)
    assert schema_mistakes(spoilt) == [told]


@pytest.mark.documented("GUI 0503: the registers of a production, none of which is for ER")
def test_a_p4_has_the_reactive_energies_whose_register_is_known(indexes: Any) -> None:
    (contexte,) = indexes["mesures"][0]["contexte"]
    totals = {
        grandeur["grandeurPhysique"]: grandeur["cadranTotalisateur"]["codeCadran"]
        for grandeur in contexte["grandeur"]
    }
    assert totals == {"EA": "IDX_EAI_T", "ERI": "IDX_ERI_I", "ERC": "IDX_ERI_C"}


@pytest.mark.assumed("production by class: named after the consumption's, no source tells it")
def test_the_class_of_a_p4_is_named_after_that_of_consumption(indexes: Any) -> None:
    (contexte,) = indexes["mesures"][0]["contexte"]
    registers = [
        classe["codeCadran"]
        for calendrier in contexte["grandeur"][0]["calendrier"]
        for classe in calendrier["classeTemporelle"]
    ]
    assert registers == ["IDX_EAI_D1"]
