"""The comparison sees every difference between two contracts, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from contract_tree import WSDL, XS, differences, read_contract
from lxml import etree

from sge_sim.machine.files import data_path

DS = "{http://www.enedis.fr/sge/b2b/dictionnaire/v5.0/ds}"
CONSULTER = "{http://www.enedis.fr/sge/b2b/services/consultermesures/v1.1}"
DETAILLEES = "{http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0}"
OPERATION = "definitions/binding[ConsultationMesuresBinding]/operation[consulterMesures]"
SERIE = f"complexType {CONSULTER}SerieMesuresDateesType/sequence"
MESURE = f"complexType {CONSULTER}MesureDateeType/sequence"
DEMANDE = f"complexType {CONSULTER}ConsulterMesuresType/sequence"

USUAL = "ConsultationMesures-v1.1.wsdl"
ELSEWHERE = {
    "an enumerated value": "RecherchePoint-v2.0.wsdl",
    "nillable": "ConsultationMesuresDetaillees-v2.0.wsdl",
    "the base of a complex type": "ConsultationMesuresDetaillees-v3.0.wsdl",
}
"""The documents that are changed: the usual one, or another."""

# name: the replacements in the text of the document, a path that must then differ.
MUTATIONS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "a facet": ([('"[0-9]{14}"', '"[0-9]{13}"')], f"simpleType {DS}PointIdType/restriction"),
    "an enumerated value": (
        [('"BTSUP"', '"BTSUPP"')],
        f"simpleType {DS}DomaineTensionCodeType/restriction",
    ),
    "the base of a simple type": (
        [('"xsd:integer"', '"xsd:decimal"')],
        f"simpleType {DS}NbEntierType/restriction/@base",
    ),
    "the members of a union": (
        [('memberTypes="ds:AdresseEmailType"', 'memberTypes="ds:Chaine255Type"')],
        f"simpleType {DS}UtilisateurLoginType/union/@memberTypes",
    ),
    "minOccurs": (
        [('type="dc:CalendrierType" minOccurs="0"', 'type="dc:CalendrierType"')],
        f"{SERIE}/element[calendrier]/@minOccurs",
    ),
    "maxOccurs": (
        [('type="sc:MesureDateeType" maxOccurs="200"', 'type="sc:MesureDateeType"')],
        f"complexType {CONSULTER}MesuresDateesType/sequence/element[mesure]/@maxOccurs",
    ),
    "nillable": (
        [(' nillable="true"', "")],
        f"complexType {DETAILLEES}MesureType/sequence/element[v]/@nillable",
    ),
    "the form of an element": (
        [('<xsd:element name="serie"', '<xsd:element name="serie" form="qualified"')],
        f"complexType {CONSULTER}SeriesMesuresDateesType/sequence/element[serie]/@form",
    ),
    "the use of an attribute": (
        [('type="ds:CalendrierCodeType" use="required"', 'type="ds:CalendrierCodeType"')],
        "complexType {http://www.enedis.fr/sge/b2b/dictionnaire/v5.0/dc}CalendrierType"
        "/attribute[code]/@use",
    ),
    "the order of two elements": (
        [('"dateDebut"', '"swap"'), ('"dateFin"', '"dateDebut"'), ('"swap"', '"dateFin"')],
        MESURE,
    ),
    "a choice made a sequence": (
        [("<xsd:choice", "<xsd:sequence"), ("</xsd:choice", "</xsd:sequence")],
        DEMANDE,
    ),
    "a choice made mandatory": (
        [('<xsd:choice minOccurs="0"', "<xsd:choice")],
        f"{DEMANDE}/choice/@minOccurs",
    ),
    "the name of a type": (
        [('"PointIdType"', '"PrmType"'), ('"ds:PointIdType"', '"ds:PrmType"')],
        f"{DEMANDE}/element[pointId]/@type",
    ),
    "the base of a complex type": (
        [('<xsd:extension base="sc:GrandeurBase"', '<xsd:extension base="sc:PeriodeType"')],
        "complexType {http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common}"
        "GrandeurInstantanees/complexContent/extension/@base",
    ),
    "the soapAction": (
        [('soapAction=""', 'soapAction="urn:consulterMesures"')],
        f"{OPERATION}/soap:operation/@soapAction",
    ),
    "the part of a header": (
        [('part="entete"', 'part="enteteP"')],
        f"{OPERATION}/input[consulterMesures]/soap:header/@part",
    ),
    "a header made mandatory": (
        [
            (
                'part="entete" use="literal" wsdl:required="false"',
                'part="entete" use="literal" wsdl:required="true"',
            )
        ],
        f"{OPERATION}/input[consulterMesures]/soap:header/@required",
    ),
    "the element of a header": (
        [('element="tec:entete"', 'element="tec:acquittement"')],
        "definitions/message[entete]/part[entete]/@element",
    ),
}


def _write(text: str, folder: Path) -> Path:
    path = folder / "mutated.wsdl"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_change_is_reported_at_its_path(mutation: str, tmp_path: Path) -> None:
    replacements, path = MUTATIONS[mutation]
    document = data_path("wsdl") / ELSEWHERE.get(mutation, USUAL)
    text = document.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    original = read_contract(document)
    assert path in original
    assert path in differences(read_contract(_write(text, tmp_path)), original)


def _without_one(document: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of `document` without one of its elements or attributes, and which it was."""
    tree = etree.parse(document)
    for element in list(tree.getroot().iterdescendants(etree.Element)):
        tag = etree.QName(element).localname
        for attribute, value in dict(element.attrib).items():
            del element.attrib[attribute]
            yield etree.tostring(tree, encoding="unicode"), f"{tag}/@{attribute}"
            element.set(attribute, value)
        parent, index = element.getparent(), element.getparent().index(element)
        parent.remove(element)
        yield etree.tostring(tree, encoding="unicode"), tag
        parent.insert(index, element)


