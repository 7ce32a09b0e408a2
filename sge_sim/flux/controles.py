"""What must hold in what a file says of a point: the checks, as a table.

A check yields what it finds wrong: a place and a sentence in French. `source` says who wants it; the
documents of the flux where none is named.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.domaine.prm import is_valid
from sge_sim.flux.lecteur import PointLu, Serie, Valeur, legal, midnight, read_stamp
from sge_sim.mesures.grilles_nommees import libelle_de_la_classe, libelle_du_calendrier
from sge_sim.mesures.point import Structure
from sge_sim.referentiel.mesures import STRUCTURES

Ecart = tuple[str, str]
"""A place and what is wrong there, in French."""
T = TypeVar("T")


@dataclass(frozen=True)
class Controle(Generic[T]):
    """A check: `attendu` is what must hold, in French."""

    nom: str
    attendu: str
    source: str | None
    provenance: Provenance
    cherche: Callable[[T], Iterable[Ecart]]


@dataclass(frozen=True)
class Controles(Generic[T]):
    """A table of checks, in the order in which they are made: that of their functions."""

    controles: list[Controle[T]] = field(default_factory=list)

    def controle(
        self, attendu: str, *, source: str | None = None, provenance: Provenance = "documented"
    ) -> Callable[[Callable[[T], Iterable[Ecart]]], Callable[[T], Iterable[Ecart]]]:
        """Add the check whose function yields what it finds wrong."""

        def add(cherche: Callable[[T], Iterable[Ecart]]) -> Callable[[T], Iterable[Ecart]]:
            made = Controle(cherche.__name__, attendu, source, provenance, cherche)
            self.controles.append(made)
            return cherche

        return add


POINTS: Final = Controles[PointLu]()
_JOUR: Final = timedelta(1)
_RETARD: Final = 22 * 86400
"""How far before its window a day may be told that came late (guides R50 and R151: 20 days)."""
_WATTS_PETIT: Final = 60_000
"""More than any point of 36 kVA draws (assumed)."""
_DOUZIEMES: Final = {1000 * rang // 12 for rang in range(12)}
"""What whole kW over five minutes add up to, beside whole kWh."""
_ILLISIBLE: Final = 65_535
_PERTE: Final = {True: 9 * 3600, False: 86_400 - 600}
"""The longest time that is lost at once of a curve whose lost points aren't told, of a small and of
a large meter (observed 2022: some half-hours in a row, bursts of some hours)."""
_STRUCTURES: Final = [frozenset(code for code, _ in each.classes) for each in Structure]
_CADRANS: Final = {code: rang for each in Structure for code, rang in each.classes}
_CODES: Final = {
    "D": re.compile(r"D|D[A-Z][0-9]{6}|PT[0-9]{6}|INCONNU"),
    "F": re.compile(r"(?!D)(?:[A-Z]{2}[0-9]{6}|[A-Za-z0-9]{1,12})(?<!FC[0-9]{5}[A-Z])"),
}
"""How the codes of the calendars of each side are made (seen 2022 to 2026)."""
_REGISTRE_OUBLIE: Final = 10_000
"""Wh that a register has at least which a calendar leaves, so that a grid has less than the other
(assumed)."""
_MENSUELLES: Final = ("DD", "DE", "DQ", "PMA", "TF")
"""Quantities that start again from zero each month."""
_NATURES: Final = {"BRUT": "RHPSTFGD", "BEST": "RHPSTFGDCEK"}
_TRAITEMENTS: Final = {"C": "FGNHIOJKL", "E": "CAM"}


@POINTS.controle("un PRM a quatorze chiffres, dont sa clé", source="FAQ Enedis")
def cle_du_prm(point: PointLu) -> Iterator[Ecart]:
    # What nobody knows may be asked for: its report says so.
    refused = any(
        v.plus.get("recevabilite") == "NON_RECEVABLE"
        for serie in point.of("rapport")
        for v in serie.valeurs
    )
    if not refused and not is_valid(point.prm):
        yield point.lieu, f"la clé du PRM « {point.prm} » est fausse"


@POINTS.controle("horodates et valeurs se lisent, en heure légale")
def lisibles(point: PointLu) -> Iterator[Ecart]:
    for serie in point.series:
        yield from serie.fautes


@POINTS.controle("les valeurs se suivent, chaque horodate une fois")
def ordre(point: PointLu) -> Iterator[Ecart]:
    for serie in point.of("courbe", "index", "energie", "maximum"):
        label = "date_seule" in serie.dit
        for a, b in pairwise(serie.valeurs):
            before, after = (read_stamp(v.texte).instants[0] for v in (a, b)) if label else (0, 0)
            moved = after - before if label else b.instant - a.instant
            if moved == 0:
                yield b.lieu, f"{b.texte} y est déjà"
            elif moved < 0:
                yield b.lieu, f"{b.texte} vient après {a.texte}"
            elif serie.sorte == "maximum" and a.texte[:10] == b.texte[:10]:
                yield b.lieu, f"le {b.texte[:10]} a déjà son maximum"


@POINTS.controle("les jours d'un point se suivent, chacun une fois")
def jours(point: PointLu) -> Iterator[Ecart]:
    tardifs = point.fichier.forme.declaree.get("tardifs") and point.fichier.fact("frequence") == "Q"
    for a, b in pairwise(point.jours.values()):
        before, after = read_stamp(a.texte), read_stamp(b.texte)
        moved = (
            (after.instants[0] - before.instants[0]) / 86400
            if after.heure
            else (after.legale - before.legale).days
        )
        if moved < 1:
            yield b.lieu, f"le {b.texte} vient après le {a.texte}"
        elif moved > 1 and not tardifs:
            yield b.lieu, f"il manque des jours entre {a.texte} et {b.texte}"


@POINTS.controle("les horodates sont dans la période de la série")
def periode(point: PointLu) -> Iterator[Ecart]:
    recurrent = "suite" in point.fichier.forme.declaree and point.fichier.fact("frequence") != "P"
    for serie in point.of("courbe", "index", "energie", "maximum", "quantite", "fin"):
        debut, fin = serie.borne("debut"), serie.borne("fin")
        for nom in ("debut", "fin", "fin_incluse"):
            texte = serie.dit.get(nom)
            if texte is not None and (faute := read_stamp(str(texte)).faute):
                yield serie.lieu, faute
        if debut is None:
            continue
        if (debut or fin or 0) % 3600 or (fin or 0) % 3600:
            yield serie.lieu, "la période n'est pas d'heures entières"
        if "suite" in point.fichier.forme.declaree and not recurrent:
            if any(end is not None and end != midnight(legal(end).date()) for end in (debut, fin)):
                yield serie.lieu, "la période n'est pas de jours entiers"
        if fin is not None and (debut > fin or (debut == fin and serie.valeurs)):
            yield serie.lieu, f"la période finit ({serie.dit.get('fin')}) avant de commencer"
            continue
        ends = (serie.sorte == "courbe" and serie.petit) or "date_seule" in serie.dit
        for valeur in serie.valeurs:
            t = valeur.instant
            if recurrent:
                inside = fin is None or debut - _RETARD <= t <= fin
            elif ends:
                inside = debut < t and (fin is None or t <= fin)
            else:
                inside = debut <= t and (fin is None or t < fin)
            if not inside:
                yield valeur.lieu, f"{valeur.texte} est hors de la période de la série"


@POINTS.controle("une courbe a tous les pas de ses jours : 46, 48 ou 50 demi-heures")
def pas_du_jour(point: PointLu) -> Iterator[Ecart]:
    if "profondeur" in point.fichier.forme.declaree:
        return
    for serie in point.of("courbe"):
        if serie.dit["trous"] == "pertes":
            continue
        by_day: dict[Any, list[Valeur]] = {}
        for valeur in serie.valeurs:
            by_day.setdefault(day_of(serie, valeur.instant), []).append(valeur)
        for jour in point.jours.values():
            if jour.valeurs:
                said = read_stamp(jour.texte).legale.date()
                for valeur in jour.valeurs:
                    if day_of(serie, valeur.instant) != said:
                        yield valeur.lieu, f"{valeur.texte} n'est pas du {said}"
        previous = None
        for day, values in by_day.items():
            a, b = midnight(day), midnight(day + _JOUR)
            said = serie.dit.get("pas")
            pas = int(said) * 60 if said else _likely_step(b - a, len(values))
            start = a + (pas if serie.petit else 0)
            wanted, found = set(range(start, start + b - a, pas)), {v.instant for v in values}
            if wanted != found:
                missing, extra = sorted(wanted - found), sorted(found - wanted)
                which = f"{legal(missing[0]):%H:%M}" if missing else f"{legal(extra[0]):%H:%M:%S}"
                what = "il manque" if missing else "il y a en trop"
                yield values[0].lieu, f"{what} {which} le {day} ({len(values)} pas)"
            if previous is not None and serie.dit["trous"] != "jour":
                gap = (day - previous[0]).days
                if gap > 1 and (serie.dit["trous"] == "aucun" or gap < 32) and pas == previous[1]:
                    yield values[0].lieu, f"il manque des jours entre {previous[0]} et {day}"
            previous = day, pas
        fin = serie.borne("fin")
        if serie.dit["trous"] == "aucun" and previous and fin not in (None, midnight(day + _JOUR)):
            yield serie.lieu, f"il manque la fin de la période, après le {previous[0]}"


def day_of(serie: Serie, instant: int) -> Any:
    """Return the legal day of a step; those of a small meter are stamped at their end."""
    return legal(instant - (1 if serie.petit else 0)).date()


def _likely_step(seconds: int, count: int) -> int:
    steps = (300, 600, 900, 1800, 3600)
    return min(steps, key=lambda step: abs(seconds // step - count))


@POINTS.controle("les pas se suivent, sans autre trou que de quelques heures")
def pas_suivis(point: PointLu) -> Iterator[Ecart]:
    slides = "profondeur" in point.fichier.forme.declaree
    recurrent = "suite" in point.fichier.forme.declaree and point.fichier.fact("frequence") != "P"
    for serie in point.of("courbe"):
        if serie.dit["trous"] != "pertes" and not slides:
            continue
        pas = serie.pas
        for rang, (a, b) in enumerate(pairwise(serie.valeurs)):
            step = 60 * pas[rang + bool(serie.petit)]
            hole = b.instant - a.instant - step
            if hole == 0 or b.instant <= a.instant or not step:
                continue
            if hole < 0 or hole % 300:
                yield b.lieu, f"{b.texte} n'est pas à {step // 60} minutes de {a.texte}"
            elif slides:
                yield b.lieu, f"il manque des pas entre {a.texte} et {b.texte}"
            elif hole > _PERTE[bool(serie.petit)]:
                whole = day_of(serie, a.instant) + _JOUR, day_of(serie, b.instant)
                days = recurrent or pas[rang] != pas[rang + 1]
                if not days or (whole[0] != whole[1] and hole % 86400 > 3600):
                    yield b.lieu, f"il manque des pas entre {a.texte} et {b.texte}"
        creation = point.fichier.creation
        if slides and creation and serie.valeurs:
            first, last = (legal(serie.valeurs[rang].instant) for rang in (0, -1))
            ago = timedelta(hours=point.fichier.forme.declaree["profondeur"])
            step = timedelta(minutes=pas[0])
            if not -step < first - (creation - ago) <= step or not creation - 2 * step < last:
                yield serie.lieu, f"elle n'est pas des {ago} avant le {creation}"
        for valeur, step in zip(serie.valeurs, pas, strict=True):
            if step and valeur.instant % (60 * step):
                yield valeur.lieu, f"{valeur.texte} n'est pas un multiple de {step} minutes"


@POINTS.controle("chaque jour d'une demande a sa valeur", provenance="assumed")
def jours_de_la_demande(point: PointLu) -> Iterator[Ecart]:
    if point.fichier.fact("frequence") not in (None, "P"):
        return
    for serie in point.of("energie", "maximum", "index"):
        daily = serie.dit.get("type") in (None, "AQ", "RC", "GLOBALE")
        if not daily or serie.dit.get("contexte") == "CRD" or "date_seule" in serie.dit:
            continue
        for a, b in pairwise(serie.valeurs):
            gap = (legal(b.instant).date() - legal(a.instant).date()).days
            # A lost index takes two energies; a large meter's energy goes with a step of its curve.
            if gap > 1 and (serie.sorte != "energie" or (serie.petit and gap == 2)):
                yield b.lieu, f"il manque des jours entre {a.texte} et {b.texte}"
        fin = serie.borne("fin")
        if fin is not None and serie.valeurs and "calendrier" not in serie.dit:
            left = (legal(fin).date() - legal(serie.valeurs[-1].instant).date()).days
            if left > (1 if serie.petit or serie.sorte == "index" else 4):
                yield serie.valeurs[-1].lieu, f"il manque les {left - 1} derniers jours"


@POINTS.controle("une valeur a le signe et l'ordre de grandeur de ce qu'elle mesure")
def grandeurs(point: PointLu) -> Iterator[Ecart]:
    for serie in point.of("courbe", "index", "energie", "maximum", "quantite"):
        physique, courbe = serie.dit.get("physique"), serie.sorte == "courbe"
        volts = courbe and physique == "E"
        middle = sorted(v.valeur or 0 for v in serie.valeurs)[len(serie.valeurs) // 2 :][:1]
        for valeur, pas in zip(serie.valeurs, serie.pas, strict=True):
            v = valeur.valeur
            if v is None:
                continue
            if (v < 0 and valeur.plus.get("nature", "C") != "C") or (
                v < 0 and serie.sorte != "quantite"
            ):
                yield valeur.lieu, f"{v} est négatif"
            elif serie.sorte == "energie" and (
                physique != "EA" if serie.petit else v % 1000 not in _DOUZIEMES
            ):
                yield valeur.lieu, f"{v} n'est pas l'énergie d'un jour par {serie.dit.get('mode')}"
            elif volts and abs(v - middle[0]) * 4 > middle[0]:
                yield valeur.lieu, f"{v} V s'écarte trop de {middle[0]} V"
            elif serie.petit and courbe and v * (pas or 60) % 60:
                yield valeur.lieu, f"{v} W sur {pas} minutes ne fait pas des Wh entiers"
            elif (
                serie.petit is False
                and v % 1000
                and (
                    (courbe and not volts and serie.dit.get("unite") not in ("kW", "kVAr", "kWr"))
                    or (serie.sorte == "index" and physique in ("EA", "ER", "ERI", "ERC", "PMA"))
                )
            ):
                yield valeur.lieu, f"{v} n'est pas un nombre entier de milliers"
            elif (
                serie.petit
                and v > _WATTS_PETIT
                and (courbe or (serie.sorte == "maximum" and v != _ILLISIBLE))
            ):
                yield valeur.lieu, f"{v} dépasse ce que peut un point de 36 kVA"


@POINTS.controle("les champs ont les valeurs et les unités qui sont prévues")
def valeurs_prevues(point: PointLu) -> Iterator[Ecart]:
    for serie in point.series:
        yield from expected(serie.regles, serie.dit, serie.lieu)
        for valeur in serie.valeurs if "libelles" in serie.regles else ():
            yield from expected(serie.regles, {**serie.dit, **valeur.plus}, valeur.lieu)


def expected(regles: Any, dit: Any, lieu: str) -> Iterator[Ecart]:
    """Yield the fields whose values aren't those that a form declares."""
    for nom, allowed in regles.items():
        if nom == "libelles":
            for champ, labels in allowed.items():
                code, libelle = dit.get(champ), dit.get(f"libelle_{champ}")
                if code is not None and code not in labels:
                    yield lieu, f"le code {champ} « {code} » n'existe pas"
                elif libelle is not None and libelle not in [labels.get(code, libelle)]:
                    yield lieu, f"« {libelle} » n'est pas le libellé de « {code} »"
                elif libelle is not None and libelle not in labels.values():
                    yield lieu, f"le libellé « {libelle} » n'existe pas"
        elif nom == "couples":
            said = [dit.get(champ) for champ in allowed["champs"]]
            if said not in allowed["permis"]:
                yield lieu, f"{', '.join(allowed['champs'])} ne vont pas ensemble : {said}"
        elif nom == "unite":
            unites = allowed.get(dit.get("physique"))
            if unites is None or dit.get("unite") not in unites:
                yield lieu, f"« {dit.get('unite')} » n'est pas l'unité de {dit.get('physique')}"
        elif dit.get(nom) is not None and not (
            re.fullmatch(allowed, str(dit[nom]))
            if isinstance(allowed, str)
            else dit[nom] in allowed
        ):
            yield lieu, f"{nom} ne peut être « {dit[nom]} »"


