"""SOAP messages as a client and the platform write them, for what recognises them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from sge_sim.homologation.campaign.matching import AppelDuJournal
from sge_sim.homologation.catalogue.answer_paths import as_text
from sge_sim.homologation.client.messages import AppelFait, read_answer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(name: str, tree: Mapping[str, Any]) -> bytes:
    root = etree.Element(f"{{{SOAP}}}Envelope")
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    _fill(etree.SubElement(body, f"{{urn:any}}{name}"), tree)
    return etree.tostring(root)


def journaled(
    instant: datetime, service: str, version: str, request: bytes, answer: bytes
) -> AppelDuJournal:
    call = AppelFait(read_answer(answer), request, answer)
    return AppelDuJournal(call, instant, service=service, version=version, echange_id=1)


def _fill(parent: etree._Element, tree: Mapping[str, Any]) -> None:
    for name, value in tree.items():
        for each in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, name)
            if isinstance(each, Mapping):
                _fill(child, each)
            else:
                child.text = as_text(each)


def fault(code: str, label: str = "") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
        '<faultstring>x</faultstring><detail><t:erreur xmlns:t="urn:t">'
        f'<resultat code="{code}">{label}</resultat></t:erreur></detail></s:Fault></s:Body>'
        "</s:Envelope>"
    ).encode()
