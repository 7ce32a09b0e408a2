"""The rules about who asks, shared by the services that list their codes.

The login of the message is held against the actor whose certificate came: the platform knows the
actor from the connection, the user from the message (common guide; mapping of the codes assumed).
"""

from typing import Protocol

from sge_sim.services.rule import rule
from sge_sim.settings import Environment
from sge_sim.store.acteurs import Utilisateur
from sge_sim.store.codes import Paquet


class Acces(Protocol):
    """What the rules about the user look at."""

    @property
    def utilisateur(self) -> Utilisateur | None: ...
    @property
    def acteur_code(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def paquet(self) -> Paquet: ...
    @property
    def environment(self) -> Environment: ...


@rule(
    "SGT504",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un login connu de SGE (sge-sim acteurs list les donne)",
)
def utilisateur_inconnu(acces: Acces) -> bool:
    """The login is that of a user of SGE."""
    return acces.utilisateur is None


@rule(
    "SGT502",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="le login d'un utilisateur de l'acteur dont le certificat est présenté",
)
def utilisateur_d_un_autre_acteur(acces: Acces) -> bool:
    """The user belongs to the market actor from which the call comes."""
    utilisateur = acces.utilisateur
    return utilisateur is not None and utilisateur.acteur_code != acces.acteur_code


@rule(
    "SGT483",
    source="AX.0466 v1.5.0 ; homologation par paquet : FAQ",
    provenance="documented",
    remede="un utilisateur qui a le droit d'appeler ce service et, en production, un acteur "
    "homologué pour son paquet",
)
def utilisateur_sans_droit(acces: Acces) -> bool:
    """The user may call the service; in production its actor is homologated for the package."""
    utilisateur = acces.utilisateur
    if utilisateur is None or not utilisateur.may_call(acces.service):
        return True
    in_production = acces.environment is Environment.PRODUCTION
    return in_production and not utilisateur.acteur.is_homologated(acces.paquet, "production")


USER_RULES = (utilisateur_inconnu, utilisateur_d_un_autre_acteur, utilisateur_sans_droit)
