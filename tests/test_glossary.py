"""One notion has one word: what `docs/glossary.md` replaces stands nowhere in `sge_sim`."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sge_sim"
PARTS = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Z]?[a-zà-ÿ]+")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
ADDRESS = re.compile(r"/[\w{}./-]*")

Words = tuple[str, ...]


def words_of(name: str) -> Words:
    """Return the words of an identifier, in small letters, without the s of a plural."""
    return tuple(part.lower().removesuffix("s") for part in PARTS.findall(name))


@cache
def replaced_words() -> dict[Words, str]:
    """Return what the glossary replaces, with the word that stands for it."""
    found: dict[Words, str] = {}
    for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            for replaced in re.findall(r"`([^`]+)`", cells[2]):
                found[words_of(replaced)] = cells[0].strip("`")
    return found


@cache
def modules() -> dict[str, ast.Module]:
    """Return the modules of the package by their path in it."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def names_in(tree: ast.AST) -> Iterator[str]:
    """Yield what a module names: classes, functions, arguments, variables, fields and aliases;
    the keys of its mappings, its options and its addresses."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.keyword(arg="alias", value=ast.Constant(value=str(name))):
                yield name
            case ast.Dict(keys=keys):
                for key in keys:
                    if isinstance(key, ast.Constant) and str(key.value).isidentifier():
                        yield str(key.value)
            case ast.Constant(value=str(text)):
                yield from OPTION.findall(text)
                if ADDRESS.fullmatch(text):
                    yield text


@cache
def wrong_in(name: str) -> list[str]:
    """Return the name with what to write instead of each word that the glossary replaces."""
    words = words_of(name)
    return [
        f"{name} : {new}"
        for old, new in replaced_words().items()
        if any(words[rank : rank + len(old)] == old for rank in range(len(words)))
    ]


def wrong_names(names: Iterator[str]) -> set[str]:
    """Return those of the names that have words replaced by the glossary."""
    return {wrong for name in names for wrong in wrong_in(name)}


def test_no_replaced_word_is_in_a_name() -> None:
    """Identifiers, fields, aliases, options, and addresses of the API and of the pages."""
    wrong = {path: wrong_names(names_in(tree)) for path, tree in modules().items()}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_no_replaced_word_is_in_the_name_of_a_file() -> None:
    paths = (str(path.relative_to(ROOT)) for path in PACKAGE.rglob("*") if path.is_file())
    assert wrong_names(path for path in paths if "__pycache__" not in path) == set()


@pytest.mark.parametrize(
    "source",
    [
        "class ObservationCampagne: ...",
        "def read(label): ...",
        "horloge = 1",
        "self.actor = 1",
        "Field(alias='paquet')",
        "option('--paquet')",
        "get('/api/campagnes/{numero}')",
        "{'actors': 1}",
    ],
)
def test_a_replaced_word_is_seen(source: str) -> None:
    assert len(wrong_names(names_in(ast.parse(source)))) == 1


def test_a_class_name_is_defined_once() -> None:
    names = Counter(
        node.name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_a_type_has_one_name() -> None:
    """Classes, and the aliases that modules give to types; a subject's are those of its
    parameters."""
    names: Counter[str] = Counter()
    for path, tree in modules().items():
        for node in tree.body:
            match node:
                case ast.Assign() if path.startswith("sge_sim/operations/"):
                    continue
                case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                    names[name] += bool(re.match("[A-Z].*[a-z]", name))
    assert {name for name, count in names.items() if count > 1} == set()


VAGUE = {"one", "told", "_told"}


def test_a_name_says_what_it_holds() -> None:
    """The point, the service, the message: nothing is called `one` or `told`."""
    vague = {path: VAGUE & set(names_in(tree)) for path, tree in modules().items()}
    assert {path: names for path, names in vague.items() if names} == {}
