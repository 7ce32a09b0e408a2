"""What RechercheServicesSouscritsMesures answers (GUI 0475 §4).

An actor sees its own services; the opposition of the client of a C5 is seen by every actor. The
direction of the measures isn't transmitted in this version.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.commandes.vie import MOTIFS
from sge_sim.referentiel.libelles import libelle
from sge_sim.services.trees import coded, present
from sge_sim.soap.protocol import Tree
from sge_sim.store.codes import MESURES_OF_ACCES, MotifFin
from sge_sim.store.commandes import ServiceSouscrit
from sge_sim.store.dataconnect import FicheServiceConsenti

_MAX_SERVICES: Final = 200


def services_found(
    services: Sequence[ServiceSouscrit], acces: Sequence[FicheServiceConsenti], jour: date
) -> Tree:
    """Return the response: no block at all where there is no service, which is a success.

    `acces` are those that consents opened, told as they are on `jour`. Of more than 200, the
    oldest are left out (the bound is the schema's, the choice assumed).
    """
    told = [*(_service(one) for one in services), *(_acces(one, jour) for one in acces)]
    if not told:
        return {}
    return {"servicesSouscritsMesures": {"serviceSouscritMesures": told[-_MAX_SERVICES:]}}


def _acces(acces: FicheServiceConsenti, jour: date) -> Tree:
    """Return an access service, under the kinds of measures that Data Connect names."""
    active = acces.is_active(jour)
    motif: MotifFin = acces.motif_fin or "echeance"
    return present(
        {
            "serviceSouscritId": acces.service_souscrit_id,
            "pointId": acces.prm,
            "serviceSouscritType": coded("serviceSouscritType", "ACCES"),
            "serviceSouscritLibelle": libelle("serviceSouscritType", "ACCES"),
            "etatCode": "ACTIF" if active else "TERMINE",
            "dateDebut": acces.debut,
            "dateFin": acces.fin,
            "motifFinLibelle": None if active else MOTIFS[motif],
            "mesuresTypeCode": MESURES_OF_ACCES[acces.type],
        }
    )


def _service(service: ServiceSouscrit) -> Tree:
    return present(
        {
            "serviceSouscritId": service.service_souscrit_id,
            "pointId": service.prm,
            "serviceSouscritType": coded("serviceSouscritType", service.type),
            "serviceSouscritLibelle": _libelle(service),
            "contratId": service.contrat_id,
            "etatCode": service.etat,
            "dateDebut": service.date_debut,
            "dateFin": service.date_fin,
            "motifFinLibelle": _motif(service),
            "mesuresTypeCode": service.mesures_type,
            "mesuresPas": service.pas,
            "mesuresCorrigees": service.corrigees,
            "periodiciteTransmission": service.periodicite,
        }
    )


def _libelle(service: ServiceSouscrit) -> str:
    """Return the label of the prestation that was ordered (assumed: no list is published)."""
    if service.mesures_type is None or service.sens is None:
        return libelle("serviceSouscritType", service.type)
    return prestation_collecte(
        service.point.segment,
        service.sens,
        service.mesures_type,
        recurrente=service.type == "TRANSREC",
    ).fiche_libelle


def _motif(service: ServiceSouscrit) -> str | None:
    """Return why the service ended; a service that is being stopped doesn't tell it yet."""
    if service.etat != "TERMINE" or service.motif_fin is None:
        return None
    return MOTIFS[service.motif_fin]
