"""A point as a tester reads it, with everything that is known of it in words, and copies it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.libelles import EVENEMENTS, MOTIFS_FIN, libelle_de
from sge_sim.domaine.prm import generate_all, is_valid, key
from sge_sim.errors import UnknownError, UsageError
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.apports.contradictions import fautes_of, sentence_of
from sge_sim.referentiel.apports.lignes import ligne_of
from sge_sim.referentiel.dataset import measure_seed
from sge_sim.referentiel.entries import check_attributes
from sge_sim.tables.acces import OptionPublication, options_of_point
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.apports import described_points, insert_copy, points_of_meters
from sge_sim.tables.attentes import events_awaited
from sge_sim.tables.attributes import Attribute
from sge_sim.tables.commandes import Evenement, ServiceSouscrit, services_of_point
from sge_sim.tables.mesures import read_mesures_facts
from sge_sim.tables.point_columns import (
    COMPTEUR_ATTRIBUTES,
    POINT_ATTRIBUTES,
    ParametresTeleAcces,
    TransformateurCourant,
    TransformateurTension,
)
from sge_sim.tables.points import Compteur, Point, find_point


def describe_point(session: Session, prm: str) -> dict[str, Any]:
    """Return what is known of a point, ready for JSON; what is empty is left out.

    Raises `UsageError` when there is no such point.
    """
    point = get_point(session, prm)
    options = options_of_point(session, prm)
    described = _attributes(point)
    described["situation"]["evenements_a_venir"] = [
        _event(event) for event in events_awaited(session, prm)
    ]
    described["comptage"]["compteurs"] = [
        _without_empty(_attributes(compteur, COMPTEUR_ATTRIBUTES)) for compteur in point.compteurs
    ]
    described["mesures"] |= _mesures(session, prm)
    described["remarques"] = [*wrong_of_point(session, prm)]
    described["climat"] = _climat(session, point.code_insee)
    described["services"] = [
        _service(service, options.get(service.service_souscrit_id, ()))
        for service in services_of_point(session, prm)
    ]
    first = {"prm": prm, "pourquoi": point.pourquoi} | described
    last = {part: first.pop(part) for part in _LAST}
    return _without_empty(first | last)


_LAST: Final = (
    *("adresse", "climat", "client_final", "fournisseur_titulaire", "alimentation", "tarif"),
    *("dates", "comptage", "releve", "situation", "mesures", "remarques", "services"),
)
"""The parts of a described point that come after what its first level says, in their order."""


def _attributes(
    row: Point | Compteur, attributes: Mapping[str, Attribute] = POINT_ATTRIBUTES
) -> dict[str, Any]:
    """Return what the attributes of a point, or of a meter, say, by section."""
    described: dict[str, Any] = {}
    for name, attribute in attributes.items():
        if attribute.section is not None:
            part = described
            for section in filter(None, attribute.section.split(".")):
                part = part.setdefault(section, {})
            part[attribute.nom or name] = _in_words(row, attribute, getattr(row, name))
    return described


_LISTES: Final = {"classe_precision": "classePrecision", "position": "transformateurPosition"}
"""The codes of a transformer."""


def _in_words(row: Point | Compteur, attribute: Attribute, value: Any) -> Any:
    """Return the value of an attribute as it is shown, with its label or its unit."""
    if attribute.basse is not None and (basse := getattr(row, attribute.basse)) is not None:
        return {"saison_haute": value, "saison_basse": basse}
    if value is not None and attribute.codes is not None:
        return {"code": value, "libelle": attribute.codes.get(value, value)}
    match value:
        case date():
            return _day(value)
        case ParametresTeleAcces():
            return value.etat_ligne_telephonique
        case TransformateurCourant() | TransformateurTension():
            return {
                name: _coded(_LISTES[name], each) if name in _LISTES else each
                for name, each in asdict(value).items()
            }
        case _ if value is None or attribute.unite is None:
            return value
    unite = getattr(row, attribute.unite, attribute.unite)
    if isinstance(value, Mapping):
        return {classe: f"{puissance} {unite}" for classe, puissance in value.items()}
    return f"{value} {unite}"


def get_point(session: Session, prm: str) -> Point:
    """Return a point; raises `UsageError` when there is no such one."""
    point = find_point(session, prm)
    if point is None:
        raise UnknownError(why_unknown(prm), prm)
    return point


def wrong_of_point(session: Session, prm: str) -> dict[str, bool]:
    """Return what a point contradicts today, and whether it is refused; its commune was looked for
    when it came."""
    get_point(session, prm)
    ((point, mesures),) = described_points(session, [prm])
    ligne, jour = ligne_of(point, mesures), legal_date(instant_within(session))
    # Who tries a client on a terminated point needn't say when it ended.
    unread = _COMMUNE if ligne.point["date_resiliation"] else (*_COMMUNE, "dateResiliation")
    found = [*fautes_of(ligne, jour, unread)]
    serial = ligne.compteur.get("numero_serie")
    if serial and (other := points_of_meters(session, [serial], but=prm).get(serial)):
        found.append(sentence_of("numero_de_serie_partage", numero_serie=serial, vu=other))
    return {f"{mot} : {phrase}": not remarque for mot, phrase, remarque in found}


def check_point(
    session: Session, prm: str, before: Callable[[], Collection[str]], *, strict: bool
) -> None:
    """Raise `UsageError` with all that a point contradicts, and didn't `before`; what is assumed
    alone too where `strict`."""
    found = wrong_of_point(session, prm)
    wrong = [phrase for phrase, refused in found.items() if strict or refused]
    known = before() if wrong else ()
    if new := [phrase for phrase in wrong if phrase not in known]:
        raise UsageError(f"Un tel point ne peut pas être : {' ; '.join(new)}.")


def why_unknown(prm: str) -> str:
    """Return what is wrong with the number of a point that isn't there, in French."""
    if len(prm) != 14 or not (prm.isascii() and prm.isdigit()):
        return f"« {prm} » n'est pas un PRM : il faut quatorze chiffres."
    if not is_valid(prm):
        return (
            f"le point {prm} n'existe pas : ses deux derniers chiffres, la clé, "
            f"devraient être {key(prm[3:12])}."
        )
    return f"le point {prm} n'existe pas dans cette base : vérifier le PRM."


