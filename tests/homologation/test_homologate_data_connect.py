"""The cases of Data Connect, by the same runner, judged and reported as the others."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from dataconnect_kit import START, data_connect_simulator
from homologating import Homologation, homologate
from in_process import served_in_process
from openpyxl import load_workbook
from running_simulator import RunningSimulator, kept_open

from sge_sim.cli.homologate import homologate as command
from sge_sim.clock import PARIS
from sge_sim.dataconnect.application import ROUTES
from sge_sim.dataconnect.documentation import all_rules
from sge_sim.dataconnect.rest_rules import SERVICE
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.protocoles import DATA_CONNECT, PROTOCOLES, SIMULATEUR
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.data_connect_client import (
    _WRITTEN,
    CibleDataConnect,
    DataConnectClient,
    identifiants_of,
)
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.writing import verify

RELEASE = load_release("data-connect-2026", PROTOCOLES)
NOT_IN_A_CASE = {
    "quota_par_heure": "a thousand calls at five a second",
    "sans_ressource": "no documented error: a path of nobody",
    "methode_non_admise": "the same",
    "probleme_technique": "the simulator's own failure",
    "quota_par_seconde": "met in another campaign",
    "page_client_absent": "assumed text of ours",
    "page_type": "the same",
    "page_state": "the same",
    "page_duree_absente": "the same",
    "page_panne": "the simulator's own failure",
    "page_erreur": "the same",
    "texte": "no documented error: assumed",
}


server = kept_open(data_connect_simulator, "--no-quotas", serve=served_in_process)
"""A server to be named, without quotas: the campaign doesn't wait for them."""


