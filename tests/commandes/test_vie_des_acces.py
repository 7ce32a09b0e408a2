"""Access services: from their order to each of their ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from lives import DAY, DAYS, INDEX, LARGE, NOON, PRM, Lives, beginning

from sge_sim.clock import PARIS
from sge_sim.commandes.acces import AccesSouscrit, Publie
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.commandes import Affaire

END = date(2026, 8, 1)
COURBE = AccesSouscrit("COURBE", "SOUTIRAGE", END)
ENERGIE = AccesSouscrit("ENERGIE", "SOUTIRAGE", END)
DAILY = Publie("P1D", corrigees=False)


@pytest.mark.documented("homologation slides V26.2 (C5): an access service counts at once")
def test_an_access_service_is_active_at_once(lives: Lives) -> None:
    service = lives.service(lives.acces(ENERGIE))
    assert (service["etat"], service["date_debut"], service["date_fin"]) == ("ACTIF", DAY, END)
    assert service["affaire"] == "realisee"
    assert service["activated_at"].astimezone(PARIS) == NOON


@pytest.mark.documented("GUI 0531 v1.1.0 §1.1: access to the curve activates its collection")
@pytest.mark.parametrize("acces_type", ["COURBE", "ENERGIE", "PMAX", "INDEX"])
def test_access_to_the_curve_alone_has_it_collected(lives: Lives, acces_type: Any) -> None:
    lives.acces(AccesSouscrit(acces_type, "SOUTIRAGE", END))
    assert lives.collectes() == ([(DAY, None)] if acces_type == "COURBE" else [])


@pytest.mark.documented("GUI 0537 v1.0.2 p. 6-11: the step of what is covered")
@pytest.mark.parametrize(
    ("prm", "acces_type", "pas"),
    [
        (PRM, "COURBE", "PT30M"),
        (LARGE, "COURBE", "PT5M"),
        (LARGE, "INDEX", "P1D"),
        (LARGE, "ENERGIE", None),
        (PRM, "PMAX", None),
    ],
)
def test_its_step(lives: Lives, prm: str, acces_type: Any, pas: str | None) -> None:
    number = lives.acces(AccesSouscrit(acces_type, "SOUTIRAGE", END), prm=prm)
    assert lives.service(number)["pas"] == pas


@pytest.mark.documented("homologation slides V26.2: automatic stop when the end date is reached")
def test_it_ends_on_its_date_with_what_it_publishes(lives: Lives) -> None:
    number = lives.acces(AccesSouscrit("COURBE", "SOUTIRAGE", END, (DAILY,)))
    lives.until(beginning(END) - timedelta(seconds=1))
    assert lives.etat(number) == "ACTIF"
    lives.until(beginning(END))
    assert lives.ended(number) == ("TERMINE", "echeance", END)
    assert lives.options(number) == [("P1D", False, DAY, END)]
    assert lives.collectes() == [(DAY, END)]


def test_one_without_an_end_goes_on(lives: Lives) -> None:
    number = lives.acces(AccesSouscrit("ENERGIE", "SOUTIRAGE", None), prm=LARGE)
    lives.until(NOON + 3000 * DAYS)
    assert lives.etat(number) == "ACTIF"


@pytest.mark.documented("homologation slides V26.2: the end of the point, everybody's services")
@pytest.mark.parametrize(
    ("changement", "motif"),
    [("resilie", "resiliation"), ("nouveau_titulaire", "changement_titulaire")],
)
def test_the_end_of_the_contract_ends_everybody_s(
    lives: Lives, changement: str, motif: str
) -> None:
    mine, another = lives.acces(COURBE), lives.acces(ENERGIE, acteur="FOURN1")
    day = DAY + 10 * DAYS
    lives.change(NOON, **{changement: day})
    lives.until(beginning(day))
    assert {lives.ended(each) for each in (mine, another)} == {("TERMINE", motif, day)}
    assert lives.collectes() == [(DAY, day)]


@pytest.mark.documented("homologation slides V26.2: change of supplier, the outgoing one alone")
def test_a_change_of_supplier_ends_those_of_the_outgoing_one(lives: Lives) -> None:
    with lives.database.transaction() as session:
        for code, contrat_id in (("FOURN1", "F1"), ("FOURN2", "F2")):
            own = {"contrat_id": contrat_id, "acteur_code": code, "type": "GRD-F"}
            session.add(Contrat(**own, date_debut=date(2015, 1, 1)))
    lives.set(fournisseur_titulaire="FOURN1")
    outgoing = lives.acces(ENERGIE, acteur="FOURN1", contrat="F1")
    incoming = lives.acces(ENERGIE, acteur="FOURN2", contrat="F2")
    tiers = lives.acces(ENERGIE)
    day = DAY + 5 * DAYS
    lives.change(NOON, nouveau_fournisseur=("FOURN2", day))
    lives.until(beginning(day))
    assert lives.ended(outgoing) == ("TERMINE", "nouveau_fournisseur", day)
    assert lives.etat(incoming) == lives.etat(tiers) == "ACTIF"


@pytest.mark.assumed("an opposition ends access to the curve as it ends its transmission")
def test_an_opposition_ends_access_to_the_curve_alone(lives: Lives) -> None:
    courbe, energie = lives.acces(COURBE), lives.acces(ENERGIE)
    lives.change(NOON + DAYS, opposition=True)
    assert lives.ended(courbe) == ("TERMINE", "opposition", DAY + DAYS)
    assert lives.etat(energie) == "ACTIF"
    assert lives.collectes() == [(DAY, DAY + DAYS)]


@pytest.mark.documented("homologation slides V26.2 p. 39: a renewal keeps the identifier")
def test_a_renewal_moves_the_end_and_keeps_the_number(lives: Lives) -> None:
    number = lives.acces(AccesSouscrit("COURBE", "SOUTIRAGE", END, (DAILY,)))
    later = date(2027, 8, 1)
    lives.renew(number, later, NOON + DAYS)
    lives.until(beginning(END))
    assert [service["service_souscrit_id"] for service in lives.all()] == [number]
    assert lives.etat(number) == "ACTIF"
    assert lives.options(number) == [("P1D", False, DAY, None)]
    lives.until(beginning(later))
    assert lives.ended(number) == ("TERMINE", "echeance", later)


@pytest.mark.documented("GUI 0531 v1.1.0 §5: services of both generations end alike")
def test_services_of_both_generations_are_stopped_together(lives: Lives) -> None:
    old, new = lives.order(INDEX), lives.acces(COURBE)
    lives.stop(old, new, now=NOON + DAYS)
    assert lives.ended(old) == lives.ended(new) == ("TERMINE", "arret", DAY + DAYS)


@pytest.mark.assumed("the case of a stop closes once the meter has been reached")
def test_the_case_of_a_stop_closes_with_its_service(lives: Lives) -> None:
    number = lives.order()  # a curve, which the meter of a C5 is to stop recording
    lives.stop(number, now=NOON + DAYS, delai=3 * DAYS)

    def states() -> list[tuple[str, str]]:
        with lives.database.sessions() as session:
            cases = session.query(Affaire).order_by(Affaire.affaire_id)
            return [(affaire.demande.split()[0], affaire.etat) for affaire in cases]

    assert lives.etat(number) == "ACTIF"
    assert states()[-1] == ("arrêt", "transmise")
    lives.until(NOON + 5 * DAYS)
    assert lives.etat(number) == "TERMINE"
    assert states()[-1] == ("arrêt", "realisee")
