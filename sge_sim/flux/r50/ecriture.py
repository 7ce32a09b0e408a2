"""R50: load curves of C5 points (guide R50 v2.2.0, XSD v1.1.0).

W, means of the thirty minutes before `H`: the day measured begins at `H` 00:30 and ends at 00:00
of the next day. Raw values only, nothing is estimated (documented). A point that was lost has
`H` alone; a day that has not come, or was wholly lost, has no point at all.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import numpy as np

from sge_sim.flux.envoi import Envoi, PointPublie
from sge_sim.flux.horodates import avec_decalage
from sge_sim.flux.serie import laid_out_as_real, serial_archive, serial_blocks, serial_xml
from sge_sim.machine.once import computed_once
from sge_sim.mesures import courbe, minuits
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.ensemble import courbes_du_jour

__all__ = ("archive", "laid_out_as_real", "write")

PAS = 30
"""Minutes of the published step."""


def write(envoi: Envoi, publies: Iterable[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8."""
    libelle = "Courbes de charge des PRM du segment C5 sur abonnement"
    more = (f"<Pas_Publication>{PAS}</Pas_Publication>",)
    lines = serial_blocks(publies, courbes_du_jour, _jour, _jours)
    return serial_xml("R50", libelle, "1.1.0", envoi, more, lines)


archive = partial(serial_archive, "R50", write)


def _jour(publie: PointPublie, courbe_du_jour: list[int]) -> str:
    """Return the `Donnees_Releve` of one day of a point that was wholly collected."""
    return _modele(publie.debut) % (publie.affaire_id, *courbe_du_jour)


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
