"""What the kit describes is what is answered: each operation, each status, each required key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema
import pytest
import yaml
from entreprises_kit import (
    AUTOCONSOMMATEUR,
    CANAL,
    GRAND,
    PETIT,
    PRODUCTEUR,
    SIREN,
    TRIPHASE,
    VOISIN,
    Caller,
    company,
    declare,
    made,
    publication,
    received,
)
from in_process import InProcess

from sge_sim.entreprises.adresses import ROUTES
from sge_sim.entreprises.comptes import autorise
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.machine.files import data_path
from sge_sim.tables.points import Point

FILE = data_path("catalog") / "entreprises" / "openapi.yaml"
OPENAPI = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
}
OF_AUTHORISED = "506000009"
ANSWERED = ("200", "201")


def resolved(schema: Any) -> Any:
    """A schema whose references are replaced by what they name."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            found = OPENAPI
            for name in schema["$ref"].split("/")[1:]:
                found = found[name]
            return resolved(found)
        return {name: resolved(each) for name, each in schema.items()}
    return [resolved(each) for each in schema] if isinstance(schema, list) else schema


def schema_of(operation: Any, status: str) -> Any:
    """The schema of an answer; none where it has no body."""
    response = resolved(operation["responses"][status])
    content = response.get("content", {}).get("application/json")
    return content and content["schema"]


def without_each(body: Any, schema: Any) -> Iterator[tuple[str, Any]]:
    """The body without each of the keys that the schema requires, at any depth."""
    if schema.get("type") == "array" and body:
        for name, inner in without_each(body[0], schema["items"]):
            yield name, [inner, *body[1:]]
    for name in schema.get("required", ()):
        yield name, {key: value for key, value in body.items() if key != name}
    for name, each in schema.get("properties", {}).items():
        if name in body:
            for inner_name, inner in without_each(body[name], each):
                yield f"{name}.{inner_name}", {**body, name: inner}


@dataclass
class Described:
    """A simulator and who calls it: a holder, whom it authorised, one with a single interface."""

    running: InProcess
    holder: Caller
    authorised: Caller
    narrow: Caller


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    with company(tmp_path_factory.mktemp("description")) as found:
        declare(found, SIREN, CANAL)
        declare(found, VOISIN, OF_AUTHORISED)
        database = found.simulator.database
        client_id = made(found, VOISIN)
        with database.transaction() as session:
            grand = session.get_one(Point, GRAND)
            grand.provisoire, grand.media_releve, grand.type_comptage = False, "IP", "ICE"
            now = StoredClock(database).now()
            autorise(session, SIREN, client_id["client_id"], None, now)
        titres = ["customer_contract"]
        yield Described(
            found,
            Caller(found, made(found, SIREN)),
            Caller(found, client_id),
            Caller(found, made(found, SIREN, titres)),
        )


def asked(operation: str, canal: str, method: str) -> tuple[str, Any]:
    """A good call of an operation: its address, its body."""
    path, query, body = operation, "", None
    if "/metering_data/" in path:
        prm = PRODUCTEUR if "production" in path else PETIT
        query = f"?usage_point_id={prm}&start=2026-11-16&end=2026-11-20"
        query += "&measuring_period=P1D&grandeurPhysique=TOUT" if "max_power" in path else ""
    elif method == "GET":
        path = path.replace("{usage_point_id}", PETIT)
    elif "commander" in path:
        body = publication([PETIT], "ENERGIE", canaux=[canal])
    elif "daily_metering" in path:
        agreed = {"holder_name": "X", "production_agreement": "false"}
        body = {
            "usage_point_Id": GRAND,
            "holder_agreement_declaration": [{**agreed, "consumption_agreement": "true"}],
            "contact_canal_id": canal,
            **{"production": "false", "consumption": "true", "load_curve": "true"},
            **{"index": "false", "dynamic_tarification_parameters": "false"},
        }
    elif "perimeter" in path:
        body = {"page_number": 1}
    elif "subscribed" in path:
        body = {"comptage": False, "siren": [SIREN]}
    else:
        body = {"canal_contact_id": canal, "unique_point_id": [PETIT]}
    return path + query, body


def caller_of(described: Described, path: str) -> tuple[Caller, str]:
    if re.search("_auto|autorisee|subscribed", path):
        return described.authorised, OF_AUTHORISED
    return described.holder, CANAL


@pytest.mark.documented("official descriptions of 2025; where clients saw another form: theirs")
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_answers_what_is_described(
    described: Described, method: str, path: str
) -> None:
    caller, canal = caller_of(described, path)
    address, body = asked(path, canal, method)
    status, told = caller.order(address, body) if body else caller.get(address)
    operation = OPERATIONS[method, path]
    assert str(status) in operation["responses"], told
    assert str(status) in ANSWERED
    schema = schema_of(operation, str(status))
    if schema is not None:
        validator = jsonschema.Draft202012Validator(schema)
        assert [error.message for error in validator.iter_errors(told)] == []
        mutated = [(name, changed) for name, changed in without_each(told, schema)]
        assert mutated
        for name, changed in islice(mutated, 60):
            assert not validator.is_valid(changed), name


