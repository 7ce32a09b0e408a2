"""Judges files that anybody made: their form, by their schema, then what they say."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.flux.controles import judge_file, judge_point
from sge_sim.flux.dossier import DossierFlux
from sge_sim.flux.lecteur import EcartFlux, FichierLu, FormeFlux, form_of
from sge_sim.flux.ouverture import MembreLu, phrases, read_document, read_members

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
    alone."""

    content: bool = True
    dossier: DossierFlux = field(default_factory=DossierFlux)

    def judge(self, nom: str, content: bytes) -> Iterator[VerdictFlux]:
        """Yield what is said of each document of a file.

        Raises `UsageError` for what can't be read, or is of no flux.
        """
        for membre in read_members(MembreLu((nom,), content)):
            own_name = membre.noms[-1]
            kind, texte, root = read_document(own_name, membre.content)
            forme = form_of(kind, root)
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
        self.dossier.fichiers.append(fichier)
        for point in fichier.points():
            yield from judge_point(fichier, point)
            self.dossier.note(fichier, point)
        yield from judge_file(fichier)
        own = _own(fichier.forme)
        if own is not None:
            yield from own.judge_file(fichier)
        fichier.texte, fichier.membre = "", fichier.membre._replace(content=b"")
        if fichier.forme.declaree["series"][0]["sorte"] != "rapport":
            fichier.root = None

    def together(self) -> list[str]:
        """Return the remarks on what the files say together."""
        fichiers = self.dossier.fichiers
        if len({fichier.membre.noms[0] for fichier in fichiers}) < 2:
            return []
        own = [each for each in {_own(fichier.forme) for fichier in fichiers} if each]
        found = [*self.dossier.judge(), *(e for each in own for e in each.judge_folder(fichiers))]
        return _lines(found, "les documents des flux")


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
