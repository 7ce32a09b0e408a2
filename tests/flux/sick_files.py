"""Draws files that came spoilt, each with the kind that it has, from a seed; and sound ones."""

import io
import re
from collections.abc import Callable, Iterator
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from spoiling import zipped

from sge_sim.domaine.pannes import Panne
from sge_sim.flux.chiffrement import Chiffrement, encrypt
from sge_sim.flux.salissures import salir

Files = dict[str, bytes]
AES128 = Chiffrement("aes128", b"k" * 16, b"i" * 16)
AES256 = Chiffrement("aes256", b"K" * 32)
SECRETS = [("clé de 2025", AES128), ("clé de 2026", AES256)]


def _empty(rng: Random, nom: str, content: bytes) -> bytes:
    return b""


def _no_member(rng: Random, nom: str, content: bytes) -> bytes:
    return zipped([])


def _bare(rng: Random, nom: str, content: bytes) -> bytes | None:
    dirty, semes = salir([Panne(numero=1, sorte="fichier_sans_point", au=1)], nom, content)
    return dirty if semes else None


def _cut(rng: Random, nom: str, content: bytes) -> bytes | None:
    if content[:2] != b"PK":
        return None
    whole = rng.choice([content, encrypt(AES256, content, nom), encrypt(AES128, content, nom)])
    return whole[: rng.randrange(len(whole) // 3, len(whole) - 40)]


def _more(rng: Random, nom: str, content: bytes) -> bytes | None:
    if content[:2] != b"PK":
        return None
    return encrypt(rng.choice([AES128, AES256]), content, nom) + rng.randbytes(16)


def _other_key(rng: Random, nom: str, content: bytes) -> bytes:
    return encrypt(Chiffrement("aes256", rng.randbytes(32)), content, nom)


def _other_iv(rng: Random, nom: str, content: bytes) -> bytes | None:
    if content[:2] != b"PK":
        return None
    return encrypt(Chiffrement("aes128", AES128.cle, rng.randbytes(16)), content, nom)


def _damaged(rng: Random, nom: str, content: bytes) -> bytes | None:
    if content[:2] != b"PK" or len(content) < 600:
        return None
    at = len(content) // 2 + rng.randrange(-40, 40)
    return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]


def _bomb(rng: Random, nom: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr(nom, bytes(rng.randrange(20, 60) * 2**20))
    return buffer.getvalue()


def _entities(rng: Random, nom: str, content: bytes) -> bytes:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE R50 [<!ENTITY a0 "ha">{laughs}]><R50>&a8;</R50>'
    return rng.choice([body.encode(), zipped([("R50.xml", body.encode())])])


def _unreadable(rng: Random, nom: str, content: bytes) -> bytes:
    inner = [rng.randbytes(500), b"<R50><PRM>", b'{"header":', "{é}".encode("latin-1")]
    return zipped([("x.xml", rng.choice(inner))])


def _unknown(rng: Random, nom: str, content: bytes) -> bytes:
    inner = [b"<facture><total>12</total></facture>", b'{"facture":12}', b"date;montant\n1;2\n"]
    return rng.choice([lambda it: it, lambda it: zipped([("x", it)])])(rng.choice(inner))


def _text(change: Callable[[str], str]) -> Callable[[Random, str, bytes], bytes | None]:
    def spoil(rng: Random, nom: str, content: bytes) -> bytes | None:
        if content[:2] != b"PK":
            return None
        with ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
        inner, found = members[0]
        if found[:2] == b"PK":
            return None
        new = change(found.decode()).encode()
        return zipped([(inner, new), *members[1:]]) if new != found else None

    return spoil


def _without_header(text: str) -> str:
    text = re.sub(r"\s*<(Identifiant_Emetteur|emetteur)>[^<]*</\1>", "", text, count=1)
    return re.sub(r'"siDemandeur":"[^"]*",', "", text, count=1)


def _negative(text: str) -> str:
    return re.sub(r'(?<=<V>)(?=\d)|(?<=<Valeur>)(?=\d)|(?<="v":")(?=\d)', "-7", text, count=1)


SICK: dict[str, Callable[[Random, str, bytes], bytes | None]] = {
    "vide": _empty,
    "archive vide": _no_member,
    "sans point": _bare,
    "tronqué": _cut,
    "bloc en trop": _more,
    "clé": _other_key,
    "vecteur": _other_iv,
    "archive abîmée": _damaged,
    "bombe": _bomb,
    "entités": _entities,
    "illisible": _unreadable,
    "inconnu": _unknown,
    "schéma": _text(_without_header),
    "contenu": _text(_negative),
}


def sick(rng: Random, files: Files) -> Iterator[tuple[str, str, Files]]:
    """Yield without end a kind, the file that has it, and the files that came."""
    kinds = [*SICK, "renvoi", "suite"]
    while True:
        kind, nom = rng.choice(kinds), rng.choice(sorted(files))
        content = files[nom]
        if kind == "renvoi":
            other = re.sub(r"\d{14}(?=\.)", lambda found: str(int(found[0]) + 1), nom)
            if content[:2] == b"PK" and other != nom:
                yield kind, other, {nom: content, other: content}
        elif kind == "suite":
            found = re.match(r"ERDF_(R50|R151)_.*_00002_Q_", nom)
            lot = {n: c for n, c in files.items() if found and n[:33] == nom[:33] and "_Q_" in n}
            if found and len(lot) > 2:
                del lot[nom]
                yield kind, max(lot, key=lambda n: re.findall(r"_(\d{5})_Q", n)), lot
        elif (new := SICK[kind](rng, nom, content)) is not None:
            yield kind, nom, {nom: new}


def sound(rng: Random, files: Files) -> Iterator[tuple[str, bytes]]:
    """Yield without end a file as it may come: in clear, or under one of the keys."""
    while True:
        for nom, content in sorted(files.items(), key=lambda _: rng.random()):
            secret = rng.choice([None, AES128, AES256])
            yield nom, content if secret is None else encrypt(secret, content, nom)
