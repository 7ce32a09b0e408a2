"""A data set: the communes, actors, profiles and named points of `catalog/datasets/<name>/`.

Reading it checks every file and every reference from one to another; a mistake is a `UsageError`
that names the file and the key.

The rows of a point are what its profile says; the rest is drawn.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeVar

from sge_sim.domaine import prm
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE
from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.referentiel import identites
from sge_sim.referentiel.apports.contradictions import fautes_of
from sge_sim.referentiel.apports.regles import LignePoint
from sge_sim.referentiel.entries import (
    FILLED_IN,
    ActeurEntry,
    CommuneEntry,
    MesuresEntry,
    PointEntry,
    PopulationEntry,
    ProfilEntry,
    SorteEntry,
    check_attributes,
    read_yaml_as,
)
from sge_sim.referentiel.identites import Tirage
from sge_sim.tables.points import SEARCH_COLUMNS, Compteur, Point

T = TypeVar("T")

_COMMUNES, _ACTEURS, _PROFILS, _POINTS, _POPULATION = (
    f"{name}.yaml" for name in ("communes", "acteurs", "profils", "points", "population")
)

_DRAWN: Final = (
    *("prm", "codePostal", "codeInseeCommune", "commune"),
    *("numSiret", "fournisseurTitulaire", "matricule"),
)
"""The words of what is drawn where a data set leaves it out."""

_REQUIRED: Final = tuple(
    column.name
    for column in Point.__table__.columns
    if not column.nullable and column.name not in FILLED_IN
)


@dataclass(frozen=True, slots=True)
class Profil:
    """Attributes of a point and of its meter, which it may not have; what its measures need."""

    point: Mapping[str, Any]
    compteur: Mapping[str, Any] | None
    mesures: MesuresEntry | None = None

    def __or__(self, other: "Profil") -> "Profil":
        """Return this profile as changed by another."""
        no_meter = other.compteur is None or (self.compteur is None and not other.compteur)
        return Profil(
            {**self.point, **other.point},
            None if no_meter else {**(self.compteur or {}), **(other.compteur or {})},
            self.mesures if other.mesures is None else other.mesures,
        )


@dataclass(frozen=True, slots=True)
class PointNomme:
    """A point that is there for a reason; its commune is drawn when it is not given."""

    prm: str
    pourquoi: str
    commune: CommuneEntry | None
    profil: Profil


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a data set holds. Communes are keyed « code postal/code INSEE »."""

    communes: Mapping[str, CommuneEntry]
    acteurs: tuple[ActeurEntry, ...]
    profils: Mapping[str, Profil]
    points: tuple[PointNomme, ...]
    population: PopulationEntry


def load_dataset() -> Dataset:
    """Read the data set of a first start; raises `UsageError` when it holds a mistake."""
    return read_dataset(data_path("catalog") / "datasets" / "homologation")


def read_dataset(folder: Path) -> Dataset:
    """Read the data set in `folder`; raises `UsageError` when it holds a mistake."""
    entries = read_yaml_as(folder / _COMMUNES, tuple[CommuneEntry, ...])
    communes = {entry.key: entry for entry in entries}
    _check_unique(folder / _COMMUNES, "commune", [entry.key for entry in entries])
    acteurs = read_yaml_as(folder / _ACTEURS, tuple[ActeurEntry, ...])
    _check_acteurs(folder / _ACTEURS, acteurs)
    fournisseurs = [acteur.code for acteur in acteurs if acteur.kind == "fournisseur"]
    profils = _read_profils(folder / _PROFILS)
    points = _read_points(folder / _POINTS, communes, profils, fournisseurs)
    population = read_yaml_as(folder / _POPULATION, PopulationEntry)
    _check_population(folder / _POPULATION, population, communes, profils, fournisseurs)
    return Dataset(communes, acteurs, profils, points, population)


