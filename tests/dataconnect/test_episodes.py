"""Named episodes, each played from its first day to its last as its clients lived it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from click.testing import CliRunner
from dataconnect_kit import AUTRE_C5, C5, CURVE, DAILY, PRODUCTEUR, Client, admin, freeze, told

from sge_sim.cli import commands
from sge_sim.domaine.sortes import SORTES
from sge_sim.machine.files import data_path
from sge_sim.referentiel.episodes import episode_files, read_episode

V5 = "/metering_data_dc/v5/daily_consumption"
PRODUCTION = "/mesure_synchrone_auto/v2/production_quotidienne"
EPISODES = episode_files(Path("nowhere"))


class Player:
    """A client of a simulator that plays an episode from the legal day 25 November 2026 on."""

    def __init__(self, client: Client) -> None:
        self.simulator = client.simulator
        self.client = client

    def play(self, nom: str, **asked: Any) -> Any:
        return admin(self.simulator, "/api/pannes/episodes", nom=nom, jour="2026-11-25", **asked)

    def at(self, instant: str) -> None:
        freeze(self.simulator, instant)
        self.client = self.client.renewed

    def asks(self, path: str = DAILY, prm: str = C5, debut: str = "", fin: str = "") -> int:
        """Ask for days that have been measured; return the status."""
        debut, fin = debut or "2026-11-20", fin or "2026-11-23"
        asked: dict[str, str] = {"pointId": prm, "dateDebut": debut, "dateFin": fin}
        if "/v5/" in path:
            asked = {"usage_point_id": prm, "start": debut, "end": fin}
        return self.client.get(path, **asked).status_code


@pytest.fixture
def player(sharing: Client) -> Player:
    assert sharing.bearer  # from before whatever comes
    return Player(sharing)


@pytest.mark.observed("the summer of 2026: conso-api 147 to 159, ha-linky 192, 202")
def test_the_summer_of_2026(player: Player) -> None:
    assert len(player.play("ete-2026")) == 6
    player.at("2026-11-25T18:00")
    player.client.revoke(AUTRE_C5)
    player.client.share(AUTRE_C5)
    assert player.client.token().status_code == 500
    player.at("2026-11-26T18:00")
    assert player.client.token().status_code == 200
    assert player.asks(V5, AUTRE_C5) == 400
    assert player.asks(V5) in (200, 500)
    player.at("2026-11-27T06:30")
    assert [player.asks(), player.asks()][1] == 429
    player.at("2026-11-28T10:00")
    answers = [player.asks() for _ in range(60)]
    assert 8 < answers.count(500) < 30
    assert answers.count(200) == 60 - answers.count(500)
    player.at("2026-12-19T10:00")
    player.client.revoke(C5)
    assert player.client.decide(C5).status_code == 200
    player.at("2027-01-14T00:00")
    assert player.asks(V5, AUTRE_C5) == 200
    assert told(player.client.decide(C5))["autorisation_id"]


@pytest.mark.observed("conso-api 149, 150: the curve alone, in February 2026")
def test_february_2026(player: Player) -> None:
    player.play("fevrier-2026", prm=C5)
    player.client.revoke(AUTRE_C5)
    assert [player.asks(CURVE), player.asks(DAILY), player.asks(CURVE, AUTRE_C5)] == [500, 200, 403]
    player.at("2026-11-30T23:59")
    assert player.asks(CURVE) == 200


@pytest.mark.observed("linky 51: three days of April 2023")
def test_april_2023(player: Player) -> None:
    player.play("avril-2023")
    assert player.asks(V5) == 500
    player.at("2026-11-28T12:00")
    assert player.asks(V5) == 200


@pytest.mark.observed("MED_import 411, 418: an end that moves, in 2023")
def test_the_migration_of_2023(player: Player) -> None:
    player.play("migration-v5-2023")
    assert player.asks() == player.client.page().status_code == 503
    assert "Fin annoncée : 03/12/2026 00:00." in player.client.page().text
    player.at("2026-12-10T00:00")
    assert "Fin annoncée : 17/12/2026 00:00." in player.client.page().text
    player.at("2026-12-23T00:00")
    assert player.asks() == 200
    player.client.revoke(C5)
    assert '{"reasons":[]' in player.client.decide(C5).text
    player.at("2026-12-24T00:00")
    assert told(player.client.decide(C5))["autorisation_id"]


@pytest.mark.observed("MED_import 552: an application that Enedis removed, in July 2024")
def test_an_application_is_removed_and_all_consents_are_to_give_again(player: Player) -> None:
    client_id = player.client.application["client_id"]
    player.play("application-effacee-2024", application=client_id)
    assert [player.asks(), player.client.token().status_code] == [403, 401]
    player.client.revoke(C5)
    assert "Compteur incompatible" in player.client.decide(C5).text
    assert player.client.sandbox.token().status_code == 200
    player.at("2026-12-02T00:00")
    assert player.asks(PRODUCTION, PRODUCTEUR) == 403, "given before"
    player.client.share(C5)
    assert player.asks() == 200


@pytest.mark.observed("3 to 7 October 2025: conso-api 113, 114, ha-linky 149")
def test_october_2025(player: Player) -> None:
    player.play("octobre-2025", prm=C5)
    player.at("2026-11-28T10:00")
    assert player.asks(CURVE, debut="2026-11-26", fin="2026-11-28") == 404
    assert player.asks(CURVE, debut="2026-11-24", fin="2026-11-28") == 200
    player.at("2026-11-29T10:00")
    assert player.asks(CURVE, debut="2026-11-26", fin="2026-11-28") == 200
    player.at("2026-11-30T10:00")
    assert player.asks() == 400
    player.at("2026-12-01T10:00")
    assert player.asks() == 200


@pytest.mark.observed("ha-linky 194: 3 August 2026")
def test_a_day_that_clients_read_as_zeros(player: Player) -> None:
    player.play("jour-de-zeros-2026")
    player.at("2026-11-28T10:00")
    curve = player.client.measures("courbe_de_charge_consommation", C5, "2026-11-25", "2026-11-27")
    values = [point["v"] for point in curve["grandeur"][0]["points"]]
    assert values[:48] == [None] * 48
    assert len(values) == 49
    daily = player.client.measures("consommation_quotidienne", C5, "2026-11-25", "2026-11-27")
    assert len([point["v"] for point in daily["grandeur"][0]["points"] if point["v"]]) == 2


@pytest.mark.observed("conso-api 26, 164: the page, and the direction")
def test_meters_called_incompatible_and_a_direction_that_is_lost(player: Player) -> None:
    player.play("compteurs-incompatibles-2023")
    player.play("sens-perdu-2026")
    player.client.revoke(C5)
    assert player.client.decide(C5).status_code == 400
    assert player.asks(PRODUCTION, PRODUCTEUR) == 403
    player.at("2027-02-24T00:00")
    assert told(player.client.decide(C5))["autorisation_id"]
    assert player.asks() == 200
    assert player.asks(PRODUCTION, PRODUCTEUR) == 200


@pytest.mark.observed("gladys-gateway 202, eddie 2549: by a flag, on the day")
def test_two_generations_without_a_day_in_common(player: Player) -> None:
    player.play("deux-generations-2026")
    assert [player.asks(), player.asks(V5)] == [404, 200]
    player.at("2026-12-09T00:00")
    assert [player.asks(), player.asks(V5)] == [200, 404]


@pytest.mark.parametrize("nom", EPISODES)
def test_every_episode_of_the_catalogue_can_be_played_today(unplanned: Client, nom: str) -> None:
    rows = yaml.safe_load((data_path("catalog") / "episodes" / f"{nom}.yaml").read_text("utf-8"))
    made = Player(unplanned).play(nom)
    assert [each["sorte"] for each in made] == [each["sorte"] for each in rows["pannes"]]
    assert all(SORTES[each["sorte"]].troubles for each in made)


def test_a_user_writes_an_episode_and_is_told_what_is_wrong_with_it(player: Player) -> None:
    folder = player.simulator.data_dir / "episodes"
    folder.mkdir(exist_ok=True)
    described = {"titre": "A", "periode": "B", "source": "C", "recit": "D"}
    row = {"sorte": "erreur_technique", "fin": "2026-08-04T00:00:00", "prm": C5}
    mine = {**described, "debut": "2026-08-03", "pannes": [row]}
    text = yaml.safe_dump(mine).replace("'2026", "2026").replace("00'", "00").replace("03'", "03")
    (folder / "le-mien.yaml").write_text(text)
    url = player.simulator.ready["admin_url"] + "/api/pannes/episodes"
    try:
        (made,) = player.play("le-mien")
        assert (made["fin"], made["prm"]) == ("2026-11-26T00:00:00+01:00", C5)
        assert player.asks() == 500
        for wrong, said in (
            ("titre: 3", "doit être un texte"),
            ("- a", "des clés et leurs valeurs"),
            (text.replace("erreur_technique", "erreur_rare"), "pas une des valeurs admises"),
            (text.replace("fin:", "finie:"), "inconnu ici"),
            (text.replace("debut: 2026-08-03", "debut: hier"), "doit être une date"),
            (text.replace("2026-08-04", "2026-08-01"), "une fin à venir"),
        ):
            (folder / "le-mien.yaml").write_text(wrong)
            answer = requests.post(url, json={"nom": "le-mien", "jour": "2026-11-25"}, timeout=10)
            assert (answer.status_code // 100, said in answer.text) == (4, True), answer.text
        assert len(player.simulator.admin("/api/pannes")) == 1
        answer = requests.post(url, json={"nom": "inconnu"}, timeout=10)
        assert answer.status_code == 400
        assert "choisir parmi application-effacee-2024, avril-2023" in answer.text
    finally:
        (folder / "le-mien.yaml").unlink()


def test_an_episode_keeps_its_legal_hours_over_a_change_of_hour() -> None:
    episode = read_episode(EPISODES["ete-2026"])
    first, *_ = episode.pannes_from(date(2026, 10, 24))
    assert first["debut"] == "2026-10-24T18:00:00+02:00"
    assert first["fin"] == "2026-10-25T18:00:00+01:00"


def test_each_command_of_the_page_of_troubles_is_taken(unplanned: Client) -> None:
    simulator = unplanned.simulator
    for nom, sorte in SORTES.items():
        typed = ["pannes", "add", nom, *sorte.essai.split()]
        done = CliRunner().invoke(commands, [*typed, "--data-dir", str(simulator.data_dir)])
        assert done.exit_code == 0, (typed, done.output, done.exception)
        assert sorte.libelle in done.output
        requests.delete(simulator.ready["admin_url"] + "/api/pannes", timeout=10)
