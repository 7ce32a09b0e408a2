"""What only REST and commands did, done on pages: each form does it, and says what it did."""

import re
from pathlib import Path

import pytest
from admin_kit import Room, control_room
from running_simulator import kept_open

from sge_sim.clock import parse_instant

NOW = parse_instant("2025-03-10T10:00")
PRM = "25946599093143"
PEM = "pki/clients/tiers/chain.pem"


def said(room: Room, path: str, **fields: str) -> str:
    """Send a form; return what the page that follows says of it."""
    (message,) = room.press(path, **fields).xpath("//p[contains(@class, 'message')]")
    return " ".join(message.text_content().split())


peopled = kept_open(control_room, now=NOW)


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        ("/acteurs", {"code": "NEUF", "nom": "Neuf", "kind": "tiers"}, "L'acteur NEUF est créé"),
        ("/acteurs", {"code": "N-1", "nom": "N", "kind": "tiers"}, "que des lettres"),
        (
            "/acteurs/TIERS1/logins",
            {"login": "ab@cd.fr", "services": "RecherchePoint, ConsultationMesures"},
            "ab@cd.fr appelle pour TIERS1.",
        ),
        (
            "/acteurs/TIERS1/contrats",
            {"contrat_id": "1199001", "date_debut": "01/01/2025"},
            "Le contrat 1199001 de TIERS1 est enregistré.",
        ),
        (
            "/acteurs/TIERS1/habilitations/retirer",
            {"package": "commande", "environnement": "production"},
            "TIERS1 n'est plus habilité pour commande en production.",
        ),
        (
            "/canaux",
            {"contrat": "1100256", "type": "ftp", "url": "ftp://x", "chiffrement": "aucun"},
            "Le canal du contrat 1100256 est déclaré.",
        ),
        ("/fichiers/publier", {}, "0 publication, 0 fichier livré, 0 échec."),
        ("/tickets", {"acteur": "TIERS1", "pem": "rien"}, "certificat"),
        ("/tickets/99/clore", {}, "Aucun ticket n'a le numéro 99."),
        ("/simulateur/retour", {}, "Aucun état n'a été mis de côté"),
    ],
)
def test_a_form_says_what_it_did_or_why_not(
    peopled: Room, path: str, fields: dict[str, str], sentence: str
) -> None:
    assert sentence in said(peopled, path, **fields)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/acteurs", {"code": "N-1", "nom": "Neuf & fils", "kind": "fournisseur"}),
        ("/applications", {"nom": "Mienne", "redirect_uri": "rien", "mode": "bac_a_sable"}),
        ("/canaux", {"contrat": "1100256", "type": "sftp", "url": "rien", "cle": "00"}),
        ("/tickets", {"acteur": "TIERS2", "certificat": "rien"}),
        ("/pannes", {"sorte": "http502", "du": "0", "graine": "3"}),
        ("/pannes", {"sorte": "latence", "service": "Recherche", "acteur": "FOURN1", "au": "9"}),
        ("/pannes", {"sorte": "latence", "probabilite": "0.5", "secondes": "x", "prm": "2"}),
        ("/certificats", {"acteur": "TIERS2", "environnement": "production", "pem": "rien"}),
        ("/campaigns", {"release": "sge-23.2", "acteur": "TIERS2", "login": "a@nulle.part"}),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    peopled: Room, path: str, typed: dict[str, str]
) -> None:
    page = peopled.press(path, **typed)
    assert page.xpath("//p[@role='alert']")
    (form,) = [
        each for each in page.forms if each.get("action") == path and each.get("method") == "post"
    ]
    kept = dict(form.form_values())
    assert {name: kept.get(name) for name in typed} == typed
    fresh = dict(peopled.page("/pannes").xpath("//form[@action='/pannes']")[0].fields)
    assert (fresh["du"], fresh["graine"], fresh["prm"], fresh["service"]) == ("1", "0", "", "")


