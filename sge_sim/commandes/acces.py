"""Access services: ordered, renewed, stopped, and what they publish.

An order opens a case per service. The service is active at once, on C5 and large points alike
(homologation slides V26.2); it ends as any other (`sge_sim.commandes.vie`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes import vie
from sge_sim.commandes.affaires import Commande, open_affaire, open_order
from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.prestations import Prestation, prestation_acces, prestation_collecte
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, GRANDS, Segment, Sens, TypeServiceAcces
from sge_sim.tables.acces import OptionPublication, close_option
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import Affaire, ServiceSouscrit
from sge_sim.tables.ecritures import Numeros, write_at
from sge_sim.tables.point_facts import ServiceFacts

_OPPOSITION = Prestation("OPPENR", "Opposition à l'enregistrement de la courbe de charge")


@dataclass(frozen=True)
class Publie:
    """What a service publishes: how often and, of a curve, whether it is corrected."""

    periodicite: str
    corrigees: bool | None

    def __str__(self) -> str:
        return f"{self.periodicite} corrigées" if self.corrigees else self.periodicite


@dataclass(frozen=True)
class AccesSouscrit:
    """Access to one type of measures in one direction, until a legal date (excluded) or for good.

    It starts on the day of its order.
    """

    acces_type: TypeServiceAcces
    sens: Sens
    date_fin: date | None
    options: tuple[Publie, ...] = ()

    def among(self, services: Iterable[ServiceFacts], contrat_id: str) -> list[ServiceFacts]:
        """Return the services, not ended, that give the same access under the same contract."""
        return [
            service
            for service in services
            if service.etat != "TERMINE"
            and (service.acces_type, service.sens, service.contrat_id)
            == (self.acces_type, self.sens, contrat_id)
        ]

    def __str__(self) -> str:
        published = " + ".join(map(str, self.options))
        options = f", publication {published}" if published else ""
        until = f"jusqu'au {self.date_fin}" if self.date_fin else "sans fin"
        return f"accès {DONNEES_ACCES[self.acces_type]} {self.sens} {until}{options}"


def order_acces(
    session: Session,
    numeros: Numeros,
    commande: Commande,
    segment: Segment,
    asked: Iterable[tuple[AccesSouscrit, Prestation]],
    declaration: Declaration,
) -> list[tuple[Affaire, ServiceSouscrit]]:
    """Open a case and a service for each that an accepted order asks for; access to the curve
    starts its collection (GUI 0531).

    `numeros` are the last numbers given, here and below.
    """
    today = legal_date(commande.now)
    opened, rows = [], []
    given = {sorte: numeros[sorte] for sorte in ("affaire", "service_souscrit")}
    for acces, prestation in asked:
        given["affaire"] += 1
        given["service_souscrit"] += 1
        affaire, service = open_order(
            (given["affaire"], given["service_souscrit"]),
            commande,
            prestation,
            str(acces),
            "ACCES",
            date_debut=today,
            date_fin=acces.date_fin,
            acces_type=acces.acces_type,
            sens=acces.sens,
            pas=step_of(segment, acces.acces_type),
        )
        rows += [
            affaire,
            service,
            *vie.activate(service, commande.now),
            declared(affaire, declaration, date_debut=today, date_fin=acces.date_fin),
            *(publication(service.service_souscrit_id, option, today) for option in acces.options),
        ]
        opened.append((affaire, service))
    write_at(session, commande.now, rows, given)
    return opened


def step_of(segment: Segment, acces_type: TypeServiceAcces) -> str | None:
    """Return the step of what an access service covers, where it has one (GUI 0537)."""
    if acces_type == "COURBE":
        return "PT5M" if segment in GRANDS else "PT30M"
    return "P1D" if acces_type == "INDEX" else None


def publication(service_souscrit_id: str, option: Publie, today: date) -> OptionPublication:
    """Return what a service publishes from `today` on, which the caller writes."""
    return OptionPublication(
        service_souscrit_id=service_souscrit_id,
        corrigees=option.corrigees,
        periodicite=option.periodicite,
        date_debut=today,
        date_fin=None,
    )


def unpublish(session: Session, service_souscrit_id: str, option: Publie, today: date) -> None:
    """Stop publishing for a service from `today` on; the service itself goes on."""
    close_option(session, service_souscrit_id, option.periodicite, option.corrigees, today)


def renew_acces(
    session: Session,
    numeros: Numeros,
    commande: Commande,
    services: Sequence[ServiceSouscrit],
    date_fin: date | None,
    declaration: Declaration,
) -> list[Affaire]:
    """Put off the end of services and of all that they publish, each by a case of its own: they
    keep their numbers (slides V26.2). One that a consent opened is the order's from then on."""
    today = legal_date(commande.now)
    affaires, taken = [], []
    for numero, service in enumerate(services, numeros["affaire"] + 1):
        assert service.acces_type is not None
        assert service.sens is not None
        prestation = prestation_acces(
            service.point.segment, service.sens, service.acces_type, publie=False
        )
        acces = AccesSouscrit(service.acces_type, service.sens, date_fin)
        demande = f"renouvellement {service.service_souscrit_id}, {acces}"
        affaire = open_affaire(commande, "M0", numero, prestation, demande)
        affaire.etat, affaire.closed_at = "realisee", commande.now
        service.date_fin = date_fin
        service.echeance = None if date_fin is None else start_of_day(date_fin)
        affaires.append(affaire)
        if service.consentement_id is not None:
            taken.append((service.service_souscrit_id, affaire.affaire_id))
    declarations = [
        declared(affaire, declaration, date_debut=today, date_fin=date_fin) for affaire in affaires
    ]
    _write(session, numeros, commande, affaires, declarations)
    for numero_service, affaire_id in taken:  # the case is there by now (assumed)
        service = session.get_one(ServiceSouscrit, numero_service)
        service.consentement_id, service.affaire_id = None, affaire_id
    return affaires


def stop_services(
    session: Session, numeros: Numeros, commande: Commande, services: Sequence[ServiceSouscrit]
) -> list[Affaire]:
    """Stop services, each by a case of its own, which closes when the service ends."""
    affaires = []
    for numero, service in enumerate(services, numeros["affaire"] + 1):
        vie.stop(service, commande.now, commande.delai)
        demande = f"arrêt du service {service.service_souscrit_id}"
        affaire = open_affaire(commande, "M0", numero, _stopped(service), demande)
        affaire.echeance = service.echeance
        affaires.append(affaire)
    carry_out(session, (*services, *affaires), commande.now)
    _write(session, numeros, commande, affaires)
    return affaires


def _write(
    session: Session,
    numeros: Numeros,
    commande: Commande,
    affaires: Sequence[Affaire],
    others: Sequence[Base] = (),
) -> None:
    """Write cases, which have the numbers after the last, and what goes with them."""
    given: Numeros = {"affaire": numeros["affaire"] + len(affaires)}
    write_at(session, commande.now, (*affaires, *others), given)


def _stopped(service: ServiceSouscrit) -> Prestation:
    """Return the line of the catalogue under which a service is stopped: its own (assumed)."""
    if service.sens is None:
        return _OPPOSITION
    segment = service.point.segment
    if service.acces_type is not None:
        return prestation_acces(segment, service.sens, service.acces_type, publie=False)
    assert service.mesures_type is not None
    return prestation_collecte(
        segment, service.sens, service.mesures_type, recurrente=service.type == "TRANSREC"
    )
