"""What ConsultationMesures answers (GUI 0455 v1.3.0 §4; labels and shape: observed 2022).

Four classes have labels of their own, neither those of the value list AX.0355 nor those of
ConsultationMesuresDetaillees. Calendars have those of AX.0355, as DI000001 did when it was recorded
in production, but for DI000003, which has the label of ConsultationMesuresDetaillees (read by a
client in homologation); that DI000002 follows AX.0355 is assumed.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sge_sim.domaine.libelles import LIBELLES_DE_CONSULTATION, libelle_de
from sge_sim.mesures import Consommation, Consommations, SerieConsommations
from sge_sim.services.trees import coded
from sge_sim.soap.protocol import Tree


def history(consommations: Consommations, *, nouvelle_chaine: bool, observe: bool) -> Tree:
    """Return the series of each grid that the point has.

    `nouvelle_chaine`: whether the point is a C5 of the new chain; no other has its calendars told.

    By the guide the newest calendar comes first and the supplier's grid has codes alone. `observe`
    has both as they were seen (HoroF1 before FC000165; that the distributor's calendars come so
    too is assumed).
    """
    in_order = tuple if observe else _newest_first
    supplier = _repeated if observe else _code_alone
    turpe = [
        _serie(
            serie,
            _labelled("classeTemporelle", serie.classe),
            _labelled("calendrier", serie.calendrier) if nouvelle_chaine else None,
        )
        for serie in in_order(consommations.distributeur)
    ]
    fournisseur = [
        _serie(
            serie, supplier(serie.classe), supplier(serie.calendrier) if nouvelle_chaine else None
        )
        for serie in in_order(consommations.fournisseur)
    ]
    return {
        name: {"serie": series}
        for name, series in (
            ("seriesMesuresDateesGrilleTurpe", turpe),
            ("seriesMesuresDateesGrilleFrn", fournisseur),
        )
        if series
    }


def _newest_first(series: Sequence[SerieConsommations]) -> Sequence[SerieConsommations]:
    by_calendar = [list(each) for _, each in groupby(series, lambda serie: serie.calendrier)]
    return [serie for each in reversed(by_calendar) for serie in each]


def _serie(serie: SerieConsommations, classe: Tree, calendrier: Tree | None) -> Tree:
    tree: dict[str, Any] = {
        "grandeurPhysique": coded("grandeurPhysique", "EA"),
        "classeTemporelle": classe,
        "unite": "kWh",
        "mesuresDatees": {"mesure": _rows(serie.consommations)},
    }
    if calendrier is not None:
        tree["calendrier"] = calendrier
    return tree


def _labelled(liste: str, code: str) -> Tree:
    libelle = LIBELLES_DE_CONSULTATION[liste].get(code) or libelle_de(liste, code)
    return {"code": code, "libelle": libelle}


def _code_alone(code: str) -> Tree:
    return {"code": code}


def _repeated(code: str) -> Tree:
    return {"code": code, "libelle": code}


def _rows(consommations: Sequence[Consommation]) -> list[Tree]:
    return [
        {
            "valeur": row.valeur,
            "dateDebut": row.debut,
            "dateFin": row.fin,
            "nature": coded("nature", row.nature),
            "declencheur": coded("declencheur", row.declencheur),
            "statut": coded("statut", row.statut),
        }
        for row in consommations
    ]
