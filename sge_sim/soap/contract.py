"""The contracts: the WSDL documents, read once, published and validated against.

`wsdl/` is the only statement of the contract. An actor who owns the official kit names its folder
instead (`--wsdl-dir`): documents of the kit replace ours one by one, recognised by the element of
their request, since file names and addresses of the kit differ from the paths that are served.
"""

import copy
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file
from sge_sim.machine.once import MadeWhenAsked, computed_once
from sge_sim.soap.declarations import XSD, Declarations, qualified
from sge_sim.soap.schema_sentences import Mistake, mistake_of

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

_NS = {"wsdl": WSDL, "soap": SOAP_BINDING, "xs": XSD}
_ATTEMPTS = 20  # to compile: one in ten thousand fails while other threads read documents
_MISTAKES = 5
_MAX_BYTES = 16 * 2**20
# libxml2 makes an error of two kilobytes of each attribute too many, before anybody reads the
# first: an element of a contract has a few attributes at most. Children cost one error in all.
_CROWDED = etree.XPath("(descendant-or-self::*[count(@*) > 100])[1]")
_SHORT = 4096  # bytes of a message, in which not even attributes alone would be too many
_SCHEMAS_HERE = b"<!--schemas-->"
_FILE_NAME = re.compile(r"(?P<service>[A-Za-z]+)-v(?P<version>\d+\.\d+)")


@dataclass(frozen=True)
class Contract:
    """One service in one version, as its WSDL states it. Elements are `{namespace}name`."""

    service: str
    version: str
    operation: str
    request: str
    response: str
    request_header: str | None
    response_header: str | None
    fault: str
    document: etree._Element = field(repr=False)
    schemas: Mapping[str, bytes] = field(repr=False)
    schema: etree.XMLSchema = field(repr=False)
    source: Path

    @property
    def path(self) -> str:
        """The path that selects the endpoint, as the real platform serves it."""
        return f"/{self.service}/v{self.version}"

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements that messages are made of, in the `{namespace}name` notation."""
        headers = (self.request_header, self.response_header)
        return (self.request, self.response, self.fault, *filter(None, headers))

    def published_at(self, url: str) -> bytes:
        """Return the WSDL document with `url` as the address of its port."""
        document = copy.deepcopy(self.document)
        for address in document.iterfind(".//soap:address", _NS):
            address.set("location", url)
        text: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
        return text.replace(_SCHEMAS_HERE, b"\n".join(self.schemas.values()))

    def first_mistake(self, element: etree._Element, size: int | None = None) -> Mistake | None:
        """Return what first makes `element` (or one in it) invalid, None where nothing does.

        `size` is that of the message in bytes, where it is known.
        """
        crowded = (size is None or size > _SHORT) and _CROWDED(element)
        if crowded:
            name, count = etree.QName(crowded[0]).localname, len(crowded[0].attrib)
            return Mistake(f"{name} : 100 attributs au plus attendus, reçu {count}", "")
        if self.schema.validate(element):
            return None
        return next(iter(self.mistakes(element)), None)

    def mistakes(self, element: etree._Element) -> list[Mistake]:
        """Return the first few mistakes of `element`, of which there may be tens of thousands."""
        # An `XMLSchema` object keeps the errors of its last run: shared between threads, it would
        # mix them up, so validation is done with an object of its own.
        validator = _compile(self.schemas)
        validator.validate(element)
        errors = itertools.islice(validator.error_log, _MISTAKES)
        return [mistake_of(each, element, self.declarations) for each in errors]

    @cached_property
    def declarations(self) -> Declarations:
        """What its schemas declare."""
        return Declarations(self.schemas)


@computed_once()
def load_contracts(folder: Path, kit: Path | None = None) -> Mapping[str, Contract]:
    """Return the contracts of `folder` by path, each read when it is asked for; those of the
    official `kit`, read now, replace their counterparts.

    Raises `UsageError` for a document that can't be used, and for a kit that holds none of the
    services.
    """
    files = {f"/{found[1]}/v{found[2]}": found for found in contract_files(folder)}
    if not files:
        raise UsageError(f"Aucun document WSDL dans {folder} : réinstaller sge-sim.")
    ours = MadeWhenAsked(files, lambda path: _read(*files[path]))
    return ours if kit is None else {**ours, **dict(_replacements(kit, ours.values()))}


def contract_files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield the documents of `folder` with the service and the version that their names tell.

    Raises `UsageError` for a name that tells neither.
    """
    for file in sorted(folder.glob("*.wsdl")):
        name = _FILE_NAME.fullmatch(file.stem)
        if name is None:
            raise UsageError(f"{file} : le nom attendu est <Service>-v<x.y>.wsdl.")
        yield file, name["service"], name["version"]


def _replacements(kit: Path, ours: Iterable[Contract]) -> Iterator[tuple[str, Contract]]:
    if not kit.is_dir():
        raise UsageError(f"{kit} n'est pas un dossier : --wsdl-dir attend celui du kit officiel.")
    by_request = {contract.request: contract for contract in ours}
    found = False
    for file in sorted(kit.rglob("*.wsdl")):
        request = _messages(_parse(file)).get("request")
        contract = by_request.get(request) if request else None
        if contract is not None:
            found = True
            yield contract.path, _read(file, contract.service, contract.version)
    if not found:
        raise UsageError(f"{kit} ne contient le WSDL d'aucun des services simulés.")


