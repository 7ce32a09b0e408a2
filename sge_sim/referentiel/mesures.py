"""A point as the physics of measures needs it, from the rows of the store.

Where the data sheet says nothing, what is usual is assumed: one meter since the oldest known one,
one calendar that follows the tariff, the installation of the client's category.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.nomenclatures import AUTRE_SENS, PETITS, SENS_OF_SEGMENT, Segment, Sens
from sge_sim.machine.once import computed_once
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    HeuresCreuses,
    JourRectifie,
    Opposition,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    parse_plages,
)
from sge_sim.mesures.climat import lieu_de_la_commune
from sge_sim.mesures.jours_donnes import read_donnees
from sge_sim.mesures.point import POINTS_GARDES
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.point_facts import Dossier, PointFacts
from sge_sim.tables.points import Point
from sge_sim.tables.transmissions import PointTransmis

PUISSANCE_DU_SURPLUS = 3
"""Power (kVA, or kW) of the other direction of a point whose sheet gives only one (assumed)."""

_AUTRES: Final[Mapping[Segment, Segment]] = MappingProxyType(
    {
        **{"C1": "P3", "C2": "P3", "C3": "P3", "C4": "P3", "C5": "P4"},
        **{"P1": "C4", "P2": "C4", "P3": "C4", "P4": "C5"},
    }
)
"""The segment as which the other direction of a point is measured."""
_TRIPHASE = "230/400 V"
"""How the delivery of a three-phase C5 is called (AX.0355)."""

_FTA = {
    "BTINFCUST": Structure.BASE,
    "BTINFLU": Structure.BASE,
    "BTINFMUDT": Structure.HP_HC,
    "BTINFCU4": Structure.SAISONS_C5,
    "BTINFMU4": Structure.SAISONS_C5,
    "BTSUPCU4": Structure.SAISONS,
    "BTSUPLU4": Structure.SAISONS,
}
STRUCTURES = {
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
_A_COURBE: Final = frozenset({"PMEI", "SAPHIR", "ICE", "ICE2Q", "ICE4Q"})
"""The large meters that keep a curve."""
_NON_CONSOMMATION = "PT000001"
"""The calendar of what a P4 that sells all of its production draws: nothing (GUI 0497 v1.5.0 p. 19;
that the client has a contract for it all the same: assumed)."""
_DISTRIBUTEUR = "D"
"""The distributor's calendar of C1-C4 and P1-P3 (observed 2023)."""


class _Etat(NamedTuple):
    """The columns of a sheet that measures depend on and that change at a date, from a day on;
    None: since ever."""

    depuis: date | None
    puissance_souscrite: int | None
    fta: str | None
    calendrier_fournisseur: str | None
    heures_creuses_libelle: str | None
    heures_creuses_saison_basse: str | None
    niveau_ouverture_services: int | None

    def structure(self, segment: str) -> Structure:
        """How the distributor's grid divides time; injection isn't divided (assumed)."""
        if segment[0] == "P":
            return Structure.BASE
        # HTA has a peak class; a mobile peak is counted as the fixed one.
        usual = Structure.BASE if segment in PETITS else Structure.POINTE
        return _FTA.get(self.fta or "", usual)


_DATEES: Final = _Etat._fields[1:]


class _Donnees(NamedTuple):
    """What is taken from the data sheet: compared by value, so that a change is never missed.

    `inerte`: nothing goes that way, though the meter counts it; `autre`: it isn't the direction of
    the segment; `nomme`: the data set has it for a reason, or a
    user brought it in. `etats`: the day and the other values
    of each `_Etat`, oldest first.
    """

    graine: int
    segment: str
    autre: bool
    etats: tuple[tuple[date | None, tuple[Any, ...]], ...]
    raccordement: int | None
    mise_en_service: date
    resiliation: date | None
    professionnel: bool
    plage_releve: str | None
    tension: str | None
    triphase: bool
    en_kw: bool
    inerte: bool
    commune: str | None
    pertes: bool
    memoire: int | None
    nomme: bool


AnyPoint = PointFacts | Point | PointTransmis
"""A point as it was read, its row, or what is needed of it."""


@computed_once(POINTS_GARDES)
def mesure_of(dossier: Dossier, sens: Sens, *, pertes: bool = False) -> PointMesure | None:
    """Return what `point_mesure` makes of a dossier: once for as long as nobody changes it."""
    return point_mesure(dossier.point, dossier.mesures, sens, pertes=pertes)


