"""The data set holds what the catalogue of every release needs, and a point for every refusal."""

from datetime import date

import pytest
from sqlalchemy.orm import Session
from state_kit import named_points

from sge_sim.domaine.libelles import LISTES
from sge_sim.domaine.nomenclatures import ETATS_HORS_SERVICE, PACKAGES
from sge_sim.domaine.prm import is_valid
from sge_sim.tables.acteurs import default_acteur, find_contrat, find_utilisateur
from sge_sim.tables.points import Point, find_point, known_commune
from sge_sim.tables.search import Criteres, search_points

# Release → PRMs of its catalogue: C5, then C1-C4.
CATALOGUE = {
    "21.1": (
        "25946599093143 25110853825340 25478147557460 25884515170669 25128509404458",
        "98800007059999 30001610071843 98800000000246 98800005144497",
    ),
    "21.3": (
        "25946599093143 25110853825340 25478147557460 25884515170669 25128509404458",
        "98800007059999 98800005782026 30001610071843 98800000000246 98800005144497",
    ),
    "22.1": (
        "25946599093143 25957452924301 25478147557460 25884515170669 25128509404458",
        "98800007059999 98800005782026 30001610071843 98800000000246 98800005144497",
    ),
    "23.2": (
        "25946599093143 25957452924301 25478147557460 25884515170669 24551519514005 24380318190106",
        "98800007059999 98800005782026 30001610071843 98800000000246 98800005144497 98800002267746",
    ),
    "23.4": (
        "25946599093143 25957452924301 25478147557460 25884515170669 24380318190106 "
        "25150217034354 25825036170379 25999131613803 50086054270348 25262662681289",
        "98800007059999 30001610071843 98800000000246 98800005569823 "
        "98800004935121 98800001544168 98800004938924 98800006694381 98800001220186",
    ),
    "26.1": (
        "25946599093143 25162373298976 25884515170669 24380318190106 25855571545617 "
        "24377424002398 25852098337945 "
        "25150217034354 25825036170379 25999131613803 50086054270348 25262662681289",
        "98800004847471 98800000396971 98800001144455 98800003605936 98800000000246 "
        "98800003605600 "
        "98800004935121 98800001544168 98800004938924 98800006694381 98800001220186",
    ),
}


@pytest.mark.observed("homologation catalogue")
@pytest.mark.parametrize("release", CATALOGUE)
def test_every_point_of_a_release_is_there_and_suits_its_cases(
    session: Session, release: str
) -> None:
    c5, large = (prms.split() for prms in CATALOGUE[release])
    for prm in [*c5, *large]:
        point = find_point(session, prm)
        assert point.etat_contractuel == "SERVC", prm
        assert point.etat_alimentation == "ALIM", prm
        assert point.contrat_soutirage, prm
        assert point.date_mise_en_service < date(2018, 1, 1), prm
        flags = (point.opposition_courbe, point.provisoire, point.groupement_turpe)
        assert flags == (False, False, False), prm
        assert point.operation_en_cours is None, prm
        assert point.compteurs, prm
        assert point.teleoperable is (prm != "25128509404458"), prm
        assert point.pourquoi, prm
    for prm in c5:
        point = find_point(session, prm)
        assert (point.segment, point.niveau_ouverture_services) == ("C5", 2), prm
        assert point.type_comptage == "LINKY", prm
    for prm in large:
        point = find_point(session, prm)
        assert point.segment in ("C2", "C3", "C4"), prm
        assert point.type_comptage in ("PMEI", "SAPHIR", "ICE4Q"), prm


@pytest.mark.observed("homologation catalogue: the unknown point")
def test_the_unknown_point_of_the_catalogue_stays_unknown(session: Session) -> None:
    assert find_point(session, "99999999999999") is None


@pytest.mark.documented("homologation catalogue 21.3: level 2, not tele-operable for now")
def test_the_point_of_the_tele_operation_refusal_is_open_but_out_of_reach(session: Session) -> None:
    point = find_point(session, "25128509404458")
    assert (point.niveau_ouverture_services, point.teleoperable) == (2, False)


@pytest.mark.documented("GUI 0481: tele-read SAPHIR, PME-PMI or ICE with an IP box")
def test_the_point_of_the_infra_daily_cases_has_an_ip_box(session: Session) -> None:
    point = find_point(session, "98800000000246")
    assert (point.type_comptage, point.media_releve) == ("SAPHIR", "IP")


