"""What is published of a point that a demand of M023 names, or why nothing is (GUI 0502 §2.1.2).

These controls come once the demand was accepted; their reasons go into the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from sge_sim.domaine.nomenclatures import KindActeur, TypeServiceAcces
from sge_sim.flux.r6x.entete import periode
from sge_sim.flux.r6x.mesures import PointDecrit
from sge_sim.flux.r6x.rapport import (
    AUTRE_SENS,
    HORS_SERVICE,
    NON_OUVERT,
    NON_TITULAIRE,
    SANS_DONNEE,
    SANS_SERVICE,
)
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.fiches import Dossier, FicheAcces
from sge_sim.tables.m023 import DemandeM023

_ACCES: Final[Mapping[str, TypeServiceAcces]] = MappingProxyType(
    {"R63": "COURBE", "R64": "INDEX", "R65": "ENERGIE", "R66": "PMAX", "C68": "ITC"}
)
"""The access service that lets a file be demanded; none covers billed measures (assumed)."""
_MESURES_FINES: Final = frozenset({"R63", "R64", "R65", "R66"})


@dataclass(frozen=True)
class Demandeur023:
    """Who demands."""

    acteur_code: str
    kind: KindActeur


class NonPublie(Exception):  # noqa: N818 - the field's word
    """A point of which nothing is published; its text is the reason of the report."""


def check_acces(demande: DemandeM023, dossier: Dossier, demandeur: Demandeur023) -> None:
    """Check the right by which a point is demanded; raises `NonPublie`."""
    point = dossier.point
    if demande.cadre == "EST_TITULAIRE" and point.fournisseur_titulaire != demandeur.acteur_code:
        raise NonPublie(NON_TITULAIRE)
    if demande.cadre == "SERVICE_ACCES" and not _services(demande, dossier, demandeur):
        raise NonPublie(SANS_SERVICE)
    if demande.cadre == "ACCORD_CLIENT" and not point.en_service:
        raise NonPublie(HORS_SERVICE)
    held = point.contrat_soutirage if demande.sens == "SOUTIRAGE" else point.contrat_injection
    if not held:
        raise NonPublie(AUTRE_SENS)
    if demande.flux in _MESURES_FINES and point.petit and not point.ouvert_aux_mesures:
        raise NonPublie(NON_OUVERT)


def describe_demanded(
    demande: DemandeM023, dossier: Dossier, demandeur: Demandeur023
) -> PointDecrit:
    """Return what is published of a point: its days begin with the last commissioning at the
    earliest, and with the access service; raises `NonPublie`."""
    check_acces(demande, dossier, demandeur)
    mesure = point_mesure(dossier.point, dossier.suivi, demande.sens)
    assert demande.date_debut is not None, "measures are demanded of days"
    assert demande.date_fin is not None, "measures are demanded of days"
    debut, fin = demande.date_debut, demande.date_fin
    if demande.cadre == "SERVICE_ACCES":
        services = _services(demande, dossier, demandeur)
        debut = max(debut, min(one.date_debut for one in services))
        fin = min(fin, max(one.date_fin or date.max for one in services))
    if mesure is None:
        raise NonPublie(SANS_DONNEE)
    debut = max(debut, mesure.mise_en_service)
    if debut >= fin:
        raise NonPublie(SANS_DONNEE)
    return PointDecrit(
        prm=dossier.point.prm,
        mesure=mesure,
        sens=demande.sens,
        periode=periode(debut, fin),
        etendues=((debut, fin),),
        corrigees=demande.corrigees,
    )


def _services(demande: DemandeM023, dossier: Dossier, demandeur: Demandeur023) -> list[FicheAcces]:
    """Return the access services of the requester that reach into the days demanded."""
    wanted = (_ACCES.get(demande.flux), demande.sens, demandeur.acteur_code)
    return [
        one
        for one in dossier.acces
        if (one.acces_type, one.sens, one.acteur_code) == wanted
        and (demande.date_fin is None or one.date_debut < demande.date_fin)
    ]
