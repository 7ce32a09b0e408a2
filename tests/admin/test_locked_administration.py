"""Somebody holds the database's lock: every route says so within five seconds, and works after."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import pytest
from admin_kit import Room, control_room
from fastapi.routing import APIRoute
from held_lock import hold
from operations_kit import as_json, least

from sge_sim.admin.application import ROUTERS
from sge_sim.clock import parse_instant
from sge_sim.operations import all_operations

SOON = 5.0
AT_ONCE = 10
Route = tuple[str, str]
FILLED_IN: dict[Route, dict[str, Any]] = {
    ("POST", "/api/clock"): {"json": {"action": "advance", "duree": "1h"}},
    ("POST", "/clock"): {"data": {"action": "1h"}},
    ("POST", "/points/{prm}"): {"data": {"teleoperable": "oui"}},
}
"""What makes more of a route than an example of each of its fields."""
REMOVALS = {("DELETE", "/api/apports"), ("DELETE", "/api/points/{prm}")}
"""What goes on alone: whoever comes meanwhile is told so."""
NAMED = {
    "prm": "25946599093143",
    "code": "TIERS1",
    "contrat": "1100256",
    "email": "a@b.fr",
    "part": "demande",
    "name": "codes",
    "numero": "1",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    now = parse_instant("2025-08-01T10:00")
    folder = tmp_path_factory.mktemp("locked")
    with control_room(folder, population_size=0, now=now, environment="production") as opened:
        opened.ask("POST", "/api/snapshot")
        yield opened


def demands(room: Room) -> dict[Route, dict[str, Any]]:
    """Return what to send to each route, as it is declared."""
    declared = {(each.method, each.path): each for each in all_operations()}
    declared |= {tuple(each.page.split()): each for each in all_operations() if each.page}
    found = {}
    for route in (each for router in ROUTERS for each in router.routes):
        for method in sorted(route.methods if isinstance(route, APIRoute) else ()):
            options: dict[str, Any] = {"stream": True}
            operation = declared.get((method, route.path))
            if method != "GET":
                options["headers"] = {"Origin": room.home}
            if method not in ("GET", "DELETE") and operation is not None:
                given = least(operation)
                body = {name: given[name] for name in given.keys() - {*operation.in_path}}
                in_json = route.path.startswith("/api/")
                options |= {"json": as_json(operation, body)} if in_json else {"data": body}
            found[method, route.path] = options | FILLED_IN.get((method, route.path), {})
    return found


class Said(NamedTuple):
    """The status of an answer, how long it took, and after how long to ask again."""

    status: int
    seconds: float
    again: str


def ask(room: Room, demand: tuple[Route, dict[str, Any]]) -> Said:
    (method, path), options = demand
    for name, value in NAMED.items():
        path = path.replace("{" + name + "}", value)
    while "{" in path:
        path = path[: path.index("{")] + "1" + path[path.index("}") + 1 :]
    began = time.monotonic()
    with room.ask(method, path, **options) as answer:
        seconds = time.monotonic() - began
        return Said(answer.status_code, seconds, answer.headers.get("Retry-After", ""))


def test_every_route_answers_soon_while_the_lock_is_held_and_works_after(room: Room) -> None:
    """Either as if nothing was, or 503 with the time after which to ask again; or 409, where one
    removal waits for the lock and another for that one."""
    asked = demands(room)
    with ThreadPoolExecutor(AT_ONCE) as pool, hold(room.state.settings.data_dir / "sge-sim.db"):
        locked = dict(zip(asked, pool.map(partial(ask, room), asked.items()), strict=True))
    free = {route: ask(room, (route, options)) for route, options in asked.items()}
    assert {route: said for route, said in locked.items() if said.seconds > SOON} == {}
    assert {route: said for route, said in free.items() if said.status >= 500} == {}
    refused = {route for route, said in locked.items() if (said.status, said.again) == (503, "5")}
    assert len(refused) > 40, "or nothing was put to the test"
    assert refused >= {*FILLED_IN}
    others = {route for route in asked if locked[route].status != free[route].status}
    assert {route for route in others if locked[route].status == 409} <= REMOVALS
    assert others <= refused | REMOVALS
