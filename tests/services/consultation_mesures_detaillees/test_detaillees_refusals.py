"""Every return code of ConsultationMesuresDetaillees that a request can obtain, over SOAP."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from codes_kit import check_obtained_codes, provenance_of
from detaillees_kit import (
    C1,
    C2,
    C3,
    C4,
    C5,
    C5_DU_FOURNISSEUR,
    C5_SANS_COLLECTE,
    C5_SURPLUS,
    LUNDI,
    P1,
    P4,
    SERVICE,
    TODAY,
    Detaillees,
    code,
    rows,
)
from in_process import served_in_process

from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.services.registry import SERVICES
from sge_sim.soap.codes import LIBELLES_CODES

VERSIONS = pytest.mark.parametrize("version", ["2.0", "3.0"])
BOTH = [each for each in SERVICES if each.nom == SERVICE]
INCONNU = "99999999999999"
DAY = timedelta(1)
MAY = {"pas": "P1M", "debut": date(2026, 5, 1), "fin": date(2026, 6, 1)}
REFUSED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    # The versions, the code, the point, the measures, and what else is asked.
    *(
        ("23", code, prm, "COURBE", {})
        for prm, code in (
            *(("24210000000692", "SGT4M2"), ("24210000000479", "SGT4M1")),
            *(("24210000000918", "SGT4M3"), ("24210000000704", "SGT422")),
            *(("24210000000806", "SGT422"), ("24210000001593", "SGT477")),
            *(("24210000001605", "SGT478"), ("24210000001707", "SGT480")),
            *(("24210000001370", "SGT4L1"), ("24210000001819", "SGT4H9")),
            *(("24210000001920", "SGT4H9"), ("24210000002057", "SGT4N5")),
            *(("25128509404458", "SGT589"), ("98610000001044", "SGT4M7")),
            ("98610000000918", "SGT589"),
        )
    ),
    ("23", "SGT401", INCONNU, "ENERGIE", {}),
    ("2", "SGT583", C5, "COURBE", {"soutirage": True, "injection": True}),
    ("2", "SGT583", C5, "COURBE", {"soutirage": False, "injection": False}),
    ("23", "SGT441", C5, "PMAX", {"pas": None}),
    ("23", "SGT441", C4, "COURBE", {"pas": "P1D"}),
    *(("3", "SGT441", C5, type, {"pas": "P1D"}) for type in ("COURBE", "ENERGIE", "INDEX")),
    *(("23", "SGT400", C5, "COURBE", {"grandeur": grandeur}) for grandeur in ("EA", "<&>")),
    *(("23", "SGT400", C5, type, {"grandeur": "PA"}) for type in ("ENERGIE", "PMAX")),
    ("2", "SGT4K2", C5, "ENERGIE", {"accordClient": False}),
    ("3", "SGT4K2", C5, "ENERGIE", {"cadreAcces": "EST_TITULAIRE"}),
    ("2", "SGT4K2", C5, "PMAX", {"accordClient": False, **MAY}),
    ("23", "SGT4K4", C5, "ENERGIE", {"debut": LUNDI, "fin": LUNDI}),
    ("23", "SGT4K1", C5, "ENERGIE", {"debut": TODAY, "fin": TODAY + DAY}),
    ("2", "SGT4N8", C4, "ENERGIE", {}),
    ("2", "SGT4N8", C5_SURPLUS, "PMAX", {"sens": "INJECTION"}),
    # v2.0 wants no step where there is nothing to give by step.
    *(("2", "SGT4N8", prm, "PMAX", {"pas": None}) for prm in (C1, C2, C3, C4, P1, P4)),
    *(("2", "SGT441", prm, "PMAX", {}) for prm in (C1, C2, C3, C4, P1, P4)),
    *(("3", "SGT4N8", prm, "PMAX", {}) for prm in (C1, C2, C3, C4, P1)),
    ("3", "SGT587", P4, "PMAX", {}),
    *(("3", "SGT441", prm, "PMAX", {"pas": None}) for prm in (C1, C2, C3, C4, P1, P4)),
    ("2", "SGT4H2", C5, "COURBE", {"mesuresCorrigees": True}),
    ("2", "SGT4H2", P4, "COURBE", {"sens": "INJECTION", "mesuresCorrigees": True}),
    ("23", "SGT587", P1, "COURBE", {}),
    ("23", "SGT588", C4, "COURBE", {"sens": "INJECTION"}),
]


@pytest.mark.parametrize(
    ("version", "expected", "prm", "type", "asked"),
    [
        pytest.param(each.version, *row, marks=provenance_of(each.rules, row[0]))
        for versions, *row in REFUSED
        for each in BOTH
        if each.version[0] in versions
    ],
)
def test_a_demand_is_refused(
    tiers: Detaillees, version: str, expected: str, prm: str, type: str, asked: dict[str, Any]
) -> None:
    refused = tiers.ask(version, prm, type, **asked)
    assert code(refused) == expected
    assert refused.libelle == LIBELLES_CODES[expected]


@pytest.mark.assumed("v2.0 passes over a step that a C5 curve doesn't need")
def test_a_step_beside_other_measures_of_a_c5(tiers: Detaillees) -> None:
    assert len(rows(tiers.v2(C5, "COURBE", pas="P1D"))) == 336


@pytest.fixture
def repris(fournisseur: Detaillees) -> Iterator[str]:
    """A point that FOURN1 took over from FOURN2 on 10 May 2026."""
    prm, simulator = C5_DU_FOURNISSEUR, fournisseur.simulator
    simulator.execute(
        "INSERT INTO ancien_etat (prm, jusqu_a, valeurs) VALUES (?, ?, ?)",
        *(prm, "2026-05-10", json.dumps({"fournisseur_titulaire": "FOURN2"})),
    )
    yield prm
    simulator.execute("DELETE FROM ancien_etat WHERE prm = ?", prm)
    simulator.change_point(prm, fournisseur_titulaire="FOURN1")


@VERSIONS
@pytest.mark.documented("GUI 0488 §3, GUI 0497 v1.5.0: who holds the point over the whole period")
@pytest.mark.parametrize(
    ("mois", "avant", "apres"),
    [
        ((date(2026, 3, 1), date(2026, 5, 1)), "SGT4K2", None),
        ((date(2026, 4, 1), date(2026, 7, 1)), "SGT4K2", "SGT4K2"),
        ((date(2026, 6, 1), date(2026, 7, 1)), None, "SGT4K2"),
    ],
)
def test_sgt4k2_over_a_change_of_holder(
    fournisseur: Detaillees, repris: str, version: str, mois: Any, avant: Any, apres: Any
) -> None:
    """FOURN1 asks: who took the point over (`avant`), then who left it (`apres`)."""
    asked = {"debut": mois[0], "fin": mois[1], "pas": "P1M"}
    alone = {"accordClient": False} if version == "2.0" else {"cadreAcces": "EST_TITULAIRE"}

    def refusal(**access: Any) -> Any:
        answer = fournisseur.ask(version, repris, "PMAX", **asked, **access)
        return code(answer) if isinstance(answer, RefusRecu) else None

    assert refusal(**alone) == avant
    assert refusal() is None  # the client agreed
    simulator = fournisseur.simulator
    left = json.dumps({"fournisseur_titulaire": "FOURN1"})
    simulator.execute("UPDATE ancien_etat SET valeurs = ? WHERE prm = ?", left, repris)
    simulator.change_point(repris, fournisseur_titulaire="FOURN2")
    assert refusal(**alone) == apres


@VERSIONS
@pytest.mark.documented("GUI 0488: the end, excluded, may be today")
def test_a_period_may_end_today(tiers: Detaillees, version: str) -> None:
    assert len(rows(tiers.ask(version, C5, "COURBE", debut=TODAY - 7 * DAY, fin=TODAY))) == 336


@VERSIONS
@pytest.mark.documented("OFF CMD2-NR1: 7 days accepted, 8 refused; 24 and 36 months")
def test_sgt4l8_too_long_or_too_old(tiers: Detaillees, version: str) -> None:
    assert code(tiers.ask(version, C5, "COURBE", fin=LUNDI + 8 * DAY)) == "SGT4L8"
    depths = {"COURBE": date(2024, 7, 15), "ENERGIE": date(2023, 7, 15), "PMAX": date(2023, 7, 15)}
    for type, oldest in depths.items():
        window = {"debut": oldest, "fin": oldest + 2 * DAY}
        assert len(rows(tiers.ask(version, C5, type, **window))) in (2, 96)
        window["debut"] -= DAY
        assert code(tiers.ask(version, C5, type, **window)) == "SGT4L8"


@VERSIONS
@pytest.mark.documented("GUI 0488 §5.3: the opposition is that of a C5 or a P4")
def test_an_opposition_does_not_refuse_the_curve_of_a_large_point(
    tiers: Detaillees, version: str
) -> None:
    tiers.simulator.change_point(C4, opposition_courbe=1)
    try:
        answer = tiers.ask(version, C4, "COURBE")
    finally:
        tiers.simulator.change_point(C4, opposition_courbe=0)
    assert rows(answer)


@pytest.mark.documented("GUI 0488 §5.3")
def test_sgt4n1_before_the_last_commissioning(tiers: Detaillees) -> None:
    point, commissioned = "24210000001481", date(2025, 2, 3)
    window = {"debut": commissioned, "fin": commissioned + 2 * DAY}
    assert len(rows(tiers.v2(point, "ENERGIE", **window))) == 2
    window["debut"] -= DAY
    assert code(tiers.v2(point, "ENERGIE", **window)) == "SGT4N1"


@pytest.mark.observed("26.1, asserted by a client")
def test_sgt211_until_an_access_service_covers_the_type(tiers: Detaillees) -> None:
    def ask(type: str) -> object:
        return tiers.v3(C5, type, cadreAcces="SERVICE_ACCES")

    refused = ask("INDEX")
    assert code(refused) == "SGT211"
    assert refused == RefusRecu("SGT211", "Aucun service souscrit, accès SERVICE_ACCES refusé")
    command = tiers.simulator.command
    opened = command("points", "set", C5, "--service-acces", "oui", "--type", "INDEX")
    assert opened.returncode == 0, opened.stderr
    assert not isinstance(ask("INDEX"), RefusRecu)
    assert code(ask("ENERGIE")) == "SGT211"
    command("points", "set", C5, "--service-acces", "oui")
    assert not isinstance(ask("ENERGIE"), RefusRecu)
    command("points", "set", C5, "--service-acces", "non")
    assert code(ask("INDEX")) == "SGT211"


@pytest.mark.parametrize(("version", "member"), [("2.0", "soutirage"), ("3.0", "sens")])
@pytest.mark.documented("the schema")
def test_sgt562_member_missing(tiers: Detaillees, version: str, member: str) -> None:
    demande = '<c:x xmlns:c="{}"><demande><initiateurLogin>a</initiateurLogin></demande></c:x>'
    names = {
        "2.0": "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0",
        "3.0": "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common",
    }
    operation = {"2.0": "consulterMesuresDetaillees", "3.0": "consulterMesuresDetailleesV3"}
    body = demande.format(names[version]).replace("c:x", f"c:{operation[version]}")
    answer = tiers.simulator.session.post(
        f"{tiers.simulator.url}/{SERVICE}/v{version}",
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f"{body}</s:Body></s:Envelope>",
        headers={"Content-Type": "text/xml"},
        timeout=10,
    )
    assert answer.status_code == 500
    assert 'code="SGT562"' in answer.text
    assert "<faultstring>Erreur Technique Mesures</faultstring>" in answer.text


@pytest.mark.assumed("the actor needs one contract that runs")
def test_sgt473_before_the_first_contract_of_the_actor(tmp_path: Path) -> None:
    options = ("--now", "2011-06-01T10:00", "--population-size", "0")
    with served_in_process(tmp_path, *options) as running:
        window = {"debut": date(2011, 5, 1), "fin": date(2011, 5, 3)}
        service = Detaillees(running)
        for version in ("2.0", "3.0"):
            assert code(service.ask(version, C5, "ENERGIE", **window)) == "SGT473"


@pytest.mark.observed("23.2: the homologation platform refused where the guide of v3.0 is silent")
def test_v3_sgt4g3_without_data_in_the_profile_fidele_since_23_1(tmp_path: Path) -> None:
    options = ("--population-size", "0", "--profile", "fidele", "--now")
    for now, refused in (("2022-12-20T10:00", False), ("2023-06-20T10:00", True)):
        window = {"debut": date(2022, 12, 1), "fin": date(2022, 12, 4)}
        with served_in_process(tmp_path / now[:4], *options, now) as running:
            service = Detaillees(running)
            for grandeur in ("PA", "PRI"):
                answer = service.v3(C5_SANS_COLLECTE, "COURBE", grandeur, **window)
                assert (code(answer) == "SGT4G3") if refused else (answer == {})
                assert service.v2(C5_SANS_COLLECTE, "COURBE", grandeur, **window) == {}


@pytest.mark.documented("both behaviours without data, a setting")
def test_without_data_either_version_may_be_set_to_the_other_behaviour(tmp_path: Path) -> None:
    options = ("--population-size", "0", "--now", "2026-07-15T10:00")
    with served_in_process(tmp_path, *options, "--sans-donnee", "sgt4g3") as running:
        service = Detaillees(running)
        for version in ("2.0", "3.0"):
            assert code(service.ask(version, C5_SANS_COLLECTE, "COURBE")) == "SGT4G3"
    fidele = ("--profile", "fidele", "--sans-donnee", "reponse_vide")
    with served_in_process(tmp_path, *options, *fidele) as running:
        assert Detaillees(running).v3(C5_SANS_COLLECTE, "COURBE") == {}


BORDS = (
    *("0001-01-01", "0001-01-01Z", "0001-01-01+14:00", "0001-01-01-14:00", "0000-01-01"),
    *("9999-12-31", "9999-12-31Z", "9999-12-31+14:00", "9999-12-31-14:00", "-0001-01-01"),
    *("10000-01-01", "2026-02-30", "2026-06-15+14:00", "2026-06-15+99:00", "2045-01-01"),
)
"""Days at both ends of the calendar, days that don't exist, offsets that a date may carry."""


