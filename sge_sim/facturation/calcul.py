"""Computes what a supplier is invoiced for the transport of a point (F15 guide 4.1.3, F12 guide
1.14.2), from plain data.

A block invoices a reading. The fixed part is billed in advance (`-E`), from the day of the reading
to the eve of the next one; days that weren't are billed elapsed (`-U`); where the situation changed
or ends, the advance is taken back whole (`-R`) and the elapsed days billed. Amounts are rounded to
0.01 line by line, half up (observed); the price for a day is that of a year by the days of the
calendar year. A change of grid or of year splits lines (Rupture T), a change of the contract too
(C). What no document says is a field of `Hypotheses`.
"""

from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sge_sim.errors import UsageError
from sge_sim.facturation.lignes import (
    LINKY,
    BlocFacture,
    LigneFacturee,
    ReleveFacture,
    SituationFacturee,
    rounded,
    with_comma,
)
from sge_sim.facturation.prix import (
    GrillesDatees,
    GrilleTarifaire,
    Hypotheses,
    elements,
    known_grilles,
)

_JOUR: Final = timedelta(1)
_VARIABLE, _DEPASSEMENT = "variable", "depassement"
_BIMESTRES: Final = 6
_F12: Final = {"U": "ECHU", "E": "ECHO", "R": "REPR"}
_F12_DIGITS: Final = Decimal("0.00001")


class TarifInconnuError(UsageError):
    """A tariff, a power or a class that has no element."""


class Composante(NamedTuple):
    """A component of the fixed part: its element, the annual price, its unit, what multiplies days;
    `segment`: c5, or that of F12."""

    famille: str
    id_ev: str
    annual: Decimal
    unite: str = "j"
    facteur: Decimal = Decimal(1)
    segment: str = "c5"


@dataclass(frozen=True)
class PeriodeAFacturer:
    """What a block is computed from.

    `situations`: those of the reference, dated, in order. `releves`: the last one that was
    invoiced, or the first of the situation, then those since, to that which is invoiced. `avance`:
    the lines that were billed in advance at the first. `prochain`: the day of the next reading;
    None where the situation ends. `evenement`: the last one was made of something that happened.
    """

    situations: Sequence[SituationFacturee]
    releves: Sequence[ReleveFacture]
    avance: Sequence[LigneFacturee] = ()
    prochain: date | None = None
    evenement: bool = False


def en_vigueur_le(situations: Sequence[SituationFacturee], day: date) -> SituationFacturee:
    """Return the situation of a day: the first one before it begins."""
    return next((each for each in reversed(situations) if each.debut <= day), situations[0])


