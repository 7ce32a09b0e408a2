"""What an import came to: its counts, and the sentence that says them."""

from dataclasses import dataclass

from sge_sim.domaine.francais import counted


@dataclass(slots=True)
class Bilan:
    """The counts of an import: lines read, new points, those already there as given, faults.

    `importe` tells whether what is new is there now; `jours`: new days of measures; `acteurs`: new
    actors; `remarques`: those on lines that were taken.
    """

    lues: int = 0
    nouveaux: int = 0
    inchanges: int = 0
    fautes: int = 0
    importe: bool = False
    jours: int = 0
    acteurs: int = 0
    remarques: int = 0


def sentence_of_import(bilan: Bilan, *, essai: bool = False) -> str:
    """Return what an import came to, in one sentence."""
    if bilan.fautes and not (bilan.importe or essai):
        return (
            f"{counted(bilan.fautes, 'erreur')} : rien n'est importé ; les corriger, ou importer "
            "le reste par --sauf-erreurs."
        )
    done = "à importer" if essai else "importés" if bilan.nouveaux > 1 else "importé"
    sentence = f"{counted(bilan.nouveaux, 'point')} {done}, {bilan.inchanges} déjà là"
    if bilan.acteurs:
        sentence += f", {counted(bilan.acteurs, 'acteur')}"
    if bilan.jours:
        sentence += f", {counted(bilan.jours, 'jour')} de mesures"
    if bilan.remarques:
        sentence += f", {counted(bilan.remarques, 'remarque')}"
    return f"{sentence}, {counted(bilan.fautes, 'erreur')}." if bilan.fautes else f"{sentence}."
