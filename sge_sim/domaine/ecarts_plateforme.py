"""What the real platform did otherwise than the guides say: its answers by release, and its files.

`plateforme.yaml` tells what was seen. The profile `fidele` plays the release in force at the date
of the clock; the catalogue of test cases gives, of each case, what was observed in its own release.
What was documented not to work, and whose answer nobody reported, is `assumed`: played, but never
listed as known. What isn't tied to one demand is a habit (`Usage`). The same profile makes files as
the real ones were seen; `Defauts()` has none of their defects.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.machine.once import computed_once

REPONSE_VIDE: Final = "vide"
"""Stands for an empty success where a code is expected."""

_NUMERO: Final = re.compile(r"\d+(?:\.\d+)*")


def rank_of_release(release: str) -> tuple[int, ...]:
    """Return what orders `9.1` before `21.3`; the name of a release in the catalogue does too.

    What follows the number in a name (`sge-26.1-suivi`) doesn't count.
    """
    numero = _NUMERO.match(release.removeprefix("sge-"))
    return tuple(map(int, numero[0].split("."))) if numero else ()


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
    derniere: str = ""
    fin: str = ""
    provenance: Provenance = "observed"
    services: Sequence[str] = ("/",)
    prms: Sequence[str] = ()

    def holds(self, release: str) -> bool:
        """Whether the way is taken for that of a release."""
        rank, end = rank_of_release(release), rank_of_release(self.fin)
        return rank_of_release(self.premiere) <= rank and (not end or rank < end)

    def excuses(self, service: str, prms: Set[str]) -> bool:
        """Whether it was seen of an answer of `service` (a path) about the points `prms`."""
        seen = self.provenance == "observed" and self.derniere != ""
        about = not self.prms or prms <= {*self.prms}
        return seen and about and service.startswith(tuple(self.services))

    def said_of(self, release: str) -> str:
        """Return in French what was seen and since when nobody has seen it again."""
        first = f"de {self.premiere} à" if self.premiere != self.derniere else "en"
        late = rank_of_release(release) > rank_of_release(self.derniere)
        return f"{self.source} ; vu {first} {self.derniere}{', pas depuis' if late else ''}"


@dataclass(frozen=True)
class Ecart:
    """An answer of the platform, `observe`: a code or `REPONSE_VIDE` where something else is right.

    `segments` are those of the points concerned, `prms` the points where it tells their own
    situation, `demande` what is asked for (a type of measures, a kind of search): empty, any. `cas`
    are the runs of the catalogue that meet it. From the release `fin` on, it excuses nobody.
    """

    observe: str
    source: str
    provenance: Provenance = "observed"
    service: str = ""
    version: str = ""
    segments: frozenset[str] = frozenset()
    prms: frozenset[str] = frozenset()
    demande: str = ""
    cas: frozenset[str] = frozenset()
    fin: str = "26.1"

    def excuses(self, day: date) -> bool:
        """Whether the platform of a legal date may still answer so, whatever the catalogue."""
        return rank_of_release(plateforme_at(day).release) < rank_of_release(self.fin)


@dataclass(frozen=True)
class Plateforme:
    """The platform in one release, in force from the legal date `depuis` to the next release.

    `libelles` are the labels that it gave to codes otherwise than the annex does.
    """

    release: str
    depuis: date
    ecarts: Sequence[Ecart] = ()
    libelles: Mapping[str, str] = field(default_factory=dict)
    usages: Mapping[Usage, Temoignage] = field(default_factory=dict)

    def find(
        self, service: str, version: str, segment: str | None, demande: str, prm: str | None
    ) -> Ecart | None:
        """Return what was answered to such a demand, None where the platform is as it should be.

        The point is None where it isn't known.
        """
        for ecart in self.ecarts:
            if (
                (ecart.service, ecart.version) == (service, version)
                and (not ecart.segments or segment in ecart.segments)
                and (not ecart.prms or prm in ecart.prms)
                and ecart.demande in ("", demande)
            ):
                return ecart
        return None


@computed_once()
def _seen() -> Any:
    from sge_sim.machine.yaml_files import parse_yaml

    return parse_yaml(Path(__file__).with_name("plateforme.yaml"))


@computed_once()
def temoignages() -> tuple[Temoignage, ...]:
    """Return the habits of the platform."""
    rows = _seen()["usages"]
    return tuple(Temoignage(**{**row, "usage": Usage[row["usage"]]}) for row in rows)


@computed_once()
def plateformes() -> tuple[Plateforme, ...]:
    """Return the releases, oldest first; what came before the first is taken for it."""
    return tuple(map(_plateforme, _seen()["plateformes"]))


def _plateforme(row: Any) -> Plateforme:
    release = row["release"]
    as_in = row.get("repete", release)
    (known,) = (each for each in _seen()["plateformes"] if each["release"] == as_in)
    ecarts = []
    for each in _seen()["ecarts"]:
        if answer := each["reponses"].get(as_in):
            code, _, provenance = answer.partition(" ")
            said: Any = {k: frozenset(v) if isinstance(v, list) else v for k, v in each.items()}
            del said["reponses"]
            ecarts.append(Ecart(code, known["source"], provenance or "observed", **said))
    usages = {each.usage: each for each in temoignages() if each.holds(release)}
    return Plateforme(release, row["depuis"], ecarts, known.get("libelles", {}), usages)


NOMINALE: Final = Plateforme("", date.min)
"""The platform as its guides describe it."""


def plateforme_at(day: date) -> Plateforme:
    """Return the platform as it was on a legal date."""
    known = [each for each in plateformes() if each.depuis <= day]
    return known[-1] if known else plateformes()[0]


def plateforme_of(release: str) -> Plateforme:
    """Return the platform in a release (`23.2`, `sge-23.2`).

    One of which nothing is known is as the one before it, and the first as the guides have it.
    """
    rank = rank_of_release(release)
    known = [each for each in plateformes() if rank_of_release(each.release) <= rank]
    return known[-1] if known else NOMINALE


def plateforme_judged(release: str, day: date) -> Plateforme:
    """Return the platform that may have answered a case of a release on a legal date.

    That of the release, or the later one that is in force on the day: what an old one did excuses
    no later one, whatever catalogue is played.
    """
    return max(plateforme_of(release), plateforme_at(day), key=lambda each: each.depuis)


def ecarts_of_case(release: str, cle: str) -> tuple[Ecart, ...]:
    """Return what was observed for a run of the catalogue (`AHC-R1@C1-C4`) in a release."""
    return tuple(
        ecart
        for ecart in plateforme_of(release).ecarts
        if cle in ecart.cas and ecart.provenance == "observed"
    )


SI_DEMANDEUR: Final = "ACM"
"""How the guide has the requester's system called (GUI 0503 §2.2)."""


@dataclass(frozen=True)
class Defauts:
    """The defects in force: `libelles_doubles` are the codes of calendars whose label is encoded
    twice in R64 and R67, `mise_en_page` that XML files have the lines of the real ones, `pertes`
    that measures are lost as was seen."""

    si_demandeur: str = SI_DEMANDEUR
    libelles_doubles: frozenset[str] = frozenset()
    mise_en_page: bool = False
    pertes: bool = False

    def libelle(self, code: str, libelle: str) -> str:
        """Return the label of a calendar as the files have it."""
        return doubly_encoded(libelle) if code in self.libelles_doubles else libelle


FIDELES: Final = Defauts(
    si_demandeur="239", libelles_doubles=frozenset({"DI000003"}), mise_en_page=True
)
"""What was seen in production files of June 2026, anonymised: the label in R64 and R67, the number
in place of ACM (perhaps put there by the anonymisation); in XML files of 2022: the lines."""


def doubly_encoded(text: str) -> str:
    """Return a text whose UTF-8 was taken for Latin-1; è comes as Ã¤ (observed).

    >>> [hex(ord(one)) for one in doubly_encoded("é")]
    ['0xc3', '0xa9']
    """
    return text.encode().decode("latin-1").replace("Ã¨", "Ã¤")
