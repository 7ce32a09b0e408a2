"""Points made of what a platform answered of them, as lines of one's own points.

What no answer says is that of the template of own points (assumed): whoever compares an answer that
depends on it is told that the point isn't known.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import yaml
from lxml import etree

from sge_sim.confronte.paires import Paire, read_enveloppe
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.soap.declarations import local_name

_TECHNIQUES: Final = "/ConsultationDonneesTechniquesContractuelles/"
_WORDS: Final = {
    "commune/@code": "codeInseeCommune",
    "commune/libelle": "commune",
    "puissanceRaccordementSoutirage/valeur": "puissanceRaccordementSoutirage",
    "puissanceSouscriteMax/valeur": "puissanceSouscrite",
    "disjoncteur/calibre/@code": "disjoncteurCalibre",
    "longueUtilisation/contexte/@code": "contexteUtilisation",
    "forfait/valeur": "forfaitLongueUtilisation",
    "futuresPlagesHeuresCreuses/@code": "futuresPlagesHeuresCreusesCode",
    "futuresPlagesHeuresCreuses/libelle": "futuresPlagesHeuresCreusesLibelle",
    "adresseInstallationNormalisee/ligne2": "escalierEtEtageEtAppartement",
    "adresseInstallationNormalisee/ligne3": "batiment",
    "adresseInstallationNormalisee/ligne4": "numeroEtNomVoie",
    "adresseInstallationNormalisee/ligne5": "lieuDit",
    "adresseInstallationNormalisee/ligne6": "ligne6",
}
"""The words of points that have another name in the answers, by the end of their path."""
_ACCESS: Final = {
    "numeroTelephone": "numero_telephone",
    "etatLigneTelephonique": "etat_ligne_telephonique",
    "cle": "cle",
}
_TRANSFORMERS: Final = {
    "calibre": "calibre",
    "couplage": "couplage",
    "classePrecision": "classe_precision",
    "position": "position",
}
_ALWAYS: Final = frozenset(
    {
        *("segment", "etatContractuel", "etatAlimentation", "teleoperable", "contratSoutirage"),
        *("contratInjection", "provisoire", "groupementTurpe", "fournisseurTitulaire"),
        *("categorieClientFinalCode", "domaineTension", "niveauOuvertureServices"),
        *("codePostal", "codeInseeCommune", "commune", "nomClientFinalOuDenominationSociale"),
    }
)
"""The words that a point has, seen or not: what technical data lack is left empty besides."""
_HIDDEN: Final = frozenset(
    {"formuleTarifaireAcheminement", "puissanceSouscrite", "calendrierFournisseur", "mediaReleve"}
)
"""What they don't show without the client's consent."""
_DATES: Final = {"dateMiseEnService": "2012-01-02", "datePose": "2016-01-04"}
_COLLECTE: Final = '[{"debut":"2016-02-01"}]'
PLACE: Final = {"codePostal": "75002", "codeInseeCommune": "75102", "commune": "PARIS"}
"""Where a point is whose commune isn't one of the country: it was masked."""
_PATH_LENGTH: Final = 3
_GRANDS: Final = ("PT5M", "PT10M")

Cells = dict[str, Any]


def answered_points(paires: Sequence[Paire]) -> tuple[list[Cells], set[str]]:
    """Return a line for each point that an answer tells of or that an accepted request names, and
    the PRM of those that are known: by their technical data, or as a search finds them."""
    found: dict[str, Cells] = {}
    known: set[str] = set()
    for paire in paires:
        enveloppe = read_enveloppe(paire.reponse)
        if enveloppe is None or enveloppe.corps is None or enveloppe.fault:
            continue
        for point in enveloppe.corps.iter("point"):
            if prm := point.get("id"):
                cells = dict(_cells(point))
                if paire.chemin.startswith(_TECHNIQUES):
                    known.add(prm)
                    cells["techniques"] = _ALWAYS if "segment" in cells else _ALWAYS | _HIDDEN
                found[prm] = found.get(prm, {}) | cells
        for prm, cells in _named(paire, enveloppe.corps):
            found[prm] = cells | found.get(prm, {})
    return [_line(prm, cells) for prm, cells in found.items()], known


def _cells(point: etree._Element) -> Iterator[tuple[str, Any]]:
    for element in point.iter("*"):
        path = [local_name(each) for each in (element, *element.iterancestors("*"))]
        if "futuresProgrammationsHoraires" in path:
            continue
        names = path[: _PATH_LENGTH - 1][::-1]
        for leaf, text in (("", element.text), ("/@code", element.get("code"))):
            if not text or (not leaf and len(element)):
                continue
            ends = ("/".join(names) + leaf, names[-1] + leaf)
            word = next((_WORDS[each] for each in ends if each in _WORDS), names[-1])
            if "calibre" in ends[1] and "disjoncteur" not in ends[0]:
                continue
            if word in MOTS or word == "ligne6":
                yield word, {"true": "oui", "false": "non"}.get(text, text)
    yield from _structures(point)


