"""What the files of all flux say, in one model: series of dated values, point by point.

The folder of a flux declares how its files are read in `contenu.yaml`, as a list of forms:

- `reconnu` tells the form of a document: the root of an XML, the headings of a CSV, the values of
  fields of a JSON; `schema` is beside. `arbre` names the module that makes a tree of a text.
- `nom` is the shape of its names, archive and member; `fichier` what it says of itself: what both
  name must agree. `valeurs` are those that fields may have together, `couvre` how many days after
  the last that it tells a file leaves; `lot` and `suite` name what has its own sequence numbers.
- `series` say where values stand: `niveaux`, from the outside, each with the fields that are read
  there; `fixe` what is so of all. `trous`: a curve has all steps of its `jours`, `aucun`, `pertes`.

Fields have the same names in all of them; `CLES` are those that tell one series from another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any, Final, NamedTuple

import yaml
from lxml import etree

import sge_sim.flux
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import METIERS
from sge_sim.flux.instants import legal_midnight, read_stamp, read_tampon
from sge_sim.flux.ouverture import MembreLu, schema_mistakes, xsd_mistakes
from sge_sim.machine.documents import parse_json
from sge_sim.machine.once import computed_once

CLES: Final = (
    *("metier", "physique", "unite", "etape", "contexte", "type", "motif", "libelle_motif"),
    *("cote", "calendrier", "libelle_calendrier", "classe", "libelle_classe", "cadran", "mode"),
    *("libelle_metier", "libelle_physique", "code_grille"),
)
"""The fields that tell one series of a point from another."""
_ENTIER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_PAS: Final = re.compile(r"(?:PT)?([0-9]{1,4})M?")
_METIERS: Final = {
    **{name: code for code in METIERS.values() for name in (code, code[0])},
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
    """The values of a point that have `dit` in common, in the order of the file; `fautes`: what
    couldn't be read, with its place."""

    sorte: str
    dit: dict[str, Any]
    vue: Mapping[str, Any]
    lieu: str
    valeurs: list[ValeurDuFlux] = field(default_factory=list)
    fautes: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def petit(self) -> bool | None:
        """Whether it is that of a point of 36 kVA or less; None where nothing tells."""
        rule = self.dit.get("petit")
        if isinstance(rule, Mapping):
            beside = self.valeurs[0].plus if self.valeurs else {}
            said = {**beside, **self.dit}
            return all(re.fullmatch(v, str(said.get(k) or "")) for k, v in rule.items())
        return None if rule is None else rule == "oui"

    @cached_property
    def pas(self) -> list[int]:
        """The step of each value, minutes; 0 where none is told."""
        said = (str(valeur.plus.get("pas", self.dit.get("pas"))) for valeur in self.valeurs)
        return [int(found[1]) if (found := _PAS.fullmatch(each)) else 0 for each in said]

    def borne(self, nom: str) -> int | None:
        """Return an end of its period (`debut`, `fin`), epoch seconds; None without one."""
        texte = self.dit.get(nom)
        if nom == "fin" and "fin_incluse" in self.dit:
            return read_stamp(str(self.dit["fin_incluse"])).instants[-1] + 1
        return None if texte is None else read_stamp(str(texte)).instants[0]


@dataclass
class PointDuFlux:
    """What a file says of a point: its series."""

    fichier: "FichierLu"
    prm: str
    lieu: str
    series: list[SerieDuFlux] = field(default_factory=list)
    by_key: dict[Any, SerieDuFlux] = field(default_factory=dict, repr=False)

    def of(self, *sortes: str) -> list[SerieDuFlux]:
        """Return the series of these kinds."""
        return [serie for serie in self.series if serie.sorte in sortes]


