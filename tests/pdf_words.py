"""What a PDF of reportlab draws."""

import re
import zlib
from base64 import a85decode

SHOWN = re.compile(rb"\(((?:[^\\()]|\\.)*)\) Tj")


def streams(pdf: bytes) -> list[bytes]:
    """Return what is drawn, page by page."""
    found = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
    return [zlib.decompress(a85decode(each.strip(), adobe=False)) for each in map(_ended, found)]


def _ended(data: bytes) -> bytes:
    return data.strip().removesuffix(b"~>")


def text(pdf: bytes) -> str:
    """Return the words that are drawn, in their order."""
    parts = (part for each in streams(pdf) for part in SHOWN.findall(each))
    octal = re.compile(rb"\\(\d{3}|.)")
    plain = (
        octal.sub(lambda m: bytes([int(m[1], 8)]) if m[1].isdigit() else m[1], part)
        for part in parts
    )
    return "".join("".join(part.decode("cp1252") for part in plain).split())


def packed(words: str) -> str:
    """Return words without spaces: a PDF places them one by one."""
    return "".join(words.split())
