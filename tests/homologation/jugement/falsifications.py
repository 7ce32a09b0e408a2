"""Wrong answers, made of a right one by the contract and the catalogue: every family on every
element, attribute and facet.

What nobody fixes (an optional element, a label without a list, a value that was measured) is no
falsification. It is left out before anything is played, with the reason, by what the contract, the
guides and the catalogue say (`LIBRES`); never by what the judge sees. A value that another answer
of the campaign tells too is fixed.
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
from textes import INSTANT, broken, like

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


LIBRES = {
    r"absence : .*erreur/info\w+(/\w+)*, l'élément": "une faute rappelle ce qu'elle veut",
    r"absence : .*mesure/(declencheur|statut), l'él": "GUI 0455 §4.3 : facultatif",
    r"absence : .*(date\w+Puissance\w+|date\w+Acheminement|mediaReleve), l'él": (
        "réservée, qu'une seule réponse rend"
    ),
    r"(absence|troncature) : .*(structureTarifaire|denivele\w+|parametresTeleAcces)/": (
        "réservée, qu'une seule réponse rend"
    ),
    r"(absence|troncature) : .*/parametresTeleAcces, ": "réservée, qu'une seule réponse rend",
    r"(absence|troncature|échange) : .*/ligne[234], ": "l'adresse d'un point que nul n'a fixé",
    r"(absence|doublon|troncature) : rech.*/matricule, ": "un compteur que nul n'a fixé",
    r"absence : rech.*/(typeComptage|nomClient\w+), l'él": "facultatif",
    r"absence : rech.*points/point, l'él": "un parmi d'autres, dont le nombre est libre",
    r"absence : .*/serie/calendrier, l'él": "la grille du fournisseur en a, ou non",
    r"absence : .*points/(iv|ec), l'él": "GUI 0497 p. 16 : facultatif",
    r"absence : .*ResponseV3/contexte, l'él": "un parmi d'autres, dont le nombre est libre",
    r"absence : .*/contratLibelle, l'él": "que nul ne publie",
    r"décalage : .*, d'une heure, un maximum": "l'heure d'un maximum est mesurée",
    r"échange : .*/dateDerniere": "deux dates réservées, qu'une seule réponse rend",
    r"troncature : .*(affaireId|demandeId), «": "le contrat admet de quatre à huit caractères",
    r"troncature : .*(motifFinLibelle|contratLibelle|serviceSouscritLibelle), «": (
        "texte que nul ne publie"
    ),
    r"troncature : .*nomClient\w+, «": "un nom que nul n'a fixé",
    r"troncature : .*(points/v|mesure/v|mesure/valeur), «": (
        "mesuré, et peut-être dit nulle part ailleurs"
    ),
    r"doublon : .*denivelePuissances/classesTemporelles/classeT": "réservée, qu'une réponse rend",
    r"ordre : .*(affaires|V3|grandeur|calendrier|points|servicesSou\w+), .* à rebours": (
        "répétés sans ordre dit"
    ),
    r"autre réponse : Commande(Historique|Informations).*, acceptée": (
        "rien n'y dit à quelle demande elle répond"
    ),
}
"""What no document fixes, by family, place and change, and why."""


@dataclass(frozen=True)
class Essai:
    """A falsification to be played: what it is, and what it makes of the answer.

    `temoin` is who contradicts it, where its family says so.
    """

    famille: str
    ou: str
    quoi: str
    falsifie: Falsification
    temoin: str = ""


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
        for essai in self._made():
            name = f"{essai.famille} : {essai.ou}, {essai.quoi}"
            why = next((why for shape, why in LIBRES.items() if re.match(shape, name)), None)
            yield essai if why is None else Libre(essai.famille, essai.ou, why)

    def _made(self) -> Iterator[Essai]:
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

    # The families.

    def _absences(self, noeud: Noeud) -> Iterator[Essai]:
        for name in noeud.forme.attributs:
            if name in noeud.element.attrib:
                yield self._essai("absence", noeud, f"@{name}", Without(name))
        if noeud.feuille and noeud.texte:
            yield self._essai("absence", noeud, "sa valeur", Value("", ""))
        for name in noeud.forme.attributs:
            if noeud.element.get(name):
                yield self._essai("absence", noeud, f"valeur de @{name}", Value(name, ""))
        if noeud.chemin != "Fault":
            yield self._essai("absence", noeud, "l'élément", remove)

    def _doublons(self, noeud: Noeud) -> Iterator[Essai]:
        if noeud.chemin == "Fault":
            return
        yield self._essai("doublon", noeud, "deux fois", twice)

    def _echanges(self, noeud: Noeud) -> Iterator[Essai]:
        """The value of a leaf and that of the next one."""
        following = noeud.element.getnext()
        if not noeud.feuille or following is None or len(following) or noeud.parent is None:
            return
        other = noeud.parent.forme.enfants.get(str(following.tag))
        if other is None or other.valeur is None or not (following.text or "").strip():
            return
        if following.text == noeud.element.text:
            return
        yield self._essai("échange", noeud, f"avec {following.tag}", swap)

    def _decalages(self, noeud: Noeud) -> Iterator[Essai]:
        if not noeud.feuille or INSTANT.fullmatch(noeud.texte) is None:
            return
        if noeud.chemin.rpartition("/")[2] == "d" or noeud.parent is None:
            quoi = "d'une heure, un maximum" if "PMAX" in self.echos else "d'une heure"
            yield self._essai("décalage", noeud, quoi, Shift(timedelta(hours=1)))
            yield self._essai("décalage", noeud, "de dix ans", Shift(timedelta(days=3652)))
            yield Essai(
                "décalage", noeud.chemin, "tous, d'un mois", all_shifted(noeud.forme.nom, 31)
            )
        else:
            yield self._essai("décalage", noeud, "de dix ans", Shift(timedelta(days=3652)))

    def _fuites(self, noeud: Noeud) -> Iterator[Essai]:
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

    def _types(self, noeud: Noeud) -> Iterator[Essai]:
        values = [(name, each.valeur) for name, each in noeud.forme.attributs.items()]
        values = [(name, valeur) for name, valeur in values if name in noeud.element.attrib]
        if noeud.feuille and noeud.forme.valeur is not None:
            values.append(("", noeud.forme.valeur))
        elif not noeud.feuille and len(noeud.element):
            yield self._essai("type", noeud, "un texte dans une structure", Text("trop"))
        for name, valeur in values:
            wrong = _WRONG_TYPE.get(valeur.base)
            if wrong is not None:
                yield self._essai("type", noeud, f"{name} « {wrong} »", Value(name, wrong))
            elif noeud.feuille and not name:
                yield self._essai("type", noeud, "une structure dans un texte", nested)
            for facet, wrong in broken(valeur):
                if wrong is not None:
                    yield self._essai("facette", noeud, f"{name} {facet}", Value(name, wrong))

    def _ordres(self, noeud: Noeud) -> Iterator[Essai]:
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
            yield self._essai("ordre", noeud, f"{name} à rebours", Reversed(name))

    def _troncatures(self, noeud: Noeud) -> Iterator[Essai]:
        if noeud.feuille:
            half = noeud.texte[: len(noeud.texte) // 2]
            if half:
                yield self._essai("troncature", noeud, f"« {half} »", Value("", half))
            return
        needed = [each for each in noeud.forme.enfants.values() if each.minimum > 0]
        if len(noeud.element) < 2 and not needed:
            return  # what is left of it is its absence
        yield self._essai("troncature", noeud, "vidé", emptied)
        for name in dict.fromkeys(str(each.tag) for each in noeud.element):
            if name in _SERIES and len(noeud.element.findall(name)) > 1:
                yield self._essai("troncature", noeud, f"la moitié des {name}", Half(name))

    def _espaces(self, noeud: Noeud) -> Iterator[Essai]:
        yield self._essai("espace de noms", noeud, "un autre", namespaced)

    def _substitutions(self, noeud: Noeud) -> Iterator[Essai]:
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
        label = noeud.chemin.endswith("resultat") or noeud.chemin == "faultstring"
        if label or noeud.chemin == "faultcode" or self._is_fixed(noeud):
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

    def _du_message(self) -> Iterator[Essai]:
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

    def _d_un_autre(self) -> Iterator[Essai]:
        """The answer of another run of the service."""
        for cle, other in self.autres:
            if other.octets != self.message.octets:
                accepted = not self.faute and other.statut == self.message.statut
                where = f"{self.cas.service}, {cle}"
                quoi = "sa réponse, acceptée" if accepted else "sa réponse"
                yield Essai("autre réponse", where, quoi, Other(other))
