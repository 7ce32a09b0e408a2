"""Dirties what a file says, as pannes have it, and tells what was true: which line, what, why.

A change is a function of the plan and of the file alone: a file made again is the same to the byte.
What isn't changed is written as it was.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from lxml import etree

from sge_sim.domaine.pannes import Panne
from sge_sim.domaine.sortes import SORTES
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.flux.chiffrement import AUCUN, Chiffrement, chiffrement, decrypt, encrypt
from sge_sim.flux.envoi import Fichier
from sge_sim.flux.instants import read_stamp
from sge_sim.flux.lecteur import FormeFlux, form_of
from sge_sim.flux.lignes import LigneDuFlux, Niveau, lignes_of, put, siblings
from sge_sim.flux.lots import Lot
from sge_sim.flux.ouverture import read_document
from sge_sim.machine.documents import member_info, parse_json, parse_xml, zip_members, zipped
from sge_sim.tables.flux import find_receiver
from sge_sim.tables.pannes import read_pannes

_UNITES: Final = {
    **{"Wh": "kWh", "kWh": "Wh", "W": "kW", "kW": "W", "VA": "kVA", "kVA": "VA"},
    **{"VArh": "kVArh", "VARh": "kVARh", "VAr": "kVAr", "kVAr": "VAr"},
}
_SAUT, _PENTE_HP, _PENTE_HC = 29_459_800, 29_520_000, 14_760_000
"""Wh: the first day, then each day, in full hours and off-peak hours (observed 2025)."""
_XML: Final = re.compile(r"(?s)\s*(<\?xml.*?\?>)?\s*")
_SPACED: Final = re.compile(r'(?<=\s)(Horodatage|Valeur_Point|Statut_Point)="')


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
        Panne(numero=0, sorte=nom, au=1, probabilite=sorte.taux_fidele, nombre=_usual(nom))
        for nom, sorte in SORTES.items()
        if sorte.taux_fidele
    )


def _usual(sorte: str) -> int | None:
    usual: int | None = SORTES[sorte].nombre.get("defaut")
    return usual


Dirty = Callable[[Fichier], tuple[Fichier, list[Seme]]]


@dataclass(frozen=True)
class Salissage:
    """The pannes of what files say: those planned, and with `fidele` those that were observed."""

    database: Database
    guet: Guet
    fidele: bool = False

    def of(self, lot: Lot, contrat_id: str) -> Dirty:
        """Return what dirties the files of a publication: a plan strikes what is due within its
        window."""
        planned = self.database.memoire.look((read_pannes,)).found[0]
        open_now = [
            plan
            for plan in planned
            if plan.declared.contenu
            and plan.may_strike(lot.instant)
            and plan.contrat in (None, contrat_id)
        ]
        observed = faithful_pannes() if self.fidele else ()
        if not (open_now or observed):
            return lambda fichier: (fichier, [])
        with self.database.sessions() as session:
            acteur, _, keys = find_receiver(session, contrat_id)
        code, secret = lot.flux.code, chiffrement(*keys) if keys else AUCUN
        about = [each for each in open_now if each.is_about(service=code, acteur=acteur)]
        sorts = {plan.sorte for plan in about}
        usual = [
            each
            for each in observed
            if each.is_about(service=code, acteur=acteur) and each.sorte not in sorts
        ]
        return lambda fichier: self._dirtied(fichier, about, usual, secret)

    def _dirtied(
        self, fichier: Fichier, about: list[Panne], usual: list[Panne], secret: Chiffrement
    ) -> tuple[Fichier, list[Seme]]:
        plans = usual + [
            plan
            for plan in about
            if plan.prm in (None, *fichier.prms) and self.guet.strike((plan,)) is not None
        ]
        if not plans:
            return fichier, []
        content = b"".join(fichier.morceaux)
        dirty, semes = salir(plans, fichier.nom, decrypt(secret, content))
        if semes:
            content = encrypt(secret, dirty, fichier.nom)
        return replace(fichier, morceaux=(content,)), semes


def salir(plans: Sequence[Panne], nom: str, content: bytes) -> tuple[bytes, list[Seme]]:
    """Return a deciphered file as plans have it, and what they put there; the same bytes where they
    put nothing."""
    semes: list[Seme] = []
    whole = [plan for plan in plans if plan.declared.contenu == "fichier"][:1]
    plans = whole or plans  # of a file without lines nothing else is to be told
    for plan in whole:
        if plan.declared.mot != "en-tête":
            zip_of_none = plan.declared.mot == "archive" and content[:2] == b"PK"
            return (zipped([]) if zip_of_none else b""), [_whole(plan)]
    if content[:2] != b"PK":
        return _document(plans, nom, content, semes), semes
    members = [(info, read()) for info, read in zip_members(content)]
    made = [
        (
            member_info(info.filename, datetime(*info.date_time)),  # noqa: DTZ001 - as zips tell it
            _document(plans, info.filename, inner, semes) if inner[:2] != b"PK" else inner,
        )
        for info, inner in members
    ]
    return (zipped(made) if semes else content), semes


def _whole(plan: Panne) -> Seme:
    return Seme(plan.numero, plan.sorte, "fichier")


def _document(plans: Sequence[Panne], nom: str, content: bytes, semes: list[Seme]) -> bytes:
    try:
        kind, text, root = read_document(nom, content)
    except UsageError:
        return content
    forme, before = form_of(kind, root), len(semes)
    if forme is None:
        return content
    document = _Document(kind, text.removeprefix("\ufeff"), forme)
    for plan in plans:
        semes += document.dirtied(plan)
    if len(semes) == before:
        return content
    return content[: 3 * content.startswith(b"\xef\xbb\xbf")] + document.written().encode()


class _Document:
    """A document while it is changed: a tree, or of a CSV its rows."""

    def __init__(self, kind: str, text: str, forme: FormeFlux) -> None:
        self.kind, self.text, self.forme = kind, text, forme
        self.rows: list[list[str]] = []
        self.passed: dict[int, Any] = {}
        """Lines that already came before the one that they follow."""
        self.drawn: dict[tuple[Any, ...], tuple[str | None, Any]] = {}
        if kind == "xml":
            self.tree: Any = parse_xml(text.encode())
        elif kind == "json":
            self.tree = parse_json(text)
        else:
            self.rows = [[line] for line in text.split("\n")]
            self.tree = forme.as_tree([line.split(";") for line in text.split("\n")])[0]

    def lignes(self, plan: Panne) -> Iterator[LigneDuFlux]:
        """Yield the lines that a plan is about."""
        for ligne in lignes_of(self.forme, self.tree):
            of_rows = self.kind != "csv" or ligne.sorte in ("courbe", "maximum")
            if plan.prm in (None, ligne.prm) and ligne.valeur is not None and of_rows:
                yield ligne

    def dirtied(self, plan: Panne) -> Iterator[Seme]:
        """Change the document as a plan has it; yield what was put there."""
        if plan.declared.contenu == "fichier":
            yield from self._without_points(plan)
            return
        effect = getattr(self, f"_{plan.declared.contenu}")
        for ligne in list(self.lignes(plan)):
            found = effect(plan, ligne)
            if found is not None:
                champ, vrai, ecrit = found
                said = ligne.prm, ligne.registre, ligne.horodate
                yield Seme(plan.numero, plan.sorte, champ, *said, vrai, ecrit)

    def _hit(self, plan: Panne, what: str) -> bool:
        return plan.draw(what) < (1 if plan.probabilite is None else plan.probabilite)

    def _level(self, plan: Panne, ligne: LigneDuFlux, champ: str) -> Niveau | None:
        """Return the level of a field, of a line that is drawn: lines below it share the draw."""
        niveau = ligne.level_of(champ)
        if niveau is None or (champ == "calendrier" and ligne.dit.get("cote", "D")[:1] != "D"):
            return None
        key = plan.sorte, plan.numero, id(niveau.node)
        if key not in self.drawn:
            hit = self._hit(plan, f"{ligne.prm}/{ligne.registre}/{ligne.horodate}")
            # The node is kept: the number of one that is gone could be another's.
            self.drawn[key] = (str(ligne.dit[champ]) if hit else None), niveau.node
        return niveau if self.drawn[key][0] is not None else None

    def _header(self, plan: Panne, ligne: LigneDuFlux) -> Niveau | None:
        """Return where the header of a file says the unit of a line, of a file that is drawn."""
        paths, champ = self.forme.declaree["fichier"], _header_field(ligne)
        if champ not in paths or not self._hit(plan, f"{ligne.sorte}/{self.text[:4000]}"):
            return None
        niveau = Niveau(None, "", self.tree, paths)
        self.drawn.setdefault((plan.sorte, plan.numero, id(self.tree)), (None, None))
        return niveau

    def _calendrier(self, plan: Panne, ligne: LigneDuFlux) -> tuple[str, str, str] | None:
        niveau, mot = self._level(plan, ligne, "calendrier"), plan.declared.mot
        if niveau is None or self.kind == "csv":
            return None
        vrai = str(self.drawn[plan.sorte, plan.numero, id(niveau.node)][0])
        put(niveau, "calendrier", mot)
        if "libelle_calendrier" in niveau.paths:
            put(niveau, "libelle_calendrier", mot)
        return ("calendrier", vrai, mot) if vrai != mot else None

    def _unite(self, plan: Panne, ligne: LigneDuFlux) -> tuple[str, str, str] | None:
        niveau = self._level(plan, ligne, "unite") or self._header(plan, ligne)
        if niveau is None or self.kind == "csv":
            return None
        of_level = self.drawn[plan.sorte, plan.numero, id(niveau.node)][0]
        vrai = of_level or str(ligne.dit["unite"])
        if vrai not in _UNITES:
            return None
        champ = "unite" if "unite" in niveau.paths else _header_field(ligne)
        put(niveau, champ, _UNITES[vrai])
        return "unite", vrai, _UNITES[vrai]

    def _fin(self, plan: Panne, ligne: LigneDuFlux) -> tuple[str, str, str] | None:
        niveau, fin = ligne.level_of("date_fin"), str(ligne.dit.get("date_fin"))
        if niveau is None or not self._hit(plan, f"{ligne.prm}/{ligne.registre}/{fin}"):
            return None
        later = str(date.fromisoformat(fin[:10]) + timedelta(1)) + fin[10:]
        put(niveau, "date_fin", later)
        return "fin", fin, later

    def _index(self, plan: Panne, ligne: LigneDuFlux) -> tuple[str, str, str] | None:
        classe = str(ligne.dit.get("classe", ""))
        in_wh = ligne.sorte == "index" and ligne.dit.get("unite") == "Wh" and ligne.valeur
        niveau = ligne.level_of("valeur")
        if not in_wh or niveau is None or not classe.startswith(("HPB", "HCB", "HP", "HC", "BASE")):
            return None
        if classe[2:3] == "H" or not self._hit(plan, ligne.prm):
            return None
        jour = read_stamp(ligne.horodate).legale.date()
        debut = plan.debut.date() if plan.debut else _first_day(plan, ligne.prm, jour)
        days = (jour - debut).days
        if not 0 <= days < (plan.nombre or 1):
            return None
        slope = {"HP": _PENTE_HP, "HC": _PENTE_HC}.get(classe[:2], _PENTE_HP + _PENTE_HC)
        mad = str(int(str(ligne.valeur)) + _SAUT * slope // _PENTE_HP + slope * days)
        put(niveau, "valeur", mad)
        return "valeur", str(ligne.valeur), mad

    def _ligne(self, plan: Panne, ligne: LigneDuFlux) -> tuple[str, str | None, str | None] | None:
        what = f"{ligne.prm}/{ligne.registre}/{ligne.horodate}"
        level, how = ligne.niveaux[-1], plan.declared.mot
        if ligne.sorte == "quantite" or not self._hit(plan, what):
            return None
        if self.kind == "csv":
            return self._row(level.node["_ligne"] - 1, how, ligne)
        try:
            held = siblings(level)
        except ValueError:
            return None
        mine = [n for n, each in enumerate(held) if each is level.node]
        kin = [n for n, each in enumerate(held) if _kin(each, level.node)]
        if not mine or len(kin) < 2:  # the last of its list: its place would be empty
            return None
        vrai = ligne.valeur
        if how == "manque":
            del held[mine[0]]
            return "ligne", vrai, None
        if how == "double":
            again = parse_xml(etree.tostring(level.node)) if self.kind == "xml" else level.node
            if self.kind == "xml":
                again.tail = level.node.tail
            held.insert(mine[0] + 1, again)
            return "ligne", vrai, vrai
        after = kin.index(mine[0]) + 1
        if after == len(kin) or kin[after] != mine[0] + 1 or id(level.node) in self.passed:
            return None
        self.passed[id(held[kin[after]])] = held[kin[after]]
        node = held[mine[0]]
        del held[mine[0]]
        held.insert(mine[0] + 1, node)
        return "ligne", vrai, vrai

    def _row(self, n: int, how: str, ligne: LigneDuFlux) -> tuple[str, Any, Any] | None:
        line, vrai = self.text.split("\n")[n], ligne.valeur
        if how == "manque":
            self.rows[n] = []
            return "ligne", vrai, None
        if how == "double":
            self.rows[n] = [line, line]
            return "ligne", vrai, vrai
        if n + 1 >= len(self.rows) or not self.rows[n + 1][:1] or self.rows[n + 1][0][:2] != "20":
            return None
        self.rows[n], self.rows[n + 1] = [], [*self.rows[n + 1], line]
        return "ligne", vrai, vrai

    def _without_points(self, plan: Panne) -> Iterator[Seme]:
        outer = {next(iter(each["niveaux"][0])) for each in self.forme.declaree["series"]}
        if self.kind == "csv":
            self.rows = self.rows[:1]
        for nom in outer if self.kind != "csv" else ():
            if self.kind == "xml":
                for node in self.tree.findall(nom):
                    node.getparent().remove(node)
            elif isinstance(self.tree, list):
                self.tree.clear()
            elif nom in self.tree:
                self.tree[nom] = []
        yield _whole(plan)

    def written(self) -> str:
        """Return the document as a text, in the layout that it had."""
        if self.kind == "csv":
            return "\n".join(chain.from_iterable(self.rows))
        if self.kind == "json":
            return self._json()
        head = _XML.match(self.text)
        text = etree.tostring(self.tree, encoding="unicode", with_tail=False)
        if ' ="' in self.text:
            text = _SPACED.sub(r'\1 ="', text)
        end = self.text[len(self.text.rstrip()) :]
        return f"{head[0] if head else ''}{text}{end}"

    def _json(self) -> str:
        layouts: tuple[Callable[[Any], str], ...] = (
            lambda tree: json.dumps(tree, ensure_ascii=False, separators=(",", ":")),
            lambda tree: json.dumps(tree, ensure_ascii=False, indent=2),
            lambda tree: json.dumps(tree, ensure_ascii=False),
        )
        before, stripped = parse_json(self.text), self.text.rstrip()
        same = (layout for layout in layouts if layout(before) == stripped)
        return next(same, layouts[0])(self.tree) + self.text[len(stripped) :]


def _header_field(ligne: LigneDuFlux) -> str:
    return "unite_puissance" if ligne.sorte == "maximum" else "unite_index"


def _kin(a: Any, b: Any) -> bool:
    return not isinstance(a, etree._Element) or a.tag == b.tag


def _first_day(plan: Panne, prm: str, jour: date) -> date:
    """Return the day on which an index goes mad where no window says it: one of its year."""
    return date(jour.year, 1, 1) + timedelta(int(plan.draw(f"{prm}/{jour.year}") * 330))
