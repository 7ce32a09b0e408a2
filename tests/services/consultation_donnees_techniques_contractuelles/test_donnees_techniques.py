"""ConsultationDonneesTechniquesContractuelles through zeep and suds on the real WSDL."""

import json
from typing import Any

import pytest
import zeep
from codes_kit import check_obtained_codes, provenance_of
from in_process import served_in_process
from real_clients import ZeepCaller, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.services.consultation_donnees_techniques_contractuelles.service import SERVICE
from sge_sim.soap.codes import LIBELLES_CODES

PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
TEC = "http://www.enedis.fr/sge/b2b/technique/v1.0"
C5, C4, OLD_CHAIN = "25946599093143", "98800004847471", "24210000001819"
ICE_SHARED_LINE, LONG_USE, C1, P4, P1 = (
    "98610000001268",
    "24210000002169",
    "98610000001481",
    "24210000002821",
    "98610000001605",
)
UNMETERED = "24210000005085"
TRACED = "24210000002710"
REPLACED_METER = "24210000003060"
RESIL, ECRES, ECRAC = "24210000000479", "24210000000580", "24210000000692"


@pytest.fixture(scope="module")
def call(simulator: RunningSimulator) -> ZeepCaller:
    return ZeepCaller(simulator, PATH)


def consult(call: ZeepCaller, prm: str, autorisation: bool | None, login: str | None = None) -> Any:
    login = login or "homologation@tiers1.example.org"
    members: dict[str, Any] = {"pointId": prm, "loginUtilisateur": login}
    if autorisation is not None:
        members["autorisationClient"] = autorisation
    answer = call(**members)
    return zeep.helpers.serialize_object(getattr(answer, "body", answer), dict)["point"]


def names(tree: Any, path: str = "") -> set[str]:
    """The paths of everything that an answer holds."""
    if isinstance(tree, list):
        return set().union(*(names(item, path) for item in tree)) if tree else set()
    if not isinstance(tree, dict):
        return {path}
    found: set[str] = set()
    for name, value in tree.items():
        if value is not None and value != []:
            found |= {f"{path}/{name}".strip("/")} | names(value, f"{path}/{name}".strip("/"))
    return found


def refused(call: ZeepCaller, prm: str, login: str | None = None) -> tuple[str, str]:
    with pytest.raises(zeep.exceptions.Fault) as refusal:
        consult(call, prm, True, login)
    return refusal_of(refusal.value)


HIDDEN = {
    "donneesGenerales/dateDerniereModificationFormuleTarifaireAcheminement",
    "donneesGenerales/dateDerniereAugmentationPuissanceSouscrite",
    "donneesGenerales/dateDerniereDiminutionPuissanceSouscrite",
    "donneesGenerales/segment",
    "situationComptage/mediaReleve",
    "situationContractuelle",
}
TELE_ACCESS = "situationComptage/dispositifComptage/compteurs/compteur/parametresTeleAcces"


@pytest.mark.documented("ICS v1.0.0, the two columns")
@pytest.mark.parametrize("prm", [C5, C4])
def test_authorisation_adds_exactly_what_the_workbook_hides(call: ZeepCaller, prm: str) -> None:
    full, filtered = names(consult(call, prm, True)), names(consult(call, prm, False))
    assert filtered < full
    added = full - filtered
    roots = HIDDEN | {TELE_ACCESS}
    assert all(any(name == r or name.startswith(f"{r}/") for r in roots) for name in added)
    expected = (
        HIDDEN
        if prm == C5
        else (HIDDEN | {TELE_ACCESS})
        - {
            "donneesGenerales/dateDerniereAugmentationPuissanceSouscrite",
            "donneesGenerales/dateDerniereDiminutionPuissanceSouscrite",
        }
    )
    assert expected <= added


@pytest.mark.assumed("an absent option is a false one")
def test_absent_authorisation_is_none(call: ZeepCaller) -> None:
    assert consult(call, C5, None) == consult(call, C5, False)


@pytest.mark.documented("ICS: ignored for a point that isn't in service")
@pytest.mark.parametrize("prm", [RESIL, "24210000000704", "24210000000806"])
def test_authorisation_is_ignored_out_of_service(call: ZeepCaller, prm: str) -> None:
    assert consult(call, prm, True) == consult(call, prm, False)


@pytest.mark.documented("ICS: en service, en cours de résiliation included")
def test_authorisation_counts_while_being_terminated(call: ZeepCaller) -> None:
    assert "situationContractuelle" in names(consult(call, ECRES, True))


@pytest.mark.documented("ICS: never shown to a tiers")
@pytest.mark.parametrize("prm", [C5, C4, LONG_USE, C1])
def test_supplier_calendar_is_never_shown(call: ZeepCaller, prm: str) -> None:
    assert not any("calendrierFrn" in name for name in names(consult(call, prm, True)))


