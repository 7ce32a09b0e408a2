"""Dates of the test cases that follow the day of the run.

A case writes a date in one of two ways. An ISO date is the one that the catalogue of the release
lists: it is kept, or moved with the whole campaign (`Release.decalage`). An expression such as
`aujourdhui-24mois` always follows the day of the run. Only calendar dates are handled, never
instants, so a change of legal time cannot move them.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sge_sim.clock import add_months

_STEP = re.compile(r"([+-])(\d{1,4})(jours?|mois|ans?)")
_EXPRESSION = re.compile(rf"aujourdhui(?:{_STEP.pattern})*")


@dataclass(frozen=True)
class DateRelative:
    """A date counted from the day of the run, such as `aujourdhui+1an` or `aujourdhui-730jours`."""

    texte: str

    def __post_init__(self) -> None:
        if _EXPRESSION.fullmatch(self.texte) is None:
            raise ValueError(self.texte)
        try:
            self.on(date(2024, 2, 29))
        except (ValueError, OverflowError):
            raise ValueError(self.texte) from None

    def on(self, today: date) -> date:
        """Return the date meant when the case runs on `today` (legal date).

        Steps apply from left to right. A month or a year that lacks the day gives its last day:
        29 February + 1 an is 28 February, which stays within « 1 an au plus ».
        """
        result = today
        for sign, count, unit in _STEP.findall(self.texte):
            signed = int(sign + count)
            if unit.startswith("jour"):
                result += timedelta(days=signed)
            else:
                result = add_months(result, signed * (12 if unit.startswith("an") else 1))
        return result


def is_relative(text: str) -> bool:
    """Return whether `text` is meant as a date counted from the day of the run."""
    return text.startswith("aujourdhui")
