"""Strict YAML: what is refused, and in which words."""

import re
from datetime import date
from pathlib import Path

import pytest

from sge_sim.machine.yaml_files import MAX_BYTES, Fields, read_mapping


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", "ligne 3 : la clé « a » est écrite deux fois"),
        ("a: {b: 1, b: 2}\n", "ligne 1 : la clé « b » est écrite deux fois"),
        ("a: &x 1\nb: *x\n", "ligne 1 : les alias YAML ne sont pas admis"),
        ("? [a]\n: 1\n", "ligne 1 : une clé doit être un texte"),
        ("- a\n", "le fichier doit contenir des clés et leurs valeurs"),
        ("", "le fichier doit contenir des clés et leurs valeurs"),
        ("a: [\n", "ligne 2 : le YAML est illisible (did not find expected node content"),
        ("a: 2021-02-30\n", "le YAML est illisible (day"),
        ('a: {b: ["\\u202e"]}', "le YAML est illisible (a.b.0 : le caractère U+202E"),
        ('a: 1\nb: "\\u0000"', "le YAML est illisible (b : le caractère U+0000"),
        ("a: " + "[" * 3000, "ligne 1 : le YAML est illisible (exceeded maximum nesting depth"),
    ],
)
def test_yaml_that_hides_something_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "essai.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        read_mapping(file)


def test_yaml_never_builds_objects(tmp_path: Path) -> None:
    file = tmp_path / "essai.yaml"
    file.write_text("a: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(ValueError, match="could not determine a constructor"):
        read_mapping(file)


def test_a_file_too_large_is_not_parsed(tmp_path: Path) -> None:
    file = tmp_path / "essai.yaml"
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ValueError, match="dépasse 1000000 octets"):
        read_mapping(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="le fichier est illisible"):
        read_mapping(tmp_path / "absent.yaml")


def test_every_mistake_of_a_mapping_is_noted_with_its_place() -> None:
    mistakes: list[str] = []
    fields = Fields({"texte": 12, "entier": -1, "jour": "hier", "autre": 1}, "ici", mistakes)
    assert fields.text("texte") == ""
    assert fields.text("absent") == ""
    assert fields.integer("entier", default=3) == 3
    assert fields.day("jour") == date(2000, 1, 1)
    fields.done()
    assert mistakes == [
        "ici, clé « texte » : « 12 » doit être un texte ; l'écrire entre guillemets.",
        "ici, clé « absent » : il manque une valeur.",
        "ici, clé « entier » : « -1 » doit être un entier, au moins 0.",
        "ici, clé « jour » : « hier » doit être une date telle que 2025-08-01, sans guillemets.",
        "ici, clé « autre » : elle est inconnue ici ; les clés admises sont "
        "absent, entier, jour, texte.",
    ]
