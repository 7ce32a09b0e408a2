"""R151: daily indexes and maximum powers of C5 points (guide R151 v2.3.1, XSD v1.2.0).

The index of `Date_Releve` J is read at the END of J, where other exchanges date it by the start
of a day: it is their J + 1 (observed 2022). Wh, and VA for the maximum, which has no instant. A
day that has not come, or was lost, has its calendars alone.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from xml.sax.saxutils import escape

from sge_sim.clock import legal_date
from sge_sim.flux.envoi import Envoi, PointPublie
from sge_sim.flux.serie import laid_out_as_real, serial_archive, serial_blocks, serial_xml
from sge_sim.machine.once import computed_once
from sge_sim.mesures import (
    CADRANS_FOURNISSEUR,
    Grille,
    en_vigueur,
    index_quotidiens,
    minuits,
    puissances_maximales,
)
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.ensemble import maxima_du_jour
from sge_sim.mesures.grilles_nommees import CalendrierNomme, calendrier_du, calendrier_nomme
from sge_sim.mesures.index import registres_lus

__all__ = ("archive", "laid_out_as_real", "write")

_DISTRIBUTEUR, _FOURNISSEUR = "Classe_Temporelle_Distributeur", "Classe_Temporelle"
_EN_VA_DEPUIS = date(2020, 10, 15)
"""From when the maximum is said to be in VA; it was W before, with the same numbers."""


def write(envoi: Envoi, publies: Iterable[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8."""
    libelle = "Puissances maximales et index des PRM du segment C5 sur abonnement"
    unite = "VA" if legal_date(envoi.creation) >= _EN_VA_DEPUIS else "W"
    more = (
        "<Unite_Mesure_Index>Wh</Unite_Mesure_Index>",
        f"<Unite_Mesure_Puissance>{unite}</Unite_Mesure_Puissance>",
    )
    lines = serial_blocks(publies, maxima_du_jour, _jour, _jours)
    # Observed: the schema calls itself 1.2.0.
    return serial_xml("R151", libelle, "V1", envoi, more, lines)


archive = partial(serial_archive, "R151", write)


def _jour(publie: PointPublie, maximum: int) -> str:
    """Return the `Donnees_Releve` of one day of a point that was measured and has lost nothing."""
    point, jour = publie.point, publie.debut
    modele, rangs = _modele(
        jour,
        en_vigueur(point.grille_fournisseur, jour),
        en_vigueur(point.grille_distributeur, jour),
    )
    soir = numero(jour) + 1
    lus = registres_lus([(point, soir, soir + 1)])[0][:, 0].tolist()
    return modele % (publie.affaire_id, *[lus[rang] for rang in rangs], maximum)


@computed_once(128)
def _modele(
    jour: date, grille_fournisseur: Grille | None, grille_distributeur: Grille | None
) -> tuple[str, list[int]]:
    """Return how the day is written under two grids, and the ranks of the registers it takes.

    It takes the case, then these registers of `registres_lus`, then the maximum.
    """
    fournisseur = calendrier_nomme(grille_fournisseur)
    distributeur = calendrier_nomme(grille_distributeur)
    lines = [
        "<Donnees_Releve>",
        *(line.replace("%", "%%") for line in _en_tete(jour, fournisseur, distributeur)),
        "<Id_Affaire>%s</Id_Affaire>",
        *_classes(_DISTRIBUTEUR, distributeur),
        *_classes(_FOURNISSEUR, fournisseur),
        "<Puissance_Maximale><Valeur>%d</Valeur></Puissance_Maximale>",
        "</Donnees_Releve>",
    ]
    rangs = [CADRANS_FOURNISSEUR + classe.cadran - 1 for classe in distributeur.classes]
    rangs += [classe.cadran - 1 for classe in fournisseur.classes]
    return "\n".join(lines), rangs


def _jours(publie: PointPublie) -> Iterator[str]:
    debut, fin = publie.debut, publie.fin
    point, lendemain = publie.point, timedelta(1)
    lus = index_quotidiens(point, debut + lendemain, fin + lendemain)
    rangs = lus.valides.nonzero()[0]
    rang_lu = dict(zip(lus.horodates[rangs].tolist(), rangs.tolist(), strict=True))
    maxima = puissances_maximales(point, debut, fin)
    vus = maxima.valides
    maximum = dict(zip(maxima.minuits[vus].tolist(), maxima.valeurs[vus].tolist(), strict=True))
    bords = minuits(debut, fin).tolist()
    for rang_jour, (minuit, suivant) in enumerate(pairwise(bords)):
        jour = debut + timedelta(rang_jour)
        fournisseur = calendrier_du(point.grille_fournisseur, jour)
        distributeur = calendrier_du(point.grille_distributeur, jour)
        yield "<Donnees_Releve>"
        yield from _en_tete(jour, fournisseur, distributeur)
        yield f"<Id_Affaire>{publie.affaire_id}</Id_Affaire>"
        rang = None if jour in publie.absents else rang_lu.get(suivant)
        if rang is not None:
            for balise, calendrier, registres in (
                (_DISTRIBUTEUR, distributeur, lus.distributeur),
                (_FOURNISSEUR, fournisseur, lus.fournisseur),
            ):
                for classe, modele in zip(
                    calendrier.classes, _classes(balise, calendrier), strict=True
                ):
                    yield modele % registres[classe.cadran - 1, rang]
        if jour not in publie.absents and minuit in maximum:
            yield f"<Puissance_Maximale><Valeur>{maximum[minuit]}</Valeur></Puissance_Maximale>"
        yield "</Donnees_Releve>"


def _en_tete(
    jour: date, fournisseur: CalendrierNomme, distributeur: CalendrierNomme
) -> Iterator[str]:
    yield f"<Date_Releve>{jour}</Date_Releve>"
    for cote, calendrier in (("Fournisseur", fournisseur), ("Distributeur", distributeur)):
        yield f"<Id_Calendrier_{cote}>{escape(calendrier.code)}</Id_Calendrier_{cote}>"
        libelle = escape(calendrier.libelle)
        yield f"<Libelle_Calendrier_{cote}>{libelle}</Libelle_Calendrier_{cote}>"


def _classes(balise: str, calendrier: CalendrierNomme) -> Iterator[str]:
    """Yield how each class of a calendar is written, `%d` in place of its register."""
    for classe in calendrier.classes:
        code, libelle = (text.replace("%", "%%") for text in (classe.code, escape(classe.libelle)))
        yield (
            f"<{balise}><Id_Classe_Temporelle>{code}</Id_Classe_Temporelle>"
            f"<Libelle_Classe_Temporelle>{libelle}</Libelle_Classe_Temporelle>"
            f"<Rang_Cadran>{classe.cadran}</Rang_Cadran>"
            "<Valeur>%d</Valeur>"
            f"<Indice_Vraisemblance>0</Indice_Vraisemblance></{balise}>"
        )
