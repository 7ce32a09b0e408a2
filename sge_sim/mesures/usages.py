"""The uses of an installation, as columns: what a day of a point is computed from."""

from typing import Any, NamedTuple

import numpy as np

from sge_sim.mesures.climat import JOURS_DE_SEMAINE, TOUJOURS, TYPES
from sge_sim.mesures.formes import TENUES, Sorte, gigues, rank_bloc
from sge_sim.mesures.hasard import UN, noise_table
from sge_sim.mesures.tableaux import Entiers, Masque

OUVERT, REDUIT, FERME = range(3)
"""Levels of a day: for a dwelling, a working day, a day of rest, and none."""
USAGES_PAR_TIRAGE = 4
"""Uses that find what they draw of a day in one number."""
_TYPES = np.arange(TYPES)
COLONNES = (
    "energies", "lignes", "facteurs", "gigues", "bruits", "blocs", "absences", "retards",
    "par_ciel", "inductif",
)  # fmt: skip
"""What an `Installation` has of each use."""


class Charge(NamedTuple):
    """One use. `energie`: Wh of an open day at factor 1; `ligne`: row of the bank then, `jeu` the
    rank of the table of `gigues` that moves it; `niveaux`: per cent of the energy at each level;
    `decalages`: rows to add at each level; `par_type`: rows to add from a kind of day to the next
    one; `facteur`: row of `Climat.facteurs`; `presence` and `ecart`: of the noise of a day, per
    cent; `absence`: what is left when nobody is there, per cent; `tangente`: reactive over active
    energy, per cent; `retard`: rows by which it comes later where power is short, 0 where it
    can't; `par_ciel`: rows to add from a rank of `Climat.ciels` to the next one."""

    energie: int
    sorte: Sorte
    ligne: int
    jeu: int = 0
    niveaux: tuple[int, int, int] = (100, 100, 100)
    decalages: tuple[int, int, int] = (0, 0, 0)
    par_type: int = 0
    facteur: int = 0
    presence: int = 100
    ecart: int = 10
    absence: int = 0
    tangente: int = 10
    retard: int = 0
    par_ciel: int = 0


class Installation(NamedTuple):
    """The uses of one point, columns of shape (uses, 1) unless said otherwise.

    `energies`: per day at factor 1, Wh for C5 and P4, twelfths of kWh (one kW for five minutes) for
    the others, by kind of day, shape (uses, `TYPES`); `lignes`: rows likewise; `facteurs` (uses):
    rows of `Climat.facteurs`; `gigues` and `bruits`: where their tables begin; `blocs`: whether
    each is one of `TENUES`; `absences`: what is left of the uses, over `UN`; `retards`; `inductif`:
    reactive over active energy, `capacitif`: the same for the standing load at night. `types`: how
    days are told apart; `presence`: row of `Climat.absences`; `ciel`: row of `Climat.ciels`, which
    moves the rows by `par_ciel`, None where it moves none. `debuts`: the days from which it is
    something else, with as many times `TYPES` more columns of energies and rows. `foyer`: a
    dwelling's.
    """

    energies: Entiers
    lignes: Entiers
    facteurs: Entiers
    gigues: Entiers
    bruits: Entiers
    blocs: Masque
    absences: Entiers
    retards: Entiers
    par_ciel: Entiers
    inductif: Entiers
    capacitif: int
    types: int
    presence: int
    ciel: int | None
    debuts: tuple[int, ...] = ()
    foyer: bool = False

    @property
    def tirages(self) -> int:
        """How many numbers a day draws."""
        return -(-len(self.energies) // USAGES_PAR_TIRAGE)


def make_installation(
    usages: list[Charge],
    pas_par_jour: int,
    niveaux: tuple[int, ...] = (OUVERT,) * TYPES,
    *,
    types: int = JOURS_DE_SEMAINE,
    presence: int = TOUJOURS,
    capacitif: int = 0,
    ciel: int | None = None,
) -> Installation:
    """Return the columns of uses; `niveaux`: the level of each kind of day."""
    grand = pas_par_jour != 48
    places = gigues(pas_par_jour)[1]
    colonnes = np.array(
        [
            (
                energie * 12 // 1000 if grand else energie,
                ligne,
                places[sorte, rank_bloc(presence, ecart, jeu) if sorte in TENUES else jeu],
                noise_table(presence, ecart),
                facteur,
                sorte in TENUES,
                absence * UN // 100,
                retard,
                par_type,
                par_ciel,
                tangente * UN // 100,
                *au_niveau,
                *decalages,
            )
            for (
                energie, sorte, ligne, jeu, au_niveau, decalages, par_type, facteur, presence,
                ecart, absence, tangente, retard, par_ciel,
            ) in usages
        ],
        np.int64,
    )  # fmt: skip
    (energie, ligne, jeu, bruit, facteur, bloc, absence, retard, par_type, par_ciel, tangente) = (
        colonnes.T[:11, :, None]
    )
    rangs = np.array(niveaux)
    return Installation(
        energies=(energie * colonnes[:, 11:14] // 100).take(rangs, axis=1),
        lignes=(ligne + colonnes[:, 14:]).take(rangs, axis=1) + par_type * _TYPES,
        facteurs=facteur[:, 0],
        gigues=jeu,
        bruits=bruit,
        blocs=bloc != 0,
        absences=absence,
        retards=retard,
        par_ciel=par_ciel,
        inductif=tangente,
        capacitif=capacitif * UN // 100,
        types=types,
        presence=presence,
        ciel=ciel,
    )


def join_installations(installations: list[Installation]) -> Installation:
    """Return the columns of installations that have as many uses, one beside the other: shape
    (uses, installations); what isn't a column is that of the first one."""
    premiere = installations[0]
    joints: dict[str, Any] = {
        nom: np.concatenate([getattr(each, nom) for each in installations], axis=1)
        for nom in ("gigues", "bruits", "blocs", "absences", "retards", "par_ciel")
    }
    facteurs = np.stack([each.facteurs for each in installations], axis=1)
    return premiere._replace(facteurs=facteurs, **joints)
