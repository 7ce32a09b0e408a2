"""Which elements of a refused request are to be looked at first."""

import re
from collections.abc import Collection
from typing import Final

from sge_sim.store.journal import Echange

_WORD: Final = re.compile(r"\w+")
# What a remedy says, and the elements that it is about where it names none.
_ABOUT: Final = (
    (r"\blogins?\b", ("loginUtilisateur", "initiateurLogin", "loginDemandeur")),
    (r"\bcontrats? (?:connu|de l'acteur|en cours|GRD)", ("contratId", "contratConcerne")),
    (r"code postal", ("codePostal",)),
    (r"INSEE", ("codeInseeCommune",)),
    (r"un nom d'au moins", ("nomClientFinalOuDenominationSociale",)),
    (r"\bPRM\b|\b[Uu]n (?:point|compteur)\b|le point", ("pointId",)),
)


def guilty_elements(echange: Echange, present: Collection[str]) -> set[str]:
    """Return the names of the elements of a refused request that its refusal is about.

    `present` are the names of its elements. Those that the journal's words name come first; else
    those that its remedy speaks of. None for a request that was accepted.
    """
    if echange.rule is None and not echange.detail:
        return set()
    if echange.code == "SGT200":
        return set()
    remede = "" if echange.rule is None else echange.rule.explanation
    told = " ".join((remede, echange.detail or ""))
    named = set(_WORD.findall(told)) & set(present)
    if named:
        return named
    for words, elements in _ABOUT:
        if re.search(words, told) and set(elements) & set(present):
            return set(elements) & set(present)
    return set()
