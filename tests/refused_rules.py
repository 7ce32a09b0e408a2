"""Which rules refuse something in a run of the suite, in every process that the tests start.

A rule is noted where an exchange is kept of what it refused, by its whole name, and where a refusal
is made, as its table calls it: no exchange is kept of what Datahub, the reports of M023 and
`cert check` refuse.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sge_sim.journal.records import EchangeRecord
from sge_sim.refus import Refus, Rule

FOLDER = "SGE_SIM_REFUSED_RULES"
"""The variable that names the folder where each process notes the rules that refused."""
_WITHOUT_EXCHANGE = ("Datahub/", "CR.M023/", "Porte/")


def watch() -> None:
    """Note what this process and its forks refuse from now on, if a folder is named."""
    folder = os.environ.get(FOLDER)
    if folder is not None:
        _note(Path(folder), EchangeRecord, lambda record: record.rule)
        _note(Path(folder), Refus, lambda refus: refus.rule)


def _note(folder: Path, kind: Any, rule_of: Callable[[Any], Rule | None]) -> None:
    make = kind.__init__

    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        rule = rule_of(self)
        if rule is not None:
            (folder / _name_of(rule)).touch()

    kind.__init__ = noted


def _name_of(rule: Rule) -> str:
    name = rule.name
    if name.startswith(_WITHOUT_EXCHANGE):
        name = name.partition("/")[2]
    return quote(f"{name} {rule.code}", safe="")[:200]  # a name of a test may be of any length


def is_whole(config: pytest.Config) -> bool:
    """Tell whether a run is one of the suite, and not of a part of it."""
    option = config.option
    narrowed = (
        option.keyword,
        getattr(option, "lf", False),
        option.deselect,
        option.ignore,
        option.collectonly,
    )
    return (
        config.args_source is config.ArgsSource.TESTPATHS
        and option.markexpr in config.getini("addopts")
        and not any(narrowed)
        and not hasattr(config, "workerinput")
    )


def never_refused(folder: Path) -> list[str]:
    """Return the rules that refused nothing."""
    from sge_sim.api.declarations import all_whole_rules  # a second of every start

    noted = {file.name for file in folder.iterdir()}
    return sorted({rule.name for rule in all_whole_rules() if _name_of(rule) not in noted})
