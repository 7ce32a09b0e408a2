"""What the state holds, as values that never change: what rules and answers read.

A *fiche* is what one row said when it was read; a `Dossier` is all that is known of a point. They
know nothing of the database: `sge_sim.facts.lecture` makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple, Protocol

from sge_sim.domaine.nomenclatures import (
    ETATS_EN_SERVICE,
    ETATS_SANS_ALIMENTATION,
    GRANDS,
    PETITS,
    CategorieClientFinal,
    CoteCalendrier,
    DomaineTension,
    EtatAlimentation,
    EtatContractuel,
    EtatService,
    MesuresType,
    MotifFin,
    OperationEnCours,
    PuissanceUnite,
    Segment,
    Sens,
    TypeService,
    TypeServiceAcces,
)
from sge_sim.tables.acteur_facts import ActeurFacts, ContratFacts, UtilisateurFacts

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


class _Situe(Protocol):
    @property
    def segment(self) -> Segment: ...
    @property
    def etat_contractuel(self) -> EtatContractuel: ...
    @property
    def etat_alimentation(self) -> EtatAlimentation: ...
    @property
    def niveau_ouverture_services(self) -> int | None: ...


class Situation:
    """What the segment and the states of a point come to, whether it is a row or a fiche."""

    __slots__ = ()

    @property
    def en_service(self: _Situe) -> bool:
        """Whether the point is in service, being terminated included."""
        return self.etat_contractuel in ETATS_EN_SERVICE

    @property
    def alimente(self: _Situe) -> bool:
        """Whether the point is supplied; a limited supply is one."""
        return self.etat_alimentation not in ETATS_SANS_ALIMENTATION

    @property
    def grand(self: _Situe) -> bool:
        """Whether the point is of more than 36 kVA: C1 to C4, P1 to P3."""
        return self.segment in GRANDS

    @property
    def petit(self: _Situe) -> bool:
        """Whether the point is a C5 or a P4."""
        return self.segment in PETITS

    @property
    def ouvert_aux_mesures(self: _Situe) -> bool:
        """Whether its level of services is that which measures need of a C5 or a P4."""
        return self.niveau_ouverture_services == _NIVEAU_DES_MESURES


@dataclass(frozen=True, slots=True)
class CompteurFacts:
    """A meter of a point; see `sge_sim.tables.points.Compteur`."""

    matricule: str | None
    numero_serie: str | None
    localisation: str | None
    tic_activee: bool | None
    tic_standard: bool | None
    tic_activable: bool | None
    date_pose: date | None
    date_depose: date | None
    parametres_tele_acces: ParametresTeleAcces | None
    programmation_horaire: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class PointFacts(Situation):
    """A point and its meters, the oldest first; see `sge_sim.tables.points.Point`."""

    prm: str
    segment: Segment
    etat_contractuel: EtatContractuel
    etat_alimentation: EtatAlimentation
    niveau_ouverture_services: int | None
    escalier_etage_appartement: str | None
    batiment: str | None
    numero_et_nom_voie: str | None
    lieu_dit: str | None
    code_postal: str
    code_insee: str
    commune: str
    nom_client_final: str | None
    categorie_client_final: CategorieClientFinal | None
    siret: str | None
    fournisseur_titulaire: str | None
    domaine_tension: DomaineTension
    tension_livraison: str | None
    mode_apres_compteur: str | None
    puissance_raccordement: int | None
    puissance_raccordement_unite: PuissanceUnite | None
    fta: str | None
    puissance_souscrite: int | None
    puissance_souscrite_unite: PuissanceUnite | None
    denivele_puissances: Mapping[str, int] | None
    longue_utilisation_contexte: str | None
    longue_utilisation_forfait_h: int | None
    calendrier_fournisseur: str | None
    date_mise_en_service: date | None
    date_resiliation: date | None
    date_modification_fta: date | None
    date_augmentation_puissance: date | None
    date_diminution_puissance: date | None
    type_comptage: str | None
    disjoncteur_calibre: str | None
    relais_plage_heures_creuses: str | None
    heures_creuses_libelle: str | None
    futures_heures_creuses_id: str | None
    futures_heures_creuses_libelle: str | None
    futures_programmations: Mapping[str, Mapping[str, str]] | None
    transformateur_courant: TransformateurCourant | None
    transformateur_tension: TransformateurTension | None
    mode_traitement: str | None
    periodicite: str | None
    plage_releve: str | None
    mode_releve: str | None
    media_releve: str | None
    teleoperable: bool
    contrat_soutirage: bool
    contrat_injection: bool
    provisoire: bool
    groupement_turpe: bool
    opposition_courbe: bool
    operation_en_cours: OperationEnCours | None
    graine: int
    mesures_factices: bool | None
    r4x_pas: Literal[5, 10] | None
    compteurs: tuple[CompteurFacts, ...]


@dataclass(frozen=True, slots=True)
class Suivi:
    """What the measures of a point depend on beyond its fiche: periods, gaps, calendars, meters.

    `calendriers`: (side, from, code), oldest first; `compteurs`: (installed, removed, whether it
    tells its TIC flags, as every Linky does), oldest first; `oppositions`: days [from, end) on
    which the client opposes the recording of the curve.
    """

    collectes: tuple[tuple[date, date | None], ...] = ()
    trous: tuple[tuple[datetime, datetime], ...] = ()
    calendriers: tuple[tuple[CoteCalendrier, date, str], ...] = ()
    compteurs: tuple[tuple[date, date | None, bool], ...] = ()
    oppositions: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class AccesFacts:
    """An active access service of a point; see `sge_sim.tables.commandes.ServiceSouscrit`."""

    acces_type: TypeServiceAcces
    sens: Sens
    acteur_code: str
    date_debut: date
    date_fin: date | None

    def covers(
        self,
        type: str,
        sens: tuple[Sens, ...],
        *,
        acteur_code: str,
        debut: date,
        fin: date,
        jour: date,
    ) -> bool:
        """Tell whether it runs on `jour` and lets the actor consult [debut, fin)."""
        return (
            (self.acces_type, (self.sens,), self.acteur_code) == (type, sens, acteur_code)
            and self.date_debut <= debut
            and (self.date_fin is None or (fin <= self.date_fin and jour < self.date_fin))
        )


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """What is known of a point at a revision.

    Two readings that found the same are one dossier, so what is computed from it may be kept
    beside it, by identity.
    """

    point: PointFacts
    suivi: Suivi
    acces: tuple[AccesFacts, ...]

    def says_as(self, other: "Dossier") -> bool:
        """Tell whether `other` says the same."""
        mine = (self.point, self.suivi, self.acces)
        return mine == (other.point, other.suivi, other.acces)

    def has_acces(
        self,
        type: str,
        sens: tuple[Sens, ...],
        *,
        acteur_code: str,
        debut: date,
        fin: date,
        jour: date,
    ) -> bool:
        """Tell whether an access service lets the actor consult [debut, fin) on `jour`."""
        return any(
            one.covers(type, sens, acteur_code=acteur_code, debut=debut, fin=fin, jour=jour)
            for one in self.acces
        )


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """A publication of an access service; see `sge_sim.tables.commandes.OptionPublication`."""

    corrigees: bool | None
    periodicite: str
    date_debut: date
    date_fin: date | None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A subscribed service and its options; see `sge_sim.tables.commandes.ServiceSouscrit`."""

    service_souscrit_id: str
    type: TypeService
    etat: EtatService
    prm: str
    acteur_code: str | None
    contrat_id: str | None
    affaire_id: str | None
    mesures_type: MesuresType | None
    acces_type: TypeServiceAcces | None
    sens: Sens | None
    pas: str | None
    corrigees: bool | None
    periodicite: str | None
    abonnement_numero: int | None
    date_debut: date
    date_fin: date | None
    motif_fin: MotifFin | None
    ordered_at: datetime
    activated_at: datetime | None
    ended_at: datetime | None
    options: tuple[OptionFacts, ...] = ()

    @property
    def options_en_cours(self) -> tuple[OptionFacts, ...]:
        """The options that haven't been stopped."""
        return tuple(one for one in self.options if one.date_fin is None)


class Faits(NamedTuple):
    """The facts that one call asked for, all of one state; what it didn't ask for is empty.

    `acteur` is the calling actor; `services` are those of a point, whoever ordered them.
    """

    dossier: Dossier | None = None
    services: tuple[ServiceFacts, ...] = ()
    service: ServiceFacts | None = None
    utilisateur: UtilisateurFacts | None = None
    contrat: ContratFacts | None = None
    acteur: ActeurFacts | None = None

    @property
    def point(self) -> PointFacts | None:
        """The point, if it is known."""
        return None if self.dossier is None else self.dossier.point

    @property
    def known_point(self) -> PointFacts:
        """The point, behind the rule that wants it to be known."""
        assert self.dossier is not None
        return self.dossier.point