@pytest.mark.observed("the recorded answer on this very point")
def test_c5_without_authorisation_shows_what_was_observed(call: ZeepCaller) -> None:
    point = consult(call, C5, False)
    general, metering = point["donneesGenerales"], point["situationComptage"]
    (meter,) = metering["dispositifComptage"]["compteurs"]["compteur"]
    supply = point["situationAlimentation"]["alimentationPrincipale"]
    assert general["etatContractuel"] == {"libelle": "En service", "code": "SERVC"}
    assert general["niveauOuvertureServices"] == "2"
    assert supply["domaineTension"] == {"libelle": "BT<=36kVA", "code": "BTINF"}
    assert supply["puissanceRaccordementSoutirage"] == {"valeur": 9, "unite": "kVA"}
    assert metering["dispositifComptage"]["typeComptage"]["libelle"] == "Compteur Linky"
    assert meter["localisation"] == {"libelle": "Gaine", "code": "GAINE"}
    assert {meter[name] for name in ("ticActivee", "ticStandard", "ticActivable")} <= {True, False}
    assert metering["dispositifComptage"]["disjoncteur"]["calibre"] == {
        "libelle": "15-45 A",
        "code": "15-45",
    }
    assert metering["caracteristiquesReleve"]["periodicite"]["code"] == "MENSU"
    assert metering["futuresPlagesHeuresCreuses"] == {"libelle": "HC (22H56-6H56)", "code": "440"}


@pytest.mark.documented("GUI 0464 v1.4.0 §4: what belongs to one kind of segment")
def test_segments_show_their_own_fields_alone(call: ZeepCaller) -> None:
    meter = "situationComptage/dispositifComptage/compteurs/compteur"
    c5, large = names(consult(call, C5, True)), names(consult(call, C4, True))
    for name in ("ticActivee", "ticStandard", "ticActivable"):
        assert f"{meter}/{name}" in c5
        assert f"{meter}/{name}" not in large
    for name in (f"{meter}/parametresTeleAcces", f"{meter}/programmationHoraire"):
        assert name in large
        assert name not in c5
    powers = "situationContractuelle/structureTarifaire/denivelePuissances"
    assert powers in large
    assert powers not in c5
    assert "donneesGenerales/niveauOuvertureServices" not in large
    assert "situationComptage/futuresPlagesHeuresCreuses" not in large


@pytest.mark.documented("GUI 0464 v1.4.0 §4: what the old chain of C5 doesn't tell; its relay")
def test_c5_of_the_old_chain_has_no_date_of_its_powers_and_a_relay(call: ZeepCaller) -> None:
    old, new = (names(consult(call, prm, True)) for prm in (OLD_CHAIN, C5))
    for name in (
        "donneesGenerales/dateDerniereAugmentationPuissanceSouscrite",
        "donneesGenerales/dateDerniereDiminutionPuissanceSouscrite",
    ):
        assert name in new
        assert name not in old
    for name in (
        "donneesGenerales/dateDerniereModificationFormuleTarifaireAcheminement",
        "donneesGenerales/niveauOuvertureServices",
    ):
        assert name in old
    for prm, relais in ((OLD_CHAIN, {"plageHeuresCreuses": "HC (23H00-7H00)"}), (C5, None)):
        device = consult(call, prm, False)["situationComptage"]["dispositifComptage"]
        assert device["relais"] == relais


@pytest.mark.documented("GUI 0464 v1.4.0: window of ICE and CJE meters on a shared line")
def test_listening_window_only_where_meter_and_line_have_one(call: ZeepCaller) -> None:
    shared = names(consult(call, ICE_SHARED_LINE, True))
    assert f"{TELE_ACCESS}/fenetreEcouteClient/heureDebut" in shared
    assert f"{TELE_ACCESS}/fenetreEcouteClient" not in names(consult(call, C4, True))


@pytest.mark.documented("GUI 0464 v1.4.0: window on a shared line; ICE4Q counts as ICE: assumed")
def test_an_ice4q_on_a_line_of_its_own_has_no_listening_window(
    simulator: RunningSimulator, call: ZeepCaller
) -> None:
    access = "json_extract(parametres_tele_acces, '$.etat_ligne_telephonique')"
    with_line = (
        "UPDATE compteur SET parametres_tele_acces = "
        "json_set(parametres_tele_acces, '$.etat_ligne_telephonique', ?) "
        f"WHERE prm = ? AND {access} = ?"
    )
    simulator.execute(with_line, "Dédiée", ICE_SHARED_LINE, "Partagée")
    try:
        sheet = names(consult(call, ICE_SHARED_LINE, True))
    finally:
        simulator.execute(with_line, "Partagée", ICE_SHARED_LINE, "Dédiée")
    assert f"{TELE_ACCESS}/etatLigneTelephonique" in sheet
    assert f"{TELE_ACCESS}/fenetreEcouteClient" not in sheet


