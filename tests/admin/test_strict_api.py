"""What the REST interface refuses, alike at every address: what isn't declared, what hasn't its
form, what nobody knows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from admin_kit import Room
from fastapi.routing import APIRoute
from operations_kit import least

from sge_sim.admin.application import ROUTERS
from sge_sim.admin.problems import ProblemeDeForme
from sge_sim.domaine.sortes import SORTES
from sge_sim.flux.registry import CODES
from sge_sim.operations import AnyOperation, all_operations

C5 = "25946599093143"
JSON = "application/json"
H = {"Content-Type": JSON}
NAMES = {"role": "technique", "environnement": "production"}
"""Variables of addresses that take some words alone."""


def filled(path: str, value: str = "1") -> str:
    """Return an address with a value for each of its variables."""
    return re.sub(r"{(\w+)[^}]*}", lambda found: NAMES.get(found[1], value), path)


def declared(room: Room) -> Iterator[tuple[str, str]]:
    """Yield each method and each address that the administration has, of pages too."""
    seen = set()
    for route in (each for router in ROUTERS for each in router.routes):
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


def test_no_text_holds_a_character_that_hides_or_spoils_it(room: Room) -> None:
    half = r'{"code":"A1","nom":"\ud800","kind":"tiers"}'
    answer = room.ask("POST", "/api/acteurs", data=half, headers=H)
    assert answer.status_code == 422
    assert "nom : le caractère U+D800" in answer.json()["detail"]
    line = {"code": "A1", "nom": "a\nb", "kind": "tiers"}
    assert "U+000A" in room.ask("POST", "/api/acteurs", json=line).json()["detail"]
    unfit = {"action": "A\u202eB"}
    for answer in (
        room.ask("POST", "/api/clock", json=unfit),
        room.ask("POST", "/clock", data=unfit, allow_redirects=False),
    ):
        assert "action : le caractère U+202E" in answer.json()["detail"]


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
        ("/api/clock", {"action": "danser"}, {"champ": "action"}),
        ("/api/clock", {}, {"champ": "action", "constat": "à donner"}),
        (f"/api/tickets/{10**40}/close", {}, {"champ": "ticket_id", "borne": str(2**63 - 1)}),
        ("/api/clock", {"action": "set", "instant": "hier"}, {"champ": "instant", "donne": "hier"}),
        ("/api/pannes", {"sorte": "sgt500", "du": 0}, {"champ": "du"}),
        (
            "/api/pannes",
            {"sorte": "sgt500", "probabilite": 2},
            {"champ": "probabilite", "borne": "1", "donne": "2"},
        ),
        ("/api/pannes", {"sorte": "zut"}, {"champ": "sorte", "valeurs": [*SORTES]}),
        ("/api/flux?flux=zut", None, {"champ": "flux", "valeurs": [*CODES]}),
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
UNKNOWN = "99999999999999"


NAMING = [
    each
    for each in all_operations()
    if each.in_path and "par" not in each.parameters and each.name != "entreprises.add_entreprise"
]
"""Operations whose address names something; who asks, where that is said, is looked at first. An
account is made by its name."""


@pytest.mark.parametrize("operation", NAMING, ids=lambda each: each.name)
def test_what_an_address_names_and_nobody_knows_is_404(room: Room, operation: AnyOperation) -> None:
    rest = least(operation)
    free = next(each for each in operation.in_path if not operation.parameters[each].values)
    named = {each: rest.pop(each) for each in operation.in_path} | {free: UNKNOWN}
    path = operation.path.format_map(named)
    way = "params" if operation.method in ("GET", "DELETE") else "json"
    answer = room.ask(operation.method, path, **{way: rest})
    assert answer.status_code == 404, answer.text
    assert UNKNOWN in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/points", {"comme": C5, "point": {"fournisseur_titulaire": "PERSONNE"}}, "PERSONNE"),
        (f"/api/points/{C5}", {"nouveau_fournisseur": "PERSONNE"}, "PERSONNE"),
        ("/api/campaigns", {"acteur": "PERSONNE"}, "PERSONNE"),
        ("/api/pannes", {"sorte": "sgt500", "acteur": "PERSONNE"}, "PERSONNE"),
        ("/api/acteurs/TIERS1/habilitations", {"package": "x", **PRODUCTION}, "Le package « x »"),
    ],
)
def test_a_name_that_is_sent_and_nobody_has_is_400(
    room: Room, path: str, body: dict[str, Any], told: str
) -> None:
    answer = room.ask("POST", path, json=body)
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["detail"]


def test_every_list_is_read_page_after_page(room: Room) -> None:
    for name in ("PAGE1", "PAGE2"):
        room.ask("POST", "/api/acteurs", json={"code": name, "nom": name})
        room.ask("POST", "/api/pannes", json={"sorte": "sgt500", "acteur": name})
        room.call_cdc()
    read = 0
    for path in (each.path for each in all_operations() if each.key):
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


@pytest.mark.parametrize("address", ["flux?du={}", "journal?au={}", "certificats/autorites?le={}"])
@pytest.mark.parametrize("typed", ["0", "0001-01-01", "1735689600"])
def test_a_day_is_written_as_one(room: Room, address: str, typed: str) -> None:
    """A number isn't the seconds since 1970, and there is no legal time before it is told of."""
    assert room.ask("GET", "/api/" + address.format(typed)).status_code == 422
