"""Writes a report: HTML to read, the tracking workbook, JUnit for a build, JSON, the evidence.

Before, what is personal of an actor's own points (PRM, names, addresses, SIRET) is hidden: whoever
knows the points (`Personal`) says which words are, and they are hidden wherever they stand in the
report, in the messages as in what was found, as text, in XML, JSON or a URL.

The evidence is one zip whose manifest gives the SHA-256 of everything in it. It is made of its
contents alone, uncompressed and without the time of day, so checking it is making it again: no byte
of it can change unnoticed. That shows an accident or a careless edit; only the digest, kept
elsewhere when the zip was made, shows a whole zip made anew.
"""

import html
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus
from zipfile import is_zipfile

from sge_sim import __version__
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.answer_paths import leaves, mapped
from sge_sim.homologation.reports.comparaison import find_previous
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.rapport import Rapport, parse_rapport, to_json
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx
from sge_sim.machine import monde
from sge_sim.machine.documents import member_info, zip_members, zipped
from sge_sim.machine.files import check_writable, read_user_file, write_atomically

Personal = Callable[[Collection[str]], Collection[str]]
"""Returns what is personal of the own points that words name."""

_NUMBER: Final = re.compile(r"(?<!\d)\d{14}(?!\d)")
_VALUE: Final = re.compile(r'>([^<>]{3,200})<|"([^"<>]{3,200})"|=([^&"\s<>]{3,200})')
_SHORTEST: Final = 3
_SHOWN: Final = 3
_MASK: Final = "•"


def without_personal(rapport: Rapport, personal: Personal) -> Rapport:
    """Return the report with what is personal of own points hidden."""
    tree = json.loads(to_json(rapport))
    texts = [text for _, text in leaves(tree) if isinstance(text, str)]
    words = {word for text in texts for word in _words(text)}
    hidden = {word for word in personal(sorted(words)) if len(word) >= _SHORTEST}
    if not hidden:
        return rapport
    masks = {form: _mask(word) for word in hidden for form in _forms(word)}
    found = re.compile(
        "|".join(
            rf"(?<!\w){re.escape(form)}(?!\w)" for form in sorted(masks, key=len, reverse=True)
        )
    )

    def hide(value: object) -> object:
        return found.sub(lambda match: masks[match[0]], value) if isinstance(value, str) else value

    return parse_rapport(json.dumps(mapped(tree, hide)))


def _mask(word: str) -> str:
    """Return what stands for a word: the end of a number tells points of a report apart."""
    if word.isdigit():
        return _MASK * (len(word) - _SHOWN) + word[-_SHOWN:]
    return _MASK * _SHOWN


def _forms(word: str) -> set[str]:
    """Return how a word is written in what a report holds."""
    return {
        word,
        html.escape(word),
        html.escape(word, quote=False),
        json.dumps(word)[1:-1],
        json.dumps(word, ensure_ascii=False)[1:-1],
        quote(word),
        quote_plus(word),
    }


def _words(text: str) -> Iterator[str]:
    """Yield what may name a point in a text."""
    yield from _NUMBER.findall(text)
    for found in _VALUE.finditer(text):
        word = next(group for group in found.groups() if group is not None).strip()
        yield html.unescape(word)


MANIFEST: Final = "manifeste.json"
MAX_BYTES: Final = 256 * 2**20


