"""SOAP 1.1 as SGE speaks it, on top of Spyne's.

Reading: any prefix, any header, a body checked by libxml2 against the contract. Writing: local
elements without namespace, `soap` as the prefix of the envelope, ready bytes where a service
wrote its answer itself, and faults with the SGT code in `detail/erreur/resultat`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from sge_sim.door.exchange import Exchange, Outcome
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import libelle
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.reader import Reader
from sge_sim.store.journal import DecidingRule

Tree = Mapping[str, Any]
"""An element as plain values: children and attributes by name, lists where one repeats."""

_ENVELOPE = f"{{{ENVELOPE}}}"
_SOAP_12 = "{http://www.w3.org/2003/05/soap-envelope}Envelope"


class SgtFault(spyne.Fault):  # type: ignore[misc]
    """A refusal or a failure that is answered as a SOAP fault.

    `explanation` and `rule` are for the journal: the real platform sends the code and its label
    alone.
    """

    def __init__(
        self,
        code: str,
        *,
        label: str | None = None,
        explanation: str = "",
        rule: Any = None,
    ) -> None:
        self.code = code
        self.label = label or libelle(code)
        self.explanation = explanation
        self.rule = rule
        super().__init__("Server", self.label)


@dataclass(frozen=True)
class FaultStyle:
    """How one contract refuses.

    `faultstring` is the text of every fault, None where it is the label of its code. `empty` gives
    the fault of an element that has nothing in it, whatever the schema says. `bare` tells whether
    faults are qualified and have neither code nor label at an instant (observed 23.4).
    """

    faultstring: str | None = None
    empty: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bare: Callable[[datetime], bool] = lambda _: False


class SgeSoap11(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract, in both directions."""

    mime_type = "text/xml; charset=utf-8"

    def __init__(self, contract: Contract, models: Models, style: FaultStyle) -> None:
        # The parser keeps libxml2's own bounds (depth 256, 10 MB of text in a node), expands
        # nothing and reaches for nothing.
        super().__init__(parse_xsi_type=False, cleanup_namespaces=False)
        self._contract = contract
        self._style = style
        self._models = models
        self._reader = Reader(self.from_unicode)
        self._elements = ElementWriter(self.to_unicode)
        self._kept = threading.local()

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Parse the request. The XML declaration prevails over the charset of the transport."""
        try:
            document = etree.fromstring(b"".join(ctx.in_string), self._parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            raise _malformed(f"Le message n'est pas un document XML bien formé : {error}") from None
        if document.getroottree().docinfo.doctype:
            raise _malformed("Une déclaration DOCTYPE n'est pas admise dans un message SOAP.")
        ctx.in_document = document

    def _parser(self) -> etree.XMLParser:
        """Return the parser of this thread: several can't use one at once."""
        parser: etree.XMLParser | None = getattr(self._kept, "parser", None)
        if parser is None:
            parser = self._kept.parser = etree.XMLParser(**self.parser_kwargs)
        return parser

    def decompose_incoming_envelope(self, ctx: Any, message: Any = None) -> None:
        """Find the header and the body, and hold the body against the contract."""
        envelope = ctx.in_document
        if envelope.tag == _SOAP_12:
            raise _malformed("L'enveloppe est en SOAP 1.2 : SGE attend du SOAP 1.1.")
        if envelope.tag != f"{_ENVELOPE}Envelope":
            raise _malformed(f"La racine doit être l'enveloppe SOAP 1.1, pas « {envelope.tag} ».")
        bodies = envelope.findall(f"{_ENVELOPE}Body")
        if len(bodies) != 1 or len(bodies[0]) != 1:
            raise _malformed("L'enveloppe doit avoir un seul Body, avec un seul élément.")
        (body,) = bodies[0]
        if body.tag != self._contract.request:
            raise _malformed(
                f"Élément reçu : {body.tag}. Ce point d'accès attend {self._contract.request}."
            )
        for name, (code, label) in self._style.empty.items():
            found = body.find(f".//{name}")
            if found is not None and not len(found):
                raise SgtFault(code, label=label, explanation=f"Élément {name} : il est vide.")
        mistake = self._contract.first_mistake(body)
        if mistake is not None:
            raise _malformed(mistake)
        header = envelope.find(f"{_ENVELOPE}Header")
        ctx.in_header_doc = None if header is None else list(header)
        ctx.in_body_doc = body
        ctx.method_request_string = body.tag

    def generate_method_contexts(self, ctx: Any) -> list[Any]:
        """Have the only operation of the contract answer: there is no other context to make."""
        handles = self.app.interface.service_method_map
        ((ctx.descriptor,),) = handles.values()
        return [ctx]

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Read the body, and the header of the contract where there is one, as trees."""
        for element in ctx.in_header_doc or ():
            if element.tag == self._contract.request_header:
                ctx.in_header = self._reader.read(self._models.element(element.tag), element)
        ctx.in_object = self._reader.read(ctx.descriptor.in_message, ctx.in_body_doc)

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the message that the operation wrote, or write a fault."""
        if ctx.out_error is None:
            (ctx.out_document,) = ctx.out_object
            return
        exchange: Exchange = ctx.udc
        fault = _as_sgt(ctx.out_error)
        exchange.outcome = Outcome(fault.code, fault.explanation, _deciding(fault.rule))
        ctx.out_document = self.envelope(None, self._fault(fault, exchange))

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Hand the bytes over."""
        ctx.out_string = [ctx.out_document]

    def envelope(self, header: bytes | None, body: bytes) -> bytes:
        """Return a whole message around the ready bytes of the header and the body."""
        return b"".join(
            (
                b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="',
                ENVELOPE.encode(),
                b'">',
                b"" if header is None else b"<soap:Header>" + header + b"</soap:Header>",
                b"<soap:Body>",
                body,
                b"</soap:Body></soap:Envelope>",
            )
        )

    def write(self, name: str, tree: Tree | str) -> bytes:
        """Return the global element `{namespace}name` of the contract; see `ElementWriter`.

        Series of measures come as ready bytes (`sge_sim.soap.writer`).
        """
        return self._elements.write(name, self._models.element(name), tree)

    def _fault(self, fault: SgtFault, exchange: Exchange) -> bytes:
        """Return a fault as the guides show it.

        The services of ConsultationMesuresDetaillees have a `faultstring` of their own, and tell
        the code alone (GUI 0488 §4.3). In the others it is the label, and what is known of the
        demand follows the code (GUI 0468 §3.2.2.2).
        """
        bare = self._style.bare(exchange.instant)
        code, label = ("", "") if bare else (fault.code, fault.label)
        told: dict[str, Any] = {"resultat": {"code": code, TEXT: label}}
        if self._style.faultstring is None:
            if prm := exchange.prm:
                told["infoFonctionnelles"] = {"pointId": prm}
            if login := exchange.login:
                told["infoDemandeur"] = {"loginDemandeur": login}
        faultstring = escape(self._style.faultstring or fault.label)
        prefix = "soap:" if bare else ""
        head = (
            f"<soap:Fault><{prefix}faultcode>soap:Server</{prefix}faultcode>"
            f"<{prefix}faultstring>{faultstring}</{prefix}faultstring><detail>"
        )
        detail = self.write(self._contract.fault, told)
        return head.encode() + detail + b"</detail></soap:Fault>"


def _malformed(explanation: str) -> SgtFault:
    return SgtFault("SGT562", explanation=explanation)


def _deciding(rule: Any) -> DecidingRule | None:
    if rule is None:
        return None
    return DecidingRule(
        name=rule.name,
        source=rule.source,
        provenance=rule.provenance,
        explanation=f"aurait été accepté : {rule.remede}",
    )


def _as_sgt(error: Any) -> SgtFault:
    """Return `error` as a fault of SGE: what Spyne itself refuses is a malformed message."""
    if isinstance(error, SgtFault):
        return error
    client = str(getattr(error, "faultcode", "")).startswith("Client")
    return SgtFault("SGT562" if client else "SGT500", explanation=str(error))
