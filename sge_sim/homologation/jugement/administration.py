"""Answers of a simulator against what its administration says of its points.

Its gaps are known there: what it lost, what came before a commissioning.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sge_sim.homologation.jugement import paths
from sge_sim.homologation.jugement.commandes import services_listes
from sge_sim.homologation.jugement.controle import Controles
from sge_sim.homologation.jugement.detaillees import losses_known
from sge_sim.homologation.jugement.faits import differ, faits, nom_du_fait
from sge_sim.homologation.jugement.reponse import (
    Cle,
    Fait,
    ReponseJugee,
    read_once,
    text_of,
    texts_of,
)

_SORTES: Final[Mapping[str, tuple[str, str, str]]] = {
    "COURBE": ("courbe", "courbe", "PA"),
    "ENERGIE": ("energie", "énergie", "EA"),
    "PMAX": ("pmax", "maximum", "PMA"),
    "INDEX": ("index", "index", "EA"),
}
"""What the administration calls each type of measures, what facts do, and the quantity it gives."""
_TUS: Final = re.compile("futures|parametresTeleAcces|valeurs|libelle|unite|ligne6")
"""What the description of a point doesn't hold, or in other words."""
_QUOTIDIEN: Final = frozenset({"AQ", "RC"})
_DES_SERVICES: Final = ("etatCode", "contratId", "dateDebut", "mesuresPas")
_COMMANDENT: Final = frozenset({paths.COLLECTE, paths.SAD, paths.ACCES})


@read_once
def administres(reponse: ReponseJugee) -> Iterator[Fait]:
    """Yield what the administration says was measured and not lost, as the answer must tell it."""
    metier = text_of(reponse.corps, ".//grandeurMetier")
    admin, jours, kind = reponse.administre, reponse.jours, reponse.mesures
    if admin is None or jours is None or kind is None or metier is None or reponse.mensuel:
        return
    sorte, name, grandeur = _SORTES[kind]
    sens = "SOUTIRAGE" if metier == "CONS" else "INJECTION"
    corrected = text_of(reponse.corps, "mesuresCorrigees") or ""
    for prm in reponse.prms if losses_known(reponse) else ():
        columns = admin.mesures(prm, sorte, sens, *jours) or {}
        stamps = [each[:19].replace("T", " ") for each in columns.get("horodate", ())]
        for column in columns.keys() - {"horodate", "pas"}:
            seen: Counter[str] = Counter()
            for stamp, value in zip(stamps, columns[column], strict=True):
                seen[stamp] += 1
                again = f" ({seen[stamp]})" if seen[stamp] > 1 else ""
                of: Cle = (name, prm, f"{metier} {grandeur}")
                if sorte == "index":
                    register = f"IDX_EA{sens[0]}_{column.replace('total', 'T')}"
                    of = (name, prm, f"COL AQ {metier} EA", register, stamp)
                elif sorte == "courbe":
                    of = (*of, corrected, stamp[:16] + again)
                else:
                    of = (*of, stamp[:10])
                if value is not None:
                    yield Fait(of, value)
                    if sorte == "pmax":
                        yield Fait(("instant du maximum", *of[1:]), stamp)


ADMINISTRATION: Final = Controles(paths.DETAILLEES)


@ADMINISTRATION.documented("les mesures sont celles que le simulateur a", "l'administration")
def mesures_du_simulateur(reponse: ReponseJugee) -> Iterator[str]:
    """Values are those that were measured, but for corrected ones and large points' nights."""
    known = {each.cle: each for each in administres(reponse)}
    for fait in faits(reponse):
        true = known.get(fait.cle)
        if true is not None and "BEST" not in fait.cle and differ(fait, true):
            yield f"{nom_du_fait(fait)} : {fait.valeur}, {true.valeur} dans l'administration"


@ADMINISTRATION.documented(
    "aucune mesure ne manque que le simulateur a",
    "l'administration : ce qu'il a perdu y manque aussi",
)
def mesures_presentes(reponse: ReponseJugee) -> Iterator[str]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for of, moments in _moments(each.cle for each in administres(reponse)).items():
        wanted[of[0]] |= moments
    for of, moments in _moments(each.cle for each in faits(reponse)).items():
        missing = wanted.get(of[0], set()) - moments
        if missing and not (of[0] == "index" and _QUOTIDIEN.isdisjoint(of[2].split())):
            also = f", et {len(missing) - 1} de plus" if len(missing) > 1 else ""
            yield f"{' '.join((of[0], *of[2:]))} : {min(missing)} manque{also}"


def _moments(cles: Iterable[Cle]) -> Mapping[Cle, set[str]]:
    """Return the instants of a curve, the days of the rest, by what they are of."""
    found: dict[Cle, set[str]] = defaultdict(set)
    for *of, moment in cles:
        found[tuple(of)].add(moment if of[0] == "courbe" else moment[:10])
    return found


@ADMINISTRATION.documented(
    "un point et ses services sont ceux de l'administration",
    "l'administration",
    services={paths.ADP, paths.RECHERCHE_POINT, *paths.LISTES, *_COMMANDENT},
)
def dires_de_l_administration(reponse: ReponseJugee) -> Iterator[str]:
    assert reponse.administre is not None
    words: dict[str, set[str | int]] = {}
    for (kind, prm, *name), value, *_ in faits(reponse):
        if kind == "point" and prm not in words:
            words[prm] = set(_words(reponse.administre.point(prm)))
        known = words.get(prm) or {value}
        if not ({value} <= known or known >= {*str(value).split(", ")} or _TUS.search(name[-1])):
            yield f"{name[-1]} vaut « {value} »"
    services = {
        str(each["id"]): set(_words(each))
        for prm in reponse.prms
        for each in (reponse.administre.point(prm) or {}).get("services", ())
    }
    for numero in texts_of(reponse.corps, ".//serviceSouscritId") if services else ():
        if numero not in services:
            yield f"service {numero} inconnu"
    for service in services_listes(reponse):
        numero = text_of(service, "serviceSouscritId") or ""
        for each in _DES_SERVICES:
            dit = text_of(service, each)
            if dit and numero in services and dit[:10] not in services[numero]:
                yield f"service {numero} : {each} vaut {dit}"


def _words(tree: object) -> Iterator[str]:
    """Yield what a description says: names, values, and numbers without their unit."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from (str(key), *_words(value))
    elif isinstance(tree, list):
        for each in tree:
            yield from _words(each)
    else:
        text = str(tree).lower() if isinstance(tree, bool) else str(tree).strip()
        yield from (text, *text.split(" ")[:1])
