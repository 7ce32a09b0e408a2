"""What must hold in what a file says of a point: the checks, as a table.

A check yields what it finds wrong: a place and a sentence in French. `source` says who wants it,
the documents of the flux where none is named. None wants what real files do without.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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

    attendu: str
    source: str | None
    provenance: Provenance
    cherche: Callable[[T], Iterable[EcartFlux]]


class ControlesFlux(list[ControleFlux[T]]):
    """A table of checks, in the order in which they are made: that of their functions."""

    def controle(
        self, attendu: str, *, source: str | None = None, provenance: Provenance = "documented"
    ) -> Callable[[Callable[[T], Iterable[EcartFlux]]], Callable[[T], Iterable[EcartFlux]]]:
        """Add the check whose function yields what it finds wrong."""

        def add(cherche: Callable[[T], Iterable[EcartFlux]]) -> Callable[[T], Iterable[EcartFlux]]:
            self.append(ControleFlux(attendu, source, provenance, cherche))
            return cherche

        return add


POINTS: Final = ControlesFlux[PointDuFlux]()
JOUR: Final = timedelta(1)
_CADRANS: Final = {code: rang for each in Structure for code, rang in each.classes}


@POINTS.controle("un PRM a quatorze chiffres, dont sa clé", source="FAQ Enedis")
def prm_et_cle(point: PointDuFlux) -> Iterator[EcartFlux]:
    # What nobody knows may be asked for: its report says so.
    said = [v.plus.get("recevabilite") for serie in point.series for v in serie.valeurs[:1]]
    if "NON_RECEVABLE" not in said and not is_valid(point.prm):
        yield point.lieu, f"la clé du PRM « {point.prm} » est fausse"


@POINTS.controle("horodates et valeurs se lisent, en heure légale")
def lisibles(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        yield from serie.fautes


@POINTS.controle("les valeurs se suivent, chaque horodate une fois")
def ordre(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.of("courbe", "index", "energie", "maximum"):
        for v in serie.valeurs if serie.dit.get("type") == "AQ" else ():
            if v.instant != legal_midnight(as_legal(v.instant).date()):
                yield v.lieu, f"{v.texte} n'est pas minuit, où se lit un arrêté quotidien"
        for a, b in pairwise(serie.valeurs):
            if "date_seule" in serie.dit:
                moved = read_stamp(b.texte).instants[0] - read_stamp(a.texte).instants[0]
            else:
                moved = b.instant - a.instant
            if moved <= 0:
                how = f"vient après {a.texte}" if moved else "y est déjà"
                yield b.lieu, f"{b.texte} {how}"
            elif serie.sorte == "maximum" and a.texte[:10] == b.texte[:10]:
                yield b.lieu, f"le {b.texte[:10]} a déjà son maximum"


@POINTS.controle("les horodates sont dans la période de la série")
def periode(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.of("courbe", "index", "energie", "maximum", "quantite", "fin"):
        for nom in ("debut", "fin", "fin_incluse"):
            if nom in serie.dit and (faute := read_stamp(str(serie.dit[nom])).faute):
                yield serie.lieu, faute
        debut, fin = serie.borne("debut"), serie.borne("fin")
        if debut is None:
            continue
        if fin is not None and (debut > fin or (debut == fin and serie.valeurs)):
            yield serie.lieu, f"la période finit ({serie.dit.get('fin')}) avant de commencer"
            continue
        shift = (serie.sorte == "courbe" and bool(serie.petit)) or "date_seule" in serie.dit
        for valeur in serie.valeurs:
            t = valeur.instant - shift
            # That of a recurrent R6X is when they came in (GUI 0503 §1.1.3); 36 months are kept.
            if t < debut - 1096 * 86400 * point.fichier.recurrent or (fin is not None and t >= fin):
                yield valeur.lieu, f"{valeur.texte} est hors de la période de la série"


@POINTS.controle("une courbe a tous les pas de ses jours : 46, 48 ou 50 demi-heures")
def pas_du_jour(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.of("courbe"):
        steps = [60 * (pas or (30 if serie.petit else 10)) for pas in serie.pas]
        for valeur, step in zip(serie.valeurs, steps, strict=True):
            if valeur.instant % step:
                yield valeur.lieu, f"{valeur.texte} n'est pas un multiple de {step // 60} minutes"
            dit = valeur.plus.get("jour")
            if dit not in (None, str(day_of_step(serie, valeur.instant))):
                yield valeur.lieu, f"{valeur.texte} n'est pas du {dit}"
        if serie.dit["trous"] == "aucun":
            for (a, b), step in zip(pairwise(serie.valeurs), steps, strict=False):
                if b.instant - a.instant > step:
                    yield b.lieu, f"il manque des pas entre {a.texte} et {b.texte}"
        for day, values in by_day(serie).items() if serie.dit["trous"] == "jours" else ():
            missing = {*stamps_of_day(serie, day, steps[0])} - {v.instant for v in values}
            if missing:
                first = f"{as_legal(min(missing)):%H:%M}"
                yield values[0].lieu, f"il manque {first} le {day} ({len(values)} pas)"


def day_of_step(serie: SerieDuFlux, instant: int) -> date:
    """Return the legal day of a step; those of a small meter are stamped at their end."""
    return as_legal(instant - (1 if serie.petit else 0)).date()


def by_day(serie: SerieDuFlux) -> dict[date, list[ValeurDuFlux]]:
    """Return the values of a curve by the day of their step."""
    found: dict[date, list[ValeurDuFlux]] = {}
    for valeur in serie.valeurs:
        found.setdefault(day_of_step(serie, valeur.instant), []).append(valeur)
    return found


def stamps_of_day(serie: SerieDuFlux, day: date, step: int) -> range:
    """Return the stamps (epoch seconds) of a legal day, by steps of so many seconds."""
    late = step if serie.petit else 0
    return range(legal_midnight(day) + late, legal_midnight(day + JOUR) + late, step)


@POINTS.controle("chaque jour d'une demande a sa valeur", provenance="assumed")
def jours_de_la_demande(point: PointDuFlux) -> Iterator[EcartFlux]:
    if point.fichier.fact("frequence") not in (None, "P"):
        return
    for serie in point.of("courbe", "energie", "maximum", "index"):
        if serie.sorte == "index" and serie.dit.get("type") != "AQ":
            continue
        for (a, b), pas in zip(pairwise(serie.valeurs), pairwise(serie.pas), strict=True):
            gap = (day_of_step(serie, b.instant) - day_of_step(serie, a.instant)).days
            # A lost index takes two energies, and a day goes where the step of a curve changes.
            steady = serie.sorte != "courbe" or pas[0] == pas[1] > 0
            if gap > 1 and steady and (serie.sorte != "energie" or (serie.petit and gap == 2)):
                yield b.lieu, f"il manque des jours entre {a.texte} et {b.texte}"


@POINTS.controle("une mesure n'est pas négative, sauf une quantité régularisée")
def signe(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        for valeur in serie.valeurs:
            legal = serie.sorte == "quantite" and valeur.plus.get("nature", "C") != "R"
            if valeur.valeur is not None and valeur.valeur < 0 and not legal:
                yield valeur.lieu, f"{valeur.valeur} est négatif"


@POINTS.controle("les champs ont les valeurs qui sont prévues, et vont ensemble")
def valeurs_prevues(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        beside = {(id(v.plus), v.valeur is None): v for v in reversed(serie.valeurs)}
        for v in beside.values():
            lu = "non" if v.valeur is None else "oui"
            said = {**point.fichier.dit, **v.plus, **serie.dit, "lu": lu}
            yield from expected(serie.vue.get("valeurs", {}), said, v.lieu)
            for champ, liste in serie.vue.get("listes", {}).items():
                code, libelle = str(said.get(champ)), said.get(f"libelle_{champ}")
                if libelle not in (None, code, LISTES[liste].get(code, libelle)):
                    yield v.lieu, f"« {libelle} » n'est pas le libellé de {code}"
            for champ in [champ for champ in v.plus if champ.startswith("date_")]:
                stamp, made = read_stamp(str(said[champ])), point.fichier.creation
                if stamp.faute or (made and stamp.legale > made):
                    yield v.lieu, f"{champ} ne peut être « {said[champ]} »"


def expected(regles: Mapping[str, str], dit: Mapping[str, Any], lieu: str) -> Iterator[EcartFlux]:
    """Yield the fields, alone or together, whose values aren't those that a form declares."""
    for champs, allowed in regles.items():
        said = [dit.get(champ) for champ in champs.split()]
        text = "/".join("" if value is None else str(value) for value in said)
        if said != [None] * len(said) and not re.fullmatch(allowed, text):
            yield lieu, f"{champs} ne peut être « {text} »"