@pytest.mark.documented("AX.0466: SGT500 is a failure, a date is refused by its rule or its schema")
@pytest.mark.parametrize(
    ("version", "prm", "type"),
    [("2.0", C5, "COURBE"), ("3.0", C5, "PMAX"), ("3.0", C5, "INDEX"), ("3.0", C4, "ENERGIE")],
)
def test_no_date_is_a_technical_error(tiers: Detaillees, version: str, prm: str, type: str) -> None:
    pas = "P1M" if type == "PMAX" else None
    for bord in BORDS:
        for debut, fin in ((bord, "2026-06-16"), ("2026-06-15", bord), (bord, bord)):
            answer = tiers.ask(version, prm, type, debut=debut, fin=fin, pas=pas)
            if isinstance(answer, RefusRecu):
                assert answer.code in ("SGT562", "SGT4K4", "SGT4K1", "SGT4L8"), (debut, fin)
            else:
                assert (debut, fin) == ("2026-06-15+14:00", "2026-06-16")


@pytest.mark.assumed("nothing is measured outside of the simulated days")
def test_a_period_without_end_is_answered_once_its_rules_are_disabled(tmp_path: Path) -> None:
    options = [
        option
        for rule in ("periode_ecoulee", "periode_admise")
        for option in ("--disabled-rules", f"ConsultationMesuresDetaillees/{rule}")
    ]
    with served_in_process(
        tmp_path, "--population-size", "0", "--now", "2026-07-15T10:00", *options
    ) as running:
        service = Detaillees(running)
        for debut in (date(2044, 12, 30), date(2045, 1, 1)):
            answer = service.v3(C5, "INDEX", debut=debut, fin=date.max)
            assert bool(answer) is (debut.year == 2044)


