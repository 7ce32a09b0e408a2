"""What is found of a whole line, once its cells are read: keys, dates, labels, communes.

The table of what a point can't be (`contradictions`) names these tests; most of its entries need
none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.domaine.plages import (
    decalage_de,
    minutes_de,
    officielle_de,
    officielles,
    parse_plages,
    plage_officielle,
)
from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once
from sge_sim.referentiel.identites import communes_de_france, with_luhn_key


@dataclass(frozen=True, slots=True)
class LignePoint:
    """What a line says: columns of the point, of its meter, and what its measures depend on."""

    point: Mapping[str, Any]
    compteur: Mapping[str, Any]
    mesures: Mapping[str, Any]


Test = Callable[[Mapping[str, Any]], Any]
"""Takes all that a line says, by column, and the legal day, `aujourd_hui`; returns something true
where the fields contradict each other."""


_CALENDRIERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("BTINFCUST", "BTINFLU"), "DI000001"),
    "BTINFMUDT": "DI000002",
    **dict.fromkeys(("BTINFCU4", "BTINFMU4"), "DI000003"),
}
"""The distributor's calendar of each tariff."""
_QUATRE: Final = ("HPH", "HCH", "HPE", "HCE")
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("BTSUPCU4", "BTSUPLU4"), _QUATRE),
    **dict.fromkeys(("HTACU5", "HTALU5"), ("PTE", *_QUATRE)),
    **dict.fromkeys(("HTACUPM5", "HTALUPM5"), ("PM", *_QUATRE)),
}
_ORDRE: Final = ("PTE", "PM", *_QUATRE)
_PLAGES: Final = (
    "heures_creuses_libelle",
    "heures_creuses_saison_basse",
    "futures_heures_creuses_libelle",
    "futures_heures_creuses_saison_basse",
)
"""The columns of ranges: of the high season and of the low one, now and to come."""
_NIVEAU: Final = "niveau_ouverture_services"


def is_siret(siret: str) -> bool:
    """Tell whether that is fourteen digits with their key (Luhn).

    Those of La Poste, of which the digits add up to a multiple of five instead, are accepted.
    """
    if len(siret) != 14 or not (siret.isascii() and siret.isdigit()):
        return False
    of_la_poste = siret.startswith("356000000") and sum(map(int, siret)) % 5 == 0
    return with_luhn_key(siret[:-1]) == siret or of_la_poste


@computed_once()
def _libelles_officiels() -> frozenset[str]:
    return frozenset(plage.libelle for plage in officielles().values())


