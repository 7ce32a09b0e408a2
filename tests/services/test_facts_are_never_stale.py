"""Whatever two processes do to the state, what is kept answers as what is there."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from certificate_forge import authority
from made_states import prepared_database
from many_processes import PROCESSES
from sqlalchemy import URL, delete
from state_kit import faits_within

from sge_sim.clock import Duree, parse_instant
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.echeances import transaction_on
from sge_sim.commandes.moving_clock import advance_by
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.door.certificats import CertificateRegister
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.stored_clock import StoredClock, instant_within
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.reglages import Reglages, change_point
from sge_sim.refus import Refus
from sge_sim.services.registry import SERVICES
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.tables.acteurs import Certificat, Contrat, Utilisateur, default_acteur
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.point_facts import Faits
from sge_sim.tables.points import find_point

NOW = parse_instant("2025-08-01T10:00")
POINTS = ("25884515170669", "25478147557460", "98800000000246", "99999999999999")
PRINTS = ("ab" * 32, "cd" * 32)
STEPS = 20
CIVILITE = {"personnePhysique": {"civilite": "M", "nom": "ROCHE"}}
BY_PATH = {service.path: service for service in SERVICES}


class Actor:
    """One of the processes: what it does to the state, and what it is answered."""

    def __init__(self, url: URL, pem: str) -> None:
        self.pem = pem
        self.database = Database(url)
        self.clock = StoredClock(self.database)
        self.register = CertificateRegister(self.database)
        with self.database.sessions() as session:
            tiers = default_acteur(session, "tiers")
            self.demandeur = Demandeur(tiers.code, tiers.kind)
            self.login = next(
                user.login for user in tiers.utilisateurs if user.actif and user.services is None
            )
            self.contrat_id = next(
                contrat.contrat_id for contrat in tiers.contrats if not contrat.date_fin
            )

    def do(self, seed: int) -> str:
        """Change something that `seed` draws; return what."""
        draw = random.Random(seed)
        change: Callable[[random.Random], object] = draw.choice(
            [
                *(self._order,) * 3,
                *(self._stop, self._set, self._set, self._happen, self._clock),
                *(self._certificate, self._user, self._contract),
            ]
        )
        try:
            change(draw)
        except (Refus, UsageError) as refused:
            return f"{change.__name__} refused: {refused}"
        return change.__name__

    def answers(self) -> list[str]:
        """What is asked of each service, from what is kept; those that read nothing kept differ."""
        lines, now = [], self.clock.now()
        with self.database.sessions() as session:
            for path, body in self._demands():
                service = BY_PATH[path]
                asked = service.asks(body, self.demandeur)
                kept = self._answer(service, body, now, self.database.memoire.lire(**asked))
                read = self._answer(service, body, now, faits_within(session, **asked))
                assert kept == read, (path, body, kept, read)
                lines.append(kept)
            for print_ in PRINTS:
                row = session.get(Certificat, (print_, "homologation"))
                found = self.register(print_, "homologation")
                assert (found and found.acteur) == (row and row.acteur_code), print_
                lines.append(str(found))
        return [now.isoformat(), *lines]

    def _answer(self, service: Service, body: Any, now: Any, faits: Faits) -> str:
        appel = Appel(body, {}, self.demandeur, now, Settings(), faits, None)
        try:
            return str(service.handle(appel).body)
        except Refus as refused:
            return refused.rule.name

    def _demands(self) -> Iterator[tuple[str, Any]]:
        caller = {"loginDemandeur": self.login, "contratId": self.contrat_id}
        for prm in POINTS:
            detailed = {
                "pointId": prm,
                "mesuresTypeCode": "COURBE",
                "grandeurPhysique": "PA",
                "sens": "SOUTIRAGE",
                "dateDebut": date(2025, 7, 25),
                "dateFin": date(2025, 7, 27),
                "mesuresCorrigees": False,
            }
            for cadre in ("ACCORD_CLIENT", "SERVICE_ACCES"):
                demande = {"demande": {**detailed, "cadreAcces": cadre}}
                yield "/ConsultationMesuresDetaillees/v3.0", demande
            yield (
                "/ConsultationMesures/v1.1",
                {"pointId": prm, "autorisationClient": True, **caller},
            )
            yield (
                "/ConsultationDonneesTechniquesContractuelles/v1.0",
                {"pointId": prm, "loginUtilisateur": self.login, "autorisationClient": True},
            )
            yield (
                "/RechercheServicesSouscritsMesures/v1.0",
                {
                    "criteres": {"pointId": prm, "contratId": self.contrat_id},
                    "loginUtilisateur": self.login,
                },
            )

    def _write(self, path: str, demande: Any) -> None:
        service, body = BY_PATH[path], {"demande": demande}
        asked = service.asks(body, self.demandeur)
        with transaction_on(self.database, None, asked) as (session, now, faits):
            service.handle(Appel(body, {}, self.demandeur, now, Settings(), faits, session))

    def _general(self, prm: str, objet: str) -> Any:
        return {
            "objetCode": objet,
            "pointId": prm,
            "initiateurLogin": self.login,
            "contratId": self.contrat_id,
        }

    def _order(self, draw: random.Random) -> None:
        today = self.clock.now().date()
        asked = {
            "dateDebut": today,
            "dateFin": today + timedelta(draw.randint(30, 300)),
            "declarationAccordClient": {"accord": True, **CIVILITE},
            "mesuresTypeCode": draw.choice(["CDC", "IDX"]),
            "soutirage": True,
            "injection": False,
            "mesuresCorrigees": False,
            "transmissionRecurrente": True,
            "periodiciteTransmission": "P1D",
        }
        asked["mesuresPas"] = "PT30M" if asked["mesuresTypeCode"] == "CDC" else "P1D"
        general = self._general(draw.choice(POINTS), "AME")
        self._write(
            "/CommandeCollectePublicationMesures/v3.0",
            {"donneesGenerales": general, "accesMesures": asked},
        )

    def _stop(self, draw: random.Random) -> None:
        with self.database.sessions() as session:
            running = session.query(ServiceSouscrit).filter_by(etat="ACTIF", type="TRANSREC").all()
            if not running:
                return
            service = draw.choice(running)
            prm, number = service.prm, service.service_souscrit_id
        self._write(
            "/CommandeArretServiceSouscritMesures/v1.0",
            {
                "donneesGenerales": self._general(prm, "ASS"),
                "arretServiceSouscrit": {"serviceSouscritId": number},
            },
        )

    def _set(self, draw: random.Random) -> None:
        reglages = draw.choice(
            [
                Reglages(service_acces=draw.random() < 0.5),
                Reglages(jours_absents=draw.choice(["2025-07-25..2025-07-26", "aucun"])),
                Reglages(collecte=draw.choice(["2025-07-26", "aucun"])),
                Reglages(teleoperable=draw.random() < 0.7),
                Reglages(rectifie=draw.choice(["2025-07-20=12000", "aucun"])),
            ]
        )
        with self.database.transaction() as session:
            now = instant_within(session)
            change_point(session, draw.choice(POINTS[:3]), reglages, now)

    def _happen(self, draw: random.Random) -> None:
        with self.database.transaction() as session:
            now = instant_within(session)
            point = find_point(session, POINTS[0])
            opposition = not point.opposition_courbe
            change_life(session, point, Changements(opposition=opposition), now)

    def _clock(self, draw: random.Random) -> None:
        self.clock.change(advance_by(Duree(0, timedelta(hours=draw.randint(1, 30)))))

    def _certificate(self, draw: random.Random) -> None:
        print_ = draw.choice(PRINTS)
        with self.database.transaction() as session:
            if draw.random() < 0.5:
                session.execute(delete(Certificat).where(Certificat.fingerprint == print_))
                return
            acteur = default_acteur(session, draw.choice(["tiers", "fournisseur"]))
            session.merge(
                Certificat(
                    fingerprint=print_,
                    environnement="homologation",
                    acteur_code=acteur.code,
                    subject="CN=any",
                    not_after=NOW,
                    pem=self.pem,
                )
            )

    def _user(self, draw: random.Random) -> None:
        with self.database.transaction() as session:
            session.get_one(Utilisateur, self.login).actif = draw.random() < 0.8

    def _contract(self, draw: random.Random) -> None:
        ends = None if draw.random() < 0.8 else date(2025, 7, 1)
        with self.database.transaction() as session:
            session.get_one(Contrat, self.contrat_id).date_fin = ends


def other_process(url: URL, orders: Connection, pem: str) -> None:
    actor = Actor(url, pem)
    while (order := orders.recv()) is not None:
        name, *arguments = order
        orders.send(getattr(actor, name)(*arguments))
    actor.database.dispose()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("installed") / "sge-sim.db"
    database = prepared_database(path)
    install_dataset(database, size=0, seed=1)
    StoredClock(database).freeze(NOW)
    database.dispose()
    return path


@pytest.mark.parametrize("seed", [0, 2])
def test_two_processes_are_answered_by_the_present_state(
    installed: Path, tmp_path: Path, seed: int
) -> None:
    url = sqlite_url(tmp_path / "sge-sim.db")
    (tmp_path / "sge-sim.db").write_bytes(installed.read_bytes())
    pem = authority().pem.decode()
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=other_process, args=(url, there, pem))
    process.start()
    mine, draw, changes = Actor(url, pem), random.Random(seed), []

    def other(*order: Any) -> Any:
        here.send(order)
        assert here.poll(60), f"the other process said nothing to {order} after {changes}"
        return here.recv()

    try:
        for step in range(STEPS):
            change = (mine.do, partial(other, "do"))[draw.random() < 0.5]
            changes.append(change(seed * STEPS + step))
            # Each finds what is there, and both find the same.
            assert mine.answers() == other("answers"), changes
    finally:
        here.send(None)
        process.join(30)
        mine.database.dispose()
    done = {text for text in changes if "refused" not in text}
    assert len(done) == 8, "each change was made once at least"
