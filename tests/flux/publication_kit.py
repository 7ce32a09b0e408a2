"""A platform without servers: points, orders, a publisher, and the files it makes."""

import io
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from lives import CONTRAT, CURVE, DECLARATION, TIERS
from made_states import filled_database
from sqlalchemy import select
from sqlalchemy.orm import Session
from state_kit import faits_to_subscribe, numeros_within

from sge_sim.clock import PARIS
from sge_sim.commandes import vie
from sge_sim.commandes.affaires import Commande, subscribe
from sge_sim.commandes.demandes import Historique, InfraJ, order_historique, order_infra_j
from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.prestations import Prestation, prestation_collecte
from sge_sim.commandes.souscription import Souscription
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.plateformes import Generation, end_of_files
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.flux.livraison import deliver_pending
from sge_sim.flux.publication import Publisher
from sge_sim.journal import Bounds, Journal, RechercheJournal
from sge_sim.mesures import PointMesure
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.flux import FichierFlux, find_fichiers
from sge_sim.tables.mesures import read_mesures_facts
from sge_sim.tables.points import Commune, Compteur, Point, find_point

C5, C5_BIS, C4 = "25800000000000", "25800000000111", "98600000000000"
C2, P4 = "98600000000111", "25800000000222"
AUTRE_CONTRAT = "1100391"
# A week with the autumn change of 2024, which is on the 27th.
JOUR_1 = date(2024, 10, 22)
MIDI = datetime(2024, 10, 22, 12, tzinfo=PARIS)

COURBE_C5 = replace(CURVE, date_debut=JOUR_1, date_fin=date(2025, 10, 1))
INDEX_C5 = replace(COURBE_C5, mesures_type="IDX", pas="P1D", corrigees=None)
COURBE_C4 = replace(COURBE_C5, pas="PT10M", date_fin=None)
INDEX_C4 = replace(INDEX_C5, date_fin=None)


@dataclass
class Platform:
    """One state, and what is done to it."""

    database: Database
    data_dir: Path
    emits: bool = True
    late: bool = False
    publie_avant_arret: bool = False
    workers: int | None = 1
    """Others take a second to start, and make the same files: `test_many_points.py`."""
    generation: Generation = "toutes"
    grille: Path | None = None

    def __post_init__(self) -> None:
        self.journal = Journal.beside(self.database, self.data_dir)
        self.journal.prepare(Bounds(10_000, 10**8))

    @property
    def publisher(self) -> Publisher:
        return Publisher(
            self.database,
            self.data_dir,
            self.journal.append,
            emits=self.emits,
            late=self.late,
            publie_avant_arret=self.publie_avant_arret,
            arret=end_of_files(self.generation),
            workers=self.workers,
            grille=self.grille,
        )

    def subscribe(self, prm: str, souscription: Souscription, now: datetime = MIDI) -> str:
        """Order, and have the service begin; return its number."""
        with self.database.transaction() as session:
            faits = faits_to_subscribe(session, prm, souscription)
            segment = faits.known_point.segment
            _, service = subscribe(
                session,
                self._commande(prm, now),
                faits,
                souscription,
                souscription.among(faits.services),
                prestation_collecte(
                    segment, souscription.sens, souscription.mesures_type, recurrente=True
                ),
                DECLARATION,
            )
            run_due(session, now)
            return service.service_souscrit_id

    def stop(self, service_souscrit_id: str, now: datetime) -> None:
        """Stop a service as its beneficiary does."""
        with self.database.transaction() as session:
            service = session.get_one(vie.ServiceSouscrit, service_souscrit_id)
            vie.end(session, service, "arret", now)

    def historique(
        self,
        prm: str,
        mesures_type: Any,
        debut: date,
        fin: date,
        now: datetime,
        *,
        corrigees: bool = False,
    ) -> str:
        with self.database.transaction() as session:
            asked = Historique(mesures_type, debut, fin, corrigees)
            line = Prestation("F380", "Historique")
            commande = self._commande(prm, now)
            numeros = numeros_within(session)
            affaire = order_historique(session, numeros, commande, asked, line, DECLARATION)
            return affaire.affaire_id

    def infra_j(self, prm: str, now: datetime, *, produced: bool = False) -> str:
        with self.database.transaction() as session:
            asked = InfraJ(injection=produced, soutirage=not produced, cdc=True, idx=True, ptd=True)
            line = Prestation("F375A", "Infra-journalier")
            numeros, commande = numeros_within(session), self._commande(prm, now)
            affaire = order_infra_j(session, numeros, commande, asked, line, [DECLARATION])
            return affaire.affaire_id

    def catch_up(self, now: datetime) -> int:
        return self.publisher.catch_up(now)

    def deliver(self) -> Any:
        return deliver_pending(self.database, self.data_dir)

    def mesure(self, prm: str, sens: Sens = "SOUTIRAGE") -> PointMesure:
        """What the physics knows of a point in a direction."""
        with self.database.sessions() as session:
            point = find_point(session, prm)
            return point_mesure(point, read_mesures_facts(session, prm), sens)

    def close(self) -> None:
        """Close both files, so that their folder can be copied."""
        self.journal.close()
        self.database.dispose()

    def ready(self) -> dict[str, bytes]:
        """The files that were made, by name, oldest first."""
        with self.database.sessions() as session:
            found = find_fichiers(session, limit=10_000)
            return {one.nom: (self.data_dir / one.chemin).read_bytes() for one in reversed(found)}

    def row(self, nom: str) -> FichierFlux:
        with self.database.sessions() as session:
            return session.scalars(select(FichierFlux).where(FichierFlux.nom == nom)).one()

    def told(self) -> list[str]:
        """What the journal says of the flux."""
        files = RechercheJournal(kinds=frozenset({"flux"}))
        found = self.journal.find_echanges(files, limit=10_000, after_id=0)
        return [one.detail or "" for one in found]

    @staticmethod
    def _commande(prm: str, now: datetime) -> Commande:
        return Commande(prm, TIERS, CONTRAT, "a@b.fr", "AME", None, now, AUSSITOT)


