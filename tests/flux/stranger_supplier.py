"""A supplier's own reader of C15, R15 and F15, written from `docs/factures.md` alone.

Nothing of the product is imported, and prices are read in the tables of that page."""

import re
from calendar import isleap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

PAGE_DAYS = (date(2025, 8, 1), date(2026, 8, 1))
NAMED = {
    "gestion (€)": "gestion",
    "gestion d'un autoproducteur": "autoproduction",
    "comptage (€)": "comptage",
    "compteur d'ancienne génération, socle": "socle",
    "le même, sans relevé réel": "additionnelle",
}
CLASSES = ("HPH", "HCH", "HPB", "HCB")
RANKS = {"4": ("HCB", "HPB", "HCH", "HPH"), "MU2": ("HC", "HP"), "": ("BASE",)}
ENDS = ("RES", "CFNS")
DAY = timedelta(1)


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[~?\s]", "", text).replace(",", "."))


def read_prices(page: str) -> list[dict[str, Decimal]]:
    """Return the prices of each of both grids, as the tables of the page give them."""
    found: list[dict[str, Decimal]] = [{}, {}]
    for row in re.findall(r"(?m)^\| (.*) \|$", page):
        cells = [cell.strip() for cell in row.split("|")]
        for words, key in NAMED.items():
            if cells[0].startswith(words) and len(cells) == 3:
                for grid, cell in zip(found, cells[1:], strict=True):
                    grid[key] = number(cell)
        services = re.findall(r"`([A-Z0-9]+(?:-N?E)?)`", cells[1]) if len(cells) == 3 else []
        charged = [number(each) for each in re.findall(r"\\\*(\d+(?:,\d+)?)", cells[-1])]
        for rank, service in enumerate(services if charged else []):
            for grid in found:
                grid[service] = charged[min(rank, len(charged) - 1)]
        if re.fullmatch(r"BTINF(CU4|MU4|LU|CUST|MUDT)", cells[0]):
            for n, grid in enumerate(found):
                grid[f"{cells[0]} fixe"] = number(cells[1 + 2 * n])
                energies = re.findall(r"(H\w+)? ?(~?\d+,\d+)", cells[2 + 2 * n])
                several = len(energies) == 4
                for rank, (classe, price) in enumerate(energies):
                    named = CLASSES[rank] if several else classe or "BASE"
                    grid[f"{cells[0]} {named}"] = number(price)
    return found


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def day_of(text: str | None) -> date:
    return date.fromisoformat(str(text)[:10])


@dataclass(frozen=True)
class Held:
    """What C15 says of a point from a day on."""

    day: date
    fta: str
    power: Decimal
    linky: bool
    produces: bool


@dataclass
class Reading:
    """A reading of R15."""

    ident: str
    day: date
    why: str
    following: date | None
    energies: dict[str, int]


@dataclass
class Line:
    """A line: what it is of (`ASG-U`, `HPH`…), from when to when, how much, at which price; `then`:
    the price from the 1st of August on, where its energy is on both sides of it."""

    kind: str
    start: date
    end: date
    quantity: Decimal
    price: Decimal
    amount: Decimal
    then: Decimal | None = None