@POINTS.controle("nature, traitement et qualité d'un point vont ensemble")
def natures(point: PointLu) -> Iterator[Ecart]:
    for serie in point.of("courbe"):
        etape, corrige = serie.dit.get("etape"), point.fichier.fact("nature") == "Corrigée"
        seen: set[int] = set()
        for valeur in serie.valeurs:
            plus, known = valeur.plus, (id(valeur.plus), valeur.valeur is None)
            if hash(known) in seen:
                continue
            seen.add(hash(known))
            n, iv, ec, tc = (plus.get(nom) for nom in ("n", "iv", "ec", "tc"))
            wrong = (known[1] and (n is not None or iv is not None)) or (
                not known[1] and "n" in serie.dit.get("attendus", ()) and n is None
            )
            if "natures" in serie.dit:
                allowed = "B" if n == "B" else _NATURES.get(str(etape), "")
                quality = (iv is not None) == (n == "B")
                wrong |= n not in tuple(allowed) or not quality or (iv == 2 and ec is None)
                wrong |= (tc is not None) != (n in _TRAITEMENTS) and etape == "BEST"
                wrong |= tc is not None and tc not in _TRAITEMENTS.get(str(n), "")
                wrong |= (n == "B") != serie.petit or (n == "B" and etape == "BEST")
            elif point.fichier.forme.declaree["document"] == "xml" and not serie.petit:
                allowed = _NATURES["BEST" if corrige else "BRUT"]
                wrong |= n is not None and n not in allowed
                wrong |= corrige and (known[1] or n is None)
                wrong |= n is None and not known[1]
            elif serie.petit and "iv" in plus:
                wrong |= known[1]
            if wrong:
                yield valeur.lieu, f"{dict(plus)} ne va pas avec {etape or 'cette courbe'}"


