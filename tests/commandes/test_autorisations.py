"""Declarations are recorded, and audited without ever refusing anything."""

from datetime import date

import pytest
from lives import CURVE, PRM, TIERS, Lives
from sqlalchemy import update

from sge_sim.commandes.autorisations import audit
from sge_sim.tables.commandes import AutorisationClient, autorisations

FAQ = "FAQ: what a valid authorisation says"


def checks(lives: Lives, **attributs: object) -> dict[str, bool]:
    """What the audit says of the declaration of an order, once it is changed."""
    with lives.database.transaction() as session:
        if attributs:
            session.execute(update(AutorisationClient).values(**attributs))
        (found,) = autorisations(session)
        return {controle.critere: controle.respecte for controle in audit(found)}


@pytest.mark.documented(FAQ)
def test_a_declaration_keeps_who_for_whom_what_and_until_when(lives: Lives) -> None:
    lives.order()
    with lives.database.sessions() as session:
        (found,) = autorisations(session, TIERS)
        assert (found.prm, found.nom, found.personne_physique) == (PRM, "Éléonore ROCHE", True)
        assert (found.soutirage, found.injection) == (True, False)
        assert (found.date_debut, found.date_fin) == (CURVE.date_debut, CURVE.date_fin)
        assert "F300C" in found.portee
        assert autorisations(session, "TIERS2") == []


@pytest.mark.documented(FAQ)
@pytest.mark.parametrize(
    ("change", "criterion"),
    [
        ({}, None),
        ({"nom": "COGIP"}, "client désigné"),
        ({"nom": None}, "client désigné"),
        # As known on the point, as a search compares it: capitals and accents aside.
        ({"nom": "roche Éléonore"}, "client désigné"),
        ({"nom": "ELEONORE roche"}, None),
        ({"personne_physique": False}, "consentement de la personne"),
        ({"date_fin": date(2025, 7, 1)}, "durée de validité"),
        # Without a period, it is valid for the duration of the service.
        ({"date_fin": None}, None),
    ],
)
def test_each_criterion_is_told_by_itself(
    lives: Lives, change: dict[str, object], criterion: str | None
) -> None:
    lives.order()
    missed = [name for name, kept in checks(lives, **change).items() if not kept]
    assert missed == ([] if criterion is None else [criterion])


@pytest.mark.documented(FAQ)
@pytest.mark.parametrize(("category", "suits"), [("RES", False), ("PRO", True)])
def test_a_home_needs_a_person_and_nobody_named_is_none(
    lives: Lives, category: str, suits: bool
) -> None:
    lives.order()
    lives.set(categorie_client_final=category)
    found = checks(lives, nom=None, personne_physique=None)
    assert found["client désigné"] is False
    assert found["consentement de la personne"] is suits


@pytest.mark.documented("FAQ: date of issue")
def test_a_declaration_older_than_the_present_holder_is_told(lives: Lives) -> None:
    lives.order()
    lives.set(date_mise_en_service=date(2025, 8, 15))
    assert not checks(lives)["date d'émission"]
