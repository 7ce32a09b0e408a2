"""What answers say that others may contradict, and whether they do: of measures, points, services.

A fact is kept for the whole campaign, so that a curve, an energy and the indexes around it are held
to each other whichever was asked first.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.homologation.jugement import paths
from sge_sim.homologation.jugement.consommations import series
from sge_sim.homologation.jugement.controle import Controles
from sge_sim.homologation.jugement.detaillees import FACTICES, GrandeurLue, lectures
from sge_sim.homologation.jugement.index_releves import registres
from sge_sim.homologation.jugement.instants import legal_time, minutes_of
from sge_sim.homologation.jugement.listes import COMMANDE, apprend, faits_des_services
from sge_sim.homologation.jugement.reponse import Cle, Fait, ReponseJugee, read_once, text_of

_ENERGIE_OF: Final[Mapping[str, str]] = {"PA": "EA", "PRI": "ERI", "PRC": "ERC"}
_FEW: Final = 7
"""Daily maxima under which a month has none."""
ILLISIBLE: Final = 65_535
"""What a Linky tells of a maximum that it couldn't read (observed)."""


@read_once
def faits(reponse: ReponseJugee) -> Iterator[Fait]:
    """Yield what an answer that is as its contract says tells."""
    path = reponse.contrat.path
    if path in paths.DETAILLEES:
        prm = text_of(reponse.corps, "pointId") or ""
        for lecture in lectures(reponse) if reponse.mesures != "INDEX" else ():
            yield from _of_a_lecture(reponse, prm, lecture)
        yield from _of_indexes(reponse, prm)
    elif path == paths.MESURES:
        for serie in series(reponse):
            for row in serie.mesures:
                yield Fait(("consommation", *reponse.prms, serie.nom, str(row.fin)), row.valeur)
    elif path in (paths.ADP, paths.RECHERCHE_POINT):
        yield from _of_points(reponse)
    elif path in paths.LISTES:
        yield from faits_des_services(reponse)


def _of_a_lecture(reponse: ReponseJugee, prm: str, lecture: GrandeurLue) -> Iterator[Fait]:
    corrected = text_of(reponse.corps, "mesuresCorrigees") or ""
    kind, of = reponse.mesures, (prm, f"{lecture.metier} {lecture.grandeur}")
    seen: Counter[str] = Counter()
    months: dict[Cle, list[int]] = defaultdict(list)
    for point, instant in zip(lecture.points, lecture.instants, strict=True):
        if instant is None:
            continue
        day = lecture.day(instant)
        if reponse.mensuel:
            yield Fait(_month(reponse, of, day), "null" if point.v is None else point.v)
        elif point.v is not None and isinstance(instant, datetime):
            legal = f"{legal_time(instant):%Y-%m-%d %H:%M}"
            seen[legal] += 1
            again = f" ({seen[legal]})" if seen[legal] > 1 else ""
            yield Fait(("courbe", *of, corrected, legal + again), point.v)
        elif point.v is not None and kind == "ENERGIE":
            yield Fait(("énergie", *of, str(day)), point.v)
        elif point.v is not None:
            yield Fait(("maximum", *of, str(day)), point.v)
            yield Fait(("instant du maximum", *of, str(day)), point.d[:19].replace("T", " "))
            if point.v != ILLISIBLE:
                months[_month(reponse, of, day)].append(point.v)
    for cle, values in months.items():
        yield Fait(cle, max(values) if len(values) >= _FEW else "null")
    if kind == "COURBE" and corrected == "BRUT":
        yield from _energies_of_a_curve(reponse, prm, lecture)


def _month(reponse: ReponseJugee, of: Cle, day: date) -> Cle:
    """Return what a monthly maximum is of: the days of a month that are in the period."""
    assert reponse.jours is not None
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    debut, fin = max(first, reponse.jours[0]), min(following, reponse.jours[1])
    return ("maximum mensuel", *of, f"du {debut} au {fin}")


