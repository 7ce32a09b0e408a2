"""WireMock over mutual TLS, as the yardstick: one stub, an XPath match, a template of 32 kB.

The npm package `wiremock` carries the jar; `WIREMOCK_JAR` names one that is already here.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_JOURNAL = ("--max-request-journal-entries", "10000")
_PASSWORD = "password"  # what WireMock expects of a store unless told otherwise


def wiremock_jar(folder: Path) -> Path | None:
    """Return the jar, installed in `folder` if need be; None without Java or npm."""
    if shutil.which("java") is None or shutil.which("keytool") is None:
        return None
    named = os.environ.get("WIREMOCK_JAR")
    if named:
        return Path(named)
    if not (found := _find(folder)) and shutil.which("npm"):
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                folder,
                "wiremock@3",
            ],
            check=False,
            timeout=120,
        )
        found = _find(folder)
    return found


def _find(folder: Path) -> Path | None:
    return next(iter(folder.glob("node_modules/wiremock/**/wiremock-standalone-*.jar")), None)


@contextmanager
def wiremock(
    jar: Path, folder: Path, target: Mapping[str, Any], path: str, answer: bytes, *, journal: bool
) -> Iterator[Mapping[str, Any]]:
    """Give WireMock as a target that answers `answer` to POST `path`, the point filled in."""
    store = folder / "clients.p12"
    if not store.exists():
        _trust(Path(target["client_cert"]), store)
    mappings = folder / "mappings"
    mappings.mkdir(exist_ok=True)
    (mappings / "courbe.json").write_text(json.dumps(_stub(path, answer)))
    ready = folder / "started"
    ready.unlink(missing_ok=True)
    command = [
        *("java", "-jar", str(jar), "--root-dir", str(folder), "--disable-banner"),
        *("--port", "0", "--bind-address", "127.0.0.1", "--https-port", "0"),
        *("--https-require-client-cert", "--https-truststore", str(store)),
        *("--truststore-type", "PKCS12", "--truststore-password", _PASSWORD),
        *(_JOURNAL if journal else ("--no-request-journal",)),
    ]
    with (folder / "wiremock.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        port = _https_port(process)
        yield {**target, "b2b_url": f"https://localhost:{port}"}
    finally:
        process.terminate()
        process.wait(20)


def _https_port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    for line in process.stdout:
        name, _, value = line.partition(":")
        if name.strip() == "https-port":
            return int(value)
    raise RuntimeError("WireMock didn't start")


def _trust(chain: Path, store: Path) -> None:
    """Make the store of who may call: the client's own certificate and its authorities."""
    pems = chain.read_text().split("-----END CERTIFICATE-----")[:-1]
    for rank, pem in enumerate(pems):
        certificate = store.with_suffix(f".{rank}.pem")
        certificate.write_text(pem + "-----END CERTIFICATE-----\n")
        subprocess.run(
            [
                "keytool",
                "-importcert",
                "-noprompt",
                "-alias",
                str(rank),
                "-file",
                str(certificate),
                "-keystore",
                str(store),
                "-storetype",
                "PKCS12",
                "-storepass",
                _PASSWORD,
            ],
            check=True,
            capture_output=True,
        )


def _stub(path: str, answer: bytes) -> dict[str, Any]:
    point = "{{xPath request.body '//pointId/text()'}}"
    head, _, rest = answer.decode().partition("<pointId>")
    body = f"{head}<pointId>{point}{rest[rest.index('</pointId>') :]}"
    return {
        "request": {
            "method": "POST",
            "urlPath": path,
            "bodyPatterns": [{"matchesXPath": "//mesuresTypeCode[text() = 'COURBE']"}],
        },
        "response": {
            "status": 200,
            "headers": {"Content-Type": "text/xml"},
            "transformers": ["response-template"],
            "body": body,
        },
    }
