"""What the files of all flux say, in one model: series of dated values, point by point.

The folder of a flux declares how its files are read in `contenu.yaml`, as a list of forms:

- `reconnu` tells the form of a document: the root of an XML, the headings of a CSV, the values of
  fields of a JSON; `schema` is beside. `arbre` names the module that makes a tree of a text.
- `nom` is the shape of its names, archive and member; `fichier` what it says of itself: what both
  name must agree. `valeurs` are those that fields may have together, `couvre` how many days after
  the last that it tells a file leaves; `lot` and `suite` name what has its own sequence numbers.
- `series` say where values stand: `niveaux`, from the outside, each with the fields that are read
  there; `fixe` what is so of all. `trous`: a curve has all steps of its `jours`, `aucun`, `pertes`;
  `petit`: by which fields it is of a point of 36 kVA or less; `minuit`: of stamps the date alone is
  right, they are that many midnights later; `negatif`: values may be below zero.

Fields have the same names in all of them; `CLES` are those that tell one series from another.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pkgutil import iter_modules
from typing import Any, Final, NamedTuple

import numpy as np
import yaml
from lxml import etree

import sge_sim.flux
from sge_sim.domaine.nomenclatures import METIERS
from sge_sim.facturation.grammaire import read_by_grammar
from sge_sim.flux.instants import as_legal, legal_midnight, read_stamp
from sge_sim.flux.ouverture import MembreLu, schema_mistakes, table_of
from sge_sim.machine.once import computed_once
from sge_sim.mesures.tableaux import Entiers

EcartFlux = tuple[Any, ...]
"""A place, the name of what is wrong there in `phrases.yaml`, and what the phrase says."""
JOUR: Final = timedelta(1)
CLES: Final = (
    *("metier", "physique", "unite", "etape", "contexte", "type", "motif", "libelle_motif"),
    *("cote", "calendrier", "libelle_calendrier", "classe", "libelle_classe", "cadran", "mode"),
    *("libelle_metier", "libelle_physique", "code_grille", "debut", "fin", "jour"),
)
_ENTIER: Final = re.compile(r"0|-?[1-9][0-9]*")
_PAS: Final = re.compile(r"(?:PT)?([0-9]{1,4})M?")
_METIERS: Final = {
    **{code[0]: code for code in METIERS.values()},
    **{"Consommation": "CONS", "Production": "PROD"},
}


class ValeurDuFlux(NamedTuple):
    """A value and where it stands; `plus`: the fields that stand beside it."""

    lieu: str
    texte: str
    instant: int
    valeur: int | None
    plus: Mapping[str, Any]


@dataclass
class SerieDuFlux:
    """The values of a point that have `dit` in common, in the order of the file; `petit`: whether
    it is known to be of 36 kVA or less; `fautes`: what couldn't be read."""

    sorte: str
    dit: dict[str, Any]
    vue: Mapping[str, Any]
    lieu: str
    petit: bool
    valeurs: list[ValeurDuFlux] = field(default_factory=list)
    fautes: list[EcartFlux] = field(default_factory=list)

    def add(self, lieu: str, texte: str | None, brute: Any, plus: Mapping[str, Any]) -> None:
        """Add a value as it is written, with its stamp: None of what isn't measured."""
        valeur, instant, faute = _integer(brute), 0, None
        if valeur is None and brute not in ("", None):
            self.fautes.append((lieu, "entier", brute))
        elif valeur is not None and valeur < 0 and "negatif" not in self.dit:
            self.fautes.append((lieu, "negatif", valeur))
        if texte is not None:
            legale, (instant, *again), faute = read_stamp(texte)
            if "minuit" in self.dit:
                instant = legal_midnight(legale.date() + self.dit["minuit"] * JOUR)
            elif again and self.valeurs and self.valeurs[-1].instant >= instant:
                (instant,) = again
        if faute:
            self.fautes.append((lieu, faute, texte))
        else:
            self.valeurs.append(ValeurDuFlux(lieu, texte or "", instant, valeur, plus))

    @cached_property
    def pas(self) -> Entiers:
        """The step of each value, seconds: that of its meter where it tells none."""
        texts = [v.plus.get("pas", self.dit.get("pas")) for v in self.valeurs]
        found = {text: _PAS.fullmatch(str(text)) for text in set(texts)}
        usual = 30 if self.petit else 10
        minutes = {text: int(pas[1]) if pas else usual for text, pas in found.items()}
        return 60 * np.array([minutes[text] for text in texts], np.int64)

    @cached_property
    def instants(self) -> Entiers:
        """The instants of its values, epoch seconds."""
        return np.array([v.instant for v in self.valeurs], np.int64)

    @cached_property
    def jours(self) -> dict[date, list[ValeurDuFlux]]:
        """Its values by legal day; steps of a small meter are stamped at their end."""
        found: dict[date, list[ValeurDuFlux]] = {}
        debut, fin, mine, late = 0, 0, list[ValeurDuFlux](), self.sorte == "courbe" and self.petit
        for v in self.valeurs:
            if not debut <= v.instant - late < fin:
                day = as_legal(v.instant - late).date()
                debut, fin = legal_midnight(day), legal_midnight(day + JOUR)
                mine = found.setdefault(day, [])
            mine.append(v)
        return found

    def stamps_of(self, day: date, step: int) -> range:
        """Return the stamps (epoch seconds) of a legal day, by steps of so many seconds."""
        late = step if self.petit else 0
        return range(legal_midnight(day) + late, legal_midnight(day + JOUR) + late, step)