@pytest.mark.observed("homologation answer for 25946599093143")
def test_the_point_whose_answer_was_seen_has_what_was_seen_and_no_more(session: Session) -> None:
    point = find_point(session, "25946599093143")
    # With the blanks at the end.
    assert point.escalier_etage_appartement == "B3 RC 01   "
    assert point.numero_et_nom_voie == "736 CH DES AMES DU PURGATOIRE"
    assert (point.code_postal, point.commune) == ("06600", "ANTIBES")
    assert (point.puissance_raccordement, point.puissance_raccordement_unite) == (9, "kVA")
    assert (point.type_comptage, point.disjoncteur_calibre) == ("LINKY", "15-45")
    assert point.periodicite == "MENSU"
    assert point.futures_heures_creuses_id == "440"
    assert point.futures_heures_creuses_libelle == "HC (22H56-6H56)"
    assert [compteur.localisation for compteur in point.compteurs] == ["GAINE"]
    assert point.compteurs[0].tic_activee is not None
    for absent in (
        point.tension_livraison,
        point.mode_apres_compteur,
        point.mode_traitement,
        point.plage_releve,
        point.mode_releve,
        point.heures_creuses_libelle,
        point.heures_creuses_saison_basse,
    ):
        assert absent is None


@pytest.mark.observed("homologation catalogue, RP-R2 and RP-R3")
@pytest.mark.parametrize(
    ("voie", "code_postal", "code_insee", "nom", "clients"),
    [
        ("404 RUE DES CIMBRES", "83380", "83107", "Homologation", 1),
        ("16 RUE DES MENUDIERES", "13100", "13001", "XXXXX", 1),
        ("16 RUE DES MENUDIERES", "13100", "13001", "XXX", 1),
        ("1 RUE DE LA MER", "84160", "84042", "TEST", 1),
        ("1 RUE DE LA MER", "84160", "84042", "TES", 2),
    ],
)
def test_an_address_searched_out_of_perimeter_has_its_points_and_they_are_in_service(
    session: Session, voie: str, code_postal: str, code_insee: str, nom: str, clients: int
) -> None:
    place = {"code_postal": code_postal, "code_insee": code_insee, "numero_et_nom_voie": voie}
    found = search_points(session, Criteres(**place, nom_client_final=nom), limit=200)
    assert len(found) == clients
    assert all(point.en_service and point.segment == "C5" for point in found)


def test_every_point_has_a_valid_key_and_known_codes(session: Session) -> None:
    lists = {
        "segment": "segment",
        "etat_contractuel": "etatContractuel",
        "etat_alimentation": "etatAlimentation",
        "type_comptage": "typeComptage",
        "disjoncteur_calibre": "disjoncteurCalibre",
        "mode_apres_compteur": "modeApresCompteur",
        "fta": "formuleTarifaireAcheminement",
        "longue_utilisation_contexte": "contexteUtilisation",
        "plage_releve": "plageReleve",
        "periodicite": "periodicite",
        "mode_releve": "modeReleve",
        "mode_traitement": "modeTraitement",
    }
    code_is_label = {"segment": {"C2", "C3", "C4", "C5", "P1", "P2", "P3", "P4"}}
    code_is_label["type_comptage"] = {"ICE"}
    for point in session.query(Point):
        assert is_valid(point.prm)
        for attribute, liste in lists.items():
            code = getattr(point, attribute)
            if code is not None and code not in code_is_label.get(attribute, ()):
                assert code in LISTES[liste], (point.prm, attribute)


def test_the_points_of_a_data_set_have_different_meters_and_measures(session: Session) -> None:
    points = session.query(Point).all()
    assert len({point.graine for point in points}) == len(points)
    matricules = [compteur.matricule for point in points for compteur in point.compteurs]
    assert len(set(matricules)) == len(matricules)


@pytest.mark.observed("files of some points have 5 minutes since March 2023")
def test_some_large_points_publish_their_curve_every_five_minutes(session: Session) -> None:
    found = session.query(Point).filter_by(r4x_pas=5).all()
    assert {point.segment for point in found} & {"C1", "C2", "C3", "C4"}
    assert not {point.segment for point in found} & {"C5", "P4"}


