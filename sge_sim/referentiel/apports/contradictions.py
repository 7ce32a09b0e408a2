"""What a point can't be: contradictions between its fields, as a table.

What a document says or an answer showed is refused; what is assumed is a remark, so that nobody's
points are held up by a guess. P3 is taken for the mirror of C4, as P1 and P2 are of C1 to C3.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from sge_sim.domaine.nomenclatures import (
    PETITS,
    Provenance,
)
from sge_sim.domaine.plages import (
    VISIBLES_DEPUIS,
    decalage_de,
    minutes_de,
    officielle_de,
    officielles,
    parse_plages,
    plage_officielle,
)
from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.referentiel.identites import communes_de_france


@dataclass(frozen=True, slots=True)
class LignePoint:
    """What a line says: columns of the point, of its meter, and what its measures depend on."""

    point: Mapping[str, Any]
    compteur: Mapping[str, Any]
    mesures: Mapping[str, Any]


Test = Callable[[Mapping[str, Any], LignePoint, date], Any]
"""Takes the columns of the point, the whole line and the legal day; returns something true where
the fields contradict each other."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Fields that can't be so together, by their words: that which is named comes first.

    `phrase` says in French what contradicts what and what would do, without a full stop. `existe`
    is None for what is found where other points, or days of measures, are read; `colonnes` are all
    that it looks at, where these are known.
    """

    mots: Sequence[str]
    phrase: str
    source: str
    provenance: Provenance
    existe: Test | None
    colonnes: frozenset[str] = frozenset()

    @property
    def refused(self) -> bool:
        """Whether it is refused in any case; it is a remark otherwise."""
        return self.provenance != "assumed"

    def written(self, **values: Any) -> str:
        """Return the sentence, with what it shows."""
        return self.phrase.format_map({name: _shown(value) for name, value in values.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool) or value is None:
        return {True: "oui", False: "non", None: "vide"}[value]
    return value if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}…"


_SHOWN: Final = 300

_UNITES: Final[Mapping[str, str]] = {"C5": "kVA", **dict.fromkeys(("C1", "C2", "C3"), "kW")}
_FIRST_LINKY: Final = date(2015, 12, 1)
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
_RANGS: Final = {classe: rang for rang, classe in enumerate(("PTE", "PM", *_QUATRE))}
_PLAGES: Final = (
    "heures_creuses_libelle",
    "heures_creuses_saison_basse",
    "futures_heures_creuses_libelle",
    "futures_heures_creuses_saison_basse",
)
"""The columns of ranges: of the high season and of the low one, now and to come."""
_CODE_PLAGE: Final = "futures_heures_creuses_id"
_PROPRES: Final = frozenset({"siret", "nom_client_final"})
"""Columns of which each point has its own value."""
_MINUTES_CREUSES: Final = 480


def _unites(p: Mapping[str, Any], *_: Any) -> str | None:
    attendue = _UNITES.get(p["segment"])
    for power in ("puissance_souscrite", "puissance_raccordement"):
        unite = p[f"{power}_unite"]
        if attendue is not None and unite not in (None, attendue):
            return f"{p[power]} {unite} en {p['segment']} : écrire des {attendue}"
    return None


@computed_once()
def _libelles_officiels() -> frozenset[str]:
    return frozenset(plage.libelle for plage in officielles().values())


def _plage_hors_liste(p: Mapping[str, Any], *_: Any) -> str | None:
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
            if (minutes := len(minutes_de(plages))) != _MINUTES_CREUSES:
                return f"« {libelle} » fait {minutes} minutes par jour : il en faut 480"
            plage_officielle(libelle)
        except UsageError as error:
            return str(error).removesuffix(".")
    return None


def _saisons(p: Mapping[str, Any], *_: Any) -> str | None:
    """Return the seasons of which the shifts differ, of now or to come."""
    for columns in (_PLAGES[:2], _PLAGES[2:]):
        if _libelles_officiels().issuperset(labels := [p[column] for column in columns]):
            minutes = [decalage_de(parse_plages(label)) for label in labels]
            if minutes[0] != minutes[1]:
                return "{} et {}, décalées de {} et de {} minutes".format(*labels, *minutes)
    return None


def _calendrier(p: Mapping[str, Any], ligne: LignePoint, jour: date) -> str | None:
    attendu = _CALENDRIERS.get(p["fta"] or "")
    entries = [
        (each.depuis, each.code)
        for each in ligne.mesures.get("calendriers", ())
        if each.cote == "distributeur" and each.depuis <= jour
    ]
    code = max(entries)[1] if entries else attendu
    return f"{code} : celui du distributeur est {attendu}" if attendu and code != attendu else None


def _deniveles(p: Mapping[str, Any], *_: Any) -> str | None:
    deniveles, attendues = p["denivele_puissances"], _CLASSES.get(p["fta"] or "")
    if not deniveles or not _RANGS.keys() >= deniveles.keys():
        return None
    if attendues and deniveles.keys() != set(attendues):
        return f"{', '.join(deniveles)} avec {p['fta']} : donner {', '.join(attendues)}"
    ordre = sorted(deniveles, key=_RANGS.__getitem__)
    for avant, apres in pairwise(ordre):
        if deniveles[avant] > deniveles[apres]:
            return (
                f"{deniveles[avant]} en {avant} et {deniveles[apres]} en {apres} : rien ne baisse "
                "d'une classe à la suivante"
            )
    if (largest := max(deniveles.values())) == p["puissance_souscrite"]:
        return None
    return (
        f"{largest} au plus et {p['puissance_souscrite']} de puissance souscrite : la plus grande "
        "est la puissance souscrite"
    )


@computed_once()
def _codes_connus() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the postal codes, the INSEE codes and the departments that there are."""
    pairs = communes_de_france()
    insees = frozenset(insee for _, insee in pairs)
    return frozenset(postal for postal, _ in pairs), insees, frozenset(map(_departement, insees))


