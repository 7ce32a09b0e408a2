"""Answers in another lawful form: which one, and what the journal says of it.

Without a plan each answer of a contract has the next form of the seed. A plan, kept in the folder
of the state, is followed from the next call on; beside it stands what answers have met of what
their contracts allow, for as long as the folder lives.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sge_sim.domaine.variantes import SORTES_VARIATION, Variation, variations_in
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, data_path, locked, write_atomically
from sge_sim.soap.contract import Contract, contract_files
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.variantes import Formes
from sge_sim.transport.message import Framing, Response

_PLAN: Final = "variantes.json"
_MET: Final = "variantes.rencontres"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """Which form answers have: that of the number `numero` (from 0) of the seed `graine`, exactly
    the `variations` (their lines in the journal) where they are given, or the next of the seed.

    Answers of these `services`, variations of these `sortes` are drawn, or of any. Raises
    `UsageError` for a service, a kind or a line that there isn't.
    """

    graine: int = 0
    numero: int | None = None
    services: Sequence[str] = ()
    sortes: Sequence[str] = ()
    variations: str | None = None

    def __post_init__(self) -> None:
        known = {service.lower() for _, service, _ in contract_files(data_path("wsdl"))}
        for each in self.services:
            if each.lower() not in known:
                raise UsageError(f"« {each} » n'est pas un service : « sge-sim codes » les donne.")
        for line in (self.variations or "").splitlines():
            if not variations_in(line):
                raise UsageError(f"« {line} » n'est pas une variation : la copier du journal.")
        for each in (*self.sortes, *(each.sorte for each in variations_in(self.variations))):
            if each.lower() not in SORTES_VARIATION:
                choices = ", ".join(SORTES_VARIATION)
                sentence = f"« {each} » n'est pas une sorte de variation : choisir parmi {choices}."
                raise UsageError(sentence)

    def keep(self, data_dir: Path) -> None:
        """Have the processes that serve this folder follow it; the one that says nothing is
        forgotten."""
        if self.numero is None and self.variations is None:
            monde.unlink(data_dir / _PLAN, missing_ok=True)
        else:
            write_atomically(data_dir / _PLAN, json.dumps(asdict(self)).encode(), PRIVATE)


def _plan_in(data_dir: Path) -> Plan | None:
    try:
        return Plan(**json.loads((data_dir / _PLAN).read_text("utf-8")))
    except FileNotFoundError:
        return None


def met_in(data_dir: Path) -> set[str]:
    """Return what the answers of a folder have met, as `Formes.met` tells it."""
    try:
        return set((data_dir / _MET).read_text("utf-8").splitlines())
    except FileNotFoundError:
        return set()


class Variantes:
    """Gives the answers of one process their forms: by its seed where nothing is planned."""

    def __init__(self, graine: int, data_dir: Path) -> None:
        self._graine, self._data_dir = graine, data_dir
        self._formes: dict[str, Formes] = {}
        self._answered: Counter[tuple[str, int]] = Counter()
        self._met: set[str] = set()

    def vary(self, response: Response, exchange: Exchange, contract: Contract) -> Response:
        """Return a response in another form; as it is where it breaks its contract already."""
        try:
            formes = self._formes.setdefault(contract.path, Formes(contract))
            if not formes.is_lawful(response.content):
                return response
            drawn = self._drawn(response, exchange, formes)
            content, kept = formes.varied(response.content, drawn)
            self._meet(formes.met(content))
        except Exception:
            _log.exception("La réponse de %s garde sa forme.", contract.path)
            return response
        exchange.notes += [each.line for each in kept]
        framed = {each.sorte: each.valeur for each in kept}
        framing = Framing("gzip" in framed, int(framed.get("morceaux", 0)))
        return response._replace(content=content, framing=framing if any(framing) else None)

    def _drawn(self, response: Response, exchange: Exchange, formes: Formes) -> list[Variation]:
        gzip = accepts_gzip(exchange.request.headers)
        plan, answered = _plan_in(self._data_dir), (formes.contract.path, int(response.status))
        if plan is None:
            plan = Plan(self._graine, self._answered[answered])
            self._answered[answered] += 1
        if plan.numero is None:
            planned = variations_in(plan.variations)
            return [each for each in planned if gzip or each.sorte != "gzip"]
        if plan.services and formes.contract.service.lower() not in map(str.lower, plan.services):
            return []
        sortes = [each.lower() for each in plan.sortes]
        return formes.draw(response.content, plan.graine, plan.numero, gzip=gzip, sortes=sortes)

    def _meet(self, met: set[str]) -> None:
        """Keep what hasn't been met yet, for whoever asks any of the processes."""
        if met <= self._met:
            return
        with locked(self._data_dir, f".{_MET}"):
            self._met |= met | met_in(self._data_dir)
            lines = "\n".join(sorted(self._met)).encode()
            write_atomically(self._data_dir / _MET, lines, PRIVATE)


def accepts_gzip(headers: Mapping[str, str]) -> bool:
    """Tell whether a client takes gzip (RFC 9110 §12.5.3).

    >>> accepts_gzip({"accept-encoding": "gzip;q=0, deflate"})
    False
    """
    wishes = headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    named = {name: parameters for name, _, parameters in (each.partition(";") for each in wishes)}
    wish = named.get("gzip", named.get("*", "q=0"))
    return re.fullmatch(r"(q=(1|0?\.\d*[1-9]\d*|1\.0*))?", wish) is not None
