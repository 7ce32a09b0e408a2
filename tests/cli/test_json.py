"""What a command lists, shows or checks it gives to a script too."""

import json
from pathlib import Path
from typing import Any

from running_simulator import RunningSimulator, run_command


def test_an_exchange_with_its_messages(simulator: RunningSimulator) -> None:
    simulator.session.post(f"{simulator.url}/RecherchePoint/v2.0", b"<rien/>", timeout=10)
    number = str(simulator.admin("/api/journal", limit=1)[0]["id"])
    shown = simulator.command("journal", "show", number, "--json")
    assert json.loads(shown.stdout) == simulator.admin(f"/api/journal/{number}")
    both = simulator.command("journal", "show", number, "--json", "--raw")
    assert (both.returncode, len(both.stderr.splitlines())) == (2, 1)


def client_of(simulator: RunningSimulator) -> dict[str, str]:
    client: dict[str, str] = simulator.ready["acteurs"]["tiers"]
    return client


def checked(simulator: RunningSimulator, *files: str) -> tuple[int, Any]:
    done = simulator.command("cert", "check", *files, "--json")
    return done.returncode, json.loads(done.stdout)


def test_a_certificate_and_its_verdicts(simulator: RunningSimulator, tmp_path: Path) -> None:
    client = client_of(simulator)
    code, found = checked(simulator, client["client_cert"], client["client_key"])
    assert (code, found["accepte"], found["cle_du_certificat"]) == (0, True, True)
    assert found["verdicts"] == [{"environnement": "homologation", "accepte": True, "raisons": []}]
    options = ("--autorite", "gandi", "--nom", "b.example", "--sortie", str(tmp_path))
    simulator.command("cert", "issue", *options)
    code, found = checked(simulator, str(tmp_path / "chain.pem"))
    assert (code, found["accepte"]) == (1, False)
    assert found["verdicts"][0]["raisons"][0]["remede"]


def test_the_authorities() -> None:
    listed = json.loads(run_command("cert", "authorities", "--json").stdout)
    assert {"nom_court", "admise_en", "source"} <= listed[0].keys()


def test_what_the_doctor_finds(simulator: RunningSimulator) -> None:
    client = client_of(simulator)
    files = ("--certificat", client["client_cert"], "--cle", client["client_key"])
    good = simulator.command("doctor", *files, "--json")
    assert (good.returncode, json.loads(good.stdout)) == (0, [])
    wrong = simulator.command("doctor", *files, "--login", "personne@exemple.fr", "--json")
    (found,) = json.loads(wrong.stdout)
    assert (wrong.returncode, found["gravite"]) == (1, "erreur")
