"""Exchanges are read from folders of pairs, HAR files, journals and masked files."""

import base64
import json
from pathlib import Path

import pytest
from abime import echanges
from typed_commands import type_command

from sge_sim.confronte.paires import Ecartes, Paire
from sge_sim.confronte.sources import line_of, read_sources
from sge_sim.errors import UsageError

PAIRE = next(each for each in echanges() if each.statut == 200)
OTHER = next(each for each in echanges() if each.statut == 500)


def read(path: Path) -> tuple[list[Paire], Ecartes]:
    bilan = Ecartes()
    return read_sources([path], bilan), bilan


def same(found: Paire, wanted: Paire) -> None:
    assert (found.chemin, found.requete) == (wanted.chemin, wanted.requete)
    assert found.reponse == wanted.reponse


def test_a_folder_of_pairs_with_and_without_headers(tmp_path: Path) -> None:
    (tmp_path / "1-requete.xml").write_bytes(PAIRE.requete)
    (tmp_path / "1-reponse.xml").write_bytes(PAIRE.reponse)
    (tmp_path / "1-entetes.txt").write_text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nDate: Wed, 04 Mar 2026 09:00:00 GMT\r\n"
    )
    (tmp_path / "request_2.xml").write_bytes(OTHER.requete)
    (tmp_path / "response_2.xml").write_bytes(
        b"HTTP/1.1 500 Oops\r\nContent-Type: text/xml\r\n\r\n" + OTHER.reponse
    )
    (tmp_path / "seule-requete.xml").write_bytes(OTHER.requete)
    found, bilan = read(tmp_path)
    undated, dated = found
    same(dated, PAIRE)
    same(undated, OTHER)
    assert (dated.statut, undated.statut) == (200, 500)
    assert dated.entetes is not None
    assert dated.entetes["content-type"] == "text/xml"
    assert f"{dated.instant}" == "2026-03-04 10:00:00+01:00"
    assert list(bilan.ecartes.values()) == [1]


def test_a_har_file(tmp_path: Path) -> None:
    content = {"text": base64.b64encode(PAIRE.reponse).decode(), "encoding": "base64"}
    entry = {
        "startedDateTime": "2026-03-04T09:00:00Z",
        "request": {
            "url": f"https://sge.example{PAIRE.chemin}",
            "postData": {"text": PAIRE.requete.decode()},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "text/xml"}],
            "content": content,
        },
    }
    path = tmp_path / "capture.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    (found,), _ = read(path)
    same(found, PAIRE)
    assert found.entetes == {"content-type": "text/xml"}


def test_a_journal_as_it_is_shown_in_json(tmp_path: Path) -> None:
    service, _, version = PAIRE.chemin.strip("/").partition("/v")
    row = {
        "kind": "soap",
        "service": service,
        "version": version,
        "instant": "2026-03-04T10:00:00+01:00",
        "http_status": 200,
        "request": PAIRE.requete.decode(),
        "response": PAIRE.reponse.decode(),
    }
    path = tmp_path / "journal.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps({**row, 'kind': 'flux'})}\n")
    (found,), _ = read(path)
    same(found, PAIRE)


def test_what_was_masked_is_read_again(tmp_path: Path) -> None:
    path, masked = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text(line_of(PAIRE) + line_of(OTHER))
    done = type_command("confronte", "mask", str(path), "--sortie", str(masked))
    assert done.returncode == 0
    assert masked.stat().st_mode & 0o777 == 0o600
    found, _ = read(masked)
    assert [each.masque for each in found] == [True, True]
    assert {each.chemin for each in found} == {PAIRE.chemin, OTHER.chemin}


@pytest.mark.parametrize("content", ["", "{}", "[1]", "<html/>", '{"log": {"entries": [{}]}}'])
def test_what_is_no_source_is_said_in_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rien.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=r"rien\.json"):
        read(path)
