"""R151: daily indexes and maximum powers of C5 points (guide R151 v2.3.1, XSD v1.2.0).

The index of `Date_Releve` J is read at the END of J, where other exchanges date it by the start
of a day: it is their J + 1 (observed 2022). Wh, and VA for the maximum, which has no instant. A
day that has not come, or was lost, has its calendars alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape

from sge_sim.clock import legal_date
from sge_sim.flux.envoi import Archive, Envoi, Frequence, PointPublie, par_point
from sge_sim.flux.horodates import legal
from sge_sim.flux.r50 import XSI, serial_files
from sge_sim.mesures import index_quotidiens, minuits, puissances_maximales
from sge_sim.mesures.tableaux import Entiers
from sge_sim.referentiel.calendriers import CalendrierNomme, calendrier_du

POINTS_PAR_FICHIER = {Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 50}
"""Most points of a file, by frequency (guide R151)."""

_EN_VA_DEPUIS = date(2020, 10, 15)
"""From when the maximum is said to be in VA; it was W before, with the same numbers."""


def files(envoi: Envoi, publies: Sequence[PointPublie]) -> Iterator[Archive]:
    """Cut the points into files and write them, each alone in its archive."""
    return serial_files("R151", envoi, publies, POINTS_PAR_FICHIER[envoi.frequence], write)


def write(envoi: Envoi, publies: Sequence[PointPublie]) -> bytes:
    """Return the XML of one file, UTF-8."""
    unite = "VA" if legal_date(envoi.creation) >= _EN_VA_DEPUIS else "W"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<R151 xmlns:xsi="{XSI}">',
        "<En_Tete_Flux>",
        "<Identifiant_Flux>R151</Identifiant_Flux>",
        "<Libelle_Flux>Puissances maximales et index des PRM du segment C5 sur abonnement"
        "</Libelle_Flux>",
        "<Version_XSD>V1</Version_XSD>",  # observed: the schema calls itself 1.2.0
        "<Identifiant_Emetteur>ERDF</Identifiant_Emetteur>",
        f"<Identifiant_Destinataire>{escape(envoi.destinataire)}</Identifiant_Destinataire>",
        f"<Date_Creation>{legal(envoi.creation)}</Date_Creation>",
        f"<Identifiant_Contrat>{escape(envoi.contrat_id)}</Identifiant_Contrat>",
        f"<Numero_Abonnement>{envoi.numero}</Numero_Abonnement>",
        "<Unite_Mesure_Index>Wh</Unite_Mesure_Index>",
        f"<Unite_Mesure_Puissance>{unite}</Unite_Mesure_Puissance>",
        "</En_Tete_Flux>",
    ]
    for etendues in par_point(publies):
        lines += ["<PRM>", f"<Id_PRM>{etendues[0].prm}</Id_PRM>"]
        for etendue in etendues:
            lines += _jours(etendue)
        lines += ["</PRM>"]
    lines += ["</R151>", ""]
    return "\n".join(lines).encode()


def _jours(publie: PointPublie) -> Iterator[str]:
    debut, fin = publie.debut, publie.fin
    point, lendemain = publie.point, timedelta(1)
    lus = index_quotidiens(point, debut + lendemain, fin + lendemain)
    rang_lu = {
        minuit: rang
        for rang, (minuit, valide) in enumerate(
            zip(lus.horodates.tolist(), lus.valides.tolist(), strict=True)
        )
        if valide
    }
    maxima = puissances_maximales(point, debut, fin)
    maximum = {
        minuit: valeur
        for minuit, valeur, valide in zip(
            maxima.minuits.tolist(), maxima.valeurs.tolist(), maxima.valides.tolist(), strict=True
        )
        if valide
    }
    bords = minuits(debut, fin).tolist()
    for numero, (minuit, suivant) in enumerate(pairwise(bords)):
        jour = debut + timedelta(numero)
        fournisseur = calendrier_du(point.grille_fournisseur, jour)
        distributeur = calendrier_du(point.grille_distributeur, jour)
        yield "<Donnees_Releve>"
        yield f"<Date_Releve>{jour}</Date_Releve>"
        for cote, calendrier in (("Fournisseur", fournisseur), ("Distributeur", distributeur)):
            yield f"<Id_Calendrier_{cote}>{escape(calendrier.code)}</Id_Calendrier_{cote}>"
            libelle = escape(calendrier.libelle)
            yield f"<Libelle_Calendrier_{cote}>{libelle}</Libelle_Calendrier_{cote}>"
        yield f"<Id_Affaire>{publie.affaire_id}</Id_Affaire>"
        rang = None if jour in publie.absents else rang_lu.get(suivant)
        if rang is not None:
            yield from _classes(
                "Classe_Temporelle_Distributeur", distributeur, lus.distributeur, rang
            )
            yield from _classes("Classe_Temporelle", fournisseur, lus.fournisseur, rang)
        if jour not in publie.absents and minuit in maximum:
            yield f"<Puissance_Maximale><Valeur>{maximum[minuit]}</Valeur></Puissance_Maximale>"
        yield "</Donnees_Releve>"


def _classes(
    balise: str, calendrier: CalendrierNomme, registres: Entiers, rang: int
) -> Iterator[str]:
    for classe in calendrier.classes:
        yield (
            f"<{balise}><Id_Classe_Temporelle>{classe.code}</Id_Classe_Temporelle>"
            f"<Libelle_Classe_Temporelle>{escape(classe.libelle)}</Libelle_Classe_Temporelle>"
            f"<Rang_Cadran>{classe.cadran}</Rang_Cadran>"
            f"<Valeur>{registres[classe.cadran - 1, rang]}</Valeur>"
            f"<Indice_Vraisemblance>0</Indice_Vraisemblance></{balise}>"
        )
