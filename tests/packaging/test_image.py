"""The image: its layers laid into a root, run as its configuration says, reached by its network."""

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bare_root import BareRoot, call
from conftest import built

PACKAGING = Path(__file__).parents[2] / "packaging"
SERVER, CLIENT = "10.213.7.1", "10.213.7.2"


def test_the_compose_file_says_what_the_image_takes() -> None:
    file = yaml.safe_load((PACKAGING / "compose.yaml").read_text(encoding="utf-8"))
    (service,) = file["services"].values()
    assert service["healthcheck"]["test"] == ["CMD", "/opt/sge-sim/sge-sim", "health"]
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
    archive, folder = built("sge-sim-*-oci.tar"), tmp_path_factory.mktemp("image")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "oci", filter="data")

    def blob(digest: str) -> Path:
        return folder / "oci" / "blobs" / digest.replace(":", "/")

    index = json.loads((folder / "oci" / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_text())
    root = folder / "root"
    root.mkdir()
    for layer in manifest["layers"]:
        subprocess.run(["tar", "-C", root, "-xf", blob(layer["digest"])], check=True)
    assert (root / "etc" / "hosts").read_text() == "127.0.0.1 localhost\n"
    for name in ("proc", "dev"):
        (root / name).mkdir(exist_ok=True)
    return root, json.loads(blob(manifest["config"]["digest"]).read_text())["config"]


@pytest.mark.packaging
def test_it_is_small() -> None:
    assert built("sge-sim-*-oci.tar").stat().st_size <= 60_000_000


@pytest.fixture
def network() -> Iterator[str]:
    """A network of its own for the container, joined to ours by two ends of a wire."""
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
