"""The trees of the JSON files, and a strict reader made of them.

A line is a member and the type of its value: `list` for a list of objects, whose members are below,
nothing for an object; `*` follows the name of one that is required. They are those of the schemas
0510 to 0513 and 0515 (on demand), 0532 to 0534 (recurrent), which look at the first element of each
list alone; the reader looks at every one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

_HEADER = """
header*
  siDemandeur* str
  typeDestinataire* str
  idDestinataire* str
  codeFlux* str
  idDemande* str
  modePublication* str
  format* str
  publicationCrp str
"""
_ON_DEMAND = f"{_HEADER}  idCanalContact* str"
_RECURRENT = f"""{_HEADER}  idPublication* str
echeances
  type* str
  horodateDebutPublication str
  frequence str"""
_POINT = """
mesures* list
  idPrm* str
  periode*
    dateDebut* str
    dateFin* str
"""
_GRANDEUR = """
  grandeur* list
    grandeurMetier* str
    grandeurPhysique* str
    unite* str
    points* list
      v* str
      d* str"""
_R63 = f"""{_POINT}
  etapeMetier* str
  modeCalcul* str{_GRANDEUR}
      p* str
      n* str
      tc str
      iv int?
      ec int?"""
_VALEUR = """
{0}valeur* list
{0}  d* str
{0}  v* int
{0}  iv* int?"""
_CONTEXTE = """
      grandeurMetier* str
      grandeurPhysique* str
      unite* str"""
_R64 = f"""{_POINT}
  contexte* list
    etapeMetier* str
    contexteReleve* str
    typeReleve* str
    motifReleve str
    grandeur* list{_CONTEXTE}
      calendrier list
        idCalendrier* str
        libelleCalendrier* str
        libelleGrille* str
        classeTemporelle* list
          idClasseTemporelle str
          libelleClasseTemporelle str
          codeCadran str{_VALEUR.format(" " * 10)}
      cadranTotalisateur
        codeCadran* str{_VALEUR.format(" " * 8)}"""
_R65 = f"""{_POINT}
  etapeMetier* str
  typeValeur* str
  modeCalcul* str
  pas* str{_GRANDEUR}"""
_R66 = f"""{_POINT}
  etapeMetier* str
  modeCalcul* str
  pas* str{_GRANDEUR}"""
_R67 = f"""{_POINT}
  contexte* list
    etapeMetier* str
    idMotifReleve* str
    libelleMotifReleve* str
    grandeur* list{_CONTEXTE}
      calendrier* list
        codeGrille str
        libelleGrille* str
        codeCalendrier str
        libelleCalendrier str
        classeTemporelle* list
          idClasseTemporelle* str
          libelleClasseTemporelle* str
          quantite* list
            dateCreation* str
            dbtMesure* str
            finMesure* str
            quantite* int
            codeNature str
            libelleNature* str
            codeStatut str
            libelleStatut* str"""
TREES: Final = {
    "R63": _ON_DEMAND + _R63,
    "R64": _ON_DEMAND + _R64,
    "R65": _ON_DEMAND + _R65,
    "R66": _ON_DEMAND + _R66,
    "R67": _ON_DEMAND + _R67,
    "R63A": _RECURRENT + _R63,
    "R63B": _RECURRENT + _R63,
    "R64A": _RECURRENT + _R64,
    "R64B": _RECURRENT + _R64,
    "R66B": _RECURRENT + _R66,
}


@dataclass
class Member:
    """What the value of a member is, and what is below it."""

    type: str
    required: bool = False
    members: dict[str, "Member"] = field(default_factory=dict)


@cache
def read_tree(code_flux: str) -> Member:
    """Return the tree of a kind of file."""
    root = Member("object")
    above: list[tuple[int, Member]] = [(-1, root)]
    for line in filter(str.strip, TREES[code_flux].splitlines()):
        name, _, kind = line.strip().partition(" ")
        depth = len(line) - len(line.lstrip())
        while above[-1][0] >= depth:
            above.pop()
        member = Member(kind or "object", name.endswith("*"))
        above[-1][1].members[name.rstrip("*")] = member
        above.append((depth, member))
    return root


def strict_mistakes(tree: Any) -> list[str]:
    """What a strict reader refuses in a file that has a header: by path, none in a good one."""
    return list(_mistakes(read_tree(tree["header"]["codeFlux"]), tree, "$"))


def _mistakes(member: Member, value: Any, path: str) -> Iterator[str]:
    match member.type:
        case "list" if isinstance(value, list):
            for rank, element in enumerate(value):
                yield from _object_mistakes(member, element, f"{path}[{rank}]")
        case "object":
            yield from _object_mistakes(member, value, path)
        case "str" if isinstance(value, str):
            pass
        case "int" | "int?" if type(value) is int:
            pass
        case "int?" if value is None:
            pass
        case wanted:
            yield f"{path}: {wanted}, not {value!r:.40}"


def _object_mistakes(member: Member, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: not an object"
        return
    for name in member.members.keys() | value.keys():
        if name not in member.members:
            yield f"{path}.{name}: unknown"
        elif name in value:
            yield from _mistakes(member.members[name], value[name], f"{path}.{name}")
        elif member.members[name].required:
            yield f"{path}.{name}: missing"
