"""What is published at once, by its kinds: when, to whom, under which record, and what is told.

What makes the files of each kind stands in `sge_sim.flux.fabrication`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from sge_sim.flux.flux import Flux, ParAbonnement, ParAffaire, ParDemande, ParFin, ParServiceAcces
from sge_sim.flux.periodes import Periode
from sge_sim.tables.commandes import Abonnement, DemandeHistorique, DemandeInfraJ, ServiceSouscrit
from sge_sim.tables.diffusions import Diffusion, PointDiffuse, diffused_sequence
from sge_sim.tables.flux import Publication, is_published, last_sequence
from sge_sim.tables.m023 import DemandeM023, find_demande_m023
from sge_sim.tables.transmissions import Transmission, announce_ends

_JOUR: Final = timedelta(1)


class _Lot(ABC):
    """What all publications have in common: one that is recorded is never made again."""

    rang: ClassVar[int]
    """Rank of its kind among lots of the same instant."""
    flux: Flux[Any]

    @property
    @abstractmethod
    def contrat_id(self) -> str:
        """The contract whose files these are."""

    @property
    @abstractmethod
    def instant(self) -> datetime:
        """When it is published."""

    @property
    @abstractmethod
    def numero(self) -> str:
        """What it is about, which orders lots of one kind and instant."""

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those that are due."""
        return self.instant, self.rang, self.numero, self.flux.code

    @property
    def prm(self) -> str | None:
        """The only point that the files tell about; None where there may be several."""
        return None

    def record(self, session: Session) -> dict[str, Any]:
        """Return what its record says beside the flux, the contract and the instant."""
        return {}

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux=self.flux.code,
            contrat_id=self.contrat_id,
            instant=self.instant,
            emise=emise,
            **self.record(session),
        )

    def claim(self, session: Session, publication: Publication) -> bool:
        """Tell whether a publication may be recorded, or another process just did."""
        return not is_published(session, publication)

    def close(self, session: Session, files: int) -> None:  # noqa: B027 - nothing, for most
        """Record what making so many files brings about."""

    def last_sequence(self, first: int | None, files: int) -> int | None:
        """Return the sequence number of the last of so many files, the first being `first`."""
        return first


@dataclass(frozen=True)
class LotAbonnement(_Lot):
    """A period of a subscription, in which it has services to transmit (`transmission`)."""

    rang = 0
    flux: Flux[ParAbonnement]
    abonnement: Abonnement
    periode: Periode
    transmission: Transmission

    @property
    def contrat_id(self) -> str:
        return self.abonnement.contrat_id

    @property
    def instant(self) -> datetime:
        return self.periode.publication

    @property
    def numero(self) -> str:
        return f"{self.abonnement.numero:07d}"

    def record(self, session: Session) -> dict[str, Any]:
        numero = self.abonnement.numero
        return {
            "abonnement_numero": numero,
            "sequence": last_sequence(session, numero, self.flux.code) + 1,
            "debut": self.periode.debut,
            "fin": self.periode.fin,
        }

    def __str__(self) -> str:
        return f"Flux {self.flux.code} {_days(self.periode)}, abonnement {self.numero}"


@dataclass(frozen=True)
class LotAffaire(_Lot):
    """The file of a case, due at the instant at which the case was closed."""

    rang = 1
    flux: Flux[ParAffaire]
    demande: DemandeHistorique | DemandeInfraJ

    @property
    def contrat_id(self) -> str:
        return self.demande.affaire.contrat_id

    @property
    def instant(self) -> datetime:
        closed_at = self.demande.affaire.closed_at
        assert closed_at is not None, "a case that was carried out is closed"
        return closed_at

    @property
    def numero(self) -> str:
        return self.demande.affaire_id

    @property
    def prm(self) -> str | None:
        return self.demande.affaire.prm

    def record(self, session: Session) -> dict[str, Any]:
        return {"affaire_id": self.numero}

    def __str__(self) -> str:
        return f"Flux {self.flux.code} de l'affaire {self.numero}"


