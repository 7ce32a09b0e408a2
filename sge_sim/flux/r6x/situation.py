"""C68: what is known of a point today, technically and contractually (GUI 0504 §3).

`situation.yaml` has its fields. Codes are those of the data sheet of
ConsultationDonneesTechniquesContractuelles; dates are `JJ-MM-AAAA` (observed 2025). What the
simulated referential doesn't hold is left out: every field is optional (schema 0514).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sge_sim.domaine.libelles import libelle_de
from sge_sim.domaine.nomenclatures import CadreAcces, KindActeur
from sge_sim.flux.r6x.visibilite import Visibilite, declared, seen_by
from sge_sim.mesures.grilles_nommees import libelle_de_la_classe, libelle_du_calendrier
from sge_sim.tables.point_facts import CompteurFacts, PointFacts

_POSTES = 5


def visibilite_of(
    point: PointFacts, acteur_code: str, kind: KindActeur, cadre: CadreAcces
) -> Visibilite:
    """Return what a demandeur may see of a point: the incumbent supplier sees it whole."""
    if kind == "fournisseur" and point.fournisseur_titulaire == acteur_code:
        return Visibilite.TITULAIRE
    return Visibilite.TOUS if cadre == "EST_TITULAIRE" else Visibilite.ACCORD


def situation_tree(point: PointFacts, visibilite: Visibilite) -> dict[str, Any]:
    """Return what a demandeur sees of a point."""
    tree = _filled(declared()["champs"], _facts_of(point), point)
    tree["situationsContractuelles"] = [tree["situationsContractuelles"]]
    return seen_by(visibilite, tree)


def _filled(plan: Any, facts: Mapping[str, Any], columns: Any) -> Any:
    """Return a plan with what its names mean: facts, or columns of a point or a meter."""
    if isinstance(plan, dict):
        return {name: _filled(each, facts, columns) for name, each in plan.items()}
    if isinstance(plan, list):
        valeur, unite = (_filled(each, facts, columns) for each in plan)
        return None if valeur is None or unite is None else {"valeur": valeur, "unite": unite}
    if plan in facts:
        return facts[plan]
    for name in plan.split("."):
        columns = None if columns is None else getattr(columns, name)
    return _day(columns) if isinstance(columns, date) else columns


def _facts_of(point: PointFacts) -> dict[str, Any]:
    """Return what C68 tells of a point that no column of it has."""
    niveau, calendrier = point.niveau_ouverture_services, point.calendrier_fournisseur
    tension, unite = point.tension_livraison, point.puissance_souscrite_unite
    societe = point.categorie_client_final != "RES"
    linky = [each.date_pose for each in point.compteurs if each.tic_activable is not None]
    return {
        **{"non": False, "h": "h", "groupement": "OUI" if point.groupement_turpe else None},
        "niveau": None if niveau is None else str(niveau),
        "pose_linky": _day(linky[0]) if linky else None,
        "mise_en_soutirage": _day(point.date_mise_en_service) if point.contrat_soutirage else None,
        "mise_en_injection": _day(point.date_mise_en_service) if point.contrat_injection else None,
        "tension": tension and libelle_de("tensionLivraison", tension),
        "compteurs_poses": [_meter_tree(each) for each in point.compteurs if not each.date_depose],
        "libelle_fta": point.fta and libelle_de("formuleTarifaireAcheminement", point.fta),
        "puissance": _power(point.puissance_souscrite, unite),
        "libelle_calendrier": calendrier and libelle_du_calendrier(calendrier),
        "classes": [
            {
                "code": classe,
                "libelle": libelle_de_la_classe(classe),
                "puissance": _power(power, unite),
            }
            for classe, power in (point.denivele_puissances or {}).items()
        ],
        "personne": None if societe else point.nom_client_final,
        "denomination": point.nom_client_final if societe else None,
        "siret_societe": point.siret if societe else None,
        "siren": point.siret[:9] if point.siret and societe else None,
    }


def _meter_tree(compteur: CompteurFacts) -> Any:
    posts = list((compteur.programmation_horaire or {}).items())[:_POSTES]
    postes = {
        f"posteHoraire{rang}": {"classeTemporellePosteHoraire": classe, "periodesHoraires": heures}
        for rang, (classe, heures) in enumerate(posts, start=1)
    }
    return _filled(declared()["compteur"], {"postes": postes, "min": "min"}, compteur)


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%d-%m-%Y}"


def _power(value: int | None, unite: str | None) -> Mapping[str, Any] | None:
    """Return a subscribed power, whose value is a text (schema 0514)."""
    return None if value is None or unite is None else {"valeur": str(value), "unite": unite}
