"""Stamps as the files write them, from the epoch seconds of `mesures`."""

from collections.abc import Iterable
from datetime import date, datetime

from sge_sim.clock import PARIS
from sge_sim.mesures import minuits
from sge_sim.mesures.calendrier import decalages as decalages_legaux
from sge_sim.mesures.tableaux import Entiers

_SUFFIXES = {3600: "+01:00", 7200: "+02:00"}


def naifs(horodates: Entiers, decalages: Entiers) -> list[str]:
    """Return legal times without offset, `YYYY-MM-DDTHH:MM:SS`."""
    locales = (horodates + decalages).astype("datetime64[s]")
    textes: list[str] = locales.astype("U19").tolist()
    return textes


def avec_decalage(horodates: Entiers, decalages: Entiers) -> list[str]:
    """Return legal times with their offset, `YYYY-MM-DDTHH:MM:SS+01:00`."""
    suffixes: Iterable[str] = map(_SUFFIXES.__getitem__, decalages.tolist())
    return [
        texte + suffixe
        for texte, suffixe in zip(naifs(horodates, decalages), suffixes, strict=True)
    ]


def legal(instant: datetime) -> str:
    """Return an aware instant in legal time, with its offset and whole seconds."""
    return instant.astimezone(PARIS).isoformat(timespec="seconds")


def bornes(debut: date, fin: date) -> tuple[str, str]:
    """Return the first and the last second of the legal days [debut, fin), with their offsets."""
    instants = minuits(debut, fin)[[0, -1]]
    instants[1] -= 1
    premiere, derniere = avec_decalage(instants, decalages_legaux(instants))
    return premiere, derniere
