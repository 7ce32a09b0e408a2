"""The requests of a release of the catalogue as SOAP messages, ready to be posted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lxml import etree

from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.catalogue.answer_paths import as_text
from sge_sim.homologation.catalogue.cases import Cas, Emprunt, Requete, Valeur
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.machine.files import data_path
from sge_sim.services.registry import BY_PATH
from sge_sim.soap.contract import ENVELOPE, Contract, load_contracts

RELEASE = load_release("23.2")
"""The last release that lists all nine services."""

CONTRACTS: dict[str, Contract] = load_contracts(data_path("wsdl"))


def path_of(case: Cas) -> str:
    """Return the path of the endpoint that a case calls."""
    return f"/{case.service}/v{case.version}"


def request_of(
    case: Cas, login: str, contrat_id: str, jour: date = RELEASE.reference
) -> etree._Element:
    """Return the envelope of a case, as its client would send it on `jour`, the release's day."""
    tree = tree_of(case, login, contrat_id, jour)
    return envelope_of(path_of(case), tree, login, case.prm)


def tree_of(case: Cas, login: str, contrat_id: str, jour: date) -> dict[str, Any]:
    """Return the body of a case, as its client would send it on `jour`."""
    unborrowed = replace(case, requete=_unborrowed(case.requete))
    return materialise(unborrowed, ContexteDeCas(jour, reperes_of_sge(login, contrat_id)))


def envelope_of(
    path: str, demande: Mapping[str, Any], login: str, prm: str | None
) -> etree._Element:
    """Return the envelope of a demand; where a header is needed, `prm` and `login` are in it."""
    contract = CONTRACTS[path]
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope")
    if BY_PATH[path].needs_header:
        header = etree.SubElement(envelope, f"{{{ENVELOPE}}}Header")
        entete = {
            "version": contract.version,
            "infoFonctionnelles": {"pointId": prm},
            "infoDemandeur": {"loginDemandeur": login},
        }
        _fill(etree.SubElement(header, contract.request_header), entete)
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    _fill(etree.SubElement(body, contract.request), demande)
    return envelope


def _unborrowed(requete: Requete) -> Requete:
    """Return the request with a number of our own where it takes that of another answer."""
    return {name: _given(value) for name, value in requete.items()}


def _given(value: Valeur) -> Valeur:
    match value:
        case Emprunt():
            return "64697749"
        case Mapping():
            return _unborrowed(value)
        case tuple():
            return tuple(map(_given, value))
        case _:
            return value


def _fill(parent: etree._Element, tree: object) -> None:
    if not isinstance(tree, dict):
        parent.text = as_text(tree)
        return
    for name, value in tree.items():
        for each in value if isinstance(value, list) else [value]:
            _fill(etree.SubElement(parent, name), each)
