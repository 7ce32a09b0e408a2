"""Scores what a parser understood of the published files against what was true.

A row tells a value, as its file writes it: `point`, `registre` (as `sge_sim.flux.lignes` names it),
`horodate`, `valeur`; of which `flux` it is where two have the same; and, in `defaut`, the sort of
defect that the parser saw there. A row with a `fichier` and a `defaut` alone is of a whole file.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content, secret_of
from sge_sim.flux.instants import read_stamp
from sge_sim.flux.lecteur import form_of
from sge_sim.flux.lignes import lignes_of
from sge_sim.flux.ouverture import MembreLu, read_document, read_members
from sge_sim.tables.defauts import files_with_defauts

SAIN: Final = "sans défaut"
COLONNES: Final = ("flux", "point", "registre", "horodate", "valeur", "defaut", "fichier")
_AUTRES: Final = {"grandeur": "registre", "prm": "point"}
ISSUES: Final = ("trouvés", "manqués", "inventés", "faux")
_ENTIER: Final = re.compile(r"-?[0-9]+\.0+")
CleDeValeur = tuple[str, str, str]
"""A point, a register, a stamp: as legal time reads it, the same for both hours that autumn lives
twice."""


@dataclass(frozen=True)
class LigneNotee:
    """A row of a parser, and its line."""

    ligne: int
    said: Mapping[str, str]

    @property
    def cle(self) -> CleDeValeur:
        """The value that it is of."""
        return key_of(self.said["point"], self.said["registre"], self.said["horodate"])


@dataclass
class Vrai:
    """What is true of a value: what it may be read as, in how many files it is written, how many
    times it must be read, the defects that were put there."""

    valeurs: set[str] = field(default_factory=set)
    ecrits: int = 0
    attendus: int = 1
    classes: set[str] = field(default_factory=set)


@dataclass
class Verite:
    """What is true of published files, by flux then by value; `fichiers`: the defects of whole
    files, by name."""

    valeurs: dict[str, dict[CleDeValeur, Vrai]] = field(default_factory=dict)
    fichiers: dict[str, str] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)

    def add(self, nom: str, flux: str, content: bytes, semes: Sequence[Any]) -> None:
        """Add a file in clear, with what pannes put into it, in the order in which they did."""
        whole = [each.classe for each in semes if each.champ == "fichier"]
        if whole:
            self.fichiers[nom] = whole[0]
            return
        found: dict[CleDeValeur, list[str]] = {}
        for membre in read_members(MembreLu((nom,), content)):
            kind, _, root = read_document(membre.noms[-1], membre.content)
            forme = form_of(kind, root)
            for ligne in lignes_of(forme, forme.as_tree(root)[0]) if forme else ():
                self.points.add(ligne.prm)
                if ligne.valeur is not None:
                    key = key_of(ligne.prm, ligne.registre, ligne.horodate)
                    found.setdefault(key, []).append(ligne.valeur)
        classes: dict[CleDeValeur, set[str]] = {}
        for each in reversed(semes):  # what came last is taken back first
            key = key_of(each.prm, each.registre, each.horodate)
            classes.setdefault(key, set()).add(each.classe)
            written = found.setdefault(key, [])
            if each.ecrit is None:
                written.append(each.vrai)
            elif each.champ == "valeur" and each.ecrit in written:
                written[written.index(each.ecrit)] = each.vrai
            elif each.classe == "ligne_doublee" and each.vrai in written:
                written.remove(each.vrai)
        mine = self.valeurs.setdefault(flux, {})
        for key, written in found.items():
            vrai = mine.setdefault(key, Vrai())
            vrai.valeurs.update(written)
            vrai.ecrits += len(written)
            vrai.classes |= classes.get(key, set())
            if len(written) > 1 and len(read_stamp(key[2]).instants) > 1:
                vrai.attendus = 2


@dataclass
class Score:
    """What came of it, by class: how many were found, missed, invented, wrong; `lignes`: what is
    said of rows, in French."""

    issues: dict[str, Counter[str]] = field(default_factory=dict)
    lignes: list[str] = field(default_factory=list)
    lus: int = 0

    def count(self, classe: str, issue: str) -> None:
        """Count one more."""
        self.issues.setdefault(classe, Counter())[issue] += 1

    @property
    def perfect(self) -> bool:
        """Whether nothing is to be said."""
        wrong = sum(each[issue] for each in self.issues.values() for issue in ISSUES[1:])
        return not (wrong or self.lignes)


def key_of(point: str, registre: str, horodate: str) -> CleDeValeur:
    """Return the key of a value, whose stamp may be written in any way that files have."""
    lue = read_stamp(horodate.strip())
    return point, registre, horodate if lue.faute == "date" else lue.legale.isoformat()


def read_rows(text: str) -> tuple[list[LigneNotee], list[str]]:
    """Return the rows of a parser, CSV (`;` or `,`) or NDJSON, and what is said of those that can't
    be read, in French.

    Raises `UsageError` where none can.
    """
    text = text.removeprefix("\ufeff")
    raw = _ndjson(text) if text.lstrip().startswith("{") else _table(text)
    rows, said, unknown = list[LigneNotee](), list[str](), set[str]()
    for line, row in raw:
        if isinstance(row, str):
            said.append(f"ligne {line} : {row}")
            continue
        named = {_AUTRES.get(str(n), str(n)): _text(v) for n, v in row.items() if n is not None}
        for name in [name for name in named if name not in COLONNES and name not in unknown]:
            unknown.add(name)
            known = ", ".join(COLONNES)
            said.append(f"ligne {line} : la colonne {name} est inconnue, parmi {known}")
        full = {name: named.get(name, "") for name in COLONNES}
        of_file = full["fichier"] and full["defaut"] and not full["point"]
        missing = [name for name in ("point", "registre", "horodate") if not full[name]]
        if None in row:
            said.append(f"ligne {line} : il y a plus de cellules que de colonnes")
        elif missing and not of_file:
            said.append(f"ligne {line} : il manque {', '.join(missing)}")
        else:
            rows.append(LigneNotee(line, full))
    if not rows:
        wanted = "point, registre, horodate et valeur"
        first = f" ({said[0]})" if said else ""
        raise UsageError(
            f"Aucune ligne n'a pu être lue : donner {wanted}, en CSV ou NDJSON{first}."
        )
    return rows, said


def _table(text: str) -> Iterator[tuple[int, Any]]:
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, ""), delimiter=";" if ";" in head else ",")
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        yield reader.line_num + 1, f"ce n'est pas du CSV ({error})"


def _ndjson(text: str) -> Iterator[tuple[int, Any]]:
    for line, each in enumerate(text.split("\n"), 1):
        if each.strip():
            try:
                row = json.loads(each)
            except (ValueError, RecursionError):
                row = None
            yield line, row if isinstance(row, dict) else "ce n'est pas un objet JSON"


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list | bool):
        return ""
    text = str(value).strip()
    return text.rstrip("0").removesuffix(".") if _ENTIER.fullmatch(text) else text


def verite_of(session: Session, data_dir: Path, contrat_id: str | None = None) -> Verite:
    """Return what is true of the files that were made, of a contract or of all: one that a panne
    held back for good is a defect of its own.

    Raises `UsageError` for a contract that doesn't exist, and for a file that its keys don't open.
    """
    if contrat_id is not None:
        secret_of(session, contrat_id)
    verite = Verite()
    for fichier, semes in files_with_defauts(session, contrat_id):
        if fichier.etat == "echec" and fichier.panne is not None:
            verite.fichiers[fichier.nom] = "manquant"
            continue
        empty = any(each.champ == "fichier" for each in semes)
        content = b"" if empty else clear_content(session, data_dir, fichier)
        verite.add(fichier.nom, fichier.publication.flux, content, semes)
        verite.points.update(fichier.prms.split())
    return verite


def score(verite: Verite, lus: Sequence[LigneNotee]) -> Score:
    """Return what a parser's rows are worth."""
    made = Score(lus=len(lus))
    by_key: dict[tuple[str, CleDeValeur], list[LigneNotee]] = {}
    seen: dict[str, set[str]] = {}
    for lu in lus:
        if not lu.said["point"]:
            _of_file(verite, lu, made, seen)
            continue
        if lu.said["point"] not in verite.points:
            made.lignes.append(f"ligne {lu.ligne} : le point {lu.said['point']} est inconnu")
            continue
        wanted = lu.said["flux"]
        if wanted and wanted not in verite.valeurs:
            made.lignes.append(f"ligne {lu.ligne} : le flux {wanted} n'a aucun fichier")
            continue
        flux = [each for each in verite.valeurs if wanted in ("", each)]
        places = [each for each in flux if lu.cle in verite.valeurs[each]]
        if not places:
            made.count(lu.said["defaut"] or SAIN, "inventés")
        # Without its flux it is of all that have it.
        for each in places:
            by_key.setdefault((each, lu.cle), []).append(lu)
    for nom, vrais in verite.valeurs.items():
        for cle, vrai in vrais.items():
            _judge(vrai, by_key.get((nom, cle), []), made)
    for nom, classe in verite.fichiers.items():
        flagged = seen.get(nom, set())
        issue = "trouvés" if classe in flagged else "faux" if flagged else "manqués"
        made.count(classe, issue)
    return made


