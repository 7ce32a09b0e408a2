"""Points that can't be: each is told with its line and its reason, by every way in."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
from points_kit import csv_lines, examples, json_lines, made_points

from sge_sim.clock import PARIS
from sge_sim.domaine.plages import officielles
from sge_sim.domaine.prm import generate
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.referentiel.apports.contradictions import contradictions
from sge_sim.referentiel.apports.export import export_points
from sge_sim.referentiel.apports.lecture import Faute, Source
from sge_sim.referentiel.apports.mots import MOTS, MOTS_JOURS
from sge_sim.referentiel.apports.regles import TESTS
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.apports.versement import Bilan, import_points
from sge_sim.referentiel.points import copy_point, describe_point, get_point
from sge_sim.tables.points import Compteur, Point

Cells = dict[str, Any]
HOUSEHOLD, COMPANY = examples()
FTA, PLAGE = "formuleTarifaireAcheminement", "plageHeuresCreuses"
BASSE, FUTURE = "plageHeuresCreusesSaisonBasse", "futuresPlagesHeuresCreusesLibelle"
FUTURE_BASSE, NIVEAU = "futuresPlagesHeuresCreusesSaisonBasse", "niveauOuvertureServices"
NUIT, NUIT_DECALEE = "HC (22H00-6H00)", "HC (22H02-6H02)"
COUPLED = json.dumps({"calibre": "200/5", "couplage": "1" * 16})
SEASONS = HOUSEHOLD | {FTA: "BTINFCU4"}
METER = ("matricule", "datePose", "ticActivee", "ticStandard", "ticActivable", "typeComptage")


def period(rng: Random, fin: str = "2024-01-01") -> Cells:
    return {"debut": f"2022-0{rng.randint(1, 9)}-01", "fin": fin}


def avant(day: str, **values: Any) -> Cells:
    return {"avant": json.dumps([{"jusquA": day, **values}])}


def powers(**by_class: int) -> Cells:
    return {"denivelePuissances": json.dumps(by_class)}


def label(rng: Random) -> str:
    """A label of off-peak hours that the official list hasn't."""
    return rng.choice(
        ["HC (22H00-5H00)", "HC(22H00-6H00)", "HC (22h00-6h00)", "HC (3H00-11H00)", "nuit"]
    )


def more(rng: Random) -> str:
    """A text that is longer than the contracts take."""
    return "M" * rng.randint(256, 400)


