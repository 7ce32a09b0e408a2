"""The words of a file of points: those of the contracts, and what each stands for.

A cell is text: `oui` or `non`, an ISO date, a whole number, a code, or JSON for what has parts. In
JSON lines the same values may be booleans, numbers and objects.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date
from typing import Any, Final, Literal, get_args, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Boolean, Date, Integer, String

import sge_sim.tables.models  # noqa: F401 - a column that names another table's has its type
from sge_sim.clock import PARIS
from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES
from sge_sim.machine.documents import parse_json
from sge_sim.machine.texts import fit
from sge_sim.referentiel.entries import CalendrierEntry, CollecteEntry, TrouEntry
from sge_sim.tables.anciens_etats import DATEES
from sge_sim.tables.base import Base
from sge_sim.tables.points import Compteur, Point

PartiePoint = Literal["point", "compteur", "mesures"]
_TABLES: Final[Mapping[str, type[Base]]] = {"point": Point, "compteur": Compteur}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER: Final = re.compile(r"[0-9]{1,9}")
_BOOLEANS: Final = {"oui": True, "non": False}

# Those of the meters read from afar that have no label of their own are codes too.
_LISTES: Final = {**LISTES, "typeComptage": {*LISTES["typeComptage"], *COMPTEURS_TELERELEVES}}
_PERIODES: Final[Mapping[str, Any]] = {
    "collectes": TypeAdapter(tuple[CollecteEntry, ...]),
    "trous": TypeAdapter(tuple[TrouEntry, ...]),
    "calendriers": TypeAdapter(tuple[CalendrierEntry, ...]),
}


@dataclass(frozen=True, slots=True)
class Mot:
    """A column of a file: its word, the column of a table that it fills, how a cell is read.

    `lire` raises `ValueError` with what is wrong, in French. `lus`: what cells were read as, of a
    column that says the same of many points; None for one that doesn't.
    """

    nom: str
    partie: PartiePoint
    colonne: str
    lire: Callable[[Any], Any]
    ecrire: Callable[[Any], str]
    lus: dict[str, Any] | None = field(default_factory=dict)


def _mot(nom: str, partie: PartiePoint, colonne: str, liste: str | None = None) -> Mot:
    if partie == "mesures":
        if colonne in _PERIODES:
            return Mot(nom, partie, colonne, _structure(_PERIODES[colonne]), _dumped)
        return Mot(nom, partie, colonne, jour_of, str)
    table = _TABLES[partie]
    column = table.__table__.columns[colonne]
    (annotation,) = get_args(get_type_hints(table)[colonne])
    if isinstance(column.type, Boolean):
        return Mot(nom, partie, colonne, _booleen, lambda value: "oui" if value else "non")
    if isinstance(column.type, Date):
        return Mot(nom, partie, colonne, jour_of, str)
    if isinstance(column.type, Integer):
        return Mot(nom, partie, colonne, _entier, str)
    if isinstance(column.type, String):
        codes = _codes(annotation) or (frozenset(_LISTES[liste]) if liste else frozenset())
        if not codes:
            return Mot(nom, partie, colonne, _texte(column.type.length), str, lus=None)
        return Mot(nom, partie, colonne, _code(codes), str)
    return Mot(nom, partie, colonne, _structure(TypeAdapter(annotation)), _dumped)


def _codes(annotation: Any) -> frozenset[str]:
    """Return the codes of an annotation that is a `Literal`, or may be."""
    found = {code for code in get_args(annotation) if isinstance(code, str)}
    return frozenset(found.union(*(_codes(part) for part in get_args(annotation))))


def _texte(longueur: int | None) -> Callable[[Any], str]:
    def lire(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("un texte est attendu")
        if longueur is not None and len(value) > longueur:
            raise ValueError(f"« {value[:20]}… » dépasse {longueur} caractères")
        return fit(value, line=True)

    return lire


def _code(codes: frozenset[str]) -> Callable[[Any], str]:
    def lire(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise ValueError(f"« {_shown(value)} » n'est pas un code connu : {_some(codes)}")
        return value

    return lire


def _some(codes: frozenset[str]) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "")


def _shown(value: Any) -> str:
    return str(value)[:40]


def _booleen(value: Any) -> bool:
    found = value if isinstance(value, bool) else _BOOLEANS.get(str(value))
    if found is None:
        raise ValueError(f"« {_shown(value)} » : écrire oui ou non")
    return found


def _entier(value: Any) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    raise ValueError(f"« {_shown(value)} » n'est pas un entier positif")


def jour_of(value: Any) -> date:
    """Return the day that a cell says; raises `ValueError` with what is wrong, in French."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"« {_shown(value)} » n'est pas un jour : écrire par exemple 2024-03-01")


