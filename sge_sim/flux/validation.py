"""Judges files that anybody made: their form, by their schema, what they say, and whether they go
together."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from typing import Any, Final

import numpy as np
from lxml import etree

from sge_sim.errors import UsageError
from sge_sim.flux.controles import (
    MENSUELLES,
    Releves,
    judge_file,
    judge_point,
    judge_readings,
    releves,
)
from sge_sim.flux.instants import as_legal, legal_midnight
from sge_sim.flux.lecteur import JOUR, EcartFlux, FichierLu, FormeFlux, PointDuFlux, form_of
from sge_sim.flux.ouverture import MembreLu, phrases, read_document, read_members, xsd_mistakes

_PUISSANCES: Final = {"EA": "PA", "ERI": "PRI", "ERC": "PRC"}
_SLACK: Final = {True: 24, False: 1000}
"""How far the sum of a rounded curve may be from an energy, Wh, on a small point or a large one."""
_SHOWN: Final = 5
"""How many places are shown of what breaks a rule."""


@dataclass(frozen=True)
class VerdictFlux:
    """What is said of a document: its form, where it departs from its schema, the remarks."""

    nom: str
    forme: str
    ecarts: list[str]
    remarques: list[str]


@dataclass
class Validation:
    """Judges documents one after the other, then what they say together; `content`: not their form
    alone; `schemas`: by which they are judged instead of ours, by the root of each.

    What two of them say of a point must agree: `faits`, by kind of fact, point, direction and
    quantity, then by day (whole days of a curve, by their step too) or, of a register, by instant;
    each with its place and when its file was made. `demandes`: which of them the files of demands
    tell.
    """

    content: bool = True
    schemas: Mapping[str, Any] = field(default_factory=dict)
    fichiers: list[FichierLu] = field(default_factory=list)
    faits: dict[tuple[Any, ...], dict[Any, tuple[Any, str, str]]] = field(default_factory=dict)
    demandes: list[tuple[FichierLu, tuple[Any, ...], set[Any]]] = field(default_factory=list)
    ecarts: list[EcartFlux] = field(default_factory=list)

    def judge(self, nom: str, content: bytes) -> Iterator[VerdictFlux]:
        """Yield what is said of each document of a file.

        Raises `UsageError` for what can't be read, or is of no flux.
        """
        for membre in read_members(MembreLu((nom,), content)):
            own_name = membre.noms[-1]
            kind, texte, root = read_document(own_name, membre.content)
            forme = form_of(kind, root)
            if self.schemas:
                if kind != "xml" or (nom := etree.QName(root).localname) not in self.schemas:
                    raise UsageError(f"{own_name} : aucun des schémas donnés n'a sa racine.")
                yield VerdictFlux(own_name, nom, xsd_mistakes(self.schemas[nom], root), [])
                continue
            if forme is None:
                raise UsageError(f"{own_name} : ce document n'est le fichier d'aucun flux connu.")
            tree, mistakes = forme.as_tree(root)
            mistakes += forme.mistakes(tree)
            remarques = []
            if self.content and not mistakes:
                fichier = FichierLu(membre, forme, texte, tree)
                remarques = _lines(self._look(fichier), forme.declaree["source"])
            yield VerdictFlux(own_name, forme.nom, mistakes, remarques)

    def _look(self, fichier: FichierLu) -> Iterator[EcartFlux]:
        self.fichiers.append(fichier)
        for point in fichier.points():
            yield from judge_point(fichier, point)
            self._note(fichier, point)
        yield from judge_file(fichier)
        own = _own(fichier.forme)
        if own is not None:
            yield from own.judge_file(fichier)
        fichier.texte, fichier.membre = "", fichier.membre._replace(content=b"")
        if fichier.forme.declaree["series"][0]["sorte"] != "rapport":
            fichier.root = None

    def together(self) -> list[str]:
        """Return the remarks on what the files say together."""
        if len({fichier.membre.noms[0] for fichier in self.fichiers}) < 2:
            return []
        self._derive_energies()
        found = [*self.ecarts, *self._missing(), *_sequences(self.fichiers)]
        index: dict[tuple[Any, ...], Releves] = {}
        for (sorte, *about, registre), facts in self.faits.items():
            for instant, (valeur, lieu, _) in facts.items() if sorte == "index" else ():
                lus = index.setdefault(tuple(about), {})
                lus.setdefault(instant, {})[registre] = (valeur, lieu)
        for (*_, physique, petit), lus in index.items():
            if len({lieu.split(",")[0] for lu in lus.values() for _, lieu in lu.values()}) > 1:
                found += judge_readings(physique, petit, lus)
        for own in {_own(fichier.forme) for fichier in self.fichiers} - {None}:
            found += own.judge_folder(self.fichiers)
        return _lines(found, "les documents des flux")

    def _note(self, fichier: FichierLu, point: PointDuFlux) -> None:
        """Keep what a file says of a point."""
        mine: dict[tuple[Any, ...], set[Any]] = {}
        corrected = fichier.fact("nature") == "Corrigée"
        for key, when, said, lieu in () if corrected else _facts(point):
            where, made = f"{fichier.membre.noms[0]}, {lieu}", str(fichier.creation or "unknown")
            self._agree(key, when, (said, where, made))
            mine.setdefault(key, set()).add(when)
        if fichier.fact("frequence") in (None, "P"):
            self.demandes += [(fichier, key, whens) for key, whens in mine.items()]

    def _agree(self, key: tuple[Any, ...], when: Any, fact: tuple[Any, str, str]) -> None:
        before = self.faits.setdefault(key, {}).setdefault(when, fact)
        if before[0] != fact[0]:
            self.ecarts.append((fact[1], "accord", before[1], when))

    def _derive_energies(self) -> None:
        """Have the energies of small meters agree with what their registers counted from a midnight
        to the next (GUI 0503 §2.5), and the sums of whole days of curves with energies; large
        meters have no other."""
        for key, facts in list(self.faits.items()):
            if key[0] == "index" and key[3:] == ("EA", True, "T"):
                for a, b in pairwise(sorted(facts)):
                    day, gain = as_legal(a).date(), facts[b][0] - facts[a][0]
                    if gain >= 0 and (a, b) == (legal_midnight(day), legal_midnight(day + JOUR)):
                        fact = gain, facts[b][1], max(facts[a][2], facts[b][2])
                        self._agree(("energie", *key[1:3], "PA"), day, fact)
        for key, facts in list(self.faits.items()):
            energies = self.faits.setdefault(("energie", *key[1:4]), {})
            for day, ((energie, _), where, made) in facts.items() if key[0] == "courbe" else ():
                if day not in energies and not key[4]:
                    energies[day] = energie, where, made
                elif day in energies and abs(energie - energies[day][0]) > _SLACK[key[4]]:
                    self.ecarts.append((where, "accord", energies[day][1], day))

    def _missing(self) -> Iterator[EcartFlux]:
        """Yield what a demand doesn't tell within its days, that a file made before it does."""
        for fichier, key, mine in self.demandes:
            creation, first, last = str(fichier.creation or ""), min(mine), max(mine)
            for when, (_, where, made) in self.faits[key].items():
                if when not in mine and first < when < last and made < creation:
                    yield fichier.membre.noms[0], "absent_de", key[1], where, when


