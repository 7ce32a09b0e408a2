"""CommandeModificationOptionsServicesAccesDonnees: changes what access services publish."""

from collections.abc import Mapping, Sequence

from sge_sim.commandes.acces import publish, unpublish
from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.refus import check
from sge_sim.services.acces_donnees import ASKER_CODES, COMMON_CODES, TYPES_DONNEES
from sge_sim.services.acces_donnees_designes import NAMED_CODES
from sge_sim.services.acces_donnees_offre import FLUX_PUBLIES, OFFER_CODES, OptionDemandee
from sge_sim.services.acces_donnees_reading import common_members, faits_of, read_options
from sge_sim.services.commande_modification_options_services_acces_donnees.answer import (
    services_changed,
)
from sge_sim.services.commande_modification_options_services_acces_donnees.demande import (
    DemandeOptionsAcces,
    Modification,
)
from sge_sim.services.commande_modification_options_services_acces_donnees.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.ecritures import reach
from sge_sim.tables.point_facts import ServiceFacts


def handle(appel: Appel) -> Answer:
    """Answer one change: of all the services, or of none."""
    general = appel.body["demande"]["donneesGenerales"]
    blocks: dict[str, list[Tree]] = {}
    for block in appel.body["demande"]["servicesSouscrits"]["serviceSouscrit"]:
        blocks.setdefault(block["serviceSouscritId"], []).append(block)
    faits = faits_of(appel, general, general["contratId"])
    demande = DemandeOptionsAcces(
        **common_members(appel, SERVICE, general, faits),
        numeros=tuple(blocks),
        modifications=tuple(_modifications(blocks, faits.services)),
    )
    check(RULES, demande, appel.disabled)
    for service, modification in demande.pairs():
        for option in modification.retraits:
            unpublish(appel.session, service.service_souscrit_id, option.publie, appel.today)
        for option in modification.ajouts:
            publish(appel.session, service.service_souscrit_id, option.publie, appel.today)
    reach(appel.session, appel.now)
    return Answer(
        services_changed(demande.numeros),
        point_id=general["pointId"],
        login=general["initiateurLogin"],
    )


def _modifications(
    blocks: Mapping[str, Sequence[Tree]], services: Sequence[ServiceFacts]
) -> list[Modification]:
    """Read the changes by service; those of a number that is given twice are put together."""
    types = {one.service_souscrit_id: one.acces_type for one in services}
    read = []
    for numero, of_service in blocks.items():
        acces_type = types.get(numero)
        known = DONNEES_ACCES[acces_type] if acces_type else None
        read.append(
            Modification(
                _options(known, of_service, "ajouterOptionsPublication"),
                _options(known, of_service, "supprimerOptionsPublication"),
            )
        )
    return read


def _options(
    type_donnees: str | None, blocks: Sequence[Tree], name: str
) -> tuple[OptionDemandee, ...]:
    return tuple(
        option for block in blocks for option in read_options(type_donnees, block.get(name))
    )


SERVICE = Service(
    nom="CommandeModificationOptionsServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=(*COMMON_CODES, *ASKER_CODES, "SGT401", *NAMED_CODES, "SGT570", *OFFER_CODES),
    depuis="26.1",
    existence=SECOND_GENERATION,
    mesures=tuple(TYPES_DONNEES),
    flux=FLUX_PUBLIES,
    rules=RULES,
    handle=handle,
    writes=True,
)
