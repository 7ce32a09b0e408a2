"""The image: its layers laid into a root, run as its configuration says, reached by its network."""

import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bare_root import SECONDS, BareRoot, call
from dist_files import built
from typed import run, running, typed

PACKAGING = Path(__file__).parents[2] / "packaging"
ARCHIVE = "sge-sim-*-image.tar.gz"
SERVER, CLIENT = "10.213.7.1", "10.213.7.2"


def test_the_compose_file_says_what_the_image_takes() -> None:
    file = yaml.safe_load((PACKAGING / "compose.yaml").read_text(encoding="utf-8"))
    (service,) = file["services"].values()
    assert "healthcheck" not in service, "the image's own, which needs no shell to run"
    assert service["stop_grace_period"] == "10s"
    assert service["command"][0] == "serve"
    (volume,) = file["volumes"]
    assert service["volumes"] == [f"{volume}:/data"]


def test_nothing_is_run_while_the_image_is_built() -> None:
    lines = (PACKAGING / "Containerfile").read_text().splitlines()
    words = [line.split()[0] for line in lines if line[:1].isupper()]
    assert words[0] == "FROM"
    assert "RUN" not in words
    assert "ADD" not in words


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The root of the image, laid from its layers, and its configuration."""
    folder = tmp_path_factory.mktemp("image")
    archive = folder / "archive"
    with tarfile.open(built(ARCHIVE)) as opened:
        opened.extractall(archive, filter="data")
    (manifest,) = json.loads((archive / "manifest.json").read_text())
    root = folder / "root"
    root.mkdir()
    for layer in manifest["Layers"]:
        subprocess.run(["tar", "-C", root, "-xf", archive / layer], check=True)
    assert (root / "etc" / "hosts").read_text() == "127.0.0.1 localhost\n"
    for name in ("proc", "dev"):
        (root / name).mkdir(exist_ok=True)
    return root, json.loads((archive / manifest["Config"]).read_text())["config"]


@pytest.mark.packaging
def test_it_is_small() -> None:
    assert built(ARCHIVE).stat().st_size <= 60_000_000


@pytest.mark.packaging
def test_what_the_archive_is_made_of_bears_one_day_the_hour_of_building_nowhere() -> None:
    with tarfile.open(built(ARCHIVE)) as opened:
        entries = opened.getmembers()
    assert len({entry.mtime for entry in entries}) == 1
    assert {(entry.uid, entry.gid) for entry in entries} == {(0, 0)}
    (layer,) = (entry for entry in entries if entry.name.endswith(".tar") and entry.isfile())
    with (
        tarfile.open(built(ARCHIVE)) as opened,
        tarfile.open(fileobj=opened.extractfile(layer)) as of,
    ):
        assert {entry.mtime for entry in of} == {layer.mtime}


@pytest.fixture
def network() -> Iterator[str]:
    """A network namespace for the container, joined to ours by a pair of virtual devices."""
    name = f"sge-sim-{os.getpid()}"
    commands = [
        f"ip netns add {name}",
        f"ip link add {name[:14]} type veth peer name eth0 netns {name}",
        f"ip addr add {CLIENT}/30 dev {name[:14]}",
        f"ip link set {name[:14]} up",
        f"ip -n {name} addr add {SERVER}/30 dev eth0",
        f"ip -n {name} link set eth0 up",
        f"ip -n {name} link set lo up",
    ]
    for command in commands:
        subprocess.run(command.split(), check=True)
    yield name
    subprocess.run(["ip", "netns", "del", name], check=True)


@pytest.mark.packaging
def test_its_administration_is_reached_from_another_network_with_its_token_alone(
    image: tuple[Path, dict[str, Any]], network: str
) -> None:
    folder, config = image
    assert (config["User"], config["Cmd"]) == ("10001:10001", ["serve"])
    (volume,) = config["Volumes"]
    environ = tuple(each for each in config["Env"] if not each.startswith("PATH="))
    (folder / "state").mkdir(mode=0o777, exist_ok=True)
    (folder / "state").chmod(0o777)
    root = BareRoot(folder, tuple(config["Entrypoint"]), 10001, network, environ, volume)
    with root.serving("--server-name", SERVER) as ready:
        answer = call(ready, root, f"https://{SERVER}:8443/RecherchePoint/v2.0")
        assert 'point id="98610000000367"' in answer
        assert root.run("health").stdout == "ok\n"
        ca = str(root.outside(ready["ca_file"]))
        asked = ["curl", "-sS", "--noproxy", "*", "--cacert", ca, f"https://{SERVER}:8080/health"]
        refused = subprocess.run([*asked, "-w", "%{http_code}"], capture_output=True, text=True)
        assert refused.stdout.endswith("401")
        token = f"Authorization: Bearer {ready['admin_token']}"
        let_in = subprocess.run([*asked, "-H", token], capture_output=True, text=True)
        assert json.loads(let_in.stdout)["etat"] == "ok"
        log = root.outside("/state/serve.log").read_text()
        assert "RecherchePoint v2.0" in log


@pytest.fixture
def engine(
    tmp_path_factory: pytest.TempPathFactory, network: str
) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the archive and the compose file, and an environ in which Podman has a storage
    and a network of its own."""
    folder = tmp_path_factory.mktemp("engine")
    for path in (built(ARCHIVE), PACKAGING / "compose.yaml"):
        shutil.copy(path, folder)
    storage = folder / "storage.conf"
    storage.write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/root"\nrunroot = "{folder}/run"\n'
    )
    programs = folder / "bin"
    programs.mkdir()
    for name in ("podman", "podman-compose", "curl"):
        program = shutil.which(name) or pytest.fail(f"{name} is needed (Debian: apt-get install)")
        (programs / name).write_text(
            f'#!/bin/sh\nexec nsenter --net=/run/netns/{network} {program} "$@"\n'
        )
        (programs / name).chmod(0o755)
    environ = {
        **os.environ,
        "CONTAINERS_STORAGE_CONF": str(storage),
        "PATH": f"{programs}:{os.environ['PATH']}",
    }
    yield folder, environ
    run("podman rm --all --force --time 10; podman system reset --force", folder, environ)


