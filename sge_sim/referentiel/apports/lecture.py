"""Reads files of points as they come, line by line: CSV with a header, or JSON lines.

A line is a physical one: nothing that a point holds takes two. Memory holds one line at a time.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any, Final, Literal, NamedTuple

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.texts import unfit_in
from sge_sim.referentiel.apports.mots import MOTS_PAR_SORTE, KeyTwiceError, no_key_twice

Format = Literal["csv", "jsonl"]

_LINE_MAX: Final = 2**18
_SAVE_AGAIN: Final = "l'enregistrer en UTF-8, en CSV ou en lignes de JSON"
_SEPARATORS: Final = (";", ",", "\t")


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or what is sent in place of one: its name, its bytes in pieces, how it is written.

    Without a format, its first character tells.
    """

    nom: str
    octets: Iterable[bytes]
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Faute:
    """What is wrong on a line, numbered from 1; `mot` names the column, if one is meant.

    A `remarque` is told of a line that is taken all the same.
    """

    source: str
    ligne: int
    mot: str
    phrase: str
    remarque: bool = False

    def __str__(self) -> str:
        place = f", {self.mot}" if self.mot else ""
        kind = " (remarque)" if self.remarque else ""
        return f"{self.source}, ligne {self.ligne}{place}{kind} : {self.phrase}."


@dataclass(slots=True)
class Bilan:
    """The counts of an import: lines read, new points, those already there as given, faults.

    `importe` tells whether what is new is there now; `jours`: new days of measures; `acteurs`: new
    actors; `remarques`: those on lines that were taken; `evenements`: contractual ones.
    """

    lues: int = 0
    nouveaux: int = 0
    inchanges: int = 0
    fautes: int = 0
    importe: bool = False
    jours: int = 0
    acteurs: int = 0
    remarques: int = 0
    evenements: int = 0


def sentence_of_import(bilan: Bilan, *, essai: bool = False) -> str:
    """Return what an import came to, in one sentence."""
    if bilan.fautes and not (bilan.importe or essai):
        return (
            f"{counted(bilan.fautes, 'erreur')} : rien n'est importé ; les corriger, ou importer "
            "le reste par --sauf-erreurs."
        )
    done = "à importer" if essai else "importés" if bilan.nouveaux > 1 else "importé"
    sentence = f"{counted(bilan.nouveaux, 'point')} {done}, {bilan.inchanges} déjà là"
    if bilan.acteurs:
        sentence += f", {counted(bilan.acteurs, 'acteur')}"
    if bilan.evenements:
        sentence += f", {counted(bilan.evenements, 'événement')}"
    if bilan.jours:
        sentence += f", {counted(bilan.jours, 'jour')} de mesures"
    if bilan.remarques:
        sentence += f", {counted(bilan.remarques, 'remarque')}"
    return f"{sentence}, {counted(bilan.fautes, 'erreur')}." if bilan.fautes else f"{sentence}."


ReportFaute = Callable[..., bool]
"""Takes the number of a line, the word that is meant, what is wrong, and whether it is a remark;
returns whether it counts as a fault."""

SorteApport = Literal["points", "jours", "acteurs", "evenements"]


class LigneLue(NamedTuple):
    """A line that was read: its number, whether it is of a point, of a day of its measures, of an
    actor or of an event, its cells by word; an empty cell isn't there."""

    numero: int
    sorte: SorteApport
    cells: Mapping[str, Any]


def read_lignes(source: Source, report: ReportFaute) -> Iterator[LigneLue]:
    """Yield the lines; what can't be read goes to `report`, and reading goes on.

    Raises `UsageError` when the file can't be read at all: no header, an unknown word in it.
    """
    lines = _numbered(source, report)
    first = next(lines, None)
    if first is None:
        raise UsageError(f"{source.nom} est vide : sge-sim points modele donne un modèle.")
    number, text = first
    if (source.format or ("jsonl" if text.startswith("{") else "csv")) == "jsonl":
        yield from _read_json(first, lines, report)
    else:
        separator = max(_SEPARATORS, key=text.count)
        words = _read_header(source, number, text, separator)
        yield from _read_csv(words, separator, lines, report)


def _numbered(source: Source, report: ReportFaute) -> Iterator[tuple[int, str]]:
    """Yield the lines that aren't empty, decoded."""
    for number, line in enumerate(_split(source.octets), 1):
        wrong = f"elle dépasse {_LINE_MAX} octets" if len(line) > _LINE_MAX else ""
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError:
            wrong = wrong or f"elle n'est pas en UTF-8 (Windows-1252 ?) : {_SAVE_AGAIN}"
        if number == 1:
            _check_first(source, line, wrong)
        if wrong:
            report(number, "", wrong)
        elif text.strip():
            yield number, text


