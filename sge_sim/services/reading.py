"""What several services read alike in the message of a demand."""

from sge_sim.commandes.autorisations import Declaration
from sge_sim.referentiel.libelles import LIBELLES
from sge_sim.soap.protocol import Tree

_CIVILITES = frozenset(LIBELLES["civilite"]) - {"Mlle"}


def read_declaration(tree: Tree, *, soutirage: bool, injection: bool) -> Declaration:
    """Return who is said to have agreed, from the block that holds the person."""
    if "personnePhysique" in tree:
        person = tree["personnePhysique"]
        names = (person["nom"], person.get("prenom"))
        return Declaration(True, " ".join(filter(None, names)), soutirage, injection)
    if "personneMorale" in tree:
        company = tree["personneMorale"]["denominationSociale"]
        return Declaration(False, company, soutirage, injection)
    return Declaration(None, None, soutirage, injection)


def has_known_civilite(tree: Tree) -> bool:
    """Tell whether the civility of the person, if there is one, is M or Mme (the guides)."""
    civilite = tree.get("personnePhysique", {}).get("civilite")
    return civilite is None or civilite in _CIVILITES
