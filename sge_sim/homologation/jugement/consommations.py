"""What ConsultationMesures must answer: billed consumptions by grid, calendar and class."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from lxml import etree

from sge_sim.clock import add_months
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.homologation.jugement.controle import Controles, more_than_once
from sge_sim.homologation.jugement.index_releves import other_classes
from sge_sim.homologation.jugement.paths import MESURES
from sge_sim.homologation.jugement.reponse import ReponseJugee, code_of, read_once, text_of

_GUIDE: Final = "GUI 0455 v1.3.0 §4"
_SEEN: Final = "réponses enregistrées en production, 2022"
_TURPE: Final = "seriesMesuresDateesGrilleTurpe"
_FRN: Final = "seriesMesuresDateesGrilleFrn"
_COTE: Final = {_TURPE: "distributeur", _FRN: "fournisseur"}
_PROFONDEUR: Final = 36 + 2
"""Months; the oldest row may straddle the limit, whatever its length up to two months."""


class MesureLue(NamedTuple):
    """A row: its period, and its value in kWh."""

    debut: date
    fin: date
    valeur: int
    nature: str


class SerieLue(NamedTuple):
    """Place, subject and rows of a series, in the order of the answer."""

    grille: str
    calendrier: str
    classe: str
    element: etree._Element
    mesures: tuple[MesureLue, ...]

    @property
    def nom(self) -> str:
        """The name of the series in messages."""
        return " ".join(filter(None, (_COTE[self.grille], self.calendrier, self.classe)))

    @property
    def lignes(self) -> list[tuple[date, date]]:
        """The periods of the rows."""
        return [(each.debut, each.fin) for each in self.mesures]


@read_once
def series(reponse: ReponseJugee) -> Iterator[SerieLue]:
    """Yield the series of both grids."""
    for grille in (_TURPE, _FRN):
        for each in reponse.corps.iterfind(f"{grille}/serie"):
            calendrier, classe = code_of(each, "calendrier"), code_of(each, "classeTemporelle")
            rows = tuple(map(_mesure, each.iterfind("mesuresDatees/mesure")))
            yield SerieLue(grille, calendrier, classe, each, rows)


def _mesure(row: etree._Element) -> MesureLue:
    days = ((text_of(row, each) or "")[:10] for each in ("dateDebut", "dateFin"))
    debut, fin = map(date.fromisoformat, days)  # an offset may follow
    return MesureLue(debut, fin, int(text_of(row, "valeur") or 0), code_of(row, "nature"))


CONSOMMATIONS: Final = Controles({MESURES})


@CONSOMMATIONS.documented("les consommations sont de l'énergie active, en kWh", _GUIDE)
def energie_en_kwh(reponse: ReponseJugee) -> Iterator[str]:
    for each in series(reponse):
        quantity, unit = code_of(each.element, "grandeurPhysique"), text_of(each.element, "unite")
        if quantity != "EA":
            yield f"{each.nom} : grandeur {quantity}"
        if unit != "kWh":
            yield f"{each.nom} : unité {unit}"


@CONSOMMATIONS.documented(
    "les mesures vont de la plus récente à la plus ancienne, sans trou", f"{_GUIDE}.4 ; {_SEEN}"
)
def plus_recentes_d_abord(reponse: ReponseJugee) -> Iterator[str]:
    for each in series(reponse):
        for (debut, _), (_, fin) in pairwise(each.lignes):
            if fin != debut:
                days = f"{fin:%d/%m/%Y} suit celle qui commence le {debut:%d/%m/%Y}"
                yield f"{each.nom} : la mesure finie le {days}"
        for debut, fin in each.lignes:
            if debut >= fin:
                yield f"{each.nom} : mesure du {debut:%d/%m/%Y} au {fin:%d/%m/%Y}"


@CONSOMMATIONS.documented("les mesures sont des 36 derniers mois, et déjà finies", f"{_GUIDE} §5")
def trente_six_mois(reponse: ReponseJugee) -> Iterator[str]:
    oldest = add_months(reponse.jour, -_PROFONDEUR)
    for each in series(reponse):
        for debut, fin in each.lignes:
            if fin > reponse.jour:
                yield f"{each.nom} : une mesure finit le {fin:%d/%m/%Y}"
            if debut < oldest:
                yield f"{each.nom} : une mesure commence le {debut:%d/%m/%Y}"


@CONSOMMATIONS.documented("une série par grille, calendrier et classe", _GUIDE)
def series_distinctes(reponse: ReponseJugee) -> Iterator[str]:
    for name, times in more_than_once(each.nom for each in series(reponse)):
        yield f"{times} séries {name}"


@CONSOMMATIONS.observed("les classes d'un calendrier ont les mêmes périodes", _SEEN)
def memes_periodes(reponse: ReponseJugee) -> Iterator[str]:
    """All the classes of a calendar tell the same periods, zeros out of season included."""
    first: dict[tuple[str, str], SerieLue] = {}
    for each in series(reponse):
        other = first.setdefault((each.grille, each.calendrier), each)
        if each.lignes != other.lignes:
            yield f"{each.nom} n'a pas les périodes de {other.nom}"


@CONSOMMATIONS.observed(
    "les deux grilles disent les mêmes périodes et les mêmes sommes, à l'arrondi des classes près",
    _SEEN,
)
def memes_grilles(reponse: ReponseJugee) -> Iterator[str]:
    """The distributor's rows, which may begin later, are those of the supplier's grid."""
    sums: dict[str, dict[tuple[date, date], list[int]]] = {_TURPE: {}, _FRN: {}}
    for each in series(reponse):
        for row in each.mesures:
            sums[each.grille].setdefault((row.debut, row.fin), []).append(row.valeur)
    turpe, frn = sums[_TURPE], sums[_FRN]
    if not (turpe and frn):
        return
    if max(fin for _, fin in turpe) != max(fin for _, fin in frn):
        yield "elles ne finissent pas le même jour"
    for debut, fin in sorted(turpe.keys() - frn.keys()):
        yield f"celle du {debut:%d/%m/%Y} au {fin:%d/%m/%Y} manque au fournisseur"
    for debut, fin in sorted(turpe.keys() & frn.keys()):
        own, other = turpe[debut, fin], frn[debut, fin]
        if abs(sum(own) - sum(other)) >= len(own) + len(other):
            yield f"jusqu'au {fin:%d/%m/%Y} : {sum(own)} et {sum(other)} kWh"


@CONSOMMATIONS.observed(
    "chaque calendrier a ses classes, et un C5 de la nouvelle chaîne les deux grilles",
    f"{_GUIDE}.1-2 ; AX.0355 ; {_SEEN}",
)
def series_completes(reponse: ReponseJugee) -> Iterator[str]:
    """No class is missing; calendars are told of the new chain alone, which has both grids."""
    found: dict[tuple[str, str], set[str]] = {}
    for each in series(reponse):
        found.setdefault((each.grille, each.calendrier), set()).add(each.classe)
    for (grille, calendrier), classes in found.items():
        own = "D" if reponse.grand and grille == _TURPE else calendrier
        yield from other_classes(own, classes - {""})
    if reponse.petit and found and any(calendrier for _, calendrier in found):
        for grille in {_TURPE, _FRN} - {grille for grille, _ in found}:
            yield f"aucune série de la grille du {_COTE[grille]}"


@CONSOMMATIONS.documented(
    "les séries vont par calendrier, le plus récent d'abord, puis par classe",
    f"{_GUIDE}.4",
    leve_par=(Usage.GRILLE_FOURNISSEUR,),
)
def ordre_des_series(reponse: ReponseJugee) -> Iterator[str]:
    for grille in (_TURPE, _FRN):
        found = [each for each in series(reponse) if each.grille == grille and each.lignes]
        for before, after in pairwise(found):
            if before.calendrier == after.calendrier:
                if before.classe > after.classe:
                    yield f"{after.nom} vient après {before.classe}"
            elif after.lignes[0][1] > before.lignes[0][1]:
                yield f"{after.nom} vient après {before.nom}, plus ancien"


@CONSOMMATIONS.documented("seul un C5 a des calendriers", f"{_GUIDE}.2 ; {_SEEN}")
def calendriers_des_c5(reponse: ReponseJugee) -> Iterator[str]:
    """A larger point has no calendar; a series of the distributor of a small one has its own."""
    for each in series(reponse):
        if reponse.grand and each.element.find("calendrier") is not None:
            yield f"{each.nom} : un calendrier sur un C1-C4"
        if reponse.petit and each.grille == _TURPE and not each.calendrier.startswith("D"):
            yield f"{each.nom} : calendrier {each.calendrier or 'absent'}"


@CONSOMMATIONS.observed("chaque série dit sa classe, et porte des mesures", _SEEN)
def series_renseignees(reponse: ReponseJugee) -> Iterator[str]:
    for each in series(reponse):
        if not each.classe:
            yield f"{each.nom} n'a pas de classe"
        if not each.lignes:
            yield f"{each.nom} n'a pas de mesure"


@CONSOMMATIONS.documented("une consommation n'est pas négative", _GUIDE)
def consommations_positives(reponse: ReponseJugee) -> Iterator[str]:
    """A billed consumption is counted from nothing; a correction says that it is one."""
    for each in series(reponse):
        for row in each.mesures:
            if row.valeur < 0 and row.nature != "REGU":
                yield f"{each.nom} : {row.valeur} kWh"
