"""What the administration shows, the same in REST and in the command line's JSON."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sge_sim.clock import PARIS
from sge_sim.domaine.anglais import translated
from sge_sim.domaine.echanges import (
    Detail,
    Issue,
    issue_of,
    nature_of,
    read_detail,
    why_ended,
    without_words,
)
from sge_sim.domaine.nomenclatures import KindClock, KindEchange, Origine
from sge_sim.domaine.pannes import panne_in
from sge_sim.domaine.retombees import EtatTravail, Retombees, Travail, progress_sentence
from sge_sim.journal import Echange
from sge_sim.machine.texts import fit
from sge_sim.refus import Rule

T = TypeVar("T")
_LARGEST_CHARACTER: Final = 6
"""Bytes of a character in JSON, at most: `\\u0001`."""


class View(BaseModel):
    """What is shown; an attribute is also had by its name, as in JSON: `shown["code"]`."""

    model_config = ConfigDict(frozen=True)

    def __getitem__(self, name: str) -> Any:
        """Return the attribute `name`; `KeyError` for another one."""
        if name not in type(self).model_fields:
            raise KeyError(name)
        return getattr(self, name)

    @classmethod
    def from_row(cls, row: object, **given: Any) -> Self:
        """Return the view that has the attributes of a row by their names, and what is given.

        Instants come in legal time.
        """
        names = cls.model_fields.keys() - given.keys()
        return cls(**{name: shown_instant(getattr(row, name)) for name in names}, **given)


def shown_instant(value: T) -> T:
    """Return an instant in legal time, any other value as it is."""
    return value.astimezone(PARIS) if isinstance(value, datetime) else value


class Sent(BaseModel):
    """What is sent to a route; a field that it doesn't have is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class Body(Sent):
    """What is sent to a route; `fit` checks its texts."""

    _fit = field_validator("*")(fit)


class TravailView(View):
    """What a move of the clock sets off, and how far it is."""

    numero: int = Field(description="Numéro du réglage : GET /api/clock/travaux/{numero}")
    etat: EtatTravail = Field(
        description="en_cours, fait, ou interrompu (la suite se fera sans que personne l'attende)"
    )
    atteint: datetime = Field(description="Instant jusqu'où ce qui est dû est fait")
    attend: bool = Field(description="S'il attend la base de données")
    phrase: str = Field(description="Où il en est, en une phrase")
    retombees: Retombees = Field(description="Ce qui est arrivé jusque-là")

    @classmethod
    def of(cls, travail: Travail) -> Self:
        """Return the view of a work."""
        attend = travail.etat == "en_cours" and travail.raison != ""
        return cls.from_row(travail, attend=attend, phrase=progress_sentence(travail))


class ClockView(View):
    """The clock: its legal time, and how it runs."""

    now: datetime
    kind: KindClock = Field(description="real, shifted (décalée) ou frozen (arrêtée)")
    numero: int = Field(description="Numéro du dernier réglage ; 0 avant le premier")
    retombees: Retombees | None = Field(
        None, description="Ce que le déplacement demandé a fait arriver"
    )
    travail: TravailView | None = Field(
        None, description="Ce qu'un déplacement est en train de faire arriver"
    )


class ExchangeView(View):
    """An exchange of the journal; `instant` is the simulated time, in legal time."""

    id: int
    instant: datetime
    machine_instant: datetime
    duration_ms: float
    kind: KindEchange = Field(description="rest : un appel de Data Connect")
    origine: Origine | None = Field(
        description="Qui a appelé : client, passage ou doctor de sge-sim, rejeu ; aucun pour un "
        "fichier"
    )
    rejeu_de: int | None = Field(description="Numéro de l'échange que celui-ci refait")
    acteur: str | None
    certificate_fingerprint: str | None
    certificate_subject: str | None
    remote_address: str | None
    user_agent: str | None = Field(description="Logiciel que le client dit être")
    service: str | None
    version: str | None
    prm: str | None
    code: str | None
    http_status: int | None
    rule: Rule | None = Field(description="Règle qui a refusé ; remede : ce qui aurait été accepté")
    detail: str | None
    panne: int | None = Field(description="Numéro de la panne prévue qui l'a touché")

    @classmethod
    def of(cls, echange: Echange) -> Self:
        """Return the view of a row."""
        return cls.from_row(echange, **_fields(echange))

    @property
    def nature(self) -> str:
        """The name of the service called, or what stands for it, in French."""
        return nature_of(
            self.kind, self.service, self.version, self.http_status, self.lines.demande
        )

    @property
    def lines(self) -> Detail:
        """The rows of its detail, by label."""
        return read_detail(self.detail)

    @property
    def cause(self) -> str:
        """Why it ended so, in French, as `sge-sim serve` prints it; nothing where it was accepted.

        It is the whole name of the rule that decided and what would have passed.
        """
        rule = self.rule
        decided = None if rule is None else (rule.name, rule.remede)
        return why_ended(self.issue, self.lines, decided)

    @property
    def issue(self) -> Issue:
        """How it ended, in French."""
        return issue_of(
            self.kind, by_a_rule=self.rule is not None, code=self.code, http_status=self.http_status
        )


class ExchangeWithBodies(ExchangeView):
    """An exchange with its two messages, as text."""

    request: str | None
    response: str | None
    validateur: str | None = Field(
        None, description="Ce que le validateur XML, en anglais, dit d'un message malformé"
    )
    coupe: bool = Field(False, description="Un des messages est coupé")

    @classmethod
    def of(cls, echange: Echange) -> Self:
        """Return the view of a row read with its bodies."""
        texts = {"request": _text(echange.request), "response": _text(echange.response)}
        texts["validateur"] = without_words(echange.detail)[1]
        return cls.from_row(echange, **_fields(echange), **texts, coupe=False)

    @classmethod
    def within(cls, echange: Echange, most: int) -> Self:
        """Return that view, either message cut where it takes more than `most` bytes in JSON."""
        whole = cls.of(echange)
        cut = {name: _cut(whole[name], most) for name in ("request", "response")}
        coupe = any(text != whole[name] for name, text in cut.items())
        return whole.model_copy(update={**cut, "coupe": coupe})


def _fields(echange: Echange) -> dict[str, Any]:
    """Return the fields of an exchange that its row has under another name, or otherwise."""
    rule = echange.rule
    return {
        "machine_instant": echange.machine_instant,
        "duration_ms": round(echange.duration_ms, 3),
        "acteur": echange.acteur_code,
        "detail": without_words(echange.detail)[0],
        "panne": panne_in(echange.detail)[0],
        "rule": rule and replace(rule, remede=translated(rule.remede)),
    }


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8", "replace")


def _cut(text: str | None, most: int) -> str | None:
    """Return a text, or its beginning where it takes more than `most` bytes in JSON."""
    if text is None or len(json.dumps(text, ensure_ascii=False).encode()) <= most:
        return text
    return text[: most // _LARGEST_CHARACTER]
