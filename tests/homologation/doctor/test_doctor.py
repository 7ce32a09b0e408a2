"""Broken set-ups, each named; a good one, about which nothing is said."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, run_command

from sge_sim.clock import PARIS, machine_now
from sge_sim.errors import UsageError
from sge_sim.homologation.doctor import Diagnostic
from sge_sim.homologation.doctor import network as doctor_network
from sge_sim.homologation.doctor.examination import (
    Identity,
    Setup,
    examine,
    examine_files,
    examine_identity,
    login_diagnostic,
)
from sge_sim.homologation.doctor.network import HttpAnswer, examine_date, examine_url
from sge_sim.pki.issuing import IssuedFiles, issue_client_certificate, write_issued_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.server_identity import ensure_server_identity
from sge_sim.pki.trust import Pki, open_pki
from sge_sim.schema.data_folder import open_database
from sge_sim.settings import VerifieEku

PATHS = frozenset({"/RecherchePoint/v2.0", "/ConsultationMesures/v1.1"})
OPEN = datetime(2026, 11, 24, 10, tzinfo=PARIS)
Issue = Callable[..., IssuedFiles]


@pytest.fixture
def good(simulator: RunningSimulator) -> Setup:
    """The set-up that the simulator announces."""
    ready = simulator.ready
    return Setup(
        cert=Path(ready["client_cert"]),
        key=Path(ready["client_key"]),
        url=f"{ready['b2b_url']}/RecherchePoint/v2.0",
        ca=Path(ready["ca_file"]),
        login=ready["login"],
        contrat=ready["contrat_id"],
        data_dir=simulator.data_dir,
    )


@pytest.fixture
def pki(simulator: RunningSimulator) -> Pki:
    return open_pki(simulator.data_dir, now=machine_now())


@pytest.fixture
def issue(pki: Pki, tmp_path: Path) -> Issue:
    """Issues a certificate of a simulated authority, registered for nobody."""

    def make(*names: str, authority: str = "globalsign", days: int = 90) -> IssuedFiles:
        issued = issue_client_certificate(
            pki.simulated(authority), names or ("a.example",), now=machine_now(), days=days
        )
        return write_issued_certificate(tmp_path / "client", issued)

    return make


def codes(setup: Setup) -> list[str]:
    return [each.code for each in examine(setup, machine_now())]


def offline(files: IssuedFiles, good: Setup) -> Setup:
    return replace(good, cert=files.chain, key=files.key, url=None, login=None, contrat=None)


def test_nothing_is_said_of_a_good_set_up(good: Setup) -> None:
    assert examine(good, machine_now()) == []


def test_swapped_files_are_named(good: Setup) -> None:
    assert codes(replace(good, cert=good.key, key=good.cert)) == ["fichiers_echanges"]


def test_the_key_of_another_certificate_is_named(good: Setup, issue: Issue) -> None:
    assert "cle_d_un_autre" in codes(replace(good, key=issue().key, url=None))


def test_a_missing_intermediate_is_named_and_the_server_hangs_up(
    good: Setup, tmp_path: Path
) -> None:
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(good.cert.read_text().split("-----END CERTIFICATE-----")[0])
    with leaf.open("a") as file:
        file.write("-----END CERTIFICATE-----\n")
    found = codes(replace(good, cert=leaf))
    assert found == ["intermediaire_absent", "certificat_refuse_tls"]


def test_certificates_in_the_wrong_order_are_named(good: Setup, tmp_path: Path) -> None:
    end = "-----END CERTIFICATE-----\n"
    leaf, intermediate, _ = good.cert.read_text().split(end)
    turned = tmp_path / "turned.pem"
    turned.write_text(intermediate + end + leaf + end)
    assert "ordre_des_certificats" in codes(replace(good, cert=turned, url=None))


@pytest.mark.documented("FAQ: no wildcard")
def test_a_wildcard_is_named(good: Setup, issue: Issue) -> None:
    assert "nom_generique" in codes(offline(issue("*.example.fr"), good))


@pytest.mark.documented("FAQ: Let's Encrypt in homologation only")
def test_an_authority_of_the_other_environment_is_named(good: Setup, issue: Issue) -> None:
    files = issue(authority="letsencrypt")
    setup = replace(offline(files, good), environment="production")
    assert "autorite_hors_environnement" in codes(setup)


def test_an_authority_off_the_list_is_named(
    good: Setup, simulator: RunningSimulator, tmp_path: Path
) -> None:
    server = ensure_server_identity(tmp_path / "server", now=machine_now())
    assert "chaine" in codes(
        replace(good, cert=server.identity, key=server.identity, url=None, login=None)
    )


def test_an_expired_certificate_is_named(good: Setup, issue: Issue) -> None:
    assert "expire" in codes(offline(issue(days=-3), good))


@pytest.mark.documented("FAQ: the renewal is that of production certificates")
@pytest.mark.parametrize(("authority", "by_ticket"), [("letsencrypt", False), ("globalsign", True)])
def test_the_end_is_announced_and_the_ticket_of_what_production_admits_alone(
    pki: Pki, issue: Issue, authority: str, by_ticket: bool
) -> None:
    files = issue(authority=authority, days=3)
    policy = Policy("homologation", pki.trust, verifie_eku=VerifieEku.TOLERANT)
    found = list(examine_files(files.chain, files.key, policy, machine_now()))
    assert [(each.code, each.gravite) for each in found] == [("renouvellement", "conseil")]
    assert ("à déposer au plus tard le" in found[0].constat) is by_ticket
    assert ("ticket" in found[0].remede) is by_ticket


def test_a_certificate_that_nobody_handed_in_is_named_and_refused(
    good: Setup, issue: Issue
) -> None:
    files = issue()
    assert codes(offline(files, good)) == ["non_enregistre"]
    online = replace(good, cert=files.chain, key=files.key)
    assert codes(online) == ["non_enregistre", "certificat_refuse"]


def test_an_unknown_server_authority_is_named(good: Setup) -> None:
    assert codes(replace(good, ca=None)) == ["autorite_du_serveur"]


def test_a_name_that_the_server_does_not_have_is_named(good: Setup) -> None:
    assert good.url is not None
    assert codes(replace(good, url=good.url.replace("localhost", "127.0.0.2"))) in (
        ["nom_d_hote"],
        ["injoignable"],
    )


def test_an_unknown_host_and_a_closed_port_are_named(good: Setup) -> None:
    assert codes(replace(good, url="https://sge.invalid/RecherchePoint/v2.0")) == ["hote_inconnu"]
    assert codes(replace(good, url="https://localhost:9/RecherchePoint/v2.0")) == ["injoignable"]


def test_a_wrong_path_is_named_with_the_nearest(good: Setup) -> None:
    assert good.url is not None
    found = examine(replace(good, url=good.url.replace("v2.0", "v3.0")), machine_now())
    assert [each.code for each in found] == ["chemin", "chemin_refuse"]
    assert "/RecherchePoint/v2.0" in found[0].remede


@pytest.mark.observed("WSDL addresses: HTTP 403 at www.enedis.fr, no certificate for erdf.fr")
@pytest.mark.parametrize(
    "url",
    [
        "https://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0",
        "https://sge-b2b.erdf.fr/ConsultationMesures/v1.1",
    ],
)
def test_the_address_written_in_a_wsdl_is_named(url: str) -> None:
    assert [each.code for each in examine_url(url, PATHS, OPEN)] == ["adresse_du_wsdl"]


@pytest.mark.observed("new hosts since 23/09/2024")
def test_a_host_of_before_2024_is_named_with_its_heir() -> None:
    url = "https://sge-homologation-b2b.enedis.fr/RecherchePoint/v2.0"
    (found,) = examine_url(url, PATHS, OPEN)
    assert found.code == "ancien_hote"
    assert "sge-homologation-ws.enedis.fr" in found.remede


@pytest.mark.documented("FAQ: hours of the homologation")
def test_the_closed_platform_is_named() -> None:
    url = "https://sge-homologation-ws.enedis.fr/RecherchePoint/v2.0"
    assert [each.code for each in examine_url(url, PATHS, OPEN + timedelta(hours=3))] == ["ferme"]
    assert list(examine_url(url, PATHS, OPEN)) == []


def test_plain_http_is_named() -> None:
    assert [each.code for each in examine_url("http://localhost", PATHS, OPEN)] == ["https"]


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:99999",
        "https://localhost:0",
        "https://[::1",
        "https://a..b/",
        f"https://{'a' * 80}.fr",
        "https://a b/",
    ],
)
def test_what_is_no_address_is_named(good: Setup, url: str) -> None:
    assert codes(replace(good, url=url)) == ["https"]


def test_a_server_without_tls_is_named(good: Setup, simulator: RunningSimulator) -> None:
    plain = simulator.ready["admin_url"].replace("http:", "https:")
    assert codes(replace(good, url=plain)) == ["sans_tls"]


def test_a_path_in_any_letters_is_asked_for(good: Setup, simulator: RunningSimulator) -> None:
    assert codes(replace(good, url=f"{simulator.url}/é è")) == ["chemin", "chemin_refuse"]


@pytest.mark.parametrize("content", [b"", bytes(range(256)), None])
def test_an_authority_that_cannot_be_used_is_named_and_the_address_tried(
    good: Setup, tmp_path: Path, content: bytes | None
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(good.key.read_bytes() if content is None else content)
    assert codes(replace(good, ca=ca)) == ["ca_inutilisable"]
    dead = replace(good, ca=ca, url="https://localhost:9")
    assert codes(dead) == ["ca_inutilisable", "injoignable"]


def test_files_that_no_client_can_present_are_named(good: Setup, tmp_path: Path) -> None:
    binary = tmp_path / "cert.p12"
    binary.write_bytes(good.cert.with_name("bundle.p12").read_bytes())
    assert codes(replace(good, cert=binary)) == ["non_presentable"]


def test_a_clock_that_is_off_is_named() -> None:
    date = "Tue, 24 Nov 2026 09:00:00 GMT"
    assert list(examine_date(date, OPEN)) == []
    (late,) = examine_date(date, OPEN - timedelta(minutes=5))
    assert (late.code, "en retard de 0:05:00" in late.constat) == ("horloge", True)
    assert list(examine_date(None, OPEN)) == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, None), (-60, None), (61, "en avance"), (-61, "en retard")]
)
def test_a_clock_may_be_off_by_a_minute(seconds: int, words: str | None) -> None:
    found = examine_date("Tue, 24 Nov 2026 09:00:00 GMT", OPEN + timedelta(seconds=seconds))
    ways = [f"{words} de 0:01:01" in each.constat for each in found]
    assert ways == ([] if words is None else [True])


def test_a_closed_service_is_named_with_what_it_says(
    good: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> Generator[Diagnostic, None, HttpAnswer]:
        yield from ()
        return HttpAnswer(503, "Rouvre à 8 h.", None)

    monkeypatch.setattr(doctor_network, "try_connection", closed)
    (found,) = examine(good, machine_now())
    assert found.code == "ferme"
    assert "(HTTP 503) : Rouvre à 8 h." in found.constat


ELSEWHERE = {"login": "contact@tiers2.example.org"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"login": "jean dupont"}, "login", "un @ et un seul"),
        ({"login": "inconnu@exemple.fr"}, "login_inconnu", "SGT504"),
        (ELSEWHERE, "login_d_un_autre", "TIERS2, le certificat à l'acteur TIERS1 (SGT502"),
        ({"login": "sans.droit@tiers1.example.org"}, "login_sans_droit", "SGT483"),
        ({"login": "ancien.compte@tiers1.example.org"}, "compte_ferme", "SGT483"),
        ({"contrat": "1234567890123456"}, "contrat", "1 à 15 caractères"),
        ({"contrat": "0"}, "contrat_inconnu", "SGT471"),
        ({"contrat": "1100391"}, "contrat_d_un_autre", "TIERS2, le certificat à l'acteur TIERS1"),
        ({"contrat": "1100017"}, "contrat_inactif", "du 01/01/2012 au 31/12/2014 (SGT473)"),
    ],
)
def test_logins_and_contracts_are_held_against_the_certificate(
    good: Setup, change: dict[str, str], code: str, words: str
) -> None:
    found = examine(replace(good, url=None, **change), machine_now())  # type: ignore[arg-type]
    assert [(each.code, each.gravite) for each in found] == [(code, "erreur")]
    assert words in found[0].constat


@pytest.mark.parametrize("path", ["RecherchePoint/v2.0", "", "x"])
def test_an_actor_that_is_homologated_for_nothing_is_told_in_production(
    good: Setup, path: str
) -> None:
    identity = Identity(**ELSEWHERE, contrat=None, url=f"https://h/{path}")
    database = open_database(good.data_dir or Path())
    assert list(examine_identity(identity, database)) == []
    (found,) = examine_identity(replace(identity, environment="production"), database)
    assert (found.code, found.gravite) == ("acteur_non_homologue", "erreur")
    database.dispose()


def test_a_login_of_another_is_held_against_its_contract_where_the_certificate_is_nobody_s(
    good: Setup, issue: Issue
) -> None:
    files = issue()
    setup = replace(good, cert=files.chain, key=files.key, url=None, contrat="1000184")
    assert codes(setup) == ["non_enregistre", "contrat_d_un_autre"]


@pytest.mark.parametrize(
    ("login", "why", "code"),
    [
        ("jean.dupont", "un @ et un seul", "SGT562"),
        ("a@b@exemple.fr", "un @ et un seul", "SGT562"),
        ("jean+sge@exemple.fr", "« + » n'y est pas admis", "SGT562"),
        ("jérôme@exemple.fr", "« é » n'y est pas admis", "SGT562"),
        ("jean @exemple.fr", "l'espace n'y est pas admis", "SGT562"),
        ("@exemple.fr", "rien n'est écrit avant le @", "SGT562"),
        ("-jean@exemple.fr", "« - » ne peut pas être le premier caractère avant le @", "SGT562"),
        ("jean@.exemple.fr", "« . » ne peut pas être le premier caractère après le @", "SGT562"),
        (f"{'a' * 257}@exemple.fr", "plus de 256 caractères", "SGT562"),
        ("jean@exemple.f", "ne finit pas par un point et au moins deux lettres", "SGT562"),
        ("jean@exemple", "ne finit pas par un point et au moins deux lettres", "SGT504"),
    ],
)
def test_why_an_address_is_no_login_is_told_with_the_code_that_refuses_it(
    login: str, why: str, code: str
) -> None:
    found = login_diagnostic(login)
    assert found is not None
    assert why in found.constat
    assert code in found.remede
    assert login_diagnostic("jean.dupont_2@sous-domaine.exemple.fr") is None


def test_the_command_looks_where_the_variable_says(
    good: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGE_SIM_DATA_DIR", str(good.data_dir))
    files = ("--certificat", str(good.cert), "--cle", str(good.key))
    done = run_command("doctor", *files, "--contrat", "1100391", "--login", str(good.login))
    assert (done.returncode, "[contrat_d_un_autre]" in done.stdout) == (1, True)


def test_the_command_names_what_is_wrong_and_says_so_by_its_code(good: Setup) -> None:
    swapped = run_command("doctor", "--certificat", str(good.key), "--cle", str(good.cert))
    assert swapped.returncode == 1
    assert "Erreur [fichiers_echanges]" in swapped.stdout
    files = ("--certificat", str(good.cert), "--cle", str(good.key))
    fine = run_command("doctor", *files, "--data-dir", str(good.data_dir))
    assert (fine.returncode, fine.stdout) == (0, "Rien à signaler.\n")


def test_the_command_tells_of_a_wrong_address_and_a_wrong_authority(
    good: Setup, tmp_path: Path
) -> None:
    empty = tmp_path / "ca.pem"
    empty.touch()
    for option in (("--url", "https://localhost:99999"), ("--url", good.url, "--ca", str(empty))):
        done = run_command(
            "doctor", "--certificat", str(good.cert), "--cle", str(good.key), *option
        )
        assert (done.returncode, done.stderr) == (1, "")
        assert "[https]" in done.stdout or "[ca_inutilisable]" in done.stdout


def test_a_folder_without_a_simulator_is_refused(good: Setup, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="data-dir"):
        examine(replace(good, data_dir=tmp_path), machine_now())
