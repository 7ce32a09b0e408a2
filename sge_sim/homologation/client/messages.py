"""Calls as they went, and SOAP messages as trees: what was asked and answered, read from the bytes.

Campaigns that sge-sim runs and campaigns that it watches are judged on the same thing, the bytes
that crossed the wire. Trees have the contract's names: a child is a string, a mapping or a list of
these; attributes bear an `@`; an element without content is None; the text of an element that has
attributes, or is the first of the body, is the child `texte`. That is what the paths of the
catalogue are made for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from lxml import etree

from sge_sim.homologation.catalogue.answer_paths import AnswerTree, as_text
from sge_sim.machine.documents import parse_xml, read_tree
from sge_sim.services.declared import declared_services

if TYPE_CHECKING:
    from sge_sim.soap.contract import Contract

_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_TEXT = "texte"


@dataclass(frozen=True)
class Message:
    """The first element of a SOAP body: its local name, and its content as a tree."""

    nom: str
    contenu: AnswerTree


@dataclass(frozen=True)
class RefusRecu:
    """A refusal, such as a SOAP fault: its code and label (None where it has none)."""

    code: str | None
    libelle: str | None = None

    def __str__(self) -> str:
        return f"{self.code or 'sans code'} « {self.libelle or ''} »"


@dataclass(frozen=True)
class AppelFait:
    """A call as it went: bytes, HTTP status, duration, and what was answered.

    `reponse` is None where no readable answer came; `erreur` then says what happened, in French.
    `contrat` is that of the service of SGE that was called, `type_contenu` what its answer says
    that it is (Content-Type), None where nothing came.
    """

    reponse: AnswerTree | RefusRecu | None
    requete: bytes = b""
    recu: bytes = b""
    statut_http: int | None = None
    duree_ms: float = 0.0
    erreur: str = ""
    contrat: "Contract | None" = None
    type_contenu: str | None = None


def read_message(message: bytes) -> Message:
    """Return what a SOAP envelope carries. Raises `ValueError` for anything else."""
    element = _body(message)
    return Message(_local_name(element), _content(element))


def read_answer(message: bytes) -> AnswerTree | RefusRecu:
    """Return the content of a response element, or the refusal that a fault carries.

    Raises `ValueError` for what is no SOAP envelope, such as the page of a proxy.
    """
    element = _body(message)
    if element.tag != f"{_ENVELOPE}Fault":
        return _content(element)
    found = element.find("detail/*/resultat")
    if found is None:
        return RefusRecu(None, element.findtext("faultstring"))
    return RefusRecu(found.get("code") or None, found.text)


def request_header(
    contract: "Contract", demande: Mapping[str, Any], login: str
) -> etree._Element | None:
    """Return the header of a service that needs one; to the others none is sent."""
    if not declared_services()[contract.path].needs_header:
        return None
    content = {
        "version": contract.version,
        "infoFonctionnelles": {"pointId": demande["demande"]["donneesGenerales"]["pointId"]},
        "infoDemandeur": {"loginDemandeur": login},
    }
    return _first(contract.request_header or "", content)


def soap_message(contract: "Contract", demande: Mapping[str, Any], login: str) -> str:
    """Return the SOAP message of a demand in the contract's order, indented, as zeep writes it."""
    envelope = etree.Element(f"{_ENVELOPE}Envelope", nsmap={"soap-env": _ENVELOPE[1:-1]})
    header, body = request_header(contract, demande, login), _first(contract.request, demande)
    for part, content in (("Header", header), ("Body", body)):
        if content is not None:
            etree.SubElement(envelope, f"{_ENVELOPE}{part}").append(content)
    return _indented(envelope)


def _first(name: str, content: Mapping[str, Any]) -> etree._Element:
    return _filled(etree.Element(name, nsmap={"ns0": etree.QName(name).namespace}), content)


def _filled(element: etree._Element, content: Any) -> etree._Element:
    if not isinstance(content, Mapping):
        element.text = as_text(content)
        return element
    for name, value in content.items():
        for each in value if isinstance(value, list) else [value]:
            _filled(etree.SubElement(element, name), each)
    return element


def indented(message: str) -> str:
    """Return an XML message over several lines; what isn't XML is returned as it is."""
    try:
        element = parse_xml(message.encode(), bare=True)
    except ValueError:
        return message
    return _indented(element)


def _indented(element: etree._Element) -> str:
    etree.indent(element)
    text: str = etree.tostring(element, encoding="unicode")
    return text


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _body(message: bytes) -> Element:
    envelope = read_tree(message)
    body = envelope.find(f"{_ENVELOPE}Body")
    if body is None or len(body) == 0:
        raise ValueError("ce n'est pas un message SOAP 1.1")
    return body[0]


def _content(element: Element) -> AnswerTree:
    tree = _tree(element)
    if isinstance(tree, str):
        return {_TEXT: tree}
    return tree if isinstance(tree, Mapping) else {}


def _tree(element: Element) -> object:
    attributes = {
        f"@{name}": value
        for name, value in element.attrib.items()
        if not name.startswith(_INSTANCE)
    }
    text = (element.text or "").strip()
    if len(element) == 0 and not attributes:
        return text or None
    tree: dict[str, object] = dict(attributes)
    for child in element:
        name, value = _local_name(child), _tree(child)
        if name not in tree:
            tree[name] = value
        elif isinstance(before := tree[name], list):
            before.append(value)
        else:
            tree[name] = [before, value]
    if len(element) == 0 and text:
        tree[_TEXT] = text
    return tree
