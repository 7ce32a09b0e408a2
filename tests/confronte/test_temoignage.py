"""A record is read whole, refused where a byte was changed, and gathered once."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from abime import drawn
from typed_commands import type_command

from sge_sim.confronte.differences import EcartVu, differences_of
from sge_sim.confronte.jeu import Confrontation
from sge_sim.confronte.temoignage import (
    TemoignageSigne,
    bytes_of,
    gathered,
    made_of,
    read_temoignage,
    signed,
    write_key,
)
from sge_sim.domaine.temoignages import (
    Rassemble,
    observed_among,
    provenance_of,
    read_rassembles,
    seen_of_rules,
)
from sge_sim.errors import UsageError

RULE = "ConsultationMesuresDetaillees/periode_admise"
OTHER = "RecherchePoint/criteres_suffisants"


@cache
def differences() -> Counter[EcartVu]:
    """What a spoilt platform has."""
    found = ((spoilt, paire) for paire, spoilt, _ in drawn(30, 11))
    return Counter(each for pair in found for each in differences_of(*pair))


def confrontation(*, contredite: bool = False) -> Confrontation:
    """What a confrontation may have found."""
    found = Confrontation(mois={"2026-03"})
    found.confirmees[RULE] = 2
    if contredite:
        found.contredites[RULE] = 1
    found.services["RecherchePoint v2.0"] = 3
    found.differences.update(differences())
    return found


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("cles")
    made = [folder / f"{rank}.pem" for rank in range(3)]
    for path in made:
        write_key(path)
    return made


def record(key: Path | None, *, contredite: bool = False) -> TemoignageSigne:
    return signed(made_of(confrontation(contredite=contredite)), key)


def kept(folder: Path, temoignage: TemoignageSigne, name: str = "t.json") -> Path:
    path = folder / name
    path.write_bytes(bytes_of(temoignage))
    return path


def test_a_record_is_read_as_it_was_made(tmp_path: Path, keys: list[Path]) -> None:
    for key in (keys[0], None):
        made = record(key)
        assert read_temoignage(kept(tmp_path, made)) == made
    assert keys[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("signs", [True, False], ids=["signed", "unsigned"])
def test_one_byte_that_is_changed_is_refused(
    tmp_path: Path, keys: list[Path], *, signs: bool
) -> None:
    content = bytes_of(record(keys[0] if signs else None))
    path = tmp_path / "t.json"
    for place in range(0, len(content), 97 if signs else 211):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(UsageError):
            read_temoignage(path)
    path.write_bytes(content + b"\n")
    with pytest.raises(UsageError, match="modifié"):
        read_temoignage(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("differences", {"vu": "DUPONT"}),
        ("differences", {"element": "point/DUPONT"}),
        ("confirmees", {"DUPONT/nom": 1}),
        ("services", {"DUPONT v2.0": 1}),
        ("ecartes", {"sont de DUPONT": 1}),
        ("mois", ["DUPONT"]),
        ("note", "DUPONT"),
    ],
)
def test_a_word_that_nobody_knows_is_refused(
    tmp_path: Path, keys: list[Path], field: str, value: object
) -> None:
    said = json.loads(bytes_of(record(keys[0])))
    before = said["constat"].get(field)
    if isinstance(before, list) and isinstance(value, dict):
        before[0] |= value
    else:
        said["constat"][field] = value
    path = tmp_path / "t.json"
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    with pytest.raises(UsageError, match="lisible"):
        read_temoignage(path)


def test_a_record_signed_with_another_key_than_it_names_is_refused(
    tmp_path: Path, keys: list[Path]
) -> None:
    first, second = (record(key) for key in keys[:2])
    forged = first.model_copy(update={"signataire": second.signataire})
    with pytest.raises(UsageError, match="modifié"):
        read_temoignage(kept(tmp_path, forged))
    bare = first.model_copy(update={"signature": None})
    with pytest.raises(UsageError, match="modifié"):
        read_temoignage(kept(tmp_path, bare))


def test_rules_of_the_door_and_unknown_words_stay_out() -> None:
    found = confrontation()
    found.contredites["Porte/horaires"] = 1
    found.differences[
        EcartVu("code", "RecherchePoint v2.0", "point/DUPONT", "SGT200", "DUPONT", "Porte/horaires")
    ] = 1
    made = made_of(found)
    assert made.contredites == {}
    assert "DUPONT" not in made.model_dump_json()
    assert "Porte" not in made.model_dump_json()


def test_two_signers_make_a_rule_observed_and_a_contradiction_unmakes_it(
    keys: list[Path],
) -> None:
    first, again, second, unsigned = (record(key) for key in (keys[0], keys[0], keys[1], None))
    assert list(observed_among(gathered([], [first, again, unsigned]))) == []
    known = gathered([], [first, again, second, unsigned])
    assert list(observed_among(known)) == [RULE]
    seen = seen_of_rules(known)[RULE]
    assert (seen.confirment, seen.signataires, seen.non_signes) == (3, 2, 1)
    assert (seen.contredisent, seen.depuis) == (0, "2026-03")
    against = gathered(known, [record(keys[2], contredite=True)])
    assert list(observed_among(against)) == []


def test_gathered_twice_or_signed_again_there_is_no_double(keys: list[Path]) -> None:
    first = record(keys[0])
    again = signed(first.constat, keys[1])
    once = gathered([], [first])
    assert gathered(once, [first, again]) == once
    unsigned = signed(first.constat, None)
    assert gathered(gathered([], [unsigned]), [first]) == once


def test_an_assumed_rule_alone_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sge_sim.domaine.temoignages.observed_rules", lambda: {RULE})
    assert provenance_of(RULE, "assumed") == "observed"
    assert provenance_of(RULE, "documented") == "documented"
    assert provenance_of(OTHER, "assumed") == "assumed"


def test_the_records_that_come_with_it_can_be_read() -> None:
    assert all(isinstance(each, Rassemble) for each in read_rassembles())


def test_the_commands_show_verify_and_gather(tmp_path: Path, keys: list[Path]) -> None:
    first, second = (
        kept(tmp_path, record(key), f"{rank}.json") for rank, key in enumerate((keys[0], None))
    )
    shown = type_command("confronte", "show", str(first))
    assert shown.returncode == 0
    assert "3 échanges comparés (2026-03)." in shown.stdout
    assert RULE in shown.stdout
    verified = type_command("confronte", "verify", str(first), str(second))
    assert "intact, non signé" in verified.stdout
    together = tmp_path / "ensemble.jsonl"
    for _ in range(2):
        done = type_command("confronte", "gather", str(first), str(second), "--dans", str(together))
        assert done.returncode == 0
    assert len(together.read_text().splitlines()) == 2
    assert "2 témoignages, dont 0 nouveau." in done.stdout
    first.write_bytes(first.read_bytes().replace(b"2026-03", b"2026-02"))
    refused = type_command("confronte", "verify", str(first))
    assert refused.returncode == 2
    assert "a été modifié" in refused.stderr
    assert Counter(done.stdout.split())["confirment,"] == 1


def test_a_key_is_never_written_over_nor_any_file_taken_for_one(
    tmp_path: Path, keys: list[Path]
) -> None:
    done = type_command("confronte", "key", str(keys[0]))
    assert done.returncode == 2
    assert "existe déjà" in done.stderr
    other = tmp_path / "autre.pem"
    other.write_text("rien")
    with pytest.raises(UsageError, match="Ed25519"):
        record(other)
