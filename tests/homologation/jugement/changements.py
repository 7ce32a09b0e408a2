"""What is done to an answer to make it wrong: to one of its elements, or to the message."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from campagne_rejouee import Falsification, Message
from formes_du_contrat import Forme
from lxml import etree
from textes import sample, shifted

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
Change = Callable[[etree._Element], None]


# What is done to an element.


@dataclass(frozen=True)
class Without:
    name: str

    def __call__(self, element: etree._Element) -> None:
        del element.attrib[self.name]


@dataclass(frozen=True)
class Value:
    name: str
    value: str

    def __call__(self, element: etree._Element) -> None:
        if self.name:
            element.set(self.name, self.value)
        else:
            element.text = self.value


@dataclass(frozen=True)
class Attribute:
    name: str
    value: str

    def __call__(self, element: etree._Element) -> None:
        element.set(self.name, self.value)


@dataclass(frozen=True)
class Text:
    value: str

    def __call__(self, element: etree._Element) -> None:
        element.text = self.value


@dataclass(frozen=True)
class Insert:
    """A child, in its place where the contract has one: the shape and what stands before it."""

    name: str
    value: str
    place: tuple[Forme, list[str]] | None

    def __call__(self, element: etree._Element) -> None:
        if self.place is None:
            etree.SubElement(element, self.name).text = self.value
            return
        forme, before = self.place
        child = sample(forme)
        rank = sum(str(each.tag) in before for each in element)
        element.insert(rank, child)


@dataclass(frozen=True)
class Shift:
    by: timedelta

    def __call__(self, element: etree._Element) -> None:
        element.text = shifted((element.text or "").strip(), self.by)


@dataclass(frozen=True)
class Earlier:
    place: int

    def __call__(self, element: etree._Element) -> None:
        element.insert(self.place - 1, element[self.place])


@dataclass(frozen=True)
class Reversed:
    name: str

    def __call__(self, element: etree._Element) -> None:
        found = element.findall(self.name)
        rank = element.index(found[0])
        for each in found:
            element.insert(rank, each)


@dataclass(frozen=True)
class Half:
    name: str

    def __call__(self, element: etree._Element) -> None:
        found = element.findall(self.name)
        for each in found[(len(found) + 1) // 2 :]:
            element.remove(each)


def remove(element: etree._Element) -> None:
    element.getparent().remove(element)


def twice(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))


def swap(element: etree._Element) -> None:
    following = element.getnext()
    element.text, following.text = following.text, element.text


def nested(element: etree._Element) -> None:
    text, element.text = element.text, None
    etree.SubElement(element, "valeur").text = text


def emptied(element: etree._Element) -> None:
    for each in list(element):
        element.remove(each)


def inverted(element: etree._Element) -> None:
    element.text = "false" if (element.text or "").strip() == "true" else "true"


def renamed(code: str, label: str) -> Change:
    """Give a code and its label, whether it is an attribute or an element."""

    def change(element: etree._Element) -> None:
        element.set("code", code)
        if "libelle" in element.attrib:
            element.set("libelle", label)
        for each in element.iterfind("libelle"):
            each.text = label

    return change


def namespaced(element: etree._Element) -> None:
    element.tag = f"{{urn:autre}}{etree.QName(element).localname}"


def all_shifted(name: str, days: int) -> Falsification:
    """Move every stamp of the series alike."""

    def falsify(message: Message) -> Message:
        root = etree.fromstring(message.octets)
        for each in root.iter(name):
            each.text = shifted((each.text or "").strip(), timedelta(days=days))
        return replace(message, octets=etree.tostring(root, encoding="UTF-8"))

    return falsify


# What is done to a message.


@dataclass(frozen=True)
class Status:
    statut: int

    def __call__(self, message: Message) -> Message:
        return replace(message, statut=self.statut)


@dataclass(frozen=True)
class Type:
    content_type: str | None

    def __call__(self, message: Message) -> Message:
        return replace(message, type_contenu=self.content_type)


@dataclass(frozen=True)
class Cut:
    share: float

    def __call__(self, message: Message) -> Message:
        return replace(message, octets=message.octets[: int(len(message.octets) * self.share)])


@dataclass(frozen=True)
class Soap12:
    name: str

    def __call__(self, message: Message) -> Message:
        root = etree.fromstring(message.octets)
        element = root if self.name == "Envelope" else root.find(f"{SOAP}{self.name}")
        element.tag = f"{{http://www.w3.org/2003/05/soap-envelope}}{self.name}"
        return replace(message, octets=etree.tostring(root, encoding="UTF-8"))


@dataclass(frozen=True)
class Other:
    message: Message

    def __call__(self, _: Message) -> Message:
        return self.message


def without_body(message: Message) -> Message:
    root = etree.fromstring(message.octets)
    root.remove(root.find(f"{SOAP}Body"))
    return replace(message, octets=etree.tostring(root, encoding="UTF-8"))


def doubled_message(message: Message) -> Message:
    root = etree.fromstring(message.octets)
    twice(root.find(f"{SOAP}Body")[0])
    return replace(message, octets=etree.tostring(root, encoding="UTF-8"))
