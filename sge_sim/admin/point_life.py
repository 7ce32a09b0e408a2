"""What happened, holds and will happen to a point: dated, as a time line draws it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sge_sim.api.points import ServiceSouscritView
from sge_sim.clock import PARIS, legal_date, start_of_day
from sge_sim.domaine.libelles import EVENEMENTS, en_mots, libelle_de, phrase_en_mots
from sge_sim.tables.commandes import Affaire, AutorisationClient, Evenement
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.perimetre import EvenementContractuel
from sge_sim.tables.points import Point

_BASSE: Final = " ; d'avril à octobre "
_HELD: Final = {
    "Titulaire": ("", "nom_client_final", "date_mise_en_service"),
    "Fournisseur": ("", "fournisseur_titulaire"),
    "Puissance": (" ", "puissance_souscrite", "puissance_souscrite_unite"),
    "Heures creuses": (_BASSE, "heures_creuses_libelle", "heures_creuses_saison_basse"),
}
"""The columns of a point whose former values are shown, by lane, and what stands between them."""
_BACK, _ON, _LEAST = timedelta(730), timedelta(400), timedelta(60)
_MOST: Final = 20
"""How far from now the image reaches at most, and at least; moments of a lane."""
_ROW, _LEGEND, _NARROW = 24, 14.0, 0.6
"""Pixels of a row; hundredths of the width: the names of lanes, and a bar at least."""


class Moment(NamedTuple):
    """What lasts on a lane from `debut` until `fin`, excluded (None: until further notice), or what
    happens at `debut` where both are the same."""

    piste: str
    debut: datetime
    fin: datetime | None
    texte: str

    def temps(self, now: datetime) -> str:
        """Tell whether it is to come, holds, or is over."""
        if self.debut > now:
            return "avenir"
        return "passe" if self.fin is not None and self.fin <= now else "present"


def moments_of(
    point: Point,
    mesures: MesuresFacts,
    services: Sequence[ServiceSouscritView],
    affaires: Sequence[Affaire],
    autorisations: Sequence[AutorisationClient],
    evenements: Sequence[Evenement],
    histoire: Sequence[Mapping[str, str]],
    contractuels: Sequence[EvenementContractuel] = (),
    factures: Iterable[tuple[date, date, str]] = (),
) -> list[Moment]:
    """Return what is known of the life of a point: by lane, the last twenty, the oldest first.

    `histoire` is what happened behind its meter, as `read_histoire` returns it, `factures` what it
    was invoiced, as `invoices_of` does.
    """
    compteur = libelle_de("typeComptage", point.type_comptage or "")
    dated = [
        *(("Événement", each.instant, each.instant, _event(point, each)) for each in evenements),
        *(
            (
                *("Périmètre", *[each.jour] * 2),
                f"{each.nature} : {each.sorte.libelle}, {each.contrat_id}, situation "
                f"{each.reference} n° {each.sequence}",
            )
            for each in contractuels
        ),
        *(("Facture", *each) for each in factures),
        *_held(point, mesures),
        *(
            ("Usages", *[date.fromisoformat(each["jour"])] * 2, each["libelle"])
            for each in histoire
        ),
        *(
            ("Compteur", each.date_pose, each.date_depose, f"{compteur} {each.matricule or ''}")
            for each in point.compteurs
        ),
        *(("Collecte", *each, "courbe collectée") for each in mesures.collectes),
        *(
            ("Mesures", de, a, f"perdues jusqu'au {a.astimezone(PARIS):%d/%m/%Y %H:%M}")
            for de, a in mesures.trous
        ),
        *(
            ("Mesures", when, when, f"jour rectifié : {jour:%d/%m/%Y}, {energie} Wh")
            for jour, energie, when in mesures.rectifications
        ),
        *(("Mesures", each, each, "relevé ponctuel") for each in mesures.ponctuels),
        *(
            ("Service", each.debut, each.fin, f"{each.id} {each.libelle} {each.objet}")
            for each in services
        ),
        *(
            (
                *("Affaire", each.opened_at, each.closed_at),
                f"{each.affaire_id} {each.objet}, {en_mots(each.etat)}, ouverte par "
                f"{each.acteur_code} ({each.login})",
            )
            for each in affaires
        ),
        *(
            (
                *("Autorisation", each.date_debut, each.date_fin),
                f"{each.acteur_code} au nom de {each.nom or 'son client'}, "
                + phrase_en_mots(each.portee),
            )
            for each in autorisations
        ),
    ]
    pistes = [*dict.fromkeys(piste for piste, *_ in dated)]
    found = [
        Moment(piste, _instant(debut), None if fin is None else _instant(fin), texte)
        for piste, debut, fin, texte in dated
        if debut is not None
    ]
    found.sort(key=lambda each: (pistes.index(each.piste), each.debut))
    return [each for _, lane in groupby(found, itemgetter(0)) for each in [*lane][-_MOST:]]


def _instant(jour: date) -> datetime:
    return jour if isinstance(jour, datetime) else start_of_day(jour)


def _held(point: Point, mesures: MesuresFacts) -> Iterator[tuple[Any, ...]]:
    """Yield what the columns of a point said and say, and from which day until which."""
    premier = mesures.histoire(point, "date_mise_en_service")[0][1][0]
    for piste, (between, *noms) in _HELD.items():
        etats = mesures.histoire(point, *noms)
        debuts = [depuis or premier for depuis, _ in etats]
        fins = [*debuts[1:], point.date_resiliation]
        for debut, fin, (_, valeurs) in zip(debuts, fins, etats, strict=True):
            if valeurs[0] is not None and (fin is None or debut is None or debut < fin):
                said = [str(each) for each in valeurs if each and not isinstance(each, date)]
                yield piste, debut, fin, between.join(said)


def _event(point: Point, evenement: Evenement) -> str:
    suite = evenement.fournisseur_code
    if evenement.echeance is not None and evenement.type in ("programmation_hc", "reforme_hc"):
        futures = point.futures_heures_creuses_libelle, point.futures_heures_creuses_saison_basse
        suite = _BASSE.join(dict.fromkeys(filter(None, futures)))
    return " : ".join(filter(None, (EVENEMENTS[evenement.type], suite)))


def marks_of(moments: Sequence[Moment], debut: date, fin: date) -> list[tuple[datetime, list[str]]]:
    """Return what begins, ends or happens on the legal days [debut, fin), when first on each."""
    dated = [
        (instant, f"{each.piste}{ends} : {each.texte}")
        for each in moments
        for instant, ends in ((each.debut, ""), (each.fin, ", fin"))
        if instant is not None and (not ends or each.piste == "Service")
    ]
    within = sorted(each for each in dated if debut <= legal_date(each[0]) < fin)
    days = (list(same) for _, same in groupby(within, key=lambda each: legal_date(each[0])))
    return [(same[0][0], [texte for _, texte in same]) for same in days]


def draw_life(moments: Sequence[Moment], now: datetime) -> dict[str, Any]:
    """Return the image of moments, two years back and thirteen months on at most: lanes and their
    tops, bars (left and width, in hundredths, top, moment), dates and now on the axis, height."""
    instants = [each for moment in moments for each in (moment.debut, moment.fin) if each]
    start = max(now - _BACK, min([now - _LEAST, *instants]))
    end = min(now + _ON, max([now + _LEAST, *instants]))

    def place(instant: datetime) -> float:
        part = (min(max(instant, start), end) - start) / (end - start)
        return round(_LEGEND + (100 - _LEGEND) * part, 2)

    pistes, bandes, y = [], [], _ROW
    seen = [each for each in moments if each.debut < end and (each.fin or end) >= start]
    for piste, of_lane in groupby(seen, itemgetter(0)):
        rows: list[float] = []
        for each in of_lane:
            x = place(each.debut)
            largeur = round(max(place(each.fin or end) - x, _NARROW), 2)
            row = next((rank for rank, taken in enumerate(rows) if taken <= x), len(rows))
            rows[row : row + 1] = [x + largeur]
            bandes.append((x, largeur, y + row * _ROW, each))
        pistes.append((piste, y))
        y += len(rows) * _ROW
    months = (1, 2, 3, 4, 6)[(end - start).days // 240]
    late = end - (end - start) / 16
    firsts = [
        start_of_day(date(year, month, 1))
        for year in range(start.year, end.year + 1)
        for month in range(1, 13, months)
    ]
    return {
        **{"pistes": pistes, "bandes": bandes, "hauteur": y, "maintenant": place(now)},
        "reperes": [(place(each), f"{each:%m/%Y}") for each in firsts if start < each < late],
    }
