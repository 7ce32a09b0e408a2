"""Examines files as they came: what opens each, then what `Validation` says, then what came twice.

What strangers made is read within bounds, and nothing of it is believed before it is looked at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.flux.chiffrement import BLOC, Chiffrement, decrypt, decrypt_blocks
from sge_sim.flux.lecteur import FormeFlux, children, form_of
from sge_sim.flux.ouverture import (
    OCTETS_AU_PLUS,
    MembreLu,
    phrases,
    read_document,
    read_members,
)
from sge_sim.flux.validation import Validation, VerdictFlux, is_clear

_AT_LEAST, _RATIO = 2**20, 300
"""An archive may hold so many bytes, and so many times its own: those of flux are at 100 at most
(assumed)."""
_END_OF_ZIP: Final = b"PK\x05\x06"
_ZIP: Final = (b"PK\x03\x04", _END_OF_ZIP)
_TEXT: Final = re.compile(rb"(\xef\xbb\xbf)?\s*[<{\[I]")
_COMPANION: Final = "_svc.xml"
"""Beside archives of R50 and R151 (seen by a client)."""
_OF_NONE: Final = "d'aucun flux"
"""What is said of a document that can be read, and has no form."""
_PRINTED: Final = bytes({*range(32, 127), *b"\t\r\n"})
REMEDES: Final[Mapping[str, str]] = phrases()["constats"]
"""The kinds of findings, and what to do, in French."""


@dataclass(frozen=True)
class ConstatFichier:
    """What is found of a file; `genre`: a key of `REMEDES`, empty of a sound one."""

    nom: str
    genre: str
    quoi: str

    def __str__(self) -> str:
        """Say it in a line, in French."""
        quoi = " ".join(self.quoi.split())
        if not self.genre:
            return f"{self.nom} : sain ({quoi})"
        return f"{self.nom} : {self.genre}, {quoi} ; {REMEDES[self.genre]}."


class _FoundError(Exception):
    """Ends the examination of a file by what was found."""


@dataclass
class Docteur:
    """Examines files one after the other, then together; `secrets`: the keys to try, by whose they
    are."""

    secrets: Sequence[tuple[str, Chiffrement]] = ()
    validation: Validation = field(default_factory=Validation)
    seen: dict[bytes, list[tuple[str, ...]]] = field(default_factory=dict)

    def examine(self, nom: str, content: bytes) -> list[ConstatFichier]:
        """Return what is found of a file: one that is sound has a finding without `genre`."""
        if nom.lower().endswith(_COMPANION):
            return [ConstatFichier(nom, "", "fichier d'accompagnement, sans mesure")]
        try:
            how, clear = self._opened(content)
            members = _members(nom, clear)
            self._check_resent(nom, members)
            verdicts = list(self.validation.judge(nom, clear))
        except _FoundError as error:
            return [ConstatFichier(nom, *error.args)]
        except UsageError as error:
            quoi = str(error).removesuffix(".")
            return [ConstatFichier(nom, "inconnu" if _OF_NONE in quoi else "illisible", quoi)]
        except Exception as error:  # whatever a stranger wrote is told, never raised
            return [ConstatFichier(nom, "illisible", f"sa lecture échoue ({type(error).__name__})")]
        found = [each for verdict in verdicts for each in self._said(nom, members, verdict)]
        formes = ", ".join(sorted({verdict.forme for verdict in verdicts}))
        return found or [ConstatFichier(nom, "", f"{formes}, {how}")]

    def together(self) -> Iterator[ConstatFichier]:
        """Yield what the files say together."""
        for line in self.validation.together():
            nom, _, quoi = line.partition(" : ")
            genre = "suite" if "séquence" in quoi or "lot" in quoi else "contenu"
            yield ConstatFichier(nom, genre, quoi)

    def _opened(self, content: bytes) -> tuple[str, bytes]:
        """Return how a file opens, and its bytes in clear."""
        if not content:
            raise _FoundError("vide", "zéro octet")
        if is_clear(content) or _is_text(content):
            archive = content.startswith(_ZIP)
            return f"en clair, {'archive zip' if archive else 'sans archive'}", content
        for whose, secret in self.secrets:
            try:
                clear = decrypt(secret, content)
            except UsageError:
                clear = b""
            if clear.startswith(_ZIP) or _is_text(clear):
                sorte = "archive zip" if clear.startswith(b"PK") else "sans archive"
                return f"{secret.algorithme}, {whose}, {sorte}", clear
            blocks = decrypt_blocks(secret, content)
            ends = _END_OF_ZIP in blocks[-96:] and len(content) % BLOC == 0
            if blocks.startswith(_ZIP) and ends:
                quoi = f"{whose} l'ouvre, et sa fin n'est pas la sienne"
                raise _FoundError("bloc en trop", quoi)
            if blocks.startswith(_ZIP):
                raise _FoundError("tronqué", f"{whose} l'ouvre, et la fin manque")
            if ends:
                raise _FoundError("vecteur", f"{whose} l'ouvre, sauf ses seize premiers octets")
        if len(content) % BLOC:
            raise _FoundError("tronqué", "chiffré, et sa longueur n'est pas un multiple de seize")
        known = f"aucune des {len(self.secrets)} clés connues ne l'ouvre"
        raise _FoundError("clé", f"chiffré, et {known if self.secrets else 'sans clé connue'}")

    def _check_resent(self, nom: str, members: Sequence[MembreLu]) -> None:
        for membre in members:
            mine = self.seen.setdefault(sha256(membre.content).digest(), [])
            for noms in mine:
                if noms[0] != nom and _again(membre, noms):
                    raise _FoundError("renvoi", f"le même contenu que {noms[0]}")
            mine.append(membre.noms)

    def _said(
        self, nom: str, members: Sequence[MembreLu], verdict: VerdictFlux
    ) -> Iterator[ConstatFichier]:
        mine = next((each for each in members if each.noms[-1] == verdict.nom), members[0])
        said = {"schéma": verdict.ecarts, "contenu": verdict.remarques}
        last = [each.prms for each in self.validation.fichiers if each.membre.noms == mine.noms]
        if _is_bare(mine) if any(said.values()) else last and not last[-1]:
            yield ConstatFichier(nom, "sans point", "un en-tête, et aucun point")
            return
        for genre, lines in said.items():
            if lines:
                more = f" (et {len(lines) - 1} de plus : flux validate)" if len(lines) > 1 else ""
                yield ConstatFichier(nom, genre, lines[0] + more)


def _members(nom: str, clear: bytes) -> list[MembreLu]:
    """Return the documents of a file, within bounds."""
    most = min(OCTETS_AU_PLUS, max(_AT_LEAST, _RATIO * len(clear)))
    if clear.startswith(b"PK") and _END_OF_ZIP not in clear[-66_000:]:
        raise _FoundError("tronqué", "archive dont la fin manque")
    try:
        members = list(read_members(MembreLu((nom,), clear), [most]))
    except UsageError as error:
        sentence = str(error)
        if "dépasse" in sentence or "trop de contenu" in sentence:
            quoi = f"archive qui dépasse {_RATIO} fois sa taille, ou trop emboîtée"
            raise _FoundError("bombe", quoi) from None
        kind = "archive vide" if "aucun fichier" in sentence else "archive abîmée"
        raise _FoundError(kind, sentence.removesuffix(".")) from None
    for membre in members:
        if not membre.content:
            raise _FoundError("vide", f"{membre.noms[-1]} y a zéro octet")
        if re.search(b"<!DOCTYPE|<!ENTITY", membre.content[:4096]):
            raise _FoundError("entités", "XML qui déclare une DTD")
    return members


def _is_text(content: bytes) -> bool:
    """Tell whether a file begins as a text, in whatever encoding of a byte each."""
    start = content[:4096]
    return bool(_TEXT.match(start)) and not start.translate(None, _PRINTED)[len(start) // 8 :]


def _forme(membre: MembreLu) -> tuple[FormeFlux | None, object]:
    kind, _, root = read_document(membre.noms[-1], membre.content)
    return form_of(kind, root), root


def _is_bare(membre: MembreLu) -> bool:
    """Tell whether a document has a form, and nothing of what its form lists."""
    forme, root = _forme(membre)
    if forme is None:
        return False
    tree = forme.as_tree(root)[0]
    return not any([*children(tree, nom, "")] for nom in forme.outer)


def _again(membre: MembreLu, noms: tuple[str, ...]) -> bool:
    """Tell whether a document is the one that came under other names: one that doesn't say which
    demand it answers may answer two."""
    forme, _ = _forme(membre)
    if membre.noms[-1] == noms[-1] or forme is None or forme.declaree["fichier"]:
        return True
    mine, other = forme.named(membre.noms[-1]), forme.named(noms[-1])
    return not (mine and other) or mine.get("demande") == other.get("demande")
