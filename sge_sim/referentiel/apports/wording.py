"""What an import came to, in French."""

from sge_sim.referentiel.apports.versement import Bilan


def sentence_of_import(bilan: Bilan, *, essai: bool = False) -> str:
    """Return what an import came to, in one sentence."""
    if bilan.fautes and not (bilan.importe or essai):
        return (
            f"{in_number(bilan.fautes, 'erreur')} : rien n'est importé ; les corriger, ou importer "
            "le reste par --sauf-erreurs."
        )
    done = "à importer" if essai else "importés" if bilan.nouveaux > 1 else "importé"
    sentence = f"{in_number(bilan.nouveaux, 'point')} {done}, {bilan.inchanges} déjà là"
    return f"{sentence}, {in_number(bilan.fautes, 'erreur')}." if bilan.fautes else f"{sentence}."


def in_number(count: int, noun: str) -> str:
    """Return a number and its noun, in the plural from two on."""
    return f"{count} {noun}{'s' if count > 1 else ''}"
