"""Orders of files by REST: what is refused, what comes, on which channel."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from admin_kit import control_room
from entreprises_kit import (
    CANAL,
    GRAND,
    MESURES_ASYNCHRONES,
    NOW,
    PETIT,
    PRODUCTEUR,
    SIREN,
    TENUS,
    TRIPHASE,
    VOISIN,
    Caller,
    company,
    declare,
    made,
    publication,
    received,
)
from in_process import InProcess

from sge_sim.entreprises.comptes import autorise, declare_entreprise
from sge_sim.entreprises.ordres import POINTS_MAX
from sge_sim.entreprises.rules import DEMANDES, INFRA_J, ORDRES
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.atelier import Atelier, Limites
from sge_sim.tables.m023 import demandes_m023, end_awaited_m023
from sge_sim.tables.pannes import add_panne, remove_pannes
from sge_sim.tables.points import Compteur, Point

AUTRE_CANAL = "506000002"
CONTRATS = {
    "customer_address_asyn/v1/address": "address",
    "customer_connection_asyn/v1/connection": "connection",
    "customer_contract_asyn/v1/contracts": "contract",
    "customer_contract_summary_asyn/v1/contract_summary": "contract_summary",
}
AUTORISEES = (
    "customer_address_asyn_auto/v1/address",
    "customer_connection_asyn_auto/v1/connection",
    "customer_contract_asyn_auto/v1/contracts",
    "cust_contract_sum_asyn_auto/v1/contract_summary",
)
INFRA = "daily_metering_data_request/v2/"


@pytest.fixture(scope="module")
def ordering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A simulator of production of which two companies have channels."""
    with company(tmp_path_factory.mktemp("ordres")) as found:
        declare(found, SIREN, CANAL)
        declare(found, SIREN, AUTRE_CANAL)
        declare(found, VOISIN, "506000009")
        yield found


@pytest.fixture
def running(ordering: InProcess) -> Iterator[InProcess]:
    """The same, at its hour, without a plan nor a demand that waits."""
    clock = StoredClock(ordering.simulator.database)
    yield ordering
    with ordering.simulator.database.transaction() as session:
        remove_pannes(session)
        for siren in (SIREN, VOISIN):
            end_awaited_m023(session, siren, NOW)
    clock.freeze(max(clock.now(), NOW) + timedelta(minutes=1))


@pytest.fixture
def caller(running: InProcess) -> Caller:
    return Caller(running, made(running, SIREN))


def why(caller: Caller) -> str | None:
    rule = caller.kept[-1].rule
    return rule and rule.name


def plan(running: InProcess, sorte: str, **asked: Any) -> None:
    with running.simulator.database.transaction() as session:
        add_panne(session, **{"sorte": sorte, "au": 10**6, **asked})


@pytest.mark.documented("what the texts of the description want (2025); bodies and order assumed")
@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("requete_json", b"{"),
        ("requete_json", b"[]"),
        ("requete_json", publication([PETIT], injection="non")),
        ("un_seul_sens", {}),
        ("un_seul_sens", publication([PETIT], soutirage=False)),
        ("un_seul_sens", publication([PETIT], injection=True)),
        ("points_en_nombre", publication([])),
        ("points_en_nombre", publication([PETIT] * (POINTS_MAX + 1))),
        ("canal_connu", publication([PETIT], canaux=[])),
        ("canal_connu", publication([PETIT], canaux=[CANAL, "506000009"])),
        ("canal_connu", publication([PETIT], canaux=[SIREN])),
        ("type_de_donnee", publication([PETIT], "COURBES")),
        ("type_de_donnee", publication([PETIT], "ITC")),
        ("jours_dans_l_ordre", publication([PETIT], days=("2026-11-16", ""))),
        ("jours_dans_l_ordre", publication([PETIT], days=("2026-11-16", "2026-11-16"))),
        ("jours_dans_l_ordre", publication([PETIT], days=("2026-11-20", "2026-11-27"))),
        ("jours_dans_l_ordre", publication([PETIT], days=("20261116", "2026-11-17"))),
        ("maxima_de_c5", publication([PETIT, GRAND], "PMAX")),
        ("courbe_courte", publication([PETIT], days=("2026-11-16", "2026-11-24"))),
        ("profondeur_de_l_ordre", publication([PETIT], days=("2024-11-09", "2024-11-10"))),
        ("profondeur_de_l_ordre", publication([PETIT], "IDX", ("2023-11-09", "2023-11-10"))),
    ],
)
def test_an_order_of_measures_is_refused(caller: Caller, rule: str, body: Any) -> None:
    told = ORDRES[rule]
    assert caller.order(MESURES_ASYNCHRONES, body) == (told.status, dict(told.body) or None)
    assert why(caller) == f"Entreprises/{rule}"
    assert caller.kept[-1].request


