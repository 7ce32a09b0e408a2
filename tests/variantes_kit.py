"""The nominal answers of every contract, the least that each admits, and what a client reads."""

from collections.abc import Sequence

from lxml import etree

from sge_sim.domaine.variantes import Variation
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import ENVELOPE, load_contracts
from sge_sim.soap.ecriture import Writer
from sge_sim.soap.variantes import Formes, fill_least
from sge_sim.transport.answering import pieces
from sge_sim.transport.message import Framing, HTTPStatus, Response

FORMES = {path: Formes(contract) for path, contract in load_contracts(data_path("wsdl")).items()}


def nominal(formes: Formes, *, fault: bool = False) -> bytes:
    """Return the least message that answers, or refuses."""
    contract = formes.contract
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope")
    header = None if fault else contract.response_header
    if header is not None:
        _put(formes, etree.SubElement(envelope, f"{{{ENVELOPE}}}Header"), header)
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    if not fault:
        _put(formes, body, contract.response)
        return Writer({}).write(envelope)
    said = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(said, "faultcode").text = "soap:Server"
    etree.SubElement(said, "faultstring").text = "Refus"
    _put(formes, etree.SubElement(said, "detail"), contract.fault)
    return Writer({}).write(envelope)


def _put(formes: Formes, parent: etree._Element, name: str) -> None:
    (declared,) = [
        each
        for path, each in formes.declared.items()
        if path.rpartition("/")[2] == name.rpartition("}")[2]
    ]
    fill_least(etree.SubElement(parent, name), declared)


def sent(content: bytes, kept: Sequence[Variation] = ()) -> tuple[str, bytes]:
    """Return the head and the body of a form as they leave."""
    framed = {each.sorte: each.valeur for each in kept}
    framing = Framing("gzip" in framed, int(framed.get("morceaux", 0)))
    answer = b"".join(pieces(Response(HTTPStatus.OK, content, framing=framing), []))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode(), body
