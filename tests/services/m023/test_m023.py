"""How the demands of M023 are answered and refused, and how many of them are taken."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from in_process import InProcess, simulator_in_process
from state_kit import numeros_within

from sge_sim.clock import parse_instant
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.journal import Journal
from sge_sim.settings import Profile

C5 = ("25150217034354", "25825036170379", "25999131613803", "50086054270348", "25262662681289")
C2_C4 = (
    *("98800004935121", "98800001544168", "98800004938924", "98800006694381"),
    "98800001220186",
)
SERVICES = {
    "MFI": ("CommandeHistoriqueDonneesMesuresFines", "demandePublicationMesuresFines"),
    "MFA": ("CommandeHistoriqueDonneesMesuresFacturantes", "demandePublicationMesuresFacturantes"),
    "ITC": ("CommandeInformationsTechniquesEtContractuelles", "demandePublicationITC"),
}
FAULTSTRINGS = {
    "MFI": "Erreur Technique MFI",
    "MFA": "Erreur Technique  MFA",
    "ITC": "Erreur Technique  ITC",
}
NOW = "2025-08-01T10:00"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    folder = tmp_path_factory.mktemp("m023")
    with simulator_in_process(
        folder, now=parse_instant(NOW), population_size=0, strict=True
    ) as opened:
        yield opened


def send(platform: InProcess, service: str, prms: Any = C5, **asked: Any) -> tuple[str, str]:
    """Call a service; return the number of the case or the code, and the whole answer."""
    nom, root = SERVICES[service]
    (tiers,) = [caller for caller in platform.simulator.callers if caller.kind == "tiers"]
    contrat = asked.pop("contrat", tiers.contrat_id)
    points = "".join(f"<pointId>{prm}</pointId>" for prm in prms)
    days = "" if service == "ITC" else "<dateDebut>{debut}</dateDebut><dateFin>{fin}</dateFin>"
    kind = "<mesuresTypeCode>{type}</mesuresTypeCode>" if service == "MFI" else ""
    body = (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<d:{root} xmlns:d="https://sge-b2b.enedis.fr/services/{nom.lower()}/v1">'
        f"<donneesGenerales><initiateurLogin>qui@que.fr</initiateurLogin>"
        f"<contratId>{contrat}</contratId></donneesGenerales><demande>"
        f"<format>JSON</format><pointIds>{points}</pointIds>{kind}{days}"
        f"<sens>SOUTIRAGE</sens><cadreAcces>ACCORD_CLIENT</cadreAcces>"
        f"</demande></d:{root}></s:Body></s:Envelope>"
    ).format(**{"debut": "2025-01-01", "fin": "2025-02-01", "type": "INDEX", **asked})
    answer = platform.post(f"/{nom}/v1.0", body.encode()).content.decode()
    found = re.search(r'affaireId[^>]*>([0-9A-Z]+)<|resultat code="(\w*)"', answer)
    assert found is not None, answer
    return found[1] or found[2], answer


@pytest.mark.documented("catalogue 26.1, MFI-GK-R1 to R4, MFA-GK-R1, ITC-GK-R1")
@pytest.mark.parametrize("prms", [C5, C2_C4], ids=["C5", "C2-C4"])
@pytest.mark.parametrize(
    ("service", "asked"),
    [
        ("MFI", {"type": "ENERGIE"}),
        ("MFI", {"type": "COURBES"}),
        ("MFI", {"type": "PMAX"}),
        ("MFI", {"type": "INDEX"}),
        ("MFA", {}),
        ("ITC", {}),
    ],
)
def test_a_demand_is_answered_by_its_case(
    platform: InProcess, service: str, prms: tuple[str, ...], asked: dict[str, str]
) -> None:
    affaire, answer = send(platform, service, prms, **asked)
    assert re.fullmatch(r"M0[0-9A-Z]{6}", affaire)
    assert "Header" not in answer


@pytest.mark.observed("codes of clients in 26.1: MFI-GK-NR1, NR2, MFA-GK-NR1, an empty list")
@pytest.mark.parametrize(
    ("service", "asked", "code"),
    [
        ("MFI", {"type": "COURBES", "debut": "2020-01-01"}, "SGT4L8"),
        ("MFI", {"type": "INDEX", "debut": "2020-01-01"}, "SGT4L8"),
        ("MFI", {"type": "COURBES", "debut": "2023-07-31"}, "SGT4L8"),
        ("MFA", {"debut": "2025-10-01", "fin": "2025-08-01"}, "SGT4K4"),
        ("MFI", {"debut": "2025-07-02", "fin": "2025-07-02"}, "SGT4K4"),
        ("MFA", {"debut": "2025-07-01", "fin": "2025-08-02"}, "SGT4K1"),
        ("MFI", {"debut": "2025-07-01", "fin": "2025-08-02"}, "SGT4K1"),
        ("MFI", {"prms": ()}, "SGT4ZM"),
        ("MFA", {"prms": ()}, "SGT4ZM"),
        ("ITC", {"prms": ()}, "SGT4ZM"),
        ("ITC", {"prms": ("123",)}, "SGT562"),
        ("ITC", {"contrat": "inconnu"}, "SGT471"),
        ("MFI", {"prms": C5 * 301}, "SGT400"),
        ("MFI", {"type": "PMAX", "prms": C5 * 2001}, "SGT562"),
        ("MFA", {"prms": C5 * 2001}, "SGT562"),
        ("ITC", {"prms": C5 * 2001}, "SGT562"),
    ],
)
def test_a_demand_is_refused(
    platform: InProcess, service: str, asked: dict[str, Any], code: str
) -> None:
    found, answer = send(platform, service, **asked)
    assert found == code
    assert f"<faultstring>{FAULTSTRINGS[service]}</faultstring>" in answer


@pytest.mark.documented("AX.0466 v1.5.0")
@pytest.mark.parametrize("service", SERVICES)
def test_the_contract_is_the_caller_s_and_runs(platform: InProcess, service: str) -> None:
    (other,) = [caller for caller in platform.simulator.callers if caller.kind == "fournisseur"]
    assert send(platform, service, contrat=other.contrat_id)[0] == "SGT472"
    assert send(platform, service, contrat="1100017")[0] == "SGT473"


@pytest.mark.observed("a list without a point has a code of its own (26.1)")
def test_a_list_without_a_point_is_refused_by_its_rule_before_the_schema(
    platform: InProcess,
) -> None:
    assert send(platform, "MFA", prms=())[0] == "SGT4ZM"
    database = platform.simulator.database
    journal = Journal.beside(database, platform.simulator.settings.data_dir)
    (refused,) = journal.find_echanges(limit=1)
    assert refused.rule.name == "CommandeHistoriqueDonneesMesuresFacturantes/liste_non_vide"
    assert refused.rule.remede == "un pointId au moins"


@pytest.mark.observed("catalogue 26.1: 24 months of curves, 36 of the rest, counted from today")
def test_depth_is_counted_to_the_day(platform: InProcess) -> None:
    for type_, first in (("COURBES", "2023-08-01"), ("INDEX", "2022-08-01")):
        assert send(platform, "MFI", type=type_, debut=first)[0].startswith("M0")
    assert send(platform, "MFA", debut="2022-07-31")[0] == "SGT4L8"


@pytest.mark.documented("GUI 0502 §2.2: 1000 demands a day and service, of all actors together")
@pytest.mark.assumed("SGT506 beyond: the guide tells no code")
@pytest.mark.parametrize(
    ("service", "flux", "other"),
    [("MFI", "R65", "MFA"), ("MFA", "R67", "ITC"), ("ITC", "C68", "MFI")],
)
def test_a_service_takes_a_thousand_demands_a_day(
    tmp_path: Path, service: str, flux: CodeFlux, other: str
) -> None:
    with simulator_in_process(tmp_path, now=parse_instant(NOW), population_size=0) as opened:
        (tiers,) = [caller for caller in opened.simulator.callers if caller.kind == "tiers"]
        emetteur = Emetteur("TIERS1", tiers.contrat_id, "a@b.fr", None)
        asked = MesuresDemandees(flux, "JSON", C5, "SOUTIRAGE", "ACCORD_CLIENT")
        with opened.simulator.database.transaction() as session:
            for now, count in (("2025-07-31T23:59", 5), (NOW, 999)):
                for _ in range(count):
                    order_m023(
                        session,
                        numeros_within(session),
                        emetteur,
                        asked,
                        parse_instant(now),
                        AUSSITOT,
                    )
        # Whatever they ask of it: MFI counts its four files.
        assert send(opened, service, type="INDEX")[0].startswith("M0")
        assert send(opened, service, type="COURBES")[0] == "SGT506"
        assert send(opened, other)[0].startswith("M0")


@pytest.mark.documented("GUI 0502 §2.1.2: an unknown point is told by the report, not refused")
def test_an_unknown_point_is_admitted(platform: InProcess) -> None:
    assert send(platform, "ITC", ("99999999999999",))[0].startswith("M0")


@pytest.mark.observed("homologation 23.4, October 2023: prefixed fault, no code")
def test_a_fault_may_be_qualified_and_have_no_code(tmp_path: Path) -> None:
    with simulator_in_process(
        tmp_path, now=parse_instant(NOW), population_size=0, m023_code_vide=True
    ) as opened:
        code, answer = send(opened, "MFA", debut="2025-10-01", fin="2025-08-01")
    assert code == ""
    assert "<soap:faultcode>soap:Server</soap:faultcode>" in answer
    assert "<soap:faultstring>Erreur Technique  MFA</soap:faultstring>" in answer


@pytest.mark.observed("homologation 23.4, October 2023")
@pytest.mark.parametrize(("now", "bare"), [("2024-01-15T10:00", True), (NOW, False)])
def test_a_faithful_platform_has_such_faults_in_23_4(tmp_path: Path, now: str, bare: bool) -> None:
    with simulator_in_process(
        tmp_path, now=parse_instant(now), population_size=0, profile=Profile.FIDELE
    ) as opened:
        code, _ = send(opened, "MFI", debut="2020-01-01", fin=date(2020, 2, 1).isoformat())
    assert code == ("" if bare else "SGT4L8")
