"""What a supplier is told of its C4 points by its GRD-F contract: C12, R17 and F12 of a year, over
the 1st of August and the reform of off-peak hours.

Measures are those of the web services; the files go together, and their invoices are explained.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from contrat_kit import AUTRE, COMMUNES, FOURNISSEURS, GRD, fill
from facturation_kit import annual_amount
from flux_kit import JOUR
from lxml import etree
from made_states import filled_database
from publication_kit import Platform, at, members, new_point
from sqlalchemy import select
from sqlalchemy.orm import Session
from test_contrat_grd import Recus, received

from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.perimetre import declare
from sge_sim.domaine.perimetre import CLASSES_C4
from sge_sim.domaine.prm import generate
from sge_sim.facturation.lignes import SituationFacturee
from sge_sim.facturation.prix import known_grilles
from sge_sim.facturation.verification import VerificationFactures
from sge_sim.flux.validation import Validation
from sge_sim.mesures import Consommations, consommations
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.mesures.lecture import TOUT, Lecture
from sge_sim.mesures.releves import read_contextes
from sge_sim.tables.perimetre import ContratGrdF, ReleveErrone
from sge_sim.tables.points import find_point

DEBUT, FIN = date(2026, 1, 1), date(2026, 12, 31)
PRMS = [generate("301", n) for n in range(12)]
PLAGES = ("TD00", "TD27")
COMPARES = (1, 4, 9)
"""Points that neither changed hands nor were cut."""
POWERS = {"HPH": 84, "HCH": 96, "HPE": 108, "HCE": 108}
AFTER = {"HPH": 60, "HCH": 60, "HPE": 72, "HCE": 90}
EVENEMENTS: tuple[tuple[date, int, str, dict[str, Any]], ...] = (
    (date(2026, 2, 1), 9, "MCT", {"puissance": 37}),
    (date(2026, 3, 10), 0, "MCT", {"puissances": AFTER}),
    (date(2026, 4, 12), 4, "CMAT", {"matricule": "021961234567"}),
    (date(2026, 5, 20), 1, "MCT", {"fta": "BTSUPCU4", "puissance": 100}),
    (date(2026, 6, 15), 2, "CFNE", {"fournisseur": FOURNISSEURS[AUTRE]}),
    (date(2026, 7, 2), 3, "RES", {}),
    (date(2026, 7, 20), 3, "MES", {"titulaire": "BOULANGERIE"}),
    (date(2026, 8, 1), 0, "MCT", {"puissances": POWERS}),
    (date(2026, 9, 8), 5, "MES", {"titulaire": "GARAGE"}),
    (date(2026, 10, 5), 8, "MCF", {"calendrier": "FC000014"}),
    (date(2026, 11, 3), 6, "COU", {}),
    (date(2026, 11, 20), 6, "RET", {}),
    (date(2026, 11, 24), 7, "MDACT", {"titulaire": "MENUISERIE"}),
)


def fill_c4(session: Session) -> None:
    fill(session, {})
    for contrat in session.scalars(select(ContratGrdF)):
        contrat.debut = DEBUT if contrat.contrat_id == GRD else date(2026, 6, 1)
    for rank, prm in enumerate(PRMS):
        point = new_point(prm, "C4", 2000 + rank)
        point.code_postal, point.code_insee, point.commune = COMMUNES[rank % 2]
        point.plage_releve = PLAGES[rank // 2 % 2]
        point.fta = ("BTSUPCU4", "BTSUPLU4")[rank % 2]
        point.puissance_souscrite, point.puissance_souscrite_unite = 108, "kVA"
        point.denivele_puissances, point.categorie_client_final = POWERS, "PRO"
        point.fournisseur_titulaire, point.mode_traitement = FOURNISSEURS[GRD], "CDC"
        session.add(point)
    session.flush()
    for jour, rank, nature, champs in EVENEMENTS:
        now = at(jour - 5 * JOUR)
        declare(session, find_point(session, PRMS[rank]), nature, now, jour, **champs)  # type: ignore[arg-type]
        run_due(session, at(jour))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("c4")
    made = Platform(filled_database(folder / "sge-sim.db", fill_c4), folder)
    made.catch_up(at(FIN))
    yield made
    made.close()


@pytest.fixture(scope="module")
def mine(platform: Platform) -> Recus:
    return received(platform, GRD)


@pytest.fixture(scope="module")
def other(platform: Platform) -> Recus:
    return received(platform, AUTRE)


def situations(recus: Recus) -> Iterator[tuple[str, Any, Any]]:
    """Yield each point of C12, what happened to it, and its situation."""
    for _, tree in recus.trees["C12"]:
        for prm in tree["Contrat"]["PRM"]:
            (event,) = prm["Type_Evenement"]
            (situation,) = event["Situation_Contractuelle"]
            yield prm["Identifiant"], event | {"ref": reference(prm)}, situation


def reference(prm: Any) -> str:
    return str(prm["SI_Contractuel"]["@Identifiant_Historique"])


def readings(recus: Recus) -> Iterator[tuple[Any, Any]]:
    for _, tree in recus.trees["R17"]:
        for corps in tree["Corps_PRM"]:
            (lu,) = corps["Donnees_Releve"]
            yield corps, lu


def consos(lu: Any, type_: str) -> dict[str, int]:
    rows = {each["Type_Mesure"]: each for each in lu["Donnees_Par_Type_Mesure"]}
    told = rows[type_]["Conso_Par_Classe_Temporelle"]
    return {row["Classe_Temporelle"]: row["Quantite_Mesure"] for row in told}


def lots(recus: Recus) -> Iterator[tuple[str, Any]]:
    for nom, tree in recus.trees["F12_FL"]:
        yield from ((nom, each) for each in tree["Sous_Lot"])


@pytest.mark.documented("guides C12 1.12.4, R17 1.11.4 and F12 1.14.2")
def test_all_hold_to_their_grammar_of_the_day(mine: Recus, other: Recus) -> None:
    assert [*mine.fautes, *other.fautes] == []
    assert mine.versions == {
        *{("C12", "1.12.1", "1.12.1"), ("X12", "2.0.0", "2.0.0")},
        *{("R17", label, "1.9.1") for label in ("1.9.0", "1.9.1")},
        *{(f"F12_{part}", "1.10.4", "1.10.4") for part in ("FA", "FL", "FR")},
    }
    labels = [
        (tree["En_Tete_Flux"]["Date_Creation"].date() >= date(2026, 3, 31), said)
        for _, tree in mine.trees["R17"]
        for said in [tree["En_Tete_Flux"]["Version_XSD"]]
    ]
    assert {*labels} == {(False, "1.9.0"), (True, "1.9.1")}


@pytest.mark.documented("guides C12 1.12.4, R17 1.11.4 and F12 1.14.2")
def test_names_and_sequences_have_no_hole(mine: Recus) -> None:
    suites: dict[str, list[int]] = defaultdict(list)
    for nom, documents in mine.archives.items():
        found = re.fullmatch(
            r"(ENEDIS_(?:C12|R17)_17X\w{13}_GRD-F139|ENEDIS_X1[23]_17X\w{13}"
            r"|Enedis_F12_17X\w{13}_GRD-F139_032[57])_(\d{5})(_D_30)?_2026\d{10}\.zip",
            nom,
        )
        assert found, nom
        suites[found[1]].append(int(found[2]))
        base = nom[: -len("_20260101050100.zip")]
        if "_F12_" in nom:
            assert [*documents] == [f"{base}_{x}.xml" for x in ("FA", "FR", "FL_00001_00001")]
        elif "_X1" not in nom:
            assert [*documents] == [f"{base}_00001_00001.xml"]
    assert {nom for nom, ranks in suites.items() if ranks != [*range(1, len(ranks) + 1)]} == set()
    assert len(suites) == 6


@pytest.mark.documented("guide C12 1.12.4: INIT of all points, then what happens")
def test_all_points_are_told_first_then_what_happens(mine: Recus) -> None:
    modes = [tree["En_Tete_Flux"]["Mode_Generation"] for _, tree in mine.trees["C12"]]
    assert modes == ["COMPLET", *["DELTA"] * (len(modes) - 1)]
    told = [(prm, event, each) for prm, event, each in situations(mine)]
    assert [prm for prm, _, _ in told[:12]] == sorted(PRMS)
    natures: dict[str, list[Any]] = defaultdict(list)
    for prm, event, situation in told:
        natures[prm].append(situation["Evenement"].get("Nature_Evenement", [""])[0])
        powers = situation["Option_Tarifaire_TURPE_Souscrite"]["Classe_Temporelle_TURPE_Souscrite"]
        assert [each["Libelle"] for each in powers] == [*CLASSES_C4]
        assert all(
            a["Puissance_Souscrite"] <= b["Puissance_Souscrite"] for a, b in pairwise(powers)
        )
        assert sum(event[sorte] for sorte in ("Contractuel", "Comptage", "Reseau")) == (
            event["Administratif"] is False
        )
    expected = {
        0: ["CPS", "CPS"],
        1: ["CPS"],
        2: ["CFN"],
        3: ["RES", "MES"],
        8: ["CCF"],
        9: ["CPS"],
    }
    for rank, found in expected.items():
        assert natures[PRMS[rank]] == ["INIT", *found]
    (both,) = (each for prm, _, each in told if prm == PRMS[1] and each["Numero_Sequence"] == "2")
    assert both["Evenement"]["Nature_Evenement"] == ["CPS", "CTF"]


@pytest.mark.documented("guide C12 1.12.4: each customer or supplier has a situation of its own")
def test_a_situation_is_opened_numbered_and_closed(mine: Recus, other: Recus) -> None:
    by_ref: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for _, event, situation in [*situations(mine), *situations(other)]:
        by_ref[event["ref"]].append((event, situation))
    closed = {ref for ref, told in by_ref.items() if "Date_Fin" in told[-1][1]}
    assert len(closed) == 3
    for ref, told in by_ref.items():
        numbers = [int(situation["Numero_Sequence"]) for _, situation in told]
        assert numbers[0] == 1
        assert all(b - a in (0, 1) for a, b in pairwise(numbers))
        assert not any("Date_Fin" in situation for _, situation in told[:-1])
        if ref in closed:
            event, situation = told[-1]
            assert situation["Date_Fin"] == event["Date_Evenement"] - JOUR
    gone = [event for prm, event, _ in situations(mine) if prm == PRMS[2]][-1]
    come = [event for prm, event, _ in situations(other) if prm == PRMS[2]]
    assert [each["Date_Evenement"] for each in come] == [gone["Date_Evenement"]]
    assert come[0]["ref"] != gone["ref"]
    assert {row["segment"] for row in affaires(mine)} == {"C4"}


def affaires(recus: Recus) -> list[Any]:
    return [each["donneesGenerales"] for _, each in recus.of("X12")]


@pytest.mark.documented("GUI 0503 §2.7 and GUI 0497: the same measures")
def test_r17_tells_what_web_services_tell(mine: Recus, platform: Platform) -> None:
    compared: dict[str, int] = defaultdict(int)
    facturees: dict[str, Consommations] = {}
    for corps, lu in readings(mine):
        prm, debut, fin = corps["Id_PRM"], lu["Date_Debut_Mesure"], lu["Date_Fin_Mesure"]
        if PRMS.index(prm) not in COMPARES:
            continue
        mesure = platform.mesure(prm)
        if prm not in facturees:
            facturees[prm] = consommations(mesure, debut, FIN)
        told = {"EA": facturees[prm].distributeur, "DD": heures_depassees(mesure, facturees[prm])}
        for type_, series in told.items():
            expected = {
                serie.classe: row.valeur
                for serie in series
                for row in serie.consommations
                if (row.debut, row.fin) == (debut, fin)
            }
            assert consos(lu, type_) == expected, (prm, fin, type_)
            compared[type_] += any(expected.values())
        assert consos(lu, "EA") == {
            row["Classe_Temporelle"]: row["Index"]["Index_Nouveau"]
            - row["Index"]["Index_Precedent"]
            for row in lu["Donnees_Par_Type_Mesure"][0]["Index_Par_Classe_Temporelle"]
        }
        if lu["Motif_Releve_Nouveau"] == "FACTURATION" and fin.month in (3, 9):
            compared["PA"] += same_as_frozen(mesure, lu)
    assert compared["EA"] > 30
    assert compared["DD"] > 2
    assert compared["PA"] > 4


def same_as_frozen(mesure: Any, lu: Any) -> int:
    """Compare a reading with the monthly frozen index of CMD v3."""
    fin = lu["Date_Fin_Mesure"]
    contextes = read_contextes(mesure, Lecture("INDEX", TOUT, fin, fin + JOUR))
    (frozen,) = (each for each in contextes if each.type == "RM")
    rows = {
        (grandeur.grandeur, registre.classe): int(registre.valeurs[0])
        for grandeur in frozen.grandeurs
        for calendrier in grandeur.calendriers
        for registre in calendrier.registres
    }
    assert consos(lu, "PA") == {each: rows["PMA", each] // 1000 for each in CLASSES_C4}
    index = lu["Donnees_Par_Type_Mesure"][0]["Index_Par_Classe_Temporelle"]
    assert {row["Classe_Temporelle"]: row["Index"]["Index_Nouveau"] for row in index} == {
        each: rows["EA", each] // 1000 for each in CLASSES_C4
    }
    return 1


@pytest.mark.documented("guide R17 1.11.4: the number and the day of a sub-lot join R17 and F12")
def test_each_reading_is_invoiced_under_its_number(mine: Recus) -> None:
    told = {(each["Num_Sous_Lot"], each["Date_Sous_Lot"]): lu for each, lu in readings(mine)}
    spans: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for _, lot in lots(mine):
        lu = told.pop((lot["Num_Sous_Lot"], lot["Date_Sous_Lot"]))
        cyclic = lu["Motif_Releve_Nouveau"] == "FACTURATION"
        assert lot["Type_Facturation"] == ("CYCL" if cyclic else "EVNT")
        spans[lot["Id_PRM"], lot["Id_Historique"]].append(
            (lu["Date_Debut_Mesure"], lu["Date_Fin_Mesure"])
        )
        for type_, prefix in (("EA", "VEAS"), ("DD", "VDQU")):
            counted: dict[str, Decimal] = defaultdict(Decimal)
            for line in lot["Element_Valorise"]:
                if line["Id_EV"].startswith(prefix):
                    counted[line["Id_EV"][4:]] += line["Acheminement"]["Quantite"]
            assert counted == {each: n for each, n in consos(lu, type_).items() if n}
    assert told == {}
    for days in spans.values():
        assert all(a[1] == b[0] for a, b in pairwise(days))
    motifs = {lu["Motif_Releve_Nouveau"] for _, lu in readings(mine)}
    assert motifs >= {"FACTURATION", "F170", "F160+F170", "F130", "F140A", "F185A"}


@pytest.mark.documented("guide F12 1.14.2: a file, its details and its summary")
def test_invoices_add_up(mine: Recus) -> None:
    details = {tree["Rappel_En_Tete"]["Num_Facture"]: tree for _, tree in mine.trees["F12_FL"]}
    assert len(details) == len(mine.trees["F12_FL"]) == len(mine.trees["F12_FA"])
    for _, tree in mine.trees["F12_FA"]:
        detail, end = details[tree["En_Tete_Message"]["Num_Facture"]], tree["Fin_Message"]
        total = sum(each["Sous_Total"]["Montant_HT"] for each in detail["Sous_Lot"])
        for lot in detail["Sous_Lot"]:
            amounts = [each["Acheminement"]["Montant_HT"] for each in lot["Element_Valorise"]]
            assert sum(amounts) == lot["Sous_Total"]["Montant_HT"]
        assert detail["Sous_Total_Fichier"]["Sous_Total_HT"] == total == end["Montant_Total_HT"]
        assert end["Montant_Total_TTC"] == total + end["TVA"]["Montant_Taxe"]
    for _, tree in mine.trees["F12_FR"]:
        detail = details[tree["Rappel_En_Tete"]["Num_Facture"]]
        total = sum(each["Sous_Total_HT"] for each in tree["Type_Tarif"])
        assert total == detail["Sous_Total_Fichier"]["Sous_Total_HT"]
        for each in tree["Type_Tarif"]:
            codes = [row["Sous_Total_HT"] for row in each["Recapitulatif"]]
            assert sum(codes) == each["Sous_Total_HT"]


@pytest.mark.documented("T7 §5.2.1.6, and guide F12 1.14.2 for the daily price")
def test_a_window_is_what_is_computed_at_once(mine: Recus) -> None:
    """A year's components by its days, of the powers of that time, within a cent a line."""
    powers: dict[tuple[str, str], list[tuple[date, Any]]] = defaultdict(list)
    for prm, event, situation in situations(mine):
        powers[prm, event["ref"]].append(
            (situation["Date_Debut"], situation["Option_Tarifaire_TURPE_Souscrite"])
        )
    seen: dict[str, int] = defaultdict(int)
    for _, lot in lots(mine):
        known = sorted(powers[lot["Id_PRM"], lot["Id_Historique"]], key=lambda each: each[0])
        for line in lot["Element_Valorise"]:
            family, what = line["Id_EV"][:4], line["Acheminement"]
            if family not in ("FCGE", "FCCO", "FSOU"):
                continue
            debut, fin = what["Date_Debut"], what["Date_Fin"]
            held = [each for day, each in known if day <= debut][-1]
            grille = known_grilles().on(debut)
            fta = held["Option_Tarifaire_TURPE"]["Libelle"]
            told = held["Classe_Temporelle_TURPE_Souscrite"]
            subscribed = tuple(
                (each["Libelle"], Decimal(each["Puissance_Souscrite"])) for each in told
            )
            other_two = grille.price("c4.gestion") + grille.price("c4.comptage")
            annual = {"FCGE": grille.price("c4.gestion"), "FCCO": grille.price("c4.comptage")}
            situation = SituationFacturee(debut, fta, puissances=subscribed)
            annual["FSOU"] = annual_amount(grille, situation) - other_two
            direct = annual[family] * ((fin - debut).days + 1) / 365
            sign = -1 if line["Id_EV"].endswith("REPR") else 1
            # The price of a kVA for a day has five decimals.
            slack = Decimal("0.01") + (what["Quantite"] * Decimal("0.000005") if sign else 0)
            assert abs(sign * direct - what["Montant_HT"]) <= slack, line
            assert line["Code_Debit_Credit"] == ("Z" if sign < 0 else "Y")
            seen[line["Id_EV"]] += 1
    assert len(seen) == 9


