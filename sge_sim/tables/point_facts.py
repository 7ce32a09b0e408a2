"""What the state holds, as values that never change: what rules and answers read.

*Facts* are what a row said when it was read; a `Dossier` is all that is known of a point. They
know nothing of the database: `sge_sim.facts.lecture` reads the rows that they are made of.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from sys import intern
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from sge_sim.domaine.nomenclatures import (
    ETATS_EN_SERVICE,
    ETATS_SANS_ALIMENTATION,
    GRANDS,
    PETITS,
    CategorieClientFinal,
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
from sge_sim.tables.acteur_facts import ActeurFacts, ContratFacts, ReadRows, UtilisateurFacts
from sge_sim.tables.mesures_facts import MesuresFacts, mesures_facts_from

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


_SITUATION: Final[Mapping[str, Callable[[Any], bool]]] = {
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
    """What `_SITUATION` says, of a row: found whenever it is asked for."""

    __slots__ = ()

    en_service = property(_SITUATION["en_service"])
    alimente = property(_SITUATION["alimente"])
    grand = property(_SITUATION["grand"])
    petit = property(_SITUATION["petit"])
    ouvert_aux_mesures = property(_SITUATION["ouvert_aux_mesures"])


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
class PointFacts:
    """A point and its meters, the oldest first; see `sge_sim.tables.points.Point`.

    What its states come to is found once, when it is read.
    """

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
    heures_creuses_libelle: str | None
    heures_creuses_saison_basse: str | None
    futures_heures_creuses_id: str | None
    futures_heures_creuses_libelle: str | None
    futures_heures_creuses_saison_basse: str | None
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
    en_service: bool = field(init=False)
    alimente: bool = field(init=False)
    grand: bool = field(init=False)
    petit: bool = field(init=False)
    ouvert_aux_mesures: bool = field(init=False)

    def __post_init__(self) -> None:
        for name, found in _SITUATION.items():
            object.__setattr__(self, name, found(self))


@dataclass(frozen=True, slots=True)
class AccesFacts:
    """An active access service of a point; see `sge_sim.tables.commandes.ServiceSouscrit`."""

    acces_type: TypeServiceAcces
    sens: Sens
    acteur_code: str
    date_debut: date
    date_fin: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """What is known of a point at a revision.

    Two readings that found the same are one dossier, so what is computed from it may be kept
    beside it, by identity.
    """

    point: PointFacts
    mesures: MesuresFacts
    acces: tuple[AccesFacts, ...]

    def au(self, jour: date) -> PointFacts:
        """Return the point as it was on a legal day: of each column, the first to be replaced."""
        later = reversed(
            [ancienne for ancienne in self.mesures.anciennes if ancienne.jusqu_a > jour]
        )
        return replace(self.point, **{ancienne.nom: ancienne.valeur for ancienne in later})

    def sur(self, debut: date, fin: date) -> tuple[PointFacts, ...]:
        """Return the point as it was over the legal days [debut, fin), before and after changes."""
        changes = {
            ancienne.jusqu_a
            for ancienne in self.mesures.anciennes
            if debut < ancienne.jusqu_a < fin
        }
        return tuple(self.au(jour) for jour in (debut, *sorted(changes)))

    def is_held_by(self, acteur_code: str, debut: date, fin: date) -> bool:
        """Tell whether a supplier held one contract over [debut, fin): a new client has another,
        and a point that was terminated has none."""
        if fin > (self.point.date_resiliation or date.max):
            return False
        etats = self.sur(debut, fin)
        held = {(etat.fournisseur_titulaire, etat.date_mise_en_service) for etat in etats}
        return len(held) == 1 and held.pop()[0] == acteur_code

    def contrat_au(self, jour: date) -> tuple[date | None, date | None]:
        """Return the legal days [debut, fin) of the contract of a day; a new client has another."""
        fins = [
            ancienne.jusqu_a
            for ancienne in self.mesures.anciennes
            if ancienne.nom == "date_mise_en_service" and ancienne.jusqu_a > jour
        ]
        fin = min(fins, default=self.point.date_resiliation)
        return self.au(jour).date_mise_en_service, fin

    def says_as(self, other: "Dossier") -> bool:
        """Tell whether `other` says the same."""
        mine = (self.point, self.mesures, self.acces)
        return mine == (other.point, other.mesures, other.acces)

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
        """Tell whether an access service of `jour` lets the actor consult [debut, fin)."""
        wanted = (type, sens, acteur_code)
        return any(
            (acces.acces_type, (acces.sens,), acces.acteur_code) == wanted
            and acces.date_debut <= debut
            and (acces.date_fin is None or (fin <= acces.date_fin and jour < acces.date_fin))
            for acces in self.acces
        )


def dossier_from(
    points: ReadRows, compteurs: ReadRows, acces: ReadRows, *mesures: ReadRows
) -> Dossier | None:
    """Make what is known of a point of its rows: nothing where there is none."""
    if not points:
        return None
    meters = tuple(CompteurFacts(*_shared(row)) for row in compteurs)
    return Dossier(
        PointFacts(*(*_shared(points[0]), meters)),
        mesures_facts_from(*mesures),
        tuple(AccesFacts(*row) for row in acces),
    )


def _shared(row: Sequence[Any]) -> Iterator[Any]:
    """Give the cells of a row, its texts as the same objects as those of other points.

    Thousands of points are kept, and most of what they say is one of a few words.
    """
    return (intern(cell) if type(cell) is str else cell for cell in row)


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """A publication of an access service; see `sge_sim.tables.acces.OptionPublication`."""

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
        return tuple(option for option in self.options if option.date_fin is None)


def services_from(rows: ReadRows, options: ReadRows) -> tuple[ServiceFacts, ...]:
    """Make services of their rows, and of those of what they publish."""
    found: dict[str, list[OptionFacts]] = {}
    for number, *cells in options:
        found.setdefault(number, []).append(OptionFacts(*cells))
    return tuple(ServiceFacts(*(*row, tuple(found.get(row[0], ())))) for row in rows)


class Faits(NamedTuple):
    """The facts that one call asked for, all of one state; what it didn't ask for is empty.

    `acteur` is the calling actor; `services` are those of a point, whoever ordered them;
    `abonnement` is the number of a recurrent transmission, `rang_m023` is when the demand of M023
    of some rank was accepted. A call that writes has the last numbers given too (`numeros`).
    """

    dossier: Dossier | None = None
    services: tuple[ServiceFacts, ...] = ()
    service: ServiceFacts | None = None
    utilisateur: UtilisateurFacts | None = None
    contrat: ContratFacts | None = None
    acteur: ActeurFacts | None = None
    abonnement: int | None = None
    numeros: Mapping[str, int] = MappingProxyType({})
    rang_m023: datetime | None = None

    @property
    def point(self) -> PointFacts | None:
        """The point, if it is known."""
        return None if self.dossier is None else self.dossier.point

    @property
    def known_point(self) -> PointFacts:
        """The point, behind the rule that wants it to be known."""
        assert self.dossier is not None
        return self.dossier.point