def _departement(code: str) -> str:
    corse = code[:2].replace("2A", "20").replace("2B", "20")
    return code[:3] if corse in ("97", "98") else corse


def _sans_commune(p: Mapping[str, Any]) -> bool | None:
    """Return whether a pair is surely none: None where a commune has it, False where a merger or
    a postal code of its own (CEDEX) may tell it."""
    postal, insee = p["code_postal"], p["code_insee"]
    if (postal, insee) in communes_de_france():
        return None
    postaux, insees, departements = _codes_connus()
    if _departement(postal) != _departement(insee) or _departement(insee) not in departements:
        return True
    return postal in postaux and insee in insees


def _collecte_avant_la_pose(_: Any, ligne: LignePoint, __: Any) -> date | None:
    """Return the first day of a curve that was collected before any meter was there."""
    pose = ligne.mesures.get("ancien_compteur_pose") or ligne.compteur.get("date_pose")
    first = min((each.debut for each in ligne.mesures.get("collectes", ())), default=None)
    return first if pose and first and first < pose else None


def is_below_level_2(
    point: Mapping[str, Any], anciens: Sequence[tuple[date, Mapping[str, Any]]]
) -> bool:
    """Tell whether a C5 or a P4 has a level of services, and never had that of measures."""
    levels = [
        niveau
        for values in (point, *(valeurs for _, valeurs in anciens))
        if (niveau := values.get("niveau_ouverture_services")) is not None
    ]
    return point["segment"] in PETITS and max(levels, default=2) < 2


def _chevauchement(_: Any, ligne: LignePoint, __: Any) -> str | None:
    periods = sorted(ligne.mesures.get("collectes", ()), key=lambda each: each.debut)
    for avant, apres in pairwise(periods):
        if avant.fin is None or avant.fin > apres.debut:
            return f"{avant.debut:%d/%m/%Y} et {apres.debut:%d/%m/%Y}"
    return None


