"""What the services about access services read alike in their messages."""

from collections.abc import Iterator, Sequence
from typing import Any

from sge_sim.commandes.affaires import Commande
from sge_sim.services.acces_donnees import TYPES_DONNEES, Consentement
from sge_sim.services.acces_donnees_offre import OptionDemandee
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire
from sge_sim.tables.point_facts import Faits


def faits_of(appel: Appel, general: Tree, contrat_id: str) -> Faits:
    """Return the point, all its services, the user and the contract that a message names."""
    return appel.lire(
        prm=general["pointId"],
        services_of=general["pointId"],
        login=general["initiateurLogin"],
        contrat_id=contrat_id,
    )


def common_members(appel: Appel, service: Service, general: Tree, faits: Faits) -> dict[str, Any]:
    """Return what every demand of the SGE 26 family holds."""
    return {
        "acces": acces_of(appel, service, faits),
        "point": faits.point,
        "contrat_id": general["contratId"],
        "sens": general["sens"],
        "services": faits.services,
    }


def read_consentement(general: Tree) -> Consentement | None:
    """Return what is declared of the client, None without a declaration."""
    declaration = general.get("declarationAccordClient")
    if declaration is None:
        return None
    named = "personnePhysique" in declaration or "personneMorale" in declaration
    return Consentement(declaration["accord"], named)


def read_options(type_donnees: str | None, block: Tree | None) -> Iterator[OptionDemandee]:
    """Yield the publications that a block orders for a type; none of a type that isn't known."""
    acces_type = TYPES_DONNEES.get(type_donnees or "")
    for option in (block or {}).get("optionPublication", ()):
        if acces_type is not None:
            yield OptionDemandee(
                acces_type, option["periodiciteTransmission"], option.get("mesuresCorrigees")
            )


def numeros_of(appel: Appel) -> tuple[str, ...]:
    """Return the numbers of the services that a message names; one given twice counts once."""
    return tuple(dict.fromkeys(appel.body["demande"]["servicesSouscrits"]["serviceSouscritId"]))


def answer_order(body: Tree, commande: Commande, affaires: Sequence[Affaire]) -> Answer:
    """Return an answer for the journal too, which names the case if there is one alone."""
    return Answer(
        body,
        point_id=commande.prm,
        affaire_id=affaires[0].affaire_id if len(affaires) == 1 else None,
        login=commande.login,
    )
