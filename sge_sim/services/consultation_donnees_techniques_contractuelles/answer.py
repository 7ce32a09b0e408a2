"""The data sheet of a point, filtered as the ICS workbook says (GUI 0464 v1.4.0 §7, ICS v1.0.0).

The *authorised* view is for a point in service whose client authorises the caller. The other view
lacks the dates of the tariff and of the powers, the segment, the tele-access parameters, the
reading medium and the tariff structure; since that structure is all that `situationContractuelle`
may hold, the whole block is absent (observed). The supplier's calendar is never shown to a tiers.

What belongs to a segment alone: the service level and the off-peak hours to C5; the TIC flags, the
dates of the powers and the off-peak hours to come to C5 of the new chain; the tele-access, the time
programmes and the transformers to C1-C4 (the transformers to P1-P3 too, assumed).

The current off-peak hours stand under `relais`, never under `compteur` (observed 2026); those of
the high season where a point has two (assumed: by likeness with ConsultationPoint v4.0).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sge_sim.domaine.nomenclatures import GRANDS_CONSOMMATEURS
from sge_sim.domaine.plages import VISIBLES_DEPUIS
from sge_sim.services.trees import coded, present, quantity
from sge_sim.soap.protocol import Tree
from sge_sim.tables.point_facts import CompteurFacts, PointFacts

# The schema knows C2 to C5 and INDET only: the others can't be sent as they are (GUI 0464 v1.4.0
# lists C1, the schema prevails).
_SEGMENTS_OF_THE_SCHEMA = frozenset({"C2", "C3", "C4", "C5"})
_SEGMENTS_WITH_FTA = GRANDS_CONSOMMATEURS | {"C5"}
_LISTENED_METERS = frozenset({"ICE", "ICE4Q", "CJE"})
_SHARED_LINE = "Partagée"
_SANS_COMPTAGE = "SSCPT"


def donnees_techniques(point: PointFacts, jour: date, *, authorised: bool) -> Tree:
    """Return the `point` element: the situation of the legal day `jour`, no history."""
    return present(
        {
            "id": point.prm,
            "donneesGenerales": _general(point, authorised),
            "situationAlimentation": _supply(point),
            "situationComptage": _metering(point, jour, authorised),
            "situationContractuelle": _contract(point) if authorised else None,
        }
    )


def _general(point: PointFacts, authorised: bool) -> Tree:
    tree: dict[str, Any] = {
        "etatContractuel": coded("etatContractuel", point.etat_contractuel),
        "adresseInstallation": _address(point),
    }
    if point.segment == "C5":
        tree["niveauOuvertureServices"] = _text(point.niveau_ouverture_services)
    if authorised and point.segment in _SEGMENTS_WITH_FTA:
        tree["dateDerniereModificationFormuleTarifaireAcheminement"] = point.date_modification_fta
        if _in_new_chain(point):
            tree["dateDerniereAugmentationPuissanceSouscrite"] = point.date_augmentation_puissance
            tree["dateDerniereDiminutionPuissanceSouscrite"] = point.date_diminution_puissance
    if authorised and point.segment in _SEGMENTS_OF_THE_SCHEMA:
        tree["segment"] = coded("segment", point.segment)
    return present(tree)


def _in_new_chain(point: PointFacts) -> bool:
    """Tell whether the point is a C5 whose meter communicates, which its TIC flags tell.

    A communicating meter that the old chain still reads isn't told apart: the data set has none.
    """
    return point.segment == "C5" and any(
        compteur.tic_activable is not None for compteur in _in_place(point)
    )


def _in_place(point: PointFacts) -> list[CompteurFacts]:
    return [compteur for compteur in point.compteurs if compteur.date_depose is None]


def _address(point: PointFacts) -> Tree:
    return present(
        {
            "escalierEtEtageEtAppartement": point.escalier_etage_appartement,
            "batiment": point.batiment,
            "numeroEtNomVoie": point.numero_et_nom_voie,
            "lieuDit": point.lieu_dit,
            "codePostal": point.code_postal,
            "commune": {"code": point.code_insee, "libelle": point.commune},
        }
    )


def _supply(point: PointFacts) -> Tree:
    return {
        "alimentationPrincipale": present(
            {
                "domaineTension": coded("domaineTension", point.domaine_tension),
                "tensionLivraison": _coded("tensionLivraison", point.tension_livraison),
                "modeApresCompteur": _coded("modeApresCompteur", point.mode_apres_compteur),
                "puissanceRaccordementSoutirage": _power(
                    point.puissance_raccordement, point.puissance_raccordement_unite
                ),
            }
        )
    }


def _metering(point: PointFacts, jour: date, authorised: bool) -> Tree:
    return present(
        {
            "dispositifComptage": _device(point, authorised),
            "caracteristiquesReleve": present(
                {
                    "modeTraitement": _coded("modeTraitement", point.mode_traitement),
                    "periodicite": _coded("periodicite", point.periodicite),
                    "plageReleve": _coded("plageReleve", point.plage_releve),
                }
            ),
            "modeReleve": _coded("modeReleve", point.mode_releve),
            "mediaReleve": _coded("mediaReleve", point.media_releve) if authorised else None,
            "futuresPlagesHeuresCreuses": _future_off_peak(point, jour),
            "futuresProgrammationsHoraires": _future_programmes(point),
        }
    )


def _device(point: PointFacts, authorised: bool) -> Tree | None:
    if point.type_comptage is None:
        return None
    meters = [_meter(point, compteur, authorised) for compteur in _in_place(point)]
    current, voltage = point.transformateur_courant, point.transformateur_tension
    return present(
        {
            "typeComptage": coded("typeComptage", point.type_comptage),
            "compteurs": {"compteur": meters} if meters else None,
            "disjoncteur": _block(
                "calibre", _coded("disjoncteurCalibre", point.disjoncteur_calibre)
            ),
            "relais": _block("plageHeuresCreuses", point.heures_creuses_libelle),
            "transformateurCourant": current
            and present(
                {
                    "calibre": _coded("transformateurCalibre", current.calibre),
                    "couplage": _coded("transformateurCouplage", current.couplage),
                    "classePrecision": _coded("classePrecision", current.classe_precision),
                    "position": _coded("transformateurPosition", current.position),
                }
            ),
            "transformateurTension": voltage
            and present(
                {
                    "calibre": _coded("transformateurCalibre", voltage.calibre),
                    "couplage": _coded("transformateurCouplage", voltage.couplage),
                    "classePrecision": _coded("classePrecision", voltage.classe_precision),
                }
            ),
        }
    )


def _meter(point: PointFacts, compteur: CompteurFacts, authorised: bool) -> Tree:
    tree: dict[str, Any] = {
        "localisation": _coded("localisation", compteur.localisation),
        "matricule": compteur.matricule or compteur.numero_serie,
    }
    if point.segment == "C5":
        tree["ticActivee"] = compteur.tic_activee
        tree["ticStandard"] = compteur.tic_standard
        tree["ticActivable"] = compteur.tic_activable
    if authorised and point.segment in GRANDS_CONSOMMATEURS:
        tree["parametresTeleAcces"] = _tele_access(point, compteur)
    if point.segment in GRANDS_CONSOMMATEURS and compteur.programmation_horaire:
        tree["programmationHoraire"] = _programme(compteur.programmation_horaire)
    return present(tree)


def _tele_access(point: PointFacts, compteur: CompteurFacts) -> Tree:
    """Return how the meter is called: its listening window only where meter and line have one."""
    access = compteur.parametres_tele_acces
    if access is None:
        return {}
    listened = (
        point.type_comptage in _LISTENED_METERS
        and access.etat_ligne_telephonique == _SHARED_LINE
        and access.fenetre_heure_debut is not None
    )
    window = present(
        {
            "heureDebut": access.fenetre_heure_debut,
            "duree": access.fenetre_duree_min and quantity(access.fenetre_duree_min, "min"),
        }
    )
    return present(
        {
            "numeroTelephone": access.numero_telephone,
            "numeroVoieAiguillage": access.numero_voie_aiguillage,
            "etatLigneTelephonique": access.etat_ligne_telephonique,
            "fenetreEcouteClient": window if listened else None,
            "cle": access.cle,
        }
    )


def _programme(posts: Mapping[str, str]) -> Tree:
    return {
        "programmationPosteHoraire": [
            coded("posteHoraire", post) | {"periodesHoraires": periods}
            for post, periods in posts.items()
        ]
    }


def _future_off_peak(point: PointFacts, jour: date) -> Tree | None:
    """Return the ranges to come: of the high season, where there are two (assumed).

    Seasonal ones are visible from 6 October 2026 on.
    """
    seasonal = point.futures_heures_creuses_saison_basse is not None
    visible = jour >= VISIBLES_DEPUIS or not seasonal
    if not _in_new_chain(point) or point.futures_heures_creuses_id is None or not visible:
        return None
    return present(
        {"code": point.futures_heures_creuses_id, "libelle": point.futures_heures_creuses_libelle}
    )


def _future_programmes(point: PointFacts) -> Tree | None:
    if point.segment not in GRANDS_CONSOMMATEURS or not point.futures_programmations:
        return None
    return {
        "formuleTarifaireAcheminement": [
            coded("formuleTarifaireAcheminement", fta) | {"programmationHoraire": _programme(posts)}
            for fta, posts in point.futures_programmations.items()
        ]
    }


def _contract(point: PointFacts) -> Tree:
    if point.segment not in _SEGMENTS_WITH_FTA or point.fta is None:
        return {}
    structure = {
        "formuleTarifaireAcheminement": coded("formuleTarifaireAcheminement", point.fta),
        "longueUtilisation": _long_use(point),
        "puissanceSouscriteMax": _power(point.puissance_souscrite, point.puissance_souscrite_unite),
        "denivelePuissances": _powers_by_class(point),
    }
    return {"structureTarifaire": present(structure)}


def _long_use(point: PointFacts) -> Tree | None:
    """Return the use of a C5 of any tariff; its hours without a meter (GUI 0464 v1.4.0 §4.4)."""
    if point.segment != "C5" or point.longue_utilisation_contexte is None:
        return None
    forfait = point.longue_utilisation_forfait_h
    if point.type_comptage != _SANS_COMPTAGE:
        forfait = None
    return present(
        {
            "contexte": coded("contexteUtilisation", point.longue_utilisation_contexte),
            "forfait": None if forfait is None else quantity(forfait, "h"),
        }
    )


def _powers_by_class(point: PointFacts) -> Tree | None:
    unit = point.puissance_souscrite_unite
    if point.segment not in GRANDS_CONSOMMATEURS or not point.denivele_puissances or unit is None:
        return None
    return {
        "classesTemporelles": {
            "classeTemporelle": [
                coded("classeTemporelle", classe) | {"puissance": quantity(power, unit)}
                for classe, power in point.denivele_puissances.items()
            ]
        }
    }


def _coded(liste: str, code: str | None) -> Tree | None:
    return None if code is None else coded(liste, code)


def _power(value: int | None, unit: str | None) -> Tree | None:
    return None if value is None or unit is None else quantity(value, unit)


def _block(name: str, content: Any) -> Tree | None:
    return None if content is None else {name: content}


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