@dataclass(frozen=True)
class Facturation:
    """Computes by grids, and by what is assumed.

    What it returns raises `PrixInconnuError` where a grid lacks a price, and `TarifInconnuError`.
    """

    grilles: GrillesDatees = field(default_factory=known_grilles)
    hypotheses: Hypotheses = field(default_factory=Hypotheses)

    def bloc(self, periode: PeriodeAFacturer) -> BlocFacture:
        """Return what a reading is invoiced."""
        situations, releves, prochain = periode.situations, periode.releves, periode.prochain
        debut, fin = releves[0].jour, releves[-1].jour
        changed = any(debut < each.debut < fin for each in situations)
        # What was billed in advance stands where it is what is elapsed.
        kept = prochain is not None and not changed
        kept = kept and all(
            each.fin < fin and each.situation == en_vigueur_le(situations, each.fin)
            for each in periode.avance
        )
        covered = {each.famille: each.fin + _JOUR for each in periode.avance} if kept else {}
        lignes = [] if kept else [self._taken_back(each) for each in periode.avance]
        elapsed = self.part_fixe("U", debut, fin, situations, covered)
        coming = [] if prochain is None else self.avance(situations, fin, prochain)
        lignes += [*elapsed, *coming]
        for before, releve in pairwise(releves):
            lignes += self.energies(before, releve, situations)
        if changed:
            lignes = [replace(each, rupture="C") for each in lignes]
        return BlocFacture(
            "EVNT" if prochain is None or periode.evenement else "CYCL",
            tuple(lignes),
            tuple(each.id for each in releves),
            _span(coming) or _span(elapsed),
            (debut, fin - _JOUR) if debut < fin else None,
            self.hypotheses.arrondi_tva == "ligne",
        )

    def avance(
        self, situations: Sequence[SituationFacturee], debut: date, prochain: date
    ) -> list[LigneFacturee]:
        """Return what is billed in advance at a reading, until the eve of the next one."""
        return self.part_fixe("E", debut, prochain, [en_vigueur_le(situations, debut)])

    def prestation(self, id_ev: str, effet: date, quantite: Decimal = Decimal(1)) -> LigneFacturee:
        """Return the line of a service, a fee or a disposition, by the table of prices; penalties
        and indemnities (D…) aren't taxed."""
        grille, nature = self.grilles.on(effet), {"D": "03", "C": "04"}.get(id_ev[0], "02")
        prix, tva = grille.price(f"prestations.{id_ev}"), self.hypotheses.tva
        said: Any = {"tva": None if nature == "03" else tva, "nature": nature, "grille": grille.nom}
        return _line(id_ev, effet, effet + _JOUR, quantite, "UNITE", prix, **said)

    def negative(self, ligne: LigneFacturee) -> LigneFacturee:
        """Return a line that takes another back: its price is negative, its quantity isn't."""
        by_price = self.hypotheses.reprise == "prix"
        more: Any = {"prix": -ligne.prix} if by_price else {"quantite": -ligne.quantite}
        return replace(ligne, montant=-ligne.montant, **more)

    def annulled(self, bloc: BlocFacture, origine: tuple[str, str, str]) -> BlocFacture:
        """Return the block that repeats another negative."""
        lignes = tuple(self.negative(each) for each in bloc.lignes)
        return replace(bloc, type="ANNUL", lignes=lignes, origine=origine)

    def part_fixe(
        self,
        suffixe: str,
        debut: date,
        fin: date,
        situations: Sequence[SituationFacturee],
        covered: Mapping[str, date] | None = None,
    ) -> list[LigneFacturee]:
        """Return the lines of the fixed part between two days, the second excluded; `suffixe`: E,
        U, R; `covered`: until which day (excluded) a component was billed."""
        technical, lignes = self.grilles.changes(debut, fin), list[LigneFacturee]()
        if self.hypotheses.coupe_annee:
            years = (date(year, 1, 1) for year in range(debut.year + 1, fin.year + 1))
            technical |= {day for day in years if debut < day < fin}
        contractual = {each.debut for each in situations if debut < each.debut < fin}
        for start, end in pairwise(sorted({debut, *technical, *contractual, fin})):
            situation, grille = en_vigueur_le(situations, start), self.grilles.on(start)
            for each in self._composantes(situation, grille, suffixe):
                first = max(start, (covered or {}).get(each.famille, start))
                if first < end:
                    said: Any = {"situation": situation, "grille": grille.nom}
                    said["rupture"] = "T" if {first, end} & technical else ""
                    lignes.append(self._fixe(each, suffixe, first, end, said))
        return lignes

    def _composantes(
        self, situation: SituationFacturee, grille: GrilleTarifaire, suffixe: str
    ) -> Iterator[Composante]:
        segment, noms = _segment(situation, grille), elements()
        if segment != "c5":
            yield from _composantes_f12(situation, grille, segment)
        else:
            status = [nom for nom in ("autoproducteur", "acc") if getattr(situation, nom)]
            annual = grille.price("c5.gestion_autoproduction" if status else "c5.gestion")
            yield Composante("gestion", noms["gestion"][" ".join(status)], annual)
            owned = "proprietaire" if situation.proprietaire else "loue"
            sorte = noms["comptage"].get(situation.compteur, noms["comptage"][owned])
            id_ev = sorte["ids"][_band(sorte["tranches"], situation)]
            yield Composante("comptage", id_ev, grille.price(f"c5.{sorte['prix']}"))
            old = situation.compteur not in (LINKY, "PSC") and not situation.exemption
            if old and "c5.socle" in grille.prix:
                yield Composante("socle", "ASCS", _BIMESTRES * grille.price("c5.socle"))
            if old and situation.sans_releve_reel and suffixe == "U":
                annual = _BIMESTRES * grille.price("c5.additionnelle")
                yield Composante("additionnelle", "ASCA", annual)
            annual = grille.price(f"c5.soutirage.{situation.fta}.fixe")
            id_ev, puissance = f"ASSF{_code(situation)}", situation.puissance
            yield Composante("soutirage", id_ev, annual, "j.kVA", puissance)
        if self.hypotheses.gestion_client:
            id_ev, unite = ("ASCGCU", "j") if segment == "c5" else ("FCGU", "c.j")
            annual = -grille.price(f"{segment}.gestion_client")
            yield Composante("gestion_client", id_ev, annual, unite, segment=segment)

    def _fixe(
        self, composante: Composante, suffixe: str, debut: date, fin: date, said: Any
    ) -> LigneFacturee:
        famille, id_ev, annual, unite, facteur, segment = composante
        divisor = 366 if self.hypotheses.annee == "civile" and isleap(debut.year) else 365
        days, digits = (fin - debut).days, Decimal(f"1e-{self.hypotheses.decimales}")
        quantite = days * facteur
        if segment != "c5":
            id_ev, digits = id_ev + _F12[suffixe], _F12_DIGITS
            quantite = rounded(quantite, _F12_DIGITS) if facteur != 1 else quantite
        elif famille != "additionnelle":
            id_ev = f"{id_ev}-{suffixe}"
        calcul = f"{with_comma(annual)} €/an ÷ {divisor} j"
        if facteur != 1:
            calcul = f"{days} j × {with_comma(facteur)} {unite.strip('j.')}, {calcul}"
        said = {**said, "famille": famille, "calcul": calcul, "tva": self.hypotheses.tva}
        return _line(id_ev, debut, fin, quantite, unite, rounded(annual / divisor, digits), **said)

    def _taken_back(self, ligne: LigneFacturee) -> LigneFacturee:
        id_ev = elements()["reprises"][ligne.famille]
        if not ligne.id_ev.endswith("-E"):
            id_ev = ligne.id_ev.removesuffix(_F12["E"]) + _F12["R"]
        return replace(self.negative(ligne), id_ev=id_ev)

    def energies(
        self, before: ReleveFacture, releve: ReleveFacture, situations: Sequence[SituationFacturee]
    ) -> Iterator[LigneFacturee]:
        """Yield the lines of the energies of a reading, and of its hours of overrun: a class that
        has none of them has no line."""
        debut, fin, given = before.jour, releve.jour, releve.energies
        if given is None:
            given = {each: kwh - before.index.get(each, 0) for each, kwh in releve.index.items()}
        counted = {(_VARIABLE, each): kwh for each, kwh in given.items() if kwh}
        counted |= {(_DEPASSEMENT, each): hours for each, hours in releve.heures.items() if hours}
        grids = self.grilles.changes(debut, fin)
        starts = {each.debut for each in situations if debut < each.debut < fin}
        days = sorted({debut, *starts, *grids, fin}) if debut < fin else [debut, debut + _JOUR]
        shares = {each: self._shares(releve, *each, n, days) for each, n in counted.items()}
        for rank, (start, end) in enumerate(pairwise(days)):
            situation, grille = en_vigueur_le(situations, start), self.grilles.on(start)
            named = _variables(situation, grille)
            if strangers := shares.keys() - named.keys():
                said = f"La classe {min(strangers)[1]} n'est pas du tarif {situation.fta}."
                raise TarifInconnuError(said)
            for (famille, classe), (id_ev, key) in named.items():
                parts, repartie = shares.get((famille, classe), ({}, False))
                kwh = parts.get(rank, 0)
                if not kwh and not repartie:
                    continue
                price, quantite = grille.price(key), Decimal(abs(kwh))
                unite, cents = ("kWh", 100) if famille == _VARIABLE else ("h", 1)
                ligne = _line(
                    *(id_ev, start, end, quantite, unite, price / cents),
                    tva=self.hypotheses.tva,
                    famille=famille,
                    rupture="T" if {start, end} & grids else "",
                    situation=situation,
                    grille=grille.nom,
                    calcul=f"{classe}, {with_comma(price)} {'c' * (cents > 1)}€/{unite}",
                    releves=(before.id, releve.id),
                    repartie=repartie,
                )
                yield self.negative(ligne) if kwh < 0 else ligne

    def _shares(
        self, releve: ReleveFacture, famille: str, classe: str, kwh: int, days: Sequence[date]
    ) -> tuple[dict[int, int], bool]:
        """Return the whole kWh (or hours) of each part of a period, their sum that of the reading,
        and whether they are so by days."""
        known = [releve.quotidiens.get(day, {}).get(classe) for day in days[1:-1]]
        by_index = self.hypotheses.repartition == "index" and classe in releve.index
        by_index &= famille == _VARIABLE
        by_days = bool(known) and (None in known or not by_index)
        total, first = (days[-1] - days[0]).days, releve.index.get(classe, 0) - kwh
        upto = [rounded(Decimal(kwh * (day - days[0]).days) / total, Decimal(1)) for day in days]
        if not by_days:
            upto[1:-1] = [Decimal(each - first) for each in known if each is not None]
        return {rank: int(b - a) for rank, (a, b) in enumerate(pairwise(upto))}, by_days


