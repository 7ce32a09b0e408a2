"""The fixed answers of the sandbox of 2026 (guide of its mocks), for clients that know them.

Consents 10 to 13, and the points 99999999999999 and 11111111111111 of the contract APIs. A public
gateway replays `situation_contrat_auto` of both and `alimentation_auto` of the first. Of the second
nobody says the holder, the dates and the classes: those of the first are assumed. Addresses, SIRET
and the other APIs are invented.
"""

from collections.abc import Mapping
from typing import Any, Final

from sge_sim.dataconnect.sandbox import AUTORISATIONS, CLIENT_DES_MOCKS, points_of

PAS: Final[Mapping[str, str]] = {
    "CDC": "PT30M",
    "PMAX": "P1D",
    "IDX": "P1D",
    "ENERGIE": "P1D",
    "ITC": "NA",
}
"""The step of what each kind of service gives."""
LIBELLES_ETATS: Final[Mapping[str, str]] = {
    "DEMANDE": "Demandé",
    "ACTIF": "Actif",
    "TERMINE": "Terminé",
    "SUPPRIME": "Supprimé",
}
"""How the states of services are called."""

_C1: Final = "99999999999999"
_C2: Final = "11111111111111"
_DEPUIS: Final = "2021-01-01T00:00:00+0100"
_ENTITE: Final = "TEST"
_CLASSES: Final = (
    "Pointe",
    "Heures Pleines Hiver/Saison Haute",
    "Heures Pleines Eté",
    "Heures Creuses Eté",
    "Heures Creuses Hiver/Saison Haute",
)


def service(
    numero: str,
    prm: str,
    mesures: str,
    debut: str,
    fin: str,
    autorisation_id: int,
    *,
    etat: str = "ACTIF",
    segment: str = "C5",
    soutirage: bool = True,
    injection: bool = False,
) -> dict[str, Any]:
    """Return a service as `subscribed_services` lists it."""
    active = etat in ("ACTIF", "DEMANDE")
    return {
        "id": numero,
        "injection": injection,
        "soutirage": soutirage,
        "serviceCode": "ACCES",
        "dateDebut": debut,
        "dateFin": fin,
        "etatCode": etat,
        "etatLibelle": LIBELLES_ETATS[etat],
        "pointId": prm,
        "mesuresTypeCode": mesures,
        "mesuresPas": PAS[mesures],
        "periodiciteTransmission": "P1D",
        "mesuresCorrigees": False,
        "espaceDynamique": False,
        "publicationDonnees": False,
        "autorisation": {
            "autorisationId": autorisation_id,
            "autorisationLibelle": f"DATACONNECT_{segment}_{'ACTIF' if active else 'TERMINE'}",
            "autorisationType": "EXPLICITE",
            "autorisationStatut": "ACTIVE" if active else "TERMINEE",
        },
    }


def services(autorisation_id: int) -> list[dict[str, Any]]:
    """Return the services that the sandbox lists for a consent: its mocks, the fake customers."""
    points = points_of(CLIENT_DES_MOCKS)
    match autorisation_id:
        case 11:
            return [_as_of_11(service) for service in _five(80000001, points[0].prm, 11)]
        case 12:
            return [
                service
                for rank, point in enumerate(points)
                for service in _five(80000001 + 5 * rank, point.prm, 12, segment=point.segment)
            ]
        case 13:
            return _five(80000001, points[0].prm, 13, etat="TERMINE")
    client = AUTORISATIONS.get(autorisation_id)
    if client is None:
        return []
    return [
        service
        for rank, point in enumerate(points_of(client))
        for service in _five(
            81000000 + 100 * client + 10 * rank,
            point.prm,
            autorisation_id,
            segment=point.segment,
            etat="TERMINE" if point.retire else "ACTIF",
            fin="2045-01-01",
        )
    ]


def _as_of_11(service: dict[str, Any]) -> dict[str, Any]:
    """Return a service as the mock of consent 11 has it (replayed by a public gateway)."""
    described = {**service, "espaceDynamique": True}
    del described["periodiciteTransmission"]
    return described


