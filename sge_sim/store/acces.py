"""Access services: they let an actor consult measures on its say alone (cadreAcces SERVICE_ACCES).

One covers one type of measures in one direction (GUI 0498).
"""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sge_sim.clock import start_of_day
from sge_sim.domaine.nomenclatures import Sens, TypeAcces, TypeServiceAcces
from sge_sim.store.acteurs import Contrat
from sge_sim.store.commandes import ServiceSouscrit
from sge_sim.store.numeros import next_numero


def grant_acces(
    session: Session,
    prm: str,
    type: TypeServiceAcces,
    sens: Sens,
    contrat: Contrat,
    debut: date,
    fin: date | None = None,
    *,
    consentement_id: int | None = None,
) -> ServiceSouscrit:
    """Open an access service of the actor of a contract on the days [debut, fin).

    `consentement_id` is the consent of Data Connect that opens it, if one does.
    """
    instant = start_of_day(debut)
    service = ServiceSouscrit(
        service_souscrit_id=f"{next_numero(session, 'service_souscrit'):08d}",
        type="ACCES",
        etat="ACTIF",
        prm=prm,
        acteur_code=contrat.acteur_code,
        contrat_id=contrat.contrat_id,
        acces_type=type,
        sens=sens,
        date_debut=debut,
        date_fin=fin,
        ordered_at=instant,
        activated_at=instant,
        echeance=None if fin is None else start_of_day(fin),
        consentement_id=consentement_id,
    )
    session.add(service)
    return service


def withdraw_acces(session: Session, prm: str, type: TypeAcces) -> None:
    """Take away the access services to that type that a point has or had; a consent's stay."""
    session.execute(
        delete(ServiceSouscrit).where(
            ServiceSouscrit.prm == prm,
            ServiceSouscrit.acces_type == type,
            ServiceSouscrit.consentement_id.is_(None),
        )
    )
