"""The contract of an order: known, the actor's own, running on the day of the call."""

from dataclasses import dataclass
from datetime import date

import pytest

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.refus import Refus, check
from sge_sim.services.acces import CONTRACT_RULES, Acces
from sge_sim.tables.acteurs import Contrat

OWN = Contrat(
    contrat_id="1",
    acteur_code="A",
    type="ET",
    date_debut=date(2015, 1, 1),
    date_fin=date(2015, 12, 31),
)


@dataclass(frozen=True)
class Demande:
    """The little that these rules look at."""

    acces: Acces


def demande(contrat: Contrat | None, acteur: str = "A", jour: date = date(2015, 6, 1)) -> Demande:
    return Demande(
        Acces(
            demandeur=Demandeur(acteur, "tiers"),
            utilisateur=None,
            contrat=contrat,
            service="CommandeTransmissionDonneesInfraJ",
            jour=jour,
        )
    )


def code(demande: Demande) -> str | None:
    try:
        check(CONTRACT_RULES, demande)
    except Refus as refus:
        return refus.rule.code
    return None


@pytest.mark.documented("AX.0466 v1.5.0")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (demande(None), "SGT471"),
        (demande(OWN, "B"), "SGT472"),
        (demande(OWN, "B", date(2016, 1, 1)), "SGT472"),
        (demande(OWN, jour=date(2014, 12, 31)), "SGT473"),
        (demande(OWN, jour=date(2015, 1, 1)), None),
        (demande(OWN, jour=date(2015, 12, 31)), None),
        (demande(OWN, jour=date(2016, 1, 1)), "SGT473"),
    ],
)
def test_a_contract_is_known_then_ones_own_then_running(
    asked: Demande, expected: str | None
) -> None:
    assert code(asked) == expected


def test_the_names_that_the_services_disable_are_these() -> None:
    names = ["contrat_connu", "contrat_de_l_acteur", "contrat_actif"]
    assert [rule.name for rule in CONTRACT_RULES] == names
