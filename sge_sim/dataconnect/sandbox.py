"""The fake customers of the sandbox, as points that stand in no database.

Those of v5, 0 to 8, and `CLIENT_DES_MOCKS`, who holds the points that the mocks of 2026 list. An
application in sandbox mode reads them beside the points of the simulator. Their PRMs and what each
of v5 shows are those of the real sandbox; names, addresses and values are invented, and so is all
that contract and measures tell of the points of the mocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import Segment
from sge_sim.machine.once import computed_once
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.point_facts import CompteurFacts, Dossier, PointFacts

_DEPUIS: Final = date(2017, 3, 1)
"""When the meters of the fake customers were set: the roll-out of Linky (assumed)."""
_MARDI: Final = 1
_NOMS: Final = (
    "MARTIN LEA",
    "PETIT HUGO",
    "ROBERT JADE",
    "DURAND LOUIS",
    "MOREAU ALICE",
    "SIMON JULES",
    "LAURENT EMMA",
    "LEROY PAUL",
    "ROUX ANNA",
    "FOURNIER NINA",
)
_DE_V5: Final = range(9)
CLIENT_DES_MOCKS: Final = 9
"""Who holds the points of the consents 11 to 13 (assumed: the guide tells their services)."""


@dataclass(frozen=True)
class PointFictif:
    """A point of a fake customer: what it is, and what is particular to it.

    `jours_perdus`: Tuesdays and Wednesdays are lost; `retire`: its consent was taken back.
    """

    client: int
    prm: str
    segment: Segment = "C5"
    mise_en_service: date = _DEPUIS
    courbe: bool = True
    jours_perdus: bool = False
    autoconsommation: bool = False
    retire: bool = False


POINTS: Final[Mapping[str, PointFictif]] = {
    point.prm: point
    for point in (
        PointFictif(0, "22516914714270"),
        PointFictif(1, "11453290002823", mise_en_service=date(2019, 8, 27)),
        PointFictif(2, "32320647321714", courbe=False),
        PointFictif(3, "12345678901234"),
        PointFictif(3, "10284856584123", "P4"),
        PointFictif(4, "42900589957123", jours_perdus=True),
        PointFictif(5, "24880057139941", "P4"),
        PointFictif(6, "12655648759651", autoconsommation=True),
        PointFictif(7, "64975835695673"),
        PointFictif(7, "63695879465986"),
        PointFictif(7, "22315546958763"),
        PointFictif(8, "26584978546985", retire=True),
        PointFictif(CLIENT_DES_MOCKS, "14000000000001"),
        PointFictif(CLIENT_DES_MOCKS, "14000000000002", "P4"),
        PointFictif(CLIENT_DES_MOCKS, "14000000000003"),
    )
}
"""The points of the fake customers, by PRM."""

AUTORISATIONS: Final[Mapping[int, int]] = {20 + client: client for client in _DE_V5}
"""The numbers of consents under which Data Connect 2026 lists them here (assumed: 10 to 13 are
the mocks of the guide)."""


def points_of(client: int) -> tuple[PointFictif, ...]:
    """Return the points of a fake customer."""
    return tuple(point for point in POINTS.values() if point.client == client)


def client_of_state(state: str) -> int:
    """Return the fake customer that the last character of `state` chooses; 0 for any other."""
    last = state[-1:]
    return int(last) if last in {str(n) for n in _DE_V5} else 0


def dossier_of(prm: str, now: datetime) -> Dossier | None:
    """Return what is known of a fake customer's point at `now` (aware); None for any other PRM."""
    fictif = POINTS.get(prm)
    return None if fictif is None else _dossier(fictif, now.astimezone(PARIS).date())


@computed_once(32)
def _dossier(fictif: PointFictif, today: date) -> Dossier:
    production = fictif.segment == "P4"
    mise_en_service = fictif.mise_en_service
    values = _empty(PointFacts) | {
        "prm": fictif.prm,
        "segment": fictif.segment,
        "etat_contractuel": "SERVC",
        "etat_alimentation": "ALIM",
        "niveau_ouverture_services": 2,
        "numero_et_nom_voie": f"{fictif.client + 1} RUE DU BAC A SABLE",
        "code_postal": "92400",
        "code_insee": "92026",
        "commune": "COURBEVOIE",
        "nom_client_final": _NOMS[fictif.client],
        "categorie_client_final": "RES",
        "fournisseur_titulaire": None,
        "domaine_tension": "BTINF",
        "tension_livraison": "230",
        "puissance_raccordement": 3 if production else 12,
        "puissance_raccordement_unite": "kVA",
        "fta": None if production else "BTINFCUST",
        "puissance_souscrite": None if production else 6,
        "puissance_souscrite_unite": None if production else "kVA",
        "calendrier_fournisseur": None if production else "FC000165",
        "date_mise_en_service": mise_en_service,
        "type_comptage": "LINKY",
        "teleoperable": True,
        "contrat_soutirage": not production,
        "contrat_injection": production or fictif.autoconsommation,
        "provisoire": False,
        "groupement_turpe": False,
        "opposition_courbe": False,
        "graine": int(fictif.prm),
        "pourquoi": "bac à sable",
        "compteurs": (
            CompteurFacts(
                **_empty(CompteurFacts)
                | {
                    "matricule": fictif.prm[2:],
                    "numero_serie": fictif.prm[2:],
                    "tic_activee": True,
                    "tic_standard": False,
                    "tic_activable": True,
                    "date_pose": mise_en_service,
                }
            ),
        ),
    }
    mesures = MesuresFacts(
        collectes=((mise_en_service, None),) if fictif.courbe else (),
        trous=tuple(_lost(fictif, today)),
        compteurs=((mise_en_service, None, True),),
    )
    return Dossier(PointFacts(**values), mesures, ())


def _empty(facts: type[PointFacts | CompteurFacts]) -> dict[str, Any]:
    return {each.name: None for each in fields(facts) if each.init}


def _lost(fictif: PointFictif, today: date) -> list[tuple[datetime, datetime]]:
    """Return what is lost each Tuesday and Wednesday, back to four years: nothing older is given.

    The reading that ends Wednesday is there, or Thursday's energy would be lost too.
    """
    if not fictif.jours_perdus:
        return []
    days = (today - timedelta(n) for n in range(4 * 366, -2, -1))
    return [
        (_midnight(day), _midnight(day + timedelta(1)) + timedelta(hours=23, minutes=59))
        for day in days
        if day.weekday() == _MARDI
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)