def _composantes_f12(
    situation: SituationFacturee, grille: GrilleTarifaire, segment: str
) -> Iterator[Composante]:
    """Yield the components of a point above 36 kVA. Its weighted power is what multiplies the price
    of the first class: b₁P₁ + Σ bᵢ(Pᵢ − Pᵢ₋₁) is their product."""
    for famille, id_ev, unite in (("gestion", "FCGE", "c.j"), ("comptage", "FCCO", "p.j")):
        annual = grille.price(f"{segment}.{famille}")
        yield Composante(famille, id_ev, annual, unite, segment=segment)
    prices = grille.below(f"{segment}.soutirage.{situation.fta}.fixe")
    powers, total, below = dict(situation.puissances), Decimal(0), Decimal(0)
    for classe, price in prices.items():
        power = powers.get(classe, Decimal(-1))
        if power < below:
            raise TarifInconnuError(
                f"Les puissances de {situation.fta} sont à donner pour {', '.join(prices)}, sans "
                "décroître de l'une à la suivante."
            )
        total, below = total + price * (power - below), power
    first, unite = next(iter(prices.values())), "kW.j" if segment == "hta" else "kVA.j"
    yield Composante("soutirage", "FSOU", first, unite, total / first, segment)


def _segment(situation: SituationFacturee, grille: GrilleTarifaire) -> str:
    """Return the part of grids that prices a tariff."""
    if situation.fta in elements()["tarifs"]:
        return "c5"
    for segment in ("c4", "hta"):
        if grille.below(f"{segment}.soutirage.{situation.fta}.variable"):
            return segment
    raise TarifInconnuError(f"Le tarif {situation.fta} n'a ni élément ni prix connus.")


