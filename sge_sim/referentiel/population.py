"""The synthetic population: as many points as asked, always the same for a seed.

The quotas of the data set come first, whatever the size: they make the searches of the catalogue
find fewer or more than 200 points, as it expects. The rest follows by weights, so a larger
population begins with the points of a smaller one.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, repeat
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.domaine.francais import counted
from sge_sim.domaine.plages import parse_plages, touches
from sge_sim.errors import UsageError
from sge_sim.referentiel.dataset import Dataset, PointRows, Profil, make_rows
from sge_sim.referentiel.entries import CommuneEntry, SorteEntry
from sge_sim.referentiel.identites import Tirage, communes_de_france
from sge_sim.referentiel.reforme_hc import ancienne_plage, bring_in

# Prefixes that no PRM of the catalogue has; in the catalogue too, large points have another.
_PREFIX_BT_INF: Final = "241"
_PREFIX_LARGE: Final = "987"

# Before any period that a test case asks measures for.
_FIRST_MISE_EN_SERVICE: Final = date(2005, 1, 1)
_LAST_MISE_EN_SERVICE: Final = date(2017, 12, 31)
_LAST_CHANGE: Final = date(2018, 12, 31)

_FTA_LINKY: Final = {"BTINFCU4": 58, "BTINFMU4": 40, "BTINFLU": 2}
_OFFRES: Final = {
    "RES": {"FC000165": 50, "FC000014": 47, "FC000050": 3},
    "PRO": {"FC000165": 65, "FC000014": 33, "FC000050": 2},
}
"""Supplier's calendars: base, off-peak hours of the network, six classes."""
_DRAWN_ONCE: Final = 50
_PLAGES: Final = {"A": 46, "1": 24, "C": 20}
"""Marks of `sge_sim.domaine.plages.regimes`: to be moved, done since 2025, compliant of old."""
_PUISSANCES_RES: Final = {3: 10, 6: 50, 9: 25, 12: 15}
_PUISSANCES_PRO: Final = {6: 20, 9: 25, 12: 20, 18: 15, 24: 10, 36: 10}
# Beyond this, in kVA, a C5 point is three-phase.
_SINGLE_PHASE_MAX: Final = 12


def population(
    dataset: Dataset, *, size: int, seed: int, reforme: bool = False, partout: bool = False
) -> Iterator[PointRows]:
    """Yield the rows of `size` points; with `reforme`, off-peak hours will change (TURPE 7).

    With `partout`, those that no search of the catalogue looks for are in any commune of the
    country, with the off-peak hours of the one where they would have been (assumed).

    Raises `UsageError` for a size between zero and `minimum_size`, both left out.
    """
    smallest = minimum_size(dataset)
    if 0 < size < smallest:
        raise UsageError(
            f"une population de {counted(size, 'point')} est trop petite pour les recherches du "
            f"catalogue : en demander au moins {smallest}, ou 0 pour n'en avoir aucune."
        )
    return _draw(dataset, size, seed, reforme=reforme, partout=partout)


def minimum_size(dataset: Dataset) -> int:
    """Return the sum of the quotas, the smallest population that isn't empty."""
    return sum(quota.nombre for quota in dataset.population.quotas)


def _draw(
    dataset: Dataset, size: int, seed: int, *, reforme: bool, partout: bool
) -> Iterator[PointRows]:
    tirage = Tirage(seed)
    communes = [*communes_de_france().items()] if partout else []
    plan = dataset.population
    parts = {part: part.poids for part in plan.reste}
    etats = {etat: etat.poids for etat in plan.etats}
    bt_inf, large = (prm.generate_all(prefix, seed) for prefix in (_PREFIX_BT_INF, _PREFIX_LARGE))
    quotas = chain.from_iterable(repeat(quota, quota.nombre) for quota in plan.quotas)
    for _ in range(size):
        sought = next(quotas, None)
        sorte: SorteEntry = sought or tirage.weighted(parts)
        commune = dataset.communes[sorte.commune]
        if communes and sought is None:
            (postal, insee), libelle = tirage.one_of(communes)
            place = {"code_postal": postal, "code_insee": insee, "libelle": libelle}
            commune = commune.model_copy(update=place)
        profil = _varied(dataset.profils[sorte.profil], sorte, commune, tirage)
        etat = tirage.weighted(etats)
        if etat.profil is not None:
            profil |= dataset.profils[etat.profil]
        number = next(bt_inf if profil.point["domaine_tension"] == "BTINF" else large)
        rows = make_rows(
            number,
            profil,
            commune,
            fournisseurs=plan.fournisseurs,
            seed=seed,
            tirage=tirage,
        )
        point = rows[0]
        if point["type_comptage"] == "LINKY" and point["fta"] is not None:
            point |= _linky(point, commune)
        if reforme:
            bring_in(point)
        yield rows


