"""`points import --anonymise`: the same points, and nobody of those who are in the file."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from made_states import copy_state
from points_kit import day_lines, json_lines, made_points, recorded

from sge_sim.domaine import prm
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.referentiel.apports.anonymat import Anonymat
from sge_sim.referentiel.apports.export import export_points
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.referentiel.identites import with_luhn_key
from sge_sim.tables.point_columns import COMPTEUR_ATTRIBUTES, POINT_ATTRIBUTES

PERSONAL = tuple(
    attribute.mot
    for attribute in (POINT_ATTRIBUTES | COMPTEUR_ATTRIBUTES).values()
    if attribute.mot is not None and attribute.personal
)
PHONE = "0612345678"


def own_points() -> Iterator[dict[str, str]]:
    """Points of people who aren't to be found again."""
    for number, cells in enumerate(made_points(80)):
        own = {
            "numeroEtNomVoie": f"{number} RUE ZARATHOUSTRA",
            "lieuDit": f"LIEU BIZARROIDE {number}",
            "batiment": f"BATIMENT QUASIMODO {number}",
            "escalierEtEtageEtAppartement": f"ESCALIER KIERKEGAARD {number}",
            "nomClientFinalOuDenominationSociale": f"Zébulon d'Artagnan-{number} & Cie",
        }
        if cells["segment"] != "C5":
            own["parametresTeleAcces"] = json.dumps({"numero_telephone": PHONE})
        former = {"jusquA": "2021-01-01", "nomClientFinalOuDenominationSociale": "Vercingétorix"}
        yield {**cells, **own, "avant": json.dumps([former])}


def spellings(text: str) -> Iterator[bytes]:
    """How a text may be found in a file: as it is, re-encoded, in base64 at any of its offsets."""
    for encoded in (text.encode(), text.encode("latin-1"), text.encode("utf-16-le")):
        yield encoded
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + encoded)
            yield inner[4 if shift else 0 : -4]
    yield json.dumps(text)[1:-1].encode()


def test_nobody_is_found_again_in_the_whole_folder(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 0})
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    given = list(own_points())
    household = next(cells for cells in given if cells["segment"] == "C5")
    days = recorded(date(2024, 5, 1), date(2024, 5, 4), total=1000)
    sources = [
        Source("points.jsonl", json_lines(iter(given))),
        Source("jours.jsonl", day_lines(household["prm"], days)),
    ]
    bilan = import_points(database, sources, report=pytest.fail, anonymise=True)
    assert (bilan.nouveaux, bilan.jours) == (80, 3)
    exported = [json.loads(line) for line in "".join(export_points(database, "jsonl")).splitlines()]
    database.dispose()
    sought = {cells[word] for cells in given for word in PERSONAL if cells.get(word)}
    sought |= {PHONE, "Vercingétorix", "ZARATHOUSTRA", "QUASIMODO", "Zébulon", "ZEBULON"}
    forms = {form: text for text in sought for form in spellings(text) if len(form) > 6}
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [text for form, text in forms.items() if form in content] == [], path
    assert len({cells["prm"] for cells in exported}) == 80
    assert all(prm.is_valid(cells["prm"]) for cells in exported)
    assert all(is_siret(cells["numSiret"]) for cells in exported if "numSiret" in cells)
    kept = {word for word in given[0] if word not in (*PERSONAL, "avant", "parametresTeleAcces")}
    for word in kept:
        assert sorted(cells.get(word, "") for cells in exported) == sorted(
            cells.get(word, "") for cells in given
        ), word


def test_a_key_is_never_used_again_and_two_points_never_become_one() -> None:
    (cells,) = made_points(1)
    assert Anonymat().other(cells)["prm"] != Anonymat().other(cells)["prm"]
    anonymat = Anonymat()
    assert anonymat.other(cells) == anonymat.other(cells)
    numbers = {anonymat.other({"prm": prm.generate("301", body)})["prm"] for body in range(3000)}
    assert len(numbers) == 3000


def test_what_is_wrong_is_told_as_it_is() -> None:
    wrong = {"prm": "123", "numSiret": "1", "parametresTeleAcces": "{", "avant": "["}
    assert Anonymat().other(wrong) == wrong


def test_identifiers_change_keep_their_shape_and_stay_equal_where_they_were() -> None:
    anonymat = Anonymat()

    def acces(**cells: str) -> dict[str, str]:
        found: dict[str, str] = anonymat.other({"parametresTeleAcces": cells})[
            "parametresTeleAcces"
        ]
        return found

    first = acces(cle="AB12-cd", numero_telephone="06 12 34 56 78")
    other = acces(cle="AB12-cd", numero_telephone="+33.6.12.34.56.78")
    assert first["cle"] == other["cle"] != "AB12-cd"
    assert re.fullmatch(r"[A-Z]{2}[0-9]{2}-[a-z]{2}", first["cle"])
    assert re.fullmatch(r"06( [0-9]{2}){4}", first["numero_telephone"])
    assert re.fullmatch(r"\+33\.6(\.[0-9]{2}){4}", other["numero_telephone"])
    assert first["numero_telephone"][2:].split() == other["numero_telephone"][5:].split(".")[1:]
    assert "12 34 56 78" not in first["numero_telephone"]
    serie = "AZ0123456789012345"
    meter = anonymat.other({"matricule": "AZ 0123456789012345", "numeroSerie": serie})
    assert meter["matricule"].replace(" ", "") == meter["numeroSerie"] != serie
    assert re.fullmatch(r"[A-Z]{2} [0-9]{16}", meter["matricule"])


def test_a_company_stays_the_same_on_each_line_and_keeps_its_establishments() -> None:
    anonymat, name = Anonymat(), "nomClientFinalOuDenominationSociale"
    own = {name: "ACME", "categorieClientFinalCode": "PRO"}
    given = {"jusquA": "2024-01-01", name: "ACME"}
    one = anonymat.other({**own, "numSiret": "73282932000074", "avant": [given]})
    assert anonymat.other(own)[name] == one[name] == one["avant"][0][name] != "ACME"
    assert anonymat.other({"acteur": "A1", "nom": "ACME"})["nom"] == one[name]
    sirets = [
        anonymat.other({"numSiret": with_luhn_key(f"732829320{nic:04d}")})["numSiret"]
        for nic in range(5)
    ]
    assert len({siret[:9] for siret in sirets}) == 1
    assert len(set(sirets)) == 5
    assert all(map(is_siret, sirets))
