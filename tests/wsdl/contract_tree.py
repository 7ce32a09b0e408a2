"""A WSDL document and its schemas, flattened so that two contracts can be compared.

A contract is a dictionary. The path of a node gives the list of its children, the path of an
attribute gives its value:

    definitions/portType[RecherchePointPortType]/operation[rechercherPoint]
        fault[erreur] input[rechercherPoint] output[rechercherPointResponse]
    simpleType {http://www.enedis.fr/sge/b2b/dictionnaire/v5.0/ds}PointIdType/restriction/@base
        {http://www.w3.org/2001/XMLSchema}string

The definitions are flattened whole; of the schemas, what the messages reach: their elements, the
types these name, the types those name. Nothing on the way is left out but documentation, so that
a construct never met before is compared as it is written.

Two spellings of the same contract give the same dictionary: prefixes are resolved, defaults are
filled in, only particles have an order, and a schema stands in the document or in a file beside.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

Contract = dict[str, str]
Difference = tuple[str | None, str | None]
Reference = tuple[str, str]  # "element", "attribute" or "type"; then the name, {namespace}local

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XS = "http://www.w3.org/2001/XMLSchema"

LEFT_OUT = {"types", "import", "documentation", "annotation"}
GROUPS = {"sequence", "choice", "all"}
PARTICLES = GROUPS | {"element", "group", "any"}
ALTERNATIVES = {"enumeration", "pattern"}  # repeated facets, told apart by their values

# The attributes whose values are qualified names.
NAMES_IN_WSDL = {"message", "element", "type", "binding"}
NAMES_IN_XS = {"type", "base", "memberTypes", "itemType", "ref"}


def read_contract(path: Path) -> Contract:
    """Return the contract of the WSDL document `path`, its imports followed to the files beside it.

    `ValueError` where a prefix, a namespace or a name leads nowhere.
    """
    definitions = etree.parse(path).getroot()
    contract = {"definitions/@name": definitions.get("name", "")}
    contract.update(_flatten(definitions, "definitions"))
    components = _components(_schemas(definitions, path.parent))
    parts = definitions.iter(f"{{{WSDL}}}part")
    waiting = [("element", _expand(part, part.get("element", ""))) for part in parts]
    seen: set[Reference] = set()
    while waiting:
        reference = waiting.pop()
        if reference in seen:
            continue
        seen.add(reference)
        if reference not in components:
            raise ValueError(f"{path.name}: there is no {' '.join(reference)}")
        component = components[reference]
        schema = component.getparent()
        contract[f"schema {schema.get('targetNamespace')}/@version"] = schema.get("version", "")
        contract.update(_flatten(component, f"{_local(component)} {reference[1]}"))
        waiting += _references(component)
    return contract


def differences(ours: Contract, theirs: Contract) -> dict[str, Difference]:
    """Return the paths on which two contracts disagree, each with both values (None: no path)."""
    return {
        path: (ours.get(path), theirs.get(path))
        for path in sorted(ours.keys() | theirs.keys())
        if ours.get(path) != theirs.get(path)
    }


def _schemas(definitions: etree._Element, folder: Path) -> list[etree._Element]:
    """Return the schemas that a document holds, then those of the files they import."""
    schemas = []
    waiting = [(schema, folder) for schema in definitions.iter(f"{{{XS}}}schema")]
    read: set[Path] = set()
    while waiting:
        schema, beside = waiting.pop(0)
        schemas.append(schema)
        for node in schema.iterchildren(f"{{{XS}}}import"):
            if location := node.get("schemaLocation"):
                file = (beside / location).resolve()
                if file not in read:
                    read.add(file)
                    waiting.append((etree.parse(file).getroot(), file.parent))
    # An import may give no location, ours and one in the real InfraJ do: its namespace is then
    # that of another schema of the set.
    namespaces = {schema.get("targetNamespace") for schema in schemas}
    for schema in schemas:
        for node in schema.iterchildren(f"{{{XS}}}import"):
            if node.get("namespace") not in namespaces:
                raise ValueError(f"no schema has the namespace {node.get('namespace')}")
    return schemas


def _components(schemas: list[etree._Element]) -> dict[Reference, etree._Element]:
    components = {}
    for schema in schemas:
        for node in schema.iterchildren(f"{{{XS}}}*"):
            kind = "type" if _local(node) in {"simpleType", "complexType"} else _local(node)
            components[kind, f"{{{schema.get('targetNamespace')}}}{node.get('name')}"] = node
    return components


def _references(component: etree._Element) -> Iterator[Reference]:
    for node in component.iter(f"{{{XS}}}*"):
        for attribute in NAMES_IN_XS & set(node.attrib):
            kind = _local(node) if attribute == "ref" else "type"
            for name in node.get(attribute).split():
                expanded = _expand(node, name)
                if etree.QName(expanded).namespace != XS:
                    yield kind, expanded


def _flatten(node: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    for attribute, value in _attributes(node).items():
        if attribute != _naming(node):
            yield f"{path}/@{attribute}", value
    steps: Counter[str] = Counter()
    children = []
    for child in node.iterchildren(etree.Element):
        if _local(child) in LEFT_OUT:
            continue
        step = _step(child)
        steps[step] += 1
        if steps[step] > 1:
            step += f"#{steps[step]}"
        children.append(step)
        yield from _flatten(child, f"{path}/{step}")
    yield path, " ".join(children if _local(node) in GROUPS else sorted(children))


def _step(node: etree._Element) -> str:
    prefix = "soap:" if etree.QName(node).namespace == SOAP else ""
    naming = _naming(node)
    return f"{prefix}{_local(node)}" + (f"[{_attributes(node)[naming]}]" if naming else "")


def _naming(node: etree._Element) -> str | None:
    """Return the attribute that tells `node` from its like, and so stands in its path."""
    candidates = ("value",) if _local(node) in ALTERNATIVES else ("name", "ref")
    return next((attribute for attribute in candidates if attribute in node.attrib), None)


def _attributes(node: etree._Element) -> dict[str, str]:
    """Return the attributes of `node` by local name, defaults filled in and names expanded."""
    names = NAMES_IN_XS if etree.QName(node).namespace == XS else NAMES_IN_WSDL
    attributes = _defaults(node)
    for key, value in node.attrib.items():
        attribute = etree.QName(key).localname
        if attribute in names:
            value = " ".join(_expand(node, name) for name in value.split())
        attributes[attribute] = value
    return attributes


def _defaults(node: etree._Element) -> dict[str, str]:
    local, namespace = _local(node), etree.QName(node).namespace
    if (local, namespace) == ("header", SOAP):
        return {"required": "false"}
    if namespace != XS:
        return {}
    defaults = {"nillable": "false"} if local == "element" else {}
    if _local(node.getparent()) == "schema":
        return defaults
    if local in PARTICLES:
        defaults |= {"minOccurs": "1", "maxOccurs": "1"}
    if local == "attribute":
        defaults["use"] = "optional"
    if local in {"element", "attribute"} and "name" in node.attrib:
        schema = next(node.iterancestors(f"{{{XS}}}schema"))
        defaults["form"] = schema.get(f"{local}FormDefault", "unqualified")
    return defaults


def _expand(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    if (prefix or None) not in node.nsmap:
        raise ValueError(f"the prefix of {name} is not declared")
    return f"{{{node.nsmap[prefix or None]}}}{local}"


def _local(node: etree._Element) -> str:
    return str(etree.QName(node).localname)