def point_mesure(
    point: AnyPoint,
    mesures: MesuresFacts,
    sens: Sens,
    service: tuple[date, date | None] | None = None,
    *,
    pertes: bool = False,
) -> PointMesure | None:
    """Return what the physics needs of a point in one direction.

    None for a point that has no meter or was never commissioned: nothing was ever measured there.
    `service`: the legal days [debut, fin) of a service or a contract; where it ended before the
    point changed hands, its former client was measured. `pertes`: some readings are lost, as on the
    real platform. The description is kept by content, so a row that another process changed
    holds at once, and a point that didn't change is the same object.
    """
    if point.date_mise_en_service is None or not mesures.compteurs:
        return None
    seul = _described(point, mesures, sens, service, pertes)
    if not (seul.petit and point.contrat_soutirage and point.contrat_injection):
        return seul
    if any(code == _NON_CONSOMMATION for _, _, code in mesures.calendriers):
        return seul
    # What is produced is first consumed behind the meter.
    return _joined(seul, _described(point, mesures, AUTRE_SENS[sens], service, pertes))


@computed_once(256)
def _joined(seul: PointMesure, couple: PointMesure) -> PointMesure:
    return replace(seul, couple=couple)


def _described(
    point: AnyPoint,
    mesures: MesuresFacts,
    sens: Sens,
    service: tuple[date, date | None] | None,
    pertes: bool,
) -> PointMesure:
    """Return one direction of a point, as if it had no other."""
    assert point.date_mise_en_service is not None, "only of a point that was commissioned"
    autre = sens != SENS_OF_SEGMENT[point.segment]
    inerte = autre and any(code == _NON_CONSOMMATION for _, _, code in mesures.calendriers)
    # The days of the client of a service, where it ended before today's client came.
    debut, fin = service or (date.max, None)
    if fin is None or not debut < fin <= point.date_mise_en_service:
        debut, fin = point.date_mise_en_service, point.date_resiliation
    return _describe(
        _Donnees(
            # The two directions of a point are two installations.
            graine=point.graine ^ autre,
            segment=_AUTRES[point.segment] if autre else point.segment,
            autre=autre,
            etats=mesures.histoire(point, *_DATEES)
            if mesures.anciennes
            else ((None, tuple([getattr(point, nom) for nom in _DATEES])),),
            raccordement=point.puissance_raccordement,
            mise_en_service=debut,
            resiliation=fin,
            professionnel=point.categorie_client_final == "PRO",
            plage_releve=point.plage_releve,
            tension=point.tension_livraison,
            triphase=point.tension_livraison == _TRIPHASE,
            # What is subscribed tells the unit of the powers, else what was connected.
            en_kw=(
                point.puissance_raccordement_unite
                if point.puissance_souscrite is None
                else point.puissance_souscrite_unite
            )
            == "kW",
            inerte=inerte,
            pertes=pertes,
            memoire=_memoire(point),
            commune=point.code_insee,
            nomme=point.pourquoi is not None or point.apport_id is not None,
        ),
        mesures,
    )


def _memoire(point: AnyPoint) -> int | None:
    """Return the days of curve that a large meter keeps: 42, or 21 where it counts injection too
    (FAQ, of a PME-PMI; of the other meters that can be collected: assumed), none of an older one.

    One that is processed by its curve is collected always, for Enedis' own needs (assumed); one
    that is processed by index has to be asked for, and has no curve else (observed 2023).
    """
    if point.segment in PETITS or point.mode_traitement != "INDEX":
        return None
    if point.type_comptage not in _A_COURBE:
        return 0
    return 21 if point.contrat_injection else 42


def _since(
    premier: date, entrees: Iterable[tuple[date | None, *tuple[Any, ...]]]
) -> list[tuple[Any, ...]]:
    """Return dated entries from a first day on, each different from the one before; the first is
    the one that held on that day."""
    found: list[tuple[Any, ...]] = []
    for depuis, *valeurs in entrees:
        if depuis is None or depuis <= premier:
            found = [(premier, *valeurs)]
        elif not found or [*found[-1][1:]] != valeurs:
            found.append((depuis, *valeurs))
    return found


