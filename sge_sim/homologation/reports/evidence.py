"""The evidence of a campaign: one zip whose manifest gives the SHA-256 of everything in it.

The zip is made of its contents alone, uncompressed and without the time of day, so checking it is
making it again: no byte of it can change unnoticed. That shows an accident or a careless edit;
only the digest, told when the zip was made and kept elsewhere, shows a whole zip made anew.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from sge_sim import __version__
from sge_sim.errors import UsageError
from sge_sim.homologation.reports.rapport import Rapport

MANIFEST: Final = "manifeste.json"
MAX_BYTES: Final = 256 * 2**20
_MIDNIGHT: Final = (1980, 1, 1, 0, 0, 0)


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


def verify(path: Path) -> list[str]:
    """Return what is wrong with a zip of evidence, as French sentences; none if nothing is.

    Raises `UsageError` for a file that can't be read.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} dépasse 256 Mio : ce n'est pas un zip de preuves.")
        evidence = path.read_bytes()
    except OSError:
        raise UsageError(f"{path} est illisible : vérifier le chemin et les droits.") from None
    if not zipfile.is_zipfile(path):
        return [f"{path} n'est pas un zip, ou sa fin manque."]
    try:
        content = _unzipped(evidence)
        if MANIFEST not in content:
            return [f"{path} n'est pas un zip de preuves, ou son {MANIFEST} a été ôté."]
        digests = json.loads(content[MANIFEST])["sha256"]
        wrong = _compare(digests, content)
    except Exception:  # zipfile has no common one: a damaged byte may raise anything
        return [f"{path} est abîmé : il ne se lit plus en entier."]
    if not wrong and _zipped(content) != evidence:
        wrong = ["L'enveloppe du zip a été modifiée, ou le zip refait par un autre outil."]
    return wrong


def evidence_sha256(path: Path) -> str:
    """Return the SHA-256 of the zip, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(content.items()):
            member = zipfile.ZipInfo(name, _MIDNIGHT)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return buffer.getvalue()


def _unzipped(evidence: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(evidence)) as archive:
        members = archive.infolist()
        if len({each.filename for each in members}) != len(members):
            raise ValueError("a name is there twice")
        if sum(each.file_size for each in members) > MAX_BYTES:
            raise ValueError("its contents are too large")
        return {each.filename: archive.read(each) for each in members}