IMPOSSIBLE: dict[str, Callable[[Random], tuple[Cells, Cells]]] = {
    "petit_de_plus_de_36_kva": lambda r: (
        HOUSEHOLD,
        {"puissanceSouscrite": str(r.randint(37, 250)), "puissanceRaccordementSoutirage": ""},
    ),
    "c4_de_36_kva_ou_moins": lambda r: (COMPANY, {"puissanceSouscrite": str(r.randint(1, 36))}),
    "domaine_du_segment": lambda r: (
        HOUSEHOLD,
        {"segment": r.choice(["C1", "C2", "C3", "C4", "P1", "P2", "P3"])},
    ),
    "formule_du_segment": lambda r: (COMPANY, {FTA: r.choice(["BTINFCU4", "HTACU5", "BTINFLU"])}),
    "formule_du_domaine": lambda r: (HOUSEHOLD, {FTA: r.choice(["BTSUPCU4", "HTALU5", "HTA5"])}),
    "compteur_du_segment": lambda r: (
        HOUSEHOLD,
        {"typeComptage": r.choice(["PMEI", "SAPHIR", "CJE", "ICE", "CVE"]), NIVEAU: "0"},
    ),
    "monophase_de_plus_de_12_kva": lambda r: (
        HOUSEHOLD,
        {"puissanceSouscrite": r.choice(["15", "18", "36"]), "puissanceRaccordementSoutirage": ""},
    ),
    "tension_de_monophase_de_plus_de_12_kva": lambda r: (
        HOUSEHOLD,
        {
            "puissanceSouscrite": str(r.randint(13, 36)),
            "puissanceRaccordementSoutirage": "",
            "modeApresCompteur": "",
        },
    ),
    "classe_de_puissance_inconnue": lambda r: (
        COMPANY,
        powers(HPH=60, HCH=72, HPE=84, **{r.choice(["HC", "BASE", "hce"]): 90}),
    ),
    "classes_de_la_formule": lambda r: (
        COMPANY,
        powers(HPH=60, HCH=72, HPE=90)
        if r.random() < 0.5
        else powers(PTE=50, HPH=60, HCH=72, HPE=84, HCE=90),
    ),
    "puissances_qui_baissent": lambda r: (
        COMPANY,
        powers(HPH=72, HCH=r.randint(1, 71), HPE=84, HCE=90),
    ),
    "plus_grande_puissance": lambda r: (
        COMPANY,
        powers(HPH=60, HCH=72, HPE=84, HCE=r.choice([89, 91])),
    ),
    "niveau_d_un_grand_point": lambda r: (COMPANY, {NIVEAU: str(r.randint(0, 2))}),
    "niveau_sans_linky": lambda r: (
        HOUSEHOLD,
        {"typeComptage": r.choice(["CBE", "EMC", "SSCPT"]), NIVEAU: r.choice(["1", "2"])},
    ),
    "niveau_sans_compteur": lambda r: (
        {word: cell for word, cell in HOUSEHOLD.items() if word not in METER},
        {NIVEAU: r.choice(["1", "2"]), "numeroSerie": ""},
    ),
    "teleoperable_au_niveau_0": lambda r: (HOUSEHOLD, {NIVEAU: "0", "collectes": ""}),
    "collecte_sous_le_niveau_2": lambda r: (
        HOUSEHOLD,
        {NIVEAU: r.choice(["0", "1"]), "teleoperable": "non"},
    ),
    "collectes_qui_se_recouvrent": lambda r: (
        HOUSEHOLD,
        {"collectes": json.dumps([period(r), period(r, "2023-05-01")])},
    ),
    "collecte_avant_la_pose": lambda r: (
        HOUSEHOLD,
        {"datePose": f"2021-0{r.randint(2, 9)}-02"},
    ),
    "heures_creuses_de_trop": lambda r: (HOUSEHOLD, {PLAGE: r.choice([NUIT, NUIT_DECALEE])}),
    "futures_heures_creuses_de_trop": lambda r: (HOUSEHOLD, {FUTURE: NUIT}),
    "heures_creuses_absentes": lambda r: (
        HOUSEHOLD,
        {FTA: r.choice(["BTINFMUDT", "BTINFCU4", "BTINFMU4"])},
    ),
    "plage_hors_liste": lambda r: (SEASONS, {PLAGE: label(r)}),
    "plage_de_saison_basse_hors_liste": lambda r: (SEASONS, {PLAGE: NUIT, BASSE: label(r)}),
    "future_plage_hors_liste": lambda r: (SEASONS, {FUTURE: label(r)}),
    "future_plage_de_saison_basse_hors_liste": lambda r: (
        SEASONS,
        {FUTURE: NUIT, FUTURE_BASSE: label(r)},
    ),
    "saison_basse_seule": lambda r: (HOUSEHOLD, {BASSE: NUIT}),
    "future_saison_basse_seule": lambda r: (HOUSEHOLD, {FUTURE_BASSE: NUIT}),
    "deux_saisons_avant_la_reforme": lambda r: (
        SEASONS,
        {PLAGE: NUIT, BASSE: r.choice(["HC (23H00-7H00)", "HC (2H00-7H00;13H00-16H00)"])},
    ),
    "saisons_decalees_autrement": lambda r: (SEASONS, {PLAGE: NUIT, BASSE: NUIT_DECALEE}),
    "futures_saisons_decalees_autrement": lambda r: (
        SEASONS,
        {FUTURE: NUIT, FUTURE_BASSE: NUIT_DECALEE},
    ),
    "calendrier_du_distributeur": lambda r: (
        HOUSEHOLD,
        {
            "calendriers": json.dumps(
                [
                    {
                        "cote": "distributeur",
                        "depuis": "2019-05-20",
                        "code": r.choice(["DI000002", "DI000003"]),
                    }
                ]
            )
        },
    ),
    "en_service_non_alimente": lambda r: (HOUSEHOLD, {"etatAlimentation": "NALI"}),
    "titulaire_hors_service": lambda r: (
        HOUSEHOLD,
        {"etatContractuel": r.choice(["IMPRO", "INACCE"])},
    ),
    "aucun_contrat_en_service": lambda r: (HOUSEHOLD, {"contratSoutirage": "non"}),
    "producteur_sans_injection": lambda r: (
        HOUSEHOLD | {FTA: ""},
        {"segment": "P4", "contratInjection": "non"},
    ),
    "injection_seule_d_un_c5": lambda r: (
        HOUSEHOLD,
        {"contratSoutirage": "non", "contratInjection": "oui"},
    ),
    "siret_d_un_particulier": lambda r: (HOUSEHOLD, {"numSiret": COMPANY["numSiret"]}),
    "professionnel_sans_nom": lambda r: (
        COMPANY,
        {"numSiret": "", "nomClientFinalOuDenominationSociale": ""},
    ),
    "commune_inexistante": lambda r: (
        HOUSEHOLD,
        r.choice(
            [
                {"codePostal": "13100"},
                {"codeInseeCommune": "2A004"},
                {"codePostal": "35000", "codeInseeCommune": "35001"},
                {"codePostal": "99999", "codeInseeCommune": "99999"},
            ]
        )
        | {"commune": "ICI"},
    ),
    "commune_inconnue": lambda r: (
        HOUSEHOLD,
        {"codePostal": f"75{r.randint(200, 999)}", "codeInseeCommune": "75101", "commune": "ICI"},
    ),
    "mise_en_service_a_venir": lambda r: (HOUSEHOLD, {"dateMiseEnService": "2030-01-01"}),
    "pose_a_venir": lambda r: (COMPANY, {"datePose": f"203{r.randint(0, 9)}-01-01"}),
    "linky_avant_decembre_2015": lambda r: (
        HOUSEHOLD,
        {"datePose": f"2015-{r.randint(1, 11):02d}-28" if r.random() > 0.3 else "2009-10-06"},
    ),
    "avant_a_venir": lambda r: (HOUSEHOLD, avant("2031-01-01", puissanceSouscrite=3)),
    "avant_la_premiere_mise_en_service": lambda r: (
        HOUSEHOLD,
        avant(f"201{r.randint(0, 8)}-05-20", puissanceSouscrite=3),
    ),
    "avant_comme_aujourd_hui": lambda r: (HOUSEHOLD, avant("2022-01-01", puissanceSouscrite=6)),
    "nom_trop_long": lambda r: (HOUSEHOLD, {"nomClientFinalOuDenominationSociale": more(r)}),
    "matricule_trop_long": lambda r: (HOUSEHOLD, {"matricule": more(r)}),
    "numero_de_serie_trop_long": lambda r: (HOUSEHOLD, {"numeroSerie": more(r)}),
    "couplage_courant_trop_long": lambda r: (COMPANY, {"transformateurCourant": COUPLED}),
    "couplage_tension_trop_long": lambda r: (COMPANY, {"transformateurTension": COUPLED}),
    "numero_de_serie_partage": lambda r: (COMPANY, {"numeroSerie": "041975000009"}),
}
OF_COPIES = {"unite_du_segment", "unite_du_raccordement", "formule_acc_sans_operation"}
"""What no file can say: units follow from the tension, and a code of a list is checked first."""
OF_DAYS = {name for name, each in contradictions().items() if each.mots[0] in MOTS_JOURS[1:]}
OF_OTHERS = {"numero_de_serie_partage", "point_deja_la", "point_donne_deux_fois"} | {
    "point_du_jeu_deja_la",
    *("fournisseur_inconnu", "commune_d_un_autre_nom"),
    *("jour_d_un_autre_point", "jour_sans_compteur"),
}
"""What is found beside other points, actors and communes."""
OF_NUMBERS = {"prm_sans_forme", "prm_sans_cle"}


