"""What several services read alike in the message of a demand."""

from typing import Any

from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.domaine.libelles import LISTES
from sge_sim.services.acces import Acces
from sge_sim.services.service import Appel, Service
from sge_sim.soap.protocol import Tree

_CIVILITES = frozenset(LISTES["civilite"]) - {"Mlle"}


def general_facts(general: Tree) -> dict[str, Any]:
    """Name the facts that an order wants: the point, the user and the contract of its block
    `donneesGenerales`."""
    return {
        "prm": general["pointId"],
        "login": general["initiateurLogin"],
        "contrat_id": general["contratId"],
    }


def acces_of(appel: Appel, service: Service) -> Acces:
    """Return who calls, with the user and the contract that the message names."""
    return Acces(
        demandeur=appel.demandeur,
        utilisateur=appel.faits.utilisateur,
        contrat=appel.faits.contrat,
        service=service.nom,
        jour=appel.today,
    )


def read_commande(
    appel: Appel,
    general: Tree,
    *,
    objet: str = "",
    contrat_id: str = "",
    reference: str = "refExterne",
) -> Commande:
    """Return the order as its case keeps it, from the block `donneesGenerales`.

    `objet` and `contrat_id` are given where that block hasn't them; `reference` names the element
    of the asker's own reference.
    """
    return Commande(
        prm=general["pointId"],
        acteur_code=appel.demandeur.code,
        contrat_id=contrat_id or general["contratId"],
        login=general["initiateurLogin"],
        objet=objet or general["objetCode"],
        reference=general.get(reference),
        now=appel.now,
        delai=appel.settings.delai_activation,
    )


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
