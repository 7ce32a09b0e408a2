"""Billing consumptions, as ConsultationMesures tells them: differences of indexes, in kWh.

A point is read once a month, and whenever something changes: meter, calendar, power. A reading
that could not be made is estimated, and the next real one puts it right, so the rows of a class
always add up to its index.

Large points are read on the same day each month (observed 2022: 36 times the 9th), and so is a
Linky (observed: always the same day over two years). The cycle of a meter that is read on the spot
may drift by some days (observed: 05-13, 04-10, 03-10), and a Linky has now and then an estimate
some days into its month, put right at the end of it (observed: 2021-01-11 to 01-15 ESTI, to 02-06
REGU). Which points and months do is drawn (assumed). An estimate may exceed what is read next: the
quantity that puts it right is then negative (observed 2026: one of six).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR, legal_date
from sge_sim.mesures.alea import draw
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.entrees_datees import jours_perdus
from sge_sim.mesures.index import CADRANS_FOURNISSEUR, registres_de_depose, registres_lus
from sge_sim.mesures.installations import find_cles
from sge_sim.mesures.point import Grille, JourRectifie, PointMesure, grilles_entre
from sge_sim.mesures.rectifications import rectified_registers
from sge_sim.mesures.tableaux import Entiers

MINUTE_DU_RELEVE = 50
"""Minute of the night at which C1-C4 and P1-P3 freeze their monthly index (observed 2023)."""
MOIS_ENTRE_RELEVES_A_PIED = 6
"""Months between readings of a meter that doesn't communicate (assumed)."""
DERIVE_MAXIMALE = 7
"""Most days by which the cycle of a C5 without Linky comes late (assumed: 3 to 5 were seen)."""
JOURS_AVANT_ESTIMATION = 4
"""Days from a reading to the estimate that splits its month (observed 2021)."""
_UN_MOIS_SUR = 12
"""One month in so many is split by an estimate (assumed)."""
_UNE_ESTIMATION_TROP_FORTE_SUR = 6
"""One run of estimates in so many exceeds the truth (assumed)."""
_POINT, _ESTIMATION = 1 << 20, 1 << 21
"""Where the draws of a point and of its estimates begin, beside those of its months."""


@dataclass(frozen=True)
class Consommation:
    """One row: kWh over [debut, fin).

    `nature`: REEL, ESTI, or REGU after an estimate. `declencheur`: CYCLIQUE, or EVENEMENT when
    the reading at `fin` comes from a change (an estimate is CYCLIQUE: assumed). `rectifiee`: when
    it was last put right, if it was after it had been told (None observed).
    """

    debut: date
    fin: date
    valeur: int
    nature: str
    declencheur: str
    rectifiee: datetime | None = None

    @property
    def statut(self) -> str:
        """INITIALE, or RECTIFIEE: the row that it replaces isn't told as ANNULEE (assumed)."""
        return "INITIALE" if self.rectifiee is None else "RECTIFIEE"


@dataclass(frozen=True)
class SerieConsommations:
    """The rows of one class of one calendar, newest first."""

    calendrier: str
    classe: str
    consommations: tuple[Consommation, ...]


@dataclass(frozen=True)
class Consommations:
    """The series of each grid, by calendar, oldest first, then by code of class."""

    distributeur: tuple[SerieConsommations, ...]
    fournisseur: tuple[SerieConsommations, ...]


@dataclass(frozen=True)
class _Releve:
    """A reading: the registers before it, and after it when the meter changes; whether it is an
    estimate, and whether an event caused it."""

    jour: date
    ferme: Entiers
    ouvre: Entiers
    estime: bool
    evenement: bool


_Gains = Sequence[tuple[JourRectifie, Entiers]]
"""The days that were put right, and what each register gains of it, Wh."""


