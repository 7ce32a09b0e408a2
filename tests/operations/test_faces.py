"""An operation has one answer, whichever face is asked: what is wrong is told in the same words.

The demands are made from the declarations: each parameter missing, of another kind, at and past
each bound, beside each other one, and one that isn't declared.
"""

import contextlib
import os
import random
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import chain, combinations
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from admin_kit import Room, control_room, order_mesures
from lxml import html
from operations_kit import as_json, least, sound
from points_kit import csv_lines, made_points
from typed_commands import type_command

from sge_sim.admin.application import build_admin
from sge_sim.admin.pages import ADMIN
from sge_sim.admin.problems import ProblemeDeForme
from sge_sim.admin.token import draw_token, guard_by_token
from sge_sim.api.administration import Administration
from sge_sim.clock import legal_date, parse_instant
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees
from sge_sim.dataconnect.applications import get_application
from sge_sim.dataconnect.consentements import give_consentement
from sge_sim.errors import UsageError
from sge_sim.operations import AnyOperation, Parameter, all_operations
from sge_sim.processes.serving_note import Served, serving
from sge_sim.tables.points import find_point

C5 = "25946599093143"
PLACES = {"prm": C5, "numero": "1"}
"""What a page is about that shows something else too."""
OPERATIONS = sorted(all_operations(), key=lambda each: not each.address.startswith("DELETE"))
"""What removes first: it finds nothing, and so it is refused the same by every face."""
TOLD_ON_A_PAGE = 600
SOURCE = re.compile(r" \((documenté|supposé|observé) : .*")
TECHNICAL = re.compile(
    r"pydantic|Input should|[Ff]ield required|validation|Traceback|\w(Error|Exception)\b|\bNone\b|"
    r"Usage|Invalid value|No such|Missing|Got unexpected|libxml|xs:|\{http"
)
"""Words of pydantic, click and libxml2."""
NAMED = {each.name: each for each in OPERATIONS}
ACCEPTED = yaml.safe_load((Path(__file__).parent / "accepted.yaml").read_text("utf-8"))
AS_THEY_ARE = {"demande"}
"""Messages that are sent again: whatever they hold."""
NO_PAGE = "the page of what is not there"
UNFIT = "A\u202eB"  # what follows reads backwards
KINDS = ("zut", UNFIT)
KNOWN_TO_WHO_SERVES = {"flux.publish": {"environnement": "production"}}
"""What a command must be given where nobody serves."""
NOBODY_SERVES = "aucun simulateur ne sert {} : le démarrer par sge-sim serve."
WITHOUT_RIGHT = {"par": ("theo@tiers.example.fr", "legal@tiers.example.fr")}
"""Who is there, and may not do all."""
SAID: dict[tuple[object, ...], str | None] = {}
"""What commands said of a simulator that serves."""
MOST_PAIRS = 6
"""Of the parameters of an operation: of many, these are drawn."""


def ends(parameter: Parameter) -> Iterator[str]:
    """Yield a number that few take, and each bound with both its sides."""
    if parameter.kind in (int, float):
        yield "-1.5"
    for bound in parameter.says.bounds.values():
        for step in (-1, 0, 1):
            yield f"{bound + step:.0f}"


def demands(operation: AnyOperation) -> Iterator[dict[str, str]]:
    """Yield the demands of an operation, each once."""
    told: list[dict[str, str]] = []
    for given in chain(demands_of_one(operation), demands_of_two(operation)):
        if given not in told:
            told.append(given)
            yield given


def demands_of_two(operation: AnyOperation) -> Iterator[dict[str, str]]:
    """Yield the demands that say something of two parameters."""
    parameters, needed = operation.parameters.values(), least(operation)
    pairs = [*combinations(parameters, 2)]
    for one, other in random.Random(operation.name).sample(pairs, min(len(pairs), MOST_PAIRS)):
        yield {**needed, one.name: "5", other.name: "2"}
        yield {**needed, one.name: sound(one), other.name: sound(other)}


def demands_of_one(
    operation: AnyOperation, kinds: Sequence[str] = KINDS
) -> Iterator[dict[str, str]]:
    """Yield the demands that say something of one parameter alone."""
    parameters, needed = operation.parameters.values(), least(operation)
    yield needed
    yield {**needed, "inconnu": "7"}
    for each in parameters:
        yield {name: value for name, value in needed.items() if name != each.name}
        for value in (*kinds, *ends(each), *each.values, *WITHOUT_RIGHT.get(each.name, ())):
            yield {**needed, each.name: value}


