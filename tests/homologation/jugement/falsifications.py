"""Wrong answers, made of a right one by the contract and the catalogue: every family on every
element, attribute and facet.

What nobody fixes (an optional element, a label without a list, a value that was measured) is no
falsification. It is left out before anything is played, with the reason, by what the contract, the
request and the case of the catalogue say; never by what the judge sees.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from campagne_rejouee import Falsification, Message
from changements import (
    SOAP,
    Attribute,
    Change,
    Cut,
    Earlier,
    Half,
    Insert,
    Other,
    Reversed,
    Shift,
    Soap12,
    Status,
    Text,
    Type,
    Value,
    Without,
    all_shifted,
    doubled_message,
    emptied,
    namespaced,
    nested,
    remove,
    swap,
    twice,
    without_body,
)
from formes_du_contrat import Forme, Valeur, formes
from lxml import etree
from textes import INSTANT, admits, broken, like, look

from sge_sim.homologation.catalogue.cases import Cas

FAMILLES = (
    *("absence", "doublon", "échange", "décalage", "fuite", "type", "facette", "ordre"),
    *("troncature", "statut", "en-tête", "espace de noms", "substitution", "autre réponse"),
)
_WRONG_TYPE = {
    "integer": "douze",
    "int": "douze",
    "positiveInteger": "douze",
    "decimal": "douze",
    "boolean": "peut-être",
    "date": "hier",
    "dateTime": "hier",
    "time": "midi",
}
_PERSONAL = ("nomClientFinalOuDenominationSociale", "ligne1", "calendrierFrn")
_SERIES = frozenset({"mesure", "points", "valeur"})
"""What a period has one of at each step, day or month: the case says how many (its `compte`, or
its `dateDebut` and `dateFin`)."""


@dataclass(frozen=True)
class Essai:
    """A falsification to be played: what it is, and what it makes of the answer."""

    famille: str
    ou: str
    quoi: str
    falsifie: Falsification


@dataclass(frozen=True)
class Libre:
    """What nothing fixes, and why: it isn't played."""

    famille: str
    ou: str
    raison: str


@dataclass(frozen=True)
class Noeud:
    """An element of an answer: where it stands, by the ranks of its ancestors, and its shape."""

    rangs: tuple[int, ...]
    chemin: str
    forme: Forme
    parent: "Noeud | None"
    element: etree._Element = field(compare=False)

    @property
    def texte(self) -> str:
        return (self.element.text or "").strip()

    @property
    def feuille(self) -> bool:
        return len(self.element) == 0 and self.forme.valeur is not None


def essais(
    cas: Cas, message: Message, requete: bytes, seed: int, autres: Sequence[tuple[str, Message]]
) -> list[Essai | Libre]:
    """Return all that is done to the answer of a case, and what is left out.

    `requete` is the message that was sent; `autres` are the answers of other runs of the service.
    """
    return list(_Fabrique(cas, message, requete, seed, autres).tout())