def _variables(
    situation: SituationFacturee, grille: GrilleTarifaire
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the elements of the energies of a tariff and of what overruns, and the keys of their
    prices, by family and class."""
    segment = _segment(situation, grille)
    key = f"{segment}.soutirage.{situation.fta}.variable"
    if segment == "c5":
        ids = enumerate(elements()["tarifs"][situation.fta]["classes"], 1)
        begins = f"ASSV{_code(situation)}"
        return {(_VARIABLE, each): (f"{begins}-{n}", f"{key}.{each}") for n, each in ids}
    found = {(_VARIABLE, each): (f"VEAS{each}", f"{key}.{each}") for each in grille.below(key)}
    beyond = {(_DEPASSEMENT, each): (f"VDQU{each}", f"{segment}.depassement") for _, each in found}
    return found | beyond


def _code(situation: SituationFacturee) -> str:
    """Return what ends the elements of a tariff of C5: `CU4-0036`."""
    tarif = elements()["tarifs"][situation.fta]
    return f"{tarif['code']}-{_band(tarif['tranches'], situation)}"


def _band(upto: Mapping[str, int], situation: SituationFacturee) -> str:
    """Return the band of powers, of those given by their highest, that a situation is in."""
    for band, most in upto.items():
        if 0 < situation.puissance <= most:
            return band
    raise TarifInconnuError(f"{with_comma(situation.puissance)} kVA n'est pas d'un point de C5.")


def _line(
    id_ev: str, debut: date, fin: date, quantite: Decimal, unite: str, prix: Decimal, **more: Any
) -> LigneFacturee:
    """Return a line of a period, whose end is excluded."""
    montant = rounded(quantite * prix)
    return LigneFacturee(id_ev, debut, fin - _JOUR, quantite, unite, prix, montant, **more)


def _span(lignes: Sequence[LigneFacturee]) -> tuple[date, date] | None:
    """Return the first and the last day of lines, None of no line."""
    return (min(x.debut for x in lignes), max(x.fin for x in lignes)) if lignes else None
