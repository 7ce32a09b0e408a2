"""What the state holds of actors, as unchanging values (see `sge_sim.tables.point_facts`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sge_sim.domaine.nomenclatures import Environment, KindActeur, TypeContrat
from sge_sim.tables.base import Facts

ReadRows = Sequence[tuple[Any, ...]]
"""What a statement has read: the values of each row, in the order of the fields."""


class ContratColumns:
    """The contract between an actor and Enedis; `date_fin` is its last day."""

    __slots__ = ()

    contrat_id: Mapped[str] = mapped_column(String(15), primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    type: Mapped[TypeContrat] = mapped_column(String(5))
    date_debut: Mapped[date] = mapped_column(Date)
    date_fin: Mapped[date | None] = mapped_column(Date)

    def is_active(self, day: date) -> bool:
        """Tell whether the contract runs on `day`."""
        return self.date_debut <= day and (self.date_fin is None or day <= self.date_fin)


@dataclass(frozen=True, slots=True)
class ContratFacts(ContratColumns, Facts):
    """A contract between an actor and Enedis."""


@dataclass(frozen=True, slots=True)
class ActeurFacts:
    """An actor, its contracts and what it is homologated for."""

    code: str
    kind: KindActeur
    contrats: tuple[ContratFacts, ...]
    habilitations: frozenset[tuple[str, Environment]]

    def is_homologated(self, package: str, environnement: Environment) -> bool:
        """Tell whether the actor may call the services of `package` there."""
        return (package, environnement) in self.habilitations

    def has_contrat_actif(self, jour: date) -> bool:
        """Tell whether one of its contracts runs on `jour`."""
        for contrat in self.contrats:  # noqa: SIM110 - a generator would cost as much as they do
            if contrat.is_active(jour):
                return True
        return False


@dataclass(frozen=True, slots=True)
class UtilisateurFacts:
    """A user of SGE; `services` are those it may call, all of them when it is empty (None)."""

    login: str
    services: frozenset[str] | None
    actif: bool
    acteur: ActeurFacts

    def may_call(self, service: str) -> bool:
        """Tell whether the user's own rights cover `service`."""
        return self.actif and (self.services is None or service in self.services)


def acteur_from(
    acteurs: ReadRows, contrats: ReadRows, habilitations: ReadRows
) -> ActeurFacts | None:
    """Return the actor of these rows: its own, its contracts, its homologations."""
    if not acteurs:
        return None
    ((code, kind),) = acteurs
    held = tuple(ContratFacts(*row) for row in contrats)
    return ActeurFacts(code, kind, held, frozenset((row[0], row[1]) for row in habilitations))


def utilisateur_from(users: ReadRows, *acteur: ReadRows) -> UtilisateurFacts | None:
    """Return the user of these rows: its own, then those of its actor."""
    if not users:
        return None
    ((login, services, actif),) = users
    found = acteur_from(*acteur)
    assert found is not None, "a foreign key holds it"
    return UtilisateurFacts(login, None if services is None else frozenset(services), actif, found)


@dataclass(frozen=True, slots=True)
class CertificatFacts:
    """A registered certificate: its actor, and the PEM that was handed in."""

    acteur_code: str
    kind: KindActeur
    pem: str
