"""What the services that take orders have in common: rules, who agreed, how a declaration reads."""

from typing import Protocol

from sge_sim.commandes.autorisations import Declaration
from sge_sim.referentiel.libelles import LIBELLES
from sge_sim.services.acces import Acces, utilisateur_sans_droit
from sge_sim.services.rule import rule
from sge_sim.services.service import Appel
from sge_sim.soap.protocol import Tree
from sge_sim.store.codes import Segment
from sge_sim.store.points import Point

_C2_C4 = frozenset[Segment]({"C2", "C3", "C4"})
_CIVILITES = frozenset(LIBELLES["civilite"]) - {"Mlle"}


@rule(
    "SGT402",
    source="AX.0466 v1.5.0 ; ces services ne listent pas SGT483",
    provenance="assumed",
    remede="le login d'un utilisateur de l'acteur appelant, qui a droit à ce service ; en "
    "production, un acteur homologué pour son paquet",
)
def demandeur_sans_droit(acces: Acces) -> bool:
    """The user is the calling actor's and has the right to order."""
    utilisateur = acces.utilisateur
    stranger = utilisateur is not None and utilisateur.acteur_code != acces.acteur_code
    return stranger or utilisateur_sans_droit.broken(acces)


class SurPoint(Protocol):
    """What the rules about the point of an order look at."""

    @property
    def point(self) -> Point | None: ...
    @property
    def known_point(self) -> Point: ...


@rule(
    "SGT402",
    source="AX.0466 v1.5.0, qui n'a pas de code pour un point inconnu ici",
    provenance="assumed",
    remede="le PRM d'un point du jeu de données (sge-sim points list les donne)",
)
def point_inconnu(demande: SurPoint) -> bool:
    """The point exists."""
    return demande.point is None


@rule(
    "SGT4M7",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point hors d'un regroupement TURPE",
)
def regroupement_turpe(demande: SurPoint) -> bool:
    """The point isn't part of a TURPE grouping."""
    return demande.known_point.groupement_turpe


@rule(
    "SGT445",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point en fourniture définitive",
)
def fourniture_provisoire(demande: SurPoint) -> bool:
    """The supply isn't provisional."""
    return demande.known_point.provisoire


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


def c2_c4_unserved(appel: Appel, point: Point | None) -> bool:
    """Tell whether the real homologation platform doesn't serve the order (observed 2022-23)."""
    served = point is None or point.segment not in _C2_C4
    return not served and appel.settings.plays_real_homologation
