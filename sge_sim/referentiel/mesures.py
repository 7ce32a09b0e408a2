"""A point as the physics of measures needs it, from the rows of the store.

Where the data sheet says nothing, what is usual is assumed: one meter since the oldest known one,
one calendar that follows the tariff, the installation of the client's category.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sge_sim.domaine.nomenclatures import PETITS, Sens
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    HeuresCreuses,
    Opposition,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    parse_plages,
)
from sge_sim.tables.point_facts import Dossier, PointFacts, Suivi
from sge_sim.tables.points import Point as Row
from sge_sim.tables.transmissions import ServiceTransmis

PUISSANCE_DU_SURPLUS = 3
"""Power (kVA, or kW) of the other direction of a point whose sheet gives only one (assumed)."""

_MESURES_EN_MEMOIRE = 2048
_JOUR_MAX = 28
_TRIPHASE = "230/400 V"
"""How the delivery of a three-phase C5 is called (AX.0355)."""
_PLAGE_RELEVE = re.compile(r"[DTMF]{2}(\d{2})")

_FTA = {
    "BTINFCUST": Structure.BASE,
    "BTINFLU": Structure.BASE,
    "BTINFMUDT": Structure.HP_HC,
    "BTINFCU4": Structure.SAISONS_C5,
    "BTINFMU4": Structure.SAISONS_C5,
    "BTSUPCU4": Structure.SAISONS,
    "BTSUPLU4": Structure.SAISONS,
}
_CALENDRIERS = {
    "DI000001": Structure.BASE,
    "DI000002": Structure.HP_HC,
    "DI000003": Structure.SAISONS_C5,
    "FC000165": Structure.BASE,
    "FC000014": Structure.HP_HC,
    "FC000050": Structure.SIX_CADRANS,
}
_DISTRIBUTEUR_C5 = {
    Structure.BASE: "DI000001",
    Structure.HP_HC: "DI000002",
    Structure.SAISONS_C5: "DI000003",
}
_NON_CONSOMMATION = "PT000001"
"""The calendar of what a P4 that sells all of its production draws: nothing (GUI 0497 v1.5.0 p. 19;
that the client has a contract for it all the same: assumed)."""
_DISTRIBUTEUR = "D"
"""The distributor's calendar of C1-C4 and P1-P3 (observed 2023)."""


class _Donnees(NamedTuple):
    """What is taken from the data sheet: compared by value, so that a change is never missed.

    `inerte`: nothing goes that way, though the meter counts it.
    """

    graine: int
    segment: str
    puissance: int
    mise_en_service: date
    resiliation: date | None
    structure: Structure
    calendrier_fournisseur: str | None
    heures_creuses: str | None
    ouvert: bool
    professionnel: bool
    plage_releve: str | None
    tension: str | None
    triphase: bool
    en_kw: bool
    inerte: bool


Point = PointFacts | Row | ServiceTransmis
"""A point as it was read, its row, or that of a service with what is needed of its point."""


@lru_cache(maxsize=_MESURES_EN_MEMOIRE)
def mesure_of(dossier: Dossier, sens: Sens) -> PointMesure | None:
    """Return what `point_mesure` makes of a dossier: once for as long as nobody changes it."""
    return point_mesure(dossier.point, dossier.suivi, sens)


def point_mesure(
    point: Point, suivi: Suivi, sens: Sens, service: tuple[date, date | None] | None = None
) -> PointMesure | None:
    """Return what the physics needs of a point in one direction.

    None for a point that has no meter or was never commissioned: nothing was ever measured there.
    `service` are the legal days [debut, fin) that are told of a service: where it ended before the
    point changed hands, they were measured of its former client.
    The description is kept by content, so a row that another process changed holds at once, and
    a point that didn't change is the same object.
    """
    if point.date_mise_en_service is None or not suivi.compteurs:
        return None
    naturel = point.segment[0] == "P"
    autre = naturel is (sens == "SOUTIRAGE")
    puissance = point.puissance_souscrite or point.puissance_raccordement
    inerte = autre and any(code == _NON_CONSOMMATION for _, _, code in suivi.calendriers)
    return _describe(
        _Donnees(
            # The two directions of a point are two installations.
            graine=point.graine ^ autre,
            segment=_facette(point.segment, sens),
            puissance=PUISSANCE_DU_SURPLUS if autre or puissance is None else puissance,
            mise_en_service=_held_since(point.date_mise_en_service, service),
            resiliation=point.date_resiliation,
            structure=_structure(point, sens),
            calendrier_fournisseur=None if autre else point.calendrier_fournisseur,
            heures_creuses=point.heures_creuses_libelle,
            ouvert=bool(point.niveau_ouverture_services),
            professionnel=point.categorie_client_final == "PRO",
            plage_releve=point.plage_releve,
            tension=point.tension_livraison,
            triphase=point.tension_livraison == _TRIPHASE,
            en_kw=_unite(point) == "kW",
            inerte=inerte,
        ),
        suivi,
    )


def _held_since(mise_en_service: date, service: tuple[date, date | None] | None) -> date:
    """Return the day from which the client of a service held the point, or that of its start."""
    if service is None:
        return mise_en_service
    debut, fin = service
    return debut if fin is not None and debut < fin <= mise_en_service else mise_en_service


@lru_cache(maxsize=256)
def jour_releve(plage: str | None) -> int:
    """Return the day of the month on which a point is read, 1 to 28, from its reading range.

    TD08 is « début de mois + 08 jours »: the 9th (observed 2022 on a C4, the 6th for a C5). A
    range at the end of the month is taken on the 28th (assumed).

    >>> jour_releve("TD08"), jour_releve("MM02"), jour_releve("FM03"), jour_releve(None)
    (9, 17, 28, 1)
    """
    trouve = _PLAGE_RELEVE.fullmatch(plage or "")
    if plage is None or trouve is None:
        return 1
    debut = {"DM": 1, "TD": 1, "MM": 15, "TM": 15}.get(plage[:2], _JOUR_MAX)
    return min(debut + int(trouve[1]), _JOUR_MAX)


