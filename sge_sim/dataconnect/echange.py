"""A call of Data Connect on its way to its answer, as plain values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from sge_sim.dataconnect.jetons import Jetons
from sge_sim.dataconnect.motifs import RegleRest
from sge_sim.domaine.pannes import Atteinte
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Vue
from sge_sim.refus import Refus, Rule
from sge_sim.settings import Settings
from sge_sim.tables.dataconnect import FicheApplication
from sge_sim.tables.quotas import Comptes
from sge_sim.transport.message import Departure


@dataclass(frozen=True)
class PlateformeRest:
    """The state, the key of the tokens, the counts of the quotas.

    `guet` looks out for the planned faults.
    """

    settings: Settings
    database: Database
    jetons: Jetons
    comptes: Comptes
    guet: Guet


JSON = "application/json"
HTML = "text/html; charset=utf-8"
PRM: Final = re.compile(r"[0-9]{14}")


@dataclass(frozen=True)
class Requete:
    """What came: `chemin` is the path, `query` the text after the `?`; header names are in small
    letters. `parametres` are those of the address; of one that comes twice, the last."""

    methode: str
    chemin: str
    query: str = ""
    entetes: Mapping[str, str] = field(default_factory=dict)
    corps: bytes = b""
    adresse: str | None = None
    parametres: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        read = dict(parse_qsl(self.query, keep_blank_values=True))
        object.__setattr__(self, "parametres", read)

    @cached_property
    def formulaire(self) -> dict[str, str]:
        """The fields of a form that was posted; of one that comes twice, the last."""
        return dict(self.champs)

    @cached_property
    def champs(self) -> list[tuple[str, str]]:
        """The fields of a form that was posted, in their order."""
        return parse_qsl(self.corps.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def prm(self) -> str | None:
        """The point that is asked for, in the parameters or last in the path; None for none."""
        asked = (self.parametres.get(name) for name in ("usage_point_id", "pointId"))
        last = self.chemin.rpartition("/")[2]
        return next(filter(None, asked), last if PRM.fullmatch(last) else None)

    @property
    def type_du_corps(self) -> str:
        """The media type of the body, in small letters, without its parameters."""
        return self.entetes.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Reponse:
    """What is answered; `departure` is for faults that are planned."""

    statut: int
    corps: bytes = b""
    type: str = JSON
    entetes: Mapping[str, str] = field(default_factory=dict)
    departure: Departure | None = None


class FrappeRest(Exception):  # noqa: N818 - it isn't an error of ours
    """A call that gets `statut` in place of its answer, because a plan says so."""

    def __init__(self, statut: HTTPStatus) -> None:
        super().__init__(str(statut))
        self.statut = statut


@dataclass
class EchangeRest:
    """One exchange; each station adds what it found, for those that follow and the journal.

    `application` is the one that calls, as far as it is known, `client` the same for what comes
    after it was found. `vue` is the state, at which a call looks once. `now` is the simulated
    instant, `machine` the machine's. `service` is the name of the API, `atteinte` tells the planned
    fault that has struck.
    """

    requete: Requete
    vue: Vue
    now: datetime
    machine: datetime
    client: FicheApplication = field(init=False)
    application: FicheApplication | None = None
    acteur_code: str | None = None
    service: str | None = None
    version: str | None = None
    prm: str | None = None
    code: str | None = None
    rule: Rule | None = None
    atteinte: Atteinte | None = None
    notes: list[str] = field(default_factory=list)


def json_reponse(valeur: Any, statut: int = 200, type: str = JSON) -> Reponse:
    """Return a value as compact JSON, its accents written as they are."""
    corps = json.dumps(valeur, ensure_ascii=False, separators=(",", ":")).encode()
    return Reponse(statut, corps, type)


def refus_reponse(refus: Refus) -> Reponse:
    """Return the answer of a refusal."""
    rule = refus.rule
    assert isinstance(rule, RegleRest), "the rules of this platform say what they answer"
    corps = {**rule.corps, **refus.champs}
    return json_reponse(rule.enveloppe(corps), rule.statut)
