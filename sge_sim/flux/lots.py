"""What is published at once, by its kinds: under which record, and what is told of it.

What makes the files of each kind stands in `sge_sim.flux.fabrication`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from sqlalchemy.orm import Session

from sge_sim.flux.flux import Flux, ParServiceAcces
from sge_sim.flux.periodes import Periode
from sge_sim.tables.commandes import Abonnement, DemandeHistorique, DemandeInfraJ, ServiceSouscrit
from sge_sim.tables.diffusions import Diffusion, PointDiffuse, diffused_sequence
from sge_sim.tables.flux import Publication, is_published, last_sequence
from sge_sim.tables.m023 import DemandeM023, find_demande_m023
from sge_sim.tables.perimetre import ContratGrdF
from sge_sim.tables.transmissions import Transmission, announce_ends

_JOUR: Final = timedelta(1)


@dataclass(frozen=True)
class Lot:
    """What is published at once: to whom, at which instant; one that is recorded is never made
    again.

    `numero` is what it is about, which orders lots of one kind and instant; `prm` the only point
    that its files tell about, None where there may be several.
    """

    rang: ClassVar[int]
    """Rank of its kind among lots of the same instant."""
    flux: Flux[Any]
    contrat_id: str
    instant: datetime
    numero: str
    prm: str | None = field(default=None, kw_only=True)

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those that are due."""
        return self.instant, self.rang, self.numero, self.flux.code

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux=self.flux.code,
            contrat_id=self.contrat_id,
            instant=self.instant,
            emise=emise,
            **self.record(session),
        )

    def record(self, session: Session) -> dict[str, Any]:
        """Return what its record says besides."""
        return {}

    def claim(self, session: Session, publication: Publication, files: int) -> bool:
        """Tell whether a publication may be recorded, or another process just did; record what
        making so many files brings about."""
        return not is_published(session, publication)

    def last_sequence(self, first: int | None, files: int) -> int | None:
        """Return the sequence number of the last of so many files, the first being `first`."""
        return first


@dataclass(frozen=True)
class LotAbonnement(Lot):
    """A period of a subscription, in which it has services to transmit (`transmission`)."""

    rang = 0
    abonnement: Abonnement
    periode: Periode
    transmission: Transmission

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
class LotAffaire(Lot):
    """The file of a case, due at the instant at which the case was closed."""

    rang = 1
    demande: DemandeHistorique | DemandeInfraJ

    def record(self, session: Session) -> dict[str, Any]:
        return {"affaire_id": self.numero}

    def __str__(self) -> str:
        return f"Flux {self.flux.code} de l'affaire {self.numero}"


@dataclass(frozen=True)
class LotFin(Lot):
    """The announcement of services of one contract that ended at one instant, due once it is over:
    under a frozen clock others may still end at it, and all are told together.

    They are in the order of their numbers.
    """

    rang = 2
    services: Sequence[ServiceSouscrit]

    def claim(self, session: Session, publication: Publication, files: int) -> bool:
        """Record that the ends are told; False where any of them was already."""
        numeros = [service.service_souscrit_id for service in self.services]
        return announce_ends(session, numeros, self.instant)

    def __str__(self) -> str:
        several = len(self.services) > 1
        which = f"de {len(self.services)} services" if several else f"du service {self.numero}"
        return f"Flux {self.flux.code}, fin {which}"


@dataclass(frozen=True)
class LotDiffusion(Lot):
    """A period of a diffusion, with the points that it may hold, of a former client too with
    `publie_avant_arret`."""

    rang = 3
    diffusion: Diffusion
    periode: Periode
    points: tuple[PointDiffuse, ...]
    publie_avant_arret: bool = False

    @classmethod
    def of(
        cls,
        flux: Flux[ParServiceAcces],
        diffusion: Diffusion,
        periode: Periode,
        points: tuple[PointDiffuse, ...],
    ) -> Self:
        """Return that of a period."""
        numero = "/".join(diffusion.key)
        contrat_id, instant = diffusion.contrat_id, periode.publication
        return cls(flux, contrat_id, instant, numero, diffusion, periode, points)

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
class LotM023(Lot):
    """The files of a demand of M023."""

    rang = 4
    demande: DemandeM023

    def record(self, session: Session) -> dict[str, Any]:
        demande = self.demande
        return {"m023_id": self.numero, "debut": demande.date_debut, "fin": demande.date_fin}

    def claim(self, session: Session, publication: Publication, files: int) -> bool:
        """Close the demand: a report alone says that nothing was done (GUI 0502); companies have
        no report."""
        if is_published(session, publication):
            return False
        demande = find_demande_m023(session, self.numero)
        assert demande is not None, "it was read from there"
        demande.etat = "non_realisee" if files == (demande.sirens is None) else "realisee"
        demande.closed_at = self.instant
        return True

    def __str__(self) -> str:
        return f"Flux {self.flux.code} de l'affaire {self.numero}"


@dataclass(frozen=True)
class LotContrat(Lot):
    """A day of a GRD-F contract."""

    rang = 5
    contrat: ContratGrdF
    periode: Periode

    def record(self, session: Session) -> dict[str, Any]:
        return {"periodicite": "P1D", "debut": self.periode.debut, "fin": self.periode.fin}

    def __str__(self) -> str:
        return f"Flux {self.flux.code} {_days(self.periode)}, contrat {self.contrat.contrat_id}"


def _days(periode: Periode) -> str:
    """Return the legal days of a period, the last one included, in French."""
    last = periode.fin - _JOUR
    first = f"du {periode.debut:%d/%m/%Y}"
    return first if last == periode.debut else f"{first} au {last:%d/%m/%Y}"
