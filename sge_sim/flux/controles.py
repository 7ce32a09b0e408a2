"""What must hold in what a file says of a point: the checks, as a table.

A check yields what it finds wrong: a place and a sentence in French. `source` says who wants it,
the documents of the flux where none is named.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.domaine.prm import is_valid
from sge_sim.flux.instants import as_legal, legal_midnight, read_stamp
from sge_sim.flux.lecteur import PointDuFlux, SerieDuFlux, ValeurDuFlux
from sge_sim.mesures.grilles_nommees import libelle_de_la_classe, libelle_du_calendrier
from sge_sim.mesures.point import Structure

EcartFlux = tuple[str, str]
"""A place and what is wrong there, in French."""
T = TypeVar("T")


@dataclass(frozen=True)
class ControleFlux(Generic[T]):
    """A check: `attendu` is what must hold, in French."""

    nom: str
    attendu: str
    source: str | None
    provenance: Provenance
    cherche: Callable[[T], Iterable[EcartFlux]]


@dataclass(frozen=True)
class ControlesFlux(Generic[T]):
    """A table of checks, in the order in which they are made: that of their functions."""

    controles: list[ControleFlux[T]] = field(default_factory=list)

    def controle(
        self, attendu: str, *, source: str | None = None, provenance: Provenance = "documented"
    ) -> Callable[[Callable[[T], Iterable[EcartFlux]]], Callable[[T], Iterable[EcartFlux]]]:
        """Add the check whose function yields what it finds wrong."""

        def add(cherche: Callable[[T], Iterable[EcartFlux]]) -> Callable[[T], Iterable[EcartFlux]]:
            made = ControleFlux(cherche.__name__, attendu, source, provenance, cherche)
            self.controles.append(made)
            return cherche

        return add


POINTS: Final = ControlesFlux[PointDuFlux]()
JOUR: Final = timedelta(1)
_RETARD: Final = 22 * 86400
"""How far before its window a day may be told that came late (guides R50 and R151: 20 days)."""
WATTS_PETIT: Final = 60_000
"""More than any point of 36 kVA draws (assumed)."""
_DOUZIEMES: Final = {1000 * rang // 12 for rang in range(12)}
"""What whole kW over five minutes add up to, beside whole kWh."""
_ILLISIBLE: Final = 65_535
_PERTE: Final = {True: 9 * 3600, False: 86_400 - 600}
"""The longest time that is lost at once of a curve whose lost points aren't told, of a small and of
a large meter (observed 2022: some half-hours in a row, bursts of some hours)."""
_CADRANS: Final = {code: rang for each in Structure for code, rang in each.classes}


@POINTS.controle("un PRM a quatorze chiffres, dont sa clé", source="FAQ Enedis")
def prm_et_cle(point: PointDuFlux) -> Iterator[EcartFlux]:
    # What nobody knows may be asked for: its report says so.
    refused = any(
        v.plus.get("recevabilite") == "NON_RECEVABLE"
        for serie in point.of("rapport")
        for v in serie.valeurs
    )
    if not refused and not is_valid(point.prm):
        yield point.lieu, f"la clé du PRM « {point.prm} » est fausse"


@POINTS.controle("horodates et valeurs se lisent, en heure légale")
def lisibles(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        yield from serie.fautes


@POINTS.controle("les valeurs se suivent, chaque horodate une fois")
def ordre(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.of("courbe", "index", "energie", "maximum"):
        par_date = "date_seule" in serie.dit
        for a, b in pairwise(serie.valeurs):
            before, after = (
                (read_stamp(v.texte).instants[0] for v in (a, b)) if par_date else (0, 0)
            )
            moved = after - before if par_date else b.instant - a.instant
            if moved == 0:
                yield b.lieu, f"{b.texte} y est déjà"
            elif moved < 0:
                yield b.lieu, f"{b.texte} vient après {a.texte}"
            elif serie.sorte == "maximum" and a.texte[:10] == b.texte[:10]:
                yield b.lieu, f"le {b.texte[:10]} a déjà son maximum"


@POINTS.controle("les jours d'un point se suivent, chacun une fois")
def jours(point: PointDuFlux) -> Iterator[EcartFlux]:
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
def periode(point: PointDuFlux) -> Iterator[EcartFlux]:
    recurrent = "suite" in point.fichier.forme.declaree and point.fichier.fact("frequence") != "P"
    demanded = "suite" in point.fichier.forme.declaree and not recurrent
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
        whole = [end for end in (debut, fin) if end is not None] if demanded else []
        if any(end != legal_midnight(as_legal(end).date()) for end in whole):
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
def pas_du_jour(point: PointDuFlux) -> Iterator[EcartFlux]:
    if "profondeur" in point.fichier.forme.declaree:
        return
    for serie in point.of("courbe"):
        if serie.dit["trous"] == "pertes":
            continue
        by_day: dict[Any, list[ValeurDuFlux]] = {}
        for valeur in serie.valeurs:
            by_day.setdefault(day_of_step(serie, valeur.instant), []).append(valeur)
        for jour in point.jours.values():
            if jour.valeurs:
                said = read_stamp(jour.texte).legale.date()
                for valeur in jour.valeurs:
                    if day_of_step(serie, valeur.instant) != said:
                        yield valeur.lieu, f"{valeur.texte} n'est pas du {said}"
        previous = None
        for day, values in by_day.items():
            a, b = legal_midnight(day), legal_midnight(day + JOUR)
            dits = serie.dit.get("pas")
            pas = int(dits) * 60 if dits else _likely_step(b - a, len(values))
            start = a + (pas if serie.petit else 0)
            wanted, found = set(range(start, start + b - a, pas)), {v.instant for v in values}
            if wanted != found:
                missing, extra = sorted(wanted - found), sorted(found - wanted)
                which = (
                    f"{as_legal(missing[0]):%H:%M}" if missing else f"{as_legal(extra[0]):%H:%M:%S}"
                )
                what = "il manque" if missing else "il y a en trop"
                yield values[0].lieu, f"{what} {which} le {day} ({len(values)} pas)"
            if previous is not None and serie.dit["trous"] != "jour":
                gap = (day - previous[0]).days
                if gap > 1 and (serie.dit["trous"] == "aucun" or gap < 32) and pas == previous[1]:
                    yield values[0].lieu, f"il manque des jours entre {previous[0]} et {day}"
            previous = day, pas
        fin = serie.borne("fin")
        if (
            serie.dit["trous"] == "aucun"
            and previous
            and fin not in (None, legal_midnight(day + JOUR))
        ):
            yield serie.lieu, f"il manque la fin de la période, après le {previous[0]}"


def day_of_step(serie: SerieDuFlux, instant: int) -> Any:
    """Return the legal day of a step; those of a small meter are stamped at their end."""
    return as_legal(instant - (1 if serie.petit else 0)).date()


def _likely_step(seconds: int, count: int) -> int:
    steps = (300, 600, 900, 1800, 3600)
    return min(steps, key=lambda step: abs(seconds // step - count))


@POINTS.controle("les pas se suivent, sans autre trou que de quelques heures")
def pas_suivis(point: PointDuFlux) -> Iterator[EcartFlux]:
    slides = "profondeur" in point.fichier.forme.declaree
    recurrent = "suite" in point.fichier.forme.declaree and point.fichier.fact("frequence") != "P"
    for serie in point.of("courbe"):
        if serie.dit["trous"] != "pertes" and not slides:
            continue
        pas, lost = serie.pas, _PERTE[bool(serie.petit)]
        for rang, (a, b) in enumerate(pairwise(serie.valeurs)):
            step = 60 * pas[rang + bool(serie.petit)]
            hole = b.instant - a.instant - step
            if hole == 0 or b.instant <= a.instant or not step:
                continue
            if hole < 0 or hole % 300:
                yield b.lieu, f"{b.texte} n'est pas à {step // 60} minutes de {a.texte}"
            elif slides or (hole > lost and not recurrent and pas[rang] == pas[rang + 1]):
                yield b.lieu, f"il manque des pas entre {a.texte} et {b.texte}"
        creation = point.fichier.creation
        if slides and creation and serie.valeurs:
            first, last = (as_legal(serie.valeurs[rang].instant) for rang in (0, -1))
            ago = timedelta(hours=point.fichier.forme.declaree["profondeur"])
            once = timedelta(minutes=pas[0])
            if not -once < first - (creation - ago) <= once or not creation - 2 * once < last:
                yield serie.lieu, f"elle n'est pas des {ago} avant le {creation}"
        for valeur, step in zip(serie.valeurs, pas, strict=True):
            if step and valeur.instant % (60 * step):
                yield valeur.lieu, f"{valeur.texte} n'est pas un multiple de {step} minutes"


@POINTS.controle("chaque jour d'une demande a sa valeur", provenance="assumed")
def jours_de_la_demande(point: PointDuFlux) -> Iterator[EcartFlux]:
    if point.fichier.fact("frequence") not in (None, "P"):
        return
    for serie in point.of("energie", "maximum", "index"):
        daily = serie.dit.get("type") in (None, "AQ", "RC", "GLOBALE")
        if not daily or serie.dit.get("contexte") == "CRD" or "date_seule" in serie.dit:
            continue
        for a, b in pairwise(serie.valeurs):
            gap = (as_legal(b.instant).date() - as_legal(a.instant).date()).days
            # A lost index takes two energies; a large meter's energy goes with a step of its curve.
            if gap > 1 and (serie.sorte != "energie" or (serie.petit and gap == 2)):
                yield b.lieu, f"il manque des jours entre {a.texte} et {b.texte}"
        fin = serie.borne("fin")
        if fin is not None and serie.valeurs and "calendrier" not in serie.dit:
            left = (as_legal(fin).date() - as_legal(serie.valeurs[-1].instant).date()).days
            if left > (1 if serie.petit or serie.sorte == "index" else 4):
                yield serie.valeurs[-1].lieu, f"il manque les {left - 1} derniers jours"


@POINTS.controle("une valeur a le signe et l'ordre de grandeur de ce qu'elle mesure")
def grandeurs(point: PointDuFlux) -> Iterator[EcartFlux]:
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
                and v > WATTS_PETIT
                and (courbe or (serie.sorte == "maximum" and v != _ILLISIBLE))
            ):
                yield valeur.lieu, f"{v} dépasse ce que peut un point de 36 kVA"


@POINTS.controle("les champs ont les valeurs qui sont prévues, et vont ensemble")
def valeurs_prevues(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        beside = {(id(v.plus), v.valeur is None): v for v in reversed(serie.valeurs)}
        for v in beside.values():
            lu = "non" if v.valeur is None else "oui"
            said = {**point.fichier.dit, **v.plus, **serie.dit, "lu": lu}
            yield from expected(serie.vue.get("valeurs", {}), said, v.lieu)
            for champ, liste in serie.vue.get("listes", {}).items():
                code, libelles_connus = str(said.get(champ)), LISTES[liste]
                libelle = said.get(f"libelle_{champ}", libelles_connus.get(code, code))
                if code in libelles_connus and libelle not in (libelles_connus[code], code):
                    yield v.lieu, f"« {libelle} » n'est pas le libellé de {code}"
            for champ in [champ for champ in v.plus if champ.startswith("date_")]:
                texte, made = str(said[champ]), point.fichier.creation
                stamp = read_stamp(texte if texte[2:3] == "-" else "")
                if stamp.faute or (made and stamp.legale > made):
                    yield v.lieu, f"{champ} ne peut être « {texte} »"


def expected(regles: Mapping[str, str], dit: Mapping[str, Any], lieu: str) -> Iterator[EcartFlux]:
    """Yield the fields, alone or together, whose values aren't those that a form declares."""
    for champs, allowed in regles.items():
        said = [dit.get(champ) for champ in champs.split()]
        text = "/".join("" if value is None else str(value) for value in said)
        if said != [None] * len(said) and not re.fullmatch(allowed, text):
            yield lieu, f"{champs} ne peut être « {text} »"