@pytest.mark.documented("the families of bodies (descriptions of 2025)")
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_refusal_is_described(described: Described, method: str, path: str) -> None:
    caller, canal = caller_of(described, path)
    address, body = asked(path, canal, method)
    token, caller.token = caller.token, "x.y.z"
    without = caller.order(address, body) if body else caller.get(address)
    caller.token = token
    refused = [without]
    if body is None:
        bare = address.partition("?")[0]
        refused += [caller.get(address.replace(PETIT, "1" * 14)), caller.get(f"{bare}?start=1")]
    else:
        refused += [caller.order(address, each) for each in (b"{", b"{}", b"[]")]
    if not path.startswith("/contract/"):
        narrow = described.narrow
        refused.append(narrow.order(address, body) if body else narrow.get(address))
    seen = set()
    for status, told in refused:
        if status == 200:
            continue  # a point is in the path of contract data
        responses = OPERATIONS[method, path]["responses"]
        assert str(status) in responses, told
        schema = schema_of(OPERATIONS[method, path], str(status))
        seen.add(status)
        if schema is None:
            continue
        validator = jsonschema.Draft202012Validator(schema)
        assert validator.is_valid(told), told
        for name in told.get("fault", told):
            if name in ("code", "message", "libelle", "error", "error_description"):
                assert not validator.is_valid({k: v for k, v in told.items() if k != name})
    assert len(seen) > 1


def test_every_route_is_described() -> None:
    for route in ROUTES:
        found = [path for _, path in OPERATIONS if route.path.fullmatch(path)]
        assert found, route.path.pattern
    assert len(OPERATIONS) == 35
    assert {titre for each in OPERATIONS.values() for titre in each["tags"]} >= {
        route.service for route in ROUTES
    }


def test_the_ten_worked_calls(described: Described) -> None:
    """The shapes that a client was told to expect, to the letter where no value is drawn."""
    caller = described.holder
    power = {"lower_value": 3.0, "higher_value": 36.0}
    found = caller.perimetre(segment=["C5"], subscribed_power=power)
    assert found["query_parameters"]["usage_point_id_total_count"] == len(found["usage_point_id"])
    assert {PETIT, TRIPHASE, AUTOCONSOMMATEUR} <= {*found["usage_point_id"]}
    days = ("2026-11-16", "2026-11-18")
    read = {
        nom: caller.told(nom, PETIT, *days)
        for nom in ("daily_consumption", "consumption_load_curve", "daily_consumption_max_power")
    }
    head = {"usage_point_id": PETIT, "start": days[0], "end": days[1], "quality": "BRUT"}
    kinds = {
        "daily_consumption": {"measurement_kind": "energy", "unit": "Wh"},
        "consumption_load_curve": {
            **{"measurement_kind": "power", "unit": "W", "aggregate": "average"},
        },
        "daily_consumption_max_power": {
            **{"measurement_kind": "power", "measuring_period": "P1D"},
            **{"unit": "VA", "aggregate": "maximum"},
        },
    }
    for nom, body in read.items():
        readings = body.pop("interval_reading")
        assert body == {**head, "reading_type": {"flow_direction": "forward", **kinds[nom]}}
        assert readings[0].keys() >= {"value", "date"}
    first = caller.told("consumption_load_curve", PETIT, *days)["interval_reading"][0]
    assert (first["date"], first["interval_length"]) == ("2026-11-16 00:30:00", "PT30M")
    assert caller.told("index_consumption", PETIT, *days)["reading"][0]["quality"] == "BRUT"
    contract = caller.get(f"/contract/v1/{PETIT}?siren={SIREN}")
    assert contract[0] == 200
    assert contract[1][0]["organization"]["siret_number"][:9] == SIREN
    summary = caller.get(f"/contract_summary/v1/{PETIT}")[1]
    assert summary["segments"] == [{"segment": "C5"}]
    order = publication([PETIT, TRIPHASE], "CDC", ("2026-11-16", "2026-11-23"))
    path = "publication_mesures/v1/commanderPublicationPonctuelle"
    assert [*caller.order(path, order)[1]] == ["dossierId"]
    demand = {"canal_contact_id": CANAL, "unique_point_id": [PETIT, TRIPHASE]}
    status, told = caller.order("customer_contract_asyn/v1/contracts", demand)
    assert (status, type(told["dossierId"])) == (201, str)
    assert received(described.running, told["dossierId"])
    path, body = asked("daily_metering_data_request/v2/", CANAL, "POST")
    body["index"] = "true"
    assert caller.order(path, body)[1]["request_Id"].startswith("M0")
    assert caller.order(path, body)[1]["error"] == "ADAM-ERR0110"
