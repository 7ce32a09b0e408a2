"""Which contractual events a point admits, and on which days they may be asked for."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from sge_sim.clock import add_months
from sge_sim.domaine.perimetre import (
    ACTES,
    CALENDRIERS_DISTRIBUTEUR,
    CLASSES_C4,
    DERNIER_JOUR,
    SEGMENTS_SUIVIS,
    NatureEvenement,
)
from sge_sim.tables.points import Point

_MONOPHASE_MAX: Final = 12
_PETIT_MAX: Final = 36
_BT_MAX: Final = 250
_QUATRE_CLASSES: Final = ("BTINFCU4", "BTINFMU4")
_SANS_SAISON: Final = ("BTINFCUST", "BTINFMUDT")
_FORMULES_C4: Final = ("BTSUPCU4", "BTSUPLU4")
"""Those of TURPE 7 whose prices are known; of collective operations none is."""
RETARD: Final = 60
"""Within how many days Enedis puts a power right that it had recorded wrong (assumed)."""
_TARIF: Final = ("puissance_souscrite", "fta", "denivele_puissances", "calendrier_fournisseur")
_DERNIER_TURPE: Final = date(2025, 8, 1)
"""From which a new structure of tariffs lets a formula change again (TURPE 7)."""


def wrong_demands(
    nature: NatureEvenement, champs: Mapping[str, Any], jour: date, today: date, *, enedis: bool
) -> Iterator[str]:
    """Yield in French what is wrong in a demand of an event on a legal day, whatever its point."""
    acte = ACTES.get(nature)
    if acte is None:
        par = (
            "sge-sim points set --plages" if nature == "PHC" else "le CFNE de qui reprend le point"
        )
        yield f"{nature} ne se demande pas ainsi : il vient par {par}"
        return
    for unknown in champs.keys() - {*acte.champs}:
        yield f"{nature} ne prend pas {unknown} : donner {', '.join(acte.champs) or 'le jour seul'}"
    missing = {*acte.requis} - champs.keys()
    if missing or (nature in ("MCT", "MDACT", "MDCTR") and not champs):
        yield f"{nature} demande {' ou '.join(acte.requis or acte.champs)} : le donner"
    premier = today + timedelta(0 if enedis else acte.premier)
    if enedis and nature == "MCT" and {*champs} == {"puissance"}:
        premier -= timedelta(RETARD)
    dernier = today + timedelta(DERNIER_JOUR)
    if jour < premier or (jour > dernier and not enedis):
        yield (
            f"le {jour:%d/%m/%Y} est hors du délai d'une demande {nature} : choisir un jour du "
            f"{premier:%d/%m/%Y} au {dernier:%d/%m/%Y}"
        )
    if nature == "PMES" and jour.isoweekday() == 7:
        yield f"le {jour:%d/%m/%Y} est un dimanche : choisir un autre jour"


def wrong_events(
    point: Point, nature: NatureEvenement, valeurs: Mapping[str, Any], jour: date
) -> Iterator[str]:
    """Yield in French why a point doesn't admit an event, and what it would.

    `valeurs` are columns and what they become. Rules of GUI 0300 and of « Session type 1 » C5;
    those of the states of supply and of the level are assumed.
    """
    nom, niveau = f"le point {point.prm}", point.niveau_ouverture_services or 0
    if point.segment not in SEGMENTS_SUIVIS:
        yield f"{nom} est un {point.segment} : seuls les C5 et les C4 ont un périmètre suivi"
    if nature == "PMES" and point.date_mise_en_service is not None:
        yield f"{nom} a déjà été mis en service : demander MES"
    if nature == "CFNE" and valeurs.get("fournisseur_titulaire") == point.fournisseur_titulaire:
        yield f"{nom} est déjà au fournisseur {point.fournisseur_titulaire} : en nommer un autre"
    open_to = ("MES", "PMES", *(("MDPRM", "MDCTR") if jour == point.date_resiliation else ()))
    if point.etat_contractuel == "RESIL" and nature not in open_to:
        yield f"{nom} est résilié : demander une mise en service (MES)"
    if nature == "COU" and point.etat_alimentation == "COUP":
        yield f"{nom} est déjà coupé : demander un rétablissement (RET)"
    if nature == "RET" and point.etat_alimentation == "ALIM":
        yield f"{nom} est alimenté : seul un point coupé ou limité se rétablit"
    wanted = valeurs.get("niveau_ouverture_services")
    if wanted is not None and wanted <= niveau:
        yield f"{nom} est au niveau {niveau} : le niveau ne peut que monter"
    if wanted is not None and point.type_comptage != "LINKY":
        yield f"le compteur du point {point.prm} ne communique pas : un niveau demande un Linky"
    yield from _wrong_tariff(point, nature, valeurs, jour)


def _wrong_tariff(
    point: Point, nature: NatureEvenement, valeurs: Mapping[str, Any], jour: date
) -> Iterator[str]:
    puissance, fta, puissances, _ = (valeurs.get(name) for name in _TARIF)
    grand = point.segment == "C4"
    if puissances is not None:
        yield from _wrong_powers(point, puissances)
    least, most = (_PETIT_MAX + 1, _BT_MAX) if grand else (1, _PETIT_MAX)
    raccordement = min(most, point.puissance_raccordement or most)
    if puissance is not None and not least <= puissance <= raccordement:
        yield f"{puissance} kVA ne va pas au point {point.prm} : de {least} à {raccordement} kVA"
    mono = not grand and point.tension_livraison != "230/400 V"
    if mono and (puissance or 0) > _MONOPHASE_MAX >= (point.puissance_souscrite or 0):
        yield f"le point {point.prm} est monophasé : {_MONOPHASE_MAX} kVA au plus"
    changed = [valeurs.get(name) not in (None, getattr(point, name)) for name in _TARIF]
    if nature == "MCT" and not any(changed[:3]):
        yield (
            f"ni la puissance ni la formule du point {point.prm} ne change : en donner une autre, "
            "ou demander MCF pour le seul calendrier"
        )
    if fta is None or fta == point.fta:
        return
    four = fta.startswith(_QUATRE_CLASSES)
    formules = _FORMULES_C4 if grand else (*CALENDRIERS_DISTRIBUTEUR,)
    if fta not in formules:
        yield f"« {fta} » n'est pas d'un {point.segment} : choisir parmi {', '.join(formules)}"
    if four and point.type_comptage != "LINKY":
        yield f"{fta} demande un compteur communicant : choisir {' ou '.join(_SANS_SAISON)}"
    last = point.date_modification_fta
    if last is None or nature not in ("MCT", "CFNE") or jour >= add_months(last, 12):
        return
    acc = "ACC" in (fta[-3:], (point.fta or "")[-3:])
    if not (last < _DERNIER_TURPE <= jour or acc or (four and point.fta in _SANS_SAISON)):
        yield (
            f"la formule du point {point.prm} a changé le {last:%d/%m/%Y} : en demander une autre "
            f"à partir du {add_months(last, 12):%d/%m/%Y}"
        )


def _wrong_powers(point: Point, puissances: Mapping[str, int]) -> Iterator[str]:
    """Yield what is wrong in powers by class, kVA: they may only grow in the order of the classes
    (documented), by whole kVA."""
    if point.segment != "C4":
        yield f"le point {point.prm} est un {point.segment} : donner une seule puissance"
    elif [*puissances] != [*CLASSES_C4]:
        yield f"les puissances d'un C4 se donnent pour {', '.join(CLASSES_C4)}"
    for (classe, below), (suivante, power) in pairwise(puissances.items()):
        if power < below:
            yield (
                f"{suivante} ({power} kVA) est en dessous de {classe} ({below} kVA) : les "
                f"puissances ne décroissent pas de {CLASSES_C4[0]} à {CLASSES_C4[-1]}"
            )
    if min(puissances.values()) < 1:
        yield f"{min(puissances.values())} kVA ne va à aucune classe : 1 kVA au moins"
