"""Wrong answers that the contract admits: a point, a day or a register missing, a broken sum, a
code or a label of another row, another order than the one sent, more than a point can.

Each names who contradicts it. What the administration of a simulator alone contradicts is tried
with it alone; what nobody does is none.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from campagne_rejouee import Campagne, Message, Rejeu
from changements import Attribute, Change, Text, inverted, remove, renamed
from falsifications import Essai
from lxml import etree
from textes import like

from sge_sim.commandes.prestations import ACCES_PUBLIES, COLLECTES
from sge_sim.domaine.libelles import LISTES
from sge_sim.homologation.catalogue.cases import Cas

FAMILLES_CONTREDITES: Final = ("manque", "somme", "nomenclature", "commande", "borne")
ADMINISTRATION: Final = "l'administration"
REPONSE: Final = "une autre réponse, ou la même"
DEMANDE: Final = "la demande"
LISTE: Final = "une nomenclature"
GUIDE: Final = "un guide, ou le contrat"
_AUTRES: Final[Mapping[str, Sequence[str]]] = {
    "mesuresTypeCode": ("CDC", "IDX", "ENERGIE", "PMAX"),
    "mesuresPas": ("PT5M", "PT10M", "PT30M", "P1D"),
    "periodiciteTransmission": ("P1D", "P7D", "P1M"),
    "serviceSouscritCode": ("CCDC", "TRANSREC", "ACCES"),
    "etatCode": ("ACTIF", "TERMINE"),
    "mesuresCorrigees": ("BRUT", "BEST"),
    "grandeurMetier": ("CONS", "PROD"),
    "grandeurPhysique": ("PA", "PRI", "PRC", "E", "EA", "ERI", "PMA"),
    "contexteReleve": ("COL", "TOP", "FMR", "CRD"),
    "typeReleve": ("AQ", "AP", "RC", "RM", "LC"),
    "modeCalcul": ("MESURE", "DIFF.INDEX", "INTEG.COURBE"),
    "codeCadran": ("IDX_EAS_F1", "IDX_EAS_F2", "IDX_EAS_D1", "IDX_EAS_D2", "IDX_EAS_T"),
    "p": ("PT5M", "PT10M", "PT30M"),
    "n": ("B", "R", "E", "C"),
    "pas": ("P1D", "P1M"),
    "unite": ("W", "Wh", "VA", "VAr", "kVA", "kW"),
    "niveauOuvertureServices": ("0", "1", "2"),
}
_COMPARABLES: Final = (
    *("contratId", "pointId", "serviceSouscritId", "dateDebut", "dateFin", "matricule", "ligne6"),
    *("codePostal", "numeroEtNomVoie"),
)
_TROP: Final[Mapping[str, int]] = {
    "mesuresDatees/mesure/valeur": 10**9,
    "puissanceSouscriteMax/valeur": 100,
    "puissanceRaccordementSoutirage/valeur": 1000,
}
_CODES_NUS: Final[Mapping[str, str]] = {
    "idCalendrier": "calendrier",
    "idClasseTemporelle": "classeTemporelle",
    "serviceSouscritCode": "serviceSouscritType",
}
_LISTE_DE: Final[Mapping[str, str]] = {
    "position": "transformateurPosition",
    "programmationPosteHoraire": "posteHoraire",
    "contexte": "contexteUtilisation",
}
_ROWS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "domaineTension": (("HTA", "HTA"), ("HTB", "HTB")),
    "segment": tuple((each, each) for each in ("C2", "C3", "C4", "C5")),
    "mediaReleve": tuple((each, each) for each in ("CPL", "IP", "GSM")),
    "commune": (("75056", "PARIS"), ("13055", "MARSEILLE")),
}


def contredites(rejeu: Rejeu, campagne: Campagne, seed: int) -> list[Essai]:
    """Return all that is done to the answer of a run that is about to be called."""
    return list(_Fabrique(rejeu, campagne, seed).tout())


def _asked(case: Cas) -> Mapping[str, Any]:
    return dict(case.requete.get("demande", {}))  # type: ignore[arg-type]


class _Fabrique:
    def __init__(self, rejeu: Rejeu, campagne: Campagne, seed: int) -> None:
        self.cas, self.message = rejeu.cas, rejeu.message
        self.root = etree.fromstring(self.message.octets)
        self.body = self.root.find("{*}Body")[0]
        self.hasard = random.Random(f"{seed} {self.cas.cle} contredites")
        self.sorte = _asked(self.cas).get("mesuresTypeCode")
        self.jumeaux = [
            _asked(other)
            for other in rejeu.cas_de_la_release
            if other.prm == self.cas.prm and other.cle != self.cas.cle
            if other.cle in campagne.reponses and other.recevable
        ]

    def tout(self) -> Iterator[Essai]:
        if etree.QName(self.body).localname != "Fault":
            yield from self._manques()
            yield from self._sommes()
            yield from self._nomenclatures()
            yield from self._commandes()
            yield from self._bornes()

    def _essai(
        self, famille: str, quoi: str, temoin: str, change: Change, *elements: etree._Element
    ) -> Essai:
        paths = [self.root.getroottree().getelementpath(each) for each in elements]

        def falsify(message: Message) -> Message:
            root = etree.fromstring(message.octets)
            for each in [root.find(path) for path in paths]:
                change(each)
            return replace(message, octets=etree.tostring(root, encoding="UTF-8"))

        where = re.sub(r"\{[^}]*\}|\[\d+\]", "", paths[0]).partition("/")[2]
        return Essai(famille, where, quoi, falsify, temoin)

    def _changed(self, famille: str, leaf: etree._Element, value: object, temoin: str) -> Essai:
        quoi = f"« {leaf.text} » en « {value} »"
        return self._essai(famille, quoi, temoin, Text(str(value)), leaf)

    def _some(self, found: Sequence[Any], inner: int = 1) -> list[Any]:
        """The first, the last and some between."""
        if len(found) <= 2 + inner:
            return list(found)
        return [found[0], *self.hasard.sample(found[1:-1], inner), found[-1]]

    def _registers(self) -> list[etree._Element]:
        found = (*self.body.iter("classeTemporelle"), *self.body.iter("cadranTotalisateur"))
        return [each for each in found if each.find("valeur") is not None]

    # A point, a day or a register missing.

    def _manques(self) -> Iterator[Essai]:
        for block in self.body.iterfind("grandeur"):
            yield from self._missing_points([*block.iter("points"), *block.iter("mesure")])
        for each in self._registers():
            for value in self._some(each.findall("valeur"), 0):
                yield self._essai("manque", "un index", GUIDE, remove, value)
            yield self._essai("manque", "un cadran", GUIDE, remove, each)
        for context in self.body.iterfind("contexte"):
            days = sorted({each.findtext("d", "")[:10] for each in context.iter("valeur")})
            if len(days) > 1:
                yield self._missing_day(list(context.iter("valeur")), self.hasard.choice(days))
        for calendar in self.body.iter("calendrier"):
            if calendar.find("classeTemporelle") is not None:
                yield self._essai("manque", "un calendrier", GUIDE, remove, calendar)
        for serie in self.body.iter("serie"):
            rows = serie.findall("mesuresDatees/mesure")
            # The distributor's grid begins with the new chain, which isn't told.
            supplier = "GrilleFrn" in serie.getparent().tag
            ends = [rows[0], rows[-1]] if supplier or len(self.body) == 1 else rows[:1]
            for each in (*self.hasard.sample(rows[1:-1], min(2, len(rows) - 2)), *ends):
                yield self._essai("manque", "une consommation", REPONSE, remove, each)
            yield self._essai("manque", "une série", GUIDE, remove, serie)
        for grid in self.body:
            if "Grille" in grid.tag and len(self.body) > 1:
                yield self._essai("manque", "une grille", GUIDE, remove, grid)

    def _missing_points(self, points: list[etree._Element]) -> Iterator[Essai]:
        if len(points) < 2:
            return
        for each in self._some(points, 2):
            yield self._essai("manque", "un point", GUIDE, remove, each)
        days = sorted({each.findtext("d", "")[:10] for each in points})
        if len(days) < len(points):
            for day in self._some(days):
                yield self._missing_day(points, day)

    def _missing_day(self, points: list[etree._Element], day: str) -> Essai:
        gone = [each for each in reversed(points) if each.findtext("d", "").startswith(day)]
        return self._essai("manque", f"le {day}", GUIDE, remove, *gone)

    # A sum that is broken.

    def _sommes(self) -> Iterator[Essai]:
        again = any(each.get("mesuresTypeCode") == "INDEX" for each in self.jumeaux)
        for register in self._registers():
            values = [each.find("v") for each in register.iterfind("valeur")]
            for rank in {1, len(values) // 2} if len(values) > 3 else ():
                before, own, after = (int(values[rank + x].text) for x in (-1, 0, 1))
                other = (before + own) // 2 if own > before else (own + after) // 2
                if other != own:
                    temoin = REPONSE if self.cas.segment == "C5" or again else ADMINISTRATION
                    yield self._changed("somme", values[rank], other, temoin)
        for block in self.body.iterfind("grandeur"):
            points = [each for each in block if each.find("v") is not None]
            for point in self._some(points, 2):
                leaf = point.find("v")
                own, temoin = int(leaf.text), self._summed(block, point.findtext("d", "")[:10])
                if temoin:
                    yield self._changed("somme", leaf, own + max(own // 5, 40), temoin)
        for leaf in self._some(list(self.body.iterfind(".//mesuresDatees/mesure/valeur")), 3):
            if len(self.body) > 1:  # one grid has nothing to be held to
                own = int(leaf.text)
                yield self._changed("somme", leaf, own + max(own // 5, 40), REPONSE)

    def _summed(self, block: etree._Element, day: str) -> str:
        """Who has the sum of which a value is part, or the same value; empty where nobody has."""
        kinds = {"COURBE": ("ENERGIE", "COURBE"), "ENERGIE": ("COURBE", "INDEX")}
        if block.findtext("grandeurPhysique") not in ("PA", "EA", "PMA"):
            return ""
        for each in self.jumeaux:
            kind, debut, fin = (each.get(x) for x in ("mesuresTypeCode", "dateDebut", "dateFin"))
            # The indexes of a large point aren't those of midnight.
            exact = kind != "INDEX" or self.cas.segment == "C5"
            around = isinstance(debut, date) and str(debut) <= day < str(fin)
            if kind in kinds.get(self.sorte or "", ()) and exact and around:
                return REPONSE if each.get("grandeurPhysique") in ("PA", "EA") else ADMINISTRATION
        return ADMINISTRATION

    # A code or a label of another row.

    def _nomenclatures(self) -> Iterator[Essai]:
        seen: set[tuple[str, str]] = set()
        for element in self.body.iter():
            code, name = element.get("code"), str(etree.QName(element).localname)
            label = element.find("libelle")
            if code is None or (name, code) in seen or not (label is not None or len(element) == 0):
                continue
            seen.add((name, code))
            row = self._other_row(self._rows(element, name), code)
            if row and (label is not None or element.get("libelle")):
                quoi = f"{code} en {row[0]}"
                yield self._essai("nomenclature", quoi, LISTE, Attribute("code", row[0]), element)
            if row and label is not None:
                yield self._changed("nomenclature", label, row[1], LISTE)
            elif row and element.get("libelle"):
                change = Attribute("libelle", row[1])
                yield self._essai("nomenclature", f"libellé {row[1]}", LISTE, change, element)
        for name, liste in _CODES_NUS.items():
            for element in self._some(list(self.body.iter(name))):
                row = self._other_row(list(LISTES[liste].items()), (element.text or "").strip())
                if row:
                    yield self._changed("nomenclature", element, row[0], LISTE)
                    yield self._changed("nomenclature", element.getnext(), row[1], LISTE)

    def _other_row(self, rows: Sequence[tuple[str, str]], code: str) -> tuple[str, str] | None:
        own = dict(rows).get(code)
        others = [each for each in rows if each[0] != code and each[1] != own]
        return self.hasard.choice(others) if others else None

    def _rows(self, element: etree._Element, name: str) -> list[tuple[str, str]]:
        if name in ("fiche", "option"):
            made = (*COLLECTES, *ACCES_PUBLIES)
            rows = [(each.fiche, each.fiche_libelle) for each in made]
            if name == "option":
                rows = [(each.option or "", each.option_libelle or "") for each in made]
            return sorted({row for row in rows if all(row)})
        if name == "calibre":
            breaker = element.getparent().tag == "disjoncteur"
            return list(LISTES["disjoncteurCalibre"].items()) if breaker else []
        return [*LISTES.get(_LISTE_DE.get(name, name), {}).items(), *_ROWS.get(name, ())]

    # Another order than the one that was sent, or another point.

    def _commandes(self) -> Iterator[Essai]:
        leaves: dict[str, list[etree._Element]] = defaultdict(list)
        for element in self.body.iter():
            if len(element) == 0 and (element.text or "").strip():
                leaves[str(etree.QName(element).localname)].append(element)
        for name, found in leaves.items():
            for leaf in self._some(found):
                yield from self._other_value(name, leaf, (leaf.text or "").strip())
        rows = sorted({(each.fiche, each.fiche_libelle) for each in (*COLLECTES, *ACCES_PUBLIES)})
        for fiche in self.body.iter("fiche"):
            row = self._other_row(rows, fiche.get("code", ""))
            assert row is not None
            yield self._essai("commande", f"fiche {row[0]}", DEMANDE, renamed(*row), fiche)
        for option in self.body.iter("option"):
            first = option.get("code", "").endswith("1")
            row = (option.get("code", "")[:-1] + "12"[first], "" if first else "Transmission")
            yield self._essai("commande", f"option {row[0]}", DEMANDE, renamed(*row), option)

    def _other_value(self, name: str, leaf: etree._Element, own: str) -> Iterator[Essai]:
        lists = "ervicesAccesDonneesReponse" in self.body.tag or "Souscrits" in self.body.tag
        found = self.cas.service == "RecherchePoint" and name not in ("ligne6", "numeroEtNomVoie")
        sheet = self.cas.service.startswith("ConsultationDonnees")
        temoin = REPONSE if lists or sheet else ADMINISTRATION if found else DEMANDE
        if name == "soutirage":
            both = (leaf.getprevious(), leaf)
            yield self._essai("commande", "l'autre sens", DEMANDE, inverted, *both)
        elif name in ("mesuresCorrigees", "ticActivee") and own in ("true", "false"):
            yield self._essai("commande", "l'inverse", temoin, inverted, leaf)
        elif own in _AUTRES.get(name, ()):
            others = [each for each in _AUTRES[name] if each != own]
            yield self._changed("commande", leaf, self.hasard.choice(others), temoin)
        elif name in _COMPARABLES:
            yield self._changed("commande", leaf, like(own), temoin)

    # More than the point can.

    def _bornes(self) -> Iterator[Essai]:
        for block in self.body.iterfind("grandeur"):
            quantity = block.findtext("grandeurPhysique")
            temoin = {"PRI": ADMINISTRATION, "E": ""}.get(quantity or "", GUIDE)
            for point in self._some(list(block.iter("points", "mesure"))) if temoin else ():
                yield self._too_much(point.find("v"), 1000, temoin)
        for register in self._registers():
            values = register.findall("valeur")
            if len(values) > 1:
                yield self._too_much(values[-1].find("v"), 10, GUIDE)
        for path, times in _TROP.items():
            for leaf in self._some(list(self.body.iterfind(f".//{path}"))):
                yield self._too_much(leaf, times, GUIDE)

    def _too_much(self, leaf: etree._Element, times: int, temoin: str) -> Essai:
        return self._changed("borne", leaf, max(int(leaf.text), 1) * times, temoin)
