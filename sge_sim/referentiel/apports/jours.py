"""Lines of measures: a day of a point, its curve, its index; what a line must be, and its row.

The lines of a point follow one another. What they say is held against the point and against the
days that were given of it before.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT
from sge_sim.mesures.calendrier import calendrier, numero_borne
from sge_sim.mesures.courbes import is_recorded
from sge_sim.mesures.entrees_datees import PASSAGE_5_MINUTES, vie
from sge_sim.mesures.jours_donnes import PERDU, REGISTRES, TOTAL, read_courbe, read_registres
from sge_sim.mesures.point import PointMesure, Structure, en_vigueur
from sge_sim.referentiel.apports.contradictions import sentence_of
from sge_sim.referentiel.apports.lecture import ReportFaute
from sge_sim.referentiel.apports.mots import jour_of, parse_cell
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import Jour, given_days, read_mesures_facts
from sge_sim.tables.points import Point

_COURBE: Final = re.compile(r"(?:[0-9]{1,9}|-)(?: (?:[0-9]{1,9}|-))*")
_INDEX_MAX: Final = 10**12
_KILOWATT: Final = 1000
_EXCESS_W: Final = 1300  # 1.3 times a kVA or a kW
_NIVEAU: Final = "niveau_ouverture_services"


class _FauteError(ValueError):
    """What is wrong with a line: the entry of the table that it breaks, what its sentence shows."""

    def __init__(self, name: str, **said: Any) -> None:
        super().__init__(*sentence_of(name, **said))


@dataclass
class LignesJours:
    """Lines of one point that follow one another: the number of each, and its cells."""

    prm: str
    lignes: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)

    def checked(
        self, sessions: Sequence[Session], apport_id: int, report: ReportFaute
    ) -> tuple[list[Jour], int]:
        """Return the days that are new and hold, and how many were there as given.

        The point is of one of the sessions, its days may be of any. What doesn't hold goes to
        `report`.
        """
        found = ((session, session.get(Point, self.prm)) for session in sessions)
        session, point = next((each for each in found if each[1]), (sessions[0], None))
        if point is None or point.apport_id is None:
            for number, _ in self.lignes:
                report(number, *sentence_of("jour_d_un_autre_point", prm=self.prm[:20]))
            return [], 0
        mesures = read_mesures_facts(session, self.prm)
        mesure = point_mesure(point, mesures, SENS_OF_SEGMENT[point.segment])
        there = {
            jour[0]: (jour, apport)
            for each in sessions
            for jour, apport in given_days(each, self.prm)
        }
        new: dict[date, tuple[int, Jour]] = {}
        unchanged, niveau = 0, point.niveau_ouverture_services
        levels = {niveau, *(each.valeur for each in mesures.anciennes if each.nom == _NIVEAU)}
        for number, cells in self.lignes:
            try:
                if niveau is not None and 2 not in levels:
                    raise _FauteError("mesures_sous_le_niveau_2", niveau=niveau)
                if mesure is None:
                    raise _FauteError("jour_sans_compteur")
                jour = _read(cells, mesure, partial(report, number))
                if jour is None:
                    continue
                known, apport = there.get(jour[0], (None, None))
                if jour[0] in new or (known is not None and apport == apport_id):
                    raise _FauteError("jour_donne_deux_fois")
                if known is None:
                    excess = _excess(jour, mesure)
                    if not (excess and report(number, *excess)):
                        new[jour[0]] = number, jour
                elif known == jour:
                    unchanged += 1
                else:
                    raise _FauteError("jour_donne_autrement")
            except _FauteError as error:
                report(number, *error.args)
        days = [jour for jour, _ in there.values()] + [jour for _, jour in new.values()]
        lines = {jour: number for jour, (number, _) in new.items()}
        if mesure is not None:
            for suspects, *wrong in _disagreements(sorted(days, key=lambda day: day[0]), mesure):
                culprit = next((jour for jour in suspects if jour in lines), None)
                if culprit is not None:
                    report(lines[culprit], *wrong)
        return [jour for _, jour in new.values()], unchanged


def _excess(jour: Jour, point: PointMesure) -> tuple[str, str, bool] | None:
    """Return what is said of a curve that was above 1.3 times the power for an hour."""
    puissance = en_vigueur(point.puissances, jour[0])
    if puissance is None or jour[1] is None:
        return None
    valeurs = [valeur or 0 for valeur in read_courbe(jour[1])]
    steps = 60 // _minutes(jour[0], point)
    hours = (sum(valeurs[i : i + steps]) for i in range(len(valeurs) - steps + 1))
    most = _EXCESS_W * puissance.valeur
    if max(valeurs) <= most or (mean := max(hours) // steps) <= most:
        return None
    said = {"vu": mean, "puissance": puissance.valeur, "unite": "kVA" if point.petit else "kW"}
    return sentence_of("heure_au_dela_de_la_puissance", **said)


def _minutes(jour: date, point: PointMesure) -> int:
    return 30 if point.petit else 5 if jour >= PASSAGE_5_MINUTES else 10


def _read(cells: Mapping[str, Any], point: PointMesure, report: Callable[..., bool]) -> Jour | None:
    """Return what a line says; where its curve or its index doesn't hold, both go to `report`, and
    None. Raises `_FauteError` for the rest."""
    if "jour" not in cells:
        raise _FauteError("jour_absent")
    try:
        jour = jour_of(cells["jour"])
    except ValueError as error:
        raise _FauteError("jour_sans_forme", vu=error) from None
    if "courbe" not in cells and "index" not in cells:
        raise _FauteError("jour_sans_mesure")
    premier, dernier = vie(point)
    if not premier <= numero_borne(jour) <= dernier:
        raise _FauteError("jour_hors_de_vie")
    found, wrong = dict[str, str](), False
    for word, read in (("courbe", _courbe), ("index", _registres)):
        try:
            if word in cells:
                found[word] = read(cells[word], jour, point)
        except _FauteError as error:
            wrong = report(*error.args)
    return None if wrong else (jour, found.get("courbe"), found.get("index"))


def _courbe(cell: Any, jour: date, point: PointMesure) -> str:
    if isinstance(cell, list):
        cell = " ".join(PERDU if each is None else str(each) for each in cell)
    if not isinstance(cell, str) or _COURBE.fullmatch(cell := " ".join(cell.split())) is None:
        raise _FauteError("courbe_sans_forme")
    valeurs = read_courbe(cell)
    minutes = _minutes(jour, point)
    expected = int(calendrier().heures[numero_borne(jour)]) * 60 // minutes
    if len(valeurs) != expected:
        said = {"attendu": expected, "minutes": minutes, "donne": len(valeurs)}
        raise _FauteError("pas_ou_duree_du_jour", **said)
    unit, name = (2, "puissance_impaire") if point.petit else (_KILOWATT, "puissance_en_watts")
    if any(valeur % unit for valeur in valeurs if valeur is not None):
        raise _FauteError(name)
    if not is_recorded(point, numero_borne(jour)):
        raise _FauteError("courbe_non_collectee")
    return cell


def _registres(cell: Any, jour: date, point: PointMesure) -> str:
    if cell == PERDU:
        return PERDU
    try:
        cell = parse_cell(cell)
    except ValueError as error:
        raise _FauteError("index_illisible", vu=error) from None
    if not point.petit:
        raise _FauteError("index_d_un_grand_point")
    if not isinstance(cell, dict):
        raise _FauteError("index_sans_forme")
    for nom, valeur in cell.items():
        if nom != TOTAL and nom not in REGISTRES:
            raise _FauteError("registre_inconnu", registre=nom[:20])
        if not isinstance(valeur, int) or isinstance(valeur, bool) or not 0 <= valeur < _INDEX_MAX:
            raise _FauteError("registre_sans_entier", registre=nom)
    if TOTAL not in cell:
        raise _FauteError("index_sans_total")
    for letter, grilles in (("F", point.grille_fournisseur), ("D", point.grille_distributeur)):
        _check_side(cell, letter, en_vigueur(grilles, jour))
    return json.dumps({nom: cell[nom] for nom in sorted(cell)}, separators=(",", ":"))


def _check_side(registres: Mapping[str, int], letter: str, grille: Any) -> None:
    given = {nom for nom in registres if nom.startswith(letter)}
    classes = () if grille is None else grille.structure.classes
    known = {f"{letter}{rang}" for _, rang in classes}
    if not given and (grille is None or grille.structure is Structure.BASE):
        return
    if given != known:
        expected, read = (", ".join(sorted(names)) or "aucun" for names in (known, given))
        raise _FauteError("classes_du_calendrier", cote=letter, attendu=expected, donne=read)
    if (somme := sum(registres[nom] for nom in given)) != registres[TOTAL]:
        raise _FauteError("registres_et_total", cote=letter, somme=somme, total=registres[TOTAL])


def _disagreements(
    days: Sequence[Jour], point: PointMesure
) -> Iterator[tuple[Iterable[date], str, str, bool]]:
    """Yield what contradicts what: the days that may be wrong, the likeliest first."""
    curves = {jour: read_courbe(courbe) for jour, courbe, _ in days if courbe is not None}
    read = [
        (jour, registres)
        for jour, _, texte in days
        if texte is not None and isinstance(registres := read_registres(texte), Mapping)
    ]
    poses = [compteur.pose for compteur in point.compteurs[1:]]
    for (debut, avant), (fin, apres) in pairwise(read):
        if any(debut < pose <= fin for pose in poses):
            continue
        suspects = (fin, debut)
        back = [nom for nom, valeur in avant.items() if apres.get(nom, valeur) < valeur]
        if back:
            said = {"registre": back[0], "avant": avant[back[0]], "apres": apres[back[0]]}
            yield (suspects, *sentence_of("index_qui_recule", debut=debut, **said))
            continue
        counted = apres[TOTAL] - avant[TOTAL]
        within = [courbe for jour, courbe in curves.items() if debut <= jour < fin]
        spent = sum(valeur for courbe in within for valeur in courbe if valeur is not None) // 2
        whole = len(within) == (fin - debut).days and not any(None in courbe for courbe in within)
        if spent > counted or (whole and spent != counted):
            days_between = (jour for jour in curves if debut <= jour < fin)
            said = {"debut": debut, "courbe": spent, "index": counted}
            yield ((*suspects, *days_between), *sentence_of("courbe_et_index", **said))
