"""Tables are known with those that they refer to, although nobody loads them all.

Prepared statements are understood by every dialect.
"""

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

import sge_sim.tables
from sge_sim import tables as store
from sge_sim.tables.attributes import Attribute
from sge_sim.tables.models import Base
from sge_sim.tables.point_columns import COMPTEUR_ATTRIBUTES, POINT_ATTRIBUTES
from sge_sim.tables.points import SEARCH_COLUMNS, Compteur, Point
from sge_sim.tables.prepared import Prepared

TABLES = Path(sge_sim.tables.__file__).parent
TREES = {path.stem: ast.parse(path.read_bytes()) for path in TABLES.glob("*.py")}
CORE = ("points", "acteurs")
"""What the facts are read of, which whoever opens a database loads (`sge_sim.facts.lecture`)."""


def _defined(module: str) -> set[str]:
    return {
        node.value.value
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [ast.unparse(target) for target in node.targets] == ["__tablename__"]
    }


def _referred(module: str) -> Iterator[str]:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ForeignKey":
            (column,) = (each.value for each in node.args if isinstance(each, ast.Constant))
            yield str(column).partition(".")[0]


def _loaded_with(*modules: str) -> set[str]:
    """Return these modules of the tables, and those that they load."""
    found, left = set(modules), [*modules]
    while left:
        for node in ast.walk(TREES[left.pop()]):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                package, _, name = node.module.rpartition(".")
                if package == "sge_sim.tables" and name not in found:
                    found.add(name)
                    left.append(name)
    return found


@pytest.mark.parametrize("module", sorted(TREES.keys() - {"models"}))
def test_a_module_of_tables_loads_those_that_it_refers_to(module: str) -> None:
    loaded = _loaded_with(module, *CORE)
    known = {name for each in loaded for name in _defined(each)}
    assert set(_referred(module)) <= known


def test_the_number_of_a_point_takes_as_many_characters_as_it_has() -> None:
    """SQLite takes any length, PostgreSQL cuts none."""
    columns = [each for table in Base.metadata.tables.values() for each in table.columns]
    lengths = {getattr(each.type, "length", 14) for each in columns if each.name == "prm"}
    assert lengths == {14}


WITHOUT_WORDS = {
    Point: {
        *("graine", "mesures_factices", "puissance_raccordement_unite", "pourquoi", "apport_id"),
        *SEARCH_COLUMNS.values(),
    },
    Compteur: {"id", "prm"},
}
"""The columns that no file gives and no description shows by themselves."""


@pytest.mark.parametrize(
    ("table", "attributes"), [(Point, POINT_ATTRIBUTES), (Compteur, COMPTEUR_ATTRIBUTES)]
)
def test_a_column_says_what_it_is_called(
    table: type[Base], attributes: dict[str, Attribute]
) -> None:
    assert {each.name for each in table.__table__.columns} - attributes.keys() == (
        WITHOUT_WORDS[table]
    )
    said = [attribute for attribute in attributes.values() if attribute.mot is not None]
    assert len({attribute.mot for attribute in said}) == len(said)


def test_an_attribute_names_columns_and_lists_that_are_there() -> None:
    for attribute in POINT_ATTRIBUTES.values():
        columns = {attribute.recherche, attribute.unite} - {None, "h"}
        assert columns <= {each.name for each in Point.__table__.columns}
        assert attribute.liste is None or attribute.codes


STATEMENTS = {
    f"{module.name}.{name}": found
    for module in pkgutil.iter_modules(store.__path__)
    if not module.ispkg
    for name, found in vars(import_module(f"sge_sim.tables.{module.name}")).items()
    if isinstance(found, Prepared)
}


@pytest.mark.parametrize("dialect", [SQLiteDialect_pysqlite(), PGDialect_psycopg()])
def test_every_statement_is_understood(dialect: Dialect) -> None:
    assert len(STATEMENTS) > 10
    for name, statement in STATEMENTS.items():
        assert statement.compile(dialect).sql, name
