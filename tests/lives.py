"""Lives of services, from their order on, without any service of SGE in between."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_states import filled_database
from sqlalchemy import select
from sqlalchemy.orm import Session
from state_kit import A_POINT, ROMIGUIERES, faits_to_subscribe, numeros_within

from sge_sim.clock import PARIS, Duree
from sge_sim.commandes.acces import AccesSouscrit, order_acces, renew_acces, stop_services
from sge_sim.commandes.affaires import Commande, subscribe
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.prestations import prestation_acces, prestation_collecte
from sge_sim.commandes.souscription import Souscription
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.facts.database import Database
from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import Collecte, read_mesures_facts
from sge_sim.tables.points import Commune, Point, find_point

PRM, LARGE = "25800000000000", "98600000000000"
TIERS, CONTRAT = "TIERS1", "1100256"
DAY = date(2025, 8, 1)
NOON = datetime(2025, 8, 1, 12, 0, tzinfo=PARIS)
DAYS = timedelta(days=1)
DECLARATION = Declaration(True, "Éléonore ROCHE", True, False)
CURVE = Souscription(
    contrat_id=CONTRAT,
    mesures_type="CDC",
    sens="SOUTIRAGE",
    pas="PT30M",
    recurrente=True,
    corrigees=False,
    periodicite="P1D",
    date_debut=DAY,
    date_fin=date(2025, 9, 1),
)
INDEX = replace(CURVE, mesures_type="IDX", pas="P1D", corrigees=None)
A_HOLDER = {
    "nom_client_final": "Éléonore ROCHE",
    "categorie_client_final": "RES",
    "date_mise_en_service": date(2015, 5, 1),
}


@dataclass
class Lives:
    """Orders and looks at services of the point of the test."""

    database: Database

    def order(
        self,
        souscription: Souscription = CURVE,
        now: datetime = NOON,
        delai: timedelta = timedelta(0),
        prm: str = PRM,
        acteur: str = TIERS,
    ) -> str:
        """Order at `now` and have what is due then happen; return the number of the service."""
        asked = commande(prm, acteur, now, objet="AME", delai=delai)
        with self.database.transaction() as session:
            run_due(session, now)
            faits = faits_to_subscribe(session, prm, souscription)
            segment = faits.known_point.segment
            _, service = subscribe(
                session,
                asked,
                faits,
                souscription,
                souscription.among(faits.services),
                prestation_collecte(
                    segment,
                    souscription.sens,
                    souscription.mesures_type,
                    recurrente=souscription.recurrente,
                ),
                DECLARATION,
            )
            run_due(session, now)
            return service.service_souscrit_id

    def acces(
        self,
        acces: AccesSouscrit,
        now: datetime = NOON,
        prm: str = PRM,
        acteur: str = TIERS,
        contrat: str = CONTRAT,
    ) -> str:
        """Order access at `now`; return the number of the service."""
        with self.database.transaction() as session:
            run_due(session, now)
            segment = self._point(session, prm).segment
            prestation = prestation_acces(
                segment, acces.sens, acces.acces_type, publie=bool(acces.options)
            )
            asked = commande(prm, acteur, now, contrat)
            numeros, ordered = numeros_within(session), [(acces, prestation)]
            ((_, service),) = order_acces(session, numeros, asked, segment, ordered, DECLARATION)
            return service.service_souscrit_id

    def renew(self, number: str, date_fin: date | None, now: datetime = NOON) -> None:
        with self.database.transaction() as session:
            run_due(session, now)
            service = session.get_one(ServiceSouscrit, number)
            asked = commande(service.prm, TIERS, now)
            numeros = numeros_within(session)
            renew_acces(session, numeros, asked, [service], date_fin, DECLARATION)

    def stop(self, *numbers: str, now: datetime = NOON, delai: timedelta = timedelta(0)) -> None:
        with self.database.transaction() as session:
            run_due(session, now)
            services = [session.get_one(ServiceSouscrit, number) for number in numbers]
            asked = commande(services[0].prm, TIERS, now, delai=delai)
            stop_services(session, numeros_within(session), asked, services)

    def options(self, number: str) -> list[tuple[str, bool | None, date, date | None]]:
        with self.database.sessions() as session:
            rows = session.scalars(
                select(OptionPublication)
                .where(OptionPublication.service_souscrit_id == number)
                .order_by(OptionPublication.id)
            )
            return [(row.periodicite, row.corrigees, row.date_debut, row.date_fin) for row in rows]

    def until(self, instant: datetime) -> int:
        """Have all that is due by `instant` happen; return how many things happened."""
        with self.database.transaction() as session:
            return run_due(session, instant)

    def change(self, now: datetime, prm: str = PRM, **changements: Any) -> None:
        with self.database.transaction() as session:
            change_life(session, self._point(session, prm), Changements(**changements), now)

    def set(self, prm: str = PRM, **attributs: Any) -> None:
        """Set columns of the point."""
        with self.database.transaction() as session:
            point = self._point(session, prm)
            for name, value in attributs.items():
                setattr(point, name, value)

    def service(self, number: str) -> dict[str, Any]:
        """A service and the state of its case."""
        with self.database.sessions() as session:
            row = session.get_one(ServiceSouscrit, number)
            columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
            return columns | {"affaire": row.affaire and row.affaire.etat}

    def etat(self, number: str) -> str:
        return str(self.service(number)["etat"])

    def ended(self, number: str) -> tuple[str, str | None, date | None]:
        """The state of a service, why it ended and on which day."""
        service = self.service(number)
        return service["etat"], service["motif_fin"], service["date_fin"]

    def all(self) -> list[dict[str, Any]]:
        with self.database.sessions() as session:
            number = ServiceSouscrit.service_souscrit_id
            numbers = session.scalars(select(number).order_by(number)).all()
        return [self.service(number) for number in numbers]

    def collectes(self) -> list[tuple[date, date | None]]:
        with self.database.sessions() as session:
            rows = session.execute(select(Collecte.debut, Collecte.fin).order_by(Collecte.id))
            return [(debut, fin) for debut, fin in rows]

    def opposed(self) -> bool:
        with self.database.sessions() as session:
            return self._point(session, PRM).opposition_courbe

    def oppositions(self) -> list[tuple[date, date | None]]:
        """The periods of opposition that the measures are made with."""
        with self.database.sessions() as session:
            return [*read_mesures_facts(session, PRM).oppositions]

    @staticmethod
    def _point(session: Any, prm: str) -> Point:
        point = find_point(session, prm)
        assert point is not None
        return point


def commande(
    prm: str,
    acteur: str,
    now: datetime,
    contrat: str = CONTRAT,
    *,
    objet: str = "SAD",
    delai: timedelta = timedelta(0),
) -> Commande:
    """What an actor asks at `now`, and how long it takes."""
    return Commande(prm, acteur, contrat, "a@b.fr", objet, None, now, Delai(Duree(0, delai)))


def beginning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = filled_database(tmp_path / "sge-sim.db", _fill)
    yield database
    database.dispose()


def _fill(session: Session) -> None:
    session.add(Commune(**ROMIGUIERES, libelle="ROMIGUIERES"))
    session.add(Acteur(code=TIERS, nom=TIERS, kind="tiers"))
    for code in ("FOURN1", "FOURN2"):
        session.add(Acteur(code=code, nom=code, kind="fournisseur"))
    session.flush()
    session.add(
        Contrat(contrat_id=CONTRAT, acteur_code=TIERS, type="ET", date_debut=date(2015, 1, 1))
    )
    for prm, segment in ((PRM, "C5"), (LARGE, "C4")):
        session.add(Point(**A_POINT | A_HOLDER | {"prm": prm, "segment": segment}))


@pytest.fixture
def lives(database: Database) -> Lives:
    return Lives(database)
