"""Scores what a parser understood of the published files against what was true.

A row tells a value, as its file writes it: `point`, `registre` (as `sge_sim.flux.lignes` names it),
`horodate`, `valeur`; of which `flux` it is where two have the same; and, in `defaut`, the sort of
defect that the parser saw there. A row with a `fichier` and a `defaut` alone is of a whole file.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from sys import intern
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content, secret_of
from sge_sim.flux.instants import as_legal, read_stamp
from sge_sim.flux.lecteur import form_of
from sge_sim.flux.lignes import lignes_of
from sge_sim.flux.ouverture import MembreLu, read_document, read_members
from sge_sim.tables.defauts import files_with_defauts

SAIN: Final = "sans défaut"
COLONNES: Final = ("flux", "point", "registre", "horodate", "valeur", "defaut", "fichier")
_AUTRES: Final = {"grandeur": "registre", "prm": "point"}
ISSUES: Final = ("trouvés", "manqués", "inventés", "faux")
_ENTIER: Final = re.compile(r"-?[0-9]+\.0+")
CleDeValeur = tuple[str, str, str, tuple[int | str, ...]]
"""A flux, a point, a register, when (epoch seconds): two instants where the stamp, without an
offset, is in the hour that autumn lives twice; the text of what is none, as in that which spring
skips."""


@dataclass(slots=True)
class Vrai:
    """What is true of a value: its text each time that files write it, what must be read (of an
    hour that is lived twice; any of them is enough elsewhere), the defects that were put there;
    `lus`: what a parser read, each with the defect that it saw."""

    ecrits: list[str] = field(default_factory=list)
    attendus: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    lus: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Score:
    """What came of it, by class: how many were found, missed, invented, wrong; `lignes`: what is
    said of rows, in French."""

    issues: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lignes: list[str] = field(default_factory=list)

    @property
    def perfect(self) -> bool:
        """Whether nothing is to be said."""
        wrong = sum(each[issue] for each in self.issues.values() for issue in ISSUES[1:])
        return not (wrong or self.lignes)

    def judge(self, vrai: Vrai) -> None:
        """Count what was read of a value, and forget it."""
        flags = {defaut for _, defaut in vrai.lus} - {""}
        # A defect that was seen sets its value aside; one that isn't there doesn't.
        read = [valeur for valeur, defaut in vrai.lus if valeur and defaut not in vrai.classes]
        enough = read and not _beyond(vrai.attendus, read)
        issue = "faux" if _beyond(read, vrai.ecrits) else "trouvés" if enough else "manqués"
        for classe in vrai.classes or {SAIN}:
            self.issues[classe]["trouvés" if classe in flags else issue] += 1
        for classe in flags - vrai.classes:
            self.issues[classe]["inventés"] += 1
        vrai.lus.clear()


@dataclass
class Verite:
    """What is true of published files: `fichiers` the defects of whole files, by name; `points`
    and `flux` of which there are any."""

    valeurs: defaultdict[CleDeValeur, Vrai] = field(default_factory=lambda: defaultdict(Vrai))
    fichiers: dict[str, Vrai] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    flux: set[str] = field(default_factory=set)

    def add(self, nom: str, flux: str, content: bytes, semes: Sequence[Any]) -> None:
        """Add a file in clear, with what pannes put into it, in the order in which they did."""
        self.flux.add(flux)
        for each in semes:
            if each.champ == "fichier":
                self.fichiers[nom] = Vrai(classes={each.classe})
                return
        found: defaultdict[CleDeValeur, list[str]] = defaultdict(list)
        for membre in read_members(MembreLu((nom,), content)):
            kind, _, root = read_document(membre.noms[-1], membre.content)
            forme = form_of(kind, root)
            for ligne in lignes_of(forme, forme.as_tree(root)[0]) if forme else ():
                self.points.add(ligne.prm)
                if ligne.valeur is not None:
                    key = key_of(flux, ligne.prm, ligne.registre, ligne.horodate)
                    found[key].append(ligne.valeur)
        for each in reversed(semes):  # what came last is taken back first
            key = key_of(flux, each.prm, each.registre, each.horodate)
            self.valeurs[key].classes.add(each.classe)
            written = found[key]
            if each.ecrit is None:
                written.append(each.vrai)
            elif each.champ == "valeur" and each.ecrit in written:
                written[written.index(each.ecrit)] = each.vrai
            elif each.classe == "ligne_doublee" and each.vrai in written:
                written.remove(each.vrai)
        for key, written in found.items():
            self.valeurs[key].ecrits += written
            if len(key[-1]) > 1:
                attendus = self.valeurs[key].attendus
                attendus += _beyond(written, attendus)

    def find(self, said: dict[str, str]) -> list[Vrai]:
        """Return what a row is of: of all flux without its own, or a file by its name, whole or to
        a `_`."""
        if not said["point"]:
            nom, start = said["fichier"], said["fichier"].rstrip("_") + "_"
            return [v for n, v in self.fichiers.items() if n == nom or n.startswith(start)]
        found = []
        for flux in [said["flux"]] if said["flux"] else self.flux:
            key = key_of(flux, said["point"], said["registre"], said["horodate"])
            alike, instants = [key], key[-1]
            if key not in self.valeurs and len(instants) > 1:  # which of both hours isn't said
                alike = [(*key[:3], (each,)) for each in instants]
            elif key not in self.valeurs and isinstance(instants[0], int):
                alike = [key_of(*key[:3], as_legal(instants[0]).isoformat())]
            places = [self.valeurs[each] for each in alike if each in self.valeurs]
            places.sort(key=lambda vrai: (said["valeur"] not in vrai.ecrits, len(vrai.lus)))
            found += places[:1]
        return found


def key_of(flux: str, point: str, registre: str, horodate: str) -> CleDeValeur:
    """Return the key of a value, whose stamp may be written in any way that files have."""
    lue = read_stamp(horodate)
    when = lue.instants if lue.faute in (None, "decalage") else (horodate,)
    return intern(flux), intern(point), intern(registre), when


def _beyond(some: Sequence[str], whole: Sequence[str]) -> list[str]:
    """Return what of `some` isn't among `whole`, as many times as it isn't."""
    rest, beyond = [*whole], list[str]()
    for each in some:
        if each in rest:
            rest.remove(each)
        else:
            beyond.append(each)
    return beyond


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
            verite.fichiers[fichier.nom] = Vrai(classes={"manquant"})
            continue
        empty = any(each.champ == "fichier" for each in semes)
        content = b"" if empty else clear_content(session, data_dir, fichier)
        verite.add(fichier.nom, fichier.publication.flux, content, semes)
        verite.points.update(fichier.prms.split())
    return verite


def score(verite: Verite, lignes: Iterable[str]) -> Score:
    """Return what the rows of a parser are worth: the lines of a CSV (`;` or `,`) or of an NDJSON.

    Raises `UsageError` where none can be read.
    """
    made, read = Score(), False
    for numero, said in _read(lignes, made.lignes):
        read, point, flux = True, said["point"], said["flux"]
        if point and point not in verite.points:
            made.lignes.append(f"ligne {numero} : le point {point} est inconnu")
        elif flux and flux not in verite.flux:
            made.lignes.append(f"ligne {numero} : le flux {flux} n'a aucun fichier")
        elif said["valeur"] or said["defaut"]:
            found = verite.find(said)
            if not found or (len(found) > 1 and not point):
                made.issues[said["defaut"] or SAIN]["inventés"] += 1
                continue
            for vrai in found:
                vrai.lus.append((said["valeur"], said["defaut"]))
    if not read:
        first = f" ({made.lignes[0]})" if made.lignes else ""
        raise UsageError(
            "Aucune ligne n'a pu être lue : donner point, registre, horodate et valeur, en CSV ou "
            f"NDJSON{first}."
        )
    for vrai in chain(verite.fichiers.values(), verite.valeurs.values()):
        made.judge(vrai)
    return made


def _read(lignes: Iterable[str], wrong: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows that can be read, with their lines; `wrong` takes what the others have."""
    known: set[str | None] = {None, *COLONNES}
    for numero, row in _raw(iter(lignes)):
        named = {_AUTRES.get(name, name): _text(value) for name, value in row.items()}
        for name in named.keys() - known:
            known.add(name)
            columns = ", ".join(COLONNES)
            wrong.append(f"ligne {numero} : la colonne {name} est inconnue, parmi {columns}")
        said = {name: named.get(name, "") for name in COLONNES}
        missing = [name for name in ("point", "registre", "horodate") if not said[name]]
        of_file = said["fichier"] and said["defaut"] and not said["point"]
        if not row:
            wrong.append(f"ligne {numero} : rien ne s'y lit, ni CSV ni objet JSON")
        elif None in named:
            wrong.append(f"ligne {numero} : il y a plus de cellules que de colonnes")
        elif missing and not of_file:
            wrong.append(f"ligne {numero} : il manque {', '.join(missing)}")
        else:
            yield numero, said


def _raw(lignes: Iterator[str]) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Yield each row with its line, empty where it can't be read."""
    first = next(lignes, "").removeprefix("\ufeff")
    whole = chain([first], lignes)
    if not first.lstrip().startswith("{"):
        reader = csv.DictReader(whole, delimiter=";" if ";" in first else ",")
        try:
            yield from ((reader.line_num, row) for row in reader)
        except csv.Error:
            yield reader.line_num + 1, {}
        return
    for numero, text in enumerate(whole, 1):
        if text.strip():
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):
                row = None
            yield numero, row if isinstance(row, dict) else {}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        value = "" if value is None or isinstance(value, dict | list | bool) else str(value)
    text: str = value.strip()
    return text.rstrip("0").removesuffix(".") if _ENTIER.fullmatch(text) else text
