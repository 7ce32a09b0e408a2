"""HDM: the history that CommandeTransmissionHistoriqueMesures orders, as csv.

No document describes it: everything here was seen in the three recorded files (2022). UTF-8 with
BOM, semicolons, LF. A block is a line of headings, a line of values, the headings of the columns
and the rows. Curves and maximum powers are of the days [debut, fin); indexes, read at midnight, of
]debut, fin]: with that of `debut`, which isn't there, they close each of these days.

The oddities are the platform's own: powers called "Energie active", no unit on C1-C4, VA written
W, and the labels of daily indexes (`_stamps`).

The period is cut to the last mise en service; one that is wholly before it is empty, and printed
as the end alone. It happens where the client changed between the order and its file (assumed).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.horodates import avec_decalage
from sge_sim.flux.lots import LotAffaire
from sge_sim.flux.points_lus import read_case
from sge_sim.mesures import (
    CADRANS_FOURNISSEUR,
    Grandeur,
    PointMesure,
    courbe,
    courbe_10_minutes,
    en_vigueur,
    index_quotidiens,
    minuits,
    puissances_maximales,
)
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.grilles_nommees import CalendrierNomme, calendrier_nomme
from sge_sim.mesures.rectifications import corrected_curve
from sge_sim.mesures.series import has_corrected
from sge_sim.tables.commandes import DemandeHistorique

CADRANS_LINKY = 4
"""Distributor's registers of a Linky: only C5 points have a history of indexes."""

_BOM = b"\xef\xbb\xbf"
_ENTETE = (
    "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;"
    "Etape metier;Unite"
)
_BRUT = "Comptage Brut"
_CORRIGE = "Comptage Corrigé"
"""How a corrected curve is called: assumed, no such file was seen."""
_PUISSANCE = ("Puissance maximale quotidienne", "Puissance maximale atteinte", "W")
_JOUR = timedelta(1)


