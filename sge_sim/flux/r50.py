"""R50: load curves of C5 points (guide R50 v2.2.0, XSD v1.1.0).

W, means of the thirty minutes before `H`: the day measured begins at `H` 00:30 and ends at 00:00
of the next day. Raw values only, nothing is estimated (documented). A point that was lost has
`H` alone; a day that has not come, or was wholly lost, has no point at all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar
from xml.sax.saxutils import escape

import numpy as np

from sge_sim.flux.envoi import Archive, Envoi, PointPublie, batches, par_point
from sge_sim.flux.horodates import avec_decalage, legal
from sge_sim.flux.periodes import Frequence
from sge_sim.machine.once import computed_once
from sge_sim.mesures import PointMesure, courbe, minuits
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.ensemble import courbes_du_jour

T = TypeVar("T")

POINTS_PAR_FICHIER = {Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 100}
"""Most points of a file, by frequency (guide R50)."""
PAS = 30
"""Minutes of the published step."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"
"""Declared on the roots of R50 and R151, and not used (observed 2022)."""

Etendues = list[PointPublie]
"""The stretches of one point."""
Writer = Callable[[Envoi, Iterable[Etendues]], bytes]
"""Returns the XML of one file."""

POINTS_ENSEMBLE = 500
"""How many points are computed together: enough to share the calls, few enough for the caches."""


def archive(envoi: Envoi, publies: Iterable[PointPublie], rang: int, fichiers: int) -> Archive:
    """Write file `rang` of `fichiers` of a publication, alone in its archive."""
    return serial_archive("R50", envoi, list(par_point(publies)), rang, fichiers, write_points)


def serial_archive(
    flux: str, envoi: Envoi, points: list[Etendues], rang: int, fichiers: int, write: Writer
) -> Archive:
    """Return the archive of one file of an R50 or R151 publication."""
    nom = serial_name(flux, envoi, rang, fichiers)
    content = write(envoi, points)
    return Archive(
        f"{nom}.zip", ((f"{nom}.xml", content),), tuple(etendues[0].prm for etendues in points)
    )


def serial_name(flux: str, envoi: Envoi, rang: int, nombre: int) -> str:
    """Return the name, without extension, of file `rang` of `nombre` of an R50 or R151 publication.

    The sequence number grows by one at each publication of the subscription, and starts again
    after 99 999 (assumed).
    """
    return (
        f"ERDF_{flux}_{envoi.destinataire}_{envoi.contrat_id}_{envoi.numero}_"
        f"{(envoi.sequence - 1) % 99_999 + 1:05d}_{envoi.frequence.value}_"
        f"{rang:05d}_{nombre:05d}_{envoi.tampon}"
    )


def write(envoi: Envoi, publies: Iterable[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8."""
    return write_points(envoi, par_point(publies))


def write_points(envoi: Envoi, points: Iterable[Etendues]) -> bytes:
    """Return the XML of one file, UTF-8, from the stretches of its points."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<R50 xmlns:xsi="{XSI}">',
        "<En_Tete_Flux>",
        "<Identifiant_Flux>R50</Identifiant_Flux>",
        "<Libelle_Flux>Courbes de charge des PRM du segment C5 sur abonnement</Libelle_Flux>",
        "<Version_XSD>1.1.0</Version_XSD>",
        "<Identifiant_Emetteur>ERDF</Identifiant_Emetteur>",
        f"<Identifiant_Destinataire>{escape(envoi.destinataire)}</Identifiant_Destinataire>",
        f"<Date_Creation>{legal(envoi.creation)}</Date_Creation>",
        f"<Identifiant_Contrat>{escape(envoi.contrat_id)}</Identifiant_Contrat>",
        f"<Numero_Abonnement>{envoi.numero}</Numero_Abonnement>",
        f"<Pas_Publication>{PAS}</Pas_Publication>",
        "</En_Tete_Flux>",
    ]
    for part in batches(points, POINTS_ENSEMBLE):
        ensemble = du_jour(part, courbes_du_jour)
        for etendues, courbe_du_jour in zip(part, ensemble, strict=True):
            lines += ["<PRM>", f"<Id_PRM>{etendues[0].prm}</Id_PRM>"]
            if courbe_du_jour is None:
                for etendue in etendues:
                    lines += _jours(etendue)
            else:
                (publie,) = etendues
                lines.append(_modele(publie.debut) % (publie.affaire_id, *courbe_du_jour))
            lines.append("</PRM>")
    lines += ["</R50>", ""]
    return "\n".join(lines).encode()


def du_jour(
    points: Sequence[Etendues], read: Callable[[list[PointMesure], date], list[T | None]]
) -> list[T | None]:
    """Return what `read` finds of the points that have one day in the file, computed together.

    None for the others, and where it finds nothing: they are computed one by one.
    """
    found: list[T | None] = [None] * len(points)
    jours: dict[date, list[int]] = {}
    for rang, etendues in enumerate(points):
        if len(etendues) == 1 and etendues[0].is_one_day:
            jours.setdefault(etendues[0].debut, []).append(rang)
    for jour, rangs in jours.items():
        values = read([points[rang][0].point for rang in rangs], jour)
        for rang, value in zip(rangs, values, strict=True):
            found[rang] = value
    return found


@computed_once(8)
def _modele(jour: date) -> str:
    """Return the `Donnees_Releve` of a day that was wholly collected: the case, then the values."""
    minuit, suivant = minuits(jour, jour + timedelta(1)).tolist()
    fins = np.arange(minuit, suivant, 60 * PAS, dtype=np.int64) + 60 * PAS
    pdc = (
        f"<PDC><H>{h}</H><V>%d</V><IV>0</IV></PDC>" for h in avec_decalage(fins, decalages(fins))
    )
    return "\n".join(
        [
            "<Donnees_Releve>",
            f"<Date_Releve>{jour}</Date_Releve>",
            "<Id_Affaire>%s</Id_Affaire>",
            *pdc,
            "</Donnees_Releve>",
        ]
    )


def _jours(publie: PointPublie) -> Iterator[str]:
    debut, fin = publie.debut, publie.fin
    # The hourly curve that the meter kept from before its collection is not published.
    releve = courbe(publie.point, debut, fin, collectees=True)
    stamps, valides = avec_decalage(releve.horodates, releve.decalages), releve.valides
    points = [
        f"<PDC><H>{h}</H><V>{v}</V><IV>0</IV></PDC>" if valide else f"<PDC><H>{h}</H></PDC>"
        for h, v, valide in zip(stamps, releve.valeurs.tolist(), valides.tolist(), strict=True)
    ]
    # Stamps are at the end of the step: that of midnight closes the day before.
    bords = np.searchsorted(releve.horodates, minuits(debut, fin), side="right").tolist()
    for rang, (premier, dernier) in enumerate(pairwise(bords)):
        jour = debut + timedelta(rang)
        yield "<Donnees_Releve>"
        yield f"<Date_Releve>{jour}</Date_Releve>"
        yield f"<Id_Affaire>{publie.affaire_id}</Id_Affaire>"
        if jour not in publie.absents and valides[premier:dernier].any():
            yield from points[premier:dernier]
        yield "</Donnees_Releve>"
