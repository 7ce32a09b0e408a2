"""The columns of a point and of its meter: what the tables and the facts made of them share.

Whatever concerns one attribute is said here: files of points, the data set, a described point, its
page, the search and the facts follow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sge_sim.domaine.nomenclatures import (
    ETATS_EN_SERVICE,
    ETATS_SANS_ALIMENTATION,
    GRANDS,
    PETITS,
    CategorieClientFinal,
    DomaineTension,
    EtatAlimentation,
    EtatContractuel,
    OperationEnCours,
    PuissanceUnite,
    Segment,
)
from sge_sim.tables.attributes import Attribute, attributes_of
from sge_sim.tables.base import Payload

_AFNOR_LINE = String(38)
_CODE = String(15)
_NIVEAU_DES_MESURES: Final = 2


@dataclass(frozen=True, slots=True)
class TransformateurCourant:
    """A current transformer; codes of AX.0355."""

    calibre: str
    couplage: str | None = None
    classe_precision: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class TransformateurTension:
    """A voltage transformer; codes of AX.0355."""

    calibre: str
    couplage: str | None = None
    classe_precision: str | None = None


@dataclass(frozen=True, slots=True)
class ParametresTeleAcces:
    """How a C1-C4 meter is called (GUI 0464 v1.4.0).

    The listening window belongs to ICE and CJE meters on a shared line only: start `HH:MM:SS`
    in legal time, length in minutes.
    """

    numero_telephone: str | None = None
    numero_voie_aiguillage: int | None = None
    etat_ligne_telephonique: str | None = None
    fenetre_heure_debut: str | None = None
    fenetre_duree_min: int | None = None
    cle: str | None = None


SITUATION: Final[Mapping[str, Callable[[Any], bool]]] = {
    "en_service": lambda point: point.etat_contractuel in ETATS_EN_SERVICE,
    "alimente": lambda point: point.etat_alimentation not in ETATS_SANS_ALIMENTATION,
    "grand": lambda point: point.segment in GRANDS,
    "petit": lambda point: point.segment in PETITS,
    "ouvert_aux_mesures": lambda point: point.niveau_ouverture_services == _NIVEAU_DES_MESURES,
}
"""What the segment and the states of a point come to, whether it is a row or facts.

