"""Which elements of a refused request are to be looked at first."""

import re
from collections.abc import Sequence
from typing import Final

from sge_sim.journal import Echange

_WORD: Final = re.compile(r"\w+")
# What a `remede` says, and the elements that it is about where it names none.
_ABOUT: Final = (
    (r"\blogins?\b", ("loginUtilisateur", "initiateurLogin", "loginDemandeur")),
    (r"\bcontrats? (?:connu|de l'acteur|en cours|GRD)", ("contratId", "contratConcerne")),
    (r"code postal", ("codePostal",)),
    (r"INSEE", ("codeInseeCommune",)),
    (r"un nom d'au moins", ("nomClientFinalOuDenominationSociale",)),
    (r"\bPRM\b|\b[Uu]n (?:point|compteur)\b|le point", ("pointId",)),
)


def suspects_of(echange: Echange) -> Sequence[frozenset[str]]:
    """Return the names of the elements that a refusal is about, the surest set first.

    The elements that the journal's words name come first, and count where the request has any; else
    those that its `remede` speaks of. None for a request that was accepted.
    """
    if (echange.rule is None and not echange.detail) or echange.code == "SGT200":
        return ()
    remede = "" if echange.rule is None else echange.rule.remede
    words = " ".join((remede, echange.detail or ""))
    about = (frozenset(elements) for pattern, elements in _ABOUT if re.search(pattern, words))
    return (frozenset(_WORD.findall(words)), *about)