def _avant_mise_en_service(p: Mapping[str, Any], ligne: LignePoint, _: Any) -> date | None:
    anciens = ligne.mesures.get("avant", ())
    dates = (values.get("date_mise_en_service") for values in (p, *(each for _, each in anciens)))
    first = min(filter(None, dates), default=date.min)
    return anciens[0][0] if anciens and anciens[0][0] <= first else None


def _avant_inutile(p: Mapping[str, Any], ligne: LignePoint, _: Any) -> str | None:
    """Return the day until which a value was another, though it is the same today."""
    last = {
        column: (jour, value)
        for jour, valeurs in ligne.mesures.get("avant", ())
        for column, value in valeurs.items()
    }
    for column, (jour, value) in last.items():
        if value == p[column]:
            return f"{value} jusqu'au {jour:%d/%m/%Y} et {value} aujourd'hui"
    return None


def _trop_long(p: Mapping[str, Any], ligne: LignePoint, _: Any) -> str | None:
    numbers = (ligne.compteur.get(column) for column in ("matricule", "numero_serie"))
    texts = [(text, 255) for text in (p["nom_client_final"], *numbers)]
    for transformateur in (p["transformateur_courant"], p["transformateur_tension"]):
        if transformateur is not None:
            texts += [(transformateur.calibre, 255), (transformateur.couplage, 15)]
    for text, most in texts:
        if text is not None and len(text) > most:
            return f"« {text[:20]}… » fait {len(text)} caractères : {most} au plus"
    return None


def _code_et_libelle(p: Mapping[str, Any], *_: Any) -> str | None:
    plage = officielles().get(p[_CODE_PLAGE] or "")
    libelle = p["futures_heures_creuses_libelle"]
    return None if plage is None or libelle in (None, plage.libelle) else plage.libelle


_TESTS_OF_CODES: Final[Mapping[str, Test]] = {
    "plage_hors_liste": _plage_hors_liste,
    "code_d_une_autre_plage": _code_et_libelle,
    "saisons_decalees_autrement": _saisons,
}
_TESTS: Final[Mapping[str, Test]] = {
    "unite_du_segment": _unites,
    "puissances_par_classe": _deniveles,
    "collecte_sous_le_niveau_2": lambda p, ligne, _: (
        ligne.mesures.get("collectes") and is_below_level_2(p, ligne.mesures.get("avant", ()))
    ),
    "collectes_qui_se_recouvrent": _chevauchement,
    "collecte_avant_la_pose": _collecte_avant_la_pose,
    "deux_saisons_avant_la_reforme": lambda p, _, jour: (
        p["heures_creuses_saison_basse"] not in (None, p["heures_creuses_libelle"])
        and jour < VISIBLES_DEPUIS
        and jour
    ),
    "calendrier_du_distributeur": _calendrier,
    "commune_inexistante": lambda p, *_: _sans_commune(p),
    "commune_inconnue": lambda p, *_: _sans_commune(p) is False,
    "mise_en_service_a_venir": lambda p, _, jour: (
        (p["date_mise_en_service"] or jour) > jour and jour
    ),
    "pose_a_venir": lambda _, ligne, jour: (
        (ligne.compteur.get("date_pose") or jour) > jour and jour
    ),
    "linky_avant_decembre_2015": lambda p, ligne, _: (
        p["type_comptage"] == "LINKY"
        and (ligne.compteur.get("date_pose") or _FIRST_LINKY) < _FIRST_LINKY
    ),
    "avant_a_venir": lambda _, ligne, jour: (
        (anciens := ligne.mesures.get("avant")) and anciens[-1][0] > jour and anciens[-1][0]
    ),
    "avant_la_premiere_mise_en_service": _avant_mise_en_service,
    "avant_comme_aujourd_hui": _avant_inutile,
    "texte_trop_long": _trop_long,
}


