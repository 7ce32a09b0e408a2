"""The commands and the REST routes on actors and certificates, on a running simulator."""

import json
import re
import stat
import subprocess
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from door_kit import Doors, knock_once, last_id, recorded_after
from made_states import copy_state
from running_simulator import RunningSimulator, refusal, run_command

from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment
from sge_sim.door.certificats import login_and_contrat
from sge_sim.errors import UsageError
from sge_sim.pki.certificates import fingerprint
from sge_sim.tables.acteurs import Acteur, Contrat, Utilisateur

pytestmark = pytest.mark.xdist_group("door")

ROOT = Path(__file__).parents[2]


def acteur(simulator: RunningSimulator, code: str) -> dict[str, Any]:
    (found,) = (each for each in simulator.admin("/api/acteurs") if each["code"] == code)
    return dict(found)


def post(simulator: RunningSimulator, path: str, **content: Any) -> requests.Response:
    return simulator.ask("POST", path, json=content)


def test_an_actor_is_made_from_the_command_line_and_calls(
    homologation: RunningSimulator, tmp_path: Path
) -> None:
    """The whole life: create, log in, contract, homologate, issue, register, call."""
    for arguments in (
        ("acteurs", "add", "NOUVEAU", "--nom", "Nouvel acteur"),
        ("acteurs", "login", "NOUVEAU", "Moi@nouveau.example.org", "--service", "RecherchePoint"),
        ("acteurs", "contrat", "NOUVEAU", "77", "--debut", "2020-01-01", "--fin", "2029-12-31"),
        ("acteurs", "grant", "NOUVEAU", "Consultation", "--environnement", "homologation"),
        (
            *("cert", "issue", "--autorite", "gandi", "--nom", "nouveau.example.fr"),
            *("--sortie", str(tmp_path / "c"), "--type-cle", "rsa2048"),
        ),
        ("cert", "register", str(tmp_path / "c" / "bundle.p12"), "--acteur", "NOUVEAU"),
    ):
        done = homologation.command(*arguments)
        assert done.returncode == 0, done.stderr
    made = acteur(homologation, "NOUVEAU")
    assert made["utilisateurs"] == [
        {
            "login": "moi@nouveau.example.org",
            "services": ["RecherchePoint"],
            "actif": True,
            "mot_de_passe": False,
        }
    ]
    assert made["contrats"][0] == {
        "contrat_id": "77",
        "type": "ET",
        "date_debut": "2020-01-01",
        "date_fin": "2029-12-31",
    }
    assert made["habilitations"] == {"homologation": ["consultation"], "production": []}
    assert [certificate["sujet"] for certificate in made["certificats"]] == ["nouveau.example.fr"]

    pem = tmp_path / "both.pem"
    chain, key = tmp_path / "c" / "chain.pem", tmp_path / "c" / "key.pem"
    pem.write_bytes(key.read_bytes() + chain.read_bytes())
    before = last_id(homologation)
    assert knock_once(homologation, pem).status == 200
    assert recorded_after(homologation, before)["acteur"] == "NOUVEAU"
    checked = homologation.command("cert", "check", str(chain), str(key))
    assert checked.returncode == 0, checked.stdout
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_an_actor_is_made_over_rest(homologation: RunningSimulator) -> None:
    assert post(homologation, "/api/acteurs", code="REST1", nom="R", kind="fournisseur").ok
    assert post(homologation, "/api/acteurs/REST1/logins", login="ab@rest1.example.org").ok
    contrat = {"contrat_id": "88", "date_debut": "2020-01-01"}
    assert post(homologation, "/api/acteurs/REST1/contrats", **contrat).ok
    given = {"package": "Commande", "environnement": "production"}
    answer = post(homologation, "/api/acteurs/REST1/habilitations", **given)
    assert answer.json()["habilitations"]["production"] == ["commande"]
    assert answer.json()["contrats"][0]["type"] == "GRD-F"
    path = "/api/acteurs/REST1"
    removed = homologation.ask("DELETE", f"{path}/habilitations/production/Commande")
    assert removed.status_code == 204
    assert homologation.admin(path)["habilitations"]["production"] == []
    listed = homologation.command("acteurs", "list", "--json")
    assert "REST1" in [acteur["code"] for acteur in json.loads(listed.stdout)]
    assert "ab@rest1.example.org" in homologation.command("acteurs", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grant", "PERSONNE", "Commande"), "L'acteur « PERSONNE » n'existe pas"),
        (("grant", "TIERS1", "Comande"), "Le package « Comande » n'existe pas"),
        (("add", "TIERS1", "--nom", "x"), "existe déjà"),
        (("add", "TIERS 9", "--nom", "x"), "n'écrire que des lettres et des chiffres"),
        (("add", "T" * 21, "--nom", "x"), "ne convient pas (code)"),
        (("login", "TIERS1", "pas-un-courriel"), "écrire une adresse de messagerie"),
        (("login", "TIERS1", "x@tiers1.example.org"), "deux caractères au moins avant et après @"),
        (
            ("login", "TIERS1", "ab@tiers1.example.org", "--service", "Foo"),
            "Le service « Foo » n'existe pas : choisir parmi CommandeArret",
        ),
        (("login", "TIERS1", "contact@tiers2.example.org"), "est à l'acteur TIERS2"),
        (("contrat", "TIERS1", "1100391", "--debut", "2020-01-01"), "est à l'acteur TIERS2"),
        (
            ("contrat", "TIERS1", "9", "--debut", "2020-01-01", "--fin", "2019-01-01"),
            "finirait avant de commencer",
        ),
        (("contrat", "TIERS1", "9", "--debut", "hier"), "n'est pas une date"),
        (("mot-de-passe", "x@example.org", "--mot-de-passe", "a"), "n'existe pas"),
        (("certificat", "TIERS1", "/nulle/part", "--environnement", "production"), "est illisible"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    homologation: RunningSimulator, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refusal(homologation.command("acteurs", *arguments))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]"}, 200),
        ({"Host": "[::1]:8080", "Origin": "http://[::1]:8080"}, 200),
        ({"Host": "LocalHost:8080", "Origin": "http://localhost:8080"}, 200),
        ({"Host": "localhost", "Origin": "http://["}, 403),
        ({"Host": "localhost", "Origin": "null"}, 403),
        ({"Host": "localhost", "Origin": "http://localhost:8080"}, 403),
        ({"Host": "localhost.evil.example"}, 403),
        ({"Host": "localhost:80:evil.example"}, 403),
        ({"Host": "::1"}, 403),
        ({"Host": "["}, 403),
        ({"Content-Length": "x"}, 400),
    ],
)
def test_the_administration_knows_this_machine_by_its_names(
    homologation: RunningSimulator, headers: dict[str, str], status: int
) -> None:
    admin = urlsplit(homologation.ready["admin_url"])
    connection = HTTPConnection("127.0.0.1", admin.port or 80, timeout=10)
    connection.request("GET", "/api/clock", headers=headers)
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.documented("FAQ: Let's Encrypt in homologation only")
@pytest.mark.parametrize(
    ("environment", "word"), [("homologation", "admise"), ("production", "refusée")]
)
def test_the_authorities_of_an_environment_are_listed(environment: str, word: str) -> None:
    done = run_command("cert", "authorities", "--environnement", environment)
    (line,) = (each for each in done.stdout.splitlines() if each.startswith("letsencrypt"))
    assert f"{word} en {environment}" in line
    named = [
        each for each in done.stdout.splitlines() if f" en {environment}, délivrée par " in each
    ]
    assert len(named) == 9


