"""Exchanges in which values that nothing else has are planted, wherever there is room."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import replace

from abime import echanges
from lxml import etree

from sge_sim.confronte.paires import Paire

_LETTERS = "bcdfghjklmnpqrstvwxz"


def plant(chance: random.Random) -> str:
    """Draw letters or digits that nothing else uses: fourteen consonants, or as many digits."""
    if chance.random() < 0.6:
        letters = "".join(chance.choices(_LETTERS, k=14))
        return chance.choice((letters, letters.upper(), letters.title()))
    return "".join(chance.choices(string.digits, k=14))


Place = Callable[[etree._Element, str, random.Random], None]


def _text(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance, leaf=True).text = text


def _around(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(
        root, chance, leaf=True
    ).text = f"{chance.choice(('M. ', '+33', 'x@', '2024-01-01T'))}{text}"


def _tail(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance).tail = text


def _attribute(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance).set(chance.choice(("code", "libelle", "id", "nouveau")), text)


def _name(root: etree._Element, text: str, chance: random.Random) -> None:
    etree.SubElement(_any(root, chance), f"n{text}").text = text


def _attribute_name(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance).set(f"n{text}", "1")


def _namespace(root: etree._Element, text: str, chance: random.Random) -> None:
    etree.SubElement(_any(root, chance), f"{{urn:{text}}}nom", nsmap={f"p{text}": f"urn:{text}"})


def _comment(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance).append(etree.Comment(text))
    _any(root, chance).append(etree.ProcessingInstruction("cible", text))


def _decimal(root: etree._Element, text: str, chance: random.Random) -> None:
    _any(root, chance, leaf=True).text = f"2024-01-31T10:00:00.{text}+01:00"


def _token(root: etree._Element, text: str, chance: random.Random) -> None:
    security = etree.Element("{urn:wss}Security")
    etree.SubElement(security, "{urn:wss}BinarySecurityToken").text = text
    root.insert(0, security)


PLACES: tuple[Place, ...] = (
    *(_text, _text, _text, _around, _tail, _attribute, _name, _attribute_name),
    *(_namespace, _comment, _decimal, _token),
)


def _any(root: etree._Element, chance: random.Random, *, leaf: bool = False) -> etree._Element:
    every = [*root.iter("*")]
    return chance.choice([each for each in every if not (leaf and len(each))] or every)


def planted(count: int, seed: int) -> Iterator[tuple[Paire, list[str]]]:
    """Yield so many exchanges with what was planted in each."""
    chance = random.Random(seed)
    small = [each for each in echanges() if len(each.reponse) < 6000]
    for _ in range(count):
        paire = chance.choice(small)
        texts = [plant(chance) for _ in range(4)]
        messages = []
        for message, own in ((paire.requete, texts[:2]), (paire.reponse, texts[2:])):
            root = etree.fromstring(message)
            for text in own:
                chance.choice(PLACES)(root, text, chance)
            encoding = chance.choice(("UTF-8", "UTF-16", "ISO-8859-15"))
            messages.append(etree.tostring(root, encoding=encoding, xml_declaration=True))
        if chance.random() < 0.05:
            messages[1] = f"<html>{texts[2]} {texts[3].encode().hex()}".encode()
        yield (
            replace(
                paire,
                chemin=chance.choice((paire.chemin, f"{paire.chemin}?{texts[0]}")),
                requete=messages[0],
                reponse=messages[1],
                entetes={
                    "Content-Type": f"text/xml; boundary={texts[1]}",
                    "Authorization": f"Basic {texts[2]}",
                    f"X-{texts[3]}": texts[3],
                    "Retry-After": texts[0],
                },
            ),
            texts,
        )