def _service(service: ServiceSouscrit, options: Sequence[OptionPublication]) -> dict[str, Any]:
    """Say what a subscribed service is and where it stands, with the options that it publishes."""
    return _without_empty(
        {
            "id": service.service_souscrit_id,
            "type": _coded("serviceSouscritType", service.type),
            "etat": service.etat,
            "acteur": service.acteur_code,
            "contrat": service.contrat_id,
            "affaire": service.affaire and {"id": service.affaire_id, "etat": service.affaire.etat},
            "mesures": service.mesures_type,
            "acces": service.acces_type,
            "sens": service.sens,
            "pas": service.pas,
            "corrigees": service.corrigees,
            "periodicite": service.periodicite,
            "publications": [
                _without_empty(
                    {
                        "periodicite": option.periodicite,
                        "corrigees": option.corrigees,
                        "du": _day(option.date_debut),
                        "au": _day(option.date_fin),
                    }
                )
                for option in options
            ],
            "du": _day(service.date_debut),
            "au": _day(service.date_fin),
            "motif_fin": service.motif_fin and MOTIFS_FIN[service.motif_fin],
            "prochaine_echeance": service.echeance
            and service.echeance.astimezone(PARIS).isoformat(timespec="minutes"),
        }
    )


def _event(evenement: Evenement) -> dict[str, Any]:
    """Say what is to happen, and on which legal date."""
    return _without_empty(
        {
            "type": EVENEMENTS[evenement.type],
            "le": _day(legal_date(evenement.instant)),
            "fournisseur": evenement.fournisseur_code,
        }
    )