def by_rest(room: Room, operation: AnyOperation, given: dict[str, str]) -> str | None:
    method, path, rest = operation.method, operation.path, dict(given)
    for name in operation.in_path:
        path = path.replace(f"{{{name}}}", quote(rest.pop(name), safe=""))
    if method in ("GET", "DELETE"):
        answer = room.ask(method, path, params=rest)
    else:
        answer = room.ask(method, path, json=as_json(operation, rest))
    if answer.ok:
        return None
    if answer.status_code != 422:
        return str(answer.json()["detail"])
    problem = ProblemeDeForme.model_validate_json(answer.content, strict=True)
    named = {*operation.parameters, *given, "corps"}
    assert all(each.champ.split(".")[0] in named and each.constat for each in problem.erreurs)
    return " ; ".join(each.sentence for each in problem.erreurs) + "."


def chosen_by(operation: AnyOperation) -> str:
    """Return the parameter that chooses the operation among others of its command, as an option."""
    return operation.flag if operation.flag.lstrip("-") in operation.parameters else ""


def by_command(room: Room, operation: AnyOperation, given: dict[str, str]) -> str | None:
    said = typed_beside(room.state.settings.data_dir, operation, given)
    SAID[operation.name, *given.items()] = said
    return said


def can_be_typed(operation: AnyOperation, given: dict[str, str]) -> bool:
    """Whether a demand can be told from another: not where the first of two words is missing."""
    words = [name for name in operation.arguments if name in given]
    chosen = chosen_by(operation).lstrip("-")
    return words == [*operation.arguments[: len(words)]] and chosen in ("", *given)


def typed_beside(folder: Path, operation: AnyOperation, given: dict[str, str]) -> str | None:
    """Return what the command says is wrong with a demand, on the simulator of a folder."""
    words = [word for word in operation.words.split() if word != chosen_by(operation)]
    words += [] if operation.is_bare else ["--data-dir", str(folder)]
    placed = operation.arguments
    for name in given.keys() & operation.parameters.keys():
        if operation.parameters[name].says.file:
            (folder / "file").write_text(given[name])
            given = {**given, name: str(folder / "file")}
    words += [f"--{name}={value}" for name, value in given.items() if name not in placed]
    last = [given[name] for name in placed if name in given]
    done = type_command(*words, "--", *last)
    assert done.returncode in (0, 2), done.stderr
    return done.stderr.removeprefix("sge-sim : ").rstrip("\n") if done.returncode else None


def by_page(room: Room, operation: AnyOperation, given: dict[str, str]) -> str | None:
    method, _, path = operation.page.partition(" ")
    fields = dict(given)
    for name in re.findall(r"{(\w+)}", path):
        path = path.replace(f"{{{name}}}", quote(fields.pop(name, PLACES.get(name, "")), safe=""))
    answer = room.ask(method, path, data=fields if method == "POST" else None)
    of_what = "{" in operation.page or answer.history
    if answer.status_code == 404 or (answer.status_code == 422 and of_what):
        return NO_PAGE
    if answer.status_code == 401:
        return str(answer.json()["detail"])
    alerts = html.fromstring(answer.content).xpath("//*[@role='alert']")
    assert answer.ok, answer.text
    return next((each.text_content().strip() for each in alerts), None)


def last_application(room: Room) -> str:
    return str(room.ask("GET", "/api/applications").json()[-1]["client_id"])


def consent(room: Room) -> str:
    """Have a customer give the last application his consent; return its number."""
    with room.state.database.transaction() as session:
        application = get_application(session, last_application(room))
        point = find_point(session, C5)
        assert point is not None
        now = room.state.clock.now()
        given = give_consentement(
            session, application, "titulaire", point, now, legal_date(now) + timedelta(30)
        )
        session.flush()
        return str(given.id)


def demand(room: Room) -> str:
    """Have an actor ask for measures; return the number of the case."""
    with room.state.database.transaction() as session:
        period = (date(2025, 7, 1), date(2025, 7, 3))
        asked = MesuresDemandees("R63", "CSV", (C5,), "SOUTIRAGE", "ACCORD_CLIENT", *period)
        emetteur = Emetteur("TIERS1", "1100256", "exploitation@tiers1.example.org", None)
        return order_mesures(session, emetteur, asked, room.state.clock.now())