def _values(condition: Any) -> Callable[[Any], bool]:
    """Return what tells whether a value is one that a condition of the table means."""
    match condition:
        case {"plus_de": bound}:
            return lambda value: value is not None and value > bound
        case {"au_plus": bound}:
            return lambda value: value is not None and value <= bound
        case {"hors": values}:
            return lambda value, outside=frozenset(values): value not in outside  # type: ignore[misc]
    return frozenset(condition).__contains__


def _si(conditions: Mapping[str, Any]) -> Test:
    tests = tuple((column, _values(each)) for column, each in conditions.items())
    return lambda p, *_: all(holds(p[column]) for column, holds in tests)


def _admis(valeur: str, selon: str, admis: Mapping[str, Sequence[str]]) -> Test:
    by_code = {code: values for codes, values in admis.items() for code in codes.split()}

    def existe(p: Mapping[str, Any], *_: Any) -> str | None:
        values = by_code.get(p[selon])
        if values is None or p[valeur] is None or p[valeur] in values:
            return None
        return " ou ".join(values) or "rien"

    return existe


@computed_once()
def contradictions() -> Mapping[str, Contradiction]:
    """Return the table, by name."""
    rows = parse_yaml(data_path("catalog") / "points" / "contradictions.yaml")
    assert isinstance(rows, dict)
    table = {}
    for name, row in rows.items():
        columns: set[str] = set()
        existe = _TESTS.get(name)
        if name in _TESTS_OF_CODES:
            columns, existe = {*_PLAGES, _CODE_PLAGE}, _TESTS_OF_CODES[name]
        elif "si" in row:
            columns, existe = {*row["si"]}, _si(row["si"])
        elif "selon" in row:
            columns = {row["valeur"], row["selon"]}
            existe = _admis(row["valeur"], row["selon"], row["admis"])
        said = {key: row[key] for key in ("mots", "phrase", "source", "provenance")}
        table[name] = Contradiction(**said, existe=existe, colonnes=frozenset(columns))
    return table


@computed_once()
def _by_cost() -> tuple[tuple[Contradiction, ...], tuple[Contradiction, ...], tuple[str, ...]]:
    """Return those that are about columns with few values alone, the others, and these columns."""
    tested = [each for each in contradictions().values() if each.existe is not None]
    of_codes = [each for each in tested if each.colonnes and not each.colonnes & _PROPRES]
    others = tuple(each for each in tested if each not in of_codes)
    return tuple(of_codes), others, tuple({column for each in of_codes for column in each.colonnes})


@computed_once(4096)
def _of_codes(values: tuple[Any, ...]) -> tuple[tuple[Contradiction, Any], ...]:
    """Return what the columns with few values contradict: the same again and again in a file."""
    of_codes, _, columns = _by_cost()
    return _found(of_codes, LignePoint(dict(zip(columns, values, strict=True)), {}, {}), date.max)


def _found(
    among: Sequence[Contradiction], ligne: LignePoint, jour: date
) -> tuple[tuple[Contradiction, Any], ...]:
    point = ligne.point
    return tuple(
        (each, vu) for each in among if each.existe and (vu := each.existe(point, ligne, jour))
    )


def contradictions_of(
    ligne: LignePoint, jour: date, *, unread: Collection[str] = ()
) -> Iterator[tuple[Contradiction, str]]:
    """Yield what a point contradicts on a legal day, with its sentence.

    `unread` are words without a value that could be read: what is about them isn't looked at.
    """
    point, (_, others, columns) = ligne.point, _by_cost()
    known = _of_codes(tuple(map(point.__getitem__, columns)))
    if unread:
        others = tuple(each for each in others if set(unread).isdisjoint(each.mots))
    for each, vu in (*known, *_found(others, ligne, jour)):
        if not unread or set(unread).isdisjoint(each.mots):
            yield each, each.written(**{**ligne.compteur, **point, "vu": vu, "jour": jour})
