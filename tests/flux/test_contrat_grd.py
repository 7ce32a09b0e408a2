"""What a supplier is told by its GRD-F contract: C15, R15, F15, X12 and X13 of eight months.

The indexes are those of the world; the files go together, and their invoices are explained.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from contrat_kit import AUTRE, DEBUT, EIC, GRD, Etape, contract_platform, etape
from flux_kit import JOUR
from lxml import etree
from publication_kit import Platform, at, members
from stranger_supplier import Supplier, read_prices

from sge_sim.admin.point_life import moments_of
from sge_sim.commandes.annee import draw_year
from sge_sim.domaine.pannes import Panne
from sge_sim.domaine.perimetre import TAUX, initial_reference
from sge_sim.domaine.prm import generate
from sge_sim.domaine.sortes import SORTES
from sge_sim.facturation.arbres import instance_of, plans, version_of
from sge_sim.facturation.explication import explained
from sge_sim.facturation.grammaire import DOCUMENTS, grammaires, read_by_grammar
from sge_sim.facturation.prix import known_grilles
from sge_sim.facturation.verification import VerificationFactures
from sge_sim.flux.apercu import invoices_of
from sge_sim.flux.salissures import salir
from sge_sim.flux.validation import Validation
from sge_sim.mesures import index_quotidiens
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
from sge_sim.tables.mesures import read_mesures_facts
from sge_sim.tables.perimetre import life_of
from sge_sim.tables.points import find_point

FIN = date(2026, 12, 20)
PRMS = [generate("259", n) for n in range(26)]
ANCIENS = PRMS[20:22]
OUVRANTES, AOUT = ("MES", "CFNE"), date(2026, 8, 1)
ERRONES = [
    (PRMS[24], date(2026, 7, 25), date(2026, 8, 12), 150),
    (PRMS[25], date(2026, 9, 26), date(2026, 10, 8), -40),
]


def lives() -> dict[str, list[Etape]]:
    """Twenty-two points: a MES or a CFNE each, then what differs; two have no Linky. Four were in
    the contract before: a change that Enedis is late to record, none, and two wrong readings, the
    second with an end before its correction."""
    late = Etape("MCT", date(2026, 6, 10), {"puissance": 3}, initiateur="enedis")
    found = {
        PRMS[22]: [replace(late, connu=date(2026, 7, 30))],
        **{PRMS[23]: [], PRMS[24]: [etape("MCT", date(2026, 11, 3), puissance=6)]},
        PRMS[25]: [etape("RES", date(2026, 10, 2))],
    }
    for n in range(22):
        debut = date(2026, 5, 4) + 5 * n * JOUR
        steps = [etape("CFNE" if n % 2 else "MES", debut)]
        later = debut + (20 + 3 * n) * JOUR
        match n % 6:
            case 0:
                steps.append(etape("MCT", later, puissance=12))
            case 1:
                leaves = date(2026, 10, 1) + n * JOUR
                steps += [etape("CFNS", leaves), etape("CFNE", leaves, AUTRE)]
            case 2:
                moved = date(2026, 9, 3) + n * JOUR
                steps += [etape("RES", moved), etape("MES", moved, titulaire="Ada LOVELACE")]
            case 3:
                steps.append(etape("CMAT", later, numero_serie="021961234567"))
            case 4:
                steps.append(Etape("MDPRM", later, {}, initiateur="enedis"))
                steps.append(etape("RES", date(2026, 11, 2)))
                steps.append(Etape("MDPRM", date(2026, 11, 2), {}, initiateur="enedis"))
            case _:
                steps.append(etape("MCT", date(2026, 8, 1), puissance=3))
        found[PRMS[n]] = steps
    return found


@dataclass
class Recus:
    """What one supplier received: the documents of each flux, by archive, oldest first."""

    archives: dict[str, dict[str, bytes]]
    trees: dict[str, list[tuple[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    versions: set[tuple[str, str, str]] = field(default_factory=set)
    fautes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for nom, documents in self.archives.items():
            for content in documents.values():
                document, version, tree, mistakes = read_by_grammar(etree.fromstring(content))
                head = tree.get("En_Tete_Flux") or tree["enteteFlux"]
                said = head.get("Version_XSD") or head["versionXsd"]
                self.versions.add((document, said, version))
                self.fautes += mistakes
                self.trees[document].append((nom, tree))

    def of(self, document: str) -> Iterator[tuple[str, Any]]:
        """Yield what is repeated in the documents of a kind, with the archive that has it."""
        repeated = {"F15_FL": "Donnees_Valorisation", "X12": "affaire"}.get(document, "PRM")
        for nom, tree in self.trees[document]:
            yield from ((nom, each) for each in tree[repeated])

    def readings(self) -> dict[str, tuple[str, Any]]:
        rows = (
            (prm["Id_PRM"], each) for _, prm in self.of("R15") for each in prm["Donnees_Releve"]
        )
        return {each["Id_Releve"]: (prm, each) for prm, each in rows}


def received(platform: Platform, contrat: str) -> Recus:
    with platform.database.sessions():
        mine = {n: members(c) for n, c in platform.ready().items() if _is_of(n, contrat)}
    return Recus(mine)


def _is_of(nom: str, contrat: str) -> bool:
    return {GRD: "17X000000000001F", AUTRE: "17X000000000002D"}[contrat] in nom


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = contract_platform(tmp_path_factory.mktemp("contrat"), lives(), ANCIENS, ERRONES)
    made.catch_up(at(FIN))
    yield made
    made.close()


@pytest.fixture(scope="module")
def mine(platform: Platform) -> Recus:
    return received(platform, GRD)


@pytest.fixture(scope="module")
def other(platform: Platform) -> Recus:
    return received(platform, AUTRE)


def classes(reading: Any, kind: str, cote: str = "_Distributeur") -> dict[str, Any]:
    rows = reading.get(f"Classe_Temporelle{cote}", [])
    return {row["Id_Classe_Temporelle"]: row for row in rows if row["Classe_Mesure"] == kind}


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_all_hold_to_their_grammar_of_the_day(mine: Recus, other: Recus) -> None:
    assert [*mine.fautes, *other.fautes] == []
    assert {each[:2] for each in mine.versions} <= {
        *{("C15", "5.1.0"), ("C15", "5.2.0"), ("R15", "2.3.2"), ("X12", "2.0.0")},
        *{(doc, label) for doc in ("F15_FA", "F15_FL") for label in ("4.0.3", "4.0.4")},
    }


def test_each_name_of_a_plan_is_of_a_grammar() -> None:
    known = {nom for doc in DOCUMENTS for nom in _names(doc)}

    def within(plan: Any) -> Iterator[str]:
        if isinstance(plan, dict):
            yield from plan
        for each in plan.values() if isinstance(plan, dict) else plan[1:]:
            if isinstance(each, dict | list):
                yield from within(each)

    tops = {*plans()}
    assert {nom for plan in plans().values() for nom in within(plan)} - known - tops == set()


def _names(document: str) -> Iterator[str]:
    def below(noeud: Any) -> Iterator[str]:
        yield noeud.nom
        for each in noeud.inner:
            yield from below(each)

    for noeud in grammaires(document).values():
        yield from below(noeud)


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_names_and_sequences_have_no_hole(mine: Recus) -> None:
    suites: dict[str, list[int]] = defaultdict(list)
    for nom, documents in mine.archives.items():
        found = re.fullmatch(
            r"((?:17X100A100A0001A|ENEDIS)_\w{3}_17X\w{13}(?:_GRD-F139_032\d(?:_[CR]_[MB]_[01]_D)?)?)"
            r"_(\d{5})_(202[67]\d{10})\.zip",
            nom,
        )
        assert found, nom
        suites[found[1]].append(int(found[2]))
        ranks = [re.search(r"_(\d{5})_(\d{5})\.xml", each) for each in documents]
        parts = [(int(each[1]), int(each[2])) for each in ranks if each]
        assert parts == [(n, len(parts)) for n in range(1, len(parts) + 1)]
        assert found[3][8:] == ("091700" if nom.startswith("ENEDIS") else "050100")
    assert {
        key: ranks for key, ranks in suites.items() if ranks != [*range(1, len(ranks) + 1)]
    } == {}
    assert len(suites) > 8


@pytest.mark.observed("real C15, R15, F15 and X12 of a supplier")
def test_each_situation_is_opened_numbered_and_closed(mine: Recus) -> None:
    by_ref: dict[str, list[Any]] = defaultdict(list)
    for _, prm in mine.of("C15"):
        by_ref[prm["Situation_Contractuelle"]["Ref_Situation_Contractuelle"]].append(prm)
    for points in by_ref.values():
        natures = [each["Evenement_Declencheur"]["Nature_Evenement"] for each in points]
        first, opened = points[0]["Situation_Contractuelle"], natures[0] in OUVRANTES
        initial = initial_reference(points[0]["Id_PRM"])
        assert opened is (first["Ref_Situation_Contractuelle"] != initial)
        assert first["Num_Sequence"] == (1 if opened else 2 if natures[0] == "MCT" else 1)
        ends = False
        for each, nature in zip(points, natures, strict=True):
            contrat = each["Situation_Contractuelle"]
            assert not ends or nature == "MDPRM"  # of that very day
            ends = ends or nature in ("RES", "CFNS")
            assert contrat["Etat_Contractuel"] == ("RESILIE" if ends else "EN SERVICE")
            assert ("Date_Resiliation" in contrat) is ends


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_who_leaves_and_who_enters_see_the_same_day_and_indexes(mine: Recus, other: Recus) -> None:
    moved = 0
    entering = {prm["Id_PRM"]: prm for _, prm in other.of("C15")}
    for _, prm in mine.of("C15"):
        event = prm["Evenement_Declencheur"]
        if event["Nature_Evenement"] == "CFNS":
            there = entering[prm["Id_PRM"]]
            assert there["Evenement_Declencheur"]["Date_Evenement"] == event["Date_Evenement"]
            (before,), (after,) = (
                each["Evenement_Declencheur"]["Releves"]["Donnees_Releve"] for each in (prm, there)
            )
            assert classes(before, "1") == classes(after, "1")
            refs = [
                each["Situation_Contractuelle"]["Ref_Situation_Contractuelle"]
                for each in (prm, there)
            ]
            assert refs[0] != refs[1]
            assert "Id_Affaire" not in event
            moved += 1
    assert moved >= 4
    assert {doc["enteteFlux"]["idFlux"] for _, doc in mine.trees["X12"]} == {"X12", "X13"}


@pytest.mark.observed("real C15, R15, F15 and X12 of a supplier")
def test_readings_are_those_of_the_world_and_follow_each_other(
    mine: Recus, platform: Platform
) -> None:
    readings_hold(mine, platform)


def readings_hold(mine: Recus, platform: Platform, every: int = 1) -> None:
    seen = mine.readings()
    assert len({each["Motif_Releve"] for _, each in seen.values()}) >= 5
    for prm, each in seen.values():
        assert re.fullmatch(r"\d{16}", each["Id_Releve"])
        jour = each["Date_Releve"].date()
        if prm not in ANCIENS and each["Motif_Releve"] == "CYCL" and not int(prm[-6:]) % every:
            lu = index_quotidiens(platform.mesure(prm), jour, jour + JOUR)
            for rank, classe in enumerate(("HCB", "HPB", "HCH", "HPH")):
                assert classes(each, "1")[classe]["Valeur"] == lu.distributeur[rank, 0] // 1000
        for cote in ("", "_Distributeur"):
            energies = classes(each, "2", cote)
            for classe, row in classes(each, "1", cote).items():
                if "Valeur_Precedent" in row:
                    assert energies[classe]["Valeur"] == row["Valeur"] - row["Valeur_Precedent"]
        if each.get("Id_Releve_Precedent") not in seen:
            # Read before the contract was followed, or the first one of its situation.
            former = each.get("Date_Releve_Precedent")
            assert (each["Motif_Releve"] in OUVRANTES) is (former is None)
            assert former is None or former.date() < DEBUT
        else:
            before = seen[each["Id_Releve_Precedent"]][1]
            for nom in ("Date_Releve", "Motif_Releve"):
                assert before[nom] == each[f"{nom}_Precedent"]
            assert before["Ref_Situation_Contractuelle"] == each["Ref_Situation_Contractuelle"]


@pytest.mark.observed("real C15, R15, F15 and X12 of a supplier")
def test_a_reading_of_c15_is_in_r15(mine: Recus) -> None:
    told = {
        (prm, each["Date_Releve"]): classes(each, "1") for prm, each in mine.readings().values()
    }
    compared = 0
    for _, prm in mine.of("C15"):
        event = prm["Evenement_Declencheur"]
        for reading in event.get("Releves", {}).get("Donnees_Releve", ())[:1]:
            there = told[prm["Id_PRM"], event["Date_Evenement"]]
            for classe, row in classes(reading, "1").items():
                assert there[classe]["Valeur"] == row["Valeur"]
                compared += 1
    assert compared > 80


def test_every_invoice_is_explained(mine: Recus) -> None:
    verification = VerificationFactures()
    for nom, documents in mine.archives.items():
        for inner, content in documents.items():
            verification.add(f"{nom}/{inner}", content)
    lines = [*explained(verification)]
    for line in lines:
        assert (
            " du " not in line
            or "Bloc" in line
            or re.search(r" \(.*(÷ 36[56] j|c€/kWh) ; TURPE 7|: 1 UNITE × .*, prix supposé", line)
        )
        assert not re.search(r"n'a pas ce prix|attendu|les blocs font", line)
    assert len(lines) > 800
    assert verification.judge() == []
    assert len(verification.blocs) > 80
    assert 0 < verification.sans_c15 < len(verification.blocs) / 2


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_invoices_add_up_and_bind_readings(mine: Recus) -> None:
    ids, totals = mine.readings(), dict[str, Decimal]()
    spans: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for nom, bloc in mine.of("F15_FL"):
        lines = [e for g in bloc["Groupe_Valorise"] for e in g["Element_Valorise"]]
        assert sum(each["Montant_HT"] for each in lines) == bloc["Total_Valorise_HT"]
        totals[nom] = totals.get(nom, Decimal(0)) + bloc["Total_Valorise_HT"]
        if "Id_Affaire" in bloc:
            continue
        donnees = bloc["Donnees_PRM"]
        key = donnees["Id_PRM"], donnees["Ref_Situation_Contractuelle"]
        span = bloc["Date_Debut_Part_Variable"], bloc["Date_Fin_Part_Variable"]
        if bloc["Type_Facturation"] == "ANNUL":
            spans[key].remove(span)  # it was invoiced
            continue
        readings = [ids[each["Id_Releve"]] for each in bloc["Releve"] if each["Id_Releve"] in ids]
        assert len(readings) >= len(bloc["Releve"]) - (span[0] < DEBUT)
        kwh = sum(
            row["Valeur"]
            for _, each in readings[len(readings) - len(bloc["Releve"]) + 1 :]
            for row in (classes(each, "2") or classes(each, "2", "")).values()
        )
        variable = [e for e in lines if e["Id_EV"].startswith("ASSV")]
        signed = (e["Quantite"] * (-1 if e["Prix_Unitaire"] < 0 else 1) for e in variable)
        if readings[-1][1]["Statut_Releve"] == "INITIAL" or bloc["Type_Facturation"] == "RECT":
            assert sum(signed) == kwh
        spans[key].append(span)
    for nom, tree in mine.trees["F15_FA"]:
        assert tree["Fin_Message"]["Montant_Total_HT"] == totals[nom]
        assert (
            sum(x["Montant"] for x in tree["Fin_Message"]["Detail_TVA"])
            == (tree["Fin_Message"]["Montant_Total_TVA"])
        )
    for mine_of in map(sorted, spans.values()):
        assert all(a[1] + JOUR == b[0] for a, b in pairwise(mine_of))


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_what_was_billed_in_advance_comes_to_the_elapsed_days(mine: Recus) -> None:
    """Of a situation that ended: -E and -R take each other back, -U and -E are its days."""
    days: dict[str, Decimal] = defaultdict(Decimal)
    ended: dict[str, int] = {}
    starts: dict[str, date] = {}
    for _, prm in mine.of("C15"):
        contrat = prm["Situation_Contractuelle"]
        ref = contrat["Ref_Situation_Contractuelle"]
        if prm["Evenement_Declencheur"]["Nature_Evenement"] in OUVRANTES:
            starts.setdefault(ref, contrat["Date_Mise_En_Service"])
        if "Date_Resiliation" in contrat and ref in starts:
            ended[ref] = (contrat["Date_Resiliation"].date() - starts[ref]).days
    for _, bloc in mine.of("F15_FL"):
        for line in (e for g in bloc["Groupe_Valorise"] for e in g["Element_Valorise"]):
            if line["Id_EV"].startswith("ASG-"):
                sign = -1 if line["Prix_Unitaire"] < 0 else 1
                days[bloc["Donnees_PRM"]["Ref_Situation_Contractuelle"]] += sign * line["Quantite"]
    assert {ref: days[ref] for ref in ended} == ended
    assert len(ended) > 7


@pytest.mark.observed("real C15, R15, F15 and X12 of a supplier")
def test_an_affaire_is_followed_before_its_event_is_told(mine: Recus) -> None:
    first: dict[str, datetime] = {}
    own = set()
    for nom, affaire in mine.of("X12"):
        first.setdefault(affaire["@id"], stamp(nom))
        jalons = affaire["donneesGenerales"]["jalons"]["jalon"]
        assert [each["num"] for each in jalons] == [*range(1, len(jalons) + 1)]
    for nom, prm in mine.of("C15"):
        event = prm["Evenement_Declencheur"]
        if event.get("Id_Affaire") not in first:
            own.add(event.get("Id_Affaire"))
            assert event["Nature_Evenement"] in ("MDPRM", "MCT", "CFNS")
        else:
            assert first[event["Id_Affaire"]] < stamp(nom)
    for nom, bloc in mine.of("F15_FL"):
        if "Id_Affaire" in bloc:
            assert first[bloc["Id_Affaire"]] < stamp(nom)
    assert own
    assert not own & first.keys()


@pytest.mark.assumed("prices and elements of services; a price of zero has no line")
def test_each_affaire_that_is_billed_is_so_once(mine: Recus) -> None:
    billed = Counter(b["Id_Affaire"] for _, b in mine.of("F15_FL") if "Id_Affaire" in b)
    expected = Counter[str]()
    for _, prm in mine.of("C15"):
        event = prm["Evenement_Declencheur"]
        if event["Nature_Evenement"] in ("MES", "MCT", "CMAT") and "Ref_Demandeur" in event:
            expected[event["Id_Affaire"]] += 1
    assert billed == expected
    assert {*billed.values()} == {1}


@pytest.mark.assumed("the reading keeps its number; the motives of F15 for those of R15")
def test_what_is_put_right_is_annulled_then_told_anew(mine: Recus, other: Recus) -> None:
    """Two wrong readings, the second with an end before its correction; a power that is late."""
    told: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for _, prm in mine.of("R15"):
        for each in prm["Donnees_Releve"]:
            said = each["Statut_Releve"], each.get("Motif_Rectif")
            told[each["Id_Releve"]].append((prm["Id_PRM"], *said))
    again = Counter(each for each in told.values() for each in each[1:])
    anew = {("ANNULE", "RECTIFICATIF"): 0}
    assert again == {
        (prm, statut, motif): count
        for prm, motif, count in (
            (PRMS[22], "CORR_CTRC5", 2),
            (PRMS[24], "CORR_IDX", 1),
            (PRMS[25], "CORR_IDX", 2),
        )
        for statut in next(iter(anew))
    }
    blocs = [b for _, b in mine.of("F15_FL") if "Motif_Rectif_Facture" in b]
    kinds = Counter((b["Type_Facturation"], b["Motif_Rectif_Facture"]) for b in blocs)
    assert kinds == {
        **{(kind, "CORR_CTR"): 2 for kind in ("ANNUL", "RECT")},
        **{(kind, "CORR_IDX"): 3 for kind in ("ANNUL", "RECT")},
    }
    first = {b["Num_Valorisation"]: (nom, b) for nom, b in mine.of("F15_FL")}
    numbers = {nom: t["En_Tete_Message"] for nom, t in mine.trees["F15_FA"]}
    for bloc in blocs:
        (origine,) = bloc["Facture_Origine"]
        nom, before = first[origine["Origine_Valorisation"]]
        head = numbers[nom]
        assert head["Num_Facture"] == origine["Origine_Facture"]
        assert head["Date_Facture"] == origine["Date_Origine_Facture"]
        if bloc["Type_Facturation"] == "ANNUL":
            assert bloc["Total_Valorise_HT"] == -before["Total_Valorise_HT"]
    assert {h["Type_Facture"] for h in numbers.values()} == {"C", "R"}
    for nom, tree in mine.trees["F15_FA"]:
        credit = tree["Fin_Message"]["Montant_Total_HT"] < 0
        assert numbers[nom]["Type_Facture_DGFIP"] == ("381" if credit else "380")


def stamp(nom: str) -> datetime:
    return datetime.strptime(nom[-18:-4], "%Y%m%d%H%M%S")  # noqa: DTZ007


@pytest.mark.documented("guides C15 v5.1.3 and F15 v4.1.3, homologation deck C5 V26.2")
def test_grid_and_off_peak_ranges_go_with_the_tariff(mine: Recus) -> None:
    for nom, prm in mine.of("C15"):
        structure = prm["Situation_Contractuelle"]["Structure_Tarifaire"]
        if prm["Id_PRM"] in ANCIENS:
            assert structure["Formule_Tarifaire_Acheminement"] == "BTINFCUST"
            assert structure["Id_Structure_Horosaisonniere"] == "1"
            continue
        assert structure["Formule_Tarifaire_Acheminement"] == "BTINFMU4"
        assert structure["Id_Calendrier_Distributeur"] == "DI000003"
        seasonal = stamp(nom).date() >= date(2026, 9, 15)
        assert ("Plages_Heures_Creuses" in structure) is seasonal
        assert ("Id_Plage_Heures_Creuses" in structure) is not seasonal


def test_the_life_of_a_point_has_its_invoices(platform: Platform) -> None:
    with platform.database.sessions() as session:
        found = [*invoices_of(session, platform.data_dir, PRMS[1])]
        point, facts = find_point(session, PRMS[1]), read_mesures_facts(session, PRMS[1])
        assert point is not None
        events = life_of(session, [PRMS[1]])[PRMS[1]]
        moments = moments_of(point, facts, (), (), (), (), (), events, found)
    assert len(found) >= 5
    assert all(a[0] == b[1] for a, b in pairwise(found))
    for debut, fin, said in found:
        assert re.match(r"(CYCL|EVNT), -?\d+\.\d\d € HT, relevés \d{16}( → \d{16})+, 17X", said)
        assert debut < fin
    assert {"Périmètre", "Facture"} <= {each.piste for each in moments}


def test_nothing_is_said_of_them(platform: Platform) -> None:
    validation, known = Validation(), list(platform.ready().items())
    formes = set()
    for nom, content in known:
        for verdict in validation.judge(nom, content):
            assert (verdict.ecarts, verdict.remarques) == ([], []), verdict
            formes.add(verdict.forme)
    assert len(formes) == 5
    assert validation.together() == []
    lacking = Validation()
    name = max(nom for nom, _ in known if "_C15_" in nom and nom.split("_")[-2] > "00003")
    suite = name[: -len("_00001_20260101050100.zip")]
    for nom, content in known:
        if nom.startswith(suite) and nom.split("_")[-2] != "00002":
            assert list(lacking.judge(nom, content))
    assert "00002" in "".join(lacking.together())


def test_a_catch_up_day_by_day_makes_the_same_files(platform: Platform, tmp_path: Path) -> None:
    made = contract_platform(tmp_path / "etat", lives(), ANCIENS, ERRONES)
    until = date(2026, 8, 1)
    for day in (date(2026, 7, 29), until):
        made.catch_up(at(day))
    take_snapshot(made.database, made.journal, made.data_dir)
    made.catch_up(at(until + 2 * JOUR))
    restore_snapshot(made.database, made.journal, made.data_dir)
    made.catch_up(at(until))
    before = {n: c for n, c in platform.ready().items() if stamp(n) < datetime(2026, 8, 1, 12)}  # noqa: DTZ001
    assert made.ready() == before
    assert before
    made.catch_up(at(until + 2 * JOUR))
    assert made.ready().items() > before.items(), "sequences go on after a reset"
    assert made.ready().items() <= platform.ready().items()
    made.close()


@pytest.mark.observed("electricore: X12, R15 and its ADR-0021 and 0047")
@pytest.mark.parametrize(
    "sorte", [nom for nom, each in SORTES.items() if each.contenu == "element"]
)
def test_files_are_spoilt_as_real_ones(platform: Platform, mine: Recus, sorte: str) -> None:
    """They hold to their grammar, and what was true is told."""
    planned, dirty, semes = Panne(numero=1, sorte=sorte, au=9, probabilite=0.3), {}, []
    ready = platform.ready()
    flux = {f"_{each}_" for each in SORTES[sorte].services}
    for nom in (nom for nom in mine.archives if flux & {nom[6:11], nom[16:21]}):
        content, found = salir([planned], nom, ready[nom])
        assert (content == ready[nom]) is not bool(found)
        dirty[nom], semes = members(content), [*semes, *found]
    spoilt = Recus(dirty)
    assert (spoilt.fautes, len(semes) > 20, {each.classe for each in semes}) == ([], True, {sorte})
    before, after = mine.readings(), spoilt.readings()
    lists = [
        {id_: sorted(map(str, each["Classe_Temporelle"])) for id_, (_, each) in seen.items()}
        for seen in (before, after)
    ]
    if sorte == "element_vide":
        empty = sum(
            not each["donneesGenerales"]["statut"].get("@code") for _, each in spoilt.of("X12")
        )
        assert empty == sum(each.champ == "statut" for each in semes) > 5
    elif sorte == "sans_distributeur":
        lacking = {id_ for id_, each in after.items() if not classes(each[1], "1")}
        assert {each.horodate[:10] for each in semes} <= {
            str(after[id_][1]["Date_Releve"].date()) for id_ in lacking
        }
        assert lacking > {id_ for id_, each in before.items() if not classes(each[1], "1")}
    elif sorte == "index_et_energies":
        assert lists[0] == lists[1]
        assert before != after
    else:
        assert lists[0] != lists[1]
        for _, each in after.values():
            energies, former = classes(each, "2", ""), each.get("Id_Releve_Precedent")
            for classe, row in classes(each, "1", "").items():
                if former in after:
                    there = classes(after[former][1], "1", "")
                    assert (
                        classe not in there
                        or each["Motif_Releve"] == "CMAT"
                        or (row["Valeur_Precedent"] == there[classe]["Valeur"])
                    )
                    assert energies[classe]["Valeur"] == row["Valeur"] - row["Valeur_Precedent"]


def test_an_instance_and_a_version_for_each() -> None:
    assert [instance_of(code) for code in ("75056", "01004", "97105")] == ["0321", "0324", "0321"]
    assert version_of("C15", date(2024, 11, 26)) == ("5.0.0", "4.1.1")
    assert version_of("F15", date(2026, 3, 3)) == ("4.0.0", "3.3.2")


def test_any_window_is_what_is_computed_at_once(mine: Recus, platform: Platform) -> None:
    """From the start of a situation to each invoice, so between any two: days and energies at the
    prices of each day, within 0.01 a line."""
    windows_hold(mine, platform)


def windows_hold(mine: Recus, platform: Platform, every: int = 1) -> None:
    said: dict[str, list[tuple[date, str, int]]] = defaultdict(list)
    for _, prm in mine.of("C15"):
        contrat = prm["Situation_Contractuelle"]
        tarif = contrat["Structure_Tarifaire"]
        opens = prm["Evenement_Declencheur"]["Nature_Evenement"] in OUVRANTES
        ref = contrat["Ref_Situation_Contractuelle"]
        if opens or ref in said:
            fta, kva = tarif["Formule_Tarifaire_Acheminement"], tarif["Puissance_Souscrite"]
            said[ref].append((contrat["Date_Debut_Num_Sequence"], fta, int(kva)))
    blocs: dict[str, list[Any]] = defaultdict(list)
    for _, bloc in mine.of("F15_FL"):
        donnees = bloc["Donnees_PRM"]
        kept = donnees["Type_Compteur"] == "CCB" and "Releve" in bloc
        if kept and donnees["Ref_Situation_Contractuelle"] in said:
            blocs[donnees["Ref_Situation_Contractuelle"]].append(bloc)
    compared = 0
    for ref, mine_of in blocs.items():
        prm = mine_of[0]["Donnees_PRM"]["Id_PRM"]
        if int(prm[-6:]) % every:
            continue
        start = said[ref][0][0]
        end = max(b["Date_Fin_Part_Variable"] for b in mine_of) + 2 * JOUR
        lu = index_quotidiens(platform.mesure(prm), start, end).distributeur // 1000
        fixed, energies, count = Decimal(0), Decimal(0), 0
        # What was told wrong, and what puts it right, is a sum of neither.
        right = [n for n, bloc in enumerate(mine_of, 1) if "Facture_Origine" in bloc]
        for rank, bloc in enumerate(mine_of):
            lines = [e for g in bloc["Groupe_Valorise"] for e in g["Element_Valorise"]]
            count += len(lines)
            energies += sum(e["Montant_HT"] for e in lines if e["Id_EV"][:4] == "ASSV")
            fixed += sum(e["Montant_HT"] for e in lines if e["Id_EV"][:4] != "ASSV")
            if rank < max(right, default=0):
                continue
            reached = max(e["Date_Fin"] for e in lines if e["Id_EV"][:4] != "ASSV") + JOUR
            if bloc["Type_Facturation"] == "EVNT":
                reached = bloc["Date_Fin_Part_Variable"] + JOUR
            known = [s for s in said[ref] if s[0] <= bloc["Date_Fin_Part_Variable"] + JOUR]
            computed = sum(daily(start + n * JOUR, known) for n in range((reached - start).days))
            assert abs(float(fixed) - computed) <= 0.01 * count, (prm, ref, reached)
            span = [start, min(max(AOUT, start), bloc["Date_Fin_Part_Variable"] + JOUR)]
            span.append(bloc["Date_Fin_Part_Variable"] + JOUR)
            direct = 0.0
            for since, until in pairwise(span):
                kwh = lu[:4, (until - start).days] - lu[:4, (since - start).days]
                prices = known_grilles().on(since).below("c5.soutirage.BTINFMU4.variable")
                each = zip(("HCB", "HPB", "HCH", "HPH"), kwh.tolist(), strict=True)
                direct += sum(float(prices[classe]) * n / 100 for classe, n in each)
            assert abs(float(energies) - direct) <= 0.01 * count, (prm, ref, span)
            compared += 1
    assert compared > 60


def daily(jour: date, situations: list[tuple[date, str, int]]) -> float:
    """The fixed part of a day, in a year that is not a leap year."""
    _, fta, kva = max(each for each in situations if each[0] <= jour)
    grille = known_grilles().on(jour)
    power = kva * grille.price(f"c5.soutirage.{fta}.fixe")
    return float(grille.price("c5.gestion") + grille.price("c5.comptage") + power) / 365


def test_what_was_invoiced_of_a_reading_that_became_an_event_is_annulled_alone(
    tmp_path: Path,
) -> None:
    """A power that Enedis records late of a fixed day: the next cyclic reading invoices it all."""
    prm = generate("259", len(PRMS))
    usual = contract_platform(tmp_path / "usual", {prm: []})
    usual.catch_up(at(date(2026, 7, 1)))
    fixed = (
        max(bloc["Date_Fin_Part_Variable"] for _, bloc in received(usual, GRD).of("F15_FL")) + JOUR
    )
    usual.close()
    late = Etape("MCT", fixed, {"puissance": 3}, initiateur="enedis", connu=fixed + 10 * JOUR)
    made = contract_platform(tmp_path / "late", {prm: [late]})
    made.catch_up(at(fixed + 62 * JOUR))
    mine = received(made, GRD)
    kinds = Counter(bloc["Type_Facturation"] for _, bloc in mine.of("F15_FL"))
    assert kinds == {"CYCL": kinds["CYCL"], "ANNUL": 1}
    test_invoices_add_up_and_bind_readings(mine)
    made.close()


@pytest.mark.annee
def test_a_year_of_many_points_is_explained(tmp_path: Path) -> None:
    """Of `SGE_SIM_ANNEE_POINTS` points, 1 000 by default, over 1 August and the reform: explained
    by `factures verifie`, valid, and such as §10 wants; in two minutes of two cores."""
    many, errones = dict[str, list[Etape]](), []
    count = int(os.environ.get("SGE_SIM_ANNEE_POINTS", "1000"))
    prms = [generate("259", len(PRMS) + n) for n in range(count)]
    for rank, prm in enumerate(sorted(prms)):
        debut, later = date(2026, 5, 12) + rank % 25 * JOUR, date(2026, 6, 20) + rank % 200 * JOUR
        steps = [] if rank % 5 == 4 else [etape("CFNE" if rank % 2 else "MES", debut)]
        match rank % 10:
            case 0 | 4:
                steps.append(etape("MCT", later, puissance=12))
            case 1:
                steps += [etape("CFNS", later), etape("CFNE", later, AUTRE)]
            case 2:
                steps += [etape("RES", later), etape("MES", later, titulaire="Ada LOVELACE")]
            case 9:
                late = Etape("MCT", later, {"puissance": 3}, initiateur="enedis")
                steps.append(replace(late, connu=later + 25 * JOUR))
            case 5:
                fixe = date(2026, 7 + rank % 5, rank % 28 + 1)
                errones.append((prm, fixe, fixe + 9 * JOUR, 80))
        many[prm] = steps
    made = contract_platform(tmp_path / "etat", many, (), errones, workers=2)
    begun = time.monotonic()
    made.catch_up(at(date(2027, 5, 1)))
    published = time.monotonic()
    command = [sys.executable, "-m", "sge_sim", "factures", "verifie", "--json"]
    folder = str(tmp_path / "etat" / "publications")
    with subprocess.Popen([*command, folder], stdout=subprocess.PIPE) as verifie:
        mine, other = received(made, GRD), received(made, AUTRE)
        for held in (
            test_all_hold_to_their_grammar_of_the_day,
            test_who_leaves_and_who_enters_see_the_same_day_and_indexes,
        ):
            held(mine, other)
        for alone in (
            test_names_and_sequences_have_no_hole,
            test_each_situation_is_opened_numbered_and_closed,
            test_a_reading_of_c15_is_in_r15,
            test_invoices_add_up_and_bind_readings,
            test_what_was_billed_in_advance_comes_to_the_elapsed_days,
            test_an_affaire_is_followed_before_its_event_is_told,
            test_grid_and_off_peak_ranges_go_with_the_tariff,
            test_each_affaire_that_is_billed_is_so_once,
        ):
            alone(mine)
        readings_hold(mine, made, 20)
        windows_hold(mine, made, 10)
        said = json.loads(verifie.communicate()[0])
    print(f"publiés en {published - begun:.0f} s, vérifiés en {time.monotonic() - published:.0f} s")
    assert said["constats"] == []
    assert said["blocs"] > 10 * len(many)
    made.close()


def reconciled(platform: Platform, spoil: tuple[bytes, bytes] = (b"", b"")) -> Supplier:
    """What a supplier that knows the page alone makes of its files; `spoil`: what stands there
    instead of what."""
    page = Path(__file__).parents[2] / "docs" / "factures.md"
    supplier = Supplier(read_prices(page.read_text("utf-8")))
    for nom, content in platform.ready().items():
        if EIC[GRD] in nom and "_X1" not in nom:
            for member in members(content).values():
                supplier.read(member.replace(*spoil))
    return supplier


def test_a_stranger_recomputes_each_line_from_the_page(tmp_path: Path) -> None:
    """Of points that enter the contract, and whose events are told in time."""
    plain = {
        prm: steps
        for prm, steps in lives().items()
        if steps and steps[0].nature in OUVRANTES and all(each.connu is None for each in steps)
    }
    made = contract_platform(tmp_path / "etat", plain, ANCIENS)
    made.catch_up(at(FIN))
    supplier = reconciled(made)
    assert [*supplier.mistakes()] == []
    assert supplier.lines > 700
    spoilt = reconciled(made, (b">0.060274<", b">0.060275<"))
    assert all("price=Decimal('0.060274')" in each for each in spoilt.mistakes())
    assert [*spoilt.mistakes()]


@pytest.mark.annee
def test_a_stranger_recomputes_a_drawn_year_of_thirty_points(tmp_path: Path) -> None:
    points = {
        generate("259", n): [etape("CFNE" if n % 2 else "MES", DEBUT + n % 25 * JOUR)]
        for n in range(30)
    }
    made = contract_platform(tmp_path / "etat", points)
    with made.database.transaction() as session:
        draw_year(session, at(DEBUT + 30 * JOUR), 7, TAUX)
    made.catch_up(at(DEBUT + 395 * JOUR))
    supplier = reconciled(made)
    assert [*supplier.mistakes()] == []
    assert supplier.lines > 2000
    made.close()