@POINTS.controle("un jour a toutes ses parties", provenance="observed")
def parties_du_jour(point: PointDuFlux) -> Iterator[EcartFlux]:
    for jour in point.jours.values():
        if jour.vus and jour.attendus - jour.vus:
            yield jour.lieu, f"il manque {', '.join(sorted(jour.attendus - jour.vus))}"


@POINTS.controle("une courbe a les grandeurs de sa nature", provenance="observed")
def grandeurs_de_la_courbe(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.of("courbe")[:1]:
        corrected = (
            "Corrigée" in str(point.fichier.fact("nature")) or serie.dit.get("etape") == "BEST"
        )
        wanted = () if serie.petit else serie.dit.get("corrigees" if corrected else "brutes")
        found = {each.dit.get("physique") for each in point.of("courbe")}
        if wanted and not {*wanted} <= found:
            yield point.lieu, f"il manque une de {', '.join(wanted)}"
    metiers = {serie.dit["metier"] for serie in point.series if "metier" in serie.dit}
    if len(metiers) > 1 and point.fichier.forme.declaree.get("membres") == "plusieurs":
        yield point.lieu, "consommation et production sont mêlées"


@POINTS.controle("codes et libellés de calendriers et de classes sont de la même ligne")
def libelles(point: PointDuFlux) -> Iterator[EcartFlux]:
    doubled = point.fichier.forme.declaree.get("libelles_doubles", ())
    for serie in point.series:
        code, classe = serie.dit.get("calendrier"), serie.dit.get("classe")
        libelle = serie.dit.get("libelle_calendrier")
        known = libelle_du_calendrier(code) if code else None
        libelles_connus = {known, LISTES["calendrier"].get(code or "")}
        if known and code in doubled:
            libelles_connus.add(doubly_encoded(known))
        if libelle is not None and code not in (None, known) and libelle not in libelles_connus:
            yield serie.lieu, f"« {libelle} » n'est pas le libellé du calendrier {code}"
        if classe is None:
            continue
        libelle = serie.dit.get("libelle_classe")
        libelles_connus = {libelle_de_la_classe(classe), LISTES["classeTemporelle"].get(classe)}
        if classe not in LISTES["classeTemporelle"] or libelle not in {None, *libelles_connus}:
            yield serie.lieu, f"« {libelle} » n'est pas le libellé de la classe {classe}"
        rang = re.sub(r".*[^0-9]", "", str(serie.dit.get("cadran", "")))
        if serie.petit and rang and rang != str(_CADRANS.get(classe, rang)):
            yield serie.lieu, f"la classe {classe} n'est pas au cadran {rang}"
