"""Answers in another lawful form: which one, and what the journal says of it.

Without a plan each answer of a contract has the next form of the seed. A plan, which whoever tries
a client out writes into the folder of the state, is followed from the next call on.
"""

import json
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

from sge_sim.domaine.variantes import SorteVariation, Variation, variations_in
from sge_sim.machine.files import PRIVATE, write_atomically
from sge_sim.machine.once import computed_once
from sge_sim.soap.contract import Contract
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.variantes import Formes
from sge_sim.transport.message import Framing, Response

_FILE: Final = "variantes.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """Which form answers have: that of the number `numero` of the seed `graine`, or exactly the
    `variations` (as `Variation` writes them) where `numero` is None.

    Only answers of these `services` and variations of these `sortes` are drawn, of any where there
    are none; those that are in `sans` aren't.
    """

    graine: int = 0
    numero: int | None = None
    variations: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sortes: tuple[SorteVariation, ...] = ()
    sans: tuple[str, ...] = ()

    @classmethod
    def read(cls, data_dir: Path) -> Self | None:
        """Return the plan of a folder, None where there is none."""
        try:
            kept = json.loads((data_dir / _FILE).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in kept.items()})

    def keep(self, data_dir: Path) -> None:
        """Have the processes that serve this folder follow it."""
        write_atomically(data_dir / _FILE, json.dumps(asdict(self)).encode(), PRIVATE)


def forget_plan(data_dir: Path) -> None:
    """Forget the plan of a folder."""
    (data_dir / _FILE).unlink(missing_ok=True)


formes_of = computed_once()(Formes)
"""The forms of a contract, which is read once."""


class Variantes:
    """Gives the answers of one process their forms, by the seed `graine` where nothing is planned."""

    def __init__(self, graine: int, data_dir: Path) -> None:
        self._graine, self._data_dir = graine, data_dir
        self._answered: Counter[tuple[str, HTTPStatus]] = Counter()

    def vary(self, response: Response, exchange: Exchange, contract: Contract) -> Response:
        """Return a response in another form; as it is where it breaks its contract already."""
        try:
            return self._varied(response, exchange, contract)
        except Exception:
            _log.exception("La réponse de %s garde sa forme.", contract.path)
            return response

    def _varied(self, response: Response, exchange: Exchange, contract: Contract) -> Response:
        formes = formes_of(contract)
        drawn = self._drawn(response, exchange, contract)
        if not drawn or not formes.is_lawful(response.content):
            return response
        content, kept = formes.varied(response.content, drawn)
        exchange.notes += [each.line for each in kept]
        framed = {each.sorte: each.valeur for each in kept}
        framing = Framing("gzip" in framed, int(framed.get("morceaux", 0)))
        return response._replace(content=content, framing=framing if any(framing) else None)

    def _drawn(self, response: Response, exchange: Exchange, contract: Contract) -> list[Variation]:
        plan, gzip = Plan.read(self._data_dir), accepts_gzip(exchange.request.headers)
        answered = contract.path, response.status
        if plan is None:
            plan = Plan(self._graine, self._answered[answered])
            self._answered[answered] += 1
        if plan.numero is None:
            found = variations_in("\n".join(f"Variation : {each}" for each in plan.variations))
            return [each for each in found if gzip or each.sorte != "gzip"]
        if plan.services and contract.service not in plan.services:
            return []
        return formes_of(contract).draw(
            response.content,
            plan.graine,
            plan.numero,
            gzip=gzip,
            sortes=plan.sortes,
            without=plan.sans,
        )


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    """Tell whether a client takes gzip (RFC 9110 §12.5.3).

    >>> accepts_gzip({"accept-encoding": "gzip;q=0, deflate"})
    False
    """
    wishes = headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    named = {name: parameters for name, _, parameters in (each.partition(";") for each in wishes)}
    wish = named.get("gzip", named.get("*"))
    return wish is not None and float(wish.removeprefix("q=") or 1) > 0
