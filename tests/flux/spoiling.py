"""Spoils files as an accident or a mistake would: one thing at a time, drawn from a seed.

What is spoilt contradicts something, in the file, in its names or in the files beside it.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from zipfile import ZipFile

Files = dict[str, bytes]


@dataclass
class Spoilt:
    """A file, the members around its text, and what was drawn to change."""

    rng: Random
    nom: str
    chain: list[list[tuple[str, bytes]]]
    text: str

    @classmethod
    def of(cls, rng: Random, nom: str, content: bytes) -> "Spoilt":
        chain = []
        while content[:2] == b"PK":
            with ZipFile(io.BytesIO(content)) as archive:
                members = [(info.filename, archive.read(info)) for info in archive.infolist()]
            rng.shuffle(members)
            chain.append(members)
            content = members[0][1]
        return cls(rng, nom, chain, content.decode())

    def bytes_with(self, content: bytes) -> bytes:
        for members in reversed(self.chain):
            content = zipped([(members[0][0], content), *members[1:]])
        return content

    def pick(self, pattern: str, flags: int = 0) -> re.Match[str] | None:
        found = list(re.finditer(pattern, self.text, flags))
        return self.rng.choice(found) if found else None


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for nom, content in members:
            archive.writestr(nom, content)
    return buffer.getvalue()


STAMP = r"(?P<jour>\d{4}-\d\d-\d\d)[T ]\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d)?"
POINTS = {
    "R50": r"<PDC>.*?</PDC>\n",
    "R4Q": r"<Donnees_Point_Mesure .*?/>\n",
    "R151": r"<Classe_Temporelle_Distributeur>.*?</Classe_Temporelle_Distributeur>\n",
    "HDM": r"(?<=\n)20[^\n]*;\d[^\n]*\n",
    "IFJ": r"  \{\n    \"d\":[^}]*\},\n",
    "R63": r'\{"v":"[^}]*\},',
    "R65": r'\{"v":"[^}]*\},',
    "R66": r'\{"v":"[^}]*\},',
    "R64": r'\{"d":"[^}]*\},',
}
"""What a point is in the text of each kind of file: the last of a list isn't one."""


def kind_of(nom: str) -> str:
    return next((kind for kind in (*POINTS, "R171", "R67", "C68") if kind in nom), "")


def points_of(spoilt: Spoilt) -> list[re.Match[str]]:
    pattern = POINTS.get(kind_of(spoilt.nom))
    return list(re.finditer(pattern, spoilt.text, re.S)) if pattern else []