def file(room: Room) -> str:
    """Have a demand answered; return the name of its first file."""
    affaire_id = demand(room)
    room.ask("POST", "/api/clock", json={"action": "advance", "duree": "1h"})
    return str(room.ask("GET", f"/api/demandes/{affaire_id}/fichiers").json()[0]["nom"])


def certificate(room: Room) -> str:
    return (room.state.settings.data_dir / "pki/clients/tiers/chain.pem").read_text()


def own(room: Room) -> str:
    """Import a point; return its number."""
    (cells,) = made_points(1)
    headers = {"Content-Type": "text/csv"}
    room.ask("POST", "/api/points", data=b"".join(csv_lines(iter([cells]))), headers=headers)
    return cells["prm"]


MADE = {
    "{call}": lambda room: str(room.call_cdc()),
    "{own}": own,
    "{pem}": certificate,
    "{client_id}": last_application,
    "{consentement_id}": consent,
    "{affaire_id}": demand,
    "{nom}": file,
}
SETTINGS: dict[str, Any] = {
    **{"environment": "production", "population_size": 0},
    "now": parse_instant("2025-08-01T10:00"),
}
COMMANDS = [each for each in OPERATIONS if each.command]
(FORGET_PANNES,) = (each for each in COMMANDS if each.name == "pannes.remove_all")
FACES = {"rest": by_rest, "command": by_command, "page": by_page}


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Room]]:
    """Yield a simulator for each face: what one accepts isn't there already for the next."""
    folder = tmp_path_factory.mktemp("faces")
    with contextlib.ExitStack() as open_rooms:
        rooms = {
            face: open_rooms.enter_context(control_room(folder / face, **SETTINGS))
            for face in FACES
        }
        for face, room in rooms.items():  # commands ask the simulator that serves the folder
            served = Served(room.home, room.state.b2b_url, "production")
            open_rooms.enter_context(serving(folder / face)).announce(served)
        yield rooms


@pytest.mark.parametrize("face", FACES)
def test_every_face_does_what_is_sound(rooms: dict[str, Room], face: str) -> None:
    room, wrong = rooms[face], []
    for name, given in ACCEPTED:
        operation = NAMED[name]
        given = {
            field: MADE[value](room) if value in MADE else value for field, value in given.items()
        }
        had = {"rest": True, "command": operation.command, "page": operation.page}
        # What one face lacks is done by another: the next demands need it.
        refused = FACES[face if had[face] else "rest"](room, operation, given)
        if refused is not None:
            wrong.append((name, given, refused))
    assert wrong == []


def wait_for_passages(rooms: dict[str, Room]) -> None:
    """Wait until no run of cases goes on: another is refused meanwhile."""
    for room in rooms.values():
        while not all(each["fini"] for each in room.ask("GET", "/api/passages").json()):
            time.sleep(0.01)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_face_tells_a_mistake_in_the_same_words(
    rooms: dict[str, Room], operation: AnyOperation
) -> None:
    page = operation.method != "GET" and operation.page
    had = {"rest": True, "command": operation.command, "page": page}
    differ, refused = [], 0
    for given in demands(operation):
        if not all(given.get(name) for name in operation.in_path):
            continue  # no such address
        answers = {
            face: ask(rooms[face], operation, given)
            for face, ask in FACES.items()
            if had[face] and (face != "command" or can_be_typed(operation, given))
        }
        refused += answers["rest"] is not None
        assert not any(TECHNICAL.search(text or "") for text in answers.values()), answers
        if any(given.get(name) == UNFIT for name in operation.parameters.keys() - AS_THEY_ARE):
            assert "U+202E" in (answers["rest"] or ""), (given, answers)
            assert not any(UNFIT in (text or "") for text in answers.values()), (given, answers)
        if operation.name == "campaigns.run":
            wait_for_passages(rooms)
        # A page is told at most so much, and adds where a rule comes from.
        told = {text and SOURCE.sub("", text[:TOLD_ON_A_PAGE]) for text in answers.values()}
        told.discard(NO_PAGE)
        if len(told) > 1:
            differ.append((given, answers))
    assert differ == [], "\n".join(map(str, differ[:5]))
    assert refused
    for room in rooms.values():
        room.ask("DELETE", "/api/pannes")


