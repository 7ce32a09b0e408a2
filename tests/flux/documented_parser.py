"""A parser of all published files, written from docs/flux.md and docs/fichiers-sales.md alone.

It reads values as they are written, and flags what it can see by itself.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

Row = dict[str, str]
_POINT = re.compile(rb'Id_PRM|prmId|Identifiant_PRM>|idPrm|"prm"|"nbPrmTotal"|\n\d{14};')
"""What tells of a point, in any of them."""


def parse(files: dict[str, bytes]) -> list[Row]:
    """The values of files, and the files that hold nothing."""
    rows: list[Row] = []
    for nom, content in files.items():
        found = [row for inner, text in _documents(nom, content) for row in _values(inner, text)]
        texts = b"".join(text for _, text in _documents(nom, content))
        # Files of situations are archives of archives, which have no value.
        if not found and not _POINT.search(texts) and "C68" not in nom:
            kind = "fichier_vide" if not content else "fichier_sans_point"
            if content[:4] == b"PK\x05\x06":
                kind = "archive_vide"
            rows.append({"fichier": nom, "defaut": kind})
        last: Row | None = None
        for row in found:
            if row != last:  # written twice
                rows.append({"flux": _flux(nom), **row})
            last = row
    return rows


def _flux(nom: str) -> str:
    found = re.search(r"R4|R\d+[AB]?|HDM|IFJ", nom)
    assert found, nom
    return "R4x" if found[0] == "R4" else found[0]


def _documents(nom: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[:2] != b"PK":
        yield nom, content
        return
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield inner, archive.read(inner)
    except BadZipFile:
        return


def _row(point: Any, registre: str, horodate: Any, valeur: Any) -> Iterator[Row]:
    if valeur not in (None, ""):
        said = {"point": point, "registre": registre, "horodate": horodate, "valeur": valeur}
        yield {name: str(value) for name, value in said.items()}


def _values(nom: str, content: bytes) -> Iterator[Row]:
    if not content or "_CR_" in nom or "C68" in nom or "NASS" in nom:
        return
    if content[:1] == b"<":
        root = ElementTree.fromstring(content)
        reader = {"R50": _r50, "R151": _r151, "Courbe": _r4x}.get(root.tag, _r171)
        yield from reader(root)
    elif "HDM" in nom:
        yield from _hdm(content.decode("utf-8-sig"))
    elif "IFJ" in nom:
        yield from _ifj(json.loads(content))
    else:
        yield from _r6x(json.loads(content))


def _r50(root: ElementTree.Element) -> Iterator[Row]:
    for prm in root.iter("PRM"):
        for pdc in prm.iter("PDC"):
            yield from _row(prm.findtext("Id_PRM"), "PA", pdc.findtext("H"), pdc.findtext("V"))


def _r151(root: ElementTree.Element) -> Iterator[Row]:
    for prm in root.iter("PRM"):
        point = prm.findtext("Id_PRM")
        for releve in prm.iter("Donnees_Releve"):
            jour = releve.findtext("Date_Releve")
            for tag, cote in (("Classe_Temporelle_Distributeur", "D"), ("Classe_Temporelle", "F")):
                for each in releve.findall(tag):
                    registre = f"EA/{cote}/{each.findtext('Id_Classe_Temporelle')}"
                    yield from _row(point, registre, jour, each.findtext("Valeur"))
            yield from _row(point, "PMA", jour, releve.findtext("Puissance_Maximale/Valeur"))


def _r4x(root: ElementTree.Element) -> Iterator[Row]:
    for courbe in root.iter("Donnees_Courbe"):
        registre = str(courbe.findtext("Grandeur_Physique"))
        for each in courbe.iter("Donnees_Point_Mesure"):
            point = root.findtext("Corps/Identifiant_PRM")
            yield from _row(point, registre, each.get("Horodatage"), each.get("Valeur_Point"))


def _r171(root: ElementTree.Element) -> Iterator[Row]:
    for serie in root.iter("serieMesuresDatees"):
        names = ("grandeurPhysique", "typeCalendrier", "codeClasseTemporelle")
        registre = "/".join(str(serie.findtext(name)) for name in names)
        for each in serie.iter("mesureDatee"):
            said = each.findtext("dateFin"), each.findtext("valeur")
            yield from _row(serie.findtext("prmId"), registre, *said)


def _hdm(text: str) -> Iterator[Row]:
    kinds = {"Courbe de charge": "PA", "Index": "EA", "Puissance maximale quotidienne": "PMA"}
    point, registre, columns = "", "", list[str]()
    rows = iter(csv.reader(io.StringIO(text), delimiter=";"))
    for row in rows:
        if row[0] == "Identifiant PRM":
            point, kind, *_ = next(rows)
            registre, columns = kinds[kind], next(rows)
        elif row[0] == "Periode":
            registre = ""
        elif registre == "EA":
            for name, cell in zip(columns[2:], row[2:], strict=True):
                side = name[4]
                yield from _row(point, "EA/T" if side == "T" else f"EA/{side}/{name}", row[0], cell)
        elif registre:
            yield from _row(point, registre, *row)


def _ifj(tree: Any) -> Iterator[Row]:
    for courbe in tree.get("courbes") or ():
        for each in courbe["points"]:
            yield from _row(tree["prm"], courbe["grandeurPhysique"], each["d"], each["v"])
    for index in tree.get("index") or ():
        for each in index["classes"]:
            registre = f"{index['grandeurPhysique']}/D/{each['code']}"
            yield from _row(tree["prm"], registre, index["dateLecture"], each["valeur"])


def _r6x(tree: Any) -> Iterator[Row]:
    for mesure in tree["mesures"]:
        for within in mesure.get("contexte", [mesure]):
            for grandeur in within["grandeur"]:
                for registre, horodate, valeur in _quantities(grandeur):
                    yield from _row(mesure["idPrm"], registre, horodate, valeur)


def _quantities(grandeur: Any) -> Iterator[tuple[str, Any, Any]]:
    physique = grandeur["grandeurPhysique"]
    for each in grandeur.get("points", ()):
        yield physique, each["d"], each["v"]
    for calendrier in grandeur.get("calendrier", ()):
        cote = calendrier["libelleGrille"][:1]
        for classe in calendrier["classeTemporelle"]:
            nom = classe.get("idClasseTemporelle", classe.get("codeCadran"))
            registre = f"{physique}/{cote}/{nom}"
            for each in classe.get("valeur", ()):
                yield registre, each["d"], each["v"]
            for each in classe.get("quantite", ()):
                yield registre, each["dbtMesure"], each["quantite"]
    for each in grandeur.get("cadranTotalisateur", {}).get("valeur", ()):
        yield f"{physique}/T", each["d"], each["v"]
