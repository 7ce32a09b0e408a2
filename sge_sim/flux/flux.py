"""What a flux is: one object, which the `flux.py` of its folder declares.

Nothing else lists flux: `sge_sim.flux.registry` finds them. What writes the files of one is loaded
when they are made, since it loads the measures. It has `fichiers(session, lot, envoi, atelier)`,
which yields the files of a publication; that of a subscription has what `ParAbonnement` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from importlib import import_module
from typing import Any, Generic, Literal, TypeVar

from sge_sim.domaine.nomenclatures import MesuresType, TypeServiceAcces
from sge_sim.flux.periodes import CalendrierFlux, Frequence


@dataclass(frozen=True)
class ParAbonnement:
    """A subscription brings it about: to the curves (CDC) or the indexes (IDX) of C5 and P4 points
    (`petits`), or of the others. There may be several flux of one subscription.

    `points_par_fichier`: the points of a file, at most, where each file is made of its own alone
    (the module that writes has `archive`); None where all points are written before they are cut
    into files (`membres`, then `archives`). Both lay files out as the real ones by
    `laid_out_as_real`.
    """

    mesures_type: MesuresType
    petits: bool
    calendrier: CalendrierFlux
    points_par_fichier: Mapping[Frequence, int] | None = None


@dataclass(frozen=True)
class ParAffaire:
    """An order brings it about, once its case is closed: one of
    `CommandeTransmissionHistoriqueMesures`, or of `CommandeTransmissionDonneesInfraJ`; one flux of
    each."""

    demande: Literal["historique", "infra_j"]


@dataclass(frozen=True)
class ParDemande:
    """A demand of M023 brings it about, which names it."""


@dataclass(frozen=True)
class ParServiceAcces:
    """The options of access services to a type of measures bring it about, of C5 and P4 points
    (`petits`) or of the others: one flux of each.

    `par_nature`: files that aren't daily are of raw curves alone, or of corrected ones alone.
    """

    acces_type: TypeServiceAcces
    petits: bool
    calendrier: CalendrierFlux
    par_nature: bool = False


@dataclass(frozen=True)
class ParFin:
    """The end of the services of a contract brings it about: one flux."""


@dataclass(frozen=True)
class ParContrat:
    """A day of a supplier's GRD-F contract brings it about, at `heure` of the next one, where that
    day has something of `quoi`: events of its points of a segment, their readings, its affaires, or
    those of others that take a point from it (of all segments)."""

    quoi: Literal["evenements", "releves", "affaires", "affaires_recues"]
    heure: time
    segment: str = "C5"


CauseFlux = ParAbonnement | ParAffaire | ParDemande | ParServiceAcces | ParFin | ParContrat
C = TypeVar("C", bound=CauseFlux, covariant=True)


@dataclass(frozen=True)
class Flux(Generic[C]):
    """A flux: its code, what brings it about, and the module that writes its files.

    `rang` is its place in lists; `famille` the folder of its files on a channel that has one per
    family, its code without it; `depuis` the first day of which it tells, None for one of always;
    `ligne` its row in the table of `docs/flux.md`: the order, the points, the file, when it leaves.
    """

    code: str
    cause: C
    ecriture: str
    rang: int = 100
    famille: str = ""
    depuis: date | None = None
    ligne: tuple[str, ...] = ()

    def writer(self) -> Any:
        """Return the module that writes its files."""
        return import_module(self.ecriture)