@dataclass(frozen=True)
class FormeFlux:
    """A form of file, as its folder declares it."""

    dossier: str
    nom: str
    declaree: Mapping[str, Any]

    def mistakes(self, tree: Any) -> list[str]:
        """Return where a document differs from the schema that stands beside, in French."""
        name = self.declaree.get("schema")
        if name is None:
            return []
        schema = files(self.dossier).joinpath(name).read_bytes()
        if name.endswith(".xsd"):
            return xsd_mistakes(schema, tree)
        return schema_mistakes(parse_json(schema), tree)

    def recognizes(self, kind: str, root: Any) -> bool:
        """Tell whether a document is of this form, by what is in it."""
        wanted = self.declaree["reconnu"]
        if kind != self.declaree["document"]:
            return False
        if kind == "xml":
            return bool(root.tag == wanted)
        if kind == "csv":
            return bool(root) and f"{';'.join(root[0])};".startswith(f"{wanted};")
        if not wanted or not isinstance(root, dict):
            return isinstance(root, list) and not wanted
        return any(
            leaf(root, path) in values if values else leaf(root, path, str) is not None
            for path, values in wanted.items()
        )

    def named(self, nom: str) -> dict[str, str] | None:
        """Return what the name of an archive or a member says, None for one of another shape."""
        found = re.fullmatch(self.declaree["nom"], nom, re.IGNORECASE if "." in nom else 0)
        if found is None:
            return None
        said = {name.rstrip("_"): value for name, value in found.groupdict().items() if value}
        if "metier" in said:
            said["metier"] = _METIERS[said["metier"]]
        return said


@dataclass
class FichierLu:
    """A document that was read: `dit` is what it says of itself, `repetitions` the keys that come
    again in an object."""

    membre: MembreLu
    forme: FormeFlux
    texte: str
    root: Any
    repetitions: Sequence[str] = ()

    @cached_property
    def dit(self) -> dict[str, str]:
        fields = self.forme.declaree["fichier"].items()
        return {name: v for name, path in fields if (v := leaf(self.root, path, str)) is not None}

    @cached_property
    def noms(self) -> list[tuple[str, dict[str, str] | None]]:
        """The names under which it was found, and what each says."""
        return [(nom, self.forme.named(nom)) for nom in self.membre.noms]

    @cached_property
    def creation(self) -> datetime | None:
        """When it was made, in legal time: as it says, else as its names do."""
        for name, zone in (("creation", PARIS), ("creation_utc", UTC)):
            if name in self.dit:
                naive = read_stamp(self.dit[name]).legale.replace(tzinfo=zone)
                return naive.astimezone(PARIS).replace(tzinfo=None)
        stamps = [said["tampon"] for _, said in self.noms if said and "tampon" in said]
        return read_tampon(stamps[-1]) if stamps else None

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
        vues = [_Vue(each) for each in self.forme.declaree["series"]]
        point: PointDuFlux | None = None
        for nom in dict.fromkeys(vue.levels[0][0] for vue in vues):
            ici = [vue for vue in vues if vue.levels[0][0] == nom]
            for node, lieu in children(self.root, nom, ""):
                path = ici[0].levels[0][1].get("prm")
                prm = leaf(node, path, str) if path else self.dit.get("prm")
                prm = prm or (point.prm if point else "")
                if point is None or point.prm != prm:
                    if point is not None:
                        yield point
                    point = PointDuFlux(self, prm, lieu)
                for vue in ici:
                    vue.read(point, node, lieu)
        if point is not None:
            yield point


