"""`sge-sim doctor`: why calls fail. Each diagnosis says what is wrong, and what to do."""

from dataclasses import dataclass
from typing import Literal

Gravite = Literal["erreur", "conseil"]


@dataclass(frozen=True)
class Diagnostic:
    """Something wrong with a set-up, in French; `code` names it for scripts.

    An `erreur` prevents calls from succeeding; a `conseil` may.
    """

    code: str
    constat: str
    remede: str
    gravite: Gravite = "erreur"