def _plage_hors_liste(p: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the first label that the official list hasn't to the letter."""
    for column in _PLAGES:
        libelle = p[column]
        if libelle is None or libelle in _libelles_officiels():
            continue
        try:
            plages = parse_plages(libelle)
            if officielle := officielle_de(plages):
                return (
                    f"« {libelle} » n'est pas de la liste officielle : {officielle.libelle} y est"
                )
            if (minutes := len(minutes_de(plages))) != 480:
                return f"« {libelle} » fait {minutes} minutes par jour : il en faut 480"
            plage_officielle(libelle)
        except UsageError as error:
            return str(error).removesuffix(".")
    return None


def _saisons(p: Mapping[str, Any]) -> str | None:
    """Return the seasons of which the shifts differ, of now or to come."""
    for columns in (_PLAGES[:2], _PLAGES[2:]):
        if _libelles_officiels().issuperset(libelles := [p[column] for column in columns]):
            minutes = [decalage_de(parse_plages(libelle)) for libelle in libelles]
            if minutes[0] != minutes[1]:
                return "{} et {}, décalées de {} et de {} minutes".format(*libelles, *minutes)
    return None


def _calendrier(p: Mapping[str, Any]) -> str | None:
    attendu = _CALENDRIERS.get(p["fta"] or "")
    entries = [
        (each.depuis, each.code)
        for each in p.get("calendriers", ())
        if each.cote == "distributeur" and each.depuis <= p["aujourd_hui"]
    ]
    code = max(entries)[1] if entries else attendu
    return f"{code} : celui du distributeur est {attendu}" if attendu and code != attendu else None


def _deniveles(p: Mapping[str, Any]) -> str | None:
    deniveles, attendues = p["denivele_puissances"] or {}, _CLASSES.get(p["fta"] or "", ())
    en_ordre = [deniveles[classe] for classe in _ORDRE if classe in deniveles]
    written = ", ".join(f"{classe} {each}" for classe, each in deniveles.items())[:200]
    if len(en_ordre) < len(deniveles) or (deniveles and attendues and {*deniveles} != {*attendues}):
        return f"{written} : les classes avec {p['fta']} sont {', '.join(attendues or _ORDRE)}"
    if en_ordre != sorted(en_ordre):
        return f"{written} : une puissance ne baisse pas dans l'ordre {', '.join(_ORDRE)}"
    if deniveles and en_ordre[-1] != p["puissance_souscrite"]:
        return f"{written} : la plus grande est la puissance souscrite, {p['puissance_souscrite']}"
    return None


@computed_once()
def _codes_connus() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    pairs = communes_de_france()
    insees = frozenset(insee for _, insee in pairs)
    return frozenset(postal for postal, _ in pairs), insees, frozenset(map(_departement, insees))


def _departement(code: str) -> str:
    corse = code[:2].replace("2A", "20").replace("2B", "20")
    return code[:3] if corse in ("97", "98") else corse


def _sans_commune(p: Mapping[str, Any]) -> bool:
    """Tell whether an unknown pair is surely none: no CEDEX, no commune that was merged."""
    postal, insee = p["code_postal"], p["code_insee"]
    postaux, insees, departements = _codes_connus()
    if _departement(postal) != _departement(insee) or _departement(insee) not in departements:
        return True
    return postal in postaux and insee in insees


def _collecte_avant_la_pose(p: Mapping[str, Any]) -> date | None:
    """Return the first day of a curve that was collected before any meter was there."""
    pose = p.get("ancien_compteur_pose") or p.get("date_pose")
    first = min((each.debut for each in p.get("collectes", ())), default=None)
    return first if pose and first and first < pose else None


def _sous_le_niveau_2(p: Mapping[str, Any]) -> bool:
    """Tell whether a curve was collected, though no level of services, now or before, allows it."""
    levels = [p[_NIVEAU], *(each.get(_NIVEAU) for _, each in p.get("avant", ()))]
    return levels[0] in (0, 1) and bool(p.get("collectes")) and 2 not in levels


def _chevauchement(p: Mapping[str, Any]) -> str | None:
    periods = sorted(p.get("collectes", ()), key=lambda each: each.debut)
    for avant, apres in pairwise(periods):
        if avant.fin is None or avant.fin > apres.debut:
            return f"{avant.debut:%d/%m/%Y} et {apres.debut:%d/%m/%Y}"
    return None


def _avant_mise_en_service(p: Mapping[str, Any]) -> date | None:
    anciens = p.get("avant", ())
    dates = (values.get("date_mise_en_service") for values in (p, *(each for _, each in anciens)))
    first = min(filter(None, dates), default=date.min)
    return anciens[0][0] if anciens and anciens[0][0] <= first else None


def _avant_inutile(p: Mapping[str, Any]) -> str | None:
    """Return the day until which a value was another, though it is the same today."""
    last = {
        column: (jour, value)
        for jour, valeurs in p.get("avant", ())
        for column, value in valeurs.items()
    }
    for column, (jour, value) in last.items():
        if value == p[column]:
            return f"{value} jusqu'au {jour:%d/%m/%Y} et {value} aujourd'hui"
    return None


TESTS: Final[Mapping[str, Test]] = {
    "couplage_trop_long": lambda p: any(
        each and len(each.couplage or "") > 15
        for each in (p["transformateur_courant"], p["transformateur_tension"])
    ),
    "siret_sans_cle": lambda p: p["siret"] is not None and not is_siret(p["siret"]),
    "avant_sans_puissance": lambda p: any(
        valeurs.get("puissance_souscrite") == 0 for _, valeurs in p["avant"]
    ),
    "avant_siret_sans_cle": lambda p: any(
        not is_siret(valeurs["siret"]) for _, valeurs in p["avant"] if valeurs.get("siret")
    ),
    "collecte_a_l_envers": lambda p: _a_l_envers(p["collectes"]),
    "trou_a_l_envers": lambda p: _a_l_envers(p["trous"]),
    "puissances_par_classe": _deniveles,
    "plage_hors_liste": _plage_hors_liste,
    "saisons_decalees_autrement": _saisons,
    "collecte_sous_le_niveau_2": _sous_le_niveau_2,
    "collectes_qui_se_recouvrent": _chevauchement,
    "collecte_avant_la_pose": _collecte_avant_la_pose,
    "calendrier_du_distributeur": _calendrier,
    "commune_inexistante": lambda p: _sans_commune(p),
    "commune_inconnue": lambda p: not _sans_commune(p),
    "avant_a_venir": lambda p: next((j for j, _ in p["avant"] if j > p["aujourd_hui"]), None),
    "avant_la_premiere_mise_en_service": _avant_mise_en_service,
    "avant_comme_aujourd_hui": _avant_inutile,
}


def _a_l_envers(periods: Any) -> bool:
    return any(period.fin is not None and period.debut >= period.fin for period in periods)


def why_no_prm(number: str) -> str:
    """Return what is wrong with a PRM that isn't one."""
    if len(number) == 14 and number.isascii() and number.isdigit():
        return f"la clé de {number} est fausse, elle devrait être {prm.key(number[3:12])}"
    return f"« {number[:20]} » n'est pas un PRM : 14 chiffres dont la clé"