@dataclass(frozen=True)
class LotFin(_Lot):
    """The announcement of services of one contract that ended at one instant, due once it is over:
    under a frozen clock others may still end at it, and all are told together.

    They are in the order of their numbers.
    """

    rang = 2
    flux: Flux[ParFin]
    services: Sequence[ServiceSouscrit]

    @property
    def contrat_id(self) -> str:
        contrat_id = self.services[0].contrat_id
        assert contrat_id is not None, "one that has a beneficiary"
        return contrat_id

    @property
    def instant(self) -> datetime:
        ended_at = self.services[0].ended_at
        assert ended_at is not None, "a service that has ended"
        return ended_at

    @property
    def numero(self) -> str:
        return self.services[0].service_souscrit_id

    @property
    def prm(self) -> str | None:
        return self.services[0].prm if len(self.services) == 1 else None

    def claim(self, session: Session, publication: Publication) -> bool:
        """Record that the ends are told; False where any of them was already."""
        numeros = [service.service_souscrit_id for service in self.services]
        return announce_ends(session, numeros, self.instant)

    def __str__(self) -> str:
        several = len(self.services) > 1
        which = f"de {len(self.services)} services" if several else f"du service {self.numero}"
        return f"Flux {self.flux.code}, fin {which}"


@dataclass(frozen=True)
class LotDiffusion(_Lot):
    """A period of a diffusion, with the points that it may hold, of a former client too with
    `publie_avant_arret`."""

    rang = 3
    flux: Flux[ParServiceAcces]
    diffusion: Diffusion
    periode: Periode
    points: tuple[PointDiffuse, ...]
    publie_avant_arret: bool = False

    @property
    def contrat_id(self) -> str:
        return self.diffusion.contrat_id

    @property
    def instant(self) -> datetime:
        return self.periode.publication

    @property
    def numero(self) -> str:
        return "/".join(self.diffusion.key)

    def record(self, session: Session) -> dict[str, Any]:
        return {
            "periodicite": self.diffusion.periodicite,
            "corrigees": self.diffusion.corrigees,
            "sequence": diffused_sequence(session, self.diffusion) + 1,
            "debut": self.periode.debut,
            "fin": self.periode.fin,
        }

    def last_sequence(self, first: int | None, files: int) -> int | None:
        """Return the number of the last file: each has its own."""
        return None if first is None else first + files - 1

    def __str__(self) -> str:
        return f"Flux {self.flux.code} {_days(self.periode)}, {self.diffusion.periodicite}"


@dataclass(frozen=True)
class LotM023(_Lot):
    """The files of a demand of M023."""

    rang = 4
    flux: Flux[ParDemande]
    demande: DemandeM023

    @property
    def contrat_id(self) -> str:
        return self.demande.contrat_id

    @property
    def instant(self) -> datetime:
        return self.demande.due_at

    @property
    def numero(self) -> str:
        return self.demande.affaire_id

    def record(self, session: Session) -> dict[str, Any]:
        return {
            "m023_id": self.numero,
            "debut": self.demande.date_debut,
            "fin": self.demande.date_fin,
        }

    def close(self, session: Session, files: int) -> None:
        """Close the demand: a report alone says that nothing was done (GUI 0502)."""
        demande = find_demande_m023(session, self.numero)
        assert demande is not None, "it was read from there"
        demande.etat = "non_realisee" if files == 1 else "realisee"
        demande.closed_at = self.instant

    def __str__(self) -> str:
        return f"Flux {self.flux.code} de l'affaire {self.numero}"


Lot = LotAbonnement | LotAffaire | LotFin | LotM023 | LotDiffusion


def _days(periode: Periode) -> str:
    """Return the legal days of a period, the last one included, in French."""
    last = periode.fin - _JOUR
    first = f"du {periode.debut:%d/%m/%Y}"
    return first if last == periode.debut else f"{first} au {last:%d/%m/%Y}"