def _cut(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def reversed_points(spoilt: Spoilt) -> str | None:
    found = points_of(spoilt)
    rang = spoilt.rng.randrange(len(found) - 1) if len(found) > 1 else None
    if rang is None or found[rang].end() != found[rang + 1].start():
        return None
    a, b = found[rang], found[rang + 1]
    if a[0] == b[0] or kind_of(spoilt.nom) == "R151":
        return None
    return spoilt.text[: a.start()] + b[0] + a[0] + spoilt.text[b.end() :]


def doubled_point(spoilt: Spoilt) -> str | None:
    found = points_of(spoilt)
    if not found:
        return None
    match = spoilt.rng.choice(found)
    return _cut(spoilt.text, match, match[0] * 2)


def missing_point(spoilt: Spoilt) -> str | None:
    found = points_of(spoilt)
    # A curve of R63 leaves out what was lost; the other files beside it tell.
    return _cut(spoilt.text, spoilt.rng.choice(found), "") if found else None


def missing_day(spoilt: Spoilt) -> str | None:
    found = points_of(spoilt)
    days = sorted({m[1] for point in found if (m := re.search(r"(\d{4}-\d\d-\d\d)", point[0]))})
    if len(days) < 4 or kind_of(spoilt.nom) not in ("R63", "HDM", "R65"):
        return None
    day = spoilt.rng.choice(days[1:-2])
    kept = [p for p in found if day not in p[0]]
    text, end = "", 0
    for point in found:
        text += spoilt.text[end : point.start()] + (point[0] if point in kept else "")
        end = point.end()
    return text + spoilt.text[end:]


def impossible_date(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(STAMP)
    new = spoilt.rng.choice(["2024-02-30", "2024-13-01", "2023-02-29", "2024-00-10"])
    return match and _cut(spoilt.text, match, new + match[0][10:])


def moved_stamp(spoilt: Spoilt) -> str | None:
    found = points_of(spoilt)
    match = spoilt.rng.choice(found) if found else None
    inside = match and re.search(STAMP, match[0])
    if not match or not inside or kind_of(spoilt.nom) == "R66":
        return None
    minutes = spoilt.rng.choice([1, 7, 13])
    stamp = inside[0]
    new = f"{stamp[:14]}{(int(stamp[14:16]) + minutes) % 60:02d}{stamp[16:]}"
    return _cut(spoilt.text, match, match[0].replace(stamp, new))


def other_century(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(STAMP)
    year = spoilt.rng.choice(["1924", "2054", "2004"])
    return match and _cut(spoilt.text, match, year + match[0][4:])


def wrong_offset(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"(?<=\d\d:\d\d:\d\d)\+0[12]:00")
    other = {"+01:00": "+02:00", "+02:00": "+01:00"}
    return match and _cut(spoilt.text, match, other[match[0]])


def wrong_prm(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"(?<!\d)[1-9]\d{13}(?!\d)")
    if not match or match[0].startswith(("99", "20")):
        return None
    rang = spoilt.rng.randrange(4, 14)
    digit = (int(match[0][rang]) + spoilt.rng.randrange(1, 10)) % 10
    return _cut(spoilt.text, match, match[0][:rang] + str(digit) + match[0][rang + 1 :])


def negative(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r'(?<="v":")\d+|(?<=<V>)\d+|(?<=<[Vv]aleur>)\d+|(?<="v": )\d+')
    match = match or spoilt.pick(r'(?<="v":)\d+|(?<=:00;)\d+(?=\n)|(?<=Valeur_Point =")\d+')
    return match and _cut(spoilt.text, match, f"-{match[0]}" if match[0] != "0" else "-4")


def not_a_number(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r'(?<="v":")\d+|(?<=<V>)\d+|(?<=<[Vv]aleur>)\d+|(?<="v": )\d+')
    new = spoilt.rng.choice(["12,5", "1e3", "NaN", "0012", "12.5", ""])
    return match and _cut(spoilt.text, match, new)


def fallen_index(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"(?<=<Valeur>)[1-9]\d{5,}|(?<=<valeur>)[1-9]\d{5,}000|(?<=;)[1-9]\d{6,}")
    match = match or spoilt.pick(r'(?<="v":)[1-9]\d{5,}(?=,"iv":0)')
    return match and _cut(spoilt.text, match, str(int(match[0]) - 400_000))


def other_unit(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"(?<=[>\"])(?:Wh|W|VA|kW|kVAr|VArh|VARh|V|VAr)(?=[<\"])")
    return match and _cut(spoilt.text, match, {"Wh": "W", "W": "Wh"}.get(match[0], "Wh"))


def other_label(spoilt: Spoilt) -> str | None:
    labels = ["Heures Creuses Saison Basse", "Heures Pleines Saison Basse", "Base", "Pointe"]
    labels += ["Heures Creuses Eté", "Heures Pleines Eté", "Heures Pleines Hiver / Saison Haute"]
    match = spoilt.pick("|".join(rf"(?<=[>\";]){re.escape(each)}(?=[<\";])" for each in labels))
    others = [each for each in labels if match and each != match[0]]
    return match and _cut(spoilt.text, match, spoilt.rng.choice(others))


def other_class(spoilt: Spoilt) -> str | None:
    codes = ("HCB", "HPB", "HCH", "HPH", "HCE", "HPE", "BASE")
    match = spoilt.pick(rf"(?<=[>\";])(?:{'|'.join(codes)})(?=[<\";])")
    others = [each for each in codes if match and each != match[0]]
    return match and _cut(spoilt.text, match, spoilt.rng.choice(others))


def missing_block(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"<Classe_Temporelle(_Distributeur)?>.*?</Classe_Temporelle(\1)?>\n")
    match = match or spoilt.pick(r'\{"idClasseTemporelle":[^\]]*\]\},')
    match = match or spoilt.pick(r"<Donnees_Courbe>.*?</Donnees_Courbe>\n", re.S)
    return match and _cut(spoilt.text, match, "")


def repeated_key(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r'"(\w+)": ?("[^"]*"|\d+),') if spoilt.text.startswith(("{", "[")) else None
    return match and _cut(spoilt.text, match, match[0] * 2)


def other_header(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(
        r'(?<="idDemande":")[^"]+|(?<="modePublication":")\w|(?<="codeFlux":")\w+'
        r"|(?<=<Identifiant_Destinataire>)[^<]+|(?<=<Numero_Abonnement>)[^<]+"
        r'|(?<=<Frequence_Publication>)\w|(?<=<Reference_Demande>)\d+|(?<="demandeId": ")\w+'
        r'|(?<=<destinataire>)\d+|(?<=<flux>)\w+|(?<="contratId": ")\d+|(?<=<Pas_Publication>)30'
    )
    if not match:
        return None
    other = {"Q": "M", "M": "Q", "P": "Q", "H": "Q", "30": "60"}.get(match[0])
    last = "7" if match[0][-1] != "7" else "4"
    return _cut(spoilt.text, match, other or match[0][:-1] + last)


def wrong_count(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r'(?<=":)\d+(?=[,}])') if "_CR_" in spoilt.nom else None
    return match and _cut(spoilt.text, match, str(int(match[0]) + spoilt.rng.choice([1, 2, 7])))


def other_status(spoilt: Spoilt) -> str | None:
    match = spoilt.pick(r"(?<=\")(?:NON_)?(?:PUBLIE|RECEVABLE)(?=\")")
    if not match or "_CR_" not in spoilt.nom:
        return None
    new = match[0].removeprefix("NON_") if match[0].startswith("NON_") else f"NON_{match[0]}"
    return _cut(spoilt.text, match, new)


TEXTS: tuple[Callable[[Spoilt], str | None], ...] = (
    *(reversed_points, doubled_point, missing_point, missing_day, impossible_date, moved_stamp),
    *(other_century, wrong_offset, wrong_prm, negative, not_a_number, fallen_index, other_unit),
    *(other_label, other_class, missing_block, repeated_key, other_header, wrong_count),
    other_status,
)


def truncated(spoilt: Spoilt) -> bytes:
    content = spoilt.text.encode()
    return content[: spoilt.rng.randrange(len(content) // 3, len(content) - 2)]


def with_bom(spoilt: Spoilt) -> bytes:
    content = spoilt.text.encode()
    bom = b"\xef\xbb\xbf"
    return content.removeprefix(bom) if content.startswith(bom) else bom + content


def coded_twice(spoilt: Spoilt) -> bytes | None:
    if spoilt.text.isascii():
        return None
    return spoilt.text.encode().decode("latin-1").encode()


def in_latin_1(spoilt: Spoilt) -> bytes | None:
    text = spoilt.text.removeprefix("\ufeff")
    return None if text.isascii() else text.encode("latin-1", "ignore")


BYTES: tuple[Callable[[Spoilt], bytes | None], ...] = (
    *(truncated, with_bom, coded_twice, in_latin_1),
    lambda spoilt: spoilt.text.encode("utf-16"),
    lambda spoilt: spoilt.text.encode("utf-16-be"),
    lambda spoilt: spoilt.text.encode() + b"\x00",
)


def renamed(rng: Random, nom: str) -> str | None:
    """Another lawful name: one of its parts says something else."""
    found = list(re.finditer(r"(?<=_)(\d{14}|\d{7}|\d{5}|M\w{7}|R\w{7}|[QHMP])(?=[_.])", nom))
    if not found:
        return None
    match = rng.choice(found)
    part = match[0]
    if part in "QHMP":
        new = "M" if part == "Q" else "Q"
    elif len(part) == 14 and part.startswith("20"):
        new = part[:7] + str((int(part[7]) + 1) % 10) + part[8:]
    elif part.isdigit() and len(part) == 5:
        return None  # what a sequence number should be, the others beside it say
    else:
        new = part[:-1] + ("7" if part[-1] != "7" else "3")
    return nom[: match.start()] + new + nom[match.end() :]


def spoilt_folders(rng: Random, files: Files) -> Iterator[tuple[str, str, Files]]:
    """Yield without end what was done, to which file, and the files in which it was."""
    names = sorted(files)
    while True:
        nom = rng.choice(names)
        match rng.randrange(10):
            case 0:
                new = renamed(rng, nom)
                if new not in (None, *names):
                    yield "renamed", new, {new if n == nom else n: c for n, c in files.items()}
            case 1:
                other = rng.choice(names)
                if kind_of(other) != kind_of(nom) and other[-3:] == nom[-3:]:
                    yield "another flux", nom, {**files, nom: files[other]}
            case 2:
                spoilt = Spoilt.of(rng, nom, files[nom])
                if spoilt.chain:
                    members = spoilt.chain[0]
                    inner, content = members[0]
                    way = rng.choice(["../{}", "/tmp/{}", "..\\{}", "data.json", "a/{}", "copie"])
                    if way == "copie" and "_R4" not in nom:
                        changed = [*members, (f"copie_{inner}", content)]
                    else:
                        changed = [(way.replace("copie", "x").format(inner), content), *members[1:]]
                    yield f"member {way}", nom, {**files, nom: zipped(changed)}
            case 3:
                spoilt = Spoilt.of(rng, nom, files[nom])
                how = rng.choice(BYTES)
                new_bytes = how(spoilt)
                if new_bytes is not None:
                    yield how.__name__, nom, {**files, nom: spoilt.bytes_with(new_bytes)}
            case 4 if rng.random() < 0.3 and re.search(r"_0000[2-4]_", nom):
                yield "missing file", nom, {n: c for n, c in files.items() if n != nom}
            case _:
                spoilt = Spoilt.of(rng, nom, files[nom])
                change = rng.choice(TEXTS)
                text = change(spoilt)
                if text is not None and text != spoilt.text:
                    content = spoilt.bytes_with(text.encode())
                    yield change.__name__, nom, {**files, nom: content}


def as_json(content: bytes) -> Any:
    return json.loads(content)
