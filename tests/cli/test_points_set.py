"""`sge-sim points set` and `POST /api/points/{prm}`: what a tester changes of a point."""

from typing import Any

import pytest
import yaml
from in_process import served_in_process
from running_simulator import RunningSimulator, kept_open, refusal

PRM = "25884515170669"
TODAY = "2026-07-15"
URL = f"/api/points/{PRM}"


running = kept_open(served_in_process, "--population-size", "0", "--now", f"{TODAY}T10:00")


def set_point(running: RunningSimulator, *options: str) -> Any:
    """Set the point; return what its measures depend on, as the command tells it."""
    done = running.command("points", "set", PRM, *options)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)[PRM]["mesures"]


def refused(running: RunningSimulator, *options: str) -> str:
    return refusal(running.command("points", "set", *options))


def acces_of(services: Any, acteur: str = "TIERS1") -> list[tuple[str, str, str | None]]:
    """The access services of an actor: type, start, end."""
    return [
        (one["acces"], one["du"], one.get("au"))
        for one in services
        if one["type"]["code"] == "ACCES" and one["acteur"] == acteur
    ]


def test_access_services_open_and_close(running: RunningSimulator) -> None:
    def changed(*options: str) -> list[tuple[str, str, str | None]]:
        done = running.command("points", "set", PRM, "--service-acces", *options)
        assert done.returncode == 0, done.stderr
        return acces_of(yaml.safe_load(done.stdout)[PRM]["services"])

    # As far back as measures may be consulted.
    assert changed("oui", "--type", "PMAX") == [("PMAX", "2023-07-15", None)]
    every = changed("oui")
    assert {type for type, _, _ in every} == {"ENERGIE", "COURBE", "PMAX", "INDEX"}
    assert sorted(changed("oui")) == sorted(every)
    assert {type for type, _, _ in changed("non", "--type", "PMAX")} == {
        "ENERGIE",
        "COURBE",
        "INDEX",
    }
    assert changed("non") == []
    periode = ("--acces-periode", "2026-01-01..2027-01-01")
    assert changed("oui", "--type", "INDEX", *periode) == [("INDEX", "2026-01-01", "2027-01-01")]
    assert changed("non") == []
    assert "--service-acces oui" in refused(running, PRM, *periode)


def test_gaps_and_collection(running: RunningSimulator) -> None:
    set_point(running, "--collecte", "2026-01-01..2026-02-01")
    told = set_point(running, "--jours-absents", "2026-01-05..2026-01-07")
    assert told == {
        "collectes": ["2026-01-01..2026-02-01"],
        "trous": ["2026-01-05T00:00:00+01:00..2026-01-07T00:00:00+01:00"],
    }
    told = set_point(running, "--points-absents", "2026-01-09T08:00..2026-01-09T10:30")
    assert told["trous"][1] == "2026-01-09T08:00:00+01:00..2026-01-09T10:30:00+01:00"
    assert set_point(running, "--jours-absents", "aucun", "--collecte", "2026-03-01") == {
        "collectes": ["2026-03-01.."]
    }
    assert set_point(running, "--collecte", "aucun") == {}


def test_a_day_is_put_right(running: RunningSimulator) -> None:
    (told,) = set_point(running, "--rectifie", "2026-05-03=7800")["rectifications"]
    assert (told["jour"], told["energie"], told["le"][:10]) == ("2026-05-03", "7800 Wh", TODAY)
    assert "rectifications" not in set_point(running, "--rectifie", "aucun")
    sent = {"rectifie": "2026-05-03=7900"}
    answer = running.ask("POST", URL, json=sent).json()
    assert answer["mesures"]["rectifications"][0]["energie"] == "7900 Wh"
    assert "rien n'a été compté le 15/07/2026" in refused(running, PRM, "--rectifie", f"{TODAY}=1")
    set_point(running, "--rectifie", "aucun")


def test_a_meter_stops_answering_and_a_supplier_takes_over(running: RunningSimulator) -> None:
    def situation() -> Any:
        return running.admin(f"/api/points/{PRM}")["situation"]["teleoperable"]

    for value, answers in (("non", False), ("oui", True)):
        assert running.command("points", "set", PRM, "--teleoperable", value).returncode == 0
        assert situation() is answers
    for when, supplier in (("FOURN2", "FOURN2"), ("FOURN1@2026-07-20", "FOURN2")):
        done = running.command("points", "set", PRM, "--nouveau-fournisseur", when)
        assert done.returncode == 0, done.stderr
        assert running.admin(f"/api/points/{PRM}")["fournisseur_titulaire"] == supplier