@pytest.mark.parametrize("lacks", ["login", "contrat"])
def test_who_has_no_login_of_every_right_or_no_contract_without_end_is_told(lacks: str) -> None:
    logins = [] if lacks == "login" else [Utilisateur(login="a@b.fr", actif=True, services=None)]
    debut = date(2024, 1, 1)
    contrats = [Contrat(contrat_id="1", date_debut=debut, date_fin=debut)]
    if lacks == "login":
        contrats = [Contrat(contrat_id="1", date_debut=debut)]
    acteur = Acteur(code="X", utilisateurs=logins, contrats=contrats)
    with pytest.raises(UsageError, match="L'acteur X n'a pas de login à tous droits ou pas de"):
        login_and_contrat(acteur)


def test_an_issued_certificate_is_as_asked(homologation: RunningSimulator, tmp_path: Path) -> None:
    done = homologation.command(
        *("cert", "issue", "--autorite", "thawte", "--nom", "a.example.fr"),
        *("--san", "b.example.fr", "--jours", "-3", "--sortie", str(tmp_path / "out")),
    )
    assert done.returncode == 0, done.stderr
    checked = homologation.command("cert", "check", str(tmp_path / "out" / "chain.pem"))
    assert checked.returncode == 1
    assert "multi-domaine : a.example.fr, b.example.fr" in checked.stdout
    assert "expiré depuis le" in checked.stdout


