"""What changes an answer and not what it says: the judge tells nothing, or a remark at most."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

import pytest
from campagne_rejouee import Message, Rejeu
from lxml import etree

Change = Callable[[str], str]
HEADER = "<soap:Header"


def _prefixes(text: str) -> str:
    text = text.replace("soap:", "S:").replace("xmlns:soap", "xmlns:S")
    return re.sub(r"\bsge(?=[:=])", "ns4", text)


def _indented(text: str) -> str:
    root = etree.fromstring(text.encode())
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def _attributes_reversed(text: str) -> str:
    return re.sub(r'(<\w+) (\w+="[^"]*") (\w+="[^"]*")', r"\1 \3 \2", text)


def _first_text_in_cdata(text: str) -> str:
    return re.sub(r"<(\w+)>([^<&]+)</\1>", r"<\1><![CDATA[\2]]></\1>", text, count=3)


CHANGES: dict[str, Change] = {
    "other prefixes": _prefixes,
    "indented": _indented,
    "no declaration": lambda text: text.partition("?>")[2],
    "declared in single quotes": lambda text: text.replace(
        '"1.0" encoding="UTF-8"', "'1.0' encoding='utf-8'"
    ),
    "comments": lambda text: re.sub(r"(<soap:Body><[^>]*[^/]>)", r"<!-- 3 -->\1<!-- 4 -->", text),
    "instructions": lambda text: re.sub(r"(<soap:Body><[^>]*[^/]>)", r"<?a 3?>\1<?a 4?>", text),
    "attributes in another order": _attributes_reversed,
    "CDATA": _first_text_in_cdata,
    "characters by number": lambda text: text.replace("é", "&#233;"),
    "typographic apostrophes": lambda text: re.sub(r"(?<=[dlLn])'(?=[a-zà-ÿ])", "’", text),
    "a final dot": lambda text: text.replace("Succès</resultat>", "Succès.</resultat>"),
    "a new line at the end": lambda text: f"{text}\r\n",
    "unused namespaces": lambda text: text.replace("<soap:Body>", '<soap:Body xmlns:x="urn:x">'),
    "another encoding, declared twice": lambda text: text.replace('"UTF-8"', '"ISO-8859-1"', 1),
    "a foreign header": lambda text: (
        re.sub(r"<soap:Header>", '<soap:Header><t:trace xmlns:t="urn:trace">7</t:trace>', text)
        if HEADER in text
        else text.replace(
            "<soap:Body>",
            '<soap:Header><t:trace xmlns:t="urn:trace">7</t:trace></soap:Header><soap:Body>',
        )
    ),
}
REMARKED = {"another encoding, declared twice", "a foreign header"}


def changed(name: str, message: Message) -> Message:
    text = CHANGES[name](message.octets.decode())
    if "encoding" in name:
        octets = text.encode("iso-8859-1", "xmlcharrefreplace")
        return replace(message, octets=octets, type_contenu="text/xml; charset=ISO-8859-1")
    return replace(message, octets=text.encode())


def alarms(name: str, runs: Iterable[Rejeu], *, administre: bool = False) -> Iterator[str]:
    for run in runs:
        execution = run.execute(changed(name, run.message), administre=administre)
        told = [str(each) for each in execution.constats if each.avertit or not each.reussi]
        if not execution.statut.bon or (told and name not in REMARKED):
            yield f"{run.cas.cle} {told}"


@pytest.mark.documented("SOAP 1.1 §4, XML 1.0")
@pytest.mark.parametrize("name", CHANGES)
def test_a_lawful_change_raises_no_alarm(name: str, derniers: dict[str, Rejeu]) -> None:
    runs = {f"{run.cas.service} {run.cas.recevable}": run for run in derniers.values()}
    assert [*alarms(name, runs.values())] == []


@pytest.mark.verdict
@pytest.mark.parametrize("administre", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_it_raises_none_in_any_case(
    name: str, administre: bool, rejeux: dict[str, list[Rejeu]]
) -> None:
    assert [*alarms(name, chain(*rejeux.values()), administre=administre)] == []