def _check_acteurs(path: Path, acteurs: Sequence[ActeurEntry]) -> None:
    _check_unique(path, "code", [acteur.code for acteur in acteurs])
    _check_unique(path, "login", [user.login for acteur in acteurs for user in acteur.utilisateurs])
    _check_unique(
        path, "contrat_id", [each.contrat_id for acteur in acteurs for each in acteur.contrats]
    )
    defaults = Counter(acteur.kind for acteur in acteurs if acteur.par_defaut)
    for kind in ("tiers", "fournisseur"):
        if defaults[kind] != 1:
            raise UsageError(
                f"{path}, par_defaut : il faut un {kind} par défaut et un seul, "
                f"il y en a {defaults[kind]}."
            )


def _read_profils(path: Path) -> dict[str, Profil]:
    entries = read_yaml_as(path, dict[str, ProfilEntry])
    profils: dict[str, Profil] = {}
    for name, entry in entries.items():
        profil = Profil({}, {})
        for parent in entry.herite:
            # A profile inherits from those above it only, so that none inherits from itself.
            profil |= _reference(path, name, "herite", parent, profils)
        profils[name] = profil | _checked(path, name, entry)
    return profils


def _read_points(
    path: Path,
    communes: Mapping[str, CommuneEntry],
    profils: Mapping[str, Profil],
    fournisseurs: Iterable[str],
) -> tuple[PointNomme, ...]:
    entries = read_yaml_as(path, tuple[PointEntry, ...])
    _check_unique(path, "prm", [entry.prm for entry in entries])
    points = []
    for entry in entries:
        where = entry.prm
        if not prm.is_valid(where):
            raise UsageError(
                f"{path}, {where}, prm : la clé est fausse, "
                f"elle devrait être {prm.key(where[3:12])}."
            )
        profil = Profil({}, {})
        for name in entry.profils:
            profil |= _reference(path, where, "profils", name, profils)
        profil |= _checked(path, where, entry)
        _check_complete(path, where, profil)
        titulaire = profil.point.get("fournisseur_titulaire")
        if titulaire is not None and titulaire not in fournisseurs:
            raise UsageError(
                f"{path}, {where}, fournisseur_titulaire : « {titulaire} » n'est pas un "
                "fournisseur de acteurs.yaml."
            )
        commune = (
            None
            if entry.commune is None
            else _reference(path, where, "commune", entry.commune, communes)
        )
        points.append(PointNomme(where, entry.pourquoi, commune, profil))
        _check_possible(path, points[-1])
    return tuple(points)


def _check_possible(path: Path, named: PointNomme) -> None:
    """Refuse a point that can't be, or may not, by what isn't drawn of it."""
    mesures = {name: value for name, value in dict(named.profil.mesures or ()).items() if value}
    ligne = LignePoint({**EMPTY_POINT, **named.profil.point}, named.profil.compteur or {}, mesures)
    for mot, phrase, _ in fautes_of(ligne, date.max, _DRAWN):
        raise UsageError(f"{path}, {named.prm}, {mot} : {phrase}.")


def _check_population(
    path: Path,
    population: PopulationEntry,
    communes: Mapping[str, CommuneEntry],
    profils: Mapping[str, Profil],
    fournisseurs: Iterable[str],
) -> None:
    sortes: tuple[SorteEntry, ...] = (*population.quotas, *population.reste)
    for sorte in sortes:
        commune = _reference(path, sorte.commune, "commune", sorte.commune, communes)
        if not commune.heures_creuses:
            raise UsageError(
                f"{path}, {sorte.commune} : cette commune n'a pas de plages d'heures creuses."
            )
        profil = _reference(path, sorte.commune, "profil", sorte.profil, profils)
        for etat in population.etats:
            changed = (
                profil
                if etat.profil is None
                else profil | _reference(path, "etats", "profil", etat.profil, profils)
            )
            _check_complete(path, f"{sorte.commune}, {sorte.profil}", changed)
    for code in population.fournisseurs:
        if code not in fournisseurs:
            raise UsageError(f"{path}, fournisseurs, {code} : fournisseur inconnu.")


def _checked(path: Path, where: str, entry: ProfilEntry | PointEntry) -> Profil:
    compteur = entry.compteur
    return Profil(
        check_attributes(path, where, Point, entry.point),
        None if compteur is None else check_attributes(path, where, Compteur, compteur),
        entry.mesures,
    )


