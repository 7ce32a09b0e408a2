"""Every answer of every interface is what the description says, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from entreprises_kit import (
    AUTOCONSOMMATEUR,
    COUPE,
    FERME,
    GRAND,
    PETIT,
    PRODUCTEUR,
    SIREN,
    TRIPHASE,
    Caller,
)

DESCRIPTION = yaml.safe_load((Path(__file__).parent / "description.yaml").read_text("utf-8"))
WORDS = DESCRIPTION["mots"]
OPERATIONS = DESCRIPTION["operations"]
CONTEXTES = ("address", "connection", "contract", "contract_summary")
DATES = ("2026-10-23", "2026-10-27")
MAXIMA = "daily_consumption_max_power"


def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON schema of a shape."""
    match shape:
        case "integer" | "number":
            return {"type": shape}
        case str():
            return {"type": "string", "pattern": WORDS.get(shape, shape)}
        case [[each]]:
            return {"type": "array", "minItems": 1, "items": schema_of(each)}
        case list():
            words = "|".join(map(re.escape, shape))
            return {"type": "string", "pattern": f"^({words})( : .+)?$"}
    return {
        "type": "object",
        "properties": {name.strip("~"): schema_of(each) for name, each in shape.items()},
        "required": [name for name in shape if not name.endswith("~")],
        "additionalProperties": False,
    }


def is_valid(body: Any, shape: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema_of(shape)).is_valid(body))


def answers(caller: Caller, nom: str) -> Iterator[Any]:
    """What an interface answers of points of each kind."""
    if nom == "perimetre":
        yield caller.perimetre()
    elif nom in CONTEXTES:
        for prm in (PETIT, TRIPHASE, GRAND, PRODUCTEUR, AUTOCONSOMMATEUR, FERME, COUPE):
            status, body = caller.get(f"/{nom}/v1/{prm}")
            assert status == 200, body
            yield body
    elif "production" in nom:
        for prm in (PRODUCTEUR, AUTOCONSOMMATEUR):
            yield {"meter_reading": caller.told(nom, prm, *DATES)}
    elif nom == MAXIMA:
        for pas in ("P1D", "P1M", "P1D : pas quotidien"):
            for grandeur in ("PMA", "TOUT"):
                asked = {"measuring_period": pas, "grandeurPhysique": grandeur}
                yield {"meter_reading": caller.told(nom, TRIPHASE, *DATES, **asked)}
    else:
        for prm in (PETIT, TRIPHASE, GRAND, AUTOCONSOMMATEUR):
            yield {"meter_reading": caller.told(nom, prm, *DATES)}


def shortened(body: Any) -> Any:
    """The body, of each of whose lists the first is left."""
    if isinstance(body, list):
        return [shortened(each) for each in body[:1]]
    if isinstance(body, dict):
        return {name: shortened(each) for name, each in body.items()}
    return body


def without_each(body: Any, shape: Any) -> Iterator[tuple[str, Any]]:
    """The body without each of its required names, and with another type in their place."""
    if isinstance(shape, list):
        if shape and isinstance(shape[0], list):
            for name, inner in without_each(body[0], shape[0][0]):
                yield name, [inner, *body[1:]]
        return
    if not isinstance(shape, dict):
        return
    for name, each in shape.items():
        plain = name.strip("~")
        if plain not in body:
            continue
        left = {key: value for key, value in body.items() if key != plain}
        if plain == name:
            yield f"sans {plain}", left
        yield f"autre {plain}", {**left, plain: None}
        yield f"{plain} mal nommé", {**left, plain.upper(): body[plain]}
        for inner_name, inner in without_each(body[plain], each):
            yield f"{plain}.{inner_name}", {**left, plain: inner}


@pytest.mark.documented("the official descriptions of 2025; where clients saw another form: theirs")
@pytest.mark.parametrize("nom", OPERATIONS)
@pytest.mark.parametrize("forme", ["titulaire", "decrit"])
def test_every_answer_is_what_the_description_says(
    request: pytest.FixtureRequest, forme: str, nom: str
) -> None:
    shape, mutated = OPERATIONS[nom], 0
    for body in answers(request.getfixturevalue(forme), nom):
        validator = jsonschema.Draft202012Validator(schema_of(shape))
        assert [error.message for error in validator.iter_errors(body)] == []
        for name, changed in without_each(shortened(body), shape):
            assert not validator.is_valid(changed), name
            mutated += 1
    assert mutated > 4


