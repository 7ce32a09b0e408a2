"""The judge put to the test: wrong answers of every run, played one by one, and their fate."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from campagne_rejouee import Campagne, Rejeu, rejoue
from contredites import ADMINISTRATION, FAMILLES_CONTREDITES, contredites
from falsifications import FAMILLES, Essai, Libre, essais

from sge_sim.homologation.catalogue.cases import Cas

CONTRATS_D_AVANT = frozenset(
    {
        ("CommandeCollectePublicationMesures", "3.0"),
        ("CommandeTransmissionHistoriqueMesures", "1.0"),
        ("ConsultationMesuresDetaillees", "2.0"),
        ("RechercheServicesSouscritsMesures", "1.0"),
    }
)
"""What 23.2 calls and 26.1 doesn't: with all of 26.1, the 19 contracts."""


RAISONS = {
    "troncature : AHC-R1@C5, .*mesuresDatees, la moitié": (
        "l'historique commence à la dernière mise en service, que la réponse ne dit pas"
    ),
    "absence : AHC-R1@C5, .*GrilleTurpe/.*mesuresDatees/mesure, ": (
        "la plus ancienne mesure : la grille du distributeur commence à la nouvelle chaîne"
    ),
    "autre réponse : RP-R3@C5, .*RP-R2@C5": (
        "le point que le nom entier désigne répond aussi à une partie de ce nom"
    ),
    "commande : CMD3-R[56]@C1-C4, .*contexteReleve, « FMR » en « CRD »": (
        "un relevé du mois peut avoir été demandé"
    ),
    "(commande|troncature) : SAD-R4@C5, .*serviceSouscritId": (
        "aucun cas ne reprend ensuite les services de ce point"
    ),
}
"""Why some wrong answers are seen by nobody who has the answers alone."""


SEULE = {
    "somme": "aucune autre réponse ne dit cette mesure, ni une somme dont elle est",
    "commande": "un matricule qu'aucune autre réponse ne dit",
    "borne": "une puissance réactive, que rien ne borne",
}
"""Why the administration alone contradicts some of a family."""


Tries = Sequence[tuple[Rejeu, Sequence[Essai | Libre]]]
"""Runs with what is done to the answer of each."""


@dataclass(frozen=True)
class Survivant:
    """A wrong answer that nothing was told of."""

    famille: str
    cas: str
    ou: str
    quoi: str

    @property
    def raison(self) -> str:
        """Why nothing can be told of it, empty where that isn't known."""
        return next((why for shape, why in RAISONS.items() if re.search(shape, str(self))), "")

    def __str__(self) -> str:
        return f"{self.famille} : {self.cas}, {self.ou}, {self.quoi}"


@dataclass
class Bilan:
    """What became of wrong answers, by family.

    `avertis` were told of, without failing the case; `apres` in a later case on the same point.
    """

    joues: Counter[str] = field(default_factory=Counter)
    vus: Counter[str] = field(default_factory=Counter)
    avertis: Counter[str] = field(default_factory=Counter)
    apres: Counter[str] = field(default_factory=Counter)
    libres: dict[str, Counter[str]] = field(default_factory=dict)
    survivants: list[Survivant] = field(default_factory=list)

    def __add__(self, other: "Bilan") -> "Bilan":
        return Bilan(
            self.joues + other.joues,
            self.vus + other.vus,
            self.avertis + other.avertis,
            self.apres + other.apres,
            {
                name: self.libres.get(name, Counter()) + other.libres.get(name, Counter())
                for name in (*self.libres, *other.libres)
            },
            [*self.survivants, *other.survivants],
        )

    def part_vue(self, famille: str) -> float:
        """The share that is seen of those that were played."""
        seen = self.vus[famille] + self.avertis[famille] + self.apres[famille]
        return seen / max(1, self.joues[famille])

    def part_libre(self, famille: str) -> float:
        """The share that was left out."""
        free = self.libres.get(famille, Counter()).total()
        return free / max(1, free + self.joues[famille])

    def play(self, rejeu: Rejeu, essai: Essai, *, administre: bool = False) -> None:
        """Play one, and count it."""
        message = essai.falsifie(rejeu.message)
        execution = rejeu.execute(message, administre=administre)
        self.joues[essai.famille] += 1
        if not execution.statut.bon:
            self.vus[essai.famille] += 1
        elif any(each.avertit for each in execution.constats):
            self.avertis[essai.famille] += 1
        elif rejeu.told_later(message, administre=administre):
            self.apres[essai.famille] += 1
        else:
            cle = rejeu.cas.cle
            self.survivants.append(Survivant(essai.famille, cle, essai.ou, essai.quoi))

    def leave(self, libre: Libre) -> None:
        """Count one that was left out."""
        self.libres.setdefault(libre.famille, Counter())[libre.raison] += 1

    def __str__(self) -> str:
        names = ("joués", "vus", "avertis", "après", "part", "libres", "part")
        heads = "".join(f"{name:>8}" for name in names)
        lines = [f"{'famille':16}{heads}"]
        for name in (*FAMILLES, *FAMILLES_CONTREDITES):
            free = self.libres.get(name, Counter())
            lines.append(
                f"{name:16}{self.joues[name]:8}{self.vus[name]:8}{self.avertis[name]:8}"
                f"{self.apres[name]:8}{self.part_vue(name):8.1%}{free.total():8}"
                f"{self.part_libre(name):8.0%}"
            )
            lines += [f"    {count:6} laissés : {why}" for why, count in free.most_common()]
        lines.append(f"{len(self.survivants)} survivants")
        lines += [f"    {each} ({each.raison or 'sans raison'})" for each in self.survivants]
        return "\n".join(lines)


