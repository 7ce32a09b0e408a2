"""The checks, as data: what must hold, who says it, how an answer is looked at.

A check yields what it found wrong, in French, a sentence each; nothing where all is well. What must
hold says what its function is for: a docstring tells the rest.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partialmethod
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from sge_sim.domaine.ecarts_plateforme import Plateforme, Temoignage, Usage
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.homologation.jugement.reponse import ReponseJugee
from sge_sim.homologation.reports.rapport import Constat
from sge_sim.machine.yaml_files import parse_yaml

KNOWN: Final = cast(Mapping[str, Any], parse_yaml(Path(__file__).with_name("known.yaml")))
"""What values are known to be, by subject."""
Cherche = Callable[[ReponseJugee], Iterable[str]]
H = TypeVar("H", bound=Hashable)
_SHOWN: Final = 3
"""How many of the mistakes that a check found are shown."""


@dataclass(frozen=True)
class Verification:
    """A check: `attendu` is what must hold, in French, `source` says so.

    It is made of the answers of `services` (paths such as `/RecherchePoint/v2.0`; empty, all). One
    that is `assumed` warns and never fails. `leve_par` are the ways of the real platform in which
    it doesn't hold.
    """

    nom: str
    attendu: str
    source: str
    provenance: Provenance
    cherche: Cherche
    services: frozenset[str]
    leve_par: frozenset[Usage]

    def constate(self, reponse: ReponseJugee, plateforme: Plateforme) -> Constat | None:
        """Return what is wrong, None where nothing is.

        `plateforme` is the one that may have answered: what it was seen to do is excused, by the
        observation that tells it.
        """
        found = list(dict.fromkeys(self.cherche(reponse)))
        if not found:
            return None
        message = " ; ".join(found[:_SHOWN])
        if len(found) > _SHOWN:
            message = f"{message} ; et {len(found) - _SHOWN} de plus"
        seen = self._observed(reponse, plateforme)
        excuse = "" if seen is None else seen.said_of(plateforme.release)
        warns = bool(excuse) or self.provenance == "assumed"
        return Constat(self.attendu, warns, message, self.source, warns, True, excuse)

    def _observed(self, reponse: ReponseJugee, plateforme: Plateforme) -> Temoignage | None:
        """Return the observation that excuses what is wrong; one that is assumed doesn't."""
        usages = set(self.leve_par)
        if plateforme.libelles and not any(self.cherche(replace(reponse, plateforme=plateforme))):
            usages = {Usage.LIBELLE_PROPRE}  # with the labels of the platform nothing is wrong
        seen = (plateforme.usages[each] for each in sorted(usages & plateforme.usages.keys()))
        asked = (reponse.contrat.path, reponse.prms)
        return next((each for each in seen if each.excuses(*asked)), None)


@dataclass(frozen=True)
class Controles:
    """A table of checks, in the order in which they are made: that of their functions.

    `services` are those of the checks that name none of their own.
    """

    services: Collection[str] = ()
    verifications: list[Verification] = field(default_factory=list)

    def _controle(
        self,
        provenance: Provenance,
        attendu: str,
        source: str,
        services: Collection[str] = (),
        leve_par: Collection[Usage] = (),
    ) -> Callable[[Cherche], Cherche]:
        """Add the check whose function yields what it finds wrong."""

        def add(cherche: Cherche) -> Cherche:
            what = (cherche.__name__, attendu, source, provenance, cherche)
            concerned = frozenset(services or self.services)
            self.verifications.append(Verification(*what, concerned, frozenset(leve_par)))
            return cherche

        return add

    documented = partialmethod(_controle, "documented")
    observed = partialmethod(_controle, "observed")
    assumed = partialmethod(_controle, "assumed")

    def concerned(self, reponse: ReponseJugee) -> list[Verification]:
        """Return the checks that are made of an answer."""
        path = reponse.contrat.path
        return [each for each in self.verifications if not each.services or path in each.services]


def more_than_once(values: Iterable[H]) -> Iterator[tuple[H, int]]:
    """Yield the values that come more than once, and how many times."""
    return ((value, times) for value, times in Counter(values).items() if times > 1)


def others(found: Iterable[str], allowed: Collection[str | None], phrase: str) -> Iterator[str]:
    """Yield `phrase` for each of the values found that isn't allowed, which it names (`{}`)."""
    return (phrase.format(value) for value in found if value not in allowed)