@pytest.mark.documented(
    "GUI 0464 v1.4.0 §4.3: the parameters of tele-access are those of C1-C4 alone"
)
def test_a_producer_s_meter_never_tells_how_it_is_called(call: ZeepCaller) -> None:
    assert f"{TELE_ACCESS}/numeroTelephone" in names(consult(call, C4, True))
    assert TELE_ACCESS not in names(consult(call, P1, True))


@pytest.mark.documented("GUI 0464 v1.4.0: the situation of today, without history")
def test_a_meter_that_was_replaced_is_not_told(call: ZeepCaller) -> None:
    device = consult(call, REPLACED_METER, True)["situationComptage"]["dispositifComptage"]
    (meter,) = device["compteurs"]["compteur"]
    assert meter["ticActivable"] is True


@pytest.mark.documented("GUI 0464 v1.4.0 §4: C1-C4 alone")
def test_large_point_tells_the_programmes_to_come_of_each_tariff(call: ZeepCaller) -> None:
    to_come = consult(call, C4, False)["situationComptage"]["futuresProgrammationsHoraires"]
    tariffs = to_come["formuleTarifaireAcheminement"]
    assert [tariff["code"] for tariff in tariffs] == ["BTSUPCU4", "BTSUPLU4"]
    for tariff in tariffs:
        (post,) = tariff["programmationHoraire"]["programmationPosteHoraire"]
        assert (post["code"], post["periodesHoraires"]) == ("HC", "22H00-06H00")
    c5 = names(consult(call, C5, True))
    assert "situationComptage/futuresProgrammationsHoraires" not in c5


@pytest.mark.documented("GUI 0464 v1.4.0 §4: the tariff structure of C1-C4")
def test_c1_tells_its_tariff_although_the_schema_lacks_its_segment(call: ZeepCaller) -> None:
    structure = consult(call, C1, True)["situationContractuelle"]["structureTarifaire"]
    assert structure["formuleTarifaireAcheminement"]["code"] == "HTACU5"
    assert structure["puissanceSouscriteMax"] == {"valeur": 900, "unite": "kW"}
    powers = structure["denivelePuissances"]["classesTemporelles"]["classeTemporelle"]
    classes = [(power["code"], power["puissance"]["valeur"]) for power in powers]
    assert classes == [("PTE", 700), ("HPH", 750), ("HCH", 800), ("HPE", 900), ("HCE", 900)]


LONG_USES = "situationContractuelle/structureTarifaire/longueUtilisation"


@pytest.mark.documented("GUI 0464 v1.4.0 §4.4: a C5, whatever its BTINF tariff")
@pytest.mark.parametrize("fta", ["BTINFLU", "BTINFCUST", "BTINFMUDT"])
def test_long_use_of_a_c5_of_any_tariff(
    simulator: RunningSimulator, call: ZeepCaller, fta: str
) -> None:
    tariff = "UPDATE point SET fta = ? WHERE prm = ?"
    simulator.execute(tariff, fta, LONG_USE)
    try:
        structure = consult(call, LONG_USE, True)["situationContractuelle"]["structureTarifaire"]
    finally:
        simulator.execute(tariff, "BTINFLU", LONG_USE)
    assert structure["formuleTarifaireAcheminement"]["code"] == fta
    assert structure["longueUtilisation"]["contexte"]["code"] == "ECPU"
    assert LONG_USES not in names(consult(call, C5, True))


@pytest.mark.documented("GUI 0464 v1.4.0 §4.4: the hours subscribed to where there is no meter")
def test_hours_of_long_use_only_without_a_meter(
    simulator: RunningSimulator, call: ZeepCaller
) -> None:
    unmetered = consult(call, UNMETERED, True)
    device = unmetered["situationComptage"]["dispositifComptage"]
    assert (device["typeComptage"]["code"], device["compteurs"]) == ("SSCPT", None)
    structure = unmetered["situationContractuelle"]["structureTarifaire"]
    assert structure["longueUtilisation"]["forfait"] == {"valeur": 4100, "unite": "h"}

    hours = "UPDATE point SET longue_utilisation_forfait_h = ? WHERE prm = ?"
    simulator.execute(hours, 4100, LONG_USE)
    try:
        assert f"{LONG_USES}/forfait" not in names(consult(call, LONG_USE, True))
    finally:
        simulator.execute(hours, None, LONG_USE)


@pytest.mark.documented("the schema's list has C2 to C5 and INDET: it prevails over the guide")
@pytest.mark.parametrize("prm", [C1, P4, P1])
def test_segment_that_the_schema_lacks_is_left_out(call: ZeepCaller, prm: str) -> None:
    assert "donneesGenerales/segment" not in names(consult(call, prm, True))


