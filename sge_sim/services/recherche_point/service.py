"""RecherchePoint: reads the criteria, checks the rules, answers the points (GUI 0427 §4)."""

from collections.abc import Sequence
from typing import Any

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.refus import check
from sge_sim.services.message_parts import coded
from sge_sim.services.recherche_point.rules import RULES, Recherche
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.points import Compteur, Point
from sge_sim.tables.search import Criteres

_LINE_MAX = 38


def points_found(points: Sequence[Point], demandeur: Demandeur) -> Tree:
    """Return the response: no `points` at all where nothing was found, which is a success."""
    if not points:
        return {}
    return {"points": {"point": [_point(point, demandeur) for point in points]}}


def _point(point: Point, demandeur: Demandeur) -> Tree:
    tree: dict[str, Any] = {"id": point.prm, "adresseInstallationNormalisee": _address(point)}
    identifiers = [number for number in map(_number, point.compteurs) if number is not None]
    if identifiers:
        tree["matricule" if point.petit else "numeroSerie"] = identifiers
    if point.type_comptage is not None:
        tree["typeComptage"] = coded("typeComptage", point.type_comptage)
    tree["etatContractuel"] = coded("etatContractuel", point.etat_contractuel)
    if point.nom_client_final is not None and _sees_name(point, demandeur):
        tree["nomClientFinalOuDenominationSociale"] = point.nom_client_final
    return tree


def _sees_name(point: Point, demandeur: Demandeur) -> bool:
    """The client's name shows to the incumbent supplier, and on points that aren't in service."""
    return not point.en_service or point.fournisseur_titulaire == demandeur.code


def _number(compteur: Compteur) -> str | None:
    """Return the number of a meter in place: `matricule` (C5) or `numeroSerie` (C1-C4)."""
    if compteur.date_depose is not None:
        return None
    return compteur.matricule or compteur.numero_serie


def _address(point: Point) -> Tree:
    """Return the AFNOR lines; the first and the last are never filled (GUI 0427 §4)."""
    lines = {
        "ligne2": point.escalier_etage_appartement,
        "ligne3": point.batiment,
        "ligne4": point.numero_et_nom_voie,
        "ligne5": point.lieu_dit,
        "ligne6": f"{point.code_postal} {point.commune}".upper()[:_LINE_MAX],
    }
    return {name: line for name, line in lines.items() if line is not None}


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
    package="Consultation",
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