class _Vue:
    """Reads the values of one kind from a node of the outermost level."""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self.declared = declared
        self.levels = [next(iter(level.items())) for level in declared["niveaux"]]
        last = self.levels[-1][1]
        self.beside = ["jour", *(name for name in last if name not in ("horodate", "valeur"))]
        self.apart = any(name in CLES or name == "debut" for name in last)
        self.shared: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        self.before: tuple[Any, SerieDuFlux | None] = None, None

    def read(self, point: PointDuFlux, node: Any, lieu: str) -> None:
        """Add to a point what a node says."""
        self.before = None, None
        self._walk(point, 0, node, lieu, dict(self.declared["fixe"]))

    def _walk(self, point: PointDuFlux, rang: int, node: Any, lieu: str, above: Any) -> None:
        fields = self.levels[rang][1].items()
        said = {name: v for name, path in fields if (v := leaf(node, path)) is not None}
        if rang + 1 == len(self.levels):
            self._add(point, lieu, above, said)
            return
        above = {**above, **said}
        for child, place in children(node, self.levels[rang + 1][0], lieu):
            self._walk(point, rang + 1, child, place, above)

    def _add(self, point: PointDuFlux, lieu: str, above: Any, said: dict[str, Any]) -> None:
        serie = self.before[1]
        if serie is None or self.apart or self.before[0] is not above:
            serie = self._serie(point, lieu, above, said)
            self.before = above, serie
        texte, brute = said.get("horodate") or above.get("horodate"), said.get("valeur")
        beside = (above.get("jour"), *map(said.get, self.beside[1:]))
        plus = self.shared.get(beside)
        if plus is None:
            pairs = zip(self.beside, beside, strict=True)
            plus = self.shared[beside] = {name: v for name, v in pairs if v is not None}
        valeur = _integer(brute)
        if valeur is None and brute not in ("", None):
            serie.fautes.append((lieu, f"« {brute} » n'est pas un nombre entier"))
        if texte is None:  # of what isn't measured
            serie.valeurs.append(ValeurDuFlux(lieu, "", 0, valeur, plus))
            return
        stamp = read_stamp(str(texte))
        if stamp.faute:
            serie.fautes.append((lieu, stamp.faute))
            return
        instant = stamp.instants[0]
        if "date_seule" in above:  # of these labels the date alone is right
            instant = legal_midnight(stamp.legale.date())
        elif "soir" in above:
            instant = legal_midnight(stamp.legale.date() + timedelta(1))
        elif len(stamp.instants) > 1 and serie.valeurs and serie.valeurs[-1].instant >= instant:
            instant = stamp.instants[1]
        serie.valeurs.append(ValeurDuFlux(lieu, str(texte), instant, valeur, plus))

    def _serie(
        self, point: PointDuFlux, lieu: str, above: Any, said: dict[str, Any]
    ) -> SerieDuFlux:
        both = {**above, **{n: v for n, v in said.items() if n in CLES or n in ("debut", "fin")}}
        sorte = self.declared["sorte"]
        key = (sorte, *map(both.get, (*CLES, "debut", "fin_incluse")))
        if key not in point.by_key:
            if "cote" in both:
                both["cote"] = str(both["cote"])[:1]
            metier = both.get("metier", both.get("libelle_metier"))
            if metier is not None:
                both["metier"] = _METIERS.get(str(metier), metier)
            where = lieu.rpartition(".")[0] or lieu
            serie = SerieDuFlux(sorte, both, self.declared, where)
            point.by_key[key] = serie
            point.series.append(serie)
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


def leaf(node: Any, path: str, kind: type | None = None) -> Any:
    """Return a field of a node, as text where `kind` says so; None without it."""
    if type(node) is dict and path in node:
        node, path = node[path], ""
    elif isinstance(node, etree._Element):
        return node.get(path[1:]) if path.startswith("@") else node.findtext(path)
    for name in path.split("/") if path else ():
        if isinstance(node, list):
            node = node[int(name)] if name.isdigit() and int(name) < len(node) else None
        else:
            node = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, dict | list):
        return None
    return str(node) if kind is str and node is not None else node


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


def as_tree(forme: FormeFlux, root: Any) -> tuple[Any, Iterable[str]]:
    """Return a document as its form is read, and what is wrong with its layout."""
    if forme.declaree["document"] != "csv":
        return root, ()
    if "arbre" in forme.declaree:
        tree, mistakes = import_module(forme.declaree["arbre"]).tree_of(root)
        return tree, mistakes
    titres, *rows = root
    tree, mistakes = [], []
    for n, row in enumerate(rows, start=2):
        if len(row) != len(titres):
            mistakes.append(f"ligne {n} : {len(row)} colonnes au lieu de {len(titres)}")
        cells = zip(titres, row, strict=False)
        tree.append({"_ligne": n, **{t: None if cell == "null" else cell for t, cell in cells}})
    return {"lignes": tree}, mistakes