@pytest.mark.documented("guide F12 1.14.2: ECHO, ECHU and REPR")
def test_what_was_billed_in_advance_comes_to_the_elapsed_days(mine: Recus) -> None:
    days: dict[str, Decimal] = defaultdict(Decimal)
    until: dict[str, date] = {}
    for _, lot in lots(mine):
        for line in lot["Element_Valorise"]:
            if line["Id_EV"].startswith("FCGE"):
                what, ref = line["Acheminement"], lot["Id_Historique"]
                days[ref] += what["Quantite"] if what["Prix_Unitaire"] > 0 else -what["Quantite"]
    ended = {}
    starts: dict[str, date] = {}
    for _, event, situation in situations(mine):
        starts.setdefault(event["ref"], situation["Date_Debut"])
        if "Date_Fin" in situation:
            until[event["ref"]] = situation["Date_Fin"]
    for ref, fin in until.items():
        # Of a point that was held before, the days since the last reading before the contract.
        first = min(
            lu["Date_Debut_Mesure"] for each, lu in readings(mine) if each["Id_Historique"] == ref
        )
        ended[ref] = days[ref] - (fin - first).days - 1
    assert len(ended) == 3
    assert {*ended.values()} <= {0, -28, -30, -31}


@pytest.fixture(scope="module")
def known(mine: Recus) -> VerificationFactures:
    return verified(mine)


