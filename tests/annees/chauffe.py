"""What a parent does before it forks: everything is loaded, and was run once, on another folder."""

import gc
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

import travaux
from connu import Connu
from monde import Comptes, Monde
from processus import sans_fils
from recits import Recit
from travaux_grd import GRILLE
from vie import DEBUT, Ordre, Pas, Vie

from sge_sim.settings import Settings
from sge_sim.soap import endpoint
from sge_sim.soap.models import Models

_DECLARES, _PAS = 4, 6
"""After how many steps a contract and its points are declared; how many steps are lived."""


def chauffe() -> None:
    """Live a few steps on a folder that is then forgotten."""
    sans_fils()
    _garde_modeles()
    hasard = random.Random("chauffe")
    with tempfile.TemporaryDirectory() as folder:
        monde = Monde(Comptes(), "chauffe")
        grille = Path(folder, "grille.yaml")
        grille.write_text(GRILLE)
        settings = Settings(
            data_dir=Path(folder, "vie"),
            grille=grille,
            environment="production",
            population_size=0,
            publication_workers=1,
            data_connect=True,
            now=DEBUT,
        )
        connu = Connu(DEBUT, POINTS, {}, 3, 40)

        def dit(said: object) -> None:
            if isinstance(said, Recit):
                connu.note(said)

        vie = Vie(monde, settings, dit)
        connu.acteurs = {each.kind: (each.login, each.contrat_id) for each in vie.simulator.callers}
        pages = [travaux.voir(chemin) for chemin in travaux.PAGES]
        for pas in range(_PAS):
            ordres = [*travaux.tire(connu, hasard, 6, frozenset({"etat"})), *pages[pas::_PAS]]
            if pas >= _DECLARES:
                makers = [travaux.SORTES[nom][1] for nom in sorted(travaux.CLIENTS)]
                ordres += [make(connu, hasard) for make in makers for _ in range(4)]
            vie.joue(Pas(pas, (*ordres, Ordre("rangement"))))
            minutes = 1440 * (3 if pas < _DECLARES else 40)
            moved = Ordre("horloge", demande={"geste": "avance", "minutes": minutes})
            vie.joue(Pas(pas, (moved,)))
            vie.joue(Pas(pas, (Ordre("publication"),)))
        for each in vie.workers[0].endpoints.values():
            each.load()
        vie.ferme()
    gc.collect()
    gc.freeze()


def _garde_modeles() -> None:
    """Have the models of a contract outlive the life that made them: they know nothing of it."""
    made: dict[int, tuple[Mapping[str, bytes], Models]] = {}

    def of(schemas: Mapping[str, bytes]) -> Models:
        if id(schemas) not in made:
            made[id(schemas)] = schemas, Models(schemas)
        return made[id(schemas)][1]

    endpoint.Models = of  # type: ignore[assignment,misc]


POINTS = (("24380318190106", "C5"), ("25855571545617", "C5"), ("98800003605600", "C4"))
"""Points of the data set, in service."""
