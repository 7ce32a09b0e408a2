"""Actors, and what is known of whoever calls."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session
from state_kit import faits_within

from sge_sim.facts.database import Database
from sge_sim.facts.lecture import read_certificat
from sge_sim.tables.acteur_facts import CertificatFacts
from sge_sim.tables.acteurs import (
    Acteur,
    Certificat,
    Contrat,
    Habilitation,
    Utilisateur,
    default_acteur,
    find_acteur,
    find_contrat,
    find_utilisateur,
)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        session.add(
            Acteur(
                code="TIERS1",
                nom="ALPHA",
                kind="tiers",
                par_defaut=True,
                utilisateurs=[
                    Utilisateur(login="all@tiers1.example.org"),
                    Utilisateur(login="one@tiers1.example.org", services=["RecherchePoint"]),
                    Utilisateur(login="none@tiers1.example.org", services=[]),
                    Utilisateur(login="closed@tiers1.example.org", actif=False),
                ],
                contrats=[
                    Contrat(contrat_id="1", type="ET", date_debut=date(2015, 1, 1)),
                    Contrat(
                        contrat_id="2",
                        type="ET",
                        date_debut=date(2012, 1, 1),
                        date_fin=date(2014, 12, 31),
                    ),
                ],
                habilitations=[Habilitation(package="Commande", environnement="homologation")],
            )
        )
        session.add(Acteur(code="TIERS2", nom="BETA", kind="tiers"))
        session.flush()
        session.expire_all()
        yield session


def registered(database: Database, fingerprint: str, environnement: str) -> CertificatFacts | None:
    return database.memoire.look().ask(read_certificat, fingerprint, environnement)


def test_an_actor_is_known_by_the_certificate_of_its_environment(database: Database) -> None:
    with database.transaction() as session:
        session.add(Acteur(code="TIERS1", nom="ALPHA", kind="tiers"))
        session.flush()
        session.add(
            Certificat(
                fingerprint="ab" * 32,
                environnement="homologation",
                acteur_code="TIERS1",
                subject="CN=tiers1.example.org",
                not_after=datetime(2030, 1, 1, tzinfo=UTC),
                pem="-----BEGIN CERTIFICATE-----",
            )
        )
    found = registered(database, "ab" * 32, "homologation")
    assert found == CertificatFacts("TIERS1", "tiers", "-----BEGIN CERTIFICATE-----")
    assert registered(database, "ab" * 32, "production") is None
    assert registered(database, "cd" * 32, "homologation") is None
    with database.transaction() as session:
        session.get_one(Acteur, "TIERS1").kind = "fournisseur"
    changed = registered(database, "ab" * 32, "homologation")
    assert changed.kind == "fournisseur"


def test_the_default_actor_is_marked_so_and_homologated_in_one_environment(
    session: Session,
) -> None:
    acteur = find_acteur(session, "TIERS1")
    assert default_acteur(session, "tiers") is acteur
    assert acteur.is_homologated("Commande", "homologation")
    assert not acteur.is_homologated("Commande", "production")
    assert not acteur.is_homologated("Historique", "homologation")


@pytest.mark.assumed("logins are e-mails: their capitals don't count")
def test_a_user_is_known_whatever_the_capitals_of_its_login(session: Session) -> None:
    assert find_utilisateur(session, "All@Tiers1.Example.ORG").acteur.code == "TIERS1"
    assert find_utilisateur(session, "nobody@tiers1.example.org") is None


@pytest.mark.parametrize(
    ("who", "may"), [("all", True), ("one", False), ("none", False), ("closed", False)]
)
def test_a_user_calls_what_its_rights_cover(session: Session, who: str, may: bool) -> None:
    user = find_utilisateur(session, f"{who}@tiers1.example.org")
    assert user.may_call("ConsultationMesures") is may
    assert user.may_call("RecherchePoint") is (may or who == "one")


@pytest.mark.parametrize(
    ("contrat_id", "day", "active"),
    [
        ("1", date(2014, 12, 31), False),
        ("1", date(2015, 1, 1), True),
        ("1", date(2050, 1, 1), True),
        ("2", date(2014, 12, 31), True),
        ("2", date(2015, 1, 1), False),
    ],
)
def test_a_contract_runs_from_its_first_day_to_its_last(
    session: Session, contrat_id: str, day: date, active: bool
) -> None:
    assert find_contrat(session, contrat_id).is_active(day) is active
    assert find_contrat(session, "9999999") is None


@pytest.mark.parametrize(
    ("day", "has_one"),
    [
        (date(2011, 12, 31), False),
        (date(2012, 1, 1), True),
        (date(2014, 12, 30), True),
        (date(2014, 12, 31), True),
        (date(2015, 1, 1), False),
    ],
)
def test_an_actor_has_a_contract_until_the_last_day_of_the_last_one(
    session: Session, day: date, has_one: bool
) -> None:
    session.delete(session.get_one(Contrat, "1"))
    session.flush()
    acteur = faits_within(session, acteur="TIERS1").acteur
    assert acteur.has_contrat_actif(day) is has_one
    other = faits_within(session, acteur="TIERS2").acteur
    assert other is None or not other.has_contrat_actif(day)