@pytest.mark.assumed("no tariff for injection")
def test_producer_has_no_tariff(call: ZeepCaller) -> None:
    assert "situationContractuelle" not in names(consult(call, P4, True))


@pytest.mark.parametrize(
    ("code", "prm", "login"),
    [
        pytest.param(*each, marks=provenance_of(SERVICE.rules, each[0]))
        for each in (
            ("SGT401", "99999999999999", None),
            ("SGT401", "25946599093144", None),  # a wrong check key is no schema error
            ("SGT504", C5, "personne@exemple.fr"),
            ("SGT502", C5, "contact@tiers2.example.org"),
            ("SGT483", C5, "sans.droit@tiers1.example.org"),
            ("SGT483", C5, "ancien.compte@tiers1.example.org"),
        )
    ],
)
def test_a_demand_is_refused(call: ZeepCaller, code: str, prm: str, login: str | None) -> None:
    assert refused(call, prm, login) == (code, LIBELLES_CODES[code])


@pytest.mark.assumed("header and body that name different points contradict each other")
def test_sgt463_header_of_another_point(simulator: RunningSimulator) -> None:
    caller = ZeepCaller(simulator, PATH)
    entete = caller.header(C4, simulator.login)
    with pytest.raises(zeep.exceptions.Fault) as refusal:
        caller(pointId=C5, loginUtilisateur=simulator.login, _soapheaders=[entete])
    assert refusal_of(refusal.value)[0] == "SGT463"


@pytest.mark.documented("ICS v1.0.0: a point being connected has the view without authorisation")
def test_a_point_being_connected_shows_its_address_its_state_and_its_supply(
    call: ZeepCaller,
) -> None:
    sheet = consult(call, ECRAC, True)
    assert sheet == consult(call, ECRAC, False)
    assert sheet["donneesGenerales"]["etatContractuel"]["code"] == "ECRAC"
    assert sheet["donneesGenerales"]["adresseInstallation"]["commune"]["code"]
    assert sheet["situationAlimentation"]["alimentationPrincipale"]["domaineTension"]["code"]
    assert not {name for name in names(sheet) if name.startswith("situationContractuelle")}


@pytest.mark.assumed("a database that doesn't answer is a service momentarily unavailable")
def test_sgt506_and_sgt500_when_the_state_is_gone(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served_in_process(tmp_path_factory.mktemp("broken"), "--population-size", "0") as broken:
        broken.execute("ALTER TABLE point RENAME TO point_gone")
        assert refused(ZeepCaller(broken, PATH), C5)[0] == "SGT506"
        with pytest.raises(zeep.exceptions.Fault) as failure:
            ZeepCaller(broken, "/RecherchePoint/v2.0")(
                criteres={"numSiret": "00040477212266"}, loginUtilisateur=broken.login
            )
        assert refusal_of(failure.value)[0] == "SGT500"


@pytest.mark.documented("GUI 0468 v1.0 §3.2.2.2: the label, then the point and the login")
def test_a_refusal_tells_the_point_and_the_login(call: ZeepCaller) -> None:
    login = "homologation@tiers1.example.org"
    with pytest.raises(zeep.exceptions.Fault) as refusal:
        consult(call, "99999999999999", True)
    label = "Demande non recevable : point inexistant"
    assert refusal.value.message == refusal_of(refusal.value)[1] == label
    error = refusal.value.detail[0]
    assert error.findtext("infoFonctionnelles/pointId") == "99999999999999"
    assert error.findtext("infoDemandeur/loginDemandeur") == login
    with pytest.raises(zeep.exceptions.Fault) as malformed:
        call(pointId="1", loginUtilisateur=login)
    assert [each.tag for each in malformed.value.detail[0]] == ["resultat"]


@pytest.mark.documented("ICS v1.0.0: each call with the option is traced")
def test_a_consultation_with_the_option_is_among_the_authorisations(
    simulator: RunningSimulator, call: ZeepCaller
) -> None:
    for autorisation in (True, False, None):
        consult(call, TRACED, autorisation)
    printed = simulator.command("autorisations", "list", "--acteur", "TIERS1", "--json").stdout
    found = [each for each in json.loads(printed) if each["prm"] == TRACED]
    assert [(autorisation["acteur"], autorisation["affaire"]) for autorisation in found] == [
        ("TIERS1", None)
    ]
    exchange = simulator.admin(f"/api/journal/{found[0]['echange']}")
    assert "<autorisationClient>true<" in exchange["request"]
    assert simulator.command("autorisations", "list", "--acteur", "TIERS2").stdout == ""


def test_suds_reads_the_typed_answer(simulator: RunningSimulator) -> None:
    answer = suds_client(simulator, PATH).service.consulterDonneesTechniquesContractuelles(
        C5, simulator.login, "true"
    )
    assert answer._id == C5
    assert answer.donneesGenerales.segment._code == "C5"


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
