"""What a reading is invoiced, to the cent, and that any window in parts is the whole."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from facturation_kit import (
    AOUT,
    PUISSANCE,
    SIMPLE,
    Histoire,
    annual_amount,
    histoires,
    jour,
    releve,
    situation,
)
from hypothesis import given, settings

from sge_sim.facturation.calcul import (
    Facturation,
    PeriodeAFacturer,
    TarifInconnuError,
    en_vigueur_le,
)
from sge_sim.facturation.lignes import (
    BlocFacture,
    LigneFacturee,
    ReleveFacture,
    SituationFacturee,
)
from sge_sim.facturation.prix import (
    Hypotheses,
    PrixInconnuError,
    given_grilles,
    known_grilles,
)

CENT = Decimal("0.01")


def amounts(bloc: BlocFacture, rupture: str = "") -> list[str]:
    return [str(each.montant) for each in bloc.lignes if rupture in ("", each.rupture)]


@pytest.mark.assumed("by the rules of the guide, and prices of the deliberation")
def test_the_invoices_of_a_situation() -> None:
    blocs = SIMPLE.blocs()
    assert [(b.type, str(b.ht), str(b.tva), str(b.ttc)) for b in blocs] == [
        ("CYCL", "36.73", "7.35", "44.08"),
        ("CYCL", "25.31", "5.06", "30.37"),
        ("EVNT", "8.14", "1.63", "9.77"),
    ]
    fixed = ["1.43", "1.87", "5.15", "1.29", "1.69", "4.65"]
    assert amounts(blocs[0]) == [*fixed, "4.17", "16.48"]
    assert amounts(blocs[1]) == ["1.43", "1.87", "5.15", "3.30", "13.56"]
    taken_back = ["-1.43", "-1.87", "-5.15"]
    assert amounts(blocs[2]) == [*taken_back, "0.92", "1.21", "3.32", "2.30", "8.84"]
    assert blocs[2].lignes[0].quantite == 31
    assert blocs[2].lignes[0].prix < 0
    assert blocs[0].part_fixe == (jour("12/02/2026"), jour("11/03/2026"))
    assert [each.id_ev for each in blocs[2].lignes[:4]] == ["ASG-R", "ASC-R", "ASSF-R", "ASG-U"]


def test_a_line_says_how_it_is_computed() -> None:
    first, *_, last = SIMPLE.blocs()[0].lignes
    grid = "TURPE 7 du 1er août 2025"
    assert first.explained() == f"31 j × 0,046027 = 1,43 (16,80 €/an ÷ 365 j ; {grid})"
    assert last.explained().startswith("220 kWh × 0,0749 = 16,48 (HPH, 7,49 c€/kWh")
    assert last.explained().endswith("1000000000000001 → 1000000000000002)")
    assert (first.libelle, last.id_ev) == ("Composante Gestion - Echu", "ASSVCU4-0036-4")


@pytest.mark.assumed("by the rules of the guide, not observed")
def test_a_change_of_power_takes_the_advance_back() -> None:
    bloc = PUISSANCE.blocs()[1]
    back = ["-1.29", "-1.69", "-4.65"]
    fixed = ["0.60", "0.78", "2.16", "0.69", "0.90", "3.74", "1.43", "1.87", "7.73"]
    assert amounts(bloc, "C") == [*back, *fixed, "1.55", "6.37", "1.75", "7.19"]
    assert (str(bloc.ht), str(bloc.tva), len(bloc.releves)) == ("29.13", "5.83", 3)


@pytest.mark.assumed("the grid and the days of the year are known before")
def test_a_new_grid_splits_an_advance_and_energies() -> None:
    before, bloc = AOUT.blocs()
    advance = [each for each in before.lignes if each.id_ev.endswith("-E")]
    said = [str(each.montant) for each in advance]
    assert said == ["0.92", "1.21", "3.32", "0.52", "0.68", "1.88"]
    assert {each.rupture for each in advance} == {"T"}
    assert amounts(bloc, "T") == ["0.70", "1.99", "0.42", "1.20"]
    assert (str(bloc.ht), str(bloc.tva)) == ("13.02", "2.60")


def c4(fta: str, *powers: int) -> SituationFacturee:
    classes = ("HPH", "HCH", "HPE", "HCE")
    puissances = zip(classes, map(Decimal, powers), strict=True)
    return SituationFacturee(date(2025, 8, 1), fta, puissances=tuple(puissances))


@pytest.mark.documented("CRE 2025-78 §5.2.1.6")
@pytest.mark.parametrize(
    ("powers", "amount"),
    [((60,) * 4, "1557.67"), ((36, 36, 60, 60), "1484.47"), ((36, 36, 36, 100), "1901.75")],
)
def test_a_year_above_36_kva(powers: tuple[int, ...], amount: str) -> None:
    grille = known_grilles().on(date(2025, 8, 1))
    mine = c4("BTSUPCU4", *powers)
    assert str(annual_amount(grille, mine)) == amount
    more = annual_amount(grille, mine, {"HPH": 1000}, {"HPH": 2})
    assert more == Decimal(amount) + Decimal("69.10") + 2 * Decimal("12.41")


def test_powers_that_decrease_are_refused() -> None:
    with pytest.raises(TarifInconnuError, match="sans décroître"):
        annual_amount(known_grilles().on(date(2025, 8, 1)), c4("BTSUPCU4", 60, 36, 60, 60))


@pytest.mark.observed("an invoice F12 of June 2024")
def test_the_lines_of_f12_by_the_grid_of_a_user(tmp_path: Path) -> None:
    classes = ("P", "HPH", "HCH", "HPE", "HCE")
    fixe = ", ".join(f"{each}: '10.12'" for each in classes)
    (tmp_path / "g.yaml").write_text(
        "grilles:\n- {nom: TURPE 6, debut: 2023-08-01, source: F12, hta: {gestion: 399.48,\n"
        "    comptage: 339.96, gestion_client: 167.24,\n"
        f"    soutirage: {{HTACU5: {{fixe: {{{fixe}}}, variable: {{P: 1}}}}}}}}}}\n"
        "regles: {gestion_client: true}\n"
    )
    facturation = Facturation(*given_grilles(tmp_path / "g.yaml"))
    powers = tuple((each, Decimal(7)) for each in classes)
    mine = SituationFacturee(date(2023, 8, 1), "HTACU5", puissances=powers)
    lignes = facturation.part_fixe("U", date(2024, 6, 1), date(2024, 7, 1), [mine])
    assert [(each.id_ev, str(each.prix), str(each.montant)) for each in lignes] == [
        ("FCGEECHU", "1.09148", "32.74"),
        ("FCCOECHU", "0.92885", "27.87"),
        ("FSOUECHU", "0.02765", "5.81"),
        ("FCGUECHU", "-0.45694", "-13.71"),
    ]
    assert sum(each.montant for each in lignes) == Decimal("52.71")


def test_before_the_first_grid_no_invoice_is_made() -> None:
    with pytest.raises(PrixInconnuError, match="Aucune grille de prix ne vaut au 12/01/2025"):
        Facturation().avance([situation("12/01/2025")], jour("12/01/2025"), jour("12/02/2025"))


@pytest.mark.observed("an F12 of 2024 divides by 366")
def test_a_price_for_a_day_is_by_the_days_of_its_year() -> None:
    args = (jour("22/12/2027"), jour("11/01/2028"), [situation("01/01/2027")])
    old, new = (each for each in Facturation().part_fixe("E", *args) if each.famille == "gestion")
    assert (str(old.prix), str(old.quantite), old.fin) == ("0.047425", "10", jour("31/12/2027"))
    assert (str(new.prix), str(new.quantite), new.rupture) == ("0.047295", "10", "T")


@pytest.mark.assumed("no public document says these")
@pytest.mark.parametrize(
    ("regles", "said"),
    [
        ({"annee": "365"}, "365 "),
        ({"decimales": "4"}, "0.0474 "),
        ({"coupe_annee": False}, "31 0.047425"),
        ({"gestion_client": True}, "-0.246740"),
    ],
)
def test_what_is_assumed_is_a_setting(regles: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(
        "grilles: [{nom: a, debut: 2026-08-01, source: b, c5: {gestion_client: 90.06}}]"
    )
    grilles, _ = given_grilles(tmp_path / "g.yaml")
    facturation = Facturation(grilles, Hypotheses(**regles))
    mine = [situation("01/01/2027")]
    lignes = facturation.part_fixe("U", jour("15/12/2027"), jour("15/01/2028"), mine)
    text = "".join(f"{each.quantite} {each.prix} {each.calcul[-5:]};" for each in lignes)
    usual = "".join(
        f"{each.quantite} {each.prix} {each.calcul[-5:]};"
        for each in Facturation().part_fixe("U", jour("15/12/2027"), jour("15/01/2028"), mine)
    )
    assert text.count(said) > usual.count(said)


@pytest.mark.assumed("no public document says how tax is rounded")
def test_tax_is_rounded_by_block_or_by_line() -> None:
    lignes = SIMPLE.blocs()[0].lignes
    by_line = sum((each.montant * 20 / 100).quantize(CENT, ROUND_HALF_UP) for each in lignes)
    assert BlocFacture("CYCL", lignes, tva_par_ligne=True).tva == by_line
    assert BlocFacture("CYCL", lignes).tva == Decimal("7.35")
    odd = LigneFacturee(**{**vars(lignes[0]), "montant": Decimal("0.02")})
    assert [BlocFacture("", (odd,) * 3, tva_par_ligne=way).tva for way in (False, True)] == [
        Decimal("0.01"),
        Decimal("0.00"),
    ]


@pytest.mark.parametrize(
    ("mine", "names"),
    [
        (situation("01/01/2026", compteur="CFB", fta="BTINFCUST"), ["ASG", "ASCL-0018", "ASCS"]),
        (situation("01/01/2026", compteur="CFB", exemption="GRIP"), ["ASG", "ASCL-0018"]),
        (situation("01/01/2026", 36, acc=True), ["ASGACC", "ASCEL-0036"]),
        (situation("01/01/2026", acc=True, autoproducteur=True), ["AISGACC", "ASCEL-0036"]),
        (situation("01/01/2026", autoproducteur=True), ["ASGA", "ASCEL-0036"]),
    ],
)
def test_the_components_of_a_situation(mine: SituationFacturee, names: list[str]) -> None:
    lignes = Facturation().part_fixe("E", jour("01/01/2026"), jour("01/02/2026"), [mine])
    assert [each.id_ev for each in lignes] == [
        *(f"{each}-E" for each in names),
        *(each.id_ev for each in lignes if each.famille == "soutirage"),
    ]


def test_a_component_that_begins_is_billed_elapsed() -> None:
    old = situation("12/06/2025", compteur="CFB", exemption="GRIP")
    readings = [ReleveFacture("1", jour("12/12/2025")), ReleveFacture("2", jour("12/01/2026"))]
    advance = Facturation().avance([old], readings[0].jour, readings[1].jour)
    new = situation("12/06/2025", compteur="CFB", sans_releve_reel=True)
    advance = [LigneFacturee(**{**vars(each), "situation": new}) for each in advance]
    bloc = Facturation().bloc(PeriodeAFacturer([new], readings, advance, jour("12/02/2026")))
    elapsed = [each for each in bloc.lignes if each.debut < readings[1].jour]
    assert [(each.id_ev, str(each.quantite)) for each in elapsed] == [
        *(("ASCS-U", "20"), ("ASCA", "20")),
        *(("ASCS-U", "11"), ("ASCA", "11")),
    ]


def test_an_annulment_and_its_correction() -> None:
    facturation, bloc = Facturation(), SIMPLE.blocs()[0]
    origine = ("3210619182009", "V1", "CORR_IDX")
    annulled = facturation.annulled(bloc, origine)
    assert (annulled.type, annulled.ht, annulled.ttc) == ("ANNUL", -bloc.ht, -bloc.ttc)
    readings = [SIMPLE.lus[0][1], releve("1000000000000002", "12/02/2026", 3100, 1105)]
    periode = PeriodeAFacturer(SIMPLE.situations, readings, (), jour("12/03/2026"))
    new = replace(facturation.bloc(periode), type="RECT", origine=origine)
    assert (new.type, bloc.ht - new.ht) == ("RECT", Decimal("1.50"))
    assert SIMPLE.facture(annulled, new, type="R").type_dgfip == "381"


def test_a_penalty_is_not_taxed() -> None:
    ligne = Facturation().prestation("DCOUP_PEN", jour("12/02/2026"), Decimal(2))
    bloc = BlocFacture("EVNT", (ligne,))
    assert (str(bloc.ht), str(bloc.tva), ligne.nature) == ("-48.00", "0.00", "03")
    with pytest.raises(PrixInconnuError, match="F120BOCM"):
        Facturation().prestation("F120BOCM", jour("12/02/2026"))


@given(histoires())
@settings(max_examples=30, deadline=None)
def test_any_situation_in_parts_is_the_whole(histoire: Histoire) -> None:
    """What was billed in advance, taken back and billed elapsed is the elapsed days at their
    prices; energies are those of the indexes; totals are sums of lines."""
    blocs, facturation = histoire.blocs(), histoire.facturation
    debut, fin = histoire.lus[0][1].jour, histoire.lus[-1][1].jour
    lignes = [each for bloc in blocs for each in bloc.lignes]
    for famille in ("gestion", "comptage", "soutirage"):
        mine = [each for each in lignes if each.famille == famille]
        exact = Decimal(0)
        for n in range((fin - debut).days):
            day = debut + timedelta(n)
            grille, now = facturation.grilles.on(day), en_vigueur_le(histoire.situations, day)
            key = f"soutirage.{now.fta}.fixe" if famille == "soutirage" else famille
            power = now.puissance if famille == "soutirage" else 1
            exact += grille.price(f"c5.{key}") * power / (366 if day.year % 4 == 0 else 365)
        assert abs(sum(each.montant for each in mine) - exact) <= CENT * len(mine)
    for classe, value in histoire.lus[-1][1].index.items():
        parts = (each for each in lignes if each.calcul.startswith(f"{classe},"))
        assert sum(each.quantite for each in parts) == value
    assert all(bloc.ht == sum(each.montant for each in bloc.lignes) for bloc in blocs)
    spans = [bloc.part_variable for bloc in blocs if bloc.part_variable]
    assert all(a[1] < b[0] for a, b in pairwise(spans))
