"""Judges files that anybody made: their form, by their schema, then what they say."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.flux.controles import POINTS, ControleFlux, EcartFlux
from sge_sim.flux.controles_fichiers import DOSSIERS, FICHIERS, DossierFlux, ResumeFlux
from sge_sim.flux.lecteur import FichierLu, FormeFlux, as_tree, form_of
from sge_sim.flux.ouverture import (
    MembreLu,
    Repetitions,
    read_document,
    read_members,
    schema_mistakes,
    xsd_mistakes,
)
from sge_sim.machine.documents import parse_json

_SHOWN: Final = 5
"""How many places are shown of what a check found."""
CLES: Final = ControleFlux[Any](
    "cles", "un objet JSON a chaque clé une fois", "RFC 8259 §4", "documented", lambda _: ()
)


@dataclass
class ConstatsFlux:
    """What was found wrong: sentences, by the check that found them."""

    found: dict[str, tuple[ControleFlux[Any], list[EcartFlux], int]] = field(default_factory=dict)

    def add(self, controle: ControleFlux[Any], ecarts: Iterable[EcartFlux]) -> None:
        for ecart in ecarts:
            _, kept, count = self.found.get(controle.nom, (controle, [], 0))
            self.found[controle.nom] = (controle, [*kept, ecart][:_SHOWN], count + 1)

    def lines(self, source: str) -> Iterator[str]:
        """Yield each remark: its place, what is wrong, the rule, who says so."""
        for controle, ecarts, count in self.found.values():
            for lieu, phrase in ecarts:
                who = "supposé" if controle.provenance == "assumed" else controle.source or source
                yield f"{lieu} : {phrase} [{controle.attendu} ; {who}]"
            if count > len(ecarts):
                yield f"et {count - len(ecarts)} de plus [{controle.attendu}]"


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
        for membre in read_members(nom, content):
            yield self._judge(membre)

    def _judge(self, membre: MembreLu) -> VerdictFlux:
        nom, again = membre.noms[-1], Repetitions()
        kind, texte, root = read_document(nom, membre.content, again)
        forme = form_of(kind, root)
        if forme is None:
            raise UsageError(f"{nom} : ce document n'est le fichier d'aucun flux connu.")
        tree, mistakes = as_tree(forme, root)
        ecarts = [*mistakes, *_mistakes(forme, kind, tree)]
        constats = ConstatsFlux()
        if self.content and not ecarts:
            constats.add(CLES, (("JSON", f"clé répétée dans {each}") for each in again))
            self._look(FichierLu(membre, forme, texte, tree), constats)
        source = str(forme.declaree["source"])
        return VerdictFlux(nom, forme.nom, ecarts, list(constats.lines(source)))

    def _look(self, fichier: FichierLu, constats: ConstatsFlux) -> None:
        resume = ResumeFlux(fichier)
        self.dossier.fichiers.append(resume)
        for point in fichier.points():
            for check in POINTS.controles:
                constats.add(check, check.cherche(point))
            resume.add(point)
            self.dossier.note(point)
        own = _own(fichier.forme)
        for controle in (*FICHIERS.controles, *(own.FICHIERS.controles if own else ())):
            constats.add(controle, controle.cherche(resume))
        fichier.texte, fichier.membre = "", fichier.membre._replace(content=b"")
        if own is None or fichier.forme.declaree["series"][0]["sorte"] != "rapport":
            fichier.root = None

    def together(self) -> list[str]:
        """Return the remarks on what the files say together."""
        constats, fichiers = ConstatsFlux(), [resume.fichier for resume in self.dossier.fichiers]
        if len({fichier.membre.noms[0] for fichier in fichiers}) > 1:
            modules = dict.fromkeys(own for each in fichiers if (own := _own(each.forme)))
            more = [controle for own in modules for controle in own.DOSSIERS.controles]
            for controle in (*DOSSIERS.controles, *more):
                constats.add(controle, controle.cherche(self.dossier))
        return list(constats.lines("les documents des flux"))


def _own(forme: FormeFlux) -> Any:
    """Return the module of the checks that a form has of its own, None without any."""
    name = forme.declaree.get("controles")
    return import_module(name) if name else None


def _mistakes(forme: FormeFlux, kind: str, tree: Any) -> list[str]:
    schema = forme.schema()
    if schema is None:
        return []
    return (
        xsd_mistakes(schema, tree) if kind == "xml" else schema_mistakes(parse_json(schema), tree)
    )


def is_clear(content: bytes) -> bool:
    """Tell whether a file isn't encrypted: an archive, or a text."""
    try:
        return content[:2] == b"PK" or bool(getincrementaldecoder("utf-8")().decode(content[:4096]))
    except UnicodeDecodeError:
        return False
