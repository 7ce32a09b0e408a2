"""The package keeps its shape. The files are read, nothing of the package is imported."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
import yaml

PACKAGE: Final = Path(__file__).parents[1] / "sge_sim"
ROOMS: Final = PACKAGE.parent / "docs" / "rooms.yaml"
MOST_LINES: Final = 400

LATE_IMPORTS: Final[Mapping[tuple[str, str], int]] = {
    ("homologation.premier_appel", "sge_sim.pki.inspection"): 60,
    ("admin.token", "sge_sim.admin.problems"): 390,
    ("admin.pages", "fastapi"): 0,
    ("admin.routes", "sge_sim.homologation.campaign.observed"): 69,
    ("admin.routes", "sge_sim.homologation.campaign.passages"): 678,
    ("admin.routes.campaigns", "sge_sim.homologation.campaign.case_request"): 31,
    ("admin.routes.campaigns", "sge_sim.homologation.campaign.matching"): 387,
    ("admin.routes.campaigns", "sge_sim.homologation.campaign.observed"): 69,
    ("admin.routes.campaigns", "sge_sim.homologation.catalogue.protocoles"): 355,
    ("admin.routes.campaigns", "sge_sim.homologation.catalogue.release"): 21,
    ("admin.routes.passages", "sge_sim.homologation.campaign.passages"): 695,
    ("admin.routes", "sge_sim.homologation.client.sge_client"): 136,
    ("homologation.catalogue.protocoles", "sge_sim.tables.dataconnect"): 300,
    ("flux.livraison", "sge_sim.flux.canal_sftp"): 260,
    ("flux.publication", "sge_sim.flux.fabrication"): 190,
    ("flux.publication", "sge_sim.flux.salissures"): 190,
    ("flux.ouverture", "jsonschema"): 150,
    ("referentiel.points", "sge_sim.mesures.climat"): 110,
    ("admin.routes.journal", "sge_sim.homologation.rejeu"): 53,
    ("referentiel.reglages", "sge_sim.mesures"): 160,
    ("referentiel.reglages", "sge_sim.referentiel.mesures"): 163,
    ("domaine.anglais", "sge_sim.machine.yaml_files"): 27,
    ("domaine.ecarts_plateforme", "sge_sim.machine.yaml_files"): 27,
    ("domaine.pannes", "sge_sim.domaine.sortes"): 40,
    ("mesures.tableaux", "sge_sim.machine.yaml_files"): 27,
    ("masse.grappe", "distributed"): 750,
    ("masse.parquet", "pyarrow"): 45,
    ("machine.monde", "asyncssh"): 260,
    ("machine.monde", "concurrent"): 20,
    ("machine.monde", "ftplib"): 10,
    ("machine.monde", "multiprocessing"): 5,
    ("machine.monde", "shutil"): 3,
    ("machine.monde", "sqlite3"): 4,
    ("machine.monde", "tempfile"): 1,
    ("machine.own_folder", "platformdirs"): 3,
    ("settings.own_folder", "tomllib"): 14,
    ("processes.admin_process", "sge_sim.admin.application"): 592,
    ("processes.admin_process", "sge_sim.admin.routes"): 592,
    ("processes.admin_process", "sge_sim.referentiel.apports.retrait"): 30,
    ("processes.admin_process", "sge_sim.transport.admin_server"): 25,
    ("processes.b2b_process", "sge_sim.door.variantes"): 44,
    ("processes.simulator", "sge_sim.dataconnect.tokens"): 59,
    ("processes.simulator", "sge_sim.processes.dataset_installation"): 225,
    ("processes.simulator", "sge_sim.facturation.prix"): 5,
    ("processes.simulator", "sge_sim.referentiel.apports.sources"): 150,
    ("processes.supervised", "sge_sim.processes.data_connect_process"): 300,
    ("pytest_plugin", "sge_sim.homologation.testing"): 818,
    ("pytest_plugin", "sge_sim.machine.collector"): 10,
    ("facts.database", "sge_sim.tables.postgresql"): 91,
    ("schema.data_folder", "sge_sim.journal"): 60,
    ("schema.data_folder", "sge_sim.tables.models"): 65,
    ("processes.serving_note", "http"): 20,
    ("services.declared", "sge_sim.services.registry"): 366,
    ("referentiel.apports.versement", "sge_sim.referentiel.apports.jours"): 100,
}
"""What is imported inside functions, and the milliseconds that it spares a start or a command that
can do without (measured on two busy cores, after the importing module). Commands and operations
import what they work with when they run: tests/cli/test_light_commands.py."""

HOMONYMS: Final[Mapping[str, str]] = {
    "sge_sim/services/*/": "each service has its own of the same parts, and its own rules",
    "sge_sim/operations/": "each subject declares its operations, which read by their subject",
    "sge_sim/cli/": "click takes a command's name from its function; nobody imports it",
    "sge_sim/flux/*/": "each flux has its own of the same parts",
}
"""Where a name of one module may be that of another, and why."""

PRIVATE_IMPORTS: Final = {("transport.tls", "_ssl")}
"""Those that are late because the module may be absent."""


@cache
def modules() -> dict[str, ast.Module]:
    """Return the parsed modules of the package, by dotted name; a package goes by its own."""
    return {_name_of(file): ast.parse(file.read_bytes()) for file in PACKAGE.rglob("*.py")}


def _name_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(tree: ast.AST) -> Iterator[str]:
    """Give the modules that a tree imports, wherever it does; `from a import b` may give a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in modules() else node.module


