"""What must hold in a file and in what it says of a point: `phrases.yaml` has the rules and who
says them.

A check yields what it finds wrong. None wants what real files do without.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.prm import is_valid
from sge_sim.flux.instants import as_legal, read_stamp
from sge_sim.flux.lecteur import EcartFlux, FichierLu, PointDuFlux, SerieDuFlux
from sge_sim.mesures.grilles_nommees import LIBELLES_VUS, libelle_du_calendrier
from sge_sim.mesures.point import Structure
from sge_sim.referentiel.mesures import STRUCTURES

_STRUCTURES: Final = [frozenset(code for code, _ in each.classes) for each in Structure]
_CADRANS: Final = {code: rang for each in Structure for code, rang in each.classes}
_DUREES: Final = {"Q": 1, "H": 7, "M": 31}
"""The most days of which a file tells that leaves each day, week or month."""
_DEPTH: Final = 3 * 365 + 1
"""The days of which the others may tell: SGE keeps 36 months (GUI 0502)."""
_A_FLUX: Final = re.compile(r"^(?:ENEDIS|ERDF|Enedis_SGE|SGE-SIM)_|[/\\:]")
"""Names that are meant as those of a flux, or lead elsewhere."""
_DOUBLE: Final = re.compile("[ÃÂ][\u0080-\u00bf]|Ã¤|\\\\u00c[23]\\\\u00[89ab]")
MENSUELLES: Final = ("DD", "DE", "DQ", "PMA", "TF")
"""Quantities that start again from zero each month."""


def judge_point(fichier: FichierLu, point: PointDuFlux) -> Iterator[EcartFlux]:
    """Yield what is wrong in what a file says of a point."""
    series = point.of()
    # What nobody knows may be asked for: its report says so.
    said = [v.plus.get("recevabilite") for serie in series for v in serie.valeurs[:1]]
    if "NON_RECEVABLE" not in said and not is_valid(point.prm):
        yield series[0].lieu if series else "points", "cle", point.prm
    for serie in series:
        yield from serie.fautes
        yield from _fields(fichier, serie)
        yield from _period(fichier, serie)
    for serie in point.of("courbe", "index", "energie", "maximum"):
        yield from _order(serie)
    for serie in point.of("courbe"):
        yield from _steps(serie)
    yield from _classes(series)
    for (_, physique, *_, petit), lus in releves(point.of("index")).items():
        yield from judge_readings(physique, petit, lus)
        instants = sorted(lus)
        for a, b, c in zip(instants, instants[1:], instants[2:], strict=False):
            for nom in sorted(lus[a].keys() & lus[c].keys() - lus[b].keys())[:1]:
                yield lus[c][nom][1], "registre", nom, as_legal(b)


def _fields(fichier: FichierLu, serie: SerieDuFlux) -> Iterator[EcartFlux]:
    beside = {(v.valeur and v.valeur < 0, *v.plus.items()): v for v in reversed(serie.valeurs)}
    for v in beside.values():
        lu = "non" if v.valeur is None else "moins" if v.valeur < 0 else "oui"
        said = {**fichier.dit, **v.plus, **serie.dit, "lu": lu}
        yield from expected(serie.vue.get("valeurs", {}), said, v.lieu)
        for champ in [champ for champ in v.plus if champ.startswith("date_")]:
            stamp = read_stamp(str(said[champ]))
            if stamp.faute or (fichier.creation and stamp.legale > fichier.creation):
                yield v.lieu, "prevu", champ, said[champ]
        listes = {"calendrier": "calendrier", "classe": "classeTemporelle"}
        for champ, liste in (listes | serie.vue.get("listes", {})).items():
            code, libelle = str(said.get(champ)), said.get(f"libelle_{champ}")
            known = {LIBELLES_VUS.get(liste, {}).get(code), LISTES[liste].get(code)} - {None}
            if code in fichier.forme.declaree.get("libelles_doubles", ()):  # observed 2026
                known |= {doubly_encoded(str(each)) for each in known}
            if known and libelle not in (None, code, *known):
                yield v.lieu, "libelle", libelle, code
        classe, rang = said.get("classe"), re.search("[0-9]*$", str(said.get("cadran", "")))
        if serie.petit and rang and rang[0] not in ("", str(_CADRANS.get(str(classe), rang[0]))):
            yield v.lieu, "cadran", classe, rang[0]


def expected(regles: Mapping[str, str], dit: Mapping[str, Any], lieu: str) -> Iterator[EcartFlux]:
    """Yield the fields, alone or together, whose values aren't those that a form declares."""
    for champs, allowed in regles.items():
        said = [dit.get(champ) for champ in champs.split()]
        text = "/".join("" if value is None else str(value) for value in said)
        if said != [None] * len(said) and not re.fullmatch(allowed, text):
            yield lieu, "prevu", champs, text