@pytest.fixture
def database(database: Database) -> Database:
    """A state whose clock stands a day before the reform of off-peak hours is seen."""
    StoredClock(database).freeze(datetime(2026, 10, 5, 12, tzinfo=PARIS))
    return database


def bring(
    database: Database, cells: Iterator[Cells], **options: bool
) -> tuple[Bilan, list[Faute], list[Faute]]:
    faults: list[Faute] = []
    remarks: list[Faute] = []
    source = Source("points.jsonl", json_lines(cells))
    bilan = import_points(
        database, [source], report=faults.append, remark=remarks.append, **options
    )
    return bilan, faults, remarks


def impossible(count: int, seed: int) -> list[tuple[str, Cells]]:
    """So many points that can't be, of each kind in turn: the kind, the cells."""
    rng, kinds = Random(seed), [*IMPOSSIBLE]
    points = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        example, spoilt = IMPOSSIBLE[kind](rng)
        own = {"prm": generate("302", number * 97), "numeroSerie": f"{number:012d}"}
        points.append((kind, {**example, **own, **spoilt}))
    return points


def test_the_table_says_what_its_tests_find() -> None:
    table = contradictions()
    assert TESTS.keys() - table.keys() == {"hors_liste", "decalages", "couplage", "cle_de_prm"}
    unnamed = {name for name, each in table.items() if not each.cas}
    assert unnamed == OF_DAYS | OF_OTHERS
    assert {word for each in table.values() for word in each.mots} <= {*MOTS, *MOTS_JOURS}
    columns = {*Point.__table__.columns.keys(), *Compteur.__table__.columns.keys()}
    given = {"aujourd_hui", "compteur", "lieu", "premiere_pose"}
    given |= {mot.colonne for mot in MOTS.values() if mot.partie == "mesures"}
    asked = {column for each in table.values() for alone, _ in each.cas for column in alone}
    assert asked <= columns | given
    needed = {name for name, each in table.items() if each.indispensable}
    apart = needed | OF_DAYS | OF_COPIES | OF_NUMBERS
    assert table.keys() - apart == IMPOSSIBLE.keys()