@POINTS.controle("les valeurs d'un point disent les mêmes champs", provenance="observed")
def memes_champs(point: PointLu) -> Iterator[Ecart]:
    found: dict[tuple[Any, ...], dict[frozenset[str], str]] = {}
    for serie in point.of("courbe", "index"):
        said = found.setdefault((serie.sorte, serie.dit.get("physique")), {})
        for v in serie.valeurs:
            if v.valeur is not None:
                said.setdefault(frozenset(v.plus) - {"tc"}, v.lieu)
    for said in found.values():
        if len(said) > 1:
            yield min(said.items(), key=lambda each: len(each[0]))[1], "un champ y manque"
    for jour in point.jours.values():
        if jour.vus and jour.attendus - jour.vus:
            yield jour.lieu, f"il manque {', '.join(sorted(jour.attendus - jour.vus))} le {jour.texte}"


@POINTS.controle("une courbe a les grandeurs de sa nature", provenance="observed")
def grandeurs_de_la_courbe(point: PointLu) -> Iterator[Ecart]:
    for serie in point.of("courbe")[:1]:
        corrected = "Corrigée" in str(point.fichier.fact("nature")) or serie.dit.get("etape") == "BEST"
        wanted = () if serie.petit else serie.dit.get("corrigees" if corrected else "brutes")
        found = {each.dit.get("physique") for each in point.of("courbe")}
        if wanted and not {*wanted} <= found:
            yield point.lieu, f"il manque une de {', '.join(wanted)}"
    metiers = {serie.dit["metier"] for serie in point.series if "metier" in serie.dit}
    if len(metiers) > 1 and point.fichier.forme.declaree.get("membres") == "plusieurs":
        yield point.lieu, "consommation et production sont mêlées"


