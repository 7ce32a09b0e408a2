"""Datahub on a database and through the administration's application, without a server."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from certificate_forge import forge
from fastapi import FastAPI
from lives import CONTRAT, TIERS

from sge_sim.admin.application import build_admin
from sge_sim.admin.routes import AdminState
from sge_sim.clock import machine_now
from sge_sim.commandes.back_office import BackOffice
from sge_sim.commandes.moves import Moves
from sge_sim.datahub.portail import create_compte
from sge_sim.datahub.spice import close_ticket, open_ticket
from sge_sim.domaine.jours_ouvres import working_days_before
from sge_sim.door.origine import Marques
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.canaux import masked
from sge_sim.flux.declaration import secret_of
from sge_sim.journal import Journal, JournalFeed
from sge_sim.pki.certificates import fingerprint
from sge_sim.referentiel.acteurs import add_login
from sge_sim.settings import Settings
from sge_sim.tables.acteurs import Utilisateur, find_contrat, registered_certificats
from sge_sim.tables.datahub import ApplicationDatahub, Habilitateur
from sge_sim.tables.flux import find_canal

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
CONTRACTUEL, TECHNIQUE, LEGAL = "carla@a.example.fr", "theo@a.example.fr", "lea@a.example.fr"
ETRANGER = "eve@b.example.fr"
CLE, IV = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
PNG = b"\x89PNG\r\n\x1a\n" + b"image"


class Portal:
    """The administration, called as whoever is named."""

    def __init__(self, application: FastAPI) -> None:
        self._application = application

    def get(self, path: str, **parameters: str) -> httpx.Response:
        return asyncio.run(self._send("GET", path, params=parameters))

    def post(self, path: str, **content: Any) -> httpx.Response:
        return asyncio.run(self._send("POST", path, **content))

    def delete(self, path: str, par: str, status: int = 204) -> Any:
        answer = asyncio.run(self._send("DELETE", f"/api{path}", params={"par": par}))
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self._application),
            base_url="http://127.0.0.1",
            follow_redirects=True,
        ) as http:
            return await http.request(method, path, **content)

    def ask(self, path: str, par: str | None = None, status: int = 200, **asked: Any) -> Any:
        body = asked if par is None else {"par": par, **asked}
        answer = self.post(f"/api{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def refused(self, path: str, par: str, **asked: Any) -> str:
        refusal = self.ask(path, par, 403, **asked)
        assert refusal["detail"].startswith(refusal["code"])
        return str(refusal["code"])


@pytest.fixture
def portal(database: Database, tmp_path: Path) -> Iterator[Portal]:
    clock, marques = StoredClock(database), Marques()
    clock.freeze(NOW)
    journal = Journal.beside(database, tmp_path)
    state = AdminState(
        Settings(data_dir=tmp_path),
        database,
        clock,
        "https://127.0.0.1",
        "http://127.0.0.1",
        Moves(clock, database, BackOffice(clock, [])),
        journal,
        JournalFeed(journal),
        marques,
    )
    with database.transaction() as session:
        for email, nom in ((CONTRACTUEL, "Carla"), (TECHNIQUE, "Théo"), (LEGAL, "Léa")):
            create_compte(session, email, nom, TIERS)
        create_compte(session, ETRANGER, "Eve", "FOURN1")
    yield Portal(build_admin(state))
    marques.close()


@pytest.fixture
def draft(portal: Portal) -> str:
    """A draft with its three people."""
    portal.ask("/datahub/contrats", numero="NEUF1", contractuel=CONTRACTUEL, status=201)
    portal.ask("/datahub/contrats/NEUF1/representant", email=LEGAL)
    portal.ask(
        "/datahub/contrats/NEUF1/interlocuteurs", CONTRACTUEL, email=TECHNIQUE, role="technique"
    )
    return "/datahub/contrats/NEUF1"


@pytest.fixture
def active(portal: Portal, draft: str) -> str:
    """A contract that has come to life."""
    portal.ask(f"{draft}/annexe-si", TECHNIQUE, type_canal="dossier", url="/tmp/depot")
    portal.ask(f"{draft}/send", CONTRACTUEL)
    portal.ask(f"{draft}/sign", LEGAL)
    portal.ask(f"{draft}/activate")
    return draft


@pytest.mark.documented("FAQ: the legal representative signs; the channel is in the SI annex")
def test_a_contract_lives_from_its_draft_to_its_end(
    portal: Portal, draft: str, database: Database
) -> None:
    assert portal.refused(f"{draft}/send", CONTRACTUEL) == "DHB204"
    annexe = {
        "type_canal": "ftp",
        "url": "ftp://moi:secret@ftp.example.fr/depot",
        "algorithme": "aes128",
        "cle": CLE,
        "iv": IV,
    }
    filled = portal.ask(f"{draft}/annexe-si", TECHNIQUE, **annexe)
    assert filled["annexe"]["url"] == masked(annexe["url"])
    assert "cle" not in filled["annexe"]
    assert not filled["annexe"]["en_vigueur"]
    assert portal.refused(f"{draft}/sign", LEGAL) == "DHB205"
    assert "rien à modifier" in portal.ask(draft, CONTRACTUEL, 400)["detail"]
    assert portal.ask(f"{draft}/send", CONTRACTUEL)["etat"] == "a_signer"
    assert portal.refused(draft, CONTRACTUEL, raison_sociale="Autre") == "DHB201"
    assert portal.refused(f"{draft}/sign", CONTRACTUEL) == "DHB118"
    assert portal.post(f"/api{draft}/activate").json()["code"] == "DHB206"
    assert portal.ask(f"{draft}/sign", LEGAL)["etat"] == "signe"
    with database.sessions() as session:
        assert find_contrat(session, "NEUF1") is None
    activated = portal.ask(f"{draft}/activate")
    assert activated["etat"] == "actif"
    assert activated["annexe"]["en_vigueur"]
    with database.sessions() as session:
        known = find_contrat(session, "NEUF1")
        assert known.is_active(NOW.date())
        canal = find_canal(session, "NEUF1")
        assert (canal.type, canal.url) == ("ftp", annexe["url"])
        assert secret_of(session, "NEUF1").cle.hex() == CLE
    assert portal.ask(f"{draft}/terminate", CONTRACTUEL)["etat"] == "resilie"
    with database.sessions() as session:
        assert not find_contrat(session, "NEUF1").is_active(NOW.date() + timedelta(days=1))
    assert portal.refused(f"{draft}/terminate", CONTRACTUEL) == "DHB207"


@pytest.mark.assumed("the FAQ tells a contract's steps, not their order")
def test_only_a_draft_with_its_representative_is_sent(portal: Portal, active: str) -> None:
    assert portal.refused(f"{active}/send", CONTRACTUEL) == "DHB202"
    portal.ask("/datahub/contrats", numero="NEUF2", contractuel=CONTRACTUEL, status=201)
    alone = "/datahub/contrats/NEUF2"
    portal.ask(f"{alone}/annexe-si", CONTRACTUEL, type_canal="dossier", url="/tmp/depot")
    assert portal.refused(f"{alone}/send", CONTRACTUEL) == "DHB203"


def test_the_annex_of_an_active_contract_moves_the_files_at_once(
    portal: Portal, active: str, database: Database
) -> None:
    portal.ask(f"{active}/annexe-si", CONTRACTUEL, type_canal="dossier", url="/tmp/ailleurs")
    with database.sessions() as session:
        assert find_canal(session, "NEUF1").url == "/tmp/ailleurs"


@pytest.mark.parametrize(
    ("date_fin", "etat"), [(None, "actif"), (NOW.date() - timedelta(days=1), "resilie")]
)
def test_a_contract_that_sge_knows_comes_in_active_or_terminated(
    portal: Portal, database: Database, date_fin: date | None, etat: str
) -> None:
    with database.transaction() as session:
        find_contrat(session, CONTRAT).date_fin = date_fin
    made = portal.ask("/datahub/contrats", numero=CONTRAT, contractuel=CONTRACTUEL, status=201)
    assert made["etat"] == etat
    taken = {"numero": CONTRAT, "contractuel": ETRANGER}
    assert portal.post("/api/datahub/contrats", json=taken).status_code == 400


@pytest.mark.documented("FAQ: who is authorised on a contract consults it, but for the signatory")
def test_a_contract_opens_to_its_contacts(portal: Portal, draft: str) -> None:
    def consulted(par: str) -> tuple[int, str | None]:
        answer = portal.get(f"/api{draft}", par=par)
        return answer.status_code, answer.json().get("code")

    assert consulted(TECHNIQUE) == consulted(CONTRACTUEL) == (200, None)
    assert consulted(LEGAL) == (403, "DHB102")
    assert consulted(ETRANGER) == (403, "DHB101")


@pytest.mark.documented("FAQ: contacts are of the entity, the last contractual one stays")
def test_contacts_come_and_go(portal: Portal, draft: str) -> None:
    roles = f"{draft}/interlocuteurs"
    stranger = {"email": ETRANGER, "role": "technique"}
    assert portal.refused(roles, CONTRACTUEL, **stranger) == "DHB108"
    itself = {"email": CONTRACTUEL, "role": "contractuel"}
    removal = f"{roles}/{CONTRACTUEL}/contractuel"
    assert portal.delete(removal, CONTRACTUEL, 403)["code"] == "DHB109"
    portal.ask(roles, CONTRACTUEL, **itself | {"email": TECHNIQUE})
    portal.delete(removal, TECHNIQUE)
    left = portal.get(f"/api{draft}", par=TECHNIQUE).json()["interlocuteurs"]
    assert {(row["email"], row["role"]) for row in left} == {
        (TECHNIQUE, "technique"),
        (TECHNIQUE, "contractuel"),
        (LEGAL, "representant"),
    }


FORM: dict[str, Any] = {
    "nom": "Mon service",
    "redirect_uri": "https://a.example.fr/retour",
    "apis": ["mesure_synchrone_auto"],
}


@pytest.mark.documented("FAQ: production belongs to the entity, the sandbox to the person")
def test_applications_are_made_on_demand(portal: Portal, active: str, database: Database) -> None:
    sandbox = portal.ask("/datahub/applications", CONTRACTUEL, 201, mode="bac_a_sable", **FORM)
    assert sandbox["proprietaire"] == CONTRACTUEL
    assert sandbox["apis"] == ["subscribed_services", "mesure_synchrone_auto"]
    change = f"/datahub/applications/{sandbox['client_id']}"
    assert portal.refused(change, TECHNIQUE, nom="Le mien") == "DHB111"
    production = {**FORM, "mode": "production"}
    assert portal.refused("/datahub/applications", CONTRACTUEL, **production) == "DHB115"
    other = {**production, "service": "autre"}
    assert portal.refused("/datahub/applications", TECHNIQUE, **other) == "DHB113"
    logo = b64encode(PNG).decode()
    made = portal.ask("/datahub/applications", TECHNIQUE, 201, logo=logo, **production)
    assert made["proprietaire"] is None
    assert made["client_id"] != sandbox["client_id"]
    assert (made["logo"], sandbox["logo"]) == (True, False)
    change = f"/datahub/applications/{made['client_id']}"
    assert portal.refused(change, ETRANGER, nom="Le mien") == "DHB114"
    assert portal.ask(change, TECHNIQUE, apis=[])["apis"] == ["subscribed_services"]
    portal.delete(change, TECHNIQUE)
    with database.sessions() as session:
        assert session.get(ApplicationDatahub, made["client_id"]) is None
    left = {application["client_id"] for application in portal.get("/api/applications").json()}
    assert left == {sandbox["client_id"]}


@pytest.mark.documented("mail to an integrator, 2026: 38 characters, neither Enedis nor Linky")
def test_some_names_are_refused_and_a_logo_is_a_png(portal: Portal) -> None:
    names = ({"nom": nom} for nom in ("A" * 39, "Suivi Enedis", "mon linky"))
    for wrong in (*names, {"logo": b64encode(b"GIF89a").decode()}):
        form = {**FORM, "mode": "bac_a_sable", **wrong}
        portal.ask("/datahub/applications", TECHNIQUE, 400, **form)
    form = {**FORM, "mode": "bac_a_sable", "logo": "%%"}
    portal.ask("/datahub/applications", TECHNIQUE, 422, **form)


@pytest.mark.assumed("going to production asks for an active contract")
def test_production_waits_for_the_contract(portal: Portal, draft: str) -> None:
    form = {**FORM, "mode": "production"}
    assert portal.refused("/datahub/applications", TECHNIQUE, **form) == "DHB207"


@pytest.mark.documented("FAQ: one's own profile")
def test_a_profile_is_its_owners(portal: Portal, draft: str) -> None:
    assert portal.ask(f"/datahub/comptes/{TECHNIQUE}", TECHNIQUE, nom="Théodore")["nom"] == (
        "Théodore"
    )
    assert portal.refused(f"/datahub/comptes/{TECHNIQUE}", CONTRACTUEL, nom="X") == "DHB116"
    assert portal.refused(f"/datahub/comptes/{LEGAL}", LEGAL, nom="X") == "DHB117"


PROFIL = {
    "adresse": "4 RUE DES LILAS",
    "code_postal": "34000",
    "fonction": "Directrice technique",
    "telephone": "06 39 98 00 01",
}


@pytest.mark.documented("FAQ: a profile has an address, a postcode, a function, a telephone")
def test_a_profile_tells_where_and_what_its_owner_is(portal: Portal, draft: str) -> None:
    path = f"/datahub/comptes/{TECHNIQUE}"
    opened = {each["email"]: each for each in portal.get("/api/datahub/comptes").json()}
    assert {opened[TECHNIQUE][name] for name in PROFIL} == {None}
    compte = portal.ask(path, TECHNIQUE, **PROFIL)
    assert {name: compte[name] for name in PROFIL} == PROFIL
    assert compte["nom"] == "Théo"
    changed = portal.ask(path, TECHNIQUE, fonction="", telephone="+33 6 39 98 00 01")
    assert (changed["fonction"], changed["telephone"]) == (None, "+33 6 39 98 00 01")
    assert changed["adresse"] == PROFIL["adresse"]


@pytest.mark.assumed("what a postcode and a telephone look like")
def test_a_profile_that_is_wrong_is_refused(portal: Portal, draft: str) -> None:
    for wrong in (
        {"code_postal": "3400"},
        {"code_postal": "34000 Montpellier"},
        {"telephone": "rien"},
        {"telephone": "0"},
        {"adresse": "A" * 256},
        {"fonction": "une\nautre"},
        {"nom": " "},
        {},
    ):
        portal.ask(f"/datahub/comptes/{TECHNIQUE}", TECHNIQUE, 400, **wrong)
    (shown,) = [
        each for each in portal.get("/api/datahub/comptes").json() if each["email"] == TECHNIQUE
    ]
    assert shown["adresse"] is None


@pytest.mark.assumed("an inactive login can do nothing in SGE: it is no habilitateur")
def test_a_login_that_is_inactive_is_named_by_nobody(portal: Portal, database: Database) -> None:
    chef, parti = "chef@a.example.fr", "parti@a.example.fr"
    with database.transaction() as session:
        add_login(session, TIERS, chef)
        add_login(session, TIERS, parti).actif = False
    refused = portal.ask("/habilitateurs", login=parti, status=403)
    assert refused["code"] == "DHB305"
    portal.ask("/habilitateurs", login=chef, status=201)
    assert portal.refused("/habilitateurs", chef, login=parti) == "DHB305"
    with database.sessions() as session:
        assert session.get(Habilitateur, parti) is None


@pytest.mark.assumed("what habilitateurs may do is ours")
def test_habilitateurs_give_rights_in_their_entity(portal: Portal, database: Database) -> None:
    with database.transaction() as session:
        add_login(session, TIERS, "chef@a.example.fr")
        add_login(session, "FOURN1", "autre@b.example.fr")
    rights = "/habilitateurs/droits"
    chef = "chef@a.example.fr"
    assert portal.refused(rights, chef, login="neuf@a.example.fr") == "DHB301"
    assert portal.ask("/habilitateurs", login=chef, status=201)["principal"]
    given = portal.ask(rights, chef, login="neuf@a.example.fr", services=["RecherchePoint"])
    assert given["services"] == ["RecherchePoint"]
    assert portal.refused(rights, chef, login="autre@b.example.fr") == "DHB302"
    assert portal.delete(f"{rights}/{chef}", chef, 403)["code"] == "DHB304"
    assert portal.refused("/habilitateurs", "neuf@a.example.fr", login=chef) == "DHB301"
    assert not portal.ask("/habilitateurs", chef, 201, login="neuf@a.example.fr")["principal"]
    assert portal.refused("/habilitateurs", "neuf@a.example.fr", login=chef) == "DHB303"
    portal.delete(f"{rights}/neuf@a.example.fr", chef)
    with database.sessions() as session:
        neuf = session.get(Utilisateur, "neuf@a.example.fr")
        assert not neuf.actif
    assert portal.refused(rights, "neuf@a.example.fr", login="z@a.example.fr") == "DHB301"


@pytest.mark.documented("FAQ: a ticket 15 working days before the old certificate ends")
def test_a_ticket_renews_a_certificate(database: Database) -> None:
    now = machine_now()
    old, new = (forge("a.example.fr") for _ in range(2))
    with database.transaction() as session:
        first = open_ticket(session, TIERS, old.pem.decode(), now)
        assert first.echeance is None
        assert registered_certificats(session) == []
        close_ticket(session, first.id, now)
        (kept,) = registered_certificats(session, "production")
        assert kept.fingerprint == fingerprint(old.der)
        second = open_ticket(session, TIERS, new.pem.decode(), now)
        assert second.echeance == working_days_before(kept.not_after.date(), 15)
        close_ticket(session, second.id, now)
        registered = {each.fingerprint for each in registered_certificats(session, "production")}
        assert registered == {fingerprint(old.der), fingerprint(new.der)}
        with pytest.raises(UsageError, match="déjà clos"):
            close_ticket(session, second.id, now)
        with pytest.raises(UsageError, match="PEM"):
            open_ticket(session, TIERS, "rien", now)
