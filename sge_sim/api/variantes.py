"""What clients have met of what contracts allow, as it is shown."""

from collections.abc import Iterable
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
    def of(cls, answers: Iterable[tuple[str, bytes]]) -> Self:
        """Return the view of answers, each with the path of its contract."""
        met: set[str] = set()
        expected: set[str] = set()
        for path, message in answers:
            if path not in load_contracts(data_path("wsdl")):
                continue  # nobody's service
            formes = _formes(path)
            expected |= formes.expected
            if formes.is_lawful(message):
                met |= formes.met(message)
        return cls(rencontres=sorted(met), manquants=sorted(expected - met))


@computed_once()
def _formes(path: str) -> Formes:
    return Formes(load_contracts(data_path("wsdl"))[path])