def test_every_invoice_is_explained(known: VerificationFactures, other: Recus) -> None:
    for verification, least in ((known, 130), (verified(other), 5)):
        assert replace(verification, constats=[]).judge() == []
        assert len(verification.blocs) > least


def verified(recus: Recus) -> VerificationFactures:
    verification = VerificationFactures()
    for nom, documents in recus.archives.items():
        for inner, content in documents.items():
            verification.add(f"{nom}/{inner}", content)
    return verification


@pytest.mark.parametrize(
    ("part", "path", "said"),
    [
        ("FL", ".//Element_Valorise[2]/Acheminement/Montant_HT", "ligne"),
        ("FL", ".//Element_Valorise[3]/Acheminement/Quantite", "ligne"),
        ("FL", ".//Element_Valorise[1]/Acheminement/Prix_Unitaire", "ligne"),
        ("FL", ".//Sous_Lot/Sous_Total/Montant_HT", "total"),
        ("FL", "./Sous_Total_Fichier/Sous_Total_HT", "total"),
        ("FA", "./Fin_Message/Montant_Total_HT", "total"),
        ("FR", ".//Recapitulatif[2]/Sous_Total_HT", "total"),
    ],
)
def test_what_is_spoilt_is_named(
    mine: Recus, known: VerificationFactures, part: str, path: str, said: str
) -> None:
    nom = max(nom for nom in mine.archives if "_F12_" in nom)
    verification = replace(known, blocs=[], generales=[], sommes=[], constats=[], seen=set())
    for inner, content in mine.archives[nom].items():
        root = etree.fromstring(content)
        if f"_{part}" in inner:
            (element, *_) = root.iterfind(path)
            element.text = str(Decimal(element.text or "") + 7)
        verification.add(inner, etree.tostring(root))
    found = verification.judge()
    assert any(each.genre == said and f"_{part}" in each.fichier for each in found), found


