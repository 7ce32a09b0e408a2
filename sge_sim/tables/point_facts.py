"""What the state holds, as values that never change: what rules and answers read.

*Facts* are what a row said when it was read, by the columns of its table; a `Dossier` is all that
is known of a point. They ask nothing of the database: `sge_sim.facts.lecture` reads their rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from sys import intern
from types import MappingProxyType
from typing import Any, NamedTuple

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import CoteCalendrier, Sens, TypeServiceAcces
from sge_sim.tables.acces import OptionColumns
from sge_sim.tables.acteur_facts import ActeurFacts, ContratFacts, ReadRows, UtilisateurFacts
from sge_sim.tables.base import Facts
from sge_sim.tables.commandes import ServiceColumns
from sge_sim.tables.mesures_facts import MesuresFacts, read_anciens
from sge_sim.tables.point_columns import SITUATION, CompteurColumns, PointColumns


@dataclass(frozen=True, slots=True)
class CompteurFacts(CompteurColumns, Facts):
    """A meter of a point."""


@dataclass(frozen=True, slots=True)
class PointFacts(PointColumns, Facts):
    """A point and its meters, the oldest first.

    What its states come to is found once, when it is read.
    """

    compteurs: tuple[CompteurFacts, ...]
    en_service: bool = field(init=False)
    alimente: bool = field(init=False)
    grand: bool = field(init=False)
    petit: bool = field(init=False)
    ouvert_aux_mesures: bool = field(init=False)

    def __post_init__(self) -> None:
        for name, found in SITUATION.items():
            object.__setattr__(self, name, found(self))


@dataclass(frozen=True, slots=True)
class AccesFacts:
    """An active access service of a point: the columns that its rule looks at, none of which is
    empty there but for `date_fin`."""

    acces_type: TypeServiceAcces
    sens: Sens
    acteur_code: str
    date_debut: date
    date_fin: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """What is known of a point at a revision.

    Two readings that found the same are one dossier, so what is computed from it may be kept
    beside it, by identity.
    """

    point: PointFacts
    mesures: MesuresFacts
    acces: tuple[AccesFacts, ...]

    def au(self, jour: date) -> PointFacts:
        """Return the point as it was on a legal day: of each column, the first to be replaced."""
        later = reversed(
            [ancienne for ancienne in self.mesures.anciennes if ancienne.jusqu_a > jour]
        )
        return replace(self.point, **{ancienne.nom: ancienne.valeur for ancienne in later})

    def sur(self, debut: date, fin: date) -> tuple[PointFacts, ...]:
        """Return the point as it was over the legal days [debut, fin), before and after changes."""
        changes = {
            ancienne.jusqu_a
            for ancienne in self.mesures.anciennes
            if debut < ancienne.jusqu_a < fin
        }
        return tuple(self.au(jour) for jour in (debut, *sorted(changes)))

    def is_held_by(self, acteur_code: str, debut: date, fin: date) -> bool:
        """Tell whether a supplier held one contract over [debut, fin): a new client has another,
        and a point that was terminated has none."""
        if fin > (self.point.date_resiliation or date.max):
            return False
        etats = self.sur(debut, fin)
        held = {(etat.fournisseur_titulaire, etat.date_mise_en_service) for etat in etats}
        return len(held) == 1 and held.pop()[0] == acteur_code

    def contrat_au(self, jour: date) -> tuple[date | None, date | None]:
        """Return the legal days [debut, fin) of the contract of a day; a new client has another."""
        fins = [
            ancienne.jusqu_a
            for ancienne in self.mesures.anciennes
            if ancienne.nom == "date_mise_en_service" and ancienne.jusqu_a > jour
        ]
        fin = min(fins, default=self.point.date_resiliation)
        return self.au(jour).date_mise_en_service, fin

    def says_as(self, other: "Dossier") -> bool:
        """Tell whether `other` says the same."""
        mine = (self.point, self.mesures, self.acces)
        return mine == (other.point, other.mesures, other.acces)

    def has_acces(
        self,
        type: str,
        sens: tuple[Sens, ...],
        *,
        acteur_code: str,
        debut: date,
        fin: date,
        jour: date,
    ) -> bool:
        """Tell whether an access service of `jour` lets the actor consult [debut, fin)."""
        wanted = (type, sens, acteur_code)
        return any(
            (acces.acces_type, (acces.sens,), acces.acteur_code) == wanted
            and acces.date_debut <= debut
            and (acces.date_fin is None or (fin <= acces.date_fin and jour < acces.date_fin))
            for acces in self.acces
        )


def mesures_facts_from(rows: ReadRows, instants: ReadRows, days: ReadRows) -> MesuresFacts:
    """Return the facts made of three statements' rows: (kind, text, from, to); where there are
    instants, (kind, energy, from, to); the days that were given."""
    collectes: list[tuple[date, date | None]] = []
    calendriers: list[tuple[CoteCalendrier, date, str]] = []
    compteurs: list[tuple[date, date | None, bool]] = []
    oppositions: list[tuple[date, date | None]] = []
    anciens: list[tuple[date, str]] = []
    for kind, calendrier, debut, fin in rows:
        match kind:
            case "collecte":
                collectes.append((debut, fin))
            case "opposition":
                oppositions.append((debut, fin))
            case "ancien":
                anciens.append((debut, calendrier))
            case "compteur" | "compteur_tic":
                compteurs.append((debut, fin, kind == "compteur_tic"))
            case _:
                calendriers.append((kind, debut, calendrier))
    return MesuresFacts(
        tuple(sorted(collectes, key=lambda periode: periode[0])),
        tuple(sorted((debut, fin) for kind, _, debut, fin in instants if kind == "trou")),
        tuple(sorted(calendriers, key=lambda entree: entree[1])),
        tuple(sorted(compteurs, key=lambda compteur: compteur[0])),
        tuple(sorted(oppositions, key=lambda periode: periode[0])),
        read_anciens(anciens) if anciens else (),
        tuple((jour, courbe, registres) for jour, courbe, registres in days),
        tuple(
            sorted(
                (legal_date(minuit), energie, instant)
                for kind, energie, minuit, instant in instants
                if kind == "rectification"
            )
        ),
        tuple(sorted(instant for kind, _, instant, _ in instants if kind == "releve")),
    )


def dossier_from(
    points: ReadRows, compteurs: ReadRows, acces: ReadRows, *mesures: ReadRows
) -> Dossier | None:
    """Return the dossier of these rows; None where there is no point."""
    if not points:
        return None
    meters = tuple(CompteurFacts(*_shared(row)) for row in compteurs)
    point: list[Any] = [*_shared(points[0]), meters]
    return Dossier(
        PointFacts(*point),
        mesures_facts_from(*mesures),
        tuple(AccesFacts(*row) for row in acces),
    )


def _shared(row: Sequence[Any]) -> Iterator[Any]:
    """Yield the cells of a row; texts that are equal are one object, over all points.

    Thousands of points are kept, and most of what they say is one of a few words.
    """
    return (intern(cell) if type(cell) is str else cell for cell in row)


@dataclass(frozen=True, slots=True)
class OptionFacts(OptionColumns, Facts):
    """A publication of an access service."""


@dataclass(frozen=True, slots=True)
class ServiceFacts(ServiceColumns, Facts):
    """A subscribed service and its options."""

    options: tuple[OptionFacts, ...] = ()

    @property
    def options_en_cours(self) -> tuple[OptionFacts, ...]:
        """The options that haven't been stopped."""
        return tuple(option for option in self.options if option.date_fin is None)