def test_no_element_and_no_attribute_can_be_lost_unseen(tmp_path: Path) -> None:
    document = data_path("wsdl") / "RechercheServicesSouscritsMesures-v1.0.wsdl"
    original = read_contract(document)
    unseen = set()
    for text, lost in _without_one(document):
        try:
            contract = read_contract(_write(text, tmp_path))
        except ValueError:
            continue
        if contract == original:
            unseen.add(lost)
    # Spelled out, but saying no more than their absence; and the imports, which are wiring.
    assert unseen == {"import", "schema/@elementFormDefault", f"header/@{{{WSDL}}}required"}


def test_another_spelling_of_the_same_contract_is_no_difference(tmp_path: Path) -> None:
    document = data_path("wsdl") / "RecherchePoint-v2.0.wsdl"
    text = document.read_text(encoding="utf-8")
    for old, new in [
        ("xsd:", "xs:"),
        ("xmlns:xsd=", "xmlns:xs="),
        ("ds:", "simple:"),
        ("xmlns:ds=", "xmlns:simple="),
        ('"BTINF"', '"swap"'),
        ('"BTSUP"', '"BTINF"'),
        ('"swap"', '"BTSUP"'),
        ('<xs:element name="criteres"', '<xs:element name="criteres" maxOccurs="1"'),
        (' wsdl:required="false"', ""),
    ]:
        assert old in text
        text = text.replace(old, new)
    assert XS in text
    assert differences(read_contract(_write(text, tmp_path)), read_contract(document)) == {}


def test_a_schema_in_a_file_beside_is_read_as_one_in_the_document(tmp_path: Path) -> None:
    document = data_path("wsdl") / "RecherchePoint-v2.0.wsdl"
    tree = etree.parse(document)
    schemas = list(tree.iter(f"{{{XS}}}schema"))
    types = schemas[0].getparent()
    imports = etree.SubElement(types, f"{{{XS}}}schema")
    for number, schema in enumerate(schemas):
        (tmp_path / f"{number}.xsd").write_bytes(etree.tostring(schema, with_tail=False))
        types.remove(schema)
        etree.SubElement(
            imports,
            f"{{{XS}}}import",
            namespace=schema.get("targetNamespace"),
            schemaLocation=f"{number}.xsd",
        )
    text = etree.tostring(tree, encoding="unicode")
    assert differences(read_contract(_write(text, tmp_path)), read_contract(document)) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name="PointIdType"', 'name="PrmType"'),
        ('"ds:PointIdType"', '"inconnu:PointIdType"'),
        ('<xsd:import namespace="', '<xsd:import namespace="urn:inconnu'),
    ],
)
def test_a_name_that_leads_nowhere_is_an_error(old: str, new: str, tmp_path: Path) -> None:
    text = (data_path("wsdl") / "RecherchePoint-v2.0.wsdl").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError, match=r"PointIdType|urn:inconnu"):
        read_contract(_write(text.replace(old, new), tmp_path))
