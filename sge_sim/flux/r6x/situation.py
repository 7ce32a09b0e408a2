"""C68: what is known of a point today, technically and contractually (GUI 0504 §3).

Codes are those of the data sheet of ConsultationDonneesTechniquesContractuelles; dates are
`JJ-MM-AAAA` (observed 2025). What the simulated referential doesn't hold is left out: every field
is optional (schema 0514).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sge_sim.domaine.libelles import libelle_de
from sge_sim.domaine.nomenclatures import CadreAcces, KindActeur
from sge_sim.flux.r6x.visibilite import Visibilite, seen_by
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
    return seen_by(
        visibilite,
        {
            "idPrm": point.prm,
            "donneesGenerales": _generalities(point),
            "syntheseContractuelle": _synthesis(point),
            "situationAlimentation": _feeding(point),
            "situationComptage": _metering_of(point),
            "situationsContractuelles": [_contractual(point)],
        },
    )


def _generalities(point: PointFacts) -> dict[str, Any]:
    return {
        "adresseInstallationNonNormalisee": {
            "escalierEtageAppartement": point.escalier_etage_appartement,
            "batiment": point.batiment,
            "numeroNomVoie": point.numero_et_nom_voie,
            "lieuDit": point.lieu_dit,
            "commune": point.commune,
            "codePostal": point.code_postal,
        },
        "typage": {
            "alimentationComplementaire": False,
            "alimentationSecours": False,
            "bornePoste": False,
            "borneFixe": False,
            "regroupementTurpe": {"code": "OUI"} if point.groupement_turpe else None,
            "sensible": False,
        },
    }


def _synthesis(point: PointFacts) -> dict[str, Any]:
    niveau = point.niveau_ouverture_services
    linky = [
        compteur.date_pose for compteur in point.compteurs if compteur.tic_activable is not None
    ]
    withdrawing = point.date_mise_en_service if point.contrat_soutirage else None
    injecting = point.date_mise_en_service if point.contrat_injection else None
    return {
        "niveauOuvertureServices": None if niveau is None else {"code": str(niveau)},
        "datePremierePoseCompteurLinky": _day(linky[0]) if linky else None,
        "dateDerniereMiseEnServiceSoutirage": _day(withdrawing),
        "dateDerniereMiseEnServiceInjection": _day(injecting),
        "dateDerniereAugmentationPuissanceSouscrite": _day(point.date_augmentation_puissance),
        "dateDerniereDiminutionPuissanceSouscrite": _day(point.date_diminution_puissance),
        "dateDerniereModificationFormuleTarifaireAcheminement": _day(point.date_modification_fta),
    }


def _feeding(point: PointFacts) -> dict[str, Any]:
    tension = point.tension_livraison
    return {
        "etatAlimentation": point.etat_alimentation,
        "alimentationPrincipale": {
            "domaineTension": point.domaine_tension,
            "tensionLivraison": tension and libelle_de("tensionLivraison", tension),
            "puissanceRaccordementSoutirage": _quantity(
                point.puissance_raccordement, point.puissance_raccordement_unite
            ),
            "modeAlimentationApresCompteur": point.mode_apres_compteur,
        },
    }


def _metering_of(point: PointFacts) -> dict[str, Any]:
    current, voltage = point.transformateur_courant, point.transformateur_tension
    return {
        "dispositifComptage": {
            "typeComptage": point.type_comptage,
            "media": point.media_releve,
            "modeReleve": point.mode_releve,
            "teleoperable": point.teleoperable,
        },
        "caracteristiquesReleve": {
            "periodicite": point.periodicite,
            "modeTraitement": point.mode_traitement,
            "plage": point.plage_releve,
        },
        "compteurs": [
            _meter_tree(point, compteur)
            for compteur in point.compteurs
            if compteur.date_depose is None
        ],
        "disjoncteur": {"calibre": point.disjoncteur_calibre},
        "relais": {"plageHeuresCreuses": {"libelle": point.heures_creuses_libelle}},
        "transformateurCourant": current
        and {
            "calibre": current.calibre,
            "classePrecision": current.classe_precision,
            "couplage": current.couplage,
            "position": current.position,
        },
        "transformateurTension": voltage
        and {
            "calibre": voltage.calibre,
            "classePrecision": voltage.classe_precision,
            "couplage": voltage.couplage,
        },
    }


def _meter_tree(point: PointFacts, compteur: CompteurFacts) -> dict[str, Any]:
    access = compteur.parametres_tele_acces
    posts = list((compteur.programmation_horaire or {}).items())[:_POSTES]
    duree = None if access is None else access.fenetre_duree_min
    return {
        "matricule": compteur.matricule,
        "numeroSerie": compteur.numero_serie,
        "situation": compteur.localisation,
        "ticActivable": compteur.tic_activable,
        "ticActivee": compteur.tic_activee,
        "ticStandard": compteur.tic_standard,
        "programmationHoraire": {
            f"posteHoraire{rang}": {
                "classeTemporellePosteHoraire": classe,
                "periodesHoraires": periodes,
            }
            for rang, (classe, periodes) in enumerate(posts, start=1)
        },
        "parametresTeleAcces": access
        and {
            "numTelephone": access.numero_telephone,
            "numVoieAiguillage": access.numero_voie_aiguillage,
            "cleClient": access.cle,
            "etatLigneTel": access.etat_ligne_telephonique,
            "fenetreEcouteClient": {
                "dateHeureDebut": access.fenetre_heure_debut,
                "duree": _quantity(duree, "min"),
            },
        },
    }


def _contractual(point: PointFacts) -> dict[str, Any]:
    unite = point.puissance_souscrite_unite
    personne = point.categorie_client_final == "RES"
    nom = point.nom_client_final
    return {
        "dateDebut": _day(point.date_mise_en_service),
        "segment": point.segment,
        "informationsContractuelles": {"etatContractuel": point.etat_contractuel},
        "structureTarifaire": {
            "contexteUtilisation": point.longue_utilisation_contexte,
            "forfait": _quantity(point.longue_utilisation_forfait_h, "h"),
            "formuleTarifaireAcheminement": point.fta
            and {
                "code": point.fta,
                "libelle": libelle_de("formuleTarifaireAcheminement", point.fta),
            },
            "puissanceSouscrite": _power_text(point.puissance_souscrite, unite),
            "grilleFournisseur": {
                "calendrier": point.calendrier_fournisseur
                and {
                    "code": point.calendrier_fournisseur,
                    "libelle": libelle_du_calendrier(point.calendrier_fournisseur),
                }
            },
            "grilleTurpe": {
                "classesTemporelles": [
                    {
                        "code": classe,
                        "libelle": libelle_de_la_classe(classe),
                        "puissance": _power_text(power, unite),
                    }
                    for classe, power in (point.denivele_puissances or {}).items()
                ]
            },
        },
        "clientFinal": {
            "categorie": point.categorie_client_final,
            "informationsClient": {
                "personnePhysique": {"nom": nom} if personne else None,
                "personneMorale": None
                if personne
                else {
                    "denominationSociale": nom,
                    "numSiret": point.siret,
                    "numSiren": point.siret and point.siret[:9],
                },
            },
        },
    }


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%d-%m-%Y}"


def _quantity(value: int | None, unite: str | None) -> Mapping[str, Any] | None:
    return None if value is None or unite is None else {"valeur": value, "unite": unite}


def _power_text(value: int | None, unite: str | None) -> Mapping[str, Any] | None:
    """Return a subscribed power, whose value is a text (schema 0514)."""
    return None if value is None or unite is None else {"valeur": str(value), "unite": unite}
