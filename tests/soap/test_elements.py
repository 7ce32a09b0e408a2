"""Trees written as elements, held against what an XML parser reads of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.models import Models

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_IN_XML = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda each: each in "\t\n\r" or each >= " "
    )
)


def _model() -> type:
    members = [
        ("code", spyne.XmlAttribute(spyne.Unicode)),
        ("nom", spyne.Unicode.customize(min_occurs=0, nillable=True)),
        ("jour", spyne.Date.customize(min_occurs=0)),
        ("compte", spyne.Integer.customize(min_occurs=0)),
        ("vrai", spyne.Boolean.customize(min_occurs=0)),
        ("point", spyne.Unicode.customize(min_occurs=0, max_occurs=9)),
    ]
    made: type = spyne.ComplexModelMeta(
        "Type", (spyne.ComplexModelBase,), {"__namespace__": "urn:x", "_type_info": members}
    )
    return made


_MODEL = _model()


class _Models(Models):
    """Those of a contract with one element."""

    def element(self, name: str) -> type:
        return _MODEL


def _text(model: object, value: object) -> str:
    return spyne.Soap11().to_unicode(model, value)


def _written(tree: object) -> bytes:
    return b"".join(ElementWriter(_Models({}), _text).parts("{urn:x}racine", tree))


@given(_IN_XML, _IN_XML)
def test_any_text_is_read_back(text: str, attribute: str) -> None:
    root = etree.fromstring(_written({"code": attribute, "nom": text}))
    assert (root.findtext("nom"), root.get("code")) == (text, attribute)


@pytest.mark.parametrize("text", ["\0", "a\x0bb", "\ufffe", "\ud800"])
def test_a_character_that_xml_does_not_know_is_our_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="XML"):
        _written({"nom": text})
    with pytest.raises(ValueError, match="XML"):
        _written({"code": text})


def test_members_come_in_the_order_of_the_contract() -> None:
    tree = {"point": ["a", "b"], "vrai": True, "compte": 12, "jour": date(2024, 2, 29), "nom": "é"}
    assert _written(tree).decode() == (
        '<sge:racine xmlns:sge="urn:x"><nom>é</nom><jour>2024-02-29</jour><compte>12</compte>'
        "<vrai>true</vrai><point>a</point><point>b</point></sge:racine>"
    )


def test_ready_bytes_stand_beside_other_members() -> None:
    written = _written({"nom": "a", "point": b"<point>b</point>"})
    assert written.endswith(b"<nom>a</nom><point>b</point></sge:racine>")


def test_nothing_and_no_value_are_told_apart() -> None:
    assert _written({}) == b'<sge:racine xmlns:sge="urn:x"/>'
    root = etree.fromstring(_written({"nom": None}))
    assert root[0].get(f"{_XSI}nil") == "true"
    assert _written({"nom": ""}).endswith(b"<nom></nom></sge:racine>")


def test_a_member_that_the_contract_lacks_is_our_mistake() -> None:
    with pytest.raises(KeyError, match="autre"):
        _written({"autre": 1})
