"""ConsultationMesures through zeep and suds on the real WSDL, on 15 July 2026."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import zeep
from codes_kit import check_obtained_codes, provenance_of
from demandes import mesures_detaillees
from in_process import served_in_process
from real_clients import ZeepCaller, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.services.consultation_mesures.service import SERVICE
from sge_sim.soap.codes import LIBELLES_CODES

PATH = "/ConsultationMesures/v1.1"
DETAILLEES = "/ConsultationMesuresDetaillees/v3.0"
OPTIONS = ("--now", "2026-07-15T10:00", "--population-size", "0")
TIERS, FOURN1, TIERS2 = "1100256", "1000184", "1100391"
C5, C4, C2, C1_HTA, C1_HTB = (
    "25957452924301",
    "98800000396971",
    "98800003605936",
    "98610000001481",
    "98610000001593",
)
NIVEAU_0, NIVEAU_1, NOUVEAU_COMPTEUR = "24210000001819", "24210000001920", "24210000003060"
SIX_CADRANS, QUATRE_CLASSES = "24210000002270", "24210000002382"
REMIS_EN_SERVICE, RESILIE, EN_RACCORDEMENT = "24210000001481", "24210000000479", "24210000000692"
DE_FOURN1, DE_FOURN2, P1 = "24210000002608", "24210000002710", "98610000001605"

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def tiers(en_juillet: RunningSimulator) -> Ask:
    return asked_by(en_juillet)


@pytest.fixture(scope="module")
def fidele(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The tiers of a platform that answers as that of 2022 was seen to."""
    folder = tmp_path_factory.mktemp("fidele")
    options = ("--profile", "fidele", "--now", "2022-07-15T10:00")
    with served_in_process(folder, *options, *OPTIONS[2:]) as running:
        yield asked_by(running)


@pytest.fixture(scope="module")
def fournisseur(en_juillet: RunningSimulator) -> Ask:
    return asked_by(en_juillet, "fournisseur", contrat=FOURN1)


def asked_by(running: RunningSimulator, kind: str = "tiers", contrat: str = TIERS) -> Ask:
    """Return what asks as an actor: the answer as plain values, or the code of the refusal."""
    call = ZeepCaller(running, PATH, kind)
    login = running.ready["acteurs"][kind]["login"]

    def ask(prm: str, **members: Any) -> Any:
        demande = {"pointId": prm, "loginDemandeur": login, "contratId": contrat, **members}
        try:
            answer = call(**demande)
        except zeep.exceptions.Fault as refusal:
            code, label = refusal_of(refusal)
            assert label == LIBELLES_CODES[code]
            return code
        return zeep.helpers.serialize_object(answer.body, dict)

    return ask


def autorise(ask: Ask, prm: str) -> Any:
    return ask(prm, autorisationClient=True)


