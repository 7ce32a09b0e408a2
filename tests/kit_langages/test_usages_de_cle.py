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
            simulator.printed(
                *("cert", "issue", "--autorite", "gandi", "--nom", f"k{rank}.example.fr"),
                *("--sortie", str(out), "--mot-de-passe", PASSWORD),
                *("--type-cle", "rsa2048", *options),
            )
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


COMPILED = {
    "java": ("javac", "-d", "{out}", str(HERE / "Appel.java")),
    "go": ("go", "build", "-o", "{out}/appel", str(HERE / "appel.go")),
    "mono": ("mcs", "-out:{out}/Appel.exe", str(HERE / "Appel.cs")),
}
"""What is compiled once, into a folder."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """How each program is called."""
    out = tmp_path_factory.mktemp("programs")
    for command in COMPILED.values():
        # The first time, Go compiles its library.
        subprocess.run([part.format(out=out) for part in command], check=True, timeout=900)
    return {
        "java": ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", str(out), "Appel"],
        "node": ["node", str(HERE / "appel.js")],
        "php": ["php", str(HERE / "appel.php")],
        "go": [str(out / "appel")],
        "mono": ["mono", str(out / "Appel.exe")],
    }


STACKS = ("curl", "zeep", "java", "node", "php", "go", "mono")


def play(stack: str, url: str, ca: str, folder: Path, programs: dict[str, list[str]]) -> str:
    """Have a stack call with a certificate; return « HTTP n » or what it says."""
    bundle, chain, key = (str(folder / each) for each in ("bundle.p12", "chain.pem", "key.pem"))
    if stack == "zeep":
        return _zeep(url, ca, folder)
    if stack == "curl":
        command = [
            *("curl", "-s", "-S", "-o", str(folder / "answer"), "-w", "HTTP %{http_code}"),
            *("--cacert", ca, "--cert", chain, "--key", key, url),
        ]
    else:
        if stack == "mono":
            # It reads neither an EC key nor a bundle of today's algorithms.
            bundle = str(folder / "legacy.p12")
        command = [*programs[stack], url, ca, bundle, chain, key, PASSWORD]
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
    programs: dict[str, list[str]],
    stack: str,
    kind: str,
) -> None:
    mode, simulator, certificates = door
    url, ca = simulator.url + PATH, simulator.ready["ca_file"]
    said = play(stack, url, ca, certificates[kind], programs)
    print(f"{mode} {stack} {kind}: {said}", file=sys.stderr)
    if kind == "expire":
        assert re.fullmatch(r"HTTP \d+", said) is None, said
    elif mode == "tolerant" or kind in LET_IN:
        assert said == "HTTP 200"
    else:
        assert said == "HTTP 403"
