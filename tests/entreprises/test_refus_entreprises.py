"""What the interfaces of companies refuse: the body of its family, and why in the journal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from entreprises_kit import (
    ARRIVE,
    AUTRE_SIREN,
    COUPE,
    DEPUIS,
    FERME,
    GRAND,
    MESURES,
    NOW,
    OPPOSE,
    PETIT,
    PRODUCTEUR,
    RESILIE,
    SIREN,
    VOISIN,
    Caller,
    made,
)
from in_process import InProcess

from sge_sim.entreprises.comptes import declare_entreprise
from sge_sim.entreprises.rules import CONTRATS, RULES_BY_FAMILY
from sge_sim.entreprises.rules import MESURES as RULES
from sge_sim.facts.stored_clock import StoredClock

DAY = {"start": "2026-11-01", "end": "2026-11-02"}
DAILY, CURVE = f"{MESURES}daily_consumption", f"{MESURES}consumption_load_curve"
MAXIMA = f"{MESURES}daily_consumption_max_power"
ASKED = {"usage_point_id": PETIT, **DAY}
OF_MAXIMA = {"measuring_period": "P1D", "grandeurPhysique": "PMA"}

CASES: dict[str, tuple[str, dict[str, str], str]] = {
    "no point": (DAILY, DAY, "point_demande"),
    "thirteen digits": (DAILY, {**ASKED, "usage_point_id": PETIT[:13]}, "point_demande"),
    "digits of another script": (DAILY, {**ASKED, "usage_point_id": "٢" * 14}, "point_demande"),
    "no start": (DAILY, {"usage_point_id": PETIT, "end": DAY["end"]}, "parametre_demande"),
    "an instant": (DAILY, {**ASKED, "end": "2026-11-02T00:00:00"}, "parametre_demande"),
    "no day": (DAILY, {**ASKED, "end": "2026-11-31"}, "parametre_demande"),
    "maxima of nothing": (MAXIMA, ASKED, "parametre_demande"),
    "maxima of a week": (
        MAXIMA,
        {**ASKED, **OF_MAXIMA, "measuring_period": "P7D"},
        "parametre_demande",
    ),
    "other maxima": (MAXIMA, {**ASKED, **OF_MAXIMA, "grandeurPhysique": "PA"}, "parametre_demande"),
    "no days": (CURVE, {**ASKED, "end": DAY["start"]}, "dates_dans_l_ordre"),
    "backwards": (DAILY, {**ASKED, "end": "2026-10-02"}, "dates_dans_l_ordre"),
    "what can't be read": (DAILY, {**ASKED, "x": "A\u202eB"}, "texte_lisible"),
    "another's siren": (DAILY, {**ASKED, "siren": VOISIN}, "siren_du_compte"),
    "an empty siren": (DAILY, {**ASKED, "siren": ""}, "siren_du_compte"),
    "the point of its other siren": (
        f"{MESURES}daily_production",
        {**ASKED, "usage_point_id": PRODUCTEUR, "siren": SIREN},
        "titulaire_du_point",
    ),
    "another's point": (DAILY, {**ASKED, "usage_point_id": "25884515170669"}, "titulaire_du_point"),
    "a terminated point": (DAILY, {**ASKED, "usage_point_id": RESILIE}, "titulaire_du_point"),
    "no such point": (DAILY, {**ASKED, "usage_point_id": "25999999999999"}, "point_connu"),
    "a meter that is silent": (DAILY, {**ASKED, "usage_point_id": FERME}, "point_communicant"),
    "a point cut off": (DAILY, {**ASKED, "usage_point_id": COUPE}, "point_communicant"),
    "tomorrow": (DAILY, {**ASKED, "end": "2026-11-26"}, "fin_passee"),
    "eight days": (CURVE, {**ASKED, "end": "2026-11-09"}, "sept_jours"),
    "too old": (DAILY, {**ASKED, "start": "2023-11-09"}, "profondeur"),
    "too old a curve": (CURVE, {**ASKED, "start": "2024-11-09", "end": "2024-11-12"}, "profondeur"),
    "what isn't produced": (f"{MESURES}daily_production", ASKED, "sens_du_contrat"),
    "an opposition": (CURVE, {**ASKED, "usage_point_id": OPPOSE}, "courbe_enregistree"),
    "before it held the point": (
        DAILY,
        {**ASKED, "usage_point_id": ARRIVE, "start": f"{DEPUIS - timedelta(1)}"},
        "apres_mise_en_service",
    ),
    "maxima of a large point": (
        MAXIMA,
        {**ASKED, **OF_MAXIMA, "usage_point_id": GRAND},
        "mesure_trouvee",
    ),
    "an unread address": (f"/address/v1/{PETIT}", {"x": "A\u202eB"}, "requete_lisible"),
    "a siren for an address": (f"/address/v1/{PETIT}", {"siren": VOISIN}, "siren_d_un_compte"),
    "the contract of another": ("/contract/v1/25884515170669", {}, "point_tenu"),
    "no contract": ("/contract/v1/25999999999999", {}, "point_existant"),
    "no PRM": ("/connection/v1/abc", {}, "point_existant"),
}


def why(caller: Caller) -> str | None:
    """The rule that the journal names for the last call."""
    rule = caller.kept[-1].rule
    return None if rule is None else rule.name


@pytest.mark.assumed("the order in which a demand is checked, and most of the texts")
@pytest.mark.parametrize("case", CASES)
def test_a_wrong_call_is_refused_by_its_rule(titulaire: Caller, case: str) -> None:
    path, asked, nom = CASES[case]
    status, body = titulaire.get(path, **asked)
    rule = RULES.get(nom) or CONTRATS[nom]
    assert (status, body["code"], body.keys()) == (rule.status, rule.code, rule.body.keys())
    assert why(titulaire) == f"Entreprises/{nom}"
    assert titulaire.kept[-1].http_status == status


@pytest.mark.assumed("the order in which a demand is checked")
def test_the_edges_pass(titulaire: Caller) -> None:
    for nom, start, end in (
        ("consumption_load_curve", "2026-10-22", "2026-10-29"),
        ("consumption_load_curve", "2024-11-10", "2024-11-12"),
        ("daily_consumption", "2023-11-10", "2023-11-12"),
        ("daily_consumption", "2026-11-24", "2026-11-25"),
    ):
        status, body = titulaire.mesure(nom, PETIT, start, end)
        assert status == 200 or body["code"] == "404", (nom, start, body)
    assert titulaire.mesure("daily_consumption", ARRIVE, f"{DEPUIS}", "2026-10-24")[0] == 200


@pytest.mark.documented("`siren`: a query parameter of some interfaces, a header of another")
@pytest.mark.parametrize("given", [VOISIN, "x", ""])
def test_a_siren_is_taken_in_the_address_and_in_the_header(titulaire: Caller, given: str) -> None:
    path = f"/connection/v1/{PETIT}"
    assert titulaire.get(path, {"siren": SIREN})[0] == 200
    assert titulaire.get(path, siren=SIREN)[0] == 200
    for status, body in (
        titulaire.get(path, {"siren": given}),
        titulaire.get(path, siren=given),
        titulaire.get(path, {"siren": given}, siren=SIREN),
        titulaire.post(b'{"page_number":1}', {"siren": given}),
    ):
        assert (status, body) == (403, dict(CONTRATS["siren_d_un_compte"].body))
        assert "siren demandé" in (titulaire.kept[-1].detail or "")


BODIES = {
    "not JSON": b"{",
    "nothing": b"",
    "a list": b"[1]",
    "no page": b"{}",
    "page 0": b'{"page_number":0}',
    "a page as text": b'{"page_number":"1"}',
    "a page that is true": b'{"page_number":true}',
    "a segment that isn't a list": b'{"page_number":1,"segment":"C5"}',
    "no number": b'{"page_number":1,"subscribed_power":{"lower_value":"3"}}',
    "infinity": b'{"page_number":1,"subscribed_power":{"lower_value":NaN}}',
    "not of UTF-8": b'{"page_number":1,"segment":["\xff"]}',
}


@pytest.mark.documented("400 « Requête invalide » (description of 2025); which: assumed")
@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_not_the_description_s_is_400(titulaire: Caller, case: str) -> None:
    refused = (400, {"code": "400", "libelle": "Requête invalide"})
    status, body = titulaire.post(BODIES[case])
    assert (status, body["code"]) == (400, "400")
    assert case == "not of UTF-8" or (status, body) == refused
    assert why(titulaire) == "Entreprises/requete_lisible"
    good = b'{"page_number":1}'
    assert titulaire.post(good, {"content-type": "text/xml"}) == refused
    assert titulaire.post(good, {"content-type": ""})[0] == 200


@pytest.mark.observed(
    "0191 at the same points for weeks, HTTP 400 with the business code 403, 2026"
)
def test_a_type_whose_service_is_not_open_is_0191(running: InProcess) -> None:

    caller = Caller(running, made(running, SIREN))
    with running.simulator.database.transaction() as session:
        declare_entreprise(session, SIREN, "Commune d'essai", [AUTRE_SIREN], ["COURBE"])
    try:
        assert caller.get(CURVE, **ASKED)[0] == 200
        for path in (DAILY, f"{MESURES}index_consumption", MAXIMA):
            assert caller.get(path, **ASKED, **OF_MAXIMA) == (
                400,
                dict(RULES["service_ouvert"].body),
            )
            assert why(caller) == "Entreprises/service_ouvert"
        # Contract data need no service.
        assert caller.get(f"/contract_summary/v1/{PETIT}")[0] == 200
    finally:
        with running.simulator.database.transaction() as session:
            declare_entreprise(session, SIREN, "Commune d'essai", [AUTRE_SIREN])


@pytest.mark.assumed("bodies of WSO2; that a port is refused")
def test_the_gateway_refuses_before_the_interfaces(running: InProcess) -> None:
    caller = Caller(running, made(running, SIREN, ["customer_contract"]))
    assert caller.get(f"/contract/v1/{PETIT}", {"host": "localhost:8444"})[0] == 200
    assert caller.get(f"/address/v1/{PETIT}")[1]["code"] == "900908"
    assert caller.get(DAILY, **ASKED)[0] == 403
    assert caller.post(b'{"page_number":1}')[1]["code"] == "900908"
    assert caller.get("/mesure_synchrone_auto/v2/consommation_quotidienne")[1]["code"] == "900908"
    assert caller.get(MESURES + "rien", **ASKED)[0] == 404
    assert caller.send("POST", DAILY, b"", {})[0] == 405
    assert caller.send("GET", DAILY, b"", {})[1]["code"] == "900902"
    strict = Caller(running, caller.credentials, {"hote_sans_port": True})
    for host, status in (("gw.example.fr:443", 404), ("[::1]:443", 404), ("gw.example.fr", 200)):
        assert strict.get(f"/contract/v1/{PETIT}", {"host": host})[0] == status
    strict.get(f"/contract/v1/{PETIT}", {"host": "gw.example.fr:443"})
    assert why(strict) == "Entreprises/hote_sans_port"
    clock = StoredClock(running.simulator.database)
    try:
        clock.freeze(NOW + timedelta(seconds=12_600))
        assert caller.get(f"/contract/v1/{PETIT}")[1]["code"] == "900901"
    finally:
        clock.freeze(NOW)


@pytest.mark.observed("in production in March 2023, measures in their version 2 in 2025")
def test_an_interface_has_its_first_day(running: InProcess) -> None:
    clock = StoredClock(running.simulator.database)
    try:
        for day, statuses in (
            ("2023-03-21", (404, 404)),
            ("2024-12-31", (404, 200)),
            ("2025-01-01", (400, 200)),
        ):
            clock.freeze(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))
            caller = Caller(running, made(running, SIREN), {"generation": "auto"})
            assert (caller.get(DAILY)[0], caller.post(b'{"page_number":1}')[0]) == statuses, day
            anytime = Caller(running, caller.credentials)
            assert anytime.get(DAILY)[0] == 400
            if statuses == (404, 404):
                assert why(caller) == "Entreprises/interface_du_jour"
                assert "22/03/2023" in (caller.kept[-1].detail or "")
        clock.freeze(datetime(2026, 9, 28, tzinfo=UTC))
        caller = Caller(running, made(running, SIREN), {"generation": "auto"})
        path = "/mesure_synchrone_auto/v1/metering_data/daily_consumption"
        assert caller.get(path)[1]["code"] == "404"
        assert "avant le 28/09/2026" in (caller.kept[-1].detail or "")
    finally:
        clock.freeze(NOW)


@pytest.mark.documented(
    "5 calls a second an application, 1,000 an hour an interface (pilot of 2023)"
)
@pytest.mark.parametrize("forme", ["observee", "decrite"])
def test_quotas_are_an_application_s_and_an_interface_s(
    running: InProcess, forme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = datetime(2026, 12, 1, 10, 0, int(forme == "decrite"), tzinfo=UTC)
    monkeypatch.setattr("sge_sim.dataconnect.application.machine_now", lambda: second)
    settings = {"quotas": True, "forme_entreprises": forme}
    first, other = (Caller(running, made(running, SIREN), settings) for _ in range(2))
    mixed = [first.get(f"/{nom}/v1/{PETIT}")[0] for nom in ("address", "contract", "connection")]
    assert [*mixed, first.get(DAILY, **ASKED)[0], first.get(DAILY, **ASKED)[0]] == [200] * 5
    status, body = first.get(DAILY, **ASKED)
    described = forme == "decrite"
    assert status == 429
    assert body == (
        {"code": "429", "message": "SLA dépassé"}
        if described
        else {"fault": {**body["fault"], "code": 900807}}
    )
    assert first.get(f"/address/v1/{PETIT}")[1]["fault"]["code"] == 900807
    assert other.get(DAILY, **ASKED)[0] == 200


@pytest.mark.documented("the bodies of 500 of each family (descriptions of 2025)")
def test_a_failure_of_the_simulator_has_the_body_of_the_family(
    running: InProcess, titulaire: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sge_sim.dataconnect.application.unfit_in", lambda _: 1 / 0)
    asked: dict[str, Any] = {"é": "1"}
    assert titulaire.get(DAILY, **asked)[1] == dict(RULES["probleme_technique"].body)
    assert titulaire.get(f"/address/v1/{PETIT}", **asked)[1] == dict(
        CONTRATS["erreur_technique"].body
    )
    assert titulaire.kept[-1].http_status == 500


def test_every_rule_is_said_in_its_own_words() -> None:
    rules = [rule for family in RULES_BY_FAMILY.values() for rule in family.values()]
    assert len({rule.name for rule in rules}) == len(rules)
    assert all((rule.text or not rule.body) and rule.service == "Entreprises" for rule in rules)
