"""What a point can draw off or inject at most."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from sge_sim.homologation.jugement.consommations import series
from sge_sim.homologation.jugement.controle import Controles
from sge_sim.homologation.jugement.faits import ILLISIBLE, faits, nom_du_fait
from sge_sim.homologation.jugement.index_releves import registres
from sge_sim.homologation.jugement.paths import DETAILLEES, MESURES
from sge_sim.homologation.jugement.reponse import ReponseJugee, read_once

_SOUSCRITE: Final = "situationContractuelle/structureTarifaire/puissanceSouscriteMax/valeur"
_PETIT, _GRAND = 36, 40_000
"""Most kVA of a small point (its segment), most kW at high voltage A."""
_JOUR: Final = 24
_DEPASSE, _IMPOSSIBLE = 1.3, 2
"""How many times the subscribed power is doubtful, and is more than a breaker lets through."""


def _souscrite(reponse: ReponseJugee) -> float | None:
    """Return the subscribed power, kVA or kW: of an earlier answer, or of the administration."""
    for prm in reponse.prms:
        said = reponse.retenus.get(("point", prm, str(reponse.jour), _SOUSCRITE))
        point = None if reponse.administre is None else reponse.administre.point(prm)
        words = str((point or {}).get("tarif", {}).get("puissance_souscrite", "")).split()
        if said is not None or words:
            return float(words[0] if said is None else said.valeur)
    return None


@read_once
def _puissances(reponse: ReponseJugee) -> Iterator[tuple[str, float]]:
    """Yield the powers that an answer tells, and the mean ones of its energies, kVA or kW."""
    for fait in faits(reponse):
        kind, power = fait.cle[0], fait.valeur
        if not isinstance(power, int) or (kind == "maximum" and power == ILLISIBLE):
            continue
        if kind.startswith("maximum") or (kind == "courbe" and " P" in fait.cle[2]):
            yield nom_du_fait(fait), power / 1000
        elif kind == "énergie":
            yield nom_du_fait(fait), power / _JOUR / 1000
    for registre in registres(reponse):
        for before, after in pairwise(registre.releves):
            if before.instant and after.instant and after.instant > before.instant:
                hours = (after.instant - before.instant).total_seconds() / 3600
                yield f"{registre.nom}, le {after.d}", (after.v - before.v) / hours / 1000
    for serie in series(reponse):
        for row in serie.mesures:
            hours = max(1, (row.fin - row.debut).days) * _JOUR
            yield f"{serie.nom}, jusqu'au {row.fin:%d/%m/%Y}", row.valeur / hours


def _beyond(reponse: ReponseJugee, most: float) -> Iterator[str]:
    for name, power in _puissances(reponse):
        if power > most:
            yield f"{name} : {power:.1f} pour {most:.0f}"


BORNES: Final = Controles({*DETAILLEES, MESURES})


@BORNES.documented(
    "aucune puissance ne passe ce que le segment et la puissance souscrite rendent possible",
    "FAQ : un C5 a 36 kVA au plus, que son disjoncteur tient ; la HTA, 40 MW",
)
def puissances_possibles(reponse: ReponseJugee) -> Iterator[str]:
    """A small point can't take twice what it subscribed, no point more than its segment."""
    small = _IMPOSSIBLE * (_souscrite(reponse) or _PETIT)
    return _beyond(reponse, small if reponse.petit else _GRAND)


@BORNES.assumed(
    "aucune puissance ne dépasse de beaucoup celle qui est souscrite", "un dépassement est possible"
)
def puissances_souscrites(reponse: ReponseJugee) -> Iterator[str]:
    souscrite = _souscrite(reponse)
    return iter(()) if souscrite is None else _beyond(reponse, _DEPASSE * souscrite)
