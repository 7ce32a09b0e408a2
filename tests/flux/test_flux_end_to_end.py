"""From the orders of a real client to the files in its folder, as a tester goes about it."""

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from flux_kit import texts, tree
from lxml import html
from orders_kit import C4, C5, Orders, orders_simulator

from sge_sim.flux.chiffrement import chiffrement, decrypt

# Five days from there go over the autumn change of 2025, on the 26th of October.
NOW = "2025-10-24T10:00"
CLE = "000102030405060708090a0b0c0d0e0f" * 2


@dataclass(frozen=True)
class Subscriber:
    """A tiers in production, with the services that it ordered, by point and number."""

    orders: Orders
    services: tuple[tuple[str, str], ...]

    def advance(self, duree: str) -> None:
        """Advance the clock; return once all that was due was done."""
        _advance(self.orders, duree)

    def files(self) -> dict[str, bytes]:
        """What arrived in the folder of the contract, decrypted."""
        secret = chiffrement("aes256", CLE)
        return {
            one.name: decrypt(secret, one.read_bytes()) for one in sorted(self.folder.iterdir())
        }

    @property
    def folder(self) -> Path:
        return self.orders.simulator.data_dir / "flux" / self.orders.contrat_id

    def xmls(self, flux: str) -> list[Any]:
        """The XML of one flux that arrived, oldest first."""
        made = []
        for name, content in self.files().items():
            if f"_{flux}_" in name:
                with ZipFile(io.BytesIO(content)) as archive:
                    made += [tree(archive.read(member)) for member in archive.namelist()]
        return made

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.orders.simulator.command(*arguments)

    def admin(self, path: str, **parameters: Any) -> Any:
        return self.orders.simulator.admin(path, **parameters)


def _advance(orders: Orders, duree: str) -> None:
    url = f"{orders.simulator.ready['admin_url']}/api/clock"
    requests.post(url, json={"action": "advance", "duree": duree}, timeout=60).raise_for_status()


@pytest.fixture(scope="module")
def subscriber(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subscriber]:
    """Curves and indexes of a C5 and of a C4, five days later in production."""
    folder = tmp_path_factory.mktemp("production")
    index = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D"}
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        (C5, {}),
        (C5, index),
        (C4, {"mesuresPas": "PT10M"}),
        (C4, index),
    )
    with orders_simulator(folder, "--environment", "production", now=NOW) as orders:
        requests.put(
            f"{orders.simulator.ready['admin_url']}/api/canaux/{orders.contrat_id}",
            json={"type": "dossier", "chiffrement": "aes256", "cle": CLE},
            timeout=10,
        ).raise_for_status()
        services = tuple(
            (prm, orders.collecte(prm, **one)["body"]["serviceSouscritId"]) for prm, one in asked
        )
        _advance(orders, "5d2h")
        yield Subscriber(orders, services)


@pytest.mark.documented("GUI 0469 §6")
def test_orders_give_a_file_a_day_then_none_once_stopped(subscriber: Subscriber) -> None:
    r50, r151, r4q, r171 = map(subscriber.xmls, ("R50", "R151", "R4Q", "R171"))
    assert [len(one) for one in (r50, r151, r4q, r171)] == [4, 4, 5, 5]
    (change,) = [one for one in r50 if one.findtext(".//Date_Releve") == "2025-10-26"]
    assert len(list(change.iter("PDC"))) == 50
    numbers = {number for _, number in subscriber.services}
    assert {one.findtext(".//Reference_Demande") for one in r4q} < numbers

    # Half the sum of a day's curve is what its index advanced by.
    index = {
        one.findtext(".//Date_Releve"): sum(
            int(classe.findtext("Valeur")) for classe in one.iter("Classe_Temporelle_Distributeur")
        )
        for one in r151
    }
    for veille, one in pairwise(r50):
        jours = [xml.findtext(".//Date_Releve") for xml in (veille, one)]
        energie = index[jours[1]] - index[jours[0]]
        assert sum(map(int, texts(one.iter("V")))) == 2 * energie

    for prm, number in subscriber.services:
        assert not isinstance(subscriber.orders.arret(prm, number), str)
    before = subscriber.files()
    subscriber.advance("10d")
    added = subscriber.files().keys() - before.keys()
    assert added
    assert all("_NASS_" in one for one in added)  # that they ended, at their own instants


@pytest.mark.documented("GUI 0481: the name holds the number of the demand")
def test_infra_daily_data_arrive_too(subscriber: Subscriber) -> None:
    answer = subscriber.orders.infra_j(C4, idx=True, ptd=True)
    subscriber.advance("30min")
    demande = answer["body"]["demandeId"]
    (name,) = [one for one in subscriber.files() if demande in one]
    assert name.startswith(f"SGE-SIM_IFJ_{demande}_{C4}_")