class _Fabrique:
    def __init__(
        self,
        cas: Cas,
        message: Message,
        requete: bytes,
        seed: int,
        autres: Sequence[tuple[str, Message]],
    ) -> None:
        self.cas, self.message, self.autres = cas, message, autres
        self.root = etree.fromstring(message.octets)
        self.formes = formes(f"/{cas.service}/v{cas.version}")
        self.echos = {
            (each.text or "").strip() for each in etree.fromstring(requete).iter() if not len(each)
        } - {"", "true", "false"}
        self.texts = [(each.text or "").strip() for each in self.root.iter()]
        self.hasard = random.Random(f"{seed} {cas.cle}")
        self.faute = self.root.find(f".//{SOAP}Fault") is not None
        self.fixes = {
            tuple(name for name in each.chemin.noms)
            for each in cas.attendu.assertions
            if each.operation in ("present", "egal") or each.minimum
        }
        self.noeuds = self._one_each()

    def tout(self) -> Iterator[Essai | Libre]:
        for noeud in self.noeuds:
            yield from self._absences(noeud)
            yield from self._doublons(noeud)
            yield from self._echanges(noeud)
            yield from self._decalages(noeud)
            yield from self._fuites(noeud)
            yield from self._types(noeud)
            yield from self._ordres(noeud)
            yield from self._troncatures(noeud)
            yield from self._espaces(noeud)
            yield from self._substitutions(noeud)
        yield from self._du_message()
        yield from self._d_un_autre()

    # The elements: those of the contract, one of each path.

    def _one_each(self) -> list[Noeud]:
        found: dict[str, list[Noeud]] = {}
        for noeud in self._walk():
            found.setdefault(noeud.chemin, []).append(noeud)
        return [self.hasard.choice(each) for each in found.values()]

    def _walk(self) -> Iterator[Noeud]:
        for element in self.root.iter():
            forme = self.formes.get(element.tag)
            if forme is not None:
                yield from self._below(element, forme, None, str(etree.QName(element).localname))
            elif element.tag in (f"{SOAP}Fault", "faultcode", "faultstring", "detail"):
                name = str(etree.QName(element).localname)
                text = None if len(element) else Valeur("fault")
                yield Noeud(self._ranks(element), name, Forme(name, valeur=text), None, element)

    def _below(
        self, element: etree._Element, forme: Forme, parent: Noeud | None, path: str
    ) -> Iterator[Noeud]:
        noeud = Noeud(self._ranks(element), path, forme, parent, element)
        yield noeud
        for child in element:
            below = forme.enfants.get(str(child.tag))
            assert below is not None, (path, child.tag)
            yield from self._below(child, below, noeud, f"{path}/{child.tag}")

    def _ranks(self, element: etree._Element) -> tuple[int, ...]:
        ranks: list[int] = []
        while (parent := element.getparent()) is not None:
            ranks.insert(0, parent.index(element))
            element = parent
        return tuple(ranks)

    # How a falsification is made.

    def _on(self, noeud: Noeud, change: Change) -> Falsification:
        def falsify(message: Message) -> Message:
            root = etree.fromstring(message.octets)
            element = root
            for rank in noeud.rangs:
                element = element[rank]
            change(element)
            return replace(message, octets=etree.tostring(root, encoding="UTF-8"))

        return falsify

    def _essai(self, famille: str, noeud: Noeud, quoi: str, change: Change) -> Essai:
        return Essai(famille, noeud.chemin, quoi, self._on(noeud, change))

    def _asserted(self, noeud: Noeud, attribute: str = "") -> bool:
        """Whether the case asserts something at the element, or below it."""
        names = tuple(noeud.chemin.split("/")[1:]) + ((f"@{attribute}",) if attribute else ())
        return any(each[: len(names)] == names for each in self.fixes)

    def _alone(self, noeud: Noeud) -> bool:
        same = [each for each in noeud.element.getparent() if each.tag == noeud.element.tag]
        return len(same) == 1

    # The families.

    def _absences(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        forme = noeud.forme
        for name, attribut in forme.attributs.items():
            if name in noeud.element.attrib:
                if attribut.obligatoire or self._asserted(noeud, name):
                    yield self._essai("absence", noeud, f"@{name}", Without(name))
                else:
                    yield Libre("absence", f"{noeud.chemin}/@{name}", "attribut facultatif")
        yield from self._without_value(noeud)
        asserted = self._asserted(noeud) and self._alone(noeud)
        repeated = "acquittement" in noeud.chemin and noeud.texte in self.echos
        series = forme.nom in _SERIES and forme.repetable
        needed = forme.minimum > 0 and not forme.repetable and noeud.parent is not None
        whole = noeud.parent is None and noeud.chemin != "Fault"
        if whole or asserted or repeated or series or needed:
            yield self._essai("absence", noeud, "l'élément", remove)
        elif forme.minimum > 0 and self._alone(noeud):
            yield self._essai("absence", noeud, "le seul", remove)
        elif forme.repetable and not self._alone(noeud):
            yield Libre("absence", noeud.chemin, "un parmi d'autres, dont le nombre est libre")
        elif noeud.chemin != "Fault":
            yield Libre("absence", noeud.chemin, "élément facultatif")

    def _without_value(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        """An element or an attribute that is there, and says nothing."""
        if noeud.feuille and noeud.texte:
            valeur = noeud.forme.valeur
            assert valeur is not None
            dated = INSTANT.fullmatch(noeud.texte) is not None
            fixed = valeur.base == "fault" or dated or self._is_fixed(noeud)
            if fixed or not admits(valeur, ""):
                yield self._essai("absence", noeud, "sa valeur", Value("", ""))
            else:
                yield Libre("absence", noeud.chemin, "le contrat l'admet vide")
        for name, attribut in noeud.forme.attributs.items():
            if noeud.element.get(name) and not admits(attribut.valeur, ""):
                yield self._essai("absence", noeud, f"valeur de @{name}", Value(name, ""))

    def _doublons(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        if noeud.chemin == "Fault":
            return
        identified = any(
            name.endswith("Id") or name in ("id", "d", "dateDebut")
            for name in (*(each.tag for each in noeud.element), *noeud.element.attrib)
        )
        if noeud.forme.repetable and not identified:
            yield Libre("doublon", noeud.chemin, "répétable, sans rien qui l'identifie")
        else:
            yield self._essai("doublon", noeud, "deux fois", twice)

    def _echanges(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        """The value of a leaf and that of the next one."""
        following = noeud.element.getnext()
        if not noeud.feuille or following is None or len(following) or noeud.parent is None:
            return
        other = noeud.parent.forme.enfants.get(str(following.tag))
        if other is None or other.valeur is None or not (following.text or "").strip():
            return
        if following.text == noeud.element.text:
            return
        assert noeud.forme.valeur is not None
        mine, its = noeud.forme.valeur, other.valeur
        same = admits(its, noeud.texte) and admits(mine, (following.text or "").strip())
        same = same and look(noeud.texte) == look((following.text or "").strip())
        fixed = self._is_fixed(noeud) or (following.text or "").strip() in self.echos
        if same and not fixed:
            yield Libre("échange", noeud.chemin, f"le contrat admet l'un et l'autre ({mine.base})")
        else:
            yield self._essai("échange", noeud, f"avec {following.tag}", swap)

    def _decalages(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        if not noeud.feuille or INSTANT.fullmatch(noeud.texte) is None:
            return
        if noeud.chemin.rpartition("/")[2] == "d" or noeud.parent is None:
            if "PMAX" in self.echos:
                yield Libre("décalage", noeud.chemin, "l'heure d'un maximum est mesurée")
            else:
                yield self._essai("décalage", noeud, "d'une heure", Shift(timedelta(hours=1)))
            yield self._essai("décalage", noeud, "de dix ans", Shift(timedelta(days=3652)))
            yield Essai(
                "décalage", noeud.chemin, "tous, d'un mois", all_shifted(noeud.forme.nom, 31)
            )
        else:
            yield self._essai("décalage", noeud, "de dix ans", Shift(timedelta(days=3652)))

    def _fuites(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        forme = noeud.forme
        if noeud.chemin in ("Fault", "faultcode", "faultstring", "detail"):
            return
        yield self._essai("fuite", noeud, "un attribut", Attribute("nomClient", "DURAND"))
        if not noeud.feuille:
            yield self._essai("fuite", noeud, "nomClient", Insert("nomClient", "DURAND", None))
        for name, below in forme.enfants.items():
            absent = noeud.element.find(name) is None
            names = (*noeud.chemin.split("/")[1:], name)
            forbidden = any(
                each.operation == "absent" and each.chemin.noms == names
                for each in self.cas.attendu.assertions
            )
            if absent and (name in _PERSONAL or forbidden):
                before = list(forme.enfants)[: list(forme.enfants).index(name)]
                yield self._essai("fuite", noeud, name, Insert(name, "", (below, before)))

    def _types(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        values = [(name, each.valeur) for name, each in noeud.forme.attributs.items()]
        values = [(name, valeur) for name, valeur in values if name in noeud.element.attrib]
        if noeud.feuille and noeud.forme.valeur is not None:
            values.append(("", noeud.forme.valeur))
        elif not noeud.feuille and len(noeud.element):
            yield self._essai("type", noeud, "un texte dans une structure", Text("trop"))
        for name, valeur in values:
            where = f"{noeud.chemin}/@{name}" if name else noeud.chemin
            wrong = _WRONG_TYPE.get(valeur.base)
            if wrong is not None:
                yield self._essai("type", noeud, f"{name} « {wrong} »", Value(name, wrong))
            elif noeud.feuille and not name:
                yield self._essai("type", noeud, "une structure dans un texte", nested)
            for facet, wrong in broken(valeur):
                if wrong is None:
                    yield Libre("facette", where, f"{facet} : rien n'y contrevient")
                else:
                    yield self._essai("facette", noeud, f"{name} {facet}", Value(name, wrong))

    def _ordres(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        names = [str(each.tag) for each in noeud.element]
        if noeud.chemin in ("Fault", "detail"):
            return
        for rank, name in enumerate(dict.fromkeys(names)):
            if rank:
                place = names.index(name)
                if names[place - 1] != name:
                    yield self._essai("ordre", noeud, f"{name} avant", Earlier(place))
        for name in dict.fromkeys(names):
            if names.count(name) < 2:
                continue
            dated = name in _SERIES
            if dated:
                yield self._essai("ordre", noeud, f"{name} à rebours", Reversed(name))
            else:
                yield Libre("ordre", f"{noeud.chemin}/{name}", "répétés sans ordre dit")

    def _troncatures(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        if noeud.feuille:
            half = noeud.texte[: len(noeud.texte) // 2]
            valeur = noeud.forme.valeur
            assert valeur is not None
            dated = INSTANT.fullmatch(noeud.texte) is not None
            fixed = valeur.base == "fault" or dated or self._is_fixed(noeud)
            if fixed or not admits(valeur, half):
                yield self._essai("troncature", noeud, f"« {half} »", Value("", half))
            elif half:
                yield Libre("troncature", noeud.chemin, "texte ou nombre que rien ne fixe")
            return
        needed = [each for each in noeud.forme.enfants.values() if each.minimum > 0]
        if len(noeud.element) < 2 and not needed:
            return  # what is left of it is its absence
        if needed or self._asserted(noeud) or noeud.chemin in ("Fault", "detail"):
            yield self._essai("troncature", noeud, "vidé", emptied)
        else:
            yield Libre("troncature", noeud.chemin, "tout y est facultatif")
        for name in dict.fromkeys(str(each.tag) for each in noeud.element):
            if name in _SERIES and len(noeud.element.findall(name)) > 1:
                yield self._essai("troncature", noeud, f"la moitié des {name}", Half(name))

    def _espaces(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        yield self._essai("espace de noms", noeud, "un autre", namespaced)

    def _substitutions(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        """Another value of the same shape, where the request, the case or the code fixes it."""
        for name in noeud.forme.attributs:
            value = noeud.element.get(name)
            if value is None:
                continue
            fixed = self._asserted(noeud, name) or value in self.echos
            if fixed or noeud.chemin.endswith("resultat"):
                yield self._essai("substitution", noeud, f"@{name}", Value(name, like(value)))
        if not noeud.feuille or not noeud.texte:
            return
        certain = self.cas.attendu.libelle_certain
        label = noeud.chemin.endswith("resultat") or noeud.chemin == "faultstring"
        if label and not certain:
            yield Libre("substitution", noeud.chemin, "libellé que le catalogue dit supposé")
        elif label or noeud.chemin == "faultcode" or self._is_fixed(noeud):
            other = like(noeud.texte)
            yield self._essai("substitution", noeud, f"« {other} »", Value("", other))

    def _is_fixed(self, noeud: Noeud) -> bool:
        """Whether the request or the case tells the value of a leaf."""
        head = noeud.chemin.endswith("acquittement/resultat")
        echoed = noeud.texte in self.echos and len(noeud.texte) > 1
        measured = noeud.chemin.rpartition("/")[2] in ("v", "valeur")
        repeated = noeud.forme.nom == "affaireId" and self.texts.count(noeud.texte) > 1
        return head or repeated or (echoed and not measured) or self._asserted_value(noeud)

    def _asserted_value(self, noeud: Noeud) -> bool:
        names = tuple(noeud.chemin.split("/")[1:])
        return any(
            each.chemin.noms == names and each.operation in ("egal", "parmi")
            for each in self.cas.attendu.assertions
        )

    def _du_message(self) -> Iterator[Essai | Libre]:
        statuts = (200, 202, 400, 404, 503) if self.faute else (202, 302, 404, 500, 503)
        for statut in statuts:
            yield Essai("statut", "HTTP", str(statut), Status(statut))
        for kind in ("text/html", "application/json", "text/plain", "application/soap+xml", None):
            yield Essai("en-tête", "Content-Type", str(kind), Type(kind))
        yield Essai("en-tête", "Content-Type", "latin-1", Type("text/xml; charset=iso-8859-1"))
        for share in (0.0, 0.25, 0.5, 0.99):
            yield Essai("troncature", "message", f"{share:.0%}", Cut(share))
        for tag in ("Envelope", "Body"):
            yield Essai("espace de noms", tag, "SOAP 1.2", Soap12(tag))
        yield Essai("absence", "Body", "le corps", without_body)
        yield Essai("doublon", "Body", "le message", doubled_message)

    def _d_un_autre(self) -> Iterator[Essai | Libre]:
        """The answer of another run of the service, where the contract lets one tell them apart."""
        mine = self.message.octets
        points = re.compile(rb"\d{14}")
        for cle, other in self.autres:
            kind = other.statut != self.message.statut
            other_points = set(points.findall(mine)) != set(points.findall(other.octets))
            codes = [re.findall(rb'code="(SGT\w+)"', each) for each in (mine, other.octets)]
            if other.octets == mine:
                continue
            if kind or other_points or codes[0] != codes[1]:
                yield Essai("autre réponse", cle, "sa réponse", Other(other))
            else:
                yield Libre("autre réponse", cle, "rien n'y dit à quelle demande elle répond")
