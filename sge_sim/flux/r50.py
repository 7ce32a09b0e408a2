"""R50: load curves of C5 points (guide R50 v2.2.0, XSD v1.1.0).

W, means of the thirty minutes before `H`: the day measured begins at `H` 00:30 and ends at 00:00
of the next day. Raw values only, nothing is estimated (documented). A point that was lost has
`H` alone; a day that has not come, or was wholly lost, has no point at all.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np

from sge_sim.flux.envoi import Archive, Envoi, Frequence, PointPublie, batches
from sge_sim.flux.horodates import avec_decalage, legal
from sge_sim.mesures import courbe, minuits

POINTS_PAR_FICHIER = {Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 100}
"""Most points of a file, by frequency (guide R50)."""
PAS = 30
"""Minutes of the published step."""


def files(envoi: Envoi, publies: Sequence[PointPublie]) -> Iterator[Archive]:
    """Cut the points into files and write them, each alone in its archive."""
    parts = list(batches(publies, POINTS_PAR_FICHIER[envoi.frequence]))
    for rang, part in enumerate(parts, start=1):
        nom = serial_name("R50", envoi, rang, len(parts))
        yield Archive(
            f"{nom}.zip", ((f"{nom}.xml", write(envoi, part)),), tuple(one.prm for one in part)
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


def write(envoi: Envoi, publies: Sequence[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<R50>",
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
    for publie in publies:
        lines += ["<PRM>", f"<Id_PRM>{publie.prm}</Id_PRM>", *_releves(publie), "</PRM>"]
    lines += ["</R50>", ""]
    return "\n".join(lines).encode()


def _releves(publie: PointPublie) -> Iterator[str]:
    """Yield the days of a point, those that came late first."""
    for jour in publie.rattrapes:
        yield from _jours(publie, jour, jour + timedelta(1), frozenset())
    yield from _jours(publie, publie.debut, publie.fin, publie.absents)


def _jours(publie: PointPublie, debut: date, fin: date, absents: frozenset[date]) -> Iterator[str]:
    releve = courbe(publie.point, debut, fin)
    stamps = avec_decalage(releve.horodates, releve.decalages)
    # The hourly curve that the meter kept from before its collection is not published.
    valides = releve.valides & (releve.pas == PAS)
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
        if jour not in absents and valides[premier:dernier].any():
            yield from points[premier:dernier]
        yield "</Donnees_Releve>"