@dataclass
class Supplier:
    """What a supplier makes of its folder."""

    prices: list[dict[str, Decimal]]
    held: dict[tuple[str, str], list[Held]] = field(default_factory=lambda: defaultdict(list))
    sequences: set[tuple[str, str, str]] = field(default_factory=set)
    readings: dict[str, Reading] = field(default_factory=dict)
    indexes: dict[tuple[str, date], dict[str, int]] = field(default_factory=dict)
    blocks: list[tuple[str, Any]] = field(default_factory=list)
    totals: dict[str, tuple[Decimal, int]] = field(default_factory=dict)
    shown: list[tuple[str, date, dict[str, int]]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(len(list(block.iter("Element_Valorise"))) for _, block in self.blocks)

    def read(self, document: bytes) -> None:
        root = ET.fromstring(document)
        flux = root.findtext("En_Tete_Flux/Identifiant_Flux")
        if flux == "C15":
            self._situations(root)
        elif flux == "R15":
            self._readings(root)
        elif flux == "F15" and (fin := root.find("Fin_Message")) is not None:
            total = Decimal(str(fin.findtext("Montant_Total_HT")))
            count = int(str(fin.findtext("Nb_Donnees_Valorisation_Total")))
            self.totals[str(root.findtext(".//Num_Facture"))] = total, count
        elif flux == "F15":
            numero = str(root.findtext(".//Num_Facture"))
            self.blocks += [(numero, each) for each in root.iter("Donnees_Valorisation")]

    def _situations(self, root: Any) -> None:
        for prm in root.iter("PRM"):
            contract, event = prm.find("Situation_Contractuelle"), prm.find("Evenement_Declencheur")
            ref = prm.findtext("Id_PRM"), contract.findtext("Ref_Situation_Contractuelle")
            day = day_of(event.findtext("Date_Evenement"))
            for reading in event.iter("Donnees_Releve"):
                if reading.findtext("Code_Qualification") == "1":
                    self.shown.append((ref[0], day, indexes_of(reading)))
            if contract.findtext("Etat_Contractuel") != "EN SERVICE":
                continue
            started = day_of(contract.findtext("Date_Debut_Num_Sequence"))
            new = (*ref, contract.findtext("Num_Sequence")) not in self.sequences
            self.sequences.add((*ref, contract.findtext("Num_Sequence")))
            structure = contract.find("Structure_Tarifaire")
            mine = Held(
                started if new else day,
                structure.findtext("Formule_Tarifaire_Acheminement"),
                Decimal(structure.findtext("Puissance_Souscrite")),
                prm.findtext("Dispositif_De_Comptage/Compteur/Type") == "CCB",
                prm.findtext("Autoproducteur") == "1",
            )
            same = [
                h
                for h in self.held[ref]
                if (h.fta, h.power, h.linky) == (mine.fta, mine.power, mine.linky)
            ]
            if not same or same[-1] is not self.held[ref][-1]:
                self.held[ref].append(mine)

    def _readings(self, root: Any) -> None:
        for prm in root.iter("PRM"):
            for each in prm.iter("Donnees_Releve"):
                following = each.findtext("Date_Theorique_Prochaine_Releve")
                grid = each.findall("Classe_Temporelle_Distributeur") or each.findall(
                    "Classe_Temporelle"
                )
                energies = {
                    row.findtext("Id_Classe_Temporelle"): int(row.findtext("Valeur"))
                    for row in grid
                    if row.findtext("Classe_Mesure") == "2"
                }
                mine = Reading(
                    each.findtext("Id_Releve"),
                    day_of(each.findtext("Date_Releve")),
                    each.findtext("Motif_Releve"),
                    day_of(following) if following else None,
                    energies,
                )
                self.readings[mine.ident] = mine
                self.indexes[prm.findtext("Id_PRM"), mine.day] = indexes_of(each)

    def at(self, ref: tuple[str, str], day: date) -> Held:
        known = sorted(self.held[ref], key=lambda each: each.day)
        return next((each for each in reversed(known) if each.day <= day), known[0])

    def grid(self, day: date) -> Mapping[str, Decimal]:
        return self.prices[int(day >= PAGE_DAYS[1])]

    def fixed(
        self, ref: Any, suffix: str, start: date, end: date, *, advance: bool
    ) -> Iterator[Line]:
        """Yield the fixed part from a day to another, excluded, cut where prices, years and (of
        elapsed days) contracts change."""
        cuts = {PAGE_DAYS[1], *(date(year, 1, 1) for year in range(start.year, end.year + 1))}
        cuts |= set() if advance else {each.day for each in self.held[ref]}
        edges = sorted({start, *(cut for cut in cuts if start < cut < end), end})
        for a, b in pairwise(edges):
            held, grid = self.at(ref, start if advance else a), self.grid(a)
            year, days = 366 if isleap(a.year) else 365, (b - a).days
            parts = {
                "ASG": (grid["autoproduction" if held.produces else "gestion"], Decimal(1)),
                "ASC": (grid["comptage"], Decimal(1)),
                "ASSF": (grid[f"{held.fta} fixe"], held.power),
            }
            if not held.linky:
                parts["ASCS"] = 6 * grid["socle"], Decimal(1)
            for kind, (annual, times) in parts.items():
                price = (annual / year).quantize(Decimal("0.000001"), ROUND_HALF_UP)
                amount = cents(price * days * times)
                yield Line(f"{kind}-{suffix}", a, b - DAY, days * times, price, amount)

    def expected(self, block: Any) -> Iterator[Line]:
        """Yield the lines of a block, by the rules of « Le calcul »."""
        ref = block.findtext(".//Id_PRM"), block.findtext(".//Ref_Situation_Contractuelle")
        chain = [self.readings[each.text] for each in block.iter("Id_Releve")]
        if not chain:  # a service
            for each in map(line_of, block.iter("Element_Valorise")):
                price = self.grid(each.start)[each.kind]
                yield Line(each.kind, each.start, each.end, Decimal(1), price, price)
            return
        first, last = chain[0], chain[-1]
        changed = any(first.day < each.day < last.day for each in self.held[ref])
        ended, elapsed = last.why in ENDS, first.day
        if first.why == "CYCL" and first.following is not None:
            if changed or ended or first.following > last.day:
                for line in self.fixed(ref, "R", first.day, first.following, advance=True):
                    line.price, line.amount = -line.price, -line.amount
                    yield line
            else:
                elapsed = first.following
        if elapsed < last.day:
            yield from self.fixed(ref, "U", elapsed, last.day, advance=False)
        if not ended and last.following is not None:
            yield from self.fixed(ref, "E", last.day, last.following, advance=True)
        for before, reading in pairwise(chain):
            key = self.at(ref, before.day).fta
            cut = before.day < PAGE_DAYS[1] < reading.day
            for classe, kwh in reading.energies.items():
                if kwh:
                    price = self.grid(before.day)[f"{key} {classe}"] / 100
                    after = self.prices[1][f"{key} {classe}"] / 100
                    days = before.day, (PAGE_DAYS[1] if cut else reading.day) - DAY
                    amount = cents(kwh * price)
                    then = after if cut else None
                    yield Line(classe, *days, Decimal(kwh), price, amount, then)

    def mistakes(self) -> Iterator[str]:
        """Yield what doesn't reconcile."""
        sums: dict[str, list[Decimal]] = defaultdict(list)
        for numero, block in self.blocks:
            sums[numero].append(Decimal(block.findtext("Total_Valorise_HT")))
            written = [line_of(each) for each in block.iter("Element_Valorise")]
            if sum(each.amount for each in written) != sums[numero][-1]:
                yield f"{numero} : the total of a block"
            wanted = list(self.expected(block))
            yield from (f"{numero} : {each}" for each in self._compared(written, wanted))
        for numero, (total, count) in self.totals.items():
            if (sum(sums[numero]), len(sums[numero])) != (total, count):
                yield f"{numero} : its total"
        for prm, day, index in self.shown:
            if index != self.indexes.get((prm, day)):
                yield f"{prm} : C15 and R15 of {day}"

    def _compared(self, written: list[Line], wanted: list[Line]) -> Iterator[str]:
        for mine in wanted:
            starts = [mine.start, *([PAGE_DAYS[1]] if mine.then else [])]
            lines = [w for w in written if w.kind == mine.kind and w.start in starts]
            written = [each for each in written if each not in lines]
            # How a change of price divides an energy isn't in R15: prices and the sum are known.
            if sum(each.quantity for each in lines) != mine.quantity:
                yield f"expected {mine}, written {lines}"
            for line in lines:
                price = mine.then if mine.then and line.start == PAGE_DAYS[1] else mine.price
                amount = cents(line.quantity * price) if mine.then else mine.amount
                same = line.price == price and (mine.then or line.end == mine.end)
                if not same or abs(amount - line.amount) > Decimal("0.01"):
                    yield f"expected {mine}, written {line}"
        yield from (f"unexpected {line}" for line in written)


def indexes_of(reading: Any) -> dict[str, int]:
    return {
        f"{row.tag} {row.findtext('Id_Classe_Temporelle')}": int(row.findtext("Valeur"))
        for row in reading
        if row.tag.startswith("Classe_Temporelle") and row.findtext("Classe_Mesure") == "1"
    }


def line_of(node: Any) -> Line:
    """Return a line as it is written: energies by their class, the rest by its component."""
    ident = node.findtext("Id_EV")
    if ident.startswith("ASSV"):
        tariff = re.sub(r"ASSV(\w+?)-.*", r"\1", ident)
        names = RANKS.get(tariff, RANKS["4"] if tariff.endswith("4") else RANKS[""])
        kind = names[int(ident[-1]) - 1]
    else:
        stem = re.match(r"ASCS|ASSF|ASG|ASC", ident)
        kind = f"{stem[0]}-{ident[-1]}" if stem else ident
    values = (Decimal(node.findtext(nom)) for nom in ("Quantite", "Prix_Unitaire", "Montant_HT"))
    return Line(kind, *(day_of(node.findtext(f"Date_{nom}")) for nom in ("Debut", "Fin")), *values)
