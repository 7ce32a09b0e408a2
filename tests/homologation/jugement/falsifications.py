"""Wrong answers, made of a right one by the contract and the catalogue: every family on every
element, attribute and facet.

What nobody fixes (an optional element, a label without a list, a value that was measured) is no
falsification. It is left out before anything is played, with the reason, by what the contract, the
request and the case of the catalogue say; never by what the judge sees.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from campagne_rejouee import Falsification, Message
from formes import Forme, Valeur, formes
from lxml import etree

from sge_sim.homologation.catalogue.cases import Cas

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
FAMILLES = (
    *("absence", "doublon", "échange", "décalage", "fuite", "type", "facette", "ordre"),
    *("troncature", "statut", "en-tête", "espace de noms", "substitution", "autre réponse"),
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d.*)?")
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
_INTS = "0123456789"


_Change = Callable[[etree._Element], None]


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

    def _on(self, noeud: Noeud, change: _Change) -> Falsification:
        def falsify(message: Message) -> Message:
            root = etree.fromstring(message.octets)
            element = root
            for rank in noeud.rangs:
                element = element[rank]
            change(element)
            return replace(message, octets=etree.tostring(root, encoding="UTF-8"))

        return falsify

    def _essai(self, famille: str, noeud: Noeud, quoi: str, change: _Change) -> Essai:
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
                    yield self._essai("absence", noeud, f"@{name}", _Without(name))
                else:
                    yield Libre("absence", f"{noeud.chemin}/@{name}", "attribut facultatif")
        asserted = self._asserted(noeud) and self._alone(noeud)
        series = forme.nom in _SERIES and forme.repetable
        needed = forme.minimum > 0 and not forme.repetable and noeud.parent is not None
        whole = noeud.parent is None and noeud.chemin != "Fault"
        if whole or asserted or series or needed:
            yield self._essai("absence", noeud, "l'élément", _remove)
        elif forme.minimum > 0 and self._alone(noeud):
            yield self._essai("absence", noeud, "le seul", _remove)
        elif forme.repetable and not self._alone(noeud):
            yield Libre("absence", noeud.chemin, "un parmi d'autres, dont le nombre est libre")
        elif noeud.chemin != "Fault":
            yield Libre("absence", noeud.chemin, "élément facultatif")

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
            yield self._essai("doublon", noeud, "deux fois", _twice)

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
        same = _admits(its, noeud.texte) and _admits(mine, (following.text or "").strip())
        fixed = self._is_fixed(noeud) or (following.text or "").strip() in self.echos
        if same and not fixed:
            yield Libre("échange", noeud.chemin, f"le contrat admet l'un et l'autre ({mine.base})")
        else:
            yield self._essai("échange", noeud, f"avec {following.tag}", _swap)

    def _decalages(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        if not noeud.feuille or _INSTANT.fullmatch(noeud.texte) is None:
            return
        if noeud.chemin.rpartition("/")[2] == "d" or noeud.parent is None:
            yield self._essai("décalage", noeud, "d'une heure", _Shift(timedelta(hours=1)))
            yield self._essai("décalage", noeud, "de dix ans", _Shift(timedelta(days=3652)))
            yield Essai("décalage", noeud.chemin, "tous, d'un mois", _all_shifted(noeud, 31))
        else:
            yield self._essai("décalage", noeud, "de dix ans", _Shift(timedelta(days=3652)))

    def _fuites(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        forme = noeud.forme
        if noeud.chemin in ("Fault", "faultcode", "faultstring", "detail"):
            return
        yield self._essai("fuite", noeud, "un attribut", _Attribute("nomClient", "DURAND"))
        if not noeud.feuille:
            yield self._essai("fuite", noeud, "nomClient", _Insert("nomClient", "DURAND", None))
        for name, below in forme.enfants.items():
            absent = noeud.element.find(name) is None
            told = (*noeud.chemin.split("/")[1:], name)
            forbidden = any(
                each.operation == "absent" and each.chemin.noms == told
                for each in self.cas.attendu.assertions
            )
            if absent and (name in _PERSONAL or forbidden):
                before = list(forme.enfants)[: list(forme.enfants).index(name)]
                yield self._essai("fuite", noeud, name, _Insert(name, "", (below, before)))

    def _types(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        values = [(name, each.valeur) for name, each in noeud.forme.attributs.items()]
        values = [(name, valeur) for name, valeur in values if name in noeud.element.attrib]
        if noeud.feuille and noeud.forme.valeur is not None:
            values.append(("", noeud.forme.valeur))
        elif not noeud.feuille and len(noeud.element):
            yield self._essai("type", noeud, "un texte dans une structure", _Text("trop"))
        for name, valeur in values:
            where = f"{noeud.chemin}/@{name}" if name else noeud.chemin
            wrong = _WRONG_TYPE.get(valeur.base)
            if wrong is not None:
                yield self._essai("type", noeud, f"{name} « {wrong} »", _Value(name, wrong))
            elif noeud.feuille and not name:
                yield self._essai("type", noeud, "une structure dans un texte", _nested)
            for told, broken in _broken(valeur):
                if broken is None:
                    yield Libre("facette", where, f"{told} : rien n'y contrevient")
                else:
                    yield self._essai("facette", noeud, f"{name} {told}", _Value(name, broken))

    def _ordres(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        names = [str(each.tag) for each in noeud.element]
        if noeud.chemin in ("Fault", "detail"):
            return
        for rank, name in enumerate(dict.fromkeys(names)):
            if rank:
                place = names.index(name)
                if names[place - 1] != name:
                    yield self._essai("ordre", noeud, f"{name} avant", _Earlier(place))
        for name in dict.fromkeys(names):
            if names.count(name) < 2:
                continue
            dated = name in _SERIES
            if dated:
                yield self._essai("ordre", noeud, f"{name} à rebours", _Reversed(name))
            else:
                yield Libre("ordre", f"{noeud.chemin}/{name}", "répétés sans ordre dit")

    def _troncatures(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        if noeud.feuille:
            half = noeud.texte[: len(noeud.texte) // 2]
            valeur = noeud.forme.valeur
            assert valeur is not None
            if valeur.base == "fault" or self._is_fixed(noeud) or not _admits(valeur, half):
                yield self._essai("troncature", noeud, f"« {half} »", _Value("", half))
            elif half:
                yield Libre("troncature", noeud.chemin, "texte ou nombre que rien ne fixe")
            return
        needed = [each for each in noeud.forme.enfants.values() if each.minimum > 0]
        if len(noeud.element) == 0:
            return
        if needed or self._asserted(noeud) or noeud.chemin in ("Fault", "detail"):
            yield self._essai("troncature", noeud, "vidé", _emptied)
        else:
            yield Libre("troncature", noeud.chemin, "tout y est facultatif")
        for name in dict.fromkeys(str(each.tag) for each in noeud.element):
            if name in _SERIES and len(noeud.element.findall(name)) > 1:
                yield self._essai("troncature", noeud, f"la moitié des {name}", _Half(name))

    def _espaces(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        yield self._essai("espace de noms", noeud, "un autre", _namespaced)

    def _substitutions(self, noeud: Noeud) -> Iterator[Essai | Libre]:
        """Another value of the same shape, where the request, the case or the code fixes it."""
        for name in noeud.forme.attributs:
            value = noeud.element.get(name)
            if value is None:
                continue
            fixed = self._asserted(noeud, name) or value in self.echos
            if fixed or noeud.chemin.endswith("resultat"):
                yield self._essai("substitution", noeud, f"@{name}", _Value(name, _like(value)))
        if not noeud.feuille or not noeud.texte:
            return
        certain = self.cas.attendu.libelle_certain
        label = noeud.chemin.endswith("resultat") or noeud.chemin == "faultstring"
        if label and not certain:
            yield Libre("substitution", noeud.chemin, "libellé que le catalogue dit supposé")
        elif label or noeud.chemin == "faultcode" or self._is_fixed(noeud):
            other = _like(noeud.texte)
            yield self._essai("substitution", noeud, f"« {other} »", _Value("", other))

    def _is_fixed(self, noeud: Noeud) -> bool:
        """Whether the request or the case tells the value of a leaf."""
        head = noeud.chemin.endswith("acquittement/resultat")
        told = noeud.texte in self.echos and len(noeud.texte) > 1
        measured = noeud.chemin.rpartition("/")[2] in ("v", "valeur")
        return head or (told and not measured) or self._asserted_value(noeud)

    def _asserted_value(self, noeud: Noeud) -> bool:
        names = tuple(noeud.chemin.split("/")[1:])
        return any(
            each.chemin.noms == names and each.operation in ("egal", "parmi")
            for each in self.cas.attendu.assertions
        )

    def _du_message(self) -> Iterator[Essai | Libre]:
        statuts = (200, 202, 400, 404, 503) if self.faute else (202, 302, 404, 500, 503)
        for statut in statuts:
            yield Essai("statut", "HTTP", str(statut), _Status(statut))
        for told in ("text/html", "application/json", "text/plain", "application/soap+xml", None):
            yield Essai("en-tête", "Content-Type", str(told), _Type(told))
        yield Essai("en-tête", "Content-Type", "latin-1", _Type("text/xml; charset=iso-8859-1"))
        for share in (0.0, 0.25, 0.5, 0.99):
            yield Essai("troncature", "message", f"{share:.0%}", _Cut(share))
        for tag in ("Envelope", "Body"):
            yield Essai("espace de noms", tag, "SOAP 1.2", _Soap12(tag))
        yield Essai("absence", "Body", "le corps", _without_body)
        yield Essai("doublon", "Body", "le message", _doubled_message)

    def _d_un_autre(self) -> Iterator[Essai | Libre]:
        """The answer of another run of the service, where the contract lets one tell them apart."""
        mine = self.message.octets
        points = re.compile(rb"\d{14}")
        for cle, other in self.autres:
            kind = other.statut != self.message.statut
            told = set(points.findall(mine)) != set(points.findall(other.octets))
            codes = [re.findall(rb'code="(SGT\w+)"', each) for each in (mine, other.octets)]
            if other.octets == mine:
                continue
            if kind or told or codes[0] != codes[1]:
                yield Essai("autre réponse", cle, "sa réponse", _Other(other))
            else:
                yield Libre("autre réponse", cle, "rien n'y dit à quelle demande elle répond")


# What is done to an element.


@dataclass(frozen=True)
class _Without:
    name: str

    def __call__(self, element: etree._Element) -> None:
        del element.attrib[self.name]


@dataclass(frozen=True)
class _Value:
    name: str
    value: str

    def __call__(self, element: etree._Element) -> None:
        if self.name:
            element.set(self.name, self.value)
        else:
            element.text = self.value


@dataclass(frozen=True)
class _Attribute:
    name: str
    value: str

    def __call__(self, element: etree._Element) -> None:
        element.set(self.name, self.value)


@dataclass(frozen=True)
class _Text:
    value: str

    def __call__(self, element: etree._Element) -> None:
        element.text = self.value


@dataclass(frozen=True)
class _Insert:
    """A child, in its place where the contract has one: the shape and what stands before it."""

    name: str
    value: str
    place: tuple[Forme, list[str]] | None

    def __call__(self, element: etree._Element) -> None:
        if self.place is None:
            etree.SubElement(element, self.name).text = self.value
            return
        forme, before = self.place
        child = _sample(forme)
        rank = sum(str(each.tag) in before for each in element)
        element.insert(rank, child)


@dataclass(frozen=True)
class _Shift:
    by: timedelta

    def __call__(self, element: etree._Element) -> None:
        element.text = _shifted((element.text or "").strip(), self.by)


@dataclass(frozen=True)
class _Earlier:
    place: int

    def __call__(self, element: etree._Element) -> None:
        element.insert(self.place - 1, element[self.place])


@dataclass(frozen=True)
class _Reversed:
    name: str

    def __call__(self, element: etree._Element) -> None:
        found = element.findall(self.name)
        rank = element.index(found[0])
        for each in found:
            element.insert(rank, each)


@dataclass(frozen=True)
class _Half:
    name: str

    def __call__(self, element: etree._Element) -> None:
        found = element.findall(self.name)
        for each in found[(len(found) + 1) // 2 :]:
            element.remove(each)


def _remove(element: etree._Element) -> None:
    element.getparent().remove(element)


def _twice(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))


def _swap(element: etree._Element) -> None:
    following = element.getnext()
    element.text, following.text = following.text, element.text


def _nested(element: etree._Element) -> None:
    text, element.text = element.text, None
    etree.SubElement(element, "valeur").text = text


def _emptied(element: etree._Element) -> None:
    for each in list(element):
        element.remove(each)


def _namespaced(element: etree._Element) -> None:
    element.tag = f"{{urn:autre}}{etree.QName(element).localname}"


def _all_shifted(noeud: Noeud, days: int) -> Falsification:
    """Every stamp of the series, moved alike."""
    name = noeud.forme.nom

    def falsify(message: Message) -> Message:
        root = etree.fromstring(message.octets)
        for each in root.iter(name):
            each.text = _shifted((each.text or "").strip(), timedelta(days=days))
        return replace(message, octets=etree.tostring(root, encoding="UTF-8"))

    return falsify


# What is done to a message.


@dataclass(frozen=True)
class _Status:
    statut: int

    def __call__(self, message: Message) -> Message:
        return replace(message, statut=self.statut)


@dataclass(frozen=True)
class _Type:
    told: str | None

    def __call__(self, message: Message) -> Message:
        return replace(message, type_contenu=self.told)


@dataclass(frozen=True)
class _Cut:
    share: float

    def __call__(self, message: Message) -> Message:
        return replace(message, octets=message.octets[: int(len(message.octets) * self.share)])


@dataclass(frozen=True)
class _Soap12:
    name: str

    def __call__(self, message: Message) -> Message:
        root = etree.fromstring(message.octets)
        element = root if self.name == "Envelope" else root.find(f"{SOAP}{self.name}")
        element.tag = f"{{http://www.w3.org/2003/05/soap-envelope}}{self.name}"
        return replace(message, octets=etree.tostring(root, encoding="UTF-8"))


@dataclass(frozen=True)
class _Other:
    message: Message

    def __call__(self, _: Message) -> Message:
        return self.message


def _without_body(message: Message) -> Message:
    root = etree.fromstring(message.octets)
    root.remove(root.find(f"{SOAP}Body"))
    return replace(message, octets=etree.tostring(root, encoding="UTF-8"))


def _doubled_message(message: Message) -> Message:
    root = etree.fromstring(message.octets)
    _twice(root.find(f"{SOAP}Body")[0])
    return replace(message, octets=etree.tostring(root, encoding="UTF-8"))


# Values.


def _shifted(text: str, by: timedelta) -> str:
    if len(text) == len("2025-04-01"):
        return str(date.fromisoformat(text) + max(by, timedelta(days=1)))
    moved = datetime.fromisoformat(text) + by
    if "T" not in text:
        return str(moved)
    return moved.isoformat(timespec="milliseconds")


def _like(value: str) -> str:
    """Return another value of the same shape: the first digit or letter that isn't in the way."""
    if _INSTANT.fullmatch(value):
        return _shifted(value, timedelta(days=1))
    for rank in range(len(value) - 1, -1, -1):
        sign = value[rank]
        if sign.isdigit():
            return f"{value[:rank]}{_INTS[(int(sign) + 1) % 10]}{value[rank + 1 :]}"
        if sign.isalpha() and sign.isascii():
            other = "b" if sign.lower() == "a" else "a"
            return value[:rank] + (other.upper() if sign.isupper() else other) + value[rank + 1 :]
    return f"{value}x"