def _varied(profil: Profil, sorte: SorteEntry, commune: CommuneEntry, tirage: Tirage) -> Profil:
    point = profil.point
    drawn: dict[str, Any] = {"categorie_client_final": sorte.categorie, **_dates(point, tirage)}
    # Producers have no tariff, and points in HTB too few likenesses to vary.
    if point.get("fta") is not None:
        match point["domaine_tension"]:
            case "BTINF":
                drawn |= _bt_inf(point, sorte.categorie, commune, tirage)
            case "BTSUP":
                drawn |= _bt_sup(tirage)
            case "HTA":
                drawn |= _hta(tirage)
    return profil | Profil(drawn, {})


def _dates(point: Mapping[str, Any], tirage: Tirage) -> dict[str, date]:
    mise_en_service = tirage.day(_FIRST_MISE_EN_SERVICE, _LAST_MISE_EN_SERVICE)
    changes = {
        name: tirage.day(mise_en_service, _LAST_CHANGE)
        for name in (
            "date_modification_fta",
            "date_augmentation_puissance",
            "date_diminution_puissance",
        )
        if point.get(name) is not None
    }
    return {"date_mise_en_service": mise_en_service, **changes}


def _bt_inf(
    point: Mapping[str, Any], categorie: str, commune: CommuneEntry, tirage: Tirage
) -> dict[str, Any]:
    puissance = tirage.weighted(_PUISSANCES_RES if categorie == "RES" else _PUISSANCES_PRO)
    drawn: dict[str, Any] = {"puissance_souscrite": puissance}
    if puissance > _SINGLE_PHASE_MAX:
        drawn |= {
            "puissance_raccordement": 36,
            "tension_livraison": "230/400 V",
            "mode_apres_compteur": "B24F3X220",
            "disjoncteur_calibre": "30-60",
        }
    # Draws of earlier versions, kept so that a seed keeps its addresses and its clients.
    if tirage.below(100) >= _DRAWN_ONCE and point["type_comptage"] == "LINKY":
        tirage.below(1)
        tirage.below(1)
    return drawn


def _linky(point: Mapping[str, Any], commune: CommuneEntry) -> dict[str, Any]:
    """Draw the grids of a communicating meter: all but long uses have off-peak hours, whatever the
    offer (TURPE 7)."""
    tirage = Tirage(point["graine"])
    fta = tirage.weighted(_FTA_LINKY)
    calendrier = tirage.weighted(_OFFRES[point["categorie_client_final"]])
    marque = tirage.weighted(_PLAGES)
    nominaux = [
        plages
        for plages in map(parse_plages, commune.heures_creuses)
        if touches(plages, "ancien") is (marque == "A")
    ]
    plage = ancienne_plage(tirage, marque, () if marque == "1" else nominaux)
    if fta == "BTINFLU":
        return {"fta": fta}
    return {"fta": fta, "calendrier_fournisseur": calendrier, "heures_creuses_libelle": plage}


def _bt_sup(tirage: Tirage) -> dict[str, Any]:
    """Draw a subscribed power, in kVA, that grows from the dearest hours to the cheapest."""
    puissance = 48 + 6 * tirage.below(34)
    return {
        "fta": tirage.one_of(("BTSUPCU4", "BTSUPLU4")),
        "puissance_souscrite": puissance,
        "puissance_raccordement": 144 if puissance <= 144 else 250,
        "denivele_puissances": {
            "HPH": puissance - 12,
            "HCH": puissance - 6,
            "HPE": puissance,
            "HCE": puissance,
        },
    }


def _hta(tirage: Tirage) -> dict[str, Any]:
    """Draw a subscribed power, in kW, that grows from the dearest hours to the cheapest."""
    puissance = 250 + 10 * tirage.below(275)
    return {
        "fta": tirage.one_of(("HTACU5", "HTALU5")),
        "puissance_souscrite": puissance,
        "puissance_raccordement": puissance + 250,
        "denivele_puissances": {
            "PTE": puissance - 100,
            "HPH": puissance - 50,
            "HCH": puissance - 20,
            "HPE": puissance,
            "HCE": puissance,
        },
    }
