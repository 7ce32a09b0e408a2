"""Every form of an answer is one that its contract allows, and all that it allows comes."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from variantes_kit import FORMES, nominal, sent

from sge_sim.domaine.variantes import SORTES_VARIATION, Variation, variations_in
from sge_sim.errors import UsageError
from sge_sim.homologation.variantes import smallest
from sge_sim.soap.valeurs_permises import _other_stamp

CMD2 = "/ConsultationMesuresDetaillees/v2.0"
CDTC = "/ConsultationDonneesTechniquesContractuelles/v1.0"
MOST_FORMS = 5000 // (2 * len(FORMES))
"""Of each of the 19 contracts' answers and faults: 5 000 in all."""


@pytest.mark.parametrize("path", FORMES)
def test_every_element_value_and_count_of_a_contract_is_met(path: str) -> None:
    formes, missing = FORMES[path], set(FORMES[path].expected)
    answers = [nominal(formes), nominal(formes, fault=True)]
    for numero in range(MOST_FORMS):
        for message in answers:
            drawn = formes.draw(message, 11, numero, gzip=True)
            form, kept = formes.varied(message, drawn)
            assert kept == drawn
            assert formes.is_lawful(form), form
            missing -= formes.met(form)
        if not missing:
            break
    assert missing == set()


@given(st.sampled_from(sorted(FORMES)), st.integers(0, 2**31), st.integers(0, 300), st.booleans())
def test_any_part_of_a_form_is_lawful(path: str, graine: int, numero: int, fault: bool) -> None:
    formes, message = FORMES[path], nominal(FORMES[path], fault=fault)
    drawn = formes.draw(message, graine, numero, gzip=True)
    assert drawn == formes.draw(message, graine, numero, gzip=True)
    for part in (drawn[::2], drawn[1::2]):
        assert formes.is_lawful(formes.varied(message, part)[0])
    assert variations_in("\n".join(each.line for each in drawn)) == drawn


@pytest.mark.parametrize("path", FORMES)
def test_a_message_without_variations_is_the_same_to_the_byte(path: str) -> None:
    message = nominal(FORMES[path])
    assert FORMES[path].varied(message, [])[0] == message
    unknown = Variation("valeur", f"{path}/Nulle/part", "X")
    assert FORMES[path].varied(message, [unknown])[0] == message


def test_what_breaks_the_contract_is_left_out() -> None:
    formes, message = FORMES[CMD2], nominal(FORMES[CMD2])
    wrong = Variation("valeur", f"{CMD2}/Body/consulterMesuresDetailleesResponse/pointId", "12")
    right = Variation("prefixe", CMD2, "S")
    form, kept = formes.varied(message, [wrong, right])
    assert kept == [right]
    assert b"<S:Envelope" in form


@pytest.mark.parametrize(
    ("text", "valeur", "told"),
    [
        ("2022-01-05T00:00:00.000+01:00", "utc", "2022-01-04T23:00:00.000Z"),
        ("2022-10-30T02:30:00+01:00", "sans_zone", "2022-10-30T02:30:00"),
        ("2022-07-05T00:00:00", "zone", "2022-07-05T00:00:00+02:00"),
        ("2022-07-05T00:00:00Z", "zone", "2022-07-05T02:00:00+02:00"),
        ("2022-07-05T00:00:00.5Z", "fraction", "2022-07-05T00:00:00.500000Z"),
        ("2022-07-05T00:00:00.000Z", "entier", "2022-07-05T00:00:00Z"),
        ("2022-07-05T00:00:00.5Z", "entier", "2022-07-05T00:00:00.5Z"),
        ("2022-07-05", "zone", "2022-07-05+02:00"),
        ("2022-07-05+02:00", "sans_zone", "2022-07-05"),
        ("12:00:00", "utc", "12:00:00Z"),
        ("2022-07", "utc", "2022-07"),
    ],
)
def test_a_stamp_written_otherwise_means_the_same(text: str, valeur: str, told: str) -> None:
    assert _other_stamp(text, valeur) == told


@pytest.mark.parametrize("scheme", ["", "soapenv", "S", "defaut", "local"])
def test_names_stay_what_they_are_under_any_prefix(scheme: str) -> None:
    formes, message = FORMES[CDTC], nominal(FORMES[CDTC], fault=True)
    form = formes.varied(message, [Variation("prefixe", CDTC, scheme)] if scheme else [])[0]
    assert [each.tag for each in etree.fromstring(form).iter()] == [
        each.tag for each in etree.fromstring(message).iter()
    ]
    code = etree.fromstring(form).find(".//faultcode")
    prefix, _, name = code.text.partition(":")
    assert (name, code.nsmap[prefix]) == ("Server", "http://schemas.xmlsoap.org/soap/envelope/")


WITHOUT_COMMENTS = etree.XMLParser(remove_comments=True)


def first(path: str) -> str:
    return f"{CMD2}/Body/consulterMesuresDetailleesResponse/{path}"


