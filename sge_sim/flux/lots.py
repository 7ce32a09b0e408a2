"""What is published at once, by its kinds: when, to whom, under which record, and what is told.

What makes the files of each kind stands in `sge_sim.flux.fabrication`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Flux
from sge_sim.flux.periodes import (
    FluxRecurrent,
    Periode,
)
from sge_sim.tables.commandes import (
    Abonnement,
    DemandeHistorique,
    DemandeInfraJ,
    ServiceSouscrit,
)
from sge_sim.tables.diffusions import (
    Diffusion,
    PointDiffuse,
    diffused_sequence,
)
from sge_sim.tables.flux import (
    Publication,
    is_published,
    last_sequence,
)
from sge_sim.tables.m023 import DemandeM023, find_demande_m023
from sge_sim.tables.transmissions import (
    Transmission,
    announce_ends,
)

_JOUR: Final = timedelta(1)


class _Lot:
    """What most publications have in common: one that is recorded is never made again."""

    def claim(self, session: Session, publication: Publication) -> bool:
        """Tell whether a publication may be recorded, or another process just did."""
        return not is_published(session, publication)

    def close(self, session: Session, files: int) -> None:
        """Record what making so many files brings about."""

    def last_sequence(self, first: int | None, files: int) -> int | None:
        """Return the sequence number of the last of so many files, the first being `first`."""
        return first

    @property
    def prm(self) -> str | None:
        """The only point that the files tell about; None where there may be several."""
        return None


@dataclass(frozen=True)
class LotAbonnement(_Lot):
    """A period of a subscription, in which it has services to transmit (`transmission`)."""

    abonnement: Abonnement
    flux: FluxRecurrent
    periode: Periode
    transmission: Transmission

    @property
    def contrat_id(self) -> str:
        """The contract whose files these are."""
        return self.abonnement.contrat_id

    @property
    def instant(self) -> datetime:
        """When it is published."""
        return self.periode.publication

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 0, f"{self.abonnement.numero:07d}", self.flux

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        numero = self.abonnement.numero
        return Publication(
            flux=self.flux,
            contrat_id=self.contrat_id,
            abonnement_numero=numero,
            sequence=last_sequence(session, numero, self.flux) + 1,
            debut=self.periode.debut,
            fin=self.periode.fin,
            instant=self.instant,
            emise=emise,
        )

    def __str__(self) -> str:
        numero = f"abonnement {self.abonnement.numero:07d}"
        return f"Flux {self.flux} {_days(self.periode)}, {numero}"


@dataclass(frozen=True)
class _LotAffaire(_Lot):
    """The file of a case, due at the instant at which the case was closed."""

    flux: ClassVar[Flux]
    demande: Any

    @property
    def contrat_id(self) -> str:
        """The contract whose files these are."""
        contrat_id: str = self.demande.affaire.contrat_id
        return contrat_id

    @property
    def instant(self) -> datetime:
        """When it is published."""
        closed_at: datetime | None = self.demande.affaire.closed_at
        assert closed_at is not None, "a case that was carried out is closed"
        return closed_at

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 1, self.demande.affaire_id, ""

    @property
    def prm(self) -> str | None:
        """The point that the case is about."""
        prm: str = self.demande.affaire.prm
        return prm

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux=self.flux,
            contrat_id=self.contrat_id,
            affaire_id=self.demande.affaire_id,
            instant=self.instant,
            emise=emise,
        )

    def __str__(self) -> str:
        return f"Flux {self.flux} de l'affaire {self.demande.affaire_id}"


@dataclass(frozen=True)
class LotHistorique(_LotAffaire):
    """The file of an order of history."""

    flux = "HDM"
    demande: DemandeHistorique


@dataclass(frozen=True)
class LotInfraJ(_LotAffaire):
    """The file of an infra-daily order."""

    flux = "IFJ"
    demande: DemandeInfraJ


@dataclass(frozen=True)
class LotM023(_Lot):
    """The files of a demand of M023."""

    demande: DemandeM023

    @property
    def contrat_id(self) -> str:
        """The contract whose files these are."""
        return self.demande.contrat_id

    @property
    def instant(self) -> datetime:
        """When they are published."""
        return self.demande.due_at

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 4, self.demande.affaire_id, ""

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux=self.demande.flux,
            contrat_id=self.contrat_id,
            m023_id=self.demande.affaire_id,
            debut=self.demande.date_debut,
            fin=self.demande.date_fin,
            instant=self.instant,
            emise=emise,
        )

    def close(self, session: Session, files: int) -> None:
        """Close the demand: a report alone says that nothing was done (GUI 0502)."""
        demande = find_demande_m023(session, self.demande.affaire_id)
        assert demande is not None, "it was read from there"
        demande.etat = "non_realisee" if files == 1 else "realisee"
        demande.closed_at = self.instant

    def __str__(self) -> str:
        return f"Flux {self.demande.flux} de l'affaire {self.demande.affaire_id}"


@dataclass(frozen=True)
class LotFin(_Lot):
    """The announcement of services of one contract that ended at one instant, due once it is over:
    under a frozen clock others may still end at it, and all are told together.

    They are in the order of their numbers.
    """

    contrat_id: str
    instant: datetime
    services: Sequence[ServiceSouscrit]

    @property
    def numeros(self) -> list[str]:
        """The numbers of the services."""
        return [service.service_souscrit_id for service in self.services]

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 2, self.numeros[0], ""

    @property
    def prm(self) -> str | None:
        """The point, where one service ended."""
        return self.services[0].prm if len(self.services) == 1 else None

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux="NASS", contrat_id=self.contrat_id, instant=self.instant, emise=emise
        )

    def claim(self, session: Session, publication: Publication) -> bool:
        """Record that the ends are told; False where any of them was already."""
        return announce_ends(session, self.numeros, self.instant)

    def __str__(self) -> str:
        several = len(self.numeros) > 1
        which = f"de {len(self.numeros)} services" if several else f"du service {self.numeros[0]}"
        return f"Flux NASS, fin {which}"


@dataclass(frozen=True)
class LotDiffusion(_Lot):
    """A period of a diffusion, with the points that it may hold, of a former client too with
    `publie_avant_arret`."""

    diffusion: Diffusion
    periode: Periode
    points: tuple[PointDiffuse, ...]
    publie_avant_arret: bool = False

    @property
    def contrat_id(self) -> str:
        """The contract whose files these are."""
        return self.diffusion.contrat_id

    @property
    def instant(self) -> datetime:
        """When it is published."""
        return self.periode.publication

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 3, "/".join(self.diffusion.key), ""

    def publication(self, session: Session, *, emise: bool) -> Publication:
        """Return its record."""
        return Publication(
            flux=self.diffusion.flux,
            contrat_id=self.contrat_id,
            periodicite=self.diffusion.periodicite,
            corrigees=self.diffusion.corrigees,
            sequence=diffused_sequence(session, self.diffusion) + 1,
            debut=self.periode.debut,
            fin=self.periode.fin,
            instant=self.instant,
            emise=emise,
        )

    def last_sequence(self, first: int | None, files: int) -> int | None:
        """Return the number of the last file: each has its own."""
        return None if first is None else first + files - 1

    def __str__(self) -> str:
        return f"Flux {self.diffusion.flux} {_days(self.periode)}, {self.diffusion.periodicite}"


Lot = LotAbonnement | LotHistorique | LotInfraJ | LotFin | LotM023 | LotDiffusion


def _days(periode: Periode) -> str:
    """Return the legal days of a period, the last one included, in French."""
    last = periode.fin - _JOUR
    first = f"du {periode.debut:%d/%m/%Y}"
    return first if last == periode.debut else f"{first} au {last:%d/%m/%Y}"
