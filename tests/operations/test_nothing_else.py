"""What can be seen and done is declared; what has code of its own says why (`apart.yaml`)."""

from pathlib import Path

import yaml
from command_tree import every_command
from fastapi.routing import APIRoute

from sge_sim.admin.application import ROUTERS
from sge_sim.cli import commands
from sge_sim.operations import all_operations

APART = {
    name
    for each in yaml.safe_load((Path(__file__).parent / "apart.yaml").read_text("utf-8"))
    for name in each["names"]
}


def test_an_address_is_that_of_an_operation_or_says_why() -> None:
    routes = [each for router in ROUTERS for each in router.routes]
    served = {
        f"{method} {route.path}"
        for route in routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    served.add("GET /favicon.ico")
    declared = {
        address
        for each in all_operations()
        for address in (
            *(f"{each.method} {path}" for path in (each.path, *each.former_paths)),
            *(each.page, each.also and f"GET {each.also}"),
        )
        if address
    }
    addresses = {name for name in APART if " /" in name}
    assert served - declared - addresses == set()
    assert (declared | addresses) - served == set()


def test_a_command_is_that_of_an_operation_or_says_why() -> None:
    existing = {words for words, _ in every_command(commands)}
    declared = {
        words
        for each in all_operations()
        for words in existing
        if f"{each.command} ".startswith(f"{words} ")
    }
    apart = {name for name in APART if " /" not in name}
    assert existing - declared - apart == set()
    assert apart - existing == set()
    assert apart & declared == set()
