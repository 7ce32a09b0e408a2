"""Dirties what a file says, as pannes have it, and tells what was true: which line, what, why.

A change is a function of the plan and of the file alone: a file made again is the same to the byte.
What isn't changed is written as it was, and what one plan changed no other changes again.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from operator import itemgetter
from typing import Any, Final

from lxml import etree

from sge_sim.domaine.pannes import Panne
from sge_sim.domaine.sortes import SORTES
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.flux.chiffrement import AUCUN, chiffrement, decrypt, encrypt
from sge_sim.flux.envoi import Fichier
from sge_sim.flux.instants import read_stamp
from sge_sim.flux.lecteur import FormeFlux, children, fields_of, form_of
from sge_sim.flux.lignes import LigneDuFlux, Niveau, lignes_of, put, siblings
from sge_sim.flux.lots import Lot
from sge_sim.flux.ouverture import read_document
from sge_sim.machine.documents import member_info, parse_json, parse_xml, zip_members, zipped
from sge_sim.tables.flux import find_receiver
from sge_sim.tables.pannes import read_pannes

_UNITE: Final = re.compile(r"(k?)(Wh?|VA(?:r|rh|Rh)?)")
_SAUT, _PENTES = 29_459_800, {"HP": 29_520_000, "HC": 14_760_000, "BASE": 44_280_000}
"""Wh: the first day in full hours, then each day (observed 2025)."""
_FOLLE: Final = re.compile(r"(HP|HC|BASE)(?!H)")
_ROOT: Final = re.compile(r"(?s).*?<\w[^>]*>")
_Dirtied = tuple[Fichier, list["Seme"]]


@dataclass(frozen=True)
class Seme:
    """A defect that was put into a file: `DefautSeme` says what each field is."""

    panne: int
    classe: str
    champ: str
    prm: str | None = None
    registre: str | None = None
    horodate: str | None = None
    vrai: str | None = None
    ecrit: str | None = None


def faithful_pannes() -> tuple[Panne, ...]:
    """Return the plans that the profile fidele has: what was seen in files, as often."""
    return tuple(
        Panne(numero=0, sorte=nom, au=1, probabilite=taux, nombre=sorte.nombre.get("defaut"))
        for nom, sorte in SORTES.items()
        if (taux := sorte.taux_fidele)
    )


@dataclass(frozen=True)
class Salissage:
    """The pannes of what files say: those planned, and with `fidele` those that were observed."""

    database: Database
    guet: Guet
    fidele: bool = False

    def of(self, lot: Lot, contrat_id: str) -> Callable[[Fichier], _Dirtied]:
        """Return what dirties the files of a publication: a plan strikes what is due within its
        window."""
        plans = [
            plan
            for plan in self.database.memoire.look((read_pannes,)).found[0]
            if plan.declared.contenu
            and plan.may_strike(lot.instant)
            and plan.contrat in (None, contrat_id)
        ]
        plans += faithful_pannes() if self.fidele else ()
        if not plans:
            return lambda fichier: (fichier, [])
        with self.database.sessions() as session:
            acteur, _, keys = find_receiver(session, contrat_id)
        secret = chiffrement(*keys) if keys else AUCUN
        about = [each for each in plans if each.is_about(service=lot.flux.code, acteur=acteur)]
        planned = {plan.sorte for plan in about if plan.numero}

        def strikes(plan: Panne, fichier: Fichier) -> bool:
            if not plan.numero:
                return plan.sorte not in planned
            return plan.prm in (None, *fichier.prms) and self.guet.strike((plan,)) is not None

        def dirtied(fichier: Fichier) -> _Dirtied:
            striking = [plan for plan in about if strikes(plan, fichier)]
            if not striking:
                return fichier, []
            content = b"".join(fichier.morceaux)
            dirty, semes = salir(striking, fichier.nom, decrypt(secret, content))
            if semes:
                content = encrypt(secret, dirty, fichier.nom)
            return replace(fichier, morceaux=(content,)), semes

        return dirtied


def salir(plans: Sequence[Panne], nom: str, content: bytes) -> tuple[bytes, list[Seme]]:
    """Return a deciphered file as plans have it, and what they put there; the same bytes where they
    put nothing."""
    zip_of, whole = b"PK", [plan for plan in plans if plan.declared.contenu == "fichier"][:1]
    for plan in whole:
        if plan.declared.mot != "en-tête":
            of_none = plan.declared.mot == "archive" and content[:2] == zip_of
            return (zipped([]) if of_none else b""), [Seme(plan.numero, plan.sorte, "fichier")]
    plans = whole or plans  # of a file without lines nothing else is to be told
    if content[:2] != zip_of:
        return _dirty_document(plans, nom, content)
    semes, made = list[Seme](), []
    for info, read in zip_members(content):
        inner, found = _dirty_document(plans, info.filename, read())
        semes += found
        moment = datetime(*info.date_time)  # noqa: DTZ001 - as zips tell it
        made.append((member_info(info.filename, moment), inner))
    return (zipped(made) if semes else content), semes


def _dirty_document(plans: Sequence[Panne], nom: str, content: bytes) -> tuple[bytes, list[Seme]]:
    try:
        kind, text, root = read_document(nom, content)
    except UsageError:  # an archive in the archive
        return content, []
    if (forme := form_of(kind, root)) is None:
        return content, []
    semes = [*(document := _Document(kind, text, forme)).dirtied(plans)]
    bom = content[: 3 * content.startswith(b"\xef\xbb\xbf")]
    return (bom + document.written().encode() if semes else content), semes


class _Document:
    """A document while it is changed: a tree, by whose lists the rows of a CSV are written anew."""

    def __init__(self, kind: str, text: str, forme: FormeFlux) -> None:
        self.kind, self.text, self.forme = kind, text, forme
        self.rows = text.split("\n")
        self.lists: dict[int, tuple[int, int, list[Any]]] = {}
        """Of a CSV, the lists that changed: the rows that each had, its nodes."""
        self.changed: dict[tuple[str, int], Any] = {}
        """The nodes of which a field, or the place, was changed: kept, for their ids to be."""
        if kind == "csv":
            self.tree: Any = forme.as_tree([row.split(";") for row in self.rows])[0]
        else:
            self.tree = parse_xml(text.encode()) if kind == "xml" else parse_json(text)

    def dirtied(self, plans: Sequence[Panne]) -> Iterator[Seme]:
        """Change the document as plans have it; yield what was put there."""
        if plans[0].declared.contenu == "fichier":
            self._remove_points()
            yield Seme(plans[0].numero, plans[0].sorte, "fichier")
            return
        for plan in plans:
            if plan.declared.contenu == "element" and self.kind == "xml":
                yield from self._elements(plan)
        plans = [plan for plan in plans if plan.declared.contenu != "element"]
        of_lines = [plan for plan in plans if plan.declared.contenu == "ligne"]
        others = [plan for plan in plans if plan not in of_lines and self.kind != "csv"]
        for nom in self.forme.outer:
            nodes = [node for node, _ in children(self.tree, nom, "")]
            # Those of a point at once: a file may have more lines than memory has room for.
            for some in [nodes] if self.kind == "csv" else ([node] for node in nodes):
                self.changed = {}
                lignes = self._lignes(nom, some) if of_lines else []
                for plan in of_lines:
                    yield from self._replaced(plan, lignes)
                # Of what is missing nothing else is changed.
                lignes = self._lignes(nom, some) if others else []
                for plan in others:
                    yield from self._rewritten(plan, lignes)

    def _lignes(self, nom: str, nodes: Sequence[Any]) -> list[tuple[str, LigneDuFlux]]:
        """Return the lines of some nodes that plans may change, each with what it is drawn by."""
        return [
            (f"{ligne.prm}/{ligne.registre}/{ligne.horodate}", ligne)
            for ligne in lignes_of(self.forme, self.tree, nom, nodes)
            if ligne.valeur is not None
            and (self.kind != "csv" or ligne.sorte in ("courbe", "maximum"))
        ]

    def _rewritten(self, plan: Panne, lignes: Sequence[tuple[str, LigneDuFlux]]) -> Iterator[Seme]:
        """Change the fields of lines that are drawn: those below a level share its draw."""
        contenu, drawn = plan.declared.contenu, dict[tuple[str, int], bool]()
        effect = getattr(self, f"_{contenu}")
        for what, ligne in lignes:
            found = effect(plan, ligne) if plan.prm in (None, ligne.prm) else None
            if found is None:
                continue
            niveau, champ, vrai, ecrit, by = found
            key = champ, id(niveau.node)
            if key not in drawn:
                drawn[key] = key not in self.changed and _hit(plan, by or what)
                if drawn[key]:
                    self.changed[key] = niveau.node
                    put(niveau, champ, ecrit)
                    if ligne.dit.get(libelle := f"libelle_{champ}") is not None:
                        put(niveau, libelle, ecrit)
            if drawn[key]:
                nom = "valeur" if contenu == "index" else contenu
                yield Seme(plan.numero, plan.sorte, nom, *_where(ligne), vrai, ecrit)

    # Each returns the level that writes a field, which, what it says, what it is to say, and by
    # what it is drawn where that isn't its line.

    def _calendrier(self, plan: Panne, ligne: LigneDuFlux) -> "_Effet | None":
        niveau, vrai = ligne.level_of("calendrier"), str(ligne.dit.get("calendrier"))
        if niveau is None or vrai == plan.declared.mot or ligne.dit.get("cote", "D")[:1] != "D":
            return None
        return niveau, "calendrier", vrai, plan.declared.mot, ""

    def _unite(self, plan: Panne, ligne: LigneDuFlux) -> "_Effet | None":
        niveau, champ, by = ligne.level_of("unite"), "unite", ""
        if niveau is None:  # the header says it
            champ = "unite_puissance" if ligne.sorte == "maximum" else "unite_index"
            niveau = Niveau(None, "", self.tree, self.forme.declaree["fichier"])
            by = f"{champ}/{self.text[:4000]}"
        unite = _UNITE.fullmatch(str(ligne.dit.get("unite")))
        if champ not in niveau.paths or unite is None:
            return None
        return niveau, champ, unite[0], unite[2] if unite[1] else f"k{unite[2]}", by

    def _fin(self, plan: Panne, ligne: LigneDuFlux) -> "_Effet | None":
        niveau, fin = ligne.level_of("date_fin"), str(ligne.dit.get("date_fin"))
        if niveau is None:
            return None
        later = str(date.fromisoformat(fin[:10]) + timedelta(1)) + fin[10:]
        return niveau, "date_fin", fin, later, ""

    def _index(self, plan: Panne, ligne: LigneDuFlux) -> "_Effet | None":
        niveau, classe = ligne.level_of("valeur"), _FOLLE.match(str(ligne.dit.get("classe")))
        in_wh = ligne.sorte == "index" and ligne.dit.get("unite") == "Wh"
        if niveau is None or classe is None or not in_wh:
            return None
        jour, slope = read_stamp(ligne.horodate).legale.date(), _PENTES[classe[1]]
        # Where no window says on which day it goes mad: one of its year.
        drawn = int(plan.draw(f"{ligne.prm}/{jour.year}") * 330)
        debut = plan.debut.date() if plan.debut else date(jour.year, 1, 1) + timedelta(drawn)
        if not 0 <= (days := (jour - debut).days) < (plan.nombre or 1):
            return None
        mad = int(str(ligne.valeur)) + _SAUT * slope // _PENTES["HP"] + slope * days
        return niveau, "valeur", str(ligne.valeur), str(mad), ligne.prm

    def _replaced(self, plan: Panne, lignes: Sequence[tuple[str, LigneDuFlux]]) -> Iterator[Seme]:
        """Take lines that are drawn out of the lists that hold them, double or move them."""
        lists: dict[int, tuple[Any, dict[int, LigneDuFlux]]] = {}
        for what, ligne in lignes:
            mine = plan.prm in (None, ligne.prm) and ligne.sorte != "quantite"
            if mine and _hit(plan, what):
                niveau = ligne.niveaux[-1]
                if (held := siblings(niveau)) is not None:
                    lists.setdefault(id(held), (held, {}))[1][id(niveau.node)] = ligne
        for held, drawn in lists.values():
            nodes, made, late = [*held], list[Any](), list[Any]()
            if self.kind == "csv":
                rows = nodes[0]["_ligne"] - 1, nodes[-1]["_ligne"]
                self.lists.setdefault(id(held), (*rows, held))
            left = Counter(map(_tag, nodes))
            for node, after in zip_longest(nodes, nodes[1:]):
                made += [node, *late]
                hit, key, next_key = drawn.get(id(node)), ("", id(node)), ("", id(after))
                # The last of its list stays: its place would be empty.
                free = not late and key not in self.changed and left[_tag(node)] > 1
                late = []
                if hit is None or not free:
                    continue
                if plan.declared.mot == "double":
                    made.append(deepcopy(node))
                elif plan.declared.mot == "manque":
                    left[_tag(made.pop())] -= 1
                elif next_key not in self.changed and _alike(node, after, hit.niveaux[-1]):
                    late = [made.pop()]
                    self.changed[next_key] = after
                else:
                    continue
                self.changed[key] = node
                ecrit = None if plan.declared.mot == "manque" else hit.valeur
                yield Seme(plan.numero, plan.sorte, "ligne", *_where(hit), hit.valeur, ecrit)
            held[:] = made

    def _elements(self, plan: Panne) -> Iterator[Seme]:
        """Change the elements at the path of a sort: those of a reading share its draw, but a kWh
        is drawn by its day, for what other files say of the same index."""
        for node in self.tree.xpath(plan.declared.remplace[0]):
            prm = node.xpath("string(ancestor::PRM/Id_PRM | ancestor::affaire/*/donneesPoint/id)")
            days = [node.xpath(f"string(../Date_Releve{which})") for which in ("", "_Precedent")]
            when = days[0] or node.xpath("string(//Date_Creation | //dateCreation)")
            classe, mot = node.findtext("Id_Classe_Temporelle") or node.tag, plan.declared.mot
            vrai = " ".join(" ".join([*node.attrib.values(), *node.itertext()]).split())
            if plan.prm not in (None, prm):
                continue
            if mot == "kwh":
                up, before = (_hit(plan, f"{prm}/{classe}/{day[:10]}") * bool(day) for day in days)
                energy = node.findtext("Classe_Mesure") == "2"
                for champ, more in (("Valeur", up - energy * before), ("Valeur_Precedent", before)):
                    if more and (found := node.find(champ)) is not None:
                        former, found.text = found.text, str(int(found.text) + more)
                        yield Seme(
                            plan.numero, plan.sorte, champ, prm, classe, when, former, found.text
                        )
                continue
            if not _hit(plan, f"{prm}/{when}"):
                continue
            parent = node.getparent()
            if mot == "vide":
                node.clear(keep_tail=True)
            elif mot == "manque":
                parent.remove(node)
            else:  # the other way round
                place = parent.index(node)
                for each in parent.findall(node.tag):
                    parent.insert(place, each)
            yield Seme(plan.numero, plan.sorte, node.tag, prm, classe, when, vrai, "")

    def _remove_points(self) -> None:
        self.rows = self.rows[:1]
        for nom in self.forme.outer:
            for node, _ in [*children(self.tree, nom, "")]:
                if (held := siblings(Niveau(self.tree, nom, node, {}))) is not None:
                    held.remove(node)

    def written(self) -> str:
        """Return the document as a text, in the layout that it had."""
        if self.kind == "csv":
            made = [*self.rows]
            for first, last, nodes in sorted(self.lists.values(), key=itemgetter(0), reverse=True):
                made[first:last] = [self.rows[node["_ligne"] - 1] for node in nodes]
            return "\n".join(made)
        end = self.text[len(self.text.rstrip()) :]
        if self.kind == "json":
            layout: Any = {"indent": 1} if "\n" in self.text.strip() else {"separators": (",", ":")}
            return json.dumps(self.tree, ensure_ascii=False, **layout) + end
        head = "".join(_ROOT.findall(self.text)[:1])
        body = etree.tostring(self.tree, encoding="unicode", with_tail=False).partition(">")[2]
        if ' ="' in self.text[len(head) :]:
            body = body.replace('="', ' ="')
        return f"{head}{body}{end}"


_Effet = tuple[Niveau, str, str, str, str]


def _where(ligne: LigneDuFlux) -> tuple[str, str, str]:
    return ligne.prm, ligne.registre, ligne.horodate


def _hit(plan: Panne, what: str) -> bool:
    """Tell whether a plan strikes what is drawn by that: plans of two sorts draw apart."""
    share = 1 if plan.probabilite is None else plan.probabilite
    return plan.draw(f"{plan.sorte}/{what}") < share


def _tag(node: Any) -> Any:
    return getattr(node, "tag", None)


def _alike(node: Any, after: Any, niveau: Niveau) -> bool:
    """Tell whether two nodes are of a point, and say as much."""
    if after is None or _tag(node) != _tag(after):
        return False
    mine, other = fields_of(node, niveau.paths), fields_of(after, niveau.paths)
    return mine.keys() == other.keys() and mine.get("prm") == other.get("prm")
