"""The events that an advance of the clock caused, in French words for pages and commands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sge_sim.clock import PARIS

EtatTravail = Literal["en_cours", "fait", "interrompu"]

_WORDS: Final = (
    ("fichiers", "fichier publié", "fichiers publiés"),
    ("actives", "service activé", "services activés"),
    ("termines", "service terminé", "services terminés"),
    ("affaires", "affaire close", "affaires closes"),
    ("evenements", "événement", "événements"),
)


@dataclass(frozen=True)
class Retombees:
    """How many things happened after `debut` and by `fin` (aware, simulated time).

    `fichiers`: files published; `actives` and `termines`: services that started and ended;
    `affaires`: cases closed; `evenements`: events of points.
    """

    debut: datetime
    fin: datetime
    fichiers: int = 0
    actives: int = 0
    termines: int = 0
    affaires: int = 0
    evenements: int = 0


@dataclass(frozen=True)
class Travail:
    """What a setting of the clock sets off, and how far it is: `numero` is that of the setting.

    What is due is done up to `atteint` (aware, simulated time), `retombees` so far. `raison` is
    why it waits or was interrupted, in French, `publication` what is being published.
    """

    numero: int
    etat: EtatTravail
    atteint: datetime
    retombees: Retombees
    raison: str = ""
    publication: str = ""


class Avancement:
    """How far the publication under way is: what it is, None while none is, and how many of its
    files are made."""

    def __init__(self) -> None:
        self.quoi: object | None = None
        self.fichiers = 0

    @property
    def phrase(self) -> str:
        """The same in French words; empty while none is."""
        quoi, s = self.quoi, "s" if self.fichiers > 1 else ""
        return "" if quoi is None else f"{quoi}, {self.fichiers} fichier{s} fait{s}"


def parts_of(retombees: Retombees) -> tuple[tuple[str, str], ...]:
    """Return what happened, one part for each thing: its name in `Retombees` and its words.

    >>> from datetime import UTC, datetime
    >>> jour = datetime(2025, 1, 1, tzinfo=UTC)
    >>> parts_of(Retombees(jour, jour, fichiers=720, termines=1))
    (('fichiers', '720 fichiers publiés'), ('termines', '1 service terminé'))
    """
    counts = ((name, getattr(retombees, name), singular, many) for name, singular, many in _WORDS)
    return tuple(
        (name, f"{n} {many if n > 1 else singular}") for name, n, singular, many in counts if n
    )


def in_a_sentence(retombees: Retombees) -> str:
    """Return what happened as a sentence."""
    parts = [words for _, words in parts_of(retombees)]
    return f"{', '.join(parts)}." if parts else "Rien n'était dû."


def progress_sentence(travail: Travail) -> str:
    """Return how far it is as a sentence, in legal time.

    >>> from datetime import UTC, datetime
    >>> debut, fin = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 9, tzinfo=UTC)
    >>> progress_sentence(Travail(7, "en_cours", debut, Retombees(debut, fin)))
    "L'horloge est réglée au 09/01/2025 01:00 ; ce qui est dû est fait jusqu'au 01/01/2025 01:00."
    """
    if travail.etat == "fait":
        return in_a_sentence(travail.retombees)
    done = ", ".join(words for _, words in parts_of(travail.retombees))
    sentence = (
        f"L'horloge est réglée au {_legal(travail.retombees.fin)} ; ce qui est dû est fait "
        f"jusqu'au {_legal(travail.atteint)}{f' ({done})' if done else ''}"
    )
    under_way = travail.raison or travail.publication
    return f"{sentence} : {under_way}." if under_way else f"{sentence}."


def _legal(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M}"
