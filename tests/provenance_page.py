"""The page that counts what is simulated by how sure it is: rules, platform played, tests.

python tests/provenance_page.py > docs/provenance.md
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sge_sim.domaine.ecarts_plateforme import plateformes
from sge_sim.domaine.nomenclatures import PROVENANCES, in_french
from sge_sim.domaine.temoignages import read_rassembles, seen_of_rules
from sge_sim.services.registry import SERVICES

TESTS = Path(__file__).parent
_COLUMNS = "".join(f" {in_french(name)} |" for name in PROVENANCES)


def provenance_page() -> str:
    """Return the page in Markdown."""
    services = (
        (f"{service.nom} v{service.version}", Counter(rule.provenance for rule in service.controls))
        for service in SERVICES
    )
    versions = (
        (each.release, Counter(said.provenance for said in (*each.ecarts, *each.usages.values())))
        for each in plateformes()
    )
    lines = [
        "# Les provenances : à quel point c'est sûr",
        "",
        "Fait des règles et des tests par `make pages`.",
        "*Documenté* : un document le dit. *Observé* : la vraie plateforme fut vue le faire.",
        "*Supposé* : ni l'un ni l'autre, il fallait choisir. Les sources : [les codes](codes.md).",
        "",
        "## Les règles de chaque service",
        "",
        *_table("service", services),
        "",
        "## Ce que des témoignages disent des règles",
        "",
        *_records(),
        "",
        "## Ce que joue le profil fidele, par version",
        "",
        *_table("version", versions),
        "",
        "## Les tests de chaque pièce",
        "",
        "Une marque compte une fois, quoi qu'elle paramètre ; un refus est marqué comme sa règle.",
        "",
        *_table("pièce", _rooms()),
    ]
    return "\n".join(lines) + "\n"


def _records() -> Iterator[str]:
    """Say of each rule how many records of users confirm and contradict it, and since when."""
    found = seen_of_rules(read_rassembles())
    if not found:
        yield "Aucun [témoignage](confronte.md) n'est encore rassemblé."
        return
    yield "| règle | confirment | contredisent | signataires | non signés | depuis |"
    yield "|---|---:|---:|---:|---:|---|"
    for name, seen in found.items():
        counts = (seen.confirment, seen.contredisent, seen.signataires, seen.non_signes)
        yield f"| {name} | {' | '.join(map(str, counts))} | {seen.depuis or 'non dit'} |"


def _table(head: str, rows: Iterable[tuple[str, Counter[str]]]) -> Iterator[str]:
    yield f"| {head} |{_COLUMNS}"
    yield f"|---|{'---:|' * len(PROVENANCES)}"
    total: Counter[str] = Counter()
    for name, counted in rows:
        total += counted
        yield _row(name, counted)
    yield _row("**tous**", total)


def _row(name: str, counted: Counter[str]) -> str:
    return f"| {name} |{''.join(f' {counted[each]} |' for each in PROVENANCES)}"


def _rooms() -> Iterator[tuple[str, Counter[str]]]:
    """Count the marks of each folder of tests that has any; services are rooms each."""
    folders = sorted(path for path in TESTS.rglob("*") if path.is_dir())
    for folder in [TESTS, *folders]:
        if marks := _marks(sorted(folder.glob("*.py"))):
            yield folder.relative_to(TESTS.parent).as_posix(), marks


def _marks(files: Iterable[Path]) -> Counter[str]:
    """Count the marks `pytest.mark.<provenance>` written in the files."""
    texts = (file.read_text(encoding="utf-8") for file in files)
    return Counter(
        node.attr
        for text in texts
        if any(f"mark.{name}" in text for name in PROVENANCES)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr in PROVENANCES
        and ast.unparse(node.value) == "pytest.mark"
    )


if __name__ == "__main__":
    print(provenance_page(), end="")
