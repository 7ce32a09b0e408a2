"""How long something takes: a duration, or working days, in which SGE counts (GUI 0469)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sge_sim.clock import PARIS, Duree, parse_duration
from sge_sim.domaine.jours_ouvres import working_days_after
from sge_sim.errors import UsageError

_LONGEST_DAYS = 366
_NO_TIME = Duree()
_JOURS_OUVRES = re.compile(r"(\d{1,3})jo")


@dataclass(frozen=True)
class Delai:
    """A delay of simulated time: some working days, kept to the legal hour, then a duration."""

    duree: Duree = _NO_TIME
    jours_ouvres: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `3jo` (working days) or a duration such as `10d`, `36h`, `30min`.

        Raises `UsageError` for anything else.
        """
        jours = _JOURS_OUVRES.fullmatch(text.strip())
        if jours is not None:
            return cls(jours_ouvres=int(jours[1]))
        try:
            duree = parse_duration(text)
        except UsageError:
            raise UsageError(
                f"« {text} » n'est pas un délai : écrire par exemple 3jo (jours ouvrés), 10d, 36h "
                "ou 30min."
            ) from None
        if duree.jours + duree.temps.total_seconds() / 86_400 > _LONGEST_DAYS:
            raise UsageError(f"« {text} » : un délai ne passe pas {_LONGEST_DAYS} jours.")
        return cls(duree)

    def after(self, instant: datetime) -> datetime:
        """Return the instant that comes this much after an aware one."""
        if self.jours_ouvres:
            legal = instant.astimezone(PARIS)
            day = working_days_after(legal.date(), self.jours_ouvres)
            instant = datetime.combine(day, legal.time(), PARIS)
        return self.duree.after(instant)

    def __str__(self) -> str:
        return f"{self.jours_ouvres}jo" if self.jours_ouvres else str(self.duree)


AUSSITOT = Delai()
"""No delay at all."""
