"""What must hold in a file as a whole, and between files that stand together: the checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.flux.controles import ControlesFlux, EcartFlux, by_day, expected, stamps_of_day
from sge_sim.flux.controles_index import MENSUELLES, ReleveDuFlux, judge_readings, releves
from sge_sim.flux.instants import as_legal, read_stamp, read_tampon
from sge_sim.flux.lecteur import FichierLu, PointDuFlux
from sge_sim.mesures.grilles_nommees import libelle_du_calendrier

_A_FLUX: Final = re.compile(r"(?:ENEDIS|ERDF|Enedis_SGE|SGE-SIM)_")
_DOUBLE: Final = re.compile("[ÃÂ][\u0080-\u00bf]|Ã¤|\\\\u00c[23]\\\\u00[89ab]")
_PUISSANCES: Final = {"EA": "PA", "ERI": "PRI", "ERC": "PRC"}
_DUREES: Final = {"Q": 1, "H": 7, "M": 31}
"""The most days of which a file tells that leaves each day, week or month."""


@dataclass
class ResumeFlux:
    """What is kept of a file that was read: its points, by PRM and place, the last instant that it
    tells of (epoch seconds), and their periods."""

    fichier: FichierLu
    points: list[tuple[str, str]] = field(default_factory=list)
    dernier: int = 0
    periodes: set[tuple[int, int]] = field(default_factory=set)

    def add(self, point: PointDuFlux) -> None:
        """Note a point."""
        self.points.append((point.prm, point.lieu))
        for serie in point.series:
            debut, fin = serie.borne("debut"), serie.borne("fin")
            if debut is not None and fin is not None:
                self.periodes.add((debut, fin))
            self.dernier = max([self.dernier, *(v.instant for v in serie.valeurs[-1:])])


FICHIERS: Final = ControlesFlux[ResumeFlux]()


@FICHIERS.controle("un fichier dit la même chose que les noms sous lesquels il est")
def noms(lu: ResumeFlux) -> Iterator[EcartFlux]:
    fichier = lu.fichier
    said = {name: (str(value), "le fichier") for name, value in fichier.dit.items()}
    if fichier.creation is not None and {"creation", "creation_utc"} & {*fichier.dit}:
        said["tampon"] = (f"{fichier.creation:%Y%m%d%H%M%S}", "le fichier")
    named = [nom for nom, facts in fichier.noms if facts is not None]
    for nom, facts in reversed(fichier.noms):
        if facts is None:
            base = nom.replace("\\", "/").rpartition("/")[2]
            if named or _A_FLUX.match(base):
                yield nom, f"ce nom n'est pas celui d'un {fichier.forme.nom}"
            continue
        for name, value in facts.items():
            before, who = said.setdefault(name, (value, nom))
            if before != value:
                yield nom, f"{name} y est {value}, mais {before} selon {who}"
        if "tampon" in facts and read_tampon(facts["tampon"]) is None:
            yield nom, f"{facts['tampon']} n'est pas un instant"
        if int(facts.get("rang", 1)) > int(facts.get("nombre", 1)):
            yield nom, f"il se dit le fichier {facts['rang']} de {facts['nombre']}"


@FICHIERS.controle("une archive tient ses fichiers à sa racine, et un seul sauf pour R4x et C68")
def membres(lu: ResumeFlux) -> Iterator[EcartFlux]:
    outer, *inner = lu.fichier.membre.noms
    declared = lu.fichier.forme.declaree.get("membres")
    for nom in inner:
        if re.search(r"[/\\:]|^\.\.", nom) or nom != nom.strip():
            yield nom, "ce nom de membre sort de l'archive"
    if declared is None and lu.fichier.membre.voisins > 1:
        yield outer, f"l'archive tient {lu.fichier.membre.voisins} fichiers"
    if len(inner) > (2 if declared == "archives" else 1):
        yield outer, "une archive de trop l'enveloppe"


@FICHIERS.controle("un texte est de l'UTF-8, codé une fois, sans BOM sauf celui d'un HDM")
def codage(lu: ResumeFlux) -> Iterator[EcartFlux]:
    texte, declared = lu.fichier.texte, lu.fichier.forme.declaree
    bom = lu.fichier.membre.content.startswith(b"\xef\xbb\xbf")
    if bom != declared.get("bom", False):
        yield "octet 0", "il manque le BOM" if not bom else "un BOM n'y a pas sa place"
    for code in declared.get("libelles_doubles", ()):  # observed 2026
        texte = texte.replace(doubly_encoded(libelle_du_calendrier(code)), "")
    for found in _DOUBLE.finditer(texte):
        near = texte[max(0, found.start() - 20) : found.end() + 10]
        line = texte.count("\n", 0, found.start()) + 1
        yield f"ligne {line}", f"« {near} » est codé deux fois"


@FICHIERS.controle("un objet JSON a chaque clé une fois", source="RFC 8259 §4")
def cles(lu: ResumeFlux) -> Iterator[EcartFlux]:
    for each in lu.fichier.repetitions:
        yield "JSON", f"clé répétée dans {each}"


@FICHIERS.controle("un fichier dit ce qui est prévu de lui-même")
def entete(lu: ResumeFlux) -> Iterator[EcartFlux]:
    said = lu.fichier.dit
    yield from expected(lu.fichier.forme.declaree.get("valeurs", {}), said, "en-tête")
    for name in ("creation", "horodate_publication"):
        if name in said and (faute := read_stamp(said[name]).faute):
            yield "en-tête", faute


@FICHIERS.controle("un point n'est qu'une fois dans un fichier")
def points_une_fois(lu: ResumeFlux) -> Iterator[EcartFlux]:
    seen: set[str] = set()
    for prm, lieu in lu.points:
        if prm in seen:
            yield lieu, f"le point {prm} y est déjà"
        seen.add(prm)


@FICHIERS.controle("un fichier est fait après ce qu'il raconte, et le raconte à temps")
def a_temps(lu: ResumeFlux) -> Iterator[EcartFlux]:
    creation, frequence = lu.fichier.creation, lu.fichier.fact("frequence")
    if creation is None:
        return
    last = as_legal(lu.dernier)
    if last > creation:
        yield "en-tête", f"il est fait le {creation}, avant le {last} qu'il raconte"
    least, most = lu.fichier.forme.declaree.get("couvre", {}).get(frequence, (None, 0))
    late = (creation.date() - as_legal(lu.dernier - 1).date()).days  # midnight ends a day
    if least is not None and not least <= late <= most:
        yield "en-tête", f"il est fait le {creation}, et raconte le {last}"
    for bornes in lu.periodes:
        debut, fin = map(as_legal, bornes)
        if fin > creation or (fin - debut).days > _DUREES.get(str(frequence), 9999):
            yield "periode", f"du {debut} au {fin} n'est pas d'un fichier {frequence} du {creation}"


@dataclass
class DossierFlux:
    """The files that stand together, and what they say of points: what two of them say must agree.

    By kind of fact, point, direction and quantity: `faits` by day (whole days of a curve by their
    step too), `index` by instant and register; each with its file and its place there.
    """

    fichiers: list[ResumeFlux] = field(default_factory=list)
    faits: dict[tuple[Any, ...], dict[Any, tuple[Any, str]]] = field(default_factory=dict)
    index: dict[Any, dict[int, dict[str, tuple[int, str]]]] = field(default_factory=dict)
    ecarts: list[EcartFlux] = field(default_factory=list)

    def note(self, point: PointDuFlux) -> None:
        """Keep what a file says of a point."""
        if point.fichier.fact("nature") == "Corrigée":
            return
        nom = point.fichier.membre.noms[0]
        for serie in point.of("courbe", "energie", "maximum"):
            if serie.dit.get("etape") in ("BEST", "Comptage Corrigé"):
                continue
            about = (serie.sorte, point.prm, serie.dit.get("metier", "CONS"))
            if serie.sorte == "courbe":
                self._note_curve(nom, about, serie)
                continue
            mine = self.faits.setdefault((*about, serie.dit.get("physique")), {})
            for v in serie.valeurs:
                if v.valeur is not None:
                    self._agree(mine, as_legal(v.instant).date(), v.valeur, f"{nom}, {v.lieu}")
        for read, lus in releves(point.of("index")).items():
            if read[1] in MENSUELLES or read[2] in ("TOP", "CRI", "CRD", "RHF") or read[3] == "RM":
                continue
            by = self.index.setdefault((point.prm, read[0] or "CONS", read[1], read[5]), {})
            for lu in lus:
                for registre, (valeur, lieu) in lu.registres.items():
                    self._agree(by.setdefault(lu.instant, {}), registre, valeur, f"{nom}, {lieu}")

    def _note_curve(self, nom: str, about: tuple[Any, ...], serie: Any) -> None:
        times, physique = 1000 if serie.dit["unite"][:1] == "k" else 1, serie.dit.get("physique")
        for day, values in by_day(serie).items():
            known = {v.instant: v.valeur * times for v in values if v.valeur is not None}
            step = min((b - a for a, b in pairwise(sorted(known))), default=0)
            # What came late, or in several files, isn't a whole day of each.
            if step and known.keys() == {*stamps_of_day(serie, day, step)}:
                key = (*about, _PUISSANCES.get(physique, physique), serie.petit, step)
                said, lieu = hash(tuple(known.values())), f"{nom}, {values[0].lieu}"
                self._agree(self.faits.setdefault(key, {}), day, said, lieu)

    def _agree(self, kept: Any, where: Any, value: Any, lieu: str) -> None:
        before = kept.setdefault(where, (value, lieu))
        if before[0] != value:
            self.ecarts.append((lieu, f"{before[1]} dit autre chose du {where}"))


DOSSIERS: Final = ControlesFlux[DossierFlux]()


@DOSSIERS.controle("ce que deux fichiers disent d'une même mesure est la même chose")
def accord(dossier: DossierFlux) -> Iterator[EcartFlux]:
    yield from dossier.ecarts


@DOSSIERS.controle("les registres montent d'un fichier à l'autre")
def index_suivis(dossier: DossierFlux) -> Iterator[EcartFlux]:
    for (_, *about, petit), by_instant in dossier.index.items():
        lus = [ReleveDuFlux(t, by_instant[t]) for t in sorted(by_instant)]
        if len({lieu.split(",")[0] for lu in lus for _, lieu in lu.registres.values()}) > 1:
            yield from judge_readings((*about, None, None, None, petit), lus)


@DOSSIERS.controle("les numéros de séquence se suivent, et un lot a tous ses fichiers")
def sequences(dossier: DossierFlux) -> Iterator[EcartFlux]:
    lots: dict[tuple[Any, ...], dict[int, list[FichierLu]]] = {}
    for fichier in (resume.fichier for resume in dossier.fichiers):
        names = fichier.forme.declaree.get("suite" if fichier.recurrent else "lot")
        sequence = fichier.fact("sequence")
        if names and sequence:
            key = (fichier.forme.nom, *map(fichier.fact, names))
            lots.setdefault(key, {}).setdefault(int(sequence), []).append(fichier)
    for by_rank in lots.values():
        last = by_rank[max(by_rank)][0]
        first = 1 if last.fact("frequence") == "P" else min(by_rank)
        for rank in sorted({*range(first, max(by_rank))} - {*by_rank})[:1]:
            yield last.membre.noms[0], f"il manque le numéro de séquence {rank:05d}"
        for rank, files in by_rank.items():
            outer = sorted({each.membre.noms[0] for each in files})
            parts = sorted(int(each.fact("rang") or 1) for each in files)
            if len(outer) > len({*parts}):
                yield outer[0], f"le numéro de séquence {rank:05d} est pris deux fois"
            elif len({*parts}) < int(files[0].fact("nombre") or 1):
                yield outer[0], f"le lot {rank:05d} n'a pas ses {files[0].fact('nombre')} fichiers"