@pytest.mark.parametrize(
    ("refusal", "wanted"),
    [
        ("terminated", {"segment": "C5", "etat_contractuel": "RESIL"}),
        ("terminated, large", {"segment": "C4", "etat_contractuel": "RESIL"}),
        ("being terminated", {"segment": "C5", "etat_contractuel": "ECRES"}),
        ("being terminated, large", {"segment": "C4", "etat_contractuel": "ECRES"}),
        ("never commissioned", {"etat_contractuel": "ECRAC", "date_mise_en_service": None}),
        ("nothing to show", {"etat_contractuel": "ECRAC", "type_comptage": None}),
        ("unproductive", {"segment": "C5", "etat_contractuel": "IMPRO"}),
        ("unproductive, large", {"segment": "C4", "etat_contractuel": "IMPRO"}),
        ("out of reach", {"etat_contractuel": "INACCE"}),
        ("to be connected again", {"etat_contractuel": "RESIL", "etat_alimentation": "NRAC"}),
        ("cut off", {"segment": "C5", "etat_alimentation": "COUP", "etat_contractuel": "SERVC"}),
        ("cut off, large", {"segment": "C4", "etat_alimentation": "COUP"}),
        ("limited", {"etat_alimentation": "LIMI", "etat_contractuel": "SERVC"}),
        ("provisional", {"segment": "C5", "provisoire": True}),
        ("provisional, large", {"segment": "C4", "provisoire": True}),
        ("no contract", {"etat_contractuel": "SERVC", "contrat_soutirage": False}),
        ("commissioning under way", {"operation_en_cours": "MES"}),
        ("supplier change under way", {"operation_en_cours": "CFN"}),
        ("contract change under way", {"segment": "C5", "operation_en_cours": "CTF"}),
        ("contract change, large", {"segment": "C4", "operation_en_cours": "CTF"}),
        ("level 0", {"segment": "C5", "niveau_ouverture_services": 0}),
        ("level 1", {"segment": "C5", "niveau_ouverture_services": 1}),
        ("opposition", {"segment": "C5", "opposition_courbe": True}),
        ("long use", {"fta": "BTINFLU", "longue_utilisation_contexte": "ECPU"}),
        ("both directions", {"contrat_soutirage": True, "contrat_injection": True}),
        ("no IP box", {"segment": "C4", "type_comptage": "PMEI", "media_releve": "GSM"}),
        ("meter without curve", {"segment": "C4", "type_comptage": "CJE"}),
        ("out of tele-operation, large", {"segment": "C4", "teleoperable": False}),
        ("grouping", {"groupement_turpe": True}),
        ("C1 in HTA", {"segment": "C1", "domaine_tension": "HTA"}),
        ("C1 in HTB", {"segment": "C1", "domaine_tension": "HTB"}),
        ("C2", {"segment": "C2"}),
        ("C3", {"segment": "C3"}),
        ("P1", {"segment": "P1", "contrat_injection": True, "contrat_soutirage": False}),
        ("P2", {"segment": "P2"}),
        ("P3", {"segment": "P3"}),
        ("P4 open", {"segment": "P4", "niveau_ouverture_services": 2}),
        ("P4 closed", {"segment": "P4", "niveau_ouverture_services": 0}),
        ("own supplier", {"fournisseur_titulaire": "FOURN1"}),
        ("other supplier", {"fournisseur_titulaire": "FOURN2"}),
    ],
)
def test_a_named_point_leads_to_each_refusal(
    session: Session, refusal: str, wanted: dict[str, object]
) -> None:
    assert [
        point.prm
        for point in named_points(session)
        if all(getattr(point, name) == value for name, value in wanted.items())
    ], refusal


def test_a_named_point_was_commissioned_within_the_depth_of_a_history(session: Session) -> None:
    recent = [
        point.prm
        for point in named_points(session)
        if point.date_mise_en_service is not None and point.date_mise_en_service >= date(2018, 1, 1)
    ]
    assert recent == ["24210000001481"]


def test_a_point_out_of_service_has_no_supplier_and_one_in_service_has(session: Session) -> None:
    for point in session.query(Point):
        hors_service = point.etat_contractuel in ETATS_HORS_SERVICE
        assert (point.fournisseur_titulaire is None) is hors_service, point.prm


@pytest.mark.parametrize(("kind", "type_contrat"), [("tiers", "ET"), ("fournisseur", "GRD-F")])
def test_the_default_actor_may_do_everything_everywhere(
    session: Session, kind: str, type_contrat: str
) -> None:
    acteur = default_acteur(session, kind)  # type: ignore[arg-type]
    for package in PACKAGES:
        assert acteur.is_homologated(package, "homologation")  # type: ignore[arg-type]
        assert acteur.is_homologated(package, "production")  # type: ignore[arg-type]
    assert any(user.may_call("ConsultationMesures") for user in acteur.utilisateurs)
    today = date(2026, 1, 1)
    assert [contrat.type for contrat in acteur.contrats if contrat.is_active(today)] == [
        type_contrat
    ]


def test_there_are_actors_users_and_contracts_for_each_refusal_of_access(session: Session) -> None:
    tiers = default_acteur(session, "tiers")
    assert any(not user.may_call("RecherchePoint") for user in tiers.utilisateurs)
    assert any(not contrat.is_active(date(2021, 1, 1)) for contrat in tiers.contrats)
    other = find_utilisateur(session, "contact@tiers2.example.org")
    assert other.acteur_code != tiers.code
    assert not other.acteur.is_homologated("commande", "production")
    assert find_contrat(session, other.acteur.contrats[0].contrat_id).acteur_code != tiers.code


@pytest.mark.observed("homologation catalogue, RecherchePoint")
@pytest.mark.parametrize(
    "pair",
    ["75001/75101", "40280/40281", "34650/34231", "84160/84042", "83380/83107", "13100/13001"],
)
def test_every_commune_of_the_catalogue_is_known(session: Session, pair: str) -> None:
    assert known_commune(session, *pair.split("/"))


def test_a_postal_code_of_another_commune_is_known_but_the_pair_is_not(session: Session) -> None:
    assert known_commune(session, "34650", None)
    assert not known_commune(session, "34650", "13001")
    assert not known_commune(session, "99999", None)