def _lines(ecarts: Iterable[EcartFlux], source: str) -> list[str]:
    """Return the remarks, rule by rule: a place, what is wrong, the rule, who says so."""
    by_rule: dict[str, list[str]] = {}
    for lieu, name, *dits in ecarts:
        regle = next(each for each in phrases()["contenu"] if name in each["phrases"])
        rule = f"[{regle['attendu']} ; {regle.get('source', source)}]"
        by_rule.setdefault(rule, []).append(f"{lieu} : {regle['phrases'][name].format(*dits)}")
    for rule, said in by_rule.items():
        more = [f"et {len(said) - _SHOWN} de plus"] * (len(said) > _SHOWN)
        by_rule[rule] = [f"{each} {rule}" for each in (*said[:_SHOWN], *more)]
    return [line for said in by_rule.values() for line in said]


def _own(forme: FormeFlux) -> Any:
    """Return the module of the checks that a form has of its own, None without any."""
    name = forme.declaree.get("controles")
    return import_module(name) if name else None


def is_clear(content: bytes) -> bool:
    """Tell whether a file isn't encrypted: an archive, or a text."""
    try:
        return content[:2] == b"PK" or bool(getincrementaldecoder("utf-8")().decode(content[:4096]))
    except UnicodeDecodeError:
        return False


