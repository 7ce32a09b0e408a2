"""What must hold in a file as a whole, and between files that stand together."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.flux.controles import MENSUELLES, Releves, expected, judge_readings, releves
from sge_sim.flux.instants import as_legal, read_stamp, read_tampon
from sge_sim.flux.lecteur import EcartFlux, FichierLu, PointDuFlux, SerieDuFlux
from sge_sim.mesures.grilles_nommees import libelle_du_calendrier

_A_FLUX: Final = re.compile(r"(?:ENEDIS|ERDF|Enedis_SGE|SGE-SIM)_")
_DOUBLE: Final = re.compile("[ÃÂ][\u0080-\u00bf]|Ã¤|\\\\u00c[23]\\\\u00[89ab]")
_PUISSANCES: Final = {"EA": "PA", "ERI": "PRI", "ERC": "PRC"}


def judge_file(fichier: FichierLu) -> Iterator[EcartFlux]:
    """Yield what is wrong in a file whose points were read."""
    declared, outer = fichier.forme.declaree, fichier.membre.noms[0]
    yield from _names(fichier)
    inner, voisins = fichier.membre.noms[1:], fichier.membre.voisins
    for nom in inner:
        if re.search(r"[/\\:]|^\.\.", nom) or nom != nom.strip():
            yield nom, "sort"
    if "membres" not in declared and voisins > 1:
        yield outer, "voisins", voisins
    if len(inner) > (2 if declared.get("membres") == "archives" else 1):
        yield outer, "enveloppe"
    yield from _encoding(fichier)
    yield from expected(declared.get("valeurs", {}), fichier.dit, "en-tête")
    for name in ("creation", "horodate_publication"):
        if name in fichier.dit and (faute := read_stamp(fichier.dit[name]).faute):
            yield "en-tête", faute, fichier.dit[name]
    for prm in sorted(prm for prm, times in Counter(fichier.prms).items() if times > 1):
        yield "points", "deux_fois", prm
    yield from _in_time(fichier)


def _names(fichier: FichierLu) -> Iterator[EcartFlux]:
    said = {name: (value, "le fichier") for name, value in fichier.dit.items()}
    if "creation" in said:
        said["tampon"] = (f"{fichier.creation:%Y%m%d%H%M%S}", "le fichier")
    for nom, facts in reversed(fichier.noms):
        if facts is None:
            base = nom.replace("\\", "/").rpartition("/")[2]
            if any(other for _, other in fichier.noms) or _A_FLUX.match(base):
                yield nom, "nom", fichier.forme.nom
            continue
        for name, value in facts.items():
            before, who = said.setdefault(name, (value, nom))
            if before != value:
                yield nom, "noms", name, value, before, who
        if "tampon" in facts and (faute := read_tampon(facts["tampon"]).faute):
            yield nom, faute, facts["tampon"]
        if int(facts.get("rang", 1)) > int(facts.get("nombre", 1)):
            yield nom, "rang", facts["rang"], facts["nombre"]


def _encoding(fichier: FichierLu) -> Iterator[EcartFlux]:
    texte, declared = fichier.texte, fichier.forme.declaree
    bom = fichier.membre.content.startswith(b"\xef\xbb\xbf")
    if bom != declared.get("bom", False):
        yield "octet 0", "bom" if bom else "sans_bom"
    for code in declared.get("libelles_doubles", ()):  # observed 2026
        texte = texte.replace(doubly_encoded(libelle_du_calendrier(code)), "")
    for found in _DOUBLE.finditer(texte):
        line = texte.count("\n", 0, found.start()) + 1
        yield f"ligne {line}", "code", texte[max(0, found.start() - 20) : found.end() + 10]


def _in_time(fichier: FichierLu) -> Iterator[EcartFlux]:
    creation, frequence = fichier.creation, fichier.fact("frequence")
    if creation is None:
        return
    last = as_legal(fichier.dernier)
    least, most = fichier.forme.declaree.get("couvre", {}).get(frequence, (-1, 99999))
    late = (creation.date() - as_legal(fichier.dernier - 1).date()).days  # midnight ends a day
    if last > creation or (fichier.dernier and not least <= late <= most):
        yield "en-tête", "fait", creation, last


@dataclass
class DossierFlux:
    """The files that stand together, and what they say of points: what two of them say must agree.

    By kind of fact, point, direction and quantity: `faits` by day (whole days of a curve by their
    step too), `index` by instant and register; each with its file and its place there.
    """

    fichiers: list[FichierLu] = field(default_factory=list)
    faits: dict[tuple[Any, ...], dict[Any, tuple[Any, str]]] = field(default_factory=dict)
    index: dict[Any, Releves] = field(default_factory=dict)
    ecarts: list[EcartFlux] = field(default_factory=list)

    def note(self, fichier: FichierLu, point: PointDuFlux) -> None:
        """Keep what a file says of a point."""
        nom = fichier.membre.noms[0]
        for serie in point.of("courbe", "energie", "maximum"):
            corrected = serie.dit.get("etape") in ("BEST", "Comptage Corrigé")
            if corrected or fichier.fact("nature") == "Corrigée":
                continue
            for key, day, said, lieu in _facts(serie):
                self._agree(self.faits.setdefault((point.prm, *key), {}), day, said, nom, lieu)
        for key, lus in releves(point.of("index")).items():
            metier, physique, contexte, type_, _, petit = key
            if physique in MENSUELLES or contexte not in (None, "COL", "FMR") or type_ == "RM":
                continue
            by = self.index.setdefault((point.prm, metier or "CONS", physique, petit), {})
            for instant, lu in lus.items():
                for registre, (valeur, lieu) in lu.items():
                    self._agree(by.setdefault(instant, {}), registre, valeur, nom, lieu)

    def _agree(self, kept: Any, where: Any, value: Any, nom: str, lieu: str) -> None:
        before = kept.setdefault(where, (value, f"{nom}, {lieu}"))
        if before[0] != value:
            self.ecarts.append((f"{nom}, {lieu}", "accord", before[1], where))

    def judge(self) -> Iterator[EcartFlux]:
        """Yield what is wrong between them."""
        yield from self.ecarts
        for (_, _, physique, petit), lus in self.index.items():
            if len({lieu.split(",")[0] for lu in lus.values() for _, lieu in lu.values()}) > 1:
                yield from judge_readings(physique, petit, lus)
        yield from _sequences(self.fichiers)


def _facts(serie: SerieDuFlux) -> Iterator[tuple[Any, ...]]:
    """Yield what a series tells of a day: under which key, the day, what, its place.

    What came late, or in several files, isn't a whole day of each curve.
    """
    physique, times = serie.dit.get("physique"), 1000 if serie.dit["unite"][:1] == "k" else 1
    about = (serie.sorte, serie.dit.get("metier", "CONS"), _PUISSANCES.get(physique, physique))
    for day, mine in serie.jours.items():
        if serie.sorte != "courbe":
            yield from ((about, day, v.valeur, v.lieu) for v in mine if v.valeur is not None)
            continue
        known = {v.instant: v.valeur * times for v in mine if v.valeur is not None}
        step = int(min(np.diff(sorted(known)), default=0))
        if step and known.keys() == {*serie.stamps_of(day, step)}:
            yield (*about, serie.petit, step), day, hash(tuple(known.values())), mine[0].lieu


def _sequences(fichiers: Sequence[FichierLu]) -> Iterator[EcartFlux]:
    lots: dict[tuple[Any, ...], dict[int, list[FichierLu]]] = {}
    for fichier in fichiers:
        names = fichier.forme.declaree.get("suite" if fichier.recurrent else "lot")
        if names and (sequence := fichier.fact("sequence")):
            key = (fichier.forme.nom, *map(fichier.fact, names))
            lots.setdefault(key, {}).setdefault(int(sequence), []).append(fichier)
    for by_rank in lots.values():
        last = by_rank[max(by_rank)][0]
        first = 1 if last.fact("frequence") == "P" else min(by_rank)
        for rank in sorted({*range(first, max(by_rank))} - by_rank.keys())[:1]:
            yield last.membre.noms[0], "sequence", f"{rank:05d}"
        for rank, files in by_rank.items():
            outer = sorted({each.membre.noms[0] for each in files})
            parts, whole = {each.fact("rang") for each in files}, files[0].fact("nombre")
            if len(outer) > len(parts):
                yield outer[0], "sequence_prise", f"{rank:05d}"
            elif len(parts) < int(whole or 1):
                yield outer[0], "lot", f"{rank:05d}", whole
