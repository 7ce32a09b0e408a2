"""What a service that was started is worth in the tree that has it, with its cases."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from in_process import simulator_in_process
from played_in_process import play

from sge_sim.cli.client_setup import kit
from sge_sim.homologation.campaign.outcome import judge
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.etats import Decision
from sge_sim.services.documentation import codes_page

PATH = "/DemandeJouet/v1.0"


def test_its_codes_are_listed() -> None:
    page = codes_page()
    assert "\n## DemandeJouet v1.0\n" in page
    codes = page.partition("\n## DemandeJouet")[2].partition("\n## ")[0]
    assert "(`DemandeJouet/point_connu`, indispensable)" in codes


def test_the_kit_offers_it(tmp_path: Path) -> None:
    with simulator_in_process(tmp_path / "state"):
        pass
    out = tmp_path / "kit.zip"
    CliRunner().invoke(
        kit, [str(out), "--data-dir", str(tmp_path / "state")], catch_exceptions=False
    )
    with zipfile.ZipFile(out) as made:
        assert PATH.encode() in made.read("kit-sge/wsdl/DemandeJouet-v1.0.wsdl")
        assert f"DemandeJouet;1.0;jouets;https://localhost:8443{PATH};" in made.read(
            "kit-sge/services.csv"
        ).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("disabled", "expected"),
    [((), Decision.HOMOLOGUE), (("DemandeJouet/utilisateur_connu",), Decision.NON_HOMOLOGUE)],
)
def test_its_package_is_judged(
    tmp_path: Path, disabled: tuple[str, ...], expected: Decision
) -> None:
    assert "jouets" in SOAP.packages()
    release = load_release("99.1")
    executions = play(release, release.cas, tmp_path, disabled_rules=disabled)
    (verdict,) = judge(release, ("jouets",), executions, partielle=False)
    assert verdict.decision is expected