def rooms() -> list[str]:
    """Return the rooms from the ground up: folders of the package, and modules beside them."""
    return [row["room"].removesuffix(".py") for row in yaml.safe_load(ROOMS.read_bytes())]


def entry_of(name: str, package: str) -> str:
    """Return the folder or the module of a package where a module stands; empty outside it."""
    return name.removeprefix(f"{package}.").split(".")[0] if name.startswith(f"{package}.") else ""


def reached_within(package: str) -> dict[str, set[str]]:
    """Return what each folder and module of a package imports of its others, step by step."""
    pairs = {(entry_of(name, package), entry_of(found, package)) for name, found in all_imports()}
    graph: dict[str, set[str]] = {}
    for entry, imported in pairs:
        if entry and imported and entry != imported:
            graph.setdefault(entry, set()).add(imported)
    for middle in graph:
        for others in graph.values():
            if middle in others:
                others |= graph[middle]
    return graph


def upward(imports: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the imports, each by importing and imported module, that don't go down the order."""
    height = {room: number for number, room in enumerate(rooms())}
    return [
        (name, imported)
        for name, imported in imports
        if name.count(".") and imported.count(".")
        if height[imported.split(".")[1]] > height[name.split(".")[1]]
    ]


@cache
def all_imports() -> list[tuple[str, str]]:
    """Return the imports within the package, those in functions and for the type checker too."""
    return [
        (name, found)
        for name, tree in modules().items()
        for found in imported_by(tree)
        if found in modules()
    ]


def test_every_entry_of_the_package_is_a_room() -> None:
    entries = {one.stem for one in PACKAGE.iterdir() if one.suffix in ("", ".py")}
    assert sorted(entries - {"__init__", "__pycache__"}) == sorted(rooms())


def test_a_room_imports_only_rooms_below_it() -> None:
    assert upward(all_imports()) == []


def test_no_import_goes_round_between_folders_of_a_folder() -> None:
    """Neither straight nor by the modules beside them."""
    folders = {name.rpartition(".")[0] for name in modules()}
    for package in {name.rpartition(".")[0] for name in folders} - {""}:
        reached = reached_within(package)
        inside = [entry for entry in reached if f"{package}.{entry}" in folders]
        loops = [(a, b) for a, b in combinations(inside, 2) if {a, b} <= reached[a] & reached[b]]
        assert loops == [], package


def test_entries_listed_from_the_ground_up_import_only_those_above_them() -> None:
    for file in PACKAGE.rglob("__init__.py"):
        text, package = file.read_text(encoding="utf-8"), _name_of(file)
        if "From the ground up" in text:
            listed = re.findall(r"^- `(\w+)`:", text, re.M)
            for entry, reached in reached_within(package).items():
                assert reached <= {*listed[: listed.index(entry)]}, f"{package}.{entry}"


def test_nothing_above_the_services_makes_up_a_demand_of_theirs() -> None:
    """What a file or another interface tells is read as a service reads it, not through it."""
    demands = [
        (name, imported)
        for name, imported in all_imports()
        if re.fullmatch(r"sge_sim\.services\.\w+\.(demande|answer\w*)", imported)
    ]
    assert len(demands) > 20
    assert [pair for pair in demands if not pair[0].startswith("sge_sim.services.")] == []


@pytest.mark.parametrize(
    ("name", "imported"),
    [
        ("sge_sim.services.dispatch", "sge_sim.commandes.echeances"),
        ("sge_sim.processes.b2b_process", "sge_sim.door.b2b_application"),
        ("sge_sim.facts.database", "sge_sim.tables.ecritures"),
    ],
)
def test_an_import_turned_round_is_seen(name: str, imported: str) -> None:
    assert (name, imported) in all_imports()
    turned = (imported, name)
    assert upward([*all_imports(), turned]) == [turned]


def test_the_page_of_the_architecture_shows_the_order_of_rooms() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `([^`]+)` \| (.+) \|$", page, re.M)
    assert shown == [(row["room"], row["holds"]) for row in yaml.safe_load(ROOMS.read_bytes())]


def test_modules_are_short() -> None:
    lines = {_name_of(file): file.read_bytes().count(b"\n") for file in PACKAGE.rglob("*.py")}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_a_room_that_lists_its_modules_lists_those_that_are_there() -> None:
    for file in PACKAGE.rglob("__init__.py"):
        lines = re.findall(r"^- (`[^:]*):", file.read_text(encoding="utf-8"), re.M)
        listed = {name for line in lines for name in re.findall(r"`(\w+)`", line)}
        there = {one.stem for one in file.parent.glob("[!_]*") if one.suffix in ("", ".py")}
        assert not lines or listed == there, file.parent.name