def envelope(members: str) -> str:
    """A message, its members given as XML."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<c:consulterMesures xmlns:c="http://www.enedis.fr/sge/b2b/services/consultermesures/v1.1">'
        f"{members}</c:consulterMesures></s:Body></s:Envelope>"
    )


def turpe(answer: Any) -> list[Any]:
    grille = answer["seriesMesuresDateesGrilleTurpe"]
    return [] if grille is None else grille["serie"]


def frn(answer: Any) -> list[Any]:
    grille = answer["seriesMesuresDateesGrilleFrn"]
    return [] if grille is None else grille["serie"]


def mesures(serie: Any) -> list[Any]:
    return serie["mesuresDatees"]["mesure"]


def calendars(series: list[Any]) -> list[tuple[str, str]]:
    """The calendar and the class of each series."""
    return [(serie["calendrier"]["code"], serie["classeTemporelle"]["code"]) for serie in series]


@pytest.mark.observed("2022, recorded answer of a C4")
def test_c4_has_the_distributor_s_four_classes_without_calendar(tiers: Ask) -> None:
    answer = autorise(tiers, C4)
    assert frn(answer) == []
    series = turpe(answer)
    assert [
        (serie["classeTemporelle"]["code"], serie["classeTemporelle"]["libelle"])
        for serie in series
    ] == [
        ("HCE", "Heures creuses été"),
        ("HCH", "Heures Creuses Hiver/Saison Haute"),
        ("HPE", "Heures pleines été"),
        ("HPH", "Heures Pleines Hiver/Saison Haute"),
    ]
    for serie in series:
        assert serie["calendrier"] is None
        assert serie["grandeurPhysique"] == {"code": "EA", "libelle": "Energie Active"}
        assert serie["unite"] == "kWh"
        assert len(mesures(serie)) == 36
        assert {each["dateDebut"].day for each in mesures(serie)} == {9}
    winter = [each["valeur"] for each in mesures(series[3])]
    assert min(winter) == 0 < max(winter)


@pytest.mark.observed("2022: newest first, half-open, labels")
def test_rows_go_from_the_newest_and_share_their_bounds(tiers: Ask) -> None:
    for serie in (*turpe(autorise(tiers, C4)), *frn(autorise(tiers, C5))):
        rows = mesures(serie)
        assert rows[0]["dateFin"] <= date(2026, 7, 15)
        for newer, older in pairwise(rows):
            assert older["dateFin"] == newer["dateDebut"] > older["dateDebut"]
        assert rows[0]["nature"] == {"code": "REEL", "libelle": "Réelle"}
        assert rows[0]["declencheur"] == {"code": "CYCLIQUE", "libelle": "Publication cyclique"}
        assert rows[0]["statut"] == {"code": "INITIALE", "libelle": "Initiale"}


@pytest.mark.documented("GUI 0455 v1.3.0 §4: the supplier's grid has codes without labels")
def test_the_supplier_s_grid_has_codes_alone(tiers: Ask) -> None:
    answer = autorise(tiers, C5)
    (distributor,), (supplier,) = turpe(answer), frn(answer)
    assert supplier["calendrier"] == {"code": "FC000165", "libelle": None}
    assert supplier["classeTemporelle"] == {"code": "BASE", "libelle": None}
    assert distributor["calendrier"] == {"code": "DI000001", "libelle": "Base"}
    assert distributor["classeTemporelle"] == {"code": "BASE", "libelle": "Base"}


@pytest.mark.documented("GUI 0455 v1.3.0 §4: by calendar, the newest first, then by class")
def test_the_newest_calendar_comes_first(tiers: Ask) -> None:
    answer = autorise(tiers, NOUVEAU_COMPTEUR)
    assert calendars(frn(answer)) == [("FC000165", "BASE"), ("HoroF1", "BASE")]


@pytest.mark.observed("2022, recorded answer of a C5: labels of the calendars and classes")
def test_the_supplier_s_grid_was_seen_to_repeat_its_codes(fidele: Ask) -> None:
    (serie,) = frn(autorise(fidele, C5))
    assert serie["calendrier"] == {"code": "FC000165", "libelle": "FC000165"}
    assert serie["classeTemporelle"] == {"code": "BASE", "libelle": "BASE"}


@pytest.mark.observed("2022, recorded answer of a C5: HoroF1 before FC000165")
def test_the_oldest_calendar_was_seen_first(tmp_path: Path) -> None:
    options = ("--profile", "fidele", "--now", "2025-07-15T10:00", *OPTIONS[2:])
    with served_in_process(tmp_path, *options) as running:
        answer = autorise(asked_by(running), NOUVEAU_COMPTEUR)
    assert calendars(frn(answer)) == [("HoroF1", "BASE"), ("FC000165", "BASE")]


@pytest.mark.observed("2022, recorded answer of a C5")
def test_c5_has_both_grids_with_their_calendars(tiers: Ask) -> None:
    answer = autorise(tiers, C5)
    (distributor,), (supplier,) = turpe(answer), frn(answer)
    assert mesures(distributor) == mesures(supplier)
    # 36 cyclic readings, some days late where the cycle drifts, and the splits of some months.
    cycliques = [each for each in mesures(supplier) if each["nature"]["code"] != "ESTI"]
    assert {each["dateFin"].day for each in cycliques} <= set(range(6, 14))
    assert len(cycliques) == 36


@pytest.mark.documented("GUI 0455 §4: series by calendar, then by class")
def test_a_grid_of_several_classes_is_sorted_by_class(tiers: Ask) -> None:
    answer = autorise(tiers, SIX_CADRANS)
    assert calendars(frn(answer)) == [
        ("FC000050", code) for code in ("BCHC", "BCHP", "BUHC", "BUHP", "RHC", "RHP")
    ]
    assert calendars(turpe(answer)) == [("DI000002", "HC"), ("DI000002", "HP")]
    four = turpe(autorise(tiers, QUATRE_CLASSES))
    assert calendars(four) == [("DI000003", code) for code in ("HCB", "HCH", "HPB", "HPH")]
    # The label that a client read in homologation.
    assert {each["calendrier"]["libelle"] for each in four} == {
        "Avec différenciation temporelle et saisonnière"
    }
    for rank in range(36):
        both = [
            sum(mesures(serie)[rank]["valeur"] for serie in grid(answer)) for grid in (turpe, frn)
        ]
        # Each class is the difference of two readings in whole kWh.
        assert abs(both[0] - both[1]) <= 8


@pytest.mark.observed("2022: a change of meter ends and begins rows by an event")
def test_a_change_of_meter_starts_a_calendar(tiers: Ask) -> None:
    answer = autorise(tiers, NOUVEAU_COMPTEUR)
    newest, oldest = frn(answer)
    (distributor,) = turpe(answer)
    ending = mesures(oldest)[0]
    assert ending["dateFin"] == date(2025, 1, 7)
    assert ending["declencheur"] == {"code": "EVENEMENT", "libelle": "Publication événementielle"}
    first = mesures(newest)[-1]
    assert (first["dateDebut"], first["dateFin"]) == (date(2025, 1, 7), date(2025, 1, 11))
    assert first["declencheur"]["code"] == "EVENEMENT"
    assert mesures(distributor)[-1]["dateDebut"] == date(2025, 1, 11)
    # A meter that doesn't communicate is read on the spot.
    assert {each["nature"]["code"] for each in mesures(oldest)} == {"REEL"}
    # The move to the new chain is followed by an estimate.
    estimate = mesures(newest)[-2]
    assert (estimate["dateFin"], estimate["nature"]["code"]) == (date(2025, 1, 15), "ESTI")


@pytest.mark.documented("GUI 0455 §4: calendars of C5 of the new chain alone")
@pytest.mark.observed("2022: the distributor's grid begins with the move to the new chain")
def test_calendars_are_told_before_the_distributor_s_first_row(tmp_path: Path) -> None:
    def calendriers() -> list[Any]:
        answer = autorise(ask, NOUVEAU_COMPTEUR)
        assert turpe(answer) == []
        return [serie["calendrier"] for serie in frn(answer)]

    with served_in_process(tmp_path, "--now", "2025-01-08T10:00", *OPTIONS[2:]) as running:
        ask = asked_by(running)
        assert calendriers() == [None]
        running.command("clock", "advance", "2d")
        assert calendriers() == [None]
        # 11 January, the day of the move.
        running.command("clock", "advance", "1d")
        assert [each["code"] for each in calendriers()] == ["FC000165", "HoroF1"]
        running.command("clock", "advance", "3d")
        assert [each["code"] for each in calendriers()] == ["FC000165", "HoroF1"]


@pytest.mark.documented("OFF 21.3: level 0, the supplier's grid alone; levels 1 and 2, both")
def test_grids_by_level_of_service(tiers: Ask) -> None:
    old_chain = autorise(tiers, NIVEAU_0)
    assert turpe(old_chain) == []
    assert [serie["calendrier"] for serie in frn(old_chain)] == [None, None]
    both = autorise(tiers, NIVEAU_1)
    assert turpe(both)
    assert frn(both)


@pytest.mark.documented("GUI 0455: cut at the last commissioning, without refusal")
def test_nothing_before_the_last_commissioning(tiers: Ask) -> None:
    (serie,) = frn(autorise(tiers, REMIS_EN_SERVICE))
    assert mesures(serie)[-1]["dateDebut"] == date(2025, 2, 3)


@pytest.mark.observed("36 months in 2022; 12 in the guide")
def test_the_depth_is_a_setting(tmp_path: Path) -> None:
    with served_in_process(tmp_path, *OPTIONS, "--profondeur-historique-mois", "12") as running:
        (serie,) = frn(autorise(asked_by(running), C5))
    assert 12 <= len(mesures(serie)) <= 16
    # A row that straddles the depth is whole.
    assert date(2025, 7, 15) < mesures(serie)[-1]["dateFin"] <= date(2025, 8, 13)
    assert mesures(serie)[-1]["dateDebut"] <= date(2025, 7, 15)


@pytest.mark.documented("billing consumptions are differences of indexes")
@pytest.mark.parametrize("prm", [C5, SIX_CADRANS])
def test_monthly_consumptions_are_differences_of_the_daily_indexes(
    en_juillet: RunningSimulator, tiers: Ask, prm: str
) -> None:
    answer = autorise(tiers, prm)
    year = date(2025, 7, 15), date(2026, 7, 15)
    asked = mesures_detaillees(en_juillet.login, prm, "INDEX", "EA", *year)
    index = ZeepCaller(en_juillet, DETAILLEES)(**asked)
    (contexte,) = index.contexte
    (grandeur,) = contexte.grandeur
    compared = 0
    for calendar, series in zip(grandeur.calendrier, (frn(answer), turpe(answer)), strict=True):
        for serie in series:
            (register,) = [
                each
                for each in calendar.classeTemporelle
                if each.idClasseTemporelle == serie["classeTemporelle"]["code"]
            ]
            kwh = {each.d[:10]: each.v // 1000 for each in register.valeur}
            for row in mesures(serie):
                if row["dateDebut"] >= date(2025, 7, 15) and row["nature"]["code"] == "REEL":
                    debut, fin = row["dateDebut"].isoformat(), row["dateFin"].isoformat()
                    assert row["valeur"] == kwh[fin] - kwh[debut]
                    compared += 1
    assert compared >= 16


@pytest.mark.observed("2022: the acquittement names the point")
def test_the_acquittement_names_the_point_and_the_login(en_juillet: RunningSimulator) -> None:
    answer = ZeepCaller(en_juillet, PATH)(
        pointId=C5, loginDemandeur=en_juillet.login, contratId=TIERS, autorisationClient=True
    )
    acquittement = answer.header.acquittement
    assert acquittement.resultat.code == "SGT200"
    assert acquittement.infoFonctionnelles.pointId == C5
    assert acquittement.infoDemandeur.loginDemandeur == en_juillet.login


AGREED = {"autorisationClient": True}
REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("SGT401", "99999999999999", AGREED),
    *(("SGT402", C5, {"contratId": each, **AGREED}) for each in ("9999999", TIERS2, "1100017")),
    ("SGT402", C5, {"loginDemandeur": "personne@exemple.fr", **AGREED}),
    ("SGT402", C5, {"loginDemandeur": "contact@tiers2.example.org", **AGREED}),
    ("SGT402", C5, {"loginDemandeur": "ancien.compte@tiers1.example.org", **AGREED}),
    ("SGT4G2", C5, {}),
    ("SGT4G2", C5, {"autorisationClient": False}),
    ("SGT4G2", C5, {"contratConcluNouveauClientSurSite": True}),
    ("SGT4G2", C1_HTA, AGREED),
    ("SGT4G2", P1, AGREED),
    ("SGT4G1", RESILIE, AGREED),
    ("SGT4G3", EN_RACCORDEMENT, AGREED),
]


@pytest.mark.parametrize(
    ("code", "prm", "members"),
    [pytest.param(*refused, marks=provenance_of(SERVICE.rules, refused[0])) for refused in REFUSED],
)
def test_a_demand_is_refused(tiers: Ask, code: str, prm: str, members: dict[str, Any]) -> None:
    assert tiers(prm, **members) == code


@pytest.mark.documented("GUI 0455: C1 to C5, but for C1 in HTA")
def test_large_points_are_served(tiers: Ask) -> None:
    for served in (C1_HTB, C2):
        assert turpe(autorise(tiers, served))


@pytest.mark.documented("GUI 0455 §1: what each supplier declares")
def test_sgt4g2_supplier_that_is_not_incumbent_and_declares_nothing(fournisseur: Ask) -> None:
    assert frn(fournisseur(DE_FOURN1))
    assert fournisseur(DE_FOURN2) == "SGT4G2"
    assert fournisseur(DE_FOURN2, contratConcluNouveauClientSurSite=False) == "SGT4G2"
    assert frn(fournisseur(DE_FOURN2, contratConcluNouveauClientSurSite=True))
    assert frn(fournisseur(DE_FOURN2, autorisationClient=True))


@pytest.mark.documented("the schema")
def test_sgt562_member_missing(en_juillet: RunningSimulator) -> None:
    answer = en_juillet.session.post(
        en_juillet.url + PATH,
        envelope(f"<pointId>{C5}</pointId>"),
        headers={"Content-Type": "text/xml"},
        timeout=10,
    )
    assert answer.status_code == 500
    assert 'code="SGT562"' in answer.text


def test_suds_reads_the_series(en_juillet: RunningSimulator) -> None:
    # suds leaves out the children of a choice, so the message is given as it is.
    message = envelope(
        f"<pointId>{C5}</pointId><loginDemandeur>{en_juillet.login}</loginDemandeur>"
        f"<contratId>{TIERS}</contratId><autorisationClient>true</autorisationClient>"
    )
    service = suds_client(en_juillet, PATH).service
    answer = service.consulterMesures(__inject={"msg": message.encode()})
    assert len(answer.seriesMesuresDateesGrilleFrn.serie[0].mesuresDatees.mesure) >= 36


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
