"""What must hold in a file as a whole, and between files that stand together: the checks."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sge_sim.domaine.ecarts_plateforme import doubly_encoded
from sge_sim.flux.controles import ControlesFlux, EcartFlux, day_of_step, expected
from sge_sim.flux.controles_index import MENSUELLES, ReleveDuFlux, judge_readings, releves
from sge_sim.flux.instants import as_legal, legal_midnight, read_stamp, read_tampon
from sge_sim.flux.lecteur import FichierLu, PointDuFlux, ValeurDuFlux
from sge_sim.mesures.grilles_nommees import libelle_du_calendrier

JOUR: Final = timedelta(1)
_A_FLUX: Final = re.compile(r"(?:ENEDIS|ERDF|Enedis_SGE|SGE-SIM)_")
_DOUBLE: Final = re.compile("[ÃÂ][\u0080-\u00bf]|Ã¤|\\\\u00c[23]\\\\u00[89ab]")
_PUISSANCES: Final = {"EA": "PA", "ERI": "PRI", "ERC": "PRC"}
_KILO: Final = {"kW": 1000, "kVAr": 1000, "kWr": 1000}


@dataclass
class ResumeFlux:
    """What is kept of a file that was read: its points, by PRM and place, what it tells last, and
    its longest-reaching days; `root`: of a report or another small file alone."""

    fichier: FichierLu
    points: list[tuple[str, str]] = field(default_factory=list)
    dernier: int = 0
    jours: Counter[str] = field(default_factory=Counter)
    periodes: set[tuple[Any, Any]] = field(default_factory=set)
    fins: list[ValeurDuFlux] = field(default_factory=list)

    def add(self, point: PointDuFlux) -> None:
        """Note a point."""
        self.points.append((point.prm, point.lieu))
        for serie in point.series:
            if serie.sorte == "fin":
                self.fins += serie.valeurs
            dits = [v.instant for v in serie.valeurs[-1:]]
            self.dernier = max(self.dernier, *dits, 0)
            if {"suite", "couvre"} & {*self.fichier.forme.declaree}:
                fin = serie.dit.get("fin", serie.dit.get("fin_incluse"))
                self.periodes.add((serie.dit.get("debut"), fin))
            if serie.sorte in ("rapport", "situation") and len(serie.valeurs) > 1:
                self.points.append((point.prm, serie.valeurs[1].lieu))
        days = [jour.texte for jour in point.jours.values()] or [
            str(day_of_step(serie, v.instant))
            for serie in point.of("courbe", "index")[:1]
            for v in (*serie.valeurs[:1], *serie.valeurs[-1:])
        ]
        self.jours.update(days[:1] + days[-1:])


FICHIERS: Final = ControlesFlux[ResumeFlux]()


@FICHIERS.controle("un fichier dit la même chose que les noms sous lesquels il est")
def noms(lu: ResumeFlux) -> Iterator[EcartFlux]:
    fichier = lu.fichier
    creation = fichier.creation if {"creation", "creation_utc"} & {*fichier.dit} else None
    said: dict[str, tuple[str, str]] = {
        name: (str(value), "le fichier") for name, value in fichier.dit.items()
    }
    if "metier" in said:
        said["metier"] = ({"C": "CONS", "P": "PROD"}.get(*[said["metier"][0]] * 2), "le fichier")
    if creation is not None:
        said["tampon"] = (f"{creation:%Y%m%d%H%M%S}", "le fichier")
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
        if int(facts.get("rang", 1)) > int(facts.get("nombre", 1)) or facts.get("rang") == "00000":
            yield nom, f"il se dit le fichier {facts['rang']} de {facts['nombre']}"
        if facts.get("sequence") == "00000":
            yield nom, "un numéro de séquence commence à 1"


@FICHIERS.controle("une archive tient ses fichiers à sa racine, et un seul sauf pour R4x et C68")
def membres(lu: ResumeFlux) -> Iterator[EcartFlux]:
    declared = lu.fichier.forme.declaree.get("membres")
    for nom in lu.fichier.membre.noms[1:]:
        if re.search(r"[/\\:]|^\.\.", nom) or nom != nom.strip():
            yield nom, "ce nom de membre sort de l'archive"
    if declared is None and lu.fichier.membre.voisins > 1:
        yield lu.fichier.membre.noms[0], f"l'archive tient {lu.fichier.membre.voisins} fichiers"
    depth = 3 if declared == "archives" else 2
    if len(lu.fichier.membre.noms) > depth:
        yield lu.fichier.membre.noms[0], "une archive de trop l'enveloppe"


@FICHIERS.controle("un texte est de l'UTF-8, codé une fois, sans BOM sauf celui d'un HDM")
def codage(lu: ResumeFlux) -> Iterator[EcartFlux]:
    fichier, declared = lu.fichier, lu.fichier.forme.declaree
    bom = fichier.membre.content.startswith(b"\xef\xbb\xbf")
    if bom != declared.get("bom", False):
        yield "octet 0", "il manque le BOM" if not bom else "un BOM n'y a pas sa place"
    if declared["document"] == "csv" and "\r" in fichier.texte:
        yield "ligne 1", "les lignes finissent par LF, sans CR"
    texte = fichier.texte
    for code in declared.get("libelles_doubles", ()):  # observed 2026
        texte = texte.replace(doubly_encoded(libelle_du_calendrier(code)), "")
    for found in _DOUBLE.finditer(texte):
        line = texte.count("\n", 0, found.start()) + 1
        near = texte[max(0, found.start() - 20) : found.end() + 10]
        yield f"ligne {line}", f"« {near} » est codé deux fois"


@FICHIERS.controle("un fichier dit ce qui est prévu de lui-même")
def entete(lu: ResumeFlux) -> Iterator[EcartFlux]:
    fichier = lu.fichier
    yield from expected(fichier.forme.declaree.get("valeurs", {}), fichier.dit, "en-tête")
    for name in ("creation", "creation_utc", "horodate_publication"):
        stamp = read_stamp(fichier.dit[name]) if name in fichier.dit else None
        if stamp and stamp.faute and name != "creation_utc":
            yield "en-tête", stamp.faute
    said, creation = fichier.dit, fichier.creation
    if said.get("echeance") == "filEau" and creation is not None:
        begins = read_stamp(said.get("horodate_publication", "")).legale
        if begins > creation or begins.date() != creation.date():
            yield (
                "echeances",
                f"la publication ne commence pas le {creation.date()}, avant le fichier",
            )
    destinataire, contrat = fichier.fact("destinataire"), fichier.fact("contrat")
    # A supplier is called by its code.
    if contrat and destinataire not in (None, contrat) and not str(destinataire)[:1].isalpha():
        yield "en-tête", f"le destinataire {destinataire} n'est pas celui du contrat {contrat}"


@FICHIERS.controle("un point n'est qu'une fois dans un fichier")
def points_une_fois(lu: ResumeFlux) -> Iterator[EcartFlux]:
    seen: set[str] = set()
    for prm, lieu in lu.points:
        if prm in seen:
            yield lieu, f"le point {prm} y est déjà"
        seen.add(prm)


@FICHIERS.controle("un fichier est fait après ce qu'il raconte, et le raconte à temps")
def a_temps(lu: ResumeFlux) -> Iterator[EcartFlux]:
    fichier, creation = lu.fichier, lu.fichier.creation
    if creation is None:
        return
    night = JOUR / 4 if "creation_utc" in fichier.dit else timedelta(0)
    if lu.dernier and as_legal(lu.dernier) > creation + night:
        yield "en-tête", f"il est fait le {creation}, avant le {as_legal(lu.dernier)} qu'il raconte"
    frequence = fichier.fact("frequence")
    days = sorted(read_stamp(day).legale.date() for day in lu.jours)
    if not days:
        return
    first, last = days[0], days[-1]
    usual = (creation - JOUR / 2).date() - JOUR
    declared = fichier.forme.declaree
    if declared.get("tardifs"):
        if frequence == "Q" and (last != usual or (last - first).days > 21):
            yield "en-tête", f"un fichier quotidien du {creation} raconte le {usual}, non le {last}"
        elif frequence == "M" and not first.replace(day=1) <= last < usual + 2 * JOUR:
            yield "en-tête", f"il raconte le {last}, fait le {creation}"
        elif frequence == "M" and (first.month != last.month or last.month == creation.month):
            yield "en-tête", f"un fichier mensuel raconte un mois, non du {first} au {last}"
    if "couvre" in declared:
        least, most = declared["couvre"].get(frequence, (0, 99))
        late = (creation.date() - last).days
        if not least <= late <= most:
            yield "en-tête", f"il est fait le {creation}, et raconte le {last}"


@FICHIERS.controle("des services finissent ensemble, après avoir commencé, par numéro croissant")
def fins(lu: ResumeFlux) -> Iterator[EcartFlux]:
    for fin in lu.fins:
        if fin.instant <= read_stamp(str(fin.plus.get("debut"))).instants[0]:
            yield fin.lieu, "il finit avant de commencer"
    for a, b in pairwise(lu.fins):
        if int(a.plus["service"]) >= int(b.plus["service"]) or a.texte != b.texte:
            yield b.lieu, f"le service {b.plus['service']} ne suit pas {a.plus['service']}"


@FICHIERS.controle("la période d'un fichier est celle de sa fréquence")
def periode_du_fichier(lu: ResumeFlux) -> Iterator[EcartFlux]:
    frequence, creation = lu.fichier.fact("frequence"), lu.fichier.creation
    periodes = [(read_stamp(str(a)).legale, read_stamp(str(b)).legale) for a, b in lu.periodes if a]
    if not periodes or creation is None:
        return
    week = lu.fichier.forme.declaree.get("premier_jour", 0)
    within = "couvre" in lu.fichier.forme.declaree  # an end is its last second, a service may begin
    for debut, fin in periodes:
        fin += timedelta(seconds=within)
        length = (fin - debut).days
        month = debut.day == fin.day == 1 and 27 < length < 32
        if within:
            month = debut.month == (fin - JOUR).month and length < 32
        right = {
            "Q": length in (0, 1) and creation - fin < JOUR,
            "H": (length == 7 and debut.weekday() == week and creation - fin < 3 * JOUR)
            or (within and 0 < length <= 7 - (debut.weekday() - week) % 7),
            "M": month and creation - fin < 9 * JOUR,
        }.get(str(frequence), True)
        if fin > creation or not right:
            yield "periode", f"du {debut} au {fin} n'est pas d'un fichier {frequence} du {creation}"
    if frequence != "P" and len(periodes) > 1 and not within:
        yield "periode", "les points n'ont pas tous la même période"


class PlaceLue(NamedTuple):
    """Where a fact stands: the rank of its file, its place there."""

    rang: int
    lieu: str


@dataclass
class DossierFlux:
    """The files that stand together, and what they say of points: what two of them say must agree.

    By point, direction and quantity: `courbes` by step and day, `index` by instant and register,
    `energies` and `maxima` by day.
    """

    fichiers: list[ResumeFlux] = field(default_factory=list)
    courbes: dict[Any, dict[date, tuple[tuple[int, int, int], PlaceLue]]] = field(
        default_factory=dict
    )
    index: dict[Any, dict[int, dict[str, tuple[int, PlaceLue]]]] = field(default_factory=dict)
    energies: dict[Any, dict[date, tuple[int, PlaceLue]]] = field(default_factory=dict)
    maxima: dict[Any, dict[date, tuple[int, PlaceLue]]] = field(default_factory=dict)
    ecarts: list[tuple[PlaceLue, str]] = field(default_factory=list)

    def note(self, point: PointDuFlux) -> None:
        """Keep what a file says of a point, the last that is added."""
        rang = len(self.fichiers) - 1
        for serie in point.of("courbe", "energie", "maximum"):
            if (
                serie.dit.get("etape") in ("BEST", "Comptage Corrigé")
                or point.fichier.fact("nature") == "Corrigée"
            ):
                continue
            physique = str(serie.dit.get("physique"))
            key = (point.prm, serie.dit.get("metier", "CONS"), physique)
            if serie.sorte == "courbe":
                self._note_curve(rang, key, serie)
                continue
            kept = self.energies if serie.sorte == "energie" else self.maxima
            for v in serie.valeurs:
                if v.valeur is not None:
                    day = as_legal(v.instant).date()
                    self._agree(kept.setdefault(key, {}), day, v.valeur, PlaceLue(rang, v.lieu))
        for read, lus in releves(point.of("index")).items():
            if read[1] in MENSUELLES or read[2] in ("TOP", "CRI", "CRD", "RHF") or read[3] == "RM":
                continue
            mine = self.index.setdefault((point.prm, read[0] or "CONS", read[1], read[5]), {})
            for lu in lus:
                here = mine.setdefault(lu.instant, {})
                for nom, (valeur, lieu) in lu.registres.items():
                    self._agree(here, nom, valeur, PlaceLue(rang, lieu))

    def _note_curve(self, rang: int, key: tuple[str, Any, str], serie: Any) -> None:
        if "profondeur" in serie.forme.declaree or not serie.valeurs:
            return
        times = _KILO.get(str(serie.dit.get("unite")), 1)
        about = (key[0], key[1], _PUISSANCES.get(key[2], key[2]), serie.petit)
        by_day: dict[date, list[ValeurDuFlux]] = {}
        for v in serie.valeurs:
            by_day.setdefault(day_of_step(serie, v.instant), []).append(v)
        for day, values in by_day.items():
            known = [(v.instant, v.valeur * times) for v in values if v.valeur is not None]
            steps = Counter(b - a for (a, _), (b, _) in pairwise(known))
            if not steps:
                continue
            dits = (len(known), sum(v for _, v in known), hash(tuple(known)))
            mine = self.courbes.setdefault((*about, steps.most_common(1)[0][0]), {})
            self._agree(mine, day, dits, PlaceLue(rang, values[0].lieu))

    def _agree(self, kept: Any, where: Any, value: Any, place: PlaceLue) -> None:
        before = kept.setdefault(where, (value, place))
        if before[0] != value:
            other = self.fichiers[before[1].rang].fichier.membre.noms[0]
            self.ecarts.append((place, f"{other} ({before[1].lieu}) dit autre chose du {where}"))


DOSSIERS: Final = ControlesFlux[DossierFlux]()


def _at(dossier: DossierFlux, rang: int) -> str:
    return dossier.fichiers[rang].fichier.membre.noms[0]


@DOSSIERS.controle("ce que deux fichiers disent d'une même mesure est la même chose")
def accord(dossier: DossierFlux) -> Iterator[EcartFlux]:
    for place, phrase in dossier.ecarts:
        yield f"{_at(dossier, place.rang)}, {place.lieu}", phrase


@DOSSIERS.controle("les registres montent d'un fichier à l'autre")
def index_suivis(dossier: DossierFlux) -> Iterator[EcartFlux]:
    for (_prm, metier, physique, petit), by_instant in dossier.index.items():
        lus = [
            ReleveDuFlux(
                t, {n: (v, f"{_at(dossier, p.rang)}, {p.lieu}") for n, (v, p) in by.items()}
            )
            for t, by in sorted(by_instant.items())
        ]
        if len({place.rang for by in by_instant.values() for _, place in by.values()}) > 1:
            yield from judge_readings((metier, physique, None, None, None, petit), lus)


@DOSSIERS.controle("l'énergie d'un jour est celle de sa courbe et de ses index")
def energie(dossier: DossierFlux) -> Iterator[EcartFlux]:
    for (prm, metier, physique, petit, pas), days in dossier.courbes.items():
        named = {v: k for k, v in _PUISSANCES.items()}.get(physique)
        index = dossier.index.get((prm, metier, named, petit), {})
        energies = dossier.energies.get((prm, metier, named), {})
        maxima = dossier.maxima.get((prm, metier, "PMA"), {})
        for day, ((count, total, _), place) in days.items():
            a, b = legal_midnight(day), legal_midnight(day + JOUR)
            if count != (b - a) // pas:
                continue
            dits = [energies[day][0]] if day in energies else []
            if petit and {"D1", "T"} & {*index.get(a, ())} & {*index.get(b, ())}:
                before, after = (
                    sum(v for n, (v, _) in index[t].items() if n[0] == "D") or index[t]["T"][0]
                    for t in (a, b)
                )
                dits += [after - before] if after >= before else []
            lieu = f"{_at(dossier, place.rang)}, {place.lieu}"
            # What is sent every ten minutes carries a rest over, which the day leaves (FAQ).
            slack = 0 if petit or pas == 300 else 1000 * pas // 3600 + 1
            for other in dits:
                if abs(other - total * pas // 3600) > slack:
                    yield lieu, f"la courbe du {day} fait {total * pas // 3600} Wh, et non {other}"
            if petit and day in maxima and maxima[day][0] * (b - a) < total * pas:
                yield lieu, f"la courbe du {day} dépasse son maximum de {maxima[day][0]} VA"


@DOSSIERS.controle("les numéros de séquence se suivent, et un lot a tous ses fichiers")
def sequences(dossier: DossierFlux) -> Iterator[EcartFlux]:
    lots: dict[tuple[Any, ...], dict[int, list[Any]]] = {}
    for resume in dossier.fichiers:
        fichier = resume.fichier
        facts = next((facts for _, facts in fichier.noms if facts), {})
        declared = fichier.forme.declaree
        recurrent = "suite" in declared and facts.get("frequence") != "P"
        names = declared.get("suite" if recurrent else "lot")
        if names and "sequence" in facts:
            key = (fichier.forme.nom, *(fichier.fact(name) for name in names))
            here = lots.setdefault(key, {}).setdefault(int(facts["sequence"]), [])
            here.append((fichier.membre.noms, facts, fichier.creation, declared))
    for by_rank in lots.values():
        ranks = sorted(by_rank)
        outer, facts, _, declared = by_rank[ranks[0]][0]
        first = 1 if "suite" in declared and facts.get("frequence") == "P" else ranks[0]
        missing = sorted({*range(first, ranks[-1])} - {*ranks})
        if missing and not (ranks[0] == 1 and ranks[-1] == 99_999):
            yield outer[0], f"il manque le numéro de séquence {missing[0]:05d}"
        for rank, files in by_rank.items():
            parts = Counter(facts.get("rang") for _, facts, _, _ in files)
            nombre = {facts.get("nombre") for _, facts, _, _ in files}
            wanted = {f"{n:05d}" for n in range(1, int(max(nombre - {None}, default="1")) + 1)}
            names = files[0][0]
            if max(parts.values()) > 1 and len({each[0] for each in files}) > 1:
                if len({each[0][0] for each in files}) > 1:
                    yield names[0], f"le numéro de séquence {rank:05d} est pris deux fois"
            elif parts != {None: 1} and "nombre" in files[0][1] and {*parts} != wanted:
                yield names[0], f"le lot {rank:05d} n'a pas ses {max(nombre)} fichiers"
        made = [by_rank[rank][0][2] for rank in ranks]
        if any(a and b and a > b for a, b in pairwise(made)):
            yield outer[0], "un numéro de séquence plus grand est d'un fichier plus ancien"
