"""CR.M023: what is published of each point that a demand names, or why nothing is.

These rules come once the demand was accepted (GUI 0502 §2.1.2); what they say goes into the report
(schema 0509 v1.1.0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, Demandeur, TypeServiceAcces
from sge_sim.flux.r6x.mesures import Jours, PointDecrit, periode
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.refus import Control, Refus, Rule, check_each, rule
from sge_sim.tables.m023 import DemandeM023
from sge_sim.tables.point_facts import AccesFacts, Dossier

_ACCES: Final[Mapping[str, TypeServiceAcces]] = MappingProxyType(
    {"R63": "COURBE", "R64": "INDEX", "R65": "ENERGIE", "R66": "PMAX", "C68": "ITC", "ITCE": "ITC"}
)
"""The access service that lets a file be demanded; none covers billed measures (assumed)."""
ITCE: Final = "ITCE"
SERVICE: Final = "CR.M023"
"""What completes the names of these rules."""
_GUIDE: Final = "GUI 0502 v1.4.0"
NON_RECEVABLE: Final = "NON_RECEVABLE"
NON_PUBLIE: Final = "NON_PUBLIE"
_NON_TITULAIRE: Final = "le demandeur n'est pas le titulaire du contrat unique de ce PRM"
_SANS_DONNEE: Final = "aucune donnée disponible sur la période"
_MESURES_FINES: Final = frozenset({"R63", "R64", "R65", "R66"})


@dataclass(frozen=True)
class PointDemande:
    """A point that a demand names, and who demands it."""

    demande: DemandeM023
    dossier: Dossier
    demandeur: Demandeur

    @property
    def by_company(self) -> bool:
        """Whether a company demands it, as the customer of its points or authorised by that."""
        return self.demande.sirens is not None

    @property
    def contrat(self) -> tuple[date, date | None] | None:
        """The legal days [debut, fin) of the contract in which the demand ends, where who demands
        does so as its holder: they are theirs to know once it is over too."""
        demande = self.demande
        if demande.cadre != "EST_TITULAIRE" or demande.date_fin is None or self.by_company:
            return None
        debut, fin = self.dossier.contrat_au(demande.date_fin - timedelta(days=1))
        return None if debut is None else (debut, fin)

    @property
    def services(self) -> list[AccesFacts]:
        """The access services of the demandeur that reach into the days demanded."""
        demande = self.demande
        # Contract data are of both directions.
        sens = None if demande.flux == ITCE else demande.sens
        wanted = (_ACCES.get(demande.flux), sens, self.demandeur.code)
        return [
            acces
            for acces in self.dossier.acces
            if (acces.acces_type, sens and acces.sens, acces.acteur_code) == wanted
            and (demande.date_fin is None or acces.date_debut < demande.date_fin)
        ]


@rule(
    NON_PUBLIE,
    source=f"{_GUIDE} §4",
    provenance="documented",
    remede="un point dont le demandeur est le fournisseur titulaire sur toute la période, ou un "
    "autre cadreAcces",
)
def demandeur_titulaire(point: PointDemande) -> bool | str:
    """Who demands as the holder of the point's contract is its supplier, over the whole period."""
    demande, acteur = point.demande, point.demandeur.code
    if demande.cadre != "EST_TITULAIRE":
        return True
    if demande.sirens is not None:
        customer = (point.dossier.point.siret or "")[:9]
        mine = point.dossier.point.en_service and customer in demande.sirens.split()
        return mine or "le point n'est pas d'un SIREN du compte, ou n'est plus en service"
    if demande.date_debut is None or demande.date_fin is None:
        return point.dossier.point.fournisseur_titulaire == acteur or _NON_TITULAIRE
    held = point.dossier.is_held_by(acteur, demande.date_debut, demande.date_fin)
    return held or _NON_TITULAIRE


@rule(
    NON_PUBLIE,
    source=f"{_GUIDE} §4",
    provenance="documented",
    remede="un service d'accès du demandeur à ces mesures, dans ce sens, ou un autre cadreAcces",
)
def service_d_acces_souscrit(point: PointDemande) -> bool | str:
    """Who demands by an access service has one that reaches into the days demanded."""
    return (
        point.demande.cadre != "SERVICE_ACCES"
        or bool(point.services)
        or "aucun service d'accès pour ce PRM"
    )


@rule(
    NON_PUBLIE,
    source=f"{_GUIDE} §4 ; texte supposé",
    provenance="assumed",
    remede="un point en service",
)
def point_en_service(point: PointDemande) -> bool | str:
    """A point that is demanded by its customer's agreement is in service."""
    return (
        point.demande.cadre != "ACCORD_CLIENT"
        or point.dossier.point.en_service
        or "PRM non en service"
    )


@rule(
    NON_PUBLIE,
    source=f"{_GUIDE} §4 ; texte supposé",
    provenance="assumed",
    remede="le sens dans lequel le point a un contrat",
)
def contrat_dans_ce_sens(point: PointDemande) -> bool | str:
    """The point has a contract in the direction demanded, or had that of its holder."""
    sens = point.demande.sens
    if point.demande.flux == ITCE:
        return True
    soutirage = sens == "SOUTIRAGE"
    held = (
        point.dossier.point.contrat_soutirage
        if soutirage
        else point.dossier.point.contrat_injection
    )
    had = point.contrat is not None and sens == SENS_OF_SEGMENT[point.dossier.point.segment]
    return bool(held or had) or "aucun contrat dans ce sens sur ce PRM"


