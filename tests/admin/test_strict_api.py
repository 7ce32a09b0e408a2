"""What the REST interface refuses, alike at every address: what isn't declared, what hasn't its
form, what nobody knows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from admin_kit import Room
from fastapi.routing import APIRoute

from sge_sim.admin.application import _ROUTES
from sge_sim.admin.problems import ProblemeDeForme
from sge_sim.domaine.nomenclatures import KINDS_OF_FLUX
from sge_sim.domaine.pannes import SORTES

C5 = "25946599093143"
JSON = "application/json"
H = {"Content-Type": JSON}
Schema = dict[str, Any]
FIELD = re.compile(r"(\w+|client-id)(\.\w+)*")
"""A name that a client wrote, or declared; none of what pydantic calls a choice of types."""
NAMES = {"role": "technique", "environnement": "production"}
"""Variables of addresses that take some words alone."""


def filled(path: str, value: str = "1") -> str:
    """Return an address with a value for each of its variables."""
    return re.sub(r"{(\w+)[^}]*}", lambda found: NAMES.get(found[1], value), path)


def declared(room: Room) -> Iterator[tuple[str, str]]:
    """Yield each method and each address that the administration has, of pages too."""
    seen = set()
    for route in (each for routes_of in _ROUTES for each in routes_of(room.state).routes):
        assert isinstance(route, APIRoute)
        for method in route.methods:
            seen.add((method, route.path))
    yield from sorted(seen | {("GET", "/api/settings"), ("GET", "/favicon.ico")})


def test_every_address_refuses_a_parameter_that_it_has_not(room: Room) -> None:
    wrong = []
    asked = list(declared(room))
    numero = room.ask("GET", "/api/clock").json()["numero"]
    for method, path in asked:
        content: dict[str, Any] = {"json": {}} if path.startswith("/api/") else {"data": {"a": "1"}}
        if (method, path) == ("POST", "/points"):
            content = {"files": {"fichier": b"prm"}}
        options = content if method in ("POST", "PUT") else {}
        answer = room.ask(method, filled(path) + "?inconnu=7", **options)
        problem = answer.json() if answer.status_code == 422 else {}
        told = [each for each in problem.get("erreurs", ()) if each["champ"] == "inconnu"]
        if [(each["lieu"], each["donne"]) for each in told] != [("adresse", "7")]:
            wrong.append((method, path, answer.status_code))
    assert len(asked) > 100
    assert wrong == []
    assert room.ask("GET", "/api/clock").json()["numero"] == numero


def fields_of(schema: Schema, components: Schema, tag: Schema) -> Iterator[tuple[str, Schema, Any]]:
    """Yield the fields of a body: name, schema, and the body that they are a part of."""
    if "$ref" in schema:
        yield from fields_of(components[schema["$ref"].rpartition("/")[2]], components, tag)
    for each in schema.get("oneOf", ()):
        yield from fields_of(each, components, tag)
    constants = {
        name: field["const"]
        for name, field in schema.get("properties", {}).items()
        if "const" in field
    }
    for name, field in schema.get("properties", {}).items():
        yield name, field, constants


def wrong_values(room: Room) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield each field that the API describes, with a demand that gives it something wrong."""
    described = room.ask("GET", "/openapi.json").json()
    components = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for each in operation.get("parameters", ()):
                kinds = each["schema"].get("anyOf", [each["schema"]])
                texts = [kind for kind in kinds if kind.get("type") == "string"]
                free = texts and not any(kind.keys() & {"enum", "format"} for kind in texts)
                longest = max((kind.get("maxLength", 0) for kind in texts), default=0)
                wrong = "x" * (longest + 1)
                if each["in"] == "query" and (not free or longest):
                    yield method, path, each["name"], {"params": {each["name"]: wrong}}
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema", {})
            for name, field, others in fields_of(body, components, {}):
                kinds = {kind.get("type") for kind in field.get("anyOf", [field])}
                value: Any = "faux" if "object" in kinds else {"faux": []}
                yield method, path, name, {"json": {**others, name: value}}