def _five(
    first: int,
    prm: str,
    autorisation_id: int,
    *,
    segment: str = "C5",
    etat: str = "ACTIF",
    fin: str = "2026-01-01",
) -> list[dict[str, Any]]:
    return [
        service(
            str(first + rank),
            prm,
            mesures,
            "2025-01-01",
            fin,
            autorisation_id,
            etat=etat,
            segment=segment,
            soutirage=segment == "C5",
            injection=segment == "P4",
        )
        for rank, mesures in enumerate(PAS)
    ]


def contrat(api: str, prm: str) -> Any:
    """Return what a contract API answers for one of the two points; None for any other."""
    return _CONTRATS.get(prm, {}).get(api)


def _holder(siret: str) -> dict[str, Any]:
    """Return the holder of one of the two points, whose address has no name."""
    return {
        "customer": {
            "customer": {
                "adress": {
                    "line4": "1 RUE DU BAC A SABLE",
                    "line6": "92400 COURBEVOIE",
                    "line7": "FR (France)",
                }
            }
        },
        "organization": {
            "name": _ENTITE,
            "commercial_name": _ENTITE,
            "business_code": "0000Z",
            "siret_number": siret,
            "siren_number": siret[:9],
        },
    }


def _profile(kilowatts: str) -> list[dict[str, Any]]:
    return [{"name": name, "power": {"value": kilowatts, "unit": "kW"}} for name in _CLASSES]


def _c1() -> list[dict[str, Any]]:
    return [
        {
            "usage_point_id": _C1,
            "contract_start": _DEPUIS,
            "contract_type": "Contrat X",
            "contractor": _ENTITE,
            "balance_responsible_party": "ACM_X",
            "pricing_structure": "Nouvelle Offre",
            "distribution_tariff": "Tarif HTA Longue Utilisation",
            "distribution_tariff_profile": _profile("850"),
            "subscribed_power": {"unit": "kW", "value": "850"},
            "segment": "C1",
            **_holder("00000000000018"),
        }
    ]


def _c2_p1() -> list[dict[str, Any]]:
    """Return two contracts, of which neither names subscribed power, supplier nor contact."""
    return [
        {
            "usage_point_id": _C2,
            "contract_start": _DEPUIS,
            "contract_type": "Contrat X",
            "distribution_tariff": "Tarif HTA Courte Utilisation",
            "distribution_tariff_profile": _profile("47"),
            "segment": "C2",
            **_holder("00000000000026"),
        },
        {
            "usage_point_id": "4444444444",
            "contract_start": _DEPUIS,
            "segment": "P1",
            **_holder("00000000000026"),
        },
    ]


def _technical(segments: list[str]) -> dict[str, Any]:
    """Return what the others answer: `alimentation_auto` is that of the C1, the rest invented."""
    synthese: dict[str, Any] = {"segments": [{"segment": segment} for segment in segments]}
    if len(segments) > 1:
        synthese["generation_last_activation_date"] = _DEPUIS
    synthese["consumption_last_activation_date"] = _DEPUIS
    return {
        "synth_contrat_auto": synthese,
        "donnees_generales_auto": {
            "address": {
                "number_street_name": "1 RUE DU BAC A SABLE",
                "postal_code_city": "92400 COURBEVOIE",
                "insee_code": "92026",
            }
        },
        "alimentation_auto": {
            "serial_number": 999999999,
            "connection_state": "Alimenté",
            "voltage_level": "HTA",
            "consumption_connection_power": {"value": 1100.0, "unit": "kW"},
            "generation_connection_power": {"value": 1000.0, "unit": "kW"},
            "nominal_service_voltage": {"value": 20000.0, "unit": "V"},
        },
        "comptage_auto": {
            "dispositifComptage": {
                "typeComptage": {"code": "SAPHIR", "libelle": "Compteur Saphir"}
            },
            "compteurs": [],
        },
    }


_CONTRATS: Final[Mapping[str, Mapping[str, Any]]] = {
    _C1: {"situation_contrat_auto": _c1(), **_technical(["C1"])},
    _C2: {"situation_contrat_auto": _c2_p1(), **_technical(["C2", "P1"])},
}