@dataclass
class PointDuFlux:
    """What a file says of a point: its series, by what tells them apart."""

    prm: str
    by_key: dict[tuple[Any, ...], SerieDuFlux] = field(default_factory=dict)

    def of(self, *sortes: str) -> list[SerieDuFlux]:
        """Return the series of these kinds, all without any."""
        return [each for each in self.by_key.values() if not sortes or each.sorte in sortes]


@dataclass(frozen=True)
class FormeFlux:
    """A form of file, as its folder declares it."""

    dossier: str
    nom: str
    declaree: Mapping[str, Any]

    @property
    def outer(self) -> dict[str, str]:
        """The names of what it lists, each with where that says its point."""
        levels = (next(iter(each["niveaux"][0].items())) for each in self.declaree["series"])
        return {nom: paths.get("prm", "") for nom, paths in levels}

    def mistakes(self, tree: Any) -> list[str]:
        """Return where a document differs from the schema that stands beside, or from the grammar
        of facturation that is named, in French."""
        name = self.declaree.get("schema")
        if "grammaire" in self.declaree:
            return read_by_grammar(tree)[3]
        return schema_mistakes(self.dossier, name, tree) if name else []

    def recognizes(self, kind: str, root: Any) -> bool:
        """Tell whether a document is of this form, by what is in it."""
        wanted = self.declaree["reconnu"]
        if kind != self.declaree["document"]:
            return False
        if kind == "xml":
            return bool(root.tag == wanted)
        if kind == "csv":
            return f"{';'.join(root[0])};".startswith(f"{wanted};")
        if isinstance(root, list):
            return not wanted
        return any(
            leaf(root, path) in values if values else leaf(root, path) is not None
            for path, values in dict(wanted).items()
        )

    def as_tree(self, root: Any) -> tuple[Any, list[str]]:
        """Return a document as its form is read, and what is wrong with its layout."""
        if self.declaree["document"] != "csv":
            return root, []
        if "arbre" in self.declaree:
            found: tuple[Any, list[str]] = import_module(self.declaree["arbre"]).tree_of(root)
            return found
        lignes, mistakes = table_of(root[0], root[1:], 2)
        return {"lignes": lignes}, mistakes

    def named(self, nom: str) -> dict[str, str] | None:
        """Return what the name of an archive or a member says, None for one of another shape."""
        found = re.fullmatch(self.declaree["nom"], nom, re.IGNORECASE if "." in nom else 0)
        said = {n.rstrip("_"): v for n, v in found.groupdict().items() if v} if found else None
        if said and "metier" in said:
            said["metier"] = _METIERS[said["metier"]]
        return said


@dataclass
class FichierLu:
    """A document that was read, and what is kept of it: its points, and the last instant that it
    tells of (epoch seconds)."""

    membre: MembreLu
    forme: FormeFlux
    texte: str
    root: Any
    prms: list[str] = field(default_factory=list)
    dernier: int = 0

    @cached_property
    def dit(self) -> dict[str, str]:
        """What it says of itself."""
        paths = self.forme.declaree["fichier"].items()
        return {n: str(v) for n, path in paths if (v := leaf(self.root, path)) is not None}

    @cached_property
    def noms(self) -> list[tuple[str, dict[str, str] | None]]:
        """The names under which it was found, and what each says."""
        return [(nom, self.forme.named(nom)) for nom in self.membre.noms]

    @cached_property
    def creation(self) -> datetime | None:
        """When it was made, in legal time: as it says, else as its names do."""
        if "creation" not in self.dit:
            return read_stamp(tampon).legale if (tampon := self.fact("tampon")) else None
        legale = read_stamp(self.dit["creation"]).legale
        utc = "creation_utc" in self.forme.declaree
        return as_legal(int(legale.replace(tzinfo=UTC).timestamp())) if utc else legale

    @property
    def recurrent(self) -> bool:
        """Whether it tells what came in since the last, whenever it was measured."""
        return "suite" in self.forme.declaree and self.fact("frequence") != "P"

    def fact(self, name: str) -> str | None:
        """Return what the document says of itself, or its names do."""
        said = [self.dit, *(facts for _, facts in reversed(self.noms) if facts)]
        return next((facts[name] for facts in said if name in facts), None)

    def points(self) -> Iterator[PointDuFlux]:
        """Yield what it says, point by point, in its order."""
        vues = [VueDuFlux(each) for each in self.forme.declaree["series"]]
        nodes = (
            (str(leaf(node, path) or self.dit.get("prm", "")), nom, node, lieu)
            for nom, path in self.forme.outer.items()
            for node, lieu in children(self.root, nom, "")
        )
        for prm, mine in groupby(nodes, itemgetter(0)):
            point = PointDuFlux(prm)
            for _, nom, node, lieu in mine:
                for vue in vues:
                    if vue.levels[0][0] == nom:
                        vue.add(point, node, lieu)
            last = (v.instant for serie in point.of() for v in serie.valeurs[-1:])
            self.dernier = max([self.dernier, *last])
            self.prms.append(prm)
            yield point


