"""What the judge says of wrong answers that are drawn: of most lines of it one that runs them.

python tests/homologation/jugement/constats.py writes `constats.yaml` anew.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

sys.path += [str(folder) for folder in Path(__file__).parents[:3]]

from campagne_rejouee import Rejeu, enregistre
from epreuve import Tries, essais_of, runs
from falsifications import Essai, Libre

from sge_sim.homologation.jugement import juge

FILE = Path(__file__).with_name("constats.yaml")
_SEED = 1
_OF_A_FAMILY = 6
"""How many wrong answers of a family are drawn on a run, to find one for each line."""
_JUDGE = Path(juge.__file__).parent

Constats = dict[str, dict[str, list[str]]]
"""What is said, by the run and then by the wrong answer."""


def known_constats() -> Constats:
    """Return what is to be said."""
    found: Constats = yaml.safe_load(FILE.read_bytes())
    return found


def said(tries: Tries, asked: Constats) -> Constats:
    """Return what is said of the same wrong answers."""
    found: Constats = {}
    for rejeu, essais in tries:
        for name, essai in _by_name(essais):
            if name in asked.get(_run(rejeu), ()):
                found.setdefault(_run(rejeu), {})[name] = _constats(rejeu, essai)
    return found


def _run(rejeu: Rejeu) -> str:
    return f"{rejeu.cas.service} v{rejeu.cas.version} {rejeu.cas.cle}"


def _by_name(essais: Sequence[Essai | Libre]) -> Iterator[tuple[str, Essai]]:
    named: dict[str, Essai] = {}
    for each in essais:
        if isinstance(each, Essai):
            named.setdefault(f"{each.famille} : {each.ou}, {each.quoi}", each)
    yield from named.items()


def _constats(rejeu: Rejeu, essai: Essai) -> list[str]:
    execution = rejeu.execute(essai.falsifie(rejeu.message))
    return [str(each) for each in execution.constats if each.avertit or not each.reussi]


def _chosen(tries: Iterator[tuple[Rejeu, Sequence[Essai | Libre]]]) -> Constats:
    """Return what is said of the wrong answers that break a check, or run a line of the judge, as
    no earlier one does."""
    chosen: Constats = {}
    seen: set[object] = set()
    for rejeu, essais in tries:
        drawn, tried = list(_by_name(essais)), Counter[str]()
        random.Random(_run(rejeu)).shuffle(drawn)
        for name, essai in drawn:
            tried[essai.famille] += 1
            if tried[essai.famille] <= _OF_A_FAMILY:
                sentences, ran = _with_its_lines(rejeu, essai)
                ran |= {each.attendu for each in juge.CONTROLES if _breaks(sentences, each.attendu)}
                if ran - seen:
                    seen |= ran
                    chosen.setdefault(_run(rejeu), {})[name] = sentences
    return chosen


def _breaks(sentences: Sequence[str], name: str) -> bool:
    return any(each.startswith(f"{name} : ") for each in sentences)


def _with_its_lines(rejeu: Rejeu, essai: Essai) -> tuple[list[str], set[object]]:
    lines: set[object] = set()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        path = frame.f_code.co_filename
        if not path.startswith(str(_JUDGE)):
            return None
        if event == "line":
            lines.add((path, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        return _constats(rejeu, essai), lines
    finally:
        sys.settrace(None)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        campagnes = [enregistre(name, Path(folder) / name) for name in ("23.2", "26.1")]
        tries = ((run, essais_of(run, each, _SEED)) for each in campagnes for run in runs(each))
        options = {"allow_unicode": True, "sort_keys": False, "width": sys.maxsize}
        FILE.write_text(yaml.safe_dump(_chosen(tries), default_flow_style=None, **options))