def concerned(release: str, cas: Cas) -> bool:
    """Whether a run is among those that are tried: all of the last release, of the other one those
    of the services that the last one lacks."""
    return release == "26.1" or (cas.service, cas.version) in CONTRATS_D_AVANT


def essais_of(rejeu: Rejeu, campagne: Campagne, seed: int) -> list[Essai | Libre]:
    """Return what is done to the answer of a run that is about to be called."""
    cas = rejeu.cas
    own = rejeu.execute(rejeu.message)
    assert own.statut.bon, cas.cle
    autres = [
        (other.cle, campagne.reponses[other.cle][-1])
        for other in rejeu.cas_de_la_release
        if (other.service, other.version) == (cas.service, cas.version)
        and other.cle != cas.cle
        and other.cle in campagne.reponses
    ]
    made = essais(cas, rejeu.message, own.requete.encode(), seed, autres)
    return [*made, *contredites(rejeu, campagne, seed)]


def runs(campagne: Campagne, part: int = 0, parts: int = 1) -> Iterator[Rejeu]:
    """Yield the runs that are tried, one in `parts` from the one of rank `part` on."""
    rank = 0
    for rejeu in rejoue(campagne):
        if concerned(campagne.release, rejeu.cas):
            if rank % parts == part:
                yield rejeu
            rank += 1


def eprouve(campagne: Campagne, seed: int, part: int, parts: int) -> tuple[Bilan, Bilan]:
    """Play every wrong answer of a share of the runs, without an administration and with one.

    What it alone contradicts is left out of the first; the second has the new families.
    """
    bilan, administre = Bilan(), Bilan()
    for rejeu in runs(campagne, part, parts):
        for each in essais_of(rejeu, campagne, seed):
            if isinstance(each, Libre):
                bilan.leave(each)
                continue
            if each.temoin:
                administre.play(rejeu, each, administre=True)
            if each.temoin == ADMINISTRATION:
                why = f"{rejeu.cas.cle}, {SEULE[each.famille]} : l'administration seule contredit"
                bilan.leave(Libre(each.famille, each.ou, why))
            else:
                bilan.play(rejeu, each)
    return bilan, administre


def eprouve_tout(
    campagnes: Mapping[str, Campagne], seed: int, processes: int
) -> tuple[Bilan, Bilan]:
    """Play every wrong answer of every run, in so many processes."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        shares = [
            pool.submit(eprouve, campagne, seed, part, processes)
            for part in range(processes)
            for campagne in campagnes.values()
        ]
        bilans, administres = zip(*(each.result() for each in shares), strict=True)
        return sum(bilans, Bilan()), sum(administres, Bilan())


def few_a_family(tries: Tries, seed: int, count: int) -> list[Survivant]:
    """Play `count` wrong answers of each family, drawn among all the runs; return the survivors.

    Those that an administration contradicts are played with it.
    """
    found: dict[str, list[tuple[Rejeu, Essai]]] = defaultdict(list)
    for rejeu, made in tries:
        for each in made:
            if isinstance(each, Essai):
                found[each.famille].append((rejeu, each))
    hasard, bilan = random.Random(seed), Bilan()
    for family in found.values():
        for rejeu, each in hasard.sample(family, count):
            bilan.play(rejeu, each, administre=each.temoin == ADMINISTRATION)
    return bilan.survivants