def test_a_certificate_is_registered_and_a_ticket_runs_its_course(tmp_path: Path) -> None:
    with control_room(tmp_path, now=NOW) as room:
        pem = (tmp_path / PEM).read_text()
        fields = {"acteur": "TIERS2", "environnement": "homologation", "pem": pem}
        assert "enregistré pour TIERS2" in said(room, "/certificats", **fields)
        assert "TIERS2" in room.text("/certificats")
        assert said(room, "/tickets", acteur="TIERS2", certificat=pem).startswith(
            "Le ticket 1 est ouvert"
        )
        assert "Clore et enregistrer" in room.text("/tickets")
        assert "enregistré en production" in said(room, "/tickets/1/clore")
        assert "Clore et enregistrer" not in room.text("/tickets")


def test_the_state_is_kept_aside_and_brought_back(tmp_path: Path) -> None:
    with control_room(tmp_path, now=NOW) as room:
        assert "Rien n'est mis de côté" in room.text("/simulateur")
        said(room, "/simulateur/copie")
        said(room, "/acteurs", code="APRES", nom="Après", kind="tiers")
        assert "APRES" in room.text("/acteurs")
        assert "L'état mis de côté est repris." in said(room, "/simulateur/retour")
        assert "APRES" not in room.text("/acteurs")


def test_settings_that_were_changed_stand_first(tmp_path: Path) -> None:
    with control_room(tmp_path, rate_refused=True) as room:
        first = room.page("/simulateur").xpath("//table[1]//td[1]")
        assert "rate_refused" in [each.text_content() for each in first]


def test_no_value_of_a_row_is_shown_raw(tmp_path: Path) -> None:
    with control_room(tmp_path, now=NOW) as room:
        path = "/points/25946599093143"
        room.press(path, type="", service_acces="oui")
        words = room.text(path) + room.text("/services") + room.text("/fichiers")
        for raw in ("SOUTIRAGE", "tic ", "a_livrer", "TERMINE ", "termine "):
            assert raw not in words, raw
        assert "TIC activée : oui" in words


def test_codes_and_actors_go_page_by_page(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        seen: list[str] = []
        address = "/codes"
        for _ in range(10):
            page = room.page(address)
            seen += page.xpath("//main/section/@id")
            following = page.xpath("//a[@rel='next']/@href")
            if not following:
                break
            (address,) = following
        assert len(seen) == len(set(seen))
        assert f"{len(seen)} codes" in room.text("/codes")
        assert not room.page("/codes").xpath("//details[@open]")
        assert room.page("/codes?q=SGT401").xpath("//details[@open]")


@pytest.mark.parametrize(
    "fields",
    [
        {"service_acces": "oui", "type": "AUTRE"},
        {"teleoperable": "peut-être"},
        {"r4x_pas": "7"},
        {"opposition": "non", "delai": "1d"},
        {"action": "opposition"},
        {},
    ],
)
def test_a_button_that_says_nothing_known_changes_nothing(
    peopled: Room, fields: dict[str, str]
) -> None:
    (refused,) = peopled.press(f"/points/{PRM}", **fields).xpath("//p[contains(@class, 'alerte')]")
    assert re.search(
        "admises|est attendu|5 ou 10|ne vaut qu'avec|inconnu ici|rien à régler",
        refused.text_content(),
    )
    assert peopled.ask("GET", f"/api/points/{PRM}").json()["situation"]["teleoperable"]


def test_what_was_due_on_a_point_comes_before_what_rest_asks_for(peopled: Room) -> None:
    url, clock = f"/api/points/{PRM}", peopled.state.clock
    peopled.ask("POST", url, json={"resilie": "2025-03-12"})
    clock.freeze(parse_instant("2025-03-14T10:00"))
    copie = peopled.ask("POST", "/api/points", json={"comme": PRM}).json()
    assert copie["etat_contractuel"]["code"] == "RESIL"
    peopled.ask("POST", url, json={"resilie": "2025-03-12"})
    found = peopled.ask("POST", url, json={"teleoperable": False}).json()
    assert found["etat_contractuel"]["code"] == "RESIL"