def _check_first(source: Source, line: bytes, wrong: str) -> None:
    """Raise `UsageError` for a file that isn't text in UTF-8, or without a header to go on from."""
    if line.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise UsageError(f"{source.nom} est un classeur, ou une archive : {_SAVE_AGAIN}.")
    zeros = line.count(0) / max(len(line), 1)  # of ASCII in UTF-16 a half, in UTF-32 three quarters
    if zeros > 0.3:
        bits = 32 if zeros > 0.6 else 16
        raise UsageError(f"{source.nom} est en UTF-{bits} : {_SAVE_AGAIN}.")
    if wrong and source.format != "jsonl" and not line.startswith(b"{"):
        raise UsageError(str(Faute(source.nom, 1, "", wrong)))


def _split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long, no more than shows that it is."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n") if b"\n" in piece else (rest + piece,)
        yield from whole
        if len(rest) > 2 * _LINE_MAX:
            rest = rest[: _LINE_MAX + 1]
    if rest:
        yield rest


def _read_header(source: Source, number: int, text: str, separator: str) -> Sequence[str]:
    if unfit := unfit_in(text):
        raise UsageError(f"{source.nom}, ligne {number} : {unfit}.")
    try:
        words = [word.strip() for word in next(csv.reader([text], delimiter=separator))]
    except csv.Error as error:
        raise UsageError(f"{source.nom}, ligne {number} : ce n'est pas un en-tête.") from error
    unknown = [word for word in words if word not in _words_of(words)]
    if unknown:
        raise UsageError(
            f"{source.nom}, ligne {number} : « {unknown[0][:40]} » n'est pas une colonne connue ; "
            "sge-sim points modele les donne toutes."
        )
    twice = [word for word, count in Counter(words).items() if count > 1]
    if twice:
        raise UsageError(f"{source.nom}, ligne {number} : la colonne {twice[0]} y est deux fois.")
    if "prm" not in words and _sorte_of(words) != "acteurs":
        raise UsageError(f"{source.nom}, ligne {number} : il manque la colonne prm.")
    return words


def _read_csv(
    words: Sequence[str],
    separator: str,
    lines: Iterator[tuple[int, str]],
    report: ReportFaute,
) -> Iterator[LigneLue]:
    sorte = _sorte_of(words)
    for number, text in lines:
        if '"' in text:
            try:
                cells = next(csv.reader([text], delimiter=separator, strict=True))
            except csv.Error:
                report(number, "", "ses guillemets ne se ferment pas")
                continue
        else:
            cells = text.split(separator)
        if len(cells) != len(words):
            report(
                number,
                "",
                f"elle a {counted(len(cells), 'cellule')} et l'en-tête "
                f"{counted(len(words), 'colonne')}",
            )
            continue
        found = dict(zip(compress(words, cells), filter(None, cells), strict=True))
        if any(map(str.isspace, found.values())):
            found = {word: cell for word, cell in found.items() if not cell.isspace()}
        if unfit_in(text) and (unfit := unfit_in(found)):
            report(number, "", unfit)
            continue
        yield LigneLue(number, sorte, found)


def _read_json(
    first: tuple[int, str],
    lines: Iterator[tuple[int, str]],
    report: ReportFaute,
) -> Iterator[LigneLue]:
    for number, text in chain((first,), lines):
        try:
            found = json.loads(text, object_pairs_hook=no_key_twice)
        except KeyTwiceError as error:
            report(number, str(error)[:40], "cette clé y est deux fois")
            continue
        except (ValueError, RecursionError):
            report(number, "", "ce n'est pas du JSON")
            continue
        if not isinstance(found, dict):
            report(number, "", "un objet JSON est attendu")
            continue
        if ("\\u" in text or unfit_in(text)) and (unfit := unfit_in(found)):
            report(number, "", unfit)
            continue
        unknown = [word for word in found if word not in _words_of(found)]
        if unknown:
            report(number, unknown[0][:40], "cette clé n'est pas connue")
            continue
        yield LigneLue(
            number,
            _sorte_of(found),
            {word: value for word, value in found.items() if value not in (None, "")},
        )


def _sorte_of(words: Collection[str]) -> SorteApport:
    sortes: dict[str, SorteApport] = {"acteur": "acteurs", "nature": "evenements", "jour": "jours"}
    return next((sorte for word, sorte in sortes.items() if word in words), "points")


def _words_of(words: Collection[str]) -> Collection[str]:
    """Return the words that may stand beside these."""
    return MOTS_PAR_SORTE[_sorte_of(words)]
