"""What REST interfaces say of a point beside its measures: contracts, connection, meter.

What SGE doesn't know of a holder is invented from the name: numbers of telephone are of the ranges
kept for fiction, addresses of e-mail of `example.org`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from sge_sim.clock import start_of_day
from sge_sim.domaine.francais import normalise
from sge_sim.domaine.libelles import libelle_de
from sge_sim.domaine.nomenclatures import DomaineTension
from sge_sim.tables.clients import titulaire_de
from sge_sim.tables.point_facts import PointFacts

COMPTEUR_LINKY: Final = "AMM"
"""What Data Connect calls the meter that SGE calls LINKY."""
_NIVEAUX: Final = {
    0: "Non communicant",
    1: "Communicant (non ouvert aux services)",
    2: "Communicant (ouvert aux services)",
}
_TENSIONS: Final[Mapping[DomaineTension, float]] = {
    "BTINF": 230.0,
    "BTSUP": 400.0,
    "HTA": 20000.0,
    "HTB": 63000.0,
}
_TRIPHASE: Final = "230/400 V"


@dataclass(frozen=True)
class Titulaire:
    """The holder of a point: a natural person where `siret` is None.

    `civilite` has no full stop (seen in public fixtures).
    """

    numero: str
    nom: str
    prenom: str
    civilite: str
    siret: str | None
    email: str
    fixe: str
    mobile: str

    @property
    def line1(self) -> str:
        """The first line of an address: a person's begins with the title (same fixtures)."""
        if self.siret is not None:
            return self.nom
        return " ".join(filter(None, (self.civilite, self.nom, self.prenom)))


def titulaire_of(point: PointFacts) -> Titulaire:
    """Return the holder of a point."""
    entier = point.nom_client_final or "CLIENT INCONNU"
    digest = int.from_bytes(
        blake2b(titulaire_de(entier, point.code_insee).encode(), digest_size=8).digest()
    )
    nom, _, prenom = entier.partition(" ")
    morale = point.siret is not None
    words = normalise(entier).lower().encode("ascii", "ignore").decode().split()
    return Titulaire(
        numero=f"{1_000_000_000 + digest % 9_000_000_000}",
        nom=entier if morale else nom,
        prenom="" if morale else prenom,
        civilite="Mme" if digest % 2 else "M",
        siret=point.siret,
        email=f"{'.'.join(words) or 'client'}@example.org",
        fixe=f"019900{digest % 10_000:04d}",
        mobile=f"063998{digest // 10_000 % 10_000:04d}",
    )


def _sides(point: PointFacts) -> list[str]:
    """Return the segments of a point: the two of a self-consumer are C5 and P4."""
    if point.segment == "C5" and point.contrat_injection:
        return ["C5", "P4"]
    return [point.segment]


def _situation(point: PointFacts, contractor: str | None) -> list[dict[str, Any]]:
    titulaire = titulaire_of(point)
    lines = {
        "line1": titulaire.line1,
        "line2": point.escalier_etage_appartement,
        "line3": point.batiment,
        "line4": point.numero_et_nom_voie,
        "line5": point.lieu_dit,
        "line6": f"{point.code_postal} {point.commune}",
        "line7": "FR (France)",
    }
    holder: dict[str, Any] = {
        "customer": {"customer": {"adress": without_none(lines)}},
        "contact_data": {
            "email": titulaire.email,
            "landline": titulaire.fixe,
            "phone": titulaire.mobile,
        },
    }
    if titulaire.siret is None:
        holder["person"] = {
            "title": titulaire.civilite,
            "lastname": titulaire.nom,
            "firstname": titulaire.prenom,
        }
    else:
        holder["organization"] = {
            "name": titulaire.nom,
            "commercial_name": titulaire.nom,
            "business_code": "8299Z",
            "siret_number": titulaire.siret,
            "siren_number": titulaire.siret[:9],
        }
    return [{**_contract(point, segment, contractor), **holder} for segment in _sides(point)]


def _contract(point: PointFacts, segment: str, contractor: str | None) -> dict[str, Any]:
    """Return a contract; that of consumption alone names its supplier (observed)."""
    production = segment[0] == "P"
    contract: dict[str, Any] = {
        "usage_point_id": point.prm,
        "contract_start": _instant(point.date_mise_en_service),
        "contract_type": "Contrat GRD-A" if production else "Contrat GRD-F",
    }
    if not production:
        if contractor is not None:
            contract["contractor"] = contractor
        if point.fta is not None:
            contract["distribution_tariff"] = libelle_de("formuleTarifaireAcheminement", point.fta)
        if point.puissance_souscrite is not None:
            contract["subscribed_power"] = {
                "unit": point.puissance_souscrite_unite,
                "value": str(point.puissance_souscrite),
            }
    return {**contract, "segment": segment}


