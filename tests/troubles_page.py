"""The page of the troubles that real users met, made of the table of pannes and the episodes.

python tests/troubles_page.py > docs/troubles.md
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

from sge_sim.domaine.sortes import SORTES, SorteDePanne
from sge_sim.referentiel.episodes import episode_files, read_episode

DOCS = Path(__file__).parents[1] / "docs"
TROUBLES = yaml.safe_load((DOCS / "troubles.yaml").read_bytes())
HEAD = """# Les ennuis que des utilisateurs ont vécus

Fait par `make pages` de la table des pannes (`sge_sim/domaine/pannes.yaml`), de
`docs/troubles.yaml` et des épisodes.
[Les pannes](pannes.md) disent comment viser, dater et tirer celles-ci.

## Tous les ennuis, et la commande qui les rejoue

| ennui | ce qui est arrivé | quand | la commande, ou pourquoi il n'y en a pas |
|---|---|---|---|
"""
SORTS = """
## Les sortes de pannes

La sûreté est celle de la réponse : relevée mot pour mot, en partie, ou supposée. Celles de Data
Connect sont de la v5 ; les API de 2026 répondent par la forme de leur swagger, supposée, sauf les
quotas et ADAM-ERR0123, qui y ont été vus. Une panne ponctuelle touche un appel, sauf si l'on en dit
plus.

| sorte | ce que c'est | ce que le client voit | elle prend aussi | connue de | sûreté |
|---|---|---|---|---|---|
"""
EPISODES = """
## Les épisodes

`sge-sim pannes play NOM` prévoit toutes les pannes d'un épisode, à partir d'aujourd'hui ou de
`--jour`. En écrire un : un fichier `episodes/NOM.yaml` du dossier de l'état, de la même forme que
ceux de `catalog/episodes/`.

| épisode | ce qui est arrivé | quand | connu de |
|---|---|---|---|
"""


def command_of(sorte: SorteDePanne) -> str:
    """Return the command that plans a sort."""
    return f"`{f'sge-sim pannes add {sorte.nom} {sorte.essai}'.strip()}`"


def _troubles() -> Iterator[str]:
    for each in TROUBLES:
        played = [command_of(sorte) for sorte in SORTES.values() if each["code"] in sorte.troubles]
        how = "<br>".join([*played, *filter(None, [each.get("pourquoi")])])
        yield f"| {each['code']} | {each['quoi']} | {each['quand']} | {how} |\n"


def _sorts() -> Iterator[str]:
    for sorte in SORTES.values():
        takes = [f"`{name}`" for name in sorte.admet]
        if sorte.nombre:
            takes.append("`nombre` : {unite} ({defaut})".format(**sorte.nombre))
        seen = sorte.voit or f"{' ou '.join(map(str, sorte.statuts)) or sorte.code} {_code(sorte)}"
        once = " (ponctuelle)" if sorte.ponctuelle else ""
        cells = (f"`{sorte.nom}`{once}", sorte.libelle, seen.strip(), ", ".join(takes))
        yield f"| {' | '.join((*cells, sorte.source, sorte.surete))} |\n"


def _code(sorte: SorteDePanne) -> str:
    if sorte.message:
        return f"« {sorte.message} »"
    text = " ".join(sorte.corps.split()).replace("|", "\\|")
    return f"`{text}`" if text else ""


def _episodes() -> Iterator[str]:
    for each in map(read_episode, episode_files(Path("nowhere")).values()):
        recit = " ".join(each.recit.split())
        yield f"| `{each.nom}` | {each.titre}. {recit} | {each.periode} | {each.source} |\n"


def troubles_page() -> str:
    """Return the page in Markdown."""
    return "".join((HEAD, *_troubles(), SORTS, *_sorts(), EPISODES, *_episodes()))


if __name__ == "__main__":
    print(troubles_page(), end="")
