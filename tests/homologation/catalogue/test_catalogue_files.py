"""What a case takes over from another, and what stops it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from catalogue_samples import CONSULTATION

from sge_sim.homologation.catalogue.french_text import render_show
from sge_sim.homologation.catalogue.release import load_release_folder, validate
from sge_sim.homologation.catalogue.release_files import CatalogueFiles

NEXT = """\
release: sge-2.0
reference: 2021-06-01
dates_originales: {du: 2021-06-01, au: 2021-12-31}
packages: [consultation]
resume: La suivante.
"""


def write_next(folder: Path, case: str) -> Path:
    (folder / "sge-2.0").mkdir()
    (folder / "sge-2.0/release.yaml").write_text(NEXT)
    (folder / "sge-2.0/consultation.yaml").write_text(f"package: consultation\ncas:\n{case}")
    return folder


def test_a_case_of_an_earlier_release_is_taken_over_and_changed(
    catalogue_folder: Callable[..., Path],
) -> None:
    folder = write_next(
        catalogue_folder(),
        """\
  ADP-R1:
    reprend: sge-1.0
    requete: {autorisationClient: null, ajout: x}
    executions:
      C1-C4: null
      C5: {prm: "25884515170669"}
    source: Ailleurs
""",
    )
    (case,) = load_release_folder(folder / "sge-2.0").cas
    assert dict(case.requete) == {
        "pointId": "25884515170669",
        "loginUtilisateur": "{login}",
        "ajout": "x",
    }
    assert (case.cle, case.titre, case.source) == ("ADP-R1@C5", "Un titre", "Ailleurs")


def test_a_package_is_listed_in_any_case_and_written_in_one(
    catalogue_folder: Callable[..., Path],
) -> None:
    text = CONSULTATION.replace("package: consultation", "package: CONSULTATION")
    folder = write_next(catalogue_folder(consultation=text), "  ADP-R1: {reprend: sge-1.0}\n")
    file = folder / "sge-2.0/release.yaml"
    file.write_text(file.read_text().replace("[consultation]", "[Consultation]"))
    assert validate(folder) == []
    release = load_release_folder(folder / "sge-2.0")
    assert {*release.packages, *(case.package for case in release.cas)} == {"consultation"}


def test_a_case_of_the_same_release_is_taken_over(catalogue_folder: Callable[..., Path]) -> None:
    text = CONSULTATION + "  ADP-R2:\n    reprend: ADP-R1\n    titre: Un autre\n"
    release = load_release_folder(catalogue_folder(consultation=text) / "sge-1.0")
    assert [case.titre for case in release.cas] == ["Un titre"] * 2 + ["Un autre"] * 2


def test_a_segment_overrides_its_case_for_itself_alone(
    catalogue_folder: Callable[..., Path],
) -> None:
    text = CONSULTATION.replace('"25946599093143"', '"25946599093143", remarque: Une note', 1)
    release = load_release_folder(catalogue_folder(consultation=text) / "sge-1.0")
    assert {case.segment: case.remarque for case in release.cas} == {
        "C1-C4": "",
        "C5": "Une note",
    }


def test_a_borrowed_value_replaces_another_whole(catalogue_folder: Callable[..., Path]) -> None:
    text = CONSULTATION.replace('"{login}"', "{cas: ADP-R0, valeur: a}")
    text += """\
  ADP-R2:
    reprend: ADP-R1
    preparation:
      - {nom: avant, service: RecherchePoint, version: "2.0", requete: {x: y}}
    requete: {loginUtilisateur: {preparation: avant, valeur: b}}
"""
    mistakes = validate(catalogue_folder(consultation=text))
    assert not any("ADP-R2" in mistake for mistake in mistakes)


CLEANING = """\
nettoyage:
  - {nom: avant, service: RecherchePoint, version: "2.0", requete: {x: y}}
