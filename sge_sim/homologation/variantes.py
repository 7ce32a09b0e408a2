"""A client is tried with one form of the answers after another, until it fails; the form that it
failed on is then made as small as it can be, by leaving out half of it, then less."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from sge_sim.api.administration import Administration
from sge_sim.domaine.variantes import ECRITES, Variation, variations_in
from sge_sim.door.variantes import Plan
from sge_sim.errors import UsageError

_KEPT = {"nom": "variantes"}
_ROOT = 6
"""Steps of the path of what is right below the root of an answer."""


class Echec(NamedTuple):
    """What a client failed on: the form `numero` (None: the usual form), the variations that it
    had, and the fewest of them on which the client still fails."""

    numero: int | None
    tirees: Sequence[Variation]
    cause: Sequence[Variation]

    @property
    def sentence(self) -> str:
        """What to tell of it, in French."""
        if self.numero is None:
            return "Le client échoue déjà sur la forme ordinaire des réponses."
        lines = "\n".join(f"  {each}" for each in self.cause) or "  rien qui se répète"
        tirees = f"{len(self.tirees)} variation{'s' * (len(self.tirees) > 1)}"
        return f"Le client échoue sur la forme {self.numero} ({tirees}). Il suffit de :\n{lines}"


@dataclass
class Essais:
    """The trials of a client, each on the state that the first began with.

    `essai` has the client call, and returns False or raises where it doesn't cope. `temoin` is a
    service that the client calls where it copes, and not otherwise, if nothing else tells.
    `rencontres` is what of the contracts was met once the trials are done, `manquants` what they
    allow beside.
    """

    admin: Administration
    essai: Callable[[], object]
    plan: Plan
    temoin: str | None = None
    reponses: int = 0
    rencontres: Sequence[str] = ()
    manquants: Sequence[str] = ()

    def first_failure(self, nombre: int) -> Echec | None:
        """Try so many forms; return the first failure, None where the client copes with all."""
        self.admin.post("/api/snapshot", _KEPT)
        self._since = self.admin.last_exchange_id()
        try:
            return self._first_failure(nombre)
        finally:
            self.admin.post("/api/variantes")
            found = self.admin.get("/api/variantes")
            self.rencontres, self.manquants = found["rencontres"], found["manquants"]

    def _first_failure(self, nombre: int) -> Echec | None:
        if self._fails(()):
            return Echec(None, (), ())
        for numero in range(nombre):
            coped, tirees = self._tried(replace(self.plan, numero=numero))
            if not coped:
                return Echec(numero, tirees, smallest(tirees, self._fails))
        return None

    def _fails(self, variations: Sequence[Variation]) -> bool:
        return not self._tried(Plan(variations="\n".join(each.line for each in variations)))[0]

    def _tried(self, plan: Plan) -> tuple[bool, list[Variation]]:
        self.admin.post("/api/reset", _KEPT)
        self.admin.post("/api/variantes", asdict(plan))
        try:
            coped = self.essai() is not False
        except UsageError:
            raise
        except Exception:
            coped = False
        calls = [each for each in self.admin.exchanges_after(self._since) if each.kind == "soap"]
        if self.temoin:
            coped = any((each.service or "").lower() == self.temoin.lower() for each in calls)
        self.reponses += len(calls)
        drawn = (each for call in calls for each in variations_in(call.detail))
        return coped, list(dict.fromkeys(drawn))


def smallest(
    variations: Sequence[Variation], fails: Callable[[Sequence[Variation]], bool]
) -> Sequence[Variation]:
    """Return the fewest variations on which a client still `fails`: without any one of them it
    doesn't. What is in an element that the usual form lacks gives way to that element alone."""
    kept, size = list(variations), len(variations) // 2
    while size:
        before = len(kept)
        for at in range(0, before, size)[::-1]:
            left = kept[:at] + kept[at + size :]
            if left and fails(left):
                kept = left
        if size > 1 or len(kept) == before:
            size //= 2
    for place, each in enumerate(kept):
        steps = [] if each.sorte in ECRITES else each.chemin.split("/")
        for count in range(_ROOT, len(steps) + 1):
            simpler = Variation("present", "/".join(steps[:count]))
            if simpler != each and fails([*kept[:place], simpler, *kept[place + 1 :]]):
                return [*kept[:place], simpler, *kept[place + 1 :]]
    return kept