def _synthese(point: PointFacts, _contractor: str | None) -> dict[str, Any]:
    sides = _sides(point)
    since = _instant(point.date_mise_en_service)
    changes = [
        day for day in (point.date_augmentation_puissance, point.date_diminution_puissance) if day
    ]
    return without_none(
        {
            "segments": [{"segment": segment} for segment in sides],
            "generation_last_activation_date": since if sides[-1][0] == "P" else None,
            "consumption_last_activation_date": since if sides[0][0] == "C" else None,
            "last_subscribed_power_change_date": _instant(max(changes, default=None)),
            "services_level": None
            if point.niveau_ouverture_services is None
            else _NIVEAUX[point.niveau_ouverture_services],
        }
    )


def _donnees_generales(point: PointFacts, _contractor: str | None) -> dict[str, Any]:
    address = {
        "number_street_name": point.numero_et_nom_voie,
        "postal_code_city": f"{point.code_postal} {point.commune}",
        "insee_code": point.code_insee,
        "staircase_floor_apartment": point.escalier_etage_appartement,
        "building": point.batiment,
        "locality": point.lieu_dit,
    }
    return {"address": without_none(address)}


def _alimentation(point: PointFacts, _contractor: str | None) -> dict[str, Any]:
    serial = _serial(point)
    connection = point.puissance_raccordement
    power = None if connection is None else _value(connection, point.puissance_raccordement_unite)
    three = point.tension_livraison == _TRIPHASE
    return without_none(
        {
            "serial_number": None if serial is None or not serial.isdigit() else int(serial),
            "connection_state": libelle_de("etatAlimentation", point.etat_alimentation),
            "voltage_level": libelle_de("domaineTension", point.domaine_tension),
            "phase_count": (3 if three else 1) if point.petit else None,
            "consumption_connection_power": power if point.contrat_soutirage else None,
            "generation_connection_power": power if point.contrat_injection else None,
            "nominal_service_voltage": {"value": _TENSIONS[point.domaine_tension], "unit": "V"},
        }
    )


def _comptage(point: PointFacts, _contractor: str | None) -> dict[str, Any]:
    code = point.type_comptage or "SSCPT"
    meter: dict[str, Any] = without_none({"numeroSerie": _serial(point)})
    meter["regimePropriete"] = {"code": "LOUE", "libelle": "Loué"}
    if point.puissance_souscrite is not None:
        meter["puissanceProgrammee1"] = {
            "valeur": point.puissance_souscrite,
            "classeTemporellePuissanceProgrammee": {
                "code": "BASE",
                "libelle": libelle_de("classeTemporelle", "BASE"),
            },
        }
    body: dict[str, Any] = {
        "dispositifComptage": {
            "typeComptage": {
                "code": COMPTEUR_LINKY if code == "LINKY" else code,
                "libelle": libelle_de("typeComptage", code),
            }
        },
        "compteurs": [meter] if point.compteurs else [],
    }
    if point.heures_creuses_libelle is not None:
        body["relais"] = {"plageHeuresCreuses": point.heures_creuses_libelle}
    return body


def _serial(point: PointFacts) -> str | None:
    """Return the number of the meter that is in place."""
    if not point.compteurs:
        return None
    return point.compteurs[-1].numero_serie or point.compteurs[-1].matricule


def _value(value: float, unite: str | None) -> dict[str, Any]:
    return {"value": float(value), "unit": unite}


def _instant(day: date | None) -> str | None:
    """Return a legal midnight as the captures write it: 2024-10-12T00:00:00+0200."""
    return None if day is None else start_of_day(day).strftime("%Y-%m-%dT%H:%M:%S%z")


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are known."""
    return {name: value for name, value in values.items() if value is not None}


SITUATION: Final = "situation_contrat_auto"
APIS: Final[Mapping[str, Callable[[PointFacts, str | None], Any]]] = {
    SITUATION: _situation,
    "synth_contrat_auto": _synthese,
    "donnees_generales_auto": _donnees_generales,
    "comptage_auto": _comptage,
    "alimentation_auto": _alimentation,
}
"""The five APIs, and what each answers of a point; the name of its supplier goes into contracts."""


def data_of_holder(
    api: str, point: PointFacts, contractor: str | None, *, described: bool = False
) -> Any:
    """Return the same as it is told to who holds the point: phases are a text there.

    `described`: as the description has it, who holds a contract within its customer, the level of
    services by its number.
    """
    said = APIS[api](point, contractor)
    if "phase_count" in said:
        said["phase_count"] = str(said["phase_count"])
    if described and "services_level" in said:
        said["services_level"] = str(point.niveau_ouverture_services)
    for contract in said if described and api == SITUATION else ():
        moved = [name for name in ("contact_data", "person", "organization") if name in contract]
        contract["customer"]["customer"] |= {name: contract.pop(name) for name in moved}
    return said