"""


def test_a_package_is_taken_over_case_by_case_with_its_cleaning(
    catalogue_folder: Callable[..., Path],
) -> None:
    """Its cases keep their order, null removes one, a new one goes last."""
    text = CONSULTATION.replace("cas:\n", f"{CLEANING}cas:\n", 1)
    text += "  ADP-R2: {reprend: ADP-R1, nettoyage: true}\n  ADP-R3: {reprend: ADP-R1}\n"
    folder = catalogue_folder(consultation=text)
    next_file = folder / "sge-2.0/consultation.yaml"
    write_next(folder, "")
    next_file.write_text("package: consultation\nreprend: sge-1.0\n")
    before, after = (load_release_folder(folder / f"sge-{name}") for name in ("1.0", "2.0"))
    assert after.cas == before.cas
    changed = "cas: {ADP-R1: null, ADP-R9: {reprend: ADP-R2}, ADP-R3: {titre: Un autre}}\n"
    next_file.write_text(next_file.read_text() + changed)
    after = load_release_folder(folder / "sge-2.0")
    assert after.ids == ("ADP-R2", "ADP-R3", "ADP-R9")
    assert {case.id: (case.titre, len(case.preparation)) for case in after.cas} == {
        "ADP-R2": ("Un titre", 1),
        "ADP-R3": ("Un autre", 0),
        "ADP-R9": ("Un titre", 1),
    }


@pytest.mark.parametrize("source", ["sge-2.0", "sge-0.9", "ADP-R1", "3"])
def test_a_package_that_cannot_be_taken_over_is_told(
    catalogue_folder: Callable[..., Path], source: str
) -> None:
    folder = write_next(catalogue_folder(), "")
    file = folder / "sge-2.0/consultation.yaml"
    file.write_text(f"package: consultation\nreprend: {source}\n")
    assert validate(folder)[0] == (
        f"sge-2.0/consultation.yaml, clé « reprend » : « {source} » n'est pas une version d'avant "
        "qui ait ce package."
    )


def test_the_cleaning_of_another_package_is_used_by_its_name(
    catalogue_folder: Callable[..., Path],
) -> None:
    own = CONSULTATION.replace("cas:\n", f"{CLEANING}cas:\n", 1)
    other = CONSULTATION.replace(
        "package: consultation", "package: commande\nnettoyage: consultation"
    )
    other = other.replace("  ADP-R1:\n", "  ADP-R4:\n    nettoyage: true\n")
    folder = catalogue_folder(consultation=own, commande=other)
    file = folder / "sge-1.0/release.yaml"
    file.write_text(file.read_text().replace("[consultation]", "[consultation, commande]"))
    cases = load_release_folder(folder / "sge-1.0").find("ADP-R4")
    assert [case.preparation[0].nom for case in cases] == ["avant"] * len(cases)


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("{reprend: sge-1.0}", "sge-1.0 n'a pas de cas ADP-R9."),
        ("{reprend: sge-0.9}", "« sge-0.9 » n'existe pas."),
        ("{reprend: 1.0}", "« 1.0 » n'existe pas."),
        (
            "{reprend: ADP-R8}\n  ADP-R8: {reprend: ADP-R9}",
            "sge-2.0/ADP-R8 → sge-2.0/ADP-R9 → sge-2.0/ADP-R8 tourne en rond.",
        ),
    ],
)
def test_what_cannot_be_taken_over_is_told(
    catalogue_folder: Callable[..., Path], case: str, sentence: str
) -> None:
    folder = write_next(catalogue_folder(), f"  ADP-R9: {case}\n")
    mistakes = [mistake for mistake in validate(folder) if "reprend" in mistake]
    assert mistakes[0].startswith("sge-2.0/consultation.yaml, cas ADP-R")
    assert mistakes[0].endswith(f"clé « reprend » : {sentence}")


def test_a_case_listed_in_two_files_is_told(catalogue_folder: Callable[..., Path]) -> None:
    folder = catalogue_folder(commande=CONSULTATION.replace("consultation", "commande"))
    file = folder / "sge-1.0/release.yaml"
    file.write_text(file.read_text().replace("[consultation]", "[consultation, commande]"))
    assert validate(folder) == [
        "sge-1.0/commande.yaml, cas ADP-R1, clé « cas » : « ADP-R1 » est déjà dans "
        "sge-1.0/consultation.yaml."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cas:\n", "sge-1.0/consultation.yaml, clé « package » : il manque une valeur."),
        (
            "package: commande\n",
            "sge-1.0/consultation.yaml, clé « package » : « commande » n'est pas l'une des "
            "valeurs consultation.",
        ),
        (
            "package: consultation\ncas: [ADP-R1]\n",
            "sge-1.0/consultation.yaml, clé « cas » : des clés et leurs valeurs sont attendues.",
        ),
        (
            "package: consultation\ncas: {ADP-R1: 3}\n",
            "sge-1.0/consultation.yaml, cas ADP-R1, clé « cas » : des clés et leurs valeurs sont "
            "attendues.",
        ),
        (
            "package: consultation\ncas: {ADP-R1: {titre: x}}\n",
            "sge-1.0/consultation.yaml, cas ADP-R1, clé « executions » : au moins un segment est "
            "attendu.",
        ),
        (
            "package: consultation\npackage: consultation\n",
            "sge-1.0/consultation.yaml : ligne 2 : la clé « package » est écrite deux fois.",
        ),
    ],
)
def test_a_package_file_of_another_shape_is_told(
    catalogue_folder: Callable[..., Path], text: str, sentence: str
) -> None:
    assert sentence in validate(catalogue_folder(consultation=text))


def test_a_listed_package_without_file_is_told(catalogue_folder: Callable[..., Path]) -> None:
    folder = catalogue_folder()
    (folder / "sge-1.0/consultation.yaml").unlink()
    (mistake,) = (each for each in validate(folder) if "illisible" in each)
    assert mistake.startswith("sge-1.0/consultation.yaml : le fichier est illisible")


def test_releases_are_ordered_by_number(tmp_path: Path) -> None:
    for name in ("sge-21.10", "sge-21.3", "sge-9.1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "release.yaml").touch()
    assert CatalogueFiles(tmp_path).names == ("sge-9.1", "sge-21.3", "sge-21.10")


def test_show_says_what_a_case_takes_over(catalogue_folder: Callable[..., Path]) -> None:
    folder = write_next(catalogue_folder(), "  ADP-R1: {reprend: sge-1.0}\n")
    before, after = (load_release_folder(folder / f"sge-{name}") for name in ("1.0", "2.0"))
    assert [render_show(case) for case in before.cas] == [render_show(case) for case in after.cas]