def _period(fichier: FichierLu, serie: SerieDuFlux) -> Iterator[EcartFlux]:
    bornes = {nom: read_stamp(serie.dit[nom]) for nom in ("debut", "fin") if serie.dit.get(nom)}
    for nom, lue in bornes.items():
        if lue.faute:
            yield serie.lieu, lue.faute, serie.dit[nom]
    debut, fin = (bornes[nom].instants[0] if nom in bornes else None for nom in ("debut", "fin"))
    frequence = fichier.fact("frequence")
    if debut is None:
        return
    if fin is not None and (debut > fin or (debut == fin and serie.valeurs)):
        yield serie.lieu, "periode", serie.dit.get("fin")
        return
    if fin is not None and fichier.creation is not None:
        days = (as_legal(fin) - as_legal(debut)).days
        if as_legal(fin) > fichier.creation or days > _DUREES.get(str(frequence), _DEPTH):
            said = as_legal(debut), as_legal(fin)
            yield serie.lieu, "autre_periode", *said, frequence, fichier.creation
    # That of a recurrent R6X is when they came in (GUI 0503 §1.1.3).
    first = debut - (_DEPTH * 86400 if fichier.recurrent else 0)
    t = serie.instants - int((serie.sorte == "courbe" and serie.petit) or "minuit" in serie.dit)
    out = (t < first) | (t >= (np.inf if fin is None else fin))
    for n in np.flatnonzero(out & (serie.instants != 0)):
        yield serie.valeurs[n].lieu, "hors_periode", serie.valeurs[n].texte


def _order(serie: SerieDuFlux) -> Iterator[EcartFlux]:
    values = serie.valeurs
    order: Any = serie.instants
    if "minuit" in serie.dit:
        order = [read_stamp(v.texte).instants[0] for v in values]
    elif serie.sorte == "maximum":  # one a day
        order = [as_legal(v.instant).toordinal() for v in values]
    moved = np.diff(order)
    for n in np.flatnonzero(moved <= 0):
        how = "deja" if moved[n] == 0 else "apres"
        yield values[n + 1].lieu, how, values[n + 1].texte, values[n].texte
    for v in values if serie.dit.get("type") == "AQ" else ():
        if (texte := f"{as_legal(v.instant):%H:%M:%S}") != "00:00:00":
            yield v.lieu, "pas", v.texte, "jour", texte


def _steps(serie: SerieDuFlux) -> Iterator[EcartFlux]:
    values, steps = serie.valeurs, serie.pas
    for n in np.flatnonzero(serie.instants % steps):
        yield values[n].lieu, "pas", values[n].texte, f"{steps[n] // 60} minutes"
    if serie.dit["trous"] == "aucun":
        for n in np.flatnonzero(np.diff(serie.instants) > steps[:-1]):
            yield values[n + 1].lieu, "trou", values[n].texte, values[n + 1].texte
    for day, mine in serie.jours.items():
        if serie.dit.get("jour") not in (None, str(day)):
            yield mine[0].lieu, "autre_jour", mine[0].texte, serie.dit["jour"]
        missing = {*serie.stamps_of(day, int(steps[0]))} - {v.instant for v in mine}
        if missing and serie.dit["trous"] == "jours":
            yield mine[0].lieu, "jour_troue", f"{as_legal(min(missing)):%H:%M}", day, len(mine)


def _classes(series: Sequence[SerieDuFlux]) -> Iterator[EcartFlux]:
    found: dict[tuple[Any, ...], list[SerieDuFlux]] = {}
    noms = ("contexte", "type", "motif", "physique", "metier", "cote", "debut", "calendrier")
    for serie in series:
        if "complet" in serie.dit and serie.dit.get("classe"):
            found.setdefault(tuple(map(serie.dit.get, noms)), []).append(serie)
    for (*_, code), mine in found.items():
        here = Counter(str(serie.dit["classe"]) for serie in mine)
        wanted = STRUCTURES.get(str(code))
        allowed = [frozenset(c for c, _ in wanted.classes)] if wanted else _STRUCTURES
        usual = wanted or here.keys() <= _CADRANS.keys()
        if max(here.values()) > 1 or (usual and frozenset(here) not in allowed):
            yield mine[0].lieu, "classes", ", ".join(sorted(here.elements())), code or "?"
        if len({tuple(v.instant for v in serie.valeurs) for serie in mine}) > 1:
            yield mine[0].lieu, "releves", code or "?"


Releves = dict[int, dict[str, tuple[int, str]]]
"""What the registers of a quantity show, each with its place, by instant (epoch seconds)."""


def releves(series: Sequence[SerieDuFlux]) -> dict[tuple[Any, ...], Releves]:
    """Return the readings of each quantity: registers are called D1, F2, T whoever tells them, by
    their class those without rank."""
    found: dict[tuple[Any, ...], Releves] = {}
    for serie in series:
        noms = ("metier", "physique", "contexte", "type", "motif")
        lus = found.setdefault((*map(serie.dit.get, noms), serie.petit), {})
        cote, rang = serie.dit.get("cote", "?"), re.search("[0-9]*$", serie.dit.get("cadran", ""))
        nom = "" if cote == "T" else (rang and rang[0]) or serie.dit.get("classe", "")
        for v in serie.valeurs:
            if v.valeur is not None:
                lus.setdefault(v.instant, {})[f"{cote}{nom}"] = (v.valeur, v.lieu)
    return found