def _facette(segment: str, sens: Sens) -> str:
    """Return the segment that a direction of a point is measured as."""
    if (segment[0] == "P") is (sens == "INJECTION"):
        return segment
    if segment in PETITS:
        return "P4" if sens == "INJECTION" else "C5"
    return "P3" if sens == "INJECTION" else "C4"


def _unite(point: Point) -> str | None:
    """Return the unit of the powers of a point, kVA or kW."""
    if point.puissance_souscrite is None:
        return point.puissance_raccordement_unite
    return point.puissance_souscrite_unite


def _structure(point: Point, sens: Sens) -> Structure:
    """Return how the distributor's grid divides time; injection isn't divided (assumed)."""
    if sens == "INJECTION":
        return Structure.BASE
    # HTA has a peak class; a mobile peak is counted as the fixed one.
    return _FTA.get(
        point.fta or "", Structure.BASE if point.segment in PETITS else Structure.POINTE
    )


@lru_cache(maxsize=_MESURES_EN_MEMOIRE)
def _describe(donnees: _Donnees, suivi: Suivi) -> PointMesure:
    petit = donnees.segment in PETITS
    compteurs = tuple(
        # A small meter that tells its TIC flags is a Linky; large ones have always communicated.
        CompteurPose(pose, depose, communicant=not petit or tic)
        for pose, depose, tic in suivi.compteurs
    )
    depuis = compteurs[0].pose
    return PointMesure(
        graine=donnees.graine,
        segment=donnees.segment,
        puissances=(PuissanceSouscrite(depuis, donnees.puissance),),
        mise_en_service=donnees.mise_en_service,
        compteurs=compteurs,
        grille_distributeur=_distributeur(donnees, suivi, compteurs, petit=petit),
        grille_fournisseur=_fournisseur(donnees, suivi, depuis),
        heures_creuses=(
            ()
            if donnees.heures_creuses is None
            else (HeuresCreuses(depuis, parse_plages(donnees.heures_creuses)),)
        ),
        collectes=_union(suivi.collectes),
        trous=tuple(TrouDeCourbe(debut, fin) for debut, fin in suivi.trous),
        oppositions=tuple(Opposition(debut, fin) for debut, fin in suivi.oppositions),
        resiliation=donnees.resiliation,
        jour_releve=jour_releve(donnees.plage_releve),
        tension=_volts(donnees.tension),
        triphase=donnees.triphase,
        pma_en_watts=not petit and donnees.en_kw,
        profil=_profil(donnees),
    )


def _profil(donnees: _Donnees) -> ProfilConsommation | None:
    """Return what lives behind the meter, None for what is usual."""
    if donnees.inerte:
        return ProfilConsommation.AUCUN
    if donnees.segment == "C5" and donnees.professionnel:
        return ProfilConsommation.PROFESSIONNEL
    return None


def _distributeur(
    donnees: _Donnees, suivi: Suivi, compteurs: tuple[CompteurPose, ...], *, petit: bool
) -> tuple[Grille, ...]:
    """Return the distributor's grids: a small meter has none before it is opened (OFF 21.3)."""
    if petit and not donnees.ouvert:
        return ()
    dates = _dated(donnees, suivi, "distributeur")
    if dates:
        return dates
    depuis = next((c.pose for c in compteurs if c.communicant), None)
    if depuis is None:
        return ()
    code = _DISTRIBUTEUR_C5[donnees.structure] if petit else _DISTRIBUTEUR
    return (Grille(depuis, code, donnees.structure),)


def _fournisseur(donnees: _Donnees, suivi: Suivi, depuis: date) -> tuple[Grille, ...]:
    dates = _dated(donnees, suivi, "fournisseur")
    if dates or donnees.calendrier_fournisseur is None:
        return dates
    code = donnees.calendrier_fournisseur
    return (Grille(depuis, code, _CALENDRIERS.get(code, donnees.structure)),)


def _dated(donnees: _Donnees, suivi: Suivi, cote: str) -> tuple[Grille, ...]:
    """Return the calendars of one side; one that isn't known divides time as the tariff does.

    That of what isn't consumed isn't the calendar of what is injected.
    """
    return tuple(
        Grille(depuis, code, _CALENDRIERS.get(code, donnees.structure))
        for ce_cote, depuis, code in suivi.calendriers
        if ce_cote == cote and (code != _NON_CONSOMMATION or donnees.inerte)
    )


def _union(periodes: tuple[tuple[date, date | None], ...]) -> tuple[PeriodeCollecte, ...]:
    """Join the periods of collection that touch each other; they come by their start."""
    jointes: list[tuple[date, date]] = []
    for debut, fin in periodes:
        jusque = fin or date.max
        if jointes and debut <= jointes[-1][1]:
            jointes[-1] = (jointes[-1][0], max(jointes[-1][1], jusque))
        elif debut < jusque:
            jointes.append((debut, jusque))
    return tuple(PeriodeCollecte(debut, None if fin == date.max else fin) for debut, fin in jointes)


@lru_cache(maxsize=64)
def _volts(tension: str | None) -> int:
    """Return the nominal voltage from how the delivery is called (« 230/400 V », « 20 kV »)."""
    trouve = re.match(r"\d+", tension or "230")
    volts = int(trouve[0]) if trouve else 230
    return volts * 1000 if tension is not None and tension.endswith("kV") else volts
