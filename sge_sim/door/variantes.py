"""Answers in another lawful form: which one, and what the journal says of it.

Without a plan each answer of a contract has the next form of the seed. A plan, which whoever tries
a client out writes into the folder of the state, is followed from the next call on.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sge_sim.domaine.variantes import Variation, sorte_typed, variations_in
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, data_path, write_atomically
from sge_sim.soap.contract import Contract, contract_files
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.variantes import Formes
from sge_sim.transport.message import Framing, Response

_FILE: Final = "variantes.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """Which form answers have: that of the number `numero` (from 0) of the seed `graine`, or
    exactly the `variations` (their lines in the journal) where it is None.

    Answers of these `services`, variations of these `sortes` are drawn, or of any. Raises
    `UsageError` for a service, a kind or a line that there isn't.
    """

    graine: int = 0
    numero: int | None = None
    services: tuple[str, ...] = ()
    sortes: tuple[str, ...] = ()
    variations: str = ""

    def __post_init__(self) -> None:
        known = {service.lower() for _, service, _ in contract_files(data_path("wsdl"))}
        for each in self.services:
            if each.lower() not in known:
                raise UsageError(f"« {each} » n'est pas un service : « sge-sim codes » les donne.")
        for line in self.variations.splitlines():
            if not variations_in(line):
                raise UsageError(f"« {line} » n'est pas une variation : la copier du journal.")
        for each in (*self.sortes, *(each.sorte for each in self.varied)):
            sorte_typed(each)

    @property
    def varied(self) -> list[Variation]:
        """The variations, read."""
        return variations_in(self.variations)

    def keep(self, data_dir: Path) -> None:
        """Have the processes that serve this folder follow it."""
        write_atomically(data_dir / _FILE, json.dumps(asdict(self)).encode(), PRIVATE)


def plan_in(data_dir: Path) -> Plan | None:
    """Return the plan of a folder, None where there is none."""
    try:
        kept: dict[str, Any] = json.loads((data_dir / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    listed = {name: tuple(each) for name, each in kept.items() if isinstance(each, list)}
    return Plan(**kept | listed)


def forget_plan(data_dir: Path) -> None:
    """Forget the plan of a folder."""
    monde.unlink(data_dir / _FILE, missing_ok=True)


class Variantes:
    """Gives the answers of one process their forms: by its seed where nothing is planned."""

    def __init__(self, graine: int, data_dir: Path) -> None:
        self._graine, self._data_dir = graine, data_dir
        self._formes: dict[str, Formes] = {}
        self._answered: Counter[tuple[str, int]] = Counter()

    def vary(self, response: Response, exchange: Exchange, contract: Contract) -> Response:
        """Return a response in another form; as it is where it breaks its contract already."""
        try:
            formes = self._formes.setdefault(contract.path, Formes(contract))
            drawn = self._drawn(response, exchange, formes)
            if not drawn or not formes.is_lawful(response.content):
                return response
            content, kept = formes.varied(response.content, drawn)
        except Exception:
            _log.exception("La réponse de %s garde sa forme.", contract.path)
            return response
        exchange.notes += [each.line for each in kept]
        framed = {each.sorte: each.valeur for each in kept}
        framing = Framing("gzip" in framed, int(framed.get("morceaux", 0)))
        return response._replace(content=content, framing=framing if any(framing) else None)

    def _drawn(self, response: Response, exchange: Exchange, formes: Formes) -> list[Variation]:
        gzip = accepts_gzip(exchange.request.headers)
        plan, answered = plan_in(self._data_dir), (formes.contract.path, int(response.status))
        if plan is None:
            plan = Plan(self._graine, self._answered[answered])
            self._answered[answered] += 1
        if plan.numero is None:
            return [each for each in plan.varied if gzip or each.sorte != "gzip"]
        if plan.services and formes.contract.service.lower() not in map(str.lower, plan.services):
            return []
        sortes = [each.lower() for each in plan.sortes]
        return formes.draw(response.content, plan.graine, plan.numero, gzip=gzip, sortes=sortes)


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    """Tell whether a client takes gzip (RFC 9110 §12.5.3).

    >>> accepts_gzip({"accept-encoding": "gzip;q=0, deflate"})
    False
    """
    wishes = headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    named = {name: parameters for name, _, parameters in (each.partition(";") for each in wishes)}
    wish = named.get("gzip", named.get("*", "q=0"))
    return re.fullmatch(r"(q=(1|0?\.\d*[1-9]\d*|1\.0*))?", wish) is not None
