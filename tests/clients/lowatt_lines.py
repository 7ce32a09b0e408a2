"""The command lines of `lowatt-enedis` that send the requests of the catalogue."""

from collections.abc import Mapping
from functools import partial
from typing import Any

Request = Mapping[str, Any]


def command_line(service: str, version: str, request: Request) -> list[str]:
    """Return the arguments that send `request`."""
    return _LINES[f"{service} {version}"](request)


def _search(request: Request) -> list[str]:
    criteres = dict(request["criteres"])
    criteres |= criteres.pop("adresseInstallation", {})
    line = _flag("--hp", criteres.pop("rechercheHorsPerimetre", False))
    for name, value in criteres.items():
        line += [_CRITERIA[name], str(value)]
    return ["search", *line]


def _technical(request: Request) -> list[str]:
    return [
        *("technical", request["pointId"]),
        *_flag("--autorisation", request["autorisationClient"]),
    ]


def _measures(request: Request) -> list[str]:
    return [
        *("measures", request["pointId"], "--contrat", request["contratId"]),
        *_flag("--autorisation", request["autorisationClient"]),
    ]


def _details(request: Request) -> list[str]:
    demande = request["demande"]
    return [
        *("details", demande["pointId"], demande["mesuresTypeCode"]),
        *_curve(demande),
        *_window(demande),
        *_flag("--injection", demande["injection"]),
        *_flag("--corrigee", demande["mesuresCorrigees"]),
        *_flag("--no-autorisation", not demande["accordClient"]),
    ]


def _details_v3(request: Request) -> list[str]:
    demande = request["demande"]
    return [
        *("detailsV3", demande["pointId"], demande["mesuresTypeCode"]),
        *_curve(demande),
        *_window(demande),
        *("--cadre", demande["cadreAcces"]),
        *_flag("--injection", demande["sens"] == "INJECTION"),
        *_flag("--corrigee", demande["mesuresCorrigees"]),
    ]


def _subscribe(request: Request) -> list[str]:
    general, acces = request["demande"]["donneesGenerales"], request["demande"]["accesMesures"]
    curve = "--cdc" if acces["transmissionRecurrente"] else "--cdc-enable"
    return [
        *("subscribe", general["pointId"], "--contrat", general["contratId"]),
        curve if acces["mesuresTypeCode"] == "CDC" else "--idx",
        *_flag("--linky", acces["mesuresPas"] == "PT30M"),
        *_flag("--injection", acces["injection"]),
        *_window(acces),
        *_person(acces["declarationAccordClient"], "accord"),
    ]


def _search_services(command: str, request: Request) -> list[str]:
    criteres = request["criteres"]
    return [command, criteres["pointId"], "--contrat", criteres["contratId"]]


def _unsubscribe(request: Request) -> list[str]:
    demande = request["demande"]
    general, arret = demande["donneesGenerales"], demande["arretServiceSouscrit"]
    return [
        *("unsubscribe", general["pointId"], "--id", arret["serviceSouscritId"]),
        *("--contrat", general["contratId"]),
    ]


def _infra_j(request: Request) -> list[str]:
    general, acces = request["demande"]["donneesGenerales"], request["demande"]["accesDonnees"]
    flags = ("injection", "soutirage", "cdc", "idx", "ptd")
    declaration = acces["declarationAccordClient"]
    return [
        *("cmdInfraJ", general["pointId"], "--contrat", general["contratId"]),
        *(f"--{name}" for name in flags if acces[name]),
        *_person(declaration, "accordClient"),
    ]


def _historique(request: Request) -> list[str]:
    general = request["demande"]["donneesGenerales"]
    mesures = request["demande"]["historiqueMesures"]
    step = mesures.get("pasCdc")
    return [
        *("cmdHisto", general["pointId"], mesures["mesureType"]),
        *("--contrat", general["contratId"]),
        *(("--pas", str(step["valeur"])) if step else ()),
        *_window(mesures),
        *_person(mesures["declarationAccordClient"], "accordClient"),
    ]


def _acces(request: Request) -> list[str]:
    general, acces = request["demande"]["donneesGenerales"], request["demande"]["accesDonnees"]
    type_donnees = {"CDC": "COURBE", "IDX": "INDEX"}.get(acces["typeDonnees"])
    return [
        *("cmdAcces", general["pointId"], type_donnees or acces["typeDonnees"]),
        *("--contrat", general["contrat"]["contratId"]),
        *_window(acces),
        *_flag("--injection", acces["injection"]),
        *_person(acces["declarationAccordClient"], "accord"),
    ]


def _services_acces(request: Request) -> list[str]:
    general = request["demande"]["donneesGenerales"]
    services = request["demande"]["servicesSouscrits"]["serviceSouscrit"]
    periods = {
        option["periodiciteTransmission"]
        for each in services
        for option in each.get("optionsPublication", {}).get("optionPublication", ())
    }
    return [
        *("cmdServicesAccesDonnees", general["pointId"]),
        *(text for each in services for text in ("--type", each["typeDonnees"])),
        *(text for each in periods for text in ("--period", _PERIODS[each])),
        *_common(general),
    ]


