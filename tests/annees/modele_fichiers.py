"""What delivered files say, read as their guides tell: the points, the measures, the ends."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from lxml import etree
from modele_mesures import Mesure, of_tree
from modele_vue import PARIS

Secret = tuple[str, bytes, bytes]
"""An algorithm, a key, a vector (docs/comment/fichiers-qui-ne-s-ouvrent-pas.md)."""
AUCUN: Secret = ("aucun", b"", b"")
_PRMS = re.compile(rb'"(?:idPrm|prm|usage_point_id)"\s*:\s*"([^"]*)"')
_METIER = {"CONS": "CONS", "PROD": "PROD", "C": "CONS", "P": "PROD"}


def opened(content: bytes, secret: Secret) -> bytes:
    """Return the clear bytes of a file; raises `ValueError` where the key doesn't open it."""
    how, key, vector = secret
    if how == "aucun":
        return content
    if how == "aes256":
        vector, content = content[:16], content[16:]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    padded = decryptor.update(content) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def members(nom: str, content: bytes, secret: Secret) -> list[tuple[str, bytes]]:
    """Return the files that a published one holds, by name; archives in it are opened too.

    Raises `ValueError` where it can't be read.
    """
    clear = opened(content, secret)
    if not nom.endswith(".zip"):
        return [(nom, clear)]
    try:
        with zipfile.ZipFile(io.BytesIO(clear)) as archive:
            held = [(each, archive.read(each)) for each in archive.namelist()]
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
    found = []
    for each, inside in held:
        found += members(each, inside, AUCUN) if each.endswith(".zip") else [(each, inside)]
    return found


def points_in(nom: str, flux: str, content: bytes) -> set[str]:
    """Return the points that a member of a file is about; of a report, those that are published."""
    if nom.lower().endswith(".json"):
        if b'"prmDemandes"' in content:
            return {each["idPrm"] for each in json.loads(content)["prmDemandes"]}
        return {each.decode() for each in _PRMS.findall(content)}  # a tree takes long to walk
    if nom.endswith(".csv"):
        lines = content.decode("utf-8-sig").splitlines()
        return {line.split(";")[0] for line in lines if line[:14].isdigit()}
    names = ("Id_PRM", "prmId", "Identifiant_PRM", "pointId")
    root = etree.fromstring(content)
    if flux == "C12":
        return {each.findtext("{*}Identifiant") for each in root.iter("{*}PRM")}
    return {each.text for name in names for each in root.iter(f"{{*}}{name}", name)}


def measures_in(nom: str, flux: str, content: bytes, prms: set[str]) -> Iterator[Mesure]:
    """Yield the measures that a member of a file tells of points; not those of R4x, R67, HDM and
    IFJ."""
    if flux in _LECTEURS:
        read, part, number = _LECTEURS[flux]
        for each in etree.fromstring(content).iter(part):
            if (prm := each.findtext(number)) in prms:
                yield from read(prm, each)
    elif flux[:3] in ("R63", "R64", "R65", "R66") and nom.lower().endswith(".json"):
        for each in json.loads(content).get("mesures", ()):
            if not prms.isdisjoint((each.get("pointId"), each.get("idPrm"))):
                yield from of_tree(each)


def ends_in(content: bytes) -> list[str]:
    """Return the services whose end a NASS tells."""
    return [each["serviceSouscritId"] for each in json.loads(content)["fins"]]


def _r50(prm: str, part: Any) -> Iterator[Mesure]:
    for point in part.iter("PDC"):
        value = point.findtext("V")
        if value is not None:
            stamp = datetime.fromisoformat(point.findtext("H")).astimezone(PARIS)
            what = prm, "CONS", "PA", "PT30M"
            yield Mesure("CDC", *what, f"{stamp:%Y-%m-%d %H:%M:%S}", int(value))


def _r151(prm: str, part: Any) -> Iterator[Mesure]:
    for releve in part.iter("Donnees_Releve"):
        jour = date.fromisoformat(releve.findtext("Date_Releve"))
        shown = f"{jour + timedelta(1)} 00:00:00"  # the registers at the end of that day
        for side, name in (("Distributeur", "_Distributeur"), ("Fournisseur", "")):
            calendrier = releve.findtext(f"Id_Calendrier_{side}")
            for classe in releve.iter(f"Classe_Temporelle{name}"):
                value = classe.findtext("Valeur")
                if value:
                    code = f"AQ {side[0]} {classe.findtext('Id_Classe_Temporelle')}"
                    what = (prm, "CONS", "EA", code, shown)
                    yield Mesure("IDX", *what, int(value), calendrier or "")
        for value in releve.iterfind("Puissance_Maximale/Valeur"):
            yield Mesure("PMX", prm, "CONS", "PMA", "", jour.isoformat(), int(value.text))


def _r171(prm: str, part: Any) -> Iterator[Mesure]:
    calendar, classe = part.findtext("typeCalendrier"), part.findtext("codeClasseTemporelle")
    metier, physique = _METIER[part.findtext("grandeurMetier")], part.findtext("grandeurPhysique")
    for each in part.iter("mesureDatee"):
        stamp, value = each.findtext("dateFin").replace("T", " "), int(each.findtext("valeur"))
        yield Mesure("IDX", prm, metier, physique, f"RC {calendar} {classe}", stamp, value)


_LECTEURS: Final = {
    "R50": (_r50, "PRM", "Id_PRM"),
    "R151": (_r151, "PRM", "Id_PRM"),
    "R171": (_r171, "serieMesuresDatees", "prmId"),
}
"""How a flux is read: what reads a part of it, how such a part is called, and its point."""
