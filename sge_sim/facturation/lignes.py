"""What an invoice is made of, as values: situations and readings of a point, lines and blocks.

Days are legal days; a reading of a day is made at its start. Amounts are `Decimal`, in €.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Final

from sge_sim.facturation.prix import elements

LINKY: Final = "CCB"
_CENT: Final = Decimal("0.01")
_ALIKE: Final = attrgetter("id_ev", "prix", "tva")


def rounded(amount: Decimal, quantum: Decimal = _CENT) -> Decimal:
    """Return an amount to the cent, half up, away from zero."""
    return amount.quantize(quantum, ROUND_HALF_UP)


def with_comma(number: Decimal) -> str:
    """Return a number as French has it."""
    return f"{number:f}".replace(".", ",")


@dataclass(frozen=True)
class SituationFacturee:
    """What is contracted of a point from a day on, until the next situation of its reference.

    `puissance` in kVA; above 36 kVA `puissances` by class, in the order of the tariff (kVA, kW).
    `compteur`: CCB (Linky), CEB, CFB or PSC (none); `exemption`: why an old meter isn't invoiced
    as such; `sans_releve_reel`: nobody has read it for twelve months. `connu`: when it was told;
    `jour_fixe`: that of its cyclic readings, each month, where it is known.
    """

    debut: date
    fta: str
    puissance: Decimal = Decimal(0)
    sequence: int = 1
    compteur: str = LINKY
    proprietaire: bool = False
    acc: bool = False
    autoproducteur: bool = False
    exemption: str = ""
    sans_releve_reel: bool = False
    puissances: tuple[tuple[str, Decimal], ...] = ()
    jour_fixe: int = field(default=0, compare=False)
    connu: date = field(default=date.min, compare=False)


@dataclass(frozen=True)
class ReleveFacture:
    """A reading: its day, the index of each class (kWh), the energies since the one before, or the
    differences of indexes; `quotidiens`: indexes of days in between, where the meter communicates;
    `heures`: those beyond the subscribed power since then (above 36 kVA), by class.
    """

    id: str
    jour: date
    index: Mapping[str, int] = field(default_factory=dict)
    energies: Mapping[str, int] | None = None
    quotidiens: Mapping[date, Mapping[str, int]] = field(default_factory=dict)
    heures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LigneFacturee:
    """A line: from a day to another, both included; `montant` without tax.

    `nature`: 01 transport, 02 services, 03 dispositions, 04 contributions. `tva`: its rate in %,
    None of what isn't taxed. `famille`: its component. `releves`: those whose energy it is, of
    which it is a part by days where it is `repartie`. `nombre`: how many lines it stands for.
    """

    id_ev: str
    debut: date
    fin: date
    quantite: Decimal
    unite: str
    prix: Decimal
    montant: Decimal
    tva: Decimal | None
    nature: str = "01"
    famille: str = ""
    rupture: str = ""
    situation: SituationFacturee | None = None
    grille: str = ""
    calcul: str = ""
    releves: tuple[str, ...] = ()
    repartie: bool = False
    nombre: int = 1

    def explained(self) -> str:
        """Say how it is computed, in French: « 31 j × 0,046027 = 1,43 (…) »."""
        quantite, prix, montant = map(with_comma, (self.quantite, self.prix, self.montant))
        said = f"{quantite} {self.unite} × {prix} = {montant}"
        about = " ; ".join(filter(None, [self.calcul, self.grille, " → ".join(self.releves)]))
        return f"{said} ({about})" if about else said

    @property
    def is_remise(self) -> bool:
        """Whether it is a discount."""
        return self.famille == "gestion_client"

    @property
    def libelle(self) -> str:
        """What it is called."""
        if self.nature != "01":
            return str(elements()["prestations"].get(self.id_ev, self.id_ev))
        noms, (bare, _, suffixe) = elements()["libelles"], self.id_ev.rpartition("-")
        named = noms.get(bare) or noms.get(self.id_ev) or noms.get(self.famille, self.id_ev)
        return f"{named}{noms.get(suffixe, '') or noms.get(self.id_ev[-4:], '')}"


def put_together(
    lignes: Iterable[LigneFacturee], key: Callable[[LigneFacturee], Any]
) -> list[LigneFacturee]:
    """Return lines that have a key in common as one, in the order of the keys."""
    found: dict[Any, list[LigneFacturee]] = defaultdict(list)
    for each in lignes:
        found[key(each)].append(each)
    return [
        replace(
            mine[0],
            nombre=sum(each.nombre for each in mine),
            debut=min(each.debut for each in mine),
            fin=max(each.fin for each in mine),
            quantite=sum((each.quantite for each in mine), Decimal(0)),
            montant=sum((each.montant for each in mine), Decimal(0)),
        )
        for _, mine in sorted(found.items())
    ]


@dataclass(frozen=True)
class BlocFacture:
    """The lines of a reading, or of an event; `type`: CYCL, EVNT, ANNUL, RECT.

    `part_fixe` and `part_variable`: first and last day. `origine`: the invoice and the block that
    are annulled or corrected, and the motive (CORR_IDX, FRAUDE…).
    """

    nombre: ClassVar[int] = 1
    type: str
    lignes: tuple[LigneFacturee, ...]
    releves: tuple[str, ...] = ()
    part_fixe: tuple[date, date] | None = None
    part_variable: tuple[date, date] | None = None
    tva_par_ligne: bool = False
    origine: tuple[str, str, str] | None = None

    @property
    def tarifs(self) -> Mapping[str, Sequence[LigneFacturee]]:
        """Its lines, by the tariff of its last days."""
        last = max(self.lignes, key=lambda each: each.debut).situation
        return {last.fta if last else "": self.lignes}

    @cached_property
    def taxes(self) -> Mapping[Decimal, Decimal]:
        """Its tax by rate, rounded half up: on the sum of a rate, or line by line."""
        taxes: dict[Decimal, Decimal] = defaultdict(Decimal)
        bases: dict[tuple[Decimal, int], Decimal] = defaultdict(Decimal)
        for rank, each in enumerate(self.lignes):
            if each.tva is not None:
                bases[each.tva, rank * self.tva_par_ligne] += each.montant
        for (rate, _), base in bases.items():
            taxes[rate] += rounded(base * rate / 100)
        return taxes

    @cached_property
    def ht(self) -> Decimal:
        """The sum of its lines."""
        return sum((each.montant for each in self.lignes), Decimal("0.00"))

    @property
    def tva(self) -> Decimal:
        """Its tax."""
        return sum(self.taxes.values(), Decimal("0.00"))

    @property
    def ttc(self) -> Decimal:
        """With tax."""
        return self.ht + self.tva


@dataclass(frozen=True)
class FactureFournisseur:
    """What so many blocks of an invoice come to: their lines by tariff, those alike put together,
    and their taxes by rate; `type`: C cyclic or of events, R corrective."""

    numero: str = ""
    jour: date = date.min
    type: str = "C"
    nombre: int = 0
    tarifs: Mapping[str, Sequence[LigneFacturee]] = field(default_factory=dict)
    taxes: Mapping[Decimal, Decimal] = field(default_factory=dict)

    def plus(self, parts: Iterable["BlocFacture | FactureFournisseur"]) -> "FactureFournisseur":
        """Return it with blocks, or with what others come to."""
        nombre, tarifs = 0, dict[str, list[LigneFacturee]]()
        taxes: dict[Decimal, Decimal] = defaultdict(Decimal)
        for each in (self, *parts):
            nombre += each.nombre
            for tarif, lignes in each.tarifs.items():
                tarifs.setdefault(tarif, []).extend(lignes)
            for rate, tax in each.taxes.items():
                taxes[rate] += tax
        alike = {tarif: put_together(lignes, _ALIKE) for tarif, lignes in tarifs.items()}
        return replace(self, nombre=nombre, tarifs=alike, taxes={**taxes})

    @property
    def lignes(self) -> list[LigneFacturee]:
        """Its lines."""
        return [each for mine in self.tarifs.values() for each in mine]

    @property
    def ht(self) -> Decimal:
        """Without tax."""
        return sum((each.montant for each in self.lignes), Decimal("0.00"))

    @property
    def type_dgfip(self) -> str:
        """380 an invoice, 381 a credit note: of a negative total."""
        return "381" if self.ht < 0 else "380"