@POINTS.controle("codes et libellés de calendriers et de classes sont de la même ligne")
def libelles(point: PointLu) -> Iterator[Ecart]:
    doubled = point.fichier.forme.declaree.get("libelles_doubles", ())
    for serie in point.series:
        said = serie.dit
        code, libelle = said.get("calendrier"), said.get("libelle_calendrier")
        known = libelle_du_calendrier(code) if code else None
        labels = {known, LISTES["calendrier"].get(code or "")}
        if known and code in doubled:
            labels.add(doubly_encoded(known))
        if libelle is not None and code and known != code and libelle not in labels:
            yield serie.lieu, f"« {libelle} » n'est pas le libellé du calendrier {code}"
        cote = said.get("cote")
        shape = _CODES.get(str(cote)) if code else None
        if shape and not shape.fullmatch(str(code)):
            yield serie.lieu, f"« {code} » n'est pas le code d'un calendrier de ce côté"
        grille = said.get("code_grille")
        if grille not in (None, cote):
            yield serie.lieu, f"la grille {grille} n'est pas du côté {cote}"
        classe, libelle = said.get("classe"), said.get("libelle_classe")
        if classe and libelle is None and classe not in LISTES["classeTemporelle"]:
            yield serie.lieu, f"« {classe} » n'est pas une classe"
        elif classe and libelle is not None:
            labels = {libelle_de_la_classe(classe), LISTES["classeTemporelle"].get(classe)}
            if libelle not in labels or classe not in LISTES["classeTemporelle"]:
                yield serie.lieu, f"« {libelle} » n'est pas le libellé de la classe {classe}"
        if serie.petit and classe in _CADRANS and (cadran := said.get("cadran")) is not None:
            rang = re.sub(r".*[^0-9]", "", str(cadran))
            if rang != str(_CADRANS[classe]):
                yield serie.lieu, f"la classe {classe} n'est pas au cadran {cadran}"
            elif str(cadran)[:-1].rstrip("01")[-1:] not in ("", cote or ""):
                yield serie.lieu, f"le cadran {cadran} n'est pas du côté {cote}"
        if str(said.get("cadran", "")).startswith("IDX_EA") and said.get("metier") in (
            "CONS",
            "PROD",
        ):
            if str(said["cadran"])[6] != ("S" if said["metier"] == "CONS" else "I"):
                yield serie.lieu, f"le cadran {said['cadran']} n'est pas de {said['metier']}"


