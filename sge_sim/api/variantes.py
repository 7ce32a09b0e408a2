"""What clients have met of what contracts allow, as it is shown."""

from collections.abc import Set
from typing import Self

from pydantic import Field

from sge_sim.api.views import View
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.variantes import Formes


class RencontresView(View):
    """What was met, of the contracts whose answers were."""

    rencontres: list[str] = Field(description="Éléments, valeurs, nombres d'éléments (× 0, 1, n)")
    manquants: list[str] = Field(description="Ce que les mêmes contrats permettent de plus")

    @classmethod
    def of(cls, met: Set[str]) -> Self:
        """Return the view of what was met; each begins with the path of its contract."""
        paths = {"/".join(each.split("/")[:3]) for each in met}
        expected = {each for path in paths for each in _expected(path)}
        return cls(rencontres=sorted(met), manquants=sorted(expected - met))


@computed_once()
def _expected(path: str) -> Set[str]:
    return Formes(load_contracts(data_path("wsdl"))[path]).expected
