"""Six kinds of client certificates, and what stacks do with each: do they send it?

The door of the simulator asks for a certificate and never says for what use: what stops one is the
client itself, or the policy, which tells why. `docs/certificats.md` shows this table.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from running_simulator import RunningSimulator, start_simulator
from zeep.transports import Transport

pytestmark = pytest.mark.langages

HERE = Path(__file__).parent / "tls"
PASSWORD = "secret"
PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0?wsdl"
KINDS: dict[str, tuple[str, ...]] = {
    "clientauth": ("--usages", "clientauth"),
    "serverauth": ("--usages", "serverauth"),
    "any": ("--usages", "any"),
    "aucun": ("--usages", "aucun"),
    "47 jours": ("--usages", "clientauth", "--jours", "47"),
    "expire": ("--usages", "clientauth", "--jours", "-5"),
}
LET_IN = {"clientauth", "aucun", "47 jours"}
"""What a strict door takes; `serverauth` and `any` are answered 403, `expire` meets an alert."""


@pytest.fixture(scope="module", params=["strict", "tolerant"])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(request.param)
    with start_simulator(folder / "data", "--verifie-eku", request.param) as simulator:
        certificates = {}
        for rank, (kind, options) in enumerate(KINDS.items()):
            out = folder / f"cert{rank}"
            done = simulator.command(
                *("cert", "issue", "--authority", "gandi", "--name", f"k{rank}.example.fr"),
                *("--out", str(out), "--password", PASSWORD, "--key-type", "rsa2048", *options),
            )
            assert done.returncode == 0, done.stderr
            subprocess.run(
                [
                    *("openssl", "pkcs12", "-export", "-legacy", "-macalg", "sha1"),
                    *("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"),
                    *("-in", str(out / "chain.pem"), "-inkey", str(out / "key.pem")),
                    *("-passout", f"pass:{PASSWORD}", "-out", str(out / "legacy.p12")),
                ],
                check=True,
                timeout=60,
            )
            done = simulator.command("cert", "register", str(out / "chain.pem"))
            assert done.returncode == 0 or kind == "expire", done.stderr
            certificates[kind] = out
        yield request.param, simulator, certificates


@pytest.fixture(scope="module")
def mono(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("mono") / "Appel.exe"
    subprocess.run(["mcs", f"-out:{built}", str(HERE / "Appel.cs")], check=True, timeout=120)
    return built


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("go") / "appel"
    subprocess.run(
        ["go", "build", "-o", str(built), str(HERE / "appel.go")],
        check=True,
        timeout=900,  # the first time, it compiles its library
    )
    return built


STACKS = ("curl", "zeep", "java", "node", "php", "go", "mono")


def play(stack: str, url: str, ca: str, folder: Path, built: dict[str, Path]) -> str:
    """Have a stack call with a certificate; return « HTTP n » or what it says."""
    arguments = [url, ca]
    arguments += [str(folder / one) for one in ("bundle.p12", "chain.pem", "key.pem")]
    arguments.append(PASSWORD)
    match stack:
        case "zeep":
            return _zeep(url, ca, folder)
        case "curl":
            command = [
                *("curl", "-s", "-S", "-o", str(folder / "answer"), "-w", "HTTP %{http_code}"),
                *("--cacert", ca, "--cert", arguments[3], "--key", arguments[4], url),
            ]
        case "java":
            command = ["java", str(HERE / "Appel.java"), *arguments]
        case "node":
            command = ["node", str(HERE / "appel.js"), *arguments]
        case "php":
            command = ["php", str(HERE / "appel.php"), *arguments]
        case "go":
            command = [str(built["go"]), *arguments]
        case _:
            # Mono reads neither an EC key nor a bundle of today's algorithms.
            arguments[2] = str(folder / "legacy.p12")
            command = ["mono", str(built["mono"]), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    told = [line for line in lines if re.fullmatch(r"HTTP [1-9]\d\d", line)]
    return told[0] if told else " / ".join(lines)


def _zeep(url: str, ca: str, folder: Path) -> str:
    session = requests.Session()
    session.trust_env = False
    session.verify = ca
    session.cert = (str(folder / "chain.pem"), str(folder / "key.pem"))
    try:
        zeep.Client(url, transport=Transport(session=session))
    except requests.HTTPError as refused:
        return f"HTTP {refused.response.status_code}"
    except requests.ConnectionError as refused:
        return str(refused)
    return "HTTP 200"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_sends_its_certificate_whatever_its_use(
    door: tuple[str, RunningSimulator, dict[str, Path]],
    mono: Path,
    go: Path,
    stack: str,
    kind: str,
) -> None:
    mode, simulator, certificates = door
    said = play(
        stack,
        simulator.url + PATH,
        simulator.ready["ca_file"],
        certificates[kind],
        {"mono": mono, "go": go},
    )
    print(f"{mode} {stack} {kind}: {said}", file=sys.stderr)
    if kind == "expire":
        assert re.fullmatch(r"HTTP \d+", said) is None, said
    elif mode == "tolerant" or kind in LET_IN:
        assert said == "HTTP 200"
    else:
        assert said == "HTTP 403"