@pytest.mark.documented("the same body for all eight (description of 2025)")
@pytest.mark.parametrize("path", [*CONTRATS, *AUTORISEES])
@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("requete_de_demande", b"canal"),
        ("requete_de_demande", {"unique_point_id": [PETIT]}),
        ("points_de_la_demande", {"canal_contact_id": CANAL, "unique_point_id": [PETIT] * 1001}),
        ("canal_de_la_demande", {"canal_contact_id": "1", "unique_point_id": [PETIT]}),
    ],
)
def test_a_demand_of_contract_data_is_refused(
    caller: Caller, path: str, rule: str, body: Any
) -> None:
    assert caller.order(path, body) == (400, dict(DEMANDES[rule].body))
    assert why(caller) == f"Entreprises/{rule}"
    refused = caller.order(path, {"canal_contact_id": CANAL}, f"?siren={VOISIN}")
    assert refused == (403, dict(DEMANDES["siren_de_demande"].body))


@pytest.mark.assumed("the files of M023 under other names; CDC R63, IDX R64, ENERGIE R65, PMAX R66")
@pytest.mark.parametrize(
    ("type_", "flux", "nature"),
    [
        ("CDC", "R63", "CdC"),
        ("IDX", "R64", "Index"),
        ("ENERGIE", "R65", "Energie"),
        ("PMAX", "R66", "Pmax"),
    ],
)
def test_what_is_ordered_comes_on_the_channel(
    running: InProcess, caller: Caller, type_: str, flux: str, nature: str
) -> None:
    """Points of others, unknown ones and what is none are left out."""
    asked = publication([TRIPHASE, "24210000000255", "1" * 14, "PRM 1", PETIT], type_)
    status, told = caller.order(MESURES_ASYNCHRONES, asked)
    assert status == 200
    numero = told["dossierId"]
    assert (type(numero), numero >= 100_000_000) == (int, True)
    assert received(running, numero, 0.9) == {}
    ((name, body),) = received(running, numero, 0.2).items()
    assert name.startswith(f"Enedis_{flux}_P_{nature}_{numero}_{SIREN}_20261125")
    assert body["header"] == {
        "siDemandeur": "LINCS",
        "typeDestinataire": "ENTREPRISE",
        "idDestinataire": SIREN,
        "codeFlux": flux,
        "idDemande": str(numero),
        "modePublication": "P",
        "idCanalContact": CANAL,
        "format": "JSON",
        "publicationCrp": "non",
        "idPublication": str(numero),
    }
    assert {each["idPrm"] for each in body["mesures"]} == {PETIT, TRIPHASE}
    assert caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"] > numero, "it is published"


@pytest.mark.assumed("several channels have the file each; the description of forms: bare JSON")
def test_each_channel_has_the_file_bare_where_it_is_so_described(running: InProcess) -> None:
    caller = Caller(running, made(running, SIREN), {"forme_entreprises": "decrite"})
    asked = publication([PETIT], "ENERGIE", canaux=[AUTRE_CANAL, CANAL])
    numero = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    first = received(running, numero)
    second = received(running, numero, canal=AUTRE_CANAL)
    assert [*first] == [*second]
    assert all(name.endswith(".json") for name in first)
    bodies = [next(iter(each.values())) for each in (first, second)]
    assert [each["header"].pop("idCanalContact") for each in bodies] == [CANAL, AUTRE_CANAL]
    assert bodies[0] == bodies[1]