@pytest.mark.parametrize("environnement", ENVIRONMENTS)
def test_a_certificate_without_an_end_is_shown_everywhere(
    doors: Doors, environnement: Environment, tmp_path: Path
) -> None:
    simulator, presented = doors.simulators[environnement], doors.cases["sans-fin"]
    (shown,) = (
        certificate
        for certificate in simulator.admin("/api/certificats", environnement=environnement)
        if certificate["empreinte"] == fingerprint(presented.leaf_der)
    )
    assert shown["fin"].startswith("9999-12-31T23:59:59")
    assert shown["avertissement"] is None
    assert "TIERS1" in simulator.command("acteurs", "list").stdout
    assert simulator.ask("GET", "/").status_code == 200

    files = str(doors.files["sans-fin"])
    checked = simulator.command("cert", "check", files, "--environnement", environnement)
    assert checked.returncode == 0, checked.stderr
    assert "au 31/12/9999" in checked.stdout
    examined = simulator.command(
        *("doctor", "--certificat", files, "--cle", files, "--environnement", environnement)
    )
    assert examined.returncode == 0, examined.stdout + examined.stderr


def test_a_public_certificate_can_not_be_revoked(
    homologation: RunningSimulator, doors: Doors
) -> None:
    done = homologation.command("cert", "revoke", str(doors.files["racine-inconnue"]))
    assert "seule son autorité peut le révoquer" in refusal(done)


def test_no_key_is_readable_by_others(doors: Doors) -> None:
    for simulator in doors.simulators.values():
        files = [path for path in (simulator.data_dir / "pki").rglob("*") if path.is_file()]
        keys = [path for path in files if b"PRIVATE KEY" in path.read_bytes()]
        bundles = [path for path in files if path.suffix == ".p12"]
        assert len(keys) > 10
        assert bundles
        for path in (*keys, *bundles):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_nothing_secret_is_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("not a clone")
    key = re.compile(rb"PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            assert not key.search(path.read_bytes()), name
            assert path.suffix not in {".key", ".p12", ".pfx"}, name


@pytest.mark.parametrize(("days", "warning"), [("-3", "Attention : il a expiré le "), ("30", "")])
def test_an_expired_certificate_is_registered_with_a_word(
    tmp_path: Path, days: str, warning: str
) -> None:
    copy_state(tmp_path / "state", {"population_size": 0})
    simulator = RunningSimulator({}, tmp_path / "state")
    options = ("--nom", "a.example", "--jours", days, "--sortie", str(tmp_path))
    issued = simulator.command("cert", "issue", "--autorite", "gandi", *options)
    assert issued.returncode == 0
    chain = str(tmp_path / "chain.pem")
    for command in (
        ("cert", "register", chain),
        ("acteurs", "certificat", "TIERS1", chain, "--environnement", "homologation"),
    ):
        done = simulator.command(*command)
        assert (done.returncode, "enregistré pour TIERS1" in done.stdout) == (0, True)
        assert ("Attention" in done.stdout) is bool(warning)
        assert warning in done.stdout
