"""The habits of the real platform, a line each: in which releases it was seen, of what, and from
which release on it is neither played by the profile `fidele` nor an excuse before the judge."""

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sge_sim.domaine.nomenclatures import Provenance

_NUMERO: Final = re.compile(r"\d+(?:\.\d+)*")


class Usage(StrEnum):
    """A habit of the platform that isn't tied to one demand: it shows in what is found or sent."""

    REFUS_SANS_DONNEE = "CMD v3 : SGT4G3 là où il n'y a aucune mesure"
    MESURES_FACTICES = "CMD : les mesures de deux points du catalogue sont factices"
    ENTETE_HISTORIQUE = "HDM : sans enteteP, la commande est malformée"
    FAUTE_SANS_CODE = "M023 : les fautes sont préfixées, sans code ni libellé"
    GRILLE_FOURNISSEUR = (
        "ConsultationMesures : la grille du fournisseur répète ses codes en libellés, et les "
        "calendriers viennent du plus ancien au plus récent"
    )
    HEURE_REPETEE = "CMD v2 : l'heure vécue deux fois en automne a deux fois le décalage d'hiver"
    LIBELLE_PROPRE = "un code a un autre libellé que dans l'annexe"


@dataclass(frozen=True)
class Temoignage:
    """How it is known that the platform had a way of its own, and for which releases.

    It was seen in those from `premiere` to `derniere`, of `services` (beginnings of paths) and of
    `prms` (empty, any). Those that follow are taken for the last one: it is played there, and
    excuses with a remark. From `fin` on it is neither played nor an excuse (empty: none is known).
    Without a `derniere` nobody says in which it was seen: it is played, and excuses nothing.
    """

    usage: Usage
    source: str
    premiere: str
    derniere: str
    fin: str
    provenance: Provenance = "observed"
    services: tuple[str, ...] = ("/",)
    prms: frozenset[str] = frozenset()

    def holds(self, release: str) -> bool:
        """Whether the way is taken for that of a release."""
        rank, end = rank_of_release(release), rank_of_release(self.fin)
        return rank_of_release(self.premiere) <= rank and (not end or rank < end)

    def excuses(self, service: str, prms: Set[str]) -> bool:
        """Whether it was seen of an answer of `service` (a path) about the points `prms`."""
        seen = self.provenance == "observed" and self.derniere != ""
        return seen and service.startswith(self.services) and (not self.prms or prms <= self.prms)

    def said_of(self, release: str) -> str:
        """Return in French what was seen and since when nobody has seen it again."""
        first = f"de {self.premiere} à" if self.premiere != self.derniere else "en"
        late = rank_of_release(release) > rank_of_release(self.derniere)
        return f"{self.source} ; vu {first} {self.derniere}{', pas depuis' if late else ''}"


def rank_of_release(release: str) -> tuple[int, ...]:
    """Return what orders `9.1` before `21.3`; the name of a release in the catalogue does too.

    What follows the number in a name (`sge-26.1-suivi`) doesn't count.
    """
    numero = _NUMERO.match(release.removeprefix("sge-"))
    return tuple(map(int, numero[0].split("."))) if numero else ()


TEMOIGNAGES: Final = (
    Temoignage(Usage.ENTETE_HISTORIQUE, "quatre clients, de plusieurs versions", "21.3", "", ""),
    Temoignage(Usage.HEURE_REPETEE, "constaté par un client, sans version", "21.3", "", "26.1"),
    Temoignage(
        *(Usage.MESURES_FACTICES, "lues en homologation en 2022 et 2023", "22.1", "23.2", "26.1"),
        services=("/ConsultationMesuresDetaillees/",),
        prms=frozenset({"30001610071843", "25478147557460"}),
    ),
    Temoignage(
        *(Usage.GRILLE_FOURNISSEUR, "réponse enregistrée en février 2022", "22.1", "22.1", "26.1"),
        services=("/ConsultationMesures/",),
    ),
    Temoignage(Usage.LIBELLE_PROPRE, "observé en 2023", "23.2", "23.4", "26.1"),
    Temoignage(
        *(Usage.FAUTE_SANS_CODE, "observé en octobre 2023", "23.4", "23.4", "26.1"),
        services=("/CommandeHistoriqueDonneesMesures", "/CommandeInformationsTechniquesEt"),
    ),
    Temoignage(Usage.REFUS_SANS_DONNEE, "observé en 2023", "23.2", "23.2", "26.1"),
    Temoignage(Usage.REFUS_SANS_DONNEE, "comme en 23.2 : supposé", "26.1", "", "", "assumed"),
)
"""The habits, a line each. That those of 2022 and 2023 end with 26.1 is assumed: of that platform,
nobody has told them."""
