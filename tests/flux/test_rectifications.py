"""A day that was put right: where files and services tell it, and where they don't."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flux_kit import envoi, publie
from lxml import etree
from publication_kit import C4, C5, Platform, at, new_platform
from r6x_kit import add_kinds, billed_of, data_and_report, demand

from sge_sim.clock import PARIS
from sge_sim.errors import UsageError
from sge_sim.flux.hdm import ecriture as hdm
from sge_sim.flux.r4x import ecriture as r4x
from sge_sim.mesures import consommations, energies_quotidiennes, index_quotidiens
from sge_sim.mesures.lecture import Lecture
from sge_sim.mesures.series import read_series
from sge_sim.referentiel.reglages import Reglages, change_point
from sge_sim.services.consultation_mesures.answer import history

JOUR = date(2024, 9, 18)
DEBUT, FIN = date(2024, 8, 1), date(2024, 10, 20)
LE = datetime(2024, 10, 22, 9, 30, 12, tzinfo=PARIS)
NOW = at(date(2024, 10, 24))
ENERGIE = {C4: 600_000, C5: 3_000}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = new_platform(tmp_path)
    add_kinds(platform)
    yield platform
    platform.close()


def rectify(platform: Platform, prm: str, texte: str | None = None, le: datetime = LE) -> None:
    with platform.database.transaction() as session:
        texte = f"{JOUR}={ENERGIE[prm]}" if texte is None else texte
        change_point(session, prm, Reglages(rectifie=texte), le)


def billed(platform: Platform, prm: str) -> list[dict[str, Any]]:
    """The quantities of R67, with the calendar and class that each is of."""
    affaire = demand(platform, "R67", [prm], DEBUT, FIN, NOW)
    ((tree,), _) = data_and_report(platform, affaire)
    return [
        {**quantite, "de": (calendrier["codeGrille"], classe["idClasseTemporelle"])}
        for _, calendrier, classe, quantite in billed_of(tree)
    ]


@pytest.mark.documented("GUI 0503 §2.7: codeStatut R, Rectificatif")
@pytest.mark.assumed("in place of the quantity, created as it was put right; no « Annulé » beside")
@pytest.mark.parametrize("prm", [C4, C5])
def test_what_was_billed_is_told_anew_with_its_status(platform: Platform, prm: str) -> None:
    before = billed(platform, prm)
    rectify(platform, prm)
    after = billed(platform, prm)
    counted = int(energies_quotidiennes(platform.mesure(prm), JOUR, apres(1)).valeurs[0])
    gain = ENERGIE[prm] - counted
    same = ("de", "dbtMesure", "finMesure", "codeNature", "libelleNature")
    assert [{name: row[name] for name in same} for row in after] == [
        {name: row[name] for name in same} for row in before
    ]
    found = dict.fromkeys(("D", "F"), 0)
    for old, new in zip(before, after, strict=True):
        if date.fromisoformat(new["dbtMesure"]) <= JOUR < date.fromisoformat(new["finMesure"]):
            assert (new["codeStatut"], new["libelleStatut"]) == ("R", "Rectificatif")
            assert new["dateCreation"] == "2024-10-22 09:30:12"
            found[new["de"][0]] += new["quantite"] - old["quantite"]
        else:
            assert new == old
            assert new["codeStatut"] == "I"
    # Whole kWh of each class.
    assert all(abs(moved - gain) < 4_000 for grid, moved in found.items() if moved or grid == "D")


@pytest.mark.documented("AX.0355: statut RECTIFIEE")
@pytest.mark.assumed("one row per period, INITIALE or RECTIFIEE")
def test_consultation_mesures_tells_the_row_as_put_right(platform: Platform) -> None:
    def rows() -> list[dict[str, Any]]:
        mesure = platform.mesure(C5)
        tree = history(consommations(mesure, DEBUT, FIN), nouvelle_chaine=True, observe=False)
        return [
            row
            for grille in tree.values()
            for serie in grille["serie"]
            for row in serie["mesuresDatees"]["mesure"]
        ]

    before = rows()
    assert {row["statut"]["code"] for row in before} == {"INITIALE"}
    rectify(platform, C5)
    for old, new in zip(before, rows(), strict=True):
        if new["dateDebut"] <= JOUR < new["dateFin"]:
            assert new["statut"] == {"code": "RECTIFIEE", "libelle": "Rectifiée"}
            assert {**new, "valeur": 0, "statut": 0} == {**old, "valeur": 0, "statut": 0}
        else:
            assert new == old


@pytest.mark.assumed("what is put right before it was told is told so from the start")
def test_a_row_that_was_not_told_yet_is_initial(platform: Platform) -> None:
    before = consommations(platform.mesure(C5), DEBUT, FIN).fournisseur
    rectify(platform, C5, le=at(JOUR + timedelta(days=1)))
    after = consommations(platform.mesure(C5), DEBUT, FIN).fournisseur
    rows = [row for serie in after for row in serie.consommations]
    assert {row.statut for row in rows} == {"INITIALE"}
    assert before != after


def curve(platform: Platform, **asked: Any) -> list[dict[str, Any]]:
    affaire = demand(platform, "R63", [C4], JOUR - timedelta(days=1), apres(2), NOW, **asked)
    ((tree,), _) = data_and_report(platform, affaire)
    (mesure,) = tree["mesures"]
    return [
        point
        for grandeur in mesure["grandeur"]
        if grandeur["grandeurPhysique"] == "PA"
        for point in grandeur["points"]
    ]


@pytest.mark.documented("GUI 0497 v1.5.0 p. 16, 22-23: C, corrected by hand, in BEST alone")
@pytest.mark.assumed("the whole day is C, point by point (tc F), each by the same factor")
def test_the_corrected_curve_of_a_large_point_has_the_energy_of_the_day(platform: Platform) -> None:
    raw, initial = curve(platform), curve(platform, corrigees=True)
    rectify(platform, C4)
    assert curve(platform) == raw
    best = curve(platform, corrigees=True)
    day = [point for point in best if point["d"].startswith(f"{JOUR}")]
    assert [(point["n"], point["tc"]) for point in day] == [("C", "F")] * 288
    assert [point for point in best if point not in day] == [
        point for point in initial if not point["d"].startswith(f"{JOUR}")
    ]
    assert sum(int(point["v"]) for point in day) * 5 // 60 == ENERGIE[C4]
    # ConsultationMesuresDetaillees reads the same series.
    for corrigees, natures in ((False, {"R"}), (True, {"R", "C"})):
        lecture = Lecture("COURBE", "PA", DEBUT, FIN, corrigees=corrigees)
        (serie,) = read_series(platform.mesure(C4), lecture)
        assert {troncon.nature for troncon in serie.troncons} == natures


@pytest.mark.documented("guide R4x v2.0.3: Statut_Point C")
@pytest.mark.assumed("as the other corrected curves; a history has no status")
@pytest.mark.parametrize("pas", [5, 10])
def test_r4x_and_histories_that_are_corrected_have_it_too(platform: Platform, pas: Any) -> None:
    rectify(platform, C4)
    point = platform.mesure(C4)
    for corrigees, statuts in ((True, {"C"}), (False, {"R"})):
        written = r4x.write(envoi(), publie(point, JOUR, corrigees=corrigees, r4x_pas=pas))
        points = etree.fromstring(written).findall(".//Donnees_Point_Mesure")
        points = points[: 1440 // pas]
        assert {one.get("Statut_Point") for one in points} == statuts
        told = sum(int(one.get("Valeur_Point", "")) for one in points) * pas * 1000 // 60
        assert (told == ENERGIE[C4]) is corrigees
        if pas == 10:
            text = hdm.write_courbe(C4, point, JOUR, apres(1), corrigees=corrigees).decode()
            watts = [int(line.split(";")[1]) for line in text.splitlines()[3:]]
            assert sum(watts) // 6 == told


@pytest.mark.assumed("raw measures stay what the meter told: registers, energies, a C5's curve")
@pytest.mark.parametrize("prm", [C4, C5])
def test_raw_measures_stay_what_the_meter_told(platform: Platform, prm: str) -> None:
    def told() -> list[Any]:
        mesure = platform.mesure(prm)
        corrigees = {"corrigees": True} if prm == C5 else {}
        return [
            read_series(mesure, Lecture("COURBE", "PA", JOUR, apres(1), **corrigees)),
            energies_quotidiennes(mesure, JOUR, apres(1)).valeurs.tolist(),
            index_quotidiens(mesure, JOUR, apres(3)).distributeur.tolist(),
        ]

    before = repr(told())
    rectify(platform, prm)
    assert repr(told()) == before


@pytest.mark.parametrize(
    ("texte", "words"),
    [
        ("2024-09-18", "ne dit pas l'énergie d'un jour"),
        ("2024-09-18=-4", "ne dit pas l'énergie d'un jour"),
        ("demain=12000", "n'est pas une date ISO"),
        ("2024-10-22=12000", "rien n'a été compté le 22/10/2024"),
        ("2012-09-18=12000", "rien n'a été compté le 18/09/2012"),
    ],
)
def test_what_can_not_be_put_right_is_refused(platform: Platform, texte: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        rectify(platform, C5, texte)


def test_the_last_one_of_a_day_holds_and_all_are_given_up_at_once(platform: Platform) -> None:
    point = platform.mesure(C5)
    rectify(platform, C5)
    rectify(platform, C5, f"{JOUR}=4000")
    rectify(platform, C5, f"{apres(1)}=5000")
    assert [one.energie for one in platform.mesure(C5).rectifications] == [4000, 5000]
    rectify(platform, C5, "aucun")
    assert platform.mesure(C5) == point


def apres(jours: int) -> date:
    return JOUR + timedelta(days=jours)
