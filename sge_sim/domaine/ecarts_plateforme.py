"""What the real platform did otherwise than the guides say: its answers by release, and its files.

One table of answers. The profile `fidele` plays the release in force at the date of the clock; the
catalogue of test cases gives, of each case, what was observed in its own release. What was
documented not to work, and whose answer nobody reported, is `assumed`: played, but never listed as
known. What isn't tied to one demand is a habit, a line of `sge_sim.domaine.temoignages`. The same
profile makes files as the real ones were seen; `Defauts()` has none of their defects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.domaine.temoignages import TEMOIGNAGES, Temoignage
from sge_sim.domaine.temoignages import Usage as Usage
from sge_sim.domaine.temoignages import rank_of_release as rank_of_release

REPONSE_VIDE: Final = "vide"
"""Stands for an empty success where a code is expected."""

_C1_C4 = frozenset({"C1", "C2", "C3", "C4"})
_C2_C4 = frozenset({"C2", "C3", "C4"})
_CONSOMMATEURS = _C1_C4 | {"C5"}


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

    def concerns(
        self, service: str, version: str, segment: str | None, demande: str, prm: str | None
    ) -> bool:
        """Whether such a demand is answered so; the point is None where it isn't known."""
        return (
            (self.service, self.version) == (service, version)
            and (not self.segments or segment in self.segments)
            and (not self.prms or prm in self.prms)
            and self.demande in ("", demande)
        )


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
        """Return what was answered to such a demand, None where the platform is as it should be."""
        asked = (service, version, segment, demande, prm)
        return next((ecart for ecart in self.ecarts if ecart.concerns(*asked)), None)


def _orders(
    collecte: str, source: str, of_collecte: Provenance, of_others: Provenance
) -> tuple[Ecart, ...]:
    """Return the answers on the C2-C4, which the platform of orders has never served until 23.4."""
    return (
        Ecart(
            collecte,
            source,
            of_collecte,
            "CommandeCollectePublicationMesures",
            "3.0",
            _C2_C4,
            cas=frozenset({"F300B_O1@C2-C4", "F300B_O2@C2-C4", "F305A@C2-C4"}),
        ),
        Ecart(
            REPONSE_VIDE,
            source,
            of_others,
            "RechercheServicesSouscritsMesures",
            "1.0",
            _C2_C4,
            cas=frozenset({"RS-R1@C2-C4"}),
        ),
        Ecart(
            "SGT500",
            source,
            of_others,
            "CommandeArretServiceSouscritMesures",
            "1.0",
            _C2_C4,
            cas=frozenset({"ASS-R1@C2-C4"}),
        ),
    )


def _infra_j(source: str, provenance: Provenance) -> Ecart:
    """Return the answer to infra-daily demands, whatever they say: agreement given or not."""
    cas = frozenset({"F375A-R1@C2-C4", "F375A-NR1@C2-C4"})
    service = "CommandeTransmissionDonneesInfraJ"
    return Ecart("SGT500", source, provenance, service, "1.0", cas=cas)


def _index_and_energy(source: str) -> tuple[Ecart, ...]:
    """Return the answers to CMD v3: no index at all, no energy of C1-C4."""
    seen = Ecart("SGT4G3", source, service="ConsultationMesuresDetaillees", version="3.0")
    index = frozenset(f"CMD3-R{case}@{segment}" for case in (5, 6) for segment in ("C1-C4", "C5"))
    energie = frozenset({"CMD3-R3@C1-C4"})
    return (
        replace(seen, segments=_CONSOMMATEURS, demande="INDEX", cas=index),
        replace(seen, segments=_C1_C4, demande="ENERGIE", cas=energie),
    )