def _climat(session: Session, code_insee: str) -> dict[str, Any]:
    """Say the zone of the weather of a commune, and the temperature of the simulated day, C."""
    # Loads the measures, which most readers of points do without.
    from sge_sim.mesures.climat import ZONE_DU_LIEU, ZONES, lieu_de_la_commune, read_temperature

    lieu = lieu_de_la_commune(code_insee)
    if lieu is None:
        return {}
    zone = ZONE_DU_LIEU[lieu]
    jour = legal_date(instant_within(session))
    degres = f"{read_temperature(zone, jour):.1f} °C"
    return {"zone": ZONES[zone], "jour": _day(jour), "temperature": degres}


def _mesures(session: Session, prm: str) -> dict[str, Any]:
    """Say what the measures depend on; the ends of periods are excluded."""
    mesures = read_mesures_facts(session, prm)
    return {
        "collectes": [_period(debut, fin) for debut, fin in mesures.collectes],
        "oppositions": [_period(debut, fin) for debut, fin in mesures.oppositions],
        "trous": [
            f"{debut.astimezone(PARIS).isoformat()}..{fin.astimezone(PARIS).isoformat()}"
            for debut, fin in mesures.trous
        ],
        "rectifications": [
            {
                "jour": _day(jour),
                "energie": f"{energie} Wh",
                "le": instant.astimezone(PARIS).isoformat(timespec="seconds"),
            }
            for jour, energie, instant in mesures.rectifications
        ],
        "avant": [
            {"jusqu_a": _day(ancienne.jusqu_a), "quoi": ancienne.nom, "valeur": ancienne.valeur}
            for ancienne in mesures.anciennes
        ],
        "calendriers": [
            {"cote": cote, "depuis": _day(depuis), "code": code}
            for cote, depuis, code in mesures.calendriers
        ],
    }


def _period(debut: date, fin: date | None) -> str:
    return f"{debut.isoformat()}..{fin.isoformat() if fin else ''}"


def _coded(liste: str, code: str | None) -> dict[str, str] | None:
    return None if code is None else {"code": code, "libelle": libelle_de(liste, code)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Drop what is empty, at every depth; `False` and 0 say something and stay."""
    kept = {
        name: _without_empty(value) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, {}, [])}


_WHERE = Path("le point")
_COMMUNE: Final = ("codePostal", "codeInseeCommune")


def copy_point(
    session: Session,
    comme: str,
    prm: str | None = None,
    point: Mapping[str, Any] | None = None,
    compteur: Mapping[str, Any] | None = None,
    *,
    strict: bool = False,
) -> str:
    """Make a point like `comme` with other attributes; return its PRM, drawn unless it is given.

    `point` and `compteur` hold attributes by the names that the data set uses. Its measures and
    the number of its meter are its own. Raises `UsageError` for a model that isn't there, a PRM
    that is taken or has a wrong key, an attribute that is unknown or wrong, and attributes that
    contradict each other as those of the model don't.
    """
    model = get_point(session, comme)
    changes = check_attributes(_WHERE, "point", Point, point or {})
    if (supplier := changes.get("fournisseur_titulaire")) is not None:
        get_acteur(session, supplier)
    meter = check_attributes(_WHERE, "compteur", Compteur, compteur or {})
    if prm is None:
        prm = next(
            each
            for each in generate_all(comme[:3], model.graine)
            if find_point(session, each) is None
        )
    elif not is_valid(prm):
        raise UsageError(f"« {prm} » n'est pas un PRM : 14 chiffres dont la clé (sge-sim prm).")
    elif find_point(session, prm) is not None:
        raise UsageError(f"Le point {prm} existe déjà : donner un autre PRM, ou n'en pas donner.")
    seed = measure_seed(prm, model.graine)
    own = {
        name: f"{seed % 10**12:012d}"
        for name in ("matricule", "numero_serie")
        if any(getattr(each, name) is not None for each in model.compteurs)
    }
    insert_copy(session, model, prm, seed, changes, own | meter)
    check_point(session, prm, lambda: wrong_of_point(session, comme), strict=strict)
    return prm
