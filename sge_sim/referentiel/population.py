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
from sge_sim.errors import UsageError
from sge_sim.referentiel.dataset import Dataset, Profil
from sge_sim.referentiel.entries import CommuneEntry, SorteEntry
from sge_sim.referentiel.point_rows import Rows, make_rows
from sge_sim.referentiel.tirage import Tirage

# Prefixes that no PRM of the catalogue has; in the catalogue too, large points have another.
_PREFIX_BT_INF: Final = "241"
_PREFIX_LARGE: Final = "987"

# Before any period that a test case asks measures for.
_FIRST_MISE_EN_SERVICE: Final = date(2005, 1, 1)
_LAST_MISE_EN_SERVICE: Final = date(2017, 12, 31)
_LAST_CHANGE: Final = date(2018, 12, 31)

_FTA_C5: Final = {"BTINFCUST": 50, "BTINFMUDT": 30, "BTINFMU4": 12, "BTINFCU4": 8}
_PUISSANCES_RES: Final = {3: 10, 6: 50, 9: 25, 12: 15}
_PUISSANCES_PRO: Final = {6: 20, 9: 25, 12: 20, 18: 15, 24: 10, 36: 10}
# Beyond this, in kVA, a C5 point is three-phase.
_SINGLE_PHASE_MAX: Final = 12


def population(dataset: Dataset, *, size: int, seed: int) -> Iterator[Rows]:
    """Yield the rows of `size` points.

    Raises `UsageError` for a size between zero and `minimum_size`, both left out.
    """
    smallest = minimum_size(dataset)
    if 0 < size < smallest:
        raise UsageError(
            f"une population de {size} points est trop petite pour les recherches du catalogue : "
            f"en demander au moins {smallest}, ou 0 pour n'en avoir aucune."
        )
    return _draw(dataset, size, seed)


def minimum_size(dataset: Dataset) -> int:
    """Return the sum of the quotas, the smallest population that isn't empty."""
    return sum(quota.nombre for quota in dataset.population.quotas)


def _draw(dataset: Dataset, size: int, seed: int) -> Iterator[Rows]:
    tirage = Tirage(seed)
    plan = dataset.population
    parts = {part: part.poids for part in plan.reste}
    etats = {etat: etat.poids for etat in plan.etats}
    bt_inf, large = (prm.generate_all(prefix, seed) for prefix in (_PREFIX_BT_INF, _PREFIX_LARGE))
    quotas = chain.from_iterable(repeat(quota, quota.nombre) for quota in plan.quotas)
    for _ in range(size):
        sorte: SorteEntry = next(quotas, None) or tirage.weighted(parts)
        commune = dataset.communes[sorte.commune]
        profil = _varied(dataset.profils[sorte.profil], sorte, commune, tirage)
        etat = tirage.weighted(etats)
        if etat.profil is not None:
            profil |= dataset.profils[etat.profil]
        number = next(bt_inf if profil.point["domaine_tension"] == "BTINF" else large)
        yield make_rows(
            number,
            profil,
            commune,
            fournisseurs=plan.fournisseurs,
            seed=seed,
            tirage=tirage,
        )


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
    fta = tirage.weighted(_FTA_C5)
    if point["type_comptage"] == "LINKY" and fta != point["fta"]:
        plage = tirage.one_of(commune.heures_creuses)
        drawn |= {
            "fta": fta,
            "calendrier_fournisseur": "FC000050" if tirage.happens(10) else "FC000014",
            "heures_creuses_libelle": plage,
        }
    return drawn


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