def _structures(point: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the words of what has parts."""
    if classes := point.findall(".//denivelePuissances//classeTemporelle"):
        powers = {each.get("code"): int(each.findtext("puissance/valeur") or 0) for each in classes}
        yield "denivelePuissances", json.dumps(powers)
    for compteur in point.iter("compteur"):
        if posts := _posts(compteur):
            yield "programmationHoraire", json.dumps(posts)
        if (access := compteur.find("parametresTeleAcces")) is not None:
            parts = {word: access.findtext(name) for name, word in _ACCESS.items()}
            yield "parametresTeleAcces", json.dumps({k: v for k, v in parts.items() if v})
    future = {
        each.get("code"): _posts(each)
        for each in point.iterfind(".//futuresProgrammationsHoraires/formuleTarifaireAcheminement")
    }
    if future:
        yield "futuresProgrammationsHoraires", json.dumps(future)
    for word in ("transformateurCourant", "transformateurTension"):
        if (transformer := point.find(f".//{word}")) is not None:
            parts = {_TRANSFORMERS[local_name(each)]: each.get("code") for each in transformer}
            yield word, json.dumps(parts)


def _posts(element: etree._Element) -> Mapping[str, str]:
    return {
        each.get("code", ""): each.findtext("periodesHoraires") or ""
        for each in element.iter("programmationPosteHoraire")
    }


def _named(paire: Paire, answer: etree._Element) -> Iterator[tuple[str, Cells]]:
    """Yield the points that an accepted request names, with what the answer tells of them."""
    asked = read_enveloppe(paire.requete)
    if asked is None or asked.corps is None:
        return
    cells: Cells = {}
    steps = {each.text for each in answer.iter("p", "mesuresPas")}
    injected = next((each.text for each in asked.corps.iter("sens")), "") == "INJECTION"
    if steps.intersection(_GRANDS) or any(True for _ in asked.corps.iter("denominationSociale")):
        cells["segment"] = "C4"
    if injected:
        cells["contratInjection"] = "oui"
    for element in asked.corps.iter("pointId"):
        if element.text:
            yield element.text, cells


def _line(prm: str, seen: Cells) -> Cells:
    """Return the line of a point: what was seen, and what the template has besides."""
    cells = {name: value for name, value in seen.items() if name in MOTS}
    if "segment" not in cells:
        tension = cells.get("domaineTension")
        large = tension not in (None, "BTINF") or ("numeroSerie" in cells and tension is None)
        cells["segment"] = {"HTA": "C2", "HTB": "C2"}.get(str(tension), "C4" if large else "C5")
    small = cells["segment"] == "C5"
    if (number := cells.pop("matricule", None)) is not None:
        cells["matricule" if small else "numeroSerie"] = number
    cells |= _place(cells, seen.get("ligne6"))
    template = _template()[0 if small else 1]
    taken = seen.get("techniques", template.keys())
    base = {word: template[word] for word in template if word in taken}
    base |= _DATES | ({"collectes": _COLLECTE} if small else {})
    if not small:
        base.pop("niveauOuvertureServices", None)
    base["matricule" if small else "numeroSerie"] = prm[:12]
    return base | cells | {"prm": prm}


def with_usual_powers(line: Cells) -> Cells:
    """Return the line of a point whose powers are those of the template: masked ones may not go
    together."""
    template = _template()[0 if line["segment"] == "C5" else 1]
    powers = ("puissance", "denivele")
    kept = {word: cell for word, cell in line.items() if not word.startswith(powers)}
    return kept | {word: template[word] for word in template if word.startswith(powers)}


def _place(cells: Mapping[str, str], ligne6: str | None) -> Mapping[str, str]:
    """Return the commune of a point, that of the template where none of the country is told."""
    postal, insee = cells.get("codePostal"), cells.get("codeInseeCommune")
    if ligne6 and insee is None:
        postal, _, commune = ligne6.partition(" ")
        for (code, number), name in communes_de_france().items():
            if code == postal and name.upper() == commune:
                return {"codePostal": code, "codeInseeCommune": number, "commune": commune}
    if postal and insee and (postal, insee) in communes_de_france():
        return {"codePostal": postal, "codeInseeCommune": insee}
    return PLACE


def _template() -> Sequence[Mapping[str, str]]:
    known = files("sge_sim.referentiel.apports").joinpath("modele.yaml").read_bytes()
    lines: Sequence[Mapping[str, str]] = yaml.safe_load(known)["points"]
    own = ("numSiret", "numeroSerie", "matricule", "prm", "programmationHoraire")
    return [{word: each[word] for word in each if word not in own} for each in lines]
