"""The words that are declared of the help (`mots.yaml`): of questions, of pages, of refusals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml

_FILE: Final = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class HelpWords:
    """Words that say nothing of what is asked, sets of words that readers take for each other, what
    is asked of each page, and the page about a refusal by how its code or its rule begins."""

    vides: str
    proches: tuple[tuple[str, ...], ...]
    pages: dict[str, str]
    refus: dict[str, str]


@computed_once()
def read_mots() -> HelpWords:
    """Return what is declared."""
    return TypeAdapter(HelpWords).validate_python(parse_yaml(_FILE))


def page_about(code: str | None, rule: str | None) -> str | None:
    """Return the address of the page to read about a refusal, in the administration, if any."""
    for begins, page in read_mots().refus.items():
        if any(each is not None and each.startswith(begins) for each in (code, rule)):
            return f"/aide/{page}.html"
    return None
