"""R67: billed measures, as JSON (GUI 0503 §2.7; observed 2026).

The quantities are the consumptions of ConsultationMesures, kWh there and Wh here: both grids, from
one reading to the next. A C4 has the hours beyond its power too, by the distributor's grid (guide:
DD, in h; that they stand beside the energies is assumed). One is there once it was created, in the
morning after its end, and in the demand in whose days it begins (observed 2026): demands that
follow each other hold each once. That one may so end after the days demanded is assumed. One that
was put right is created anew, then (assumed).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.domaine.nomenclatures import METIERS
from sge_sim.flux.r6x.mesures import PointDecrit, dumps
from sge_sim.mesures import Consommation, PointMesure, SerieConsommations, consommations
from sge_sim.mesures.alea import draw
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.mesures.grilles_nommees import libelle_de_la_classe, libelle_du_calendrier

MOTIFS_DE_RELEVE: Final[Mapping[str, str]] = {
    "CYCL": "Relevé Cyclique",
    "CFNS": "Changement de fournisseur sortant",
    "MCT": "Modification de la formule tarifaire d'acheminement ou de la puissance souscrite",
    "AUTRE": "Autres motifs",
}
"""Why a point was read (observed 2026)."""
NATURES_FACTUREES: Final[Mapping[str, tuple[str, str]]] = {
    "REEL": ("R", "Réel"),
    "ESTI": ("E", "Estimé"),
    "REGU": ("C", "Régularisé"),
}
STATUTS_FACTURES: Final[Mapping[str, tuple[str, str]]] = {
    "INITIALE": ("I", "Initial"),
    "RECTIFIEE": ("R", "Rectificatif"),
}
"""Whether a quantity replaces another (I observed 2026, R in GUI 0503; the one that it replaces,
which the guide calls A, « Annulé », isn't there: assumed)."""
_WH: Final = 1000
_ENERGIE: Final = ("EA", "Wh")
_DEPASSEMENT: Final = ("DD", "h")
_Calendriers = dict[tuple[str, str], dict[str, list[dict[str, Any]]]]
"""The quantities of each class of the calendars, by the letter of their grid and their code."""
_USE: Final = 0x67


@dataclass(frozen=True)
class _Quantite:
    """A billed quantity of a class of a grid; `lettre`: D or F; `unites`: how many the file tells
    for one of the consumption."""

    motif: str
    grandeur: tuple[str, str]
    lettre: str
    serie: SerieConsommations
    consommation: Consommation
    creation: datetime
    unites: int


def write_billed(point: PointDecrit, defauts: Defauts, *, now: datetime) -> Iterator[bytes]:
    """Yield a point of R67: what begins in its days, and was created by `now` (aware)."""
    by_motif: dict[str, dict[tuple[str, str], _Calendriers]] = {}
    for quantite in _quantities(point, now):
        calendriers = by_motif.setdefault(quantite.motif, {}).setdefault(quantite.grandeur, {})
        classes = calendriers.setdefault((quantite.lettre, quantite.serie.calendrier), {})
        classes.setdefault(quantite.serie.classe, []).append(_quantity_tree(quantite))
    if not by_motif:
        return
    contextes = [
        {
            "etapeMetier": "FACT",
            "idMotifReleve": motif,
            "libelleMotifReleve": libelle,
            "grandeur": [
                {
                    "grandeurMetier": METIERS[point.sens],
                    "grandeurPhysique": grandeur,
                    "unite": unite,
                    "calendrier": [
                        _billed_calendar(lettre, calendrier, classes, defauts)
                        for (lettre, calendrier), classes in calendriers.items()
                    ],
                }
                for (grandeur, unite), calendriers in by_motif[motif].items()
            ],
        }
        for motif, libelle in MOTIFS_DE_RELEVE.items()
        if motif in by_motif
    ]
    yield dumps({"idPrm": point.prm, "periode": point.periode, "contexte": contextes}).encode()


def _quantities(point: PointDecrit, now: datetime) -> Iterator[_Quantite]:
    debut, fin = point.etendues[0][0], point.etendues[-1][1]
    facturees = consommations(point.mesure, debut, legal_date(now))
    for lettre, grandeur, unites, series in (
        ("D", _ENERGIE, _WH, facturees.distributeur),
        ("F", _ENERGIE, _WH, facturees.fournisseur),
        ("D", _DEPASSEMENT, 1, heures_depassees(point.mesure, facturees)),
    ):
        for serie in series:
            for consommation in reversed(serie.consommations):
                created = (
                    consommation.rectifiee or _created(point.mesure, consommation.fin)
                ).astimezone(PARIS)
                if debut <= consommation.debut < fin and created <= now:
                    motif = _motif(point.mesure, consommation)
                    yield _Quantite(motif, grandeur, lettre, serie, consommation, created, unites)


def _motif(point: PointMesure, consommation: Consommation) -> str:
    """Return why the point was read at the end of a quantity.

    A regularisation has other reasons (six of six, observed 2026). A new calendar of the supplier
    alone tells that it changed (assumed).
    """
    if consommation.nature == "REGU":
        return "AUTRE"
    if consommation.declencheur == "CYCLIQUE":
        return "CYCL"
    changes = {each.depuis for each in point.grille_distributeur}
    changes |= {each.depuis for each in point.puissances}
    if consommation.fin in changes:
        return "MCT"
    of_supplier = {each.depuis for each in point.grille_fournisseur}
    return "CFNS" if consommation.fin in of_supplier else "AUTRE"


def _created(point: PointMesure, fin: date) -> datetime:
    """Return when a quantity was created: about five in the morning after (observed 2026)."""
    seconds = draw(point.graine ^ _USE, fin.toordinal()) % 600
    morning = datetime.combine(fin + timedelta(days=1), time(5), PARIS)
    return morning + timedelta(seconds=seconds)


def _quantity_tree(quantite: _Quantite) -> dict[str, Any]:
    code, libelle = NATURES_FACTUREES[quantite.consommation.nature]
    statut, libelle_du_statut = STATUTS_FACTURES[quantite.consommation.statut]
    return {
        "dateCreation": f"{quantite.creation:%Y-%m-%d %H:%M:%S}",
        "dbtMesure": quantite.consommation.debut.isoformat(),
        "finMesure": quantite.consommation.fin.isoformat(),
        "codeNature": code,
        "libelleNature": libelle,
        "codeStatut": statut,
        "libelleStatut": libelle_du_statut,
        "quantite": quantite.consommation.valeur * quantite.unites,
    }


def _billed_calendar(
    lettre: str, code: str, classes: Mapping[str, list[dict[str, Any]]], defauts: Defauts
) -> dict[str, Any]:
    return {
        "codeGrille": lettre,
        "libelleGrille": "Distributeur" if lettre == "D" else "Fournisseur",
        "codeCalendrier": code,
        "libelleCalendrier": defauts.libelle(code, libelle_du_calendrier(code)),
        "classeTemporelle": [
            {
                "idClasseTemporelle": classe,
                "libelleClasseTemporelle": libelle_de_la_classe(classe),
                "quantite": quantites,
            }
            for classe, quantites in classes.items()
        ],
    }
