"""The columns of a point and of its meter: what the tables and the facts made of them share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, SmallInteger, String
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

    prm: Mapped[str] = mapped_column(String(14), primary_key=True)
    segment: Mapped[Segment] = mapped_column(String(2))
    etat_contractuel: Mapped[EtatContractuel] = mapped_column(String(6))
    etat_alimentation: Mapped[EtatAlimentation] = mapped_column(String(4))
    # 0, 1 or 2; C5 and P4 only (GUI 0464 v1.4.0). Measures need 2.
    niveau_ouverture_services: Mapped[int | None]

    # Address of the installation.
    escalier_etage_appartement: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    batiment: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    numero_et_nom_voie: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    lieu_dit: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    code_postal: Mapped[str] = mapped_column(String(5))
    code_insee: Mapped[str] = mapped_column(String(5))
    commune: Mapped[str]

    # Final client: a person's name or a company's, and its main establishment.
    nom_client_final: Mapped[str | None]
    categorie_client_final: Mapped[CategorieClientFinal | None] = mapped_column(String(3))
    siret: Mapped[str | None] = mapped_column(String(14), index=True)
    fournisseur_titulaire: Mapped[str | None] = mapped_column(ForeignKey("acteur.code"))

    # Supply.
    domaine_tension: Mapped[DomaineTension] = mapped_column(String(5))
    tension_livraison: Mapped[str | None] = mapped_column(_CODE)
    mode_apres_compteur: Mapped[str | None] = mapped_column(_CODE)
    puissance_raccordement: Mapped[int | None]
    puissance_raccordement_unite: Mapped[PuissanceUnite | None] = mapped_column(String(4))

    # Tariff. `denivele_puissances` gives the subscribed power of each time class (C1-C4).
    fta: Mapped[str | None] = mapped_column(_CODE)
    puissance_souscrite: Mapped[int | None]
    puissance_souscrite_unite: Mapped[PuissanceUnite | None] = mapped_column(String(4))
    denivele_puissances: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    longue_utilisation_contexte: Mapped[str | None] = mapped_column(_CODE)
    longue_utilisation_forfait_h: Mapped[int | None]
    calendrier_fournisseur: Mapped[str | None] = mapped_column(_CODE)

    # `date_mise_en_service` is the last one: nothing is shown of what precedes it.
    date_mise_en_service: Mapped[date | None] = mapped_column(Date)
    date_resiliation: Mapped[date | None] = mapped_column(Date)
    date_modification_fta: Mapped[date | None] = mapped_column(Date)
    date_augmentation_puissance: Mapped[date | None] = mapped_column(Date)
    date_diminution_puissance: Mapped[date | None] = mapped_column(Date)

    # Metering. Off-peak hours: labels of the high season, and of the low one where it has its own.
    # `futures_programmations`: FTA → time post → periods.
    type_comptage: Mapped[str | None] = mapped_column(_CODE)
    disjoncteur_calibre: Mapped[str | None] = mapped_column(_CODE)
    heures_creuses_libelle: Mapped[str | None]
    heures_creuses_saison_basse: Mapped[str | None]
    futures_heures_creuses_id: Mapped[str | None] = mapped_column(_CODE)
    futures_heures_creuses_libelle: Mapped[str | None]
    futures_heures_creuses_saison_basse: Mapped[str | None]
    futures_programmations: Mapped[dict[str, dict[str, str]] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    transformateur_courant: Mapped[TransformateurCourant | None] = mapped_column(
        Payload(TransformateurCourant)
    )
    transformateur_tension: Mapped[TransformateurTension | None] = mapped_column(
        Payload(TransformateurTension)
    )

    # Reading.
    mode_traitement: Mapped[str | None] = mapped_column(_CODE)
    periodicite: Mapped[str | None] = mapped_column(_CODE)
    plage_releve: Mapped[str | None] = mapped_column(_CODE)
    mode_releve: Mapped[str | None] = mapped_column(_CODE)
    media_releve: Mapped[str | None] = mapped_column(_CODE)
    # Minutes of the step of R4x since March 2023, 10 where nothing is said.
    r4x_pas: Mapped[Literal[5, 10] | None] = mapped_column(SmallInteger)

    # What lets or stops an order.
    teleoperable: Mapped[bool]
    contrat_soutirage: Mapped[bool]
    contrat_injection: Mapped[bool]
    provisoire: Mapped[bool]
    groupement_turpe: Mapped[bool]
    opposition_courbe: Mapped[bool]
    operation_en_cours: Mapped[OperationEnCours | None] = mapped_column(String(3))

    # The simulator's own: the seed of the measures, and whether the real homologation platform has
    # numbers that count instead.
    graine: Mapped[int] = mapped_column(BigInteger)
    mesures_factices: Mapped[bool | None]


class CompteurColumns:
    """A meter of a point; `date_depose` is empty while it is in place.

    `programmation_horaire` gives the periods of each time post (C1-C4).
    """

    __slots__ = ()

    matricule: Mapped[str | None] = mapped_column(index=True)
    numero_serie: Mapped[str | None] = mapped_column(index=True)
    localisation: Mapped[str | None] = mapped_column(_CODE)
    tic_activee: Mapped[bool | None]
    tic_standard: Mapped[bool | None]
    tic_activable: Mapped[bool | None]
    date_pose: Mapped[date | None] = mapped_column(Date)
    date_depose: Mapped[date | None] = mapped_column(Date)
    parametres_tele_acces: Mapped[ParametresTeleAcces | None] = mapped_column(
        Payload(ParametresTeleAcces)
    )
    programmation_horaire: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
