"""The page that counts what is simulated by how sure it is: rules, platform played, tests.

python tests/provenance_page.py > docs/provenance.md
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sge_sim.domaine.ecarts_plateforme import PLATEFORMES
from sge_sim.domaine.provenance import PROVENANCES
from sge_sim.services.registry import SERVICES

TESTS = Path(__file__).parent
_COLUMNS = "".join(f" {name} |" for name in PROVENANCES)


def provenance_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# How sure it is",
        "",
        "Made from the rules and the tests by `make pages`.",
        "*Documented*: a document says it. *Observed*: the real platform was seen to do it.",
        "*Assumed*: neither, but it had to be decided. Sources are in [codes.md](codes.md).",
        "",
        "## The rules of each service",
        "",
        *_table(
            "service",
            (
                (f"{one.nom} v{one.version}", Counter(rule.provenance for rule in one.controls))
                for one in SERVICES
            ),
        ),
        "",
        "## What the profile fidele plays, by release",
        "",
        *_table(
            "release",
            (
                (
                    one.release,
                    Counter(each.provenance for each in (*one.ecarts, *one.usages.values())),
                )
                for one in PLATEFORMES
            ),
        ),
        "",
        "## The tests of each room",
        "",
        "A mark counts once, whatever it parametrises; a refusal is marked as its rule is, above.",
        "",
        *_table("room", ((room, _marks(files)) for room, files in _rooms())),
    ]
    return "\n".join(lines) + "\n"


def _table(head: str, rows: Iterable[tuple[str, Counter[str]]]) -> Iterator[str]:
    yield f"| {head} |{_COLUMNS}"
    yield f"|---|{'---:|' * len(PROVENANCES)}"
    total: Counter[str] = Counter()
    for name, counted in rows:
        total += counted
        yield _row(name, counted)
    yield _row("**all**", total)


def _row(name: str, counted: Counter[str]) -> str:
    return f"| {name} |{''.join(f' {counted[each]} |' for each in PROVENANCES)}"


def _rooms() -> Iterator[tuple[str, list[Path]]]:
    """Yield each folder of tests that marks something; services apart, they are rooms each."""
    folders = sorted(path for path in TESTS.rglob("*") if path.is_dir())
    for folder in [TESTS, *folders]:
        files = sorted(folder.glob("*.py"))
        if _marks(files):
            yield folder.relative_to(TESTS.parent).as_posix(), files


def _marks(files: Iterable[Path]) -> Counter[str]:
    """Count the marks `pytest.mark.<provenance>` written in the files."""
    return Counter(
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in PROVENANCES
        and ast.unparse(node.value) == "pytest.mark"
    )


if __name__ == "__main__":
    print(provenance_page(), end="")
