"""The author of a call: a tester's client, or sge-sim itself.

sge-sim's own clients ask the administration for marks and send one with each call; a mark counts
once, so that a copied call isn't taken for theirs. Where they have no administration to ask, the
product that they say they are (User-Agent, RFC 9110 §10.1.5) is enough.
"""

import secrets
import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from sge_sim import __version__
from sge_sim.domaine.nomenclatures import ORIGINES, Origine
from sge_sim.machine import monde
from sge_sim.machine.shared_memory import SharedMemory

MARQUE: Final = "Sge-Sim-Marque"
"""The header that brings a mark."""

HEADER: Final = MARQUE.lower()
PRODUCT: Final = "sge-sim/"
"""How the User-Agent of sge-sim's own clients begins."""
_NUMBER = struct.Struct("=Q")  # how many marks were made
_CELL = struct.Struct("=16sBQ")  # a mark, whose call it is for, the exchange that is made again
_CELLS: Final = 4096
_MARK: Final = 16
_SPENT: Final = bytes(_MARK)
_OWN: Final[tuple[Origine, ...]] = tuple(origine for origine in ORIGINES if origine != "client")


class AuteurDAppel(NamedTuple):
    """Who made a call; `rejeu_de` is the number of the exchange that it makes again."""

    origine: Origine
    rejeu_de: int | None = None


CLIENT: Final = AuteurDAppel("client")


class Marques:
    """The marks that were given out and not used yet, in memory that the processes share.

    Made before they are forked. The last 4096 marks are good, until the simulator stops; simulators
    on several machines each know their own.
    """

    def __init__(self) -> None:
        self._memory = SharedMemory(_NUMBER.size + _CELL.size * _CELLS)

    def make(self, origine: Origine, rejeu_de: int | None = None) -> str:
        """Return a mark for one call; `rejeu_de` is the exchange that the call makes again."""
        with self._memory as cells:
            (number,) = _NUMBER.unpack_from(cells)
            _NUMBER.pack_into(cells, 0, number + 1)
            place = number % _CELLS
            mark: bytes = place.to_bytes(2) + monde.urandom(_MARK - 2)
            _CELL.pack_into(cells, _offset(place), mark, _OWN.index(origine), rejeu_de or 0)
        return mark.hex()

    def take(self, text: str) -> AuteurDAppel | None:
        """Return who makes the call that brings a mark, and use the mark up.

        None for one that was never given out, or was used.
        """
        try:
            mark = bytes.fromhex(text)
        except ValueError:
            return None
        place = int.from_bytes(mark[:2])
        if len(mark) != _MARK or place >= _CELLS:
            return None
        with self._memory as cells:
            known, origine, rejeu_de = _CELL.unpack_from(cells, _offset(place))
            if not secrets.compare_digest(known, mark):
                return None
            _CELL.pack_into(cells, _offset(place), _SPENT, 0, 0)
        return AuteurDAppel(_OWN[origine], rejeu_de or None)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


def auteur_of(headers: Mapping[str, str], marques: Marques) -> AuteurDAppel:
    """Return who made a call, by its headers (names in small letters).

    Most calls bear neither mark nor product of ours: the doors see that by themselves.
    """
    mark = headers.get(HEADER)
    if mark is not None and (found := marques.take(mark)) is not None:
        return found
    agent = headers.get("user-agent")
    if agent is None or not is_own_agent(agent):
        return CLIENT
    said = agent.partition(" (")[2].rstrip(")")
    return AuteurDAppel(next((own for own in _OWN if own == said), "passage"))


def agent_of(origine: Origine) -> str:
    """Return the product that a client of sge-sim says it is (User-Agent)."""
    return f"{PRODUCT}{__version__} ({origine})"


def is_own_agent(agent: str) -> bool:
    """Tell whether a User-Agent is that of a client of sge-sim."""
    return agent.startswith(PRODUCT)


def _offset(place: int) -> int:
    return _NUMBER.size + place * _CELL.size
