"""What a simulated service is, and what a call to it brings.

Every service is a folder with the same files: `service.py` reads the demand and joins the two
others, `rules.py` holds its control table, `answer.py` writes what it answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.demandeur import Demandeur
from sge_sim.services.rule import Rule
from sge_sim.settings import Settings
from sge_sim.soap.operation import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.store.codes import Paquet, Segment
from sge_sim.store.fiches import FichePoint
from sge_sim.store.lecture import Lire

_C2_C4 = frozenset[Segment]({"C2", "C3", "C4"})


@dataclass(frozen=True)
class Appel:
    """One call: the message, who sends it, when, and the state it is judged on.

    `header` is empty where the client sent none. `now` is the simulated time, in legal time,
    `today` its date. `lire` gives the facts that are named, all of one state: see
    `sge_sim.store.lecture.questions`. `rows` is the session of a service that searches or writes;
    `catch_up` makes what is due by `now` happen.
    """

    body: Tree
    header: Tree
    demandeur: Demandeur
    now: datetime
    settings: Settings
    lire: Lire
    rows: Session | None
    catch_up: Callable[[], object]
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.now.date())

    @property
    def session(self) -> Session:
        """The session, which the services have that search or write."""
        assert self.rows is not None
        return self.rows


def c2_c4_unserved(appel: Appel, point: FichePoint | None) -> bool:
    """Tell whether the real homologation platform doesn't serve the order (observed 2022-23)."""
    served = point is None or point.segment not in _C2_C4
    return not served and appel.settings.plays_real_homologation


@dataclass(frozen=True)
class Service:
    """A service in one version.

    `codes` are the return codes that its documentation lists; `unreachable` says of some of them
    why no request can obtain them here. `writes` tells a service that changes the state,
    `searches` one that looks through rows by itself; the others read facts alone.
    """

    nom: str
    version: str
    paquet: Paquet
    faultstring: str
    codes: tuple[str, ...]
    rules: tuple[Rule[Any], ...]
    handle: Callable[[Appel], Answer]
    unreachable: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False
    searches: bool = False

    @property
    def path(self) -> str:
        """The path of its endpoint."""
        return f"/{self.nom}/v{self.version}"