@pytest.mark.observed("three clients read the list at the root, one reads organization there, 2026")
def test_where_real_answers_differ_what_was_seen_is_answered(
    titulaire: Caller, decrit: Caller
) -> None:
    seen, said = titulaire.perimetre(), decrit.perimetre()
    assert seen["usage_point_id"] == said["query_parameters"].pop("usage_point_id")
    assert said == {"query_parameters": seen["query_parameters"]}
    (seen,), (said,) = (each.get(f"/contract/v1/{PETIT}")[1] for each in (titulaire, decrit))
    for name in ("organization", "contact_data"):
        assert seen.pop(name) == said["customer"]["customer"].pop(name)
    assert seen == said
    level = {"services_level": "2"}
    seen, said = (each.get(f"/contract_summary/v1/{PETIT}")[1] for each in (titulaire, decrit))
    assert said == {**seen, **level}
    assert seen["services_level"] == "Communicant (ouvert aux services)"


@pytest.mark.observed("a client that localizes stamps infers the autumn hour, 2024 to 2026")
def test_stamps_are_naive_or_in_utc(titulaire: Caller, decrit: Caller) -> None:
    asked = ("consumption_load_curve", PETIT, "2026-10-25", "2026-10-26")
    seen, said = (each.told(*asked) for each in (titulaire, decrit))
    naive = [each["date"] for each in seen["interval_reading"]]
    assert len(naive) == 50
    assert naive[:2] == ["2026-10-25 00:30:00", "2026-10-25 01:00:00"]
    assert naive[3:7] == [f"2026-10-25 {hour}:00" for hour in ("02:00", "02:30", "02:00", "02:30")]
    assert naive[-1] == "2026-10-26 00:00:00"
    utc = [each["date"] for each in said["interval_reading"]]
    assert utc == sorted(set(utc))
    assert (utc[0], utc[-1]) == ("2026-10-24T22:30:00.000Z", "2026-10-25T23:00:00.000Z")
    assert seen["quality"] == "BRUT"
    assert said["quality"] == "BRUT : Données brutes"
    lengths = [each["interval_reading"][0]["interval_length"] for each in (seen, said)]
    assert lengths == ["PT30M", "PT30M : Pas de 30 minutes"]
    day = decrit.told("daily_consumption", PETIT, "2026-10-25", "2026-10-27")["interval_reading"]
    assert [each["date"] for each in day] == [
        "2026-10-24T22:00:00.000Z",
        "2026-10-25T23:00:00.000Z",
    ]


@pytest.mark.documented("the official descriptions of 2025: which interface refuses in which body")
@pytest.mark.parametrize("nom", OPERATIONS)
def test_every_refusal_is_of_its_family(titulaire: Caller, voisin: Caller, nom: str) -> None:
    family = "mesures" if nom in (*OPERATIONS,)[1:8] else "contrats"
    shape = DESCRIPTION["errors"][family]
    if nom == "perimetre":
        found = [titulaire.post(b"{"), titulaire.post(b"{}", {"siren": "1"})]
    elif family == "contrats":
        path = f"/{nom}/v1/{PETIT}"
        found = [voisin.get(path), titulaire.get(f"/{nom}/v1/12345"), voisin.get(path, siren=SIREN)]
    else:
        asked = (PETIT if "consumption" in nom else PRODUCTEUR, *DATES)
        found = [
            titulaire.mesure(nom, "", *DATES),
            titulaire.mesure(nom, asked[0], DATES[1], DATES[0]),
            titulaire.mesure(nom, "25999999999999", *DATES),
            voisin.mesure(nom, *asked),
            titulaire.mesure(nom, FERME, *DATES),
        ]
    statuses = {status for status, _ in found}
    assert statuses <= {400, 403, 404}
    assert len(statuses) > 1
    for status, body in found:
        assert is_valid(body, shape), body
        assert body["code"] in (str(status), "ADAM-ERR0155")
        assert not any(is_valid(other, shape) for _, other in without_each(body, shape))