def consommations(point: PointMesure, debut: date, fin: date) -> Consommations:
    """Return the billing consumptions of a point over [debut, fin].

    Every row that ends after `debut` and not after `fin`, whole, from the last mise en service
    on: a row may begin before `debut` (assumed). A row runs from one reading to the next, on
    `jour_releve` of each month or some days later (C5). A grid that doesn't exist yet has no row.

    The cyclic reading fails when the day before is lost (`TrouDeCourbe`). A failed reading is
    estimated between 85 % and 100 % of the truth, now and then between 150 % and 250 % (assumed): a
    quantity after such an estimate may be negative. A meter that doesn't communicate is
    read on the spot every six months, REEL (observed 2020; how often is assumed).

    The rows of a day that was put right (`JourRectifie`) have its energy; readings don't.
    """
    releves = _releves(point, fin)
    gains = [(each, rectified_registers(point, each)) for each in point.rectifications]
    return Consommations(
        distributeur=_series(point.grille_distributeur, CADRANS_FOURNISSEUR, releves, debut, gains),
        fournisseur=_series(point.grille_fournisseur, 0, releves, debut, gains),
    )


def _series(
    grilles: Sequence[Grille], premier: int, releves: list[_Releve], debut: date, gains: _Gains
) -> tuple[SerieConsommations, ...]:
    lignes: dict[tuple[str, str], list[Consommation]] = {}
    for grille, depuis, jusque in grilles_entre(grilles, date.min, date.max):
        for code, cadran in sorted(grille.structure.classes):
            rang = premier + cadran - 1
            lignes.setdefault((grille.calendrier, code), []).extend(
                _consommation(avant, apres, rang, gains)
                for avant, apres in pairwise(releves)
                if depuis <= avant.jour < jusque and apres.jour > debut
            )
    ordre = [grille.calendrier for grille in grilles]
    return tuple(
        SerieConsommations(calendrier, code, tuple(reversed(rows)))
        for (calendrier, code), rows in sorted(lignes.items(), key=lambda x: ordre.index(x[0][0]))
        if rows
    )


def _consommation(avant: _Releve, apres: _Releve, rang: int, gains: _Gains) -> Consommation:
    """Return the row between two readings; a class that a rectification doesn't change has its
    status all the same (assumed)."""
    here = [(each, gain) for each, gain in gains if avant.jour <= each.jour < apres.jour]
    later = [each.instant for each, _ in here if legal_date(each.instant) > apres.jour]
    ferme = int(apres.ferme[rang]) + sum(int(gain[rang]) for _, gain in here)
    nature = "ESTI" if apres.estime else "REGU" if avant.estime else "REEL"
    return Consommation(
        debut=avant.jour,
        fin=apres.jour,
        valeur=ferme // 1000 - int(avant.ouvre[rang]) // 1000,
        nature=nature,
        declencheur="EVENEMENT" if apres.evenement else "CYCLIQUE",
        rectifiee=max(later, default=None),
    )


def _releves(point: PointMesure, fin: date) -> list[_Releve]:
    """Return the readings of a point from its mise en service to `fin`, included."""
    debut = max(point.mise_en_service, point.compteurs[0].pose, PREMIER_JOUR)
    fins = (fin, *_fins(point), FIN_DES_JOURS - timedelta(1))
    dernier = min(jour for jour in fins if jour is not None)
    if dernier < debut:
        return []
    evenements = _evenements(point)
    cycles = {j for j in cycliques(point, debut, dernier) if not _is_missed(point, j)}
    estimes = _estimes(point, debut, dernier) - cycles - evenements
    jours = [j for j in cycles | evenements | estimes if debut <= j <= dernier]
    i0, i1 = numero(debut), numero(dernier) + 1
    minutes = np.zeros(i1 - i0, np.int64)
    minutes[[numero(j) - i0 for j in jours]] = [minute_du_releve(point, j) for j in jours]
    lus = registres_lus([(point, i0, i1)], [minutes] if minutes.any() else None)[0]
    perdus = jours_perdus(point, i0 - 1, i1 - 1)
    deposes = {c.depose: c for c in point.compteurs if c.depose is not None}
    releves: list[_Releve] = []
    reel, part = lus[:, 0], 100
    for jour in sorted(jours):
        ouvre = ferme = lus[:, numero(jour) - i0]
        evenement = jour in evenements
        estime = jour in estimes or (not evenement and perdus[numero(jour) - i0])
        if estime:
            ouvre = ferme = reel + (ferme - reel) * part // 100
        else:
            if jour in deposes:
                ferme = registres_de_depose(point, deposes[jour])
            # One share for all the estimates that follow, so that none is below the one before.
            reel, part = ouvre, _part_estimee(point, jour)
        releves.append(_Releve(jour, ferme, ouvre, bool(estime), evenement))
    return releves


