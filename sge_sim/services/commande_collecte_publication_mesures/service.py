"""CommandeCollectePublicationMesures: reads the order, checks the rules, subscribes."""

from sge_sim.commandes.affaires import subscribe
from sge_sim.commandes.prestations import COLLECTES, prestation_collecte
from sge_sim.domaine.plateformes import first_generation
from sge_sim.refus import check
from sge_sim.services.acces import package_obtenu
from sge_sim.services.commande_collecte_publication_mesures.demande import DemandeCollecte, asks
from sge_sim.services.commande_collecte_publication_mesures.rules import RULES, UNREACHABLE_CODES
from sge_sim.services.reading import acces_of, has_known_civilite, read_commande, read_declaration
from sge_sim.services.service import Appel, Service
from sge_sim.services.trees import ranked
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree


def handle(appel: Appel) -> Answer:
    """Answer one order; the service is active at once where nothing has to be waited for."""
    demande = _read(appel, appel.body["demande"]["donneesGenerales"])
    check(RULES, demande, appel.disabled)
    point, souscription = demande.known_point, demande.souscription
    prestation = prestation_collecte(
        point.segment,
        souscription.sens,
        souscription.mesures_type,
        recurrente=souscription.recurrente,
    )
    affaire, service = subscribe(
        appel.session,
        demande.commande,
        appel.faits,
        souscription,
        demande.identical,
        prestation,
        demande.declaration,
    )
    return Answer(
        {
            # The guide says that the daily index of a large point comes without affaireId (GUI
            # 0469 §4); a recorded answer (2022) has it: it is always there.
            "affaireId": affaire.affaire_id,
            "prestations": {"prestation": [ranked(prestation)]},
            "serviceSouscritId": service.service_souscrit_id,
        },
        point_id=point.prm,
        affaire_id=affaire.affaire_id,
        login=affaire.login,
    )


def _read(appel: Appel, general: Tree) -> DemandeCollecte:
    asked = appel.body["demande"]["accesMesures"]
    client = asked["declarationAccordClient"]
    soutirage, injection = asked["soutirage"], asked["injection"]
    dossier = appel.faits.dossier
    point = None if dossier is None else dossier.point
    return DemandeCollecte(
        acces=acces_of(appel, SERVICE),
        commande=read_commande(appel, general),
        declaration=read_declaration(client, soutirage=soutirage, injection=injection),
        civilite_connue=has_known_civilite(client),
        point=point,
        services=appel.faits.services,
        ecart=appel.ecart(SERVICE, point) if appel.plateforme.ecarts else None,
        accord=client["accord"],
        date_debut=asked["dateDebut"],
        date_fin=asked.get("dateFin"),
        mesures_type=asked["mesuresTypeCode"],
        soutirage=soutirage,
        injection=injection,
        pas=asked.get("mesuresPas"),
        corrigees=asked.get("mesuresCorrigees"),
        recurrente=asked["transmissionRecurrente"],
        periodicite=asked.get("periodiciteTransmission"),
    )


SERVICE = Service(
    nom="CommandeCollectePublicationMesures",
    version="3.0",
    package="commande",
    codes=(
        *("SGT200", "SGT400", "SGT422", "SGT423", "SGT426", "SGT427", "SGT430", "SGT431"),
        *("SGT432", "SGT433", "SGT440", "SGT445", "SGT450", "SGT463", "SGT466", "SGT470"),
        *("SGT471", "SGT472", "SGT473", "SGT476", "SGT483", "SGT4B2", "SGT4H1", "SGT4H2"),
        *("SGT4H3", "SGT4H4", "SGT4H5", "SGT4H6", "SGT4H7", "SGT4H8", "SGT4H9", "SGT4K4"),
        *("SGT4M6", "SGT4O1", "SGT500", "SGT506", "SGT562", "SGT564", "SGT565", "SGT566"),
        *("SGT567", "SGT568", "SGT569", "SGT570", "SGT583", "SGT587", "SGT588", "SGT589"),
    ),
    existence=first_generation("CommandeServicesAccesDonnees"),
    mesures=("CDC", "IDX"),
    flux=("R50", "R4x", "R151", "R171"),
    prestations=COLLECTES,
    habilitation=package_obtenu,
    rules=RULES,
    asks=asks,
    handle=handle,
    unreachable=UNREACHABLE_CODES,
    writes=True,
)