@pytest.fixture(scope="module")
def stopped(rooms: dict[str, Room], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a copy of what commands are told of, which nobody has announced that he serves, and
    of which they leave nothing open."""
    served = rooms["command"].state.settings.data_dir
    folder = shutil.copytree(served, tmp_path_factory.mktemp("faces") / "stopped")
    yield folder
    held = {os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()}
    assert not any(each.startswith(str(folder)) and ".db" in each for each in held)


@pytest.mark.parametrize("operation", COMMANDS, ids=lambda each: each.name)
def test_a_command_tells_a_mistake_in_the_same_words_of_a_simulator_that_has_stopped(
    rooms: dict[str, Room], stopped: Path, operation: AnyOperation
) -> None:
    differ = []
    for given in filter(partial(can_be_typed, operation), demands_of_one(operation, KINDS[:1])):
        given = KNOWN_TO_WHO_SERVES.get(operation.name, {}) | given
        said = typed_beside(stopped, operation, given)
        if operation.serving == "always" and said == NOBODY_SERVES.format(stopped):
            continue
        # Who serves is asked again where it has done so since, or wasn't asked yet.
        if said == SAID.get((operation.name, *given.items()), NO_PAGE):
            continue
        if said != (served := by_command(rooms["command"], operation, given)):
            differ.append((given, said, served))
    assert differ == [], "\n".join(map(str, differ[:5]))
    for folder in (stopped, rooms["command"].state.settings.data_dir):
        typed_beside(folder, FORGET_PANNES, {})


def test_who_does_not_give_the_token_is_told_so_by_every_face(tmp_path: Path) -> None:
    guard = partial(guard_by_token, tmp_path)
    told = set()
    with control_room(tmp_path, guard=guard, **SETTINGS) as room, serving(tmp_path) as note:
        draw_token(tmp_path)
        note.announce(Served(room.home, room.state.b2b_url, "production"))
        for operation in OPERATIONS:
            needed = least(operation)
            told.add(by_rest(room, operation, needed))
            if operation.page:
                told.add(by_page(room, operation, needed))
            # A command that asks no simulator has the right to the folder, or none.
            asks = operation.command and operation.serving != "never"
            if asks and can_be_typed(operation, needed):
                told.add(by_command(room, operation, needed))
        with pytest.raises(UsageError) as refused:
            Administration(room.home).clock()
        told.add(str(refused.value))
    (said,) = told
    assert said is not None
    assert said.startswith("L'administration demande son jeton")


def test_the_names_of_the_version_before_do_the_same(rooms: dict[str, Room]) -> None:
    told = []
    for operation in OPERATIONS:
        given = least(operation) | {"inconnu": "7"}
        addresses = [each for each in operation.was if " /" in each]
        told += [
            by_rest(rooms["rest"], replace(operation, address=each), given) for each in addresses
        ]
        told += [by_command(rooms["command"], each, given) for each in operation.formerly]
    assert told
    assert [said for said in told if not (said or "").startswith("inconnu : inconnu ici")] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_who_lacks_a_face_says_why(operation: AnyOperation) -> None:
    assert bool(operation.without) != bool(operation.command and operation.page)
    assert all(each.says.sentence for each in operation.parameters.values())


FORMS = {
    re.sub(r"{{.*?}}", "{}", next(filter(None, found), "/points/{}"))  # of the page that has it
    for template in (ADMIN / "templates").glob("*.html")
    for found in re.findall(
        r'<form method="post"(?: action="([^"?]*))?|formaction="([^"?]*)', template.read_text()
    )
}
"""The addresses to which the forms of pages post."""


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if each.page.startswith("POST ")],
    ids=lambda each: each.name,
)
def test_a_page_has_the_form_that_is_declared(operation: AnyOperation) -> None:
    assert re.sub(r"{\w+}", "{}", operation.page.removeprefix("POST ")) in FORMS


def test_the_description_and_the_help_carry_the_same_sentences(rooms: dict[str, Room]) -> None:
    described = build_admin(rooms["rest"].state).openapi()["paths"]
    wrong = []
    for operation in OPERATIONS:
        found = described[operation.path][operation.method.lower()]
        said = {each["name"]: each["schema"]["description"] for each in found["parameters"]}
        content = found.get("requestBody", {}).get("content", {})
        for each in (content[kind] for kind in content if kind == "application/json"):
            said |= {name: one["description"] for name, one in each["schema"]["properties"].items()}
            assert each["example"]
        wrong += [
            (operation.name, each.name)
            for each in operation.parameters.values()
            if said.get(each.name) != each.says.sentence
        ]
        assert found["summary"] == operation.sentence
    assert wrong == []