def _part_estimee(point: PointMesure, jour: date) -> int:
    """Return what is estimated of the truth after the real reading of a day, in per cent."""
    hasard = draw(find_cles(point.graine).releves, numero(jour))
    if (hasard >> 8) % _UNE_ESTIMATION_TROP_FORTE_SUR == 0:
        return 150 + hasard % 101
    return 85 + hasard % 16


def _fins(point: PointMesure) -> tuple[date | None, date | None]:
    return point.resiliation, point.compteurs[-1].depose


def minute_du_releve(point: PointMesure, jour: date) -> int:
    """Return at which minute of a day a point is read: at the monthly one of a large point, at
    midnight where something changes."""
    cyclique = not point.petit and jour.day == point.jour_releve
    return MINUTE_DU_RELEVE * (cyclique and jour not in _evenements(point))


def _evenements(point: PointMesure) -> set[date]:
    """Return the days on which something begins or changes, so that the point is read."""
    jours = {c.pose for c in point.compteurs} | {fin for fin in _fins(point) if fin is not None}
    jours.add(max(point.mise_en_service, point.compteurs[0].pose, PREMIER_JOUR))
    for entrees in (point.grille_distributeur, point.grille_fournisseur, point.puissances):
        jours.update(entree.depuis for entree in entrees)
    return jours


def cycliques(point: PointMesure, debut: date, dernier: date) -> Iterator[date]:
    """Yield the days of cyclic reading of the months from `debut` to `dernier`, and of the month
    before `debut`, whose reading may come late."""
    for mois in range(debut.year * 12 + debut.month - 2, dernier.year * 12 + dernier.month):
        jour = date(mois // 12, mois % 12 + 1, point.jour_releve)
        yield jour + timedelta(_derive(point, mois, jour))


def _derive(point: PointMesure, mois: int, jour: date) -> int:
    """Return by how many days the cyclic reading of a month comes late: one C5 in two that has no
    Linky by then drifts."""
    cle = find_cles(point.graine).cycles
    pose = next((c.pose for c in point.compteurs if c.communicant), date.max)
    if not point.petit or jour >= pose or draw(cle, _POINT) % 2:
        return 0
    return draw(cle, mois) % (DERIVE_MAXIMALE + 1)


def _estimes(point: PointMesure, debut: date, dernier: date) -> set[date]:
    """Return the days on which a Linky is estimated though its cycle says nothing."""
    if not point.petit:
        return set()
    cle = find_cles(point.graine).cycles
    pose = next((c.pose for c in point.compteurs if c.communicant), date.max)
    avant = {
        jour
        for jour in cycliques(point, debut, dernier)
        if draw(cle, _ESTIMATION + jour.year * 12 + jour.month) % _UN_MOIS_SUR == 0
    }
    # The move to the new chain is followed by one (observed 2021).
    avant.update(grille.depuis for grille in point.grille_distributeur if grille.depuis > pose)
    return {jour + timedelta(JOURS_AVANT_ESTIMATION) for jour in avant if jour >= pose}


def _is_missed(point: PointMesure, jour: date) -> bool:
    """Tell whether the meter of that day must be read on the spot, and isn't."""
    compteur = next((c for c in reversed(point.compteurs) if c.pose <= jour), None)
    if compteur is None or compteur.communicant:
        return False
    return (jour.month + point.graine) % MOIS_ENTRE_RELEVES_A_PIED != 0