def parse_cell(value: Any) -> Any:
    """Return what a cell of JSON holds; raises `ValueError` with what is wrong, in French."""
    if not isinstance(value, str):
        return value
    try:
        found = parse_json(value)
    except ValueError:
        raise ValueError(f"« {_shown(value)} » n'est pas du JSON") from None
    return fit(found)


def _structure(adapter: TypeAdapter[Any]) -> Callable[[Any], Any]:
    def lire(value: Any) -> Any:
        value = parse_cell(value)
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(key)[:20] for key in first["loc"])
            raise ValueError(
                f"« {_shown(first['input'])} » ne convient pas{f' ({place})' if place else ''}"
            ) from None

    return lire


JUSQUE: Final = "jusquA"
"""The key of the day, excluded, until which the other words of an entry of `avant` held."""


def _read_avant(value: Any) -> tuple[tuple[date, Mapping[str, Any]], ...]:
    """Return what columns of a point said until a day, the oldest first."""
    entries = parse_cell(value)
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise ValueError(f'écrire par exemple [{{"{JUSQUE}":"2024-03-01","puissanceSouscrite":6}}]')
    anciens: dict[date, dict[str, Any]] = {}
    for entry in entries:
        jour = jour_of(entry.get(JUSQUE))
        for nom, cell in entry.items():
            if nom == JUSQUE:
                continue
            mot = MOTS.get(nom)
            if mot is None or mot.partie != "point" or mot.colonne not in DATEES:
                raise ValueError(f"« {nom[:40]} » n'est pas de ce qui change à une date")
            if mot.colonne in anciens.setdefault(jour, {}):
                raise ValueError(f"{nom} y est deux fois pour le même jour")
            anciens[jour][mot.colonne] = None if cell is None else mot.lire(cell)
    return tuple(sorted(anciens.items()))


def _write_avant(anciens: tuple[tuple[date, Mapping[str, Any]], ...]) -> str:
    words = {mot.colonne: mot for mot in MOTS.values() if mot.partie == "point"}
    return json.dumps(
        [
            {JUSQUE: str(jour)}
            | {
                words[column].nom: str(value) if isinstance(value, date) else value
                for column, value in sorted(valeurs.items())
                if column in words
            }
            for jour, valeurs in anciens
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _dumped(value: Any) -> str:
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))


