"""SOAP 1.1 as SGE speaks it, on top of Spyne's.

Reading: any prefix, any header, a body checked by libxml2 against the contract. Writing: local
elements without namespace, `soap` as the prefix of the envelope, ready bytes where a service
wrote its answer itself, and faults with the SGT code in `detail/erreur/resultat`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from lxml import etree

from sge_sim.domaine.echanges import NOTED, VALIDATOR
from sge_sim.machine.memory import WEAR
from sge_sim.machine.once import computed_once
from sge_sim.refus import Rule
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.declarations import local_name
from sge_sim.soap.models import Models
from sge_sim.soap.schema_sentences import in_namespace, not_xml, received, spelt

ReadElement = Callable[[etree._Element], Any]

_ISO_DAY = 10  # a longer xs:date has a time zone
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == _ISO_DAY else None
    except ValueError:  # a header may hold anything
        return None


class Reader:
    """Reads the elements of one contract as plain values; how a type is read is worked out once.

    `from_unicode` is Spyne's reading of a text as a simple type.
    """

    def __init__(self, from_unicode: Callable[[Any, str], Any]) -> None:
        self._from_unicode = from_unicode
        self._known = computed_once()(self._make)

    def read(self, model: Any, element: etree._Element) -> Any:
        """Return an element as a tree; what the model doesn't know (in a header) is passed over."""
        return self._known(model)(element)

    def _make(self, model: Any) -> ReadElement:
        if issubclass(model, spyne.ComplexModelBase):
            return self._tree(model)
        if issubclass(model, spyne.Unicode):
            return lambda element: element.text or ""
        if issubclass(model, spyne.Boolean):
            return self._simple(model, _BOOLEANS.get)
        if issubclass(model, spyne.Date):
            return self._simple(model, _read_day)
        return self._simple(model, lambda _: None)

    def _simple(self, model: Any, usual: Callable[[str], Any]) -> ReadElement:
        """Read what is written in a `usual` way without Spyne, which takes a hundred times longer.

        `usual` returns None for the others.
        """

        def read(element: etree._Element) -> Any:
            text = (element.text or "").strip()
            found = usual(text)
            if found is not None:
                return found
            try:
                return self._from_unicode(model, text)
            except spyne.Fault:  # XML Schema has years before 1 and after 9999
                name = local_name(element)
                raise _malformed(f"{name} : une autre valeur attendue, {received(text)}") from None

        return read

    def _tree(self, model: Any) -> ReadElement:
        members: dict[str, tuple[str, ReadElement | None, bool]] = {}
        types = model._type_info

        def find(tag: str) -> tuple[str, ReadElement | None, bool]:
            """Return the member of a tag, how it is read (None: as a text) and if it repeats."""
            name = tag.rpartition("}")[2]
            kind = types[name]
            text = not issubclass(kind, spyne.ComplexModelBase) and issubclass(kind, spyne.Unicode)
            read = None if text else self._known(kind)
            return name, read, kind.Attributes.max_occurs > 1

        def read(element: etree._Element) -> dict[str, Any]:
            tree: dict[str, Any] = {}
            for child in element:
                try:
                    name, read_child, repeats = members[child.tag]
                except KeyError:
                    tag = child.tag
                    if tag.rpartition("}")[2] not in types:
                        continue
                    name, read_child, repeats = member = find(tag)
                    if len(members) <= len(types):  # a header may come in any namespace
                        members[tag] = member
                value = child.text or "" if read_child is None else read_child(child)
                if repeats:
                    tree.setdefault(name, []).append(value)
                else:
                    tree[name] = value
            return tree

        return read


Tree = Mapping[str, Any]
"""An element as plain values: children and attributes by name, lists where one repeats."""

MIME_TYPE = "text/xml; charset=utf-8"

_ENVELOPE = f"{{{ENVELOPE}}}Envelope"
_HEADER = f"{{{ENVELOPE}}}Header"
_BODY = f"{{{ENVELOPE}}}Body"
_WORDS_MOST = 500
_SOAP_12 = "{http://www.w3.org/2003/05/soap-envelope}Envelope"


class SgtFault(spyne.Fault):  # type: ignore[misc]
    """A refusal or a failure that is answered as a SOAP fault.

    `rule` is the one that refuses, `constat` what is wrong, in French. Both are for the journal:
    the real platform sends the code and its label alone.
    """

    def __init__(
        self, code: str, *, libelle: str | None = None, constat: str = "", rule: Rule | None = None
    ) -> None:
        self.code = code
        self.libelle = libelle or LIBELLES_CODES[code]
        self.constat = constat
        self.rule = rule
        super().__init__("Server", self.libelle)


@dataclass(frozen=True)
class FaultStyle:
    """How one contract refuses.

    `faultstring` is the text of every fault, None where it is the label of its code. `empty` gives
    the rule, and the label of its code, of an element that has to hold something, whatever the
    schema says. `bare` tells whether faults are qualified and have neither code nor label at an
    instant (observed 23.4).
    """

    faultstring: str | None = None
    empty: Mapping[str, tuple[Rule, str]] = field(default_factory=dict)
    bare: Callable[[datetime], bool] = lambda _: False