def _of_file(verite: Verite, lu: LigneNotee, made: Score, seen: dict[str, set[str]]) -> None:
    """Note what a row says of a file: by its name, or the beginning of it up to a `_`."""
    said = lu.said["fichier"]
    found = [
        nom for nom in verite.fichiers if nom == said or nom.startswith(said.rstrip("_") + "_")
    ]
    if len(found) == 1:
        seen.setdefault(found[0], set()).add(lu.said["defaut"])
    else:
        made.count(lu.said["defaut"], "inventés")


def _judge(vrai: Vrai, lus: Sequence[LigneNotee], made: Score) -> None:
    """Count what was read of a value."""
    flags = {lu.said["defaut"] for lu in lus} - {""}
    read = [lu.said["valeur"] for lu in lus if lu.said["valeur"] and not lu.said["defaut"]]
    for classe in flags - vrai.classes:
        made.count(classe, "inventés")
    right = set(read) <= vrai.valeurs and len(read) <= vrai.ecrits
    for classe in vrai.classes or {SAIN}:
        if classe in flags or (flags and (classe == SAIN or flags & vrai.classes)):
            issue = "trouvés"  # what was seen elsewhere on it is counted above
        elif len(read) < vrai.attendus:
            issue = "manqués"
        else:
            issue = "trouvés" if right else "faux"
        made.count(classe, issue)