@POINTS.controle("un calendrier a toutes ses classes, chacune une fois")
def classes(point: PointLu) -> Iterator[Ecart]:
    found: dict[tuple[Any, ...], list[Serie]] = {}
    for serie in point.series:
        if "complet" in serie.dit and serie.dit.get("classe"):
            noms = ("contexte", "type", "motif", "physique", "metier", "cote", "calendrier")
            key = (*(serie.dit.get(nom) for nom in noms), serie.dit.get("debut"))
            found.setdefault(key, []).append(serie)
    sides: dict[tuple[Any, ...], set[frozenset[str]]] = {}
    for key, series in found.items():
        code, here = key[6], Counter(str(serie.dit["classe"]) for serie in series)
        wanted = STRUCTURES.get(str(code))
        allowed = [frozenset(c for c, _ in wanted.classes)] if wanted else _STRUCTURES
        usual = wanted or set(here) <= set(_CADRANS)
        if max(here.values()) > 1 or (usual and frozenset(here) not in allowed):
            names = ", ".join(sorted(here.elements()))
            yield series[0].lieu, f"{names} ne sont pas les classes de {code or 'ce calendrier'}"
        sides.setdefault((*key[:3], *key[4:]), set()).add(frozenset(here))
        stamps = {tuple(v.instant for v in serie.valeurs) for serie in series}
        if len(stamps) > 1:
            yield series[0].lieu, "les classes n'ont pas les mêmes relevés"
    for key, sets in sides.items():
        if len(sets) > 1:
            yield point.lieu, f"les grandeurs n'ont pas les mêmes classes du côté {key[4]}"