def judge_readings(physique: str, petit: bool, releves: Releves) -> Iterator[EcartFlux]:
    """Yield what is wrong with readings of one quantity.

    All registers of a meter start anew with it, and those of the supplier where the offer changes.
    """
    lus = [] if physique in MENSUELLES else [releves[instant] for instant in sorted(releves)]
    for lu in lus:
        d, f, t = (_total(lu, cote) for cote in "DFT")
        if petit and t is not None and max(d or 0, f or 0) > t:
            yield next(iter(lu.values()))[1], "total", t, d, f
    for a, b in pairwise(lus):
        gains = []
        for cote in "DFT":
            noms = [n for n in b if n[0] == cote and a.get(n, (0,))[0]]
            falls = {n: a[n][0] - b[n][0] for n in noms if a[n][0] > b[n][0]}
            before, after = _total(a, cote), _total(b, cote)
            if 0 < len(falls) < len(noms):
                yield b[min(falls)][1], "descend", min(falls), falls[min(falls)]
            elif before is not None and after is not None and after >= before:
                gains.append(after - before)
        slack = 0 if petit else 1000 * len(b)  # those of a large meter count kWh
        if a.keys() == b.keys() and gains and max(gains) - min(gains) > slack:
            yield next(iter(b.values()))[1], "grilles", gains


def _total(lu: dict[str, tuple[int, str]], cote: str) -> int | None:
    """Return the sum of the registers of a side (D, F, T), None without any."""
    found = [valeur for nom, (valeur, _) in lu.items() if nom[0] == cote]
    return sum(found) if found else None


def judge_file(fichier: FichierLu) -> Iterator[EcartFlux]:
    """Yield what is wrong in a file whose points were read."""
    declared, (outer, *inner) = fichier.forme.declaree, fichier.membre.noms
    yield from _names(fichier)
    several, voisins = declared.get("membres"), fichier.membre.voisins
    if (several is None and voisins > 1) or len(inner) > (2 if several == "archives" else 1):
        yield outer, "archive", voisins
    yield from _encoding(fichier)
    yield from expected(declared.get("valeurs", {}), fichier.dit, "en-tête")
    for name in ("creation", "horodate_publication"):
        said = fichier.dit.get(name, "").removesuffix("Z" if "creation_utc" in declared else "")
        if said and (faute := read_stamp(said).faute):
            yield "en-tête", faute, said
    for prm in sorted(prm for prm, times in Counter(fichier.prms).items() if times > 1):
        yield "points", "deux_fois", prm
    yield from _in_time(fichier)


def _names(fichier: FichierLu) -> Iterator[EcartFlux]:
    said = {name: (value, "le fichier") for name, value in fichier.dit.items()}
    if "creation" in said:
        said["tampon"] = (f"{fichier.creation:%Y%m%d%H%M%S}", "le fichier")
    for nom, facts in reversed(fichier.noms):
        if facts is None:
            if any(other for _, other in fichier.noms) or _A_FLUX.search(nom):
                yield nom, "nom", fichier.forme.nom
            continue
        for name, value in facts.items():
            before, who = said.setdefault(name, (value, nom))
            if before != value:
                yield nom, "noms", name, value, before, who
        if "tampon" in facts and (faute := read_stamp(facts["tampon"]).faute):
            yield nom, faute, facts["tampon"]
        if int(facts.get("rang", 1)) > int(facts.get("nombre", 1)):
            yield nom, "rang", facts["rang"], facts["nombre"]


def _encoding(fichier: FichierLu) -> Iterator[EcartFlux]:
    texte, declared = fichier.texte, fichier.forme.declaree
    bom = fichier.membre.content.startswith(b"\xef\xbb\xbf")
    if bom != declared.get("bom", False):
        yield "octet 0", "bom" if bom else "sans_bom"
    if declared["document"] == "csv" and "\r" in texte:
        yield "texte", "retour"
    for code in declared.get("libelles_doubles", ()):  # observed 2026
        texte = texte.replace(doubly_encoded(libelle_du_calendrier(code)), "")
    for found in _DOUBLE.finditer(texte):
        yield "texte", "code", texte[max(0, found.start() - 20) : found.end() + 10]


def _in_time(fichier: FichierLu) -> Iterator[EcartFlux]:
    creation, frequence = fichier.creation, fichier.fact("frequence")
    if creation is None:
        return
    last = as_legal(fichier.dernier)
    least, most = fichier.forme.declaree.get("couvre", {}).get(frequence, (-1, 99999))
    late = (creation.date() - as_legal(fichier.dernier - 1).date()).days  # midnight ends a day
    if last > creation or (fichier.dernier and not least <= late <= most):
        yield "en-tête", "fait", creation, last
    said = read_stamp(fichier.dit.get("horodate_publication", f"{creation:%Y-%m-%d}"))
    if said.legale.date() != creation.date() and not said.faute:
        yield "en-tête", "autre_jour", creation, said.legale