@rule(
    NON_PUBLIE,
    source=f"{_GUIDE} §4 ; texte supposé",
    provenance="assumed",
    remede="un grand point, ou un C5 ou P4 de niveau d'ouverture aux services 2",
)
def point_ouvert_aux_mesures(point: PointDemande) -> bool | str:
    """A small point is open to the services of fine measures, where those are demanded."""
    fines = point.demande.flux in _MESURES_FINES and point.dossier.point.petit
    return (
        not fines
        or point.dossier.point.ouvert_aux_mesures
        or "niveau d'ouverture aux services insuffisant pour ce PRM"
    )


RULES: Final[tuple[Control[PointDemande], ...]] = (
    demandeur_titulaire,
    service_d_acces_souscrit,
    point_en_service,
    contrat_dans_ce_sens,
    point_ouvert_aux_mesures,
)
"""What a point is checked by, in this order (assumed)."""
POINT_CONNU: Final = Rule(
    "point_connu",
    NON_RECEVABLE,
    f"{_GUIDE} §4 ; texte supposé",
    "assumed",
    "le PRM d'un point du jeu de données (sge-sim points list les donne)",
)
DONNEE_DISPONIBLE: Final = Rule(
    "donnee_disponible",
    NON_PUBLIE,
    f"{_GUIDE} §4 ; texte supposé",
    "assumed",
    "des jours mesurés depuis la mise en service et le début du service d'accès",
)
"""Why a point isn't published that nothing else refuses."""


@dataclass
class Suivi023:
    """What is known of a demand while its files are made: `refus` says why a point isn't
    published, with the code of the report, `fichiers` the points by archive."""

    demande: DemandeM023
    demandeur: Demandeur
    prms: Sequence[str]
    refus: dict[str, Refus] = field(default_factory=dict)
    fichiers: dict[str, Sequence[str]] = field(default_factory=dict)


def admit(suivi: Suivi023, dossiers: Mapping[str, Dossier | None]) -> list[PointDemande]:
    """Return the points that may be published, and note why the others may not.

    `dossiers` holds what is known of each point, None of one that SGE doesn't know."""
    unknown = [prm for prm, dossier in dossiers.items() if dossier is None]
    suivi.refus |= {prm: Refus(POINT_CONNU, "PRM inexistant") for prm in unknown}
    points = [
        PointDemande(suivi.demande, dossier, suivi.demandeur)
        for dossier in dossiers.values()
        if dossier is not None
    ]
    checked = [*zip(points, check_each(RULES, points), strict=True)]
    suivi.refus |= {point.dossier.point.prm: refus for point, refus in checked if refus}
    return [point for point, refus in checked if refus is None]


def describe_demanded(points: Sequence[PointDemande], *, pertes: bool = False) -> list[PointDecrit]:
    """Return what is published of the points of which something was measured on the days that are
    demanded: they begin with the last commissioning at the earliest, and with the access service.
    """
    contrats = [point.contrat for point in points]
    mesures = [
        point_mesure(
            point.dossier.point, point.dossier.mesures, point.demande.sens, contrat, pertes=pertes
        )
        for point, contrat in zip(points, contrats, strict=True)
    ]
    etendues = [
        None if mesure is None else _jours(point, mesure.mise_en_service)
        for point, mesure in zip(points, mesures, strict=True)
    ]
    periodes = [etendue and periode(*etendue) for etendue in etendues]
    return [
        PointDecrit(
            prm=point.dossier.point.prm,
            mesure=mesure,
            sens=point.demande.sens,
            periode=ecrite,
            etendues=(etendue,),
            corrigees=point.demande.corrigees,
        )
        for point, mesure, etendue, ecrite in zip(points, mesures, etendues, periodes, strict=True)
        if mesure and etendue and ecrite
    ]


def _jours(point: PointDemande, mise_en_service: date) -> Jours | None:
    """Return the days that are published of a point, None where there are none."""
    demande = point.demande
    assert demande.date_debut is not None, "measures are demanded of days"
    assert demande.date_fin is not None, "measures are demanded of days"
    debut, fin = demande.date_debut, demande.date_fin
    if demande.cadre == "SERVICE_ACCES":
        services = point.services
        debut = max(debut, min(service.date_debut for service in services))
        fin = min(fin, max(service.date_fin or date.max for service in services))
    debut = max(debut, mise_en_service)
    return (debut, fin) if debut < fin else None


def rapport_tree(suivi: Suivi023) -> dict[str, Any]:
    """Return the report; archives go by the names of their zips (assumed)."""
    # Each point that was published, with the key of its first archive.
    archives = reversed([*enumerate(suivi.fichiers.values(), start=1)])
    publies = {prm: cle for cle, prms in archives for prm in prms}
    sans_donnee = Refus(DONNEE_DISPONIBLE, _SANS_DONNEE)
    refus = {prm: suivi.refus.get(prm, sans_donnee) for prm in suivi.prms}
    refused = {prm for prm, why in refus.items() if why.rule.code == NON_RECEVABLE}
    return {
        "synthese": {
            "nbPrmTotal": len(refus),
            "nbPrmRecevables": len(refus) - len(refused),
            "nbPrmNonRecevables": len(refused),
            "nbPrmPublies": len(publies),
            "nbPrmNonPublies": len(refus) - len(publies),
            "nbFichiersPublies": len(suivi.fichiers),
        },
        "fichiersPublies": [
            {"nomFichier": nom, "cleFichier": cle}
            for cle, nom in enumerate(suivi.fichiers, start=1)
        ],
        "prmDemandes": [
            {
                "idPrm": prm,
                # The demand itself isn't admissible for a point that nobody knows.
                "recevabilite": NON_RECEVABLE if prm in refused else "RECEVABLE",
                **(
                    {"publication": "PUBLIE", "cleFichier": publies[prm]}
                    if prm in publies
                    else {"publication": NON_PUBLIE, "motif": why.constat}
                ),
            }
            for prm, why in refus.items()
        ],
    }