Whether it is in service, being terminated included; supplied, be it a limited supply; of more than
36 kVA (C1 to C4, P1 to P3); a C5 or a P4; of the level of services that measures need of these.
"""


class Situation:
    """What `SITUATION` says, of a row: found whenever it is asked for."""

    __slots__ = ()

    en_service = property(SITUATION["en_service"])
    alimente = property(SITUATION["alimente"])
    grand = property(SITUATION["grand"])
    petit = property(SITUATION["petit"])
    ouvert_aux_mesures = property(SITUATION["ouvert_aux_mesures"])


class PointColumns:
    """A point of delivery, as it is today; what it was before is in `AncienEtat`.

    Powers are whole numbers in the unit named beside them. Dates are legal dates.
    """

    __slots__ = ()

    prm: Mapped[str] = Attribute("prm", "", personal=True).column(String(14), primary_key=True)
    segment: Mapped[Segment] = Attribute("segment", "").column(String(2))
    etat_contractuel: Mapped[EtatContractuel] = Attribute(
        "etatContractuel", "", titre="état contractuel"
    ).column(String(6))
    etat_alimentation: Mapped[EtatAlimentation] = Attribute(
        "etatAlimentation", "", titre="état alimentation", absent="ALIM"
    ).column(String(4))
    # 0, 1 or 2; C5 and P4 only (GUI 0464 v1.4.0). Measures need 2.
    niveau_ouverture_services: Mapped[int | None] = Attribute(
        "niveauOuvertureServices", "", dated=True
    ).column()

    # Address of the installation.
    escalier_etage_appartement: Mapped[str | None] = Attribute(
        "escalierEtEtageEtAppartement",
        "adresse",
        titre="escalier étage appartement",
        recherche="recherche_escalier",
        personal=True,
    ).column(_AFNOR_LINE)
    batiment: Mapped[str | None] = Attribute(
        "batiment", "adresse", recherche="recherche_batiment", personal=True
    ).column(_AFNOR_LINE)
    numero_et_nom_voie: Mapped[str | None] = Attribute(
        "numeroEtNomVoie",
        "adresse",
        titre="numéro et nom voie",
        recherche="recherche_voie",
        personal=True,
    ).column(_AFNOR_LINE)
    lieu_dit: Mapped[str | None] = Attribute(
        "lieuDit", "adresse", recherche="recherche_lieu_dit", personal=True
    ).column(_AFNOR_LINE)
    code_postal: Mapped[str] = Attribute("codePostal", "adresse").column(String(5))
    code_insee: Mapped[str] = Attribute("codeInseeCommune", "adresse.commune", nom="code").column(
        String(5)
    )
    commune: Mapped[str] = Attribute("commune", "adresse.commune", nom="libelle").column()

    # Final client: a person's name or a company's, and its main establishment.
    nom_client_final: Mapped[str | None] = Attribute(
        "nomClientFinalOuDenominationSociale",
        "client_final",
        nom="nom",
        recherche="recherche_nom",
        dated=True,
        personal=True,
    ).column()
    categorie_client_final: Mapped[CategorieClientFinal | None] = Attribute(
        "categorieClientFinalCode",
        "client_final",
        nom="categorie",
        titre="catégorie",
        liste="categorieClientFinal",
        dated=True,
    ).column(String(3))
    siret: Mapped[str | None] = Attribute(
        "numSiret", "client_final", titre="SIRET", dated=True, personal=True
    ).column(String(14), index=True)
    fournisseur_titulaire: Mapped[str | None] = Attribute(
        "fournisseurTitulaire", "", dated=True
    ).column(ForeignKey("acteur.code"))

    # Supply.
    domaine_tension: Mapped[DomaineTension] = Attribute("domaineTension", "alimentation").column(
        String(5)
    )
    tension_livraison: Mapped[str | None] = Attribute(
        "tensionLivraison", "alimentation", libre=True
    ).column(_CODE)
    mode_apres_compteur: Mapped[str | None] = Attribute(
        "modeApresCompteur", "alimentation", titre="mode après compteur", libre=True
    ).column(_CODE)
    puissance_raccordement: Mapped[int | None] = Attribute(
        "puissanceRaccordementSoutirage", "alimentation", unite="puissance_raccordement_unite"
    ).column()
    puissance_raccordement_unite: Mapped[PuissanceUnite | None] = mapped_column(String(4))

    # Tariff. `denivele_puissances` gives the subscribed power of each time class (C1-C4).
    fta: Mapped[str | None] = Attribute(
        "formuleTarifaireAcheminement", "tarif", nom="formule_tarifaire_acheminement", dated=True
    ).column(_CODE)
    puissance_souscrite: Mapped[int | None] = Attribute(
        "puissanceSouscrite", "tarif", unite="puissance_souscrite_unite", dated=True
    ).column()
    puissance_souscrite_unite: Mapped[PuissanceUnite | None] = Attribute(dated=True).column(
        String(4)
    )
    denivele_puissances: Mapped[dict[str, int] | None] = Attribute(
        "denivelePuissances",
        "tarif",
        titre="dénivelé puissances",
        unite="puissance_souscrite_unite",
    ).column(JSON(none_as_null=True))
    longue_utilisation_contexte: Mapped[str | None] = Attribute(
        "contexteUtilisation", "tarif.longue_utilisation", nom="contexte"
    ).column(_CODE)
    longue_utilisation_forfait_h: Mapped[int | None] = Attribute(
        "forfaitLongueUtilisation", "tarif.longue_utilisation", nom="forfait", unite="h"
    ).column()
    calendrier_fournisseur: Mapped[str | None] = Attribute(
        "calendrierFournisseur", "tarif", liste="calendrier", libre=True, dated=True
    ).column(_CODE)

    # `date_mise_en_service` is the last one: nothing is shown of what precedes it.
    date_mise_en_service: Mapped[date | None] = Attribute(
        "dateMiseEnService", "dates", nom="mise_en_service", dated=True
    ).column(Date)
    date_resiliation: Mapped[date | None] = Attribute(
        "dateResiliation", "dates", nom="resiliation"
    ).column(Date)
    date_modification_fta: Mapped[date | None] = Attribute(
        "dateDerniereModificationFormuleTarifaireAcheminement",
        "dates",
        nom="modification_fta",
        titre="modification FTA",
    ).column(Date)
    date_augmentation_puissance: Mapped[date | None] = Attribute(
        "dateDerniereAugmentationPuissanceSouscrite", "dates", nom="augmentation_puissance"
    ).column(Date)
    date_diminution_puissance: Mapped[date | None] = Attribute(
        "dateDerniereDiminutionPuissanceSouscrite", "dates", nom="diminution_puissance"
    ).column(Date)

    # Metering. Off-peak hours: labels of the high season, and of the low one where it has its own.
    # `futures_programmations`: FTA → time post → periods.
    type_comptage: Mapped[str | None] = Attribute("typeComptage", "comptage", nom="type").column(
        _CODE
    )
    disjoncteur_calibre: Mapped[str | None] = Attribute(
        "disjoncteurCalibre", "comptage", nom="disjoncteur", libre=True
    ).column(_CODE)
    heures_creuses_libelle: Mapped[str | None] = Attribute(
        "plageHeuresCreuses",
        "comptage",
        nom="heures_creuses",
        basse="heures_creuses_saison_basse",
        dated=True,
    ).column()
    heures_creuses_saison_basse: Mapped[str | None] = Attribute(
        "plageHeuresCreusesSaisonBasse", dated=True
    ).column()
    futures_heures_creuses_id: Mapped[str | None] = Attribute(
        "futuresPlagesHeuresCreusesCode"
    ).column(_CODE)
    futures_heures_creuses_libelle: Mapped[str | None] = Attribute(
        "futuresPlagesHeuresCreusesLibelle",
        "comptage",
        nom="futures_heures_creuses",
        basse="futures_heures_creuses_saison_basse",
    ).column()
    futures_heures_creuses_saison_basse: Mapped[str | None] = Attribute(
        "futuresPlagesHeuresCreusesSaisonBasse"
    ).column()
    futures_programmations: Mapped[dict[str, dict[str, str]] | None] = Attribute(
        "futuresProgrammationsHoraires"
    ).column(JSON(none_as_null=True))
    transformateur_courant: Mapped[TransformateurCourant | None] = Attribute(
        "transformateurCourant", "comptage"
    ).column(Payload(TransformateurCourant))
    transformateur_tension: Mapped[TransformateurTension | None] = Attribute(
        "transformateurTension", "comptage"
    ).column(Payload(TransformateurTension))

    # Reading.
    mode_traitement: Mapped[str | None] = Attribute("modeTraitement", "releve").column(_CODE)
    periodicite: Mapped[str | None] = Attribute(
        "periodicite", "releve", titre="périodicité"
    ).column(_CODE)
    plage_releve: Mapped[str | None] = Attribute(
        "plageReleve", "releve", titre="plage relève"
    ).column(_CODE)
    mode_releve: Mapped[str | None] = Attribute("modeReleve", "releve", titre="mode relève").column(
        _CODE
    )
    media_releve: Mapped[str | None] = Attribute(
        "mediaReleve", "releve", titre="média relève", libre=True
    ).column(_CODE)
    # Minutes of the step of R4x since March 2023, 10 where nothing is said.
    r4x_pas: Mapped[Literal[5, 10] | None] = Attribute("r4xPas", "mesures", titre="R4x pas").column(
        SmallInteger
    )

    # What lets or stops an order.
    teleoperable: Mapped[bool] = Attribute(
        "teleoperable", "situation", titre="téléopérable", absent=True
    ).column()
    contrat_soutirage: Mapped[bool] = Attribute("contratSoutirage", "situation").column()
    contrat_injection: Mapped[bool] = Attribute("contratInjection", "situation").column()
    provisoire: Mapped[bool] = Attribute("provisoire", "situation", absent=False).column()
    groupement_turpe: Mapped[bool] = Attribute(
        "groupementTurpe", "situation", titre="groupement TURPE", absent=False
    ).column()
    opposition_courbe: Mapped[bool] = Attribute(section="situation", absent=False).column()
    operation_en_cours: Mapped[OperationEnCours | None] = Attribute(
        "operationEnCours", "situation", titre="opération en cours", liste="declencheur"
    ).column(String(3))

    # The simulator's own: the seed of the measures, and whether the real homologation platform has
    # numbers that count instead.
    graine: Mapped[int] = mapped_column(BigInteger)
    mesures_factices: Mapped[bool | None]
    # Why a named point is in the data set; what brought in a point of one's own, which is there
    # once that is published. Nothing but what is asked for happens to them.
    pourquoi: Mapped[str | None] = mapped_column(Text)
    apport_id: Mapped[int | None] = mapped_column(ForeignKey("apport.id"))


class CompteurColumns:
    """A meter of a point; `date_depose` is empty while it is in place.

    `programmation_horaire` gives the periods of each time post (C1-C4). The attributes stand in the
    order in which they are shown, `sort_order` is that of the table.
    """

    __slots__ = ()

    matricule: Mapped[str | None] = Attribute("matricule", "", personal=True).column(index=True)
    numero_serie: Mapped[str | None] = Attribute(
        "numeroSerie", "", titre="numéro série", personal=True
    ).column(index=True)
    localisation: Mapped[str | None] = Attribute("localisation", "", libre=True).column(_CODE)
    date_pose: Mapped[date | None] = Attribute("datePose", "", nom="pose").column(
        Date, sort_order=1
    )
    date_depose: Mapped[date | None] = Attribute(section="", nom="depose", titre="dépose").column(
        Date, sort_order=1
    )
    tic_activee: Mapped[bool | None] = Attribute("ticActivee", "", titre="TIC activée").column()
    tic_standard: Mapped[bool | None] = Attribute("ticStandard", "", titre="TIC standard").column()
    tic_activable: Mapped[bool | None] = Attribute(
        "ticActivable", "", titre="TIC activable"
    ).column()
    parametres_tele_acces: Mapped[ParametresTeleAcces | None] = Attribute(
        "parametresTeleAcces", "", nom="ligne_telephonique", titre="ligne téléphonique"
    ).column(Payload(ParametresTeleAcces), sort_order=1)
    programmation_horaire: Mapped[dict[str, str] | None] = Attribute(
        "programmationHoraire", ""
    ).column(JSON(none_as_null=True), sort_order=1)


POINT_ATTRIBUTES: Final = attributes_of(PointColumns)
COMPTEUR_ATTRIBUTES: Final = attributes_of(CompteurColumns)
