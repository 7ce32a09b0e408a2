"""RecherchePoint: reads the criteria, checks the rules, answers the points."""

from sge_sim.refus import check
from sge_sim.services.recherche_point.answer import points_found
from sge_sim.services.recherche_point.demande import Recherche
from sge_sim.services.recherche_point.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.search import Criteres


def handle(appel: Appel) -> Answer:
    """Answer one search; the acquittement names no point, since none is asked for."""
    hors_perimetre = appel.body["criteres"].get("rechercheHorsPerimetre", False)
    recherche = Recherche(
        criteres=_criteres(appel.body["criteres"]),
        adresse="adresseInstallation" in appel.body["criteres"],
        hors_perimetre=hors_perimetre,
        ecart=appel.ecart(SERVICE, None, "hors périmètre" if hors_perimetre else ""),
        demandeur=appel.demandeur,
        session=appel.session,
    )
    check(RULES, recherche, appel.disabled)
    return Answer(
        points_found(recherche.points, appel.demandeur), login=appel.body["loginUtilisateur"]
    )


def _criteres(criteres: Tree) -> Criteres:
    address = criteres.get("adresseInstallation", {})
    return Criteres(
        code_postal=address.get("codePostal"),
        code_insee=address.get("codeInseeCommune"),
        escalier_etage_appartement=address.get("escalierEtEtageEtAppartement"),
        batiment=address.get("batiment"),
        numero_et_nom_voie=address.get("numeroEtNomVoie"),
        lieu_dit=address.get("lieuDit"),
        siret=criteres.get("numSiret"),
        matricule_ou_numero_serie=criteres.get("matriculeOuNumeroSerie"),
        domaine_tension=criteres.get("domaineTensionAlimentationCode"),
        nom_client_final=criteres.get("nomClientFinalOuDenominationSociale"),
        categorie_client_final=criteres.get("categorieClientFinalCode"),
    )


SERVICE = Service(
    nom="RecherchePoint",
    version="2.0",
    package="consultation",
    codes=("SGT200", "SGT432", "SGT4F10", "SGT4F6", "SGT4F7", "SGT4F8", "SGT500", "SGT562"),
    rules=RULES,
    remarques=(
        "Hors périmètre, GUI 0427 v1.2.0 §3.2 ne rend un point que s'il est seul, alors que RP-R3 "
        "du catalogue, depuis 22.1, en rend plusieurs pour une partie d'un nom (lu par un client). "
        "Pour une partie d'un nom RP-R3 l'emporte, puisque l'homologation en juge ; pour un nom "
        "entier c'est le guide : un point ou aucun (supposé).",
    ),
    handle=handle,
    searches=True,
)
