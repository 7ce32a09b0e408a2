"""What happened, holds and will happen to a point: dated, as a time line draws it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal, Self

from sge_sim.api.points import ServiceSouscritView
from sge_sim.clock import legal_date, start_of_day
from sge_sim.domaine.libelles import EVENEMENTS, en_mots, libelle_de, phrase_en_mots
from sge_sim.tables.commandes import Affaire, AutorisationClient, Evenement
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.points import Point

Temps = Literal["à venir", "en cours", "passé"]
_COLUMNS: Final = {
    "Titulaire": ("date_mise_en_service", "nom_client_final"),
    "Fournisseur": ("fournisseur_titulaire",),
    "Puissance": ("puissance_souscrite", "puissance_souscrite_unite"),
    "Heures creuses": ("heures_creuses_libelle", "heures_creuses_saison_basse"),
}
"""The columns of a point whose former values are shown, by lane."""
_SHOWN: Final = timedelta(730), timedelta(400)
"""How far from now the image reaches, back and on, at most."""
_LEAST: Final = timedelta(60)
_ROW, _LEGEND, _NARROW = 24, 14.0, 0.6
"""Pixels of a row; hundredths of the width that the names of lanes take, and a bar at least."""


@dataclass(frozen=True)
class Episode:
    """What lasts on a lane from `debut` until `fin`, excluded (None: until further notice), or what
    happens at `debut` where both are the same."""

    piste: str
    debut: datetime
    fin: datetime | None
    texte: str

    def temps(self, now: datetime) -> Temps:
        """Tell whether it is to come, holds, or is over."""
        if self.debut > now:
            return "à venir"
        return "passé" if self.fin is not None and self.fin <= now else "en cours"


def episodes_of(
    point: Point,
    mesures: MesuresFacts,
    services: Sequence[ServiceSouscritView],
    affaires: Sequence[Affaire],
    autorisations: Sequence[AutorisationClient],
    evenements: Sequence[Evenement],
) -> list[Episode]:
    """Return what is known of the life of a point, by lane, the oldest first in each."""

    def days(piste: str, debut: date, fin: date | None, texte: str) -> Episode:
        return Episode(
            piste, start_of_day(debut), None if fin is None else start_of_day(fin), texte
        )

    found = [
        Episode("Événements", each.instant, each.instant, _happening(point, each))
        for each in reversed(evenements)
    ]
    found += (days(*each) for each in _held(point, mesures))
    compteur = libelle_de("typeComptage", point.type_comptage or "")
    found += (
        days("Compteur", each.date_pose, each.date_depose, f"{compteur} {each.numero_serie or ''}")
        for each in point.compteurs
        if each.date_pose is not None
    )
    found += (days("Collecte", *each, "courbe collectée") for each in mesures.collectes)
    found += (Episode("Mesures", *each, "mesures perdues") for each in mesures.trous)
    found += (
        Episode("Mesures", when, when, f"jour rectifié : {jour:%d/%m/%Y}, {energie} Wh")
        for jour, energie, when in mesures.rectifications
    )
    found += (Episode("Mesures", each, each, "relevé ponctuel") for each in mesures.ponctuels)
    found += (
        days("Services", each.debut, each.fin, f"{each.id} {each.libelle}, {each.etat_en_mots}")
        for each in services
    )
    found += (
        Episode("Affaires", each.opened_at, each.closed_at, _case(each))
        for each in reversed(affaires)
    )
    found += (
        days("Autorisations", each.date_debut, each.date_fin, _authorisation(each))
        for each in reversed(autorisations)
    )
    return found


def _held(point: Point, mesures: MesuresFacts) -> Iterator[tuple[str, date, date | None, str]]:
    """Yield what the columns of a point said and say, and from which day until which."""
    for piste, noms in _COLUMNS.items():
        etats = mesures.histoire(point, *noms)
        mises = mesures.histoire(point, "date_mise_en_service")
        premier = mises[0][1][0]
        debuts = [depuis or premier for depuis, _ in etats]
        for debut, fin, (_, valeurs) in zip(
            debuts, [*debuts[1:], point.date_resiliation], etats, strict=True
        ):
            if debut is not None and valeurs[0] is not None and (fin is None or debut < fin):
                yield piste, debut, fin, _words(piste, valeurs)


def _words(piste: str, valeurs: tuple[Any, ...]) -> str:
    match piste:
        case "Titulaire":
            return str(valeurs[1] or "client sans nom")
        case "Heures creuses":
            haute, basse = valeurs
            return haute if basse is None else f"{haute} ; d'avril à octobre {basse}"
        case _:
            return " ".join(str(valeur) for valeur in valeurs if valeur is not None)


def _happening(point: Point, evenement: Evenement) -> str:
    texte = EVENEMENTS[evenement.type]
    if evenement.fournisseur_code is not None:
        return f"{texte} : {evenement.fournisseur_code}"
    if evenement.type in ("programmation_hc", "reforme_hc") and evenement.echeance is not None:
        futures = point.futures_heures_creuses_libelle, point.futures_heures_creuses_saison_basse
        return f"{texte} : {_words('Heures creuses', futures)}"
    return texte


def _case(affaire: Affaire) -> str:
    return (
        f"{affaire.affaire_id} {affaire.objet}, {en_mots(affaire.etat)}, ouverte par "
        f"{affaire.acteur_code} ({affaire.login})"
    )


def _authorisation(autorisation: AutorisationClient) -> str:
    nom = f" au nom de {autorisation.nom}" if autorisation.nom else ""
    return f"{autorisation.acteur_code}{nom}, {phrase_en_mots(autorisation.portee)}"


def marks_of(
    episodes: Sequence[Episode], debut: date, fin: date
) -> list[tuple[datetime, list[str]]]:
    """Return what begins, ends or happens on the legal days [debut, fin), by instant."""
    begun = {(each.piste, each.debut) for each in episodes}
    dated = [(each.debut, f"{each.piste} : {each.texte}") for each in episodes]
    dated += [
        (each.fin, f"{each.piste}, fin : {each.texte}")
        for each in episodes
        if each.fin is not None and (each.piste, each.fin) not in begun
    ]
    within = sorted(each for each in dated if start_of_day(debut) <= each[0] < start_of_day(fin))
    return [
        (instant, [texte for _, texte in same])
        for instant, same in groupby(within, key=lambda each: each[0])
    ]


@dataclass(frozen=True)
class Bande:
    """An episode as it is drawn: hundredths of the width, pixels from the top."""

    x: float
    largeur: float
    y: int
    temps: Temps
    texte: str


@dataclass(frozen=True)
class Chronologie:
    """The image of a life: its lanes and years, and where now is."""

    debut: datetime
    fin: datetime
    pistes: tuple[tuple[str, int], ...]
    bandes: tuple[Bande, ...]
    reperes: tuple[tuple[float, str], ...]
    maintenant: float
    hauteur: int

    @classmethod
    def of(cls, episodes: Sequence[Episode], now: datetime) -> Self:
        """Return the image of these episodes: at most two years back and thirteen months on."""
        instants = [each for episode in episodes for each in (episode.debut, episode.fin) if each]
        start = max(now - _SHOWN[0], min([now - _LEAST, *instants]))
        end = min(now + _SHOWN[1], max([now + _LEAST, *instants]))

        def place(instant: datetime) -> float:
            part = (min(max(instant, start), end) - start) / (end - start)
            return round(_LEGEND + (100 - _LEGEND) * part, 2)

        pistes, bandes, y = [], [], _ROW
        for piste, of_lane in groupby(episodes, key=lambda each: each.piste):
            rows: list[float] = []
            for each in of_lane:
                if each.debut > end or (each.fin is not None and each.fin < start):
                    continue
                x = place(each.debut)
                largeur = max(place(each.fin or end) - x, _NARROW)
                row = next((rank for rank, taken in enumerate(rows) if taken <= x), len(rows))
                rows[row : row + 1] = [x + largeur]
                bandes.append(
                    Bande(x, round(largeur, 2), y + row * _ROW, each.temps(now), each.texte)
                )
            if rows:
                pistes.append((piste, y))
                y += len(rows) * _ROW
        months = (end - start).days // 240 + 1
        reperes = [
            date(year, month, 1)
            for year in range(start.year, end.year + 1)
            for month in range(1, 13, months)
        ]
        return cls(
            *(start, end, tuple(pistes), tuple(bandes)),
            tuple(
                (place(start_of_day(jour)), f"{jour:%m/%Y}")
                for jour in reperes
                if legal_date(start) < jour < legal_date(end) - timedelta(20)
            ),
            *(place(now), y),
        )