def _check_unique(path: Path, key: str, values: Iterable[str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise UsageError(f"{path}, {key} : « {value} » est écrit {count} fois.")


def _check_complete(path: Path, where: str, profil: Profil) -> None:
    missing = [name for name in _REQUIRED if profil.point.get(name) is None]
    if missing:
        raise UsageError(f"{path}, {where} : il manque {', '.join(missing)}.")


def _reference(path: Path, where: str, key: str, name: str, known: Mapping[str, T]) -> T:
    try:
        return known[name]
    except KeyError:
        raise UsageError(f"{path}, {where}, {key} : « {name} » n'est défini nulle part.") from None


PointRows = tuple[dict[str, Any], dict[str, Any] | None]
"""The columns of a point, and those of its meter if it has one."""

EMPTY_POINT: Final[dict[str, Any]] = dict.fromkeys(
    column.name for column in Point.__table__.columns if column.name not in SEARCH_COLUMNS.values()
)
EMPTY_COMPTEUR: Final[dict[str, Any]] = dict.fromkeys(
    column.name for column in Compteur.__table__.columns if column.name not in ("id", "prm")
)


def measure_seed(prm: str, seed: int) -> int:
    """Return the 63-bit seed of the measures of a point, in a data set of seed `seed`."""
    digest = blake2b(f"{seed}/{prm}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def named_rows(dataset: Dataset, seed: int) -> Iterator[PointRows]:
    """Yield the rows of the named points; what they leave out is drawn from their PRM."""
    communes = [commune for commune in dataset.communes.values() if commune.heures_creuses]
    for named in dataset.points:
        tirage = Tirage(measure_seed(named.prm, seed))
        yield make_rows(
            named.prm,
            named.profil | Profil({"pourquoi": named.pourquoi}, {}),
            named.commune or tirage.one_of(communes),
            fournisseurs=dataset.population.fournisseurs,
            seed=seed,
            tirage=tirage,
        )


def make_rows(
    prm: str,
    profil: Profil,
    commune: CommuneEntry,
    *,
    fournisseurs: Mapping[str, int],
    seed: int,
    tirage: Tirage,
) -> PointRows:
    """Return the rows of a point; what `profil` leaves out is drawn or left empty.

    `fournisseurs` gives the weight of each supplier among the points in service.
    """
    graine = measure_seed(prm, seed)
    point: dict[str, Any] = {
        **EMPTY_POINT,
        **_identity(profil.point, tirage),
        **profil.point,
        "prm": prm,
        "code_postal": commune.code_postal,
        "code_insee": commune.code_insee,
        "commune": commune.libelle,
        "graine": graine,
    }
    titulaire = tirage.weighted(fournisseurs)
    if (
        "fournisseur_titulaire" not in profil.point
        and point["etat_contractuel"] in ETATS_EN_SERVICE
    ):
        point["fournisseur_titulaire"] = titulaire
    if profil.compteur is None:
        return point, None
    number = f"{graine % 10**12:012d}"
    compteur = {
        **EMPTY_COMPTEUR,
        "matricule": number,
        "numero_serie": None if point["domaine_tension"] == "BTINF" else number,
        **profil.compteur,
    }
    return point, compteur


def _identity(attributs: Mapping[str, Any], tirage: Tirage) -> dict[str, str]:
    """Draw an address and a client that suit the point."""
    identity = {"numero_et_nom_voie": identites.voie(tirage)}
    if attributs["domaine_tension"] in ("HTA", "HTB"):
        identity["lieu_dit"] = identites.zone(tirage)
    elif tirage.happens(25):
        identity["batiment"] = identites.batiment(tirage)
        identity["escalier_etage_appartement"] = identites.appartement(tirage)
    if attributs.get("categorie_client_final") == "PRO":
        identity["nom_client_final"] = identites.societe(tirage)
        identity["siret"] = identites.siret(tirage)
    else:
        identity["nom_client_final"] = identites.personne(tirage)
    return identity