def test_a_wrong_value_is_told_with_its_field_what_is_taken_and_what_was_given(room: Room) -> None:
    wrong, asked = [], list(wrong_values(room))
    for method, path, field, options in asked:
        answer = room.ask(method, filled(path), **options)
        if answer.status_code == 422:
            problem = ProblemeDeForme.model_validate_json(answer.content, strict=True)
            told = [each for each in problem.erreurs if each.champ.split(".")[0] == field]
            assert all(FIELD.fullmatch(each.champ) for each in problem.erreurs), problem
            if told and all(each.constat for each in told) and any(each.donne for each in told):
                continue
        wrong.append((method, path, field, answer.status_code, answer.text))
    assert wrong == [], "\n".join(map(str, wrong))
    assert len(asked) > 100


UNFIT = "A\u202eB"
AS_THEY_ARE = {"demande", "mots"}
"""Messages that are sent again, and words of reports: whatever they hold."""


def texts_of(room: Room) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield each field and each parameter that is a text, with a demand where it is unfit."""
    described = room.ask("GET", "/openapi.json").json()
    components = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for each in operation.get("parameters", ()):
                if each["in"] == "query":
                    yield method, path, each["name"], {"params": {each["name"]: UNFIT}}
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema", {})
            for name, field, others in fields_of(body, components, {}):
                kinds = {kind.get("type") for kind in field.get("anyOf", [field])}
                value: Any = {"a": UNFIT} if "object" in kinds else UNFIT
                value = [UNFIT] if "array" in kinds else value
                if kinds & {"string", "object", "array"} and name not in AS_THEY_ARE:
                    yield method, path, name, {"json": {**others, name: value}}


def test_no_text_holds_a_character_that_hides_or_spoils_it(room: Room) -> None:
    wrong, asked = [], list(texts_of(room))
    for method, path, field, options in asked:
        answer = room.ask(method, filled(path), **options)
        told = answer.json().get("erreurs", ()) if answer.status_code == 422 else ()
        names = [each["champ"].split(".")[0] for each in told if "U+202E" in each["constat"]]
        if field not in names or "\u202e" in answer.text:
            wrong.append((method, path, field, answer.status_code, answer.text))
    assert wrong == [], "\n".join(map(str, wrong))
    assert len(asked) > 100
    half = r'{"code":"A1","nom":"\ud800","kind":"tiers"}'
    answer = room.ask("POST", "/api/acteurs", data=half, headers=H)
    assert (answer.status_code, "nom : le caractère U+D800" in answer.json()["detail"]) == (
        422,
        True,
    )
    line = {"code": "A1", "nom": "a\nb", "kind": "tiers"}
    assert "U+000A" in room.ask("POST", "/api/acteurs", json=line).json()["detail"]


def test_no_form_holds_one_either(room: Room) -> None:
    routes = [each for routes_of in _ROUTES for each in routes_of(room.state).routes]
    forms = [
        each.path
        for each in routes
        if isinstance(each, APIRoute) and "read_form" in str(each.dependant.dependencies)
    ]
    wrong = []
    for path in forms:
        answer = room.ask("POST", filled(path), data={"nom": UNFIT}, allow_redirects=False)
        if "nom : le caractère U+202E" not in answer.text:
            wrong.append((path, answer.status_code))
    assert wrong == []
    assert len(forms) > 15


@pytest.mark.parametrize(
    ("address", "body", "expected"),
    [
        (
            "/api/journal?limit=10001",
            None,
            {"champ": "limit", "borne": "10000", "donne": "10001", "constat": "10000 au plus"},
        ),
        (
            "/api/journal?origine=voisin",
            None,
            {"champ": "origine", "valeurs": ["client", "passage", "rejeu", "doctor"]},
        ),
        ("/api/journal?code=&typo=1", None, {"champ": "typo", "donne": "1"}),
        ("/api/clock", {"action": "danser"}, {"champ": "action"}),
        ("/api/clock", {}, {"champ": "action", "constat": "à donner"}),
        ("/api/clock", {"action": "set", "instant": "hier"}, {"champ": "instant", "donne": "hier"}),
        (
            "/api/clock",
            {"action": "advance", "duree": "un peu"},
            {"champ": "duree", "donne": "un peu"},
        ),
        ("/api/pannes", {"sorte": "sgt500", "du": 0}, {"champ": "du"}),
        (
            "/api/pannes",
            {"sorte": "sgt500", "probabilite": 2},
            {"champ": "probabilite", "borne": "1", "donne": "2"},
        ),
        ("/api/pannes", {"sorte": "sgt500", "prm": "1"}, {"champ": "prm"}),
        ("/api/pannes", {"sorte": "zut"}, {"champ": "sorte", "valeurs": [*SORTES]}),
        ("/api/flux?flux=zut", None, {"champ": "flux", "valeurs": [*KINDS_OF_FLUX]}),
        (
            f"/api/points/{C5}/vie",
            {"resilie": "demain"},
            {"champ": "resilie", "donne": "demain"},
        ),
        ("/api/points/1/mesures", None, {"champ": "debut", "constat": "à donner"}),
    ],
)
def test_a_refusal_says_the_bound_and_the_values(
    room: Room, address: str, body: dict[str, Any] | None, expected: dict[str, Any]
) -> None:
    answer = room.ask("GET" if body is None else "POST", address, json=body)
    assert answer.status_code == 422
    problem = ProblemeDeForme.model_validate_json(answer.content, strict=True)
    (error,) = [each for each in problem.erreurs if each.champ == expected["champ"]]
    assert expected.items() <= error.model_dump().items()
    assert error.champ in problem.detail or len(problem.erreurs) > 1


def test_what_cannot_be_written_is_refused_like_the_rest(room: Room) -> None:
    answer = room.ask("POST", "/api/acteurs", data='{"typo\\ud800": 1}', headers=H)
    assert answer.status_code == 422
    assert answer.json()["erreurs"][-1]["constat"].startswith("le caractère U+D800")
    answer = room.ask("POST", "/api/pannes", data='{"sorte": "lente", "secondes": NaN}', headers=H)
    assert answer.json()["erreurs"][0]["donne"] == "NaN"
    answer = room.ask("POST", "/api/clock", data="{", headers=H)
    (error,) = answer.json()["erreurs"]
    assert (answer.status_code, error["champ"], error["constat"]) == (422, "corps", "pas du JSON")


PRODUCTION = {"environnement": "production"}
UNKNOWN: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/points/{}", {}),
    ("POST", "/api/points/{}", {"json": {"teleoperable": True}}),
    ("POST", "/api/points/{}/vie", {"json": {"opposition": True}}),
    ("GET", "/api/points/{}/mesures?type=courbe&debut=2025-02-01&fin=2025-03-01", {}),
    ("GET", "/api/acteurs/{}", {}),
    ("POST", "/api/acteurs/{}/logins", {"json": {"login": "ab@inconnu.example.org"}}),
    ("POST", "/api/acteurs/{}/contrats", {"json": {"contrat_id": "9", "date_debut": "2025-01-01"}}),
    ("DELETE", "/api/acteurs/{}/habilitations/production/Consultation", {}),
    ("DELETE", "/api/acteurs/TIERS1/habilitations/production/{}", {}),
    ("GET", "/api/canaux/{}", {}),
    ("PUT", "/api/canaux/{}", {"json": {"type": "dossier"}}),
    ("GET", "/api/flux/{}", {}),
    ("GET", "/api/flux/{}/contenu", {}),
    ("GET", "/api/journal/{}", {}),
    ("GET", "/api/campaigns/{}", {}),
    ("POST", "/api/campaigns/{}/stop", {}),
    ("GET", "/api/campaigns/{}/report", {}),
    ("DELETE", "/api/pannes/{}", {}),
    ("POST", "/api/applications/{}", {"json": {}}),
    ("DELETE", "/api/applications/{}", {}),
    ("DELETE", "/api/consentements/{}", {}),
    ("POST", "/api/datahub/contrats/{}/activate", {}),
    ("POST", "/api/tickets/{}/close", {}),
    ("GET", "/api/clock/travaux/{}", {}),
]


@pytest.mark.parametrize(("method", "path", "options"), UNKNOWN)
def test_what_an_address_names_and_nobody_knows_is_404(
    room: Room, method: str, path: str, options: dict[str, Any]
) -> None:
    answer = room.ask(method, path.format("999999"), **options)
    assert answer.status_code == 404, answer.text
    assert "999999" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/points", {"comme": C5, "point": {"fournisseur_titulaire": "PERSONNE"}}, "PERSONNE"),
        ("/api/points", {"comme": "99999999999999"}, "99999999999999"),
        (f"/api/points/{C5}/vie", {"nouveau_fournisseur": "PERSONNE"}, "PERSONNE"),
        ("/api/campaigns", {"acteur": "PERSONNE"}, "PERSONNE"),
        ("/api/pannes", {"sorte": "sgt500", "acteur": "PERSONNE"}, "PERSONNE"),
        ("/api/acteurs/TIERS1/habilitations", {"package": "x", **PRODUCTION}, "Le package « x »"),
        ("/api/acteurs", {"code": "TIERS1", "nom": "x"}, "L'acteur « TIERS1 » existe déjà"),
    ],
)
def test_a_name_that_is_sent_and_nobody_has_is_400(
    room: Room, path: str, body: dict[str, Any], told: str
) -> None:
    answer = room.ask("POST", path, json=body)
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["detail"]


def test_one_verb_takes_away(room: Room) -> None:
    """What is removed is deleted at its address; no address and no field says so otherwise."""
    described = room.ask("GET", "/openapi.json").json()
    assert not [path for path in described["paths"] if re.search("retirer|supprimer|remove", path)]
    fields = (
        (name, field)
        for name, schema in described["components"]["schemas"].items()
        for field in schema.get("properties", ())
    )
    assert [found for found in fields if found[1] in ("retirer", "supprimer")] == []
    removals = {
        (path, *operation["delete"]["responses"])
        for path, operation in described["paths"].items()
        if "delete" in operation
    }
    assert {statuses[0] for _, *statuses in removals} == {"204"}
    assert len(removals) > 6


def lists_of(room: Room) -> Iterator[str]:
    """Yield the addresses that answer with a list."""
    described = room.ask("GET", "/openapi.json").json()
    for path, operations in described["paths"].items():
        answers = operations.get("get", {}).get("responses", {}).get("200", {})
        schema = answers.get("content", {}).get(JSON, {}).get("schema", {})
        if schema.get("type") == "array":
            yield path


def test_every_list_is_read_page_after_page(room: Room) -> None:
    for name in ("PAGE1", "PAGE2"):
        room.ask("POST", "/api/acteurs", json={"code": name, "nom": name})
        room.ask("POST", "/api/pannes", json={"sorte": "sgt500", "acteur": name})
        room.call_cdc()
    read = 0
    for path in lists_of(room):
        address = filled(path, C5)
        whole = room.ask("GET", f"{address}?limit=1000")
        assert whole.status_code in (200, 404), (path, whole.text)
        if whole.status_code == 404 or len(whole.json()) < 2:
            continue
        read += 1
        every, links = whole.json(), []
        answer = room.ask("GET", f"{address}?limit={max(1, len(every) // 3)}")
        pages = [*answer.json()]
        while "next" in answer.links:
            links.append(answer.links["next"]["url"].removeprefix(room.home))
            answer = room.ask("GET", links[-1])
            pages += answer.json()
        assert pages == every, path
        assert links, path
        assert "next" not in whole.links or len(every) == 1000, path
    room.ask("DELETE", "/api/pannes")
    assert read >= 4


@pytest.mark.parametrize(
    "address",
    [
        "/api/flux?du={}",
        "/api/flux?au={}",
        "/api/journal?du={}",
        "/api/certificats/autorites?le={}",
    ],
)
@pytest.mark.parametrize("typed", ["0", "0001-01-01", "1735689600"])
def test_a_day_is_written_as_one(room: Room, address: str, typed: str) -> None:
    """A number isn't the seconds since 1970, and there is no legal time before it is told of."""
    assert room.ask("GET", address.format(typed)).status_code == 422
