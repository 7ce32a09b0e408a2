"""Our documents say what Enedis' say, component by component.

Enedis' own come with the client `lowatt-enedis`; they stay there.
"""

from importlib.resources import files
from pathlib import Path

import pytest
from contract_tree import XS, Difference, differences, read_contract

from sge_sim.machine.files import data_path

OURS = data_path("wsdl")
THEIRS = Path(str(files("lowatt_enedis"))) / "wsdl"
COMMUN = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common"

USUAL = (
    "CommandeArretServiceSouscritMesures-v1.0.wsdl",
    "CommandeCollectePublicationMesures-v3.0.wsdl",
    "CommandeTransmissionDonneesInfraJ-v1.0.wsdl",
    "ConsultationDonneesTechniquesContractuelles-v1.0.wsdl",
    "ConsultationMesures-v1.1.wsdl",
    "RecherchePoint-v2.0.wsdl",
)
"""Those that stand in a folder of their service, twice named by it."""
_OPTIONS = "AccesDonneesOptionPublication/Services"
_M023 = "M023_v1.2.0/Services"
REAL = {name: "{0}/Services/{0}/{1}".format(name.partition("-")[0], name) for name in USUAL} | {
    "CommandeTransmissionHistoriqueMesures-v1.0.wsdl": (
        "TransmissionHistoriqueMesures/Services/TransmissionHistoriqueMesures/"
        "CommandeTransmissionHistoriqueMesures-v1.0.wsdl"
    ),
    "ConsultationMesuresDetaillees-v2.0.wsdl": (
        "ConsultationMesuresDetaillees/ConsultationMesuresDetaillees-v2.0.wsdl"
    ),
    "ConsultationMesuresDetaillees-v3.0.wsdl": (
        "ConsultationMesuresDetailleesV3/ConsultationMesuresDetaillees-v3.0.wsdl"
    ),
    "RechercheServicesSouscritsMesures-v1.0.wsdl": (
        "RechercheServicesSouscritsMesures/Services/RechercheServicesSouscritsMesures/"
        "RechercherServicesSouscritsMesures-v1.0.wsdl"
    ),
    **{
        f"Commande{order}-v1.0.wsdl": f"{_OPTIONS}/Commande{order}/Commander{order}-V1.0.wsdl"
        for order in (
            "ServicesAccesDonnees",
            "ArretServicesAccesDonnees",
            "ModificationOptionsServicesAccesDonnees",
            "RenouvellementServicesAccesDonnees",
        )
    },
    "RechercheServicesAccesDonnees-v1.0.wsdl": (
        "RechercheServicesAccesDonnees/Services/RechercherServicesAccesDonnees-V1.0.1.wsdl"
    ),
    "CommanderAccesDonneesMesures-v1.0.wsdl": (
        "CommandeAccesDonneesMesures/Services/CommanderAccesDonneesMesures/"
        "CommanderAccesDonneesMesures-V1.0.wsdl"
    ),
    **{
        f"{service}-v1.0.wsdl": f"{_M023}/{service}/B2B_M023{code}.wsdl"
        for service, code in (
            ("CommandeHistoriqueDonneesMesuresFines", "MFI"),
            ("CommandeHistoriqueDonneesMesuresFacturantes", "MFA"),
            ("CommandeInformationsTechniquesEtContractuelles", "ITC"),
        )
    },
}

# The ends of the paths that may differ, and must: an entry that no longer does is removed.
EXCEPTIONS = {
    "/soap:address/@location": "their files name retired hosts, ours the homologation of today"
}

# Their ConsultationMesuresDetaillees v3.0 is older than the schema v1.2 of April 2024, which made
# plain types of these (GUI 0497 v1.5.0): the owner and name of the element, what it is now.
V3_DU_GUIDE = {
    "ConsulterMesuresDetailleesV3ResponseType/sequence/element[mesuresCorrigees]": "string",
    "GrandeurBase/sequence/element[grandeurMetier]": "string",
    "GrandeurBase/sequence/element[grandeurPhysique]": "string",
    "Contexte/sequence/element[contexteReleve]": "string",
    "Contexte/sequence/element[typeReleve]": "string",
    "Valeur/sequence/element[iv]": "integer",
}


def newer_in_the_guide(name: str) -> dict[str, Difference]:
    """Return the differences that the schema v1.2 of April 2024 makes, by path."""
    if name != "ConsultationMesuresDetaillees-v3.0.wsdl":
        return {}
    theirs = read_contract(THEIRS / REAL[name])
    made: dict[str, Difference] = {}
    for element, ours in V3_DU_GUIDE.items():
        path = f"complexType {{{COMMUN}}}{element}/@type"
        enumeration = f"simpleType {theirs[path]}"
        made[path] = (f"{{{XS}}}{ours}", theirs[path])
        made |= {
            each: (None, value)
            for each, value in theirs.items()
            if each == enumeration or each.startswith(f"{enumeration}/")
        }
    return made


def test_every_document_has_a_real_one_to_equal() -> None:
    assert {path.name for path in OURS.glob("*.wsdl")} == REAL.keys()


@pytest.mark.documented("WSDL and XSD files of Enedis, in lowatt-enedis 3.3.2; GUI 0497 v1.5.0")
@pytest.mark.parametrize("name", REAL)
def test_document_differs_from_the_real_one_by_the_exceptions_only(name: str) -> None:
    found = differences(read_contract(OURS / name), read_contract(THEIRS / REAL[name]))
    newer = newer_in_the_guide(name)
    assert {path: found.pop(path, None) for path in newer} == newer
    excepted = {path: end for path in found for end in EXCEPTIONS if path.endswith(end)}
    report = "\n".join(
        f"{path}\n  ours:   {ours}\n  theirs: {theirs}"
        for path, (ours, theirs) in found.items()
        if path not in excepted
    )
    assert not report, f"{name} differs from the real contract:\n{report}"
    assert set(excepted.values()) == EXCEPTIONS.keys(), "an exception is stale"


@pytest.mark.documented("hosts in use since 2024-09-23")
@pytest.mark.parametrize("name", REAL)
def test_address_is_the_path_served_in_homologation(name: str) -> None:
    service, version = name.removesuffix(".wsdl").rsplit("-", 1)
    contract = read_contract(OURS / name)
    addresses = [value for path, value in contract.items() if path.endswith("/@location")]
    assert addresses == [f"https://sge-homologation-ws.enedis.fr/{service}/{version}"]