def test_no_import_goes_round() -> None:
    """Those for the type checker alone and those inside functions count."""
    graph: dict[str, set[str]] = {}
    for name, imported in all_imports():
        graph.setdefault(name, set()).update({imported} - {name})
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imported by ".join(error.args[1])) from None


def test_imports_inside_functions_spare_a_start() -> None:
    found = {
        (
            name.removeprefix("sge_sim."),
            imported if imported in modules() else imported.split(".")[0],
        )
        for name, tree in modules().items()
        if not name.startswith(("sge_sim.cli.", "sge_sim.operations", "sge_sim.masse.command"))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for imported in imported_by(node)
    }
    assert found == LATE_IMPORTS.keys() | PRIVATE_IMPORTS


NAMES_OF_FLUX: Final[Mapping[str, str]] = {
    "sge_sim.domaine.plateformes": "the planning says when the files of a generation end",
    "sge_sim.domaine.libelles": "HDM is the object of an order too",
    "sge_sim.services.commande_transmission_historique_mesures.rules": "as the object of an order",
}
"""Where a flux may be told from others by its name, outside its folder, and why."""


def codes_of_flux() -> set[object]:
    """Return the codes that the folders of flux declare."""
    calls = (
        statement.value
        for name, tree in modules().items()
        if re.fullmatch(r"sge_sim\.flux\.\w+\.flux", name)
        for statement in tree.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call)
    )
    firsts = (call.args[0] for call in calls)
    return {first.value for first in firsts if isinstance(first, ast.Constant)} - {0}


def compared(tree: ast.AST) -> Iterator[object]:
    """Give the constants that values are told apart by: compared with, or a key of a table."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.Dict(keys=keys):
                sides = [key for key in keys if key is not None]
            case ast.MatchValue(value=side) | ast.Subscript(slice=side):
                sides = [side]
            case ast.Call(func=ast.Attribute(attr="startswith" | "get"), args=sides):
                pass
            case _:
                continue
        parts = (part for side in sides for part in ast.walk(side))
        yield from (part.value for part in parts if isinstance(part, ast.Constant))


def test_a_flux_is_told_from_others_in_its_folder_alone() -> None:
    codes = codes_of_flux()
    assert {"R50", "HDM", "C68", "R66B"} <= codes
    found = {
        name
        for name, tree in modules().items()
        if not re.match(r"sge_sim\.flux\.\w+\.", name)
        if codes & set(compared(tree))
    }
    assert found == NAMES_OF_FLUX.keys()


def test_the_environment_is_defined_once() -> None:
    defined = [
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ClassDef) and node.name.startswith("Environ"))
        or (
            (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
            and node.id in ("Environment", "Environnement")
        )
    ]
    assert defined == ["sge_sim.domaine.nomenclatures"]


def test_a_name_means_one_thing() -> None:
    """Public classes and functions, but for the families."""
    defined: dict[str, list[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE.parent).as_posix()
        if any(fnmatchcase(path, f"{family}*") for family in HOMONYMS):
            continue
        for node in modules()[_name_of(file)].body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                defined.setdefault(node.name, []).append(path)
    public = {name: where for name, where in defined.items() if not name.startswith("_")}
    assert {name: where for name, where in public.items() if len(where) > 1} == {}


def test_every_family_has_homonyms() -> None:
    for family in HOMONYMS:
        names = [
            node.name
            for file in PACKAGE.rglob("*.py")
            if fnmatchcase(file.relative_to(PACKAGE.parent).as_posix(), f"{family}*")
            for node in modules()[_name_of(file)].body
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        ]
        assert len(names) > len(set(names)), family