def wait_for(command: str, folder: Path, environ: dict[str, str]) -> None:
    """Try a command until it ends well."""
    deadline = time.monotonic() + SECONDS
    while subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environ, capture_output=True
    ).returncode:
        assert time.monotonic() < deadline, command
        time.sleep(1)


@pytest.mark.packaging
def test_an_engine_does_what_the_page_says_and_finds_it_healthy(
    engine: tuple[Path, dict[str, str]],
) -> None:
    load, serve, compose, *owned = typed("L'image")
    folder, environ = engine
    assert "localhost/sge-sim:0.1.0" in run(load, folder, environ)
    guarded = "curl -ks -o /dev/null -w %{http_code} https://127.0.0.1:8080/health | grep 401"
    with running(serve, folder, environ):
        wait_for(guarded, folder, environ)
    run(compose, folder, environ)
    wait_for(guarded, folder, environ)
    named = "$(podman ps --quiet)"
    wait_for(f"podman healthcheck run {named}", folder, environ)
    said = run(f"podman inspect {named} --format '{{{{.State.Health.Status}}}}'", folder, environ)
    assert said.strip() == "healthy"
    run(f"podman update --cpus 0.25 {named}", folder, environ)
    run(f"podman healthcheck run {named}", folder, environ)
    for command in owned:
        if command.startswith("podman"):
            with running(command, folder, environ):
                pass
        else:
            run(command, folder, environ)
    assert (folder / "etat" / "sge-sim.db").stat().st_uid == 10001
    assert (folder / "sien" / "sge-sim.db").stat().st_uid == os.getuid()
