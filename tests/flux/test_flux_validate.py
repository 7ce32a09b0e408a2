"""`sge-sim flux validate` and `show --tableau` on what strangers give: a verdict, or a sentence."""

import io
import json
import os
import subprocess
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZipFile

import pytest
from loaded_programs import run_module
from running_simulator import run_command

from sge_sim.flux.chiffrement import chiffrement, encrypt

SHORT: Any = {
    "header": {
        "siDemandeur": "ACM",
        "typeDestinataire": "ACM",
        "idDestinataire": "1100256",
        "codeFlux": "R66",
        "idDemande": "M0000001",
        "modePublication": "P",
        "idCanalContact": "Interne",
        "format": "JSON",
        "publicationCrp": "oui",
    },
    "mesures": [
        {
            "idPrm": "24100000202179",
            "etapeMetier": "BRUT",
            "periode": {"dateDebut": "2024-06-01 00:00:00", "dateFin": "2024-06-02 00:00:00"},
            "modeCalcul": "MESURE",
            "pas": "P1D",
            "grandeur": [
                {
                    "grandeurMetier": "CONS",
                    "grandeurPhysique": "PMA",
                    "unite": "VA",
                    "points": [{"v": "5210", "d": "2024-06-01 13:47:29"}],
                }
            ],
        }
    ],
}


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_command("flux", *arguments, "--data-dir", str(folder / "data"))


def piped(folder: Path, writer: str) -> "subprocess.CompletedProcess[str]":
    """Validate what a shell's command writes to a pipe, the standard input."""
    pipe = folder / "given"
    os.mkfifo(pipe)
    before = f"import os; os.dup2(os.open({str(pipe)!r}, os.O_RDONLY), 0)"
    validate = ("flux", "validate", "-", "--data-dir", str(folder / "data"))
    with subprocess.Popen(["sh", "-c", f"{writer} > {pipe}"]):
        return run_module("sge_sim", validate, before=before)


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    refusal = done.stderr
    assert done.returncode == 2, refusal
    assert refusal.startswith("sge-sim : "), refusal
    assert len(refusal.splitlines()) == 1, refusal
    return refusal