class Releve(NamedTuple):
    """What the registers of a quantity show at an instant, each with its place."""

    instant: int
    registres: dict[str, tuple[int, str]]


def registre(serie: Serie) -> str:
    """Return what a register is called, whoever tells it: D1, F2, T; its class without rank."""
    cadran = re.search(r"([DFT]?)([0-9]*)$", str(serie.dit.get("cadran") or ""))
    cote = str(serie.dit.get("cote", ""))
    if cote == "T":
        return "T"
    rang = cadran[2] if cadran else ""
    return f"{cote}{rang or serie.dit.get('classe', '')}"


def releves(series: Sequence[Serie]) -> dict[tuple[Any, ...], list[Releve]]:
    """Return the readings of each quantity, ascending."""
    found: dict[tuple[Any, ...], dict[int, dict[str, tuple[int, str]]]] = {}
    for serie in series:
        noms = ("metier", "physique", "contexte", "type", "motif")
        key = (*(serie.dit.get(nom) for nom in noms), serie.petit)
        by_instant = found.setdefault(key, {})
        nom = registre(serie)
        for v in serie.valeurs:
            if v.valeur is not None:
                by_instant.setdefault(v.instant, {})[nom] = (v.valeur, v.lieu)
    return {key: [Releve(t, by[t]) for t in sorted(by)] for key, by in found.items()}


