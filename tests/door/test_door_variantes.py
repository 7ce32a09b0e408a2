"""A simulator that varies its answers: over HTTPS, by REST, by pytest's helper, by the command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from in_process import served_in_process, simulator_in_process
from lxml import etree
from running_simulator import RunningSimulator, kept_open, refusal, run_command

from sge_sim.api.administration import Administration
from sge_sim.cli.variantes import variantes
from sge_sim.clock import machine_now
from sge_sim.door.variantes import Plan, Variantes, accepts_gzip, met_in
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.own_simulator import OwnSimulator, cible_of
from sge_sim.homologation.testing import Sge, SgeSession
from sge_sim.homologation.variantes import Essais
from sge_sim.transport.answering import pieces
from sge_sim.transport.message import Framing, HTTPStatus, Response

PRM = "25946599093143"
PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
DEMANDE = {"pointId": PRM, "autorisationClient": True}
REMOVED = (
    f"{PATH}/Body/consulterDonneesTechniquesContractuellesResponse/point/situationContractuelle"
)
SERVED = ("--variantes", "3", "--population-size", "0")

served = kept_open(served_in_process, *SERVED)


def message(login: str) -> bytes:
    namespace = (
        "http://www.enedis.fr/sge/b2b/services/consulterdonneestechniquescontractuelles/v1.0"
    )
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<r:consulterDonneesTechniquesContractuelles xmlns:r="{namespace}">'
        f"<pointId>{PRM}</pointId><loginUtilisateur>{login}</loginUtilisateur>"
        "<autorisationClient>true</autorisationClient>"
        "</r:consulterDonneesTechniquesContractuelles></s:Body></s:Envelope>"
    ).encode()


def asked(simulator: RunningSimulator, **headers: str) -> "object":
    return simulator.session.post(
        f"{simulator.url}{PATH}",
        data=message(simulator.ready["login"]),
        headers={"Content-Type": "text/xml", **headers},
        timeout=10,
    )


@pytest.fixture
def essais(served: RunningSimulator) -> Essais:
    admin = Administration(served.ready["admin_url"])
    return Essais(admin, lambda: True, Plan(graine=1))


def test_each_call_has_another_form_of_the_same_point(served: RunningSimulator) -> None:
    answers = [asked(served) for _ in range(6)]
    assert len({each.content for each in answers}) == 6
    for each in answers:
        assert etree.fromstring(each.content).find(".//point").get("id") == PRM
    (entry,) = served.admin("/api/journal", limit=1)
    assert "Variation : " in entry["detail"]
    assert entry["code"] == "SGT200"


def test_what_was_met_is_whole_whatever_becomes_of_the_journal(served: RunningSimulator) -> None:
    admin = Administration(served.ready["admin_url"])
    admin.post("/api/snapshot", {"nom": "avant"})
    admin.post("/api/variantes", {"variations": ""})
    plain = asked(served).content
    assert b"<soap:Envelope" in plain
    assert f"{REMOVED} × 0" in admin.get("/api/variantes")["manquants"]
    admin.post("/api/variantes", {"variations": f"Variation : absent {REMOVED}"})
    assert asked(served).content != plain
    admin.post("/api/reset", {"nom": "avant"})
    found = admin.get("/api/variantes")
    assert f"{REMOVED} × 0" in found["rencontres"]
    assert found["manquants"]
    assert not {*found["manquants"]} & {*found["rencontres"]}
    admin.post("/api/variantes")


def test_processes_of_a_folder_tell_together_what_was_met(tmp_path: Path) -> None:
    first, second = Variantes(1, tmp_path), Variantes(1, tmp_path)
    for process, met in ((first, {"/a", "/b"}), (second, {"/b", "/c"}), (first, {"/d"})):
        process._meet(met)
    assert met_in(tmp_path) == {"/a", "/b", "/c", "/d"}


def test_a_plan_holds_until_it_is_forgotten(served: RunningSimulator) -> None:
    admin = Administration(served.ready["admin_url"])
    admin.post("/api/variantes", {"variations": f"Variation : prefixe {PATH} = S"})
    assert {asked(served).content[:60] for _ in range(2)} == {
        b'<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope xmlns:S="'
    }
    admin.post("/api/variantes", {"numero": 4, "sortes": ["morceaux"]})
    assert asked(served).headers["Transfer-Encoding"] == "chunked"
    admin.post("/api/variantes", {"numero": 4, "services": ["RecherchePoint"]})
    assert asked(served).content == asked(served).content
    admin.post("/api/variantes")
    assert asked(served).content != asked(served).content
    with pytest.raises(UsageError, match="n'est pas une sorte de variation"):
        admin.post("/api/variantes", {"numero": 1, "sortes": ["nada"]})
    with pytest.raises(UsageError, match="n'est pas une variation : la copier du journal"):
        admin.post("/api/variantes", {"variations": "n'importe quoi"})


def test_a_client_has_gzip_only_where_it_asks(served: RunningSimulator) -> None:
    admin = Administration(served.ready["admin_url"])
    admin.post("/api/variantes", {"variations": f"Variation : gzip {PATH} = oui"})
    assert "Content-Encoding" not in asked(served, **{"Accept-Encoding": "identity"}).headers
    packed = asked(served, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert etree.fromstring(packed.content).find(".//point") is not None
    (entry,) = served.admin("/api/journal", limit=1)
    assert "<soap:Envelope" in admin.exchange(entry["id"]).response
    admin.post("/api/variantes")


@pytest.mark.parametrize("wish", ["", "identity", "gzip;q=0, *", "gzip;q=0", "br", "gzip;q=beau"])
def test_gzip_that_is_not_wanted(wish: str) -> None:
    assert not accepts_gzip({"accept-encoding": wish})


def test_a_client_that_copes_has_met_what_its_contract_allows(
    served: RunningSimulator, essais: Essais
) -> None:
    essais.essai = lambda: asked(served).ok
    assert essais.first_failure(12) is None
    assert essais.reponses == 13
    assert any(each.endswith("/segment/@code") for each in essais.rencontres)


def test_what_breaks_a_client_is_told_alone(served: RunningSimulator, essais: Essais) -> None:
    essais.essai = lambda: b"<soap:Body>" in asked(served).content
    echec = essais.first_failure(60)
    assert echec is not None
    assert [each.sorte for each in echec.cause] == ["prefixe"]
    assert f"prefixe {PATH} = " in echec.sentence
    assert not served.data_dir.joinpath("variantes.json").exists()


def test_a_client_that_never_copes_fails_on_the_usual_form(essais: Essais) -> None:
    essais.essai = lambda: False
    echec = essais.first_failure(3)
    assert echec is not None
    assert echec.sentence == "Le client échoue déjà sur la forme ordinaire des réponses."


def test_a_service_that_is_called_afterwards_tells_that_the_client_copes(
    served: RunningSimulator, essais: Essais
) -> None:
    essais.essai, essais.temoin = lambda: asked(served).ok, "RecherchePoint"
    assert essais.first_failure(1) is not None
    essais.temoin = "consultationDonneesTechniquesContractuelles"
    assert essais.first_failure(1) is None


def test_without_the_setting_answers_are_the_same_and_a_plan_is_refused(tmp_path: Path) -> None:
    with simulator_in_process(tmp_path, population_size=0) as simulator:
        Plan(numero=1).keep(tmp_path)
        first, second = (
            simulator.post(PATH, message(simulator.login), accept_encoding="gzip") for _ in range(2)
        )
        assert first == second
        assert first.framing is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--sorte", "nada", "true"], "« nada » n'est pas une sorte de variation : choisir parmi"),
        (["--service", "Rien", "true"], "« Rien » n'est pas un service"),
        (["--temoin", "Rien", "true"], "« Rien » n'est pas un service"),
        (["/nulle/part"], "« /nulle/part » ne peut pas être lancé"),
        (["--graine", "un", "true"], "--graine"),
        (["--nombre", "0", "true"], "--nombre"),
        ([], "commande"),
    ],
)
def test_a_command_that_is_wrong_is_refused_in_a_sentence(arguments: list[str], told: str) -> None:
    assert told.lower() in refusal(run_command("variantes", *arguments)).lower()


def test_a_seed_that_is_no_number_is_refused() -> None:
    assert "--variantes" in refusal(run_command("serve", "--variantes", "un"))


def test_the_command_tells_what_broke_the_client(
    served: RunningSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def own_simulator(folder: Path, options: object) -> Iterator[SimpleNamespace]:
        assert options == ("--variantes", "0")
        cible = cible_of(served.ready, "tiers")
        yield SimpleNamespace(data_dir=served.data_dir, cible=lambda: cible)

    monkeypatch.setattr(f"{cible_of.__module__}.own_simulator", own_simulator)
    client = tmp_path / "client.py"
    client.write_text(
        "import os, ssl, sys, urllib.request as u\n"
        "e = os.environ\n"
        "c = ssl.create_default_context(cafile=e['SGE_CA'])\n"
        "c.load_cert_chain(e['SGE_CERTIFICAT'], e['SGE_CLE'])\n"
        f"q = u.Request(e['SGE_URL'] + {PATH!r}, {message('LOGIN')!r}.replace(b'LOGIN', "
        "e['SGE_LOGIN'].encode()), {'Content-Type': 'text/xml'})\n"
        "sys.exit(b'<!--' in u.urlopen(q, context=c).read())\n"
    )
    typed = ["--sorte", "commentaire", "--nombre", "9", sys.executable, str(client)]
    done = CliRunner().invoke(variantes, typed)
    assert done.exit_code == 1, done.output
    assert "Il suffit de :" in done.output
    assert f"  commentaire {PATH} = " in done.output
    quiet = CliRunner().invoke(variantes, ["--nombre", "1", "true"])
    assert str(quiet.exception).startswith("Le client n'a reçu aucune réponse")


def test_a_test_fails_with_the_smallest_form_that_breaks_its_client(
    served: RunningSimulator,
) -> None:
    simulator = OwnSimulator(served.data_dir, served.ready, None)
    sge = Sge(SgeSession(simulator, load_release(DEFAULT_RELEASE), machine_now()))

    def fragile() -> None:
        assert b"<soap:Body>" in asked(served).content

    with pytest.raises(AssertionError, match=f"Il suffit de :\n  prefixe {PATH} = "):
        sge.variantes(fragile, nombre=9, sortes=("prefixe",))
    sge.variantes(lambda: asked(served).raise_for_status(), nombre=4, graine=2)


def test_http_1_0_has_no_chunks() -> None:
    answer = Response(HTTPStatus.OK, b"abc", framing=Framing(chunk=2))
    assert b"".join(pieces(answer, [], chunks=False)).endswith(b"\r\n\r\nabc")
    assert b"".join(pieces(answer, [])).endswith(b"\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
