"""Breaks that are data (`fautes.yaml`): a function of the product with some of its text changed."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from types import FunctionType
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_name("fautes.yaml")


@dataclass(frozen=True)
class Defait:
    """What is changed: in the function `en` the text `dit` becomes `disait`."""

    en: str
    dit: str
    disait: str


@dataclass(frozen=True)
class Faute:
    """A break: what is changed, how it is looked for, what sees it.

    `commit`: the one whose repair is undone; `couture`: the kind of seam that shows it. `voit`: the
    invariants of which one is to see it. Where they aren't the life's own: `fins`, the only kind of
    seam at which processes end; `defauts`, the only fault of the world, in many steps; `seuls`, the
    only kinds of calls that are drawn; `points`, how many points of each segment they are about;
    `pas`, how many steps are played. `graines`: how many seeds are played at most.
    """

    nom: str
    defait: tuple[Defait, ...]
    voit: tuple[str, ...]
    commit: str = ""
    sujet: str = ""
    couture: str = ""
    fins: str = ""
    defauts: str = ""
    seuls: tuple[str, ...] = ()
    points: int = 0
    pas: int = 0
    graines: int = 200


def read_fautes() -> list[Faute]:
    """Return the breaks, in the order of their file."""
    found = []
    for each in yaml.safe_load(_FILE.read_text()):
        defait = tuple(Defait(**change) for change in each.pop("defait"))
        words = {nom: tuple(each.pop(nom, ())) for nom in ("voit", "seuls")}
        found.append(Faute(defait=defait, **words, **each))
    return found


def plante(faute: Faute) -> None:
    """Change the product of this process, for good: whoever has imported a function too."""
    for function, changed in changes_of(faute):
        function.__code__ = changed.__code__


def changes_of(faute: Faute) -> Iterator[tuple[FunctionType, FunctionType]]:
    """Yield each function that a break changes, and what it becomes.

    Raises `ValueError` where a text isn't there once: the product has moved on.
    """
    for nom, changes in groupby(faute.defait, lambda change: change.en):
        function = _function(nom)
        yield function, _changed(function, changes)


def _function(nom: str) -> FunctionType:
    """Return the function of a dotted name, below what decorates it."""
    module, _, rest = nom.partition(":")
    found: Any = import_module(module)
    for part in rest.split("."):
        found = inspect.getattr_static(found, part)
    found = getattr(found, "__func__", found)
    found = inspect.unwrap(getattr(found, "fget", None) or found)
    assert isinstance(found, FunctionType), nom
    return found


def _changed(function: FunctionType, changes: Iterable[Defait]) -> FunctionType:
    """Return a function of another text, which knows what the module of the first knows."""
    source = dedent(inspect.getsource(function))
    for change in changes:
        if source.count(change.dit) != 1:
            raise ValueError(f"{change.en} doesn't say once: {change.dit!r}")
        source = source.replace(change.dit, change.disait)
    tree = ast.parse(source)
    (made,) = tree.body
    assert isinstance(made, ast.FunctionDef)
    made.decorator_list = []
    made.args.defaults = [ast.Constant(None) for _ in made.args.defaults]
    made.args.kw_defaults = [each and ast.Constant(None) for each in made.args.kw_defaults]
    ast.fix_missing_locations(tree)
    known = dict(function.__globals__)
    exec(compile(tree, inspect.getfile(function), "exec"), known)
    written = known[made.name]
    assert isinstance(written, FunctionType)
    return written