def _facts(point: PointDuFlux) -> Iterator[tuple[tuple[Any, ...], Any, Any, str]]:
    """Yield what is told of a point: under which key, of when, what, its place.

    What came late, or in several files, isn't a whole day of each curve.
    """
    for serie in point.of("courbe", "energie", "maximum"):
        if serie.dit.get("etape") in ("BEST", "Comptage Corrigé"):
            continue
        physique, unite = str(serie.dit.get("physique")), str(serie.dit.get("unite"))
        times = 1000 if unite.startswith("k") else 1
        about = (serie.sorte, point.prm, serie.dit.get("metier", "CONS"))
        key = (*about, _PUISSANCES.get(physique, physique))
        for day, mine in serie.jours.items():
            known = {v.instant: v.valeur * times for v in mine if v.valeur is not None}
            step = int(min(np.diff(sorted(known)), default=0))
            if serie.sorte != "courbe":
                yield from ((key, day, v.valeur, v.lieu) for v in mine if v.valeur is not None)
            elif step and known.keys() == {*serie.stamps_of(day, step)}:
                said = sum(known.values()) * step / 3600, hash(tuple(known.values()))
                yield (*key, serie.petit, step), day, said, mine[0].lieu
    for (metier, physique, contexte, type_, _, petit), lus in releves(point.of("index")).items():
        if physique in MENSUELLES or contexte not in (None, "COL", "FMR") or type_ == "RM":
            continue
        for instant, lu in lus.items():
            for registre, (valeur, lieu) in lu.items():
                about = ("index", point.prm, metier or "CONS")
                yield (*about, physique, petit, registre), instant, valeur, lieu


def _sequences(fichiers: Sequence[FichierLu]) -> Iterator[EcartFlux]:
    lots: dict[tuple[Any, ...], dict[int, list[FichierLu]]] = {}
    for fichier in fichiers:
        names = fichier.forme.declaree.get("suite" if fichier.recurrent else "lot")
        if names and (sequence := fichier.fact("sequence")):
            key = (fichier.forme.nom, *map(fichier.fact, names))
            lots.setdefault(key, {}).setdefault(int(sequence), []).append(fichier)
    for key, by_rank in lots.items():
        contrats = {each.fact("contrat") for files in by_rank.values() for each in files}
        if len(contrats) > 1:
            yield key[0], "contrats", *sorted(map(str, contrats))[:2]
        last = by_rank[max(by_rank)][0]
        first = 1 if last.fact("frequence") == "P" else min(by_rank)
        for rank in sorted({*range(first, max(by_rank))} - by_rank.keys())[:1]:
            yield last.membre.noms[0], "sequence", f"{rank:05d}"
        for rank, files in by_rank.items():
            outer = sorted({each.membre.noms[0] for each in files})
            parts, whole = {each.fact("rang") for each in files}, files[0].fact("nombre")
            if len(outer) > len(parts):
                yield outer[0], "sequence_prise", f"{rank:05d}"
            elif len(parts) < int(whole or 1):
                yield outer[0], "lot", f"{rank:05d}", whole