@pytest.mark.documented("one form, 201, the number as a text (description of 2025); file assumed")
@pytest.mark.parametrize("path", CONTRATS)
def test_contract_data_come_as_they_are_told_at_once(
    running: InProcess, caller: Caller, path: str
) -> None:
    prms = [PETIT, GRAND, PRODUCTEUR]
    status, told = caller.order(path, {"canal_contact_id": CANAL, "unique_point_id": prms})
    assert (status, type(told["dossierId"])) == (201, str)
    ((name, body),) = received(running, told["dossierId"]).items()
    assert name.startswith(f"Enedis_ITC_P_ITC_{told['dossierId']}_{SIREN}_")
    expected = []
    for prm in sorted(prms):
        now = caller.get(f"/{CONTRATS[path]}/v1/{prm}")[1]
        expected += now if isinstance(now, list) else [{"usage_point_id": prm, **now}]
    assert body == expected
    whole = caller.order(path, {"canal_contact_id": CANAL})[1]["dossierId"]
    ((_, body),) = received(running, whole).items()
    assert {each["usage_point_id"] for each in body} == {*caller.perimetre()["usage_point_id"]}


@pytest.mark.assumed("nobody published the name of a file: it is a setting")
@pytest.mark.parametrize(
    ("nom", "expected"),
    [
        ("%siren%.%nature%.%dossier%", "{siren}.Energie.{numero}"),
        ("../sortie {0}/%flux%%autre%", ".._sortie__0__R65%autre%_{numero}"),
        ("R65", "R65_{numero}"),
    ],
)
def test_a_file_is_named_as_is_set(
    running: InProcess, caller: Caller, nom: str, expected: str
) -> None:
    """What no name of a file may have is `_`; the number of the demand is always in it."""
    numero = caller.order(MESURES_ASYNCHRONES, publication([PETIT], "ENERGIE"))[1]["dossierId"]
    (name,) = received(running, numero, nom_dossiers=nom)
    assert name == f"{expected.format(siren=SIREN, numero=numero)}.zip"