def text_of(body: bytes, path: str) -> str:
    found = etree.fromstring(body, WITHOUT_COMMENTS).find(f".//{path}")
    return "" if found is None else found.text or ""


def is_sorted(body: bytes) -> bool:
    days = [each.text[:10] for each in etree.fromstring(body, WITHOUT_COMMENTS).iter("d")]
    return days == sorted(days)


NOMINAL_ROWS = [
    Variation("nombre", first("grandeur"), "3"),
    Variation("nombre", first("grandeur[1]/mesure"), "3"),
    Variation("present", first("pointId")),
]
BROKEN = {
    "absent": lambda head, body: text_of(body, "pointId").isdigit(),
    "present": lambda head, body: b"<p>" not in body.replace(b"<p/>", b"<p>"),
    "ordre": lambda head, body: is_sorted(body),
    "nombre": lambda head, body: body.count(b"</grandeur>") != 1,
    "vide": lambda head, body: b"<grandeurMetier>" not in body or text_of(body, "unite") != "",
    "valeur": lambda head, body: b"BRUT" not in body,
    "separateur": lambda head, body: b"\n  " not in body,
    "prefixe": lambda head, body: b"<soap:Body>" in body,
    "date": lambda head, body: not text_of(body, "periode/dateFin").endswith("Z"),
    "nil": lambda head, body: b"nil=" not in body,
    "commentaire": lambda head, body: b"<!--" not in body,
    "cdata": lambda head, body: b"<![CDATA[" not in body,
    "gzip": lambda head, body: "gzip" not in head,
    "morceaux": lambda head, body: "Content-Length" in head,
}
"""Clients of CMD v2, each broken on one kind: whether they read an answer."""


def read_whole(head: str, body: bytes) -> bytes:
    """Return the content of an answer, whatever its framing."""
    if "chunked" in head:
        content, rest = b"", body
        while size := int(rest.partition(b"\r\n")[0], 16):
            start = rest.index(b"\r\n") + 2
            content, rest = content + rest[start : start + size], rest[start + size + 2 :]
        body = content
    return gzip.decompress(body) if "gzip" in head else body


@pytest.mark.parametrize("graine", [1, 2])
@pytest.mark.parametrize("sorte", BROKEN)
def test_a_client_that_is_broken_on_one_kind_is_found_and_shrunk_to_it(
    sorte: str, graine: int
) -> None:
    formes = FORMES[CMD2]
    message = formes.varied(nominal(formes), NOMINAL_ROWS)[0]
    for day in (b"05", b"10", b"20"):
        message = message.replace(b"<d>2024-01-31", b"<d>2024-01-%b" % day, 1)

    def fails(variations: list[Variation]) -> bool:
        form, kept = formes.varied(message, variations)
        head, body = sent(form, kept)
        return not BROKEN[sorte](head, read_whole(head, body))

    assert not fails([])
    for numero in range(60):
        drawn = formes.draw(message, graine, numero, gzip=True)
        if fails(drawn):
            (cause,) = smallest(drawn, fails)
            assert cause.sorte == sorte
            return
    pytest.fail("not found")


def test_the_longest_code_is_found() -> None:
    formes, message = FORMES[CDTC], nominal(FORMES[CDTC])

    def fails(variations: list[Variation]) -> bool:
        found = etree.fromstring(formes.varied(message, variations)[0])
        return any(len(text) > 200 for text in found.itertext())

    for numero in range(60):
        drawn = formes.draw(message, 4, numero)
        if fails(drawn):
            assert [each.sorte for each in smallest(drawn, fails)] == ["longueur"]
            return
    pytest.fail("not found")


def test_what_is_in_an_element_that_was_lacking_gives_way_to_it() -> None:
    formes, message = FORMES[CDTC], nominal(FORMES[CDTC])
    inside = next(
        each
        for each in formes.possible(message)
        if "situationContractuelle" in each.chemin and each.sorte == "longueur"
    )

    def fails(variations: list[Variation]) -> bool:
        return b"<situationContractuelle" in formes.varied(message, variations)[0]

    (cause,) = smallest([inside], fails)
    assert cause.sorte == "present"
    assert cause.chemin.endswith("/situationContractuelle")


def test_only_the_kinds_that_are_asked_for_are_drawn() -> None:
    formes, message = FORMES[CDTC], nominal(FORMES[CDTC])
    for sorte in SORTES_VARIATION:
        drawn = formes.draw(message, 1, 0, gzip=True, sortes=[sorte])
        assert {each.sorte for each in drawn} <= {sorte}


def test_an_unknown_kind_is_refused() -> None:
    from sge_sim.door.variantes import Plan

    with pytest.raises(UsageError, match="n'est pas une sorte de variation : choisir parmi absent"):
        Plan(sortes=("nada",))
    with pytest.raises(UsageError, match="n'est pas un service"):
        Plan(services=("Rien",))
