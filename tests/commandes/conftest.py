"""A database of one test with a point, an actor and its contract; no server."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lives import CONTRAT, PRM, TIERS, Lives
from made_states import prepared_database

from sge_sim.facts.database import Database
from sge_sim.tables.models import Acteur, Commune, Contrat, Point


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = prepared_database(tmp_path / "sge-sim.db")
    with database.transaction() as session:
        session.add(Commune(code_postal="34650", code_insee="34231", libelle="ROMIGUIERES"))
        session.add(Acteur(code=TIERS, nom=TIERS, kind="tiers"))
        for code in ("FOURN1", "FOURN2"):
            session.add(Acteur(code=code, nom=code, kind="fournisseur"))
        session.flush()
        session.add(
            Contrat(contrat_id=CONTRAT, acteur_code=TIERS, type="ET", date_debut=date(2015, 1, 1))
        )
        for prm, segment in ((PRM, "C5"), ("98600000000000", "C4")):
            session.add(
                Point(
                    prm=prm,
                    segment=segment,
                    etat_contractuel="SERVC",
                    etat_alimentation="ALIM",
                    code_postal="34650",
                    code_insee="34231",
                    commune="ROMIGUIERES",
                    domaine_tension="BTINF",
                    nom_client_final="Éléonore ROCHE",
                    categorie_client_final="RES",
                    date_mise_en_service=date(2015, 5, 1),
                    teleoperable=True,
                    contrat_soutirage=True,
                    contrat_injection=False,
                    provisoire=False,
                    groupement_turpe=False,
                    opposition_courbe=False,
                    graine=1,
                )
            )
    yield database
    database.dispose()


@pytest.fixture
def lives(database: Database) -> Lives:
    return Lives(database)
