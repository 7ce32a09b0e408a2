"""What an invoice is made of, as values: situations and readings of a point, lines and blocks.

Days are legal days; a reading of a day is made at its start. Amounts are `Decimal`, in €.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from sge_sim.facturation.prix import elements

LINKY: Final = "CCB"
_CENT: Final = Decimal("0.01")


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
    which it is a part by days where it is `repartie`.
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


@dataclass(frozen=True)
class BlocFacture:
    """The lines of a reading, or of an event; `type`: CYCL, EVNT, ANNUL, RECT.

    `part_fixe` and `part_variable`: first and last day. `origine`: the invoice and the block that
    are annulled or corrected, and the motive (CORR_IDX, FRAUDE…).
    """

    type: str
    lignes: tuple[LigneFacturee, ...]
    releves: tuple[str, ...] = ()
    part_fixe: tuple[date, date] | None = None
    part_variable: tuple[date, date] | None = None
    tva_par_ligne: bool = False
    origine: tuple[str, str, str] | None = None

    @property
    def fta(self) -> str:
        """The tariff of its last days."""
        last = max(self.lignes, key=lambda each: each.debut).situation
        return last.fta if last else ""

    @property
    def ht(self) -> Decimal:
        """The sum of its lines."""
        return sum((each.montant for each in self.lignes), Decimal("0.00"))

    @property
    def tva(self) -> Decimal:
        """Its tax, rounded half up: on the sum of each rate, or line by line."""
        bases: dict[tuple[Decimal, int], Decimal] = defaultdict(Decimal)
        for rank, each in enumerate(self.lignes):
            if each.tva is not None:
                bases[each.tva, rank * self.tva_par_ligne] += each.montant
        return sum((rounded(b * rate / 100) for (rate, _), b in bases.items()), Decimal("0.00"))

    @property
    def ttc(self) -> Decimal:
        """With tax."""
        return self.ht + self.tva


@dataclass(frozen=True)
class FactureFournisseur:
    """An invoice of blocks, with their numbers; `type`: C cyclic or of events, R corrective."""

    numero: str
    jour: date
    blocs: Mapping[str, BlocFacture]
    type: str = "C"

    def total(self, what: Literal["ht", "tva", "ttc"]) -> Decimal:
        """Return the sum of its blocks."""
        return sum((getattr(each, what) for each in self.blocs.values()), Decimal("0.00"))

    @property
    def remises(self) -> Decimal:
        """What is taken off, above zero: the lines of « gestion client »."""
        lines = [line for each in self.blocs.values() for line in each.lignes if line.is_remise]
        return -sum((each.montant for each in lines), Decimal("0.00"))

    @property
    def type_dgfip(self) -> str:
        """380 an invoice, 381 a credit note: of a negative total."""
        return "381" if self.total("ht") < 0 else "380"