def _numbered_acces(command: str, request: Request) -> list[str]:
    """The orders on services of access that name them by their numbers."""
    general = request["demande"]["donneesGenerales"]
    numeros = request["demande"]["servicesSouscrits"]["serviceSouscritId"]
    named = [text for each in numeros for text in ("--service-id", each)]
    return [command, general["pointId"], *named, *_common(general)]


def _modification_acces(request: Request) -> list[str]:
    """The flag of the curve is sent with index too, as the homologated client does."""
    general = request["demande"]["donneesGenerales"]
    line = ["cmdModificationOptionsServicesAccesDonnees", general["pointId"]]
    for each in request["demande"]["servicesSouscrits"]["serviceSouscrit"]:
        for flag, name in (("--add", "ajouter"), ("--drop", "supprimer")):
            for option in each.get(f"{name}OptionsPublication", {}).get("optionPublication", ()):
                period = _PERIODS[option["periodiciteTransmission"]]
                line += [flag, f"{each['serviceSouscritId']}:{period}:true"]
    return [*line, *_common(general)]


def _mesures_fines(request: Request) -> list[str]:
    demande = request["demande"]
    return _of_points("cmdHistoFine", request, demande["mesuresTypeCode"])


def _of_points(command: str, request: Request, *more: str) -> list[str]:
    """What the services of M023 share: points, contract, days, right of access."""
    demande = request["demande"]
    return [
        *(command, ",".join(demande["pointIds"]["pointId"]), *more),
        *("--contrat", request["donneesGenerales"]["contratId"], *_window(demande)),
        *("--sens", demande["sens"], "--cadre", demande["cadreAcces"]),
        *("--format", demande["format"]),
    ]


def _common(general: Request) -> list[str]:
    """What the services of access share: contract, direction, end, consent."""
    line = ["--contrat", general["contratId"], "--sens", general["sens"], *_window(general)]
    declaration = general.get("declarationAccordClient")
    return line if declaration is None else [*line, *_person(declaration, "accord")]


_PERIODS = {"P1D": "daily", "P7D": "weekly", "P1M": "monthly"}
_CRITERIA = {
    "codePostal": "--cp",
    "codeInseeCommune": "--insee",
    "numeroEtNomVoie": "--voie",
    "domaineTensionAlimentationCode": "--tension",
    "categorieClientFinalCode": "--categorie",
    "nomClientFinalOuDenominationSociale": "--nom",
}
_LINES = {
    "RecherchePoint 2.0": _search,
    "ConsultationDonneesTechniquesContractuelles 1.0": _technical,
    "ConsultationMesures 1.1": _measures,
    "ConsultationMesuresDetaillees 2.0": _details,
    "ConsultationMesuresDetaillees 3.0": _details_v3,
    "CommandeCollectePublicationMesures 3.0": _subscribe,
    "RechercheServicesSouscritsMesures 1.0": partial(_search_services, "subscriptions"),
    "CommandeArretServiceSouscritMesures 1.0": _unsubscribe,
    "CommandeTransmissionDonneesInfraJ 1.0": _infra_j,
    "CommandeTransmissionHistoriqueMesures 1.0": _historique,
    "CommanderAccesDonneesMesures 1.0": _acces,
    "CommandeServicesAccesDonnees 1.0": _services_acces,
    "CommandeArretServicesAccesDonnees 1.0": partial(
        _numbered_acces, "cmdArretServiceAccesDonnees"
    ),
    "CommandeModificationOptionsServicesAccesDonnees 1.0": _modification_acces,
    "CommandeRenouvellementServicesAccesDonnees 1.0": partial(
        _numbered_acces, "cmdRenouvellementServicesAccesDonnees"
    ),
    "RechercheServicesAccesDonnees 1.0": partial(_search_services, "RechercheServicesAccesDonnees"),
    "CommandeHistoriqueDonneesMesuresFines 1.0": _mesures_fines,
    "CommandeHistoriqueDonneesMesuresFacturantes 1.0": partial(_of_points, "cmdHistoFact"),
    "CommandeInformationsTechniquesEtContractuelles 1.0": partial(_of_points, "cmdTechnical"),
}


def _curve(demande: Request) -> list[str]:
    if demande["mesuresTypeCode"] != "COURBE":
        return []
    return ["--courbe-type", demande["grandeurPhysique"]]


def _window(demande: Request) -> list[str]:
    bounds = (("--from", demande.get("dateDebut")), ("--to", demande.get("dateFin")))
    return [text for name, day in bounds if day is not None for text in (name, day.isoformat())]


def _person(declaration: Request, consent: str) -> list[str]:
    line = _flag("--no-autorisation", not declaration[consent])
    if company := declaration.get("personneMorale"):
        line += ["--denomination", company["denominationSociale"]]
    if person := declaration.get("personnePhysique"):
        line += ["--nom", person["nom"]]
        if "civilite" in person:
            line += ["--civilite", person["civilite"]]
    return line


def _flag(name: str, wanted: bool) -> list[str]:
    return [name] if wanted else []