TABLE = (
    *("SGT401", "SGT583", "SGT441", "SGT400", "SGT4K2", "SGT4K4", "SGT4K1", "SGT4L8"),
    *("SGT4M2", "SGT4M1", "SGT4M3", "SGT422", "SGT477", "SGT478", "SGT480", "SGT4L1", "SGT473"),
    *("SGT4M7", "SGT4N8", "SGT4H9", "SGT4H2", "SGT587", "SGT588", "SGT4N5", "SGT589", "SGT4N1"),
    "SGT4G3",
)


@pytest.mark.assumed("the order of the control table; no document states one")
def test_rules_stand_in_the_order_of_the_control_table() -> None:
    v2, v3 = ([rule.code for rule in service.rules] for service in BOTH)
    assert tuple(v2) == TABLE
    removed = ("SGT583", "SGT4H2", "SGT4N1")
    kept = [code for code in TABLE if code not in removed]
    consent = kept.index("SGT4K2") + 1
    # The measures that the homologation platform doesn't have are looked for before the service.
    assert v3 == [*kept[:consent], "SGT4G3", "SGT211", *kept[consent:]]


@VERSIONS
@pytest.mark.assumed("the order of the control table: the first broken rule decides")
def test_the_first_broken_rule_decides(tiers: Detaillees, version: str) -> None:
    refusal = {"accordClient": False} if version == "2.0" else {"cadreAcces": "EST_TITULAIRE"}
    long = {"fin": LUNDI + 9 * DAY}
    assert code(tiers.ask(version, INCONNU, "COURBE", "EA", **refusal, **long)) == "SGT401"
    assert code(tiers.ask(version, C5, "COURBE", "EA", **refusal, **long)) == "SGT400"
    assert code(tiers.ask(version, C5, "COURBE", **refusal, **long)) == "SGT4K2"
    assert code(tiers.ask(version, "24210000000479", "COURBE", **long)) == "SGT4L8"


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, *BOTH)