@pytest.mark.documented
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_point_that_cannot_be_is_told_with_its_line_and_its_reason(
    database: Database, seed: int, strict: bool
) -> None:
    points = impossible(210, seed)
    bilan, faults, remarks = bring(database, (cells for _, cells in points), strict=strict)
    assert (bilan.importe, bilan.fautes, bilan.remarques) == (False, len(faults), len(remarks))
    shared = {"numero_de_serie_partage": points[[*IMPOSSIBLE].index("numero_de_serie_partage")][1]}
    for number, (kind, cells) in enumerate(points, 1):
        if shared.get(kind) is cells:
            continue  # the first of those that share it
        row = contradictions()[kind]
        among = faults if strict or row.refused else remarks
        found = {(each.mot, each.ligne): each.phrase for each in among}
        assert (row.mots[0], number) in found, (kind, cells)
        assert len(found[row.mots[0], number]) > 20
    assert strict or {each.ligne for each in remarks} - {each.ligne for each in faults}
    assert not (strict and remarks)


def test_remarks_hold_nobody_up_and_all_mistakes_of_a_line_are_told_at_once(
    database: Database,
) -> None:
    doubtful = HOUSEHOLD | {"numSiret": COMPANY["numSiret"], "etatAlimentation": "NALI"}
    bilan, faults, remarks = bring(database, iter([doubtful]))
    assert (bilan, faults) == (Bilan(1, 1, 0, 0, True, remarques=2), [])
    assert {each.mot for each in remarks} == {"numSiret", "etatAlimentation"}
    with database.sessions() as session:
        assert len(describe_point(session, HOUSEHOLD["prm"])["remarques"]) == 2
    remove_own_points(database, None)
    spoilt = doubtful | {"segment": "", "puissanceSouscrite": "42", "typeComptage": "X", PLAGE: "X"}
    _, faults, remarks = bring(database, iter([spoilt, COMPANY]), sauf_erreurs=True)
    wrong = {"segment", "typeComptage", "puissanceSouscrite", "modeApresCompteur", PLAGE}
    assert {each.mot for each in faults} == wrong
    assert {each.mot for each in remarks} == {"numSiret", "etatAlimentation"}
    assert {each.ligne for each in (*faults, *remarks)} == {1}
    # What is wrong beside other lines is told of a line that is wrong by itself too.
    twice = HOUSEHOLD | {"segment": "C9"}
    _, faults, _ = bring(database, iter([HOUSEHOLD, twice]), essai=True)
    assert {(each.ligne, each.mot) for each in faults} == {(2, "segment"), (2, "prm")}