class VueDuFlux:
    """Reads the values of one kind from a node of the outermost level."""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self.declared = declared
        self.levels = [next(iter(level.items())) for level in declared["niveaux"]]
        self.apart = not {*CLES}.isdisjoint(self.levels[-1][1])

    def rows(
        self, node: Any, lieu: str, above: Any, rang: int = 0
    ) -> Iterator[tuple[str, Any, Any]]:
        """Yield each value that a node of a level leads to: its place, the fields of the levels
        above, its own."""
        nom, paths = self.levels[rang]
        for child, place in children(node, nom, lieu) if rang else ((node, lieu),):
            said = fields_of(child, paths)
            if rang + 1 == len(self.levels):
                yield place, above, said
            else:
                yield from self.rows(child, place, {**above, **said}, rang + 1)

    def add(self, point: PointDuFlux, node: Any, lieu: str) -> None:
        """Add to a point what a node says."""
        before, serie = None, None
        for place, above, said in self.rows(node, lieu, self.declared["fixe"]):
            if serie is None or self.apart or before is not above:
                before, serie = above, self._serie(point, place, above, said)
            horodate = said.pop("horodate", None) or above.get("horodate")
            serie.add(place, horodate, said.pop("valeur", None), said)

    def _serie(self, point: PointDuFlux, lieu: str, above: Any, said: Any) -> SerieDuFlux:
        dit = {**above, **{name: v for name, v in said.items() if name in CLES}}
        key = (self.declared["sorte"], *map(dit.get, CLES))
        if key not in point.by_key:
            if "cote" in dit:
                dit["cote"] = str(dit["cote"])[:1]
            if metier := dit.get("metier", dit.get("libelle_metier")):
                dit["metier"] = _METIERS.get(str(metier), metier)
            rules = dit.get("petit", {"": "never"}).items()
            beside = {**said, **dit}
            petit = all(re.fullmatch(rule, str(beside.get(n) or "")) for n, rule in rules)
            where = lieu.rpartition(".")[0] or lieu
            point.by_key[key] = SerieDuFlux(key[0], dit, self.declared, where, petit)
        return point.by_key[key]


def children(node: Any, nom: str, lieu: str) -> Iterator[tuple[Any, str]]:
    """Yield the nodes of that name within another, each with its place."""
    if isinstance(node, etree._Element):
        for each in node.iterfind(nom):
            yield each, f"ligne {each.sourceline}"
        return
    found = node if nom == "[]" else node.get(nom) if isinstance(node, dict) else None
    within = "" if nom == "[]" else f"{lieu}.{nom}" if lieu else nom
    if isinstance(found, dict):
        yield found, within
    for rang, each in enumerate(found if isinstance(found, list) else ()):
        if isinstance(each, dict):
            yield each, f"ligne {each['_ligne']}" if "_ligne" in each else f"{within}[{rang}]"


def fields_of(node: Any, paths: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a node that are there."""
    if isinstance(node, etree._Element):
        node = {f"@{n}": v for n, v in node.items()} | {each.tag: each.text for each in node}
    return {
        name: value
        for name, path in paths.items()
        if (value := at_path(node, path) if "/" in path else node.get(path)) is not None
    }


def leaf(node: Any, path: str) -> Any:
    """Return a field of a node, None without it."""
    if isinstance(node, etree._Element):
        return node.findtext(path)
    found = node[path] if isinstance(node, dict) and path in node else at_path(node, path)
    return None if isinstance(found, dict | list) else found


def at_path(node: Any, path: str) -> Any:
    """Return what a path leads to within objects: of a list the first, unless it has its rank."""
    for name in path.split("/"):
        if isinstance(node, list) and not name.isdigit():
            node = node[0] if node else None
        if isinstance(node, list):
            node = node[int(name)] if int(name) < len(node) else None
        else:
            node = node.get(name) if isinstance(node, dict) else None
    return node


def _integer(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _ENTIER.fullmatch(value) else None


@computed_once()
def formes() -> tuple[FormeFlux, ...]:
    """Return the forms that the folders of the flux declare."""
    return tuple(
        FormeFlux(folder.name, declared["forme"], declared)
        for folder in iter_modules(sge_sim.flux.__path__, "sge_sim.flux.")
        if folder.ispkg and files(folder.name).joinpath("contenu.yaml").is_file()
        for declared in yaml.safe_load(files(folder.name).joinpath("contenu.yaml").read_bytes())
    )


def form_of(kind: str, root: Any) -> FormeFlux | None:
    """Return the form of a document, None for what is of no flux."""
    return next((forme for forme in formes() if forme.recognizes(kind, root)), None)