def _energies_of_a_curve(reponse: ReponseJugee, prm: str, lecture: GrandeurLue) -> Iterator[Fait]:
    """Yield the energy of each day that the curve tells whole.

    That of a large point is its integral rounded down (observed); that of a small one is counted by
    its meter, of which each half-hour is rounded (to the W: assumed).
    """
    energy = _ENERGIE_OF.get(lecture.grandeur)
    if energy is None or not (reponse.grand or (reponse.petit and energy == "EA")):
        return
    wanted = Counter(map(lecture.day, lecture.attendus))
    sums: dict[date, list[int]] = defaultdict(list)
    for point, instant in zip(lecture.points, lecture.instants, strict=True):
        if instant is not None and point.v is not None:
            sums[lecture.day(instant)].append(point.v * (minutes_of(point.p) or 0))
    for day, found in sums.items():
        if len(found) == wanted[day]:
            cle = ("énergie", prm, f"{lecture.metier} {energy}", str(day))
            yield Fait(cle, sum(found) // 60, len(found) // 4 if reponse.petit else 0)


def _of_indexes(reponse: ReponseJugee, prm: str) -> Iterator[Fait]:
    """Yield the indexes, the registers of each context, their sums, and energies of days.

    Of a small point the classes of each calendar and the total add up to the same.
    """
    names: dict[str, list[str]] = defaultdict(list)
    sums: dict[Cle, Counter[str]] = defaultdict(Counter)
    for registre in registres(reponse):
        what = " ".join((*registre.relevee, registre.grandeur_lue))
        names[what].append(f"{registre.nom} {registre.cadran}".strip())
        for each in registre.releves:
            yield Fait(("index", prm, what, registre.cadran or registre.nom, each.d), each.v)
            if reponse.petit:
                sums[what, registre.calendrier][each.d] += each.v
        for before, after in pairwise(registre.releves) if not registre.calendrier else ():
            if before.instant and after.instant and before.v <= after.v:  # of one meter
                day = before.instant.date()
                if registre.type == "AQ" and (after.instant.date() - day).days == 1:
                    cle = ("énergie", prm, registre.grandeur_lue, str(day))
                    yield Fait(cle, after.v - before.v)
    for (what, _), found in sums.items():
        yield from (Fait(("somme des index", prm, what, d), v) for d, v in found.items())
    for what, registers in names.items():
        period = " au ".join(map(str, reponse.jours or ()))
        yield Fait(("cadrans", prm, what, period), ", ".join(sorted(registers)))


_RESERVEES: Final = re.compile(
    "dateDerniere|segment|parametresTeleAcces|mediaReleve|situationContractuelle"
)
"""What the authorisation of the client opens (ICS v1.0.0)."""
_COMMUNS: Final = re.compile("^donneesGenerales/(?=etat)|^situationComptage/.*/(?=typeC)|^adr.*/")
"""What stands before the names that both services on points share."""
_NUMERO: Final = re.compile(r"\b(?:matricule|numeroSerie)\b")
_LIGNE: Final = 38


def _of_points(reponse: ReponseJugee) -> Iterator[Fait]:
    """Yield each value of a data sheet or of a found point, under its path, and which there are.

    They may have changed by another day.
    """
    tree, fiche = reponse.corps.getroottree(), reponse.contrat.path == paths.ADP
    for point in reponse.corps.iter("point"):
        of = ("point", point.get("id", ""), str(reponse.jour))
        dits: dict[str, str] = {}
        for element in point.iterdescendants():
            name = tree.getelementpath(element).rpartition("point")[2].partition("/")[2]
            dits |= {f"{name}/@{key}": value for key, value in element.attrib.items()}
            if len(element) == 0:
                dits[name] = (element.text or "").strip()
        free = sorted(each for each in dits if not _RESERVEES.search(each))
        yield Fait((*of, f"valeurs {'de la fiche' if fiche else 'trouvées'}"), ", ".join(free))
        if fiche:
            address = "donneesGenerales/adresseInstallation/"
            town = (dits.get(address + each, "") for each in ("codePostal", "commune/libelle"))
            dits["ligne6"] = " ".join(town).upper()[:_LIGNE]
        numbers = [dits.pop(each) for each in list(dits) if _NUMERO.search(each)]
        dits["compteurs"] = ", ".join(sorted(numbers))
        for name, value in dits.items():
            yield Fait((*of, _COMMUNS.sub("", name)), value)


def retient(
    retenus: Mapping[Cle, Fait], reponse: ReponseJugee, cas: str, *, good: bool
) -> Mapping[Cle, Fait]:
    """Return what is known after an answer: the surest that a `good` one said of each thing, and
    what orders have changed since."""
    known = dict(retenus)
    for fait in faits(reponse) if good else ():
        before = known.get(fait.cle)
        if before is None or fait.ecart < before.ecart:
            known[fait.cle] = fait._replace(cas=cas)
    for fait in apprend(reponse):
        known[fait.cle] = fait._replace(cas=cas)
    if reponse.contrat.path == paths.MOSAD:  # what its services publish now is told by a list
        known = {cle: each for cle, each in known.items() if "publications" not in cle[-1]}
    return known


def desaccords(reponse: ReponseJugee, *kinds: str) -> Iterator[str]:
    """Yield what an answer says otherwise than it says elsewhere, or than an earlier one did."""
    said: dict[Cle, Fait] = {}
    for fait in faits(reponse):
        if fait.cle[0] in kinds:
            known = reponse.retenus.get(fait.cle) or said.setdefault(fait.cle, fait)
            if differ(fait, known):
                where = f"pour {known.cas}" if known.cas else "dans la même réponse"
                values = f"{fait.valeur or 'rien'}, {known.valeur or 'rien'}"
                yield f"{nom_du_fait(fait)} : {values} {where}"


def nom_du_fait(fait: Fait) -> str:
    """Return what a fact is of, in messages that name the point elsewhere."""
    kind, whose, *rest = fait.cle
    return " ".join((kind, whose, *rest) if kind.startswith("service") else (kind, *rest))


def differ(mine: Fait, other: Fait) -> bool:
    """Whether two facts contradict each other."""
    if isinstance(mine.valeur, int) and isinstance(other.valeur, int):
        return abs(mine.valeur - other.valeur) > mine.ecart + other.ecart
    return mine.valeur != other.valeur


CONCORDANCES: Final = Controles(paths.DETAILLEES)


@CONCORDANCES.documented(
    "une réponse ne contredit pas une autre de la campagne, ni elle-même",
    "une mesure brute, un point du jour et un service commandé sont ce qu'ils sont ; "
    "GUI 0469, GUI 0475 §4, GUI 0498, GUI 0531 §2-5, GUI 0537 p. 6-11",
    services={*paths.DETAILLEES, paths.MESURES, paths.ADP, paths.RECHERCHE_POINT, *paths.LISTES},
)
def memes_dires(reponse: ReponseJugee) -> Iterator[str]:
    kinds = ("courbe", "index", "cadrans", "maximum", "instant du maximum", "consommation")
    own = () if reponse.administre is None else (COMMANDE,)
    return desaccords(reponse, *kinds, "point", "service", *own)


@CONCORDANCES.assumed(
    "un service commandé commence le jour demandé",
    "la plateforme peut le décaler, un simulateur jamais",
    services=paths.LISTES,
)
def debuts_demandes(reponse: ReponseJugee) -> Iterator[str]:
    """Of a simulator that its administration makes known, it is held to be so."""
    return desaccords(reponse, COMMANDE) if reponse.administre is None else iter(())


_SOMMES: Final = ("énergie", "maximum mensuel", "somme des index")
_GUIDES: Final = "GUI 0488 §5.2, GUI 0497 §3.2 ; réponses enregistrées en production, 2022 et 2023"


@CONCORDANCES.documented(
    "courbe, énergies, index et totaux s'accordent, et les maxima du jour avec ceux du mois",
    _GUIDES,
)
def memes_sommes(reponse: ReponseJugee) -> Iterator[str]:
    if reponse.prms.isdisjoint(FACTICES):
        yield from desaccords(reponse, *_SOMMES)


@CONCORDANCES.documented(
    "les mesures de deux points du catalogue s'accordent aussi",
    _GUIDES,
    leve_par=(Usage.MESURES_FACTICES,),
)
def sommes_factices(reponse: ReponseJugee) -> Iterator[str]:
    """Those that the homologation platform made up are held to each other elsewhere."""
    if not reponse.prms.isdisjoint(FACTICES):
        yield from desaccords(reponse, *_SOMMES)