@pytest.mark.observed("R4x files of 5 minutes for some points, of 10 for the others")
def test_the_step_of_r4x_is_set_on_a_large_point(running: RunningSimulator) -> None:
    large = "98800000000246"
    for minutes in ("5", "10"):
        done = running.command("points", "set", large, "--r4x-pas", minutes)
        assert done.returncode == 0, done.stderr
        assert running.admin(f"/api/points/{large}")["mesures"]["r4x_pas"] == int(minutes)
    assert "n'a pas de flux R4x" in refused(running, PRM, "--r4x-pas", "5")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"acces_periode": "2026-01-01"}, "--service-acces oui"),
        ({"service_acces": False, "acces_periode": "n"}, "--service-acces oui"),
        ({"type": "PMAX", "teleoperable": True}, "type d'accès"),
        ({"service_acces": None}, "rien à régler"),
        ({"plages": "", "le": TODAY}, "heures creuses"),
        ({"collecte": "0001-01-01"}, "il n'y a pas de mesures avant 1900"),
        ({"jours_absents": "0001-01-01..0001-01-03"}, "il n'y a pas de mesures avant 1900"),
        ({"delai": "2d", "opposition": False}, "--opposition oui"),
    ],
)
def test_what_changes_nothing_is_refused(
    running: RunningSimulator, sent: dict[str, Any], why: str
) -> None:
    answer = running.ask("POST", URL, json=sent)
    assert (answer.status_code, why in answer.json()["detail"]) == (400, True), answer.text


def test_mistakes_are_told_in_one_sentence(running: RunningSimulator) -> None:
    assert "n'est pas un fournisseur" in refused(running, PRM, "--nouveau-fournisseur", "TIERS1")
    assert "n'est pas une date" in refused(running, PRM, "--nouveau-fournisseur", "FOURN1@demain")
    assert "est passé" in refused(running, PRM, "--nouveau-fournisseur", "FOURN1@2026-07-01")
    assert "rien à régler" in refused(running, PRM)
    assert "n'existe pas" in refused(running, "99999999999999", "--collecte", "2026-01-01")
    assert "n'est pas une date ISO" in refused(running, PRM, "--collecte", "demain")
    assert "n'est pas une date ISO" in refused(running, PRM, "--jours-absents", "2026-01-01")
    assert "la fin, exclue" in refused(
        running, PRM, "--points-absents", "2026-01-02T10:00..2026-01-02T08:00"
    )


def test_a_termination_that_is_awaited_is_shown_kept_and_given_up(
    running: RunningSimulator,
) -> None:
    def terminations(point: Any) -> list[str]:
        events = point["situation"].get("evenements_a_venir", [])
        return [event["le"] for event in events if event["type"] == "résiliation"]

    def shown() -> list[str]:
        return terminations(yaml.safe_load(running.command("points", "show", PRM).stdout))

    awaited = ["2026-08-01"]
    done = running.command("points", "set", PRM, "--resilie", "2026-08-01")
    assert terminations(yaml.safe_load(done.stdout)[PRM]) == awaited
    assert "est déjà prévue pour le 01/08/2026 : l'annuler" in refused(
        running, PRM, "--resilie", "2026-09-01"
    )
    assert shown() == awaited
    answer = running.ask("POST", URL, json={"resilie": "2026-09-01"})
    assert (answer.status_code, "prévue pour le 01/08/2026" in answer.text) == (400, True)
    assert terminations(running.admin(URL)) == awaited
    assert running.command("points", "set", PRM, "--resilie", "aucun").returncode == 0
    assert shown() == []
    assert "n'a pas de résiliation à annuler" in refused(running, PRM, "--resilie", "aucun")
    running.ask("POST", URL, json={"resilie": "2026-09-01"}).raise_for_status()
    answer = running.ask("POST", URL, json={"resilie": "aucun"})
    assert terminations(answer.json()) == []


def test_the_same_by_rest(running: RunningSimulator) -> None:
    told = running.ask("POST", URL, json={"service_acces": True, "type": "INDEX"}).json()
    assert acces_of(told["services"]) == [("INDEX", "2023-07-15", None)]
    assert running.admin(URL) == told
    running.ask("POST", URL, json={"service_acces": False})
    assert acces_of(running.admin(URL).get("services", [])) == []
    assert running.ask("POST", URL, json={"inconnu": 1}).status_code == 422
    unknown = running.ask("POST", "/api/points/99999999999999", json={})
    assert unknown.status_code == 404
    assert "n'existe pas" in unknown.json()["detail"]


@pytest.mark.documented
@pytest.mark.parametrize(
    ("prm", "options", "why"),
    [
        ("24210000001819", ("--teleoperable", "oui"), "téléopérable au niveau 0"),
        ("24210000001920", ("--collecte", "2026-01-01"), "une courbe collectée au niveau 1"),
        ("24210000003171", ("--plages", "62", "--le", "2027-01-04"), "BTINFCUST, qui n'a pas d'"),
        (
            "24210000002382",
            ("--plages", "62", "--plages-saison-basse", "64", "--le", "2026-09-01"),
            "depuis le 06/10/2026",
        ),
        (
            "24210000002382",
            ("--plages", "62", "--plages-saison-basse", "440", "--le", "2027-01-04"),
            "un seul décalage pour les deux saisons",
        ),
    ],
)
def test_what_a_point_cannot_be_is_refused(
    running: RunningSimulator, prm: str, options: tuple[str, ...], why: str
) -> None:
    assert why in refusal(running.command("points", "set", prm, *options))