@pytest.mark.documented("one archive, one file (guide of the company account, 11/2023)")
def test_a_demand_has_one_archive_whatever_it_holds(
    running: InProcess, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = partial(Atelier, limites=Limites(points=1))
    monkeypatch.setattr("sge_sim.flux.publication.Atelier", few)
    asked = publication([PETIT, TRIPHASE, GRAND], "ENERGIE")
    numero = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    ((_, body),) = received(running, numero).items()
    assert {each["idPrm"] for each in body["mesures"]} == {PETIT, TRIPHASE, GRAND}


@pytest.mark.assumed("a file of contract data says what is told at once, in the same form")
@pytest.mark.parametrize("path", CONTRATS)
def test_contract_data_are_described_where_answers_are(running: InProcess, path: str) -> None:
    caller = Caller(running, made(running, SIREN), {"forme_entreprises": "decrite"})
    demand = {"canal_contact_id": CANAL, "unique_point_id": [PETIT]}
    numero = caller.order(path, demand)[1]["dossierId"]
    ((name, body),) = received(running, numero).items()
    assert name.endswith(".json")
    now = caller.get(f"/{CONTRATS[path]}/v1/{PETIT}")[1]
    assert body == (now if isinstance(now, list) else [{"usage_point_id": PETIT, **now}])


@pytest.mark.observed("a town, 19/05/2026: identical, refused while no file came")
def test_the_same_waits_for_its_file(running: InProcess, caller: Caller) -> None:
    asked = publication([PETIT, TRIPHASE])
    numero = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    told = (400, dict(ORDRES["demande_en_cours"].body))
    other = Caller(running, made(running, SIREN))
    for again in (asked, publication([TRIPHASE, PETIT, PETIT])):
        assert other.order(MESURES_ASYNCHRONES, again) == told
    for different in (
        publication([PETIT]),
        publication([PETIT, TRIPHASE], "IDX"),
        publication([PETIT, TRIPHASE], canaux=[AUTRE_CANAL]),
        publication([PETIT, TRIPHASE], days=("2026-11-16", "2026-11-22")),
        publication([PETIT, TRIPHASE], soutirage=False, injection=True),
    ):
        assert caller.order(MESURES_ASYNCHRONES, different)[0] == 200
    assert received(running, numero)
    assert caller.order(MESURES_ASYNCHRONES, asked)[0] == 200
    first = {"canal_contact_id": CANAL, "unique_point_id": [PETIT]}
    path = next(iter(CONTRATS))
    assert caller.order(path, first)[0] == 201
    assert caller.order(path, first) == (400, dict(DEMANDES["demande_deja_faite"].body))


@pytest.mark.observed("a town, May 2026: 1,753 demands accepted, no file, then refused")
def test_a_lost_demand_blocks_the_next(running: InProcess, caller: Caller) -> None:
    plan(running, "dossier_sans_fichier", au=1)
    asked = publication([PETIT])
    numero = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    assert "Panne prévue" in (caller.kept[-1].detail or "")
    assert received(running, numero, 24 * 21) == {}
    late = publication([PETIT], "ENERGIE")
    caller = Caller(running, made(running, SIREN))
    assert caller.order(MESURES_ASYNCHRONES, asked)[1]["code"] == "ADAM-ERR0110"
    assert received(running, caller.order(MESURES_ASYNCHRONES, late)[1]["dossierId"])
    with running.simulator.database.transaction() as session:
        end_awaited_m023(session, SIREN, NOW)
    again = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    assert received(running, again)


@pytest.mark.observed("a town, 2026: 500 above some number of points; 0191, 0155 of real points")
def test_what_towns_saw_go_wrong_is_planned(running: InProcess, caller: Caller) -> None:
    plan(running, "lot_en_500", nombre=2)
    assert caller.order(MESURES_ASYNCHRONES, publication([PETIT, TRIPHASE, GRAND])) == (500, None)
    assert caller.order(MESURES_ASYNCHRONES, publication([PETIT, TRIPHASE]))[0] == 200
    for sorte, code in (("sans_service_acces", "403"), ("point_inexistant", "ADAM-ERR0155")):
        plan(running, sorte, prm=PETIT, au=1)
        status, body = caller.mesure("daily_consumption", PETIT, "2026-11-16", "2026-11-18")
        assert (status, body["code"]) == (400, code)
        status, body = caller.mesure("daily_consumption", TRIPHASE, "2026-11-16", "2026-11-18")
        assert (status, "meter_reading" in body) == (200, True)
    assert caller.get(f"/contract_summary/v1/{PETIT}")[0] == 200
    whole = caller.perimetre()["usage_point_id"]
    plan(running, "perimetre_qui_bouge", probabilite=0.5)
    pages = [caller.perimetre() for _ in range(2)]
    assert pages[0] == pages[1]
    kept = pages[0]["usage_point_id"]
    assert set(kept) < set(whole)
    assert pages[0]["query_parameters"]["usage_point_id_total_count"] == len(kept)
    clock = StoredClock(running.simulator.database)
    clock.freeze(clock.now() + timedelta(hours=1))
    assert caller.perimetre()["usage_point_id"] != kept


@pytest.mark.documented("the bodies of each family (descriptions of 2025)")
@pytest.mark.parametrize(
    ("sorte", "status", "code"),
    [
        ("erreur_technique", 500, "500"),
        ("erreur_interne", 500, "500"),
        ("avant_activation", 400, "ADAM-ERR0123"),
    ],
)
def test_what_is_planned_is_told_as_the_family_does(
    running: InProcess, caller: Caller, sorte: str, status: int, code: str
) -> None:
    plan(running, sorte)
    of_measures, of_contracts = ["code", "message"], ["code", "libelle"]
    of_demands = ["error", "error_description"]
    demand = {"canal_contact_id": CANAL, "unique_point_id": [PETIT]}
    for answer, names in (
        (caller.mesure("daily_consumption", PETIT, "2026-11-16", "2026-11-18"), of_measures),
        (caller.post(b'{"page_number":1}'), of_contracts),
        (caller.get(f"/address/v1/{PETIT}"), of_contracts),
        (
            caller.order(MESURES_ASYNCHRONES, publication([PETIT])),
            None if status == 500 else of_measures,
        ),
        (caller.order(next(iter(CONTRATS)), demand), of_demands),
        (caller.order(INFRA, infra()), of_demands),
    ):
        assert answer[0] == status
        assert (answer[1] and [*answer[1]]) == names
        assert names in (None, of_demands) or answer[1]["code"] == code
        assert "Panne prévue" in (caller.kept[-1].detail or "")


@pytest.mark.observed("a town, May 2026: of orders of measures")
def test_a_crowd_of_contract_data_is_no_500(running: InProcess, caller: Caller) -> None:
    plan(running, "lot_en_500", nombre=0)
    assert caller.order(MESURES_ASYNCHRONES, publication([PETIT])) == (500, None)
    demand = {"canal_contact_id": CANAL, "unique_point_id": [PETIT]}
    assert caller.order(next(iter(CONTRATS)), demand)[0] == 201


@pytest.mark.documented("a service of the type (pilot of 2023), ACCES of an authorised company")
def test_who_may_have_the_file(running: InProcess, caller: Caller) -> None:
    """Without the service, or once the point is another's, nothing comes."""
    simulator = running.simulator
    with simulator.database.transaction() as session:
        declare_entreprise(session, SIREN, "Commune d'essai", [], ["COURBE"])
    shut = caller.order(MESURES_ASYNCHRONES, publication([PETIT], "ENERGIE"))[1]["dossierId"]
    with simulator.database.transaction() as session:
        declare_entreprise(session, SIREN, "Commune d'essai", ["200054781"])
    sold = caller.order(MESURES_ASYNCHRONES, publication([PETIT], "ENERGIE"))
    assert sold[1]["code"] == "ADAM-ERR0110"
    sold = caller.order(MESURES_ASYNCHRONES, publication([PETIT], "IDX"))[1]["dossierId"]
    kept = caller.order(MESURES_ASYNCHRONES, publication([TRIPHASE], "IDX"))[1]["dossierId"]
    other = "?siren=200054781"
    mine = caller.order(MESURES_ASYNCHRONES, publication([TRIPHASE], "ENERGIE"), other)
    with simulator.database.transaction() as session:
        session.get_one(Point, PETIT).siret = f"{VOISIN}00011"
    try:
        assert received(running, shut) == received(running, sold) == {}
        assert received(running, mine[1]["dossierId"]) == {}
        assert len(received(running, kept)) == 1
    finally:
        with simulator.database.transaction() as session:
            session.get_one(Point, PETIT).siret = TENUS[PETIT]
    with simulator.database.sessions() as session:
        states = {each.affaire_id: each.etat for each in demandes_m023(session, 100)}
    assert [states[str(each)] for each in (shut, sold, kept)] == [
        *("non_realisee", "non_realisee", "realisee"),
    ]


@pytest.mark.documented("what an authorised company may do (descriptions of 2025)")
def test_an_authorised_company_reads_what_a_holder_lets_it(running: InProcess) -> None:
    simulator = running.simulator
    other = Caller(running, made(running, VOISIN))
    canal = "506000009"
    now = {"usage_point_id": PETIT, "start": "2026-11-16", "end": "2026-11-18"}
    v1 = "/mesure_synchrone_auto/v1/metering_data/daily_consumption"
    denied = "Le client n'est pas autorisé pour le point demandé"
    assert other.get(v1, **now) == (403, {"code": "403", "message": denied})
    path = "mesure_asynchrone_autorisee/v1/commanderPublicationPonctuelle"
    before = other.order(path, publication([PETIT], "ENERGIE", canaux=[canal]))[1]["dossierId"]
    assert received(running, before, canal=canal) == {}
    client_id, clock = other.credentials["client_id"], StoredClock(simulator.database)
    with simulator.database.transaction() as session:
        autorise(session, SIREN, client_id, [PETIT, PRODUCTEUR], clock.now())
    holder = Caller(running, made(running, SIREN))
    told = holder.told("daily_consumption", PETIT, now["start"], now["end"])
    assert other.get(v1, **now)[1] == {"meter_reading": told}
    assert other.get(f"/situation_contrat_auto/v1/{PETIT}")[0] == 200
    assert other.get(f"/address/v1/{PETIT}")[0] == 403
    listed = other.order("subscribed_services/v1/", {"comptage": False, "siren": [SIREN]})[1]
    assert {each["pointId"] for each in listed["serviceSouscrit"]} == {PETIT}
    clock.freeze(clock.now() + timedelta(days=3))
    other = Caller(running, other.credentials)
    days = (f"{clock.now() - timedelta(2):%Y-%m-%d}", f"{clock.now():%Y-%m-%d}")
    asked = publication([PETIT, TRIPHASE], "ENERGIE", days, canaux=[canal])
    numero = other.order(path, asked)[1]["dossierId"]
    ((_, body),) = received(running, numero, canal=canal).items()
    assert {each["idPrm"] for each in body["mesures"]} == {PETIT}
    for path in AUTORISEES:
        other = Caller(running, other.credentials)
        body = {"canal_contact_id": canal, "unique_point_id": [PETIT, PRODUCTEUR, TRIPHASE]}
        status, told = other.order(path, body)
        assert status == 201
        ((_, found),) = received(running, told["dossierId"], canal=canal).items()
        assert {each["usage_point_id"] for each in found} == {PETIT, PRODUCTEUR}


def infra(**changed: Any) -> Any:
    agreed = {"production": "false", "consumption": "true"} | {
        name: changed.pop(f"{name}_agreement")
        for name in ("production", "consumption")
        if f"{name}_agreement" in changed
    }
    return {
        "usage_point_Id": GRAND,
        "holder_agreement_declaration": [
            {
                "holder_name": "COMMUNE D ESSAI",
                "production_agreement": agreed["production"],
                "consumption_agreement": agreed["consumption"],
            }
        ],
        "contact_canal_id": CANAL,
        "production": "false",
        "consumption": "true",
        "load_curve": "true",
        "index": "true",
        "dynamic_tarification_parameters": "false",
        **changed,
    }


@pytest.fixture
def grand(running: InProcess) -> Iterator[dict[str, Any]]:
    """A large point that may have its data of the day, while what it has is changed."""
    usual = {
        "provisoire": False,
        "media_releve": "IP",
        "type_comptage": "ICE",
        "teleoperable": True,
    }
    with running.simulator.database.transaction() as session:
        point = session.get_one(Point, GRAND)
        before = {column.name: getattr(point, column.name) for column in Point.__table__.columns}
        for name, value in usual.items():
            setattr(point, name, value)
    yield before
    with running.simulator.database.transaction() as session:
        point = session.get_one(Point, GRAND)
        for name, value in before.items():
            setattr(point, name, value)


@pytest.mark.documented("the 22 refusals of the description (2025), by the facts of the point")
@pytest.mark.parametrize(
    ("rule", "asked", "facts"),
    [
        ("requete_conforme", {"consumption": True}, {}),
        ("requete_conforme", {"holder_agreement_declaration": []}, {}),
        ("requete_conforme", {"contact_canal_id": "506000009"}, {}),
        ("requete_conforme", {"usage_point_Id": "1" * 14}, {}),
        ("requete_conforme", {"load_curve": "false", "index": "false"}, {}),
        ("accord_en_injection", {"production": "true"}, {}),
        ("accord_en_soutirage", {"consumption_agreement": "false"}, {}),
        ("sens_precise", {"consumption": "false"}, {}),
        ("en_service", {}, {"etat_contractuel": "RESIL"}),
        ("raccordement_definitif", {}, {"provisoire": True}),
        ("non_coupe", {}, {"etat_alimentation": "COUP"}),
        ("pas_producteur", {}, {"segment": "P2"}),
        ("pas_fictif", {}, {"groupement_turpe": True}),
        ("teleoperable", {}, {"teleoperable": False}),
        ("comptage_libre", {}, {"operation_en_cours": "CTF"}),
        ("point_alimente", {}, {"etat_alimentation": "NALI"}),
        ("non_limite", {}, {"etat_alimentation": "LIMI"}),
        ("boitier_ip", {}, {"media_releve": "GSM"}),
        ("si_contractuel", {}, {"segment": "C5"}),
        (
            "donnee_du_compteur",
            {
                **{"production": "true", "production_agreement": "true", "consumption": "false"},
                "dynamic_tarification_parameters": "true",
            },
            {"contrat_injection": True},
        ),
        ("type_admis", {}, {"type_comptage": "CJE"}),
        ("titulaire_identifie", {}, {"nom_client_final": None}),
        ("role_actif", {"production": "true", "production_agreement": "true"}, {}),
        ("referent_du_point", {}, {"siret": f"{VOISIN}00011"}),
    ],
)
def test_the_data_of_the_day_are_refused(
    running: InProcess,
    caller: Caller,
    grand: dict[str, Any],
    rule: str,
    asked: dict[str, Any],
    facts: dict[str, Any],
) -> None:
    with running.simulator.database.transaction() as session:
        point = session.get_one(Point, GRAND)
        for name, value in facts.items():
            setattr(point, name, value)
    assert caller.order(INFRA, infra(**asked)) == (400, dict(INFRA_J[rule].body))
    assert why(caller) == f"Entreprises/{rule}"


@pytest.mark.assumed("a second meter in place is what isn't standard")
def test_metering_that_is_not_standard(
    running: InProcess, caller: Caller, grand: dict[str, Any]
) -> None:
    with running.simulator.database.transaction() as session:
        session.add(Compteur(prm=GRAND, numero_serie="999"))
    try:
        assert caller.order(INFRA, infra())[1]["error"] == "ADAM-ERR0010"
    finally:
        with running.simulator.database.transaction() as session:
            session.delete(session.query(Compteur).filter_by(prm=GRAND, numero_serie="999").one())


@pytest.mark.documented("within 30 minutes, under the number that was answered (description, 2025)")
def test_the_data_of_the_day_come(
    running: InProcess, caller: Caller, grand: dict[str, Any]
) -> None:
    status, told = caller.order(INFRA, infra())
    assert (status, told["request_Id"][:2], len(told["request_Id"])) == (200, "M0", 8)
    assert caller.order(INFRA, infra()) == (400, dict(INFRA_J["identique_recente"].body))
    assert caller.order(INFRA, infra(index="false"))[0] == 200
    ((_, body),) = received(running, told["request_Id"], 0.5).items()
    assert (body["prm"], body["contratId"]) == (GRAND, CANAL)
    assert body["courbes"][0]["points"]
    assert caller.order(INFRA, infra())[0] == 200


@pytest.mark.documented("the bodies of 500 of each family (descriptions of 2025)")
def test_a_failure_has_the_body_of_the_family(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sge_sim.entreprises.acces.let_in", lambda *_: 1 / 0)
    assert caller.order(MESURES_ASYNCHRONES, {}) == (500, None)
    assert caller.order(next(iter(CONTRATS)), {}) == (500, dict(DEMANDES["erreur_de_demande"].body))
    assert caller.order(INFRA, {}) == (500, dict(INFRA_J["erreur_du_jour"].body))


@pytest.mark.assumed("bodies of WSO2; without a body: description of 2025")
def test_the_gateway_and_the_siren_come_first(running: InProcess) -> None:
    caller = Caller(running, made(running, SIREN, ["customer_contract"]))
    for path in (MESURES_ASYNCHRONES, INFRA, *CONTRATS, *AUTORISEES):
        assert caller.order(path, b"{")[1]["code"] == "900908"
        assert caller.send("GET", f"/{path}", b"", {})[0] == 405
        assert caller.send("POST", f"/{path}", b"", {})[1]["code"] == "900902"
    whole = Caller(running, made(running, SIREN))
    for path in (MESURES_ASYNCHRONES, INFRA):
        assert whole.order(path, b"{", f"?siren={VOISIN}") == (403, None)


def test_a_demand_is_shown_with_its_file(tmp_path: Path) -> None:
    settings = {"population_size": 0, "environment": "production"}
    with control_room(tmp_path, **settings) as room:
        running = room.services
        StoredClock(running.simulator.database).freeze(NOW)
        with running.simulator.database.transaction() as session:
            session.get_one(Point, PETIT).siret = TENUS[PETIT]
            declare_entreprise(session, SIREN, "Commune d'essai")
        declare(running, SIREN, CANAL)
        caller = Caller(running, made(running, SIREN))
        asked = publication([PETIT], "ENERGIE")
        measures = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
        path = "customer_contract_asyn/v1/contracts"
        contracts = caller.order(path, {"canal_contact_id": CANAL})[1]["dossierId"]
        for numero in (measures, contracts):
            assert room.page(f"/demandes/{numero}") is not None
            ((name, _),) = received(running, numero, 1.1).items()
            assert name in room.page(f"/demandes/{numero}").text_content()
        shown = room.ask("GET", f"/api/demandes/{measures}").json()
        assert (shown["acteur"], shown["contrat_id"], shown["points"]) == (SIREN, CANAL, 1)
        assert shown["reference"] == f"mesure_asynchrone {CANAL}"
        assert room.page("/demandes") is not None
