"""What an import came to, in French."""

from sge_sim.domaine.francais import counted
from sge_sim.referentiel.apports.versement import Bilan


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
    return f"{sentence}, {counted(bilan.fautes, 'erreur')}." if bilan.fautes else f"{sentence}."
