"""Two simulators on one PostgreSQL are one platform: authorities, certificates, counts, reports."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from made_states import opened
from postgresql_kit import two_simulators
from running_simulator import XML, RunningSimulator, start_simulator
from waiting import eventually

from sge_sim.facts.database import Database
from sge_sim.tables.comptages import Quota, SharedCadence, SharedQuotas

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.assumed("what machines share is ours to choose"),
]

PATH = "/RecherchePoint/v2.0"


@pytest.fixture(scope="module")
def two(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RunningSimulator]]:
    with two_simulators(tmp_path_factory.mktemp("two"), database_url) as running:
        yield running


def call(simulator: RunningSimulator, session: requests.Session) -> int:
    return session.post(simulator.url + PATH, data=b"<vide/>", headers=XML, timeout=30).status_code


@pytest.mark.parametrize(
    ("mode", "content", "told"),
    [
        (None, None, "donner sa clé par --cle-plateforme"),
        (0o644, None, "lisible par d'autres"),
        (0o600, b"pas une cle", "ne contient pas de clé"),
        (0o600, b"A" * 43 + b"=", "n'est pas celle de cette plateforme"),
    ],
)
def test_a_second_machine_without_the_key_of_the_first_is_refused_in_a_sentence(
    two: list[RunningSimulator],
    database_url: str,
    tmp_path: Path,
    mode: int | None,
    content: bytes | None,
    told: str,
) -> None:
    options = ["--database-url", database_url, "--population-size", "0"]
    if mode is not None:
        key = tmp_path / "cle"
        key.write_bytes(content or (two[0].data_dir / "plateforme.cle").read_bytes())
        key.chmod(mode)
        options += ["--cle-plateforme", str(key)]
    with (
        pytest.raises(RuntimeError, match=told) as refused,
        start_simulator(tmp_path / "third", *options),
    ):
        pass
    assert "Traceback" not in str(refused.value)


def test_there_is_one_authority_and_one_default_caller(two: list[RunningSimulator]) -> None:
    one, other = two
    for name in ("ca_file", "client_cert", "client_key"):
        assert Path(one.ready[name]).read_bytes() == Path(other.ready[name]).read_bytes()
    for path in ("authorities/gandi/intermediate.key.pem", "server/authority.key.pem"):
        here, there = (each.data_dir / "pki" / path for each in two)
        assert here.read_bytes() == there.read_bytes()
        assert there.stat().st_mode & 0o077 == 0
    assert call(other, one.session) == 500  # let in: its message is refused


def test_private_keys_stand_in_the_database_encrypted(
    two: list[RunningSimulator], database_url: str
) -> None:
    with opened(database_url) as database, database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT nom, secret, contenu FROM plateforme.piece").all()
    open_keys = {nom for nom, _, contenu in rows if b"PRIVATE KEY" in bytes(contenu)}
    assert open_keys == set()
    secrets = {nom for nom, secret, _ in rows if secret}
    assert "pki/clients/tiers/key.pem" in secrets
    assert not [nom for nom, _, _ in rows if nom.endswith("identity.pem")]


def test_what_one_registers_the_other_lets_in_and_what_one_revokes_it_refuses(
    two: list[RunningSimulator], tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGE_SIM_DATABASE_URL", database_url)
    one, other = two
    chain, session = one.second_client(tmp_path / "client")
    assert call(other, session) == 500
    one.printed("cert", "revoke", str(chain))
    assert call(one, session) == 403
    eventually(lambda: call(other, session) == 403)


def test_a_panne_of_two_strikes_strikes_twice_in_all(two: list[RunningSimulator]) -> None:
    planned = two[0].ask("POST", "/api/pannes", json={"sorte": "http502", "au": 2})
    assert planned.status_code == 201, planned.text
    calls = [(simulator, simulator.session_of("tiers")) for simulator in two * 6]
    with ThreadPoolExecutor(6) as pool:
        answers = Counter(pool.map(lambda asked: call(*asked), calls))
    assert answers == {502: 2, 500: 10}
    for simulator in two:
        (panne,) = simulator.admin("/api/pannes")
        assert (panne["appels"], panne["touches"], panne["epuisee"]) == (2, 2, True)


def test_quotas_and_rates_are_counted_together(database_url: str) -> None:
    database = Database(database_url)
    quotas = SharedQuotas(database.engine), SharedQuotas(database.engine)
    asked = Quota("b", 7, 3), Quota("a", 7, 100)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda rank: quotas[rank % 2].take(asked), range(8)))
    assert Counter(taken) == {None: 3, asked[0]: 5}
    assert quotas[0].take((Quota("b", 8, 3),)) is None, "a new window"
    assert quotas[0].take((Quota("a", 7, 4),)) is None, "the refused counted under none"
    cadence = SharedCadence(database.engine)
    with ThreadPoolExecutor(4) as pool:
        counted = list(pool.map(lambda _: cadence.count(("T1", ""), "S", None), range(8)))
    assert max(together for _, together in counted) >= 4
    database.dispose()


def test_a_token_that_one_draws_is_the_other_s(
    two: list[RunningSimulator], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGE_SIM_DATABASE_URL", database_url)
    two[0].printed("token")
    name = "admin-token.sha256"
    eventually((two[1].data_dir / name).exists)
    assert (two[1].data_dir / name).read_bytes() == (two[0].data_dir / name).read_bytes()
