"""The named episodes: bad days as users lived them, each a file that anyone can write.

Those of the catalogue stand in `catalog/episodes/`, a user's own in the folder `episodes` of the
state, where one takes the place of another of its name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.errors import UsageError, require_found
from sge_sim.machine.files import data_path
from sge_sim.machine.yaml_files import Fields, read_mapping

_INSTANTS: Final = ("debut", "fin", "annonce")


@dataclass(frozen=True)
class Episode:
    """What happened, from the legal day `debut` on, and the pannes that play it: each the fields
    of `POST /api/pannes`, with instants of legal time."""

    nom: str
    titre: str
    periode: str
    source: str
    recit: str
    debut: date
    pannes: tuple[Mapping[str, object], ...]

    def pannes_from(self, jour: date) -> Iterator[dict[str, object]]:
        """Yield the pannes, moved so that the episode begins on a legal day: hours stay legal."""
        later = jour - self.debut
        for row in self.pannes:
            yield {
                name: _moved(value, later) if name in _INSTANTS else value
                for name, value in row.items()
            }


def _moved(value: object, later: timedelta) -> object:
    if not isinstance(value, date):
        return value
    instant = value if isinstance(value, datetime) else datetime.combine(value, time())
    try:
        return (instant + later).replace(tzinfo=PARIS).isoformat()
    except OverflowError:
        raise UsageError("L'épisode finirait après l'an 9999 : donner un jour plus tôt.") from None


def episode_files(data_dir: Path) -> dict[str, Path]:
    """Return their files by name, in the order of names, whatever they hold."""
    folders = (data_path("catalog") / "episodes", data_dir / "episodes")
    found = {path.stem: path for folder in folders for path in folder.glob("*.yaml")}
    return dict(sorted(found.items()))


def find_episode_file(data_dir: Path, nom: str) -> Path:
    """Return the file of one; raises `UnknownError` where there is none of that name."""
    files = episode_files(data_dir)
    sentence = f"Aucun épisode ne s'appelle « {nom} » : choisir parmi {', '.join(files)}."
    return require_found(files.get(nom), sentence, nom)


def read_episode(path: Path) -> Episode:
    """Return what a file tells; raises `UsageError` for one that isn't an episode."""
    mistakes: list[str] = []
    try:
        fields = Fields(read_mapping(path), str(path), mistakes)
    except ValueError as error:
        raise UsageError(f"{path} : {error}.") from None
    texts = {name: fields.text(name) for name in ("titre", "periode", "source", "recit")}
    debut = fields.day("debut")
    pannes = tuple(each.data for each in fields.children("pannes"))
    if not pannes:
        fields.wrong("pannes", "donner au moins une panne")
    fields.done()
    if mistakes:
        raise UsageError(" ".join(mistakes))
    return Episode(path.stem, **texts, debut=debut, pannes=pannes)
