"""The check of invoices explains those that are right, and names each line that isn't."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from facturation_kit import (
    EXEMPLES,
    REF,
    SIMPLE,
    Histoire,
    histoires,
    jour,
    releve,
)
from hypothesis import given, settings

from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.comparaison import ConstatFacture
from sge_sim.facturation.lignes import BlocFacture
from sge_sim.facturation.prix import Hypotheses
from sge_sim.facturation.verification import VerificationFactures

FILES = {nom: histoire.files() for nom, histoire in EXEMPLES.items()}


def checked(files: dict[str, bytes]) -> list[ConstatFacture]:
    verification = VerificationFactures()
    for nom, content in files.items():
        verification.add(nom, content)
    return verification.judge()


def mutated(pattern: str, new: str, file: str = "FL.xml", exemple: str = "simple") -> list[str]:
    """Return what is said once the first place of a file that a pattern finds is another."""
    files = dict(FILES[exemple])
    text, count = re.subn(pattern, new, files[file].decode(), count=1, flags=re.S)
    assert count
    assert text.encode() != files[file]
    return [str(each) for each in checked({**files, file: text.encode()})]


@pytest.mark.parametrize("exemple", FILES)
def test_right_invoices_are_explained(exemple: str) -> None:
    assert checked(FILES[exemple]) == []


@given(histoires())
@settings(max_examples=10, deadline=None)
def test_any_right_invoices_are_explained(histoire: Histoire) -> None:
    assert checked(histoire.files()) == []


LINE = r"<Id_EV>ASSVCU4-0036-4</Id_EV>.*?"


@pytest.mark.parametrize(("exemple", "c15"), [("puissance", "sans C15"), ("aout", "")])
def test_each_number_of_each_line_that_changes_is_named(exemple: str, c15: str) -> None:
    text = FILES[exemple]["FL.xml"].decode()
    known = {nom: each for nom, each in FILES[exemple].items() if not c15 or nom != "C15.xml"}
    shape = r"<(Prix_Unitaire|Quantite|Montant_HT|Puissance_Souscrite)>(-?[0-9.]+)<"
    for found in re.finditer(shape, text):
        other = f"{Decimal(found[2]) + (1 if found[1][:2] == 'Pu' else Decimal('0.01')):f}"
        content = f"{text[: found.start(2)]}{other}{text[found.end(2) :]}".encode()
        line = re.findall(r"<Id_EV>([^<]+)<", text[: found.start()])[-1]
        said = [str(each) for each in checked({**known, "FL.xml": content})]
        assert any(f"{line} " in each and ": ligne" in each for each in said), (line, said)


@pytest.mark.parametrize(
    ("pattern", "new", "words"),
    [
        (r"ASSVCU4-0036-4", "ASSVCU4-0036-2", ["en trop", "manquante"]),
        (r"<Element_Valorise>.*?</Element_Valorise>", "", ["ligne manquante", "Total_Valorise_HT"]),
        (r"(<Element_Valorise>.*?</Element_Valorise>)", r"\1\1", ["en trop", "Total_Valorise_HT"]),
        (r"(ASSVCU4-0036-3.*?<Date_Fin>)2026-02-11", r"\g<1>2026-02-10", ["en trop", "manquante"]),
        (r"<Id_Releve>1000000000000002", "<Id_Releve>1000000000000003", ["relevés"]),
        (r"<Id_Releve>1000000000000002", "<Id_Releve>9999999999999999", ["relevés"]),
        (r"<Type_Facturation>CYCL", "<Type_Facturation>EVNT", ["Type_Facturation"]),
        (r"(<Total_Valorise_TVA>)7.35", r"\g<1>7.34", ["total, Total_Valorise_TVA"]),
        (r"<Unite_Quantite>kWh", "<Unite_Quantite>MWh", ["unite"]),
        (r"(<Taux_TVA_Applicable>)20", r"\g<1>10", ["tva"]),
        (r"<Nature_EV>01", "<Nature_EV>04", ["prix inconnu", "ligne manquante"]),
        (
            f"<Ref_Situation_Contractuelle>{REF}",
            "<Ref_Situation_Contractuelle>9",
            ["relevé manquant"],
        ),
        (r"<Puissance_Souscrite>6", "<Puissance_Souscrite>9", ["puissance"]),
        (r"_Acheminement>BTINFCU4", "_Acheminement>BTINFMU4", ["fta"]),
        (r"<Date_Fin_Part_Fixe>2026-03-11", "<Date_Fin_Part_Fixe>2026-03-10", ["Date_Fin_Part_F"]),
    ],
)
def test_what_is_changed_in_an_invoice_is_named(pattern: str, new: str, words: list[str]) -> None:
    said = mutated(pattern, new)
    assert all(any(word in each for each in said) for word in words), said


@pytest.mark.parametrize(
    ("file", "pattern", "new", "word"),
    [
        ("R15.xml", r"<Classe_Mesure>2(.*?<Valeur>)220", r"<Classe_Mesure>2\g<1>221", "221 kWh"),
        ("R15.xml", "<Motif_Releve>CYCL", "<Motif_Releve>AUTRE", "relevé manquant"),
        ("C15.xml", "<Puissance_Souscrite>6", "<Puissance_Souscrite>9", "j.kVA × 0,027699"),
        ("C15.xml", "BTINFCU4", "BTINFCU9", "tarif inconnu"),
        ("FA.xml", "(<Montant_Total_HT>)70.18", r"\g<1>70.19", "Montant_Total_HT de la facture"),
        ("FA.xml", "_Total>3<", "_Total>4<", "Nb_Donnees_Valorisation_Total"),
        ("C15.xml", "<Id_PRM>", "<Id_PRN>", "illisible"),
        ("R15.xml", "<Date_Releve>2026-01", "<Date_Releve>2026-13", "illisible, ligne"),
        ("R15.xml", r"^<\?xml.*?\?>", "<!DOCTYPE R15 [<!ENTITY a 'b'>]>", "DTD"),
    ],
)
def test_what_is_changed_beside_is_named(file: str, pattern: str, new: str, word: str) -> None:
    said = mutated(pattern, new, file)
    assert any(word in each for each in said), said


def test_readings_that_are_not_there_are_said_apart() -> None:
    files = dict(FILES["puissance"])
    files["R15.xml"] = re.sub(
        rb"<Donnees_Releve>\s*<Id_Releve>1000000000000009.*?</Donnees_Releve>",
        b"",
        files["R15.xml"],
        flags=re.S,
    )
    (found,) = checked(files)
    assert (found.genre, found.bloc) == ("relevé manquant", "V2")
    assert "1000000000000009" in found.quoi


def test_a_folder_without_the_first_readings_is_explained() -> None:
    files = dict(FILES["simple"])
    block = rb"<Donnees_Releve>\s*<Id_Releve>100000000000000[12].*?</Donnees_Releve>"
    files["R15.xml"] = re.sub(block, b"", files["R15.xml"], flags=re.S)
    assert {each.bloc for each in checked(files)} == {"V1"}


def test_before_the_grids_prices_are_unknown() -> None:
    names = ("C15.xml", "R15.xml", "FL.xml")
    old = {nom: FILES["simple"][nom].replace(b"2026-", b"2025-") for nom in names}
    assert {each.genre for each in checked(old)} == {"prix inconnu"}


def test_an_annulment_a_correction_and_a_penalty() -> None:
    facturation, (first, *_) = SIMPLE.facturation, SIMPLE.blocs()
    penalty = facturation.prestation("DCOUP_PEN", jour("12/02/2026"), Decimal(2))
    annulled = facturation.annulled(first, ("3210619182009", "V1", "CORR_IDX"))
    blocs = [first, annulled, BlocFacture("EVNT", (penalty,))]
    files = {**SIMPLE.files(), **SIMPLE.invoice_files(*blocs)}
    assert checked(files) == []
    files["FL.xml"] = files["FL.xml"].replace(b"-16.48", b"-16.47")
    assert any("V2" in str(each) and "16,48" in str(each) for each in checked(files))


def test_the_energy_that_a_price_divides_counts_by_its_sum() -> None:
    said = mutated(r"(ASSVCU4-0036-2</Id_EV>.*?<Quantite>)120", r"\g<1>121", exemple="aout")
    assert any("la somme des énergies" in each for each in said)


def test_the_former_version_is_read() -> None:
    text = FILES["simple"]["FL.xml"].decode()
    for nom in ("Type_TVA_Applicable", "Code_Type_TVA_Applicable", "Categorie"):
        text = re.sub(rf"\s*<{nom}(/>|>[^<]*</{nom}>)", "", text)
    assert checked({**FILES["simple"], "FL.xml": text.encode()}) == []


@pytest.mark.parametrize("content", [b'{"a": 1}', b"PRM;jour", b"<Autre/>"])
def test_other_files_are_left_aside(content: bytes) -> None:
    assert checked({**FILES["simple"], "autre": content}) == []


@pytest.mark.parametrize("content", [b"", b"A\xff" * 40, b"<C15><a>"])
def test_a_file_that_is_not_read_is_named(content: bytes) -> None:
    (found,) = checked({**FILES["simple"], "autre": content})
    assert (found.fichier, found.genre) == ("autre", "illisible")


def test_a_file_that_comes_again_counts_once() -> None:
    files = FILES["simple"]
    assert checked({**files, "again.xml": files["FL.xml"], "R15-again.xml": files["R15.xml"]}) == []


@pytest.mark.assumed("a correction resends the old reading ANNULE, then RECTIFICATIF")
def test_a_correction_is_computed_from_the_corrected_reading() -> None:
    (motif, start, _), (_, end, prochain), *_ = SIMPLE.lus
    corrected = releve(end.id, "12/02/2026", 3100, 1105)
    facturation, (first, *_) = SIMPLE.facturation, SIMPLE.blocs()
    origine = ("3210619182009", "V1", "CORR_IDX")
    periode = PeriodeAFacturer(SIMPLE.situations, [start, corrected], (), jour(prochain))
    blocs = [
        first,
        facturation.annulled(first, origine),
        replace(facturation.bloc(periode), type="RECT", origine=origine),
    ]
    files = {**SIMPLE.files(), **SIMPLE.invoice_files(*blocs)}
    new = replace(SIMPLE, lus=[(motif, start, ""), ("CYCL", corrected, prochain)])
    files["R15-2.xml"] = new.r15().replace(b"INITIAL", b"RECTIFICATIF")
    assert checked(files) == []
    del files["R15-2.xml"]
    assert {each.bloc for each in checked(files)} == {"V3"}


@pytest.mark.parametrize("gone", [1, 0])
@pytest.mark.parametrize("exemple", FILES)
def test_what_no_c15_tells_is_taken_from_the_lines(exemple: str, gone: int) -> None:
    """The first C15 of a point that was in the contract before, or all of them."""
    files, verification = dict(FILES[exemple]), VerificationFactures()
    files["C15.xml"] = re.sub(rb"<PRM>.*?</PRM>", b"", files["C15.xml"], count=gone, flags=re.S)
    for nom, content in files.items():
        verification.add(nom, content)
    assert [str(each) for each in verification.judge() if each.fichier != "C15.xml"] == []
    assert verification.sans_c15
    files["FL.xml"] = re.sub(rb"<Formule_T.*?>\w+</Formule_T.*?>", b"", files["FL.xml"])
    assert "situation inconnue" in {each.genre for each in checked(files)}


def test_a_type_of_meter_that_c15_does_not_know_is_that_of_f15() -> None:
    files = dict(FILES["simple"])
    files["C15.xml"] = files["C15.xml"].replace(b"<Type>CCB<", b"<Type>G3-ITE411L3B<")
    assert checked(files) == []


def test_what_is_injected_is_not_invoiced() -> None:
    files, nom = dict(FILES["simple"]), b"Classe_Temporelle_Distributeur"
    for block in re.findall(rb"<%s>.*?</%s>" % (nom, nom), files["R15.xml"], re.S):
        other = block.replace(b"<Sens_Mesure>0", b"<Sens_Mesure>1")
        other = re.sub(rb"<Valeur>\d+", b"<Valeur>7", other)
        files["R15.xml"] = files["R15.xml"].replace(block, block + other, 1)
    assert checked(files) == []


@pytest.mark.parametrize("mine", ["prix", "quantite"])
def test_what_takes_back_is_negative_in_either_way(mine: str) -> None:
    facturation = Facturation(hypotheses=Hypotheses(reprise=mine))
    files = replace(SIMPLE, facturation=facturation).files()
    assert (b"<Quantite>-31<" in files["FL.xml"]) is (mine == "quantite")
    for reprise in ("prix", "quantite"):
        verification = VerificationFactures(Facturation(hypotheses=Hypotheses(reprise=reprise)))
        for nom, content in files.items():
            verification.add(nom, content)
        assert verification.judge() == []
