"""Mutants of the package: a place in a statement, and what is written there instead.

The source is edited where `ast` says that a node stands; all the rest of the file stays as it is.
"""

import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRAWN_FROM = (
    *("services", "flux", "mesures", "commandes", "dataconnect", "door"),
    *("homologation/jugement", "pki", "tables"),
)
"""The folders of the package whose statements are drawn."""
_OF_OTHER_TARGETS = ("tables/comptages.py", "tables/plateforme.py", "tables/postgresql.py")
"""Those that no test of the suite runs: PostgreSQL has a target of its own."""

_OTHERS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
}
"""What is written instead of each operator."""
_SIMPLE = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise, ast.Break, ast.Continue)
"""The statements that can go; an assignment to a name can't, all that reads it would fail."""
_QUOTE = re.compile(r"[A-Za-z]*(\"\"\"|'''|\"|')")
_UNSEEN = re.compile(rb"(Literal|TypeVar|cast|NewType|computed_once)\b")
"""What is for the type checker, or says how much is kept."""
_LEFT_OUT = re.compile(rb"_log\.|__all__\b|cache_ok\b|if TYPE_CHECKING|if __name__")
_SHOWN = 70

Key = tuple[str, str, str]
"""A file, the text of a line and its change."""


@dataclass(frozen=True)
class Mutant:
    """A file of the package, by its path in the tree, with something else in one place.

    `ligne` is the line's text and `fonction` the name of what it is a part of; `source` is the
    whole file as it is written then.
    """

    file: str
    number: int
    ligne: str
    fonction: str
    avant: str
    apres: str
    source: bytes

    @property
    def key(self) -> Key:
        """Return its file, its line's text and its change: the line may move in its file."""
        return (self.file, self.ligne, self.change)

    @property
    def change(self) -> str:
        """The old text and the new, on one line."""
        return f"{_short(self.avant)} → {_short(self.apres)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN // 2]}…{line[-_SHOWN // 2 :]}"


@dataclass(frozen=True)
class Statement:
    """A statement without those inside it."""

    file: "SourceFile"
    node: ast.stmt
    fonction: str

    @property
    def ligne(self) -> str:
        """The text of its first line."""
        return self.file.lines[self.node.lineno - 1]

    def mutants(self) -> dict[str, list[Mutant]]:
        """Return its mutants by kind of change: those that compile, and aren't the same program."""
        found: dict[str, list[Mutant]] = {}
        for kind, node, written in self._changes():
            found.setdefault(kind, []).append(self.file.mutant(self, node, written))
        return found

    def _changes(self) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
        """Yield each kind of change with the node, and what is written in its place."""
        statement, text = self.node, self.file.text
        if isinstance(statement, _SIMPLE) or (
            isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Name)
        ):
            yield "drop", statement, "pass"
        if isinstance(statement, ast.Return) and not _says_none(statement.value):
            yield "return", statement, "return None"
        for node in self.file.expressions(statement):
            for test in _conditions(node):
                yield "condition", test, f"not ({text(test)})"
            match node:
                case ast.Compare(ops=ops):
                    for rank, op in enumerate(ops):
                        for other in _OTHERS.get(type(op), ()):
                            changed = [*ops[:rank], other(), *ops[rank + 1 :]]
                            yield "operator", node, _with(node, ops=changed)
                case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op):
                    for other in _OTHERS.get(type(op), ()):
                        yield "operator", node, _with(node, op=other())
                case ast.UnaryOp(op=ast.Not()):
                    yield "not", node, text(node.operand)
                case ast.Constant(value=bool()):
                    yield "constant", node, str(not node.value)
                case ast.Constant(value=int() | float()):
                    yield "number", node, str(node.value + 1)
                    yield "number", node, str(node.value - 1)
                case ast.JoinedStr() | ast.Constant(value=str() | bytes()):
                    yield "string", node, _QUOTE.sub(r"\g<0>XX", text(node), count=1)


def _with(node: ast.expr | ast.stmt, **fields: object) -> str:
    """Return how a node is written with other fields."""
    return ast.unparse(type(node)(**dict(ast.iter_fields(node)) | fields))