def test_the_commands_and_the_administration_tell_the_same_of_a_file(
    subscriber: Subscriber,
) -> None:
    listed = subscriber.command("flux", "list", "--flux", "R50", "--json")
    shown = json.loads(listed.stdout)
    assert shown == subscriber.admin("/api/flux", flux="R50")
    nom = shown[-1]["nom"]
    assert (shown[-1]["etat"], shown[-1]["points"]) == ("livre", [C5])
    assert subscriber.admin(f"/api/flux/{nom}") == shown[-1]
    assert json.loads(subscriber.command("flux", "show", nom, "--json").stdout) == shown[-1]
    told = subscriber.command("flux", "show", nom).stdout
    assert f"abonnement  {shown[-1]['abonnement']}, envoi 1, du 24/10/2025 au" in told
    content = requests.get(
        f"{subscriber.orders.simulator.ready['admin_url']}/api/flux/{nom}/contenu",
        params={"clair": "true"},
        timeout=10,
    ).content
    assert content == subscriber.files()[nom]


@pytest.mark.parametrize("keys", [("--contrat", "1100256"), ("--cle", CLE)])
def test_the_command_decrypts_a_file(
    subscriber: Subscriber, tmp_path: Path, keys: tuple[str, str]
) -> None:
    nom, content = next(iter(subscriber.files().items()))
    output = tmp_path / "clair"
    done = subscriber.command(
        *("flux", "decrypt", str(subscriber.folder / nom), *keys, "--sortie", str(output))
    )
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == content
    wrong = subscriber.command(
        *("flux", "decrypt", str(subscriber.folder / nom), "--cle", "00" * 32),
        *("--sortie", str(output)),
    )
    assert "ne se déchiffre pas en aes256" in wrong.stderr
    assert output.read_bytes() == content


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (("--contrat", "999"), "Le contrat « 999 » n'existe pas"),
        (("--contrat", "1100391"), "Le canal de 1100391 ne chiffre rien"),
        (("--cle", "00" * 16), "L'IV d'aes128 s'écrit en 32 chiffres"),
        ((), "Donner soit --contrat, soit --cle"),
    ],
)
def test_the_command_says_what_it_lacks(
    subscriber: Subscriber, keys: tuple[str, ...], sentence: str
) -> None:
    nom = next(iter(subscriber.files()))
    done = subscriber.command("flux", "decrypt", str(subscriber.folder / nom), *keys)
    assert (done.returncode, done.stdout, sentence in done.stderr) == (2, "", True)


def test_a_file_to_decrypt_that_is_none_is_told_in_french(
    subscriber: Subscriber, tmp_path: Path
) -> None:
    for name, told in (("toto", "« toto » n'existe pas"), (str(tmp_path), "est un dossier")):
        refused = subscriber.command("flux", "decrypt", name, "--cle", "00" * 32)
        assert (refused.returncode, refused.stdout) == (2, "")
        (line,) = refused.stderr.splitlines()
        assert told in line
        assert "No such" not in line


def test_a_file_that_does_not_exist_is_told(subscriber: Subscriber) -> None:
    refused = subscriber.command("flux", "show", "absent.zip")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Aucun fichier ne s'appelle absent.zip" in refused.stderr


def test_a_file_is_no_refusal_on_the_dashboard(subscriber: Subscriber) -> None:
    address = subscriber.orders.simulator.ready["admin_url"] + "/journal?genre=flux"
    page = requests.get(address, timeout=10)
    rows = html.fromstring(page.content).xpath("//table[@id='echanges']/tbody/tr")
    assert rows
    assert not any("refus" in (row.get("class") or "") for row in rows)


def test_publish_has_nothing_left_to_do(subscriber: Subscriber) -> None:
    for typed in ((), ("--environment", "production")):
        done = subscriber.command("flux", "publish", *typed)
        assert done.stdout == "0 publication, 0 fichier livré, 0 échec.\n"


def test_a_channel_is_declared_by_the_command(subscriber: Subscriber, tmp_path: Path) -> None:
    contrat = subscriber.orders.contrat_id
    url = str(tmp_path / "depot")
    done = subscriber.command(
        *("acteurs", "canal", contrat, "--type", "dossier", "--url", url),
        *("--chiffrement", "aes128", "--cle", "00" * 16, "--iv", "11" * 16),
    )
    assert done.stdout == f"Contrat {contrat} : dossier {url}, chiffrement aes128.\n"
    shown = subscriber.admin(f"/api/canaux/{contrat}")
    canal = {"acteur": "TIERS1", "type": "dossier", "url": url, "chiffrement": "aes128"}
    assert shown == {"contrat_id": contrat, **canal}
    refused = subscriber.command("acteurs", "canal", "0", "--type", "dossier")
    assert "Le contrat « 0 » n'existe pas" in refused.stderr


@pytest.mark.documented("FAQ: no flux is ever emitted in homologation")
def test_homologation_emits_nothing_and_its_journal_says_so_once_per_period(
    tmp_path: Path,
) -> None:
    with orders_simulator(tmp_path, now=NOW) as homologation:
        homologation.collecte(C5)
        homologation.historique(C5)
        for duree in ("4d", "1min"):
            _advance(homologation, duree)
        assert homologation.simulator.admin("/api/flux") == []
        told = sorted(
            one["detail"]
            for one in homologation.simulator.admin("/api/journal", limit=1000)
            if one["kind"] == "flux"
        )
    assert not (tmp_path / "flux").exists()
    assert not (tmp_path / "publications").exists()
    assert len(told) == 4
    assert told[0].startswith("Flux HDM de l'affaire A0")
    assert told[1].startswith("Flux R50 du 24/10/2025, abonnement 31829")
    assert all("la plateforme d'homologation n'émet aucun flux" in one for one in told)
