"""What the measures of ConsultationMesuresDetaillees must say of themselves, value by value."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lxml import etree

from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.homologation.jugement.controle import KNOWN, Controles, more_than_once
from sge_sim.homologation.jugement.paths import CMD3, DETAILLEES
from sge_sim.homologation.jugement.reponse import ReponseJugee, points_lus, text_of

_GUIDES: Final = "GUI 0488 §5.2, GUI 0497 §3.2"
_UNITES: Final[Mapping[str, Collection[str]]] = KNOWN["unites"]
_NATURES: Final[Mapping[str, Collection[str]]] = KNOWN["natures"]
_QUALITES: Final[Mapping[str, Collection[str]]] = KNOWN["qualites"]
_INTEGER: Final = re.compile(r"\d{1,18}")


def _wanted_quantities(reponse: ReponseJugee) -> Collection[str]:
    asked = reponse.demande_une("grandeurPhysique") or ""
    if asked != "TOUT":
        return {asked}
    if reponse.mesures == "PMAX":
        return {"PMA", "PMA1", "PMA2", "PMA3"}
    return _UNITES.keys()


def every_block(reponse: ReponseJugee) -> list[etree._Element]:
    """Return the blocks of measures and those of indexes."""
    return [*reponse.blocs, *reponse.corps.iterfind("contexte/grandeur")]


VALEURS: Final = Controles(DETAILLEES)


@VALEURS.documented("le sens est celui de la demande", _GUIDES)
def sens_des_mesures(reponse: ReponseJugee) -> Iterator[str]:
    wanted = "PROD" if reponse.sens == "INJECTION" else "CONS"
    for block in every_block(reponse):
        answered = text_of(block, "grandeurMetier")
        if answered != wanted:
            yield f"grandeurMetier vaut {answered}, attendu {wanted}"


@VALEURS.documented("la grandeur est celle de la demande, une fois", _GUIDES)
def grandeur_demandee(reponse: ReponseJugee) -> Iterator[str]:
    """The quantity is the one asked for, in one block (an index has one in each context)."""
    wanted = _wanted_quantities(reponse)
    answered = [text_of(each, "grandeurPhysique") or "" for each in every_block(reponse)]
    for each in dict.fromkeys(answered):
        if each not in wanted:
            yield f"grandeurPhysique vaut {each or 'rien'}, demandé {' ou '.join(sorted(wanted))}"
    for name, times in more_than_once(text_of(each, "grandeurPhysique") for each in reponse.blocs):
        yield f"{times} blocs de {name}"


@VALEURS.documented("l'unité est celle de la grandeur", _GUIDES)
def unite_de_la_grandeur(reponse: ReponseJugee) -> Iterator[str]:
    for block in every_block(reponse):
        name, unit = text_of(block, "grandeurPhysique") or "", text_of(block, "unite")
        allowed = _UNITES.get(name, ())
        if name == "PMA" and reponse.petit:
            allowed = {"VA"}
        if allowed and unit not in allowed:
            yield f"{name} en {unit or 'rien'}, attendu {' ou '.join(sorted(allowed))}"


@VALEURS.documented("une demande n'est servie que par ce qu'elle demande", _GUIDES, services={CMD3})
def forme_de_la_reponse(reponse: ReponseJugee) -> Iterator[str]:
    """Indexes come in contexts, everything else in blocks."""
    if len(reponse.corps) == 0:
        return
    index = reponse.mesures == "INDEX"
    if index and reponse.blocs:
        yield "des mesures pour une demande d'index"
    if not index and reponse.corps.find("contexte") is not None:
        yield "des index pour une demande de mesures"


@VALEURS.documented("chaque valeur est un nombre entier", _GUIDES)
def valeurs_entieres(reponse: ReponseJugee) -> Iterator[str]:
    """A value is a number without a sign, empty where it is lost."""
    few = reponse.mensuel and reponse.contrat.path == CMD3
    for block in reponse.blocs:
        for each in block.iterfind("*/v"):
            value = (each.text or "").strip()
            lost = any(name.endswith("}nil") for name in each.attrib)
            if lost or (few and value == "null"):
                continue
            if _INTEGER.fullmatch(value) is None:
                yield f"{text_of(block, 'grandeurPhysique')} vaut « {value} »"


@VALEURS.documented(
    "la nature d'un point de courbe est celle de son segment",
    "GUI 0497 v1.5.0 p. 22 ; réponses enregistrées",
    leve_par=(Usage.MESURES_FACTICES,),
)
def nature_des_points(reponse: ReponseJugee) -> Iterator[str]:
    """C5 are raw; larger points have codes of their own, more when corrected; others tell none."""
    curve = reponse.mesures == "COURBE"
    best = text_of(reponse.corps, "mesuresCorrigees") == "BEST"
    kinds = {"petit": not reponse.grand, "grand": not reponse.petit}
    kinds["corrigee"] = best and not reponse.petit
    allowed = {nature for kind in kinds if kinds[kind] for nature in _NATURES[kind]}
    for block in reponse.blocs:
        for row in points_lus(block):
            nature = text_of(row, "n")
            if curve and nature not in allowed:
                yield f"nature {nature or 'absente'}"
            elif not curve and nature is not None:
                yield f"nature {nature} hors d'une courbe"


@VALEURS.documented(
    "les indices de qualité sont ceux du guide, et d'un point C5",
    "GUI 0497 v1.5.0 p. 16",
    services={CMD3},
    leve_par=(Usage.MESURES_FACTICES,),
)
def qualite_des_points(reponse: ReponseJugee) -> Iterator[str]:
    """`iv` and `ec` are of Linky meters, `tc` of corrected curves."""
    best = text_of(reponse.corps, "mesuresCorrigees") == "BEST"
    curve = reponse.mesures == "COURBE"
    for block in reponse.blocs:
        for row in block.iterfind("points"):
            for name, allowed in _QUALITES.items():
                answered = text_of(row, name)
                if answered is None:
                    continue
                if answered not in allowed:
                    yield f"{name} vaut « {answered} »"
                elif not curve or (name == "tc" and not best):
                    yield f"{name} sur un point qui n'en a pas"
                elif name != "tc" and reponse.grand:
                    yield f"{name} sur un point C1-C4"


@VALEURS.documented(
    "typeValeur, modeCalcul et pas sont ceux du type de mesures",
    "GUI 0497 §3.2 ; réponses enregistrées en production, 2023",
    services={CMD3},
)
def fin_de_la_reponse(reponse: ReponseJugee) -> Iterator[str]:
    """What follows the blocks tells how the values were made."""
    corps = reponse.corps
    if len(corps) == 0:
        return
    kind = reponse.mesures
    computed = "DIFF.INDEX" if reponse.petit else "INTEG.COURBE"
    step = reponse.demande_une("mesuresPas") or "P1D"
    wanted = {
        "COURBE": (None, "MESURE", None),
        "ENERGIE": ("GLOBALE", computed, "P1D"),
        "PMAX": (None, "MESURE", step),
    }.get(kind or "", (None, None, None))
    for name, value in zip(("typeValeur", "modeCalcul", "pas"), wanted, strict=True):
        answered = text_of(corps, name)
        if answered != value:
            yield f"{name} vaut {answered or 'rien'}, attendu {value or 'rien'}"
