"""Points of one's own: brought in by files, each line checked, all seen at once or nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from points_kit import csv_lines, examples, json_lines, made_points
from sqlalchemy import func, select
from state_kit import count_points

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.referentiel.apports import versement
from sge_sim.referentiel.apports.export import export_points, template
from sge_sim.referentiel.apports.lecture import Faute, Source
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.apports.retrait import remove_own_points, remove_remains
from sge_sim.referentiel.apports.versement import Bilan, import_points
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.tables.base import Base
from sge_sim.tables.lists import look_for_points
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import Apport, Commune, Compteur, Point, find_point, known_commune
from sge_sim.tables.search import Criteres, search_points

HOUSEHOLD, COMPANY = examples()
C5, C4 = HOUSEHOLD["prm"], COMPANY["prm"]


def bring(
    database: Database, *pieces: bytes, sauf_erreurs: bool = False, essai: bool = False
) -> tuple[Bilan, list[Faute]]:
    faults: list[Faute] = []
    source = Source("points.csv", pieces)
    bilan = import_points(
        database, [source], report=faults.append, sauf_erreurs=sauf_erreurs, essai=essai
    )
    return bilan, faults


def rows(database: Database) -> dict[str, int]:
    """How many rows there are of each table that an import may write, seen or not."""
    tables: tuple[type[Base], ...] = (Point, Compteur, Commune, Collecte, Apport)
    with database.sessions() as session:
        return {
            table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


@pytest.mark.assumed
def test_the_template_imports_as_it_is_in_both_forms(database: Database) -> None:
    assert bring(database, template("csv").encode()) == (Bilan(2, 2, 0, 0, True), [])
    assert bring(database, template("jsonl").encode()) == (Bilan(2, 0, 2, 0, True), [])
    with database.sessions() as session:
        point = find_point(session, C4)
        assert point.denivele_puissances == {"HPH": 60, "HCH": 72, "HPE": 84, "HCE": 90}
        assert (point.puissance_souscrite, point.puissance_souscrite_unite) == (90, "kVA")
        assert known_commune(session, "75002", "75102")
        assert [
            each.prm for each in search_points(session, Criteres(siret="73282932000074"), limit=9)
        ] == [C4]
        assert [each.prm for each in look_for_points(session, "exemple", after="", limit=9)] == [
            C5,
            C4,
        ]


@pytest.mark.assumed
def test_what_is_exported_is_the_file_that_was_imported(database: Database) -> None:
    given = b"".join(csv_lines(made_points(300)))
    assert bring(database, given)[0].nouveaux == 300
    assert "".join(export_points(database, "csv")).encode() == given
    again = "".join(export_points(database, "jsonl")).encode()
    before = rows(database)
    assert bring(database, again)[0] == Bilan(300, 0, 300, 0, True)
    assert rows(database) == before | {"Apport": 2}


def test_removed_points_leave_nothing(database: Database) -> None:
    before = rows(database)
    bring(database, *csv_lines(made_points(250)))
    (first, *_) = made_points(1)
    assert remove_own_points(database, [first["prm"]]) == 1
    assert remove_own_points(database, None) == 249
    assert rows(database) == before
    with pytest.raises(UsageError, match="n'est pas un point importé"):
        remove_own_points(database, ["25946599093143"])


def test_a_trial_and_a_file_with_a_fault_leave_nothing(database: Database) -> None:
    before = rows(database)
    good = list(csv_lines(made_points(120)))
    assert bring(database, *good, essai=True)[0] == Bilan(120, 120, 0, 0, False)
    assert rows(database) == before
    bilan, faults = bring(database, *good, good[1])
    assert (bilan.importe, [(each.ligne, each.mot) for each in faults]) == (False, [(122, "prm")])
    assert rows(database) == before
    bilan, faults = bring(database, *good, good[1], sauf_erreurs=True)
    assert (bilan.importe, bilan.nouveaux, len(faults)) == (True, 120, 1)


def test_nothing_is_seen_before_the_end_and_calls_go_on(database: Database) -> None:
    seen: list[tuple[int, bool, bool]] = []
    points = list(made_points(600))

    def look(_lines: int) -> None:
        with database.transaction() as session:  # somebody else's turn
            commune = known_commune(session, points[0]["codePostal"], points[0]["codeInseeCommune"])
            found = search_points(session, Criteres(siret=points[0]["numSiret"]), limit=9)
            seen.append((count_points(session), commune, bool(found)))
            assert find_point(session, points[0]["prm"]) is None
            assert look_for_points(session, points[0]["prm"], after="", limit=9) == []
        assert database.memoire.look().lire(prm=points[0]["prm"]).dossier is None

    with database.sessions() as session:
        before = count_points(session)
    source = Source("points.csv", csv_lines(iter(points)))
    import_points(database, [source], report=lambda faute: None, progress=look)
    assert len(seen) > 2
    assert set(seen) == {(before, False, False)}
    with database.sessions() as session:
        assert count_points(session) == before + 600
    assert database.memoire.look().lire(prm=points[0]["prm"]).dossier is not None


def test_a_stop_leaves_nothing_behind(database: Database) -> None:
    before = rows(database)

    def interrupted() -> Iterator[bytes]:
        yield from csv_lines(made_points(250))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_points(database, [Source("points.csv", interrupted())], report=lambda faute: None)
    assert rows(database) == before


def test_what_a_kill_left_is_never_seen_and_goes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database)["Point"]
    with monkeypatch.context() as killed:
        killed.setattr(versement, "discard_hidden", lambda _database: None)
        killed.setattr(versement, "publish_apport", lambda _session, _id: None)
        bring(database, *csv_lines(made_points(150)))
    with database.sessions() as session:
        assert find_point(session, next(made_points(1))["prm"]) is None
    with database.alone():
        remove_remains(database, lambda: True)  # the import still goes on, for all that is known
    assert rows(database)["Point"] == before + 150
    remove_remains(database, lambda: False)
    assert rows(database)["Point"] == before + 150
    remove_remains(database, lambda: True)
    assert rows(database)["Point"] == before
    assert bring(database, *csv_lines(made_points(150)))[0] == Bilan(150, 150, 0, 0, True)
    assert rows(database)["Apport"] == 1


def changed(example: dict[str, str], **cells: str) -> bytes:
    """One line of JSON: an example with other cells."""
    return next(json_lines(iter([{**example, **cells}])))


SPOILT = [
    (HOUSEHOLD, {"prm": ""}, "prm", "à donner"),
    (HOUSEHOLD, {"prm": "2910000000013"}, "prm", "14 chiffres"),
    (HOUSEHOLD, {"prm": "29100000000135"}, "prm", "elle devrait être 34"),
    (
        HOUSEHOLD,
        {"prm": "25946599093143"},
        "segment|etat|niveau|adresse|numero|escalier",
        "existe déjà",
    ),
    (HOUSEHOLD, {"segment": ""}, "segment", "à donner"),
    (HOUSEHOLD, {"segment": "C6"}, "segment", "code connu"),
    (HOUSEHOLD, {"segment": "C4"}, "domaineTension", "segment"),
    (HOUSEHOLD, {"etatContractuel": "ACTIF"}, "etatContractuel", "code connu"),
    (HOUSEHOLD, {"etatAlimentation": "OUI"}, "etatAlimentation", "code connu"),
    (HOUSEHOLD, {"niveauOuvertureServices": "3"}, "niveauOuvertureServices", "0, 1 ou 2"),
    (COMPANY, {"niveauOuvertureServices": "2"}, "niveauOuvertureServices", "C5"),
    (HOUSEHOLD, {"batiment": "B" * 39}, "batiment", "38"),
    (HOUSEHOLD, {"lieuDit": "LE\tBOURG"}, "lieuDit", "U+0009"),
    (HOUSEHOLD, {"lieuDit": "LE \u202eGRUOB"}, "", "lieuDit : le caractère U+202E"),
    (COMPANY, {"parametresTeleAcces": r'{"cle":"\u202e"}'}, "parametresTeleAcces", "U+202E"),
    (HOUSEHOLD, {"avant": r'[{"jusquA":"2021-01-01","a\ud800":1}]'}, "avant", "U+D800"),
    (HOUSEHOLD, {"codePostal": ""}, "codePostal", "à donner"),
    (HOUSEHOLD, {"codePostal": "7500A"}, "codePostal", "cinq chiffres"),
    (HOUSEHOLD, {"codeInseeCommune": "7510"}, "codeInseeCommune", "cinq"),
    (HOUSEHOLD, {"commune": "C" * 33}, "commune", "32"),
    (HOUSEHOLD, {"codePostal": "75001", "codeInseeCommune": "75101"}, "commune", "s'appelle"),
    (COMPANY, {"numSiret": "73282932000075"}, "numSiret", "SIRET"),
    (COMPANY, {"categorieClientFinalCode": "ENT"}, "categorieClientFinalCode", "code connu"),
    (HOUSEHOLD, {"fournisseurTitulaire": ""}, "fournisseurTitulaire", "en a un"),
    (HOUSEHOLD, {"fournisseurTitulaire": "INCONNU"}, "fournisseurTitulaire", "n'est pas un"),
    (HOUSEHOLD, {"fournisseurTitulaire": "TIERS1"}, "fournisseurTitulaire", "n'est pas un"),
    (HOUSEHOLD, {"etatContractuel": "RESIL"}, "dateResiliation", "RESIL"),
    (HOUSEHOLD, {"puissanceSouscrite": "six"}, "puissanceSouscrite", "entier"),
    (HOUSEHOLD, {"puissanceSouscrite": "-6"}, "puissanceSouscrite", "entier"),
    (HOUSEHOLD, {"puissanceSouscrite": "0"}, "puissanceSouscrite", "zéro"),
    (HOUSEHOLD, {"puissanceSouscrite": "15"}, "puissanceSouscrite", "raccordement"),
    (
        HOUSEHOLD,
        {"puissanceSouscrite": "42", "puissanceRaccordementSoutirage": "60"},
        "puissanceSouscrite",
        "36 kVA",
    ),
    (HOUSEHOLD, {"puissanceSouscrite": ""}, "puissanceSouscrite", "sans elle"),
    (HOUSEHOLD, {"formuleTarifaireAcheminement": "BTXX"}, "formuleTarifaireAcheminement", "connu"),
    (
        HOUSEHOLD,
        {"formuleTarifaireAcheminement": "HTACU5"},
        "formuleTarifaireAcheminement",
        "domaine",
    ),
    (COMPANY, {"denivelePuissances": "{HPH:1}"}, "denivelePuissances", "JSON"),
    (COMPANY, {"denivelePuissances": '{"HP":60}'}, "denivelePuissances", "classe"),
    (COMPANY, {"denivelePuissances": '{"HPH":"x"}'}, "denivelePuissances", "convient"),
    (COMPANY, {"denivelePuissances": '{"HPH":91}'}, "denivelePuissances", "HPH 91"),
    (HOUSEHOLD, {"denivelePuissances": '{"HPH":3}'}, "denivelePuissances", "C1 à C4"),
    (COMPANY, {"forfaitLongueUtilisation": "9000"}, "forfaitLongueUtilisation", "8760"),
    (COMPANY, {"r4xPas": "7"}, "r4xPas", "5 ou 10"),
    (HOUSEHOLD, {"r4xPas": "5"}, "r4xPas", "36 kVA"),
    (HOUSEHOLD, {"dateMiseEnService": "20/05/2019"}, "dateMiseEnService", "jour"),
    (HOUSEHOLD, {"dateMiseEnService": "2019-02-29"}, "dateMiseEnService", "jour"),
    (HOUSEHOLD, {"dateMiseEnService": ""}, "dateMiseEnService", "mis en service"),
    (HOUSEHOLD, {"dateResiliation": "2024-01-01"}, "dateResiliation", "RESIL"),
    (
        HOUSEHOLD,
        {"dateDerniereAugmentationPuissanceSouscrite": "2019-05-19"},
        "dateDerniereAugmentationPuissanceSouscrite",
        "précède",
    ),
    (HOUSEHOLD, {"typeComptage": "BLEU"}, "typeComptage", "connu"),
    (HOUSEHOLD, {"typeComptage": ""}, "typeComptage", "en a un"),
    (HOUSEHOLD, {"datePose": ""}, "datePose", "en a une"),
    (HOUSEHOLD, {"matricule": ""}, "matricule", "vide"),
    (COMPANY, {"ticActivable": "oui"}, "ticActivable", "C5"),
    (HOUSEHOLD, {"teleoperable": "yes"}, "teleoperable", "oui ou non"),
    (HOUSEHOLD, {"ancienCompteurPose": "2020-01-01"}, "ancienCompteurPose", "avant"),
    (HOUSEHOLD, {"collectes": '[{"debut":"2021-01-01","fin":"2020-01-01"}]'}, "collectes", "après"),
    (COMPANY, {"collectes": '[{"debut":"2021-01-01"}]'}, "collectes", "C5"),
    (
        HOUSEHOLD,
        {"trous": '[{"debut":"2021-01-01T00:00:00","fin":"2021-01-02T00:00:00"}]'},
        "trous",
        "convient",
    ),
    (HOUSEHOLD, {"calendriers": '[{"cote":"autre"}]'}, "calendriers", "convient"),
    (HOUSEHOLD, {"avant": '{"jusquA":"2021-01-01"}'}, "avant", "par exemple"),
    (HOUSEHOLD, {"avant": '[{"puissanceSouscrite":3}]'}, "avant", "n'est pas un jour"),
    (HOUSEHOLD, {"avant": '[{"jusquA":"2021-01-01","segment":"C4"}]'}, "avant", "à une date"),
    (HOUSEHOLD, {"avant": '[{"jusquA":"2021-01-01","puissanceSouscrite":0}]'}, "avant", "zéro"),
    (HOUSEHOLD, {"avant": '[{"jusquA":"2021-01-01","numSiret":"1"}]'}, "avant", "SIRET"),
    (
        HOUSEHOLD,
        {"avant": '[{"jusquA":"2021-01-01","fournisseurTitulaire":"TIERS1"}]'},
        "fournisseurTitulaire",
        "n'est pas un",
    ),
    (HOUSEHOLD, {"segment": "P4", "contratInjection": "non"}, "contratInjection", "producteur"),
]


def test_each_kind_of_spoilt_line_is_named_with_its_line_and_nothing_is_imported(
    database: Database,
) -> None:
    before = rows(database)
    lines = [changed(example, **cells) for example, cells, _, _ in SPOILT]
    broken = [
        (b'{"prm": \n', "", "pas du JSON"),
        (b"[1]\n", "", "objet"),
        (b'{"prm":"1","prm":"2"}\n', "prm", "deux fois"),
        (b'{"numero":"1"}\n', "numero", "connue"),
        (b'{"prm":"\xff"}\n', "", "UTF-8"),
        (rb'{"prm":"1","lieuDit":"\ud800"}' + b"\n", "", "lieuDit : le caractère U+D800"),
        (rb'{"prm":"1","\u202e":"1"}' + b"\n", "", "U+202E"),
        (
            rb'{"acteur":"A1","sorte":"tiers","nom":"a\u2066b"}' + b"\n",
            "",
            "nom : le caractère U+2066",
        ),
        (
            rb'{"acteur":"A1","nom":"a","logins":["\u0000"]}' + b"\n",
            "",
            "logins.0 : le caractère U+0000",
        ),
        (rb'{"acteur":"A1","sorte":"tiers","nom":"a\nb"}' + b"\n", "nom", "U+000A"),
        (b'{"prm":"' + b"1" * 300_000 + b'"}\n', "", "octets"),
        (json.dumps({"prm": 12}).encode() + b"\n", "prm", "texte"),
    ]
    first = changed(HOUSEHOLD)
    bilan, faults = bring(
        database, first, *lines, *(line for line, _, _ in broken), changed(HOUSEHOLD)
    )
    expected = [
        *((mot, phrase) for _, _, mot, phrase in SPOILT),
        *((mot, phrase) for _, mot, phrase in broken),
        ("prm", "plus haut"),
    ]
    assert len(expected) > 40
    found: dict[int, list[Faute]] = {}
    for faute in faults:
        found.setdefault(faute.ligne, []).append(faute)
    assert sorted(found) == list(range(2, len(expected) + 2))
    for number, (mot, phrase) in enumerate(expected, 2):
        told = [(each.mot, each.phrase) for each in found[number]]
        assert any(
            (each == mot or (mot and each.startswith(tuple(mot.split("|"))))) and phrase in sentence
            for each, sentence in told
        ), (number, mot, phrase, told)
    assert not bilan.importe
    assert rows(database) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "est vide"),
        (b"prm;nom\n", "n'est pas une colonne connue"),
        (b"prm;segment;prm\n", "y est deux fois"),
        (b"segment\n", "il manque la colonne prm"),
        (b"prm;\xe2\x80\xaesegment\n", "ligne 1 : le caractère U\\+202E"),
        (b"prm" + b"x" * 300_000 + b"\n2\n", "ligne 1 : elle dépasse 262144 octets"),
        ("prm;r\xe9f\n2;3\n".encode("latin-1"), "ligne 1 : elle n'est pas en UTF-8 .*enregistrer"),
        *(
            (
                "prm;segment\n1;C5\n".encode(encoding),
                f"est en {encoding[:6]} : l'enregistrer en UTF-8",
            )
            for encoding in ("UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32", "UTF-32-BE")
        ),
        ('{"prm":"1"}\n'.encode("UTF-16"), "est en UTF-16"),
        (b"PK\x03\x04\x14\0\0\n", "est un classeur, ou une archive : l'enregistrer"),
    ],
)
def test_a_file_without_a_header_of_known_words_is_refused(
    database: Database, content: bytes, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        bring(database, content)
    assert rows(database)["Apport"] == 0


def test_a_line_of_csv_with_other_cells_or_open_quotes_is_a_fault(database: Database) -> None:
    header = ";".join(MOTS) + "\n"
    bilan, faults = bring(database, header.encode(), b'a;b\n\n"a;b\na\n')
    assert [(each.ligne, each.phrase[:18]) for each in faults] == [
        (2, "elle a 2 cellules "),
        (4, "ses guillemets ne "),
        (5, "elle a 1 cellule e"),
    ]
    assert not bilan.importe


@pytest.mark.assumed
def test_powers_and_holders_by_date_are_told_of_the_day_that_is_asked(database: Database) -> None:
    avant = [
        {"jusquA": "2022-03-01", "puissanceSouscrite": 3, "fournisseurTitulaire": "FOURN2"},
        {"jusquA": "2023-07-01", "puissanceSouscrite": 9, "dateMiseEnService": "2019-05-20"},
    ]
    cells = {"dateMiseEnService": "2023-07-01", "avant": json.dumps(avant, separators=(",", ":"))}
    given = changed(HOUSEHOLD, **cells)
    assert bring(database, given) == (Bilan(1, 1, 0, 0, True), [])
    assert bring(database, *export_jsonl(database)) == (Bilan(1, 0, 1, 0, True), [])
    dossier = database.memoire.look().lire(prm=C5).dossier
    said = [
        (fiche.puissance_souscrite, fiche.fournisseur_titulaire, fiche.date_mise_en_service)
        for fiche in map(dossier.au, (date(2022, 2, 28), date(2022, 3, 1), date(2023, 7, 1)))
    ]
    assert said == [
        (3, "FOURN2", date(2019, 5, 20)),
        (9, "FOURN1", date(2019, 5, 20)),
        (6, "FOURN1", date(2023, 7, 1)),
    ]
    mesure = mesure_of(dossier, "SOUTIRAGE")
    assert [power.valeur for power in mesure.puissances] == [3, 9, 6]
    remove_own_points(database, None)


def export_jsonl(database: Database) -> list[bytes]:
    return [piece.encode() for piece in export_points(database, "jsonl")]


@pytest.mark.parametrize("separator", [",", "\t"])
def test_commas_tabs_a_byte_order_mark_and_a_few_columns_will_do(
    database: Database, separator: str
) -> None:
    words = [word for word in MOTS if HOUSEHOLD.get(word) and word != "collectes"]
    lines = [separator.join(words), separator.join(HOUSEHOLD[word] for word in words)]
    text = "\ufeff" + "\r\n".join(lines)
    assert bring(database, text.encode()) == (Bilan(1, 1, 0, 0, True), [])


def test_the_key_of_a_siret() -> None:
    assert is_siret("73282932000074")
    assert is_siret("35600000049837")
    assert not is_siret("73282932000075")
    assert not is_siret("7328293200007")


def test_a_file_is_read_as_it_comes(database: Database) -> None:
    """A slice is written before the next lines are asked for."""
    most = 0
    pending = 0

    def counted() -> Iterator[bytes]:
        nonlocal pending, most
        for line in csv_lines(made_points(5000)):
            pending += 1
            most = max(most, pending)
            yield line

    def written(_lines: int) -> None:
        nonlocal pending
        pending = 0

    source = Source("points.csv", counted())
    import_points(database, [source], report=lambda faute: None, progress=written)
    assert most <= versement._LARGEST + 1


def test_a_word_is_read_alike_whatever_was_loaded_before() -> None:
    script = (
        "from sge_sim.referentiel.apports.mots import MOTS\n"
        "print(MOTS['fournisseurTitulaire'].lire('FOURN1'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("FOURN1\n", "")
