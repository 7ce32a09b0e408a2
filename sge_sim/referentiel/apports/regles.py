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


Test = Callable[..., Any]
"""Takes all that a line says, by column, with what `contradictions` adds, or the values of some
columns; returns something true where the fields contradict each other: what its sentence shows, by
name, or as `vu`."""


_DENIVELES: Final = "denivele_puissances"
_ORDRE: Final = ("PTE", "PM", "HPH", "HCH", "HPE", "HCE")


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


def _hors_liste(libelle: str | None) -> str | None:
    """Return what is wrong with a label that the official list hasn't to the letter."""
    if libelle is None or libelle in _libelles_officiels():
        return None
    try:
        plages = parse_plages(libelle)
        if officielle := officielle_de(plages):
            return f"n'est pas de la liste officielle : {officielle.libelle} y est"
        if (minutes := len(minutes_de(plages))) != 480:
            return f"fait {minutes} minutes par jour : il en faut 480"
        return str(plage_officielle(libelle))
    except UsageError as error:
        return str(error).removeprefix(f"« {libelle} » ").removesuffix(".")


def _decalages(haute: str | None, basse: str | None) -> str | None:
    """Return the shifts of the two seasons, where they differ."""
    if not _libelles_officiels().issuperset((haute, basse)):
        return None
    minutes = [decalage_de(parse_plages(libelle)) for libelle in (haute, basse) if libelle]
    return None if minutes[0] == minutes[1] else f"{minutes[0]} et {minutes[1]}"


def _calendrier(p: Mapping[str, Any]) -> str | None:
    """Return the distributor's calendar of the day, where one is given."""
    codes = [
        (each.depuis, each.code)
        for each in p["calendriers"]
        if each.cote == "distributeur" and each.depuis <= p["aujourd_hui"]
    ]
    return max(codes)[1] if codes else None


def _en_ordre(p: Mapping[str, Any]) -> Mapping[str, int]:
    """Return the power of each class that is one, from the dearest hours to the cheapest."""
    given = p[_DENIVELES] or {}
    return {classe: given[classe] for classe in _ORDRE if classe in given}


@computed_once()
def _codes_connus() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    pairs = communes_de_france()
    insees = frozenset(insee for _, insee in pairs)
    return frozenset(postal for postal, _ in pairs), insees, frozenset(map(_departement, insees))


def _departement(code: str | None) -> str:
    corse = (code or "")[:3].replace("2A", "20").replace("2B", "20")
    return corse if corse[:2] in ("97", "98") else corse[:2]


def lieu_of(postal: str | None, insee: str | None) -> str | None:
    """Return « inexistant » of a postal code and an INSEE code that no commune has together,
    « inconnu » where they may be of a CEDEX or of a commune that was merged, None of a commune."""
    if (postal, insee) in communes_de_france():
        return None
    postaux, insees, departements = _codes_connus()
    departement = _departement(insee)
    apart = departement != _departement(postal) or departement not in departements
    return "inexistant" if apart or (postal in postaux and insee in insees) else "inconnu"


def _chevauchement(p: Mapping[str, Any]) -> dict[str, date] | None:
    periods = sorted(p["collectes"], key=lambda each: each.debut)
    for avant, apres in pairwise(periods):
        if avant.fin is None or avant.fin > apres.debut:
            return {"premiere": avant.debut, "seconde": apres.debut}
    return None


def _avant_mise_en_service(p: Mapping[str, Any]) -> date | None:
    dates = [each.get("date_mise_en_service") for each in (p, *(each for _, each in p["avant"]))]
    first = min(filter(None, dates), default=date.min)
    return next((jour for jour, _ in p["avant"] if jour <= first), None)


def _avant_inutile(p: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the day until which a value was another, though it is the same today."""
    last = {
        column: {"jour": jour, "valeur": value}
        for jour, valeurs in p["avant"]
        for column, value in valeurs.items()
    }
    return next((each for name, each in last.items() if each["valeur"] == p[name]), None)


TESTS: Final[Mapping[str, Test]] = {
    "cle_de_prm": lambda number: (
        number and not prm.is_valid(number) and prm.PRM.fullmatch(number) and prm.key(number[3:12])
    ),
    "couplage": lambda transformateur: transformateur and len(transformateur.couplage or "") > 15,
    "classe_de_puissance_inconnue": lambda p: min({*(p[_DENIVELES] or ())} - {*_ORDRE}, default=0),
    "classes_de_la_formule": lambda p: " ".join(_en_ordre(p)) or None,
    "puissances_qui_baissent": lambda p: [*(en := _en_ordre(p).values())] != sorted(en),
    "plus_grande_puissance": lambda p: (
        (en := _en_ordre(p).values()) and max(en) != p["puissance_souscrite"]
    ),
    "hors_liste": _hors_liste,
    "decalages": _decalages,
    "collecte_sous_le_niveau_2": lambda p: all(
        each.get("niveau_ouverture_services") != 2 for _, each in p["avant"] or ()
    ),
    "collectes_qui_se_recouvrent": _chevauchement,
    "calendrier_du_distributeur": _calendrier,
    "avant_la_premiere_mise_en_service": _avant_mise_en_service,
    "avant_comme_aujourd_hui": _avant_inutile,
}