@pytest.mark.parametrize(
    ("lacking", "genre"),
    [("situations", "situation inconnue"), ("releves", "relevé manquant")],
)
def test_what_is_missing_is_said_apart(
    mine: Recus, known: VerificationFactures, lacking: str, genre: str
) -> None:
    nom = max(nom for nom in mine.archives if "_F12_" in nom)
    verification = replace(known, blocs=[], constats=[], seen=set(), **{lacking: {}})
    for inner, content in mine.archives[nom].items():
        verification.add(inner, content)
    assert {each.genre for each in verification.judge()} == {genre}


def test_nothing_is_said_of_them(platform: Platform) -> None:
    validation, formes = Validation(), set()
    for nom, content in [*platform.ready().items()][-50:]:
        for verdict in validation.judge(nom, content):
            assert (verdict.ecarts, verdict.remarques) == ([], []), verdict
            formes.add(verdict.forme)
    assert formes == {
        *{"C12", "R17", "F12, détail", "F12, général", "F12, récapitulatif", "X12, X13"}
    }
    assert validation.together() == []


def test_a_file_is_of_its_day_alone(platform: Platform, tmp_path: Path) -> None:
    made = Platform(filled_database(tmp_path / "sge-sim.db", fill_c4), tmp_path)
    for day in (date(2026, 1, 12), date(2026, 1, 30)):
        made.catch_up(at(day))
    again = {nom: members(content) for nom, content in made.ready().items()}
    made.close()
    whole = platform.ready()
    assert len(again) > 6
    assert again == {nom: members(whole[nom]) for nom in again}