@pytest.fixture(scope="module")
def from_afar(server: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Homologation:
    """A few cases, on a server of which the address alone is known."""
    cases = ("DC-MES-R1", "DC-ACC-R1", "DC-SER-R1", "DC-MES-NR4", "DC-QUO-NR1")
    chosen = [part for name in cases for part in ("--cas", name)]
    return homologate(
        tmp_path_factory.mktemp("reports") / "far",
        *against(server, "production", "bac_a_sable"),
        *("--release", "data-connect-2026", *chosen),
    )


@pytest.fixture(scope="module")
def campaign(
    server: RunningSimulator, from_afar: Homologation, tmp_path_factory: pytest.TempPathFactory
) -> Homologation:
    """All the cases; the one of the quota can't be met here."""
    folder = tmp_path_factory.mktemp("reports")
    expected = folder / "expected.txt"
    expected.write_text("DC-QUO-NR1  # the server has no quotas\n")
    return homologate(
        folder / "dc",
        *against(server),
        *("--admin", server.ready["admin_url"], "--package", "data-connect"),
        *("--echecs-attendus", str(expected)),
    )


def against(simulator: RunningSimulator, *modes: str) -> list[str]:
    """The options that name a server, and the applications of `modes` there."""
    ready = simulator.ready
    options = ["--cible", ready["data_connect_url"], "--ca", ready["ca_file"]]
    for mode in modes:
        found = ready["data_connect"] if mode == "production" else ready["data_connect"]["sandbox"]
        prefix = "--" if mode == "production" else "--sandbox-"
        options += [f"{prefix}client-id", found["client_id"]]
        options += [f"{prefix}client-secret", found["client_secret"]]
    return options


@pytest.mark.assumed("the cases are of our own making: Enedis has no catalogue for Data Connect")
def test_every_case_is_good(campaign: Homologation) -> None:
    assert campaign.code == 0, campaign.stdout + campaign.stderr
    executions = campaign.report.executions
    assert [each.cle for each in executions] == [case.cle for case in RELEASE.cas]
    bad = {each.cle for each in executions if each.statut is not Statut.REUSSI}
    assert bad == {"DC-QUO-NR1"}
    (verdict,) = campaign.report.verdicts
    assert (verdict.package, verdict.decision) == ("data-connect", Decision.HOMOLOGUE)


def test_a_simulator_of_its_own_is_started_and_its_quota_met(tmp_path: Path) -> None:
    cases = ("--cas", "DC-QUO-NR1", "--cas", "DC-MES-R1")
    done = homologate(tmp_path / "own", "--package", "data-connect", *cases)
    assert done.code == 0, done.stdout + done.stderr
    assert done.report.release == RELEASE.nom
    assert [each.statut for each in done.report.executions] == [Statut.REUSSI] * 2
    refused = done.execution("DC-QUO-NR1")
    assert refused.regle is not None
    assert (refused.statut_http, refused.regle.name) == (429, "DataConnect/quota_par_seconde")


def test_each_interface_and_each_reason_has_a_case(campaign: Homologation) -> None:
    """The names of the reasons are those that the journal told to the runner."""
    called = {case.service for case in RELEASE.cas}
    assert called == {route.service for route in ROUTES if route.service}
    assert {*_WRITTEN, "dataconnect", SIMULATEUR} <= DATA_CONNECT.versions("").keys()
    rules = {each.regle.name for each in campaign.report.executions if each.regle}
    missing = {rule.of(SERVICE).name for _, rule in all_rules()} - rules
    assert missing == {f"{SERVICE}/{name}" for name in NOT_IN_A_CASE}


def test_reports_hold_what_crossed_the_wire_without_secrets(campaign: Homologation) -> None:
    folder = campaign.folder
    assert verify((folder / "preuves.zip").read_bytes(), folder) == []
    run = campaign.execution("DC-OAU-R1")
    assert run.requete.startswith("POST /oauth2/v3/token\n\ngrant_type=client_credentials")
    assert "client_secret=***" in run.requete
    assert '"access_token":"***"' in run.reponse
    sheet = load_workbook(folder / "suivi.xlsx")["data-connect"]
    rows = list(sheet.values)
    assert len(rows) == 1 + len(RELEASE.cas)
    assert rows[1][:1] == ("oauth2",)
    assert "DC-V5-NR14" in (folder / "rapport.html").read_text()
    instants = [each.instant for each in campaign.report.executions if each.instant]
    assert (instants[-1] - instants[0]).days >= 1, "the last cases have moved the clock"


def test_a_named_server_is_called_without_what_drives_a_simulator(
    from_afar: Homologation,
) -> None:
    assert from_afar.code == 1, from_afar.stdout + from_afar.stderr
    statuts = {each.cle: (each.statut, each.remarque) for each in from_afar.report.executions}
    assert statuts.pop("DC-MES-R1")[0] is Statut.REUSSI
    assert {statut for statut, _ in statuts.values()} == {Statut.A_PASSER}
    assert "dans un navigateur" in statuts["DC-ACC-R1"][1]
    assert "Reprend une valeur de DC-ACC-R1" in statuts["DC-SER-R1"][1]
    for name in ("DC-MES-NR4", "DC-QUO-NR1"):
        assert "--admin" in statuts[name][1]


def test_the_day_of_a_named_server_is_that_of_its_tokens(server: RunningSimulator) -> None:
    url, ca = server.ready["data_connect_url"], Path(server.ready["ca_file"])
    right = identifiants_of(server.ready["data_connect"])
    wrong = replace(right, client_secret="wrong")
    asked = (
        DataConnectClient(CibleDataConnect(url, {"production": pair}, ca)).target_now()
        for pair in (right, wrong)
    )
    now, unknown = asked
    assert now is not None
    assert START <= now.astimezone(PARIS).isoformat() < "2026-11-28"
    assert unknown is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--package", "consultation"], "deux campagnes"),
        (["--login", "a@b.fr"], "--login ne va pas avec data-connect-2026"),
        (["--disabled-rules", "x"], "--disabled-rules ne va pas"),
        (["--cible", "https://localhost:1"], "--client-id"),
        (["--client-id", "x"], "--client-id va avec --cible"),
        (
            ["--cible", "https://localhost:1", "--client-id", "x", "--client-secret", "y"],
            "ne répond pas",
        ),
    ],
)
def test_what_cannot_be_run_is_refused(options: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        CliRunner().invoke(command, ["--package", "data-connect", *options], catch_exceptions=False)


def test_the_cases_of_data_connect_are_not_watched() -> None:
    """A campaign that watches a client reads SOAP."""
    with pytest.raises(UsageError, match="inconnue"):
        load_release("data-connect-2026")
