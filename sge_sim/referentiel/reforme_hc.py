"""The reform of off-peak hours (TURPE 7, phase 2), as a seed decides it: targets, days, failures.

Everything follows from the seed of the measures of a point and from its commune, so the same data
set lives the same reform. Dates and shares: planning of Enedis of 19/03/2026 (hypothesis A), deck
of the committee « HPHC » of 19/02/2026; weights, order inside a month and failures: assumed.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, TypeEvenement
from sge_sim.domaine.plages import (
    DECALAGES,
    VISIBLES_DEPUIS,
    PlageOfficielle,
    Plages,
    decalees,
    format_plages,
    officielle_de,
    parse_plages,
    regimes,
    touches,
)
from sge_sim.machine.once import computed_once
from sge_sim.referentiel.identites import Tirage

PHOTO: Final = date(2026, 5, 15)
"""The points of phase 2 were listed in mid-May 2026; from then on a commissioning takes one out."""
DEBUT: Final = date(2026, 12, 1)
DEBUT_PRO: Final = date(2027, 7, 1)
FIN: Final = date(2027, 11, 1)
"""First days of the operations, of residential points and of professionals; the day after the last
planned one."""
HEURE: Final = time(0, 2)
"""Legal time of the remote operation (assumed); energies follow the new ranges since midnight."""
REPRISE, REPRISES_PENDANT = timedelta(days=3), timedelta(days=30)
"""An operation that failed is tried again every three days (assumed), for thirty days."""

SIX_CLASSES: Final = frozenset({"FC000050"})
"""Supplier's calendars of six classes (Tempo): « à l'étude », not moved (assumed)."""
_SORTIES_PAR_MOIS = 0.012
_MOIS = 30.44
_ABANDONS_POUR_MILLE = 8
_ECHECS_POUR_MILLE = 22
"""Of a thousand points: those whose meter never answers, those that fail at the first attempt."""
_CHANCES = 1000
_REGIMES = (3, 6)
"""How many regimes a commune has in a season, at least and at most."""
_DEBUT_FAVORI = (13 * 60, 15 * 60)


class PlagesCibles(NamedTuple):
    """The ranges to come of a point, of each season."""

    haute: PlageOfficielle
    basse: PlageOfficielle


class IssueReforme(StrEnum):
    """How a point of the list of phase 2 leaves it."""

    PHC = "PHC"
    """The distributor reprograms the meter."""
    ABANDON = "abandon"
    """It tries to, in vain."""
    MES = "MES"
    """A commissioning comes first, since 6 October 2026: its ranges are seasonal."""
    MES_AVANT = "MES avant"
    """A commissioning came before: its ranges are those of phase 1, the same all year."""


class Sort(NamedTuple):
    """The outcome of the reform for a point: the day planned, how and when it leaves the list."""

    prevu: date
    issue: IssueReforme
    jour: date


def _tirage(*words: object) -> Tirage:
    digest = blake2b("/".join(map(str, words)).encode(), digest_size=8).digest()
    return Tirage(int.from_bytes(digest))


@computed_once(4096)
def _regimes_de(code_insee: str, saison: str) -> Mapping[Plages, int]:
    """Return the regimes of a commune in a season, with their weights."""
    tirage = _tirage("commune", code_insee, saison)
    known = list(regimes(saison))
    least, most = _REGIMES
    drawn = {}
    for _ in range(least + tirage.below(most - least + 1)):
        regime = known.pop(tirage.below(len(known)))
        jour = regime[1][0]
        favoured = saison == "B" and _DEBUT_FAVORI[0] <= jour <= _DEBUT_FAVORI[1]
        drawn[regime] = (1 + tirage.below(5)) * (3 if favoured else 1)
    return drawn


def cible(graine: int, code_insee: str) -> PlagesCibles:
    """Return the target of a point: a regime of its commune in each season, under one shift."""
    tirage = _tirage("cible", graine)
    decalage = tirage.one_of(DECALAGES)
    found = []
    for saison in ("H", "B"):
        regime = tirage.weighted(_regimes_de(code_insee, saison))
        plage = officielle_de(decalees(regime, decalage))
        assert plage is not None, "a target has every shift in the official list"
        found.append(plage)
    return PlagesCibles(*found)


def sort_de(graine: int, *, professionnel: bool) -> Sort:
    """Return what becomes of a point that phase 2 reprograms."""
    tirage = _tirage("sort", graine)
    debut = DEBUT_PRO if professionnel else DEBUT
    prevu = debut + timedelta(days=tirage.below((FIN - debut).days))
    # About 1.2 % of what is left goes each month by a commissioning.
    part = tirage.below(10**9) / 10**9
    sortie = PHOTO + timedelta(
        days=int(_MOIS * math.log(1 - part) / math.log(1 - _SORTIES_PAR_MOIS))
    )
    if sortie <= prevu:
        return Sort(
            prevu, IssueReforme.MES_AVANT if sortie < VISIBLES_DEPUIS else IssueReforme.MES, sortie
        )
    jour = prevu
    while not reussit(graine, prevu, jour):
        jour += REPRISE
        if jour > prevu + REPRISES_PENDANT:
            return Sort(prevu, IssueReforme.ABANDON, jour)
    return Sort(prevu, IssueReforme.PHC, jour)


def reussit(graine: int, prevu: date, jour: date) -> bool:
    """Tell whether the operation planned for `prevu` succeeds when it is tried on `jour`.

    97 % do at the first attempt, 99.2 % in the end.
    """
    chance = _tirage("reprise", graine).below(_CHANCES)
    if chance < _ABANDONS_POUR_MILLE:
        return False
    if jour == prevu:
        return chance >= _ABANDONS_POUR_MILLE + _ECHECS_POUR_MILLE
    return _tirage("reprise", graine, jour).happens(50)


def instant_de(jour: date) -> datetime:
    """Return the instant at which the meter is reprogrammed on a legal day."""
    return datetime.combine(jour, HEURE, PARIS)


def ancienne_plage(tirage: Tirage, marque: str, nominaux: Sequence[Plages] = ()) -> str:
    """Draw the label of a regime of a mark (`regimes`), or of `nominaux`, under one of the shifts
    that the official list has of it."""
    regime = tirage.one_of(nominaux or regimes(marque))
    officielles = [officielle_de(decalees(regime, minutes)) for minutes in DECALAGES]
    known = [officielle.libelle for officielle in officielles if officielle is not None]
    return tirage.one_of(known) if known else format_plages(regime)


def bring_in(point: dict[str, Any]) -> None:
    """Give a point of the population its ranges to come, if the reform is about it.

    It is about communicating meters with off-peak hours, but for offers of six classes. Ranges that
    comply stay what they are, and those to come are the same; at a commissioning the point gets its
    target all the same.
    """
    texte = point["heures_creuses_libelle"]
    if (
        texte is None
        or point["type_comptage"] != "LINKY"
        or point["etat_contractuel"] not in ETATS_EN_SERVICE
        or not point["niveau_ouverture_services"]
        or point["calendrier_fournisseur"] in SIX_CLASSES
    ):
        return
    actuelle = officielle_de(parse_plages(texte))
    if touches(parse_plages(texte), "ancien"):
        sort = sort_de(point["graine"], professionnel=point["categorie_client_final"] == "PRO")
        if sort.issue is not IssueReforme.MES_AVANT:
            point |= columns_of(cible(point["graine"], point["code_insee"]))
            return
        texte = ancienne_plage(_tirage("phase 1", point["graine"]), "1")
        point["heures_creuses_libelle"] = texte
        actuelle = officielle_de(parse_plages(texte))
    if actuelle is not None:
        point |= columns_of(PlagesCibles(actuelle, actuelle))


def columns_of(a_venir: PlagesCibles) -> dict[str, str]:
    """Return the columns of a point that say what its ranges will be."""
    return {
        "futures_heures_creuses_id": a_venir.haute.id,
        "futures_heures_creuses_libelle": a_venir.haute.libelle,
        "futures_heures_creuses_saison_basse": a_venir.basse.libelle,
    }


def evenement_de(point: Mapping[str, Any]) -> tuple[TypeEvenement, datetime] | None:
    """Return what the reform makes happen to a point of the data set, if anything."""
    basse = point["futures_heures_creuses_saison_basse"]
    if basse is None or point["futures_heures_creuses_libelle"] == point["heures_creuses_libelle"]:
        return None
    sort = sort_de(point["graine"], professionnel=point["categorie_client_final"] == "PRO")
    if sort.issue is IssueReforme.MES:
        return "changement_titulaire", start_of_day(sort.jour)
    return "reforme_hc", instant_de(sort.prevu)