def new_platform(folder: Path, **options: Any) -> Platform:
    """Make a state with two C5 points and a C4."""
    folder.mkdir(parents=True, exist_ok=True)
    return Platform(filled_database(folder / "sge-sim.db", _fill), folder, **options)


def open_platform(folder: Path) -> Platform:
    """Open the state that is in a folder."""
    return Platform(Database(sqlite_url(folder / "sge-sim.db")), folder)


def _fill(session: Session) -> None:
    session.add(Commune(code_postal="34650", code_insee="34231", libelle="ROMIGUIERES"))
    session.add(Acteur(code=TIERS, nom=TIERS, kind="tiers"))
    session.flush()
    for contrat_id in (CONTRAT, AUTRE_CONTRAT):
        session.add(
            Contrat(
                contrat_id=contrat_id, acteur_code=TIERS, type="ET", date_debut=date(2015, 1, 1)
            )
        )
    for prm, segment, graine in ((C5, "C5", 1), (C5_BIS, "C5", 2), (C4, "C4", 3)):
        session.add(new_point(prm, segment, graine))


def new_point(prm: str, segment: Any, graine: int) -> Point:
    """Make a point with a meter; a producer injects and takes nothing else than that."""
    petit, produit = segment in ("C5", "P4"), segment[0] == "P"
    hta = segment == "C2"
    point = Point(
        prm=prm,
        segment=segment,
        etat_contractuel="SERVC",
        etat_alimentation="ALIM",
        niveau_ouverture_services=2 if petit else None,
        code_postal="34650",
        code_insee="34231",
        commune="ROMIGUIERES",
        domaine_tension="BTINF" if petit else "HTA" if hta else "BTSUP",
        fta="BTINFMU4" if petit else "HTACU5" if hta else "BTSUPCU4",
        puissance_souscrite=9 if petit else 120,
        puissance_souscrite_unite="kVA" if petit else "kW",
        calendrier_fournisseur="FC000165" if petit and not produit else None,
        nom_client_final="Éléonore ROCHE",
        categorie_client_final="RES",
        date_mise_en_service=date(2019, 5, 1),
        teleoperable=True,
        contrat_soutirage=not produit,
        contrat_injection=produit,
        provisoire=False,
        groupement_turpe=False,
        opposition_courbe=False,
        graine=graine,
    )
    point.compteurs = [Compteur(date_pose=date(2019, 5, 1), tic_activable=True if petit else None)]
    return point


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


def members(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def of(platform: Platform, flux: str) -> list[bytes]:
    """The XML of a flux, oldest first."""
    return [
        content
        for nom, archive in platform.ready().items()
        if f"_{flux}_" in nom
        for content in members(archive).values()
    ]
