"""The lines of the files of all flux, one by one, as they can be compared and changed.

A line is a value: its point, its register (`EA/D/HPB`: the quantity, the side, the class) and its
stamp as the file writes it. `contenu.yaml` of each folder says where they stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from sge_sim.flux.lecteur import FormeFlux, at_path, children, fields_of, leaf

VALEURS: Final = ("courbe", "index", "energie", "maximum", "quantite")
"""The kinds of series whose lines are measures."""


@dataclass(frozen=True)
class Niveau:
    """A node on the way to a value: what holds it, under which name, and where its fields are."""

    parent: Any
    nom: str
    node: Any
    paths: Mapping[str, str]


@dataclass(frozen=True)
class LigneDuFlux:
    """A value; `dit`: its fields and those of the levels above, from the outside `niveaux`."""

    sorte: str
    prm: str
    dit: Mapping[str, Any]
    niveaux: tuple[Niveau, ...]

    @property
    def registre(self) -> str:
        """Its quantity, then the side (D, F, T) and the class or register where it has them."""
        cote = str(self.dit.get("cote") or "")[:1]
        classe = "" if cote == "T" else self.dit.get("classe") or self.dit.get("cadran")
        return "/".join(filter(None, (str(self.dit.get("physique", "")), cote, classe)))

    @property
    def horodate(self) -> str:
        """Its stamp, as it is written."""
        return str(self.dit.get("horodate") or "")

    @property
    def valeur(self) -> str | None:
        """Its value as it is written, None of what isn't measured."""
        value = self.dit.get("valeur")
        return None if value in (None, "") else str(value)

    def level_of(self, champ: str) -> Niveau | None:
        """Return the innermost level that writes a field, None where none does."""
        found = [each for each in self.niveaux if each.paths.get(champ) is not None]
        return found[-1] if found and champ in fields_of(found[-1].node, found[-1].paths) else None


def lignes_of(
    forme: FormeFlux, tree: Any, nom: str = "", nodes: Sequence[Any] = ()
) -> Iterator[LigneDuFlux]:
    """Yield the lines of a document, series after series; of a long one, those of some of the
    nodes alone that it lists under a name."""
    beside = str(leaf(tree, path) or "") if (path := forme.declaree["fichier"].get("prm")) else ""
    for declared in forme.declaree["series"]:
        levels = [next(iter(level.items())) for level in declared["niveaux"]]
        if declared["sorte"] in VALEURS and nom in ("", levels[0][0]):
            said = {"prm": beside, **declared["fixe"]}
            for node in nodes if nom else (child for child, _ in children(tree, levels[0][0], "")):
                yield from _rows(declared["sorte"], tree, node, levels, said)


def _rows(
    sorte: str,
    parent: Any,
    node: Any,
    levels: Any,
    dit: Mapping[str, Any],
    above: tuple[Niveau, ...] = (),
) -> Iterator[LigneDuFlux]:
    (nom, paths), *inner = levels
    said = {**dit, **fields_of(node, paths)}
    niveaux = (*above, Niveau(parent, nom, node, paths))
    if not inner:
        yield LigneDuFlux(sorte, str(said["prm"]), said, niveaux)
        return
    for child, _ in children(node, inner[0][0], ""):
        yield from _rows(sorte, node, child, inner, said, niveaux)


def put(niveau: Niveau, champ: str, value: str) -> None:
    """Write a field, a number where it was one."""
    node, path = niveau.node, niveau.paths[champ]
    if isinstance(node, etree._Element):
        if path.startswith("@"):
            node.set(path[1:], value)
        elif (found := node.find(path)) is not None:
            found.text = value
        return
    outer, _, name = path.rpartition("/")
    holder = at_path(node, outer) if outer else node
    holder[name] = int(value) if isinstance(holder[name], int) else value


def siblings(niveau: Niveau) -> Any:
    """Return what holds a node with those beside it, as a list that can be changed (an element is
    its own); None of a node that stands alone."""
    if isinstance(niveau.node, etree._Element):
        return niveau.node.getparent()
    held = niveau.parent if niveau.nom == "[]" else niveau.parent[niveau.nom]
    return held if isinstance(held, list) else None