@POINTS.controle("les registres montent, et chaque grille compte le même total")
def index(point: PointLu) -> Iterator[Ecart]:
    for key, lus in releves(point.of("index")).items():
        yield from judge_readings(key, lus)


def judge_readings(key: tuple[Any, ...], lus: Sequence[Releve]) -> Iterator[Ecart]:
    """Yield what is wrong with readings of one quantity, ascending; key as of `releves`."""
    physique, petit = key[1], key[5]
    monthly = physique in _MENSUELLES
    for lu in lus:
        d, f, t, lieu = _sums(lu.registres)
        full = {"D1", "D2", "D3", "D4"} <= {*lu.registres}
        if petit and t is not None and (max(d or 0, f or 0) > t or (full and d != t)):
            yield lieu, f"le total {t} n'est pas celui des classes ({d} et {f})"
        elif petit and full and f is not None and d is not None and f > d:
            yield lieu, f"les classes du fournisseur ({f}) dépassent celles du distributeur ({d})"
        small = {abs(x - y) for x in (d, f, t) for y in (d, f, t) if None not in (x, y)} - {0}
        if petit and small and min(small) < _REGISTRE_OUBLIE:
            yield lieu, f"les totaux {d}, {f} et {t} s'écartent de trop peu pour un registre oublié"
        if physique == "DD" and any(v % 60 for v, _ in lu.registres.values()):
            yield lieu, "une durée de dépassement compte des minutes"
        if physique == "TF" and d is not None and d > 32 * 86400:
            yield lieu, f"{d} secondes ne tiennent pas dans un mois"
    fell: dict[str, int] = {}
    for a, b in pairwise(lus):
        shared = [nom for nom in b.registres if nom in a.registres]
        moved = {nom: b.registres[nom][0] - a.registres[nom][0] for nom in shared}
        down = [nom for nom in shared if moved[nom] < 0]
        lieu = b.registres[(down or [*b.registres])[0]][1]
        if monthly:
            again = [nom for nom in down if b.instant - fell.get(nom, 0) < 20 * 86400]
            fell |= dict.fromkeys(down, b.instant)
            if again and key[3] == "RC":
                yield lieu, f"le registre {again[0]} redescend"
            continue
        if down:
            # A new meter starts all of them anew.
            if any(moved[nom] > 0 for nom in shared) or b.registres[down[0]][0] > 10**9:
                yield lieu, f"le registre {down[0]} descend de {-moved[down[0]]}"
            continue
        same = set(a.registres) == set(b.registres)
        pairs = zip(_sums(a.registres)[:3], _sums(b.registres)[:3], strict=True)
        gains = [after - before for before, after in pairs if None not in (before, after)]
        slack = 0 if petit else 1000 * len(b.registres)
        if same and gains and max(gains) - min(gains) > slack:
            yield lieu, f"les grilles ne comptent pas la même énergie ({gains})"
        elif petit and gains and max(gains) * 3600 > _WATTS_PETIT * max(b.instant - a.instant, 60):
            yield lieu, f"le total monte de {max(gains)}, plus que ne peut un point de 36 kVA"


def _sums(registres: dict[str, tuple[int, str]]) -> tuple[Any, Any, Any, str]:
    def side(cote: str) -> int | None:
        found = [valeur for nom, (valeur, _) in registres.items() if nom[0] == cote]
        return sum(found) if found else None

    return side("D"), side("F"), side("T"), next(iter(registres.values()))[1]


@POINTS.controle("les registres d'un relevé sont lus ensemble")
def registres_ensemble(point: PointLu) -> Iterator[Ecart]:
    for lus in releves(point.of("index")).values():
        for a, b in pairwise(lus):
            gone = {nom[0] for nom in a.registres} - {nom[0] for nom in b.registres}
            if gone:
                lieu = next(iter(b.registres.values()))[1]
                yield lieu, f"il manque le relevé des registres {', '.join(sorted(gone))}"


