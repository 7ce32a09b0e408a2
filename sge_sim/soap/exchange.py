"""One exchange with a client, to which the transport, the door and the service each add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sge_sim.domaine.nomenclatures import Demandeur, KindEchange
from sge_sim.domaine.pannes import Panne
from sge_sim.facts.memoire import Vue
from sge_sim.pki.policy import Verdict
from sge_sim.refus import Rule
from sge_sim.transport.message import Request

LOGINS = ("loginDemandeur", "initiateurLogin", "loginUtilisateur")
"""The elements that hold a login, whatever the service."""


class Outcome(NamedTuple):
    """How a demand ended: the code that was answered, if one was.

    `rule` is the one that refused, `constat` what is wrong, in French. Both are for the journal:
    the real platform sends the code and its label alone.
    """

    code: str | None
    constat: str = ""
    rule: Rule | None = None


@dataclass(slots=True)
class Exchange:
    """A request on its way to its answer; each station adds what it found.

    `started` is the machine's instant, `instant` the simulated one: it is read once, so that the
    rules and the journal see the same. `vue` is the state as it was when the request came, `pannes`
    the plans in it: an order reads the state of its own transaction. `verdict` is the policy's on
    the client's certificate, `demandeur` whom the door let in. `service` and `version` name the
    contract that answers. `entete` and `demande` are the header and the body as plain values, the
    header empty where the client sent none. `notes` are for the journal, in French.
    """

    request: Request
    started: datetime
    instant: datetime
    vue: Vue | None = None
    pannes: Sequence[Panne] = ()
    verdict: Verdict | None = None
    demandeur: Demandeur | None = None
    kind: KindEchange = "http"
    service: str | None = None
    version: str | None = None
    entete: Mapping[str, Any] = field(default_factory=dict)
    demande: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def prm(self) -> str | None:
        """The `pointId` of the demand, wherever the contract puts it; None if it has several."""
        return _find(self.demande, "pointId")

    @property
    def login(self) -> str | None:
        """The login that the demand gives, in its header or wherever the contract puts it."""
        found = (_find(tree, name) for tree in (self.entete, self.demande) for name in LOGINS)
        return next(filter(None, found), None)


def _find(tree: Any, name: str) -> str | None:
    if not isinstance(tree, dict):
        return None
    here = tree.get(name)
    if isinstance(here, list) and len(here) == 1:
        (here,) = here
    if isinstance(here, str) and here:
        return here
    for each in tree.values():
        if found := _find(each, name):
            return found
    return None