class SourceFile:
    """A file of the package, as it is written and as it is parsed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.content = (ROOT / path).read_bytes()
        self.tree = ast.parse(self.content)
        lines = self.content.splitlines(keepends=True)
        self.lines = [line.decode().strip() for line in lines]
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Return how a node is written."""
        start, end = self.span(node)
        return self.content[start:end].decode()

    def mutant(self, statement: Statement, node: ast.expr | ast.stmt, written: str) -> Mutant:
        """Return the file with something else in the place of a node."""
        start, end = self.span(node)
        return Mutant(
            self.path,
            node.lineno,
            self.lines[node.lineno - 1],
            statement.fonction,
            self.text(node),
            written,
            self.content[:start] + written.encode() + self.content[end:],
        )

    def is_another(self, mutant: Mutant) -> bool:
        """Whether a mutant compiles, to another program than the file's."""
        try:
            return ast.dump(ast.parse(mutant.source)) != self._dump
        except SyntaxError:
            return False

    @cached_property
    def _dump(self) -> str:
        return ast.dump(self.tree)

    def statements(self) -> Iterator[Statement]:
        """Yield the statements that may change something when the program runs."""
        yield from self._statements(self.tree.body, "")

    def _statements(self, body: Iterable[ast.AST], fonction: str) -> Iterator[Statement]:
        for node in body:
            if not isinstance(node, ast.stmt):
                yield from self._statements(ast.iter_child_nodes(node), fonction)
                continue
            if self._is_left_out(node):
                continue
            name = fonction or _name_of(node)
            yield Statement(self, node, name)
            yield from self._statements(ast.iter_child_nodes(node), name)

    def _is_left_out(self, node: ast.stmt) -> bool:
        """Whether a statement imports, documents, or tells the log or the type checker."""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        return self._begins(node, _LEFT_OUT)

    def expressions(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what a statement is made of, but for the statements inside it, types, and what the
        program forbids itself: to write in a dataclass, lists of two lengths."""
        yield node
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Subscript | ast.Call) and self._begins(node, _UNSEEN)
        ):
            return
        if isinstance(node, ast.keyword) and node.arg in ("frozen", "slots", "strict"):
            return
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.stmt):
                    yield from self.expressions(child)

    def _begins(self, node: ast.expr | ast.stmt, pattern: re.Pattern[bytes]) -> bool:
        return pattern.match(self.content, self.span(node)[0]) is not None


def _name_of(node: ast.stmt) -> str:
    """Return the name that a statement of a module defines, empty where it defines none."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    names = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    return next(names, "")


def _conditions(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return [test]
        case ast.comprehension(ifs=ifs):
            return ifs
    return []


def _says_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def statements(folders: Iterable[str] = DRAWN_FROM) -> list[Statement]:
    """Return the statements of folders of the package, in their order."""
    return [
        statement
        for folder in folders
        for file in sorted((ROOT / "sge_sim" / folder).rglob("*.py"))
        if not file.as_posix().endswith(_OF_OTHER_TARGETS)
        for statement in SourceFile(file.relative_to(ROOT).as_posix()).statements()
    ]


def draw(seed: int, count: int, folders: Iterable[str] = DRAWN_FROM) -> Iterator[Mutant]:
    """Yield so many mutants, each of another statement: the same ones for the same seed.

    Each statement has a chance of its own, by what it says: a change elsewhere draws the same.
    """
    seen: Counter[str] = Counter()
    chances = []
    for statement in statements(folders):
        text = f"{statement.file.path} {statement.ligne}"
        seen[text] += 1
        chance = random.Random(f"{seed} {text} {seen[text]}")
        chances.append((chance.random(), text, chance, statement))
    for _, _, chance, statement in sorted(chances, key=lambda each: each[:2]):
        kinds = statement.mutants()
        if kinds and count:
            mutant = chance.choice(kinds[chance.choice(sorted(kinds))])
            if statement.file.is_another(mutant):
                count -= 1
                yield mutant