def fichiers(
    session: Session, lot: LotAffaire, _envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of an order, encrypted but not zipped; none where nothing was measured."""
    demande, (point, mesure_in) = lot.demande, read_case(session, lot, atelier)
    assert isinstance(demande, DemandeHistorique)
    mesure = mesure_in(SENS_OF_SEGMENT[point.segment])
    if mesure is None:
        return
    asked = (point.prm, mesure, demande.date_debut, demande.date_fin)
    if demande.mesures_type == "CDC":
        content = write_courbe(*asked, corrigees=demande.corrigees)
    else:
        content = write_index(*asked)
    yield Fichier(file_name(demande.affaire_id), (content,), (point.prm,))


def file_name(affaire_id: str) -> str:
    """Return the name of the file."""
    return f"Enedis_SGE_HDM_{affaire_id}.csv"


def write_courbe(
    prm: str, point: PointMesure, debut: date, fin: date, *, corrigees: bool = False
) -> bytes:
    """Return the load curve of the legal days [debut, fin), not before the last mise en service.

    W. C1-C4 and P1-P3: every ten minutes, stamped at the start. C5 and P4: stamped at the end,
    thirty minutes where the curve was collected and sixty where the meter kept it, nothing
    elsewhere. A lost point has an empty value; a period without curve gives headings alone.

    `corrigees`: a lost point has the value that was lost, and a day that was put right its own, as
    in the other corrected curves, on C1-C4 and P1-P3; the others are never corrected (GUI 0453).
    """
    debut = _debut(point, debut, fin)
    corrigees = corrigees and has_corrected(Grandeur.PA, petit=point.petit)
    read = courbe if point.petit else courbe_10_minutes
    releve = read(point, debut, fin)
    if corrigees:
        releve, _ = corrected_curve(point, releve)
    unite, etape = "W" if point.petit else "", _CORRIGE if corrigees else _BRUT
    courbe_de = _values(prm, point, debut, fin, "Courbe de charge", "Energie active", unite, etape)
    lines = [f"{_ENTETE};Pas en minutes", f"{courbe_de};", "Horodate;Valeur"]
    valeurs: list[int | str] = list(releve.valeurs.tolist())
    if not corrigees:
        for rang in np.flatnonzero(~releve.valides).tolist():
            valeurs[rang] = ""
    horodates = avec_decalage(releve.horodates, releve.decalages)
    if horodates:
        lines.append(";%s\n".join([*horodates, ""]).removesuffix("\n") % tuple(valeurs))
    return _file(lines)


def write_index(prm: str, point: PointMesure, debut: date, fin: date) -> bytes:
    """Return what closes each of the days [debut, fin): indexes (Wh) and their calendars, and the
    maximum powers (VA) of these days.
    """
    debut = _debut(point, debut, fin)
    lendemain, closed = debut + _JOUR, fin + _JOUR
    lines = [
        _ENTETE,
        _values(prm, point, debut, fin, "Index", "Energie active"),
        *_index(point, lendemain, closed),
        *_calendriers(point, lendemain, closed),
        _ENTETE,
        _values(prm, point, debut, fin, *_PUISSANCE),
        "Horodate;Valeur",
        *_puissances(point, debut, fin),
    ]
    return _file(lines)


def _file(lines: list[str]) -> bytes:
    return _BOM + "\n".join([*lines, ""]).encode()


def _debut(point: PointMesure, debut: date, fin: date) -> date:
    """Return the first day of [debut, fin) that is the client's, `fin` where none is."""
    return min(max(debut, point.mise_en_service), fin)


def _values(
    prm: str,
    point: PointMesure,
    debut: date,
    fin: date,
    type_: str,
    physique: str,
    unite: str = "",
    etape: str = _BRUT,
) -> str:
    """Return the line of values that describes a block; `etape`: raw or corrected."""
    metier = "Production" if point.injection else "Consommation"
    return f"{prm};{type_};{debut:%d/%m/%Y};{fin:%d/%m/%Y};{physique};{metier};{etape};{unite}"


def _index(point: PointMesure, debut: date, fin: date) -> Iterator[str]:
    cadrans = [f"EAS F{n}" for n in range(1, CADRANS_FOURNISSEUR + 1)]
    cadrans += [f"EAS D{n}" for n in range(1, CADRANS_LINKY + 1)]
    yield ";".join(["Horodate", "Type de releve", *cadrans, "EAS T"])
    if debut >= fin:
        return
    lus = index_quotidiens(point, debut, fin)
    registres = [*lus.fournisseur.tolist(), *lus.distributeur[:CADRANS_LINKY].tolist()]
    registres.append(lus.total.tolist())
    rows = {
        horodate: valeurs
        for horodate, valeurs, valide in zip(
            lus.horodates.tolist(), zip(*registres, strict=True), lus.valides.tolist(), strict=True
        )
        if valide
    }
    vide = ("",) * len(registres)
    for jour, stamp in _stamps(debut, fin):
        lue = rows.get(int(minuits(jour, jour)[0]))
        used = _used(point, jour - _JOUR)
        shown = (
            vide
            if lue is None or not used
            else (valeur if rang in used else "" for rang, valeur in enumerate(lue))
        )
        yield ";".join(map(str, (stamp, "Arrêté quotidien", *shown)))


def _used(point: PointMesure, jour: date) -> set[int]:
    """Return the columns that have a value once `jour` is closed, none before the communicating
    meter: the registers of all calendars that the point has had by then, and the total.

    A register that no calendar uses is empty, not zero (observed 2022). One that only an earlier
    calendar used keeps its value (assumed), so that each side adds up to the total.
    """
    if jour < _pose(point):
        return set()
    sides = ((point.grille_fournisseur, 0), (point.grille_distributeur, CADRANS_FOURNISSEUR))
    used = {CADRANS_FOURNISSEUR + CADRANS_LINKY}
    for grilles, first in sides:
        for grille in grilles:
            if grille.depuis <= jour:
                used |= {first + cadran - 1 for _, cadran in grille.structure.classes}
    return used


def _pose(point: PointMesure) -> date:
    """Return when the first communicating meter was installed, a day that never comes without."""
    return next(
        (compteur.pose for compteur in point.compteurs if compteur.communicant), date.max - _JOUR
    )


def _stamps(debut: date, fin: date) -> Iterator[tuple[date, str]]:
    """Yield the days of [debut, fin) whose index has a row, with the label of that row.

    Rows are labelled every 24 hours at 22:00 UTC, that is 00:00 in summer and 23:00 in winter;
    the index is that of 00:00 of the day so named, all year. The autumn change day has thus two
    rows, and that of spring none (observed 2022, against the curve of the same point).
    """
    jour = debut - _JOUR
    while jour < fin:
        stamp = datetime.combine(jour, time(22), UTC).astimezone(PARIS)
        if debut <= stamp.date() < fin:
            yield stamp.date(), stamp.isoformat()
        jour += _JOUR


def _stamp(jour: date) -> str:
    """Return the label of the first row of a day, its midnight where it has none."""
    midnight = datetime.combine(jour, time(), PARIS).isoformat()
    return next((stamp for _, stamp in _stamps(jour, jour + _JOUR)), midnight)


def _calendriers(point: PointMesure, debut: date, fin: date) -> Iterator[str]:
    """Yield the calendars under which the rows of [debut, fin) were counted.

    A row belongs to the calendar of the day that it closes. Before the communicating meter no
    calendar is known.
    """
    yield ";".join(
        [
            "Periode",
            "Identifiant calendrier fournisseur",
            "Libelle calendrier fournisseur",
            *_class_headings("", CADRANS_FOURNISSEUR),
            "Identifiant calendrier distributeur",
            "Libelle calendrier distributeur",
            *_class_headings(" distributeur", CADRANS_LINKY),
        ]
    )
    if debut >= fin:
        return
    pose = _pose(point)
    grilles = (*point.grille_fournisseur, *point.grille_distributeur)
    changes = {jour + _JOUR for jour in (pose, *(grille.depuis for grille in grilles))}
    starts = [debut, *sorted(jour for jour in changes if debut < jour < fin)]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        jour = start - _JOUR
        fournisseur, distributeur = (
            calendrier_nomme(None if jour < pose else en_vigueur(cote, jour))
            for cote in (point.grille_fournisseur, point.grille_distributeur)
        )
        period = f"Du {_stamp(start)} au" + (f" {_stamp(end)}" if end else "")
        yield ";".join(
            [
                period,
                *_calendrier(fournisseur, "F", CADRANS_FOURNISSEUR),
                *_calendrier(distributeur, "D", CADRANS_LINKY),
            ]
        )


def _class_headings(suffix: str, nombre: int) -> Iterator[str]:
    for n in range(1, nombre + 1):
        for what in ("Identifiant", "Libelle", "Cadran"):
            yield f"{what} classe temporelle{suffix} {n}"


def _calendrier(calendrier: CalendrierNomme, lettre: str, nombre: int) -> Iterator[str]:
    """Yield a calendar's fields: code, label, then code, label and register of each class.

    Registers are always named, also those that no class uses.
    """
    yield calendrier.code
    yield calendrier.libelle
    classes = {classe.cadran: classe for classe in calendrier.classes}
    for n in range(1, nombre + 1):
        classe = classes.get(n)
        yield classe.code if classe else ""
        yield classe.libelle if classe else ""
        yield f"EAS {lettre}{n}"


def _puissances(point: PointMesure, debut: date, fin: date) -> Iterator[str]:
    """Yield each day's maximum at its instant, an empty value at midnight where it was lost."""
    maxima = puissances_maximales(point, debut, fin)
    instants = avec_decalage(maxima.horodates, maxima.decalages)
    midnights = avec_decalage(maxima.minuits, decalages(maxima.minuits))
    for rang, valide in enumerate(maxima.valides.tolist()):
        yield f"{instants[rang]};{maxima.valeurs[rang]}" if valide else f"{midnights[rang]};"
