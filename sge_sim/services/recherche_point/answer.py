"""What RecherchePoint answers (GUI 0427 §4)."""

from collections.abc import Sequence
from typing import Any

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.services.trees import coded
from sge_sim.soap.protocol import Tree
from sge_sim.tables.points import Compteur, Point

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