def pack(rapport: Rapport, files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the zip of `files` and of the messages of each run, and its SHA-256 in hexadecimal."""
    content = dict(files)
    for each in rapport.executions:
        for suffix, message in (("demande", each.requete), ("reponse", each.reponse)):
            if message:
                kind = "xml" if message.startswith("<") else "txt"
                content[f"echanges/{each.cle}-{suffix}.{kind}"] = message.encode()
    manifest = {
        "sge_sim": __version__,
        "release": rapport.release,
        "sha256": {name: sha256(data).hexdigest() for name, data in sorted(content.items())},
    }
    content[MANIFEST] = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    evidence = _zipped(content)
    return evidence, sha256(evidence).hexdigest()


def read_evidence(path: Path) -> bytes:
    """Return the zip that a user names, `-` for the standard input.

    Raises `UsageError` for what can't be read, or is too large to be evidence.
    """
    try:
        return read_user_file(path, MAX_BYTES)
    except OSError:
        raise UsageError(f"{path} est illisible : vérifier le chemin et les droits.") from None


def verify(evidence: bytes, path: Path) -> list[str]:
    """Return what is wrong with a zip of evidence, as French sentences; none if nothing is.

    `path` names it in these.
    """
    if not is_zipfile(BytesIO(evidence)):
        return [f"{path} n'est pas un zip, ou sa fin manque."]
    try:
        content = _unzipped(evidence)
        if MANIFEST not in content:
            return [f"{path} n'est pas un zip de preuves, ou son {MANIFEST} a été ôté."]
        digests = json.loads(content[MANIFEST])["sha256"]
        wrong = _compare(digests, content)
    except Exception:  # the manifest may be anything
        return [f"{path} est abîmé : il ne se lit plus en entier."]
    if not wrong and _zipped(content) != evidence:
        wrong = ["L'enveloppe du zip a été modifiée, ou le zip refait par un autre outil."]
    return wrong


def _compare(digests: Mapping[str, str], content: Mapping[str, bytes]) -> list[str]:
    present = content.keys() - {MANIFEST}
    wrong = [f"{name} manque." for name in sorted(digests.keys() - present)]
    wrong += [f"{name} n'est pas au manifeste." for name in sorted(present - digests.keys())]
    wrong += [
        f"{name} a été modifié."
        for name in sorted(present & digests.keys())
        if sha256(content[name]).hexdigest() != digests[name]
    ]
    return wrong


def _zipped(content: Mapping[str, bytes]) -> bytes:
    return zipped((member_info(name, stored=True), data) for name, data in sorted(content.items()))


def _unzipped(evidence: bytes) -> dict[str, bytes]:
    members = list(zip_members(evidence))
    if len({info.filename for info, _ in members}) != len(members):
        raise ValueError("a name is there twice")
    if sum(info.file_size for info, _ in members) > MAX_BYTES:
        raise ValueError("its contents are too large")
    return {info.filename: read() for info, read in members}


EVIDENCE_NAME = "preuves.zip"


@dataclass(frozen=True)
class WrittenReports:
    """Where the reports are. `empreinte` is the SHA-256 of the evidence, to be kept elsewhere."""

    folder: Path
    preuves: Path
    empreinte: str

    def __str__(self) -> str:
        return (
            f"Rapport : {self.folder / 'rapport.html'}\nPreuves : {self.preuves}\n"
            f"Empreinte des preuves, à garder ailleurs : {self.empreinte}"
        )


def prepare_folder(folder: Path) -> None:
    """Make the folder of a report; raises what writing there would, before a campaign is run."""
    monde.mkdir(folder, parents=True, exist_ok=True)
    check_writable(folder / EVIDENCE_NAME)


def write_reports(
    rapport: Rapport, folder: Path, personal: Personal | None = None
) -> WrittenReports:
    """Write every form of `rapport` into `folder`, made if need be; what is there is replaced.

    The page shows what changed since the last report of the same client, in `folder` or beside it.
    With `personal`, what it finds in it of an actor's own points is hidden in all of them.
    """
    prepare_folder(folder)
    if personal is not None:
        rapport = without_personal(rapport, personal)
    files: Mapping[str, bytes] = {
        "rapport.html": render_html(rapport, find_previous(rapport, folder)).encode(),
        "suivi.xlsx": render_xlsx(rapport),
        "junit.xml": render_junit(rapport),
        "rapport.json": to_json(rapport),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    evidence, fingerprint = pack(rapport, files)
    write_atomically(folder / EVIDENCE_NAME, evidence)
    return WrittenReports(folder, folder / EVIDENCE_NAME, fingerprint)
