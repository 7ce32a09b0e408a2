"""Other values in place of those of a person, by a key that is thrown away.

The same value gives the same other one under a key, never under the next; a valid PRM or SIRET
gives another valid one, any other text one of the same length and form. What is masked with it is
said by two lists: the words of points (`sge_sim.referentiel.apports.anonymat`) and the elements of
the contracts (`sge_sim.confronte.masque`).
"""

import hmac
import re
import string
from hashlib import sha256
from typing import Final

from sge_sim.domaine import prm
from sge_sim.machine import monde
from sge_sim.referentiel import identites
from sge_sim.referentiel.identites import Tirage, with_luhn_key

_BODIES: Final = 10**9
_HALF: Final = 15
_ROUNDS: Final = 6
_CHARACTER: Final = re.compile("[0-9A-Za-z]")
_ALPHABETS: Final = (string.digits, string.ascii_uppercase, string.ascii_lowercase)
_OF: Final = {each: alphabet for alphabet in _ALPHABETS for each in alphabet}


class Brouillage:
    """The draws under one key."""

    def __init__(self) -> None:
        self._key = monde.urandom(32)

    def prm(self, number: str) -> str:
        """Return another PRM of the same prefix: two never become one (a keyed permutation)."""
        body = int(number[3:12])
        while True:
            left, right = body >> _HALF, body & (1 << _HALF) - 1
            for turn in range(_ROUNDS):
                mixed = self.number(f"prm/{turn}", str(right)) & (1 << _HALF) - 1
                left, right = right, left ^ mixed
            body = left << _HALF | right
            if body < _BODIES:
                return prm.generate(number[:3], body)

    def siret(self, siret: str) -> str:
        """Return another SIRET: the establishments of a company are of one again."""
        return with_luhn_key(self.siren(siret[:9]) + self.shaped(siret[:9], siret[9:13]))

    def siren(self, siren: str) -> str:
        """Return another SIREN."""
        return identites.siret(self.tirage("siren", siren))[:9]

    def shaped(self, word: str, text: str) -> str:
        """Return another text of the same shape, the same however its characters are set apart."""
        tirage = self.tirage(word, "".join(_CHARACTER.findall(text)))
        return _CHARACTER.sub(lambda found: tirage.one_of(_OF[found[0]]), text)

    def tirage(self, word: str, value: str) -> Tirage:
        """Return the draws for a value; `word` tells what it is."""
        return Tirage(self.number(word, value))

    def number(self, word: str, value: str) -> int:
        """Return a number of 64 bits for a value."""
        digest = hmac.new(self._key, f"{word}/{value}".encode(), sha256).digest()
        return int.from_bytes(digest[:8])
