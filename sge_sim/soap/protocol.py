"""SOAP 1.1 as SGE speaks it, on top of Spyne's.

Reading: any prefix, any header, a body checked by libxml2 against the contract. Writing: local
elements without namespace, `soap` as the prefix of the envelope, ready bytes where a service
wrote its answer itself, and faults with the SGT code in `detail/erreur/resultat`.
"""

import threading
from collections.abc import Mapping
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from sge_sim.door.exchange import Exchange, Outcome
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import libelle
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.reader import Reader
from sge_sim.store.journal import DecidingRule

Tree = Mapping[str, Any]
"""An element as plain values: children and attributes by name, lists where one repeats."""

_ENVELOPE = f"{{{ENVELOPE}}}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_READY = "ready"
_READY_MARK = etree.tostring(etree.ProcessingInstruction(_READY))
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


class SgeSoap11(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract, in both directions."""

    mime_type = "text/xml; charset=utf-8"

    def __init__(self, contract: Contract, models: Models, faultstring: str | None) -> None:
        # The parser keeps libxml2's own bounds (depth 256, 10 MB of text in a node), expands
        # nothing and reaches for nothing.
        super().__init__(parse_xsi_type=False, cleanup_namespaces=False)
        self._contract = contract
        self._faultstring = faultstring
        self._models = models
        self._reader = Reader(self.from_unicode)
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
        mistake = self._contract.first_mistake(body)
        if mistake is not None:
            raise _malformed(mistake)
        header = envelope.find(f"{_ENVELOPE}Header")
        ctx.in_header_doc = None if header is None else list(header)
        ctx.in_body_doc = body
        ctx.method_request_string = body.tag

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

    def write(self, name: str, tree: Tree) -> bytes:
        """Return the global element `{namespace}name` of the contract as bytes.

        A member that repeats may be given as ready bytes, all its elements at once: so are the
        series of measures (`sge_sim.soap.writer`). Raises `KeyError` for a member that the
        contract doesn't know: our own mistake.
        """
        model = self._models.element(name)
        root = etree.Element("root", nsmap={"sge": model.get_namespace()})
        ready: list[bytes] = []
        self._write(root, name, model, tree, ready)
        text: bytes = etree.tostring(root[0], encoding="UTF-8", xml_declaration=False)
        if not ready:
            return text
        parts = text.split(_READY_MARK)
        return b"".join(chain.from_iterable(zip(parts, [*ready, b""], strict=True)))

    def _write(
        self, parent: etree._Element, tag: str, model: Any, value: Any, ready: list[bytes]
    ) -> None:
        """Append an element in the contract's order, local elements without a namespace.

        A mark stands for each of the `ready` bytes.
        """
        element = etree.SubElement(parent, tag)
        if value is None:
            element.set(_NIL, "true")
        elif not issubclass(model, spyne.ComplexModelBase):
            element.text = value if isinstance(value, str) else self.to_unicode(model, value)
        else:
            members = model._type_info
            unknown = [name for name in value if name not in members]
            if unknown:
                raise KeyError(f"{tag}: {', '.join(unknown)}")
            for name, member in members.items():
                if name not in value:
                    continue
                if issubclass(member, spyne.XmlAttribute):
                    element.set(name, self.to_unicode(member.type, value[name]))
                elif issubclass(member, spyne.XmlData):
                    element.text = self.to_unicode(member.type, value[name])
                elif isinstance(value[name], bytes):
                    element.append(etree.ProcessingInstruction(_READY))
                    ready.append(value[name])
                elif member.Attributes.max_occurs > 1:
                    for item in value[name]:
                        self._write(element, name, member, item, ready)
                else:
                    self._write(element, name, member, value[name], ready)

    def _fault(self, fault: SgtFault, exchange: Exchange) -> bytes:
        """Return a fault as the guides show it.

        The services of ConsultationMesuresDetaillees have a `faultstring` of their own, and tell
        the code alone (GUI 0488 §4.3). In the others it is the label, and what is known of the
        demand follows the code (GUI 0468 §3.2.2.2).
        """
        told: dict[str, Any] = {"resultat": {"code": fault.code, TEXT: fault.label}}
        if self._faultstring is None:
            if prm := exchange.prm:
                told["infoFonctionnelles"] = {"pointId": prm}
            if login := exchange.login:
                told["infoDemandeur"] = {"loginDemandeur": login}
        faultstring = escape(self._faultstring or fault.label).encode()
        return b"".join(
            (
                b"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>",
                faultstring,
                b"</faultstring><detail>",
                self.write(self._contract.fault, told),
                b"</detail></soap:Fault>",
            )
        )


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
