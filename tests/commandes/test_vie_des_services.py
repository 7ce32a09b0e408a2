"""Services from their order to their end."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from lives import CURVE, DAY, DAYS, INDEX, LARGE, NOON, PRM, TIERS, Lives, beginning

from sge_sim.clock import PARIS, later
from sge_sim.errors import UsageError
from sge_sim.tables.apports import insert_copy
from sge_sim.tables.points import find_point

STANDARD = 3 * DAYS
COLLECTION = replace(CURVE, recurrente=False, corrigees=None, periodicite=None)


@pytest.mark.documented("V26.2: DEMANDE, then ACTIF once worked out; standard delay 3 days")
def test_a_service_becomes_active_after_the_delay(lives: Lives) -> None:
    number = lives.order(delai=STANDARD)
    assert lives.until(NOON + STANDARD - timedelta(seconds=1)) == 0
    assert (lives.etat(number), lives.service(number)["affaire"]) == ("DEMANDE", "transmise")
    lives.until(NOON + STANDARD)
    assert (lives.etat(number), lives.service(number)["affaire"]) == ("ACTIF", "realisee")
    assert lives.service(number)["activated_at"] == NOON + STANDARD


@pytest.mark.assumed("without a delay there is nothing to wait for")
def test_a_service_is_active_at_once_without_a_delay(lives: Lives) -> None:
    assert lives.etat(lives.order()) == "ACTIF"


@pytest.mark.assumed("a large point starts when its dateDebut is reached")
def test_a_large_point_waits_for_its_first_day(lives: Lives) -> None:
    later = replace(INDEX, date_debut=date(2025, 8, 11), date_fin=None)
    number = lives.order(later, prm=LARGE)
    lives.until(beginning(date(2025, 8, 11)) - timedelta(seconds=1))
    assert lives.etat(number) == "DEMANDE"
    lives.until(beginning(date(2025, 8, 11)))
    assert lives.etat(number) == "ACTIF"
    assert lives.service(number)["echeance"] is None


@pytest.mark.assumed("a large point starts once its order is worked out, if that is later")
def test_a_large_point_ordered_for_today_waits_for_the_delay(lives: Lives) -> None:
    number = lives.order(replace(INDEX, date_fin=None), delai=STANDARD, prm=LARGE)
    lives.until(NOON + STANDARD - timedelta(seconds=1))
    assert lives.etat(number) == "DEMANDE"
    lives.until(NOON + STANDARD)
    assert lives.service(number)["activated_at"] == NOON + STANDARD


@pytest.mark.assumed("dateFin is excluded")
def test_a_service_ends_as_its_last_date_begins(lives: Lives) -> None:
    number = lives.order()
    lives.until(beginning(date(2025, 9, 1)) - timedelta(seconds=1))
    assert lives.etat(number) == "ACTIF"
    lives.until(beginning(date(2025, 9, 1)))
    assert lives.ended(number) == ("TERMINE", "echeance", date(2025, 9, 1))
    assert lives.service(number)["ended_at"] == beginning(date(2025, 9, 1))


@pytest.mark.documented("GUI 0469 §5.3: ended without break, a new service with a new id")
def test_a_renewal_takes_over_without_break(lives: Lives) -> None:
    old = lives.order()
    new = lives.order(
        replace(CURVE, date_debut=date(2025, 8, 20), date_fin=date(2026, 8, 1)), NOON + 19 * DAYS
    )
    assert new > old
    assert lives.service(old)["motif_fin"] == "prolongation"
    assert lives.service(old)["ended_at"] == lives.service(new)["activated_at"]
    assert lives.etat(new) == "ACTIF"
    assert lives.collectes() == [(DAY, date(2025, 8, 20)), (date(2025, 8, 20), None)]


@pytest.mark.assumed("the old service runs until the new one is worked out")
def test_a_renewal_that_waits_leaves_the_old_service_running(lives: Lives) -> None:
    old = lives.order()
    new = lives.order(replace(CURVE, date_fin=date(2026, 8, 1)), NOON + DAYS, STANDARD)
    assert (lives.etat(old), lives.etat(new)) == ("ACTIF", "DEMANDE")
    lives.until(NOON + 4 * DAYS)
    assert (lives.etat(old), lives.etat(new)) == ("TERMINE", "ACTIF")


@pytest.mark.assumed("a service that renews starts on the very day the old one ends")
def test_a_renewal_on_the_last_day_leaves_no_hole(lives: Lives) -> None:
    old = lives.order()
    last = beginning(date(2025, 9, 1))
    new = lives.order(
        replace(CURVE, date_debut=last.date(), date_fin=date(2026, 9, 1)), last - STANDARD, STANDARD
    )
    lives.until(last)
    assert lives.service(old)["ended_at"] == lives.service(new)["activated_at"] == last


@pytest.mark.documented("V26.2: any other difference makes a parallel service")
@pytest.mark.parametrize(
    "other", [INDEX, COLLECTION, replace(CURVE, periodicite="P1M"), replace(CURVE, pas="PT10M")]
)
def test_services_that_differ_run_side_by_side(lives: Lives, other: object) -> None:
    first = lives.order()
    second = lives.order(replace(other, date_fin=date(2026, 7, 1)))  # type: ignore[type-var]
    assert (lives.etat(first), lives.etat(second)) == ("ACTIF", "ACTIF")


@pytest.mark.documented("FAQ: the curve isn't collected before an order; CO5: nor after the last")
def test_the_curve_is_collected_while_a_service_needs_it(lives: Lives) -> None:
    lives.order(INDEX)
    assert lives.collectes() == []
    lives.order(CURVE)
    lives.order(replace(COLLECTION, date_fin=date(2025, 10, 1)))
    lives.until(beginning(date(2025, 9, 15)))
    assert lives.collectes() == [(DAY, date(2025, 9, 1)), (DAY, None)]
    lives.until(beginning(date(2025, 10, 1)))
    assert lives.collectes() == [(DAY, date(2025, 9, 1)), (DAY, date(2025, 10, 1))]


@pytest.mark.assumed("what an order has collected stays with the point that was ordered")
def test_a_copy_of_a_point_collects_nothing_for_its_orders(lives: Lives) -> None:
    lives.order()
    with lives.database.transaction() as session:
        model = find_point(session, PRM)
        assert model is not None
        insert_copy(session, model, "25800000000001", 7, {}, {})
    assert lives.collectes() == [(DAY, None)]


@pytest.mark.documented("V26.2: tried again, closed « non réalisée » at J+19")
def test_a_meter_that_never_answers_closes_the_case(lives: Lives) -> None:
    number = lives.order(delai=STANDARD)
    lives.set(teleoperable=False)
    lives.until(NOON + 18 * DAYS)
    assert lives.etat(number) == "DEMANDE"
    lives.until(NOON + 19 * DAYS)
    ended = lives.service(number)
    assert (ended["etat"], ended["affaire"]) == ("TERMINE", "non_realisee")
    assert ended["motif_fin"] == "non_realisation"
    assert lives.collectes() == []


@pytest.mark.assumed("the 19 days count from the first day of a service that was ordered ahead")
def test_a_large_point_ordered_ahead_is_tried_for_as_long(lives: Lives) -> None:
    begins = DAY + 30 * DAYS
    ahead = replace(CURVE, date_debut=begins, date_fin=None)
    number = lives.order(ahead, prm=LARGE)
    lives.set(LARGE, teleoperable=False)
    lives.until(beginning(begins) + 18 * DAYS)
    assert lives.etat(number) == "DEMANDE"
    lives.until(beginning(begins) + 19 * DAYS)
    assert lives.service(number)["affaire"] == "non_realisee"


@pytest.mark.documented("V26.2: tele-operation is tried again")
def test_a_meter_that_answers_at_last_starts_the_service(lives: Lives) -> None:
    number = lives.order(delai=STANDARD)
    lives.set(teleoperable=False)
    lives.until(NOON + 5 * DAYS)
    lives.set(teleoperable=True)
    lives.until(NOON + 8 * DAYS)
    assert lives.service(number)["activated_at"] == NOON + 6 * DAYS


@pytest.mark.documented("CM7: résiliation and change of holder end the services of everybody")
@pytest.mark.parametrize(
    ("change", "motif"), [("resilie", "resiliation"), ("nouveau_titulaire", "changement_titulaire")]
)
def test_the_point_s_own_events_end_every_service(lives: Lives, change: str, motif: str) -> None:
    active = [lives.order(CURVE), lives.order(INDEX)]
    waiting = lives.order(replace(INDEX, periodicite="P1M"), delai=30 * DAYS)
    lives.change(NOON, **{change: date(2025, 8, 10)})
    assert {lives.etat(number) for number in active} == {"ACTIF"}
    lives.until(beginning(date(2025, 8, 10)))
    ends = {lives.ended(number) for number in (*active, waiting)}
    assert ends == {("TERMINE", motif, date(2025, 8, 10))}
    assert lives.service(waiting)["affaire"] == "non_recevable"
    assert lives.service(active[0])["affaire"] == "realisee"


@pytest.mark.assumed("a terminated point is cut off and has no contract left, either way")
def test_a_terminated_point_is_cut_off_without_a_contract(lives: Lives) -> None:
    lives.set(contrat_injection=True)
    lives.change(NOON, resilie=date(2025, 8, 10))
    lives.until(beginning(date(2025, 8, 10)))
    with lives.database.sessions() as session:
        point = find_point(session, PRM)
        assert (point.etat_contractuel, point.etat_alimentation) == ("RESIL", "COUP")
        assert point.date_resiliation == date(2025, 8, 10)
        assert (point.contrat_soutirage, point.contrat_injection) == (False, False)


@pytest.mark.documented("CO6: an opposition ends the curves of everybody, not the index")
def test_an_opposition_ends_the_curves_alone(lives: Lives) -> None:
    curve, index = lives.order(CURVE), lives.order(INDEX)
    lives.change(NOON + DAYS, opposition=True)
    assert (lives.service(curve)["motif_fin"], lives.etat(index)) == ("opposition", "ACTIF")
    assert lives.opposed()
    opposition = lives.all()[-1]
    assert (opposition["type"], opposition["etat"]) == ("OPPENR", "ACTIF")
    assert lives.collectes() == [(DAY, date(2025, 8, 2))]
    lives.change(NOON + 2 * DAYS, opposition=False)
    assert not lives.opposed()
    assert lives.all()[-1]["motif_fin"] == "levee_opposition"


@pytest.mark.assumed("SGT4N5: « active ou demandée »; a C5 has to be reached first")
def test_an_opposition_that_takes_time_counts_from_its_demand(lives: Lives) -> None:
    curve = lives.order()
    lives.change(NOON, opposition=True, delai=STANDARD)
    assert lives.opposed()
    assert (lives.etat(curve), lives.all()[-1]["etat"]) == ("ACTIF", "DEMANDE")
    lives.until(NOON + STANDARD)
    assert (lives.etat(curve), lives.all()[-1]["etat"]) == ("TERMINE", "ACTIF")


@pytest.mark.assumed("what hasn't started has no meter to reach before it ends")
def test_an_opposition_that_takes_time_ends_a_waiting_curve_at_once(lives: Lives) -> None:
    waiting = lives.order(delai=10 * DAYS)
    lives.change(NOON, opposition=True, delai=STANDARD)
    ended = lives.service(waiting)
    assert (ended["etat"], ended["motif_fin"]) == ("TERMINE", "opposition")
    assert ended["ended_at"] == NOON


@pytest.mark.documented("CO6: nothing is recorded from the day on which the meter was reached")
def test_the_days_of_an_opposition_are_known_to_the_measures(lives: Lives) -> None:
    lives.change(NOON, opposition=True, delai=STANDARD)
    assert lives.oppositions() == []
    lives.until(NOON + STANDARD)
    assert lives.oppositions() == [(DAY + STANDARD, None)]
    lives.change(NOON + 5 * DAYS, opposition=False)
    assert lives.oppositions() == [(DAY + STANDARD, DAY + 5 * DAYS)]


@pytest.mark.documented("CM7: a change of supplier ends the services of the outgoing one")
def test_a_new_supplier_ends_the_services_of_the_outgoing_one_alone(lives: Lives) -> None:
    theirs = lives.order(acteur="FOURN1")
    ours = lives.order(INDEX)
    lives.set(fournisseur_titulaire="FOURN1")
    begins = DAY + 10 * DAYS
    lives.change(NOON, nouveau_fournisseur=("FOURN2", begins))
    assert lives.etat(theirs) == "ACTIF"
    lives.until(beginning(begins))
    assert lives.ended(theirs) == ("TERMINE", "nouveau_fournisseur", begins)
    assert lives.etat(ours) == "ACTIF"
    lives.change(NOON + 11 * DAYS, nouveau_fournisseur=("FOURN1", DAY + 12 * DAYS))
    lives.until(NOON + 12 * DAYS)
    assert lives.etat(ours) == "ACTIF"


@pytest.mark.documented("CM7: a change of supplier ends the services of the outgoing one")
def test_the_first_supplier_of_a_point_ends_no_opposition(lives: Lives) -> None:
    """Nobody ordered an opposition, and nobody leaves: the two nobodies aren't the same."""
    lives.set(fournisseur_titulaire=None)
    lives.change(NOON, opposition=True)
    lives.change(NOON, nouveau_fournisseur=("FOURN2", DAY + DAYS))
    lives.until(NOON + 2 * DAYS)
    assert [(service["type"], service["etat"]) for service in lives.all()] == [("OPPENR", "ACTIF")]
    assert lives.opposed()


def test_a_point_goes_to_a_supplier_only(lives: Lives) -> None:
    for code in (TIERS, "NOBODY"):
        with pytest.raises(UsageError, match=f"« {code} » n'est pas un fournisseur"):
            lives.change(NOON, nouveau_fournisseur=(code, DAY))


@pytest.mark.assumed("one opposition is enough")
def test_a_second_opposition_changes_nothing(lives: Lives) -> None:
    lives.change(NOON, opposition=True)
    before = lives.all()
    lives.change(NOON + DAYS, opposition=True)
    assert lives.all() == before


@pytest.mark.assumed("legal time: the hour that comes twice keeps the order of instants")
def test_the_hour_that_comes_twice_is_told_apart(lives: Lives) -> None:
    first = datetime(2025, 10, 26, 2, 30, tzinfo=PARIS)
    second = first.replace(fold=1)
    number = lives.order(
        replace(CURVE, date_debut=date(2025, 10, 26), date_fin=date(2026, 1, 1)),
        first,
        timedelta(hours=1),
    )
    lives.until(later(first, timedelta(minutes=59)))
    assert lives.etat(number) == "DEMANDE"
    lives.until(second)
    assert lives.etat(number) == "ACTIF"
