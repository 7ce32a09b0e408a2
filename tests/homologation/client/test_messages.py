import pytest

from sge_sim.homologation.client.messages import RefusRecu, indented, read_answer, read_message

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(body: str) -> bytes:
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def test_a_message_is_read_by_local_names_attributes_and_repetition() -> None:
    body = '<n:r xmlns:n="urn:n"><a c="1"><l> texte </l></a><b>1</b><b>2</b><v/></n:r>'
    message = read_message(envelope(body))
    assert message.nom == "r"
    assert message.contenu == {"a": {"@c": "1", "l": "texte"}, "b": ["1", "2"], "v": None}


def test_an_empty_response_is_an_empty_answer() -> None:
    assert read_answer(envelope('<n:r xmlns:n="urn:n"/>')) == {}


@pytest.mark.documented("GUI 0502 §4: M023 answers the number of a case, as the root itself")
def test_the_text_of_a_response_without_children_is_its_only_content() -> None:
    body = '<n:affaireId xmlns:n="urn:n">M0000KY0</n:affaireId>'
    assert read_answer(envelope(body)) == {"texte": "M0000KY0"}


def test_a_fault_is_a_refusal_with_its_code_and_label() -> None:
    fault = (
        "<s:Fault><faultcode>s:Server</faultcode><faultstring>Erreur</faultstring><detail>"
        '<t:erreur xmlns:t="urn:t"><resultat code="SGT401">Non</resultat></t:erreur>'
        "</detail></s:Fault>"
    )
    assert read_answer(envelope(fault)) == RefusRecu("SGT401", "Non")


@pytest.mark.observed("homologation 23.4: faults of M023 with an empty code")
def test_a_fault_without_a_code_is_a_refusal_without_one() -> None:
    bare = "<s:Fault><faultcode>s:Server</faultcode><faultstring>Erreur</faultstring></s:Fault>"
    assert read_answer(envelope(bare)) == RefusRecu(None, "Erreur")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"Forbidden",
        b"<html/>",
        envelope(""),
        b'<!DOCTYPE a [<!ENTITY e "x">]>' + envelope("<a>&e;</a>"),
    ],
)
def test_what_is_no_soap_message_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(message)


def test_what_is_no_xml_is_shown_as_it_is() -> None:
    assert indented("<a><b/></a>") == "<a>\n  <b/>\n</a>"
    assert indented("Forbidden") == "Forbidden"
