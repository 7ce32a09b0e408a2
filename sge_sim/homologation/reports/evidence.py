"""The evidence of a campaign: one zip whose manifest gives the SHA-256 of everything in it.

The zip is made of its contents alone, uncompressed and without the time of day, so checking it is
making it again: no byte of it can change unnoticed. That shows an accident or a careless edit;
only the digest, told when the zip was made and kept elsewhere, shows a whole zip made anew.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import is_zipfile

from sge_sim import __version__
from sge_sim.errors import UsageError
from sge_sim.homologation.reports.rapport import Rapport
from sge_sim.machine.documents import member_info, zip_members, zipped
from sge_sim.machine.files import read_user_file

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
