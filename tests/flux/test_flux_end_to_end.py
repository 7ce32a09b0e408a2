"""From the orders of a real client to the files in its folder, through processes of their own."""

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from flux_kit import texts, tree
from orders_kit import C4, C5, Orders, orders_simulator
from running_simulator import run_command

# Ten days from there go over the autumn change of 2025, on the 26th of October.
NOW = "2025-10-21T10:00"
CLE = "000102030405060708090a0b0c0d0e0f" * 2
HORS_C5 = {"mesuresPas": "PT10M"}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """Curves and indexes of a C5 and of a C4, ten days later in production."""
    folder = tmp_path_factory.mktemp("production")
    with orders_simulator(folder, "--environment", "production", now=NOW) as made:
        channel = requests.put(
            f"{made.simulator.ready['admin_url']}/api/canaux/{made.contrat_id}",
            json={"type": "dossier", "chiffrement": "aes256", "cle": CLE},
            timeout=10,
        )
        assert channel.json()["chiffrement"] == "aes256"
        for prm, asked in (
            (C5, {}),
            (C5, {"mesuresTypeCode": "IDX", "mesuresPas": "P1D"}),
            (C4, {"mesuresPas": "PT10M"}),
            (C4, {"mesuresTypeCode": "IDX", "mesuresPas": "P1D"}),
        ):
            made.services_ordered = [  # type: ignore[attr-defined]
                *getattr(made, "services_ordered", []),
                (prm, made.collecte(prm, **asked)["body"]["serviceSouscritId"]),
            ]
        made.clock("advance", "10d")
        yield made


def files(orders: Orders) -> dict[str, bytes]:
    """What arrived in the folder of the contract, decrypted by the command."""
    folder = orders.simulator.data_dir / "flux" / orders.contrat_id
    return {one.name: clear(one) for one in sorted(folder.iterdir())}


def clear(path: Path) -> bytes:
    command = [sys.executable, "-m", "sge_sim", "flux", "decrypt", str(path), "--cle", CLE]
    return subprocess.run(command, capture_output=True, check=True).stdout


def xmls(found: dict[str, bytes], flux: str) -> list[Any]:
    made = []
    for name, content in found.items():
        if f"_{flux}_" in name:
            with ZipFile(io.BytesIO(content)) as archive:
                made += [tree(archive.read(member)) for member in archive.namelist()]
    return made


@pytest.mark.documented("GUI 0469 §6")
def test_orders_give_ten_days_of_files_then_none_once_stopped(orders: Orders) -> None:
    found = files(orders)
    r50, r151, r4q, r171 = (xmls(found, flux) for flux in ("R50", "R151", "R4Q", "R171"))
    assert [len(one) for one in (r50, r151, r4q, r171)] == [9, 9, 10, 10]
    # The day of 25 hours.
    (change,) = [one for one in r50 if one.findtext(".//Date_Releve") == "2025-10-26"]
    assert len(list(change.iter("PDC"))) == 50
    services = dict(orders.services_ordered)  # type: ignore[attr-defined]
    assert {one.findtext(".//Reference_Demande") for one in r4q} <= {
        number for _, number in orders.services_ordered  # type: ignore[attr-defined]
    }
    assert set(services) == {C5, C4}

    # Half the sum of a day's curve is what its index advanced by.
    index = {
        one.findtext(".//Date_Releve"): sum(
            int(classe.findtext("Valeur")) for classe in one.iter("Classe_Temporelle_Distributeur")
        )
        for one in r151
    }
    for one in r50[1:]:
        jour = date.fromisoformat(one.findtext(".//Date_Releve"))
        veille = str(date.fromordinal(jour.toordinal() - 1))
        assert sum(map(int, texts(one.iter("V")))) == 2 * (index[str(jour)] - index[veille])

    # The history holds what was sent.
    answer = orders.historique(C5, dateDebut=date(2025, 10, 21), dateFin=date(2025, 10, 30))
    affaire = answer["body"]["affaireId"]
    requests.post(f"{orders.simulator.ready['admin_url']}/api/flux/publish", timeout=60)
    text = files(orders)[f"Enedis_SGE_HDM_{affaire}.csv"].decode("utf-8-sig")
    history = dict(line.split(";") for line in text.splitlines()[3:])
    sent = {pdc.findtext("H"): pdc.findtext("V") for one in r50 for pdc in one.iter("PDC")}
    assert sent == history

    for prm, number in orders.services_ordered:  # type: ignore[attr-defined]
        assert not isinstance(orders.arret(prm, number), str)
    before = files(orders)
    orders.clock("advance", "10d")
    assert files(orders) == before


def test_the_commands_and_the_administration_tell_the_same_of_a_file(orders: Orders) -> None:
    listed = orders.simulator.command("flux", "list", "--flux", "R50", "--json")
    assert listed.returncode == 0, listed.stderr
    import json

    shown = json.loads(listed.stdout)
    assert shown == orders.simulator.admin("/api/flux", flux="R50")
    nom = shown[-1]["nom"]
    assert (shown[-1]["etat"], shown[-1]["points"]) == ("livre", [C5])
    assert orders.simulator.admin(f"/api/flux/{nom}") == shown[-1]
    lines = orders.simulator.command("flux", "show", nom).stdout
    assert f"abonnement  {shown[-1]['abonnement']}, envoi 1, du 2025-10-21 au" in lines
    content = requests.get(
        f"{orders.simulator.ready['admin_url']}/api/flux/{nom}/contenu",
        params={"clair": "true"},
        timeout=10,
    ).content
    assert content == files(orders)[nom]


def test_a_file_that_does_not_exist_is_told(orders: Orders) -> None:
    refused = orders.simulator.command("flux", "show", "absent.zip")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Aucun fichier ne s'appelle absent.zip" in refused.stderr


@pytest.mark.documented("FAQ: no flux is ever emitted in homologation")
def test_homologation_emits_nothing_and_its_journal_says_so(tmp_path: Path) -> None:
    with orders_simulator(tmp_path, now=NOW) as homologation:
        homologation.collecte(C5)
        homologation.clock("advance", "4d")
        assert homologation.simulator.admin("/api/flux") == []
        told = [
            one["detail"]
            for one in homologation.simulator.admin("/api/journal", limit=1000)
            if one["kind"] == "flux"
        ]
    assert not (tmp_path / "flux").exists()
    assert len(told) == 3
    assert all("n'émet aucun flux" in one for one in told)


def test_publish_asks_for_the_platform_and_catches_up_without_a_server(orders: Orders) -> None:
    data_dir = str(orders.simulator.data_dir)
    assert run_command("flux", "publish", "--data-dir", data_dir).returncode == 2
    done = run_command("flux", "publish", "--data-dir", data_dir, "--environment", "production")
    assert done.stdout == "0 publications, 0 fichiers livrés, 0 échecs.\n"


def test_a_channel_is_declared_by_the_command(orders: Orders, tmp_path: Path) -> None:
    url = str(tmp_path / "depot")
    done = orders.simulator.command(
        *("acteurs", "canal", orders.contrat_id, "--type", "dossier", "--url", url),
        *("--chiffrement", "aes128", "--cle", "00" * 16, "--iv", "11" * 16),
    )
    assert done.stdout == f"Contrat {orders.contrat_id} : dossier {url}, chiffrement aes128.\n"
    refused = orders.simulator.command("acteurs", "canal", "0", "--type", "dossier")
    assert "Le contrat « 0 » n'existe pas" in refused.stderr
