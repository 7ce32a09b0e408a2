"""Where exchanges with a real platform are read: folders of pairs, HAR files, journals.

Raises `UsageError` for a source that can't be read; what is in it but can't be compared is counted,
with why.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sge_sim.clock import PARIS
from sge_sim.confronte.paires import Ecartes, Paire, path_of_request
from sge_sim.errors import UsageError
from sge_sim.journal import RechercheJournal
from sge_sim.machine.documents import parse_json
from sge_sim.machine.files import read_user_file
from sge_sim.operations import State

_LARGEST: Final = 2**29
_MESSAGE: Final = 2**25
_ROLES: Final = {
    **dict.fromkeys(("requete", "request", "demande", "req", "in"), "requete"),
    **dict.fromkeys(("reponse", "response", "answer", "resp", "rep", "out"), "reponse"),
    **dict.fromkeys(("entetes", "headers"), "entetes"),
}
_FILE: Final = re.compile(
    rf"(?P<nom>.*?)[-_. ]?(?P<role>{'|'.join(_ROLES)})(?P<nombre>[-_. ]?\d*)"
    r"\.(xml|txt|http|headers)",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})[^\r\n]*\r?\n")
_PAGE: Final = 500
NO_SERVICE: Final = "n'appellent aucun service connu"
NO_ANSWER: Final = "n'ont pas de réponse, ou pas de demande"


def read_sources(paths: Sequence[Path], bilan: Ecartes) -> list[Paire]:
    """Return the exchanges of all sources, in the order in which they were asked."""
    found = [paire for path in paths for paire in _read(path, bilan)]
    last = datetime.min.replace(tzinfo=PARIS)
    return sorted(found, key=lambda paire: paire.instant or last)


def _read(path: Path, bilan: Ecartes) -> Iterator[Paire]:
    if path.is_dir():
        stored = (path / "journal.db").exists() or (path / "sge-sim.db").exists()
        raw = _of_a_state(path) if stored else _of_a_folder(path, bilan)
    else:
        raw = _of_a_file(path)
    count = 0
    for paire in raw:
        count += 1
        called = paire.chemin if paire.contrat else path_of_request(paire.requete)
        if not paire.requete or not (paire.reponse or paire.statut):
            bilan.leave(NO_ANSWER)
        elif called is None:
            bilan.leave(NO_SERVICE)
        else:
            yield replace(paire, chemin=called)
    if not count:
        raise UsageError(
            f"{path} ne contient aucun échange : donner un dossier de fichiers « …-requete.xml » "
            "et « …-reponse.xml », un fichier HAR, un journal exporté ou un dossier d'état."
        )


def _of_a_folder(folder: Path, bilan: Ecartes) -> Iterator[Paire]:
    together: dict[str, dict[str, Path]] = {}
    for file in sorted(folder.rglob("*")):
        if found := _FILE.fullmatch(file.name):
            name = f"{file.parent}/{found['nom']}/{found['nombre']}"
            together.setdefault(name, {})[_ROLES[found["role"].lower()]] = file
    for files in together.values():
        if {"requete", "reponse"} <= files.keys():
            yield _pair_of(**{role: read_user_file(file, _MESSAGE) for role, file in files.items()})
        else:
            bilan.leave(NO_ANSWER)


def _pair_of(requete: bytes, reponse: bytes, entetes: bytes = b"") -> Paire:
    """Return a pair of files, either of which may begin with the headers of HTTP."""
    _, _, requete = _without_headers(requete)
    statut, known, reponse = _without_headers(reponse)
    if entetes:
        statut, known, _ = _without_headers(entetes.rstrip() + b"\r\n\r\n", forced=True)
    instant = None
    if known and "date" in known:
        try:
            instant = parsedate_to_datetime(known["date"]).astimezone(PARIS)
        except ValueError:
            instant = None
    return Paire("", requete, reponse, instant, statut, known)


def _without_headers(
    message: bytes, *, forced: bool = False
) -> tuple[int, dict[str, str] | None, bytes]:
    first = _STATUS.match(message)
    asked = message.startswith((b"POST ", b"GET "))
    if first is None and not asked and not forced:
        return 0, None, message
    head, _, body = message.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.decode("latin-1").split("\n")
    known = dict(_header(line) for line in lines if ":" in line and not line.startswith("POST"))
    return int(first[1]) if first else 0, known, body


def _header(line: str) -> tuple[str, str]:
    name, _, text = line.partition(":")
    return name.strip().lower(), text.strip()


def _of_a_file(path: Path) -> Iterator[Paire]:
    content = read_user_file(path, _LARGEST)
    try:
        try:
            documents: Any = parse_json(content)
        except ValueError:
            documents = [parse_json(line) for line in content.splitlines() if line.strip()]
        if isinstance(documents, dict) and isinstance(documents.get("log"), dict):
            yield from map(_of_har, documents["log"]["entries"])
            return
        for each in documents if isinstance(documents, list) else [documents]:
            if each.get("kind", "soap") == "soap":
                yield _of_journal(each) if "http_status" in each else paire_of(each)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise UsageError(
            f"{path} n'est ni un fichier HAR, ni un journal exporté, ni un fichier masqué par "
            "sge-sim confronte mask : en donner un."
        ) from error


def _of_har(entry: Mapping[str, Any]) -> Paire:
    request, response = entry["request"], entry["response"]
    content = response.get("content", {})
    text = content.get("text", "")
    body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return Paire(
        urlsplit(request["url"]).path,
        request.get("postData", {}).get("text", "").encode(),
        body,
        datetime.fromisoformat(entry["startedDateTime"]).astimezone(PARIS),
        int(response["status"]),
        {str(each["name"]).lower(): str(each["value"]) for each in response.get("headers", ())},
    )


def _of_journal(row: Mapping[str, Any]) -> Paire:
    return Paire(
        f"/{row['service']}/v{row['version']}",
        (row["request"] or "").encode(),
        (row["response"] or "").encode(),
        datetime.fromisoformat(row["instant"]).astimezone(PARIS),
        int(row["http_status"] or 0),
    )


def _of_a_state(folder: Path) -> Iterator[Paire]:
    journal, last = State(folder).journal, 0
    soap = RechercheJournal(kinds=frozenset({"soap"}))
    while page := journal.find_echanges(soap, limit=_PAGE, after_id=last, with_bodies=True):
        for echange in sorted(page, key=lambda each: each.id):
            last = echange.id
            if echange.origine != "rejeu":
                path = f"/{echange.service}/v{echange.version}"
                bodies = echange.request or b"", echange.response or b""
                instant = echange.instant.astimezone(PARIS)
                yield Paire(path, *bodies, instant, echange.http_status or 0)


def paire_of(row: Mapping[str, Any]) -> Paire:
    """Return an exchange that `line_of` wrote."""
    instant, entetes = row["instant"], row["entetes"]
    return Paire(
        str(row["chemin"]),
        row["requete"].encode(),
        row["reponse"].encode(),
        None if instant is None else datetime.fromisoformat(instant),
        int(row["statut"]),
        None if entetes is None else {str(name): str(entetes[name]) for name in entetes},
        bool(row["masque"]),
    )


def line_of(paire: Paire) -> str:
    """Return an exchange as a line of JSON."""
    known = {
        "chemin": paire.chemin,
        "instant": None if paire.instant is None else paire.instant.isoformat(),
        "statut": paire.statut,
        "entetes": paire.entetes,
        "masque": paire.masque,
        "requete": paire.requete.decode("utf-8", "replace"),
        "reponse": paire.reponse.decode("utf-8", "replace"),
    }
    return json.dumps(known, ensure_ascii=False) + "\n"
