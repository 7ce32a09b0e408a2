"""The portal of Datahub in a browser: rights, a contract's life, an application, a ticket."""

from collections.abc import Iterator

import pytest
import requests
from browsing import complaints, follow
from certificate_forge import forge
from dataconnect_kit import C5, DAILY, Client, data_connect_simulator
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

pytestmark = pytest.mark.browser

CARLA, THEO, LEA = (f"{name}@tiers.example.fr" for name in ("carla", "theo", "lea"))
WEEK = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-08"}


class Portal:
    """The page, seen by whoever is chosen."""

    def __init__(self, browser: Chrome, client: Client) -> None:
        self.browser = browser
        self.url = client.simulator.ready["admin_url"]
        self.see("")

    def see(self, email: str) -> None:
        self.browser.get(self.url + "/datahub")
        field = self.browser.find_element(By.CSS_SELECTOR, "form[method=get] select[name=par]")
        Select(field).select_by_value(email)
        follow(self.browser, self.browser.find_element(By.XPATH, "//button[text()='Voir']"))

    def press(self, button: str, **fields: str) -> str:
        """Fill in the form of a button, press it; return how the page refuses, if it does."""
        found = self.browser.find_element(By.XPATH, f'//button[text()="{button}"]')
        form = found.find_element(By.XPATH, "./ancestor::form")
        for name, value in fields.items():
            field = form.find_element(By.NAME, name)
            if field.tag_name == "select":
                options = {one.get_attribute("value"): one for one in Select(field).options}
                options[value].click()
            elif field.get_attribute("type") == "checkbox":
                form.find_element(By.CSS_SELECTOR, f"[name={name}][value={value}]").click()
            else:
                field.clear()
                field.send_keys(value)
        follow(self.browser, found)
        self.browser.implicitly_wait(0)
        alerts = self.browser.find_elements(By.CSS_SELECTOR, "[role=alert]")
        self.browser.implicitly_wait(5)
        return alerts[0].text if alerts else ""

    @property
    def text(self) -> str:
        return self.browser.find_element(By.TAG_NAME, "main").text


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with data_connect_simulator(tmp_path_factory.mktemp("datahub"), "--no-quotas") as simulator:
        yield Client(simulator)


def test_a_contract_its_people_an_application_and_a_ticket(browser: Chrome, client: Client) -> None:
    portal = Portal(browser, client)
    for email in (CARLA, THEO, LEA):
        name = email.partition("@")[0].title()
        assert portal.press("Ouvrir", email=email, nom=name, acteur="TIERS1") == ""
    opening = browser.find_elements(By.XPATH, "//button[text()='Ouvrir']")[1]
    form = opening.find_element(By.XPATH, "./ancestor::form")
    form.find_element(By.NAME, "numero").send_keys("NEUF1")
    form.find_element(By.NAME, "contractuel").send_keys(CARLA)
    follow(browser, opening)
    assert "Contrat NEUF1 : brouillon" in portal.text
    assert portal.press("Désigner", email=LEA) == ""

    # A sample of the rights: each cell is in tests/datahub/test_datahub_droits.py.
    portal.see(THEO)
    assert "Aucun contrat sur lequel ce compte ait un rôle" in portal.text
    portal.see(CARLA)
    assert portal.press("Ajouter l'interlocuteur", email=THEO, role="technique") == ""
    assert "DHB118" in portal.press("Signer")
    told = portal.press("Retirer l'interlocuteur", email=CARLA, role="contractuel")
    assert "DHB109" in told
    assert "FAQ" in told
    portal.see(THEO)
    assert "DHB103" in portal.press("Mettre à jour", raison_sociale="Autre")
    assert portal.press("Remplir l'annexe SI", type_canal="dossier", url="/tmp/depot") == ""
    production = {"redirect_uri": "https://exemple.fr/retour", "mode": "production"}
    assert "DHB207" in portal.press("Créer l'application", nom="Trop tôt", **production)
    assert "DHB119" in portal.press("Envoyer en signature")
    portal.see(CARLA)
    assert portal.press("Envoyer en signature") == ""
    portal.see(LEA)
    assert "Interlocuteurs" not in portal.text, "the legal representative consults no contract"
    assert portal.press("Signer") == ""
    portal.see("")
    assert portal.press("Rendre actif") == ""
    assert "Contrat NEUF1 : actif" in portal.text

    portal.see(CARLA)
    assert "DHB115" in portal.press("Créer l'application", nom="Refusée", **production)
    portal.see(THEO)
    assert portal.press("Créer l'application", nom="Appli Linky", **production) != ""
    assert (
        portal.press(
            "Créer l'application", nom="Notre appli", apis="mesure_synchrone_auto", **production
        )
        == ""
    )
    made = [
        one for one in client.simulator.admin("/api/applications") if one["nom"] == "Notre appli"
    ]
    assert [sorted(one["apis"]) for one in made] == [
        ["mesure_synchrone_auto", "subscribed_services"]
    ]
    (client.application,) = made
    client.share(C5)
    assert client.get(DAILY, **WEEK).status_code == 200
    assert portal.press("Supprimer") == ""
    assert client.get(DAILY, **WEEK).status_code == 401

    asked = {"acteur": "TIERS1", "certificat": forge("nouveau.example.fr").pem.decode()}
    opened = requests.post(portal.url + "/api/tickets", json=asked, timeout=10)
    assert opened.status_code == 201, opened.text
    browser.get(portal.url + "/tickets")
    assert portal.press("Clore et enregistrer le certificat") == ""
    assert "clos le" in portal.text
    known = client.simulator.admin("/api/certificats")
    assert "nouveau.example.fr" in str(known)
    complained = [one for one in complaints(browser) if "403" not in one and "400" not in one]
    assert complained == []