DEEP = b"[" * 100_000
DEEP_IN_PLACE = json.dumps(SHORT).replace('"P1D"', "[" * 500 + "]" * 500).encode()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (zipped(), "ne contient aucun fichier"),
        (zipped(**{"dossier/": b""}), "ne contient aucun fichier"),
        (zipped(**{"a.zip": zipped()}), "ne contient aucun fichier"),
        (b"", "n'est ni une archive zip ni du JSON"),
        (DEEP, "trop de niveaux imbriqués"),
        (zipped(**{"a.json": b'{"a":' * 100_000}), "trop de niveaux imbriqués"),
        (DEEP_IN_PLACE, "1 écart au schéma"),
    ],
)
def test_what_is_no_file_of_a_flux_is_not_valid(
    tmp_path: Path, content: bytes, refusal: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert refusal in sentence(run(tmp_path, "validate", str(file)))


@pytest.mark.parametrize("wrong", [{"mesures": [{}]}, {"mesures": 3}, {"mesures": [None]}])
def test_a_table_of_what_has_another_form_is_refused_in_a_sentence(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    file = tmp_path / "file.json"
    file.write_text(json.dumps(SHORT | wrong))
    assert "sge-sim flux validate" in sentence(run(tmp_path, "show", "--tableau", str(file)))


@pytest.mark.parametrize("content", ["[]", "[[]]", "{}", "3", ""])
@pytest.mark.parametrize("form", ["--tableau", "--csv"])
def test_what_has_no_point_makes_no_table(tmp_path: Path, content: str, form: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    shown = run(tmp_path, "show", form, str(file))
    assert "n'est ni" in sentence(shown)


@pytest.mark.parametrize("command", [("show", "--tableau"), ("decrypt",)])
def test_devices_and_folders_are_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    key = ("--cle", "00" * 32) if command == ("decrypt",) else ()
    for special, refusal in (("/dev/zero", "ni un fichier ni un tube"), (".", "est un dossier")):
        assert refusal in sentence(run(tmp_path, *command, special, *key))


def test_a_pipe_and_the_standard_input_are_read(tmp_path: Path) -> None:
    content = zipped(**{"a.JSON": json.dumps(SHORT).encode()})
    (tmp_path / "file").write_bytes(content)
    done = piped(tmp_path, f"cat {tmp_path}/file")
    assert done.stdout == "a.JSON : R66 conforme\n", done.stderr
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    done = run(tmp_path, "validate", str(pipe))
    writer.join(30)
    assert done.stdout == "a.JSON : R66 conforme\n", done.stderr


def test_an_endless_pipe_is_read_up_to_the_bound(tmp_path: Path) -> None:
    done = piped(tmp_path, "yes | head -c 600M")
    assert "L'entrée standard dépasse 536870912 octets" in sentence(done)


WELL = json.dumps(SHORT).encode()
WRONG_KEY = WELL.replace(b"24100000202179", b"24100000202178")
WITHOUT_MODE = WELL.replace(b'"modeCalcul": "MESURE", ', b"")
CSV = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité"
    ";Pas;Horodate;Valeur\n24100000202179;2024-06-01 00:00:00;2024-06-02 00:00:00;PMA;CONS;BRUT;VA"
    ";P1D;2024-06-01 13:47:29;5210\n"
).encode()


@pytest.mark.parametrize(
    ("content", "options", "status", "said"),
    [
        (WELL, (), 0, "R66 conforme"),
        (WRONG_KEY, (), 1, "la clé du PRM « 24100000202178 » est fausse"),
        (WRONG_KEY, ("--forme",), 0, "R66 conforme"),
        (WITHOUT_MODE, (), 2, "il manque modeCalcul"),
        (WITHOUT_MODE, ("--forme",), 2, "il manque modeCalcul"),
        (CSV, (), 0, "R66 en CSV conforme"),
        (CSV.replace(b"5210", b"-5210"), (), 1, "-5210 est négatif"),
        (CSV.replace(b";5210", b""), (), 2, "ligne 2 : 9 colonnes au lieu de 10"),
    ],
)
def test_the_status_tells_form_from_content(
    tmp_path: Path, content: bytes, options: tuple[str, ...], status: int, said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    done = run(tmp_path, "validate", str(file), *options)
    assert (done.returncode, said in done.stdout) == (status, True), done.stdout + done.stderr


def test_the_files_of_a_folder_are_judged_together(tmp_path: Path) -> None:
    folder = tmp_path / "flux"
    folder.mkdir()
    for sequence in (1, 3):
        name = f"ENEDIS_R66_P_Pmax_M0000001_{sequence:05d}_20240603080000.json"
        (folder / name).write_bytes(WELL)
    done = run(tmp_path, "validate", str(folder))
    assert done.stdout.count("conforme\n") == 2
    assert done.returncode == 1
    assert "il manque le numéro de séquence 00002" in done.stdout


def test_an_encrypted_file_is_judged_by_its_key(tmp_path: Path) -> None:
    key, iv, file = "00" * 16, "01" * 16, tmp_path / "file"
    file.write_bytes(encrypt(chiffrement("aes128", key, iv), zipped(**{"a.json": WELL}), "1"))
    done = run(tmp_path, "validate", str(file), "--cle", key, "--iv", iv)
    assert (done.returncode, done.stdout) == (0, "a.json : R66 conforme\n"), done.stderr
    assert "le déchiffrer" in sentence(run(tmp_path, "validate", str(file)))


XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="affaires"><xs:complexType><xs:sequence>
    <xs:element name="nbAffaires" type="xs:integer"/>
  </xs:sequence></xs:complexType></xs:element>
  {}
</xs:schema>
"""


@pytest.mark.parametrize(
    ("schema", "status", "said"),
    [
        (XSD, 0, "a.xml : affaires conforme"),
        (XSD.replace("integer", "date"), 2, "1 écart au schéma"),
        (XSD.replace("affaires", "autres"), 2, "aucun des schémas donnés n'a sa racine"),
        (XSD.replace("xs:integer", "inconnu"), 2, "s.xsd d'un seul fichier : ligne 3."),
        (XSD.replace("</xs:schema>", ""), 2, "s.xsd d'un seul fichier : ce n'est pas du XML"),
        (XSD.replace("{}", '<xs:include schemaLocation="http://a/b.xsd"/>'), 2, "ligne 5, il en"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n" + XSD, 2, "une DTD n'a pas sa place ici"),
        ("<a/>", 2, "s.xsd d'un seul fichier : "),
    ],
)
def test_a_file_is_judged_by_a_schema_of_a_user(
    tmp_path: Path, schema: str, status: int, said: str
) -> None:
    (tmp_path / "a.xml").write_text("<affaires>\n<nbAffaires>3</nbAffaires></affaires>")
    (tmp_path / "s.xsd").write_text(schema.replace("{}", ""))
    done = run_command(
        "flux", "validate", str(tmp_path / "a.xml"), "--xsd", str(tmp_path / "s.xsd")
    )
    assert done.returncode == status
    shown = done.stdout + done.stderr.replace(" n'est pas un schéma XSD", "")
    assert said in shown
    assert len(done.stderr.splitlines()) == (status == 2)