ERRONE, TARDIF = PRMS[10:]


def fill_wrong(session: Session) -> None:
    """One reading is told wrong, and a power is recorded late of another point."""
    fill_c4(session)
    errone = {"jour": date(2026, 2, 28), "corrige": date(2026, 3, 10), "ecart": 120}
    session.add(ReleveErrone(prm=ERRONE, motif="CORR_IDX", **errone))
    now, jour = at(date(2026, 3, 12)), date(2026, 2, 15)
    point = find_point(session, TARDIF)
    assert point is not None
    declare(session, point, "MCT", now, jour, enedis=True, puissance=60)
    run_due(session, now)


@pytest.mark.documented("guides R17 1.11.4 and F12 1.14.2: resent, annulled and corrected")
@pytest.mark.assumed("F12 keeps the number of the reading; what changes of an advance is annulled")
def test_what_is_put_right_is_annulled_then_told_anew(mine: Recus, tmp_path: Path) -> None:
    made = Platform(filled_database(tmp_path / "sge-sim.db", fill_wrong), tmp_path)
    made.catch_up(at(date(2026, 4, 1)))
    recus = received(made, GRD)
    made.close()
    assert recus.fautes == []
    statuts = Counter(
        (each["Id_PRM"], lu["Statut_Mesure"], lu.get("Motif_Rectif"))
        for each, lu in readings(recus)
    )
    kinds = Counter(
        (lot["Id_PRM"], lot["Type_Facturation"], lot.get("Motif_Rectif")) for _, lot in lots(recus)
    )
    for prm, motif in ((ERRONE, "MESURE_ERRONEE"), (TARDIF, "PARAMETRE_CONTRACTUEL_ERRONE")):
        assert statuts[prm, "ANNULE", motif] == statuts[prm, "RECTIFICATIF", motif] == 1
        assert kinds[prm, "ANNUL", motif] == kinds[prm, "RECT", motif] == 1
    assert sum(kinds[key] for key in kinds if key[1] in ("ANNUL", "RECT")) == 4
    assert kinds[TARDIF, "EVNT", None] == 1, "the power that came late has its reading"
    assert [*verified(recus).judge()] == []
    right = {lot["Num_Sous_Lot"]: lot for _, lot in lots(mine) if lot["Id_PRM"] == ERRONE}
    numbers = {tree["En_Tete_Message"]["Num_Facture"] for _, tree in recus.trees["F12_FA"]}
    amounts, days = defaultdict[str, Decimal](Decimal), list[tuple[date, date, Decimal]]()
    for _, lot in lots(recus):
        if lot["Id_PRM"] == ERRONE:
            amounts[lot["Num_Sous_Lot"]] += lot["Sous_Total"]["Montant_HT"]
        for line in lot["Element_Valorise"] if lot["Id_PRM"] == TARDIF else ():
            if line["Id_EV"].startswith("FCGE"):
                what = line["Acheminement"]
                sign = -1 if what["Prix_Unitaire"] < 0 else 1
                days.append((what["Date_Debut"], what["Date_Fin"], sign * what["Quantite"]))
        if "Orig_Facture" in lot:
            assert lot["Orig_Facture"] in numbers
            assert lot["Orig_Sous_Lot"] == lot["Num_Sous_Lot"]
    assert amounts == {each: right[each]["Sous_Total"]["Montant_HT"] for each in amounts}
    span = max(fin for _, fin, _ in days) + JOUR - min(debut for debut, _, _ in days)
    assert sum(quantite for *_, quantite in days) == span.days