def _read(file: Path, service: str, version: str) -> Contract:
    document = _parse(file)
    schemas = _take_schemas(document, file)
    elements = _messages(document)
    missing = {"request", "response", "fault"} - elements.keys()
    if missing:
        raise UsageError(f"{file} : le WSDL ne déclare pas {', '.join(sorted(missing))}.")
    operation = document.find(".//wsdl:portType/wsdl:operation", _NS)
    assert operation is not None
    try:
        schema = _compile(schemas)
    except etree.XMLSchemaParseError as error:
        raise UsageError(f"{file} : le schéma du WSDL est invalide ({error}).") from None
    return Contract(
        service=service,
        version=version,
        operation=operation.get("name", ""),
        request=elements["request"],
        response=elements["response"],
        request_header=elements.get("request_header"),
        response_header=elements.get("response_header"),
        fault=elements["fault"],
        document=document,
        schemas=schemas,
        schema=schema,
        source=file,
    )


def _parse(file: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        return etree.fromstring(read_user_file(file, _MAX_BYTES), parser, base_url=str(file))
    except (etree.XMLSyntaxError, OSError) as error:
        raise UsageError(f"{file} n'est pas un document XML lisible ({error}).") from None


_ROLES = {
    "request": ".//wsdl:portType/wsdl:operation/wsdl:input",
    "response": ".//wsdl:portType/wsdl:operation/wsdl:output",
    "fault": ".//wsdl:portType/wsdl:operation/wsdl:fault",
    "request_header": ".//wsdl:binding/wsdl:operation/wsdl:input/soap:header",
    "response_header": ".//wsdl:binding/wsdl:operation/wsdl:output/soap:header",
}


def _messages(document: etree._Element) -> dict[str, str]:
    """Return the elements that the document's only operation exchanges, by role."""
    parts = {
        (message.get("name"), part.get("name")): qualified(part, part.get("element", ""))
        for message in document.iterfind("wsdl:message", _NS)
        for part in message.iterfind("wsdl:part", _NS)
    }

    def only_part(reference: etree._Element | None) -> str | None:
        if reference is None:
            return None
        name = reference.get("message", "").split(":")[-1]
        return next((element for (message, _), element in parts.items() if message == name), None)

    roles = {role: only_part(document.find(path, _NS)) for role, path in _ROLES.items()}
    return {role: element for role, element in roles.items() if element}


def _take_schemas(document: etree._Element, file: Path) -> dict[str, bytes]:
    """Take every schema that the document holds or imports out of it, by namespace.

    The official kit spreads its schemas over folders, and may import a namespace without saying
    where, if another of its schemas does. Each schema is kept as text of its own, because moving
    its tree into another one would lose prefixes that only attribute values use.
    """
    types = document.find("wsdl:types", _NS)
    if types is None:
        raise UsageError(f"{file} : le WSDL n'a pas de section types.")
    pending = [(etree.fromstring(etree.tostring(schema)), file) for schema in types]
    types.clear()
    types.append(etree.Comment("schemas"))
    known = {schema.get("targetNamespace") for schema, _ in pending}
    imported = set()
    taken = {}
    while pending:
        schema, origin = pending.pop()
        for link in schema.iterfind("xs:import", _NS):
            namespace = link.get("namespace", "")
            location = link.attrib.pop("schemaLocation", None)
            imported.add(namespace)
            if location is not None and namespace not in known:
                known.add(namespace)
                pending.append((_parse(origin.parent / location), origin.parent / location))
        if schema.get("targetNamespace"):
            taken[schema.get("targetNamespace", "")] = etree.tostring(schema)
    missing = imported - known
    if missing:
        raise UsageError(f"{file} : aucun schéma pour {', '.join(sorted(missing))}.")
    return taken


class _InMemory(etree.Resolver):  # type: ignore[misc]
    """Hands libxml2 the schemas of a document, each once, by the number of their place."""

    def __init__(self, schemas: Iterable[bytes]) -> None:
        super().__init__()
        self.left = {f"inline:{place}": schema for place, schema in enumerate(schemas)}

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        schema = self.left.pop(system_url, None)
        if schema is None:
            return self.resolve_empty(context)
        return self.resolve_string(schema, context)


def _compile(schemas: Mapping[str, bytes]) -> etree.XMLSchema:
    """Compile the schemas together, again where libxml2 didn't ask for each of them.

    What lxml gives libxml2 to ask is one for all threads: one of them that ends a document
    meanwhile may take it away.
    """
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="inline:{place}"/>'
        for place, namespace in enumerate(schemas)
    )
    for attempts_left in reversed(range(_ATTEMPTS)):
        resolver = _InMemory(schemas.values())
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        parser.resolvers.add(resolver)
        driver = etree.fromstring(f'<xs:schema xmlns:xs="{XSD}">{imports}</xs:schema>', parser)
        try:
            schema = etree.XMLSchema(driver)
        except etree.XMLSchemaParseError:
            if not (resolver.left and attempts_left):
                raise
        if not resolver.left:
            break
    return schema