@POINTS.controle("des quantités facturées se suivent, et leurs natures vont avec leurs motifs")
def quantites(point: PointLu) -> Iterator[Ecart]:
    counted: dict[tuple[int, int], dict[str, tuple[int, int, str]]] = {}
    found: dict[tuple[Any, ...], list[tuple[Valeur, Serie]]] = {}
    for serie in point.of("quantite"):
        key = tuple(serie.dit.get(nom) for nom in ("physique", "cote", "classe", "metier"))
        found.setdefault(key, []).extend((valeur, serie) for valeur in serie.valeurs)
    for rows in found.values():
        rows.sort(key=lambda row: (row[0].instant, str(row[0].plus.get("fin_mesure"))))
        previous = None
        for valeur, serie in rows:
            plus = valeur.plus
            fin, creation = (read_stamp(str(plus.get(n))) for n in ("fin_mesure", "creation"))
            faute = fin.faute or creation.faute
            regularise = "C" in (plus.get("nature"), str(plus.get("libelle_nature"))[:1])
            if faute:
                yield valeur.lieu, faute
                continue
            if fin.instants[0] <= valeur.instant:
                yield valeur.lieu, f"elle finit le {plus['fin_mesure']}, avant de commencer"
            now, days = point.fichier.creation, (creation.legale - fin.legale).days
            rectifiee = "R" in (plus.get("statut"), str(plus.get("libelle_statut"))[:1])
            if days < 1 or (days > 1 and not rectifiee) or (now and creation.legale > now):
                yield valeur.lieu, f"elle est créée le {plus['creation']}, non le lendemain de sa fin"
            if previous is not None and valeur.instant < previous:
                yield valeur.lieu, f"elle commence le {valeur.texte}, dans la précédente"
            if (serie.dit.get("motif") == "AUTRE") < regularise:
                yield valeur.lieu, "une régularisation n'a pas ce motif de relève"
            if serie.dit.get("unite") == "Wh" and (valeur.valeur or 0) % 1000:
                yield valeur.lieu, f"{valeur.valeur} Wh ne sont pas des kWh entiers"
            previous = fin.instants[0]
            cote, key = str(serie.dit.get("cote")), (valeur.instant, fin.instants[0])
            if serie.dit.get("physique") == "EA":
                sums = counted.setdefault(key, {})
                total, count, _ = sums.get(cote, (0, 0, ""))
                sums[cote] = total + (valeur.valeur or 0), count + 1, valeur.lieu
    for sums in counted.values():
        if len(sums) == 2:
            (a, n, lieu), (b, m, _) = sums.values()
            if abs(a - b) > 1000 * (n + m):
                yield lieu, f"les deux grilles ne font pas la même énergie ({a} et {b} Wh)"
    sides = {cote for sums in counted.values() for cote in sums}
    alone = [lieu for sums in counted.values() if len(sums) < len(sides) for *_, lieu in sums.values()]
    if alone and len(alone) < len(counted):
        yield alone[0], "l'autre grille n'a pas la même période"


@POINTS.controle("la puissance maximale d'un jour n'est pas sous sa puissance moyenne")
def maximum_et_energie(point: PointLu) -> Iterator[Ecart]:
    maxima = {
        legal(v.instant).date(): v
        for serie in point.of("maximum")
        if serie.dit.get("physique") == "PMA"
        for v in serie.valeurs
        if v.valeur is not None
    }
    for key, lus in releves(point.of("index")).items():
        for a, b in pairwise(lus):
            day = legal(a.instant).date()
            totals = [
                (before, after)
                for before, after in zip(_sums(a.registres), _sums(b.registres), strict=True)
                if isinstance(before, int) and isinstance(after, int)
            ]
            if key[1] != "EA" or not key[5] or day not in maxima or not totals:
                continue
            if b.instant == midnight(day + _JOUR):
                gain = totals[0][1] - totals[0][0]
                if gain * 3600 > (maxima[day].valeur or 0) * (b.instant - a.instant):
                    yield (
                        maxima[day].lieu,
                        f"{maxima[day].valeur} VA pour {gain} Wh dans la journée",
                    )
