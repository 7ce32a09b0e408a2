"""Judges files that anybody made: their form, by their schema, then what they say."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.flux.controles import POINTS, ControleFlux, EcartFlux
from sge_sim.flux.controles_fichiers import DOSSIERS, FICHIERS, DossierFlux, ResumeFlux
from sge_sim.flux.lecteur import FichierLu, FormeFlux, as_tree, form_of
from sge_sim.flux.ouverture import MembreLu, Repetitions, read_document, read_members

_SHOWN: Final = 5
"""How many places are shown of what a check found."""
Constats = dict[ControleFlux[Any], list[EcartFlux]]


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
            own_name, again = membre.noms[-1], Repetitions()
            kind, texte, root = read_document(own_name, membre.content, again)
            forme = form_of(kind, root)
            if forme is None:
                raise UsageError(f"{own_name} : ce document n'est le fichier d'aucun flux connu.")
            tree, mistakes = as_tree(forme, root)
            ecarts, remarques = [*mistakes, *forme.mistakes(tree)], []
            if self.content and not ecarts:
                constats = self._look(FichierLu(membre, forme, texte, tree, again))
                remarques = list(_lines(constats, str(forme.declaree["source"])))
            yield VerdictFlux(own_name, forme.nom, ecarts, remarques)

    def _look(self, fichier: FichierLu) -> Constats:
        resume, constats = ResumeFlux(fichier), Constats()
        self.dossier.fichiers.append(resume)
        for point in fichier.points():
            for check in POINTS:
                constats.setdefault(check, []).extend(check.cherche(point))
            resume.add(point)
            self.dossier.note(point)
        own = _own(fichier.forme)
        for controle in (*FICHIERS, *(own.FICHIERS if own else ())):
            constats[controle] = list(controle.cherche(resume))
        fichier.texte, fichier.membre = "", fichier.membre._replace(content=b"")
        if own is None or fichier.forme.declaree["series"][0]["sorte"] != "rapport":
            fichier.root = None
        return constats

    def together(self) -> list[str]:
        """Return the remarks on what the files say together."""
        fichiers = [resume.fichier for resume in self.dossier.fichiers]
        if len({fichier.membre.noms[0] for fichier in fichiers}) < 2:
            return []
        modules = dict.fromkeys(own for each in fichiers if (own := _own(each.forme)))
        controles = (*DOSSIERS, *(controle for own in modules for controle in own.DOSSIERS))
        constats = {controle: list(controle.cherche(self.dossier)) for controle in controles}
        return list(_lines(constats, "les documents des flux"))


def _lines(constats: Constats, source: str) -> Iterator[str]:
    """Yield each remark: its place, what is wrong, the rule, who says so."""
    for controle, ecarts in constats.items():
        who = "supposé" if controle.provenance == "assumed" else controle.source or source
        for lieu, phrase in ecarts[:_SHOWN]:
            yield f"{lieu} : {phrase} [{controle.attendu} ; {who}]"
        if len(ecarts) > _SHOWN:
            yield f"et {len(ecarts) - _SHOWN} de plus [{controle.attendu}]"


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
