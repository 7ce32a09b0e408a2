"""RecherchePoint: reads the criteria, checks the rules, answers the points."""

from collections.abc import Sequence

from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, ETATS_HORS_SERVICE
from sge_sim.refus import check
from sge_sim.services.ecarts import is_empty
from sge_sim.services.recherche_point.answer import points_found
from sge_sim.services.recherche_point.demande import Recherche, ResultatRecherche
from sge_sim.services.recherche_point.rules import RESULT_RULES, RESULTS_MAX, RULES
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.points import Point, known_commune
from sge_sim.tables.search import Criteres, search_points


def handle(appel: Appel) -> Answer:
    """Answer one search; the acquittement names no point, since none is asked for."""
    recherche = _read(appel, appel.body["criteres"])
    check(RULES, recherche, appel.disabled)
    points = _find(appel, recherche)
    check(RESULT_RULES, ResultatRecherche(points), appel.disabled)
    return Answer(points_found(points, appel.demandeur), login=appel.body["loginUtilisateur"])


def _read(appel: Appel, body: Tree) -> Recherche:
    criteres = _criteres(body)
    code_postal, code_insee = criteres.code_postal, criteres.code_insee
    return Recherche(
        criteres=criteres,
        adresse="adresseInstallation" in body,
        hors_perimetre=body.get("rechercheHorsPerimetre", False),
        code_postal_connu=code_postal is None or known_commune(appel.session, code_postal, None),
        commune_connue=code_insee is None or known_commune(appel.session, code_postal, code_insee),
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


def _find(appel: Appel, recherche: Recherche) -> Sequence[Point]:
    """Return the points that a search finds within the perimeter of who asks (GUI 0427 §3.2).

    With client data, a point in service shows to its incumbent supplier alone; the category alone
    isn't client data.
    """
    criteres, hors_perimetre = recherche.criteres, recherche.hors_perimetre
    if is_empty(appel.ecart(SERVICE, None, "hors périmètre" if hors_perimetre else "")):
        return ()
    if hors_perimetre:
        return _outside_the_perimeter(appel, criteres)
    of_client = criteres.nom_client_final is not None or criteres.siret is not None
    return search_points(
        appel.session,
        criteres,
        limit=RESULTS_MAX,
        etats=ETATS_HORS_SERVICE if of_client else None,
        titulaire=appel.demandeur.code if appel.demandeur.kind == "fournisseur" else None,
    )


def _outside_the_perimeter(appel: Appel, criteres: Criteres) -> Sequence[Point]:
    """Return the points in service that the address and the name designate.

    A whole name designates one point or none (GUI 0427: returned if unique); a part of a name
    designates all those that hold it, as RP-R3 has it since 22.1 (read by a client).
    """
    found = search_points(appel.session, criteres, limit=RESULTS_MAX, etats=ETATS_EN_SERVICE)
    name = normalise(criteres.nom_client_final or "")
    exact = [point for point in found if normalise(point.nom_client_final or "") == name]
    if exact:
        return exact if len(exact) == 1 else ()
    return found


SERVICE = Service(
    nom="RecherchePoint",
    version="2.0",
    package="consultation",
    codes=("SGT200", "SGT432", "SGT4F10", "SGT4F6", "SGT4F7", "SGT4F8", "SGT500", "SGT562"),
    rules=(*RULES, *RESULT_RULES),
    remarques=(
        "Hors périmètre, GUI 0427 v1.2.0 §3.2 ne rend un point que s'il est seul, alors que RP-R3 "
        "du catalogue, depuis 22.1, en rend plusieurs pour une partie d'un nom (lu par un client). "
        "Pour une partie d'un nom RP-R3 l'emporte, puisque l'homologation en juge ; pour un nom "
        "entier c'est le guide : un point ou aucun (supposé).",
    ),
    handle=handle,
    searches=True,
)