def _admits(valeur: Valeur, text: str) -> bool:
    """Whether a simple type takes a text, as far as its base and its facets tell."""
    if valeur.base in ("integer", "int", "positiveInteger", "decimal"):
        if re.fullmatch(r"-?\d+", text) is None:
            return False
    elif valeur.base == "boolean":
        return text in ("true", "false", "0", "1")
    elif valeur.base == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
    elif valeur.base == "dateTime":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text) is not None
    if valeur.enumeration and text not in valeur.enumeration:
        return False
    patterns = [value for name, value in valeur.facettes if name == "pattern"]
    if patterns and not any(re.fullmatch(each, text) for each in patterns):
        return False
    bounds = {name: value for name, value in valeur.facettes if name.endswith("ength")}
    size = len(text)
    return (
        size >= int(bounds.get("minLength", 0))
        and size <= int(bounds.get("maxLength", size))
        and size == int(bounds.get("length", size))
    )


def _broken(valeur: Valeur) -> Iterator[tuple[str, str | None]]:
    """Yield each facet with a value that breaks it, or None where nothing does."""
    if valeur.enumeration:
        yield "hors énumération", "INCONNU"
    for name, value in valeur.facettes:
        match name:
            case "pattern":
                tried = ("", "%%%", "x" * 300)
                yield f"motif {value}", next((t for t in tried if not re.fullmatch(value, t)), None)
            case "minLength" if int(value) > 0:
                yield f"longueur minimale {value}", "x" * (int(value) - 1)
            case "maxLength":
                yield f"longueur maximale {value}", "x" * (int(value) + 1)
            case "length":
                yield f"longueur {value}", "x" * (int(value) + 1)
            case "totalDigits":
                yield f"chiffres {value}", "9" * (int(value) + 1)
            case "minInclusive" | "minExclusive":
                yield f"{name} {value}", str(int(value) - 1)
            case "maxInclusive" | "maxExclusive":
                yield f"{name} {value}", str(int(value) + 1)
            case "fractionDigits":
                yield f"décimales {value}", f"1.{'1' * (int(value) + 1)}"


_SAMPLES = {"date": "2020-01-01", "boolean": "true", "integer": "1", "decimal": "1"}


def _sample(forme: Forme) -> etree._Element:
    """Return the least element of a shape that its schema takes."""
    element = etree.Element(forme.nom)
    for name, attribut in forme.attributs.items():
        if attribut.obligatoire:
            element.set(name, _sample_value(attribut.valeur))
    for child in forme.enfants.values():
        if child.minimum > 0:
            element.append(_sample(child))
    if forme.valeur is not None:
        element.text = _sample_value(forme.valeur)
    return element


def _sample_value(valeur: Valeur) -> str:
    if valeur.enumeration:
        return valeur.enumeration[0]
    tried = (_SAMPLES.get(valeur.base, "DURAND"), "1", "A1", "12345", "12345678901234")
    return next((each for each in tried if _admits(valeur, each)), tried[0])