@POINTS.controle("codes et libellés de calendriers et de classes sont de la même ligne")
def libelles(point: PointDuFlux) -> Iterator[EcartFlux]:
    for serie in point.series:
        code, classe = str(serie.dit.get("calendrier")), str(serie.dit.get("classe"))
        known = {libelle_du_calendrier(code), LISTES["calendrier"].get(code)} - {None, code}
        if code in point.fichier.forme.declaree.get("libelles_doubles", ()):
            known.add(doubly_encoded(libelle_du_calendrier(code)))
        libelle = serie.dit.get("libelle_calendrier")
        if known and libelle not in (None, code, *known):
            yield serie.lieu, f"« {libelle} » n'est pas le libellé du calendrier {code}"
        known = {libelle_de_la_classe(classe), LISTES["classeTemporelle"].get(classe)} - {None}
        libelle = serie.dit.get("libelle_classe")
        if classe in LISTES["classeTemporelle"] and libelle not in (None, classe, *known):
            yield serie.lieu, f"« {libelle} » n'est pas le libellé de la classe {classe}"
        rang = re.sub(r".*[^0-9]", "", str(serie.dit.get("cadran", "")))
        if serie.petit and rang and rang != str(_CADRANS.get(classe, rang)):
            yield serie.lieu, f"la classe {classe} n'est pas au cadran {rang}"