class SgeSoap11(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract's requests."""

    mime_type = MIME_TYPE

    def __init__(self, contract: Contract, models: Models, style: FaultStyle) -> None:
        # The parser keeps libxml2's own bounds (depth 256, 10 MB of text in a node), expands
        # nothing and reaches for nothing.
        super().__init__(parse_xsi_type=False, cleanup_namespaces=False)
        self._contract = contract
        self._style = style
        self._models = models
        self._reader = Reader(self.from_unicode)
        self._kept = threading.local()

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Parse the request. The XML declaration prevails over the charset of the transport."""
        # A parser of this thread: several can't use one at once.
        parser: etree.XMLParser | None = getattr(self._kept, "parser", None)
        if parser is None:
            parser = self._kept.parser = etree.XMLParser(**self.parser_kwargs)
        WEAR.parsed += len(ctx.in_string)
        try:
            document = etree.fromstring(ctx.in_string, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            _note_words(ctx, str(error))
            raise _malformed(not_xml(error, ctx.in_string)) from None
        if document.getroottree().docinfo.doctype:
            raise _malformed("message : aucune déclaration DOCTYPE attendue, reçu DOCTYPE")
        ctx.in_document = document

    def decompose_incoming_envelope(self, ctx: Any, message: Any = None) -> None:
        """Find the header and the body."""
        envelope = ctx.in_document
        if envelope.tag != _ENVELOPE:
            raise _malformed(_no_envelope(envelope))
        bodies = []
        for part in envelope:
            if part.tag == _BODY:
                bodies.append(part)
            elif part.tag == _HEADER and ctx.in_header_doc is None:
                ctx.in_header_doc = list(part)
        for where, inside in (
            ("Envelope : un seul Body", bodies),
            ("Body : un seul élément", bodies[0] if bodies else ()),
        ):
            if len(inside) != 1:
                came = f"reçu {len(inside)}" if len(inside) else "rien reçu"
                raise _malformed(f"{where} attendu, {came}")
        (body,) = bodies[0]
        if body.tag != self._contract.request:
            raise _malformed(self._other_service(body))
        ctx.in_body_doc = body

    def _other_service(self, body: etree._Element) -> str:
        """Return the sentence on an element that isn't the request of the contract."""
        wanted, came = etree.QName(self._contract.request), local_name(body)
        if came == wanted.localname:
            return in_namespace(came, wanted.namespace or "", body.tag)
        if spelt(came, [wanted.localname]):
            return f"le service s'écrit {wanted.localname}, {received(came)}"
        return f"Body : l'élément {wanted.localname} attendu, {received(came)}"

    def generate_method_contexts(self, ctx: Any) -> list[Any]:
        """Return the context of the contract's only operation: there is no other to make."""
        ctx.descriptor = self._operation
        ctx.function = ctx.descriptor.function
        return [ctx]

    @cached_property
    def _operation(self) -> Any:
        ((operation,),) = self.app.interface.service_method_map.values()
        return operation

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Validate the body by the contract, and read it and the contract's header as trees.

        The journal tells of a header that is meant as the contract's and isn't: nothing reads it.
        """
        for name, (rule, libelle) in self._style.empty.items():
            found = ctx.in_body_doc.find(f".//{name}")
            if found is not None and not len(found):
                constat = f"{name} : une valeur attendue, reçu vide"
                raise SgtFault(rule.code, libelle=libelle, constat=constat, rule=rule)
        mistake = self._contract.first_mistake(ctx.in_body_doc, len(ctx.in_string))
        if mistake is not None:
            _note_words(ctx, mistake.words)
            raise _malformed(mistake.sentence)
        expected = self._contract.request_header
        for element in ctx.in_header_doc or ():
            if element.tag == expected:
                ctx.in_header = self._reader.read(self._models.element(element.tag), element)
            elif expected is not None and local_name(element) in ("entete", "enteteP"):
                ctx.udc.notes.append(
                    f"{NOTED}En-tête reçu, et ignoré : {element.tag}. "
                    f"Ce point d'accès attend {expected}."
                )
        ctx.in_object = self._reader.read(ctx.descriptor.in_message, ctx.in_body_doc)


def _no_envelope(root: etree._Element) -> str:
    name = local_name(root)
    if root.tag == _SOAP_12:
        return "Envelope : SOAP 1.1 attendu, reçu SOAP 1.2"
    if name == "Envelope":
        return in_namespace(name, ENVELOPE, root.tag)
    return f"message : une enveloppe SOAP 1.1 attendue, {received(name)}"


def _note_words(ctx: Any, words: str) -> None:
    """Note for the journal what a library says of a message, on one line."""
    if words:
        ctx.udc.notes.append(f"{VALIDATOR}{' '.join(words[:_WORDS_MOST].split())}")


def _malformed(constat: str) -> SgtFault:
    return SgtFault("SGT562", constat=constat)