@computed_once(POINTS_GARDES)
def _describe(donnees: _Donnees, mesures: MesuresFacts) -> PointMesure:
    petit = donnees.segment in PETITS
    compteurs = tuple(
        # A small meter that tells its TIC flags is a Linky; large ones have always communicated.
        CompteurPose(pose, depose, communicant=not petit or tic)
        for pose, depose, tic in mesures.compteurs
    )
    depuis = compteurs[0].pose
    etats = [_Etat(jour, *valeurs) for jour, valeurs in donnees.etats]
    usual = donnees.raccordement or PUISSANCE_DU_SURPLUS
    puissances = (
        [(depuis, PUISSANCE_DU_SURPLUS)]
        if donnees.autre
        else _since(depuis, [(etat.depuis, etat.puissance_souscrite or usual) for etat in etats])
    )
    given = None if donnees.autre else read_donnees(mesures.donnees)
    perdus = mesures.trous if given is None else (*mesures.trous, *given.trous)
    return PointMesure(
        graine=donnees.graine,
        segment=donnees.segment,
        puissances=tuple(PuissanceSouscrite(*puissance) for puissance in puissances),
        mise_en_service=donnees.mise_en_service,
        compteurs=compteurs,
        grille_distributeur=_distributeur(donnees, etats, mesures, compteurs),
        grille_fournisseur=_fournisseur(donnees, etats, mesures, depuis),
        heures_creuses=tuple(
            HeuresCreuses(jour, parse_plages(haute), None if basse is None else parse_plages(basse))
            for jour, haute, basse in _since(
                depuis,
                [
                    (etat.depuis, etat.heures_creuses_libelle, etat.heures_creuses_saison_basse)
                    for etat in etats
                    if etat.heures_creuses_libelle is not None
                ],
            )
        ),
        collectes=_union(mesures.collectes),
        trous=tuple(TrouDeCourbe(debut, fin) for debut, fin in perdus),
        oppositions=tuple(Opposition(debut, fin) for debut, fin in mesures.oppositions),
        resiliation=donnees.resiliation,
        jour_releve=jour_releve(donnees.plage_releve),
        tension=_volts(donnees.tension),
        triphase=donnees.triphase,
        pma_en_watts=not petit and donnees.en_kw,
        profil=_profil(donnees),
        donnees=given,
        ponctuels=mesures.ponctuels,
        rectifications=()
        if donnees.autre
        else tuple(JourRectifie(*rectifiee) for rectifiee in mesures.rectifications),
        lieu=lieu_de_la_commune(donnees.commune),
        memoire=donnees.memoire,
        pertes=donnees.pertes,
        vivant=not donnees.nomme and not donnees.autre and given is None,
        arrivees=mesures.arrivees,
    )


def _profil(donnees: _Donnees) -> ProfilConsommation | None:
    """Return the profile of what is consumed behind the meter; None for the usual one."""
    if donnees.inerte:
        return ProfilConsommation.AUCUN
    if donnees.segment == "C5" and donnees.professionnel:
        return ProfilConsommation.PROFESSIONNEL
    return None


def _distributeur(
    donnees: _Donnees,
    etats: list[_Etat],
    mesures: MesuresFacts,
    compteurs: tuple[CompteurPose, ...],
) -> tuple[Grille, ...]:
    """Return the distributor's grids: a small meter has none before it is opened (OFF 21.3)."""
    petit = donnees.segment in PETITS
    # It is never closed again.
    opened = [etat for etat in etats if etat.niveau_ouverture_services]
    if petit and not opened:
        return ()
    dates = _dated(donnees, etats, mesures, "distributeur")
    if dates:
        return dates
    depuis = next((c.pose for c in compteurs if c.communicant), None)
    if depuis is None:
        return ()
    if petit and opened[0].depuis is not None:
        depuis = max(depuis, opened[0].depuis)
    return tuple(
        Grille(jour, _DISTRIBUTEUR_C5[structure] if petit else _DISTRIBUTEUR, structure)
        for jour, structure in _since(
            depuis, [(etat.depuis, etat.structure(donnees.segment)) for etat in etats]
        )
    )


def _fournisseur(
    donnees: _Donnees, etats: list[_Etat], mesures: MesuresFacts, depuis: date
) -> tuple[Grille, ...]:
    dates = _dated(donnees, etats, mesures, "fournisseur")
    if dates or donnees.autre:
        return dates
    usual = etats[-1].structure(donnees.segment)
    codes = [
        (etat.depuis, etat.calendrier_fournisseur)
        for etat in etats
        if etat.calendrier_fournisseur is not None
    ]
    return tuple(
        Grille(jour, code, STRUCTURES.get(code, usual)) for jour, code in _since(depuis, codes)
    )


def _dated(
    donnees: _Donnees, etats: list[_Etat], mesures: MesuresFacts, cote: str
) -> tuple[Grille, ...]:
    """Return the calendars of one side, but for the calendar of no consumption in the direction of
    injection. One that isn't known divides time as the tariff does."""
    usual = etats[-1].structure(donnees.segment)
    return tuple(
        Grille(depuis, code, STRUCTURES.get(code, usual))
        for ce_cote, depuis, code in mesures.calendriers
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


@computed_once(64)
def _volts(tension: str | None) -> int:
    """Return the nominal voltage from how the delivery is called (« 230/400 V », « 20 kV »)."""
    trouve = re.match(r"\d+", tension or "230")
    volts = int(trouve[0]) if trouve else 230
    return volts * 1000 if tension is not None and tension.endswith("kV") else volts