@pytest.mark.documented
def test_a_class_of_powers_is_given_once(database: Database) -> None:
    cells = COMPANY | powers(HPH=60, HCH=72, HPE=84, HCE=90)
    cells["denivelePuissances"] = '{"HPH":50,' + cells["denivelePuissances"][1:]
    _, (fault,), _ = bring(database, iter([cells]), essai=True)
    assert (fault.mot, fault.phrase) == ("denivelePuissances", "HPH y est deux fois")


@pytest.mark.assumed
def test_what_a_point_at_level_0_leaves_out_is_not_remote(database: Database) -> None:
    spoken = {NIVEAU: "0", "typeComptage": "CBE", "teleoperable": "", "collectes": ""}
    assert bring(database, iter([HOUSEHOLD | spoken]))[0].importe
    with database.sessions() as session:
        assert not get_point(session, HOUSEHOLD["prm"]).teleoperable


@pytest.mark.assumed
def test_the_population_and_made_points_contradict_nothing(
    installed: Database, database: Database
) -> None:
    exported = [piece.encode() for piece in export_points(installed, "csv", own=False)]
    made = [*csv_lines(made_points(500))]
    for pieces in (exported, made):
        faults: list[Faute] = []
        source = Source("points.csv", pieces)
        import_points(database, [source], report=faults.append, essai=True, strict=True)
        assert [each for each in faults if "existe déjà" not in each.phrase] == []


@pytest.mark.documented
@pytest.mark.parametrize(
    ("point", "why"),
    [
        ({"puissance_souscrite": 42}, "puissanceSouscrite : 42 kVA pour un C5"),
        ({"segment": "C4"}, "domaineTension : BTINF ne va pas avec le segment C4"),
        ({"puissance_souscrite_unite": "kW"}, "6 kW pour un C5 : kVA attendu"),
        ({"puissance_raccordement_unite": "kW"}, "9 kW pour un C5 : kVA attendu"),
        ({"fta": "BTINFCU4ACC"}, "sans opération d'autoconsommation collective"),
        ({"heures_creuses_libelle": "HC (22H00-5H00)"}, "420 minutes par jour"),
        ({"puissance_souscrite": 12}, "12 souscrits dépassent les 9 "),
        ({"date_resiliation": "2024-01-01"}, "laisser vide, ou RESIL"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(
    database: Database, point: dict[str, Any], why: str
) -> None:
    with pytest.raises(UsageError) as refused, database.transaction() as session:
        copy_point(session, "25946599093143", point=point)
    assert why in str(refused.value)


@pytest.mark.assumed
def test_the_meter_of_another_point_is_a_remark_on_a_copy_too(database: Database) -> None:
    with database.transaction() as session:
        serial = get_point(session, "98800007059999").compteurs[0].numero_serie
        made = copy_point(session, "98800004847471", compteur={"numero_serie": serial})
        (remark,) = describe_point(session, made)["remarques"]
    assert f"{serial} est aussi celui du point 98800007059999" in remark


def test_a_copy_is_remarked_unless_it_is_strict_and_has_its_own_meter(database: Database) -> None:
    doubtful = {"etat_alimentation": "NALI"}
    with database.transaction() as session:
        made = copy_point(session, "25946599093143", point=doubtful)
        (model,), (meter,) = (get_point(session, prm).compteurs for prm in ("25946599093143", made))
        assert model.matricule != meter.matricule
        assert describe_point(session, made)["remarques"]
    with pytest.raises(UsageError, match="etatAlimentation"), database.transaction() as session:
        copy_point(session, "25946599093143", point=doubtful, strict=True)


def test_every_label_of_the_official_list_is_taken(database: Database) -> None:
    labels = {plage.libelle for plage in officielles().values()}
    points = (
        HOUSEHOLD | {"prm": generate("303", number), FTA: "BTINFCU4", PLAGE: label}
        for number, label in enumerate(sorted(labels))
    )
    assert bring(database, points, essai=True, strict=True)[0].fautes == 0
