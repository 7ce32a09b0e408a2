"""The services about access services: order, renewal, stop, change of options; the former order."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sge_sim.commandes.acces import order_acces, publication, renew_acces, stop_services, unpublish
from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.prestations import ACCES, ACCES_PUBLIES, ACCES_SEUL, prestation_acces
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.domaine.plateformes import OUVERTURE_ACCES, SECOND_GENERATION, first_generation
from sge_sim.refus import Control, check
from sge_sim.services.acces_donnees.answer import (
    acces_ordered,
    services_changed,
    services_ordered,
    services_renewed,
    services_stopped,
)
from sge_sim.services.acces_donnees.demande import (
    TYPES_DONNEES,
    Consentement,
    DemandeAccesMesures,
    DemandeArretAcces,
    DemandeOptionsAcces,
    DemandeOuverture,
    DemandeRenouvellement,
    Modification,
    OptionDemandee,
    ServiceDemande,
)
from sge_sim.services.acces_donnees.rules import (
    RULES_ARRET,
    RULES_MESURES,
    RULES_MODIFICATION,
    RULES_RENOUVELLEMENT,
    RULES_SERVICES,
)
from sge_sim.services.acces_donnees.rules_communes import LIBELLES_ACCES
from sge_sim.services.acces_donnees.rules_offre import FLUX_PUBLIES
from sge_sim.services.reading import acces_of, read_commande, read_declaration
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.acces import get_services
from sge_sim.tables.commandes import Affaire
from sge_sim.tables.ecritures import write_at
from sge_sim.tables.point_facts import ServiceFacts


def services_facts(general: Tree, contrat_id: str | None = None) -> dict[str, Any]:
    """Name the facts that a message about services wants: the point, all its services, the user
    and the contract, that of `general` unless another is given."""
    return {
        "prm": general["pointId"],
        "services_of": general["pointId"],
        "login": general["initiateurLogin"],
        "contrat_id": general["contratId"] if contrat_id is None else contrat_id,
    }


def common_members(appel: Appel, service: Service, general: Tree) -> dict[str, Any]:
    """Return what every demand of the SGE 26 family holds."""
    return {
        "acces": acces_of(appel, service),
        "point": appel.faits.point,
        "contrat_id": general["contratId"],
        "sens": general["sens"],
        "services": appel.faits.services,
    }


def read_consentement(general: Tree) -> Consentement | None:
    """Return what is declared of the client, None without a declaration."""
    declaration = general.get("declarationAccordClient")
    if declaration is None:
        return None
    named = "personnePhysique" in declaration or "personneMorale" in declaration
    return Consentement(declaration["accord"], named)


def declaration_of(general: Tree) -> Declaration:
    """Return who is said to have agreed, in the direction of the order."""
    return read_declaration(
        general.get("declarationAccordClient", {}),
        soutirage=general["sens"] == "SOUTIRAGE",
        injection=general["sens"] == "INJECTION",
    )


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
    """Return the answer; it names the case, for the journal, where there is only one."""
    return Answer(
        body,
        point_id=commande.prm,
        affaire_id=affaires[0].affaire_id if len(affaires) == 1 else None,
        login=commande.login,
    )


def codes_of(rules: Sequence[Control[Any]]) -> tuple[str, ...]:
    """Return the codes of a service of which no list is published: those that all services have,
    and those of its rules."""
    return tuple(dict.fromkeys(("SGT200", "SGT500", "SGT562", *(rule.code for rule in rules))))


_declare = partial(
    Service,
    version="1.0",
    package="commande",
    depuis="26.1",
    existence=SECOND_GENERATION,
    asks=lambda body, _: services_facts(body["demande"]["donneesGenerales"]),
    writes=True,
)
"""What the services of SGE 26 declare alike."""


def handle_services(appel: Appel) -> Answer:
    """Answer one order: all its services, or none."""
    general = appel.body["demande"]["donneesGenerales"]
    demande = DemandeOuverture(
        **common_members(appel, SERVICES_ACCES, general),
        consentement=read_consentement(general),
        date_fin=general.get("dateFin"),
        demandes=tuple(
            ServiceDemande(
                service["typeDonnees"],
                tuple(read_options(service["typeDonnees"], service.get("optionsPublication"))),
            )
            for service in appel.body["demande"]["servicesSouscrits"]["serviceSouscrit"]
        ),
    )
    check(RULES_SERVICES, demande, appel.disabled)
    commande = read_commande(appel, general, objet="SAD")
    declaration = declaration_of(general)
    segment = demande.known_point.segment
    prestations = [
        prestation_acces(segment, acces.sens, acces.acces_type, publie=bool(acces.options))
        for acces in demande.asked
    ]
    asked = zip(demande.asked, prestations, strict=True)
    opened = order_acces(appel.session, appel.faits.numeros, commande, segment, asked, declaration)
    body = services_ordered(opened, prestations)
    return answer_order(body, commande, [affaire for affaire, _ in opened])


SERVICES_ACCES = _declare(
    nom="CommandeServicesAccesDonnees",
    codes=codes_of(RULES_SERVICES),
    libelles=LIBELLES_ACCES,
    mesures=tuple(TYPES_DONNEES),
    flux=(*FLUX_PUBLIES, "NASS"),
    prestations=(ACCES_SEUL, *ACCES_PUBLIES),
    rules=RULES_SERVICES,
    handle=handle_services,
)


def handle_renouvellement(appel: Appel) -> Answer:
    """Answer one renewal: all the services, or none; a number given twice counts once."""
    general = appel.body["demande"]["donneesGenerales"]
    demande = DemandeRenouvellement(
        **common_members(appel, RENOUVELLEMENT, general),
        numeros=numeros_of(appel),
        consentement=read_consentement(general),
        date_fin=general.get("dateFin"),
    )
    check(RULES_RENOUVELLEMENT, demande, appel.disabled)
    commande = read_commande(appel, general, objet="RSAD")
    declaration = declaration_of(general)
    services = get_services(appel.session, demande.numeros)
    affaires = renew_acces(
        appel.session, appel.faits.numeros, commande, services, demande.date_fin, declaration
    )
    return answer_order(services_renewed(demande.numeros, affaires), commande, affaires)


RENOUVELLEMENT = _declare(
    nom="CommandeRenouvellementServicesAccesDonnees",
    codes=codes_of(RULES_RENOUVELLEMENT),
    libelles=LIBELLES_ACCES,
    rules=RULES_RENOUVELLEMENT,
    handle=handle_renouvellement,
)


def handle_arret(appel: Appel) -> Answer:
    """Answer one stop: all the services, or none; a number given twice counts once."""
    general = appel.body["demande"]["donneesGenerales"]
    demande = DemandeArretAcces(**common_members(appel, ARRET, general), numeros=numeros_of(appel))
    check(RULES_ARRET, demande, appel.disabled)
    commande = read_commande(appel, general, objet="ASAD")
    services = get_services(appel.session, demande.numeros)
    affaires = stop_services(appel.session, appel.faits.numeros, commande, services)
    return answer_order(services_stopped(demande.numeros, affaires), commande, affaires)


ARRET = _declare(
    nom="CommandeArretServicesAccesDonnees",
    codes=codes_of(RULES_ARRET),
    rules=RULES_ARRET,
    remarques=(
        "Un service des commandes d'avant (CCDC, TRANSREC) est arrêté aussi, bien que GUI 0531 "
        "v1.1.0 §5.3.1.4 ne nomme que les services d'accès et l'opposition : il succède au service "
        "qui les arrêtait (supposé).",
        "Le même numéro deux fois dans une demande compte une fois et réussit (ce que fait la "
        "plateforme n'est pas connu).",
        "Les jours mesurés avant l'arrêt d'une transmission récurrente et non encore envoyés ne le "
        "sont jamais (supposé), sauf avec `--publie-avant-arret`.",
    ),
    handle=handle_arret,
)


def handle_modification(appel: Appel) -> Answer:
    """Answer one change: of all the services, or of none."""
    general = appel.body["demande"]["donneesGenerales"]
    blocks: dict[str, list[Tree]] = {}
    for block in appel.body["demande"]["servicesSouscrits"]["serviceSouscrit"]:
        blocks.setdefault(block["serviceSouscritId"], []).append(block)
    demande = DemandeOptionsAcces(
        **common_members(appel, MODIFICATION, general),
        numeros=tuple(blocks),
        modifications=tuple(_modifications(blocks, appel.faits.services)),
    )
    check(RULES_MODIFICATION, demande, appel.disabled)
    added = []
    for service, modification in demande.pairs():
        numero = service.service_souscrit_id
        for option in modification.retraits:
            unpublish(appel.session, numero, option.publie, appel.today)
        added += [publication(numero, each.publie, appel.today) for each in modification.ajouts]
    write_at(appel.session, appel.now, added)
    return Answer(
        services_changed(demande.numeros),
        point_id=general["pointId"],
        login=general["initiateurLogin"],
    )


def _modifications(
    blocks: Mapping[str, Sequence[Tree]], services: Sequence[ServiceFacts]
) -> list[Modification]:
    """Read the changes by service; those of a number that is given twice are put together."""
    types = {service.service_souscrit_id: service.acces_type for service in services}
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


MODIFICATION = _declare(
    nom="CommandeModificationOptionsServicesAccesDonnees",
    codes=codes_of(RULES_MODIFICATION),
    mesures=tuple(TYPES_DONNEES),
    flux=FLUX_PUBLIES,
    rules=RULES_MODIFICATION,
    handle=handle_modification,
)


def handle_mesures(appel: Appel) -> Answer:
    """Answer one order; the same with a later end prolongs the service."""
    general = appel.body["demande"]["donneesGenerales"]
    asked = appel.body["demande"]["accesDonnees"]
    contrat_id = general["contrat"].get("contratId", "")
    demande = DemandeAccesMesures(
        acces=acces_of(appel, ACCES_MESURES),
        point=appel.faits.point,
        services=appel.faits.services,
        objet_code=general["objetCode"],
        contrat_type=general["contrat"].get("contratType"),
        contrat_id=contrat_id,
        sens="SOUTIRAGE" if asked.get("soutirage") else "INJECTION",
        date_debut=asked["dateDebut"],
        date_fin=asked.get("dateFin"),
        consentement=read_consentement(asked),
        demandes=(ServiceDemande(asked["typeDonnees"], ()),),
        soutirage=asked.get("soutirage", False),
        injection=asked.get("injection", False),
        ecart=appel.ecart(ACCES_MESURES, appel.faits.point),
    )
    check(RULES_MESURES, demande, appel.disabled)
    commande = read_commande(appel, general, contrat_id=contrat_id)
    declaration = read_declaration(
        asked["declarationAccordClient"], soutirage=demande.soutirage, injection=demande.injection
    )
    (acces,), segment = demande.asked, demande.known_point.segment
    session, numeros = appel.session, appel.faits.numeros
    if demande.identical is None:
        ordered = [(acces, ACCES)]
        ((affaire, service),) = order_acces(
            session, numeros, commande, segment, ordered, declaration
        )
        numero = service.service_souscrit_id
    else:
        numero = demande.identical.service_souscrit_id
        services = get_services(session, (numero,))
        (affaire,) = renew_acces(session, numeros, commande, services, acces.date_fin, declaration)
    body = acces_ordered(affaire, numero, ACCES)
    return answer_order(body, commande, [affaire])


ACCES_MESURES = Service(
    nom="CommanderAccesDonneesMesures",
    version="1.0",
    package="commande",
    codes=(*codes_of(RULES_MESURES), "SGT506"),
    libelles=LIBELLES_ACCES,
    depuis="23.2",
    par_seconde=10,
    faultstring="Erreur Technique Mesures",
    existence=first_generation("CommandeServicesAccesDonnees", OUVERTURE_ACCES),
    mesures=tuple(TYPES_DONNEES),
    flux=("NASS",),
    prestations=(ACCES,),
    rules=RULES_MESURES,
    asks=lambda body, _: services_facts(
        body["demande"]["donneesGenerales"],
        body["demande"]["donneesGenerales"]["contrat"].get("contratId", ""),
    ),
    handle=handle_mesures,
    writes=True,
)