def jsonable(value: Any) -> Any:
    """Return a structure as JSON holds it; what is empty in it is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: each for name, each in asdict(value).items() if each is not None}
    if isinstance(value, tuple | list):
        return [jsonable(each) for each in value]
    if isinstance(value, TrouEntry):
        return {name: each.astimezone(PARIS).isoformat() for name, each in value}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return value


MOTS: Final[Mapping[str, Mot]] = {
    mot.nom: mot
    for mot in (
        _mot("prm", "point", "prm"),
        _mot("segment", "point", "segment"),
        _mot("etatContractuel", "point", "etat_contractuel"),
        _mot("etatAlimentation", "point", "etat_alimentation"),
        _mot("niveauOuvertureServices", "point", "niveau_ouverture_services"),
        _mot("escalierEtEtageEtAppartement", "point", "escalier_etage_appartement"),
        _mot("batiment", "point", "batiment"),
        _mot("numeroEtNomVoie", "point", "numero_et_nom_voie"),
        _mot("lieuDit", "point", "lieu_dit"),
        _mot("codePostal", "point", "code_postal"),
        _mot("codeInseeCommune", "point", "code_insee"),
        _mot("commune", "point", "commune"),
        _mot("nomClientFinalOuDenominationSociale", "point", "nom_client_final"),
        _mot("categorieClientFinalCode", "point", "categorie_client_final"),
        _mot("numSiret", "point", "siret"),
        _mot("fournisseurTitulaire", "point", "fournisseur_titulaire"),
        _mot("domaineTension", "point", "domaine_tension"),
        _mot("tensionLivraison", "point", "tension_livraison"),
        _mot("modeApresCompteur", "point", "mode_apres_compteur"),
        _mot("puissanceRaccordementSoutirage", "point", "puissance_raccordement"),
        _mot("formuleTarifaireAcheminement", "point", "fta", "formuleTarifaireAcheminement"),
        _mot("puissanceSouscrite", "point", "puissance_souscrite"),
        _mot("denivelePuissances", "point", "denivele_puissances"),
        _mot("contexteUtilisation", "point", "longue_utilisation_contexte", "contexteUtilisation"),
        _mot("forfaitLongueUtilisation", "point", "longue_utilisation_forfait_h"),
        _mot("calendrierFournisseur", "point", "calendrier_fournisseur"),
        _mot("dateMiseEnService", "point", "date_mise_en_service"),
        _mot("dateResiliation", "point", "date_resiliation"),
        _mot(
            "dateDerniereModificationFormuleTarifaireAcheminement",
            "point",
            "date_modification_fta",
        ),
        _mot("dateDerniereAugmentationPuissanceSouscrite", "point", "date_augmentation_puissance"),
        _mot("dateDerniereDiminutionPuissanceSouscrite", "point", "date_diminution_puissance"),
        _mot("typeComptage", "point", "type_comptage", "typeComptage"),
        _mot("disjoncteurCalibre", "point", "disjoncteur_calibre"),
        _mot("plageHeuresCreuses", "point", "heures_creuses_libelle"),
        _mot("plageHeuresCreusesSaisonBasse", "point", "heures_creuses_saison_basse"),
        _mot("futuresPlagesHeuresCreusesCode", "point", "futures_heures_creuses_id"),
        _mot("futuresPlagesHeuresCreusesLibelle", "point", "futures_heures_creuses_libelle"),
        _mot(
            "futuresPlagesHeuresCreusesSaisonBasse",
            "point",
            "futures_heures_creuses_saison_basse",
        ),
        _mot("futuresProgrammationsHoraires", "point", "futures_programmations"),
        _mot("transformateurCourant", "point", "transformateur_courant"),
        _mot("transformateurTension", "point", "transformateur_tension"),
        _mot("modeTraitement", "point", "mode_traitement", "modeTraitement"),
        _mot("periodicite", "point", "periodicite", "periodicite"),
        _mot("plageReleve", "point", "plage_releve", "plageReleve"),
        _mot("modeReleve", "point", "mode_releve", "modeReleve"),
        _mot("mediaReleve", "point", "media_releve"),
        _mot("r4xPas", "point", "r4x_pas"),
        _mot("teleoperable", "point", "teleoperable"),
        _mot("contratSoutirage", "point", "contrat_soutirage"),
        _mot("contratInjection", "point", "contrat_injection"),
        _mot("provisoire", "point", "provisoire"),
        _mot("groupementTurpe", "point", "groupement_turpe"),
        _mot("operationEnCours", "point", "operation_en_cours"),
        _mot("matricule", "compteur", "matricule"),
        _mot("numeroSerie", "compteur", "numero_serie"),
        _mot("localisation", "compteur", "localisation"),
        _mot("ticActivee", "compteur", "tic_activee"),
        _mot("ticStandard", "compteur", "tic_standard"),
        _mot("ticActivable", "compteur", "tic_activable"),
        _mot("datePose", "compteur", "date_pose"),
        _mot("parametresTeleAcces", "compteur", "parametres_tele_acces"),
        _mot("programmationHoraire", "compteur", "programmation_horaire"),
        _mot("ancienCompteurPose", "mesures", "ancien_compteur_pose"),
        _mot("collectes", "mesures", "collectes"),
        _mot("trous", "mesures", "trous"),
        _mot("calendriers", "mesures", "calendriers"),
        Mot("avant", "mesures", "avant", lambda cell: _read_avant(cell), lambda s: _write_avant(s)),
    )
}
"""The columns of a file of points, in the order of the template."""

MOTS_JOURS: Final = ("prm", "jour", "courbe", "index")
"""Those of a file of measures."""

MOTS_ACTEURS: Final = ("acteur", "nom", "sorte", "logins", "contrats", "habilitations")
"""Those of a file of actors."""
