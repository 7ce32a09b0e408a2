"""How sge-sim's own clients say that a call is theirs, and not that of the client under test."""

from sge_sim.api.administration import Administration
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.door.origine import MARQUE, agent_of
from sge_sim.errors import UsageError

_AT_ONCE = 20


class Marqueur:
    """Gives the headers of the calls of one origin, each with a mark of its own.

    Marks are asked of the administration at `admin_url`, some at a time; without one, or where it
    gives none, the product tells whose the calls are.
    """

    def __init__(self, origine: Origine, admin_url: str | None) -> None:
        self.logiciel = agent_of(origine)
        self._origine = origine
        self._admin = None if admin_url is None else Administration(admin_url)
        self._marques: list[str] = []

    def headers(self) -> dict[str, str]:
        """Return what the next call says of itself."""
        return {"User-Agent": self.logiciel, **self._mark()}

    def _mark(self) -> dict[str, str]:
        if self._admin is None:
            return {}
        if not self._marques:
            try:
                self._marques = self._admin.marques(self._origine, _AT_ONCE)
            except UsageError:
                self._admin = None  # it isn't there, or is of another version
                return {}
        return {MARQUE: self._marques.pop()}