def services_from(rows: ReadRows, options: ReadRows) -> tuple[ServiceFacts, ...]:
    """Return the services of these rows, each with its publications among `options`."""
    found: dict[str, list[OptionFacts]] = {}
    for number, *cells in options:
        found.setdefault(number, []).append(OptionFacts(*cells))
    whole: Iterator[list[Any]] = ([*row, tuple(found.get(row[0], ()))] for row in rows)
    return tuple(ServiceFacts(*cells) for cells in whole)


class Faits(NamedTuple):
    """The facts that one call asked for, all of one state; what it didn't ask for is empty.

    `acteur` is the calling actor; `services` are those of a point, whoever ordered them;
    `abonnement` is the number of a recurrent transmission, `rang_m023` is when the demand of M023
    of some rank was accepted. A call that writes has the last numbers given too (`numeros`).
    """

    dossier: Dossier | None = None
    services: tuple[ServiceFacts, ...] = ()
    service: ServiceFacts | None = None
    utilisateur: UtilisateurFacts | None = None
    contrat: ContratFacts | None = None
    acteur: ActeurFacts | None = None
    abonnement: int | None = None
    numeros: Mapping[str, int] = MappingProxyType({})
    rang_m023: datetime | None = None

    @property
    def point(self) -> PointFacts | None:
        """The point, if it is known."""
        return None if self.dossier is None else self.dossier.point

    @property
    def known_point(self) -> PointFacts:
        """The point, behind the rule that wants it to be known."""
        assert self.dossier is not None
        return self.dossier.point
