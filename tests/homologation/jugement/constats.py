"""What the judge says of wrong answers that are drawn: of most of its checks one that it sees.

python tests/homologation/jugement/constats.py writes `constats.yaml` anew.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

sys.path += [str(folder) for folder in Path(__file__).parents[:3]]

from campagne_rejouee import Rejeu, enregistre
from epreuve import Tries, essais_of, runs
from falsifications import Essai, Libre

from sge_sim.homologation.jugement.juge import CONTROLES

FILE = Path(__file__).with_name("constats.yaml")
_SEED = 1
_OF_A_FAMILY = 60
"""How many wrong answers of a family are tried on a run, to find one for each check."""

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


def _broken(told: Constats) -> set[str]:
    """Return the checks that one of the wrong answers breaks."""
    constats = [each for run in told.values() for says in run.values() for each in says]
    names = {each.attendu for each in CONTROLES}
    return {name for name in names if any(each.startswith(f"{name} : ") for each in constats)}


def _run(rejeu: Rejeu) -> str:
    return f"{rejeu.cas.service} v{rejeu.cas.version} {rejeu.cas.cle}"


def _by_name(essais: Sequence[Essai | Libre]) -> Iterator[tuple[str, Essai]]:
    for each in essais:
        if isinstance(each, Essai):
            yield f"{each.famille} : {each.ou}, {each.quoi}", each


def _constats(rejeu: Rejeu, essai: Essai) -> list[str]:
    execution = rejeu.execute(essai.falsifie(rejeu.message))
    return [str(each) for each in execution.constats if each.avertit or not each.reussi]


def _chosen(tries: Iterator[tuple[Rejeu, Sequence[Essai | Libre]]]) -> Constats:
    """Return what is said of the wrong answers that break a check which no earlier one does."""
    chosen: Constats = {}
    seen: set[str] = set()
    for rejeu, essais in tries:
        tried: Counter[str] = Counter()
        for name, essai in _by_name(essais):
            tried[essai.famille] += 1
            if tried[essai.famille] <= _OF_A_FAMILY:
                told = {_run(rejeu): {name: _constats(rejeu, essai)}}
                if _broken(told) - seen:
                    seen |= _broken(told)
                    chosen.setdefault(_run(rejeu), {}).update(told[_run(rejeu)])
    return chosen


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        campagnes = [enregistre(name, Path(folder) / name) for name in ("23.2", "26.1")]
        tries = ((run, essais_of(run, each, _SEED)) for each in campagnes for run in runs(each))
        options = {"allow_unicode": True, "sort_keys": False, "width": sys.maxsize}
        FILE.write_text(yaml.safe_dump(_chosen(tries), default_flow_style=None, **options))