def _acces(source: str) -> tuple[Ecart, ...]:
    """Return the answers to orders of access: those on the C2-C4, and on the C5 of the cases.

    That several demands were in progress was the situation of that one C5.
    """
    service, version = "CommanderAccesDonneesMesures", "1.0"
    on_c5 = frozenset(f"ACCES-R{case}@C5" for case in (1, 2, 3, 4))
    on_large = frozenset(f"ACCES-R{case}@C2-C4" for case in (1, 2, 4))
    c5 = frozenset({"24380318190106"})
    return (
        Ecart("SGT400", source, "observed", service, version, _C2_C4, cas=on_large),
        Ecart("SGT4B8", source, "observed", service, version, prms=c5, cas=on_c5),
    )


_EN_21 = "catalogue 21.3 : le service ne fonctionne pas ; réponse supposée"
_EN_22, _EN_23 = "observé en 22.1", "observé en 23.2"
_ECARTS_23_2 = (
    *_orders("SGT400", _EN_23, "observed", "observed"),
    _infra_j(_EN_23, "observed"),
    *_acces(_EN_23),
    Ecart(
        "SGT4G3",
        _EN_23,
        "observed",
        "ConsultationMesures",
        "1.1",
        _C1_C4,
        cas=frozenset({"AHC-R1@C1-C4"}),
    ),
    *_index_and_energy(_EN_23),
    Ecart(
        REPONSE_VIDE,
        _EN_23,
        "observed",
        "RecherchePoint",
        "2.0",
        demande="hors périmètre",
        cas=frozenset({"RP-R2@C5", "RP-R3@C5"}),
    ),
)
_LIBELLES_23_2 = {"SGT4G3": "Aucune mesure trouvée pour ce PRM"}


def _usages(release: str) -> dict[Usage, Temoignage]:
    return {each.usage: each for each in TEMOIGNAGES if each.holds(release)}


PLATEFORMES: Final = (
    Plateforme(
        "21.3",
        date(2021, 6, 21),
        (*_orders("SGT500", _EN_21, "assumed", "assumed"), _infra_j(_EN_21, "assumed")),
        usages=_usages("21.3"),
    ),
    Plateforme(
        "22.1",
        date(2022, 2, 22),
        (*_orders("SGT500", _EN_22, "observed", "assumed"), _infra_j(_EN_22, "observed")),
        usages=_usages("22.1"),
    ),
    # With 23.1, whose first day isn't known.
    Plateforme("23.2", date(2023, 1, 1), _ECARTS_23_2, _LIBELLES_23_2, _usages("23.2")),
    # A client repeats for 23.4 what it saw in 23.2.
    Plateforme("23.4", date(2023, 11, 1), _ECARTS_23_2, _LIBELLES_23_2, _usages("23.4")),
    Plateforme("26.1", date(2025, 8, 1), usages=_usages("26.1")),
)
"""The releases, oldest first; what came before the first is taken for it. The dates are assumed:
those on which clients first tell of a release."""

NOMINALE: Final = Plateforme("", date.min)
"""The platform as its guides describe it."""


def plateforme_at(day: date) -> Plateforme:
    """Return the platform as it was on a legal date."""
    return next(
        (plateforme for plateforme in reversed(PLATEFORMES) if plateforme.depuis <= day),
        PLATEFORMES[0],
    )


def plateforme_of(release: str) -> Plateforme:
    """Return the platform in a release (`23.2`, `sge-23.2`).

    One of which nothing is known is as the one before it, and the first as the guides have it.
    """
    rank = rank_of_release(release)
    known = [each for each in PLATEFORMES if rank_of_release(each.release) <= rank]
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
    si_demandeur="239",
    libelles_doubles=frozenset({"DI000003"}),
    mise_en_page=True,
)
"""What was seen in production files of June 2026, anonymised: the label in R64 and R67, the number
in place of ACM (perhaps put there by the anonymisation); in XML files of 2022: the lines."""


def doubly_encoded(text: str) -> str:
    """Return a text whose UTF-8 was taken for Latin-1; è comes as Ã¤ (observed).

    >>> [hex(ord(one)) for one in doubly_encoded("é")]
    ['0xc3', '0xa9']
    """
    return text.encode().decode("latin-1").replace("Ã¨", "Ã¤")
